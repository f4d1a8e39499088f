"""One PDF page, read: lines, tables and figures in reading order, and what was hidden."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.source.formats.pdf.forms import place_values, read_fields
from glyph_integrations.source.formats.pdf.graphics import read_graphics
from glyph_integrations.source.formats.pdf.lines import read_lines, text_page
from glyph_integrations.source.formats.pdf.order import Item, arrange
from glyph_integrations.source.formats.pdf.pictures import decide
from glyph_integrations.source.formats.pdf.tables import ruled_tables
from glyph_integrations.source.formats.pdf.visibility import MODE_3, Hidden, split_hidden

if TYPE_CHECKING:
    from glyph_integrations.source.formats import LoadOptions

_HEXADECIMAL: Final = re.compile(r"^<([0-9A-Fa-f\s]*)>")


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
        items = arrange(lines, ruled, figures, graphics.across)
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
