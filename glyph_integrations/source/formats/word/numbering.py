"""List marks, counted as Word counts them from ``numbering.xml``."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.numerals import list_mark
from glyph_integrations.source.office import W, is_on
from glyph_integrations.source.symbols import symbol

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.formats.word.styles import Styles

_LEVELS = 9
_PLACE = re.compile(r"%([1-9])")


@dataclass(slots=True)
class _Level:
    start: int = 1
    style: str = "decimal"
    text: str = ""
    font: str = ""
    paragraph_style: str = ""
    restart: int | None = None
    legal: bool = False


@dataclass(slots=True)
class _List:
    """A ``w:num``: an abstract list, whose count it shares, with levels of its own."""

    abstract: str
    levels: dict[int, _Level]
    starts: dict[int, int] = field(default_factory=dict)


class Numbering:
    """Gives each list paragraph, asked for in the order of the document, its mark."""

    def __init__(self, tree: etree._Element | None, styles: Styles) -> None:
        self._styles = styles
        self._lists: dict[str, _List] = {}
        self._counters: dict[str, list[int | None]] = {}
        self._started: set[tuple[str, int]] = set()
        if tree is not None:
            self._read(tree)

    def mark(self, paragraph: etree._Element) -> tuple[str, int]:
        """The paragraph's mark ("2.1", "•"), empty where it has none, and its level from 0."""
        number, level = self._styles.list_of(paragraph)
        found = self._lists.get(number or "")
        if found is None:
            return "", 0
        if level is None:
            name = self._styles.name_of(paragraph)
            level = next((at for at, each in found.levels.items() if each.paragraph_style == name and name), 0)
        level = min(max(level, 0), _LEVELS - 1)
        self._count(number or "", found, level)
        return self._print(found, level), level

    def _count(self, number: str, found: _List, level: int) -> None:
        counters = self._counters.setdefault(found.abstract, [None] * _LEVELS)
        for upper in range(level):
            if counters[upper] is None:
                counters[upper] = self._start(found, upper)
        if level in found.starts and (number, level) not in self._started:
            counters[level] = None
        self._started.add((number, level))
        before = counters[level]
        counters[level] = self._start(found, level) if before is None else before + 1
        for lower in range(level + 1, _LEVELS):
            restart = found.levels[lower].restart if lower in found.levels else None
            if restart is None or (restart and level < restart):
                counters[lower] = None

    def _start(self, found: _List, level: int) -> int:
        return found.starts.get(level, found.levels[level].start if level in found.levels else 1)

    def _print(self, found: _List, level: int) -> str:
        rule = found.levels.get(level, _Level())
        if rule.style == "bullet":
            return symbol(rule.font, rule.text) if rule.text.strip() else ""
        if rule.style == "none":
            return _PLACE.sub("", rule.text).strip()
        counters = self._counters[found.abstract]

        def value(match: re.Match[str]) -> str:
            at = int(match[1]) - 1
            style = "decimal" if rule.legal and at < level else found.levels.get(at, _Level()).style
            return list_mark(counters[at] or 0, style)

        return _PLACE.sub(value, rule.text)

    def _read(self, tree: etree._Element) -> None:
        abstracts = {found.get(f"{W}abstractNumId", ""): found for found in tree.iterfind(f"{W}abstractNum")}
        references = {
            number.get(f"{W}numId", ""): _value(number.find(f"{W}abstractNumId")) for number in tree.iterfind(f"{W}num")
        }
        for number in tree.iterfind(f"{W}num"):
            abstract = _value(number.find(f"{W}abstractNumId"))
            linked = _value(abstracts[abstract].find(f"{W}numStyleLink")) if abstract in abstracts else ""
            if linked:
                abstract = references.get(self._styles.list_of_style(linked) or "", abstract)
            if abstract not in abstracts:
                continue
            found = _List(abstract, _levels(abstracts[abstract].iterfind(f"{W}lvl")))
            for override in number.iterfind(f"{W}lvlOverride"):
                at = _integer(override.get(f"{W}ilvl"))
                start = override.find(f"{W}startOverride")
                if start is not None:
                    found.starts[at] = _integer(_value(start))
                found.levels |= _levels(override.iterfind(f"{W}lvl"))
            self._lists[number.get(f"{W}numId", "")] = found


def _levels(elements: etree.ElementIterator) -> dict[int, _Level]:
    levels = {}
    for element in elements:
        fonts = element.find(f"{W}rPr/{W}rFonts")
        restart = element.find(f"{W}lvlRestart")
        levels[_integer(element.get(f"{W}ilvl"))] = _Level(
            start=_integer(_value(element.find(f"{W}start")) or "1"),
            style=_value(element.find(f"{W}numFmt")) or "decimal",
            text=_value(element.find(f"{W}lvlText")),
            font="" if fonts is None else fonts.get(f"{W}ascii", ""),
            paragraph_style=_value(element.find(f"{W}pStyle")),
            restart=None if restart is None else _integer(_value(restart)),
            legal=is_on(element.find(f"{W}isLgl")),
        )
    return levels


def _value(element: etree._Element | None) -> str:
    return "" if element is None else element.get(f"{W}val", "")


def _integer(text: str | None) -> int:
    return int(text) if text and re.fullmatch(r"-?\d{1,9}", text) else 0
