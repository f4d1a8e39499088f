"""Text to lines to pages: which characters stand where, before a pixel is drawn."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glyph_integrations.rendering.compose import ALLOWED, EMERGENCY, Composer, Composition

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from glyph_integrations.rendering.style import Geometry
    from glyph_integrations.source.text import Picture

_BLOCK = 1 << 18  # characters composed at a time, so that memory does not grow with the text


class Line(NamedTuple):
    """Characters ``[start, end)`` on one line, or the picture that stands for them.

    Attributes:
        start: First character.
        end: After the last character.
        first: Whether it begins a paragraph.
        last: Whether it ends a paragraph.
        kept: Whether it stays in the column of the line before.
        picture: Shown in place of the characters.
        size: Width and height of the picture in px.
    """

    start: int
    end: int
    first: bool
    last: bool
    kept: bool
    picture: Picture | None = None
    size: tuple[int, int] = (0, 0)


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


def break_lines(composer: Composer, start: int, stop: int, geometry: Geometry) -> Iterator[list[Line]]:
    """Fills lines greedily, block by block.

    Yields:
        The lines of one block; together they tile ``[start, stop)``.
    """
    units = composer.atlas.units
    room = (geometry.column_width - geometry.left_indent - geometry.right_indent) * units
    indent = geometry.first_line_indent * units
    position, first = start, True
    while position < stop:
        end = min(position + _BLOCK, stop)
        composition = composer.compose_block(position, end)
        ends = _line_ends(composition, room, indent, first=first, final=end == stop)
        yield _lines(composer, composition, position, ends, first=first, stop=stop)
        first = bool(composition.hard[ends[-1] - 1])
        position += ends[-1]


def _line_ends(composition: Composition, room: int, indent: int, *, first: bool, final: bool) -> list[int]:
    """Ends of the lines in a block; without ``final`` the last, perhaps incomplete, line is left to the next block."""
    size = len(composition.advances)
    reach = np.zeros(size + 1, np.int64)
    np.cumsum(composition.advances, out=reach[1:])
    index = np.arange(size, dtype=np.int32)
    last_allowed = np.maximum.accumulate(np.where(composition.breaks == ALLOWED, index, np.int32(0)))
    hard = [*np.flatnonzero(composition.hard).tolist(), size]
    spaces, breaks = composition.spaces, composition.breaks
    search = reach.searchsorted
    ends: list[int] = []
    start = next_hard = 0
    while start < size:
        while hard[next_hard] < start:
            next_hard += 1
        edge = hard[next_hard]
        end = int(search(int(reach[start]) + room - (indent if first else 0), "right")) - 1
        while end < size and end < edge and spaces[end]:
            end += 1
        if edge < size and end + int(reach[edge + 1] == reach[edge]) > edge:
            end, first = edge + 1, True
        elif end >= size:
            if not final and ends:
                break
            end = size
        else:
            end = _back_off(last_allowed, breaks, start, end)
            first = False
        ends.append(end)
        start = end
    return ends


def _back_off(last_allowed: NDArray[np.int32], breaks: NDArray[np.uint8], start: int, end: int) -> int:
    """The last place at or before ``end`` where the line may end; at least one character is taken."""
    allowed = int(last_allowed[end])
    if allowed > start:
        return allowed
    while end > start and breaks[end] < EMERGENCY:
        end -= 1
    if end > start:
        return end
    end = start + 1
    while end < len(breaks) and breaks[end] < EMERGENCY:
        end += 1
    return end


def _lines(
    composer: Composer, composition: Composition, offset: int, ends: list[int], *, first: bool, stop: int
) -> list[Line]:
    closing = composition.hard[np.array(ends) - 1].tolist()
    starts = [offset, *(offset + end for end in ends[:-1])]
    kept = _inside_rows(np.array(starts), composer.rows).tolist()
    opening = [first, *closing[:-1]]
    return [
        Line(begin, offset + end, is_first, is_last or offset + end == stop, keep)
        for begin, end, is_first, is_last, keep in zip(starts, ends, opening, closing, kept, strict=True)
    ]


def _inside_rows(starts: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a line begins within a table row, so that it stays on the page of the line before."""
    if not len(rows):
        return np.zeros(len(starts), bool)
    row = np.minimum(np.searchsorted(rows[:, 1], starts, "right"), len(rows) - 1)
    inside: NDArray[np.bool_] = (rows[row, 0] < starts) & (starts < rows[row, 1])
    return inside


def paginate(lines: Iterator[list[Line]], geometry: Geometry) -> Iterator[PageLayout]:
    """Stacks lines into columns and pages. Pages keep the full height; the caller crops."""
    pending: list[Line] = []
    for block in lines:
        pending += block
        while pending:
            layout, taken = _fill_page(pending, geometry)
            if taken == len(pending):
                break  # it may take more from the next block
            yield layout
            del pending[:taken]
    while pending:
        layout, taken = _fill_page(pending, geometry)
        yield layout
        del pending[:taken]


def _fill_page(lines: list[Line], geometry: Geometry) -> tuple[PageLayout, int]:
    """Lays lines from the first on until the page is full; returns it and how many it took."""
    bottom = geometry.height - geometry.margin_y
    x: list[int] = []
    y: list[int] = []
    room: list[int] = []
    column, top, taken = 0, geometry.margin_y, 0
    column_start = 0
    width = geometry.column_width - geometry.left_indent - geometry.right_indent
    while taken < len(lines):
        line = lines[taken]
        above = geometry.space_before if line.first and top > geometry.margin_y else 0
        if line.first and top == geometry.margin_y:
            above = geometry.border_width + geometry.border_padding
        height = line.size[1] or geometry.line_height
        if top + above + height > bottom and taken > column_start:
            back = taken
            while back > column_start and lines[back].kept:
                back -= 1
            if back > column_start:
                taken = back
                del x[taken:], y[taken:], room[taken:]
            column, top, column_start = column + 1, geometry.margin_y, taken
            if column == geometry.columns:
                break
            continue
        indent = geometry.first_line_indent if line.first else 0
        x.append(geometry.margin_x + column * geometry.column_step + geometry.left_indent + indent)
        y.append(top + above)
        room.append(width - indent)
        top += above + height + (geometry.space_after if line.last else 0)
        taken += 1
    placed = lines[:taken]
    page = PageLayout(
        start=placed[0].start,
        end=placed[-1].end,
        width=geometry.width,
        height=geometry.height,
        lines=np.array([*(line.start for line in placed), placed[-1].end], np.int64),
        x=np.array(x, np.int32),
        y=np.array(y, np.int32),
        room=np.array(room, np.int32),
        last=np.array([line.last for line in placed], bool),
        pictures=tuple(
            PlacedPicture(line.picture, number, x[number], y[number], *line.size)
            for number, line in enumerate(placed)
            if line.picture is not None
        ),
    )
    return page, taken


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
