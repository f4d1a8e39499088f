"""RTF files, read by the parts of the specification that carry text.

The libraries there are drop headers, footnotes and text boxes, and show what is hidden.
"""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.media_types import READ_AS
from glyph_integrations.source.numerals import raised

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\$"
)
_CHARACTERS = {
    "line": "\n", "tab": "\t", "emdash": "—", "endash": "–", "emspace": "\u2003", "enspace": "\u2002",
    "qmspace": "\u2005", "bullet": "•", "lquote": "‘", "rquote": "’", "ldblquote": "“", "rdblquote": "”",
    "~": "\u00a0", "-": "\u00ad", "_": "\u2011", "{": "{", "}": "}", "\\": "\\", "\n": "\n", "\r": "\n",
    "zwj": "\u200d", "zwnj": "\u200c", "ltrmark": "\u200e", "rtlmark": "\u200f",
}  # fmt: skip
_TEXTLESS = frozenset(
    [
        "fonttbl",
        "colortbl",
        "stylesheet",
        "info",
        "pict",
        "fldinst",
        "bkmkstart",
        "bkmkend",
        "atrfstart",
        "atrfend",
        "atnid",
        "atndate",
        "atnref",
        "atnicn",
        "pntxta",
        "pntxtb",
        "nonesttables",
        "nonshppict",
        "sp",
        "shprslt",
        "tc",
        "xe",
        "rxe",
        "txe",
        "ftnsep",
        "ftnsepc",
        "ftncn",
        "aftnsep",
        "aftnsepc",
        "aftncn",
        "filetbl",
        "revtbl",
        "userprops",
        "template",
        "mmathPict",
        "objdata",
        "objclass",
        "objname",
        "background",
        "themedata",
        "mmathPr",
    ]
)
_STARRED = frozenset({"shpinst", "shptxt", "ud", "annotation", "atnauthor", "moMath", "moMathPara", "listtext"})
"""Destinations that a reader may skip, but that hold text."""
_ASIDE = frozenset({"footnote", "annotation", "header", "headerl", "headerr", "headerf"}) | frozenset(
    {"footer", "footerl", "footerr", "footerf"}
)
_CHARSETS = {
    77: "mac_roman", 128: "cp932", 129: "cp949", 130: "johab", 134: "gbk", 136: "big5", 161: "cp1253",
    162: "cp1254", 163: "cp1258", 177: "cp1255", 178: "cp1256", 186: "cp1257", 204: "cp1251", 222: "cp874",
    238: "cp1250", 255: "cp437",
}  # fmt: skip


class RtfFormat:
    """Reads paragraphs, tables, list marks, notes, text boxes, and headers and footers once."""

    name = "rtf"
    isolated = True

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """RTF."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the document as one source page without dimensions.

        Raises:
            MalformedError: It is no RTF.
            TooLargeError: It exceeds the limits.
            EmptyError: It holds no text.
        """
        data = blob.read()
        if not data.lstrip().startswith(b"{\\rtf"):
            raise MalformedError(f"{blob.name} is no RTF")
        reader = _Reader()
        reader.read(data.decode("latin-1"))
        builder = TextBuilder(options.limits)
        builder.page()
        for block in reader.blocks():
            if isinstance(block, list):
                builder.table(block)
            elif block.level:
                builder.heading(block.level, block.text)
            else:
                builder.line(block.text)
        for (reason, hidden), characters in reader.dropped.items():
            builder.drop(reason, characters, hidden=hidden)
        return builder.finish(name=blob.name, media_type=media_type)


@dataclass(slots=True)
class _State:
    """What a group inherits and gives back."""

    skipped: bool = False
    skip_after: int = 1  # characters that stand in for a Unicode one
    font: int = -1
    unseen: str = ""
    raised: str = ""
    aside: str = ""  # the kind of note or furniture that this group began


@dataclass(slots=True)
class _Line:
    text: str
    level: int = 0


@dataclass(slots=True)
class _Flow:
    """A stream of paragraphs and rows: the body, a note, a header."""

    blocks: list[_Line | list[str]] = field(default_factory=list)
    paragraph: list[str] = field(default_factory=list)
    row: list[str] = field(default_factory=list)
    in_table: bool = False
    level: int = 0

    def end_paragraph(self) -> None:
        text = "".join(self.paragraph).encode("utf-16", "surrogatepass").decode("utf-16", "replace").strip("\n\r ")
        if self.in_table:
            self.paragraph = [text, " "] if text else []
            return
        self.paragraph = []
        if text.strip():
            self.blocks.append(_Line(text, self.level))

    def end_cell(self) -> None:
        self.in_table = True
        self.end_paragraph()
        self.row.append("".join(self.paragraph))
        self.paragraph = []

    def end_row(self) -> None:
        if self.row:
            self.blocks.append(self.row)
        self.row, self.in_table = [], False


