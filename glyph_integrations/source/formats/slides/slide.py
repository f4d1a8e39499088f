"""One slide as a source page: its title, its shapes as they are read, then its notes and comments."""

from __future__ import annotations

import posixpath
from dataclasses import replace
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.drawings.frames import read_or_report
from glyph_integrations.source.formats.drawings.pictures import describe, write_picture
from glyph_integrations.source.formats.drawings.shapes import EMU, Frame, Shape, ShapeLister
from glyph_integrations.source.formats.drawings.text import TextSetting, list_texts, read_paragraphs
from glyph_integrations.source.formats.slides.comments import read_comments
from glyph_integrations.source.formats.slides.layers import Layers
from glyph_integrations.source.formats.slides.order import clip_box, order_for_reading
from glyph_integrations.source.formats.slides.scene import FOOTERS, Scene, is_title, read_placeholder
from glyph_integrations.source.formats.slides.shape_writer import ShapeWriter, read_words
from glyph_integrations.source.office import P, R
from glyph_integrations.source.text import WHOLE_PAGE

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.slides.deck import Deck
    from glyph_integrations.source.packages import Part

_KINDS = frozenset((
    "slideLayout", "notesSlide", "image", "chart", "chartEx", "diagramData", "diagramLayout", "diagramQuickStyle",
    "diagramColors", "diagramDrawing", "oleObject", "package", "hyperlink", "comments", "video", "audio", "media",
    "tags", "vmlDrawing", "slide", "themeOverride", "control", "font",
))  # fmt: skip
"""Kinds of parts of a slide that are read, or that hold no words of their own."""
_ELEMENTS = frozenset((
    "cSld", "clrMapOvr", "transition", "timing", "extLst", "AlternateContent", "bg", "spTree", "custDataLst",
    "controls",
))  # fmt: skip
"""Elements of a slide that are read, or that hold no words of their own."""


class Slide:
    """One slide, while it is written."""

    def __init__(self, builder: TextBuilder, deck: Deck, part: Part) -> None:
        self._builder = builder
        self._deck = deck
        self._part = part
        self._scene = Scene(part, deck.defaults)
        self._writer = ShapeWriter(builder, deck, part, self._scene)
        self._frame = Frame(0.0, 0.0, 1 / deck.width, 1 / deck.height)

    def write(self) -> None:
        """Writes the slide as the next page."""
        tree, deck = self._part.tree, self._deck
        hidden = tree.get("show") in ("0", "false")
        number = self._builder.page(
            width=deck.width / EMU, height=deck.height / EMU, reason="hidden slide" if hidden else ""
        )
        if hidden:
            self._builder.drop("hidden slide", read_words(tree))
            return
        before = self._builder.length, self._builder.picture_count
        shapes = self._list_shapes(tree)
        layers = Layers(self._scene, shapes, tree)
        titles = [shape for shape in shapes if is_title(shape)]
        for shape in (*titles, *order_for_reading(shape for shape in shapes if shape not in titles)):
            self._writer.write(shape, layers)
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
                setting = replace(self._writer.set_text(shape, None), styles=())
                self._writer.write_paragraphs(
                    [] if body is None else read_paragraphs(body, setting), clip_box(shape.box)
                )

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
            if placeholder is not None and placeholder.kind in ("sldImg", *FOOTERS):
                continue
            if shape.kind == "pic":
                self._writer.write_picture(shape, part)
            elif body is not None:
                setting = TextSetting(
                    palette=self._scene.palette,
                    displayed=shape.displayed,
                    drop=self._builder.drop,
                    report=self._builder.report_unknown,
                )
                if lines := list_texts(body, setting):
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
        controls = tree.iterfind(f"{P}cSld/{P}controls//{P}control")
        names = {control.get(f"{R}id", ""): control.get("name", "") for control in controls}  # each in two forms
        for name in names.values():
            self._builder.line(f"[control: {name}]")
            self._builder.drop("state of a control", name, hidden=False)
        for relation in self._part.relations.values():
            if relation.kind == "hyperlink" and relation.external:
                self._builder.drop("link address", relation.target, hidden=False)
            elif relation.kind not in _KINDS:
                self._builder.report_unknown(f"part of a slide: {relation.kind}", posixpath.basename(relation.target))
