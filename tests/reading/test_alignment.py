"""Quotes are found in the source, however they were copied, and nothing else is."""

from __future__ import annotations

import random
import string
import time
import tracemalloc

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyph_integrations.reading.alignment import SourceIndex, joined

SOURCE = (
    "1. The “Operator” shall give notice of 90 days – in writing –\nbefore it with-\ndraws the ﬁnal diesel-\nelectric "
    "ship. The fee is £12,450.00 for GB-7719-K, payable at Café Zoë. "
    "The buyer pays on Monday. Later on, the buyer pays on Friday. Wait... then\u00a0go on. The end of it."
)


def words(rng: random.Random, length: int, alphabet: str = string.ascii_lowercase) -> str:
    """Random words of a limited vocabulary."""
    known = ["".join(rng.choices(alphabet, k=rng.randint(2, 9))) for _ in range(5000)]
    parts: list[str] = []
    size = 0
    while size < length:
        parts.append(rng.choice(known))
        size += len(parts[-1]) + 1
    return " ".join(parts)


def misread(rng: random.Random, text: str, share: float, alphabet: str = string.ascii_lowercase) -> str:
    """A text with a share of its characters replaced, left out or doubled."""
    spoiled = [rng.choice((rng.choice(alphabet), rng.choice(alphabet), "", c + rng.choice(alphabet))) for c in text]
    return "".join(b if rng.random() < share else a for a, b in zip(text, spoiled, strict=True))


@pytest.mark.parametrize(
    ("quote", "stands"),
    [
        ("notice of 90 days", "notice of 90 days"),
        ('The "Operator" shall give', "The “Operator” shall give"),
        ("90 days - in writing - before it", "90 days – in writing –\nbefore it"),
        ("in writing –↵before", "in writing –\nbefore"),
        (
            "before it withdraws the final diesel-electric ship",
            "before it with-\ndraws the ﬁnal diesel-\nelectric ship",
        ),
        ("it with-↵draws the", "it with-\ndraws the"),
        ("then go on.", "then\u00a0go on."),
        ("then⟦U+00A0⟧go", "then\u00a0go"),
        ("at Cafe\u0301 Zoe\u0308", "at Café Zoë"),
        ("£12,450.00", "£12,450.00"),
        ("GB–7719–K", "GB-7719-K"),
        ("Wait... then", "Wait... then"),
    ],
)
def test_faithful_copies_have_similarity_one(quote, stands):
    """Line breaks, hyphenation, quotation marks, dashes, ligatures and spelled characters are no difference."""
    passage = SourceIndex(SOURCE).find(quote)
    assert SOURCE[passage.start : passage.end] == stands
    assert passage.similarity == 1.0
    assert passage.quote == quote


def test_case_costs_a_tenth():
    """A quote in capitals is found, and is a little less similar."""
    passage = SourceIndex(SOURCE).find("THE BUYER PAYS ON MONDAY.")
    assert SOURCE[passage.start : passage.end] == "The buyer pays on Monday."
    assert 0.9 <= passage.similarity < 1


def test_misread_quotes_end_with_whole_words():
    """A quote with wrong characters, or cut within a word or number, is given whole words of the source."""
    for quote, stands in (
        ("The fce is £12,450.00 for GB-7718-K, payabIe", "The fee is £12,450.00 for GB-7719-K, payable"),
        ("the buyer pays on Frid", "the buyer pays on Friday"),
        ("gives notice of 90 days - in writing - before it", "give notice of 90 days – in writing –\nbefore it"),
    ):
        passage = SourceIndex(SOURCE).find(quote)
        assert SOURCE[passage.start : passage.end] == stands
        assert 0.8 < passage.similarity < 1


@pytest.mark.parametrize(
    "quote", ["", " ", "…", "ship owners", "tice", "90 dayz", "12,450", "7719", "Oper", "←", "£12"]
)
def test_short_quotes_must_be_whole_words(quote):
    """What is short is found only to the letter, and never within a word, number or identifier."""
    assert SourceIndex(SOURCE).align(quote) == ()


def test_inventions_are_not_found():
    """Text that the source does not hold is not found, and nothing is in an empty source."""
    assert SourceIndex(SOURCE).find("The seller shall bear all costs of transport to the harbour") is None
    assert SourceIndex("").find("anything at all") is None


def test_the_nearest_of_equal_places_is_taken():
    """Among equal places the first is taken, or the one nearest to an offset, and their number is told."""
    source = "x. The buyer pays. " * 50
    index = SourceIndex(source)
    assert index.find("The buyer pays.").start == 3
    assert index.find("The buyer pays.").occurrences == 50
    assert index.find("The buyer pays.", near=500).start == 497
    assert index.find("The  buyer pays.", near=500).start == 497
    source = "The buyer of the vessel pays on Monday. " * 50
    assert abs(SourceIndex(source).find("The buyer of the vessel psys on Monday.", near=400).start - 400) < 40


def test_ranges_shown_are_searched_first():
    """A place within the ranges wins over an earlier one, and over a more similar one; else the rest is searched."""
    source = (
        "The harbour master opens the gate at noon. " + "filler " * 100 + "The harbour master opens the gate at noom."
    )
    index = SourceIndex(source)
    later = (300, len(source))
    assert index.find("The harbour master opens the gate at noon.", within=later).start > 700
    assert index.find("The harbour master opens the gate at noon.", within=[(100, 200), later]).start > 700
    assert index.find("The harbour master opens the gate at noon.", within=(100, 200)).start == 0


