"""Loops are found, and what documents repeat by nature is none."""

from __future__ import annotations

import random
import time
from pathlib import Path

import pytest
from hypothesis import assume, example, given
from hypothesis import strategies as st

from glyph_integrations.models.repetition import loop_start

INTRODUCTION = "The minutes of the meeting, as far as they can be read:\n\n"
NOVEL = Path(__file__).parents[3] / "shared" / "data" / "jane_eyre.txt"
LOOPS = {
    "word": "rather ",
    "joined": "nanuh",
    "sentence": "The council adjourned until the following Monday. ",
    "line": "Mr. Harding seconded the motion.\n",
    "lines": "Resolved, that the report be printed.\nResolved, that the chairman sign it.\n\n",
    "paragraph": "The harbour master reported that 14 ships had passed, and that the lamp wanted oil. " * 4
    + "He sat.\n",
    "chinese": "会议决定推迟到下一个星期一举行。",
    "thai": "การประชุมถูกเลื่อนออกไป ",
    "emoji": "👩‍👧 the end 🎉 ",
    "numbers": "See section 4.2 and section 4.3. ",
}
COUNTED = {
    "list": "{0}. The tenant shall keep the roof in repair.\n",
    "twice": "On page {0} the ledger of 1843 is signed; on page {1} it is not.\n",
    "heading": "## {0}\n\nThe harbour master reported that the lamp wanted oil.\n\n",
}
PAPERS = {
    "leaders": "".join(f"Chapter {n}  {'.' * 160} {7 * n}\n" for n in range(1, 21)),
    "leader": "Contents " + "." * 2000,
    "rule": ("=" * 118 + "\n") * 12,
    "blank lines": "Remarks:\n" + ("_" * 78 + "\n") * 40,
    "spaces": "left" + " " * 3000,
    "newlines": "end\n" + "\n" * 1500,
    "table rule": "|" + " --- |" * 120,
    "zeros": "| 0 | 0 | 0 | 0 | 0 | 0 |\n" * 60,
    "plain zeros": "0.00 0.00 0.00 0.00\n" * 80,
    "empty cells": "<tr><td></td><td></td></tr>\n" * 60,
    "same cells": "| not applicable | not applicable |\n" * 50,
    "csv": "FALSE,FALSE,FALSE,FALSE,FALSE\n" * 60,
    "column": "not applicable\n" * 44,
    "hex": "0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00, 0x00,\n" * 40,
    "redacted": "█" * 1800 + "XXXXXXXX " * 200,
    "art": ("  .--.      " * 8 + "\n") * 12,
    "refrain": ("And the harbour light is burning still,\nstill burning on the hill.\n\n" * 4) * 3,
    "song": "Na, na, na, nananana, nananana, hey! " * 18,
    "counting": "".join(f"{n}, " for n in range(1800, 2100)),
    "exhibits": "".join(f"Exhibit {n}\n" for n in range(1, 120)),
    "form": "".join(f"{n}. Name: {'_' * 20} Date: {'_' * 12} Signature: {'_' * 20}\n" for n in range(1, 31)),
    "contents": "".join(f"Figure {n}: Income of the year, in thousands of pounds, page {5 * n}\n" for n in range(40)),
    "measured": "".join(f"On day {n} the water stood {n * n % 37} inches high at the gate.\n" for n in range(60)),
    "code": "".join(f"    if code == {n * n}:\n        return table[{n % 7}]\n" for n in range(80)),
}


