"""The text content that all OpenDocument files share: paragraphs, lists, tables, notes, frames."""

from __future__ import annotations

from collections import Counter
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.lists import Counters, Lists
from glyph_integrations.source.formats.odf.names import DC, DRAW, OFFICE, STYLE, SVG, TABLE, TEXT, XLINK
from glyph_integrations.source.formats.odf.styles import Styles
from glyph_integrations.source.numerals import raised
from glyph_integrations.source.office import alternative
from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.text import Box

_SILENT = frozenset(
    f"{TEXT}{name}"
    for name in ("sequence-decls", "user-field-decls", "variable-decls", "change", "change-start", "change-end")
)
_CHARACTERS = {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n", f"{TEXT}soft-page-break": ""}
_VALUES = tuple(f"{OFFICE}{name}" for name in ("string-value", "date-value", "time-value", "boolean-value", "value"))
"""What a cell holds, for files that leave out how it is displayed."""
_REPEATED = 1000
"""How often one cell of a text's table may say that it is repeated."""


class Text:
    """Writes the text of one file, in order, because notes and lists are numbered as they come."""

    def __init__(
        self,
        builder: TextBuilder,
        content: etree._Element,
        styles: etree._Element | None,
        part: Callable[[str], bytes],
        name: str,
    ) -> None:
        trees = [tree for tree in (styles, content) if tree is not None]
        self._builder = builder
        self._content = content
        self._styles = styles
        self._part = part
        self._name = name
        self._lists = Lists(trees)
        self._look = Styles(trees)
        self._by_name: dict[str, Counters] = {}
        self._comments = 0
        self._after: list[tuple[str, etree._Element]] = []
        self._dropped: Counter[tuple[str, bool]] = Counter()

    def write(self) -> None:
        """Writes the body of a text document between its headers and footers."""
        self._furniture("header")
        body = self._content.find(f"{OFFICE}body/{OFFICE}text")
        if body is not None:
            self.blocks(body)
        self._furniture("footer")

    def report(self) -> None:
        """Records what was left out of the current page."""
        for (reason, hidden), characters in self._dropped.items():
            self._builder.drop(reason, characters, hidden=hidden)
        self._dropped.clear()

    def drop(self, reason: str, characters: int, *, hidden: bool = True) -> None:
        """Counts characters that are left out."""
        if characters:
            self._dropped[reason, hidden] += characters

    def blocks(self, parent: Iterable[etree._Element], box: Box | None = None) -> None:
        """Writes block elements, each on a line of its own."""
        for block in parent:
            self._block(block, box)

    def inline(self, element: etree._Element) -> str:
        """The text of a paragraph; frames and notes in it wait until it is written."""
        pieces = [element.text or ""]
        for child in element:
            pieces += self._piece(child), child.tail or ""
        return "".join(pieces)

    def _block(self, block: etree._Element, box: Box | None) -> None:
        tag = block.tag
        if tag in (f"{TEXT}p", f"{TEXT}h"):
            text = self._paragraph(block)
            if text.strip():
                self._line(block, text, box)
            self.flush(box)
        elif tag == f"{TEXT}list":
            self._list(block, box)
        elif tag == f"{TABLE}table":
            self._table(block, box)
        elif tag == f"{TEXT}tracked-changes":
            deletions = (part.iter(f"{TEXT}p", f"{TEXT}h") for part in block.iter(f"{TEXT}deletion"))
            deleted = (text for paragraphs in deletions for paragraph in paragraphs for text in _texts(paragraph))
            self.drop("tracked deletion", sum(map(len, deleted)), hidden=False)
        elif tag == f"{TEXT}section" and block.get(f"{TEXT}display") == "none":
            self.drop("hidden section", sum(map(len, _texts(block))))
        elif tag.startswith(DRAW):
            self._after.append(("", block))
            self.flush(box)
        elif tag not in _SILENT and len(block):
            self.blocks(block, box)

    def _line(self, block: etree._Element, text: str, box: Box | None) -> None:
        where = (box,) if box is not None else ()
        level = self._look.outline_level(block)
        if level:
            numbered = block.tag == f"{TEXT}h" and block.get(f"{TEXT}is-list-header") != "true"
            mark = self._lists.heading_mark(level) if numbered else ""
            self._builder.heading(level, f"{mark} {' '.join(text.split())}".strip(), *where)
        else:
            self._builder.line(text, *where)

    def _paragraph(self, block: etree._Element) -> str:
        """The text of a paragraph, white space collapsed as the format asks for."""
        if reason := self._look.unseen(block):
            self.drop(reason, sum(map(len, _texts(block))))
            return ""
        return self.inline(block).strip(" ")

    def _piece(self, child: etree._Element) -> str:
        tag = child.tag
        if tag in _CHARACTERS:
            return _CHARACTERS[tag]
        if tag == f"{TEXT}s":
            return " " * min(int(child.get(f"{TEXT}c", "1")), 1000)
        if tag in (f"{TEXT}note", f"{OFFICE}annotation"):
            return self._note(child)
        if tag.startswith(DRAW) and tag != f"{DRAW}a":
            self._after.append(("", child))
            return ""
        return "" if tag in _SILENT else self._span(child)

    def _note(self, note: etree._Element) -> str:
        """The mark of a note or comment, whose text follows the paragraph."""
        if note.tag == f"{TEXT}note":
            mark = "".join(_texts(note.find(f"{TEXT}note-citation")))
            body = note.find(f"{TEXT}note-body")
            mark = raised(mark, up=True) or f"[{mark}]"
            self._after += [(mark, body)] if body is not None else []
            return mark
        self._comments += 1
        self._after.append((f"[comment {self._comments}{_author(note)}]", note))
        return f"[comment {self._comments}]"

    def _span(self, span: etree._Element) -> str:
        if reason := self._look.unseen(span):
            self.drop(reason, sum(map(len, _texts(span))))
            return ""
        text = self.inline(span)
        if span.tag == f"{TEXT}ruby-text":
            return f"({text})"
        side = self._look.raised_by(span)
        return (raised(text, up=side > 0) if side else "") or text

    def flush(self, box: Box | None = None) -> None:
        """Writes the notes and frames of the paragraph before."""
        waiting, self._after = self._after, []
        for mark, element in waiting:
            if mark:
                self._builder.line(f"{mark} {self.one_line(element)}")
            else:
                self._frame(element, box)

    def _frame(self, frame: etree._Element, box: Box | None) -> None:
        title = frame.findtext(f"{SVG}desc") or frame.findtext(f"{SVG}title") or ""
        if text := alternative(title):
            self._builder.line(text)
        for child in frame:
            if child.tag == f"{DRAW}object":
                self._object(child)
            elif child.tag not in (f"{SVG}desc", f"{SVG}title", f"{DRAW}image"):
                self._block(child, box)

    def _object(self, element: etree._Element) -> None:
        """An embedded formula or chart."""
        place = element.get(f"{XLINK}href", "").removeprefix("./").rstrip("/")
        data = self._part(f"{place}/content.xml") if place else b""
        if not data:
            return
        tree = parse_xml(data, self._name)
        formula = next((found.text for found in tree.iter("{*}annotation") if found.text), None)
        if formula:
            self._builder.line(formula)
            return
        self.blocks(tree.iter(f"{TEXT}p") if tree.find(f".//{TABLE}table") is None else _chart(tree))

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
            for block in item:
                if block.tag == f"{TEXT}list":
                    self._list(block, box, level + 1, counters)
                elif first and block.tag in (f"{TEXT}p", f"{TEXT}h"):
                    mark = self._lists.mark(counters, level, item.get(f"{TEXT}start-value"))
                    text = self._paragraph(block)
                    if text.strip():
                        self._builder.line(
                            f"{'  ' * (level - 1)}{mark}{' ' if mark else ''}{text}", *((box,) if box else ())
                        )
                    self.flush(box)
                else:
                    self._block(block, box)
                first = False

    def _table(self, table: etree._Element, box: Box | None) -> None:
        framed = sum(1 for _ in table.iter(f"{TABLE}table-cell")) == 1
        rows: list[list[str]] = []
        for row in table.iter(f"{TABLE}table-row"):
            if next(row.iterancestors(f"{TABLE}table"), None) is not table:
                continue
            if framed or next(row.iterdescendants(f"{TABLE}table"), None) is not None:
                self._end_table(rows, box)
                for cell in row:  # a frame, or a layout: what is within keeps its structure
                    self.blocks(cell, box)
            elif any(cells := self._row(row)):
                rows.append(cells)
        self._end_table(rows, box)

    def _end_table(self, rows: list[list[str]], box: Box | None) -> None:
        """Writes the rows so far, and what hangs on them."""
        if rows:
            self._builder.table(rows, None if box is None else [[box] * len(row) for row in rows])
        rows.clear()
        self.flush(box)

    def _row(self, row: etree._Element) -> list[str]:
        cells: list[str] = []
        for cell in row:
            times = min(int(cell.get(f"{TABLE}number-columns-repeated", "1")), _REPEATED)
            cells += [self.cell(cell) if cell.tag == f"{TABLE}table-cell" else ""] * times
        return cells

    def one_line(self, element: etree._Element) -> str:
        """All paragraphs below an element on one line."""
        return " ".join(filter(None, (self._paragraph(block) for block in element.iter(f"{TEXT}p", f"{TEXT}h"))))

    def unseen(self, cell: etree._Element) -> str:
        """Why a person cannot see what is in a sheet's cell, or an empty string."""
        return self._look.unseen(cell)

    def cell(self, cell: etree._Element) -> str:
        """The text of a cell on one line."""
        paragraphs = (self._paragraph(block) for block in cell.iter(f"{TEXT}p", f"{TEXT}h") if _within(block, cell))
        text = " ".join(filter(None, paragraphs)) or next(
            (cell.get(name, "") for name in _VALUES if cell.get(name)), ""
        )
        return text + "".join(
            self._piece(child) for child in cell if child.tag == f"{OFFICE}annotation" or child.tag.startswith(DRAW)
        )

    def _furniture(self, kind: str) -> None:
        """Writes the headers or footers of all page styles that are used, the same one once."""
        seen: set[str] = set()
        for master in () if self._styles is None else self._styles.iter(f"{STYLE}master-page"):
            for element in master:
                text = "".join(_texts(element))
                if element.tag.startswith(f"{STYLE}{kind}") and text.strip() and text not in seen:
                    seen.add(text)
                    self.blocks(element)


def _within(block: etree._Element, cell: etree._Element) -> bool:
    """Whether a paragraph is the cell's own, not that of a note or frame in it."""
    for ancestor in block.iterancestors():
        if ancestor is cell:
            return True
        if ancestor.tag in (f"{TEXT}note", f"{OFFICE}annotation") or ancestor.tag.startswith(DRAW):
            return False
    return False


def _chart(tree: etree._Element) -> Iterator[etree._Element]:
    """A chart's titles, then the table that it draws."""
    yield from (block for title in tree.iter("{*}title", "{*}subtitle") for block in title.iter(f"{TEXT}p"))
    yield from tree.iter(f"{TABLE}table")


def _texts(element: etree._Element | None) -> Iterator[str]:
    return iter(()) if element is None else map(str, element.itertext())


def _author(annotation: etree._Element) -> str:
    name = annotation.findtext(f"{DC}creator")
    return f", {name}" if name else ""
