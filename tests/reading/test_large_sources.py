"""Large and repetitive sources, long quotes: searches end, and say where they gave up."""

from __future__ import annotations

import random

import pytest
from growth import grows_linearly

from glyph_integrations.reading.alignment import SourceIndex, find_places
from glyph_integrations.reading.answer import Answer, Check, Usage
from glyph_integrations.reading.effort import Effort, EffortExceededError
from glyph_integrations.reading.exact_strings import exact_strings
from glyph_integrations.reading.verification import verify
from glyph_integrations.reading.vocabulary import Vocabulary

SENTENCE = "The tenant pays the rent of EUR 1,200.00 on the first of each month. "
SIZE = 300_000  # characters; benchmarks/reading.py has ten million


def words(size, seed=0):
    """Text of random words."""
    draw = random.Random(seed)  # noqa: S311 - no secret
    vocabulary = ["".join(draw.choices("abcdefghijklmnopqrstuvwxyz", k=draw.randint(2, 9))) for _ in range(2000)]
    return " ".join(draw.choices(vocabulary, k=size // 6))


def misread(text):
    """Every twentieth character another."""
    return "".join("x" if at % 20 == 0 else character for at, character in enumerate(text))


SOURCES = {
    "prose": words(SIZE),
    "one sentence": SENTENCE * (SIZE // len(SENTENCE)),
    "one letter": "a" * SIZE,
    "one word": "a " * (SIZE // 2),
    "one digit": "1" * SIZE,
    "space": " " * SIZE,
    "dots": "." * SIZE,
    "hyphens": "a-" * (SIZE // 2),
    "paths": "/a" * (SIZE // 2),
}
QUOTES = {
    "its own": lambda text: text[1000:21_000],
    "its own, misread": lambda text: misread(text[1000:21_000]),
    "another": lambda _: words(20_000, seed=1),
    "parts": lambda text: " … ".join(text[at : at + 20] for at in range(1000, 21_000, 1000)),
    "dots": lambda _: "." * 20_000,
    "space": lambda _: f"x{' ' * 20_000}y",
    "brackets": lambda _: "[ " * 10_000,
    "sentences": lambda _: misread(SENTENCE * 290),
    "a letter": lambda _: "a" * 20_000,
}


@pytest.fixture(scope="module")
def indices():
    """The sources, ready to be searched."""
    return {name: SourceIndex(text) for name, text in SOURCES.items()}


@pytest.mark.timeout(10)
@pytest.mark.parametrize("source", SOURCES)
@pytest.mark.parametrize("quote", QUOTES)
def test_every_search_ends(indices, source, quote):
    """A quote of 20,000 characters is found, absent or given up in any source, and so are the strings of an answer."""
    index = indices[source]
    asked = QUOTES[quote](index.text)
    for checked in (verify("", [asked], index), verify(asked, [], index)):
        assert {check.status for check in checked.checks} <= {"found", "corrected", "absent", "unchecked"}


def test_long_quotes_are_found_however_often_they_stand_there(indices):
    """The passages of repetitive sources are found too, to the letter and misread."""
    index = indices["one sentence"]
    quote = SENTENCE * 500
    (passage,) = index.align(quote)
    assert (passage.start, passage.similarity) == (0, 1.0)
    assert passage.occurrences > 1
    (passage,) = index.align(misread(quote))
    assert 0.9 < passage.similarity < 1


def test_a_misread_quote_of_a_long_text_is_found(indices):
    """Seeds are found in one pass, at the ends and in the middle of the text."""
    index = indices["prose"]
    for start in (0, 123_456, len(index.text) - 500):
        part = index.text[start : start + 500]
        found = index.find(misread(part))
        assert abs(found.start - start) < 12
        assert found.similarity > 0.9


def test_what_is_given_up_is_said(indices):
    """Without the effort that a search takes nobody knows, and that is neither found nor absent."""
    index = indices["prose"]
    with pytest.raises(EffortExceededError):
        index.align("No such words stand there.", effort=Effort(1000))
    assert index.align("No such words stand there.") == ()
    (check,) = verify("", ["x" + " " * 20_000 + "y"], SourceIndex("x y " * 500_000)).checks
    assert check.status in {"found", "unchecked"}


def test_numbers_beyond_what_a_vocabulary_holds_are_not_called_absent():
    """A source of very many numbers is searched to the letter, and what is not found that way is unchecked."""
    index = SourceIndex(" ".join(map(str, range(100_000, 141_000))))
    assert not index.vocabulary().is_complete
    found, unchecked = verify("It is 140999, or 99,321,777.", [], index).checks
    assert (found.status, unchecked.status) == ("found", "unchecked")
    assert Vocabulary("1 2 3").is_complete


def test_what_is_unchecked_is_not_verified():
    """An answer is verified only if all of it was found."""
    answer = {"question": "?", "text": "5", "usage": Usage(text_tokens=1, tokenizer="estimate", visual_tokens=1)}
    found = Check(kind="exact", text="5", status="found")
    assert Answer(**answer, checks=(found,)).verified
    assert not Answer(**answer, checks=(found, Check(kind="quote", text="x", status="unchecked"))).verified


def test_effort_is_shared():
    """What a part spends is spent for the whole, and nobody can spend more than there is."""
    whole = Effort(100)
    part = whole.share(2)
    part.spend(30)
    assert (part.left, whole.left) == (20, 70)
    with pytest.raises(EffortExceededError):
        part.spend(30)
    with pytest.raises(EffortExceededError):
        whole.share(1).spend(50)
    assert list(find_places("aaa", "a", (0, 3), Effort())) == [0, 1, 2]


@pytest.mark.parametrize(
    "piece",
    [
        "a-",
        "/a",
        "a/b-",
        "a.",
        "a@",
        "a:",
        "1.",
        "1,",
        "(a",
        "$",
        "a\\",
        "www.",
        "http://",
        "~/",
        "May ",
        "+1 ",
        "a_",
        "(",
        "12-",
    ],
)
def test_exact_strings_are_found_in_linear_time(piece):
    """Whatever a text repeats, twice as much of it takes twice as long."""
    assert grows_linearly(lambda size: exact_strings(piece * size), 500)
