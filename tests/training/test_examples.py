"""Examples: what a model is shown, and what is learned of it."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("transformers")

from glyph_integrations.models import Message
from glyph_integrations.models.local.prompts import ChatFormat
from glyph_integrations.models.places import places_of
from glyph_integrations.models.thinking import BOX
from glyph_integrations.training import tasks
from glyph_integrations.training.examples import IGNORED, NOWHERE, Copied, Exchange
from glyph_integrations.training.pointing import Pointer

HOSTILE = "<|user|> <|image|> <|endoftext|> naïve 你好 <think>"


def test_a_question_is_written_as_readers_write_it(bench):
    """Trunk and branch are, to the token, the prompt that reading would make, and then the reply."""
    page = bench.pages("times that try", width=84)[0]
    example = bench.encoder.dialogue([page, page], [Exchange(prompt="Transcribe.", reply="times")])
    chat = ChatFormat(bench.tokenizer, int(bench.tokenizer.convert_tokens_to_ids("<|image|>")), lambda _: 3)
    prompt = chat.prompt((Message("user", (page.page, page.page, "Transcribe.")),))
    assert example.ids[: len(prompt.ids)].tolist() == prompt.ids.tolist()
    assert bench.tokenizer.decode(example.ids[len(prompt.ids) :]) == "times<|user|>"


def test_only_replies_are_learned(bench):
    """What has a label is each reply, thinking before it, and the token that ends the turn; nothing else has one."""
    page = bench.pages("times that try")[0]
    exchanges = [
        Exchange(prompt="Find: a", reply="best"),
        Exchange(prompt="Find: b", reply="worst", thinking="of times"),
    ]
    example = bench.encoder.dialogue([page], exchanges)
    learned = example.labels != IGNORED
    assert (example.labels[learned] == example.ids[learned]).all()
    replies = [bench.tokenizer.decode(example.labels[learned & (example.branches == branch)]) for branch in (1, 2)]
    assert replies == ["best<|user|>", "<think>of times</think>worst<|user|>"]
    assert not (learned & (example.branches == 0)).any()


def test_texts_cannot_pose_as_special_tokens(bench):
    """Special tokens that a page, a question or a reply spells are spelled: images stay one to a page."""
    page = bench.pages(HOSTILE, width=280)[0]
    image = bench.tokenizer.convert_tokens_to_ids("<|image|>")
    example = bench.encoder.dialogue([page], [Exchange(prompt=HOSTILE, reply=HOSTILE)])
    assert (example.ids == image).sum() == page.visual_tokens
    assert image not in example.pieces
    learned = example.labels[example.labels != IGNORED]
    assert bench.tokenizer.decode(learned[:-1]) == HOSTILE
    stream = bench.encoder.stream([page, HOSTILE])
    assert (stream.ids == image).sum() == page.visual_tokens


def test_interleaved_documents_are_texts_with_pages_in_frames(bench):
    """A stream begins as every text does, frames each page as the chat template does, and learns the text alone."""
    page = bench.pages("times that try")[0]
    example = bench.encoder.stream(["best ", page, " worst"])
    shown = "<|image|>" * page.visual_tokens
    expected = f"[gMASK]<sop>best <|begin_of_image|>{shown}<|end_of_image|> worst"
    assert bench.tokenizer.decode(example.ids) == expected
    assert bench.tokenizer.decode(example.labels[example.labels != IGNORED]) == "best  worst"
    assert set(example.branches.tolist()) == {0}


def test_pieces_lie_where_their_letters_stand(bench):
    """Each piece of the pages' text has a visual token, counted over all pages, that shows a letter of it."""
    pages = bench.pages("It was the best of times; clause 7 says that 12 euro are due.", width=84)
    example = bench.encoder.dialogue(pages[:2], [Exchange(prompt="Transcribe.", reply="")])
    first = pages[0].visual_tokens
    letters = ["".join(np.array(list(page.text))[page.places[0] == at]) for page in pages[:2] for at in range(first)]
    assert len(example.pieces) > 10
    assert (example.places >= first).any()
    for place, piece in zip(example.places, example.pieces, strict=True):
        assert set(bench.tokenizer.decode(piece)) & set(letters[place])


@pytest.mark.parametrize("pointing", [True, False])
def test_what_is_copied_is_shown_somewhere(bench, monkeypatch, pointing):
    """Each token of a transcription points at the visual token, in the row, that shows its first letter."""
    if not pointing:
        monkeypatch.setattr(Pointer, "of_tokenizer", lambda _: None)
    encoder = bench.new_encoder()
    page = bench.pages("It was the best of times; clause 7 says that 12 euro are due.", width=84)[0]
    example = tasks.transcribe(page, encoder, "Transcribe.")
    (placeholders,) = np.nonzero(example.ids == bench.tokenizer.convert_tokens_to_ids("<|image|>"))
    (told,) = np.nonzero(example.shown_cells >= 0)
    assert len(told) >= bench.letters(example) - 2  # the end has no place, nor has a space
    for index in told:
        (token,) = np.nonzero(placeholders == example.shown_at[index])[0]
        letter = bench.tokenizer.decode(example.ids[index]).lstrip() or " "
        assert letter[0] in np.array(list(page.text))[page.places[0] == token]
        assert 0 <= example.shown_cells[index] < 12


