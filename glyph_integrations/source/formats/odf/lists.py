"""List marks and heading numbers of OpenDocument texts."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.names import STYLE, TEXT
from glyph_integrations.source.numerals import list_mark
from glyph_integrations.source.symbols import symbol

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

_FORMATS = {"a": "lowerLetter", "A": "upperLetter", "i": "lowerRoman", "I": "upperRoman", "1": "decimal"}


@dataclass(slots=True)
class Counters:
    """How far a list has counted, by level from 1."""

    style: str
    numbers: dict[int, int] = field(default_factory=dict)


class Lists:
    """The list styles of one document."""

    def __init__(self, trees: Iterable[etree._Element]) -> None:
        self._levels: dict[tuple[str, int], etree._Element] = {}
        for tree in trees:
            for style in tree.iter(f"{TEXT}list-style", f"{TEXT}outline-style"):
                name = style.get(f"{STYLE}name", "") if style.tag == f"{TEXT}list-style" else "outline"
                for level in style:
                    self._levels[name, _read_count(level, "level")] = level
        self._outline = Counters("outline")

    def heading_mark(self, level: int) -> str:
        """The number of the next heading of a level, where headings are numbered."""
        return self.mark(self._outline, level) if ("outline", level) in self._levels else ""

    def mark(self, counters: Counters, level: int, start: str | None = None) -> str:
        """The mark of the next item of a list, which starts anew at ``start`` where that is given."""
        rule = self._levels.get((counters.style, level))
        first = _read_count(rule, "start-value") if rule is not None else 1
        number = int(start) if start and start.isdecimal() else counters.numbers.get(level, first - 1) + 1
        counters.numbers[level] = number
        for deeper in [each for each in counters.numbers if each > level]:
            del counters.numbers[deeper]
        if rule is None:
            return "•" if counters.style != "outline" else ""
        if rule.tag == f"{TEXT}list-level-style-bullet":
            return symbol(
                "Symbol" if rule.get(f"{TEXT}bullet-char", "•") >= "\uf000" else "", rule.get(f"{TEXT}bullet-char", "•")
            )
        if not rule.get(f"{STYLE}num-format"):
            return ""
        shown = _read_count(rule, "display-levels")
        numbers = [self._number(counters, each) for each in range(max(level - shown + 1, 1), level + 1)]
        text = ".".join(filter(None, numbers))
        return f"{rule.get(f'{STYLE}num-prefix', '')}{text}{rule.get(f'{STYLE}num-suffix', '')}"

    def _number(self, counters: Counters, level: int) -> str:
        rule = self._levels.get((counters.style, level))
        kind = "" if rule is None else rule.get(f"{STYLE}num-format", "")
        return list_mark(counters.numbers.get(level, 1), _FORMATS.get(kind, "decimal")) if kind else ""


def _read_count(element: etree._Element, name: str) -> int:
    text = element.get(f"{TEXT}{name}", "1")
    return int(text) if text.isdecimal() and len(text) < 9 else 1
