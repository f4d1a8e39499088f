"""How replies are held against the truth."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations.evaluation.metrics import (
    Outcomes,
    character_errors,
    classify,
    exact_match,
    f1,
    interval,
    matches,
    says_any,
)


@pytest.mark.parametrize(
    ("read", "truth", "errors", "length"),
    [
        ("kitten", "sitting", 3, 7),
        ("one two\nthree ", "one  two three", 0, 13),
        ("", "abc", 3, 3),
        ("abcabc", "abc", 3, 3),
        ("a b", "ab", 1, 2),
    ],
)
def test_character_errors_are_edits(read, truth, errors, length):
    """Edits are counted against the truth, runs of white space on both sides being one space."""
    assert character_errors(read, truth) == (errors, length)


@given(st.text(), st.text())
def test_character_errors_are_bounded(read, truth):
    """No transcript has more errors than the longer of both texts has characters, and a perfect one has none."""
    errors, length = character_errors(read, truth)
    assert 0 <= errors <= max(len(" ".join(read.split())), length)
    assert character_errors(truth, truth)[0] == 0


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        ("Ida Fennimore", "Ida Fennimore"),
        ("ida  fennimore.", "Ida Fennimore"),
        ("“Ida Fennimore”", "Ida Fennimore"),
        ("The owner is Ida Fennimore.", "Ida Fennimore"),
        ("CHF 8300", "CHF 8'300.00"),
        ("1,200", "1200"),
        ("It costs 900 euro", "900"),
        ("(510) 555-0106", "(510) 555-0106"),
        ("ﬁve days", "five days"),
    ],
)
def test_answers_that_say_the_reference(answer, reference):
    """Case, white space, punctuation around words, spellings of a number and a few words beside do not matter."""
    assert matches(answer, reference)


@pytest.mark.parametrize(
    ("answer", "reference"),
    [
        ("Ida", "Ida Fennimore"),
        ("Fennimore Ida", "Ida Fennimore"),
        ("Ida van Fennimore", "Ida Fennimore"),
        ("Ida Fennimore or Josef Quillan", "Ida Fennimore"),
        ("not Ida Fennimore", "Ida Fennimore"),
        ("It isn't Ida Fennimore", "Ida Fennimore"),
        ("one of the many people here is Ida Fennimore", "Ida Fennimore"),
        ("900 to 950", "900"),
        ("9000", "900"),
        ("-900", "900"),
        ("15 June", "5 June"),
        ("POL-87797738", "POL-87797739"),
        ("six days", "6 days"),
        ("", "Ida Fennimore"),
        ("anything", "..."),
    ],
)
def test_answers_that_do_not(answer, reference):
    """Parts, other orders, gaps, alternatives, negations, copied paragraphs and other digits are not the reference."""
    assert not matches(answer, reference)


def test_three_outcomes():
    """To say nothing is to abstain, and any answer to a question without one is wrong."""
    assert classify("900 euro", "900") == "correct"
    assert classify("800 euro", "900") == "wrong"
    assert classify("900 euro", "900", abstained=True) == "abstained"
    assert classify(" \n", "900") == "abstained"
    assert classify("900", None) == "wrong"
    assert classify("", None, abstained=True) == "abstained"


def test_outcomes_are_counted():
    """Each outcome is counted, and all of them are the total."""
    found = Outcomes.of(["correct", "wrong", "correct", "abstained"])
    assert found == Outcomes(correct=2, abstained=1, wrong=1)
    assert found.total == 4


@pytest.mark.parametrize(
    ("answer", "references", "equal", "overlap"),
    [
        ("The Beatles!", ["beatles"], True, 1.0),
        ("May 18, 2018", ["May 19, 2018", "May 18 2018"], True, 1.0),
        ("the cat sat", ["a cat sat down"], False, 0.8),
        ("dog", ["cat"], False, 0.0),
        ("a", ["the"], True, 1.0),
        ("dog dog", ["dog"], False, 2 / 3),
    ],
)
def test_squad_metrics(answer, references, equal, overlap):
    """Exact match and F1 fold case, punctuation and articles, count words once each, and take the best reference."""
    assert exact_match(answer, references) is equal
    assert f1(answer, references) == pytest.approx(overlap)


def test_phrases_are_found_as_words():
    """A phrase is found whatever its case and punctuation, and not within a longer word."""
    assert says_any("It was won by W. C. Röntgen, of Germany.", ["w c röntgen"])
    assert not says_any("It was wonderful.", ["wonder", ""])


def test_wilsons_interval():
    """It has the published values, and stays within 0 and 1 at both ends."""
    assert interval(81, 100) == pytest.approx((0.7222, 0.8749), abs=1e-4)
    assert interval(0, 10) == pytest.approx((0.0, 0.2775), abs=1e-4)
    assert interval(10, 10) == pytest.approx((0.7225, 1.0), abs=1e-4)
    with pytest.raises(ValueError, match="at least one"):
        interval(0, 0)
