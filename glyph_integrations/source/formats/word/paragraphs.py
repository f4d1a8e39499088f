"""The text of one paragraph, and what hangs on it: pictures, text boxes, charts, notes."""

from __future__ import annotations

from contextlib import contextmanager
from copy import deepcopy
from string import hexdigits
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.drawings.charts import Chart
from glyph_integrations.source.formats.word.drawings import (
    Attachment,
    Lines,
    TextBox,
    Unread,
    Unseen,
    UnshownPicture,
    read_drawing,
)
from glyph_integrations.source.formats.word.equations import is_phantom, linear
from glyph_integrations.source.formats.word.fields import Fields, find_address, print_field
from glyph_integrations.source.formats.word.inline import Inline, LeftOut
from glyph_integrations.source.monospaced import is_monospaced
from glyph_integrations.source.numerals import lift
from glyph_integrations.source.office import MC, M, R, W, choose_alternative, is_on
from glyph_integrations.source.symbols import is_symbol_font, symbol
from glyph_integrations.source.visibility import HiddenReason
from glyph_integrations.source.words import Cut, Words, join_words

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from glyph_integrations.source.formats.word.drawings import Shown
    from glyph_integrations.source.formats.word.looks import Looks
    from glyph_integrations.source.formats.word.notes import Notes
    from glyph_integrations.source.packages import Part

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"


def _qualify_names(names: str, space: str = W) -> frozenset[str]:
    return frozenset(f"{space}{name}" for name in names.split())


CONTAINERS = _qualify_names("sdtContent customXml smartTag ins moveTo dir bdo") | _qualify_names("conflictIns", _W14)
"""Elements that are nothing but what they hold."""
SILENT = (
    _qualify_names(
        "pPr rPr sdtPr sdtEndPr smartTagPr customXmlPr tblPr tblGrid trPr tcPr tblPrEx sectPr proofErr bookmarkStart "
        "bookmarkEnd commentRangeStart commentRangeEnd permStart permEnd moveFromRangeStart moveFromRangeEnd "
        "moveToRangeStart moveToRangeEnd customXmlInsRangeStart customXmlInsRangeEnd customXmlDelRangeStart "
        "customXmlDelRangeEnd customXmlMoveFromRangeStart customXmlMoveFromRangeEnd customXmlMoveToRangeStart "
        "customXmlMoveToRangeEnd lastRenderedPageBreak annotationRef footnoteRef endnoteRef separator "
        "continuationSeparator pgNum fldData rubyPr delInstrText cnfStyle"
    )
    | _qualify_names("customXmlConflictInsRangeStart customXmlConflictInsRangeEnd", _W14)
    | _qualify_names("customXmlConflictDelRangeStart customXmlConflictDelRangeEnd", _W14)
)
"""Elements that show nothing."""
_DELETED = _qualify_names("del moveFrom") | _qualify_names("conflictDel", _W14)
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "\u2011",
    f"{W}softHyphen": "\u00ad",
}
_REFERENCES = _qualify_names("footnoteReference endnoteReference commentReference")
_DRAWINGS = _qualify_names("drawing pict object")


class ParagraphReader:
    """Reads paragraphs of one document, in order, because notes are numbered as they come."""

    def __init__(self, looks: Looks, notes: Notes, story: etree._Element, part: Part) -> None:
        self._looks = looks
        self._notes = notes
        self._part = part
        self._fields = Fields(story)

    @contextmanager
    def within(self, part: Part, story: etree._Element) -> Iterator[None]:
        """Reads paragraphs of another part, whose relations and fields are its own."""
        before = self._part, self._fields
        self._part, self._fields = part, Fields(story)
        yield
        self._part, self._fields = before

    def read(self, paragraph: etree._Element) -> Inline:
        """Return what a paragraph holds without what is hidden or was deleted."""
        inline = Inline()
        self._children(paragraph, paragraph, inline)
        return inline

    def is_code(self, paragraph: etree._Element) -> bool:
        """Return whether all words of a paragraph are in monospaced type."""
        texts = [letters for letters in paragraph.iter(f"{W}t") if (letters.text or "").strip()]
        runs = [run for letters in texts if (run := letters.getparent()) is not None]
        return bool(runs) and all(is_monospaced(self._looks.look_at(run, paragraph).font) for run in runs)

    def _children(self, parent: etree._Element, paragraph: etree._Element, inline: Inline) -> None:
        for child in parent:
            self._child(child, paragraph, inline)

    def _child(self, child: etree._Element, paragraph: etree._Element, inline: Inline) -> None:
        tag = child.tag
        if tag == f"{W}r":
            self._run(child, paragraph, inline)
        elif tag in CONTAINERS:
            self._children(child, paragraph, inline)
        elif tag == f"{W}sdt":
            self._control(child, paragraph, inline)
        elif tag == f"{W}hyperlink":
            self._link(child.get(f"{R}id"), inline)
            self._children(child, paragraph, inline)
        elif tag == f"{W}fldSimple":
            self._simple_field(child, paragraph, inline)
        elif tag == f"{MC}AlternateContent":
            for each in choose_alternative(child):
                self._child(each, paragraph, inline)
        elif tag in _DELETED:
            self._delete(child, inline)
        elif tag in (f"{M}oMath", f"{M}oMathPara"):
            self._equation(child, paragraph, inline)
        elif tag == f"{W}subDoc":
            inline.unknown.append(("subdocument in another file", self._address(child.get(f"{R}id"))))
        elif tag not in SILENT:
            self._unknown(child, paragraph, inline)

    def _unknown(self, element: etree._Element, paragraph: etree._Element, inline: Inline) -> None:
        """Words that are Word's own are read; what stands in names that Word passes over is reported."""
        if str(element.tag).startswith(W):
            inline.unknown.append((name_element(element), (element.text or "").strip()))
            self._children(element, paragraph, inline)
        else:
            inline.unknown.append((name_element(element), "".join(map(str, element.itertext()))))

    def _delete(self, element: etree._Element, inline: Inline) -> None:
        texts = (text.text or "" for text in element.iter(f"{W}delText", f"{W}t", f"{M}t"))
        deleted = "".join(texts)
        inline.pieces.append(Cut(deleted))
        inline.left_out.append(LeftOut("tracked deletion", deleted, hidden=False))
        for mark in element.iter(f"{W}fldChar"):
            self._fields.pass_mark(mark)

    def _control(self, element: etree._Element, paragraph: etree._Element, inline: Inline) -> None:
        """A content control: what it holds, or its state where it holds nothing."""
        before = len(inline.pieces)
        for content in element.iterchildren(f"{W}sdtContent"):
            self._children(content, paragraph, inline)
        words = (piece for piece in inline.pieces[before:] if isinstance(piece, (Words, Cut)))
        box = element.find(f"{W}sdtPr/{_W14}checkbox")
        if box is not None and not join_words(words).strip():
            inline.pieces.append(Words("☒" if is_on(box.find(f"{_W14}checked"), _W14) else "☐"))

    def _link(self, identifier: str | None, inline: Inline) -> None:
        if address := self._address(identifier):
            inline.left_out.append(LeftOut("link address", address, hidden=False))

    def _address(self, identifier: str | None) -> str:
        relation = self._part.relations.get(identifier or "")
        return relation.target if relation is not None and relation.external else ""

    def _simple_field(self, element: etree._Element, paragraph: etree._Element, inline: Inline) -> None:
        before = len(inline.pieces)
        self._children(element, paragraph, inline)
        if address := find_address(element.get(f"{W}instr", "")):
            inline.left_out.append(LeftOut("link address", address, hidden=False))
        if len(inline.pieces) == before:
            inline.unknown.append((f"field {element.get(f'{W}instr', '').strip().partition(' ')[0]}", ""))

    def _equation(self, equation: etree._Element, paragraph: etree._Element, inline: Inline) -> None:
        shown = deepcopy(equation)
        for part, original in zip(list(shown.iter()), list(equation.iter()), strict=True):
            reason = None
            if part.tag == f"{M}r":
                reason = self._looks.look_at(original, paragraph).reason
            elif part.tag == f"{M}phant" and is_phantom(part):
                reason = HiddenReason.NOT_DISPLAYED
            text = "".join(letters.text or "" for letters in part.iter(f"{M}t")) if reason else ""
            if reason and text:
                inline.left_out.append(LeftOut(reason, text, hidden=True))
                for letters in part.iter(f"{M}t"):
                    letters.text = ""
        inline.pieces.append(Words(linear(shown)))

    def _run(self, run: etree._Element, paragraph: etree._Element, inline: Inline) -> None:
        run_inline = Inline()
        setting = self._looks.look_at(run, paragraph)
        for piece in run:
            self._piece(piece, run, paragraph, run_inline, setting.font)
        text = run_inline.text
        if not text and not run_inline.pieces:
            _take_over(inline, run_inline)
            return
        if setting.reason is HiddenReason.NOT_DISPLAYED:
            _hide(run_inline)
        elif setting.reason and text:
            run_inline.left_out.append(LeftOut(setting.reason, text, hidden=True))
            run_inline.pieces = [piece for piece in run_inline.pieces if not isinstance(piece, (Words, Cut))]
        elif text:
            if setting.rise and len(run_inline.pieces) == 1 and not any(piece.tag in _REFERENCES for piece in run):
                run_inline.pieces = [Words(lift(text, up=setting.rise > 0))]
            if setting.struck:
                run_inline.pieces = [
                    Words(piece.text, struck=True) if isinstance(piece, Words) else piece for piece in run_inline.pieces
                ]
        _take_over(inline, run_inline)

    def _piece(
        self, piece: etree._Element, run: etree._Element, paragraph: etree._Element, inline: Inline, font: str
    ) -> None:
        tag = piece.tag
        if (text := _read_letters(piece, font)) is not None:
            self._put(text, inline)
        elif tag == f"{W}fldChar":
            self._pass_field(piece, inline)
        elif tag == f"{W}instrText":
            self._fields.instruct(piece.text or "")
        elif tag in _REFERENCES:
            mark, note = self._notes.refer(piece, "".join(text.text or "" for text in run.iter(f"{W}t")))
            self._put(mark, inline)
            inline.notes += [note] if note else []
        elif tag == f"{W}ruby":
            self._ruby(piece, paragraph, inline)
        elif tag == f"{MC}AlternateContent":
            for each in choose_alternative(piece):
                self._piece(each, run, paragraph, inline, font)
        elif tag in _DRAWINGS:
            inline.pieces += read_drawing(piece, self._part)
        elif tag == f"{W}delText":
            self._delete(run, inline)
        else:
            self._child(piece, paragraph, inline)

    def _put(self, text: str, inline: Inline) -> None:
        if not text:
            return
        if self._fields.in_instruction:
            inline.left_out.append(LeftOut("instruction of a field", text, hidden=True))
        else:
            self._fields.show()
            inline.pieces.append(Words(text))

    def _pass_field(self, mark: etree._Element, inline: Inline) -> None:
        ended = self._fields.pass_mark(mark)
        if ended is None:
            return
        text, unknown = print_field(ended)
        self._put(text, inline)
        if unknown:
            inline.unknown.append((unknown, ended.instruction.strip()))
        if address := find_address(ended.instruction):
            inline.left_out.append(LeftOut("link address", address, hidden=False))

    def _ruby(self, ruby: etree._Element, paragraph: etree._Element, inline: Inline) -> None:
        """The base text, then how it is read in brackets."""
        for name, before, after in (("rubyBase", "", ""), ("rt", "(", ")")):
            part = Inline()
            for element in ruby.iterchildren(f"{W}{name}"):
                self._children(element, paragraph, part)
            if part.text.strip():
                part.pieces = [Words(before), *part.pieces, Words(after)]
            _take_over(inline, part)


