"""The order in which a reader meets what stands on a page: lines, tables and figures."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.alignment import find_tables
from glyph_integrations.source.formats.pdf.cells import SAME_ROW, union
from glyph_integrations.source.formats.pdf.columns import divide_columns
from glyph_integrations.source.formats.pdf.graphics import inside
from glyph_integrations.source.formats.pdf.lines import Line, Rect, is_right_to_left
from glyph_integrations.source.formats.pdf.tables import Grid

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

FAR = 2.0
"""Lines of a block further apart than this many line heights are read by themselves."""
TOUCHING = 2.0  # pt that neighbours may overlap


@dataclass(slots=True)
class Figure:
    """A crop that stays a picture, and the lines inside it."""

    box: Rect
    reason: str
    lines: list[Line]


Item = Line | Grid | Figure


@dataclass(slots=True)
class _Unit:
    """What is read without a break: a block of lines, a table or a figure."""

    box: Rect
    items: list[Item]


def arrange(
    lines: list[Line], ruled: list[Grid], figures: list[tuple[Rect, str]], rules: NDArray[np.float64]
) -> list[Item]:
    """Puts lines, tables and figures of a page into reading order, and finds the tables that have no lattice of rules.

    Args:
        lines: Of the page, in the order in which they are written.
        ruled: Tables whose cells are bounded by rules, with indices into ``lines``.
        figures: Boxes of what stays a picture, with the reason.
        rules: Level rules, [n, 3]: x0, x1, y.
    """
    pictures = [Figure(box, reason, [line for line in lines if inside(line.box, box)]) for box, reason in figures]
    taken = {id(line) for picture in pictures for line in picture.lines}
    grids = [grid for grid in ruled if grid.lines and not any(id(lines[i]) in taken for i in grid.lines)]
    taken |= {id(lines[i]) for grid in grids for i in grid.lines}
    free = [i for i, line in enumerate(lines) if id(line) not in taken]
    placed: list[Figure | Grid] = [*pictures, *grids]
    lines, regions, cells = divide_columns(lines, free, [item.box for item in placed])
    items: list[Item] = []
    for region in sorted(set(regions)):
        members = [i for i, line in enumerate(lines) if regions[i] == region and id(line) not in taken]
        found = find_tables([cell for cell in cells if regions[cell.lines[0]] == region], rules)
        inner = [item for item, number in zip(placed, regions[len(lines) :], strict=True) if number == region]
        used = {i for grid in found for i in grid.lines}
        items += _order(_gather([lines[i] for i in members if i not in used], [*inner, *found]))
    _number_blocks(items)
    return items


def _gather(lines: list[Line], others: Iterable[Grid | Figure]) -> list[_Unit]:
    """Blocks of lines in the order of their rows, and what is no line."""
    units = [_Unit(item.box, [item]) for item in others]
    block: list[Line] = []
    for line in lines:
        if block and not _is_near(block[-1], line):
            units.append(_Unit(union([one.box for one in block]), list(_order_rows(block))))
            block = []
        block.append(line)
    if block:
        units.append(_Unit(union([one.box for one in block]), list(_order_rows(block))))
    return units


def _is_near(line: Line, following: Line) -> bool:
    """Whether two lines are of one block, with nothing taken out between them and no way back up."""
    if following.y1 < line.y1 - 0.8 * line.height and (following.x0 > line.x1 or following.x1 < line.x0):
        return False
    gap = max(following.y0 - line.y1, line.y0 - following.y1)
    return line.block == following.block and gap < FAR * max(line.height, following.height)


def _order_rows(block: list[Line]) -> list[Line]:
    """The lines of a block from the top down, those on one baseline from left to right, or as their letters run."""
    if len(block) == 1 or not all(line.level for line in block):
        return block
    backwards = is_right_to_left("".join(line.text for line in block))
    rows: list[list[Line]] = []
    for line in block:
        if rows and abs(_baseline(line) - _baseline(rows[-1][0])) <= SAME_ROW * min(line.height, rows[-1][0].height):
            rows[-1].append(line)
        else:
            rows.append([line])
    if backwards:
        return [line for row in rows for line in sorted(row, key=lambda one: -one.x1)]
    return [line for row in rows for line in sorted(row, key=lambda one: one.x0)]


def _baseline(line: Line) -> float:
    return line.y1 - 0.2 * line.height


def _order(units: list[_Unit]) -> list[Item]:
    """Units from the top down, one that stands to the left before its neighbour.

    A unit waits for those above it in its own width and for those beside it on the left.
    """
    if not units:
        return []
    boxes = np.array([unit.box for unit in units], float)
    x0, y0, x1, y1 = boxes.T
    wide = np.minimum(x1[:, None], x1) - np.maximum(x0[:, None], x0)
    high = np.minimum(y1[:, None], y1) - np.maximum(y0[:, None], y0)
    least = np.minimum((y1 - y0)[:, None], y1 - y0)
    beside = high > 0.4 * least
    centre = (y0 + y1) / 2
    above = (wide > TOUCHING) & ~(beside & (wide < TOUCHING)) & (centre[:, None] < centre) & (high < 0.5 * least)
    text = "".join(item.text[:20] for unit in units for item in unit.items if isinstance(item, Line))
    backwards = is_right_to_left(text)
    left = (x0[:, None] > x0) if backwards else (x0[:, None] < x0)
    before = above | (beside & (wide <= TOUCHING) & left)
    np.fill_diagonal(before, val=False)
    waiting = before.sum(0)
    remaining = np.ones(len(units), bool)
    items: list[Item] = []
    chosen = -1
    for _ in units:
        following = chosen + 1
        if not (0 < following < len(units) and waiting[following] == 0 and _goes_on(units[chosen], units[following])):
            ready = np.flatnonzero(remaining & (waiting == 0))
            pool = ready if len(ready) else np.flatnonzero(remaining)
            following = int(pool[np.lexsort((x0[pool], y0[pool]))[0]])
        chosen = following
        remaining[chosen] = False
        waiting = waiting - before[chosen]
        items += units[chosen].items
    return items


def _goes_on(unit: _Unit, following: _Unit) -> bool:
    """Whether what was written next stands close below: two captions side by side are read one after the other."""
    if not isinstance(unit.items[-1], Line) or not isinstance(following.items[0], Line):
        return False
    gap = following.box[1] - unit.box[3]
    shared = min(unit.box[2], following.box[2]) - max(unit.box[0], following.box[0])
    return shared > TOUCHING and abs(gap) < 0.6 * following.items[0].height


def _number_blocks(items: list[Item]) -> None:
    """Gives lines that follow each other in one block a number of their own: a column divides a block."""
    number, last, after = -1, None, False
    for item in items:
        if isinstance(item, Line):
            if not after or item.block != last:
                number += 1
            last, after = item.block, True
            item.block = number
        else:
            after = False
