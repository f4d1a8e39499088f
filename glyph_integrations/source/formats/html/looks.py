"""How the text of a page looks: from computed styles to ``Look``, which says whether a person could read it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.formats.html.css.colors import Paint
from glyph_integrations.source.formats.html.css.lengths import WINDOW_HEIGHT, WINDOW_WIDTH, Length
from glyph_integrations.source.text import Box
from glyph_integrations.source.visibility import Color, HiddenReason, Look, find_hidden_reason

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from glyph_integrations.source.formats.html.css.computing import Style
    from glyph_integrations.source.formats.html.css.placing import Place

_POINTS = 72 / 96
_LETTER = 0.5
"""A letter's width in parts of the font's size: rather too little than too much is off the page."""
_LINE = 1.2
_OFF_BY = -40.0
"""px: what lies less far to the left is a matter of margins."""
_FAR_RIGHT = 4000.0
_INSIDE, _OUTSIDE = Box(0.0, 0.0, 1.0, 1.0), Box(-1.0, 0.0, -0.5, 1.0)
_NOTHING = Box(-2.0, -2.0, -2.0, -2.0)


def find_reason(
    element: etree._Element, style: Style, styles: Mapping[etree._Element, Style], *, lies_on_others: bool = False
) -> HiddenReason | None:
    """Return why a person could not see the text right below an element; None where one could.

    Args:
        element: The element.
        style: Its computed style.
        styles: Those of the page.
        lies_on_others: Whether pictures or boxes that are not around it may lie behind it.
    """
    if not (style.is_displayed and style.is_visible):
        return find_hidden_reason(Look(displayed=False))
    box = _OUTSIDE if _lies_off_page(element, style, styles) else _INSIDE
    size = style.font_size * style.scale * _POINTS
    if style.spacing < -0.8 * style.font_size:
        size = 0.0  # all letters lie on one another
    look = Look(size=size, box=box, clip=_NOTHING if style.is_cut else None, covered=style.is_covered)
    reason = find_hidden_reason(look)
    if reason is not None or style.is_masked:
        return reason or HiddenReason.NOT_DISPLAYED
    return _find_reason_of_color(style, None if lies_on_others else style.grounds)


def _find_reason_of_color(style: Style, grounds: tuple[Paint, ...] | None) -> HiddenReason | None:
    """Return why the letters do not stand out from what lies behind them, whatever of the possible that is."""
    if style.color is None or None in style.shadows or style.is_outlined:
        return find_hidden_reason(Look(opacity=style.opacity))
    reason: HiddenReason | None = None
    for paint in (style.color, *style.shadows):
        opacity = paint.alpha * style.opacity
        if grounds is None:
            reason = find_hidden_reason(Look(opacity=opacity))
            if reason is None:
                return None
            continue
        for ground in grounds:
            look = Look(color=_convert(paint), background=_convert(ground), opacity=opacity)
            reason = find_hidden_reason(look)
            if reason is None:
                return None
    return reason


def _convert(paint: Paint) -> Color:
    return Color(round(paint.red), round(paint.green), round(paint.blue))


def _lies_off_page(element: etree._Element, style: Style, styles: Mapping[etree._Element, Style]) -> bool:
    place = style.place
    indent = style.values.get("text-indent")
    indented = indent.resolve(style.font_size, place.extent) if isinstance(indent, Length) else 0.0
    if place.shift >= _FAR_RIGHT and not place.is_sliding:
        return True
    if abs(indented) >= _FAR_RIGHT or (indented < 0 and place.left + indented < _OFF_BY):
        letters = _count_letters(_find_block(element, styles))
        if abs(indented) >= _FAR_RIGHT or place.left + indented + letters * style.font_size * _LETTER <= 0:
            return True
    if place.left < _OFF_BY:
        extent = place.width
        if extent is None:
            letters = _count_letters(_find_block(element, styles))
            extent = min(letters * style.font_size * _LETTER, WINDOW_WIDTH)
        if place.left + extent <= 0:
            return True
    return place.top < 0 and _lies_above(element, style, place, styles)


def _lies_above(element: etree._Element, style: Style, place: Place, styles: Mapping[etree._Element, Style]) -> bool:
    """Return whether a box that begins above the page ends there as well."""
    height = place.height
    top = element
    while (parent := top.getparent()) is not None and parent in styles and styles[parent].place.top == place.top:
        top = parent
        height = styles[parent].place.height if styles[parent].place.height is not None else height
    if height is None:
        width = max(place.extent, style.font_size)
        lines = 1 + _count_letters(top) * style.font_size * _LETTER // width
        height = min(lines * style.font_size * _LINE, WINDOW_HEIGHT)
    return place.top + height <= 0


def _find_block(element: etree._Element, styles: Mapping[etree._Element, Style]) -> etree._Element:
    """Return the element whose box the text of ``element`` runs in."""
    while styles[element].display in ("inline", "contents"):
        parent = element.getparent()
        if parent is None or parent not in styles:
            break
        element = parent
    return element


def _count_letters(element: etree._Element, most: int = 4000) -> int:
    letters = 0
    for text in element.itertext():
        letters += len(" ".join(str(text).split()))
        if letters > most:
            break
    return letters
