"""Alphabets: the characters that a model reads, and text brought into them."""

from __future__ import annotations

import unicodedata
from dataclasses import dataclass, field
from typing import Final

from glyph_integrations.rendering.characters import decomposed


class _Table(dict[int, str]):
    """For ``str.translate``: fills itself with what it is asked for."""

    def __init__(self, characters: frozenset[str]) -> None:
        super().__init__()
        self._characters = characters

    def __missing__(self, code_point: int) -> str:
        character = chr(code_point)
        written = character if character in self._characters else self._other(character)
        self[code_point] = written
        return written

    def _other(self, character: str) -> str:
        return "".join(part for part in decomposed(character) if part[:1] in self._characters)


@dataclass(frozen=True, slots=True)
class Alphabet:
    """A set of characters. Line breaks always belong to it.

    Attributes:
        name: What it is called.
        characters: Its members.
    """

    name: str
    characters: frozenset[str]
    _table: _Table = field(init=False, repr=False, compare=False)

    def __post_init__(self) -> None:
        object.__setattr__(self, "_table", _Table(self.characters | {"\n"}))

    def normalise(self, text: str) -> str:
        """The text in this alphabet.

        Curly quotes become straight, dashes hyphens, tabs four spaces, letters lose accents that the alphabet lacks,
        and ligatures come apart. What remains outside is left out.
        """
        text = unicodedata.normalize("NFC", text).replace("\r\n", "\n").replace("\r", "\n")
        return text.translate(self._table)


ASCII: Final = Alphabet("ascii", frozenset(map(chr, range(0x20, 0x7F))))
"""Printable ASCII."""

LATIN_1: Final = Alphabet("latin-1", ASCII.characters | (frozenset(map(chr, range(0xA1, 0x100))) - {"\u00ad"}))
"""Printable Latin-1."""
