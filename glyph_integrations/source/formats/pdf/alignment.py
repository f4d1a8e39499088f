"""Tables without rules: short cells or figures that line up in columns over at least three rows."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.tables import Grid, is_number, joined, union

if TYPE_CHECKING:
    from glyph_integrations.source.formats.pdf.lines import Line, Rect

CELL_GAP = 1.2
"""Words further apart than this many font sizes are in different cells."""
LEAST_ROWS = 3
_LEADER = ".·…"
_NO_INK = dict.fromkeys(map(ord, f" {_LEADER}"))


@dataclass(slots=True)
class Cell:
    """A piece of a line between wide gaps; ``line`` is its index on the page."""

    text: str
    box: Rect
    line: int


def aligned_tables(lines: list[Line], taken: set[int]) -> list[Grid]:
    """The tables among the page's lines that are not ``taken``; prose in columns is none."""
    prose = _prose_blocks(lines)
    grids: list[Grid] = []
    stretch: list[int] = []
    for i, line in enumerate(lines):
        if i in taken or not line.level or line.block in prose:
            grids += _tables_in(lines, stretch)
            stretch = []
        else:
            stretch.append(i)
    return grids + _tables_in(lines, stretch)


def _prose_blocks(lines: list[Line]) -> set[int]:
    """Blocks whose lines fill their width with words."""
    blocks: dict[int, list[Line]] = {}
    for line in lines:
        blocks.setdefault(line.block, []).append(line)
    prose = set()
    for number, members in blocks.items():
        width = max(line.x1 for line in members) - min(line.x0 for line in members)
        long = [line for line in members if line.x1 - line.x0 > 0.75 * width and len(line.text) >= 25]
        words = sum(len(line.starts) for line in members)
        figures = sum(is_number(word) for line in members for word, _ in line.words()) if len(long) > 1 else 0
        if len(long) >= 2 and len(long) >= 0.6 * len(members) and figures < 0.35 * words and not _has_gaps(members):
            prose.add(number)
    return prose


def _has_gaps(members: list[Line]) -> bool:
    """Whether most lines are torn apart by wide gaps, as rows are."""
    return sum(len(_cells(line, 0)) > 1 for line in members) > 0.5 * len(members)


def _cells(line: Line, index: int) -> list[Cell]:
    words = [(word, box) for word, box in line.words() if word.strip(_LEADER)]
    groups: list[list[tuple[str, Rect]]] = []
    for word, box in words:
        if groups and box[0] - groups[-1][-1][1][2] <= CELL_GAP * line.size:
            groups[-1].append((word, box))
        else:
            groups.append([(word, box)])
    return [Cell(" ".join(w for w, _ in group), union([b for _, b in group]), index) for group in groups]


def _tables_in(lines: list[Line], stretch: list[int]) -> list[Grid]:
    """Tables within lines that follow each other in reading order."""
    if len(stretch) < LEAST_ROWS:
        return []
    rows = _rows([cell for i in stretch for cell in _cells(lines[i], i)])
    grids: list[Grid | None] = []
    run: list[list[Cell]] = []
    single = 0
    for row in rows:
        far = bool(run) and row[0].box[1] - run[-1][0].box[3] > 2.5 * (row[0].box[3] - row[0].box[1])
        if run and len(row) == 1 and _is_title(lines[row[0].line], [lines[cell.line] for r in run for cell in r]):
            grids.append(_grid(run))
            run, single = [], 0
            continue
        single = single + 1 if len(row) == 1 else 0
        if far or single > 2:
            grids.append(_grid(run))
            run, single = [], int(len(row) == 1)
        if run or len(row) > 1:
            run.append(row)
    grids.append(_grid(run))
    return [grid for grid in grids if grid is not None and _whole_lines(grid, lines)]


def _is_title(line: Line, others: list[Line]) -> bool:
    """Whether a line is set larger than the rows before it, as the title of something else."""
    return line.size > 1.1 * float(np.median([other.size for other in others]))


def _rows(cells: list[Cell]) -> list[list[Cell]]:
    """Cells on the same height, from the top down, each row from left to right."""
    rows: list[list[Cell]] = []
    for cell in sorted(cells, key=lambda c: (c.box[1] + c.box[3]) / 2):
        middle = (cell.box[1] + cell.box[3]) / 2
        last = rows[-1][0].box if rows else None
        if (
            last is not None
            and last[1] < middle < last[3]
            and abs(middle - (last[1] + last[3]) / 2) < 0.5 * (last[3] - last[1])
        ):
            rows[-1].append(cell)
        else:
            rows.append([cell])
    return [sorted(row, key=lambda c: c.box[0]) for row in rows]


