"""Tables on a PDF page: those drawn with rules, and those whose cells merely line up."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.cells import union
from glyph_integrations.source.formats.pdf.graphics import Graphics, inside
from glyph_integrations.source.formats.pdf.paragraphs import Spellings, joint

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.lines import Line, Rect

TOUCH = 3.0
"""Rules that come closer than this, in pt, belong together."""
MOST_RULES = 3_000


@dataclass(slots=True)
class Grid:
    """A table: rows of cells with their text and boxes, and which lines of the page went into it."""

    rows: list[list[str]]
    boxes: list[list[Rect]]
    box: Rect
    lines: list[int]


def ruled_tables(lines: list[Line], graphics: Graphics) -> list[Grid]:
    """The tables whose cells are bounded by rules on all sides."""
    across, down = graphics.across, graphics.down
    if len(across) < 3 or len(down) < 2 or len(across) + len(down) > MOST_RULES:
        return []
    tables = []
    for xs, ys in _lattices(across, down):
        grid = _fill(lines, xs, ys, down)
        if grid is not None:
            tables.append(grid)
    return tables


def _lattices(across: NDArray[np.float64], down: NDArray[np.float64]) -> list[tuple[list[float], list[float]]]:
    """Column and row edges of every connected group of rules that has at least two columns and two rows."""
    boxes = (
        np.concatenate([across[:, [0, 2, 1, 2]], down[:, [2, 0, 2, 1]]]) + np.array([-TOUCH, -TOUCH, TOUCH, TOUCH]) / 2
    )
    found = []
    for members in _connected(boxes):
        flat, upright = across[members[members < len(across)]], down[members[members >= len(across)] - len(across)]
        if len(flat) < 3 or len(upright) < 2:
            continue
        height, width = np.ptp(upright[:, :2]), np.ptp(flat[:, :2])
        xs = _edges(upright, 0.3 * height)
        ys = _edges(flat, 0.3 * width)
        if len(xs) >= 3 and len(ys) >= 3:
            found.append((xs, ys))
    return found


def _connected(boxes: NDArray[np.float64]) -> list[NDArray[np.intp]]:
    """Groups of boxes that touch, as arrays of indices."""
    x0, y0, x1, y1 = boxes.T
    left = np.ones(len(boxes), bool)
    groups = []
    for seed in range(len(boxes)):
        if not left[seed]:
            continue
        left[seed] = False
        members, frontier = [seed], [seed]
        while frontier:
            i = frontier.pop()
            touching = left & (x0 <= x1[i]) & (x1 >= x0[i]) & (y0 <= y1[i]) & (y1 >= y0[i])
            new = np.flatnonzero(touching).tolist()
            left[new] = False
            members += new
            frontier += new
        groups.append(np.array(sorted(members)))
    return groups


def _edges(rules: NDArray[np.float64], least: float) -> list[float]:
    """Positions of parallel rules, merged where they nearly coincide, whose total length is at least ``least``."""
    order = rules[np.argsort(rules[:, 2])]
    edges: list[float] = []
    start = 0
    for i in range(1, len(order) + 1):
        if i == len(order) or order[i, 2] - order[i - 1, 2] > TOUCH:
            if (order[start:i, 1] - order[start:i, 0]).sum() >= least:
                edges.append(float(order[start:i, 2].mean()))
            start = i
    return edges


def _fill(lines: list[Line], xs: list[float], ys: list[float], down: NDArray[np.float64]) -> Grid | None:
    """Puts the words into the cells of a lattice; None where it holds too little to be a table.

    A cell that spans some of the columns is repeated in each, or it would seem to belong to one of them.
    """
    box = (xs[0], ys[0], xs[-1], ys[-1])
    members = [i for i, line in enumerate(lines) if inside(line.box, box)]
    cells: list[list[list[tuple[str, Rect]]]] = [[[] for _ in xs[1:]] for _ in ys[1:]]
    for i in members:
        for word, place in lines[i].words():
            row = int(np.searchsorted(ys, (place[1] + place[3]) / 2)) - 1
            column = int(np.searchsorted(xs, (place[0] + place[2]) / 2)) - 1
            row, column = min(max(row, 0), len(ys) - 2), min(max(column, 0), len(xs) - 2)
            cells[row][column].append((word, place))
    filled = [[bool(cell) for cell in row] for row in cells]
    for r, row_of_cells in enumerate(cells):
        _spread_spans(row_of_cells, _spans(xs, ys[r], ys[r + 1], down))
    columns = np.array(filled).any(0).sum() if filled else 0
    if sum(any(row) for row in filled) < 2 or columns < 2 or sum(map(sum, filled)) < 4:
        return None
    rows, boxes = [], []
    for r, members_of_row in enumerate(cells):
        for part in _split_row(members_of_row):
            rows.append([_cell_text(cell) for cell in part])
            boxes.append(
                [
                    union([place for _, place in cell]) if cell else (xs[c], ys[r], xs[c + 1], ys[r + 1])
                    for c, cell in enumerate(part)
                ]
            )
    return Grid(rows, boxes, box, members)


def _spans(xs: list[float], top: float, bottom: float, down: NDArray[np.float64]) -> list[tuple[int, int]]:
    """The first column of each cell of a row and the column after it: a cell ends where an upright rule stands."""
    middle = (top + bottom) / 2
    here = down[(down[:, 0] <= middle) & (down[:, 1] >= middle), 2]
    ends = [c for c in range(1, len(xs) - 1) if (np.abs(here - xs[c]) <= TOUCH).any()]
    return list(pairwise([0, *ends, len(xs) - 1]))


def _spread_spans(row: list[list[tuple[str, Rect]]], spans: list[tuple[int, int]]) -> None:
    """Repeats what a spanning cell holds in all its columns, in place; a cell across the whole row stays one."""
    for first, after in spans:
        if 1 < after - first < len(row):
            words = [word for cell in row[first:after] for word in cell]
            if not _torn(words):
                row[first:after] = [words] * (after - first)


def _torn(words: list[tuple[str, Rect]]) -> bool:
    """Whether wide gaps show that words of one line stand in columns of their own, rule or not."""
    return any(
        b[0] - a[2] > 1.5 * (b[3] - b[1]) and abs(a[1] - b[1]) < 0.5 * (b[3] - b[1])
        for (_, a), (_, b) in pairwise(sorted(words, key=lambda word: (word[1][3], word[1][0])))
    )


def _cell_text(cell: list[tuple[str, Rect]]) -> str:
    """The words of a cell, with those joined that the end of a line divided."""
    text, line = "", 0.0
    for word, place in cell:
        middle = (place[1] + place[3]) / 2
        below = middle > line + 0.4 * (place[3] - place[1])
        text = join_lines(text, word) if below and text else f"{text} {word}".lstrip()
        line = middle
    return text


def join_lines(before: str, after: str) -> str:
    """Two lines of a cell as one, by the rule that joins the lines of a paragraph."""
    text, between = joint(before, after, Spellings())
    return f"{text}{between}{after}"


def _split_row(row: list[list[tuple[str, Rect]]]) -> list[list[list[tuple[str, Rect]]]]:
    """Splits a row that holds several lines in every filled cell, all at the same heights: rows without rules."""
    heights = [_baselines(cell) for cell in row if cell]
    if len(heights) < 2 or len(heights[0]) < 3 or any(len(h) != len(heights[0]) for h in heights):
        return [row]
    if max(abs(a - b) for h in heights[1:] for a, b in zip(heights[0], h, strict=True)) > TOUCH:
        return [row]
    edges = [(a + b) / 2 for a, b in pairwise(heights[0])]
    parts: list[list[list[tuple[str, Rect]]]] = [[[] for _ in row] for _ in heights[0]]
    for column, cell in enumerate(row):
        for word, place in cell:
            parts[int(np.searchsorted(edges, place[3]))][column].append((word, place))
    return parts


def _baselines(cell: list[tuple[str, Rect]]) -> list[float]:
    found: list[float] = []
    for bottom in sorted(place[3] for _, place in cell):
        if not found or bottom - found[-1] > TOUCH:
            found.append(bottom)
    return found
