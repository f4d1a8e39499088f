"""An HTML tree as lines of text: blocks, lists with their marks, headings, tables."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from lxml import etree

from glyph_integrations.source.formats.html.visibility import Visibility
from glyph_integrations.source.numerals import list_mark, raised

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from glyph_integrations.source.builder import TextBuilder

_BLOCKS = frozenset(
    [
        "address",
        "article",
        "aside",
        "blockquote",
        "body",
        "caption",
        "center",
        "dd",
        "details",
        "dialog",
        "dir",
        "div",
        "dl",
        "dt",
        "fieldset",
        "figcaption",
        "figure",
        "footer",
        "form",
        "h1",
        "h2",
        "h3",
        "h4",
        "h5",
        "h6",
        "header",
        "hgroup",
        "hr",
        "legend",
        "li",
        "main",
        "menu",
        "nav",
        "ol",
        "optgroup",
        "option",
        "p",
        "pre",
        "search",
        "section",
        "select",
        "summary",
        "table",
        "tbody",
        "td",
        "textarea",
        "tfoot",
        "th",
        "thead",
        "tr",
        "ul",
    ]
)
_CODE = frozenset({"script", "style", "template", "head", "noembed", "noframes", "object", "audio", "video", "iframe"})
_LISTS = frozenset({"ul", "ol", "menu", "dir"})
_HEADING = re.compile(r"h([1-6])")
_SPACES = re.compile(r"[ \t\n\r\f]+")
_STYLES = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman"}


def write(builder: TextBuilder, tree: etree._Element, sheets: Sequence[str] | None = None) -> None:
    """Appends the tree's text to the current page, and records what a person could not see.

    Args:
        builder: Takes up the text.
        tree: The page.
        sheets: The linked style sheets, where they are at hand.
    """
    visibility = Visibility(tree, sheets)

    def line(text: str, level: int) -> None:
        if level:
            builder.heading(level, text)
        else:
            builder.line(text)

    _Walk(builder, visibility, line).through(tree)


class _Walk:
    """One pass over a tree, which may be thousands of elements deep, hence without recursion."""

    def __init__(self, builder: TextBuilder, visibility: Visibility, line: Callable[[str, int], None]) -> None:
        self._builder = builder
        self._visibility = visibility
        self._line = line
        self._buffer: list[str] = []
        self._mark = ""
        self._level = 0
        self._depth = 0
        self._verbatim = 0
        self._counters: list[Iterator[str]] = []

    def through(self, root: etree._Element) -> None:
        """Writes what is below ``root``."""
        events = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, element in events:
            if event == "start":
                if not isinstance(element.tag, str) or self._replaced(element):
                    events.skip_subtree()
                    skipped = element
                else:
                    self._open(element)
                    self._text(element.text)
            else:
                if element is not skipped:
                    self._close(element)
                skipped = None
                if element is not root:
                    self._text(element.tail)
        self.flush()

    def flush(self) -> None:
        """Ends the line."""
        text = "".join(self._buffer)
        text = text.strip("\n") if self._verbatim else _SPACES.sub(" ", text).strip(" ")
        self._buffer.clear()
        if text:
            indent = "  " * max(self._depth - 1, 0)
            self._line(f"{indent}{self._mark}{text}" if not self._level else text, self._level)
            self._mark = ""

    def _text(self, text: str | None) -> None:
        if text:
            self._buffer.append(text)

    def _open(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self.flush()
        if heading := _HEADING.fullmatch(tag):
            self._level = int(heading[1])
        elif tag in _LISTS:
            self._depth += 1
            self._counters.append(_marks(element))
        elif tag == "li":
            self._mark = next(self._counters[-1], "") if self._counters else "• "
        elif tag == "pre":
            self._verbatim += 1
        elif tag == "q":
            self._buffer.append("“")
        elif tag == "rt" and not _has_brackets(element):
            self._buffer.append("(")

    def _close(self, element: etree._Element) -> None:
        tag = element.tag
        if tag in _BLOCKS:
            self.flush()
        if _HEADING.fullmatch(tag):
            self._level = 0
        elif tag in _LISTS:
            self._depth -= 1
            self._counters.pop()
        elif tag == "pre":
            self._verbatim -= 1
        elif tag == "q":
            self._buffer.append("”")
        elif tag == "rt" and not _has_brackets(element):
            self._buffer.append(")")

    def _replaced(self, element: etree._Element) -> bool:
        """Writes elements that stand for something else than the text within; says whether that is done."""
        tag = element.tag
        if tag in _CODE:
            if tag != "head":
                self._drop(element, "script or style", hidden=False)
            return True
        if reason := self._visibility.hidden_by(element):
            self._drop(element, reason, hidden=True)
            return True
        if tag == "table" and _is_data(element):
            self._table(element)
        elif tag == "br":
            self._buffer.append("\n") if self._verbatim else self.flush()
        elif tag == "img":
            self._image(element)
        elif tag == "input":
            self._input(element)
        elif tag == "math" and (tex := _tex(element)):
            self._buffer.append(tex)
        elif tag in ("sup", "sub") and not len(element) and (text := raised(element.text or "", up=tag == "sup")):
            self._buffer.append(text)
        else:
            return False
        return True

    def _drop(self, element: etree._Element, reason: str, *, hidden: bool) -> None:
        characters = len(_SPACES.sub(" ", "".join(map(str, element.itertext(etree.Element)))).strip())
        if characters:
            self._builder.drop(reason, characters, hidden=hidden)

    def _image(self, element: etree._Element) -> None:
        alternative = _SPACES.sub(" ", element.get("alt", "")).strip()
        if alternative:
            self._buffer.append(f" [image: {alternative}] ")

    def _input(self, element: etree._Element) -> None:
        kind = element.get("type", "text").lower()
        if kind in ("checkbox", "radio"):
            self._buffer.append("[x] " if element.get("checked") is not None else "[ ] ")
        elif kind not in ("hidden", "password", "image", "file"):
            self._buffer.append(f" {element.get('value') or element.get('placeholder') or ''} ")

    def _table(self, table: etree._Element) -> None:
        self.flush()
        for caption in table.iterfind("caption"):
            self.through(caption)
        rows: list[list[str]] = []
        running: dict[int, int] = {}  # column -> rows that a cell from above still takes up
        for row in table.iter("tr"):
            if reason := self._visibility.hidden_by(row):
                self._drop(row, reason, hidden=True)
                continue
            cells = self._row(row, running)
            if any(cells):
                rows.append(cells)
        if rows:
            self._builder.table(rows)

    def _row(self, row: etree._Element, running: dict[int, int]) -> list[str]:
        cells: list[str] = []

        def pass_spanned() -> None:
            while running.get(len(cells), 0) > 0:
                running[len(cells)] -= 1
                cells.append("")

        for cell in row.iterchildren("td", "th"):
            pass_spanned()
            if reason := self._visibility.hidden_by(cell):
                self._drop(cell, reason, hidden=True)
                continue
            for column in range(_span(cell, "colspan")):
                running[len(cells)] = _span(cell, "rowspan") - 1
                cells.append("" if column else self._cell(cell))
        pass_spanned()
        return cells

    def _cell(self, cell: etree._Element) -> str:
        lines: list[str] = []
        _Walk(self._builder, self._visibility, lambda text, _: lines.append(text.strip())).through(cell)
        return " ".join(lines)


def _is_data(table: etree._Element) -> bool:
    """Whether a table holds data, rather than the page's layout."""
    if table.get("role") in ("presentation", "none") or next(table.iterdescendants("table"), None) is not None:
        return False
    if next(table.iterdescendants("h1", "h2", "form", "pre"), None) is not None:
        return False
    return any(sum(1 for _ in row.iterchildren("td", "th")) > 1 for row in table.iter("tr"))


