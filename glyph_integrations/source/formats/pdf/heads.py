"""The heads of tables: which columns each cell of a head stands over, and heads that run over several lines."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.cells import union

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.cells import Cell, Row
    from glyph_integrations.source.formats.pdf.lines import Rect

TIGHT = 0.4
"""Of a cell's height: lines closer than this are of one cell."""
Column = tuple[float, float]
Written = tuple[list[list[str]], list[list["Rect"]]]


@dataclass(slots=True)
class Entry:
    """A row in the making: the text and the box of each column, and the row's own lower edge."""

    texts: list[str]
    boxes: list[Rect]
    numbers: bool
    bottom: float

    @property
    def filled(self) -> list[int]:
        """The columns that hold something."""
        return [k for k, text in enumerate(self.texts) if text]


def start_entry(row: Row, columns: list[Column]) -> Entry:
    """An entry without text, its boxes those of the columns at the row's height."""
    _, top, _, bottom = union([cell.box for cell in row])
    numbers = any(cell.number for cell in row)
    return Entry([""] * len(columns), [(x0, top, x1, bottom) for x0, x1 in columns], numbers, bottom)


def put(entry: Entry, column: int, cell: Cell) -> None:
    """Adds a cell's text to a column."""
    before = entry.texts[column]
    entry.boxes[column] = union([entry.boxes[column], cell.box]) if before else cell.box
    entry.texts[column] = f"{before} {cell.text}".lstrip()


def nearest_column(cell: Cell, columns: list[Column]) -> int:
    """The column that a cell shares most width with, or that is nearest to it."""
    shared = [min(cell.box[2], x1) - max(cell.box[0], x0) for x0, x1 in columns]
    return max(range(len(columns)), key=shared.__getitem__)


def write_head(rows: list[Row], columns: list[Column], rules: NDArray[np.float64]) -> Written:
    """The rows of a head; what stands over several columns is repeated in each.

    A line over all columns of values, with nothing beside it, becomes the label of the line below, if that has none.
    """
    entries: list[Entry] = []
    wide: list[bool] = []
    for position, row in enumerate(rows):
        below = rows[position + 1] if position + 1 < len(rows) else []
        spans = find_spans(row, below, columns, rules)
        entry = start_entry(row, columns)
        for cell, (first, last) in zip(row, spans, strict=True):
            parts = spread_words(cell, columns[first : last + 1]) if _rule_below(cell, rules) is None else None
            for column in range(first, last + 1):
                put(entry, column, parts[column - first] if parts else cell)
        single = all(first == last for first, last in spans)
        if entries and single and not wide[-1] and _goes_on(entries[-1], entry, rules):
            _append(entries[-1], entry)
            continue
        whole = len(row) == 1 and len(columns) > 2 and spans[0] == (1, len(columns) - 1)
        if entries and _is_whole(entries[-1]) and wide[-1] and not entry.texts[0] and not whole:
            above = entries.pop()
            wide.pop()
            entry.texts[0], entry.boxes[0] = above.texts[1], above.boxes[1]
        entries.append(entry)
        wide.append(not single)
    return [entry.texts for entry in entries], [entry.boxes for entry in entries]


def spread_words(cell: Cell, columns: list[Column]) -> list[Cell] | None:
    """The words of a cell, each over its column; None where they do not end where the columns do.

    In typewriter faces a single space divides columns; where a word ends follows from the letters before it.
    """
    x0, y0, x1, y1 = cell.box
    pitch = (x1 - x0) / len(cell.text)
    parts: list[list[str]] = [[] for _ in columns]
    ends = [x0] * len(columns)
    for word in re.finditer(r"\S+", cell.text):
        end = x0 + word.end() * pitch
        column = next((k for k, (_, right) in enumerate(columns) if end <= right + pitch), None)
        if column is None:
            return None
        parts[column].append(word[0])
        ends[column] = end
    if len(columns) < 2 or any(abs(end - right) > pitch for end, (_, right) in zip(ends, columns, strict=True)):
        return None
    return [
        replace(cell, text=" ".join(part), box=(left, y0, right, y1))
        for part, (left, right) in zip(parts, columns, strict=True)
    ]


def _is_whole(entry: Entry) -> bool:
    """Whether all columns of values hold the same, and the label none."""
    return not entry.texts[0] and len(set(entry.texts[1:])) == 1


def _goes_on(above: Entry, below: Entry, rules: NDArray[np.float64]) -> bool:
    """Whether two lines of a head are of the same cells: close together, words only, no rule between."""
    if above.numbers or below.numbers or not set(above.filled) & set(below.filled):
        return False
    if any(below.boxes[k][1] - above.bottom > TIGHT * (below.bottom - below.boxes[k][1]) for k in below.filled):
        return False
    top, bottom = above.bottom - 1.5, min(below.boxes[k][1] for k in below.filled) + 2.5
    x0, x1 = min(above.boxes[k][0] for k in above.filled), max(above.boxes[k][2] for k in above.filled)
    between = (rules[:, 2] > top) & (rules[:, 2] < bottom) & (rules[:, 0] < x1) & (rules[:, 1] > x0)
    return not between.any()