def _read_letters(piece: etree._Element, font: str) -> str | None:
    """The characters of a part of a run, in Unicode where its font is one of symbols; None for other parts."""
    if piece.tag in _CHARACTERS:
        return _CHARACTERS[piece.tag]
    if piece.tag == f"{W}sym":
        code = piece.get(f"{W}char", "")
        known = 0 < len(code) < 6 and all(digit in hexdigits for digit in code)
        return symbol(piece.get(f"{W}font", ""), chr(int(code, 16))) if known else ""
    if piece.tag != f"{W}t":
        return None
    text = piece.text or ""
    private = not text.isascii() and any("\uf000" <= character <= "\uf0ff" for character in text)
    return symbol(font, text) if private or is_symbol_font(font) else text


def name_element(element: etree._Element) -> str:
    """Return an element's name for a report, without its namespace's address."""
    return f"element {str(element.tag).rpartition('}')[2]}"


def _take_over(inline: Inline, part: Inline) -> None:
    inline.pieces += part.pieces
    inline.notes += part.notes
    inline.left_out += part.left_out
    inline.unknown += part.unknown


def _hide(inline: Inline) -> None:
    """Takes everything out of a run that is not displayed, notes and drawings too."""
    words = " ".join(filter(None, (inline.text, *map(_describe, inline.shown))))
    inline.left_out.append(LeftOut(HiddenReason.NOT_DISPLAYED, words, hidden=True))
    inline.pieces, inline.notes = [], []


def _describe(piece: Shown) -> str:
    """What is known in words of something in a drawing."""
    if isinstance(piece, TextBox):
        return "".join(text.text or "" for text in piece.content.iter(f"{W}t"))
    if isinstance(piece, Lines):
        return " ".join(piece.texts)
    if isinstance(piece, (Unread, Unseen)):
        return piece.text
    if isinstance(piece, (Attachment, UnshownPicture)):
        return piece.name
    return piece.title if isinstance(piece, Chart) else piece.description or "picture"
