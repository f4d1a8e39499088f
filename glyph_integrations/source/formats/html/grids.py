"""Tables: which hold data, and their cells as rows whose columns line up."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from lxml import etree

_LONGEST_CELL = 1500
"""Characters: longer ones hold a page's text rather than data."""
_MOST_COLUMNS = 1000
_NO_ROWS = frozenset({"caption", "colgroup", "col"})
_CURRENCIES = frozenset(
    {"$", "€", "£", "¥", "₹", "US$", "C$", "A$", "HK$", "CHF", "RMB", "NT$", "R$", "(", "$(", "-$", "($"}
)
_ENDINGS = frozenset({")", "%", ")%", "%)", "bps", "pts", "x", "bp"})


def is_data(table: etree._Element) -> bool:
    """Return whether a table holds data, rather than the page's layout."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants("table"), None) is not None:
        return False
    if next(table.iterdescendants("h1", "h2", "form", "pre", "iframe"), None) is not None:
        return False
    if any(sum(len(str(text)) for text in cell.itertext()) > _LONGEST_CELL for cell in table.iter("td")):
        return False
    return any(sum(1 for _ in row.iterchildren("td", "th")) > 1 for row in table.iter("tr"))


class Row(NamedTuple):
    """A row: the element that holds it, and its cells, whatever elements these are."""

    element: etree._Element
    cells: list[etree._Element]


def list_rows(table: etree._Element) -> Iterator[Row]:
    """Yield a table's rows as they are shown: its head first, its foot last.

    Cells outside rows, and what is no cell within one, are there too: a parser that repairs less than a browser leaves
    them where they were.
    """
    places: dict[str, list[Row]] = {"thead": [], "": [], "tfoot": []}
    for part in table:
        rows = places.get(str(part.tag), places[""])
        if part.tag in ("thead", "tbody", "tfoot"):
            _add_rows(rows, part)
        elif part.tag not in _NO_ROWS:
            _add_rows(rows, table, [part])
    for rows in places.values():
        yield from rows


def _add_rows(rows: list[Row], part: etree._Element, children: Iterable[etree._Element] | None = None) -> None:
    for child in part if children is None else children:
        if child.tag == "tr":
            rows.append(Row(child, list(child)))
        elif child.tag in ("td", "th") and rows and rows[-1].element is part:
            rows[-1].cells.append(child)
        else:
            rows.append(Row(part, [child]))


def list_stray_texts(table: etree._Element) -> Iterator[tuple[str, etree._Element]]:
    """Yield text between the rows and cells of a table, with the element right around it."""
    for element in table.iter("table", "thead", "tbody", "tfoot", "tr"):
        for text in (element.text, *(child.tail for child in element)):
            if text and not text.isspace():
                yield text, element


@dataclass(slots=True)
class Grid:
    """The cells of a table by row and column; a spanned place is empty."""

    rows: list[list[str]] = field(default_factory=list)
    spans: set[tuple[int, int]] = field(default_factory=set)
    """Columns that a cell with text spans: the first and the last."""
    _running: dict[int, int] = field(default_factory=dict)

    def begin_row(self) -> None:
        """Begin the next row."""
        self.rows.append([])
        self._skip_spanned()

    def add(self, text: str, columns: int, rows: int) -> None:
        """Add a cell that spans some columns and rows."""
        row = self.rows[-1]
        self._skip_spanned()
        start = len(row)
        for column in range(columns):
            if len(row) >= _MOST_COLUMNS:
                return
            if rows > 1:
                self._running[len(row)] = rows - 1
            row.append("" if column else text)
        if columns > 1 and text:
            self.spans.add((start, start + columns - 1))
        self._skip_spanned()

    def _skip_spanned(self) -> None:
        """Leave places empty that a cell from above takes up."""
        row = self.rows[-1]
        while self._running.get(len(row), 0) > 0:
            self._running[len(row)] -= 1
            row.append("")

    def tidy(self) -> list[list[str]]:
        """Return the rows that hold something, without columns that only keep others apart.

        Currency signs and closing brackets that have columns of their own, as in financial statements, are put to
        their numbers; columns that one head spans and no row fills both of become one.
        """
        rows = [row for row in self.rows if any(row)]
        width = max(map(len, rows), default=0)
        rows = [_join_signs([*row, *[""] * (width - len(row))]) for row in rows]
        if width == 0:
            return rows
        kept: list[list[str]] = []
        ends: list[int] = []
        for number in range(width):
            column = [row[number] for row in rows]
            if not any(column):
                continue
            if kept and self._is_spanned(ends[-1], number) and not any(map(_both, kept[-1], column)):
                kept[-1] = [left or right for left, right in zip(kept[-1], column, strict=True)]
                ends[-1] = number
            else:
                kept.append(column)
                ends.append(number)
        return [list(row) for row in zip(*kept, strict=True)]

    def _is_spanned(self, left: int, right: int) -> bool:
        return any(start <= left and right <= end for start, end in self.spans)


def _both(left: str, right: str) -> bool:
    return bool(left and right)


def _join_signs(row: Sequence[str]) -> list[str]:
    """Return a row with signs that stand alone put to the number beside them."""
    result = list(row)
    for place, cell in enumerate(result):
        if cell.strip() in _CURRENCIES:
            target = next((n for n in range(place + 1, min(place + 4, len(result))) if result[n]), None)
            if target is not None and _has_number(result[target]):
                result[place], result[target] = "", cell.strip() + result[target]
        elif cell.strip() in _ENDINGS:
            target = next((n for n in range(place - 1, max(place - 3, -1), -1) if result[n]), None)
            if target is not None and _has_number(result[target]):
                result[place], result[target] = "", result[target] + cell.strip()
    return result


def _has_number(text: str) -> bool:
    return any(character.isdigit() for character in text) or text.strip() in ("-", "–", "—")


def read_span(cell: etree._Element, name: str) -> int:
    """Return a cell's ``colspan`` or ``rowspan``."""
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), 1000) if value.isdecimal() and len(value) < 6 else 1
