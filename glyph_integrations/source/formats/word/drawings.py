"""What stands in a drawing of a Word document: pictures, text boxes, charts, diagrams, embedded files."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.formats.drawings.charts import CX, Chart, read_chart
from glyph_integrations.source.formats.drawings.diagrams import read_diagram
from glyph_integrations.source.formats.word.lengths import parse_length, parse_share, parse_style
from glyph_integrations.source.office import (
    DGM,
    MC,
    A,
    C,
    R,
    W,
    choose_alternative,
)
from glyph_integrations.source.text import WHOLE_PAGE, Box
from glyph_integrations.source.visibility import HiddenReason

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

    from glyph_integrations.source.packages import Part

_PIC = "{http://schemas.openxmlformats.org/drawingml/2006/picture}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_SVG = "{http://schemas.microsoft.com/office/drawing/2016/SVG/main}"
_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
_VML = "{urn:schemas-microsoft-com:vml}"
_OFFICE = "{urn:schemas-microsoft-com:office:office}"
_EMU = 12_700
"""English metric units in a pt."""
_OFF_PAGE = 1584.0
"""In pt: a place further from the page's corner is on no page (Word's largest side)."""
_NUMBERS = frozenset(f"{_WP}{name}" for name in ("posOffset", "align")) | frozenset(
    f"{{http://schemas.microsoft.com/office/word/2010/wordprocessingDrawing}}{name}"
    for name in ("pctWidth", "pctHeight", "pctPosHOffset", "pctPosVOffset")
)
_SHAPES = frozenset(f"{_VML}{name}" for name in ("shape", "rect", "roundrect", "oval", "image", "line", "arc"))


@dataclass(frozen=True, slots=True)
class TextBox:
    """Blocks in a frame of their own."""

    content: etree._Element


@dataclass(frozen=True, slots=True)
class ShownPicture:
    """A picture within the file, with its size in pt as it is shown, uncropped; 0 where that is not said."""

    part: Part
    description: str = ""
    width: float = 0.0
    height: float = 0.0
    crop: Box = WHOLE_PAGE


@dataclass(frozen=True, slots=True)
class UnshownPicture:
    """A picture that is not at hand."""

    name: str
    why: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class SkippedPicture:
    """A picture that shows nothing of worth."""

    reason: str
    description: str = ""


@dataclass(frozen=True, slots=True)
class Lines:
    """Text of shapes that are no text boxes: diagrams, drawn letters."""

    texts: list[str]


@dataclass(frozen=True, slots=True)
class Attachment:
    """A file within the file."""

    name: str
    part: Part


@dataclass(frozen=True, slots=True)
class Unread:
    """Something in a drawing that is not understood or cannot be read."""

    what: str
    text: str = ""


@dataclass(frozen=True, slots=True)
class Unseen:
    """Text in a drawing that a person could not see."""

    reason: HiddenReason
    text: str


Shown = TextBox | ShownPicture | UnshownPicture | SkippedPicture | Chart | Lines | Attachment | Unread | Unseen


def read_drawing(drawing: etree._Element, part: Part) -> Iterator[Shown]:
    """Yield what stands in a ``w:drawing``, ``w:pict`` or ``w:object``, in order."""
    if reason := _find_hidden_reason(drawing):
        yield Unseen(reason, " ".join(text.text or "" for text in drawing.iter(f"{W}t", f"{A}t")))
        return
    shown = [each for child in drawing for each in _walk(child, part, _outline(drawing))]
    if not shown and _draws(drawing):
        yield SkippedPicture("drawn shape without text", _describe(drawing))
    yield from shown


@dataclass(frozen=True, slots=True)
class _Outline:
    """Size and description of the drawing around, which are those of a single picture in it."""

    width: float
    height: float
    description: str
    decorative: bool
    single: bool


def read_extent(drawing: etree._Element) -> tuple[float, float]:
    """Return the width and height in pt of a drawing; 0 where it does not say."""
    extent = next(drawing.iter(f"{_WP}extent"), None)
    return _emu(extent, "cx"), _emu(extent, "cy")


def _outline(drawing: etree._Element) -> _Outline:
    width, height = read_extent(drawing)
    pictures = sum(1 for _ in drawing.iter(f"{A}blip"))
    return _Outline(
        width=width,
        height=height,
        description=_describe(drawing),
        decorative=any(mark.get("val", "1") in ("1", "true") for mark in drawing.iter(_DECORATIVE)),
        single=pictures == 1,
    )


def _walk(element: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:
    read = _READERS.get(str(element.tag))
    if read is not None:
        try:
            yield from read(element, part, outline)
        except MalformedError as error:
            yield Unread(f"{str(element.tag).rpartition('}')[2]} in a drawing ({error})")
        return
    children = choose_alternative(element) if element.tag == f"{MC}AlternateContent" else element
    text = (element.text or "").strip()
    if text and element.tag not in _NUMBERS:
        yield Unread(f"{str(element.tag).rpartition('}')[2]} in a drawing", text)
    for child in children:
        yield from _walk(child, part, outline)


def _read_box(element: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:  # noqa: ARG001
    yield TextBox(element)


def _read_blip(blip: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:
    own = next((each for each in blip.iterancestors(f"{_PIC}pic", f"{_WPS}wsp")), None)
    description = outline.description if outline.single else _describe(own) if own is not None else ""
    if outline.decorative:
        yield SkippedPicture("decorative picture", description)
        return
    size = (outline.width, outline.height)
    if not outline.single and own is not None:
        extent = own.find(f".//{A}xfrm/{A}ext")
        size = (_emu(extent, "cx"), _emu(extent, "cy"))
    identifier = blip.get(f"{R}embed")
    if not identifier:
        drawn = next(blip.iter(f"{_SVG}svgBlip"), None)
        identifier = None if drawn is None else drawn.get(f"{R}embed")
    cut = None if (parent := blip.getparent()) is None else parent.find(f"{A}srcRect")
    sides = [0.0] * 4 if cut is None else [_thousandths(cut.get(name)) for name in "ltrb"]
    yield _picture(part, identifier or blip.get(f"{R}link"), description, size, sides)


def _read_image_data(image: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:  # noqa: ARG001
    shape = image.getparent()
    style = parse_style("" if shape is None else shape.get("style", ""))
    description = "" if shape is None else shape.get("alt", "") or image.get(f"{_OFFICE}title", "")
    size = (parse_length(style.get("width", "")), parse_length(style.get("height", "")))
    sides = [parse_share(image.get(f"crop{name}", "0")) for name in ("left", "top", "right", "bottom")]
    identifier = image.get(f"{R}id") or image.get(f"{_OFFICE}relid") or image.get(f"{R}pict") or image.get(f"{R}href")
    yield _picture(part, identifier, description, size, sides)


def _picture(
    part: Part, identifier: str | None, description: str, size: tuple[float, float], sides: list[float]
) -> Shown:
    """A picture by its relation; ``sides`` are the shares of it that are cut off left, above, right and below."""
    found = part.related(identifier)
    if found is None:
        relation = part.relations.get(identifier or "")
        outside = relation is not None and relation.external
        name = posixpath.basename(relation.target.replace("\\", "/")) if relation is not None else ""
        why = "it lies outside of the file and is not fetched" if outside else "it is not in the file"
        return UnshownPicture(name, why, description)
    left, top, right, bottom = (min(max(side, 0.0), 1.0) for side in sides)
    crop = Box(left, top, 1 - right, 1 - bottom)
    across, down = crop.x1 - crop.x0, crop.y1 - crop.y0
    if across < 0.01 or down < 0.01:
        return ShownPicture(found, description, *size)
    return ShownPicture(found, description, size[0] / across, size[1] / down, crop)


def _read_chart(chart: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:
    found = part.related(chart.get(f"{R}id"))
    if found is None:
        yield Unread("chart that is not in the file")
        return
    read = read_chart(found.tree)
    if not read.tables:
        yield Unread("chart without data")
    yield replace(read, title=read.title or outline.description)


def _read_diagram(diagram: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:  # noqa: ARG001
    found = part.related(diagram.get(f"{R}dm"))
    if found is None:
        yield Unread("diagram that is not in the file")
        return
    yield Lines(read_diagram(found.tree))
    for blip in found.tree.iter(f"{A}blip"):
        yield from _read_blip(blip, found, _Outline(0, 0, "", decorative=False, single=False))


def _read_drawn_text(body: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:  # noqa: ARG001
    texts = ("".join(text.text or "" for text in line.iter(f"{A}t")) for line in body.iter(f"{A}p"))
    yield Lines([text for text in texts if text.strip()])


def _read_text_path(path: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:  # noqa: ARG001
    text = " ".join(path.get("string", "").split())
    if text:
        shape = path.getparent()
        watermark = shape is not None and "WaterMark" in shape.get("id", "")
        yield Lines([f"[watermark: {text}]" if watermark else text])


def _read_object(element: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:  # noqa: ARG001
    program = element.get("ProgID", "object")
    found = part.related(element.get(f"{R}id"))
    if program.startswith("Equation."):
        yield Unread(f"equation made with {program}, shown as a picture")
    elif found is None:
        yield Unread(f"linked object {program}")
    else:
        yield Attachment(posixpath.basename(found.name), found)


def _read_control(element: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:  # noqa: ARG001
    yield Unread(f"ActiveX control {element.get(f'{W}name', '')}".strip())


def _read_ink(element: etree._Element, part: Part, outline: _Outline) -> Iterator[Shown]:  # noqa: ARG001
    yield Unread("ink")


_READERS: dict[str, Callable[[etree._Element, Part, _Outline], Iterator[Shown]]] = {
    f"{W}txbxContent": _read_box,
    f"{A}blip": _read_blip,
    f"{_VML}imagedata": _read_image_data,
    f"{_VML}textpath": _read_text_path,
    f"{C}chart": _read_chart,
    f"{CX}chart": _read_chart,
    f"{DGM}relIds": _read_diagram,
    f"{A}txBody": _read_drawn_text,
    f"{_OFFICE}OLEObject": _read_object,
    f"{W}objectEmbed": _read_object,
    f"{W}control": _read_control,
    "{http://schemas.microsoft.com/office/word/2010/wordml}contentPart": _read_ink,
    "{http://schemas.microsoft.com/office/word/2010/wordprocessingInk}contentPart": _read_ink,
}


def _find_hidden_reason(drawing: etree._Element) -> HiddenReason | None:
    if any(each.get("hidden") in ("1", "true") for each in drawing.iter(f"{_WP}docPr")):
        return HiddenReason.NOT_DISPLAYED
    shape = next((child for child in drawing if child.tag in _SHAPES), None)
    style = parse_style("" if shape is None else shape.get("style", ""))
    if style.get("visibility") == "hidden" or style.get("display") == "none":
        return HiddenReason.NOT_DISPLAYED
    places = [parse_length(style.get(name, "")) for name in ("margin-left", "margin-top", "left", "top")]
    places += [_emu_text(offset.text) for offset in drawing.iterfind(f"{_WP}anchor/*/{_WP}posOffset")]
    if any(abs(place) > _OFF_PAGE for place in places):
        return HiddenReason.OFF_PAGE
    extent = drawing.find(f"{_WP}anchor/{_WP}extent")
    holds_text = next(drawing.iter(f"{W}txbxContent"), None) is not None
    grows = next(drawing.iter(f"{A}spAutoFit"), None) is not None
    if extent is not None and holds_text and not grows and min(_emu(extent, "cx"), _emu(extent, "cy")) < 2:
        return HiddenReason.CLIPPED
    return None


def _draws(drawing: etree._Element) -> bool:
    return any(element.tag in _SHAPES or element.tag == f"{_WPS}wsp" for element in drawing.iter())


def _describe(element: etree._Element) -> str:
    names = (f"{_WP}docPr", f"{_PIC}cNvPr", f"{_WPS}cNvPr")
    texts = (found.get("descr", "") for found in element.iter(*names))
    return " ".join(next(filter(None, texts), "").split())


def _emu(element: etree._Element | None, name: str) -> float:
    return _emu_text(None if element is None else element.get(name))


def _emu_text(text: str | None) -> float:
    number = (text or "").strip()
    return int(number) / _EMU if number.lstrip("-").isdecimal() and len(number) < 14 else 0.0


def _thousandths(text: str | None) -> float:
    number = (text or "").rstrip("%")
    share = float(number) if number.lstrip("-").replace(".", "", 1).isdecimal() and len(number) < 12 else 0.0
    return share / (100 if (text or "").endswith("%") else 100_000)
