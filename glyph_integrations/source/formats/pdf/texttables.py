"""Tables of words without rules: short cells whose edges line up over at least three rows."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.cells import Cell, Row, union
from glyph_integrations.source.formats.pdf.tables import Grid, join_lines

if TYPE_CHECKING:
    from glyph_integrations.source.formats.pdf.lines import Rect

LEAST_ROWS = 3
FAR = 2.5
"""Rows further apart than this many row heights are not of one table."""
TITLE = 1.15
"""A single cell so many times higher than all cells before it is the title of something else."""


def find_text_tables(rows: list[Row]) -> list[Grid]:
    """The tables among rows that follow each other; prose in columns is none."""
    grids: list[Grid | None] = []
    run: list[Row] = []
    single = 0
    for row in rows:
        cell = row[0]
        far = bool(run) and cell.box[1] - run[-1][0].box[3] > FAR * cell.height
        if run and len(row) == 1 and cell.height > TITLE * max(c.height for r in run for c in r):
            grids.append(_build_grid(run))
            run, single = [], 0
            continue
        single = single + 1 if len(row) == 1 else 0
        if far or single > 2:
            grids.append(_build_grid(run))
            run, single = [], int(len(row) == 1)
        if run or len(row) > 1:
            run.append(row)
    grids.append(_build_grid(run))
    return [grid for grid in grids if grid is not None]


def _build_grid(run: list[Row]) -> Grid | None:
    while run and len(run[-1]) == 1:
        run = run[:-1]
    several = [row for row in run if len(row) > 1]
    if len(several) < LEAST_ROWS or len(several) < 0.5 * len(run):
        return None
    columns = _find_columns(several)
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
            rows[-1][column] = join_lines(rows[-1][column], texts[column])
            boxes[-1][column] = union([boxes[-1][column], places[column]])
            continue
        rows.append(texts)
        boxes.append(places)
    cells = [cell for row in run for cell in row]
    lines = sorted({line for cell in cells for line in cell.lines})
    return Grid(rows, boxes, union([cell.box for cell in cells]), lines)


def _find_columns(rows: list[Row]) -> list[tuple[float, float]]:
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


def _is_table(rows: list[Row], columns: list[tuple[float, float]]) -> bool:
    """Figures beside labels, or short cells that leave their columns partly empty; not lines of prose."""
    cells = [cell for row in rows for cell in row]
    later = [cell for row in rows for cell in row[1:]]
    filled = sum(len({_column(cell, columns) for cell in row}) for row in rows) / (len(rows) * len(columns))
    if filled < 0.4:
        return False
    if sum(cell.number for cell in later) >= 0.5 * len(later):
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
