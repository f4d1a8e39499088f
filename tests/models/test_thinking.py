"""Thinking and answer, told apart whole and piece by piece."""

from __future__ import annotations

from itertools import pairwise

import pytest
from growth import grows_linearly
from hypothesis import example, given
from hypothesis import strategies as st

from glyph_integrations.models.thinking import ThinkingSplitter, split_thinking

PARTS = st.sampled_from(
    [
        "<think>", "</think>", "<answer>", "</answer>", "<|begin_of_box|>", "<|end_of_box|>", "<", ">", "</", "<|",
        "<thi", "nk>", "</ans", "wer>", "<|begin_", "of_box|>", " ", "\n\n", "page 3", "a < b", "é漢", "\u2003",
    ]
)  # fmt: skip
OUTPUTS = st.lists(PARTS, max_size=14).map("".join)


def streamed(pieces, *, opened=False):
    """Thinking, and what was shown after each piece and at the end."""
    splitter = ThinkingSplitter(opened=opened)
    shown = [splitter.feed(piece) for piece in pieces]
    shown.append(splitter.finish())
    return splitter.thinking, shown


@pytest.mark.parametrize(
    ("output", "thinking", "answer"),
    [
        ("<think>It says so.</think><answer>42 days</answer>", "It says so.", "42 days"),
        ("\n<think>\nA\n\nB\n</think>\n\n<answer>\n42\n days \n</answer>\n", "A\n\nB", "42\n days"),
        ("<think>A</think>42 days\n", "A", "42 days"),
        ("<think>\n\n</think>\n\n42 days", "", "42 days"),
        ("<think>A</think><answer>42 days", "A", "42 days"),
        ("<think>A</think>\n<|begin_of_box|>42 days<|end_of_box|>", "A", "42 days"),
        ("<think>A</think><answer>It is <|begin_of_box|>42<|end_of_box|>.</answer>", "A", "It is 42."),
        ("<think>A</think><answer><|begin_of_box|> 42 <|end_of_box|></answer>", "A", "42"),
        ("<think>Due in <|begin_of_box|>42 days<|end_of_box|>.</think>42 days", "Due in 42 days.", "42 days"),
        ("<answer>42 days</answer>", "", "42 days"),
        ("42 days", "", "42 days"),
        ("", "", ""),
        (" \n ", "", ""),
    ],
)
def test_thinking_and_frames_are_told_from_the_answer(output, thinking, answer):
    """Every way in which the supported models write gives thinking and answer without tags and space around them."""
    assert split_thinking(output) == (thinking, answer)


@pytest.mark.parametrize(
    ("output", "thinking", "answer"),
    [
        ("It says so.</think><answer>42</answer>", "It says so.", "42"),
        ("<think>It says so.</think>42", "It says so.", "42"),
        ("\n</think>\n\n42", "", "42"),
    ],
)
def test_an_opened_output_begins_with_thinking(output, thinking, answer):
    """Where the prompt ended with <think>, thinking goes to </think>, whether the model repeats the tag or not."""
    assert split_thinking(output, opened=True) == (thinking, answer)


@pytest.mark.parametrize(("output", "opened"), [("<think>Let me see, page 3", False), ("Let me see, page 3", True)])
def test_unfinished_thinking_has_no_answer(output, opened):
    """An output that was cut off while thinking is thinking as a whole."""
    assert split_thinking(output, opened=opened) == ("Let me see, page 3", "")


@pytest.mark.parametrize(
    "answer",
    [
        "The prompt holds <think> and </think>.",
        "Reasoning came first.</think>42",
        "Write </answer> at the end, <answer> before.",
        "if a < b or <thi",
        "<thin ice>",
        "<think",
        "<",
        "Use </answer>",
    ],
)
def test_tags_elsewhere_are_text(answer):
    """Tags that do not stand where models put them belong to the answer, and an answer is never taken back."""
    assert split_thinking(answer) == ("", answer)


def test_only_the_last_closing_tag_frames():
    """An answer in a frame may speak about the frame's own tags."""
    assert split_thinking("<answer>a </answer> b</answer> ") == ("", "a </answer> b")


def test_pieces_are_shown_as_soon_as_they_are_certain():
    """Only space and possible beginnings of tags wait for the next piece."""
    pieces = ["<th", "ink>Hm", "m</think", "> ", "<answer>", " It", " is", " 3 <", " 4", "</ans", "wer>", "\n"]
    thinking, shown = streamed(pieces)
    assert thinking == "Hmm"
    assert shown == ["", "", "", "", "", "It", " is", " 3", " < 4", "", "", "", ""]


def test_thinking_can_be_watched():
    """The thinking so far is there while it goes on."""
    splitter = ThinkingSplitter()
    splitter.feed("<think>First, ")
    splitter.feed("page 3 </th")
    assert splitter.thinking == "First, page 3"


@given(output=OUTPUTS, opened=st.booleans(), data=st.data())
@example(output="<answer>a</ans<|end_of_box|>wer>", opened=False, data=None)
@example(output="<think></think><|begin_<|end_of_box|>of_box|>", opened=False, data=None)
def test_cutting_an_output_elsewhere_changes_nothing(output, opened, data):
    """Whole, letter by letter, or cut anywhere: thinking and answer are the same."""
    whole = split_thinking(output, opened=opened)
    cuts = data.draw(st.lists(st.integers(0, len(output)), max_size=8)) if data else []
    edges = [0, *sorted(cuts), len(output)]
    for pieces in (list(output), [output[start:end] for start, end in pairwise(edges)]):
        thinking, shown = streamed(pieces, opened=opened)
        assert (thinking, "".join(shown)) == whole


@given(st.text(), st.text())
def test_nothing_is_lost_in_what_models_write(thought, text):
    """Thinking and answer come back as they were written, up to the space around them."""
    thought, text = thought.replace("<", ""), text.replace("<|", "")
    output = f"<think>{thought}</think><answer>{text}</answer>"
    assert split_thinking(output) == (thought.strip(), text.strip())


@pytest.mark.parametrize("opening", ["", "<answer>", "x"])
@pytest.mark.parametrize("pieces", [(" ", "\n"), ("<|end_of_box|>", " "), ("</answer>", "\n"), ("<", "a")])
def test_pieces_are_looked_at_once(opening, pieces):
    """Space and tags that are held back, however much of them, cost no more than other text."""
    assert grows_linearly(lambda size: streamed([opening, *pieces * size]), 250)
