"""Lines to pages: what stands where, before a pixel is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from numpy.typing import NDArray

    from glyph_integrations.rendering.lines import Lines
    from glyph_integrations.rendering.style import Geometry
    from glyph_integrations.source.text import Picture

_BLOCK = 1 << 18  # characters composed at a time, so that memory does not grow with the text


class PlacedPicture(NamedTuple):
    """A picture on a page: the line it takes the place of, its left top corner and its size, in px."""

    picture: Picture
    line: int
    x: int
    y: int
    width: int
    height: int


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class PageLayout:
    """What stands where on one page, which shows characters ``[start, end)``.

    Attributes:
        width: Of the page, in px.
        height: Of the page, in px.
        lines: First character of each line, then ``end``; shape [lines + 1].
        x: Left end of each line, in px, shape [lines].
        y: Top of each line's cell, in px, shape [lines].
        room: Width that each line could fill, in px, shape [lines].
        last: Whether a line ends its paragraph, shape [lines].
        pictures: Those that take the place of lines.
    """

    start: int
    end: int
    width: int
    height: int
    lines: NDArray[np.int64]
    x: NDArray[np.int32]
    y: NDArray[np.int32]
    room: NDArray[np.int32]
    last: NDArray[np.bool_]
    pictures: tuple[PlacedPicture, ...] = ()


def paginate(blocks: Iterable[Lines], geometry: Geometry) -> Iterator[PageLayout]:
    """Stacks lines into columns and pages. Pages keep the full height; the caller crops."""
    pending: Lines | None = None
    for block in blocks:
        pending = block if pending is None else pending.then(block)
        begin = 0
        while (layout := _fill_page(pending, begin, geometry))[1] < len(pending.start):
            yield layout[0]
            begin = layout[1]
        # The last page may take more from the next block.
        pending = pending.part(begin, len(pending.start))
    if pending is not None:
        yield _fill_page(pending, 0, geometry)[0]


def _fill_page(lines: Lines, begin: int, geometry: Geometry) -> tuple[PageLayout, int]:
    """Lays lines from ``begin`` on until the page is full; returns it and the line that comes after it."""
    stop = begin
    tops, columns = [], []
    for column in range(geometry.columns):
        if stop < len(lines.start):
            top = _fill_column(lines, stop, geometry)
            tops.append(top)
            columns.append(np.full(len(top), column, np.int32))
            stop += len(top)
    taken = lines.part(begin, stop)
    indent = np.where(taken.first, np.int32(geometry.first_line_indent), np.int32(0))
    x = geometry.margin_x + geometry.left_indent + np.concatenate(columns) * geometry.column_step + indent
    y = geometry.margin_y + np.concatenate(tops)
    page = PageLayout(
        start=int(taken.start[0]),
        end=taken.end,
        width=geometry.width,
        height=geometry.height,
        lines=np.append(taken.start, taken.end),
        x=x,
        y=y,
        room=geometry.column_width - geometry.left_indent - geometry.right_indent - indent,
        last=taken.last,
        pictures=tuple(
            PlacedPicture(picture, i, int(x[i]), int(y[i]), width, int(taken.height[i]))
            for i, picture, width in taken.pictures
        ),
    )
    return page, stop


def _fill_column(lines: Lines, begin: int, geometry: Geometry) -> NDArray[np.int32]:
    """Tops of the lines from ``begin`` on that one column takes, in px from its upper end; at least one."""
    room = geometry.height - 2 * geometry.margin_y
    part = slice(begin, begin + room // geometry.line_height + 2)
    height = lines.height[part]
    above = np.where(lines.first[part], np.int32(geometry.space_before), np.int32(0))
    above[0] = geometry.border_width + geometry.border_padding if lines.first[begin] else 0
    below = np.where(lines.last[part], np.int32(geometry.space_after), np.int32(0))
    top: NDArray[np.int32] = np.cumsum(above + height + below, dtype=np.int32) - height - below
    fitting = max(int(np.searchsorted(top + height, room, "right")), 1)
    if begin + fitting < len(lines.start):
        back = fitting
        while back and lines.kept[begin + back]:
            back -= 1
        fitting = back or fitting
    return top[:fitting]


def picture_page(picture: Picture, start: int, end: int, page: tuple[int, int], size: tuple[int, int]) -> PageLayout:
    """A page that a picture has for itself; ``page`` and ``size`` are the page's and the picture's, in px."""
    return PageLayout(
        start=start,
        end=end,
        width=page[0],
        height=page[1],
        lines=np.array([start, end], np.int64),
        x=np.zeros(1, np.int32),
        y=np.zeros(1, np.int32),
        room=np.array([page[0]], np.int32),
        last=np.ones(1, bool),
        pictures=(PlacedPicture(picture, 0, 0, 0, *size),),
    )
