"""Decides what of a PDF page is typeset anew and what is shown as a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.graphics import Graphics, Path, area, inside, overlap
from glyph_integrations.source.formats.pdf.tables import union

if TYPE_CHECKING:
    from glyph_integrations.source.formats.pdf.lines import Line, Rect

CELL = 6.0  # pt; paths closer than about this belong to one drawing
LEAST_WIDTH, LEAST_HEIGHT = 36.0, 24.0
LEAST_FORMULA = 12.0  # pt; a stroke without its letters tells nothing
PADDING = 1.5
"""In pt, around a crop: strokes and slanted letters reach beyond their boxes."""
BESIDE = 40.0
"""Figures up to this far apart, in pt, may be parts of one."""
LABEL_GAP = 8.0  # pt
LABEL_LENGTH = 16
LEAST_PIECES = 6  # lines, curves and rectangles that make a drawing
LEAST_SHARE = 0.004
"""Of the page's area; smaller images are logos, bullets and lines."""

_MATHS = re.compile(
    r"CM(MI|SY|EX|BSY|MIB)|MSAM|MSBM|Math|RSFS|EUFM|EUSM|stmary|wasy|esint|txsy|pxsy|MTSY|MTMI|Symbol", re.IGNORECASE
)
_NUMBERS = re.compile(r"[\d\s.,:%/'’–−-]+")  # the scale of an axis
_UNREADABLE = re.compile("[\ufffd\ue000-\uf8ff\U000f0000-\U0010ffff\x00-\x08\x0e-\x1f\x7f-\x9f]")


@dataclass(slots=True, kw_only=True)
class Decision:
    """How a page is shown, why, and the boxes of the figures on it that stay pictures, with their reasons."""

    raster: bool
    reason: str
    figures: list[tuple[Rect, str]] = field(default_factory=list)


def decide(lines: list[Line], graphics: Graphics, width: float, height: float, tables: list[Rect]) -> Decision:
    """Looks at a page's visible lines and at what is drawn on it."""
    page = width * height
    characters = sum(len(line.text.replace(" ", "")) for line in lines)
    if not characters:
        return _without_text(graphics, page)
    bad = sum(len(_UNREADABLE.findall(line.text)) for line in lines)
    if bad > 0.15 * characters:
        return Decision(raster=True, reason=f"unreadable text layer: {bad} of {characters} characters have no meaning")
    maths = sum(_maths(line) for line in lines)
    if maths > 0.5 * characters and characters >= 40:
        return Decision(raster=True, reason=f"mostly formulas: {maths} of {characters} characters")
    figures = find_figures(lines, graphics, width, height, tables)
    figures = _merged([*figures, *_illegible(lines)], lines)
    figures = [(_within(_grown(box, PADDING), width, height), reason) for box, reason in figures]
    covered = sum(area(box) for box, _ in figures) / page
    outside = sum(
        len(line.text.replace(" ", "")) for line in lines if not any(inside(line.box, box) for box, _ in figures)
    )
    if covered > 0.5 and outside < 400 * (1 - min(covered, 1.0)) + 100:
        return Decision(raster=True, reason=f"mostly figure: {covered:.0%} of the page")
    reason = "text" + (f" with {len(figures)} figure{'s' * (len(figures) > 1)}" if figures else "")
    return Decision(raster=False, reason=reason, figures=figures)


def _without_text(graphics: Graphics, page: float) -> Decision:
    if max(map(area, graphics.images), default=0.0) > 0.5 * page:
        return Decision(raster=True, reason="scan: an image without text")
    if graphics.images or graphics.paths:
        return Decision(raster=True, reason="no text layer: drawings and images only")
    return Decision(raster=False, reason="blank")


def find_figures(
    lines: list[Line], graphics: Graphics, width: float, height: float, tables: list[Rect]
) -> list[tuple[Rect, str]]:
    """Images and drawings large enough to matter, from the top down; tables, frames and backgrounds are none."""
    page = width * height
    images = [
        box
        for box in graphics.images
        if area(box) < 0.9 * page and not _behind_text(box, lines) and box[3] - box[1] > 4 and box[2] - box[0] > 4
    ]
    paths = [path for path in graphics.paths if not _is_furnishing(path, lines, page, tables)]
    rules = [(x0, y - 0.5, x1, y + 0.5) for x0, x1, y in graphics.across.tolist()]
    rules += [(x - 0.5, y0, x + 0.5, y1) for y0, y1, x in graphics.down.tolist()]
    rules = [box for box in rules if not any(inside(box, table, 2.0) for table in tables)]
    charts = _bar_charts([path.box for path in paths if path.opaque and path.plain])
    found = []
    for box in _clusters([*images, *(path.box for path in paths), *charts], width, height):
        pictured = sum(overlap(image, box) for image in images)
        pieces = sum(path.pieces for path in paths if inside(path.box, box, CELL))
        # Slanted and curved strokes are drawn on purpose; upright ones may be decoration.
        pieces += sum(path.pieces for path in paths if not path.plain and inside(path.box, box, CELL))
        pieces += LEAST_PIECES * sum(inside(chart, box, CELL) for chart in charts)
        if not _matters(box, page, pictured, pieces) or _is_prose(box, lines, pictured):
            continue
        grown = _with_axes(box, rules)
        grown = _with_labels(grown, lines)
        found.append((grown, "image" if pictured > 0.3 * area(box) else "drawing"))
    return _merged(found, lines)


