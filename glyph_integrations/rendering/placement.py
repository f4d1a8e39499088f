"""Where every character of a page stands: alignment, and the visual order of lines with text from right to left."""

from __future__ import annotations

from itertools import pairwise
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glyph_integrations.rendering.atlas import EMPTY
from glyph_integrations.rendering.shaping import is_rtl, visual_order

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.rendering.compose import Composer, Composition
    from glyph_integrations.rendering.layout import PageLayout


class Placed(NamedTuple):
    """The characters of a page and where their pens stand; all arrays of shape [characters].

    Attributes:
        entries: Atlas entries.
        line: Index of the line.
        pen: Distance of the pen from the page's left edge, in the atlas's units.
        advances: In the atlas's units.
    """

    entries: NDArray[np.int32]
    line: NDArray[np.int64]
    pen: NDArray[np.int64]
    advances: NDArray[np.int32]


def place(layout: PageLayout, composer: Composer) -> Placed:
    """Puts every character of a page in its place, aligned as the style says."""
    composition = composer.compose(layout.start, layout.end)
    counts = np.diff(layout.lines)
    line = np.repeat(np.arange(len(counts)), counts)
    if layout.pictures:
        composition = _without(composition, np.isin(line, [placed.line for placed in layout.pictures]))
    advances = composition.advances
    reach = np.zeros(len(advances) + 1, np.int64)
    np.cumsum(advances, out=reach[1:])
    begin = layout.lines[:-1] - layout.start
    units = composer.atlas.units
    alignment = composer.style.alignment
    origin = layout.x.astype(np.int64) * units
    pen = reach[:-1] + np.repeat(origin - reach[begin], counts)
    entries = composition.entries
    if alignment != "left":
        inked = ~composition.spaces & ~composition.hard
        slack = _slack(layout, reach, inked, units)
        slack[composer.verbatim.holds(layout.lines[:-1])] = 0
        if alignment == "justify":
            pen += _justified(composition.spaces, slack, layout, line)
        else:
            pen += np.repeat(slack // (2 if alignment == "center" else 1) // units * units, counts)
    if composer.shaper.has_rtl:
        entries = entries.copy()
        _order_lines(layout, composer, composition, entries, pen)
    return Placed(entries, line, pen, advances)


def _without(composition: Composition, covered: NDArray[np.bool_]) -> Composition:
    """Takes away the characters that pictures stand for."""
    entries = np.where(covered, np.int32(EMPTY), composition.entries)
    return composition._replace(entries=entries, advances=np.where(covered, np.int32(0), composition.advances))


def right_edge(layout: PageLayout, composer: Composer) -> int:
    """Where the widest line of a page ends, in px."""
    placed = place(layout, composer)
    text = -(-int((placed.pen + placed.advances).max(initial=0)) // composer.atlas.units)
    return max(text, *(picture.x + picture.width for picture in layout.pictures), 0)


def _order_lines(
    layout: PageLayout,
    composer: Composer,
    composition: Composition,
    entries: NDArray[np.int32],
    pen: NDArray[np.int64],
) -> None:
    """Moves the pens of lines that hold text from right to left into visual order, and mirrors their brackets."""
    text = composer.text
    rtl = is_rtl(text[layout.start : layout.end])
    edges = layout.lines.tolist()
    for number, (begin, stop) in enumerate(pairwise(edges)):
        base = composer.direction(begin)
        if base == "L" and not rtl[begin - layout.start : stop - layout.start].any():
            continue
        order, drawn = visual_order(text[begin:stop], base=base)
        part = slice(begin - layout.start, stop - layout.start)
        advances, left = composition.advances[part], int(pen[part.start])
        if base == "R" and composer.style.alignment in {"left", "justify"}:
            hanging = int(advances[len(text[begin:stop].rstrip(" ")) :].sum())
            visible = int(advances.sum()) - hanging
            left += max(int(layout.room[number]) * composer.atlas.units - visible, 0) - hanging
        pen[part.start + np.array(order)] = left + np.cumsum(advances[order]) - advances[order]
        for position, character in zip(order, drawn, strict=True):
            if entries[part.start + position] > EMPTY and character not in {text[begin + position], "\ufffc"}:
                entries[part.start + position] = composer.atlas.entries(np.array([ord(character)], np.uint32))[0]


def _slack(layout: PageLayout, reach: NDArray[np.int64], inked: NDArray[np.bool_], units: int) -> NDArray[np.int64]:
    """Unfilled width of each line in units, spaces at its end not counted; shape [lines]."""
    index = np.where(inked, np.arange(1, len(inked) + 1), 0)
    begin = layout.lines[:-1] - layout.start
    last = np.maximum(np.maximum.reduceat(index, begin), begin)
    slack: NDArray[np.int64] = np.maximum(layout.room.astype(np.int64) * units - (reach[last] - reach[begin]), 0)
    return slack


def _justified(
    spaces: NDArray[np.bool_], slack: NDArray[np.int64], layout: PageLayout, line: NDArray[np.int64]
) -> NDArray[np.int64]:
    """Extra width before each character, so that lines other than a paragraph's last reach the right edge."""
    begin = layout.lines[:-1] - layout.start
    end = layout.lines[1:] - layout.start
    before = np.zeros(len(spaces) + 1, np.int64)
    np.cumsum(spaces, out=before[1:])
    index = np.where(spaces, 0, np.arange(1, len(spaces) + 1))
    last = np.maximum(np.maximum.reduceat(index, begin), begin)
    gaps = before[last] - before[begin]
    passed = np.minimum(before[:-1] - before[begin][line], gaps[line])
    # A nearly empty line would be torn apart rather than justified.
    share = np.where(layout.last | (gaps == 0) | (end - begin < 8), 0, slack)
    extra: NDArray[np.int64] = passed * share[line] // np.maximum(gaps, 1)[line]
    return extra
