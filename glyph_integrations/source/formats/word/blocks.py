"""The blocks of a Word document, as lines, tables and pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.errors import LoadError
from glyph_integrations.source.formats.drawings.charts import Chart, write_chart
from glyph_integrations.source.formats.word.drawings import (
    Attachment,
    Lines,
    Shown,
    ShownPicture,
    SkippedPicture,
    TextBox,
    Unread,
    Unseen,
    UnshownPicture,
)
from glyph_integrations.source.formats.word.paragraphs import CONTAINERS, SILENT, name_element
from glyph_integrations.source.formats.word.tables import TableReader, count_cells
from glyph_integrations.source.office import MC, R, W, choose_alternative
from glyph_integrations.source.words import split_lines

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.word.inline import Inline, Note
    from glyph_integrations.source.formats.word.numbering import Numbering
    from glyph_integrations.source.formats.word.paragraphs import ParagraphReader
    from glyph_integrations.source.formats.word.styles import Styles
    from glyph_integrations.source.packages import Part

_WRAPPERS = CONTAINERS | {f"{W}sdt", f"{W}hyperlink"}


class BlockWriter:
    """Writes paragraphs and tables with what hangs on them, in order."""

    def __init__(self, builder: TextBuilder, reader: ParagraphReader, styles: Styles, numbering: Numbering) -> None:
        self._builder = builder
        self._reader = reader
        self._styles = styles
        self._numbering = numbering
        self._tables = TableReader(self)

    def write(self, blocks: Iterable[etree._Element], part: Part) -> None:
        """Write the blocks of a part."""
        for block in blocks:
            tag = block.tag
            if tag == f"{W}p":
                self._paragraph(block, part)
            elif tag == f"{W}tbl":
                self._table(block, part)
            elif tag == f"{MC}AlternateContent":
                self.write(choose_alternative(block), part)
            elif tag in _WRAPPERS:
                self.write(block, part)
            elif tag == f"{W}altChunk":
                self._attach_chunk(block, part)
            elif tag in (f"{W}del", f"{W}moveFrom"):
                self._drop_deleted(block)
            elif tag not in SILENT:
                self._unknown(block, part)

    def read_paragraph(self, paragraph: etree._Element) -> tuple[str, Inline]:
        """Return a paragraph's text with its list mark, and what it holds; report what is left out of it."""
        inline = self._reader.read(paragraph)
        for item in inline.left_out:
            self._builder.drop(item.reason, item.text, hidden=item.hidden)
        for what, text in inline.unknown:
            self._builder.report_unknown(what, text)
        text = inline.text
        if text.strip() or not inline.left_out:
            mark, level = self._numbering.mark(paragraph)
            if mark and text.strip():
                text = f"{'  ' * level}{mark} {text.lstrip()}"
        return text, inline

    def write_hanging(self, inline: Inline, part: Part) -> None:
        """Write what a paragraph shows besides its words, then its notes."""
        for item in inline.shown:
            self._show(item, part)
        for note in inline.notes:
            self.write_note(note)

    def write_note(self, note: Note) -> None:
        """Write a note on one line, and after it what hangs on it."""
        lines: list[str] = []
        hanging: list[Inline] = []
        with self._reader.within(note.part, note.content):
            for paragraph in note.content.iter(f"{W}p"):
                if next(paragraph.iterancestors(f"{W}txbxContent"), None) is None:
                    text, inline = self.read_paragraph(paragraph)
                    lines += [" ".join(text.split())] if text.strip() else []
                    hanging.append(inline)
            self._builder.line(f"{note.mark} {' '.join(lines)}".strip())
            for inline in hanging:
                self.write_hanging(inline, note.part)

    def drop(self, reason: str, text: str, *, hidden: bool) -> None:
        """Report text that is left out."""
        self._builder.drop(reason, text, hidden=hidden)

    def report(self, what: str, text: str) -> None:
        """Report what is not understood."""
        self._builder.report_unknown(what, text)

    def _paragraph(self, paragraph: etree._Element, part: Part) -> None:
        text, inline = self.read_paragraph(paragraph)
        level = self._styles.outline_level(paragraph)
        text = text.strip("\n")
        if not inline.shown or level:
            if text.strip() and level:
                self._builder.heading(level, " ".join(text.split("\n")))
            elif text.strip():
                span = self._builder.line(text)
                if self._reader.is_code(paragraph):
                    self._builder.mark_code(*span)
            self.write_hanging(inline, part)
            return
        mark = text[: len(text) - len(inline.text.strip("\n").lstrip())] if text.strip() else ""
        items: list[str | Shown] = split_lines(inline.pieces)
        for item in items:
            if isinstance(item, str):
                self._builder.line(mark + (item.lstrip() if mark else item))
                mark = ""
            else:
                self._show(item, part)
        for note in inline.notes:
            self.write_note(note)

    def _show(self, item: Shown, part: Part) -> None:
        builder = self._builder
        match item:
            case TextBox(content=content):
                self.write(content, part)
            case ShownPicture():
                self._show_picture(item)
            case UnshownPicture(name=name, why=why, description=description):
                builder.unshown_picture(name, why, description)
            case SkippedPicture(reason=reason, description=description):
                builder.skip_picture(reason, description)
            case Chart():
                write_chart(builder, item)
            case Lines(texts=texts):
                for text in texts:
                    builder.line(text)
            case Attachment(name=name, part=attached):
                self._attach(name, attached)
            case Unread(what=what, text=text):
                builder.report_unknown(what, text)
            case Unseen(reason=reason, text=text):
                builder.drop(reason, text)

    def _show_picture(self, picture: ShownPicture) -> None:
        name = picture.part.name.rpartition("/")[2]
        try:
            data = picture.part.data
        except LoadError as error:
            self._builder.unshown_picture(name, str(error), picture.description)
            return
        self._builder.embedded_picture(
            data,
            name=name,
            width=picture.width,
            height=picture.height,
            crop=picture.crop,
            description=picture.description,
        )

    def _attach(self, name: str, part: Part) -> None:
        try:
            data = part.data
        except LoadError as error:
            self._builder.report_unknown(f"embedded file that cannot be read ({error})", name)
            return
        self._builder.attach(name, data)

    def _attach_chunk(self, chunk: etree._Element, part: Part) -> None:
        """A document of another kind that Word shows in this place."""
        found = part.related(chunk.get(f"{R}id"))
        if found is None:
            self._builder.report_unknown("embedded document that is not in the file")
        else:
            self._attach(found.name.rpartition("/")[2], found)

    def _drop_deleted(self, block: etree._Element) -> None:
        deleted = "".join(text.text or "" for text in block.iter(f"{W}delText", f"{W}t"))
        self._builder.drop("tracked deletion", deleted, hidden=False)

    def _unknown(self, block: etree._Element, part: Part) -> None:
        if str(block.tag).startswith(W):
            self._builder.report_unknown(name_element(block), (block.text or "").strip())
            self.write(block, part)
        else:
            self._builder.report_unknown(name_element(block), "".join(map(str, block.itertext())))

    def _table(self, table: etree._Element, part: Part) -> None:
        rows = list(self._tables.list_parts(table, "tr"))
        framed = len(rows) == 1 and count_cells(rows[0]) == 1
        lines: list[list[str]] = []
        for row in rows:
            if self._tables.drop_row(row):
                continue
            if framed or next(row.iterdescendants(f"{W}tbl"), None) is not None:
                self._end_table(lines)
                for cell in self._tables.list_parts(row, "tc"):  # a frame, or a layout: its structure stays
                    if not self._tables.drop_cell(cell):
                        self.write(cell, part)
                continue
            cells, hanging = self._tables.read_row(row)
            if any(cells):
                lines.append(cells)
            if any(inline.shown or inline.notes for inline in hanging):
                self._end_table(lines)  # a picture follows its row, and so do the notes
                for inline in hanging:
                    self.write_hanging(inline, part)
        self._end_table(lines)

    def _end_table(self, lines: list[list[str]]) -> None:
        if lines:
            self._builder.table(lines)
        lines.clear()
