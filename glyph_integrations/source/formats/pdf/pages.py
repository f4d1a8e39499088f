"""One PDF page, read: lines, tables and figures in reading order, and what was hidden."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.source.formats.pdf.alignment import aligned_tables
from glyph_integrations.source.formats.pdf.forms import place_values, read_fields
from glyph_integrations.source.formats.pdf.graphics import inside, read_graphics
from glyph_integrations.source.formats.pdf.lines import Line, Rect, read_lines, text_page
from glyph_integrations.source.formats.pdf.pictures import decide
from glyph_integrations.source.formats.pdf.tables import Grid, ruled_tables
from glyph_integrations.source.formats.pdf.visibility import MODE_3, Hidden, split_hidden

if TYPE_CHECKING:
    from glyph_integrations.source.formats import LoadOptions

_HEXADECIMAL: Final = re.compile(r"^<([0-9A-Fa-f\s]*)>")


@dataclass(slots=True)
class Figure:
    """A crop that stays a picture, and the lines inside it."""

    box: Rect
    reason: str
    lines: list[Line]


Item = Line | Grid | Figure


@dataclass(slots=True, kw_only=True)
class PageContent:
    """A page as it enters the text; ``label`` is the document's own, if it has labels."""

    width: float
    height: float
    label: str
    raster: bool
    reason: str
    items: list[Item]
    hidden: list[Hidden]


def read_page(page: Any, size: tuple[float, float], options: LoadOptions) -> PageContent:
    """Reads a page of the given width and height in pt, and decides how it is shown.

    Raises:
        TooLargeError: An image on it exceeds ``Limits.pixels``.
    """
    width, height = size
    pages = options.pages
    display_list = page.get_displaylist()
    lines = read_lines(text_page(display_list))
    graphics = read_graphics(page, display_list, size, options.limits)
    everything = lines
    lines, hidden = split_hidden(page, display_list, lines, graphics, size)
    if pages == "text" and not lines and any(item.reason == MODE_3 for item in hidden):
        # The caller wants the text of a scan: then that is the invisible layer which text recognition put over it.
        lines = [line for line in everything if not any(span.painted for span in line.spans)]
        hidden = [item for item in hidden if item.reason != MODE_3]
    if page.first_widget is not None:
        lines = place_values(lines, read_fields(page))
    ruled = ruled_tables(lines, graphics)
    decision = decide(lines, graphics, width, height, [grid.box for grid in ruled])
    raster = decision.raster if pages == "auto" else pages == "raster"
    reason = decision.reason if pages == "auto" else f"pages={pages!r} was asked for"
    items: list[Item] = list(lines)
    if not raster:
        figures = decision.figures if pages == "auto" else []
        items = arrange(lines, ruled, figures)
    for line in lines:
        line.spans = []
    return PageContent(
        width=width,
        height=height,
        label=_HEXADECIMAL.sub(_decoded, page.get_label() or ""),
        raster=raster,
        reason=reason,
        items=items,
        hidden=hidden,
    )


def _decoded(prefix: re.Match[str]) -> str:
    """The prefix of a label that the file writes in hexadecimal: PyMuPDF returns it so."""
    digits = "".join(prefix[1].split())
    data = bytes.fromhex(digits + "0" * (len(digits) % 2))
    if data.startswith(codecs.BOM_UTF16_BE):
        return data[2:].decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")


def arrange(lines: list[Line], ruled: list[Grid], figures: list[tuple[Rect, str]]) -> list[Item]:
    """Puts tables and figures where their first line stands, or where they lie among the lines."""
    taken: dict[int, Item] = {}
    items: list[tuple[float, Item]] = []
    for box, reason in figures:
        members = [i for i, line in enumerate(lines) if inside(line.box, box)]
        figure = Figure(box, reason, [lines[i] for i in members])
        taken.update(dict.fromkeys(members, figure))
        items.append((members[0] if members else _position(box, lines), figure))
    for grid in ruled:
        if grid.lines and not any(i in taken for i in grid.lines):
            taken.update(dict.fromkeys(grid.lines, grid))
            items.append((grid.lines[0], grid))
    for grid in aligned_tables(lines, set(taken)):
        taken.update(dict.fromkeys(grid.lines, grid))
        items.append((grid.lines[0], grid))
    items += [(i, line) for i, line in enumerate(lines) if i not in taken]
    return [item for _, item in sorted(items, key=lambda entry: entry[0])]


def _position(box: Rect, lines: list[Line]) -> float:
    """Between which lines a figure without text belongs: after the nearest line above it in its column."""
    beside = [(i, line) for i, line in enumerate(lines) if line.x0 < box[2] and line.x1 > box[0]]
    above = [(line.y1, i) for i, line in beside if (line.y0 + line.y1) / 2 < box[1] + 2]
    if above:
        return max(above)[1] + 0.5
    return min((i for i, _ in beside), default=0) - 0.5
