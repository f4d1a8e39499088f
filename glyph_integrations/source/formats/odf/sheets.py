"""Sheets of OpenDocument files as source pages."""

from __future__ import annotations

from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.inline import list_texts
from glyph_integrations.source.formats.odf.lengths import parse_length
from glyph_integrations.source.formats.odf.names import OFFICE, STYLE, TABLE, TEXT
from glyph_integrations.source.formats.sheets.heads import is_own
from glyph_integrations.source.formats.sheets.rows import read_number
from glyph_integrations.source.grids import Grid
from glyph_integrations.source.text import WHOLE_PAGE, Box
from glyph_integrations.source.visibility import Look, find_hidden_reason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.odf.text import Text

_MOST_CELLS = 200_000
"""How many copies of cells with content one sheet may make by saying that they are repeated."""
_ROWS = frozenset(f"{TABLE}{name}" for name in ("table-rows", "table-header-rows", "table-row-group"))
_SILENT = frozenset(
    f"{TABLE}{name}"
    for name in (
        "table-source", "dde-source", "scenario", "title", "desc", "table-column", "table-columns", "shapes",
        "table-header-columns", "table-column-group", "named-expressions", "table-protection",
    )
) | {f"{OFFICE}forms", f"{OFFICE}dde-source", f"{TEXT}soft-page-break"}  # fmt: skip
_LATER = frozenset(("conditional-formats", "table-protection", "sparkline-groups", "data-validations"))
_USUAL_HEIGHT, _USUAL_WIDTH = 12.8, 5.0
"""In pt: of a row, and of a column's character; what is cut to a tenth of it is not seen."""
NO_RESULT = "result of a formula that no program has calculated yet"


def write_sheets(builder: TextBuilder, text: Text, content: etree._Element, styles: etree._Element | None) -> None:
    """Writes each visible sheet as a page: its name, then its tables with the values as they are displayed."""
    heads = _list_heads(styles)
    spreadsheet = content.find(f"{OFFICE}body/{OFFICE}spreadsheet")
    for sheet in () if spreadsheet is None else spreadsheet.iterfind(f"{TABLE}table"):
        name = sheet.get(f"{TABLE}name", "")
        if text.styles.of(sheet).get(f"{TABLE}display") == "false":
            builder.drop(f"hidden sheet {name!r}", " ".join(" ".join(list_texts(sheet.iter(f"{TEXT}p"))).split()))
            continue
        builder.page(label=name)
        builder.heading(1, name)
        for head in heads:
            builder.line(head)
        heads = []
        reader = _SheetReader(builder, text)
        reader.read(sheet).write(builder)
        text.flush()
        text.blocks(sheet.iterfind(f"{TABLE}shapes/*"))
        text.report()


@dataclass(frozen=True, slots=True)
class _Column:
    """Columns from ``first`` to ``last``: why they are not shown (empty where they are), the style of their cells."""

    first: int
    last: int
    reason: str
    style: str


