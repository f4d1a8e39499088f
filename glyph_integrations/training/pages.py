"""Pages for training: typeset text, and which characters lie in which visual token.

Shapes: V visual tokens of a page, K cells of a visual token (``CellGrid``), C characters of a page.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.rendering import render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.rendering import Page, RenderStyle


@dataclass(frozen=True, kw_only=True, eq=False)
class TypesetPage:
    """A rendered page together with its text.

    Attributes:
        page: The page.
        text: The characters that it shows.
        factor: Side of a visual token in px.
    """

    page: Page = field(repr=False)
    text: str
    factor: int

    @property
    def visual_tokens(self) -> int:
        """V: the page's visual tokens, row by row."""
        return (self.page.height // self.factor) * (self.page.width // self.factor)

    @cached_property
    def places(self) -> tuple[NDArray[np.int64], NDArray[np.float32]]:
        """The visual token that each character lies in, and where in it.

        Returns:
            Index of the visual token, shape [C], -1 for characters that are not drawn; the character's middle within
            it, x and y from 0 to 1, shape [C, 2].
        """
        centres = self.page.centres()
        drawn = ~np.isnan(centres[:, 0])
        inside = np.where(drawn[:, None], centres, 0) / self.factor
        corners = np.floor(inside)
        across, down = corners.astype(np.int64).T
        columns, rows = self.page.width // self.factor, self.page.height // self.factor
        # A mark or a space at the end of a full line may hang over either edge.
        drawn &= (across >= 0) & (across < columns) & (down >= 0) & (down < rows)
        token = np.where(drawn, down * columns + across, -1)
        return token, (inside - corners).astype(np.float32)


def typeset(text: str, style: RenderStyle, spec: ModelSpec) -> Iterator[TypesetPage]:
    """Typesets a text; pages come in order and show every character of it once."""
    rendering = render(text, style, spec)
    whole = rendering.source_text.text
    for page in rendering:
        yield TypesetPage(page=page, text=whole[slice(*page.char_range)], factor=spec.factor)


@dataclass(frozen=True, slots=True, kw_only=True)
class CellGrid:
    """How a visual token is divided into cells, each of which holds a character or none.

    Attributes:
        rows: Cells down: the lines of type that a visual token may show.
        columns: Cells across.
        alphabet: The characters that are told apart; class 0 is an empty cell, the last any other character.
    """

    rows: int = 2
    columns: int = 6
    alphabet: str = "\n" + "".join(map(chr, range(33, 127)))

    @property
    def classes(self) -> int:
        """How many classes a cell may have."""
        return len(self.alphabet) + 2

    @property
    def cells(self) -> int:
        """K: how many cells a visual token has."""
        return self.rows * self.columns

    def cell_at(self, middle: NDArray[np.float32]) -> NDArray[np.int64]:
        """Index of the cell for places within a visual token: x and y from 0 to 1, shape [C, 2]."""
        across = np.minimum((middle[:, 0] * self.columns).astype(np.int64), self.columns - 1)
        down = np.minimum((middle[:, 1] * self.rows).astype(np.int64), self.rows - 1)
        return down * self.columns + across

    def fill(self, page: TypesetPage) -> NDArray[np.int64]:
        """Classes of the cells of a page, shape [V, K]. Where two characters meet in a cell the later moves right."""
        token, middle = page.places
        cells = np.zeros((page.visual_tokens, self.rows, self.columns), np.int64)
        classes = {character: number for number, character in enumerate(self.alphabet, 1)}
        other = self.classes - 1
        for character, place, cell in zip(page.text, token.tolist(), self.cell_at(middle).tolist(), strict=True):
            if place < 0 or character == " ":
                continue
            row, column = divmod(cell, self.columns)
            line = cells[place, row]
            while column < self.columns - 1 and line[column]:
                column += 1  # the next free cell
            line[column] = classes.get(character, other)
        return cells.reshape(page.visual_tokens, -1)
