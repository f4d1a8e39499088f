"""Text that no person could see on a PDF page.

Most spans are cleared or condemned by what they are: their size, place and paint. Light ones, and those with
something opaque above or below them, are suspects: the page is drawn once and a suspect is cleared where its colour
shows up against another. What is still in doubt is decided by drawing the page with and without it.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pymupdf

from glyph_integrations.source.formats.pdf.cells import union
from glyph_integrations.source.formats.pdf.graphics import Graphics, area, overlap, shared
from glyph_integrations.source.formats.pdf.lines import Line, Rect, Span, read_lines, text_page, without
from glyph_integrations.source.formats.pdf.raster import pixels

if TYPE_CHECKING:
    from numpy.typing import NDArray

TINY = 2.0  # pt
FAINT = 20
"""Differences of up to this many of 255 steps are not seen."""
NEAR = 90
"""Smoothed edges of thin strokes still come this close to the text's colour."""
TRANSPARENT = 13  # of 255
LIGHT = 180  # luminance, of 255
PATCH_HEIGHT = 14.0  # px that a suspect is drawn high
MOST_PIXELS = 6_000_000

OFF_PAGE, UNDER_2_PT, MODE_3, ALPHA, CLIPPED_AWAY = (
    "off the page",
    "under 2 pt",
    "render mode 3",
    "transparent",
    "clipped away",
)
SAME_COLOUR, COVERED = "colour of its background", "covered"


class Hidden(NamedTuple):
    """Characters that were left out of a page, and where they are."""

    reason: str
    characters: int
    box: Rect


@dataclass(slots=True)
class Suspect:
    """A span that has to be looked at."""

    line: int
    span: Span
    covering: bool


def split_hidden(
    page: Any, display_list: Any, lines: list[Line], graphics: Graphics, size: tuple[float, float]
) -> tuple[list[Line], list[Hidden]]:
    """Separates what can be seen from what cannot.

    Returns:
        The lines without their hidden parts, and what was hidden.
    """
    condemned: list[tuple[int, Span, str]] = []
    suspects: list[Suspect] = []
    grounds = np.array(
        [path.box for path in graphics.paths if path.opaque and area(path.box) > 4] + graphics.images, float
    ).reshape(-1, 4)
    for number, line in enumerate(lines):
        for span in line.spans:
            if not line.text[span.start : span.end].strip():
                continue
            reason = verdict(span, *size)
            if reason:
                condemned.append((number, span, reason))
            else:
                covering = len(grounds) > 0 and bool(shared(grounds, span.box).max() > 0.3 * area(span.box))
                if covering or luminance(span.colour) > LIGHT:
                    suspects.append(Suspect(number, span, covering))
    if suspects:
        doubtful = _not_cleared(display_list, suspects, page, size)
        condemned += [
            (s.line, s.span, COVERED if s.covering and not _is_light(s) else SAME_COLOUR)
            for s in _unseen(page, display_list, doubtful)
        ]
    seen, hidden = _take_out(lines, condemned)
    if len(seen) and _something_clipped(display_list, lines):
        seen, clipped = _take_out(seen, _clipped(display_list, seen))
        hidden += clipped
    return seen, hidden


def verdict(span: Span, width: float, height: float) -> str:
    """Why a span cannot be seen whatever surrounds it, or an empty string."""
    if not span.painted:
        return MODE_3
    if span.alpha <= TRANSPARENT:
        return ALPHA
    size = area(span.box)
    if size > 0 and overlap(span.box, (0.0, 0.0, width, height)) < 0.1 * size:
        return OFF_PAGE
    if span.size < TINY and min(span.box[3] - span.box[1], span.box[2] - span.box[0]) < TINY:
        return UNDER_2_PT
    return ""


def luminance(colour: int) -> float:
    """Of an sRGB integer, 0–255."""
    return 0.299 * (colour >> 16 & 255) + 0.587 * (colour >> 8 & 255) + 0.114 * (colour & 255)


def stands_out(patch: NDArray[np.uint8], colour: int) -> bool:
    """Whether the colour is that of a part of the patch but not of its ground, as letters look.

    Args:
        patch: Pixels, [height, width, 3].
        colour: sRGB integer.
    """
    if not patch.size:
        return False
    distance = np.abs(patch.astype(np.int16) - _rgb(colour)).max(2)
    near = float((distance < NEAR).mean())
    return 0.015 <= near <= 0.7 and float((distance > NEAR).mean()) > 0.2


def differs(before: NDArray[np.uint8], after: NDArray[np.uint8], colour: int) -> bool:
    """Whether taking the text away changed what is seen, where it showed the text's colour."""
    change = np.abs(before.astype(np.int16) - after).max(2)
    toward = np.abs(before.astype(np.int16) - _rgb(colour)).max(2) <= np.abs(after.astype(np.int16) - _rgb(colour)).max(
        2
    )
    return bool(((change > FAINT) & toward).sum() >= max(3, 0.004 * change.size))


def _rgb(colour: int) -> NDArray[np.int16]:
    return np.array([colour >> 16 & 255, colour >> 8 & 255, colour & 255], np.int16)


def _is_light(suspect: Suspect) -> bool:
    return luminance(suspect.span.colour) > LIGHT


