"""What a sheet says about its cells beside the cells: what is hidden, merged, formatted by condition, covered."""

from __future__ import annotations

import io
from dataclasses import dataclass, field
from typing import IO, TYPE_CHECKING, Generic, TypeVar

from lxml import etree

from glyph_integrations.source.formats.sheets.conditions import Rule, read_rules
from glyph_integrations.source.formats.sheets.ranges import Area, read_areas
from glyph_integrations.source.formats.sheets.rows import read_number
from glyph_integrations.source.text import WHOLE_PAGE, Box
from glyph_integrations.source.visibility import WHITE, Color, Look, find_hidden_reason

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping

    from glyph_integrations.source.formats.sheets.styles import Styles

T = TypeVar("T")

_CHUNK = 1 << 20
_ROWS = b"sheetData"
_USUAL_HEIGHT, _USUAL_WIDTH = 15.0, 1.0
"""Of a row in pt, and of one character in a column's own unit: what is cut to a tenth of it is not seen."""
_PLAIN_STYLES = ("TableStyleLight", *(f"TableStyleMedium{number}" for number in range(1, 8)))
"""Table styles whose rows, but for the first and last, are white or nearly so."""


class AreaIndex(Generic[T]):
    """Finds what covers a row, for rows that come in order."""

    def __init__(self, pairs: Iterable[tuple[Area, T]]) -> None:
        self._pairs = sorted(pairs, key=lambda pair: pair[0].top)
        self._next = 0
        self._row = 0
        self._active: list[tuple[Area, T]] = []

    def list_in_row(self, row: int) -> list[tuple[Area, T]]:
        """The areas that reach into a row, each with what belongs to it."""
        if row < self._row:
            self._next, self._active = 0, []
        if row != self._row:
            while self._next < len(self._pairs) and self._pairs[self._next][0].top <= row:
                self._active.append(self._pairs[self._next])
                self._next += 1
            self._active = [pair for pair in self._active if pair[0].bottom >= row]
            self._row = row
        return self._active


@dataclass(frozen=True, slots=True)
class SheetTable:
    """A table of a sheet: the areas whose fill its style decides, which is not known here."""

    area: Area
    heads: int
    totals: int
    style: str

    def fills(self, row: int) -> bool:
        """Whether its style may fill a row with a color that is not known."""
        if not self.style:
            return False
        edge = row < self.area.top + self.heads or row > self.area.bottom - self.totals
        return edge or not self.style.startswith(_PLAIN_STYLES)


@dataclass(slots=True)
class Layout:
    """What a sheet says about its cells.

    Attributes:
        frame: The sheet's XML without its rows.
        columns: Ranges of columns that are not shown, each with the reason.
        default_height: Of rows that state none, in pt.
        filtered: Where a filter hides rows; None where none does.
        show_zeros: Whether zeros are shown.
        background: The color behind cells without a fill; None where a picture lies there.
        merged: The merged cells.
        rules: Conditional formatting.
        tables: The sheet's tables.
        covers: What opaque shapes cover.
    """

    frame: etree._Element
    columns: list[tuple[int, int, str]]
    default_height: float
    filtered: Area | None
    show_zeros: bool
    background: Color | None
    merged: AreaIndex[None]
    rules: AreaIndex[Rule]
    tables: AreaIndex[SheetTable]
    covers: AreaIndex[None] = field(default_factory=lambda: AreaIndex(()))

    def explain_row(self, number: int, attributes: Mapping[str, str]) -> str:
        """Why a row is not shown; empty where it is."""
        height = read_number(attributes.get("ht", ""))
        if not _is_cut(attributes, self.default_height if height is None else height, _USUAL_HEIGHT):
            return ""
        if self.filtered is not None and self.filtered.top < number <= self.filtered.bottom:
            return "row hidden by a filter"
        return "collapsed row" if attributes.get("outlineLevel", "0") != "0" else "hidden row"

    def explain_column(self, column: int) -> str:
        """Why a column is not shown; empty where it is."""
        for first, last, reason in self.columns:
            if first <= column <= last:
                return reason
        return ""