def _append(above: Entry, below: Entry) -> None:
    for column in below.filled:
        box = below.boxes[column]
        above.boxes[column] = union([above.boxes[column], box]) if above.texts[column] else box
        above.texts[column] = f"{above.texts[column]} {below.texts[column]}".lstrip()
    above.bottom = below.bottom


def find_spans(row: Row, below: Row, columns: list[Column], rules: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The first and the last column that each cell of a head's row stands over.

    The rule below a cell says it; without one, cells that divide the columns evenly do; else what lies below a cell.
    One that goes on in the row below stands over a single column.
    """
    values = columns[1:]
    spans: list[tuple[int, int] | None] = []
    over = []
    for cell in row:
        is_label = not values or cell.middle < min(values[0][0], columns[0][1]) or cell.box[2] <= values[0][0]
        spans.append((0, 0) if is_label and nearest_column(cell, columns) == 0 else None)
        if spans[-1] is None:
            over.append(cell)
    segments = [_rule_below(cell, rules) for cell in over]
    wrapped = [segment is None and _wraps(cell, below) for segment, cell in zip(segments, over, strict=True)]
    even = None if any(wrapped) else _divide_evenly(over, values)
    result = []
    for span, cell in zip(spans, row, strict=True):
        if span is not None:
            result.append(span)
            continue
        place = over.index(cell)
        segment = segments[place] if segments.count(segments[place]) == 1 else None
        divided = even[place] if even else None
        result.append(_below_rule(segment, columns) or divided or _find_overlap(cell, columns))
    return result


def _wraps(cell: Cell, below: Row) -> bool:
    """Whether words close below, in the middle under a cell, are its next line."""
    return any(
        not other.number
        and other.box[1] - cell.box[3] < TIGHT * cell.height
        and min(abs(other.middle - cell.middle), abs(other.box[0] - cell.box[0]), abs(other.box[2] - cell.box[2])) < 2.0
        for other in below
    )


def _rule_below(cell: Cell, rules: NDArray[np.float64]) -> tuple[float, float] | None:
    """The extent of the rule close below a cell, its pieces put together."""
    bottom = cell.box[3]
    near = rules[(rules[:, 2] > bottom - 2.5) & (rules[:, 2] < bottom + 0.8 * cell.height)]
    if not len(near):
        return None
    near = near[np.abs(near[:, 2] - near[:, 2].min()) < 1.0]
    near = near[np.argsort(near[:, 0])]
    reach = np.maximum.accumulate(near[:, 1])
    for piece in np.split(near, np.flatnonzero(near[1:, 0] > reach[:-1] + 2.0) + 1):
        left, right = float(piece[:, 0].min()), float(piece[:, 1].max())
        if left <= cell.middle <= right and right - left > cell.box[2] - cell.box[0] - 2.0:
            return round(left), round(right)
    return None


def _below_rule(segment: tuple[float, float] | None, columns: list[Column]) -> tuple[int, int] | None:
    if segment is None:
        return None
    inside = [k for k, (x0, x1) in enumerate(columns) if k and segment[0] - 2 <= (x0 + x1) / 2 <= segment[1] + 2]
    label = columns[0]
    if not inside or segment[0] < (label[0] + label[1]) / 2:
        return None
    return inside[0], inside[-1]


def _divide_evenly(cells: list[Cell], values: list[Column]) -> list[tuple[int, int]] | None:
    """Spans of one size, each with its cell in the middle; None where the cells do not stand so."""
    count, columns = len(cells), len(values)
    if not count or columns <= count or columns % count:
        return None
    size = columns // count
    pitch = (values[-1][1] - values[0][0]) / columns
    spans = []
    for k, cell in enumerate(cells):
        first, last = k * size, k * size + size - 1
        if abs((values[first][0] + values[last][1]) / 2 - cell.middle) > 0.4 * pitch:
            return None
        spans.append((first + 1, last + 1))
    return spans


def _find_overlap(cell: Cell, columns: list[Column]) -> tuple[int, int]:
    """The columns of values under a cell, or the nearest one."""
    under = [
        k
        for k, (x0, x1) in enumerate(columns)
        if k and min(x1, cell.box[2]) - max(x0, cell.box[0]) > 0.3 * min(x1 - x0, cell.box[2] - cell.box[0])
    ]
    if under:
        return under[0], under[-1]
    nearest = nearest_column(cell, columns)
    return nearest, nearest
