"""Sizes of pages in px: what a model takes without resizing, cropped to what is on the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.source.text import Box


def crop(spec: ModelSpec, needed: tuple[int, int], full: tuple[int, int]) -> tuple[int, int]:
    """The smallest page that holds ``needed`` (width, height) px, is no larger than ``full``, and is not resized."""
    step = max(spec.factor, 1)
    width, height = (min(-(-side // step) * step, limit) for side, limit in zip(needed, full, strict=True))
    while (width, height) != full and spec.fit(width, height) != (width, height):
        if height < full[1]:
            height = min(height + step, full[1])
        else:
            width = min(width + step, full[0])
    return width, height


def picture_size(extent: tuple[float, float], box: Box, full: tuple[int, int], dpi: float) -> tuple[int, int]:
    """Return the size in px of the part ``box`` of a whole of ``extent`` pt.

    The whole, a source page or an embedded picture, is drawn no larger than ``full`` and no larger than ``dpi`` asks.
    """
    whole_width, whole_height = extent[0] or full[0], extent[1] or full[1]
    scale = min(full[0] / whole_width, full[1] / whole_height, dpi / 72)
    wide, high = (box.x1 - box.x0) * whole_width * scale, (box.y1 - box.y0) * whole_height * scale
    return min(max(round(wide), 1), full[0]), min(max(round(high), 1), full[1])


def page_around(spec: ModelSpec, size: tuple[int, int]) -> tuple[tuple[int, int], tuple[int, int]]:
    """A page for one picture, and the picture scaled into it with its proportions kept, both in px."""
    step = max(spec.factor, 1)
    page = spec.fit(*(max(round(side / step), 1) * step for side in size))
    scale = min(page[0] / size[0], page[1] / size[1])
    return page, (max(int(size[0] * scale), 1), max(int(size[1] * scale), 1))
