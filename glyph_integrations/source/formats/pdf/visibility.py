"""Text that no person could see on a PDF page.

Most spans are cleared or condemned by how they look, which ``source.visibility`` judges: their size, place and paint.
Light ones, those with something opaque above or below them, and those where the drawn page is blank are suspects: a
suspect is cleared where its colour shows up against another. What is still in doubt is decided by drawing the page with
and without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pymupdf

from glyph_integrations.source.formats.pdf.blanks import SCALE, find_blank
from glyph_integrations.source.formats.pdf.cells import union
from glyph_integrations.source.formats.pdf.graphics import Graphics, area, find_shares, overlap, shared
from glyph_integrations.source.formats.pdf.lines import Line, Rect, Span, read_lines, text_page, without
from glyph_integrations.source.formats.pdf.raster import pixels
from glyph_integrations.source.text import Box
from glyph_integrations.source.visibility import (
    FAINTEST_CONTRAST,
    LEAST_SHARE,
    SMALLEST_SIZE,
    HiddenReason,
    Look,
    find_hidden_reason,
)

if TYPE_CHECKING:
    from numpy.typing import NDArray

NEAR = 90
"""Smoothed edges of thin strokes still come this close to the text's colour."""
LIGHT = 180  # luminance, of 255
CROWDED = 0.15
"""Of a suspect's box, how much other marks may cover before they could be taken for it."""
MUCH = 0.3
"""Share of a span's box from which on what lies there may hide it."""
MOST_NOISE = 4
"""Pixels that may change without a letter having gone."""
PATCH_HEIGHT = 14.0  # px that a suspect is drawn high
MOST_PIXELS = 6_000_000


class Hidden(NamedTuple):
    """A part of a line that nobody can see.

    Attributes:
        reason: Why.
        line: The part, as a line of its own.
        place: The position among the page's lines of the line that it is a part of.
    """

    reason: HiddenReason
    line: Line
    place: int


@dataclass(slots=True)
class Suspect:
    """A span that has to be looked at."""

    line: int
    span: Span
    covering: bool
    thin: bool = False
    """Whether it has neither letters nor figures."""
    blank: bool = False
    """Whether nothing is drawn in its box, and neither its colour nor its surroundings say why."""


def split_hidden(
    page: Any,
    display_list: Any,
    lines: list[Line],
    graphics: Graphics,
    size: tuple[float, float],
    *,
    inspect: bool = True,
) -> tuple[dict[int, Line], list[Hidden]]:
    """Separates what can be seen from what cannot; looks for text that leaves no mark where ``inspect`` says so.

    Returns:
        The lines without their hidden parts by their positions, and what was hidden.
    """
    condemned: list[tuple[int, Span, HiddenReason]] = []
    suspects: list[Suspect] = []
    grounds = np.array(
        [path.box for path in graphics.paths if path.opaque and area(path.box) > 4] + graphics.images, float
    ).reshape(-1, 4)
    grounded = _find_grounded([span for line in lines for span in line.spans], grounds)
    for number, line in enumerate(lines):
        for span in line.spans:
            if not line.text[span.start : span.end].strip():
                continue
            reason = None if _is_plain(span, *size) else judge(span, *size)
            if reason:
                condemned.append((number, span, reason))
            else:
                covering = id(span) in grounded
                if covering or luminance(span.colour) > LIGHT:
                    thin = not any(map(str.isalnum, line.text[span.start : span.end]))
                    suspects.append(Suspect(number, span, covering, thin=thin))
    doubtful: list[Suspect] = []
    if suspects or (inspect and lines):
        whole = (0.0, 0.0, *size)
        scale = _find_scale(suspects, whole) if suspects else min(SCALE, _limit_scale(whole) / 2)
        drawn = _draw(display_list, whole, scale, colour=False)
        obstacles = [path.box for path in graphics.paths if not path.plain] + graphics.images
        doubtful += _not_cleared(drawn, scale, suspects, page, obstacles) if suspects else []
        known = {id(suspect.span) for suspect in suspects} | {id(span) for _, span, _ in condemned}
        for number, span in find_blank(drawn, scale, lines) if inspect else ():
            if id(span) not in known:
                doubtful.append(Suspect(number, span, covering=False, blank=True))
    condemned += [(s.line, s.span, _explain(s)) for s in _unseen(page, display_list, doubtful)]
    seen, hidden = _take_out(dict(enumerate(lines)), condemned)
    if seen and _is_something_clipped(display_list, lines):
        seen, clipped = _take_out(seen, _find_clipped(display_list, seen))
        hidden += clipped
    return seen, hidden


