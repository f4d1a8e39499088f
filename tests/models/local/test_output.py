"""What a model writes, token by token: pieces, stop strings, loops, thinking, ends."""

from __future__ import annotations

import threading
from itertools import accumulate

import pytest

pytest.importorskip("transformers")

import tiny
import torch
from hypothesis import example, given
from hypothesis import strategies as st
from transformers.convert_slow_tokenizer import bytes_to_unicode

from glyph_integrations.models.generation import TokenUsage
from glyph_integrations.models.local.output import Output, Vocabulary, Watch

WORDS = tiny.tokenizer()
END, USER = WORDS.convert_tokens_to_ids(["<|endoftext|>", "<|user|>"])
VOCABULARY = Vocabulary(WORDS, [END, USER])
BYTES = bytes_to_unicode()  # how byte-level tokenizers write bytes
TEXTS = st.text(max_size=60) | st.lists(st.sampled_from(["END", "E", "N", "D", " ", "ninety days", "🙂", "漢"])).map(
    "".join
)
STOPS = ["END", "N", "days", " ", "🙂", "ety d", "漢字"]


def encoded(text):
    """A text as tokens."""
    return WORDS(text, add_special_tokens=False).input_ids


def single_bytes(text):
    """A text as one token for each of its bytes: a model may write any text so."""
    return WORDS.convert_tokens_to_ids([BYTES[byte] for byte in text.encode()])


def run(tokens, stop=(), *, opened=False, last="length"):
    """Tokens written until the output is over: the pieces that were shown, and the result."""
    output = Output(VOCABULARY, stop, opened=opened)
    pieces = []
    for token in tokens:
        pieces.append(output.push(token))
        if output.finish:
            break
    pieces.append(output.close(last))
    return pieces, output.result(TokenUsage(output=len(output.tokens)), {}, None)


@given(TEXTS)
@example("naïve 漢字 🙂🙂 ")
@example("�")
@example("a\x00b")
def test_pieces_make_the_text(text):
    """Whatever is encoded comes back, whole and in pieces, without the space around it."""
    pieces, result = run([*encoded(text), END])
    assert "".join(pieces) == result.text
    assert result.text == text.strip()
    assert result.finish == "stop"


@given(TEXTS, st.sampled_from(STOPS))
@example("ninety days END of", "END")
@example("EEND", "END")
@example("ninety da", "days")
def test_a_stop_string_ends_the_text_and_is_never_shown(text, stop):
    """The text ends before the stop string, wherever the tokens cut it; no part of it is shown before."""
    whole = text.partition(stop)[0].strip()
    for tokens in (encoded(text), single_bytes(text)):
        pieces, result = run([*tokens, END], (stop,))
        assert all(whole.startswith(shown) for shown in accumulate(pieces))
        assert "".join(pieces) == result.text == whole
        assert result.finish == "stop"


@given(TEXTS, st.lists(st.sampled_from(STOPS), min_size=2, max_size=4).map(tuple))
def test_of_several_stop_strings_the_first_that_is_complete_ends_the_text(text, stop):
    """Written byte by byte, the text is what stands before the stop string that ends first."""
    ends = [(text.index(one) + len(one), text.index(one)) for one in stop if one in text]
    whole = text[: min(ends)[1]] if ends else text
    pieces, result = run([*single_bytes(text), END], stop)
    assert "".join(pieces) == result.text == whole.strip()


def test_generation_ends_with_the_token_that_completes_a_stop_string():
    """Nothing is generated beyond a stop string, though it is cut across tokens."""
    tokens = single_bytes("ninety days END of it")
    _, result = run(tokens, ("END",))
    assert result.usage.output == len("ninety days END")


def test_what_could_begin_a_stop_string_is_held_back_and_then_shown():
    """A beginning of a stop string is shown as soon as it turns out to be none, or the output ends."""
    pieces, _ = run(single_bytes("a ENx"), ("END",))
    assert pieces[:5] == ["a", "", "", "", " ENx"]
    pieces, result = run(single_bytes("a EN"), ("END",))
    assert pieces[-1] == " EN"
    assert (result.text, result.finish) == ("a EN", "length")