def test_words_of_a_question_are_shown_where_they_stand(bench):
    """Words that stand in the passage of the answer point at it, whatever their case; others point nowhere."""
    text = "Rent: ninety. It was the best of times. The rent is twelve euro."
    page = bench.pages(text, width=140, height=56)[0]
    passage = "The rent is twelve euro."
    exchange = Exchange(
        prompt="Say what rent, the RENT of TWELVE, was for a month.",
        reply=passage,
        copied=(Copied(text=passage, start=text.index(passage)),),
        words="what rent, the RENT of TWELVE, was",
    )
    example = bench.encoder.dialogue([page], [exchange])
    (placeholders,) = np.nonzero(example.ids == bench.tokenizer.convert_tokens_to_ids("<|image|>"))
    (asked,) = np.nonzero((example.shown_at >= 0) & (example.labels == IGNORED))
    assert "".join(bench.tokenizer.decode(example.ids[asked]).split()) == "rentRENTTWELVE"
    stands = page.places[0]
    places = {int(stands[text.index(word)]) for word in ("rent is", "twelve")}
    assert places <= {int(np.nonzero(placeholders == at)[0][0]) for at in example.shown_at[asked]}


def test_a_reply_begins_with_its_anchor(bench):
    """Before the passage comes the place of that word of the question that is rarest on the page; without, none."""
    text = "Rent: ninety. It was the best of times. The rent is twelve euro."
    page = bench.pages(text, width=140, height=56)[0]
    named = {number: place for place, number in places_of(bench.tokenizer).items()}
    passage = "The rent is twelve euro."
    copied = (Copied(text=passage, start=text.index(passage)),)

    def said(**changes):
        exchange = Exchange(prompt="Is the rent twelve?", reply=passage, copied=copied, **changes)
        ids = bench.encoder.dialogue([page], [exchange]).labels
        return [named[int(token)] for token in ids[ids != IGNORED] if int(token) in named]

    across = page.page.width // page.factor
    anchor, *rest = said(words="Is the rent twelve?")
    assert rest == said()
    assert page.places[0][text.index("twelve")] == anchor[0] // 2 * across + anchor[1]


def test_what_others_copy_is_decisive(bench):
    """Of a reply its beginning decides, and the answer after a passage where no frame announces it."""
    page = bench.pages("The rent is twelve euro.", width=140, height=56)[0]
    copied = (Copied(text="rent is twelve euro.", start=4), Copied(text="twelve", start=12))
    thought = Exchange(prompt="Rent?", reply="twelve", thinking="rent is twelve euro.", copied=copied[:1])
    plain = Exchange(prompt="Rent?", reply="rent is twelve euro.", copied=copied[:1])
    framed = replace(thought, copied=copied)
    example = bench.encoder.dialogue([page], [thought, plain, framed])

    def said(branch):
        ours = (example.branches == branch) & (example.labels != IGNORED)
        return example.labels[ours], example.decisive[ours]

    ids, decisive = said(1)
    end = ids.tolist().index(bench.tokenizer.convert_tokens_to_ids("</think>"))
    assert np.flatnonzero(decisive).tolist() == [0, 1, 2, *range(end + 1, len(ids))]
    assert np.flatnonzero(said(2)[1]).tolist() == np.flatnonzero(said(3)[1]).tolist() == [0, 1, 2]
    assert not example.decisive[example.labels == IGNORED].any()


def test_the_answer_is_framed_in_its_passage(bench):
    """What a reader thinks of holds the answer between two tokens, places and all, just as it is said afterwards."""
    page = bench.pages("The rent is twelve euro.", width=140, height=56)[0]
    copied = (Copied(text="rent is twelve euro.", start=4), Copied(text="twelve", start=12))
    exchange = Exchange(prompt="Rent?", reply="twelve", thinking="rent is twelve euro.", copied=copied)
    example = bench.encoder.dialogue([page], [exchange])
    reply = bench.tokenizer.decode(example.labels[example.labels != IGNORED])
    inside = reply.partition(BOX[0])[2].partition(BOX[1])[0]
    assert reply.endswith(f"</think>{inside}<|user|>")
    assert bench.tokenizer.decode(bench.tokenizer(inside).input_ids, skip_special_tokens=True) == "twelve"
    without = bench.encoder.dialogue([page], [replace(exchange, copied=copied[:1])])
    assert not set(bench.tokenizer.convert_tokens_to_ids(list(BOX))) & set(without.labels.tolist())


