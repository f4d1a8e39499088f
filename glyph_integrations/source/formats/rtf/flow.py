"""A stream of paragraphs and table rows: the body of an RTF file, a note, a header."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.words import Cut, Words, join_words, split_lines

if TYPE_CHECKING:
    from glyph_integrations.source.formats.rtf.objects import Embedded, Picture


PATTERN = -1
"""Stands for the color of a cell that is filled with a pattern."""
UNSEEN = -2
"""Stands for the color of a cell that is not shown: the rest of a merged one, or one in a row without height."""


_LOWEST_ROW = 40
"""In twentieths of a pt; a row whose height is negative has exactly that height."""


@dataclass(slots=True)
class Line:
    """A paragraph; ``level`` is that of a heading from 1, or 0; ``typed`` says that all of it is in monospaced type."""

    text: str
    level: int = 0
    typed: bool = False


@dataclass(slots=True)
class Flow:
    """Blocks so far, and the paragraph and row that have not ended yet.

    Attributes:
        blocks: Paragraphs, rows of tables, pictures and files, in order.
        pieces: Of the paragraph at hand; a character beyond the basic plane may be two of them.
        cell: Paragraphs of the cell at hand.
        row: Cells of the row at hand.
        beside: Pictures and files of the row at hand, which follow it.
        fills: The numbers of the colors that the cells of the row at hand are filled with; None for none.
        fill: That of the cell whose definition has not ended yet.
        low: Whether the row at hand is too low to show anything.
        in_table: Whether the paragraph at hand is within a cell.
        level: The outline level of the paragraph at hand from 1, or 0.
        set_in_prose: Whether any of its words are in type that is not monospaced.
    """

    blocks: list[Line | list[str] | Picture | Embedded] = field(default_factory=list)
    pieces: list[Words | Cut | Picture | Embedded] = field(default_factory=list)
    cell: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    beside: list[Picture | Embedded] = field(default_factory=list)
    fills: list[int | None] = field(default_factory=list)
    fill: int | None = None
    low: bool = False
    in_table: bool = False
    level: int = 0
    set_in_prose: bool = False

    def put(self, text: str, *, struck: bool = False, typed: bool = False) -> None:
        """Append text to the paragraph at hand; ``typed`` says that it is in monospaced type."""
        self.set_in_prose = self.set_in_prose or (not typed and bool(text.strip()))
        self.pieces.append(Words(text, struck))

    def define_cell(self, word: str, number: int) -> bool:
        """Take up a word that says what the cells of the next row look like; say whether the word is one."""
        if word == "trowd":
            self.fills, self.fill, self.low = [], None, False
        elif word in ("clvmrg", "clmrg"):
            self.fill = UNSEEN
        elif word == "trrh":
            self.low = -_LOWEST_ROW < number < 0
        elif word == "clcbpat":
            self.fill = self.fill or number
        elif word == "clshdng" and number and self.fill != UNSEEN:
            self.fill = PATTERN
        elif word == "cellx":
            self.fills.append(UNSEEN if self.low else self.fill)
            self.fill = None
        elif word == "intbl":
            self.in_table = True
        else:
            return False
        return True

    def find_fill(self) -> int | None:
        """Return the number of the color of the cell at hand; None where it is not filled or there is none."""
        at = len(self.row)
        return self.fills[at] if self.in_table and at < len(self.fills) else None

    def end_paragraph(self) -> None:
        """Make the pieces at hand a line, or within a cell one paragraph of it."""
        pieces, self.pieces = self.pieces, []
        typed, self.set_in_prose = not self.set_in_prose, False
        if self.in_table:
            text = _clean(join_words(piece for piece in pieces if isinstance(piece, (Words, Cut)))).strip()
            self.cell += [text] if text else []
            self.beside += (piece for piece in pieces if not isinstance(piece, (Words, Cut)))
            return
        if all(isinstance(piece, (Words, Cut)) for piece in pieces):
            words = join_words(piece for piece in pieces if isinstance(piece, (Words, Cut)))
            text = _clean(words, indented=typed)
            self.blocks += [Line(text, self.level, typed)] if text.strip() else []
            return
        for item in split_lines(pieces):
            self.blocks.append(Line(_clean(item), self.level) if isinstance(item, str) else item)

    def end_cell(self) -> None:
        """Make the paragraphs at hand a cell."""
        self.in_table = True
        self.end_paragraph()
        self.row.append(" ".join(self.cell))
        self.cell = []

    def end_row(self) -> None:
        """Make the cells at hand a row."""
        if any(self.row):
            self.blocks.append(self.row)
        self.blocks += self.beside
        self.row, self.beside, self.in_table = [], [], False

    def end(self) -> None:
        """End whatever is at hand."""
        self.end_paragraph()
        if self.cell:
            self.end_cell()
        self.end_row()


def _clean(text: str, *, indented: bool = False) -> str:
    """Text whose characters beyond the basic plane are whole, without the white space around it or only behind it."""
    whole = text.encode("utf-16", "surrogatepass").decode("utf-16", "replace")
    return whole.strip("\n\r").rstrip(" \n\r") if indented else whole.strip("\n\r ")
