"""Columns of prose on a page: where a strip of white runs down between lines that are read one column after another.

The white between the labels and the numbers of a table is no such strip: what stands on its right is no prose.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glyph_integrations.source.formats.pdf.cells import find_cells
from glyph_integrations.source.formats.pdf.lines import is_right_to_left, without

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.cells import Cell
    from glyph_integrations.source.formats.pdf.lines import Line, Rect

GUTTER = 0.8
"""Least width of the white between columns, in line heights."""
LONG = 15
"""Letters that make a piece of a line prose rather than a label, a number or a mark."""
LEAST_LINES = 3
LEAST_ENTRIES = 6
MOST_COLUMNS = 16
EDGE = 0.75  # pt


class Gutter(NamedTuple):
    """A strip of white at ``x`` between the heights ``top`` and ``bottom``."""

    x: float
    top: float
    bottom: float


class _Pieces(NamedTuple):
    """Cells as arrays; obstacles such as figures come last and have no letters."""

    boxes: NDArray[np.float64]
    letters: NDArray[np.intp]
    characters: NDArray[np.intp]
    order: NDArray[np.intp]


class Columns(NamedTuple):
    """The columns of a page.

    Attributes:
        lines: All lines, those divided that ran over the white between columns.
        regions: The number of each line's region, then of each obstacle's: regions are numbered in reading order,
            within them one line follows the other.
        cells: The cells of the level, free lines.
    """

    lines: list[Line]
    regions: list[int]
    cells: list[Cell]


def divide_columns(lines: list[Line], free: list[int], obstacles: list[Rect]) -> Columns:
    """Finds the columns of a page.

    Args:
        lines: All lines of the page.
        free: Indices of those that lie in no figure and no table.
        obstacles: Boxes of figures and tables, which no column's edge crosses.
    """
    cells = find_cells(lines, [i for i in free if lines[i].level])
    pieces = _gather(cells, obstacles)
    regions = _split(
        pieces, np.arange(len(pieces.boxes)), right_to_left=is_right_to_left("".join(c.text for c in cells[:40]))
    )
    if len(regions) < 2:
        return Columns(lines, [0] * (len(lines) + len(obstacles)), cells)
    number = np.zeros(len(pieces.boxes), int)
    for region, members in enumerate(regions):
        number[members] = region
    taken = {id(line) for line in lines} - {id(lines[i]) for i in free}
    lines, numbers = _divide_lines(lines, cells, number)
    return Columns(
        lines, numbers, find_cells(lines, (i for i, o in enumerate(lines) if o.level and id(o) not in taken))
    )


def _gather(cells: list[Cell], obstacles: list[Rect]) -> _Pieces:
    boxes = np.array([cell.box for cell in cells] + obstacles, float).reshape(-1, 4)
    letters = [0 if cell.number else sum(map(str.isalpha, cell.text)) for cell in cells]
    characters = [len(cell.text) for cell in cells]
    nothing = [0] * len(obstacles)
    order = [cell.lines[0] for cell in cells] + nothing
    return _Pieces(boxes, np.array(letters + nothing, int), np.array(characters + nothing, int), np.array(order, int))


def _split(pieces: _Pieces, members: NDArray[np.intp], *, right_to_left: bool) -> list[NDArray[np.intp]]:
    """Divides the members into regions, in reading order."""
    done: list[NDArray[np.intp]] = []
    waiting = [members]
    while waiting:
        members = waiting.pop()
        gutter = _find_gutter(pieces, members) if len(done) + len(waiting) < MOST_COLUMNS * 4 else None
        if gutter is None:
            done.append(members)
            continue
        boxes = pieces.boxes[members]
        middle = (boxes[:, 1] + boxes[:, 3]) / 2
        above, below = middle < gutter.top, middle > gutter.bottom
        right = (boxes[:, 0] >= gutter.x - EDGE) & ~above & ~below
        left = ~(right | above | below)
        first, second = (right, left) if right_to_left else (left, right)
        waiting += [members[part] for part in (below, second, first, above) if part.any()]
    return done


def _find_gutter(pieces: _Pieces, members: NDArray[np.intp]) -> Gutter | None:
    """The strip of white that has the most prose on both its sides."""
    boxes, letters = pieces.boxes[members], pieces.letters[members]
    if len(boxes) < 2 * LEAST_LINES or not letters.any():
        return None
    height = float(np.median(boxes[letters > 0, 3] - boxes[letters > 0, 1]))
    order = np.argsort(boxes[:, 1] + boxes[:, 3])
    boxes = boxes[order]
    sorted_pieces = _Pieces(boxes, letters[order], pieces.characters[members][order], pieces.order[members][order])
    best: tuple[float, Gutter | None] = (0.0, None)
    words = sorted_pieces.letters > 2
    for x in _candidates(boxes, height):
        right = boxes[:, 0] >= x - EDGE
        if min((words & right).sum(), (words & ~right).sum()) < LEAST_LINES:
            continue
        strip = boxes[:, 0] < x - EDGE, boxes[:, 2] > x - GUTTER * height
        blocked = np.flatnonzero(strip[0] & strip[1])
        for start, end in zip([0, *(blocked + 1)], [*blocked, len(boxes)], strict=True):
            if end - start < 2 * LEAST_LINES:
                continue
            score = _weigh(sorted_pieces, slice(start, end), x, height)
            if score > best[0]:
                inner = boxes[start:end]
                centres = (inner[:, 1] + inner[:, 3]) / 2
                best = score, Gutter(x, float(centres[0]) - 0.01, float(centres[-1]) + 0.01)
    return best[1]


def _candidates(boxes: NDArray[np.float64], height: float) -> list[float]:
    """Left edges that several lines share, and the white right of right edges that several share."""
    left = boxes[:, 0].min() + 3 * height
    found: set[float] = set()
    for edges in (boxes[:, 0], boxes[:, 2] + GUTTER * height + EDGE):
        values = np.sort(edges)
        groups = np.split(values, np.flatnonzero(np.diff(values) > EDGE) + 1)
        found.update(float(group[0]) for group in groups if len(group) >= LEAST_LINES and group[0] > left)
    return sorted(found)


def _weigh(pieces: _Pieces, part: slice, x: float, height: float) -> float:
    """How much prose stands on the poorer side of a strip; 0 where one of them is none."""
    boxes, letters, characters = pieces.boxes[part], pieces.letters[part], pieces.characters[part]
    right = boxes[:, 0] >= x - EDGE
    if not right.any() or right.all():
        return 0.0
    top = max(boxes[right, 1].min(), boxes[~right, 1].min())
    bottom = min(boxes[right, 3].max(), boxes[~right, 3].max())
    if bottom - top < 2.5 * height or _count_lone_numbers(boxes[right], letters[right], height) > 0.2 * right.sum():
        return 0.0
    weights = []
    for side in (~right, right):
        long = letters[side] >= LONG
        if long.sum() < LEAST_LINES or letters[side][long].sum() < 0.5 * characters[side].sum():
            return _weigh_lists(pieces, part, right)
        weights.append(float(letters[side][long].sum()))
    return min(weights)


def _count_lone_numbers(boxes: NDArray[np.float64], letters: NDArray[np.intp], height: float) -> int:
    """How many numbers begin a row on the right of a strip: their labels stand on its left."""
    numbers, words = boxes[letters == 0], boxes[letters > 0]
    level = np.abs(numbers[:, None, 1] + numbers[:, None, 3] - words[:, 1] - words[:, 3]) < height
    return int((~(level & (words[:, 0] < numbers[:, None, 0])).any(1)).sum())


def _weigh_lists(pieces: _Pieces, part: slice, right: NDArray[np.bool_]) -> float:
    """The same for columns of short lines, such as an index: they are written one after the other."""
    letters, characters, order = pieces.letters[part], pieces.characters[part], pieces.order[part]
    weights = []
    for side in (~right, right):
        if side.sum() < LEAST_ENTRIES or (letters[side] > 2).sum() < 0.5 * side.sum():
            return 0.0
        if letters[side].sum() < 0.4 * characters[side].sum():
            return 0.0
        weights.append(0.5 * float(letters[side].sum()))
    return min(weights) if order[~right].max() < order[right].min() else 0.0


def _divide_lines(lines: list[Line], cells: list[Cell], number: NDArray[np.intp]) -> tuple[list[Line], list[int]]:
    """Divides lines whose cells are in several regions, and gives each block of each region a number of its own."""
    of_line: dict[int, list[tuple[int, Cell]]] = {}
    for cell, region in zip(cells, number.tolist(), strict=False):
        of_line.setdefault(cell.lines[0], []).append((region, cell))
    result: list[Line] = []
    regions: list[int] = []
    for index, line in enumerate(lines):
        own = of_line.get(index, [])
        wanted = sorted({region for region, _ in own}) or regions[-1:] or [0]
        for region in wanted:
            part = line
            if len(wanted) > 1:
                others = [cell.box for other, cell in own if other != region]
                divided = without(line, _ranges(line, others))
                if divided is None:
                    continue
                part = divided
            result.append(part)
            regions.append(region)
    return result, regions + number[len(cells) :].tolist()


def _ranges(line: Line, boxes: list[Rect]) -> list[tuple[int, int]]:
    """The characters of the words that lie in one of the boxes."""
    ends = [*line.starts[1:], len(line.text)]
    return [
        (start, end)
        for start, end, word in zip(line.starts, ends, line.boxes.tolist(), strict=True)
        if any(box[0] - 0.1 <= word[0] and word[2] <= box[2] + 0.1 for box in boxes)
    ]
