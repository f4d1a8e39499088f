"""Number format codes (``#,##0.00;[Red](#,##0.00)``) taken apart into sections of tokens."""

from __future__ import annotations

import operator
from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_COMPARISONS: dict[str, Callable[[float, float], bool]] = {
    "<=": operator.le,
    ">=": operator.ge,
    "<>": operator.ne,
    "<": operator.lt,
    ">": operator.gt,
    "=": operator.eq,
}
_COLORS = frozenset(("black", "white", "red", "green", "blue", "yellow", "magenta", "cyan"))
_LITERALS = frozenset(" $-+/():!^&'~{}<>=,;|\u00a0")
"""Characters that stand for themselves without quotes; all others that are not letters of a code do too."""
_DATE_LETTERS = "ymdhsbeg"
_MOST = 1000
"""Excel refuses codes of more than 255 characters."""


class Token(NamedTuple):
    """One piece of a section.

    ``kind`` is one of ``literal``, ``digit`` (0, # or ?), ``point``, ``comma``, ``percent``, ``exponent`` (E+ or E-),
    ``general``, ``text`` (@), ``date`` (a run of one letter), ``elapsed`` (the same, in brackets), ``half`` (AM/PM).
    """

    kind: str
    text: str


class Condition(NamedTuple):
    """When a section applies: a comparison such as ``<=`` with a limit."""

    comparison: str
    limit: float

    def holds(self, value: float) -> bool:
        """Whether it is true of a value."""
        return _COMPARISONS[self.comparison](value, self.limit)


@dataclass(frozen=True, slots=True)
class Section:
    """One section of a code: its tokens, its condition, and its language (the low bits of a Windows LCID, 0 if none).

    ``color`` is the color that it names, in lower case. ``understood`` is False where it holds a letter that means
    nothing. ``kinds`` are those of its tokens.
    """

    tokens: tuple[Token, ...]
    condition: Condition | None = None
    language: int = 0
    color: str = ""
    understood: bool = True
    kinds: frozenset[str] = frozenset()

    def has(self, *kinds: str) -> bool:
        """Whether a token is of one of these kinds."""
        return not self.kinds.isdisjoint(kinds)


@lru_cache(maxsize=1024)
def parse_code(code: str) -> tuple[Section, ...]:
    """Takes a code apart; at most four sections, at least one."""
    if len(code) > _MOST:
        return (Section((), understood=False),)
    return tuple(_parse_section(section) for section in _split_sections(code)[:4])


def _split_sections(code: str) -> list[str]:
    sections, start, position = [], 0, 0
    while position < len(code):
        character = code[position]
        if character == '"':
            position = _find(code, '"', position + 1)
        elif character == "[":
            position = _find(code, "]", position + 1)
        elif character in "\\_*":
            position += 1
        elif character == ";":
            sections.append(code[start:position])
            start = position + 1
        position += 1
    return [*sections, code[start:]]


def _find(code: str, mark: str, start: int) -> int:
    """Where the mark is, or the last position."""
    position = code.find(mark, start)
    return len(code) if position < 0 else position


def _parse_section(section: str) -> Section:
    tokens: list[Token] = []
    condition, language, color, understood = None, 0, "", True
    for token in _scan(section):
        if token.kind == "bracket":
            found = _read_condition(token.text)
            if found:
                condition = found
            elif token.text.startswith("$"):
                symbol, _, locale = token.text[1:].partition("-")
                language = _read_language(locale) or language
                if symbol:
                    tokens.append(Token("literal", symbol))
            elif token.text.lower() in _COLORS or token.text.lower().startswith("color"):
                color = token.text.lower()
            elif token.text and not token.text.lower().strip("hms"):
                tokens.append(Token("elapsed", token.text.lower()))
            # what is left changes the digits' script ([DBNum1]), not the number
        elif token.kind == "unknown":
            understood = False
        else:
            tokens.append(token)
    return Section(tuple(tokens), condition, language, color, understood, frozenset(token.kind for token in tokens))


def _scan(section: str) -> Iterator[Token]:
    """The tokens of a section, those in brackets not yet read."""
    position, lowered = 0, section.lower()
    while position < len(section):
        character, start = section[position], position
        position += 1
        if character in '"[':
            position = _find(section, '"' if character == '"' else "]", position)
            yield Token("literal" if character == '"' else "bracket", section[start + 1 : position])
            position += 1
        elif character in "\\_*":
            if character != "*":  # a fill takes the rest of the cell's width, a pad that of a character
                yield Token("literal", section[position : position + 1] if character == "\\" else " ")
            position += 1
        elif character in _SINGLE:
            yield Token(_SINGLE[character], character)
        elif word := next((word for word in _WORDS if lowered.startswith(word, start)), ""):
            position = start + len(word)
            yield Token(_WORDS[word], section[start:position])
        elif character.lower() in _DATE_LETTERS:
            while position < len(section) and lowered[position] == character.lower():
                position += 1
            yield Token("date", lowered[start:position])
        else:
            plain = character in _LITERALS or not character.isalpha() or not character.isascii()
            yield Token("literal" if plain else "unknown", character)


_WORDS = {"general": "general", "am/pm": "half", "a/p": "half", "e+": "exponent", "e-": "exponent"}
_SINGLE = {**dict.fromkeys("0#?", "digit"), ".": "point", ",": "comma", "%": "percent", "@": "text"}


def _read_condition(text: str) -> Condition | None:
    for comparison in _COMPARISONS:
        if text.startswith(comparison):
            try:
                return Condition(comparison, float(text[len(comparison) :]))
            except ValueError:
                return None
    return None


def _read_language(locale: str) -> int:
    try:
        return int(locale, 16) & 0x3FF
    except ValueError:
        return 0