def _is_plain(span: Span, width: float, height: float) -> bool:
    """Whether a span is painted in full, of an ordinary size, on the page: nothing that needs a judge."""
    x0, y0, x1, y1 = span.box
    inside = x0 >= 0 and y0 >= 0 and x1 <= width and y1 <= height
    return span.painted and span.alpha == 255 and span.size > SMALLEST_SIZE and inside


def judge(span: Span, width: float, height: float) -> HiddenReason | None:
    """Why a span cannot be seen whatever surrounds it; None where it may be seen."""
    x0, y0, x1, y1 = span.box
    return find_hidden_reason(
        Look(
            painted=span.painted,
            opacity=span.alpha / 255,
            size=max(span.size, min(x1 - x0, y1 - y0)),  # a matrix may enlarge what the font size calls tiny
            box=Box(x0 / width, y0 / height, x1 / width, y1 / height),
        )
    )


def luminance(colour: int) -> float:
    """Of an sRGB integer, 0–255."""
    return 0.299 * (colour >> 16 & 255) + 0.587 * (colour >> 8 & 255) + 0.114 * (colour & 255)


def stands_out(patch: NDArray[np.uint8], colour: int) -> bool:
    """Whether the brightness of a colour is that of a part of the patch but not of its ground, as letters look.

    Rules are no letters: rows of the patch that are full do not count.

    Args:
        patch: Pixels, [height, width].
        colour: sRGB integer.
    """
    if not patch.size:
        return False
    near = np.abs(patch.astype(np.int16) - round(luminance(colour))) < NEAR
    counts = near.sum(1)
    counts[counts > 0.85 * near.shape[1]] = 0
    share = int(counts.sum()) / near.size
    return bool(0.015 <= share <= 0.7 and np.count_nonzero(counts) > 0.2 * len(counts))


def _is_stroke(patch: NDArray[np.uint8], colour: int) -> bool:
    """Whether something as dark as the colour lies on a patch: dashes and dots are too thin for the colour itself."""
    distance = np.abs(patch.astype(np.int16) - round(luminance(colour)))
    return bool(distance.size and distance.min() < 0.75 * distance.max() and distance.max() > NEAR)


def differs(before: NDArray[np.uint8], after: NDArray[np.uint8], colour: int) -> bool:
    """Whether taking the text away changed what is seen, where it showed the text's colour."""
    change = np.abs(before.astype(np.int16) - after).max(2)
    toward = np.abs(before.astype(np.int16) - _rgb(colour)).max(2) <= np.abs(after.astype(np.int16) - _rgb(colour)).max(
        2
    )
    return bool(((change > FAINTEST_CONTRAST) & toward).sum() >= max(3, 0.004 * change.size))


def _rgb(colour: int) -> NDArray[np.int16]:
    return np.array([colour >> 16 & 255, colour >> 8 & 255, colour & 255], np.int16)


def _explain(suspect: Suspect) -> HiddenReason:
    if _is_light(suspect):
        return HiddenReason.SAME_COLOR
    return HiddenReason.COVERED if suspect.covering else HiddenReason.NOT_DISPLAYED


def _is_light(suspect: Suspect) -> bool:
    return luminance(suspect.span.colour) > LIGHT


def _not_cleared(
    drawn: NDArray[np.uint8], scale: float, suspects: list[Suspect], page: Any, obstacles: list[Rect]
) -> list[Suspect]:
    """The suspects whose colour does not stand out, and those that something painted later may cover."""
    whole = (0.0, 0.0, page.rect.width, page.rect.height)
    crowded = _find_crowded(suspects, np.array(obstacles, float).reshape(-1, 4))
    late = _painted_over(page, suspects) if crowded else set()
    doubtful = []
    for number, suspect in enumerate(suspects):
        patch, colour = _patch(drawn, suspect.span.box, whole, scale), suspect.span.colour
        seen = _is_stroke(patch, colour) if suspect.thin else stands_out(patch, colour)
        if not seen or number in late:
            doubtful.append(suspect)
    return doubtful


def _find_grounded(spans: list[Span], grounds: NDArray[np.float64]) -> set[int]:
    """The identities of spans with something opaque above or below them."""
    if not len(grounds) or not spans:
        return set()
    boxes = np.array([span.box for span in spans], float)
    return {
        id(spans[start + i])
        for start, shares in find_shares(boxes, grounds)
        for i in np.flatnonzero((shares > MUCH).any(1)).tolist()
    }


