"""The cells of a sheet, kept sparsely, and how they become tables."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.builder import TextBuilder

_SPARSE = 20
"""A block with more than this many empty cells for each filled one is written cell by cell."""

Block = list[tuple[int, dict[int, str]]]


@dataclass(slots=True)
class Grid:
    """Texts of a sheet's visible cells by row and column, from 1, and the characters left out, by reason."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    dropped: Counter[str] = field(default_factory=Counter)

    @property
    def characters(self) -> int:
        """Of all cells, visible or not."""
        return sum(len(text) for row in self.rows.values() for text in row.values()) + self.dropped.total()

    def write(self, builder: TextBuilder) -> None:
        """Appends each run of rows without a blank one between them as a table, as a person sees them."""
        for block in self._blocks():
            builder.table(_lines(block))
        for reason, characters in self.dropped.items():
            builder.drop(reason, characters)

    def _blocks(self) -> Iterator[Block]:
        block: Block = []
        for number in sorted(self.rows):
            if not self.rows[number]:
                continue
            if block and number > block[-1][0] + 1:
                yield block
                block = []
            block.append((number, self.rows[number]))
        if block:
            yield block


def _lines(block: Block) -> Iterator[list[str]]:
    """The block's rows over the columns that it uses; cells with their names where there would be mostly gaps."""
    columns = sorted(set().union(*(row for _, row in block)))
    filled = sum(len(row) for _, row in block)
    if len(columns) * len(block) > 1000 + filled * _SPARSE:
        for number, row in block:
            yield [f"{_letters(column)}{number}: {text}" for column, text in sorted(row.items())]
        return
    for _, row in block:
        cells = [row.get(column, "") for column in columns]
        while cells and not cells[-1]:
            cells.pop()
        yield cells


def _letters(column: int) -> str:
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters
