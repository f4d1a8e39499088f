"""The text content that all OpenDocument files share: paragraphs, lists, tables, notes, frames."""

from __future__ import annotations

from copy import deepcopy
from dataclasses import replace
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.forms import Forms
from glyph_integrations.source.formats.odf.frames import FrameWriter
from glyph_integrations.source.formats.odf.inline import Hanging, Inline, InlineReader, list_texts
from glyph_integrations.source.formats.odf.lists import Counters, Lists
from glyph_integrations.source.formats.odf.looks import Looks
from glyph_integrations.source.formats.odf.names import DRAW, FO, KNOWN, OFFICE, STYLE, TABLE, TEXT, XLINK, XML
from glyph_integrations.source.formats.odf.number_styles import NumberStyles
from glyph_integrations.source.formats.odf.styles import Styles
from glyph_integrations.source.visibility import WHITE, Color, HiddenReason, parse_hex_color
from glyph_integrations.source.words import split_lines

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.limits import Limits
    from glyph_integrations.source.text import Box

_SILENT = frozenset(
    f"{TEXT}{name}"
    for name in (
        "sequence-decls", "user-field-decls", "variable-decls", "dde-connection-decls", "change", "change-start",
        "change-end", "soft-page-break", "table-of-content-source", "illustration-index-source", "bookmark-start",
        "table-index-source", "object-index-source", "user-index-source", "alphabetical-index-source", "bookmark-end",
        "bibliography-source", "section-source", "alphabetical-index-auto-mark-file", "bookmark", "list-level-style",
    )
) | {f"{OFFICE}forms", f"{OFFICE}event-listeners", f"{TABLE}calculation-settings", f"{OFFICE}dde-source"}  # fmt: skip
"""Blocks that show nothing."""
_CONTAINERS = frozenset(
    f"{TEXT}{name}"
    for name in (
        "section", "index-body", "index-title", "table-of-content", "illustration-index", "table-index", "object-index",
        "user-index", "alphabetical-index", "bibliography", "numbered-paragraph", "list-header", "list-item", "number",
    )
)  # fmt: skip
"""Blocks that are nothing but what they hold."""
_ROW_GROUPS = frozenset(f"{TABLE}{name}" for name in ("table-header-rows", "table-rows", "table-row-group"))
_TABLE_SETTINGS = frozenset(
    f"{TABLE}{name}"
    for name in (
        "table-column", "table-columns", "table-header-columns", "table-column-group", "title", "desc", "shapes",
    )
)  # fmt: skip
_IN_CELL = frozenset((f"{TEXT}p", f"{TEXT}h", f"{TEXT}list", f"{TEXT}section", f"{TABLE}detective"))
"""What a cell holds whose paragraphs are read in order."""
_VALUES = tuple(f"{OFFICE}{name}" for name in ("string-value", "date-value", "time-value", "boolean-value", "value"))
"""What a cell holds, for files that leave out how it is displayed."""
_BLANKS = 20
"""Blank cells at the end of a row beyond which they are no columns of its own."""
_REPEATED = 1000
"""How often one cell of a text's table may say that it is repeated."""