@pytest.mark.parametrize("text", ["🙂", "漢字", "naïve", "a🙂b"])
def test_characters_cut_across_tokens_are_shown_once_they_are_whole(text):
    """No piece holds half a character."""
    pieces, result = run([*single_bytes(text), END])
    assert all("\ufffd" not in piece for piece in pieces)
    assert "".join(pieces) == result.text == text


def test_a_character_cut_by_the_end_shows_as_replaced():
    """At max_tokens in the middle of a character, what came before it is kept, and its bytes become one mark."""
    pieces, result = run(single_bytes("days 🙂")[:-1])
    assert "".join(pieces) == result.text == "days \ufffd"
    assert result.finish == "length"


def test_a_stop_string_before_a_character_that_is_cut_still_ends_the_text():
    """A token may hold the end of a stop string and the beginning of a character: what comes after is not shown."""
    tokens = single_bytes("days E")
    output = Output(_Mixed(), ("END",), opened=False)
    pieces = [output.push(token) for token in tokens]
    pieces.append(output.push(_Mixed.token))
    pieces.append(output.close("length"))
    result = output.result(TokenUsage(), {}, None)
    assert "".join(pieces) == result.text == "days"
    assert result.finish == "stop"


class _Mixed(Vocabulary):
    """A vocabulary with one token more: "ND" and the first byte of a character."""

    token = -1

    def __init__(self):
        super().__init__(WORDS, [END])
        self._parts = single_bytes("ND") + single_bytes("漢")[:1]

    def piece(self, stream, token):
        """Held until the character is whole, as the decoder does with tokens of this kind."""
        return "" if token == self.token else super().piece(stream, token)

    def text(self, tokens):
        """All of it."""
        return super().text([part for token in tokens for part in (self._parts if token == self.token else [token])])


def test_loops_are_cut_after_their_first_unit():
    """A model that repeats itself is stopped, and its text keeps the sentence once."""
    unit = "The notice period is ninety days. "
    pieces, result = run(encoded("It says: " + unit * 200))
    assert result.finish == "repetition"
    assert result.text.startswith("It says: The notice period is ninety days.")
    assert len(result.text) < 2 * len(unit) + len("It says: ")
    assert "".join(pieces).startswith(result.text)
    assert result.usage.output < len(encoded(unit * 60))


def test_thinking_is_kept_apart():
    """What stands in thinking is not shown, whether the output or the prompt has opened it."""
    pieces, result = run([*encoded("<think>It says so.</think>ninety days"), END])
    assert (result.thinking, result.text) == ("It says so.", "ninety days")
    assert "".join(pieces) == result.text
    pieces, result = run([*encoded("It says so.</think>ninety days"), END], opened=True)
    assert (result.thinking, result.text) == ("It says so.", "ninety days")
    assert "".join(pieces) == result.text


def test_a_loop_in_thinking_leaves_no_answer():
    """A model that loops while it thinks has answered nothing."""
    pieces, result = run(encoded("<think>" + "The notice period is ninety days. " * 200))
    assert (result.finish, result.text, "".join(pieces)) == ("repetition", "", "")
    assert result.thinking.startswith("The notice period is ninety days.")


@pytest.mark.parametrize("end", [END, USER])
def test_every_end_token_ends_the_output_and_counts(end):
    """Each of the model's end tokens is an end, is not shown, and is one of the tokens generated."""
    tokens = encoded("ninety days")
    _, result = run([*tokens, end, *tokens])
    assert (result.text, result.finish, result.usage.output) == ("ninety days", "stop", len(tokens) + 1)


def test_special_tokens_are_not_shown():
    """Other special tokens of the model are no text, and do not end it."""
    tokens = [*encoded("ninety"), WORDS.convert_tokens_to_ids("<|image|>"), *encoded(" days")]
    pieces, result = run([*tokens, END])
    assert "".join(pieces) == result.text == "ninety days"


