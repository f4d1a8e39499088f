"""An HTML tree as lines of text: blocks, lists with their marks, headings, tables, pictures, fields, formulas."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, NamedTuple

from lxml import etree

from glyph_integrations.errors import LoadError
from glyph_integrations.source.formats.html.elements import (
    BLOCKS,
    CODE,
    EMBEDDED,
    FALLBACKS,
    INLINE_BOXES,
    KNOWN,
    LISTS,
    SILENT,
)
from glyph_integrations.source.formats.html.fields import read_input, read_select
from glyph_integrations.source.formats.html.grids import Grid, is_data, list_rows, list_stray_texts, read_span
from glyph_integrations.source.formats.html.lines import Line
from glyph_integrations.source.formats.html.marks import ListMarks
from glyph_integrations.source.formats.html.mathml import find_tex, write_formula
from glyph_integrations.source.formats.html.outputs import Cell, Output, Page
from glyph_integrations.source.formats.html.parsing import parse
from glyph_integrations.source.formats.html.pictures import is_decorative
from glyph_integrations.source.formats.html.picturing import NOT_DISPLAYED, Pictures
from glyph_integrations.source.formats.html.styling import PageStyles, read_styles
from glyph_integrations.source.symbols import symbol
from glyph_integrations.source.visibility import HiddenReason

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.html.css.computing import Style

_HEADING = re.compile(r"h([1-6])")


def write(
    builder: TextBuilder,
    tree: etree._Element,
    sheets: Sequence[str] | None = None,
    resolve: Callable[[str], tuple[bytes, str] | None] | None = None,
) -> None:
    """Append the tree's text to the current page, and record what a person could not see.

    Args:
        builder: Takes up the text.
        tree: The page.
        sheets: The linked style sheets, where they are at hand.
        resolve: Gives the bytes and the media type at an address of the page (a part of the message or the book), or
            None where they are not at hand. Nothing is fetched otherwise.
    """
    styles = read_styles(tree, sheets, resolve)
    for reason, text in styles.unread:
        builder.drop(reason, text, hidden=False)
    _Walk(_Source(builder, styles, resolve, Pictures(builder, styles, resolve)), Page(builder)).write(tree)


class _Source(NamedTuple):
    """What all parts of one page share."""

    builder: TextBuilder
    styles: PageStyles
    resolve: Callable[[str], tuple[bytes, str] | None] | None
    pictures: Pictures


class _Walk:
    """One pass over a tree, which may be thousands of elements deep, hence without recursion."""

    def __init__(self, source: _Source, output: Output) -> None:
        self._source = source
        self._builder, self._styles, _, self._pictures = source
        self._output = output
        self.text = Line()
        self._mark = ""
        self._level = 0
        self._depth = 0
        self._marks: list[ListMarks] = []
        self._waiting: list[Callable[[], None]] = []

    def write(self, root: etree._Element) -> None:
        """Write what is in ``root``."""
        events = etree.iterwalk(root, events=("start", "end"))
        skipped: etree._Element | None = None
        for event, element in events:
            if not isinstance(element.tag, str):
                continue
            if event == "start":
                if self._write_whole(element, is_root=element is root):
                    events.skip_subtree()
                    skipped = element
                else:
                    self._open(element)
                    self._add(element.text, element)
            else:
                if element is not skipped:
                    self._close(element)
                skipped = None
                parent = element.getparent()
                if element is not root and parent is not None:
                    self._add(element.tail, parent)
        self.flush()

    def flush(self) -> None:
        """End the line; pictures that stood in it follow."""
        words = self.text.take()
        if words.text.strip():
            indent = "" if words.is_verbatim or self._level else "  " * max(self._depth - 1, 0)
            mark = "" if self._level else self._mark
            self._output.line(f"{indent}{mark}{words.text}", self._level, is_verbatim=words.is_verbatim)
            self._mark = ""
        waiting, self._waiting = self._waiting, []
        for show in waiting:
            self._output.picture(show)

    def _add(self, text: str | None, element: etree._Element) -> None:
        """Add text that stands right below an element, or report that a person could not see it."""
        if not text:
            return
        if text.isspace():
            self.text.add(text, preserves=self._styles.get(element).preserves)
            return
        reason = self._styles.find_reason(element)
        if reason is not None:
            self._builder.drop(reason, text)
        else:
            self._add_visible(text, self._styles.get(element))

    def _add_visible(self, text: str, style: Style) -> None:
        if style.family in ("symbol", "wingdings", "wingdings 2", "wingdings 3", "webdings"):
            text = symbol(style.family, text)
        self.text.add(text, is_struck=style.is_struck, preserves=style.preserves, rise=style.rise)

    def _open(self, element: etree._Element) -> None:
        tag = element.tag
        style = self._styles.get(element)
        self._separate(element, style)
        if heading := _HEADING.fullmatch(tag):
            self._level = int(heading[1])
        elif tag in LISTS:
            self._depth += 1
            self._marks.append(ListMarks(element, self._styles.get))
        elif tag == "li" and style.is_displayed:
            bullet = "• " if style.display == "list-item" and style.list_style != "none" else ""
            self._mark = self._marks[-1].mark(element) if self._marks else bullet
        elif tag == "q":
            self.text.add("“")
        elif tag == "rt" and self._styles.find_reason(element) is None:
            self.text.add("(")
        self._generate(element, is_after=False)

    def _close(self, element: etree._Element) -> None:
        tag = element.tag
        self._generate(element, is_after=True)
        if tag == "q":
            self.text.add("”")
        elif tag == "rt" and self._styles.find_reason(element) is None:
            self.text.add(")")
        self._separate(element, self._styles.get(element))
        if _HEADING.fullmatch(tag):
            self._level = 0
        elif tag in LISTS:
            self._depth -= 1
            self._marks.pop()

    def _separate(self, element: etree._Element, style: Style) -> None:
        """End the line before and after a block; keep boxes on one line apart."""
        display = style.display
        if not style.is_displayed:
            return
        if element.tag == "textarea":
            self.flush()
        elif display.startswith("inline") or display in ("contents", "ruby", "ruby-text"):
            if ((element.tag in BLOCKS or element.tag == "button") and display != "contents") or _is_item(
                element, self._styles
            ):
                self.text.space()
        elif display == "table-cell" and element.tag not in BLOCKS:
            self.text.space()
        else:
            self.flush()

    def _generate(self, element: etree._Element, *, is_after: bool) -> None:
        """Add the words that a style sheet puts before or after an element's own."""
        generated = self._styles.generate(element, is_after=is_after)
        if generated is None:
            return
        if generated.has_counter:
            self._builder.report_unknown("content: counter()")
        if not generated.text:
            return
        if generated.reason is not None:
            self._builder.drop(generated.reason, generated.text)
            return
        if generated.style.display not in ("inline", "inline-block"):
            self.text.space()
        self._add_visible(generated.text, generated.style)

    def _write_whole(self, element: etree._Element, *, is_root: bool) -> bool:
        """Write an element that stands for something else than the text within; return whether that is done."""
        tag = element.tag
        if tag in CODE and not (tag == "template" and element.get("shadowrootmode") is not None):
            self._drop(element, "script or style", hidden=False)
            return True
        if tag in SILENT:
            self._skip_silent(element)
            return True
        style = self._styles.get(element)
        if not style.is_displayed:
            self._skip_undisplayed(element)
            return True
        if tag not in KNOWN:
            self._report_unknown(element)
        writer = self._WRITERS.get(tag)
        if writer is not None:
            return bool(writer(self, element))
        if tag == "image" and element.get("src"):
            self._write_picture(element)
        if tag == "table" and not is_root and is_data(element):
            self._write_table(element)
            return True
        return False

    def _skip_silent(self, element: etree._Element) -> None:
        """Report the words of what is never displayed, unless they stand elsewhere."""
        is_bracket = element.tag == "rp" and not any(map(str.isalnum, _read_words(element)))
        is_name = element.tag == "title" and next(element.getroottree().iter("title"), None) is element
        if not (is_bracket or is_name):
            self._drop(element, HiddenReason.NOT_DISPLAYED, hidden=True)

    def _skip_undisplayed(self, element: etree._Element) -> None:
        """Report the words and the pictures of what is not displayed at all."""
        words = _read_words(element)
        if element.tag == "input":
            words = element.get("value", "")
        elif element.tag in ("img", "picture") or (not words and next(element.iter("img"), None) is not None):
            self._builder.drop(NOT_DISPLAYED, words)
            return
        if words:
            self._builder.drop(HiddenReason.NOT_DISPLAYED, words)

    def _drop(self, element: etree._Element, reason: str, *, hidden: bool) -> None:
        if words := _read_words(element):
            self._builder.drop(reason, words, hidden=hidden)

    def _report_unknown(self, element: etree._Element) -> None:
        """Report an element that no browser knows; its text is kept, and so is that of custom elements."""
        is_custom = "-" in element.tag
        if not is_custom or not _read_words(element):
            self._builder.report_unknown(f"<{element.tag[:40]}>")

    def _write_break(self, element: etree._Element) -> bool:
        if self._styles.get(element).preserves:
            self.text.add("\n", preserves="all")
        else:
            self.flush()
        return True

    def _write_input(self, element: etree._Element) -> bool:
        if element.get("type", "").strip().lower() == "image":
            return self._write_picture(element)
        self._add(read_input(element, self._builder), element)
        return True

    def _write_select(self, element: etree._Element) -> bool:
        lines = read_select(element, self._builder)
        if len(lines) == 1:
            self._add(f" {lines[0]} ", element)
            return True
        for line in lines:
            self.flush()
            self._add(line, element)
        self.flush()
        return True

    def _write_formula(self, element: etree._Element) -> bool:
        reason = self._styles.find_reason(element)
        if reason is not None:
            self._drop(element, reason, hidden=True)
            return True
        text = find_tex(element) or write_formula(element, self._hides)
        style = self._styles.get(element)
        if element.get("display") == "block":
            self.flush()
        self.text.add(text, is_struck=style.is_struck)
        if element.get("display") == "block":
            self.flush()
        return True

    def _hides(self, element: etree._Element) -> bool:
        """Return whether a part of a formula is not seen, and report it."""
        if element.tag in ("mphantom", "maction"):
            reason: HiddenReason | None = HiddenReason.NOT_DISPLAYED if element.tag == "mphantom" else None
        else:
            reason = self._styles.find_reason(element) if not len(element) else None
        if reason is not None:
            self._drop(element, reason, hidden=True)
        return reason is not None

    def place(self, show: Callable[[], None]) -> None:
        """Show a picture after the line at hand."""
        self._waiting.append(show)
        if self.text.is_empty:
            self.flush()

    def _write_picture(self, element: etree._Element) -> bool:
        self._pictures.write_picture(element, self)
        return True

    def _write_drawing(self, element: etree._Element) -> bool:
        self._pictures.write_drawing(element, self)
        return True

    def _write_embedded(self, element: etree._Element) -> bool:
        """Write what stands for another file: a frame's own page, a picture, an entry in the report."""
        if element.tag == "object" and not element.get("data"):
            return False
        if element.tag == "iframe" and element.get("srcdoc"):
            self._write_frame(element)
        else:
            self._pictures.write_file(element, self)
        self._drop(element, "words for browsers that cannot show a file", hidden=True)
        return True

    def _write_frame(self, element: etree._Element) -> None:
        """Write the page within a frame, unless the frame itself cannot be seen."""
        self.flush()
        if self._styles.find_reason(element) is not None or is_decorative(element, *self._pictures.measure(element)):
            self._builder.drop(HiddenReason.NOT_DISPLAYED, element.get("srcdoc", ""))
            return
        try:
            tree = parse(element.get("srcdoc", "").encode("utf-8", "replace"), "frame", "utf-8")
        except LoadError as error:
            self._builder.report_unknown("frame", str(error))
            return
        for frame in tree.iter("iframe"):  # frames in frames: the second one is named
            frame.attrib.pop("srcdoc", "")
        resolve = self._source.resolve
        styles = read_styles(tree, None, resolve)
        source = _Source(self._builder, styles, resolve, Pictures(self._builder, styles, resolve))
        _Walk(source, self._output).write(tree)

    def _write_fallback(self, element: etree._Element) -> bool:
        """Report words that browsers show only where they cannot show the thing itself."""
        if element.tag == "canvas":
            self._builder.report_unknown("<canvas>, which a script draws")
        self._drop(element, "words for browsers that cannot show a file", hidden=True)
        return True

    def _write_table(self, table: etree._Element) -> None:
        self.flush()
        for caption in table.iterfind("caption"):
            _Walk(self._source, self._output).write(caption)
        for text, element in list_stray_texts(table):
            self._add(f" {text} ", element)
        self.flush()
        grid = Grid()
        pictures: list[Callable[[], None]] = []
        for row in list_rows(table):
            if not self._styles.get(row.element).is_displayed:
                self._skip_undisplayed(row.element)
                continue
            grid.begin_row()
            for cell in row.cells:
                if not self._styles.get(cell).is_displayed:
                    self._skip_undisplayed(cell)
                    continue
                part = Cell()
                _Walk(self._source, part).write(cell)
                grid.add(" ".join(part.lines), read_span(cell, "colspan"), read_span(cell, "rowspan"))
                pictures += part.pictures
        if rows := grid.tidy():
            self._builder.table(rows)
        for show in pictures:
            self._output.picture(show)

    _WRITERS = {  # noqa: RUF012 - a table of methods
        "br": _write_break,
        "input": _write_input,
        "select": _write_select,
        "math": _write_formula,
        "img": _write_picture,
        "svg": _write_drawing,
        **dict.fromkeys(EMBEDDED, _write_embedded),
        **dict.fromkeys(FALLBACKS, _write_fallback),
    }


def _is_item(element: etree._Element, styles: PageStyles) -> bool:
    """Return whether an element is a box of its own in a row of boxes."""
    parent = element.getparent()
    return parent is not None and styles.get(parent).display in INLINE_BOXES


def _read_words(element: etree._Element) -> str:
    return " ".join("".join(str(text) for text in element.itertext("*")).split())
