"""Lines to pixels: one page put together from the columns of the glyph atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glyph_integrations.rendering.atlas import EMPTY, SHAPED
from glyph_integrations.rendering.compose import NEWLINE, Composer, Composition
from glyph_integrations.rendering.shaping import base_direction, is_rtl, visual_order

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from glyph_integrations.rendering.layout import PageLayout, PlacedPicture
    from glyph_integrations.rendering.style import Geometry, RenderStyle


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
    text, advances, units = composer.text, composition.advances, composer.atlas.units
    for number in np.unique(
        np.searchsorted(layout.lines, layout.start + np.flatnonzero(is_rtl(text[layout.start : layout.end])), "right")
        - 1
    ).tolist():
        start, end = int(layout.lines[number]), int(layout.lines[number + 1])
        left = int(pen[start - layout.start])
        for begin, stop in _pieces(text, start, end):
            opening = text.rfind("\n", 0, begin) + 1
            base = base_direction(text[opening : opening + 1000])
            part = slice(begin - layout.start, stop - layout.start)
            order, drawn = visual_order(text[begin:stop], base=base)
            width = int(advances[part].sum())
            if base == "R" and composer.style.newline == "break":
                hanging = (
                    int(advances[part][composition.spaces[part]][-1:].sum()) if text[begin:stop].endswith(" ") else 0
                )
                left += max(int(layout.room[number]) * units - width + hanging, 0) - hanging
            pen[np.array(order) + part.start] = left + np.concatenate([[0], np.cumsum(advances[part][order])[:-1]])
            for position, character in zip(order, drawn, strict=True):
                if entries[part.start + position] > 0 and character not in {text[begin + position], "\ufffc"}:
                    entries[part.start + position] = composer.atlas.entries(np.array([ord(character)], np.uint32))[0]
            left += width


def _pieces(text: str, start: int, end: int) -> Iterator[tuple[int, int]]:
    """The parts of a line that belong to one paragraph each; a line break ends its part."""
    while start < end:
        newline = text.find("\n", start, end)
        stop = end if newline < 0 else newline + 1
        yield start, stop
        start = stop


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


def rasterise(
    layout: PageLayout, composer: Composer, geometry: Geometry, drawings: Iterator[NDArray[np.uint8]]
) -> NDArray[np.uint8]:
    """Draws a page.

    Args:
        layout: What stands where.
        composer: Of the text it was laid out from.
        geometry: The measures of the pages.
        drawings: Draws the pictures of this page in turn, [height, width] or [height, width, 3].

    Returns:
        Gray values of shape [height, width], or RGB of shape [height, width, 3] where the style or a picture has
        colour.
    """
    placed = place(layout, composer)
    ink = np.zeros((layout.height, layout.width), np.uint8)
    _draw_cells(ink, layout, placed, composer)
    if (placed.entries == SHAPED).any():
        _draw_shaped(ink, layout, placed, composer)
    page = _paint(ink, layout, placed, composer, geometry)
    for picture in layout.pictures:
        page = _paste(page, next(drawings), picture)
    return page


def _paste(page: NDArray[np.uint8], drawing: NDArray[np.uint8], picture: PlacedPicture) -> NDArray[np.uint8]:
    """Puts a drawing in its place; a gray page becomes RGB where the drawing has colours."""
    if drawing.ndim == 3 and (drawing[:, :, :1] == drawing).all():
        drawing = drawing[:, :, 0]
    if page.ndim < drawing.ndim:
        page = np.repeat(page[:, :, None], 3, axis=2)
    elif drawing.ndim < page.ndim:
        drawing = drawing[:, :, None]
    page[picture.y : picture.y + picture.height, picture.x : picture.x + picture.width] = drawing
    return page


def _draw_cells(ink: NDArray[np.uint8], layout: PageLayout, placed: Placed, composer: Composer) -> None:
    """Draws all glyphs of the atlas: whole cells row by row, then the pixels that reach beyond them."""
    atlas = composer.atlas
    kept = np.flatnonzero(placed.entries > EMPTY)
    pen, line = placed.pen.take(kept), placed.line.take(kept)
    variants = atlas.variants(placed.entries.take(kept), pen)
    left = pen // atlas.units
    _copy_cells(ink, layout.y, _columns(layout, composer, variants, left, line), composer)
    owner, (dx, dy, value) = atlas.outside(variants)
    x = left.take(owner) + dx
    y = layout.y.take(line.take(owner)) + dy
    inside = (x >= 0) & (x < layout.width) & (y >= 0) & (y < layout.height)
    np.maximum.at(ink.reshape(-1), (y * layout.width + x)[inside], value[inside].astype(np.uint8))


def _columns(
    layout: PageLayout,
    composer: Composer,
    variants: NDArray[np.int64],
    left: NDArray[np.int64],
    line: NDArray[np.int64],
) -> NDArray[np.intp]:
    """The column of the atlas for every pixel column of every line, shape [lines · width]."""
    cell, cell_width = composer.atlas.cells(variants)
    drawn = np.flatnonzero(cell)
    cell, cell_width = cell.take(drawn), cell_width.take(drawn)
    target = line.take(drawn) * layout.width + left.take(drawn)
    end = np.cumsum(cell_width)
    begin = end - cell_width
    step = np.arange(int(end[-1]) if len(end) else 0)
    columns = np.zeros(len(layout.y) * layout.width, np.intp)
    columns[np.repeat(target - begin, cell_width) + step] = np.repeat(cell - begin, cell_width) + step
    return columns


def _copy_cells(ink: NDArray[np.uint8], y: NDArray[np.int32], columns: NDArray[np.intp], composer: Composer) -> None:
    """Copies cells to the page, one of their rows after another for all lines."""
    height, (lines, width) = composer.atlas.line_height, (len(y), ink.shape[1])
    if (np.diff(y) == height).all():  # the lines follow one another without a gap, in one column
        body = ink[int(y[0]) : int(y[0]) + lines * height].reshape(lines, height, width)
        for row in range(height):
            body[:, row] = composer.atlas.row(row).take(columns).reshape(lines, width)
        return
    for row in range(height):
        drawn = composer.atlas.row(row).take(columns).reshape(lines, width)
        for number, top in enumerate(y.tolist()):
            part = ink[top + row]
            np.maximum(part, drawn[number], out=part)


def _draw_shaped(ink: NDArray[np.uint8], layout: PageLayout, placed: Placed, composer: Composer) -> None:
    """Draws the clusters of scripts that need shaping, over whatever stands there."""
    atlas = composer.atlas
    begin, end = composer.context(layout.start, layout.end)
    for position, face, cluster in composer.shaper.clusters(composer.text[begin:end]):
        at = position + begin - layout.start
        if 0 <= at < len(placed.entries) and placed.entries[at] == SHAPED:
            pen = placed.pen[at] / atlas.units
            baseline = int(layout.y[placed.line[at]]) + atlas.baseline
            for glyph in cluster.glyphs:
                drawn = atlas.bitmap(face, glyph.number)
                _overlay(ink, drawn.ink, round(pen + glyph.x) + drawn.left, baseline - round(glyph.y) - drawn.top)


def _overlay(ink: NDArray[np.uint8], glyph: NDArray[np.uint8], left: int, top: int) -> None:
    height, width = glyph.shape
    x0, x1 = max(left, 0), min(left + width, ink.shape[1])
    y0, y1 = max(top, 0), min(top + height, ink.shape[0])
    if x0 < x1 and y0 < y1:
        part = ink[y0:y1, x0:x1]
        np.maximum(part, glyph[y0 - top : y1 - top, x0 - left : x1 - left], out=part)


def _paint(
    ink: NDArray[np.uint8], layout: PageLayout, placed: Placed, composer: Composer, geometry: Geometry
) -> NDArray[np.uint8]:
    """Ink to colours: 255 is the colour of the text, 0 that of the paper."""
    style = composer.style
    plain = not (style.paragraph_colour or style.newline_colour or style.border_width)
    if plain and style.text_colour == "#000000" and style.page_colour == "#ffffff":
        return np.bitwise_not(ink, out=ink)
    depth = 3 if style.has_colour else 1
    paper = np.empty((*ink.shape, depth), np.float32)
    paper[:] = _channels(style.page_colour, depth)
    text = np.empty((1, 1, depth), np.float32)
    text[:] = _channels(style.text_colour, depth)
    if style.paragraph_colour or style.border_width:
        _paint_paragraphs(paper, layout, style, geometry, depth)
    colour = np.broadcast_to(text, paper.shape)
    if style.newline_colour:
        colour = colour.copy()
        _paint_marks(colour, layout, placed, composer, depth)
    share = (ink / np.float32(255))[:, :, None]
    page = (paper + (colour - paper) * share + np.float32(0.5)).astype(np.uint8)
    return page if depth == 3 else page[:, :, 0]


def _channels(colour: str, depth: int) -> list[int]:
    return [int(colour[at : at + 2], 16) for at in (1, 3, 5)][:depth]


def _paint_paragraphs(
    paper: NDArray[np.float32], layout: PageLayout, style: RenderStyle, geometry: Geometry, depth: int
) -> None:
    """Colours the ground behind each paragraph and rules its frame."""
    pad, rule = geometry.border_padding, geometry.border_width
    new_column = np.diff(layout.y, prepend=layout.y[0] + 1) < 0
    begins = np.flatnonzero(np.concatenate([[True], layout.last[:-1]]) | new_column)
    for first, last in zip(begins, [*(begins[1:] - 1), len(layout.y) - 1], strict=True):
        x0 = int(layout.x[first : last + 1].min())
        x1 = x0 + int(layout.room[first : last + 1].max())
        y0, y1 = int(layout.y[first]), int(layout.y[last]) + geometry.line_height
        if rule:
            outer = (slice(max(y0 - pad - rule, 0), y1 + pad + rule), slice(max(x0 - pad - rule, 0), x1 + pad + rule))
            paper[outer] = _channels(style.border_colour, depth)
        ground = style.paragraph_colour or style.page_colour
        paper[max(y0 - pad, 0) : y1 + pad, max(x0 - pad, 0) : x1 + pad] = _channels(ground, depth)


def _paint_marks(
    colour: NDArray[np.float32], layout: PageLayout, placed: Placed, composer: Composer, depth: int
) -> None:
    """Gives the marks for line breaks their colour."""
    marks = np.flatnonzero(composer.code_points(layout.start, layout.end) == NEWLINE)
    units, height = composer.atlas.units, composer.atlas.line_height
    for mark in marks.tolist():
        left = int(placed.pen[mark]) // units
        right = left + -(-int(placed.advances[mark]) // units)
        top = int(layout.y[placed.line[mark]])
        colour[top : top + height, left:right] = _channels(composer.style.newline_colour, depth)
