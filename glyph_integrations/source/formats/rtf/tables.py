"""Fonts, colours and styles of an RTF file, which its text refers to by number."""

from __future__ import annotations

import codecs
import re

from glyph_integrations.source.formats.rtf.words import CHARSETS, SYMBOLS
from glyph_integrations.source.monospaced import is_monospaced
from glyph_integrations.source.symbols import is_symbol_font, symbol
from glyph_integrations.source.visibility import Color

_HEADING = re.compile(r"heading ([1-9])|title", re.IGNORECASE)


_WIDE = frozenset({"cp932", "cp949", "johab", "gbk", "big5", "cp936", "cp950"})
_PROPERTIES = {
    "title": "title",
    "author": "author",
    "subject": "subject",
    "keywords": "keywords",
    "doccomm": "comments",
}
_PROPERTY_ENDS = frozenset({
    "creatim", "revtim", "printim", "buptim", "operator", "manager", "company", "category", "hlinkbase", "userprops",
    "comment", "version", "edmins", "nofpages", "nofwords", "nofchars", "vern", "id",
})  # fmt: skip


class Tables:
    """Takes up the tables at the head of a file, and answers what a number means."""

    def __init__(self) -> None:
        self._encoding = "cp1252"
        self._encodings: dict[int, str] = {}
        self._names: dict[int, str] = {}
        self._colours: list[dict[str, int]] = [{}]
        self._levels: dict[int, int] = {}
        self._number = 0
        self._property = ""
        self.metadata: dict[str, str] = {}

    def word(self, table: str, word: str, number: int | None) -> None:
        """Takes up a control word within a table."""
        if (table, word) in (("fonttbl", "f"), ("stylesheet", "s")):
            self._number = number or 0
        elif table == "fonttbl" and word == "fcharset":
            self._encodings[self._number] = CHARSETS.get(number or 0, "")
        elif table == "colortbl" and word in ("red", "green", "blue"):
            self._colours[-1][word] = number or 0
        elif table == "info":
            self._property = _PROPERTIES.get(word, "" if word in _PROPERTY_ENDS else self._property)
        elif table == "stylesheet" and word == "outlinelevel" and 0 <= (number or 0) < 9:
            self._levels[self._number] = (number or 0) + 1

    def text(self, table: str, text: str) -> None:
        """Takes up text within a table."""
        if table == "fonttbl":
            self._names.setdefault(self._number, text.strip(" ;"))
        elif table == "colortbl":
            self._colours += ({} for _ in range(min(text.count(";"), 1000)))
        elif table == "info":
            if self._property and text.strip():
                self.metadata[self._property] = (self.metadata.get(self._property, "") + text).strip()
        elif found := _HEADING.fullmatch(text.strip(" ;")):
            self._levels.setdefault(self._number, int(found[1] or 1))

    def code_page(self, number: int | None) -> None:
        """Sets the encoding of fonts that have none of their own."""
        encoding = f"cp{number}"
        try:
            b"".decode(encoding)
        except LookupError:
            return
        self._encoding = encoding

    def decode(self, data: bytes, font: int) -> str:
        """Bytes set in a font as text."""
        encoding = self._encodings.get(font) or self._encoding
        if encoding == SYMBOLS:
            return symbol(self._names.get(font, ""), data.decode("latin-1"))
        return data.decode(encoding, "backslashreplace")

    def character(self, code: int, font: int) -> str:
        """A UTF-16 code unit set in a font as text."""
        character = chr(code % 0x10000)
        in_symbol_font = "\uf000" <= character <= "\uf0ff"
        return symbol(self._names.get(font, ""), character) if in_symbol_font else character

    def is_lead(self, data: bytes, font: int) -> bool:
        """Whether bytes set in a font end within a character, so that a plain letter may complete it."""
        encoding = self._encodings.get(font) or self._encoding
        if encoding not in _WIDE:
            return False
        decoder = codecs.getincrementaldecoder(encoding)("replace")
        decoder.decode(data)
        return bool(decoder.getstate()[0])

    def is_symbols(self, font: int) -> bool:
        """Whether a font's letters are symbols."""
        return self._encodings.get(font) == SYMBOLS and is_symbol_font(self._names.get(font, ""))

    def is_monospaced(self, font: int) -> bool:
        """Whether a font's letters are equally wide."""
        return is_monospaced(self._names.get(font, ""))

    def color(self, number: int | None) -> Color | None:
        """Return a color of the table; None for the automatic one."""
        found = self._colours[number] if number and 0 < number < len(self._colours) else {}
        if not found:
            return None
        return Color(*(min(max(found.get(name, 0), 0), 255) for name in ("red", "green", "blue")))

    def level(self, style: int) -> int:
        """The outline level of a style from 1, or 0."""
        return self._levels.get(style, 0)