def _find_crowded(suspects: list[Suspect], obstacles: NDArray[np.float64]) -> bool:
    """Whether marks of a suspect's colour could be those of something else in its place: a picture, other words.

    Solid fills show no letters: where letters stand out and nothing else is there, they are the suspect's own.
    """
    boxes = np.array([suspect.span.box for suspect in suspects], float)
    covering = np.array([suspect.covering for suspect in suspects])
    for start, shares in find_shares(boxes, np.concatenate([obstacles, boxes])):
        over = shares > CROWDED
        own = np.arange(len(over))
        over[own, len(obstacles) + start + own] = False
        if over[covering[start : start + len(over)]].any():
            return True
    return False


def _scale(suspects: list[Suspect], width: float, height: float) -> tuple[float, Rect]:
    """Pixels per pt, and the part of the page around the suspects."""
    box = union([s.span.box for s in suspects])
    seen = (max(box[0], 0.0), max(box[1], 0.0), min(box[2], width), min(box[3], height))
    return _find_scale(suspects, seen), seen


def _find_scale(suspects: list[Suspect], seen: Rect) -> float:
    """Pixels per pt at which the smallest suspect is high enough."""
    smallest = max(min(s.span.size for s in suspects), SMALLEST_SIZE)
    return min(max(PATCH_HEIGHT / smallest, 0.5), 6.0, _limit_scale(seen))


def _limit_scale(seen: Rect) -> float:
    return float((MOST_PIXELS / max(area(seen), 1.0)) ** 0.5)


def _draw(display_list: Any, seen: Rect, scale: float, *, colour: bool = True) -> NDArray[np.uint8]:
    size = max(round((seen[2] - seen[0]) * scale), 1), max(round((seen[3] - seen[1]) * scale), 1)
    return pixels(display_list, seen, *size, colour=colour)


def _patch(image: NDArray[Any], box: Rect, seen: Rect, scale: float) -> NDArray[Any]:
    x0, y0 = int((box[0] - seen[0]) * scale), int((box[1] - seen[1]) * scale)
    x1, y1 = int((box[2] - seen[0]) * scale) + 1, int((box[3] - seen[1]) * scale) + 1
    return image[max(y0, 0) : max(y1, 0), max(x0, 0) : max(x1, 0)]


def _painted_over(page: Any, suspects: list[Suspect]) -> set[int]:
    """Suspects that a fill or an image covers, which is painted after the first text in that place."""
    turn = page.rotation_matrix if page.rotation else None
    log = []
    for kind, box in page.get_bboxlog():
        x0, y0, x1, y1 = box if turn is None else pymupdf.Rect(box) * turn
        log.append((kind, (x0, y0, x1, y1)))
    boxes = np.array([box for _, box in log], float).reshape(-1, 4)
    text = np.array([kind.endswith("text") for kind, _ in log], bool)
    fill = np.array([kind.startswith("fill") for kind, _ in log], bool) & ~text
    covered: set[int] = set()
    if not text.any() or not fill.any():
        return covered
    for start, shares in find_shares(np.array([suspect.span.box for suspect in suspects], float), boxes):
        written, filled = (shares > MUCH) & text, (shares > MUCH) & fill
        first, last = written.argmax(1), len(log) - 1 - filled[:, ::-1].argmax(1)
        late = written.any(1) & filled.any(1) & (last > first)
        covered.update((start + np.flatnonzero(late)).tolist())
    return covered


