"""The shapes of a slide, each written as it is shown: text, pictures, tables, charts, embedded objects."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.drawings.colors import Paint, read_paint
from glyph_integrations.source.formats.drawings.frames import attach_object, write_graphic
from glyph_integrations.source.formats.drawings.pictures import describe, write_picture
from glyph_integrations.source.formats.drawings.shapes import EMU, OLE, TABLE, Shape, find_graphic
from glyph_integrations.source.formats.drawings.text import TextSetting, read_paragraphs
from glyph_integrations.source.formats.slides.order import clip_box
from glyph_integrations.source.formats.slides.scene import FOOTERS, Scene, is_title, read_placeholder
from glyph_integrations.source.formats.slides.tables import write_table
from glyph_integrations.source.office import A, P, R
from glyph_integrations.source.text import Box
from glyph_integrations.source.visibility import Look, find_hidden_reason

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.drawings.text import Paragraph
    from glyph_integrations.source.formats.slides.deck import Deck
    from glyph_integrations.source.formats.slides.layers import Layers
    from glyph_integrations.source.packages import Part


class ShapeWriter:
    """Writes the shapes of one slide.

    Args:
        builder: Takes what is written.
        deck: The presentation.
        part: The slide.
        scene: What it inherits.
    """

    def __init__(self, builder: TextBuilder, deck: Deck, part: Part, scene: Scene) -> None:
        self._builder = builder
        self._deck = deck
        self._part = part
        self._scene = scene

    def write(self, shape: Shape, layers: Layers) -> None:
        """Writes a shape as it is shown; one that nobody can see is reported with its words."""
        covered = layers.is_covered(shape)
        box = shape.box if shape.placed else None
        reason = find_hidden_reason(Look(displayed=shape.displayed, box=box, clip=_find_clip(shape), covered=covered))
        if reason is not None:
            self._drop(shape, reason.value)
            return
        if shape.kind == "graphicFrame":
            self._write_frame(shape, layers)
        elif shape.kind == "pic":
            self.write_picture(shape, self._part)
        else:
            self._write_text(shape, self.set_text(shape, layers))

    def _drop(self, shape: Shape, reason: str) -> None:
        words = read_words(shape.element)
        if words or shape.kind in ("pic", "graphicFrame"):
            self._builder.drop(reason, words, clip_box(shape.box))

    def set_text(self, shape: Shape, layers: Layers | None) -> TextSetting:
        """What a shape's text is set in; without ``layers``, what lies behind it is not known."""
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
        paragraphs = [] if body is None else read_paragraphs(body, setting)
        lines = [paragraph.text for paragraph in paragraphs]
        box, placeholder = clip_box(shape.box), read_placeholder(shape.element)
        if lines and placeholder is not None and placeholder.kind in FOOTERS and not self._deck.keep_furniture:
            text = "\n".join(lines)
            if placeholder.kind == "sldNum" or text in self._deck.furniture:
                self._builder.drop("slide number or footer", text, box, hidden=False)
                return
            self._deck.furniture.add(text)
        if lines and is_title(shape):
            self._builder.heading(1, " ".join(" ".join(lines).split()), box)
        else:
            self.write_paragraphs(paragraphs, box)
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

    def write_paragraphs(self, paragraphs: Sequence[Paragraph], box: Box) -> None:
        """Writes paragraphs, each in its share of the box."""
        step = (box.y1 - box.y0) / max(len(paragraphs), 1)
        for number, paragraph in enumerate(paragraphs):
            top = box.y0 + step * number
            span = self._builder.line(paragraph.text, Box(box.x0, top, box.x1, top + step))
            if paragraph.typed:
                self._builder.mark_code(*span)

    def write_picture(self, shape: Shape, part: Part) -> None:
        """Writes a picture that stands in a part, and names the film or sound that it stands for."""
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
                write_table(self._builder, table, box, self.set_text(shape, layers))
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


def read_words(element: etree._Element) -> str:
    """All words below an element, whatever they look like."""
    lines = ("".join(text.text or "" for text in line.iter(f"{A}t")) for line in element.iter(f"{A}p"))
    return " ".join(" ".join(lines).split())


def _find_clip(shape: Shape) -> Box | None:
    """The part of the page that a shape without extent shows of its text: nothing, unless its text may flow over."""
    if not shape.placed or shape.kind != "sp" or shape.box.x0 != shape.box.x1 or shape.box.y0 != shape.box.y1:
        return None
    body = shape.element.find(f"{P}txBody/{A}bodyPr")
    flows = body is not None and (body.get("wrap") == "none" or body.find(f"{A}spAutoFit") is not None)
    return None if flows else Box(2.0, 2.0, 2.0, 2.0)
