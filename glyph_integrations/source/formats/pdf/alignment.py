"""Tables without a lattice of rules: numbers, or short cells, that line up in columns beside their labels.

Rows are what stands on one baseline. A table begins with a row of numbers beside a label and goes on as long as the
rows below fit its columns; the rows above that fit belong to its head.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field, replace
from itertools import groupby, pairwise
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.cells import Cell, Row, find_rows, union
from glyph_integrations.source.formats.pdf.heads import write_head
from glyph_integrations.source.formats.pdf.labels import LINE_GAP, is_open, write_body
from glyph_integrations.source.formats.pdf.lines import is_right_to_left
from glyph_integrations.source.formats.pdf.tables import Grid
from glyph_integrations.source.formats.pdf.texttables import find_text_tables

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.lines import Rect

LEAST_ROWS = 2
FAR = 4.5
"""Rows further apart than this many row heights are not of one table."""
HEAD_FAR = 2.0
HEAD_NEAR = 0.6
LONGEST_RUN = 6
"""So many rows without numbers may stand between two that have some."""
LEAST_SHARE = 0.15
"""Of the rows: with fewer cells, words beside a label are no column of their own."""
HEAD_LABELS = 3
LONG_TEXT = 60

_YEAR = re.compile(r"(?:FY ?)?(?:19|20)\d\d(?:[/–-]\d\d(?:\d\d)?)?[*†]?")


@dataclass(slots=True)
class Table:
    """A table while its rows are collected: from the first row to after the last, and the columns' edges in pt."""

    first: int
    after: int
    columns: list[tuple[float, float]]
    counted: list[int] = field(default_factory=list)


def find_tables(cells: list[Cell], rules: NDArray[np.float64]) -> list[Grid]:
    """The tables among the cells of one region of a page; ``rules`` are the level ones."""
    words = [is_right_to_left(cell.text) for cell in cells if not cell.number]
    backwards = 2 * sum(words) > len(words)
    if backwards:  # labels stand at the right: seen in a mirror, the table is like any other
        cells = [replace(cell, box=_mirror(cell.box)) for cell in cells]
        rules = rules[:, [1, 0, 2]] * (-1, -1, 1)
    rows = find_rows(cells)
    grids = []
    after = 0
    for table in _find_numeric(rows, rules):
        grids += find_text_tables(rows[after : table.first])
        grids.append(_write(rows, table, rules))
        after = table.after
    grids += find_text_tables(rows[after:])
    if backwards:
        for grid in grids:
            grid.box = _mirror(grid.box)
            grid.boxes = [[_mirror(box) for box in row] for row in grid.boxes]
    return grids


def _mirror(box: Rect) -> Rect:
    return (-box[2], box[1], -box[0], box[3])


def _find_numeric(rows: list[Row], rules: NDArray[np.float64]) -> list[Table]:
    """Runs of rows whose numbers stand in columns."""
    tables: list[Table] = []
    floor, position = 0, 0
    while position < len(rows):
        table = _grow(rows, position) if _has_values(rows[position]) else None
        if table is None or not _is_enough(rows, table):
            position += 1
            continue
        table.first = _find_head(rows, table, floor, rules)
        tables.append(table)
        floor = position = table.after
    return tables


def _has_values(row: Row) -> bool:
    """Whether numbers stand beside something; the number of a list's item stands before it."""
    return len(row) > 1 and any(cell.number for cell in row[1:])


def _grow(rows: list[Row], first: int) -> Table | None:
    """The table that begins with a row of numbers, as far down as rows fit its columns."""
    table = Table(first, first, [])
    last, position = first, first
    pending = _is_calendar(rows[first])
    while position < len(rows):
        row = rows[position]
        if position > first and _gap(rows[position - 1], row) > FAR * _height(rows[last]):
            break
        if position - last > LONGEST_RUN or _is_prose(row, table, rows[last]):
            break
        if _has_values(row) or _is_total(row, table):
            if not (pending and _is_calendar(row)):
                widened = _fit(row, table.columns, loose=_is_calendar(row))
                apart = position - last > 1 and not _is_aligned(row, table.columns)
                if widened is None or apart:
                    break
                table.columns, pending = widened, False
            table.counted.append(position)
            last = position
        position += 1
    table.after = _end_label(rows, last + 1, table.columns)
    if not table.columns:  # nothing but years
        for place in table.counted:
            table.columns = _fit(rows[place], table.columns, loose=False) or table.columns
    return table if table.columns else None


