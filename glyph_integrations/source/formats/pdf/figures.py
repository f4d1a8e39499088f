"""Finds the figures on a PDF page: images, drawings and charts; never text that graphics lie beside or behind.

A figure has marks that are no glyphs and no furniture of text: an image, curves and slanted strokes, bars of different
lengths on a common line. Rules, boxes, round or not, bands of shading and the grounds of cells alone are none.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.cells import find_cells, find_rows, union
from glyph_integrations.source.formats.pdf.graphics import Graphics, Path, area, inside, overlap

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.lines import Line, Rect

CELL = 6.0  # pt; paths closer than about this belong to one drawing
LEAST_WIDTH, LEAST_HEIGHT = 36.0, 24.0
BESIDE = 40.0
"""Figures up to this far apart, in pt, may be parts of one."""
LABEL_GAP = 8.0  # pt
SCALE_GAP = 14.0  # pt; the scale of a chart stands off by the length of its ticks
LABEL_LENGTH = 16
SWATCH = 15.0  # pt; larger marks of a legend are drawings
LABEL_ROUNDS = 3
"""Labels stand beside labels: a scale, then its title."""
LEAST_PIECES = 6  # lines, curves and rectangles that make a drawing
LEAST_SHARE = 0.004
"""Of the page's area; smaller images are logos, bullets and lines."""
LEAST_ROWS = 3
"""So many rows of a label and several numbers are a table, whatever is drawn around it."""
LEAST_BAR = 3.0  # pt; thinner ones are rules

_NUMBERS = re.compile(r"[\d\s.,:%/'’–−$€£()-]+")  # the scale of an axis

LEAST_CROSSING = 0.15
"""Share of a line that lies in a box, and beyond it, where it crosses the edge."""
CROSSING_LINES = 3

_CAPTION = re.compile(r"\s*(?:fig|abb|tab|chart|exhibit|source|note|\(?[a-z]\))", re.IGNORECASE)


def find_figures(
    lines: list[Line], graphics: Graphics, width: float, height: float, tables: list[Rect]
) -> list[tuple[Rect, str]]:
    """Images and drawings large enough to matter, from the top down, with what they are."""
    page = width * height
    images = [
        box
        for box in graphics.images
        if area(box) < 0.9 * page and not _behind_text(box, lines) and box[3] - box[1] > 4 and box[2] - box[0] > 4
    ]
    paths = _without_furniture(graphics.paths, lines, page, tables)
    charts = _bar_charts([path.box for path in paths if path.opaque and path.plain and not path.blank])
    if not images and not charts and all(path.plain for path in paths):
        return []
    rules = [(x0, y - 0.5, x1, y + 0.5) for x0, x1, y in graphics.across.tolist()]
    rules += [(x - 0.5, y0, x + 0.5, y1) for y0, y1, x in graphics.down.tolist()]
    rules = [box for box in rules if not any(inside(box, table, 2.0) for table in tables)]
    found = []
    for box in _clusters([*images, *(path.box for path in paths), *charts], width, height):
        pictured = sum(overlap(image, box) for image in images)
        # Slanted and curved strokes are drawn on purpose; upright ones alone are decoration.
        strokes = sum(2 * path.pieces for path in paths if not path.plain and inside(path.box, box, CELL))
        strokes += LEAST_PIECES * sum(inside(chart, box, CELL) for chart in charts)
        if not _matters(box, page, pictured, strokes) or _is_text(box, lines, pictured):
            continue
        framed = _with_axes(box, rules)
        is_chart = framed != box or any(inside(chart, box, CELL) for chart in charts)
        swatches = [path.box for path in paths if max(path.box[2] - path.box[0], path.box[3] - path.box[1]) < SWATCH]
        grown = _with_labels(framed, lines, swatches if is_chart else None)
        found.append((grown, "image" if pictured > 0.3 * area(box) else "drawing"))
    return merge_figures(found, lines)


def _behind_text(box: Rect, lines: list[Line]) -> bool:
    """Whether an image is the ground that running text stands on, or text runs across its edge."""
    over = [line for line in lines if len(line.text) > 30 and overlap(line.box, box) > 0]
    return sum(len(line.text) for line in over if inside(line.box, box)) > 300 or _is_crossed(box, over)


def list_unshown(images: list[Rect], figures: list[tuple[Rect, str]], page: float) -> list[str]:
    """Return why each image that no figure shows is left out; ``page`` is the page's area in pt²."""
    return [
        "decorative picture" if area(box) < LEAST_SHARE * page else "picture behind text"
        for box in images
        if not any(overlap(box, figure) > 0.5 * area(box) for figure, _ in figures)
    ]


