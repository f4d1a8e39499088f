"""Composed characters to lines: where each line ends."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glyph_integrations.rendering.characters import ALLOWED, EMERGENCY

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from glyph_integrations.rendering.compose import Composer, Composition
    from glyph_integrations.rendering.style import Geometry
    from glyph_integrations.source.text import Picture

BLOCK = 1 << 18  # characters composed at a time, so that memory does not grow with the text


class Lines(NamedTuple):
    """Lines that follow one another, some of them pictures; the arrays have the shape [lines].

    Attributes:
        start: First character of each line.
        end: After the last character of the last line.
        first: Whether a line begins a paragraph.
        last: Whether a line ends a paragraph.
        kept: Whether a line stays in the column of the line before.
        height: In px.
        pictures: Lines that are pictures: the line's index, the picture, and its width in px.
    """

    start: NDArray[np.int64]
    end: int
    first: NDArray[np.bool_]
    last: NDArray[np.bool_]
    kept: NDArray[np.bool_]
    height: NDArray[np.int32]
    pictures: tuple[tuple[int, Picture, int], ...] = ()

    @classmethod
    def picture(cls, picture: Picture, start: int, end: int, size: tuple[int, int]) -> Lines:
        """One line that is a picture of ``size`` (width, height) px and stands for characters ``[start, end)``."""
        alone, kept = np.ones(1, bool), np.zeros(1, bool)
        height = np.array([size[1]], np.int32)
        return cls(np.array([start], np.int64), end, alone, alone, kept, height, ((0, picture, size[0]),))

    def then(self, more: Lines) -> Lines:
        """These lines and those that follow them."""
        shifted = tuple((index + len(self.start), picture, width) for index, picture, width in more.pictures)
        return Lines(
            start=np.concatenate([self.start, more.start]),
            end=more.end,
            first=np.concatenate([self.first, more.first]),
            last=np.concatenate([self.last, more.last]),
            kept=np.concatenate([self.kept, more.kept]),
            height=np.concatenate([self.height, more.height]),
            pictures=self.pictures + shifted,
        )

    def part(self, begin: int, stop: int) -> Lines:
        """Lines ``[begin, stop)``."""
        part = slice(begin, stop)
        return Lines(
            start=self.start[part],
            end=int(self.start[stop]) if stop < len(self.start) else self.end,
            first=self.first[part],
            last=self.last[part],
            kept=self.kept[part],
            height=self.height[part],
            pictures=tuple((i - begin, picture, width) for i, picture, width in self.pictures if begin <= i < stop),
        )


def break_lines(composer: Composer, start: int, stop: int, geometry: Geometry) -> Iterator[Lines]:
    """Fills lines greedily, block by block.

    Yields:
        The lines of one block; together they tile ``[start, stop)``.
    """
    units = composer.atlas.units
    room = (geometry.column_width - geometry.left_indent - geometry.right_indent) * units
    indent = geometry.first_line_indent * units
    position, first = start, True
    while position < stop:
        end = min(position + BLOCK, stop)
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
) -> Lines:
    edges = np.array([0, *ends], np.int64)
    closing = composition.hard[edges[1:] - 1]
    start = edges[:-1] + offset
    last = closing.copy()
    last[-1] |= offset + ends[-1] == stop
    return Lines(
        start=start,
        end=offset + ends[-1],
        first=np.concatenate([[first], closing[:-1]]),
        last=last,
        kept=_inside_rows(start, composer.rows),
        height=np.full(len(start), composer.atlas.line_height, np.int32),
    )


def _inside_rows(starts: NDArray[np.int64], rows: NDArray[np.int64]) -> NDArray[np.bool_]:
    """Whether a line begins within a table row, so that it stays on the page of the line before."""
    if not len(rows):
        return np.zeros(len(starts), bool)
    row = np.minimum(np.searchsorted(rows[:, 1], starts, "right"), len(rows) - 1)
    inside: NDArray[np.bool_] = (rows[row, 0] < starts) & (starts < rows[row, 1])
    return inside