class _Reader:
    def __init__(self) -> None:
        self.dropped: Counter[tuple[str, bool]] = Counter()
        self._state = _State()
        self._stack: list[_State] = []
        self._flows = [_Flow()]
        self._aside: dict[str, list[_Flow]] = {"header": [], "footer": []}
        self._pending: list[_Flow] = []
        self._notes: Counter[str] = Counter()
        self._encoding = "cp1252"
        self._fonts: dict[int, str] = {}
        self._bytes = bytearray()
        self._ignore = 0
        self._starred = False
        self._in_fonts = 0

    def read(self, text: str) -> None:
        """Takes up the whole file."""
        position = 0
        while match := _TOKEN.match(text, position):
            position = match.end()
            word, number, byte, sign, brace, plain = match.groups()
            if byte is None and self._bytes:
                self._decode()
            if brace == "{":
                self._stack.append(self._state)
                self._state = replace(self._state, aside="")
            elif brace == "}":
                self._end_group()
            elif byte is not None:
                self._byte(int(byte, 16))
            elif word == "bin":
                position += max(int(number or 0), 0)
            elif word is not None:
                self._word(word, int(number) if number else None)
            elif sign == "*":
                self._starred = True
            elif sign in _CHARACTERS:
                self._put(_CHARACTERS[sign])
            elif plain is not None:
                used = min(self._ignore, len(plain))
                self._ignore -= used
                self._put(plain[used:])
        self._flows[0].end_paragraph()
        self._flows[0].end_row()
        self._flows[0].blocks += self._after()

    def blocks(self) -> list[_Line | list[list[str]]]:
        """Lines and tables in order: headers, body, footers, the same one once."""
        seen: list[str] = []
        furniture: dict[str, list[_Line | list[str]]] = {"header": [], "footer": []}
        for kind, flows in self._aside.items():
            for flow in flows:
                if (text := repr(flow.blocks)) not in seen:
                    seen.append(text)
                    furniture[kind] += flow.blocks
        result: list[_Line | list[list[str]]] = []
        for block in (*furniture["header"], *self._flows[0].blocks, *furniture["footer"]):
            if isinstance(block, _Line):
                result.append(block)
            elif result and isinstance(result[-1], list):
                result[-1].append(block)
            else:
                result.append([block])
        return result

    def _word(self, word: str, number: int | None) -> None:
        self._ignore = 0
        starred, self._starred = self._starred, False
        state = self._state
        if word == "fonttbl":
            self._in_fonts = len(self._stack)
        if word in _TEXTLESS or (starred and word not in _STARRED) or (word.startswith("m") and word.endswith("Pr")):
            state.skipped = True
        if word == "f" and number is not None:
            state.font = number
        elif word == "fcharset" and self._in_fonts:
            self._fonts[state.font] = _CHARSETS.get(number or 0, "")
        elif word == "ansicpg":
            self._encoding = _known(f"cp{number}")
        if state.skipped:
            return
        if word in _ASIDE:
            self._begin_aside("comment" if word == "annotation" else _furniture(word))
        elif word in _CHARACTERS:
            self._put(_CHARACTERS[word])
        elif word == "u" and number is not None:
            self._put(chr(number % 0x10000))
            self._ignore = state.skip_after
        else:
            self._format(word, number)

    def _format(self, word: str, number: int | None) -> None:
        state, flow = self._state, self._flows[-1]
        if word in ("par", "sect", "page"):
            flow.end_paragraph()
            if not flow.in_table:
                flow.blocks += self._after()
        elif word in ("cell", "row", "nestcell", "nestrow"):
            self._table(word, flow)
        elif word == "pard":
            flow.in_table, flow.level = bool(flow.row), 0
        elif word == "intbl":
            flow.in_table = True
        elif word == "outlinelevel":
            flow.level = (number or 0) + 1 if (number or 0) < 9 else 0
        elif word == "uc":
            state.skip_after = number or 0
        elif word == "v":
            state.unseen = "" if number == 0 else "hidden text"
        elif word == "deleted":
            state.unseen = "" if number == 0 else "tracked deletion"
        elif word == "plain":
            state.unseen = state.raised = ""
        elif word in ("super", "sub", "nosupersub"):
            state.raised = "" if number == 0 or word == "nosupersub" else word

    def _table(self, word: str, flow: _Flow) -> None:
        if word == "cell":
            flow.end_cell()
        elif word == "row":
            flow.end_row()
            flow.blocks += self._after()
        else:  # a table within a cell
            flow.paragraph.append(", " if word == "nestcell" else "; ")

    def _put(self, text: str) -> None:
        state = self._state
        if state.skipped or not text:
            return
        if state.unseen:
            self.dropped[state.unseen, state.unseen == "hidden text"] += len(text)
        else:
            mark = raised(text, up=state.raised == "super") if state.raised else ""
            self._flows[-1].paragraph.append(mark or text)

    def _byte(self, value: int) -> None:
        if self._ignore:
            self._ignore -= 1
        else:
            self._bytes.append(value)

    def _decode(self) -> None:
        encoding = self._fonts.get(self._state.font) or self._encoding
        text = bytes(self._bytes).decode(encoding, "backslashreplace")
        self._bytes.clear()
        self._put(text)

    def _begin_aside(self, kind: str) -> None:
        """Sends a note's or header's text elsewhere until its group ends."""
        self._state.aside = kind
        flow = _Flow()
        if kind in ("footnote", "comment"):
            self._notes[kind] += 1
            number = self._notes[kind]
            mark = raised(str(number), up=True) if kind == "footnote" else f"[comment {number}]"
            self._put(mark)
            flow.paragraph.append(f"{mark} ")
        self._flows.append(flow)

    def _end_group(self) -> None:
        self._ignore, self._starred = 0, False
        kind = self._state.aside
        if kind:
            flow = self._flows.pop()
            flow.end_paragraph()
            flow.end_row()
            self._aside.get(kind, self._pending).append(flow)
        if self._stack:
            self._state = self._stack.pop()
        if len(self._stack) < self._in_fonts:
            self._in_fonts = 0

    def _after(self) -> list[_Line | list[str]]:
        """The notes to the paragraph that just ended."""
        if len(self._flows) > 1:
            return []
        blocks = [block for flow in self._pending for block in flow.blocks]
        self._pending = []
        return blocks


def _furniture(word: str) -> str:
    """Left, right and first headers are headers."""
    return next((kind for kind in ("header", "footer") if word.startswith(kind)), word)


def _known(encoding: str) -> str:
    try:
        b"".decode(encoding)
    except LookupError:
        return "cp1252"
    return encoding
