"""The text of one paragraph, and what hangs on it: text boxes, charts, notes."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glyph_integrations.source.formats.word.equations import linear
from glyph_integrations.source.symbols import symbol
from glyph_integrations.source.numerals import raised
from glyph_integrations.source.office import (
    DGM,
    MC,
    C,
    M,
    R,
    W,
    alternative,
    chart_lines,
    chosen,
    diagram_lines,
    related,
)

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.formats.word.notes import Note, Notes
    from glyph_integrations.source.formats.word.styles import Styles

CONTAINERS = frozenset(
    f"{W}{name}"
    for name in ("sdt", "sdtContent", "customXml", "smartTag", "ins", "moveTo", "hyperlink", "fldSimple", "dir", "bdo")
)
_REMOVED = {f"{W}del": "tracked deletion", f"{W}moveFrom": "tracked deletion"}
_CHARACTERS = {
    f"{W}tab": "\t",
    f"{W}ptab": "\t",
    f"{W}br": "\n",
    f"{W}cr": "\n",
    f"{W}noBreakHyphen": "\u2011",
    f"{W}softHyphen": "\u00ad",
}
_REFERENCES = frozenset(f"{W}{kind}Reference" for kind in ("footnote", "endnote", "comment"))
_PICTURE = "{http://schemas.openxmlformats.org/drawingml/2006/picture}pic"
_DRAWING = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"


@dataclass(slots=True)
class Inline:
    """One paragraph.

    Attributes:
        text: With tabs and line breaks.
        boxes: Contents of text boxes, which are blocks.
        charts: Titles and rows.
        notes: Footnotes and comments that it refers to.
        dropped: Characters left out, by reason and whether they were hidden.
    """

    text: str = ""
    boxes: list[etree._Element] = field(default_factory=list)
    charts: list[tuple[str, list[list[str]]]] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    dropped: Counter[tuple[str, bool]] = field(default_factory=Counter)


class ParagraphReader:
    """Reads paragraphs of one document, in order, because notes are numbered as they come."""

    def __init__(self, part: Any, name: str, styles: Styles, notes: Notes) -> None:
        self._part = part
        self._name = name
        self._styles = styles
        self._notes = notes

    def read(self, paragraph: etree._Element) -> Inline:
        """The paragraph's text without what is hidden or was deleted."""
        inline = Inline()
        inline.text = self._children(paragraph, paragraph, inline)
        return inline

    def _children(self, parent: etree._Element, paragraph: etree._Element, inline: Inline) -> str:
        return "".join(self._child(child, paragraph, inline) for child in parent)

    def _child(self, child: etree._Element, paragraph: etree._Element, inline: Inline) -> str:
        tag = child.tag
        if tag == f"{W}r":
            return self._run(child, paragraph, inline)
        if tag in CONTAINERS:
            return self._children(child, paragraph, inline)
        if tag == f"{MC}AlternateContent":
            return "".join(self._child(each, paragraph, inline) for each in chosen(child))
        if tag in _REMOVED:
            texts = (text.text or "" for text in child.iter(f"{W}delText", f"{W}t"))
            inline.dropped[_REMOVED[tag], False] += sum(map(len, texts))
        return linear(child) if tag in (f"{M}oMath", f"{M}oMathPara") else ""

    def _run(self, run: etree._Element, paragraph: etree._Element, inline: Inline) -> str:
        text = "".join(self._piece(piece, run, inline) for piece in run)
        if not text:
            return ""
        if reason := self._styles.unseen(run, paragraph):
            inline.dropped[reason, True] += len(text)
            return ""
        side = _raised_by(run)
        return (raised(text, up=side > 0) if side else "") or text

    def _piece(self, piece: etree._Element, run: etree._Element, inline: Inline) -> str:
        tag = piece.tag
        if tag == f"{W}t":
            fonts = run.find(f"{W}rPr/{W}rFonts")
            font = "" if fonts is None else fonts.get(f"{W}ascii", "")
            text = piece.text or ""
            return symbol(font, text) if text and "\uf000" <= text[0] <= "\uf0ff" else text
        if tag in _CHARACTERS:
            return "" if piece.get(f"{W}type") == "page" else _CHARACTERS[tag]
        if tag == f"{W}sym":
            code = int(piece.get(f"{W}char", "20"), 16)
            return symbol(piece.get(f"{W}font", ""), chr(code))
        if tag in _REFERENCES:
            mark, note = self._notes.refer(piece, "".join(text.text or "" for text in run.iter(f"{W}t")))
            inline.notes += [note] if note else []
            return mark
        if tag == f"{MC}AlternateContent":
            return "".join(self._piece(each, run, inline) for each in chosen(piece))
        return self._drawing(piece, inline) if tag in (f"{W}drawing", f"{W}pict", f"{W}object") else ""

    def _drawing(self, drawing: etree._Element, inline: Inline) -> str:
        # Only the outermost boxes: those within are met while their content is read.
        boxes = drawing.iter(f"{W}txbxContent")
        inline.boxes += (box for box in boxes if not _within(box, drawing))
        for chart in drawing.iter(f"{C}chart"):
            if data := related(self._part, chart.get(f"{R}id")):
                inline.charts.append(chart_lines(data, self._name))
        for diagram in drawing.iter(f"{DGM}relIds"):
            if data := related(self._part, diagram.get(f"{R}dm")):
                inline.charts.append(("", [[line] for line in diagram_lines(data, self._name)]))
        return _alternative_text(drawing)


def _raised_by(run: etree._Element) -> int:
    """Above 0 for superscript, below 0 for subscript, whichever way the run is set so."""
    align = run.find(f"{W}rPr/{W}vertAlign")
    if align is not None:
        return {"superscript": 1, "subscript": -1}.get(align.get(f"{W}val", ""), 0)
    position = run.find(f"{W}rPr/{W}position")
    value = "0" if position is None else position.get(f"{W}val", "0")
    return int(value) if value.lstrip("-").isdecimal() else 0


def _within(box: etree._Element, drawing: etree._Element) -> bool:
    for ancestor in box.iterancestors():
        if ancestor is drawing:
            return False
        if ancestor.tag in (f"{W}txbxContent", f"{MC}Fallback"):
            return True
    return False


def _alternative_text(drawing: etree._Element) -> str:
    """What the author wrote for those who cannot see the picture."""
    if next(drawing.iter(_PICTURE), None) is not None:
        texts = (found.get("descr", "") for found in drawing.iter(f"{_DRAWING}docPr"))
    else:
        texts = (shape.get("alt", "") for shape in drawing.iter(f"{_VML}shape") if _has_image(shape))
    return "".join(map(alternative, texts))


def _has_image(shape: etree._Element) -> bool:
    return shape.find(f"{_VML}imagedata") is not None
