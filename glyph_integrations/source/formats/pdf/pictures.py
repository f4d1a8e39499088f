"""Decides what of a PDF page is typeset anew and what is shown as a picture."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.pdf.cells import union
from glyph_integrations.source.formats.pdf.figures import find_figures, grow, merge_figures
from glyph_integrations.source.formats.pdf.graphics import Graphics, area, inside, overlap

if TYPE_CHECKING:
    from glyph_integrations.source.formats.pdf.lines import Line, Rect

LEAST_FORMULA = 12.0  # pt; a stroke without its letters tells nothing
LONGEST_FORMULA = 50
"""Characters; longer lines are formulas only if much of them is set in fonts of mathematics."""
LEAST_UNREADABLE = 3
"""Characters without meaning; fewer, such as an icon, stay where they are in the text."""
PADDING = 1.5
"""In pt, around a crop: strokes and slanted letters reach beyond their boxes."""

MATHS_FONT = re.compile(
    r"CM(MI|SY|EX|BSY|MIB)|MSAM|MSBM|Math|RSFS|EUFM|EUSM|stmary|wasy|esint|txsy|pxsy|MTSY|MTMI|Symbol", re.IGNORECASE
)
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
    figures = merge_figures([*figures, *_illegible(lines)], lines)
    figures = [(_within(grow(box, PADDING), width, height), reason) for box, reason in figures]
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


def _maths(line: Line) -> int:
    return sum(
        len(line.text[span.start : span.end].replace(" ", "")) for span in line.spans if MATHS_FONT.search(span.font)
    )


def _illegible(lines: list[Line]) -> list[tuple[Rect, str]]:
    """What the text layer cannot say: parts of formulas, with what hangs on them, and lines mostly without meaning."""
    found = []
    for line in lines:
        bad = len(_UNREADABLE.findall(line.text))
        if not bad or not line.level:
            continue
        if _is_formula(line):
            box = _whole_formula(line, lines)
            if box[2] - box[0] > LEAST_FORMULA:
                found.append((box, "formula: characters without meaning"))
        elif bad > max(LEAST_UNREADABLE, 0.5 * len(line.text.replace(" ", ""))):
            found.append((line.box, f"unreadable: {bad} characters without meaning"))
    return found


def _is_formula(line: Line) -> bool:
    """Whether characters without meaning come from a font of mathematical signs, such as the parts of a large brace.

    A line of prose with such a sign in it stays text.
    """
    if len(line.text) > LONGEST_FORMULA and _maths(line) < 0.4 * len(line.text.replace(" ", "")):
        return False
    return any(
        MATHS_FONT.search(span.font) and _UNREADABLE.search(line.text[span.start : span.end]) for span in line.spans
    )


def _whole_formula(line: Line, lines: list[Line]) -> Rect:
    """The box around a part of a formula, what stands beside it, its limits and the rows of a matrix."""
    beside = (other for other in lines if _is_beside(other, line.box) and len(other.text) <= LONGEST_FORMULA)
    box = union([line.box, *(other.box for other in beside)])
    for _ in range(2):
        near = grow(box, 4.0)
        box = union([box, *(o.box for o in lines if o.level and len(o.text) <= 25 and overlap(o.box, near) > 0)])
    return box


def _is_beside(line: Line, box: Rect) -> bool:
    """Whether a line stands in the same row, close by."""
    shared = min(line.y1, box[3]) - max(line.y0, box[1])
    near = line.x0 < box[2] + 30 and line.x1 > box[0] - 30
    return line.level and near and shared > 0.4 * min(line.height, box[3] - box[1])


def _within(box: Rect, width: float, height: float) -> Rect:
    return (max(box[0], 0.0), max(box[1], 0.0), min(box[2], width), min(box[3], height))
