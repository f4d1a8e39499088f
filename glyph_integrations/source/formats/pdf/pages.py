"""One PDF page, read: lines, tables and figures in reading order, and what was left out."""

from __future__ import annotations

import codecs
import re
from dataclasses import dataclass, field
from itertools import count
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from glyph_integrations.source.formats.pdf.annotations import is_unknown, read_annotations
from glyph_integrations.source.formats.pdf.attachments import Attachments, CarriedFile
from glyph_integrations.source.formats.pdf.bombs import take_out_large_images
from glyph_integrations.source.formats.pdf.comments import Floating, Note, insert_floating, place_comments
from glyph_integrations.source.formats.pdf.figures import list_unshown
from glyph_integrations.source.formats.pdf.forms import place_values, read_fields
from glyph_integrations.source.formats.pdf.graphics import Graphics, overlap, read_graphics
from glyph_integrations.source.formats.pdf.layers import read_hidden_layers
from glyph_integrations.source.formats.pdf.lines import Line, Rect, read_lines, text_page
from glyph_integrations.source.formats.pdf.objects import find_page
from glyph_integrations.source.formats.pdf.order import Item, arrange
from glyph_integrations.source.formats.pdf.pictures import decide
from glyph_integrations.source.formats.pdf.scans import Layer, find_layer, join_rows, shows_more
from glyph_integrations.source.formats.pdf.striking import mark_struck
from glyph_integrations.source.formats.pdf.tables import ruled_tables
from glyph_integrations.source.formats.pdf.visibility import split_hidden
from glyph_integrations.source.formats.pdf.watermarks import lift_watermarks
from glyph_integrations.source.visibility import HiddenReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.formats import LoadOptions

INSPECTED: Final = 20
EVERY: Final = 10
"""Text that leaves no mark is looked for on so many first pages, on every tenth of the others, and wherever a font is
new or a mask lies on the page."""
RECOGNISED: Final = "scan with recognised text"
_HEXADECIMAL: Final = re.compile(r"^<([0-9A-Fa-f\s]*)>")


class LeftOut(NamedTuple):
    """What of a page does not enter the text, why, and where it was, if that is known."""

    reason: str
    text: str
    box: Rect | None = None
    hidden: bool = False


PageItem = Item | Note | CarriedFile
"""What a page consists of, in reading order."""


@dataclass(slots=True, kw_only=True)
class PageContent:
    """A page as it enters the text.

    Attributes:
        width: In pt; 0 where the page cannot be read.
        height: Likewise.
        label: The document's own, if it has labels.
        raster: Whether it is shown as a picture.
        reason: Why it is shown so.
        items: In reading order.
        left_out: What does not enter the text.
        recognised: Whether its words come from text recognition.
    """

    width: float
    height: float
    label: str
    raster: bool
    reason: str
    items: list[PageItem]
    left_out: list[LeftOut]
    recognised: bool = False


@dataclass(slots=True)
class Reading:
    """What is known while the pages of a document are read one after another.

    Attributes:
        options: What the caller asked for.
        attachments: Reads files that pages carry.
        layers: The document's layers that are off.
        comments: Numbers the comments.
        fonts: Those that were seen to leave marks.
        watermarks: Those that were read.
    """

    options: LoadOptions
    attachments: Attachments
    layers: list[int]
    comments: Iterator[int] = field(default_factory=lambda: count(1))
    fonts: set[str] = field(default_factory=set)
    watermarks: set[str] = field(default_factory=set)


def read_page(page: Any, size: tuple[float, float], reading: Reading) -> PageContent:
    """Reads a page of the given width and height in pt, and decides how it is shown."""
    width, height = size
    pages, limits = reading.options.pages, reading.options.limits
    display_list = page.get_displaylist()
    structured = text_page(display_list, images=True)
    images = structured.extractIMGINFO()
    # With pictures among its blocks the text would come with their data.
    everything = read_lines(text_page(display_list) if images else structured)
    graphics = read_graphics(page, images, size, limits)
    left_out = [LeftOut(f"image of {x:,} × {y:,} pixels, over Limits.pixels", "") for x, y in graphics.oversized]
    if graphics.oversized:
        take_out_large_images(page, limits.pixels)
        page = page.parent.load_page(page.number)
        display_list = page.get_displaylist()
    drawn = Drawn(page, display_list, everything, graphics, size)
    lines, layer = _separate_hidden(drawn, reading, left_out)
    lines, floating = _add_annotations(page, lines, graphics, reading, left_out)
    lines, watermarks = lift_watermarks(lines)
    floating += _write_watermarks(watermarks, reading, left_out)
    ruled = ruled_tables(lines, graphics)
    decision = decide(lines, graphics, width, height, [grid.box for grid in ruled])
    raster, reason = decision.raster, decision.reason
    if not raster and lines and shows_more(display_list, lines, graphics, size):
        raster, reason = True, "scan: an image that shows more than the text over it"
    if layer and layer.is_page:
        raster, reason = True, RECOGNISED
    if pages != "auto":
        raster, reason = pages == "raster", f"pages={pages!r} was asked for"
    items: list[Item] = [*lines]
    if not raster:
        figures = decision.figures if pages == "auto" else []
        if layer and pages == "auto":
            figures = [figure for figure in figures if overlap(figure[0], layer.region) == 0]
            figures.append((layer.region, RECOGNISED))
        items = arrange(lines, ruled, figures, graphics.across)
        left_out += [LeftOut(why, "") for why in list_unshown(graphics.images, figures, width * height)]
    for line in lines:
        line.spans = []
    return PageContent(
        width=width,
        height=height,
        label=_read_label(page),
        raster=raster,
        reason=reason,
        items=[*items, *(item for _, item in floating)] if raster else insert_floating(items, floating),
        left_out=left_out,
        recognised=layer is not None and (layer.is_page or raster),
    )


