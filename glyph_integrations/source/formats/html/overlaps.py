"""Text that may lie on a picture or a box that is not around it.

Captions over pictures and headings over banners are positioned; what is behind them is then their neighbour.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from glyph_integrations.source.formats.html.css.computing import Style

_MEDIA = frozenset({"img", "picture", "svg", "video", "canvas", "object", "embed", "iframe", "input"})
_LEVELS = 4
"""How far up from what is positioned its neighbours are looked for."""


def find_overlaps(tree: etree._Element, styles: Mapping[etree._Element, Style]) -> set[etree._Element]:
    """Return the elements whose text may lie on what is not around it."""
    if not any(style.is_lifted for style in styles.values()):
        return set()
    elements = list(tree.iter("*"))
    shows: set[etree._Element] = set()
    counts: dict[etree._Element, int] = {}  # children that show something
    for element in reversed(elements):
        style = styles[element]
        if style.is_displayed and (element.tag in _MEDIA or style.is_painted or counts.get(element)):
            shows.add(element)
            parent = element.getparent()
            if parent is not None and element is not tree:
                counts[parent] = counts.get(parent, 0) + 1
    found: set[etree._Element] = set()
    for element in elements:
        style, parent = styles[element], element.getparent()
        if getattr(style.values.get("background-color"), "alpha", 0) == 1:
            continue
        is_within = parent is not None and parent in found
        if is_within or (style.is_lifted and _has_neighbour(element, styles, counts, shows)):
            found.add(element)
    return found


def _has_neighbour(
    element: etree._Element,
    styles: Mapping[etree._Element, Style],
    counts: Mapping[etree._Element, int],
    shows: set[etree._Element],
) -> bool:
    """Return whether something is shown beside an element, up to the box that it is positioned in."""
    for _ in range(_LEVELS):
        parent = element.getparent()
        if parent is None or parent not in styles:
            return False
        if counts.get(parent, 0) > (element in shows):
            return True
        if styles[parent].values.get("position", "static") != "static":
            return False
        element = parent
    return False
