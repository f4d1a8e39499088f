"""Filled-in form fields: their values stand beside their labels, as on the page."""

from __future__ import annotations

from dataclasses import replace
from typing import Any, NamedTuple

import numpy as np
import pymupdf

from glyph_integrations.source.formats.pdf.graphics import inside
from glyph_integrations.source.formats.pdf.lines import Line, Rect

CHECKED = "\N{BALLOT BOX WITH X}"
_TICKS = (pymupdf.PDF_WIDGET_TYPE_CHECKBOX, pymupdf.PDF_WIDGET_TYPE_RADIOBUTTON)


class Field(NamedTuple):
    """A form field's box, whether it is one to tick, and whether it is ticked."""

    box: Rect
    is_tick: bool
    ticked: bool


def read_fields(page: Any) -> list[Field]:
    """The fields of a page; none where they are damaged, which leaves their values at the end of the page."""
    try:
        return [_field(page, widget) for widget in page.widgets()]
    except (ValueError, RuntimeError, TypeError, AttributeError):  # PyMuPDF's, for broken entries
        return []


def _field(page: Any, widget: Any) -> Field:
    x0, y0, x1, y1 = widget.rect * page.rotation_matrix
    ticked = widget.field_type in _TICKS and widget.field_value not in {None, False, "", "Off"}
    if widget.field_type == pymupdf.PDF_WIDGET_TYPE_RADIOBUTTON:  # all buttons of a group have its value
        ticked = ticked and widget.field_value == widget.on_state()
    return Field((x0, y0, x1, y1), widget.field_type in _TICKS, ticked)


def place_values(lines: list[Line], fields: list[Field]) -> list[Line]:
    """Moves the values, which MuPDF reads last, to their labels; a tick drawn without a character becomes one."""
    if not fields:
        return lines
    values: list[tuple[Line, Field]] = []
    rest = []
    for line in lines:
        field = next((field for field in fields if inside(line.box, field.box, 2.0)), None)
        if field is None:
            rest.append(line)
        else:
            values.append((_legible(line, field), field))
    filled = {field for _, field in values}
    values += [(_tick(field), field) for field in fields if field.ticked and field not in filled]
    after: dict[int, list[Line]] = {}
    for line, field in values:
        label, before = _label(field, rest)
        block = rest[label].block if rest else 0
        after.setdefault(label - before, []).append(replace(line, block=block))
    placed = after.get(-1, [])
    for number, line in enumerate(rest):
        placed += [line, *after.get(number, [])]
    return placed


def _legible(line: Line, field: Field) -> Line:
    """A tick that a symbol font draws as the figure 3 or 4 becomes a ticked box."""
    return replace(_tick(field), block=line.block) if field.ticked and len(line.text.strip()) == 1 else line


def _tick(field: Field) -> Line:
    boxes = np.array([field.box], np.float32)
    return Line(
        text=CHECKED,
        box=field.box,
        block=0,
        size=field.box[3] - field.box[1],
        bold=False,
        font="",
        level=True,
        mono=False,
        all_bold=False,
        starts=[0],
        boxes=boxes,
    )


def _label(field: Field, lines: list[Line]) -> tuple[int, bool]:
    """Which line labels a field, and whether the value stands before it: a tick's label is on its right."""
    x0, y0, x1, y1 = field.box
    distances = []
    for number, line in enumerate(lines):
        beside = min(line.y1, y1) - max(line.y0, y0) > 0.4 * min(line.height, y1 - y0)
        if beside and field.is_tick and line.x0 >= x1 - 3:
            distances.append((line.x0 - x1, number, True))
        elif beside and line.x1 <= x0 + 3:
            distances.append((x0 - line.x1 + (40 if field.is_tick else 0), number, False))
        elif line.y1 <= y0 + 3:
            distances.append((200 + y0 - line.y1 + 0.1 * abs(line.x0 - x0), number, False))
    if not distances:
        return (0, True) if lines else (0, False)
    _, number, before = min(distances)
    return number, before