class Drawn(NamedTuple):
    """A page as MuPDF draws it, and all lines on it."""

    page: Any
    display_list: Any
    lines: list[Line]
    graphics: Graphics
    size: tuple[float, float]


def _separate_hidden(drawn: Drawn, reading: Reading, left_out: list[LeftOut]) -> tuple[list[Line], Layer | None]:
    """The lines that can be seen or were recognised in the page's picture, in order, and the layer of the latter."""
    fonts = {span.font for line in drawn.lines for span in line.spans}
    number = drawn.page.number
    masked = any(
        state.get("SMask").keys() for state in find_page(drawn.page).get("Resources").get("ExtGState").values()
    )
    inspect = number < INSPECTED or number % EVERY == 0 or masked or not fonts <= reading.fonts
    seen, hidden = split_hidden(*drawn, inspect=inspect)
    reading.fonts |= fonts if inspect else set()
    layer = find_layer(drawn.display_list, list(seen.values()), hidden, drawn.graphics, drawn.size)
    if layer is None and reading.options.pages == "text" and not seen:
        # The caller wants the text of a scan: then that is the invisible layer which text recognition put over it.
        unpainted = [part for part in hidden if part.reason == HiddenReason.INVISIBLE_MODE]
        painted = [part for part in hidden if part not in unpainted]
        layer = Layer(join_rows(unpainted), painted, (0.0, 0.0, *drawn.size), is_page=True) if unpainted else None
    for reason, line, _ in layer.rest if layer else hidden:
        left_out.append(LeftOut(reason, line.text, line.box, hidden=True))
    if reading.layers and (words := read_hidden_layers(drawn.page, reading.layers)):
        left_out.append(LeftOut(HiddenReason.HIDDEN_LAYER, words, hidden=True))
    recognised = [(part.place, part.line) for part in (layer.parts if layer else [])]
    placed = sorted([*seen.items(), *recognised], key=lambda entry: entry[0])
    return [line for _, line in placed], layer


def _add_annotations(
    page: Any, lines: list[Line], graphics: Graphics, reading: Reading, left_out: list[LeftOut]
) -> tuple[list[Line], list[Floating]]:
    """Adds what stands on a page without being its text: values of form fields, comments, strikes, files.

    Returns:
        The lines, and what stands between them.
    """
    files: list[Floating] = [(None, file) for file in reading.attachments.read_page(page)]
    if not find_page(page).get("Annots"):
        return mark_struck(lines, graphics.across, []), files
    fields, annotations = read_fields(page), read_annotations(page)
    placed = place_values(lines, fields.read)
    struck = [box for item in annotations.read if item.kind == "StrikeOut" and not item.hidden for box in item.marked]
    lines = mark_struck(placed.lines, graphics.across, struck)
    lines, comments = place_comments(lines, annotations.read, reading.comments)
    left_out += [LeftOut("form value that is not shown", text, box, hidden=True) for text, box in placed.unshown]
    left_out += [LeftOut("damaged form field", "")] * fields.damaged
    left_out += [LeftOut(what, "") for what in annotations.damaged]
    for item in annotations.read:
        if item.hidden and item.words:
            left_out.append(LeftOut(HiddenReason.NOT_DISPLAYED, item.words, item.box, hidden=True))
        elif is_unknown(item):
            left_out.append(LeftOut(f"not understood: {item.kind} annotation", item.words, item.box))
        if item.pinned and (file := reading.attachments.read(item.pinned)) is not None:
            files.append((None, file))
    return lines, [*comments, *files]


def _write_watermarks(watermarks: list[Line], reading: Reading, left_out: list[LeftOut]) -> list[Floating]:
    """What a page says of the words that lie across it; on the pages after the first they are left out."""
    if not watermarks:
        return []
    words = " ".join(line.text.strip() for line in watermarks)
    if words in reading.watermarks:
        left_out.append(LeftOut("repeated watermark", words))
        return []
    reading.watermarks.add(words)
    return [(None, Note(f"[watermark: {words}]", watermarks[0].box))]


def _read_label(page: Any) -> str:
    try:
        return _HEXADECIMAL.sub(_decode_prefix, page.get_label() or "")
    except Exception:  # noqa: BLE001 - labels of its own are a convenience
        return ""


def make_damaged_page(number: int, problem: str) -> PageContent:
    """A page that cannot be read, as it is reported."""
    return PageContent(
        width=0.0,
        height=0.0,
        label=str(number + 1),
        raster=False,
        reason=problem,
        items=[],
        left_out=[LeftOut(problem, "")],
    )


def _decode_prefix(prefix: re.Match[str]) -> str:
    """The prefix of a label that the file writes in hexadecimal: PyMuPDF returns it so."""
    digits = "".join(prefix[1].split())
    data = bytes.fromhex(digits + "0" * (len(digits) % 2))
    if data.startswith(codecs.BOM_UTF16_BE):
        return data[2:].decode("utf-16-be", "replace")
    try:
        return data.decode("utf-8-sig")
    except UnicodeDecodeError:
        return data.decode("latin-1")
