"""What styles say about a paragraph or run: its outline level, its list, whether it can be seen."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from glyph_integrations.source.office import W, is_on

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_HEADING = re.compile(r"heading ([1-9])", re.IGNORECASE)


class Styles:
    """The styles of one document, each with those that it is based on."""

    def __init__(self, tree: etree._Element | None, *, coloured_page: bool) -> None:
        styles = () if tree is None else tree.iterfind(f"{W}style")
        self._styles = {style.get(f"{W}styleId", ""): style for style in styles}
        default = (
            identifier
            for identifier, style in self._styles.items()
            if style.get(f"{W}type") == "paragraph" and style.get(f"{W}default") in ("1", "true")
        )
        self._default = next(default, "")
        self._coloured_page = coloured_page
        self._inherited = cache(self._find)

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
            level = int(stated.get(f"{W}val", "9"))
            return level + 1 if 0 <= level < 9 else 0
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

    def unseen(self, run: etree._Element, paragraph: etree._Element) -> str:
        """Why a person cannot see a run, or an empty string."""
        if is_on(self._of_run(run, paragraph, "vanish")):
            return "hidden text"
        size = self._of_run(run, paragraph, "sz")
        if size is not None and size.get(f"{W}val", "") in ("0", "1", "2", "3"):  # half points
            return "under 2 pt"
        colour = self._of_run(run, paragraph, "color")
        if colour is None or colour.get(f"{W}val", "").upper() != "FFFFFF":
            return ""
        return "" if self._on_colour(run, paragraph) else "white on white"

    def _on_colour(self, run: etree._Element, paragraph: etree._Element) -> bool:
        """Whether white text may stand on something dark; tables and shapes may be filled by their styles."""
        if self._coloured_page or next(paragraph.iterancestors(f"{W}tc", f"{W}txbxContent"), None) is not None:
            return True
        if any(self._of_run(run, paragraph, name) is not None for name in ("shd", "highlight")):
            return True
        name = self.name_of(paragraph)
        direct = paragraph.find(f"{W}pPr/{W}shd")
        return direct is not None or self._inherited(name, f"{W}pPr/{W}shd") is not None

    def _of_run(self, run: etree._Element, paragraph: etree._Element, name: str) -> etree._Element | None:
        direct = run.find(f"{W}rPr/{W}{name}")
        if direct is not None:
            return direct
        style = run.find(f"{W}rPr/{W}rStyle")
        if style is not None:
            inherited = self._inherited(style.get(f"{W}val", ""), f"{W}rPr/{W}{name}")
            if inherited is not None:
                return inherited
        return self._inherited(self.name_of(paragraph), f"{W}rPr/{W}{name}")

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
