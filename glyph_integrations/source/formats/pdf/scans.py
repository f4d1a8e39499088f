"""The words of a searchable scan: an invisible layer that text recognition put over a page's picture.

Such a layer is told from hidden text by the picture: its words lie on ink, and the gaps between them do not.
"""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glyph_integrations.source.formats.pdf.cells import union
from glyph_integrations.source.formats.pdf.graphics import Graphics, area, overlap
from glyph_integrations.source.formats.pdf.raster import pixels
from glyph_integrations.source.visibility import HiddenReason

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.lines import Line, Rect
    from glyph_integrations.source.formats.pdf.visibility import Hidden

REASONS = frozenset({HiddenReason.INVISIBLE_MODE, HiddenReason.TRANSPARENT, HiddenReason.COVERED})
"""How recognition hides its words: unpainted, transparent, or under the picture."""
RESOLUTION = 1.4
"""Pixels per pt that ink is looked for at."""
INK = 40
"""Of 255 steps; ink differs by more than this from the paper around it."""
LEAST_INK, MOST_INK = 0.02, 0.65
"""Shares of a word's box that ink covers."""
CLEARER = 0.75
"""Gaps between words have less than this share of the words' ink."""
LEAST_ROW, LEAST_LAYER, MOST_LAYER = 0.5, 0.5, 0.8
"""Shares of the words of a row, and of the characters of a layer, that have to lie on ink.

A layer of which nearly all rows do may have words of the wrong width, so that its gaps say nothing.
"""
FULL = 0.9
"""From this share of the page on, an image is the page, or the ground that the page stands on."""
LEAST_MARKS, LEAST_PAPER, FEW_CHARACTERS = 0.004, 0.6, 150
"""Shares of the page's free part that have ink and that have none; and how little text may stand on anything."""
WIDEST_GAP = 2.5
"""Times a line's height that the gaps between its words may be wide; wider ones are between columns."""
LEAST_REGION = 0.25
"""Share of the page that is a scan rather than a small picture with a label."""
MOSTLY = 0.5
"""From this share of the page on, a scan is the page."""


class Layer(NamedTuple):
    """Recognised words and the part of the page whose picture they belong to."""

    parts: list[Hidden]
    rest: list[Hidden]
    """What is hidden besides."""
    region: Rect
    is_page: bool
    """Whether the picture of the whole page is what has to be shown."""


def find_layer(
    display_list: Any, seen: list[Line], hidden: list[Hidden], graphics: Graphics, size: tuple[float, float]
) -> Layer | None:
    """The hidden parts that are a layer of recognised words; None where there is no such layer."""
    candidates = join_rows([part for part in hidden if part.reason in REASONS])
    if not candidates or not (graphics.images or not seen):
        return None
    width, height = size
    drawn = _draw(display_list, size)
    parts = [part for part in candidates if _lies_on_ink(part.line, drawn)]
    rest = [part for part in candidates if part not in parts] + [part for part in hidden if part.reason not in REASONS]
    visible, recognised, invisible = (_count(lines) for lines in (seen, _lines(parts), _lines(candidates)))
    if not parts or recognised < LEAST_LAYER * invisible:
        return None
    if recognised < MOST_LAYER * invisible and not _has_clear_gaps(_lines(parts), drawn):
        return None
    beneath = [box for box in graphics.images if any(overlap(box, part.line.box) > 0 for part in parts)]
    page = (0.0, 0.0, width, height)
    region = page if visible < 0.1 * recognised or not beneath else union(beneath)
    share = area(region) / area(page)
    return Layer(parts, rest, region, share >= MOSTLY) if share >= LEAST_REGION else None


def shows_more(display_list: Any, lines: list[Line], graphics: Graphics, size: tuple[float, float]) -> bool:
    """Whether an image that fills the page is a scan with some text over it, rather than a ground for the text.

    A scan is paper with ink where no text, rule or drawing stands; with hardly any text over it, any image with marks
    is worth showing.
    """
    width, height = size
    if max(map(area, graphics.images), default=0.0) < FULL * width * height:
        return False
    drawn = _draw(display_list, size)
    free = np.ones(drawn.shape, bool)
    rules = [(x0, y, x1, y) for x0, x1, y in graphics.across.tolist()]
    rules += [(x, y0, x, y1) for y0, y1, x in graphics.down.tolist()]
    drawings = [path.box for path in graphics.paths if area(path.box) < MOSTLY * width * height]
    for box in [*(line.box for line in lines), *rules, *drawings]:
        x0, y0, x1, y1 = (round(side * RESOLUTION) for side in box)
        free[max(y0 - 2, 0) : y1 + 3, max(x0 - 2, 0) : x1 + 3] = False
    if not free.any():
        return False
    paper = float(np.median(drawn[free]))
    marks = float((np.abs(drawn[free] - paper) > INK).mean())
    most = 1 - LEAST_PAPER if _count(lines) > FEW_CHARACTERS else 1.0
    return LEAST_MARKS < marks < most


