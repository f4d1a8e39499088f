"""What the styles of an OpenDocument file say: outline levels and properties, each with those that it is based on."""

from __future__ import annotations

import re
from functools import cache
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.names import DRAW, FO, LOEXT, PRESENTATION, STYLE, TABLE, TEXT

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from lxml import etree

_COLOR, _AUTOMATIC = f"{FO}color", f"{STYLE}use-window-font-color"
_HEADING = re.compile(r"Heading_20_([1-9])|Title")
_FAMILIES = {
    f"{TEXT}p": "paragraph",
    f"{TEXT}h": "paragraph",
    f"{TEXT}section": "section",
    f"{TABLE}table": "table",
    f"{TABLE}table-row": "table-row",
    f"{TABLE}table-cell": "table-cell",
    f"{TABLE}covered-table-cell": "table-cell",
    f"{DRAW}page": "drawing-page",
}


class Styles:
    """The styles of one file."""

    def __init__(self, trees: Iterable[etree._Element]) -> None:
        self._styles: dict[tuple[str, str], etree._Element] = {}
        for tree in trees:
            for style in tree.iter(f"{STYLE}style", f"{STYLE}default-style"):
                name = style.get(f"{STYLE}name", "") if style.tag == f"{STYLE}style" else ""
                self._styles[style.get(f"{STYLE}family", ""), name] = style
        self.find_properties = cache(self._find_properties)

    def outline_level(self, paragraph: etree._Element) -> int:
        """The level of a heading from 1, or 0 for other paragraphs."""
        if paragraph.tag == f"{TEXT}h":
            level = paragraph.get(f"{TEXT}outline-level", "1")
            return int(level) if level.isdecimal() and level in "123456789" else 1
        for style in self._chain("paragraph", paragraph.get(f"{TEXT}style-name", "")):
            stated = style.get(f"{STYLE}default-outline-level")
            if stated is not None:
                return int(stated) if stated.isdecimal() and len(stated) < 3 else 0
            named = _HEADING.fullmatch(style.get(f"{STYLE}name", ""))
            if named:
                return int(named[1] or 1)
        return 0

    def of(self, element: etree._Element, kind: str = "") -> Mapping[str, str]:
        """Return the properties that an element's styles set; of one kind ("text") or of all."""
        family, name = identify_style(element)
        return self.find_properties(family, name, kind)

    def _find_properties(self, family: str, name: str, kind: str) -> Mapping[str, str]:
        """Attributes by name, those of a style before those that it is based on and those of its family."""
        found: dict[str, str] = {}
        chain = [*self._chain(family, name), *self._chain(family, "")]
        for style in reversed(chain):
            for part in style:
                if not kind or part.tag == f"{STYLE}{kind}-properties":
                    found = override(found, {str(key): str(value) for key, value in part.items()})
        return found

    def _chain(self, family: str, name: str) -> Iterator[etree._Element]:
        seen: set[str] = set()
        while (family, name) in self._styles and name not in seen:
            seen.add(name)
            style = self._styles[family, name]
            yield style
            name = style.get(f"{STYLE}parent-style-name", "")


def override(outer: Mapping[str, str], own: Mapping[str, str]) -> dict[str, str]:
    """Return properties with others over them; a color of one's own replaces an automatic one, and the other way."""
    kept = dict(outer)
    if _COLOR in own or own.get(_AUTOMATIC) == "true":
        for name in (_COLOR, _AUTOMATIC, f"{LOEXT}opacity"):
            kept.pop(name, None)
    kept.update(own)
    return kept


def identify_style(element: etree._Element) -> tuple[str, str]:
    """Return the family and the name of an element's style; the name is empty where it has none."""
    tag = str(element.tag)
    family = _FAMILIES.get(tag, "")
    if family == "drawing-page":
        return family, element.get(f"{DRAW}style-name", "")
    if tag.startswith(DRAW):
        name = element.get(f"{PRESENTATION}style-name")
        return ("presentation", name) if name else ("graphic", element.get(f"{DRAW}style-name", ""))
    space = TABLE if tag.startswith(TABLE) else TEXT
    return family or "text", element.get(f"{space}style-name", "")
