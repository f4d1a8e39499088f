"""Text with a layout of its own: how wide it is drawn, how far its tabs lead, where a line too wide goes on.

Lines end where they end in the source. A range that is too wide for its column loses the indent that all of its lines
share, then its letters become narrower; if that is not enough, long lines go on behind a mark. Widths are in columns.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.rendering.atlas import TAB
from glyph_integrations.rendering.characters import code_points

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from numpy.typing import NDArray

    from glyph_integrations.rendering.atlas import GlyphAtlas

BLOCK = 1 << 18  # characters measured at a time
_NEWLINE, _BLANK = 0x0A, 0x20
_TAB_STOP = 8


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Verbatim:
    """Where verbatim text differs from running text; positions are characters of the whole text, in order.

    Attributes:
        ranges: The ranges, shape [ranges, 2].
        squeezes: Width of the letters of each range, one of the atlas's.
        ends: Line breaks that end a line; the one before each range and the last one behind it are among them.
        continued: Characters at which a line too wide goes on.
        tabs: Tabs.
        stops: Width of each tab.
        folded: Spaces that are not drawn.
    """

    ranges: NDArray[np.int64]
    squeezes: tuple[float, ...]
    ends: NDArray[np.int64]
    continued: NDArray[np.int64]
    tabs: NDArray[np.int64]
    stops: NDArray[np.int64]
    folded: NDArray[np.int64]

    def within(self, begin: int, end: int) -> Iterator[tuple[int, int, float]]:
        """The parts of characters ``[begin, end)`` that are verbatim, each with the width of its letters."""
        first = int(np.searchsorted(self.ranges[:, 1], begin, "right"))
        for number in range(first, len(self.ranges)):
            start, stop = self.ranges[number].tolist()
            if start >= end:
                return
            yield max(start, begin), min(stop, end), self.squeezes[number]

    def holds(self, positions: NDArray[np.int64]) -> NDArray[np.bool_]:
        """Whether each position lies in a range; shape of the input."""
        if not len(self.ranges):
            return np.zeros(positions.shape, bool)
        number = np.minimum(np.searchsorted(self.ranges[:, 1], positions, "right"), len(self.ranges) - 1)
        inside: NDArray[np.bool_] = (self.ranges[number, 0] <= positions) & (positions < self.ranges[number, 1])
        return inside


def between(positions: NDArray[np.int64], begin: int, end: int) -> slice:
    """The part of sorted positions that lies in ``[begin, end)``."""
    first, last = np.searchsorted(positions, (begin, end))
    return slice(int(first), int(last))


def lay_out_verbatim(text: str, ranges: Sequence[tuple[int, int]], atlas: GlyphAtlas, room: int) -> Verbatim:
    """Decides how each range is drawn on lines ``room`` units wide."""
    found: dict[str, list[NDArray[np.int64]]] = {
        name: [np.zeros(0, np.int64)] for name in ("ends", "continued", "tabs", "stops", "folded")
    }
    squeezes = []
    for start, end in ranges:
        found["ends"].append(np.array([max(start - 1, 0), _last_line_break(text, end)]))
        lines = [_measure(text, begin, stop, atlas) for begin, stop in _blocks(text, start, end)]
        squeeze, indent = _fit(lines, atlas, room)
        squeezes.append(squeeze)
        capacity = room // atlas.pitch(squeeze)
        for measured in lines:
            found["ends"].append(measured.ends)
            found["tabs"].append(measured.tabs)
            found["stops"].append(measured.stops)
            if indent:
                found["folded"].append(measured.fold(indent))
            if not indent and measured.widest > capacity:
                found["continued"].append(_continue(text, measured, atlas, capacity))
    joined = {name: np.concatenate(parts) for name, parts in found.items()}
    joined["ends"] = np.unique(joined["ends"])
    return Verbatim(ranges=np.array(ranges, np.int64).reshape(-1, 2), squeezes=tuple(squeezes), **joined)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Lines:
    """Lines as they stand: starts, widths and indents of all but blank ones; see ``Verbatim`` for the rest."""

    starts: NDArray[np.int64]
    stops_at: NDArray[np.int64]
    widths: NDArray[np.int64]
    indents: NDArray[np.int64]
    ends: NDArray[np.int64]
    tabs: NDArray[np.int64]
    stops: NDArray[np.int64]

    @property
    def widest(self) -> int:
        return int(self.widths.max(initial=0))

    @property
    def shared_indent(self) -> int:
        return int(self.indents.min(initial=1 << 30))

    def fold(self, indent: int) -> NDArray[np.int64]:
        """The spaces of an indent that every line has."""
        return (self.starts[:, None] + np.arange(indent)).reshape(-1)


def _last_line_break(text: str, position: int) -> int:
    """The last of the line breaks from a position on: their marks stand behind the range, not before what follows."""
    while text[position + 1 : position + 2] == "\n":
        position += 1
    return min(position, len(text) - 1)


def _blocks(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """Whole lines, about ``BLOCK`` characters at a time."""
    while start < end:
        stop = text.find("\n", min(start + BLOCK, end), end)
        stop = end if stop < 0 else stop + 1
        yield start, stop
        start = stop


def _measure(text: str, start: int, end: int, atlas: GlyphAtlas) -> _Lines:
    characters = code_points(text[start:end])
    pitch = atlas.pitch(1.0)
    newline = characters == _NEWLINE
    widths = np.where(newline, 0, atlas.advance[atlas.entries(characters, 1.0)] // pitch).astype(np.int64)
    ends = np.flatnonzero(newline)
    starts = np.concatenate([[0], ends + 1])
    stops_at = np.append(ends, len(characters))
    tabs = np.flatnonzero(characters == TAB)
    reach = np.zeros(len(characters) + 1, np.int64)
    np.cumsum(widths, out=reach[1:])
    if len(tabs):
        widths[tabs] = _tab_widths(tabs, starts, reach)
        np.cumsum(widths, out=reach[1:])
    inked = np.append(np.flatnonzero((characters != _BLANK) & ~newline), len(characters))
    indents = inked[np.searchsorted(inked, starts)] - starts
    full = indents < stops_at - starts
    return _Lines(
        starts=starts[full] + start,
        stops_at=stops_at[full] + start,
        widths=(reach[stops_at] - reach[starts])[full],
        indents=indents[full],
        ends=ends + start,
        tabs=tabs + start,
        stops=widths[tabs],
    )


def _tab_widths(tabs: NDArray[np.int64], starts: NDArray[np.int64], reach: NDArray[np.int64]) -> list[int]:
    """Each tab leads to the next multiple of eight columns; ``reach`` counts a tab as one."""
    found: list[int] = []
    line, gained = -1, 0
    owners = np.searchsorted(starts, tabs, "right") - 1
    for owner, column in zip(owners.tolist(), (reach[tabs] - reach[starts[owners]]).tolist(), strict=True):
        line, gained = owner, gained if owner == line else 0
        width = _TAB_STOP - (column + gained) % _TAB_STOP
        gained += width - 1
        found.append(width)
    return found


def _fit(lines: Sequence[_Lines], atlas: GlyphAtlas, room: int) -> tuple[float, int]:
    """The widest letters with which a range fits, and the shared indent if it has to go; the widest where none do."""
    widest = max((measured.widest for measured in lines), default=0)
    indent = min((measured.shared_indent for measured in lines), default=0)
    for squeeze in atlas.squeezes:
        for folded in (0, indent):
            if (widest - folded) * atlas.pitch(squeeze) <= room:
                return squeeze, folded
    return atlas.squeezes[0], 0


def _continue(text: str, measured: _Lines, atlas: GlyphAtlas, capacity: int) -> NDArray[np.int64]:
    """Where lines that are too wide go on: after a space in the second half of the line, else within a word."""
    found: list[int] = []
    for number in np.flatnonzero(measured.widths > capacity).tolist():
        start, end = int(measured.starts[number]), int(measured.stops_at[number])
        widths = atlas.advance[atlas.entries(code_points(text[start:end]), 1.0)] // atlas.pitch(1.0)
        part = between(measured.tabs, start, end)
        widths[measured.tabs[part] - start] = measured.stops[part]
        reach = np.concatenate([[0], np.cumsum(widths)])
        begin, room = 0, capacity
        while (edge := int(np.searchsorted(reach, reach[begin] + room, "right")) - 1) < end - start:
            space = text.rfind(" ", start + (begin + edge) // 2, start + edge)
            begin = max(edge if space < 0 else space + 1 - start, begin + 1)
            room = capacity - atlas.continuation_columns
            found.append(start + begin)
    return np.array(found, np.int64)
