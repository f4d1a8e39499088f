"""What the styles of an OpenDocument file say: outline levels, raised characters, whether text can be seen."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.names import DRAW, FO, STYLE, TABLE, TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from lxml import etree

_HEADING = re.compile(r"Heading_20_([1-9])|Title")
_WHITE = "#ffffff"
_BACKGROUND = f"{FO}background-color"


class Styles:
    """The styles of one file, each with those that it is based on."""

    def __init__(self, trees: Iterable[etree._Element]) -> None:
        self._styles = {
            (style.get(f"{STYLE}family", ""), style.get(f"{STYLE}name", "")): style
            for tree in trees
            for style in tree.iter(f"{STYLE}style")
        }

    def outline_level(self, paragraph: etree._Element) -> int:
        """The level of a heading from 1, or 0 for other paragraphs."""
        if paragraph.tag == f"{TEXT}h":
            return int(paragraph.get(f"{TEXT}outline-level", "1"))
        for style in self._chain("paragraph", paragraph.get(f"{TEXT}style-name", "")):
            level = style.get(f"{STYLE}default-outline-level")
            if level is not None:
                return int(level) if level.isdecimal() else 0
            named = _HEADING.fullmatch(style.get(f"{STYLE}name", ""))
            if named:
                return int(named[1] or 1)
        return 0

    def raised_by(self, span: etree._Element) -> int:
        """Above 0 for superscript, below 0 for subscript."""
        position = self._property(span, f"{STYLE}text-position").partition(" ")[0]
        if position in ("super", "sub"):
            return 1 if position == "super" else -1
        share = position.removesuffix("%").partition(".")[0]
        return int(share) if share.lstrip("-").isdecimal() else 0

    def unseen(self, element: etree._Element) -> str:
        """Why a person cannot see the text of a span, paragraph or sheet's cell, or an empty string."""
        if self._property(element, f"{TEXT}display") == "none":
            return "hidden text"
        size = self._property(element, f"{FO}font-size")
        if size.endswith("pt") and size[:-2].replace(".", "", 1).isdecimal() and float(size[:-2]) < 2:
            return "under 2 pt"
        white = self._property(element, f"{FO}color").lower() == _WHITE
        return "white on white" if white and not self._on_colour(element) else ""

    def _on_colour(self, element: etree._Element) -> bool:
        """Whether white text may stand on something dark: a fill of its own, or that of a table or shape."""
        at: etree._Element | None = element
        while at is not None:
            within = at is not element and (at.tag == f"{TABLE}table-cell" or str(at.tag).startswith(DRAW))
            if within or any(part.get(_BACKGROUND, "transparent") != "transparent" for part in self._parts(at)):
                return True
            at = at.getparent()
        return False

    def _property(self, element: etree._Element, name: str) -> str:
        return next((value for part in self._parts(element) if (value := part.get(name)) is not None), "")

    def _parts(self, element: etree._Element) -> Iterator[etree._Element]:
        """The groups of properties that an element's style, and those that it is based on, set."""
        cell = element.tag == f"{TABLE}table-cell"
        family = "table-cell" if cell else "paragraph" if element.tag in (f"{TEXT}p", f"{TEXT}h") else "text"
        for style in self._chain(family, element.get(f"{TABLE if cell else TEXT}style-name", "")):
            yield from style

    def _chain(self, family: str, name: str) -> Iterator[etree._Element]:
        seen: set[str] = set()
        while (family, name) in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[family, name]
            yield style
            name = style.get(f"{STYLE}parent-style-name", "")
