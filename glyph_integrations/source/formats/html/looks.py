"""How the text of a page looks: from computed styles to ``Look``, which says whether a person could read it."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.html.css.lengths import WINDOW_HEIGHT, WINDOW_WIDTH, Length
from glyph_integrations.source.formats.html.css.placing import SOMEWHERE
from glyph_integrations.source.text import Box
from glyph_integrations.source.visibility import Color, HiddenReason, Look, find_hidden_reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from glyph_integrations.source.formats.html.css.colors import Paint
    from glyph_integrations.source.formats.html.css.computing import Style
    from glyph_integrations.source.formats.html.css.placing import Place

_POINTS = 72 / 96
_LETTER = 0.5
"""A letter's width in parts of the font's size: rather too little than too much is off the page."""
_LINE = 1.2
_OFF_BY = -40.0
"""px: what lies less far to the left is a matter of margins."""
_FAR_RIGHT = 4000.0
_MOST_LETTERS = 4000
_INSIDE, _OUTSIDE = Box(0.0, 0.0, 1.0, 1.0), Box(-1.0, 0.0, -0.5, 1.0)
_NOTHING = Box(-2.0, -2.0, -2.0, -2.0)


class Looks:
    """Judges the text of a page.

    Args:
        styles: The computed styles of all elements.
    """

    def __init__(self, styles: Mapping[etree._Element, Style]) -> None:
        self._styles = styles
        self._letters: dict[etree._Element, int] = {}

    def find_reason(
        self, element: etree._Element, style: Style, *, lies_on_others: bool = False
    ) -> HiddenReason | None:
        """Return why a person could not see the text right below an element; None where one could.

        Args:
            element: The element.
            style: The computed style of the text.
            lies_on_others: Whether pictures or boxes that are not around it may lie behind it.
        """
        if not (style.is_displayed and style.is_visible):
            return find_hidden_reason(Look(displayed=False))
        box = _OUTSIDE if self._lies_off_page(element, style) else _INSIDE
        size = style.font_size * style.scale * _POINTS
        if style.spacing < -0.8 * style.font_size:
            size = 0.0  # all letters lie on one another
        look = Look(size=size, box=box, clip=_NOTHING if style.is_cut else None, covered=style.is_covered)
        reason = find_hidden_reason(look)
        if reason is not None or style.is_masked:
            return reason or HiddenReason.NOT_DISPLAYED
        return _find_reason_of_color(style, None if lies_on_others else style.grounds)

    def _lies_off_page(self, element: etree._Element, style: Style) -> bool:
        place = style.place
        if place.is_fixed and place.width and (WINDOW_WIDTH <= place.left < math.inf or _is_below(place)):
            return True
        if place.shift >= _FAR_RIGHT and not place.is_sliding:
            return True
        indent = style.values.get("text-indent")
        indented = indent.resolve(style.font_size, place.extent) if isinstance(indent, Length) else 0.0
        if abs(indented) >= _FAR_RIGHT:
            return True
        if indented < 0 and place.left + indented < _OFF_BY and place.left + indented + self._measure(element) <= 0:
            return True
        if place.left < _OFF_BY:
            extent = min(self._measure(element), WINDOW_WIDTH) if place.width is None else place.width
            if place.left + extent <= 0:
                return True
        return place.top < 0 and self._lies_above(element, style, place)

    def _lies_above(self, element: etree._Element, style: Style, place: Place) -> bool:
        """Return whether a box that begins above the page ends there as well."""
        height, top = place.height, element
        while (parent := top.getparent()) is not None and parent in self._styles:
            around = self._styles[parent].place
            if around.top != place.top:
                break
            top, height = parent, around.height if around.height is not None else height
        if height is None:
            width = max(place.extent, style.font_size)
            lines = 1 + self._count_letters(top) * style.font_size * _LETTER // width
            height = min(lines * style.font_size * _LINE, WINDOW_HEIGHT)
        return place.top + height <= 0

    def _measure(self, element: etree._Element) -> float:
        """Return how far the text of the block around an element reaches, in px, if it is on one line."""
        size = self._styles[element].font_size
        while self._styles[element].display in ("inline", "contents"):
            parent = element.getparent()
            if parent is None or parent not in self._styles:
                break
            element = parent
        return self._count_letters(element) * size * _LETTER

    def _count_letters(self, element: etree._Element) -> int:
        letters = self._letters.get(element)
        if letters is None:
            letters = 0
            for text in element.itertext():
                letters += len(" ".join(str(text).split()))
                if letters > _MOST_LETTERS:
                    break
            self._letters[element] = letters
        return letters


def _is_below(place: Place) -> bool:
    """Return whether a box that does not scroll is placed below the window."""
    return WINDOW_HEIGHT <= place.top < SOMEWHERE


def _find_reason_of_color(style: Style, grounds: tuple[Paint, ...] | None) -> HiddenReason | None:
    """Return why the letters do not stand out from what lies behind them, whatever of the possible that is."""
    if style.color is None or None in style.shadows or style.is_outlined:
        return find_hidden_reason(Look(opacity=style.opacity))
    reason: HiddenReason | None = None
    for paint in (style.color, *style.shadows):
        opacity = paint.alpha * style.opacity
        for ground in grounds or (None,):
            color, background = (None, None) if ground is None else (_convert(paint), _convert(ground))
            reason = find_hidden_reason(Look(color=color, background=background, opacity=opacity))
            if reason is None:
                return None
    return reason


def _convert(paint: Paint) -> Color:
    return Color(round(paint.red), round(paint.green), round(paint.blue))