def test_tags_that_are_special_tokens_still_frame_thinking():
    """Where <think> and the box are tokens of their own, they are seen, and not shown."""
    tags = ("<think>", "</think>", "<|begin_of_box|>", "<|end_of_box|>")
    words = tiny.tokenizer(special=(*tiny.SPECIAL, *tags))
    vocabulary = Vocabulary(words, [words.convert_tokens_to_ids("<|endoftext|>")])
    output = Output(vocabulary, (), opened=False)
    text = "<think>So.</think>It is <|begin_of_box|>ninety<|end_of_box|>.<|endoftext|>"
    shown = "".join([output.push(token) for token in words(text, add_special_tokens=False).input_ids])
    shown += output.close("length")
    result = output.result(TokenUsage(), {}, None)
    assert (result.thinking, result.text) == ("So.", "It is ninety.")
    assert shown == result.text


def test_why_it_ended_is_said_once():
    """The end that was seen first stays; without one it is what ``close`` is told."""
    assert run(encoded("ninety"), last="cancelled")[1].finish == "cancelled"
    assert run([END], last="cancelled")[1].finish == "stop"
    assert run([], last="cancelled")[1].text == ""


def scores(*rows):
    """Scores, [rows, vocabulary], that make some tokens likely."""
    table = torch.zeros(len(rows), len(WORDS))
    for row, token in enumerate(rows):
        table[row, token] = 3.0
    return table


def test_a_batch_is_followed_row_by_row():
    """Rows end one by one; the tokens that pad ended rows count for nothing, and only the first row is shown."""
    outputs = [Output(VOCABULARY, (), opened=False) for _ in range(2)]
    shown = []
    watch = Watch(outputs, threading.Event(), shown.append)
    (day,) = encoded("d")
    for first, second in ((day, day), (day, END), (day, END)):
        watch.likelihoods(torch.zeros(2, 1), scores(first, second))
        done = watch(torch.tensor([[0, first], [0, second]]), None)
    watch.close()
    assert done.tolist() == [False, True]
    assert "".join(shown) == "ddd"
    assert [len(output.tokens) for output in outputs] == [3, 2]
    likely = torch.log_softmax(scores(day), -1)[0, day].item()
    assert watch.logprob(0) == pytest.approx(likely)
    assert watch.logprob(1) == pytest.approx(likely)
    assert watch.first_token is not None


def test_cancellation_ends_all_rows():
    """Once the event is set every row is done, and says that it was cancelled."""
    cancel = threading.Event()
    outputs = [Output(VOCABULARY, (), opened=False) for _ in range(2)]
    watch = Watch(outputs, cancel, None)
    cancel.set()
    watch.likelihoods(torch.zeros(2, 1), scores(5, 6))
    assert watch(torch.tensor([[5], [6]]), None).tolist() == [True, True]
    watch.close()
    assert [output.finish for output in outputs] == ["cancelled", "cancelled"]


def test_an_output_ends_where_it_becomes_too_unlikely():
    """All of its tokens count together; a row that ends so is done, the others go on."""
    outputs = [Output(VOCABULARY, (), opened=False) for _ in range(2)]
    likely = torch.log_softmax(scores(5), -1)[0, 5].item()
    watch = Watch(outputs, threading.Event(), None, least=2.5 * likely)
    for _ in range(2):
        watch.likelihoods(torch.zeros(2, 1), scores(5, 6))
        assert watch(torch.tensor([[5], [6]]), None).tolist() == [False, False]
    watch.likelihoods(torch.zeros(2, 1), torch.stack([scores(5)[0], 9 * scores(6)[0]]))
    assert watch(torch.tensor([[5], [6]]), None).tolist() == [True, False]
    watch.close()
    assert [output.finish for output in outputs] == ["unlikely", "length"]


def test_nothing_generated_has_no_likelihood():
    """Without a token there is no mean."""
    watch = Watch([Output(VOCABULARY, (), opened=False)], threading.Event(), None)
    assert watch.logprob(0) is None