def _maths(line: Line) -> int:
    return sum(
        len(line.text[span.start : span.end].replace(" ", "")) for span in line.spans if _MATHS.search(span.font)
    )


def _behind_text(box: Rect, lines: list[Line]) -> bool:
    """Whether an image is the ground that running text stands on."""
    return sum(len(line.text) for line in lines if len(line.text) > 30 and inside(line.box, box)) > 300


def _is_furnishing(path: Path, lines: list[Line], page: float, tables: list[Rect]) -> bool:
    """Backgrounds, frames around text, shading, underlines and what belongs to tables."""
    box = path.box
    if area(box) > 0.8 * page or any(inside(box, table, 2.0) for table in tables):
        return True
    if min(box[2] - box[0], box[3] - box[1]) < 1.5 and path.plain:
        return True
    if path.pieces > 12:
        return False
    within = [line for line in lines if inside(line.box, box)]
    return sum(len(line.text) for line in within) > 40 or (path.plain and len(within) > 0 and _bars(path, within))


def _bars(path: Path, within: list[Line]) -> bool:
    """Whether a rectangle is just large enough for its line: highlighting, a button, a shaded cell."""
    return path.box[3] - path.box[1] < 2.5 * max(line.height for line in within)


def _matters(box: Rect, page: float, pictured: float, pieces: int) -> bool:
    wide, high = box[2] - box[0], box[3] - box[1]
    if wide < LEAST_WIDTH or high < LEAST_HEIGHT or wide * high < LEAST_SHARE * page:
        return False
    return pictured > 0.3 * wide * high or pieces >= LEAST_PIECES


def _is_prose(box: Rect, lines: list[Line], pictured: float) -> bool:
    """Whether a cluster of paths holds running text rather than labels."""
    long = sum(len(line.text) for line in lines if len(line.text) > 35 and inside(line.box, box))
    return long > 0.006 * area(box) and long > 100 and pictured < 0.5 * area(box)


def _bar_charts(boxes: list[Rect]) -> list[Rect]:
    """Boxes around three or more bars of one thickness that stand on a common line and differ in length."""
    charts = []
    for turned in (False, True):
        rows: dict[tuple[int, int], list[Rect]] = {}
        for x0, y0, x1, y1 in boxes:
            thickness, base = (y1 - y0, x0) if turned else (x1 - x0, y1)
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
    """The box with the rules that touch it: a chart's axes and ticks."""
    touching = [rule for rule in rules if overlap(_grown(rule, 3.0), box) > 0]
    return union(
        [box, *(r for r in touching if max(r[2] - r[0], r[3] - r[1]) < 1.5 * max(box[2] - box[0], box[3] - box[1]))]
    )


def _with_labels(box: Rect, lines: list[Line]) -> Rect:
    """The box with the short labels at its edge: of axes, nodes and arrows."""
    grown = box
    for line in lines:
        if len(line.text) <= LABEL_LENGTH or _NUMBERS.fullmatch(line.text):
            x, y = (line.x0 + line.x1) / 2, (line.y0 + line.y1) / 2
            gap = max(box[0] - line.x1, line.x0 - box[2], box[1] - line.y1, line.y0 - box[3])
            level = box[1] - 4 <= y <= box[3] + 4 or box[0] - 4 <= x <= box[2] + 4
            if gap <= LABEL_GAP and level:
                grown = union([grown, line.box])
    return grown


def _grown(box: Rect, margin: float) -> Rect:
    return (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)


def _illegible(lines: list[Line]) -> list[tuple[Rect, str]]:
    """Lines with characters that have no meaning, such as the parts of a large brace, with what stands beside them."""
    found = []
    for line in lines:
        if line.level and _UNREADABLE.search(line.text):
            box = line.box
            box = union([box, *(other.box for other in lines if _is_beside(other, box))])
            for _ in range(2):  # limits and rows of a matrix, then what hangs on those
                near = _grown(box, 4.0)
                box = union(
                    [box, *(o.box for o in lines if o.level and len(o.text) <= 25 and overlap(o.box, near) > 0)]
                )
            if box[2] - box[0] > LEAST_FORMULA:
                found.append((box, "formula: characters without meaning"))
    return found


def _is_beside(line: Line, box: Rect) -> bool:
    """Whether a line stands in the same row, close by."""
    shared = min(line.y1, box[3]) - max(line.y0, box[1])
    near = line.x0 < box[2] + 30 and line.x1 > box[0] - 30
    return line.level and near and shared > 0.4 * min(line.height, box[3] - box[1])


def _within(box: Rect, width: float, height: float) -> Rect:
    return (max(box[0], 0.0), max(box[1], 0.0), min(box[2], width), min(box[3], height))


def _merged(figures: list[tuple[Rect, str]], lines: list[Line]) -> list[tuple[Rect, str]]:
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