def _is_crossed(box: Rect, lines: list[Line]) -> bool:
    """Whether lines of text run on beyond a box that they lie in: then it is a watermark or an ornament behind them."""
    shares = (overlap(line.box, box) / max(area(line.box), 1.0) for line in lines if len(line.text) > 30)
    return sum(LEAST_CROSSING < share < 1 - LEAST_CROSSING for share in shares) >= CROSSING_LINES


def _without_furniture(paths: list[Path], lines: list[Line], page: float, tables: list[Rect]) -> list[Path]:
    """The paths that are no backgrounds, frames around text, shading, underlines and no parts of tables."""
    if not paths:
        return []
    boxes = np.array([path.box for path in paths], float)
    plain = np.array([path.plain for path in paths])
    pieces = np.array([path.pieces for path in paths])
    high, wide = boxes[:, 3] - boxes[:, 1], boxes[:, 2] - boxes[:, 0]
    characters, tallest = _count_text(boxes, lines)
    left_out = high * wide > 0.8 * page
    left_out |= plain & (np.minimum(high, wide) < 1.5)
    left_out |= (pieces <= 12) & (characters > 40)
    # Just large enough for its line: highlighting, a button, a shaded cell.
    left_out |= (plain | (pieces <= 12) & (wide > 2 * high)) & (characters > 0) & (high < 3 * tallest)
    bands = {(round(top), round(bottom)) for top, bottom in boxes[left_out & plain][:, [1, 3]].tolist()}
    centres = (boxes[:, :2] + boxes[:, 2:]) / 2
    for x0, y0, x1, y1 in tables:
        left_out |= ((centres > [x0 - 2, y0 - 2]) & (centres < [x1 + 2, y1 + 2])).all(1)
    return [
        path
        for path, out in zip(paths, left_out.tolist(), strict=True)
        if not out and not (path.plain and (round(path.box[1]), round(path.box[3])) in bands)
    ]


def _count_text(boxes: NDArray[np.float64], lines: list[Line]) -> tuple[NDArray[np.float64], NDArray[np.float64]]:
    """How many characters of lines have their middle in each box, and how high the tallest of those lines is."""
    if not lines:
        return np.zeros(len(boxes)), np.zeros(len(boxes))
    places = np.array([line.box for line in lines], float)
    lengths = np.array([len(line.text.strip()) for line in lines], float)
    x, y = (places[:, 0] + places[:, 2]) / 2, (places[:, 1] + places[:, 3]) / 2
    inner = (x >= boxes[:, :1]) & (x <= boxes[:, 2:3]) & (y >= boxes[:, 1:2]) & (y <= boxes[:, 3:])
    return inner @ lengths, (inner * (places[:, 3] - places[:, 1])).max(1)


def _matters(box: Rect, page: float, pictured: float, strokes: int) -> bool:
    wide, high = box[2] - box[0], box[3] - box[1]
    if wide < LEAST_WIDTH or high < LEAST_HEIGHT or wide * high < LEAST_SHARE * page:
        return False
    return pictured > 0.3 * wide * high or strokes >= LEAST_PIECES


def _is_text(box: Rect, lines: list[Line], pictured: float) -> bool:
    """Whether a cluster of paths holds running text or the rows of a table rather than labels."""
    if pictured >= 0.5 * area(box):
        return False
    if _is_crossed(box, lines):
        return True
    members = [i for i, line in enumerate(lines) if inside(line.box, box)]
    long = sum(len(lines[i].text) for i in members if len(lines[i].text) > 35)
    if long > 0.006 * area(box) and long > 100:
        return True
    rows = find_rows(find_cells(lines, [i for i in members if lines[i].level]))
    counted = sum(
        len(row) > 2 and not row[0].number and len(row[0].text) > 3 and sum(cell.number for cell in row[1:]) > 1
        for row in rows
    )
    return counted >= LEAST_ROWS


def _bar_charts(boxes: list[Rect]) -> list[Rect]:
    """Boxes around three or more bars of one thickness that stand on a common line and differ in length."""
    charts = []
    for turned in (False, True):
        rows: dict[tuple[int, int], list[Rect]] = {}
        for x0, y0, x1, y1 in boxes:
            thickness, base = (y1 - y0, x0) if turned else (x1 - x0, y1)
            if thickness >= LEAST_BAR:
                rows.setdefault((round(thickness), round(base)), []).append((x0, y0, x1, y1))
        for bars in rows.values():
            lengths = [bar[2] - bar[0] if turned else bar[3] - bar[1] for bar in bars]
            if len(bars) >= 3 and max(lengths) - min(lengths) > 5.0:
                charts.append(union(bars))
    return charts


