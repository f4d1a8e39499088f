"""One slide as a source page: its title, its shapes as they are read, then its notes and comments."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.drawings.colors import Paint, read_paint
from glyph_integrations.source.formats.drawings.frames import attach_object, read_or_report, write_graphic
from glyph_integrations.source.formats.drawings.pictures import describe, write_picture
from glyph_integrations.source.formats.drawings.shapes import (
    EMU,
    OLE,
    TABLE,
    Frame,
    Shape,
    ShapeLister,
    find_graphic,
)
from glyph_integrations.source.formats.drawings.text import TextSetting, read_paragraphs
from glyph_integrations.source.formats.slides.comments import read_comments
from glyph_integrations.source.formats.slides.layers import Layers
from glyph_integrations.source.formats.slides.order import clip_box, order_for_reading
from glyph_integrations.source.formats.slides.scene import TITLES, Scene, read_placeholder
from glyph_integrations.source.formats.slides.tables import write_table
from glyph_integrations.source.office import A, P, R
from glyph_integrations.source.text import WHOLE_PAGE, Box
from glyph_integrations.source.visibility import Look, find_hidden_reason

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.packages import Part

_FOOTERS = ("ftr", "dt", "hdr", "sldNum")
_KINDS = frozenset((
    "slideLayout", "notesSlide", "image", "chart", "chartEx", "diagramData", "diagramLayout", "diagramQuickStyle",
    "diagramColors", "diagramDrawing", "oleObject", "package", "hyperlink", "comments", "video", "audio", "media",
    "tags", "vmlDrawing", "slide", "themeOverride", "control", "font",
))  # fmt: skip
"""Kinds of parts of a slide that are read, or that hold no words of their own."""
_ELEMENTS = frozenset(
    (
        "cSld",
        "clrMapOvr",
        "transition",
        "timing",
        "extLst",
        "AlternateContent",
        "bg",
        "spTree",
        "custDataLst",
        "controls",
    )
)
"""Elements of a slide that are read, or that hold no words of their own."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """What the slides of a presentation share.

    Attributes:
        width: Of a slide, in English metric units.
        height: Likewise.
        defaults: Its ``p:defaultTextStyle``; None where it has none.
        authors: Of comments, by identifier.
        keep_furniture: Whether footers and slide numbers are written on every slide.
        furniture: The footers, and the words of layouts and masters, that were written already.
    """

    width: int
    height: int
    defaults: etree._Element | None
    authors: Mapping[str, str]
    keep_furniture: bool
    furniture: set[str] = field(default_factory=set)


class Slide:
    """One slide, while it is written."""

    def __init__(self, builder: TextBuilder, deck: Deck, part: Part) -> None:
        self._builder = builder
        self._deck = deck
        self._part = part
        self._scene = Scene(part, deck.defaults)
        self._frame = Frame(0.0, 0.0, 1 / deck.width, 1 / deck.height)

    def write(self) -> None:
        """Writes the slide as the next page."""
        tree, deck = self._part.tree, self._deck
        hidden = tree.get("show") in ("0", "false")
        number = self._builder.page(
            width=deck.width / EMU, height=deck.height / EMU, reason="hidden slide" if hidden else ""
        )
        if hidden:
            self._builder.drop("hidden slide", _read_words(tree))
            return
        before = self._builder.length, self._builder.picture_count
        shapes = self._list_shapes(tree)
        layers = Layers(self._scene, shapes, tree)
        titles = [shape for shape in shapes if _is_title(shape)]
        for shape in (*titles, *order_for_reading(shape for shape in shapes if shape not in titles)):
            self._write_shape(shape, layers)
        self._write_behind()
        alone = (self._builder.length, self._builder.picture_count) == before
        self._write_background(shown=alone)
        if (self._builder.length, self._builder.picture_count) == before:
            self._builder.line(f"[slide {number + 1} has no text{': only shapes' if shapes else ''}]")
        self._write_notes()
        self._write_comments()
        self._report(tree)

    def _list_shapes(self, tree: etree._Element) -> list[Shape]:
        shapes = tree.find(f"{P}cSld/{P}spTree")
        lister = ShapeLister(self._scene.locate, self._builder.report_unknown)
        return [] if shapes is None else list(lister.list(shapes, self._frame))

    def _write_shape(self, shape: Shape, layers: Layers) -> None:
        covered = layers.is_covered(shape)
        box = shape.box if shape.placed else None
        reason = find_hidden_reason(Look(displayed=shape.displayed, box=box, clip=_find_clip(shape), covered=covered))
        if reason is not None:
            self._drop(shape, reason.value)
            return
        if shape.kind == "graphicFrame":
            self._write_frame(shape, layers)
        elif shape.kind == "pic":
            self._write_picture(shape, self._part)
        else:
            self._write_text(shape, self._set_text(shape, layers))

    def _drop(self, shape: Shape, reason: str) -> None:
        words = _read_words(shape.element)
        if words or shape.kind in ("pic", "graphicFrame"):
            self._builder.drop(reason, words, clip_box(shape.box))

    def _set_text(self, shape: Shape, layers: Layers | None) -> TextSetting:
        palette = self._scene.palette
        reference = read_paint(shape.element.find(f"{P}style/{A}fontRef"), palette)
        body = shape.element.find(f"{P}txBody/{A}bodyPr/{A}normAutofit")
        scale = "" if body is None else body.get("fontScale", "").rstrip("%")
        return TextSetting(
            palette=palette,
            styles=self._scene.list_styles(shape.element),
            color=reference or Paint(palette.find("tx1")),
            background=layers.find_background(shape).color if layers else None,
            scale=int(scale) / 100_000 if scale.isdecimal() and int(scale) > 1000 else 1.0,
            drop=lambda reason, words: self._builder.drop(reason, words, clip_box(shape.box)),
            report=self._builder.report_unknown,
        )

    def _write_text(self, shape: Shape, setting: TextSetting) -> None:
        body = shape.element.find(f"{P}txBody")
        lines = [] if body is None else read_paragraphs(body, setting)
        box, placeholder = clip_box(shape.box), read_placeholder(shape.element)
        if lines and placeholder is not None and placeholder.kind in _FOOTERS and not self._deck.keep_furniture:
            text = "\n".join(lines)
            if placeholder.kind == "sldNum" or text in self._deck.furniture:
                self._builder.drop("slide number or footer", text, box, hidden=False)
                return
            self._deck.furniture.add(text)
        if lines and _is_title(shape):
            self._builder.heading(1, " ".join(" ".join(lines).split()), box)
        else:
            self._write_lines(lines, box)
        fill = None if shape.properties is None else shape.properties.find(f"{A}blipFill")
        if fill is not None:
            width, height = self._measure(shape)
            write_picture(
                self._builder,
                self._part,
                fill,
                width=width,
                height=height,
                description=shape.description,
                decorative=shape.decorative,
            )
        elif not lines and not shape.decorative and (description := describe(shape.description)):
            self._builder.line(f"[shape: {description}]", box)

    def _write_lines(self, lines: Sequence[str], box: Box) -> None:
        """Writes lines, each in its share of the box."""
        for number, line in enumerate(lines):
            top, step = box.y0 + (box.y1 - box.y0) * number / len(lines), (box.y1 - box.y0) / len(lines)
            self._builder.line(line, Box(box.x0, top, box.x1, top + step))

    def _write_picture(self, shape: Shape, part: Part) -> None:
        self._name_media(shape)
        fill = shape.element.find(f"{P}blipFill")
        if fill is not None:
            width, height = self._measure(shape)
            write_picture(
                self._builder,
                part,
                fill,
                width=width,
                height=height,
                description=shape.description,
                decorative=shape.decorative,
            )

    def _name_media(self, shape: Shape) -> None:
        """Names the film or sound that a picture stands for."""
        properties = shape.element.find(f"{P}nvPicPr/{P}nvPr")
        for media in () if properties is None else properties:
            kind = str(media.tag).removeprefix(A)
            if kind in ("videoFile", "audioFile", "wavAudioFile", "quickTimeFile", "audioCd"):
                relation = self._part.relations.get(media.get(f"{R}link", "") or media.get(f"{R}embed", ""))
                name = shape.name if relation is None else posixpath.basename(relation.target.replace("\\", "/"))
                what = "audio" if "udio" in kind else "video"
                self._builder.line(f"[{what}: {name}]")
                self._builder.drop(f"{what}, which is not played", name, hidden=False)

    def _write_frame(self, shape: Shape, layers: Layers) -> None:
        kind, box = find_graphic(shape.element), clip_box(shape.box)
        if kind == TABLE:
            table = shape.element.find(f"{A}graphic/{A}graphicData/{A}tbl")
            if table is not None:
                write_table(self._builder, table, box, self._set_text(shape, layers))
            if description := describe(shape.description):
                self._builder.line(f"[table: {description}]", box)
        elif kind == OLE:
            self._write_object(shape)
        else:
            write_graphic(self._builder, self._part, shape)

    def _write_object(self, shape: Shape) -> None:
        """Writes the preview of an embedded object, and hands on its file."""
        objects = list(shape.element.iter(f"{P}oleObj"))
        pictures = [fill for each in objects for fill in each.iter(f"{P}blipFill")]
        if pictures:
            width, height = self._measure(shape)
            write_picture(
                self._builder, self._part, pictures[-1], width=width, height=height, description=shape.description
            )
        if objects:
            attach_object(self._builder, self._part, objects[0].get(f"{R}id", ""), objects[0].get("progId", ""))

    def _measure(self, shape: Shape) -> tuple[float, float]:
        """Width and height in pt; 0 where they are not known."""
        if not shape.placed:
            return 0.0, 0.0
        box = shape.box
        width, height = (box.x1 - box.x0) * self._deck.width / EMU, (box.y1 - box.y0) * self._deck.height / EMU
        return round(width, 3), round(height, 3)

    def _write_behind(self) -> None:
        """Writes the words of layout and master, placeholders aside, once for all slides; counts their pictures."""
        for part in list(self._scene.layers)[1:] if self._scene.shows_master else ():
            read_or_report(self._builder, part, lambda part=part: self._write_layer(part))  # type: ignore[misc]

    def _write_layer(self, part: Part) -> None:
        tree = part.tree.find(f"{P}cSld/{P}spTree")
        lister = ShapeLister(self._scene.locate, self._builder.report_unknown)
        for shape in () if tree is None else lister.list(tree, self._frame):
            if read_placeholder(shape.element) is not None or not shape.displayed:
                continue
            key = f"{part.name}#{shape.identifier}"
            if key in self._deck.furniture and not self._deck.keep_furniture:
                continue
            self._deck.furniture.add(key)
            if shape.kind == "pic":
                self._builder.skip_picture("picture of the slide master", describe(shape.description))
            elif shape.kind == "sp":
                body = shape.element.find(f"{P}txBody")
                setting = replace(self._set_text(shape, None), styles=())
                self._write_lines([] if body is None else read_paragraphs(body, setting), clip_box(shape.box))

    def _write_background(self, *, shown: bool) -> None:
        """Shows the background's picture on a slide that has nothing else; counts it on others."""
        found = self._scene.background_picture
        if found is None:
            return
        part, fill = found
        if shown:
            write_picture(self._builder, part, fill, width=self._deck.width / EMU, height=self._deck.height / EMU)
        else:
            self._builder.skip_picture("background picture")

    def _write_notes(self) -> None:
        for part in self._part.all("notesSlide"):
            read_or_report(self._builder, part, lambda part=part: self._write_note(part))  # type: ignore[misc]

    def _write_note(self, part: Part) -> None:
        lister = ShapeLister(lambda _: None, self._builder.report_unknown)
        tree = part.tree.find(f"{P}cSld/{P}spTree")
        for shape in () if tree is None else lister.list(tree, self._frame):
            placeholder, body = read_placeholder(shape.element), shape.element.find(f"{P}txBody")
            if placeholder is not None and placeholder.kind in ("sldImg", *_FOOTERS):
                continue
            if shape.kind == "pic":
                self._write_picture(shape, part)
            elif body is not None:
                setting = TextSetting(
                    palette=self._scene.palette,
                    displayed=shape.displayed,
                    drop=self._builder.drop,
                    report=self._builder.report_unknown,
                )
                if lines := read_paragraphs(body, setting):
                    self._builder.line("Notes: " + "\n".join(lines), WHOLE_PAGE)

    def _write_comments(self) -> None:
        def write(part: Part) -> None:
            for line in read_comments(part.tree, self._deck.authors):
                self._builder.line(line)

        for part in self._part.all("comments"):
            read_or_report(self._builder, part, lambda part=part: write(part))  # type: ignore[misc]

    def _report(self, tree: etree._Element) -> None:
        """Reports what the slide holds that nothing here reads."""
        for element in (*tree, *tree.iterfind(f"{P}cSld/*")):
            name = str(element.tag).rpartition("}")[2]
            if name not in _ELEMENTS:
                self._builder.report_unknown(f"{name} of a slide", "".join(map(str, element.itertext())))
        for control in tree.iterfind(f"{P}cSld/{P}controls//{P}control"):
            self._builder.line(f"[control: {control.get('name', '')}]")
            self._builder.drop("state of a control", control.get("name", ""), hidden=False)
        for relation in self._part.relations.values():
            if relation.kind == "hyperlink" and relation.external:
                self._builder.drop("link address", relation.target, hidden=False)
            elif relation.kind not in _KINDS:
                self._builder.report_unknown(f"part of a slide: {relation.kind}", posixpath.basename(relation.target))


def _read_words(element: etree._Element) -> str:
    """All words below an element, whatever they look like."""
    lines = ("".join(text.text or "" for text in line.iter(f"{A}t")) for line in element.iter(f"{A}p"))
    return " ".join(" ".join(lines).split())


def _is_title(shape: Shape) -> bool:
    placeholder = read_placeholder(shape.element)
    return placeholder is not None and placeholder.kind in TITLES


def _find_clip(shape: Shape) -> Box | None:
    """The part of the page that a shape without extent shows of its text: nothing, unless its text may flow over."""
    if not shape.placed or shape.kind != "sp" or shape.box.x0 != shape.box.x1 or shape.box.y0 != shape.box.y1:
        return None
    body = shape.element.find(f"{P}txBody/{A}bodyPr")
    flows = body is not None and (body.get("wrap") == "none" or body.find(f"{A}spAutoFit") is not None)
    return None if flows else Box(2.0, 2.0, 2.0, 2.0)
