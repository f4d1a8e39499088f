"""A stream of paragraphs and table rows: the body of an RTF file, a note, a header."""

from __future__ import annotations

from dataclasses import dataclass, field


@dataclass(slots=True)
class Line:
    """A paragraph; ``level`` is that of a heading from 1, or 0."""

    text: str
    level: int = 0


@dataclass(slots=True)
class Flow:
    """Blocks so far, and the paragraph and row that have not ended yet.

    Attributes:
        blocks: Paragraphs and rows of tables, in order.
        paragraph: Pieces of the paragraph at hand; a character beyond the basic plane may be two of them.
        row: Cells of the row at hand.
        in_table: Whether the paragraph at hand is within a cell.
        level: The outline level of the paragraph at hand from 1, or 0.
    """

    blocks: list[Line | list[str]] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    in_table: bool = False
    level: int = 0

    def end_paragraph(self) -> None:
        """Makes the pieces at hand a line, or within a cell one paragraph of it."""
        text = "".join(self.paragraph).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip("\n\r ")
        if self.in_table:
            self.paragraph = [text, " "] if text else []
            return
        self.paragraph = []
        if text.strip():
            self.blocks.append(Line(text, self.level))

    def end_cell(self) -> None:
        """Makes the pieces at hand a cell."""
        self.in_table = True
        self.end_paragraph()
        self.row.append("".join(self.paragraph).strip())
        self.paragraph = []

    def end_row(self) -> None:
        """Makes the cells at hand a row."""
        if self.row:
            self.blocks.append(self.row)
        self.row, self.in_table = [], False

    def end(self) -> None:
        """Ends whatever is at hand."""
        self.end_paragraph()
        self.end_row()