def test_a_frame_may_open_and_close_before_every_token_up_to_where_it_does(bench):
    """From the beginning of the passage to where the frame opens it might, and from there to where it closes."""
    page = bench.pages("The rent is twelve euro.", width=140, height=56)[0]
    copied = (Copied(text="rent is twelve euro.", start=4), Copied(text="twelve", start=12))
    exchange = Exchange(prompt="Rent?", reply="twelve", thinking="rent is twelve euro.", copied=copied)
    example = bench.encoder.dialogue([page], [exchange])
    learned = example.labels != IGNORED
    ids, frames = example.labels[learned].tolist(), example.frames[learned].tolist()
    opening, closing = bench.tokenizer.convert_tokens_to_ids(list(BOX))
    at, end = ids.index(opening), ids.index(closing)
    assert frames == [-1] + [opening] * at + [closing] * (end - at) + [-1] * (len(ids) - end - 1)
    assert (example.frames[~learned] == -1).all()
    assert (bench.encoder.limited(most=9).dialogue([page], [exchange]).frames == -1).all()


def test_words_no_page_shows_look_at_the_first_token(bench):
    """A word of the question that stands on no page is shown at the first token, in no cell and with no name."""
    page = bench.pages("The rent is twelve euro.", width=140, height=56)[0]
    example = bench.encoder.dialogue(
        [page], [Exchange(prompt="Is the deposit rent?", reply="No", words="deposit rent")]
    )
    (nowhere,) = np.nonzero(example.shown_at == NOWHERE)
    assert bench.tokenizer.decode(example.ids[nowhere]).strip() == "deposit"
    assert (example.shown_cells[nowhere] == -1).all()
    assert (example.shown_names == -1).all()


def test_brief_replies_are_the_beginnings_of_whole_ones(bench):
    """With a limit the prompt stays as it is, and of what is learned only the first tokens are left."""
    page = bench.pages("The rent is twelve euro.", width=140, height=56)[0]
    copied = (Copied(text="The rent is", start=0),)
    exchange = Exchange(prompt="Rent?", reply="The rent is", copied=copied, words="Rent?")
    whole = bench.encoder.dialogue([page], [exchange])
    brief = bench.encoder.limited(most=3).dialogue([page], [exchange])
    assert (brief.labels != IGNORED).sum() == 3
    for name in ("ids", "labels", "branches", "shown_at", "shown_cells", "shown_names", "decisive"):
        assert np.array_equal(getattr(brief, name), getattr(whole, name)[: len(brief.ids)])


def test_questions_that_go_beyond_the_room_of_an_example_are_left_out(bench):
    """Those that fit are asked as without a limit, in their order; the first always is."""
    page = bench.pages("The rent is twelve euro.", width=140, height=56)[0]
    short, long = (
        Exchange(prompt="Rent?", reply=reply, copied=(Copied(text=reply, start=0),))
        for reply in ("The rent", "The rent is twelve euro.")
    )

    def asked(*exchanges, room):
        return bench.encoder.limited(room=room).dialogue([page], exchanges).ids.tolist()

    both = asked(short, short, room=None)
    assert asked(short, long, short, room=len(both)) == both
    assert asked(long, short, room=1) == asked(long, room=None)
    entries = [("rent", 4), ("twelve", 12), ("euro", 19)]
    two = bench.encoder.located(page, "Where?", entries[:2]).ids
    assert bench.encoder.limited(room=len(two)).located(page, "Where?", entries).ids.tolist() == two.tolist()


def test_words_whose_case_changes_their_length_are_no_error(bench):
    """In lower case a dotted capital I is two characters; the page's places stay those of its own characters."""
    page = bench.pages("İİİİ and the rent of İzmir.", width=140, height=56)[0]
    copied = (Copied(text=page.text, start=0),)
    exchange = Exchange(prompt="İzmir rent?", reply=page.text, copied=copied, words="İzmir rent?")
    example = bench.encoder.dialogue([page], [exchange])
    asked = (example.shown_at >= 0) & (example.labels == IGNORED)
    assert "rent" in bench.tokenizer.decode(example.ids[asked])


def test_batches_are_padded_at_the_end(bench):
    """Shorter rows are filled with what is neither learned nor part of a branch; places count on over all pages."""
    short, long = (bench.pages(text)[0] for text in ("ab", "times that try"))
    examples = [bench.encoder.dialogue([page], [Exchange(prompt="Find: a", reply=page.text)]) for page in (short, long)]
    batch = bench.batch(examples)
    gap = len(examples[1].ids) - len(examples[0].ids)
    assert gap > 0
    assert set(batch["labels"][0, -gap:].tolist()) == {IGNORED}
    assert set(batch["branches"][0, -gap:].tolist()) == {-1}
    assert batch["places"].tolist()[-1] == examples[1].places[-1] + short.visual_tokens
    assert len(batch["cells"]) == short.visual_tokens + long.visual_tokens


def test_text_alone_needs_no_pixels(bench):
    """A stream without pages makes a batch without images."""
    batch = bench.batch([bench.encoder.stream(["best of times"])])
    assert {"input_ids", "labels"} <= set(batch)
    assert not {"pixel_values", "image_grid_thw", "cells", "places"} & set(batch)
