"""What a line of plain text shows of a layout: gaps between columns, drawing, a log's stamp, signs of code."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import NamedTuple

_GAP = re.compile(r" {2,}")
_BULLET = re.compile(r"[-*+•·o§–]|\(?[0-9A-Za-z]{1,4}[.):]|[0-9.]{1,12}|\[[^\]]{1,12}\]")
_SENTENCE_END = ".?!:;\"')]”’»"
_BOX = re.compile("[\u2500-\u259f]")
_DRAWN = re.compile(r"--[>|+]|[<|+]--|==>|<==|\|__|`--|\\__|(?:\. ){4}|\.{5}|~~~~")
_ONLY_DRAWING = frozenset("|+-=_/\\<>^~*#:.`'()[]vVoO ")
_STRONG_DRAWING = frozenset("|+-=_/\\~^*#")
_STAMP = re.compile(
    r"\[?\d{4}[-/]\d\d[-/]\d\d[T ,]{1,2}\d\d:\d\d|\[?[A-Z][a-z]{2} [ \d]\d \d\d:\d\d|\[?\d\d:\d\d:\d\d\b"
    r"|\[? {0,6}\d{1,6}\.\d{3,6}\]|\[?(?:DEBUG|INFO|NOTICE|WARN|WARNING|ERROR|FATAL|TRACE|CRITICAL)\b[\]: ]"
    r"|\S{1,60} \S{1,30} \S{1,30} \[\d\d/[A-Z][a-z]{2}/\d{4}"
    r"|[-dlbcps][-rwxsStT]{9}[ .+@]"
)
_STATEMENT = re.compile(
    r">>> ?|\.\.\. |[$%] \w|#!|//|/\*|\*/|</?[a-z][\w:-]{0,30}>|@\w|def \w+\(|class \w+[(:]|#include\b"
    r"|(?:el)?if .{1,200}:$|for .{1,200} in .{1,200}:$|else:|try:|except\b.{0,200}:$|finally:|while .{1,200}:$"
)
_CODE = re.compile(
    r"<[/!?a-zA-Z][\w:-]*[ />]|import \w|from [\w.]+ import |return\b|(?:if|for|while|switch) ?\(|else\b"
    r"|(?:public|private|protected|static|const|let|var|function|fn|func|struct|enum|typedef|package) \w"
    r"|(?:int|void|char|float|double|bool|unsigned|long|short) \*?\w|(?:SELECT|INSERT|UPDATE|CREATE|DELETE) [A-Z*]"
)
_CODE_END = re.compile(r"[{};\\]$|\):$|\($|\[$|=>$|->$|\},$|\),$")
_QUOTED = re.compile(r"[<(\[]?\b\w{3,8}://\S*|``[^`]*``|`[^`]*`|^[-*+•] +|^\.\. .*|^:\w+:")
"""What prose quotes, and marks of lists: none of it makes a line code."""
_CODE_SIGNS = str.maketrans("", "", "{}()[]<>=;_$@#&|\\*+`")
LEAST_SIGNS = 0.09
"""Share of a line's characters that are signs of code; prose has a third of it."""
STRONG_GAP = 3
"""Spaces that no typist puts between two words."""


class Gap(NamedTuple):
    """Spaces within a line: how many, and the columns where the word behind them begins and ends."""

    width: int
    begin: int
    end: int


@dataclass(frozen=True, slots=True)
class Line:
    """A line that is not blank.

    Attributes:
        start: Its first character in the text.
        text: Without spaces at its end, tabs as spaces.
        indent: Spaces before its first word.
        gaps: Spaces within it that are not those behind a sentence or a bullet.
        drawn: Whether it is drawn with characters, or holds a drawing.
        rule: Whether it is one rule from end to end, as under a heading.
        stamped: Whether it begins as a line of a log does.
        coded: Whether it looks like code.
        listed: Whether it begins with a bullet or a number.
    """

    start: int
    text: str
    indent: int
    gaps: tuple[Gap, ...]
    drawn: bool
    rule: bool
    stamped: bool
    coded: bool
    listed: bool

    @property
    def words(self) -> str:
        """The line without its indent."""
        return self.text[self.indent :]

    @property
    def is_tabulated(self) -> bool:
        """Whether it has a gap that no typist puts between two words."""
        return any(gap.width >= STRONG_GAP for gap in self.gaps)

    @property
    def first_word(self) -> int:
        """Length of its first word."""
        return len(self.words.split(" ", 1)[0])


def look_at(raw: str, start: int) -> Line:
    """Return what a line shows."""
    text = raw.rstrip()
    inner_tab = "\t" in text.lstrip()
    text = text.expandtabs(8)
    words = text.lstrip(" ")
    indent = len(text) - len(words)
    first = words.split(" ", 1)[0]
    rule = len(words) >= 3 and len(set(words)) == 1 and not words[0].isalnum()
    return Line(
        start=start,
        text=text,
        indent=indent,
        gaps=_list_gaps(text, indent, strong=inner_tab) if inner_tab or "  " in words else (),
        drawn=not rule and _is_drawn(words),
        rule=rule,
        stamped=_STAMP.match(words) is not None,
        coded=not rule and _is_code(words),
        listed=_BULLET.fullmatch(first) is not None and len(words) > len(first),
    )


def _list_gaps(text: str, indent: int, *, strong: bool) -> tuple[Gap, ...]:
    found: list[Gap] = []
    for match in _GAP.finditer(text, indent):
        width = match.end() - match.start()
        before = text[indent : match.start()]
        if not found and len(before) <= 14 and _BULLET.fullmatch(before):
            continue
        if width < STRONG_GAP and before[-1:] in _SENTENCE_END:
            continue
        end = text.find(" ", match.end())
        found.append(Gap(STRONG_GAP if strong else width, match.end(), len(text) if end < 0 else end))
    return tuple(found)


def _is_drawn(words: str) -> bool:
    if not words.isascii() and _BOX.search(words):
        return True
    if len(words) > 1 and _ONLY_DRAWING.issuperset(words):
        return sum(character in _STRONG_DRAWING for character in words) >= 2 or words in ("|", "||")
    if words == "|" or (words[0] == "|" and words[-1] == "|" and len(words) > 2):
        return True
    if words.count(" |") + words.count("| ") >= 3 and "  " in words:
        return True
    return _DRAWN.search(words) is not None


def _is_code(words: str) -> bool:
    words = _QUOTED.sub("", words)
    if not words:
        return False
    signs = len(words) - len(words.translate(_CODE_SIGNS))
    if _STATEMENT.match(words) or (signs and _CODE.match(words)):
        return True
    if signs >= LEAST_SIGNS * len(words) and signs >= 2:
        return True
    return signs >= 1 and _CODE_END.search(words) is not None
