"""The body of a table: every row with its label on one line, however many lines the label takes on the page."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.cells import union
from glyph_integrations.source.formats.pdf.heads import Column, Entry, Written, nearest_column, put, start_entry
from glyph_integrations.source.formats.pdf.tables import joined

if TYPE_CHECKING:
    from glyph_integrations.source.formats.pdf.cells import Row
    from glyph_integrations.source.formats.pdf.lines import Rect

LINE_GAP = 0.45
"""Of the text's height: lines of one label are not further apart."""
TIGHTER = 0.87
"""Of the usual distance of rows: lines of one label may be closer than rows."""
TIGHT = 0.95
"""The same where the next word would not have fitted into the line before."""
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
    for position, cell in enumerate(row):
        starts_left = position == 0 and not cell.number and len(columns) > 1 and cell.box[0] < columns[1][0] - 2
        column = 0 if starts_left and cell.box[0] <= columns[0][1] else nearest_column(cell, columns)
        put(entry, column, cell)
        entry.numbers = entry.numbers or (cell.number and (column > 0 or len(row) > 1))
    return entry


def _usual_pitch(entries: list[Entry]) -> float:
    """The distance of rows of numbers that follow each other, in pt."""
    steps = [b.bottom - a.bottom for a, b in zip(entries, entries[1:], strict=False) if a.numbers and b.numbers]
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
    """Whether a label that began in the row above goes on in this one; only one of both may have numbers."""
    if not (above.texts[0] and entry.texts[0]) or (above.numbers and entry.numbers):
        return False
    if set(above.filled) != {0} and set(entry.filled) != {0}:
        return False
    upper, lower = above.texts[0].rstrip(), entry.texts[0]
    if upper.endswith((":", ".")) and not _OPEN_END.search(upper):
        return False
    line = above.boxes[0]
    height = entry.boxes[0][3] - entry.boxes[0][1]
    if entry.boxes[0][1] - above.bottom > LINE_GAP * height:
        return False
    step = entry.bottom - above.bottom
    full = _is_full(line, edge, above.boxes[0][0])
    if is_open(upper):
        return True
    if lower[0].islower():
        return full
    if above.numbers and (_OPEN_END.search(lower) or _begins_low(following)):
        return False  # it begins the label of the next row
    word = height * ADVANCE * len(lower.split()[0])
    if line[2] + word < edge:
        return full and step < TIGHTER * pitch < float("inf")
    return full and (not lower[0].isalpha() or step < TIGHT * pitch < float("inf"))


def is_open(label: str) -> bool:
    """Whether a label cannot end so: in a comma, an open bracket or a word such as "of"."""
    return _OPEN_END.search(label) is not None or label.count("(") > label.count(")")


def _begins_low(entry: Entry | None) -> bool:
    return entry is not None and entry.texts[0][:1].islower()


def _is_full(line: Rect, edge: float, left: float) -> bool:
    """Whether a line of a label takes most of the labels' width."""
    return line[2] - left > 0.55 * (edge - left)


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
            above.texts[column] = joined(above.texts[column], text)
            above.boxes[column] = union([above.boxes[column], box])
        else:
            above.texts[column], above.boxes[column] = text, box
    above.numbers = above.numbers or entry.numbers
    above.bottom = max(above.bottom, entry.bottom)