def _clusters(boxes: list[Rect], width: float, height: float) -> list[Rect]:
    """Boxes around groups of boxes that lie close together, found on a coarse grid."""
    if not boxes:
        return []
    columns, rows = int(width / CELL) + 3, int(height / CELL) + 3
    occupied = np.zeros((rows, columns), bool)
    for x0, y0, x1, y1 in boxes:
        occupied[int(y0 / CELL) : int(y1 / CELL) + 2, int(x0 / CELL) : int(x1 / CELL) + 2] = True
    label = np.zeros((rows, columns), np.int32)
    count = 0
    for row, column in np.argwhere(occupied).tolist():
        if label[row, column]:
            continue
        count += 1
        stack = [(row, column)]
        label[row, column] = count
        while stack:
            r, c = stack.pop()
            for nr, nc in ((r - 1, c), (r + 1, c), (r, c - 1), (r, c + 1)):
                if 0 <= nr < rows and 0 <= nc < columns and occupied[nr, nc] and not label[nr, nc]:
                    label[nr, nc] = count
                    stack.append((nr, nc))
    groups: dict[int, list[Rect]] = {}
    for box in boxes:
        groups.setdefault(int(label[int(box[1] / CELL), int(box[0] / CELL)]), []).append(box)
    return [union(group) for group in groups.values()]


def _with_axes(box: Rect, rules: list[Rect]) -> Rect:
    """The box with the rules that touch it, and those that touch them: a chart's axes, ticks and grid."""
    for _ in range(3):
        longest = 1.5 * max(box[2] - box[0], box[3] - box[1])
        touching = [r for r in rules if overlap(grow(r, 3.0), box) > 0 and max(r[2] - r[0], r[3] - r[1]) < longest]
        framed = union([box, *touching])
        if framed == box:
            break
        box = framed
    return box


def _with_labels(box: Rect, lines: list[Line], swatches: list[Rect] | None) -> Rect:
    """The box with the short labels at its edges: of nodes and arrows; of a chart's axes and series.

    A chart, which has a list of ``swatches``, be it empty, has labels beside labels: a scale, then its title.
    """
    short = [line.box for line in lines if _is_label(line, LABEL_LENGTH)]
    grown = _grow_once(box, short, LABEL_GAP)
    if swatches is not None:
        longer = [line.box for line in lines if line.y1 > box[1] and _is_label(line, 2 * LABEL_LENGTH)]
        for _ in range(LABEL_ROUNDS):
            grown = _grow_once(grown, [*longer, *short, *swatches], LABEL_GAP)
            grown = _grow_once(grown, [label for label in short if label[3] > grown[1]], SCALE_GAP)
    return grown


def _grow_once(box: Rect, labels: list[Rect], near: float) -> Rect:
    """The box with the labels that are as ``near``, in pt."""
    grown = box
    for x0, y0, x1, y1 in labels:
        gap = max(box[0] - x1, x0 - box[2], box[1] - y1, y0 - box[3])
        x, y = (x0 + x1) / 2, (y0 + y1) / 2
        level = box[1] - 4 <= y <= box[3] + 4 or box[0] - 4 <= x <= box[2] + 4
        if gap <= near and level:
            grown = union([grown, (x0, y0, x1, y1)])
    return grown


def _is_label(line: Line, longest: int) -> bool:
    if line.bold or _CAPTION.match(line.text):
        return False
    return len(line.text.strip()) <= longest or not line.level or _NUMBERS.fullmatch(line.text) is not None


def grow(box: Rect, margin: float) -> Rect:
    """The box with a margin of so many pt around it."""
    return (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)


def merge_figures(figures: list[tuple[Rect, str]], lines: list[Line]) -> list[tuple[Rect, str]]:
    """Figures that overlap, or stand beside each other with nothing but labels between, become one."""
    result: list[tuple[Rect, str]] = []
    for box, reason in sorted(figures):
        current, why = box, reason
        changed = True
        while changed:
            changed = False
            for other in result:
                if _belong_together(other[0], current, lines):
                    result.remove(other)
                    why = other[1] if area(other[0]) > area(current) else why
                    current, changed = union([other[0], current]), True
                    break
        result.append((current, why))
    return sorted(result, key=lambda figure: (figure[0][1], figure[0][0]))


def _belong_together(a: Rect, b: Rect, lines: list[Line]) -> bool:
    if overlap(a, b) > 0:
        return True
    beside = min(a[3], b[3]) - max(a[1], b[1]) > 0.4 * min(a[3] - a[1], b[3] - b[1])
    if not beside or max(a[0], b[0]) - min(a[2], b[2]) > BESIDE:
        return False
    both = union([a, b])
    return not any(
        len(line.text) > 12 and overlap(line.box, both) > 0 and not inside(line.box, a) and not inside(line.box, b)
        for line in lines
    )
