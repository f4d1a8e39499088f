"""The cells of a sheet, kept sparsely, and how they become tables."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glyph_integrations.source.builder import TextBuilder

_SPARSE = 20
"""A block with more than this many empty cells for each filled one is written cell by cell."""
_EXCERPTS = 20
"""How many of the texts that were left out for one reason are kept, for the report."""

Block = list[tuple[int, dict[int, str]]]


@dataclass(slots=True)
class _LeftOut:
    """What was left out for one reason: the first texts, and how many characters and cells came after them."""

    texts: list[str] = field(default_factory=list)
    characters: int = 0
    count: int = 0


@dataclass(slots=True)
class Grid:
    """Texts of a sheet's visible cells by row and column, from 1; what floats above them, by row; what was left out."""

    rows: dict[int, dict[int, str]] = field(default_factory=dict)
    floats: dict[int, list[Callable[[], None]]] = field(default_factory=dict)
    _dropped: dict[tuple[str, bool], _LeftOut] = field(default_factory=dict)

    @property
    def characters(self) -> int:
        """Of all cells, visible or not."""
        left_out = sum(sum(map(len, each.texts)) + each.characters for each in self._dropped.values())
        return sum(len(text) for row in self.rows.values() for text in row.values()) + left_out

    def drop(self, reason: str, text: str, *, times: int = 1, hidden: bool = True) -> None:
        """Records the text of a cell that is not shown, and of as many more of the same."""
        left_out = self._dropped.setdefault((reason, hidden), _LeftOut())
        if len(left_out.texts) < _EXCERPTS:
            left_out.texts.append(text)
            times -= 1
        left_out.characters += len(text) * times
        left_out.count += times

    def excerpt(self) -> str:
        """The first texts of the visible cells, for a report."""
        texts = (text for number in sorted(self.rows) for text in self.rows[number].values())
        return " ".join(text for _, text in zip(range(_EXCERPTS), texts, strict=False))

    def write(self, builder: TextBuilder) -> None:
        """Appends each run of rows without a blank one between them as a table, as a person sees them.

        What floats above a row follows the table that the row belongs to.
        """
        waiting = sorted(self.floats)
        for block in self._blocks():
            while waiting and waiting[0] < block[0][0]:
                self._write_floats(waiting.pop(0))
            builder.table(_lines(block))
            while waiting and waiting[0] <= block[-1][0]:
                self._write_floats(waiting.pop(0))
        for number in waiting:
            self._write_floats(number)
        self.report(builder)

    def report(self, builder: TextBuilder) -> None:
        """Records what was left out."""
        for (reason, hidden), left_out in self._dropped.items():
            for text in left_out.texts:
                builder.drop(reason, text, hidden=hidden)
            if left_out.count:
                builder.drop(reason, left_out.characters, hidden=hidden, count=left_out.count)

    def _write_floats(self, number: int) -> None:
        for write in self.floats[number]:
            write()

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


def write_letters(column: int) -> str:
    """The letters of a column from 1."""
    letters = ""
    while column:
        column, rest = divmod(column - 1, 26)
        letters = chr(ord("A") + rest) + letters
    return letters


def _lines(block: Block) -> Iterator[list[str]]:
    """The block's rows over the columns that it uses; cells with their names where there would be mostly gaps."""
    columns = sorted(set().union(*(row for _, row in block)))
    filled = sum(len(row) for _, row in block)
    if len(columns) * len(block) > 1000 + filled * _SPARSE:
        for number, row in block:
            yield [f"{write_letters(column)}{number}: {text}" for column, text in sorted(row.items())]
        return
    for _, row in block:
        cells = [row.get(column, "") for column in columns]
        while cells and not cells[-1]:
            cells.pop()
        yield cells