@pytest.mark.parametrize("elision", [" … ", "...", " [...] ", " […] ", "… "])
def test_elided_quotes_are_found_part_by_part(elision):
    """Each part of an elided quote has a passage, in order, though a part alone stands in several places."""
    index = SourceIndex(SOURCE)
    parts = index.align(f"The fee is £12,450.00{elision}the buyer pays{elision}then go on")
    assert [SOURCE[p.start : p.end] for p in parts] == ["The fee is £12,450.00", "the buyer pays", "then\u00a0go on"]
    assert index.align(f"The fee is £12,450.00{elision}the seller weeps at night") == ()
    assert index.align(f"then go on{elision}The fee is £12,450.00") == ()
    (only,) = index.align(f"{elision.strip()}The fee is £12,450.00{elision.strip()}")
    assert SOURCE[only.start : only.end] == "The fee is £12,450.00"


def test_elisions_have_a_bounded_reach():
    """Parts that stand further apart than a few pages are no one quote."""
    source = "The harbour opens at nine. " + "a b c. " * 2000 + "The ferry leaves at ten."
    assert SourceIndex(source).align("The harbour opens at nine. … The ferry leaves at ten.") == ()


@pytest.mark.parametrize(
    ("source", "quote", "stands"),
    [
        ("第一条 收到通知之日起\n支付货款。第二条", "收到通知之日起支付货款", "收到通知之日起\n支付货款"),
        (
            "甲方应当在收到通知之日起三十日内支付。",
            "应当在收到通如之日起三十日内支付",
            "应当在收到通知之日起三十日内支付",
        ),
        ("يَجِبُ على المشتري أن يدفع الثمن كاملاً", "على المشتري أن يدفع الثمن", "على المشتري أن يدفع الثمن"),
        ("يَجِبُ على المشتري أن", "يجب على المشتري", "يَجِبُ على المشتري"),
        ("사업자는 통지를 받은 날부터 삼십일 이내에", "통지를 받은 날부터", "통지를 받은 날부터"),
        ("Straße der Größe und Maße im Fluß", "STRASSE DER GRÖSSE UND MASSE", "Straße der Größe und Maße"),
        ("\U0001f600 emoji then words here \ud800 and so on", "emoji then words here", "emoji then words here"),
    ],
)
def test_scripts_of_the_world(source, quote, stands):
    """Quotes in scripts without spaces, from right to left, with marks and with long foldings have right offsets."""
    passage = SourceIndex(source).find(quote)
    assert source[passage.start : passage.end] == stands


@given(st.integers(0, 2**32), st.sampled_from([(80, 0.05), (200, 0.08), (1200, 0.1)]))
@settings(max_examples=30, deadline=None)
def test_misread_passages_of_random_text_are_found(seed, case):
    """In text without any sense, a passage with wrong characters is found, to within a word at its ends."""
    rng, (length, share) = random.Random(seed), case  # noqa: S311
    source = words(rng, 30_000)
    start = source.index(" ", rng.randrange(len(source) - 2 * length)) + 1
    end = source.index(" ", start + length)
    passage = SourceIndex(source).find(misread(rng, source[start:end], share))
    assert passage is not None
    assert abs(passage.start - start) <= 20
    assert abs(passage.end - end) <= 20


@given(st.text(max_size=200), st.integers(0, 200), st.integers(0, 60))
@settings(deadline=None)
def test_every_part_of_any_text_is_found_in_it(text, start, length):
    """Any part of any text that begins and ends with whole words is found to the letter."""
    quote = text[start : start + length].strip()
    start = text.find(quote)
    whole = bool(quote) and not joined(text, start) and not joined(text, start + len(quote))
    passage = SourceIndex(text).find(quote)
    if whole:
        assert (passage.similarity, text[passage.start : passage.end]) == (1.0, quote)
    elif passage is not None:
        assert 0 <= passage.start < passage.end <= len(text)


@given(st.text(alphabet="aZé ﬁßİ½가中\u0301\u200b-\n。👍", max_size=300))
@settings(deadline=None)
def test_skeleton_offsets_go_both_ways(text):
    """The character that a letter of the skeleton came from is the one whose skeleton begins there or around it."""
    index = SourceIndex(text)
    for at in range(len(index._skeleton)):
        offset = index._offset(at)
        assert index._skeleton_offset(offset) <= at < index._skeleton_offset(offset + 1)


def test_a_long_source_is_searched_in_a_moment():
    """In a million characters, a misread quote takes milliseconds, and an invented one not much longer."""
    rng = random.Random(5)  # noqa: S311
    source = words(rng, 1_000_000)
    index = SourceIndex(source)
    tracemalloc.start()
    assert index.find("not one of these words") is None
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert peak < 40e6
    began = time.process_time()
    for _ in range(5):
        start = source.index(" ", rng.randrange(900_000)) + 1
        passage = index.find(misread(rng, source[start : start + 200], 0.05))
        assert abs(passage.start - start) < 20
    assert index.find("".join(rng.choices(string.ascii_lowercase + " ", k=200))) is None
    assert time.process_time() - began < 3
