"""The order in which a person reads what lies on a slide."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol, TypeVar

from glyph_integrations.source.text import Box

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUDGE = 1e-6


class Placed(Protocol):
    """Anything with a box on a page, which may reach beyond it."""

    @property
    def box(self) -> Box:
        """In shares of the page."""
        ...


T = TypeVar("T", bound=Placed)


def order_for_reading(items: Iterable[T]) -> list[T]:
    """Rows from the top, each from the left; shapes that overlap vertically by more than half are in one row."""
    rows: list[list[T]] = []
    for item in sorted(items, key=lambda item: (item.box.y0, item.box.x0)):
        if rows and _is_beside(rows[-1][0].box, item.box):
            rows[-1].append(item)
        else:
            rows.append([item])
    return [item for row in rows for item in sorted(row, key=lambda item: (round(item.box.x0, 2), item.box.y0))]


def clip_box(box: Box) -> Box:
    """The part of a box that is on the page; its nearest edge where there is none."""
    x0, y0, x1, y1 = (min(max(side, 0.0), 1.0) for side in box)
    return Box(x0, y0, max(x1, x0), max(y1, y0))


def _is_beside(first: Box, other: Box) -> bool:
    overlap = min(first.y1, other.y1) - max(first.y0, other.y0)
    return overlap > 0.5 * max(min(first.y1 - first.y0, other.y1 - other.y0), _NUDGE)
