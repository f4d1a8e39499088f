"""What styles say about a paragraph or run: its outline level, its list, its properties."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from glyph_integrations.source.office import W, is_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_TOGGLES = frozenset(f"{W}{name}" for name in ("vanish", "strike"))
"""Properties that a character style turns off where the paragraph's style turns them on (ECMA-376 part 1, 17.7.3)."""
_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)


class Styles:
    """The styles of one document, each with those that it is based on."""

    def __init__(self, tree: etree._Element | None) -> None:
        styles = () if tree is None else tree.iterfind(f"{W}style")
        self._styles = {name: style for style in styles if (name := style.get(f"{W}styleId"))}
        self._defaults = None if tree is None else tree.find(f"{W}docDefaults/{W}rPrDefault/{W}rPr")
        default = (
            identifier
            for identifier, style in self._styles.items()
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true")
        )
        self._default = next(default, "")
        self._inherited = cache(self._find)
        self.run_properties = cache(self._run_properties)
        self.find_toggles = cache(self._find_toggles)

    def name_of(self, paragraph: etree._Element) -> str:
        """The identifier of a paragraph's style."""
        style = paragraph.find(f"{W}pPr/{W}pStyle")
        return self._default if style is None else style.get(f"{W}val", "")

    def outline_level(self, paragraph: etree._Element) -> int:
        """The level of a heading from 1, or 0 for other paragraphs."""
        direct = paragraph.find(f"{W}pPr/{W}outlineLvl")
        name = self.name_of(paragraph)
        stated = direct if direct is not None else self._inherited(name, f"{W}pPr/{W}outlineLvl")
        if stated is not None:
            level = stated.get(f"{W}val", "9")
            return int(level) + 1 if level in "012345678" and level else 0
        for style in self._chain(name):
            label = style.find(f"{W}name")
            named = "" if label is None else label.get(f"{W}val", "")
            if found := _HEADING.fullmatch(named):
                return int(found[1])
            if named.lower() == "title":
                return 1
        return 0

    def list_of(self, paragraph: etree._Element) -> tuple[str | None, int | None]:
        """The list that a paragraph belongs to, and its level where that is stated."""
        numbering = paragraph.find(f"{W}pPr/{W}numPr")
        number, level = _list(numbering)
        if number is None:
            number, inherited = _list(self._inherited(self.name_of(paragraph), f"{W}pPr/{W}numPr"))
            level = inherited if level is None else level
        return number, level

    def list_of_style(self, name: str) -> str | None:
        """The list that a numbering style stands for."""
        return _list(self._inherited(name, f"{W}pPr/{W}numPr"))[0]

    def inherit(self, name: str, path: str) -> etree._Element | None:
        """Return what a style, or the nearest that it is based on, says at a path."""
        return self._inherited(name, path)

    def list_chain(self, name: str) -> list[etree._Element]:
        """Return a style and those that it is based on, the nearest first."""
        return list(self._chain(name))

    def _run_properties(self, *names: str) -> dict[str, etree._Element]:
        """Return the properties of runs in these styles by their tag, those of a later style before an earlier one."""
        found = {} if self._defaults is None else {str(each.tag): each for each in self._defaults}
        for name in names:
            for style in reversed(self.list_chain(name)):
                found.update((str(each.tag), each) for each in style.iterfind(f"{W}rPr/*"))
        return found

    def _find_toggles(self, *names: str) -> frozenset[str]:
        """Return which toggle properties the styles together turn on: one turns off what another has turned on."""
        on = {tag for tag in _TOGGLES if self._defaults is not None and is_on(self._defaults.find(tag))}
        turned: set[str] = set()
        for name in names:
            turned ^= {tag for tag in _TOGGLES if is_on(self._inherited(name, f"{W}rPr/{tag}"))}
        return frozenset(on | turned)

    def _find(self, name: str, path: str) -> etree._Element | None:
        return next((found for style in self._chain(name) if (found := style.find(path)) is not None), None)

    def _chain(self, name: str) -> Iterator[etree._Element]:
        seen: set[str] = set()
        while name in self._styles and name not in seen:
            seen.add(name)
            yield self._styles[name]
            base = self._styles[name].find(f"{W}basedOn")
            name = "" if base is None else base.get(f"{W}val", "")


def _list(numbering: etree._Element | None) -> tuple[str | None, int | None]:
    if numbering is None:
        return None, None
    number, level = numbering.find(f"{W}numId"), numbering.find(f"{W}ilvl")
    stated = "" if level is None else level.get(f"{W}val", "")
    return (
        None if number is None else number.get(f"{W}val"),
        int(stated) if stated.isdecimal() else None,
    )
