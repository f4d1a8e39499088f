"""Which elements of a page a person cannot see."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

_RULE = re.compile(r"([^{}]+)\{([^{}]*)\}")
_NESTED_RULE = re.compile(r"@[^{};]*\{(?:[^{}]*\{[^{}]*\})*[^{}]*\}|@[^{};]*;|/\*.*?\*/", re.DOTALL)
_SIMPLE_SELECTOR = re.compile(r"([a-z][\w-]*)?(?:([.#])([\w-]+))?", re.IGNORECASE)
_ZERO = re.compile(r"[+-]?0*\.?0*(?:px|pt|em|rem|%)?")
_FAR_AWAY = re.compile(r"-\d{3,}(?:\.\d+)?(?:px|pt|em|rem)")
_WHITE = frozenset({"#fff", "#ffffff", "white", "rgb(255,255,255)", "rgba(255,255,255,1)"})

_Style = dict[str, str]


class Visibility:
    """Decides by attributes, inline styles and the page's own simple rules (a tag, a class, an id).

    Scripts are not run and style sheets on the web are not fetched, so that what only they hide stays.

    Args:
        tree: The page.
        sheets: The linked style sheets, where they are at hand.
    """

    def __init__(self, tree: etree._Element, sheets: Sequence[str] | None = None) -> None:
        self._rules: dict[str, _Style] = {}
        for sheet in sheets or ():
            self._read(sheet)
        for style in tree.iter("style"):
            self._read(style.text or "")
        self._styled = (sheets is None and next(tree.iter("link"), None) is not None) or any(
            name.startswith("background") for rule in self._rules.values() for name in rule
        )

    def hidden_by(self, element: etree._Element) -> str:
        """Why a person cannot see the element, or an empty string."""
        if element.get("hidden") is not None and element.get("hidden") != "until-found":
            return "hidden element"
        style = self._style(element)
        position = style.get("position", "")
        if "none" in style.get("display", "") or style.get("visibility") in ("hidden", "collapse"):
            return "hidden element"
        if any(_ZERO.fullmatch(style.get(name, "x")) for name in ("font-size", "opacity")):
            return "zero size or opacity"
        if any(_FAR_AWAY.fullmatch(style.get(name, "")) for name in ("text-indent", "margin-left")) or (
            position in ("absolute", "fixed")
            and any(_FAR_AWAY.fullmatch(style.get(name, "")) for name in ("left", "top"))
        ):
            return "off the page"
        return "colour of its background" if "color" in style and self._blends(element, style["color"]) else ""

    def _blends(self, element: etree._Element, colour: str) -> bool:
        ancestor: etree._Element | None = element
        while ancestor is not None:
            style = self._style(ancestor)
            background = style.get("background-color") or style.get("background") or ancestor.get("bgcolor", "").lower()
            if background:
                return _same(colour, background)
            ancestor = ancestor.getparent()
        return not self._styled and _same(colour, "white")

    def _style(self, element: etree._Element) -> _Style:
        style: _Style = {}
        if self._rules:
            names = (element.tag, *(f".{name}" for name in element.get("class", "").split()), f"#{element.get('id')}")
            for name in (*names, *(f"{element.tag}{name}" for name in names[1:])):
                style |= self._rules.get(name, {})
        inline = element.get("style")
        return style | _declarations(inline) if inline else style

    def _read(self, sheet: str) -> None:
        for rule in _RULE.finditer(_NESTED_RULE.sub("", sheet)):
            for selector in rule[1].split(","):
                if _SIMPLE_SELECTOR.fullmatch(selector.strip()) and selector.strip():
                    key = selector.strip()
                    self._rules[key] = self._rules.get(key, {}) | _declarations(rule[2])


def _declarations(text: str) -> _Style:
    pairs = (declaration.partition(":") for declaration in text.lower().split(";"))
    return {
        name.strip(): re.sub(r"\s*!important|\s*(?<=,)\s+", "", value).strip()
        for name, _, value in pairs
        if value.strip()
    }


def _same(colour: str, other: str) -> bool:
    return colour == other or (colour in _WHITE and other in _WHITE)
