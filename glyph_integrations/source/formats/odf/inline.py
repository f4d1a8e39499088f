"""The words of a paragraph of an OpenDocument text, and what hangs on it: notes, frames."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.forms import print_choice, print_mark
from glyph_integrations.source.formats.odf.looks import Looks, Setting
from glyph_integrations.source.formats.odf.names import DC, DRAW, FIELD, KNOWN, LOEXT, OFFICE, TEXT, XLINK
from glyph_integrations.source.monospaced import is_monospaced
from glyph_integrations.source.numerals import lift, raised
from glyph_integrations.source.symbols import is_symbol_font, symbol
from glyph_integrations.source.visibility import HiddenReason
from glyph_integrations.source.words import Cut, Words, join_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml import etree

_SILENT = frozenset(
    f"{TEXT}{name}"
    for name in (
        "sequence-decls", "user-field-decls", "variable-decls", "dde-connection-decls", "change-start", "change-end",
        "soft-page-break", "bookmark", "bookmark-start", "bookmark-end", "reference-mark", "reference-mark-start",
        "reference-mark-end", "alphabetical-index-auto-mark-file", "alphabetical-index-mark",
        "alphabetical-index-mark-start", "alphabetical-index-mark-end", "toc-mark", "toc-mark-start", "toc-mark-end",
        "user-index-mark", "user-index-mark-start", "user-index-mark-end", "script",
    )
) | {f"{OFFICE}annotation-end", f"{OFFICE}event-listeners", f"{FIELD}fieldmark-end"}  # fmt: skip
"""Elements that show nothing."""
_KNOWN_TEXT = frozenset(
    f"{TEXT}{name}"
    for name in (
        "span", "a", "meta", "meta-field", "ruby", "ruby-base", "ruby-text", "bookmark-ref", "reference-ref",
        "note-ref", "sequence-ref", "sequence", "date", "time", "page-number", "page-count", "page-continuation",
        "title", "subject", "description", "keywords", "chapter", "file-name", "template-name", "sheet-name",
        "author-name", "author-initials", "initial-creator", "creator", "creation-date", "creation-time",
        "modification-date", "modification-time", "print-date", "print-time", "printed-by", "editing-cycles",
        "editing-duration", "word-count", "character-count", "paragraph-count", "table-count", "image-count",
        "object-count", "variable-set", "variable-get", "variable-input", "user-field-get", "user-field-input",
        "expression", "text-input", "placeholder", "conditional-text", "database-display", "database-name",
        "database-row-number", "user-defined", "bibliography-mark", "sender-firstname", "sender-lastname",
        "sender-company", "sender-street", "sender-city", "sender-country", "sender-postal-code", "sender-email",
        "sender-phone-work", "execute-macro", "page-variable-get", "measure", "dde-connection", "number",
        "hidden-text",
    )
) | {f"{FIELD}fieldmark", f"{FIELD}fieldmark-start", f"{LOEXT}content-control"}  # fmt: skip
"""Elements that show the text within them."""
_SPACE = re.compile(r"[ \t\r\n]+")
_MOST_SPACES = 1000


@dataclass(frozen=True, slots=True)
class Hanging:
    """A note with its mark, or a frame without one."""

    mark: str
    element: etree._Element


@dataclass(slots=True)
class Inline:
    """One paragraph: words, deletions and frames in order; notes; what is left out; what is not understood.

    ``typed`` says whether all of its words are in monospaced type; None where it has none.
    """

    pieces: list[Words | Cut | Hanging] = field(default_factory=list)
    notes: list[Hanging] = field(default_factory=list)
    left_out: list[tuple[str, str, bool]] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)
    typed: bool | None = None

    @property
    def text(self) -> str:
        """The words alone."""
        return join_words(piece for piece in self.pieces if isinstance(piece, (Words, Cut))).rstrip(" ")

    @property
    def frames(self) -> list[Hanging]:
        """What stands between the words."""
        return [piece for piece in self.pieces if isinstance(piece, Hanging)]

    def put(self, text: str, setting: Setting, *, lifted: bool = False) -> None:
        """Take up text set in some way, or report it where nobody sees it."""
        if not text:
            return
        if setting.reason:
            self.left_out.append((setting.reason, text, True))
            return
        if text.strip():
            self.typed = self.typed is not False and is_monospaced(setting.font)
        if is_symbol_font(setting.font) or any("\uf000" <= character <= "\uf0ff" for character in text):
            text = symbol(setting.font, text)
        if setting.rise and not lifted:
            text = lift(text, up=setting.rise > 0)
        self.pieces.append(Words(text, setting.struck))


class InlineReader:
    """Reads paragraphs of one file, in order, because comments are numbered as they come.

    Args:
        looks: How the file's text looks.
        print_control: What a form's control shows.
        print_formula: What a frame with a formula shows; nothing for other frames.
        deletions: The text of tracked deletions, by their names.
    """

    def __init__(
        self,
        looks: Looks,
        *,
        print_control: Callable[[etree._Element], str],
        print_formula: Callable[[etree._Element], str],
        deletions: dict[str, str],
    ) -> None:
        self._looks = looks
        self._print_control = print_control
        self._print_formula = print_formula
        self._deletions = deletions
        self._comments: Counter[str] = Counter()
        self._by_name: dict[str, int] = {}
        self._paragraph: etree._Element | None = None

    def read(self, paragraph: etree._Element) -> Inline:
        """Return what a paragraph holds, white space collapsed as the format asks for."""
        inline = Inline()
        outer, self._paragraph = self._paragraph, paragraph
        hidden = next(paragraph.iterchildren(f"{TEXT}hidden-paragraph"), None)
        if hidden is not None and hidden.get(f"{TEXT}is-hidden") == "true":
            inline.left_out.append((HiddenReason.NOT_DISPLAYED, "".join(map(str, paragraph.itertext())), True))
        else:
            self._children(paragraph, self._looks.set_paragraph(paragraph), inline)
        self._paragraph = outer
        return inline

    def read_children(self, element: etree._Element, paragraph: etree._Element, inline: Inline) -> None:
        """Take up notes and frames that stand in a cell beside its paragraphs."""
        outer, self._paragraph = self._paragraph, paragraph
        self._piece(element, Setting(), inline)
        self._paragraph = outer

    def _children(self, element: etree._Element, setting: Setting, inline: Inline) -> None:
        inline.put(_collapse(element.text, inline), setting)
        for child in element:
            self._piece(child, setting, inline)
            inline.put(_collapse(child.tail, inline), setting)

    def _piece(self, child: etree._Element, setting: Setting, inline: Inline) -> None:
        tag = str(child.tag)
        if (text := self._read_characters(child)) is not None:
            inline.put(text, setting)
        elif tag == f"{TEXT}note":
            self._note(child, setting, inline)
        elif tag == f"{OFFICE}annotation":
            self._comment(child, inline)
        elif tag == f"{TEXT}change":
            inline.pieces.append(Cut(self._deletions.get(child.get(f"{TEXT}change-id", ""), "")))
        elif tag == f"{DRAW}control":
            inline.put(self._print_control(child), setting)
        elif tag == f"{DRAW}frame" and (formula := self._print_formula(child)):
            inline.put(formula, setting, lifted=True)
        elif tag.startswith(DRAW) and tag != f"{DRAW}a":
            inline.pieces.append(Hanging("", child))
        elif tag == f"{TEXT}ruby":
            self._ruby(child, setting, inline)
        elif tag in _KNOWN_TEXT or tag == f"{DRAW}a":
            self._span(child, setting, inline)
        elif tag not in _SILENT and tag != f"{TEXT}hidden-paragraph":
            self._unknown(child, setting, inline)

    def _read_characters(self, child: etree._Element) -> str | None:
        """What an element without words of its own stands for; None for other elements."""
        tag = child.tag
        if tag == f"{TEXT}s":
            count = child.get(f"{TEXT}c", "1")
            return " " * min(int(count) if count.isdecimal() and len(count) < 9 else 1, _MOST_SPACES)
        if tag == f"{TEXT}drop-down":
            return print_choice(child)
        if tag in (f"{FIELD}fieldmark", f"{FIELD}fieldmark-start"):
            return print_mark(child)
        if tag == f"{LOEXT}content-control" and child.get(f"{LOEXT}checkbox") == "true":
            text = "".join(map(str, child.itertext())).strip()
            return text or ("☒" if child.get(f"{LOEXT}checked") == "true" else "☐")
        return {f"{TEXT}tab": "\t", f"{TEXT}line-break": "\n"}.get(str(tag))

    def _span(self, span: etree._Element, setting: Setting, inline: Inline) -> None:
        hidden = span.get(f"{TEXT}display") == "none"
        if hidden or (span.tag == f"{TEXT}hidden-text" and span.get(f"{TEXT}is-hidden", "true") == "true"):
            text = "".join(map(str, span.itertext())) or span.get(f"{TEXT}string-value", "")
            inline.left_out.append((HiddenReason.NOT_DISPLAYED, text, True))
            return
        if span.tag in (f"{TEXT}a", f"{DRAW}a") and not span.get(f"{XLINK}href", "#").startswith("#"):
            inline.left_out.append(("link address", span.get(f"{XLINK}href", ""), False))
        paragraph = span if self._paragraph is None else self._paragraph
        if span.tag == f"{TEXT}span":
            setting = self._looks.set_span(span, setting, paragraph)
        self._children(span, setting, inline)

    def _ruby(self, ruby: etree._Element, setting: Setting, inline: Inline) -> None:
        """The base text, then how it is read in brackets."""
        for part in ruby:
            if part.tag == f"{TEXT}ruby-text" and "".join(map(str, part.itertext())).strip():
                inline.put("(", setting)
                self._children(part, setting, inline)
                inline.put(")", setting)
            else:
                self._span(part, setting, inline)

    def _note(self, note: etree._Element, setting: Setting, inline: Inline) -> None:
        citation, body = note.find(f"{TEXT}note-citation"), note.find(f"{TEXT}note-body")
        mark = "" if citation is None else "".join(map(str, citation.itertext())).strip()
        mark = raised(mark, up=True) or f"[{mark}]"
        inline.put(mark, setting, lifted=True)
        inline.notes += [Hanging(mark, body)] if body is not None else []

    def _comment(self, comment: etree._Element, inline: Inline) -> None:
        """The mark of a comment, whose text follows the paragraph with its author and the comment it answers."""
        self._comments["all"] += 1
        number = self._comments["all"]
        self._by_name[comment.get(f"{OFFICE}name", "")] = number
        parent = self._by_name.get(comment.get(f"{LOEXT}parent-name") or "-")
        author = (comment.findtext(f"{DC}creator") or "").strip()
        head = f"[comment {number}{f', {author}' if author else ''}{f', answers {parent}' if parent else ''}]"
        inline.pieces.append(Words(f"[comment {number}]"))
        inline.notes.append(Hanging(head, comment))

    def _unknown(self, element: etree._Element, setting: Setting, inline: Inline) -> None:
        """Words in names that OpenDocument has are read; what stands in other names is only reported."""
        name = f"element {str(element.tag).rpartition('}')[2]}"
        if str(element.tag).startswith(KNOWN):
            inline.unknown.append((name, ""))
            self._children(element, setting, inline)
        else:
            inline.unknown.append((name, "".join(map(str, element.itertext()))))


def list_texts(elements: Iterable[etree._Element]) -> Iterator[str]:
    """Yield all text within elements."""
    for element in elements:
        yield from map(str, element.itertext())


def _collapse(text: str | None, inline: Inline) -> str:
    """Text with its white space as the format asks for: one space for any, and none at a paragraph's beginning."""
    if not text:
        return ""
    text = _SPACE.sub(" ", text)
    return text if any(isinstance(piece, Words) for piece in inline.pieces) else text.lstrip(" ")