def _end_label(rows: list[Row], after: int, columns: list[tuple[float, float]]) -> int:
    """The position after the lines on which the label of the last row of numbers goes on."""
    label = rows[after - 1][0]
    right = min((x0 for x0, _ in columns if x0 > label.box[0]), default=label.box[2])
    while after < len(rows) and len(rows[after]) == 1:
        cell = rows[after][0]
        near = _gap(rows[after - 1], rows[after]) < LINE_GAP * cell.height
        inside = abs(cell.box[0] - label.box[0]) < 3 * cell.height and cell.box[2] <= right
        if not (near and inside and (not cell.text[0].isupper() or is_open(label.text))):
            break
        label = cell
        after += 1
    return after


def _is_calendar(row: Row) -> bool:
    """Whether all numbers of a row are years, as in a head."""
    return all(_YEAR.fullmatch(cell.text) for cell in row if cell.number)


def _is_total(row: Row, table: Table) -> bool:
    """Whether a row holds nothing but numbers that end where a column ends."""
    return all(
        cell.number and any(abs(cell.box[2] - right) < 0.5 * cell.height for _, right in table.columns) for cell in row
    )


def _is_prose(row: Row, table: Table, last: Row) -> bool:
    """Whether a line runs over the columns, as a paragraph between two tables does."""
    if len(row) > 1 or not table.columns:
        return False
    cell = row[0]
    left = min(c.box[0] for c in last)
    values = [column for column in table.columns if column[0] > cell.box[0] + cell.height]
    crossed = sum(x0 < cell.box[2] - cell.height for x0, _ in values)
    return not cell.number and crossed > 0 and len(cell.text) > LONG_TEXT and cell.box[0] < left + 3 * cell.height


def _fit(row: Row, columns: list[tuple[float, float]], *, loose: bool) -> list[tuple[float, float]] | None:
    """The columns with a row's numbers in them, or None where they do not fit; ``loose`` numbers make no column."""
    result = list(columns)
    used: set[int] = set()
    for cell in row:
        if not cell.number or (cell is row[0] and not all(c.number for c in row)):
            continue
        touched = [k for k, (x0, x1) in enumerate(result) if x0 < cell.box[2] and cell.box[0] < x1]
        if loose and columns:
            continue
        if len(touched) > 1 or used.intersection(touched):
            return None
        if touched:
            k = touched[0]
            result[k] = (min(result[k][0], cell.box[0]), max(result[k][1], cell.box[2]))
            used.add(k)
        else:
            result.append((cell.box[0], cell.box[2]))
            used.add(len(result) - 1)
    ordered = sorted(result)
    if any(a[1] > b[0] for a, b in pairwise(ordered)):
        return None
    return result


def _is_aligned(row: Row, columns: list[tuple[float, float]]) -> bool:
    """Whether most numbers of a row end, or have their middle, where those of a column do."""
    numbers = [cell for cell in row if cell.number]
    fitting = sum(
        any(
            abs(cell.box[2] - x1) < 1.5 * cell.height or abs(2 * cell.middle - x0 - x1) < cell.height
            for x0, x1 in columns
        )
        for cell in numbers
    )
    return not columns or 2 * fitting > len(numbers)


def _is_enough(rows: list[Row], table: Table) -> bool:
    """Whether there are rows enough for a table: two of several numbers, or three of one that end at one edge."""
    counted = [rows[i] for i in table.counted]
    several = sum(sum(cell.number for cell in row) > 1 for row in counted)
    if several >= LEAST_ROWS:
        return True
    edges = [cell.box[2] for row in counted for cell in row if cell.number]
    return len(counted) > LEAST_ROWS and (len(table.columns) > 1 or float(np.std(edges)) < counted[0][0].height)


def _find_head(rows: list[Row], table: Table, floor: int, rules: NDArray[np.float64]) -> int:
    """The first row of the head above a table's numbers: what stands over the columns, close by."""
    first = table.first
    left = min((x0 for x0, _ in table.columns if x0 >= _label_edge(rows, table)), default=0.0)
    for position in range(table.first - 1, floor - 1, -1):
        row = rows[position]
        gap = _gap(row, rows[position + 1])
        if gap > HEAD_FAR * _height(row):
            break
        over = [cell for cell in row if cell.box[2] > left]
        if not over and len(row) == 1 and gap < HEAD_NEAR * _height(row) and first - position < HEAD_LABELS:
            continue  # a label of two lines, if a line over the columns follows above
        if not over or any(_is_no_head(cell, left, alone=len(row) == 1) for cell in over):
            break
        if len(row) == 1 and gap > HEAD_NEAR * _height(row) and not _has_rule_below(row[0], rules):
            break  # a running head, a title
        first = position
    return first


