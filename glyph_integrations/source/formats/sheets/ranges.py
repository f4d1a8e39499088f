"""Ranges of cells (``A1:C3 E5``), as files write them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from openpyxl.utils.cell import range_boundaries

from glyph_integrations.source.formats.sheets.rows import LAST_COLUMN, LAST_ROW

if TYPE_CHECKING:
    from collections.abc import Iterator


class Area(NamedTuple):
    """A rectangle of cells, rows and columns from 1, both ends within it."""

    left: int
    top: int
    right: int
    bottom: int

    def holds(self, row: int, column: int) -> bool:
        """Whether a cell lies in it."""
        return self.top <= row <= self.bottom and self.left <= column <= self.right


def read_areas(text: str) -> Iterator[Area]:
    """The rectangles of a reference; pieces that are not one are passed over."""
    for piece in text.replace(",", " ").split()[:10_000]:
        try:
            left, top, right, bottom = range_boundaries(piece.rpartition("!")[2])
        except (ValueError, TypeError):
            continue
        yield Area(left or 1, top or 1, right or LAST_COLUMN, bottom or LAST_ROW)
