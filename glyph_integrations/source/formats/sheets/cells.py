"""The cells of one sheet as texts, read sparsely: what is declared but not there costs nothing."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.sheets.numbers import display
from glyph_integrations.source.formats.sheets.strings import RichText, write_rich_text, write_text
from glyph_integrations.source.formats.sheets.styles import CellStyle, Fill, Font
from glyph_integrations.source.grids import Grid
from glyph_integrations.source.visibility import Look, find_hidden_reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glyph_integrations.source.formats.sheets.cell_pictures import CellPicture
    from glyph_integrations.source.formats.sheets.layout import Layout
    from glyph_integrations.source.formats.sheets.rows import Cell, Row, SheetReader
    from glyph_integrations.source.formats.sheets.styles import Change, Styles
    from glyph_integrations.source.visibility import Color

NO_RESULT = "result of a formula that no program has calculated yet"


@dataclass(frozen=True, slots=True)
class _Surroundings:
    """What is around the cells of one row: whether anything changes how they look."""

    row: int
    plain: bool


class GridReader:
    """Reads the cells of one sheet into a grid.

    Args:
        layout: What the sheet says about them.
        styles: The workbook's.
        from_1904: Whether dates count from 1904.
        pictures: The workbook's pictures in cells, by the number of their value.

    ``filled_rows`` are the rows in which some cell has a fill, ``pictures`` those in cells that are shown, by row.
    """

    def __init__(
        self, layout: Layout, styles: Styles, *, from_1904: bool, pictures: Mapping[str, CellPicture] | None = None
    ) -> None:
        self._layout = layout
        self._styles = styles
        self._from_1904 = from_1904
        self._hidden: dict[str | None, str] = {}
        self._hidden_rows: dict[int, str] = {}
        self.filled_rows: set[int] = set()
        self._rich = pictures or {}
        self.pictures: list[tuple[int, CellPicture]] = []
        self.grid = Grid()

    def read(self, reader: SheetReader) -> Grid:
        """Reads all rows."""
        for row in reader.rows():
            self._read_row(row)
        return self.grid

    def explain(self, row: int, column: int) -> str:
        """Why a cell that was read is not shown; empty where it is, or where that is not known."""
        return self._hidden_rows.get(row, "") or self._layout.explain_column(column)

    def _read_row(self, row: Row) -> None:
        reason = self._layout.explain_row(row.number, row.attributes)
        if reason:
            self._hidden_rows[row.number] = reason
        if any(self._styles.find(style).fill is not None for style in {cell.style for cell in row.cells}):
            self.filled_rows.add(row.number)
        layout = self._layout
        changed = [each.list_in_row(row.number) for each in (layout.rules, layout.tables, layout.covers, layout.merged)]
        around = _Surroundings(row.number, plain=not any(changed))
        texts: dict[int, str] = {}
        for cell in row.cells:
            text = self._read_cell(cell, around, reason)
            if text:
                texts[cell.column] = text
        if texts:
            self.grid.rows.setdefault(row.number, {}).update(texts)

    def _read_cell(self, cell: Cell, around: _Surroundings, row_reason: str) -> str:
        """A cell's text; empty where nothing is shown."""
        value = cell.value
        if value is None:
            if not cell.formula:
                return ""
            value = cell.formula
        style = self._styles.find(cell.style)
        if not around.plain:
            style = self._apply(style, cell, around)
        text = self._write(value, style)
        if not text.strip():
            if str(value).strip() and value != "":
                self.grid.drop("hidden by its number format", str(value))
            return ""
        reason = row_reason or self._layout.explain_column(cell.column) or self._explain(cell, style, around)
        if reason:
            self.grid.drop(reason, text)
            return ""
        if cell.rich in self._rich:
            self.pictures.append((around.row, self._rich[cell.rich]))
            return "[picture]"
        if cell.value is None:
            self.grid.drop(NO_RESULT, cell.formula, hidden=False)
        return text

    def _write(self, value: float | bool | str | RichText, style: CellStyle) -> str:  # noqa: FBT001 - a cell's value
        if isinstance(value, RichText):
            hidden: Counter[tuple[str, str]] = Counter()
            text = write_rich_text(value, style.font, self._styles, self._find_background(style), hidden)
            for (reason, words), times in hidden.items():
                self.grid.drop(reason, words, times=times)
            return text
        if isinstance(value, bool) and style.checkbox:
            return "☑" if value else "☐"
        if value == 0 and not self._layout.show_zeros and not isinstance(value, (bool, str)):
            return ""
        return write_text(display(value, style.code, from_1904=self._from_1904), style.font)

    def _find_background(self, style: CellStyle) -> Color | None:
        """What lies behind a cell's letters; None where that is not known or not one color."""
        return self._layout.background if style.fill is None else style.fill.color

    def _explain(self, cell: Cell, style: CellStyle, around: _Surroundings) -> str:
        """Why nobody can see a cell's text by its look; empty where one can."""
        if isinstance(cell.value, RichText):  # each run was judged by its own font
            style = replace(style, font=Font(color=None))
        elif around.plain:
            if cell.style not in self._hidden:
                self._hidden[cell.style] = self._judge(style, covered=False)
            return self._hidden[cell.style]
        row, column = around.row, cell.column
        for area, _ in self._layout.merged.list_in_row(row):
            if area.holds(row, column) and (row, column) != (area.top, area.left):
                return "covered by a merged cell"
        covered = any(area.holds(row, column) for area, _ in self._layout.covers.list_in_row(row))
        return self._judge(style, covered=covered)

    def _judge(self, style: CellStyle, *, covered: bool) -> str:
        font = style.font
        background = self._find_background(style)
        look = Look(color=font.color, background=background, size=font.size, covered=covered)
        reason = find_hidden_reason(look)
        return "" if reason is None else reason.value

    def _apply(self, style: CellStyle, cell: Cell, around: _Surroundings) -> CellStyle:
        """A cell's style as its table and conditional formatting change it."""
        row, column = around.row, cell.column
        for area, table in self._layout.tables.list_in_row(row):
            if style.fill is None and area.holds(row, column) and table.fills(row):
                style = replace(style, fill=Fill(None))
        rules = [rule for area, rule in self._layout.rules.list_in_row(row) if area.holds(row, column)]
        if not rules or cell.value is None:
            return style
        value = str(cell.value) if isinstance(cell.value, RichText) else cell.value
        for rule in reversed(rules):  # the first that holds has the last word
            holds = rule.applies(value)
            if holds and rule.change is not None:
                style = _change(style, rule.change)
            elif (holds or holds is None) and (rule.change is None or rule.change.fill is not None):
                style = replace(style, fill=Fill(None))  # it may be filled: that would have to be calculated
        return style


def _change(style: CellStyle, change: Change) -> CellStyle:
    """A style with what a conditional format changes about it."""
    font = replace(style.font, struck=style.font.struck or change.struck)
    if change.sets_color:
        font = replace(font, color=change.color)
    return replace(style, font=font, fill=change.fill or style.fill, code=change.code or style.code)
