"""Paragraphs are put together without gluing what was struck out or deleted to its neighbours."""

import pytest

from glyph_integrations.source.words import Cut, Words, join_words, split_lines


@pytest.mark.parametrize(
    ("pieces", "text"),
    [
        ((Words("The fee is "), Words("500", struck=True), Words("750")), "The fee is ~~500~~750"),
        ((Words("a "), Words("b ", struck=True), Words("c", struck=True), Words(" d")), "a ~~b c~~ d"),
        ((Words("a"), Words(" b ", struck=True), Words("c")), "a ~~b~~ c"),
        ((Words("a"), Words(" ", struck=True), Words("b")), "a b"),
        ((Words("organi"), Cut("s"), Words("z"), Words("ation")), "organization"),
        ((Words("500"), Cut(" to "), Words("750")), "500 750"),
        ((Words("500"), Cut("and"), Words("750")), "500 750"),
        ((Words("500"), Cut(" and "), Words("750")), "500 750"),
        ((Words("1"), Cut("0"), Words("00")), "100"),
        ((Words("one"), Cut(" "), Words("two")), "one two"),
        ((Words("one "), Cut("old "), Words("two")), "one two"),
        ((Cut("all"),), ""),
    ],
)
def test_join(pieces, text):
    """Struck-out text stands between marks; a space replaces a deletion that was all between two words or numbers."""
    assert join_words(pieces) == text


def test_split():
    """What stands within a line follows it, what stands before a line stays before it."""
    picture, other = object(), object()
    pieces = (picture, Words("one "), other, Words("two\nthree"))
    assert split_lines(pieces) == [picture, "one two", other, "three"]
