"""Slides of OpenDocument files as source pages."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.inline import list_texts
from glyph_integrations.source.formats.odf.lengths import parse_percent
from glyph_integrations.source.formats.odf.names import DC, DRAW, OFFICE, PRESENTATION, STYLE, SVG, TEXT
from glyph_integrations.source.formats.odf.places import find_box, read_sizes
from glyph_integrations.source.formats.slides.order import clip_box, order_for_reading
from glyph_integrations.source.text import WHOLE_PAGE, Box
from glyph_integrations.source.visibility import WHITE, Color, Look, find_hidden_reason, measure_share, parse_hex_color

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.odf.text import Text

_WIDTH, _HEIGHT = 720.0, 540.0
"""Of a slide in pt, where the file does not say."""
_WHOLLY, _HARDLY = 0.98, 0.02
_FURNITURE = ("footer", "date-time", "header", "page-number")
_SILENT = frozenset((
    f"{PRESENTATION}notes", f"{OFFICE}forms", f"{SVG}title", f"{SVG}desc", f"{DRAW}layer-set", f"{OFFICE}annotation",
    f"{PRESENTATION}animations",
))  # fmt: skip
_AROUND = (f"{DRAW}page", f"{DRAW}g", f"{DRAW}a")
_MIXED = ("gradient", "bitmap", "hatch")
_TARGET = "{urn:oasis:names:tc:opendocument:xmlns:smil-compatible:1.0}targetElement"


@dataclass(frozen=True, slots=True)
class _Shape:
    """A shape that is not a group, and where it lies."""

    element: etree._Element
    box: Box
    placed: bool


@dataclass(frozen=True, slots=True)
class _Surface:
    """What something is filled with: a color, or one that is not known; and whether nothing shows through."""

    color: Color | None
    opaque: bool = True


def write_slides(builder: TextBuilder, text: Text, content: etree._Element, styles: etree._Element | None) -> None:
    """Writes each slide as a page: its title, its shapes as they are read, then notes and comments."""
    masters = (
        {} if styles is None else {each.get(f"{STYLE}name", ""): each for each in styles.iter(f"{STYLE}master-page")}
    )
    writer = _SlideWriter(builder, text, content, masters, read_sizes(styles))
    for slide in content.iterfind(f"{OFFICE}body/{OFFICE}presentation/{DRAW}page"):
        writer.write(slide)


class _SlideWriter:
    """Writes the slides of one file."""

    def __init__(
        self,
        builder: TextBuilder,
        text: Text,
        content: etree._Element,
        masters: Mapping[str, etree._Element],
        sizes: Mapping[str, tuple[float, float]],
    ) -> None:
        self._builder = builder
        self._text = text
        self._masters = masters
        self._sizes = sizes
        self._footers = {
            each.get(f"{PRESENTATION}name", ""): " ".join("".join(list_texts([each])).split())
            for each in content.iter(f"{PRESENTATION}footer-decl", f"{PRESENTATION}header-decl")
        }
        self._written: set[str] = set()

    def write(self, slide: etree._Element) -> None:
        """Writes a slide as the next page; one that is hidden is reported with its words."""
        builder, text = self._builder, self._text
        width, height = self._sizes.get(slide.get(f"{DRAW}master-page-name", ""), (_WIDTH, _HEIGHT))
        hidden = text.styles.of(slide).get(f"{PRESENTATION}visibility") == "hidden"
        label = slide.get(f"{DRAW}name", "")
        number = builder.page(label=label, width=width, height=height, reason="hidden slide" if hidden else "")
        if hidden:
            builder.drop("hidden slide", " ".join(" ".join(list_texts(slide.iter(f"{TEXT}p"))).split()))
            return
        before = builder.length, builder.picture_count
        shapes = list(self._list_shapes(slide, width, height))
        self._lay_behind(slide, shapes)
        animated = {value for each in slide.iter() if (value := each.get(_TARGET))}
        titles = [each for each in shapes if each.element.get(f"{PRESENTATION}class") == "title"]
        for shape in (*titles, *order_for_reading(each for each in shapes if each not in titles)):
            covered = _find_name(shape.element) not in animated and self._is_covered(shape, shapes, animated)
            self._write_shape(shape, covered=covered, title=shape in titles)
        self._write_master(slide)
        if (builder.length, builder.picture_count) == before:
            builder.line(f"[slide {number + 1} has no text{': only shapes' if shapes else ''}]")
        self._write_notes(slide)
        self._report(slide)
        text.report()

    def _list_shapes(self, parent: etree._Element, width: float, height: float) -> Iterator[_Shape]:
        """The shapes below an element, those of groups included, whose places are those on the slide."""
        for element in parent:
            if element.tag in (f"{DRAW}g", f"{DRAW}a"):
                yield from self._list_shapes(element, width, height)
            elif str(element.tag).startswith(DRAW) and element.tag not in _SILENT:
                if element.get(f"{PRESENTATION}placeholder") == "true":  # "Click to add text"
                    continue
                box = find_box(element, width, height)
                yield _Shape(element, box or WHOLE_PAGE, box is not None)

    def _write_shape(self, shape: _Shape, *, covered: bool, title: bool) -> None:
        element, box = shape.element, clip_box(shape.box)
        reason = find_hidden_reason(Look(box=shape.box if shape.placed else None, covered=covered))
        words = " ".join(" ".join(list_texts(element.iter(f"{TEXT}p"))).split())
        kind = element.get(f"{PRESENTATION}class")
        if reason:
            self._builder.drop(reason, words, box)
        elif kind == "page-number" or (kind in _FURNITURE and words in self._written):
            self._builder.drop("slide number or footer", words, box, hidden=False)
        elif title and (heading := self._text.one_line(element)):
            self._builder.heading(1, heading, box)
        else:
            self._written |= {words} if kind in _FURNITURE else set()
            self._text.blocks([element], box)

    def _lay_behind(self, slide: etree._Element, shapes: Sequence[_Shape]) -> None:
        """Says for each shape what lies behind its letters: its fill, or what it lies on."""
        page = self._find_page(slide)
        surfaces = [self._find_surface(shape.element) for shape in shapes]
        for place, (shape, own) in enumerate(zip(shapes, surfaces, strict=True)):
            behind = page if shape.placed else _Surface(None)
            for other, surface in zip(shapes[:place], surfaces, strict=False):
                share = measure_share(shape.box, other.box) if surface is not None else 0.0
                if share >= _WHOLLY and surface is not None and surface.opaque:
                    behind = surface
                elif share > _HARDLY:
                    behind = _Surface(None)
            seen = behind if own is None else own if own.opaque else _Surface(None)
            self._text.put_behind(shape.element, seen.color)

    def _find_page(self, slide: etree._Element) -> _Surface:
        """What a slide is painted on, by itself or by its master."""
        master = self._masters.get(slide.get(f"{DRAW}master-page-name", ""))
        for element in (slide, master):
            name = "" if element is None else element.get(f"{DRAW}style-name", "")
            properties = self._text.styles.find_properties("drawing-page", name, "")
            if name and properties.get(f"{DRAW}fill", "none") != "none":
                return _read_surface(properties) or _Surface(WHITE)
        return _Surface(WHITE)

    def _find_surface(self, element: etree._Element) -> _Surface | None:
        """What a shape is filled with; None where what lies behind it shows through."""
        if next(element.iterchildren(f"{DRAW}image", f"{DRAW}object", f"{DRAW}plugin"), None) is not None:
            return _Surface(None, opaque=False)
        properties = self._text.styles.of(element)
        if f"{DRAW}fill" not in properties and element.tag in (f"{DRAW}frame", f"{DRAW}line", f"{DRAW}connector"):
            return None
        if f"{DRAW}fill" not in properties:
            return _Surface(None, opaque=False)
        surface = _read_surface(properties)
        rectangular = element.tag in (f"{DRAW}rect", f"{DRAW}frame") or _is_rectangle(element)
        return surface if surface is None or rectangular else _Surface(surface.color, opaque=False)

    def _is_covered(self, shape: _Shape, shapes: Sequence[_Shape], animated: set[str]) -> bool:
        """Whether a shape that is drawn later, and that nothing shows through, lies over all of it."""
        later = shapes[shapes.index(shape) + 1 :]
        return shape.placed and any(
            other.placed
            and measure_share(shape.box, other.box) >= _WHOLLY
            and (surface := self._find_surface(other.element)) is not None
            and surface.opaque
            and _find_name(other.element) not in animated
            for other in later
        )

    def _write_master(self, slide: etree._Element) -> None:
        """Writes the slide's footer, and the words of its master that are no placeholders, each once for all slides."""
        footer = self._footers.get(slide.get(f"{PRESENTATION}use-footer-name", ""), "")
        master = self._masters.get(slide.get(f"{DRAW}master-page-name", ""))
        shown = self._text.styles.of(slide).get(f"{PRESENTATION}background-objects-visible") != "false"
        lines = [footer]
        for element in () if master is None or not shown else master:
            if str(element.tag).startswith(DRAW) and not element.get(f"{PRESENTATION}class"):
                if next(element.iter(f"{DRAW}image"), None) is not None:
                    self._builder.skip_picture("picture of the slide master")
                lines.append(" ".join(" ".join(list_texts(element.iter(f"{TEXT}p"))).split()))
        for line in lines:
            if line and line not in self._written:
                self._builder.line(line)
            self._written.add(line)

    def _write_notes(self, slide: etree._Element) -> None:
        for notes in slide.iterfind(f"{PRESENTATION}notes/*"):
            kind = notes.get(f"{PRESENTATION}class", "notes")
            if kind not in ("page", *_FURNITURE) and (line := self._text.one_line(notes)):
                self._builder.line(f"Notes: {line}")
        for comment in slide.iterchildren(f"{OFFICE}annotation"):
            author = (comment.findtext(f"{DC}creator") or "").strip()
            self._builder.line(f"[comment{f', {author}' if author else ''}] {self._text.one_line(comment)}")

    def _report(self, slide: etree._Element) -> None:
        """Reports what a slide holds that nothing here reads."""
        for link in slide.iter(f"{DRAW}a", f"{PRESENTATION}event-listener"):
            parent = link.getparent()
            if link.tag != f"{DRAW}a" or (parent is not None and parent.tag in _AROUND):  # others stand within text
                self._text.report_link(link)
        for element in slide:
            tag = str(element.tag)
            if tag not in _SILENT and not tag.startswith((DRAW, "{urn:oasis:names:tc:opendocument:xmlns:animation")):
                self._builder.report_unknown(f"element {tag.rpartition('}')[2]}", "".join(list_texts([element])))


def _read_surface(properties: Mapping[str, str]) -> _Surface | None:
    fill = properties.get(f"{DRAW}fill")
    opacity = parse_percent(properties.get(f"{DRAW}opacity"))
    if fill == "none" or opacity == 0:
        return None
    if fill in _MIXED or (opacity is not None and opacity < 0.95):
        return _Surface(None, opaque=fill != "bitmap" and opacity is None)
    return _Surface(parse_hex_color(properties.get(f"{DRAW}fill-color", "")))


def _is_rectangle(element: etree._Element) -> bool:
    geometry = element.find(f"{DRAW}enhanced-geometry")
    return geometry is not None and geometry.get(f"{DRAW}type") in ("rectangle", "round-rectangle")


def _find_name(element: etree._Element) -> str:
    return element.get("{http://www.w3.org/XML/1998/namespace}id") or element.get(f"{DRAW}id") or "-"