class Text:
    """Writes the text of one file, in order, because notes and lists are numbered as they come.

    ``styles`` are the file's, and so are ``numbers``, the styles of its numbers.
    """

    def __init__(
        self,
        builder: TextBuilder,
        content: etree._Element,
        styles: etree._Element | None,
        *,
        part: Callable[[str], bytes],
        name: str,
        limits: Limits,
    ) -> None:
        trees = [tree for tree in (styles, content) if tree is not None]
        self._builder = builder
        self._content = content
        self._styles = styles
        self._lists = Lists(trees)
        self.styles = self._look = Styles(trees)
        self.numbers = NumberStyles(trees)
        self._looks = Looks(self._look, _find_page_color(styles))
        self._deletions = dict(_list_deletions(content))
        self._frames = FrameWriter(
            builder,
            styles=self._look,
            looks=self._looks,
            part=part,
            write_blocks=self.blocks,
            name=name,
            limits=limits,
        )
        self._reader = InlineReader(
            self._looks,
            print_control=Forms(trees).print_control,
            print_formula=self._frames.print_formula,
            deletions=self._deletions,
        )
        self._by_name: dict[str, Counters] = {}
        self._waiting: list[Hanging] = []
        self._dropped: list[tuple[str, str | int, bool]] = []

    def write(self) -> None:
        """Writes the body of a text document between its headers and footers."""
        self._furniture("header")
        body = self._content.find(f"{OFFICE}body/{OFFICE}text")
        if body is not None:
            self.blocks(body)
        self._furniture("footer")

    def report(self) -> None:
        """Records what was left out of the current page."""
        for reason, left_out, hidden in self._dropped:
            self._builder.drop(reason, left_out, hidden=hidden)
        self._dropped.clear()

    def drop(self, reason: str, left_out: str | int, *, hidden: bool = True) -> None:
        """Counts text that is left out, by itself or by its length."""
        if left_out:
            self._dropped.append((reason, left_out, hidden))

    def report_link(self, link: etree._Element) -> None:
        """Reports where a link leads to, unless that is within the file."""
        address = link.get(f"{XLINK}href", "#")
        self.drop("link address", "" if address.startswith("#") else address, hidden=False)

    def blocks(self, parent: Iterable[etree._Element], box: Box | None = None) -> None:
        """Writes block elements, each on a line of its own."""
        for block in parent:
            self._block(block, box)

    def _block(self, block: etree._Element, box: Box | None) -> None:
        tag = str(block.tag)
        if tag in (f"{TEXT}p", f"{TEXT}h"):
            self._write_paragraph(block, box)
        elif tag == f"{TEXT}list":
            self._list(block, box)
        elif tag == f"{TABLE}table":
            self._table(block, box)
        elif tag == f"{TEXT}tracked-changes":
            self.drop("tracked deletion", " ".join(self._deletions.values()), hidden=False)
        elif tag == f"{TEXT}section" and _is_hidden_section(block):
            self.drop(HiddenReason.NOT_DISPLAYED, "".join(list_texts([block])))
        elif tag == f"{DRAW}control":
            self._line(block, self._reader.read(_wrap(block)).text, box)
        elif tag == f"{DRAW}a":
            self.report_link(block)
            self.blocks(block, box)
        elif tag.startswith(DRAW) and tag != f"{DRAW}g":
            self._frames.write(block, box)
        elif tag in _CONTAINERS or tag.startswith((DRAW, STYLE)):
            self.blocks(block, box)
        elif tag not in _SILENT:
            self._unknown(block, box)

    def _unknown(self, block: etree._Element, box: Box | None) -> None:
        """Blocks within names that OpenDocument has are read; what stands in other names is only reported."""
        name = f"element {str(block.tag).rpartition('}')[2]}"
        if str(block.tag).startswith(KNOWN):
            self._builder.report_unknown(name, (block.text or "").strip())
            self.blocks(block, box)
        else:
            self._builder.report_unknown(name, "".join(list_texts([block])))

    def _write_paragraph(self, block: etree._Element, box: Box | None, mark: str = "") -> None:
        """Writes a paragraph and what hangs on it; frames stand between its lines."""
        inline = self._read(block)
        if self._look.outline_level(block) or not inline.frames:
            if inline.text.strip():
                typed = not mark and inline.typed is True
                self._line(block, inline.text if typed else mark + inline.text, box, typed=typed)
            for frame in inline.frames:
                self._frames.write(frame.element, box)
        else:
            for item in split_lines(inline.pieces):
                if isinstance(item, str):
                    self._line(block, mark + item.strip(" "), box)
                    mark = ""
                else:
                    self._frames.write(item.element, box)
        self._write_notes(inline.notes)

    def _read(self, block: etree._Element) -> Inline:
        """What a paragraph holds; what is left out of it is reported."""
        inline = self._reader.read(block)
        self._report_inline(inline)
        return inline

    def _report_inline(self, inline: Inline) -> None:
        for reason, text, hidden in inline.left_out:
            self.drop(reason, text, hidden=hidden)
        for what, text in inline.unknown:
            self._builder.report_unknown(what, text)

    def _line(self, block: etree._Element, text: str, box: Box | None, *, typed: bool = False) -> None:
        where = (box,) if box is not None else ()
        level = self._look.outline_level(block)
        if level:
            numbered = block.tag == f"{TEXT}h" and block.get(f"{TEXT}is-list-header") != "true"
            mark = self._lists.heading_mark(level) if numbered else ""
            self._builder.heading(level, f"{mark} {' '.join(text.split())}".strip(), *where)
        elif text.strip():
            span = self._builder.line(text, *where)
            if typed:
                self._builder.mark_code(*span)

    def _write_notes(self, notes: Iterable[Hanging]) -> None:
        for note in notes:
            self._builder.line(f"{note.mark} {self.one_line(note.element)}".strip())

    def flush(self, box: Box | None = None) -> None:
        """Writes the notes and frames of the cells before."""
        self.write_hanging(self.take_hanging(), box)

    def take_hanging(self) -> list[Hanging]:
        """Returns the notes and frames of the cells before, which are then no longer waiting."""
        waiting, self._waiting = self._waiting, []
        return waiting

    def write_hanging(self, waiting: Iterable[Hanging], box: Box | None = None) -> None:
        """Writes notes and frames that were waiting."""
        for hanging in waiting:
            if hanging.mark:
                self._write_notes([hanging])
            else:
                self._frames.write(hanging.element, box)

    def _list(self, element: etree._Element, box: Box | None, level: int = 1, outer: Counters | None = None) -> None:
        style = element.get(f"{TEXT}style-name") or (outer.style if outer else "")
        counters = outer or Counters(style)
        if outer is None and element.get(f"{TEXT}continue-numbering") == "true":
            counters = self._by_name.get(style, counters)
        self._by_name[style] = counters
        if outer is not None and style:
            counters.style = style
        for item in element:
            first = item.tag == f"{TEXT}list-item"
            if not first and item.tag != f"{TEXT}list-header":
                self._block(item, box)
                continue
            for block in item:
                if block.tag == f"{TEXT}list":
                    self._list(block, box, level + 1, counters)
                elif first and block.tag in (f"{TEXT}p", f"{TEXT}h"):
                    mark = self._lists.mark(counters, level, item.get(f"{TEXT}start-value"))
                    self._write_paragraph(block, box, f"{'  ' * (level - 1)}{mark}{' ' if mark else ''}")
                else:
                    self._block(block, box)
                first = False

    def _table(self, table: etree._Element, box: Box | None) -> None:
        framed = sum(1 for _ in table.iter(f"{TABLE}table-cell")) == 1
        rows: list[list[str]] = []
        for row in self._list_rows(table, box):
            if row.get(f"{TABLE}visibility", "visible") != "visible":
                self.drop(HiddenReason.NOT_DISPLAYED, "".join(list_texts([row])))
            elif framed or next(row.iterdescendants(f"{TABLE}table"), None) is not None:
                self._end_table(rows, box)
                for cell in row:  # a frame, or a layout: what is within keeps its structure
                    self.blocks(cell, box)
            else:
                cells = self._row(row, box)
                rows += [cells] if any(cells) else []
                if self._waiting:  # a picture follows its row, and so do the notes
                    self._end_table(rows, box)
        self._end_table(rows, box)

    def _list_rows(self, parent: etree._Element, box: Box | None) -> Iterator[etree._Element]:
        for child in parent:
            if child.tag == f"{TABLE}table-row":
                yield child
            elif child.tag in _ROW_GROUPS:
                yield from self._list_rows(child, box)
            elif child.tag not in _SILENT and child.tag not in _TABLE_SETTINGS:
                self._unknown(child, box)

    def _end_table(self, rows: list[list[str]], box: Box | None) -> None:
        """Writes the rows so far, and what hangs on them."""
        if rows:
            self._builder.table(rows, None if box is None else [[box] * len(row) for row in rows])
        rows.clear()
        self.flush(box)

    def _row(self, row: etree._Element, box: Box | None) -> list[str]:
        cells: list[str] = []
        for cell in row:
            if cell.tag not in (f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
                self._unknown(cell, box)
                continue
            repeated = cell.get(f"{TABLE}number-columns-repeated", "1")
            times = min(int(repeated) if repeated.isdecimal() and len(repeated) < 9 else 1, _REPEATED)
            if cell.tag == f"{TABLE}covered-table-cell":
                self.drop(HiddenReason.COVERED, "".join(list_texts([cell])).strip())
            cells += [self.cell(cell) if cell.tag == f"{TABLE}table-cell" else ""] * times
        while len(cells) > _BLANKS and not any(cells[-_BLANKS:]):  # to the edge of an embedded sheet
            cells.pop()
        return cells

    def one_line(self, element: etree._Element) -> str:
        """All paragraphs below an element on one line."""
        return " ".join(filter(None, self._read_all(element.iter(f"{TEXT}p", f"{TEXT}h"))))

    def put_behind(self, shape: etree._Element, color: Color | None) -> None:
        """Says what lies behind the letters of a shape on a slide; None where that is not one color, or not known."""
        self._looks.backgrounds[shape] = color

    def mark(self, cell: etree._Element, text: str) -> str:
        """Text as the style of a sheet's cell shows it: struck out, raised, in a symbol font."""
        inline = Inline()
        inline.put(text, replace(self._looks.set_element(cell), reason=None))
        return inline.text

    def unseen(self, cell: etree._Element) -> str:
        """Why a person cannot see what is in a sheet's cell, or an empty string."""
        return self._looks.find_hidden_reason(cell) or ""

    def cell(self, cell: etree._Element) -> str:
        """The text of a cell on one line; what hangs on it waits for ``flush``."""
        own = (block for block in cell.iter(f"{TEXT}p", f"{TEXT}h") if _is_within(block, cell))
        for section in cell.iter(f"{TEXT}section"):
            if _is_hidden_section(section):
                self.drop(HiddenReason.NOT_DISPLAYED, "".join(list_texts([section])))
        text = " ".join(filter(None, self._read_all(own)))
        if not text and next(cell.iter(f"{TEXT}p"), None) is None:
            stated = next((cell.get(name, "") for name in _VALUES if cell.get(name)), "")
            text = self.mark(cell, self.numbers.show_value(cell) or stated)
        for child in cell:
            if child.tag == f"{OFFICE}annotation" or str(child.tag).startswith(DRAW):
                beside = Inline()
                self._reader.read_children(child, cell, beside)
                self._report_inline(beside)
                self._waiting += (*beside.frames, *beside.notes)
                between = " " if text and beside.text and child.tag != f"{OFFICE}annotation" else ""
                text += between + beside.text
            elif child.tag not in _IN_CELL and child.tag not in _SILENT:
                self._unknown(child, None)
        return text

    def _read_all(self, blocks: Iterable[etree._Element]) -> Iterator[str]:
        for block in blocks:
            inline = self._read(block)
            self._waiting += (*inline.frames, *inline.notes)
            yield " ".join(inline.text.split())

    def _furniture(self, kind: str) -> None:
        """Writes the headers or footers of all page styles that are used, the same one once."""
        seen: set[str] = set()
        for master in self._list_masters():
            for element in master:
                content = "".join(list_texts([element]))
                pictured = next(element.iter(f"{DRAW}image"), None) is not None
                shown = element.get(f"{STYLE}display", "true") == "true" and (content.strip() or pictured)
                if str(element.tag).startswith(f"{STYLE}{kind}") and shown and content not in seen:
                    seen.add(content)
                    self.blocks(element)

    def _list_masters(self) -> Iterator[etree._Element]:
        """The page styles that the text uses: those that it names, those that follow them, the standard one."""
        if self._styles is None:
            return
        masters = {each.get(f"{STYLE}name", ""): each for each in self._styles.iter(f"{STYLE}master-page")}
        named = {
            style.get(f"{STYLE}master-page-name", "")
            for tree in (self._content, self._styles)
            for style in tree.iter(f"{STYLE}style")
        }
        used = {"Standard", next(iter(masters), "")} | named
        waiting = list(used)
        while waiting:
            found = masters.get(waiting.pop())
            following = "" if found is None else found.get(f"{STYLE}next-style-name", "")
            if following and following not in used:
                used.add(following)
                waiting.append(following)
        yield from (master for name, master in masters.items() if name in used)


def _is_hidden_section(section: etree._Element) -> bool:
    display = section.get(f"{TEXT}display")
    return display == "none" or (display == "condition" and section.get(f"{TEXT}is-hidden") == "true")


def _is_within(block: etree._Element, cell: etree._Element) -> bool:
    """Whether a paragraph is the cell's own, not that of a note, a frame or a hidden section in it."""
    for ancestor in block.iterancestors():
        if ancestor is cell:
            return True
        if ancestor.tag in (f"{TEXT}note", f"{OFFICE}annotation") or str(ancestor.tag).startswith(DRAW):
            return False
        if ancestor.tag == f"{TEXT}section" and _is_hidden_section(ancestor):
            return False
    return False


def _wrap(control: etree._Element) -> etree._Element:
    """A paragraph that holds nothing but a copy of a control that stands outside of one."""
    paragraph: etree._Element = control.makeelement(f"{TEXT}p")
    paragraph.append(deepcopy(control))
    return paragraph


def _list_deletions(content: etree._Element) -> Iterator[tuple[str, str]]:
    """The names of tracked deletions, with the text that was deleted."""
    for region in content.iter(f"{TEXT}changed-region"):
        paragraphs = (block for part in region.iter(f"{TEXT}deletion") for block in part.iter(f"{TEXT}p", f"{TEXT}h"))
        text = " ".join("".join(map(str, block.itertext())) for block in paragraphs)
        if text:
            yield region.get(f"{TEXT}id") or region.get(f"{XML}id") or "", text


def _find_page_color(styles: etree._Element | None) -> Color | None:
    """The color of the pages; None where they differ, or have a picture."""
    found: set[Color | None] = set()
    for properties in () if styles is None else styles.iter(f"{STYLE}page-layout-properties"):
        stated = properties.get(f"{FO}background-color") or properties.get(f"{DRAW}fill-color")
        pictured = properties.get(f"{DRAW}fill") in ("bitmap", "gradient", "hatch")
        pictured = pictured or properties.find(f"{STYLE}background-image[@{XLINK}href]") is not None
        found.add(None if pictured else parse_hex_color(stated or "") or WHITE)
    return found.pop() if len(found) == 1 else None if found else WHITE
