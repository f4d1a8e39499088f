"""Lines to pixels: one page put together from the columns of the glyph atlas."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.rendering.atlas import EMPTY, SHAPED, overlay
from glyph_integrations.rendering.compose import NEWLINE
from glyph_integrations.rendering.placement import place

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from glyph_integrations.rendering.compose import Composer
    from glyph_integrations.rendering.layout import PageLayout, PlacedPicture
    from glyph_integrations.rendering.placement import Placed
    from glyph_integrations.rendering.style import Geometry, RenderStyle


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
    """Draws all glyphs of the atlas: whole cells, then the pixels that reach beyond them."""
    atlas = composer.atlas
    variants = atlas.variants(np.maximum(placed.entries, EMPTY), placed.pen)
    left = placed.pen // atlas.units
    cell, width = atlas.cells(variants)
    wide = np.flatnonzero(placed.advances)
    if composer.shaper.has_rtl:
        wide = wide[np.lexsort((left[wide], placed.line[wide]))]
    cell, width = cell.take(wide), width.take(wide)
    columns = _columns(layout, cell, width, left.take(wide), placed.line.take(wide))
    _copy_cells(ink, layout.y, atlas.ink(columns).reshape(len(layout.y), layout.width, -1).transpose(0, 2, 1))
    owner, (dx, dy, value) = atlas.outside(variants)
    x = left.take(owner) + dx
    y = layout.y.take(placed.line.take(owner)) + dy
    inside = (x >= 0) & (x < layout.width) & (y >= 0) & (y < layout.height)
    np.maximum.at(ink.reshape(-1), (y * layout.width + x)[inside], value[inside].astype(np.uint8))


def _columns(
    layout: PageLayout,
    cell: NDArray[np.int64],
    width: NDArray[np.int64],
    left: NDArray[np.int64],
    line: NDArray[np.int64],
) -> NDArray[np.int64]:
    """The column of the atlas for every pixel column of every line, shape [lines · width of the page].

    The cells, in order from left to right and line by line, follow one another without a gap, but for blanks: before
    the first cell of a line and after its last.
    """
    lines = np.arange(len(layout.y))
    begin = line * layout.width + np.minimum(left, layout.width)
    stop = np.searchsorted(line, lines, "right")
    filled = np.diff(stop, prepend=0) > 0
    tail = lines * layout.width
    last = stop[filled] - 1
    tail[filled] = np.minimum(begin[last] + width[last], tail[filled] + layout.width)
    begin = np.concatenate([[0], np.insert(begin, stop, tail)])
    cell = np.concatenate([[0], np.insert(cell, stop, 0)])
    columns = np.repeat(cell - begin, np.diff(begin, append=len(lines) * layout.width))
    columns += np.arange(len(columns))
    return columns


def _copy_cells(ink: NDArray[np.uint8], y: NDArray[np.int32], drawn: NDArray[np.uint8]) -> None:
    """Copies lines of shape [lines, height, width] to their places, over what stands there."""
    lines, height, _ = drawn.shape
    if (np.diff(y) == height).all():  # the lines follow one another without a gap, in one column
        ink[int(y[0]) : int(y[0]) + lines * height].reshape(drawn.shape)[:] = drawn
        return
    for number, top in enumerate(y.tolist()):
        part = ink[top : top + height]
        np.maximum(part, drawn[number, : len(part)], out=part)


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
                overlay(ink, drawn.ink, round(pen + glyph.x) + drawn.left, baseline - round(glyph.y) - drawn.top)


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