class _SheetReader:
    """Reads one sheet into a grid."""

    def __init__(self, builder: TextBuilder, text: Text) -> None:
        self._builder = builder
        self._text = text
        self._numbers = text.numbers
        self._columns: list[_Column] = []
        self._copies = 0
        self._grid = Grid()

    def read(self, sheet: etree._Element) -> Grid:
        """Reads all rows; what is repeated is written out as far as it holds anything."""
        self._columns = list(self._list_columns(sheet))
        number = 1
        for row, collapsed in self._list_rows(sheet, collapsed=False):
            times = _read_times(row, "rows")
            self._read_row(row, number, times, "collapsed row" if collapsed else self._explain_row(row))
            number += times
        return self._grid

    def _list_rows(self, parent: etree._Element, *, collapsed: bool) -> Iterator[tuple[etree._Element, bool]]:
        for child in parent:
            if child.tag == f"{TABLE}table-row":
                yield child, collapsed
            elif child.tag in _ROWS:
                yield from self._list_rows(child, collapsed=collapsed or child.get(f"{TABLE}display") == "false")
            elif child.tag not in _SILENT and str(child.tag).rpartition("}")[2] not in _LATER:
                name = str(child.tag).rpartition("}")[2]
                self._builder.report_unknown(f"element {name}", " ".join("".join(list_texts([child])).split()))

    def _list_columns(self, sheet: etree._Element) -> Iterator[_Column]:
        at = 1
        for column in sheet.iter(f"{TABLE}table-column"):
            times = _read_times(column, "columns")
            width = parse_length(self._find_properties(column, "table-column").get(f"{STYLE}column-width"))
            style = column.get(f"{TABLE}default-cell-style-name", "")
            yield _Column(at, at + times - 1, _explain(column, "column", width, _USUAL_WIDTH), style)
            at += times

    def _explain_row(self, row: etree._Element) -> str:
        height = parse_length(self._find_properties(row, "table-row").get(f"{STYLE}row-height"))
        return _explain(row, "row", height, _USUAL_HEIGHT)

    def _find_properties(self, element: etree._Element, family: str) -> dict[str, str]:
        return dict(self._text.styles.find_properties(family, element.get(f"{TABLE}style-name", ""), ""))

    def _read_row(self, row: etree._Element, number: int, times: int, reason: str) -> None:
        cells: dict[int, str] = {}
        at = 1
        for cell in row:
            if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                self._builder.report_unknown(f"element {str(cell.tag).rpartition('}')[2]}", "".join(list_texts([cell])))
                continue
            repeated = _read_times(cell, "columns")
            shown = self._read_cell(cell, at, row, reason, repeated * times)
            if shown:
                repeated = self._bound(repeated, shown)
                cells.update((at + offset, shown) for offset in range(repeated))
            at += _read_times(cell, "columns")
        if cells:
            times = self._bound(times, " ".join(cells.values()), size=len(cells))
            self._grid.rows.update((number + offset, cells) for offset in range(times))
        if hanging := self._text.take_hanging():
            self._grid.floats.setdefault(number, []).append(partial(self._text.write_hanging, hanging))

    def _bound(self, times: int, shown: str, size: int = 1) -> int:
        """How often repeated cells may be written out; the rest is reported."""
        allowed = max(min(times, (_MOST_CELLS - self._copies) // size), 1)
        self._copies += (allowed - 1) * size
        if allowed < times:
            self._grid.drop("cell that is repeated too often", shown, times=times - allowed, hidden=False)
        return allowed

    def _read_cell(self, cell: etree._Element, column: int, row: etree._Element, reason: str, times: int) -> str:
        """What a cell shows; empty where that is nothing."""
        where = next((each for each in self._columns if each.first <= column <= each.last), None)
        reason = reason or (where.reason if where else "")
        words = " ".join("".join(list_texts([cell])).split()) or cell.get(f"{OFFICE}value", "")
        if cell.tag != f"{TABLE}table-cell":
            reason = reason or "covered by a merged cell"
        if reason:
            if words:
                self._grid.drop(reason, words, times=times)
            return ""
        if cell.get(f"{TABLE}style-name") is None and (len(cell) or cell.get(f"{OFFICE}value-type")):
            inherited = row.get(f"{TABLE}default-cell-style-name") or (where.style if where else "")
            cell.set(f"{TABLE}style-name", inherited or "Default")
        return self._show(cell, words, times)

    def _show(self, cell: etree._Element, words: str, times: int) -> str:
        formatted = self._format(cell)
        if formatted is not None:
            hidden = self._text.unseen(cell)
            shown = self._text.mark(cell, formatted)
        else:
            shown, hidden = self._text.cell(cell), ""
            if next(cell.iter(f"{TEXT}p"), None) is None:
                hidden = self._text.unseen(cell)
        formula = cell.get(f"{TABLE}formula", "")
        if not shown.strip() and formula and not cell.get(f"{OFFICE}value-type"):
            shown = _write_formula(formula)
            self._grid.drop(NO_RESULT, shown, hidden=False)
        if not shown.strip():
            if cell.get(f"{OFFICE}value"):
                self._grid.drop("hidden by its number format", words, times=times)
            return ""
        if hidden:
            self._grid.drop(hidden, shown, times=times)
            return ""
        return shown

    def _format(self, cell: etree._Element) -> str | None:
        """A number under its style, where the file does not say how it is displayed; None for other cells."""
        value = read_number(cell.get(f"{OFFICE}value", ""))
        stated = "".join(list_texts(cell.iterchildren(f"{TEXT}p"))).strip()
        if (stated and read_number(stated) != value) or cell.find(f"{OFFICE}annotation") is not None:
            return None
        return self._numbers.show_value(cell)


def _explain(element: etree._Element, what: str, extent: float | None, usual: float) -> str:
    """Why a row or column is not shown, by its mark or by its extent in pt; empty where it is."""
    visibility = element.get(f"{TABLE}visibility", "visible")
    shown = 1.0 if extent is None else min(max(extent, 0.0) / usual, 1.0)
    look = Look(displayed=visibility == "visible", box=WHOLE_PAGE, clip=Box(0.0, 0.0, 1.0, shown))
    if find_hidden_reason(look) is None:
        return ""
    return f"{what} hidden by a filter" if visibility == "filter" else f"hidden {what}"


def _read_times(element: etree._Element, what: str) -> int:
    text = element.get(f"{TABLE}number-{what}-repeated", "1")
    return max(int(text), 1) if text.isdecimal() and len(text) < 9 else 1


def _write_formula(formula: str) -> str:
    """A formula (``of:=SUM([.A1:.B2])``) as a person would write it."""
    _, _, own = formula.partition("=")
    return "=" + own.replace("[.", "").replace(":.", ":").replace("]", "")


def _list_heads(styles: etree._Element | None) -> list[str]:
    """The heads and feet that the sheets are printed with, where they hold words of their own."""
    found: list[str] = []
    for master in () if styles is None else styles.iter(f"{STYLE}master-page"):
        for element in master:
            kind = {f"{STYLE}header": "Header", f"{STYLE}footer": "Footer"}.get(str(element.tag))
            if kind and element.get(f"{STYLE}display", "true") == "true":
                own = " ".join("".join(_list_own_words(element)).split())
                line = f"{kind}: {' '.join(' '.join(list_texts(element.iter(f'{TEXT}p'))).split())}"
                words = "".join(letter if letter.isalnum() else " " for letter in own)
                if is_own(words) and line not in found:
                    found.append(line)
    return found


def _list_own_words(element: etree._Element) -> Iterator[str]:
    """The words of a head that are not a field's (the page's number, the sheet's name)."""
    for child in element:
        if child.tag in (
            f"{TEXT}p",
            f"{TEXT}span",
            f"{STYLE}region-left",
            f"{STYLE}region-center",
            f"{STYLE}region-right",
        ):
            yield child.text or ""
            yield from _list_own_words(child)
        yield child.tail or ""
