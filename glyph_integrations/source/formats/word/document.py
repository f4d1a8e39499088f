"""A Word document's body, section by section, as lines and tables."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING, Any

import docx
from docx.opc.constants import CONTENT_TYPE
from docx.opc.part import PartFactory
from docx.parts.document import DocumentPart

from glyph_integrations.source.archives import repack
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.word.notes import Notes
from glyph_integrations.source.formats.word.numbering import Numbering
from glyph_integrations.source.formats.word.paragraphs import CONTAINERS, Inline, ParagraphReader
from glyph_integrations.source.formats.word.styles import Styles
from glyph_integrations.source.office import MC, MEDIA, R, W, chosen, is_on, properties, related
from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

# Documents with macros and templates differ from documents in nothing but this name; python-docx knows only one.
_MAIN_PARTS = (
    "application/vnd.ms-word.document.macroEnabled.main+xml",
    "application/vnd.openxmlformats-officedocument.wordprocessingml.template.main+xml",
    "application/vnd.ms-word.template.macroEnabledTemplate.main+xml",
)


def load_document(blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
    """Reads a document; see ``WordFormat.load``."""
    for name in _MAIN_PARTS:
        PartFactory.part_type_for[name] = DocumentPart
    package = docx.package.Package.open(repack(blob, options.limits, skip=MEDIA))
    part = package.main_document_part
    if part.content_type not in (CONTENT_TYPE.WML_DOCUMENT_MAIN, *_MAIN_PARTS):
        raise ValueError(part.content_type)
    builder = TextBuilder(options.limits)
    builder.page()
    _Document(part, blob.name, builder).write()
    return builder.finish(name=blob.name, media_type=media_type, metadata=properties(package.core_properties))


class _Document:
    def __init__(self, part: Any, name: str, builder: TextBuilder) -> None:
        self._part = part
        self._name = name
        self._builder = builder
        self._root = part.element
        background = self._root.find(f"{W}background")
        self._styles = Styles(self._tree("styles"), coloured_page=background is not None)
        self._notes = Notes(self._tree)
        self._numbering = Numbering(self._tree("numbering"), self._styles)
        self._reader = ParagraphReader(part, name, self._styles, self._notes)
        self._dropped: Counter[tuple[str, bool]] = Counter()
        self._furniture: set[str] = set()

    def write(self) -> None:
        """Writes the sections, each between its headers and footers, then the endnotes."""
        settings = self._tree("settings")
        even = settings is not None and is_on(settings.find(f"{W}evenAndOddHeaders"))
        blocks: list[etree._Element] = []
        for block in self._root.body:
            section = block if block.tag == f"{W}sectPr" else block.find(f"{W}pPr/{W}sectPr")
            if block.tag != f"{W}sectPr":
                blocks.append(block)
            if section is not None:
                self._section(blocks, section, even=even)
                blocks = []
        self._blocks(blocks)
        for mark, note in self._notes.endnotes():
            self._note(mark, note)
        for (reason, hidden), characters in self._dropped.items():
            self._builder.drop(reason, characters, hidden=hidden)

    def _section(self, blocks: Iterable[etree._Element], section: etree._Element, *, even: bool) -> None:
        kinds = {"default", *(["even"] if even else []), *(["first"] if is_on(section.find(f"{W}titlePg")) else [])}
        self._headers_or_footers(section, "headerReference", kinds)
        self._blocks(blocks)
        self._headers_or_footers(section, "footerReference", kinds)

    def _headers_or_footers(self, section: etree._Element, name: str, kinds: set[str]) -> None:
        """Writes those that are shown and that no section before had."""
        for reference in section.iterfind(f"{W}{name}"):
            data = related(self._part, reference.get(f"{R}id"))
            if reference.get(f"{W}type", "default") not in kinds or not data:
                continue
            tree = parse_xml(data, self._name)
            text = "".join(element.text or "" for element in tree.iter(f"{W}t"))
            if text.strip() and text not in self._furniture:
                self._furniture.add(text)
                self._blocks(tree)

    def _blocks(self, blocks: Iterable[etree._Element]) -> None:
        for block in blocks:
            if block.tag == f"{W}p":
                self._paragraph(block)
            elif block.tag == f"{W}tbl":
                self._table(block)
            elif block.tag == f"{MC}AlternateContent":
                self._blocks(chosen(block))
            elif block.tag in CONTAINERS:
                self._blocks(block)
            elif block.tag == f"{W}altChunk":
                self._builder.drop("embedded document", len(related(self._part, block.get(f"{R}id"))), hidden=False)

    def _paragraph(self, paragraph: etree._Element) -> None:
        text, inline = self._text_of(paragraph)
        level = self._styles.outline_level(paragraph)
        if text.strip():
            if level:
                self._builder.heading(level, " ".join(text.split("\n")))
            else:
                self._builder.line(text)
        self._after(inline)

    def _text_of(self, paragraph: etree._Element) -> tuple[str, Inline]:
        """A paragraph's text with its list mark."""
        inline = self._reader.read(paragraph)
        self._dropped.update(inline.dropped)
        text = inline.text
        if text.strip() or not inline.dropped:
            mark, level = self._numbering.mark(paragraph)
            if mark and text.strip():
                text = f"{'  ' * level}{mark} {text.lstrip()}"
        return text, inline

    def _after(self, inline: Inline) -> None:
        """Writes what hangs on a paragraph: text boxes, charts, then notes and comments."""
        for box in inline.boxes:
            self._blocks(box)
        for title, rows in inline.charts:
            if title:
                self._builder.line(title)
            self._builder.table(rows)
        for mark, note in inline.notes:
            self._note(mark, note)

    def _note(self, mark: str, note: etree._Element) -> None:
        lines: list[str] = []
        for paragraph in note.iter(f"{W}p"):
            text, inline = self._text_of(paragraph)
            lines += [text.strip()] if text.strip() else []
            self._after(inline)
        self._builder.line(f"{mark} {' '.join(lines)}")

    def _table(self, table: etree._Element) -> None:
        rows = list(_parts(table, "tr"))
        framed = len(rows) == 1 and len(list(_parts(rows[0], "tc"))) == 1
        lines: list[list[str]] = []
        hanging: list[Inline] = []
        for row in rows:
            if framed or next(row.iterdescendants(f"{W}tbl"), None) is not None:
                self._end_table(lines, hanging)
                for cell in _parts(row, "tc"):  # a frame, or a layout: what is within keeps its structure
                    self._blocks(cell)
            elif any(line := self._row(row, hanging)):
                lines.append(line)
        self._end_table(lines, hanging)

    def _end_table(self, lines: list[list[str]], hanging: list[Inline]) -> None:
        """Writes the rows so far, and what hangs on them."""
        if lines:
            self._builder.table(lines)
        for inline in hanging:
            self._after(inline)
        lines.clear()
        hanging.clear()

    def _row(self, row: etree._Element, hanging: list[Inline]) -> list[str]:
        settings = row.find(f"{W}trPr")
        if settings is not None and (is_on(settings.find(f"{W}hidden")) or settings.find(f"{W}del") is not None):
            hidden = settings.find(f"{W}del") is None
            characters = sum(len(text.text or "") for text in row.iter(f"{W}t"))
            self._dropped["hidden row" if hidden else "tracked deletion", hidden] += characters
            return []
        line = [""] * _number(settings, "gridBefore", 0)
        for cell in _parts(row, "tc"):
            merged = cell.find(f"{W}tcPr/{W}vMerge")
            continued = merged is not None and merged.get(f"{W}val", "continue") == "continue"
            line.append("" if continued else self._cell(cell, hanging))
            line += [""] * (_number(cell.find(f"{W}tcPr"), "gridSpan", 1) - 1)
        return line

    def _cell(self, cell: etree._Element, hanging: list[Inline]) -> str:
        lines: list[str] = []
        for paragraph in _paragraphs(cell):
            text, inline = self._text_of(paragraph)
            lines.append(text.strip())
            hanging.append(inline)
        return " ".join(filter(None, lines))

    def _tree(self, kind: str) -> etree._Element | None:
        for relation in self._part.rels.values():
            if relation.reltype.endswith(f"/{kind}") and not relation.is_external:
                return parse_xml(relation.target_part.blob, self._name)
        return None


def _parts(parent: etree._Element, name: str) -> Iterator[etree._Element]:
    """The rows of a table or the cells of a row, those in wrappers too."""
    for child in parent:
        if child.tag == f"{W}{name}":
            yield child
        elif child.tag in CONTAINERS:
            yield from _parts(child, name)


def _paragraphs(cell: etree._Element) -> Iterator[etree._Element]:
    for child in cell:
        if child.tag == f"{W}p":
            yield child
        elif child.tag == f"{MC}AlternateContent" or child.tag in CONTAINERS or child.tag == f"{MC}Choice":
            yield from _paragraphs(child)


def _number(settings: etree._Element | None, name: str, otherwise: int) -> int:
    found = None if settings is None else settings.find(f"{W}{name}")
    value = "" if found is None else found.get(f"{W}val", "")
    return min(int(value), 1000) if value.isdecimal() and len(value) < 9 else otherwise