def _unseen(page: Any, display_list: Any, doubtful: list[Suspect]) -> list[Suspect]:
    """Those that make no difference to how the page looks."""
    if not doubtful:
        return []
    scale, seen = _scale(doubtful, page.rect.width, page.rect.height)
    if any(suspect.blank for suspect in doubtful):
        seen = (0.0, 0.0, page.rect.width, page.rect.height)
        scale = min(scale, _limit_scale(seen), 2.0)
    pymupdf.TOOLS.store_shrink(100)  # images are kept as they were drawn last, at another size
    shown = _draw(display_list, seen, scale)
    try:
        before, after, left = _with_and_without(page, doubtful, seen, scale)
    except Exception:  # noqa: BLE001 - the page is too damaged to be copied: its look alone has to decide
        before, after, left = np.zeros_like(shown), shown, []
    unseen = []
    boxes = [_widen(suspect.span.box) for suspect in doubtful]
    # A font may draw its letters elsewhere than it says: then the page changes there.
    elsewhere = _changes_outside(before, after, boxes, seen, scale)
    for suspect in doubtful:
        patch, old, new = (_patch(image, suspect.span.box, seen, scale) for image in (shown, before, after))
        taken = not any(overlap(place, suspect.span.box) > 0.8 * area(suspect.span.box) for place in left)
        if suspect.blank:
            is_seen = elsewhere or not taken or differs(old, new, suspect.span.colour)
        elif patch.size and taken and np.abs(patch.astype(np.int16) - old).mean() < 2:
            is_seen = differs(old, new, suspect.span.colour)
        else:  # the copy is not true or the text is still on it
            is_seen = bool(patch.size) and int(np.ptp(patch.reshape(-1, 3), 0).max()) > FAINTEST_CONTRAST
        if not is_seen:
            unseen.append(suspect)
    return unseen


def _with_and_without(
    page: Any, doubtful: list[Suspect], seen: Rect, scale: float
) -> tuple[NDArray[np.uint8], NDArray[np.uint8], list[Rect]]:
    """The page drawn from a copy, then with the suspects taken away, and the boxes of the text that is left."""
    with pymupdf.open() as copy:
        copy.insert_pdf(page.parent, from_page=page.number, to_page=page.number, links=False)
        copy.bake()
        alone = copy[0]
        before = _draw(alone.get_displaylist(), seen, scale)
        back = alone.derotation_matrix
        for suspect in doubtful:
            alone.add_redact_annot(_core(suspect.span.box) * back, fill=False, cross_out=False)
        alone.apply_redactions(images=0, graphics=0, text=0)
        display_list = alone.get_displaylist()
        after = _draw(display_list, seen, scale)
        return before, after, [span.box for line in read_lines(text_page(display_list)) for span in line.spans]


def _widen(box: Rect) -> Rect:
    margin = box[3] - box[1]
    return (box[0] - margin, box[1] - margin, box[2] + margin, box[3] + margin)


def _changes_outside(
    before: NDArray[np.uint8], after: NDArray[np.uint8], boxes: list[Rect], seen: Rect, scale: float
) -> bool:
    """Whether two drawings of a page differ outside of the given boxes."""
    change = np.maximum(before, after) - np.minimum(before, after) > FAINTEST_CONTRAST
    for box in boxes:
        _patch(change, box, seen, scale)[:] = False
    return bool(change.sum() > MOST_NOISE)


def _core(box: Rect) -> Any:
    """The middle of a span's box, so that lines close above and below are not touched."""
    inset = 0.3 * (box[3] - box[1])
    return pymupdf.Rect(box[0], box[1] + inset, box[2], box[3] - inset)


def _is_something_clipped(display_list: Any, lines: list[Line]) -> bool:
    """Whether clipping paths hide some of the text."""
    kept = text_page(display_list, clip=True).extractText()
    return len("".join(kept.split())) < sum(len("".join(line.text.split())) for line in lines)


def _find_clipped(display_list: Any, lines: dict[int, Line]) -> list[tuple[int, Span, HiddenReason]]:
    """Words that clipping paths hide entirely."""
    kept = np.array([word[:4] for word in text_page(display_list, clip=True).extractWORDS()], float).reshape(-1, 4)
    found = []
    for number, line in lines.items():
        ends = [*line.starts[1:], len(line.text)]
        for start, end, box in zip(line.starts, ends, line.boxes.tolist(), strict=True):
            if not len(kept) or shared(kept, box).max() < LEAST_SHARE * area(tuple(box)):
                span = line.spans[0]._replace(start=start, end=end, box=tuple(box))
                found.append((number, span, HiddenReason.CLIPPED))
    return found


def _take_out(
    lines: dict[int, Line], condemned: list[tuple[int, Span, HiddenReason]]
) -> tuple[dict[int, Line], list[Hidden]]:
    if not condemned:
        return lines, []
    ranges: dict[int, list[tuple[int, int]]] = {}
    hidden = []
    for number, span, reason in condemned:
        ranges.setdefault(number, []).append((span.start, span.end))
        line = lines[number]
        part = without(line, [(0, span.start), (span.end, len(line.text))])
        if part is not None:
            hidden.append(Hidden(reason, part, number))
    left = {number: without(line, ranges[number]) if number in ranges else line for number, line in lines.items()}
    return {number: line for number, line in left.items() if line is not None}, hidden
