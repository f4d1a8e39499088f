"""The marks of list items."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glyph_integrations.source.numerals import list_mark

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from glyph_integrations.source.formats.html.css.computing import Style

_NUMBERED = {
    "decimal": "decimal", "decimal-leading-zero": "decimalZero", "lower-alpha": "lowerLetter",
    "lower-latin": "lowerLetter", "upper-alpha": "upperLetter", "upper-latin": "upperLetter",
    "lower-roman": "lowerRoman", "upper-roman": "upperRoman", "cjk-ideographic": "chineseCounting",
    "simp-chinese-informal": "chineseCounting", "trad-chinese-informal": "chineseCounting",
}  # fmt: skip
_BULLETS = {"disc": "•", "circle": "◦", "square": "▪", "disclosure-closed": "▸", "disclosure-open": "▾"}
_NUMBER = re.compile(r"-?\d{1,9}")


class ListMarks:
    """Counts the items of one list.

    Args:
        element: The list.
        get_style: Gives an element's computed style.
    """

    def __init__(self, element: etree._Element, get_style: Callable[[etree._Element], Style]) -> None:
        self._is_ordered = element.tag == "ol"
        self._get_style = get_style
        self._step = -1 if element.get("reversed") is not None else 1
        self._number = _read_number(element.get("start"), 1)
        if self._step < 0 and element.get("start") is None:
            self._number = sum(1 for item in element.iterchildren("li") if get_style(item).display != "none")

    def mark(self, item: etree._Element) -> str:
        """Return the mark of the next item with the space after it; empty where it has none."""
        number = _read_number(item.get("value"), self._number)
        self._number = number + self._step
        style = self._get_style(item)
        kind = style.list_style
        if style.display != "list-item" or kind == "none":
            return ""
        if kind.startswith("string:"):
            return f"{kind.removeprefix('string:').strip()} "
        if kind == "default":
            kind = "decimal" if self._is_ordered else "disc"
        if kind in _NUMBERED:
            return f"{list_mark(number, _NUMBERED[kind])}. "
        return f"{_BULLETS.get(kind, '•')} "


def _read_number(text: str | None, otherwise: int) -> int:
    return int(text) if text and _NUMBER.fullmatch(text.strip()) else otherwise
