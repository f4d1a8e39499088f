"""The cells of one sheet, read sparsely: what is declared but not there costs nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from openpyxl.styles.numbers import BUILTIN_FORMATS
from openpyxl.worksheet._reader import FORMULA_TAG, VALUE_TAG, WorkSheetParser

from glyph_integrations.source.formats.sheets.numbers import display
from glyph_integrations.source.grids import Grid

if TYPE_CHECKING:
    from collections.abc import Iterator

_WHITE = "FFFFFFFF"


class _Parser(WorkSheetParser):  # type: ignore[misc]  # openpyxl is untyped
    """openpyxl's parser for values, which shows the formula where no program has stored its result."""

    def parse_cell(self, element: Any) -> dict[str, Any]:
        cell: dict[str, Any] = super().parse_cell(element)
        formula = element.find(FORMULA_TAG)
        if formula is None:
            return cell
        written = self.parse_formula(element)  # always: later cells may share it
        if cell["value"] is None and not (element.get("t") == "str" and element.find(VALUE_TAG) is not None):
            cell["value"] = getattr(written, "text", None) or (written if isinstance(written, str) else "")
            cell["data_type"] = "f"
        return cell


def read_grid(sheet: Any, source: Any) -> Grid:
    """Reads a sheet of a workbook that was opened read-only, from its XML."""
    book = sheet.parent
    parser = _Parser(
        source,
        sheet._shared_strings,  # noqa: SLF001 - openpyxl's own reader hides rows, columns and formulas
        data_only=True,
        epoch=book.epoch,
        date_formats=book._date_formats,  # noqa: SLF001
        timedelta_formats=book._timedelta_formats,  # noqa: SLF001
    )
    styles = _Styles(book)
    grid = Grid()
    white: list[tuple[int, int]] = []
    hidden_columns: list[tuple[int, int]] | None = None
    for number, cells in parser.parse():
        if hidden_columns is None:
            hidden_columns = list(_hidden_columns(parser.column_dimensions))
        row_hidden = _is_hidden(parser.row_dimensions.pop(str(number), {}), "ht")
        row: dict[int, str] = {}
        for cell in cells:
            text = display(cell["value"], styles.number_format(cell["style_id"]))
            column = cell["column"]
            if not text.strip():
                if isinstance(cell["value"], int | float):
                    grid.dropped["hidden by its number format"] += len(str(cell["value"]))
            elif row_hidden:
                grid.dropped["hidden row"] += len(text)
            elif any(first <= column <= last for first, last in hidden_columns):
                grid.dropped["hidden column"] += len(text)
            else:
                row[column] = text
                if styles.is_white_on_nothing(cell["style_id"]):
                    white.append((number, column))
        if row:
            grid.rows.setdefault(number, {}).update(row)
    if not parser.formatting and not parser.tables.tablePart:  # these may fill the cell behind the text
        _drop(grid, white, "white on white")
    _drop(grid, list(_covered(parser.merged_cells, grid)), "covered by a merged cell")
    return grid


class _Styles:
    """Number formats and colours by style number, looked up once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._formats: dict[int, str] = {}
        self._white: dict[int, bool] = {}

    def number_format(self, style: int) -> str:
        if style not in self._formats:
            number = self._style(style).numFmtId
            own = self._book._number_formats  # noqa: SLF001
            beyond = number - 164
            self._formats[style] = own[beyond] if 0 <= beyond < len(own) else BUILTIN_FORMATS.get(number, "General")
        return self._formats[style]

    def is_white_on_nothing(self, style: int) -> bool:
        if style not in self._white:
            found = self._style(style)
            colour = self._book._fonts[found.fontId].color  # noqa: SLF001
            fill = self._book._fills[found.fillId]  # noqa: SLF001
            white = colour is not None and (
                (colour.type == "rgb" and colour.rgb == _WHITE) or (colour.type == "theme" and colour.theme == 0)
            )
            self._white[style] = white and getattr(fill, "fill_type", "gradient") is None
        return self._white[style]

    def _style(self, style: int) -> Any:
        return self._book._cell_styles[int(style)]  # noqa: SLF001


def _is_hidden(attributes: dict[str, str], size: str) -> bool:
    try:
        return attributes.get("hidden") in ("1", "true") or float(attributes.get(size, 1)) == 0
    except ValueError:
        return False


def _hidden_columns(dimensions: dict[str, dict[str, str]]) -> Iterator[tuple[int, int]]:
    for attributes in dimensions.values():
        if _is_hidden(attributes, "width"):
            yield int(attributes["min"]), int(attributes.get("max", attributes["min"]))


def _covered(merged: Any, grid: Grid) -> Iterator[tuple[int, int]]:
    """Cells below a merged cell, whose leftover values are not displayed."""
    for area in merged.mergeCell if merged is not None else ():
        left, top, right, bottom = area.min_col, area.min_row, area.max_col, area.max_row
        numbers = (
            range(top, bottom + 1) if bottom - top < len(grid.rows) else [n for n in grid.rows if top <= n <= bottom]
        )
        for number in numbers:
            for column in grid.rows.get(number, {}):
                if left <= column <= right and (number, column) != (top, left):
                    yield number, column


def _drop(grid: Grid, cells: list[tuple[int, int]], reason: str) -> None:
    for number, column in cells:
        text = grid.rows.get(number, {}).pop(column, "")
        if text:
            grid.dropped[reason] += len(text)