def _not_cleared(display_list: Any, suspects: list[Suspect], page: Any, size: tuple[float, float]) -> list[Suspect]:
    """The suspects whose colour does not stand out, and those that something painted later may cover."""
    scale, area_seen = _scale(suspects, *size)
    image = _drawn(display_list, area_seen, scale)
    late = _painted_over(page, suspects) if any(s.covering for s in suspects) else set()
    return [
        suspect
        for number, suspect in enumerate(suspects)
        if number in late or not stands_out(_patch(image, suspect.span.box, area_seen, scale), suspect.span.colour)
    ]


def _scale(suspects: list[Suspect], width: float, height: float) -> tuple[float, Rect]:
    box = union([s.span.box for s in suspects])
    seen = (max(box[0], 0.0), max(box[1], 0.0), min(box[2], width), min(box[3], height))
    smallest = max(min(s.span.size for s in suspects), TINY)
    scale = min(max(PATCH_HEIGHT / smallest, 0.5), 6.0)
    return min(scale, (MOST_PIXELS / max(area(seen), 1.0)) ** 0.5), seen


def _drawn(display_list: Any, seen: Rect, scale: float) -> NDArray[np.uint8]:
    size = max(round((seen[2] - seen[0]) * scale), 1), max(round((seen[3] - seen[1]) * scale), 1)
    return pixels(display_list, seen, *size, colour=True)


def _patch(image: NDArray[np.uint8], box: Rect, seen: Rect, scale: float) -> NDArray[np.uint8]:
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
    covered = set()
    for number, suspect in enumerate(suspects):
        over = shared(boxes, suspect.span.box) > 0.3 * area(suspect.span.box)
        written, filled = np.flatnonzero(over & text), np.flatnonzero(over & fill)
        if len(written) and len(filled) and filled[-1] > written[0]:
            covered.add(number)
    return covered


def _unseen(page: Any, display_list: Any, doubtful: list[Suspect]) -> list[Suspect]:
    """Those that make no difference to how the page looks."""
    if not doubtful:
        return []
    scale, seen = _scale(doubtful, page.rect.width, page.rect.height)
    shown = _drawn(display_list, seen, scale)
    try:
        before, after, left = _with_and_without(page, doubtful, seen, scale)
    except Exception:  # noqa: BLE001 - the page is too damaged to be copied: its look alone has to decide
        before, after, left = np.zeros_like(shown), shown, []
    unseen = []
    for suspect in doubtful:
        patch, old, new = (_patch(image, suspect.span.box, seen, scale) for image in (shown, before, after))
        taken = not any(overlap(place, suspect.span.box) > 0.8 * area(suspect.span.box) for place in left)
        if patch.size and taken and np.abs(patch.astype(np.int16) - old).mean() < 2:
            is_seen = differs(old, new, suspect.span.colour)
        else:  # the copy is not true or the text is still on it
            is_seen = bool(patch.size) and int(np.ptp(patch.reshape(-1, 3), 0).max()) > FAINT
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
        before = _drawn(alone.get_displaylist(), seen, scale)
        back = alone.derotation_matrix
        for suspect in doubtful:
            alone.add_redact_annot(_core(suspect.span.box) * back, fill=False, cross_out=False)
        alone.apply_redactions(images=0, graphics=0, text=0)
        display_list = alone.get_displaylist()
        after = _drawn(display_list, seen, scale)
        return before, after, [span.box for line in read_lines(text_page(display_list)) for span in line.spans]


def _core(box: Rect) -> Any:
    """The middle of a span's box, so that lines close above and below are not touched."""
    inset = 0.3 * (box[3] - box[1])
    return pymupdf.Rect(box[0], box[1] + inset, box[2], box[3] - inset)


def _something_clipped(display_list: Any, lines: list[Line]) -> bool:
    """Whether clipping paths hide some of the text."""
    kept = text_page(display_list, clip=True).extractText()
    return len("".join(kept.split())) < sum(len("".join(line.text.split())) for line in lines)


def _clipped(display_list: Any, lines: list[Line]) -> list[tuple[int, Span, str]]:
    """Words that clipping paths hide entirely."""
    kept = np.array([word[:4] for word in text_page(display_list, clip=True).extractWORDS()], float).reshape(-1, 4)
    found = []
    for number, line in enumerate(lines):
        ends = [*line.starts[1:], len(line.text)]
        for start, end, box in zip(line.starts, ends, line.boxes.tolist(), strict=True):
            if not len(kept) or shared(kept, box).max() < 0.1 * area(tuple(box)):
                span = line.spans[0]._replace(start=start, end=end, box=tuple(box))
                found.append((number, span, CLIPPED_AWAY))
    return found


def _take_out(lines: list[Line], condemned: list[tuple[int, Span, str]]) -> tuple[list[Line], list[Hidden]]:
    if not condemned:
        return lines, []
    ranges: dict[int, list[tuple[int, int]]] = {}
    hidden = []
    for number, span, reason in condemned:
        ranges.setdefault(number, []).append((span.start, span.end))
        hidden.append(Hidden(reason, len(lines[number].text[span.start : span.end].strip()), span.box))
    left = [without(line, ranges[number]) if number in ranges else line for number, line in enumerate(lines)]
    return [line for line in left if line is not None], hidden