def _grid(run: list[list[Cell]]) -> Grid | None:
    while run and len(run[-1]) == 1:
        run = run[:-1]
    several = [row for row in run if len(row) > 1]
    if len(several) < LEAST_ROWS or len(several) < 0.5 * len(run):
        return None
    columns = _columns(several)
    if len(columns) < 2 or not _is_table(several, columns):
        return None
    rows: list[list[str]] = []
    boxes: list[list[Rect]] = []
    for row in run:
        texts, places = [""] * len(columns), [(c[0], row[0].box[1], c[1], row[0].box[3]) for c in columns]
        filled: dict[int, list[Cell]] = {}
        for cell in row:
            filled.setdefault(_column(cell, columns), []).append(cell)
        for column, members in filled.items():
            texts[column] = " ".join(cell.text for cell in members)
            places[column] = union([cell.box for cell in members])
        wrapped = [column for column, text in enumerate(texts) if text]
        if rows and len(wrapped) == 1 and rows[-1][wrapped[0]] and wrapped[0] and texts[wrapped[0]][0].islower():
            # The only cell of its row, going on in lower case: the rest of the cell above it.
            (column,) = wrapped
            rows[-1][column] = joined(rows[-1][column], texts[column])
            boxes[-1][column] = union([boxes[-1][column], places[column]])
            continue
        rows.append(texts)
        boxes.append(places)
    cells = [cell for row in run for cell in row]
    return Grid(rows, boxes, union([cell.box for cell in cells]), sorted({cell.line for cell in cells}))


def _columns(rows: list[list[Cell]]) -> list[tuple[float, float]]:
    """The x ranges that cells of several rows share; a cell that spans columns (a heading) does not join them."""
    typical = np.median([len(row) for row in rows])
    spans = sorted((cell.box[0], cell.box[2]) for row in rows if len(row) >= typical for cell in row)
    columns: list[list[float]] = []
    for x0, x1 in spans:
        if columns and x0 < columns[-1][1]:
            columns[-1][1] = max(columns[-1][1], x1)
        else:
            columns.append([x0, x1])
    return [(x0, x1) for x0, x1 in columns]


def _column(cell: Cell, columns: list[tuple[float, float]]) -> int:
    shared = [min(cell.box[2], x1) - max(cell.box[0], x0) for x0, x1 in columns]
    return int(np.argmax(shared))


def _is_table(rows: list[list[Cell]], columns: list[tuple[float, float]]) -> bool:
    """Figures beside labels, or short cells that leave their columns partly empty; not lines of prose."""
    cells = [cell for row in rows for cell in row]
    later = [cell for row in rows for cell in row[1:]]
    filled = sum(len({_column(cell, columns) for cell in row}) for row in rows) / (len(rows) * len(columns))
    if filled < 0.4:
        return False
    if sum(is_number(cell.text) for cell in later) >= 0.5 * len(later):
        return True
    lengths = [len(cell.text) for cell in cells]
    widths = [(c.box[2] - c.box[0]) / max(x1 - x0, 1.0) for c in cells for x0, x1 in [columns[_column(c, columns)]]]
    spread = [_spread([cell.box for cell in cells if _column(cell, columns) == k]) for k in range(len(columns))]
    return bool(np.median(spread) < 4.0 and np.median(lengths) <= 24 and np.mean(widths) < 0.85)


def _spread(boxes: list[Rect]) -> float:
    """How far, in pt, the left edges, middles or right edges of a column's cells scatter, whichever is least."""
    if not boxes:
        return 0.0
    edges = np.array(boxes)[:, [0, 2]]
    return float(min(edges[:, 0].std(), edges[:, 1].std(), edges.mean(1).std()))


def _whole_lines(grid: Grid, lines: list[Line]) -> bool:
    """A line is in a table with all its words or not at all, and formulas are no tables."""
    characters = sum(len("".join(row).translate(_NO_INK)) for row in grid.rows)
    return characters >= 0.9 * sum(len(lines[i].text.translate(_NO_INK)) for i in grid.lines)