def read_layout(frame: etree._Element, styles: Styles, tables: Iterable[SheetTable]) -> Layout:
    """Reads the layout of a sheet from its XML without the rows."""
    settings, view = frame.find("{*}sheetFormatPr"), frame.find("{*}sheetViews/{*}sheetView")
    height = None if settings is None else read_number(settings.get("defaultRowHeight", ""))
    filters = [each for each in frame.iterfind("{*}autoFilter") if each.find("{*}filterColumn") is not None]
    filtered = next((area for each in filters for area in read_areas(each.get("ref", ""))), None)
    merged = [area for each in frame.iterfind("{*}mergeCells/{*}mergeCell") for area in read_areas(each.get("ref", ""))]
    rules = read_rules(frame, styles)
    return Layout(
        frame=frame,
        columns=list(_read_columns(frame)),
        default_height=_USUAL_HEIGHT if height is None else height,
        filtered=filtered,
        show_zeros=view is None or view.get("showZeros", "1") not in ("0", "false"),
        background=None if frame.find("{*}picture") is not None else WHITE,
        merged=AreaIndex((area, None) for area in merged),
        rules=AreaIndex((area, rule) for rule in rules for area in rule.areas),
        tables=AreaIndex((table.area, table) for table in tables),
    )


def read_frame(file: IO[bytes]) -> etree._Element:
    """The XML of a sheet without its rows, which may be too many to be held; what is damaged is passed over."""
    head, tail = bytearray(), bytearray()
    while (start := _find_tag(head, b"<")) < 0 and (chunk := file.read(_CHUNK)):
        head += chunk
    if start < 0:
        return _parse(bytes(head))
    window = head[start:]
    del head[start:]
    while (end := _find_tag(window, b"</")) < 0 and (chunk := file.read(_CHUNK)):
        if _is_closed(window):
            break
        window = window[-64:] + chunk
    if end >= 0 or _is_closed(window):
        tail = window[window.index(b">", max(end, 0)) + 1 :]
    while chunk := file.read(_CHUNK):
        tail += chunk
    return _parse(bytes(head + tail))


def _find_tag(data: bytearray, opening: bytes) -> int:
    """Where the tag of the rows' element opens or closes; -1 where it does not, or not whole."""
    at = data.find(_ROWS)
    while at >= 0:
        start = data.rfind(b"<", max(at - 20, 0), at)
        if start >= 0 and data.find(b">", at) >= 0:
            closes = data[start + 1 : start + 2] == b"/"
            prefix = bytes(data[start + 1 + closes : at])
            if closes is (opening == b"</") and (not prefix or prefix.endswith(b":")):
                return start
        at = data.find(_ROWS, at + 1)
    return -1


def _is_closed(window: bytearray) -> bool:
    """Whether the rows' element is empty: ``<sheetData/>``."""
    return window.startswith(b"<") and window[: window.find(b">")].endswith(b"/")


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, load_dtd=False, recover=True, remove_comments=True, remove_pis=True
    )
    tree = etree.parse(io.BytesIO(data), parser).getroot() if data.strip() else None
    return etree.Element("worksheet") if tree is None else tree


def _read_columns(frame: etree._Element) -> Iterable[tuple[int, int, str]]:
    for column in frame.iterfind("{*}cols/{*}col"):
        width = read_number(column.get("width", ""))
        if _is_cut(
            {str(key): str(value) for key, value in column.items()},
            _USUAL_WIDTH if width is None else width,
            _USUAL_WIDTH,
        ):
            first = column.get("min", "")
            last = column.get("max", first)
            if first.isdecimal() and last.isdecimal():
                grouped = column.get("outlineLevel", "0") != "0"
                yield int(first), int(last), "collapsed column" if grouped else "hidden column"


def _is_cut(attributes: Mapping[str, str], extent: float, usual: float) -> bool:
    """Whether nothing is seen of a row or column, by its mark or by its extent."""
    hidden = attributes.get("hidden") in ("1", "true")
    shown = min(max(extent, 0.0) / usual, 1.0)
    look = Look(displayed=not hidden, box=WHOLE_PAGE, clip=Box(0.0, 0.0, 1.0, shown))
    return find_hidden_reason(look) is not None