@pytest.mark.parametrize("name", LOOPS)
def test_the_same_over_and_over_is_a_loop(name):
    """Words, sentences, lines and paragraphs in a loop are found, and what is kept ends with the first of them."""
    unit = LOOPS[name]
    for unfinished in ("", unit[: len(unit) // 2]):
        text = INTRODUCTION + unit * max(1000 // len(unit) + 1, 8) + unfinished
        kept = text[: loop_start(text)].rstrip(" .\n")
        assert kept in {(INTRODUCTION + unit).rstrip(" .\n"), (INTRODUCTION + unit).rstrip("。 .\n")}


@pytest.mark.parametrize("name", LOOPS)
def test_seven_times_is_no_loop(name):
    """Whatever stands there fewer than eight times, or on fewer than 1,000 characters, is left alone."""
    unit = LOOPS[name]
    assert loop_start(INTRODUCTION * 30 + "Then: " + unit * 7) is None
    assert loop_start("x. " + unit * (900 // len(unit))) is None


@pytest.mark.parametrize("name", COUNTED)
def test_a_loop_may_count(name):
    """The same sentences under numbers that count on are a loop, wherever the text breaks off."""
    text = INTRODUCTION + "".join(COUNTED[name].format(n, n + 1) for n in range(94, 130))
    first = INTRODUCTION + COUNTED[name].format(94, 95)
    for end in range(len(text) - 80, len(text)):
        start = loop_start(text[:end])
        assert start is not None
        # The unit may be seen to begin at its first number.
        assert abs(start - len(first)) < 20
    assert loop_start(text[:900]) is None


@pytest.mark.parametrize("name", PAPERS)
def test_what_papers_repeat_is_no_loop(name):
    """Leaders, rules, tables, forms, lists, songs and code go through, at every length that a stream passes."""
    paper = PAPERS[name]
    assert len(paper) > 600
    for end in range(64, len(paper) + 64, 64):
        assert loop_start(INTRODUCTION + paper[:end]) is None


@pytest.mark.parametrize("unit", [".", "_", " ", "\n", "0 ", "| 0 ", "<td></td>", "█", "0.00\n", "的"])
def test_more_than_a_page_of_nothing_is_a_loop(unit):
    """Even rules, blanks and zeros are a loop when they would fill a page."""
    text = INTRODUCTION + unit * (4200 // len(unit))
    start = loop_start(text)
    assert start is not None
    assert abs(start - len(INTRODUCTION + unit)) <= len(unit) + 1


def test_a_long_loop_is_followed_to_its_beginning():
    """A loop that is seen late is cut at its first unit too, however far back that stands."""
    text = INTRODUCTION + LOOPS["line"] * 3000
    assert text[: loop_start(text)].rstrip() == (INTRODUCTION + LOOPS["line"]).rstrip()
    counted = INTRODUCTION + "".join(COUNTED["list"].format(n) for n in range(1, 3000))
    start = loop_start(counted)
    assert counted[:start] == INTRODUCTION + COUNTED["list"].format(1)


def test_a_loop_that_ended_is_none():
    """Once a text goes on, what it repeated before is no longer a loop."""
    text = INTRODUCTION + LOOPS["sentence"] * 100
    assert loop_start(text) is not None
    assert loop_start(text + "The next item concerned the lamp.") is None


def test_a_word_is_not_cut():
    """Where the text before a loop ends like its unit, the cut still falls between words."""
    text = "He saw a hat. " + "The cat sat on a mat. " * 60
    assert text[: loop_start(text)] in {"He saw a hat. The cat sat on a mat", "He saw a hat. The cat sat on a mat."}


def test_a_novel_is_no_loop():
    """No beginning of Jane Eyre ends in a loop."""
    if not NOVEL.exists():
        pytest.skip("the novel is not on this machine")
    novel = NOVEL.read_text("utf-8")
    for end in range(1000, len(novel), 997):
        assert loop_start(novel[max(end - 8000, 0) : end]) is None


@given(unit=st.text(min_size=1, max_size=400), before=st.text(max_size=50))
@example(unit="0" * 25 + "1", before="0")
def test_every_unit_repeated_long_enough_is_a_loop(unit, before):
    """Any unit, eight times and over a page long, is found; what is kept holds it once or, turned round, nearly."""
    text = before + unit * max(8, 4000 // len(unit) + 1)
    start = loop_start(text)
    assert start is not None
    assert start <= len(before) + 2 * len(unit)


@given(seed=st.integers(0, 2**32), size=st.integers(0, 6000), alphabet=st.sampled_from(["ab", "01 ", "abc \n", ". |"]))
def test_random_text_is_no_loop(seed, size, alphabet):
    """Letters without order are no loop, however few they are."""
    assume(size)
    assert loop_start("".join(random.Random(seed).choices(alphabet, k=size))) is None  # noqa: S311


def test_it_is_cheap_to_call_on_a_growing_text():
    """Looking takes no longer on a long text than on a short one."""
    long = "".join(
        f"On {n % 11} March {n} ships passed the harbour light; {n * n % 97} were lost. " for n in range(20_000)
    )
    began = time.perf_counter()
    for end in range(len(long) - 100, len(long)):
        assert loop_start(long[:end]) is None
    assert time.perf_counter() - began < 1.0