def _has_brackets(element: etree._Element) -> bool:
    parent = element.getparent()
    return parent is not None and parent.find("rp") is not None


def _span(cell: etree._Element, name: str) -> int:
    value = cell.get(name, "1").strip()
    return min(max(int(value), 1), 100) if value.isdecimal() and len(value) < 6 else 1


def _marks(element: etree._Element) -> Iterator[str]:
    """The marks of a list's items, in order."""
    style = element.get("style", "").replace(" ", "").lower()
    items = list(element.iterchildren("li"))
    if "list-style:none" in style or "list-style-type:none" in style:
        return
    if element.tag != "ol":
        for _ in items:
            yield "• "
        return
    kind = _STYLES.get(element.get("type", ""), "decimal")
    step = -1 if element.get("reversed") is not None else 1
    number = _integer(element.get("start"), len(items) if step < 0 else 1)
    for item in items:
        number = _integer(item.get("value"), number)
        yield f"{list_mark(number, kind)}. "
        number += step


def _integer(text: str | None, otherwise: int) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text.strip()) else otherwise


def _tex(element: etree._Element) -> str:
    """The TeX that a formula carries, which keeps its structure in one line."""
    for annotation in element.iter("annotation"):
        if "tex" in annotation.get("encoding", "").lower():
            return annotation.text or ""
    return str(element.get("alttext", ""))
