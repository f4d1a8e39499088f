"""Where shapes lie on a slide, and the order in which a person reads them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from glyph_integrations.source.text import WHOLE_PAGE, Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

_NUDGE = 1e-6


@dataclass(frozen=True, slots=True)
class Frame:
    """Maps the coordinates of a slide, or of a group on it, to 0–1 of the slide."""

    x: float
    y: float
    scale_x: float
    scale_y: float

    def box(self, left: float, top: float, width: float, height: float) -> Box:
        """A rectangle in these coordinates, normalised; it may reach beyond the slide."""
        x0, y0 = self.x + left * self.scale_x, self.y + top * self.scale_y
        return Box(x0, y0, x0 + width * self.scale_x, y0 + height * self.scale_y)


@dataclass(frozen=True, slots=True)
class Placed:
    """A shape and its box, which may reach beyond the slide."""

    shape: Any
    box: Box


def placed(shapes: Iterable[Any], frame: Frame) -> Iterator[Placed]:
    """All shapes that are not groups, those within groups included."""
    for shape in shapes:
        if hasattr(shape, "shapes"):
            yield from placed(shape.shapes, _inner(shape, frame))
        elif shape.left is None or shape.top is None:
            yield Placed(shape, WHOLE_PAGE)
        else:
            yield Placed(shape, frame.box(shape.left, shape.top, shape.width or 0, shape.height or 0))


def reading_order(items: Iterable[Placed]) -> list[Placed]:
    """Rows from the top, each from the left; shapes that overlap vertically by more than half are in one row."""
    rows: list[list[Placed]] = []
    for item in sorted(items, key=lambda item: (item.box.y0, item.box.x0)):
        if rows and _beside(rows[-1][0].box, item.box):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [item for row in rows for item in sorted(row, key=lambda item: (round(item.box.x0, 2), item.box.y0))]


def clipped(box: Box) -> Box | None:
    """The part of a box that is on the slide; None where there is none."""
    x0, y0, x1, y1 = (min(max(side, 0.0), 1.0) for side in box)
    seen = box.x0 < 1 and box.y0 < 1 and box.x1 > -_NUDGE and box.y1 > -_NUDGE
    return Box(x0, y0, max(x1, x0), max(y1, y0)) if seen else None


def _inner(group: Any, frame: Frame) -> Frame:
    """The coordinates within a group, which has a scale of its own."""
    transform = group._element.grpSpPr.xfrm  # noqa: SLF001 - python-pptx does not offer the child extents
    if transform is None or transform.find(f"{_A}chExt") is None or group.left is None:
        return frame
    offset, extent = transform.find(f"{_A}chOff"), transform.find(f"{_A}chExt")
    ratio_x = group.width / (int(extent.get("cx")) or 1)
    ratio_y = group.height / (int(extent.get("cy")) or 1)
    return Frame(
        x=frame.x + (group.left - int(offset.get("x")) * ratio_x) * frame.scale_x,
        y=frame.y + (group.top - int(offset.get("y")) * ratio_y) * frame.scale_y,
        scale_x=frame.scale_x * ratio_x,
        scale_y=frame.scale_y * ratio_y,
    )


def _beside(first: Box, other: Box) -> bool:
    overlap = min(first.y1, other.y1) - max(first.y0, other.y0)
    return overlap > 0.5 * max(min(first.y1 - first.y0, other.y1 - other.y0), _NUDGE)


_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
