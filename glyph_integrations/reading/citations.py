"""Citations: where aligned passages stand in the source and on the rendered pages, with a picture of each."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Final

from glyph_integrations.reading.answer import Citation, Place
from glyph_integrations.source.text import Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from glyph_integrations.reading.alignment import Passage
    from glyph_integrations.rendering.page import Page
    from glyph_integrations.rendering.rendering import Rendering
    from glyph_integrations.source.text import SourceText

_GAP: Final = 3.0  # line heights: boxes of one line that are further apart (cells of a table) stay apart
_AROUND: Final = 0.75  # line heights shown above and below a quote


@dataclass(slots=True)
class _Shown:
    """What the rendered pages show of one passage."""

    places: list[Place] = field(default_factory=list)
    crop: NDArray[np.uint8] | None = None


def citations(passages: Sequence[Passage], source_text: SourceText, rendering: Rendering) -> tuple[Citation, ...]:
    """Says where passages stand.

    Passages that overlap become one citation, in the place of the first of them. Every rendered page that is needed
    is drawn once, one after another, and only the crops are kept: the full width of the first page that shows a
    passage, from a little above to a little below it.

    Args:
        passages: From aligned quotes; empty ones are left out.
        source_text: The text that they are offsets into.
        rendering: Of that text.
    """
    merged = _merged(passages)
    shown = _shown(merged, rendering)
    return tuple(_citation(passage, source_text, on_pages) for passage, on_pages in zip(merged, shown, strict=True))


def _merged(passages: Iterable[Passage]) -> list[tuple[int, int, float]]:
    """Start, end and similarity of passages, those that overlap united."""
    found: list[tuple[int, int, float]] = []
    for passage in passages:
        start, end, similarity = passage.start, passage.end, passage.similarity
        if start == end:
            continue
        overlapping = [other for other in found if other[0] < end and start < other[1]]
        at = found.index(overlapping[0]) if overlapping else len(found)
        found = [other for other in found if other not in overlapping]
        every = [*overlapping, (start, end, similarity)]
        found.insert(at, (min(s for s, _, _ in every), max(e for _, e, _ in every), max(x for _, _, x in every)))
    return found


def _shown(passages: Sequence[tuple[int, int, float]], rendering: Rendering) -> list[_Shown]:
    shown = [_Shown() for _ in passages]
    wanted: dict[int, list[int]] = {}
    for number, (start, end, _) in enumerate(passages):
        for index in rendering.pages_of(start, end):
            wanted.setdefault(index, []).append(number)
    for index in sorted(wanted):
        page = rendering[index]
        for number in wanted[index]:
            start, end, _ = passages[number]
            boxes = page.boxes(start, end)
            shown[number].places += (Place(index=index, box=box, width=page.width, height=page.height) for box in boxes)
            if boxes and shown[number].crop is None:
                shown[number].crop = _crop(page, boxes)
    return shown


def _crop(page: Page, boxes: Sequence[Box]) -> NDArray[np.uint8]:
    around = _AROUND * min(box.y1 - box.y0 for box in boxes)
    top = max(min(box.y0 for box in boxes) - around, 0.0)
    bottom = min(max(box.y1 for box in boxes) + around, 1.0)
    first = int(top * page.height)
    return page.pixels[first : max(-int(-bottom * page.height // 1), first + 1)].copy()


def _citation(passage: tuple[int, int, float], source_text: SourceText, shown: _Shown) -> Citation:
    start, end, similarity = passage
    places = _places(source_text, start, end)
    page = source_text.pages[places[0].index]
    return Citation(
        quote=source_text.text[start:end],
        source=source_text.source_of_page(places[0].index).name,
        page=page.number,
        label=page.label,
        start=start,
        end=end,
        places=tuple(places),
        rendered=tuple(shown.places),
        similarity=similarity,
        crop=shown.crop,
    )


def _places(source_text: SourceText, start: int, end: int) -> list[Place]:
    """Where a passage lies in the source: one box for each line, more where a line has gaps."""
    places: list[Place] = []
    located = source_text.locate(start, end)
    inked = [found for found in located if found.box.x1 > found.box.x0] or list(located)
    for _, index, box in inked:
        page = source_text.pages[index]
        last = places[-1] if places else None
        if last is not None and last.index == index and _continues(last.box, box, page.width, page.height):
            places[-1] = replace(last, box=_around(last.box, box))
        else:
            places.append(Place(index=index, box=box, width=page.width, height=page.height))
    return places


def _continues(last: Box, box: Box, width: float, height: float) -> bool:
    """Whether a box goes on with the line of the one before; in sources without fixed pages, whether it is the same."""
    if not width:
        return last == box
    high = min(last.y1 - last.y0, box.y1 - box.y0)
    overlap = min(last.y1, box.y1) - max(last.y0, box.y0)
    gap = max(box.x0 - last.x1, last.x0 - box.x1) * width
    return overlap > high / 2 and gap <= _GAP * high * height


def _around(one: Box, other: Box) -> Box:
    return Box(min(one.x0, other.x0), min(one.y0, other.y0), max(one.x1, other.x1), max(one.y1, other.y1))