def _is_no_head(cell: Cell, left: float, *, alone: bool) -> bool:
    """Whether a cell is too long for a head, or a title that begins far left of the values, alone in its row."""
    far = cell.box[0] < left - 4 * cell.height and (alone or cell.middle < left)
    return far or len(cell.text) > LONG_TEXT


def _has_rule_below(cell: Cell, rules: NDArray[np.float64]) -> bool:
    """Whether a level rule runs below a cell, closer than the cell is high."""
    below = (rules[:, 2] > cell.box[3] - 2.5) & (rules[:, 2] < cell.box[3] + cell.height)
    return bool((below & (rules[:, 0] < cell.box[2]) & (rules[:, 1] > cell.box[0])).any())


def _label_edge(rows: list[Row], table: Table) -> float:
    """Where labels begin: columns of numbers further left are none of values."""
    firsts = [rows[i][0] for i in table.counted if not rows[i][0].number]
    return min((cell.box[0] for cell in firsts), default=0.0)


def _write(rows: list[Row], table: Table, rules: NDArray[np.float64]) -> Grid:
    """The rows with every cell in its column; heads may stand again between the rows."""
    members = rows[table.first : table.after]
    body = next((k for k, row in enumerate(members) if k + table.first in table.counted and not _is_calendar(row)), 0)
    columns = _all_columns(members[body:], sorted(table.columns))
    while body and len(columns) > 1 and members[body - 1][-1].box[2] <= columns[1][0]:
        body -= 1  # a title of the first rows
    texts: list[list[str]] = []
    boxes: list[list[Rect]] = []
    heads = [
        k < body or (len(columns) > 1 and _is_head(row, columns[0], table.columns)) for k, row in enumerate(members)
    ]
    for is_head, group in groupby(zip(heads, members, strict=True), key=lambda pair: pair[0]):
        part = [row for _, row in group]
        written = write_head(part, columns, rules) if is_head else write_body(part, columns)
        texts += written[0]
        boxes += written[1]
    lines = sorted({line for row in members for cell in row for line in cell.lines})
    return Grid(texts, boxes, union([cell.box for row in members for cell in row]), lines)


def _is_head(row: Row, labels: tuple[float, float], values: list[tuple[float, float]]) -> bool:
    """Whether a row within a table stands over its values, with no label and no numbers but years."""
    return row[0].box[0] > labels[1] and _is_calendar(row) and any(_touches(cell, values) for cell in row)


def _all_columns(rows: list[Row], numeric: list[tuple[float, float]]) -> list[tuple[float, float]]:
    """The columns of numbers, that of the labels before them, and those of other texts that stand between."""
    labels: list[Cell] = []
    others: list[Cell] = []
    for row in rows:
        first = row[0]
        if first.number or first.box[0] >= numeric[0][0] or _touches(first, numeric[:1]):
            others += [cell for cell in row if not cell.number and not _touches(cell, numeric)]
            continue
        labels.append(first)
        if any(cell.number for cell in row):
            others += [cell for cell in row[1:] if not cell.number and not _touches(cell, numeric)]
    columns = list(numeric)
    text_columns: list[list[float]] = []
    for cell in sorted(others, key=lambda c: c.box[0]):
        if text_columns and cell.box[0] < text_columns[-1][1]:
            text_columns[-1][1] = max(text_columns[-1][1], cell.box[2])
        else:
            text_columns.append([cell.box[0], cell.box[2]])
    least = max(1.0, LEAST_SHARE * len(rows))
    columns += [(x0, x1) for x0, x1 in text_columns if sum(x0 <= cell.middle <= x1 for cell in others) > least]
    if labels:
        left = min(cell.box[0] for cell in labels)
        edge = min((x0 for x0, _ in columns if x0 > left), default=np.inf)
        inner = [cell.box[2] for cell in labels if cell.box[2] <= edge]
        columns.append((left, max(inner, default=left)))
    return sorted(columns)


def _touches(cell: Cell, columns: list[tuple[float, float]]) -> bool:
    return any(x0 < cell.box[2] and cell.box[0] < x1 for x0, x1 in columns)


def _gap(row: Row, below: Row) -> float:
    return min(cell.box[1] for cell in below) - max(cell.box[3] for cell in row)


def _height(row: Row) -> float:
    return sorted(cell.height for cell in row)[len(row) // 2]
