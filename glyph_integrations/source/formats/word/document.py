"""A Word document: its body section by section, between headers and footers, then its endnotes."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.archives import open_archive
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.word.backgrounds import Backgrounds
from glyph_integrations.source.formats.word.blocks import BlockWriter
from glyph_integrations.source.formats.word.drawings import read_extent
from glyph_integrations.source.formats.word.looks import Looks
from glyph_integrations.source.formats.word.notes import Notes
from glyph_integrations.source.formats.word.numbering import Numbering
from glyph_integrations.source.formats.word.paragraphs import ParagraphReader
from glyph_integrations.source.formats.word.styles import Styles
from glyph_integrations.source.formats.word.themes import Theme
from glyph_integrations.source.office import A, R, W, is_on
from glyph_integrations.source.packages import Package, Part

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_MACROS = "vbaProject"
_CONTENT = frozenset({"aFChunk", "chart", "diagramData", "image", "oleObject", "package", "subDocument"})
"""Kinds of parts that the text shows where it refers to them."""
_LARGE = 300.0
"""In pt: about half a page across."""
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"


def load_document(blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
    """Read a document; see ``WordFormat.load``."""
    builder = TextBuilder(options.limits)
    builder.page()
    with open_archive(blob, options.limits) as archive:
        package = Package(archive, blob.name)
        main = package.main()
        if main.tree.tag != f"{W}document":
            raise MalformedError(f"{blob.name} is not a Word document")
        _Document(main, builder).write()
        return builder.finish(name=blob.name, media_type=media_type, metadata=package.properties())


class _Document:
    def __init__(self, part: Part, builder: TextBuilder) -> None:
        self._part = part
        self._builder = builder
        self._settings = self._find_tree("settings")
        styles = Styles(self._find_tree("styles"))
        mapping = None if self._settings is None else self._settings.find(f"{W}clrSchemeMapping")
        theme = Theme(self._find_tree("theme"), mapping)
        displayed = self._settings is not None and is_on(self._settings.find(f"{W}displayBackgroundShape"))
        backgrounds = Backgrounds(part.tree.find(f"{W}background") if displayed else None, styles, theme)
        if any(_is_backdrop(header) for header in part.all("header")):
            backgrounds.cover_page()
        self._notes = Notes(self._find_part, self._settings)
        self._reader = ParagraphReader(Looks(styles, theme, backgrounds), self._notes, part.tree, part)
        self._writer = BlockWriter(builder, self._reader, styles, Numbering(self._find_tree("numbering"), styles))
        self._furniture: set[str] = set()

    def write(self) -> None:
        """Write the sections, each between its headers and footers, then the endnotes."""
        even = self._settings is not None and is_on(self._settings.find(f"{W}evenAndOddHeaders"))
        blocks: list[etree._Element] = []
        for body in self._part.tree.iterchildren(f"{W}body"):
            for block in body:
                section = block if block.tag == f"{W}sectPr" else block.find(f"{W}pPr/{W}sectPr")
                if block.tag != f"{W}sectPr":
                    blocks.append(block)
                if section is not None:
                    self._section(blocks, section, even=even)
                    blocks = []
        self._writer.write(blocks, self._part)
        for note in self._notes.endnotes():
            self._writer.write_note(note)
        self._report_rest()

    def _section(self, blocks: Iterable[etree._Element], section: etree._Element, *, even: bool) -> None:
        kinds = {"default", *(["even"] if even else []), *(["first"] if is_on(section.find(f"{W}titlePg")) else [])}
        self._headers_or_footers(section, "headerReference", kinds)
        self._writer.write(blocks, self._part)
        self._headers_or_footers(section, "footerReference", kinds)

    def _headers_or_footers(self, section: etree._Element, name: str, kinds: set[str]) -> None:
        """Write those that are shown and that no section before had."""
        for reference in section.iterfind(f"{W}{name}"):
            part = self._part.related(reference.get(f"{R}id"))
            if part is None or reference.get(f"{W}type", "default") not in kinds:
                continue
            try:
                tree = part.tree
            except MalformedError as error:
                self._builder.report_unknown(f"{name.removesuffix('Reference')} that cannot be read ({error})")
                continue
            content = "".join(text.text or "" for text in tree.iter(f"{W}t")) or part.name
            if content not in self._furniture:
                self._furniture.add(content)
                with self._reader.within(part, tree):
                    self._writer.write(tree, part)

    def _report_rest(self) -> None:
        """Report what the document holds besides its text."""
        for kind, text in self._notes.list_unreferred():
            self._builder.drop(f"{kind} that nothing refers to", text)
        if self._part.first(_MACROS) is not None:
            self._builder.report_unknown("macros")
        named = {str(value) for element in self._part.tree.iter() for value in element.attrib.values()}
        for identifier, relation in self._part.relations.items():
            if not relation.external and self._part.related(identifier) is None:
                self._builder.report_unknown("relation to a part that is not in the file", relation.target)
            elif relation.kind in _CONTENT and identifier not in named:
                self._builder.report_unknown(f"{relation.kind} that the text does not refer to", relation.target)

    def _find_part(self, kind: str) -> Part | None:
        """The part of that kind that can be read; one that cannot is reported."""
        part = self._part.first(kind)
        try:
            return part if part is not None and part.tree is not None else None
        except MalformedError as error:
            self._builder.report_unknown(f"{kind} that cannot be read ({error})")
            return None

    def _find_tree(self, kind: str) -> etree._Element | None:
        part = self._find_part(kind)
        return None if part is None else part.tree


def _is_backdrop(header: Part) -> bool:
    """Whether a header puts a picture behind most of its pages, as a dark cover does."""
    try:
        anchors = list(header.tree.iter(f"{_WP}anchor"))
    except MalformedError:
        return False
    return any(
        anchor.get("behindDoc") in ("1", "true")
        and next(anchor.iter(f"{A}blip"), None) is not None
        and min(read_extent(anchor)) > _LARGE
        for anchor in anchors
    )
