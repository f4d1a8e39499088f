"""The body of a table: every row with its label on one line, however many lines the label takes on the page."""

from __future__ import annotations

import re
from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.cells import is_number, union
from glyph_integrations.source.formats.pdf.heads import Column, Entry, Written, nearest_column, put, start_entry
from glyph_integrations.source.formats.pdf.tables import join_lines

if TYPE_CHECKING:
    from glyph_integrations.source.formats.pdf.cells import Row

LINE_GAP = 0.45
"""Of the text's height: lines of one label are not further apart."""
TIGHTER = 0.87
"""Of the usual distance of rows: lines of one label may be closer than rows."""
TIGHT = 0.95
"""The same where the next word would not have fitted into the line before."""
FULL = 0.55
"""Of the labels' width: a line that is shorter had room for more."""
ADVANCE = 0.4
"""Of a line's height: the width of a letter, near enough."""

_OPEN_END = re.compile(r"(?:[,–—&/(-]|\b(?:and|or|of|the|to|for|in|at|by|with|from|on|as|a|an|than|per))$")


def write_body(rows: list[Row], columns: list[Column]) -> Written:
    """The rows of a table below its head, each on one line."""
    entries = [_enter(row, columns) for row in rows]
    pitch = _usual_pitch(entries)
    edge = max((entry.boxes[0][2] for entry in entries if entry.texts[0]), default=0.0)
    result: list[Entry] = []
    for position, entry in enumerate(entries):
        above = result[-1] if result else None
        following = entries[position + 1] if position + 1 < len(entries) else None
        if above is not None and (
            _is_beside(above, entry)
            or _goes_on_below(above, entry, following, pitch, edge)
            or _continues_cells(above, entry, pitch)
        ):
            _merge(above, entry)
        else:
            result.append(entry)
    return [entry.texts for entry in result], [entry.boxes for entry in result]


def _enter(row: Row, columns: list[Column]) -> Entry:
    entry = start_entry(row, columns)
    entry.numbers = False
    for position, cell in enumerate(_part_number(row, columns)):
        starts_left = position == 0 and not cell.number and len(columns) > 1 and cell.box[0] < columns[1][0] - 2
        column = 0 if starts_left and cell.box[0] <= columns[0][1] else nearest_column(cell, columns)
        put(entry, column, cell)
        entry.numbers = entry.numbers or (cell.number and (column > 0 or len(row) > 1))
    return entry


def _part_number(row: Row, columns: list[Column]) -> Row:
    """The row with a number set apart that a single space parts from its label, as in typewriter faces."""
    label, _, number = row[0].text.rpartition(" ")
    if row[0].number or len(columns) < 2 or not (label and is_number(number)):
        return row
    x0, y0, x1, y1 = row[0].box
    left, right = columns[1]
    if abs(x1 - right) > 0.6 * (y1 - y0) or any(cell.box[0] < right for cell in row[1:]):
        return row
    parted = x1 - (x1 - x0) * len(number) / len(row[0].text)
    first = replace(row[0], text=label, box=(x0, y0, min(parted, left), y1))
    return [first, replace(row[0], text=number, box=(parted, y0, x1, y1), number=True), *row[1:]]


def _usual_pitch(entries: list[Entry]) -> float:
    """The distance of rows of numbers that follow each other, in pt."""
    steps = [b.bottom - a.bottom for a, b in pairwise(entries) if a.numbers and b.numbers]
    return float(np.median(steps)) if steps else float("inf")


def _is_beside(above: Entry, entry: Entry) -> bool:
    """Whether numbers stand half a line lower or higher than the label: in the middle of two lines of it."""
    label, values = (above, entry) if entry.numbers else (entry, above)
    if (label.numbers and label.texts[0]) or not values.numbers:
        return False
    if (values is entry and values.texts[0]) or set(label.filled) != {0}:
        return False
    height = label.boxes[0][3] - label.boxes[0][1]
    if values is above and values.texts[0]:
        return False
    return abs(values.bottom - label.bottom) < 0.8 * height


def _goes_on_below(above: Entry, entry: Entry, following: Entry | None, pitch: float, edge: float) -> bool:
    """Whether a label that began in the row above goes on in this one; only one of both may have numbers.

    Args:
        above: The row above.
        entry: The row.
        following: The row below, whose label this one may begin.
        pitch: The usual distance of rows, in pt.
        edge: Where the longest label ends.
    """
    if not _may_go_on(above, entry):
        return False
    upper, lower = above.texts[0].rstrip(), entry.texts[0]
    left, _, right, _ = above.boxes[0]
    is_full = right - left > FULL * (edge - left)
    if is_open(upper) or lower[0].islower():
        return is_full or is_open(upper)
    begins_next = above.numbers and (is_open(lower) or (following is not None and following.texts[0][:1].islower()))
    if begins_next or not is_full:
        return False
    step = entry.bottom - above.bottom
    height = entry.boxes[0][3] - entry.boxes[0][1]
    if right + height * ADVANCE * len(lower.split()[0]) < edge:
        return step < TIGHTER * pitch < float("inf")
    return not lower[0].isalpha() or step < TIGHT * pitch < float("inf")


def _may_go_on(above: Entry, entry: Entry) -> bool:
    """Whether two rows may be one by what they hold and how close they are."""
    if not (above.texts[0] and entry.texts[0]) or (above.numbers and entry.numbers):
        return False
    if set(above.filled) != {0} and set(entry.filled) != {0}:
        return False
    if above.texts[0].rstrip().endswith((":", ".")):
        return False
    return entry.boxes[0][1] - above.bottom <= LINE_GAP * (entry.boxes[0][3] - entry.boxes[0][1])


def is_open(label: str) -> bool:
    """Whether a label cannot end so: in a comma, an open bracket or a word such as "of"."""
    return _OPEN_END.search(label) is not None or label.count("(") > label.count(")")


def _continues_cells(above: Entry, entry: Entry, pitch: float) -> bool:
    """Whether every cell of a row without numbers and label goes on with the one above it."""
    if entry.numbers or entry.texts[0] or not all(above.texts[k] for k in entry.filled):
        return False
    height = max(entry.boxes[k][3] - entry.boxes[k][1] for k in entry.filled)
    close = min(entry.boxes[k][1] for k in entry.filled) - above.bottom < LINE_GAP * height
    lower = all(entry.texts[k][0].islower() for k in entry.filled)
    return close and (lower or entry.bottom - above.bottom < TIGHTER * pitch)


def _merge(above: Entry, entry: Entry) -> None:
    for column in entry.filled:
        box, text = entry.boxes[column], entry.texts[column]
        if above.texts[column]:
            above.texts[column] = join_lines(above.texts[column], text)
            above.boxes[column] = union([above.boxes[column], box])
        else:
            above.texts[column], above.boxes[column] = text, box
    above.numbers = above.numbers or entry.numbers
    above.bottom = max(above.bottom, entry.bottom)