def _draw(display_list: Any, size: tuple[float, float]) -> NDArray[np.int16]:
    width, height = size
    across, down = (max(round(side * RESOLUTION), 1) for side in size)
    return pixels(display_list, (0.0, 0.0, width, height), across, down, colour=False).astype(np.int16)


def join_rows(parts: list[Hidden]) -> list[Hidden]:
    """Put together what stands in one row: recognition writes each word by itself."""
    rows: list[Hidden] = []
    for part in parts:
        last = rows[-1] if rows else None
        if last and last.reason == part.reason and _goes_on(last.line, part.line):
            rows[-1] = last._replace(line=_join(last.line, part.line))
        else:
            rows.append(part)
    return rows


def _goes_on(line: Line, other: Line) -> bool:
    if not (line.level and other.level):
        return False
    shared = min(line.y1, other.y1) - max(line.y0, other.y0)
    beside = shared > 0.5 * min(line.height, other.height)
    return beside and -0.3 * line.height < other.x0 - line.x1 < WIDEST_GAP * line.height


def _join(line: Line, other: Line) -> Line:
    text = f"{line.text.rstrip()} "
    shift = len(text)
    return replace(
        line,
        text=text + other.text,
        box=union([line.box, other.box]),
        starts=[*line.starts, *(start + shift for start in other.starts)],
        boxes=np.concatenate((line.boxes, other.boxes)),
        spans=[*line.spans, *(s._replace(start=s.start + shift, end=s.end + shift) for s in other.spans)],
    )


def _lines(parts: list[Hidden]) -> list[Line]:
    return [part.line for part in parts]


def _count(lines: list[Line]) -> int:
    return sum(len(line.text.replace(" ", "")) for line in lines)


def _lies_on_ink(line: Line, drawn: NDArray[np.int16]) -> bool:
    words = [_is_inked(box, len(word), drawn) for word, box in line.words() if word]
    return bool(words) and sum(words) >= LEAST_ROW * len(words)


def _is_inked(box: Rect, length: int, drawn: NDArray[np.int16]) -> bool:
    """Whether a word's box has ink as a word has: some, in every part of its length, and in its middle."""
    ink = _find_ink(box, drawn)
    if not ink.size or not LEAST_INK <= float(ink.mean()) <= MOST_INK:
        return False
    quarter = ink.shape[0] // 4
    middle = ink[quarter : ink.shape[0] - quarter]
    parts = np.array_split(middle.any(0), max(min(length, 4, ink.shape[1]), 1))
    return all(part.any() for part in parts)


def _find_ink(box: Rect, drawn: NDArray[np.int16]) -> NDArray[np.bool_]:
    """Which pixels of a box differ from the paper: what most of the pixels in and around it are."""
    high, wide = drawn.shape
    x0, y0, x1, y1 = (side * RESOLUTION for side in box)
    grow = 0.3 * (y1 - y0)
    left, right = max(int(x0), 0), min(int(x1) + 1, wide)
    top, bottom = max(int(y0), 0), min(int(y1) + 1, high)
    around = drawn[max(int(y0 - grow), 0) : min(int(y1 + grow) + 1, high), left:right]
    if not around.size:
        return np.zeros((0, 0), bool)
    return np.abs(drawn[top:bottom, left:right] - np.median(around)) > INK


def _has_clear_gaps(lines: list[Line], drawn: NDArray[np.int16]) -> bool:
    """Whether there is less ink between the words than in them, taken over all lines."""
    words, gaps = [], []
    for line in lines:
        boxes = [box for word, box in line.words() if word]
        for first, second in pairwise(boxes):
            if second[0] - first[2] > 2 / RESOLUTION:
                words.append(_find_ink(first, drawn).mean())
                gaps.append(_find_ink((first[2], first[1], second[0], first[3]), drawn).mean())
    return not gaps or float(np.mean(gaps)) < CLEARER * float(np.mean(words))
