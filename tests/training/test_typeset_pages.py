"""Which characters lie in which visual token."""

from __future__ import annotations

from random import Random

import numpy as np
import pytest

from glyph_integrations.counting import model_spec
from glyph_integrations.rendering import RenderStyle, render_style
from glyph_integrations.training.corpus import RandomStrings
from glyph_integrations.training.pages import CellGrid, typeset

NANO = model_spec("nano")
STRIP = render_style("nano").replace(page_width=84, page_height=56, break_anywhere=True)
MIXED = "naïve café 你好 שלום (abc) 12 नमस्ते\tx\x00\u200b😀 end " * 30


def places_of(page):
    """Visual tokens and middles of a page's characters, in whole px."""
    token, middle = page.places
    return token, (middle * page.factor)


@pytest.mark.parametrize("place", [0, 5, 6, 16, 17, 38, 51])
def test_a_character_lies_where_its_ink_is(place):
    """The visual token of a letter that stands alone is the one with the page's only ink, and its middle the ink's."""
    (page,) = typeset(" " * place + "W", STRIP, NANO)
    token, middle = places_of(page)
    rows, columns = np.nonzero(page.page.pixels < 255)
    centre = (columns.min() + columns.max() + 1) / 2, (rows.min() + rows.max() + 1) / 2
    across = page.page.width // page.factor
    assert token[place] == int(centre[1] // 28) * across + int(centre[0] // 28)
    assert np.abs(middle[place] - np.array(centre) % 28).max() <= 3


@pytest.mark.parametrize(
    "style",
    [STRIP, render_style("glyph"), RenderStyle(alignment="justify", columns=2)],
    ids=["nano", "glyph", "columns"],
)
@pytest.mark.parametrize("text", [RandomStrings().sample(Random(3), 3000), MIXED], ids=["random", "mixed"])  # noqa: S311
def test_places_agree_with_boxes(style, text):
    """In any style and script the middle of every character that is drawn is the middle of its box."""
    for page in typeset(text, style, NANO):
        token, middle = places_of(page)
        across = page.page.width // page.factor
        start, _ = page.page.char_range
        for index in range(0, len(token), 7):
            boxes = page.page.boxes(start + index, start + index + 1)
            if token[index] < 0 or not boxes:
                continue
            x0, y0, x1, y1 = np.array(boxes[0]) * ([page.page.width, page.page.height] * 2)
            if x1 == page.page.width or x0 == 0:  # boxes end with the page
                continue
            row, column = divmod(int(token[index]), across)
            found = np.array([column, row]) * page.factor + middle[index]
            assert np.abs(found - [(x0 + x1) / 2, (y0 + y1) / 2]).max() < 0.01


def test_pages_show_every_character_once():
    """The texts of the pages, one after another, are the text; visual tokens are those that the model counts."""
    pages = list(typeset(MIXED, STRIP, NANO))
    assert "".join(page.text for page in pages) == MIXED
    assert all(page.visual_tokens == page.page.visual_tokens for page in pages)
    assert all(page.places[0].max() < page.visual_tokens for page in pages)
    assert {len(page.places[0]) - len(page.text) for page in pages} == {0}


def test_what_is_not_drawn_lies_nowhere():
    """A line break that has no mark is in no visual token."""
    (page,) = typeset("ab\ncd", STRIP.replace(newline="break", newline_mark=""), NANO)
    assert [place < 0 for place in page.places[0]] == [False, False, True, False, False]


class TestCellGrid:
    """How visual tokens are divided."""

    def test_two_lines_of_six_stand_where_they_are_read(self):
        """In the nano style each visual token holds six characters of one line above six of the next."""
        text = "abcdefghijklmnopQRSTUVWXYZ012345"
        (page,) = typeset(text, STRIP.replace(page_height=28), NANO)
        grid = CellGrid()
        cells = grid.fill(page).reshape(3, 2, 6)
        letters = np.array(["", *grid.alphabet, "other"])[cells]
        assert ["".join(line) for line in letters[0]] == ["abcdef", "QRSTUV"]
        assert ["".join(line) for line in letters[1]] == ["ghijk", "WXYZ0"]
        assert ["".join(line) for line in letters[2]] == ["lmnop", "12345"]
        assert letters[1][0].tolist() == ["g", "", "h", "i", "j", "k"]

    def test_spaces_are_empty_breaks_are_marks_and_the_unknown_is_the_last_class(self):
        """A space is an empty cell, a marked break a character, a letter outside the alphabet the last class."""
        (page,) = typeset("a ~\nb", STRIP, NANO)
        cells = CellGrid(alphabet="\nab").fill(page).reshape(-1, 2, 6)
        assert cells[0, 0].tolist() == [2, 0, 4, 1, 0, 3]
        assert CellGrid(alphabet="\nab").classes == 5

    def test_characters_that_meet_move_on(self):
        """Of two characters in one cell the later takes the next cell that is free; the last cell keeps the latest."""
        grid = CellGrid(rows=1, columns=2, alphabet="abcdef")
        (page,) = typeset("abcdef", STRIP, NANO)
        assert grid.fill(page)[0].tolist() == [1, 6]
