"""How a run of a Word document looks: what it says itself, then its styles, then what lies behind it."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.formats.word.themes import parse_named_color
from glyph_integrations.source.office import W, is_on
from glyph_integrations.source.visibility import Color, HiddenReason, Look, find_hidden_reason

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.formats.word.backgrounds import Backgrounds
    from glyph_integrations.source.formats.word.styles import Styles
    from glyph_integrations.source.formats.word.themes import Theme

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_VANISH, _STRIKE = f"{W}vanish", f"{W}strike"
_OFF_PAGE = 20_000
"""Twentieths of a pt: no page is as wide (the widest that Word makes has 31,680, an A4 page 11,906)."""


class Looks:
    """Answers for the runs of one document."""

    def __init__(self, styles: Styles, theme: Theme, backgrounds: Backgrounds) -> None:
        self._styles = styles
        self._theme = theme
        self._backgrounds = backgrounds

    def find_hidden_reason(self, run: etree._Element, paragraph: etree._Element) -> HiddenReason | None:
        """Return why a person could not see a run's text; None where one could."""
        names = self._names(run, paragraph)
        direct = run.find(f"{W}rPr")
        displayed = not self._is_toggled(names, direct, _VANISH)
        properties = self._properties(names, direct)
        colored = properties.get(f"{W}color")
        color = self._theme.find_color(colored)
        fill = properties.get(f"{_W14}textFill")
        opacity = 1.0
        if fill is not None:
            opacity = _opacity(fill)
            color = self._theme.find_fill(fill) or color
        background = None
        if color is not None:
            background = self._own_background(properties) or self._backgrounds.behind(paragraph)
        look = Look(
            displayed=displayed,
            color=color,
            background=background,
            size=self._size(properties, paragraph),
            opacity=opacity,
        )
        return find_hidden_reason(look) or (HiddenReason.OFF_PAGE if self._is_off_page(paragraph) else None)

    def is_struck(self, run: etree._Element, paragraph: etree._Element) -> bool:
        """Whether a run is struck out, once or twice."""
        names, direct = self._names(run, paragraph), run.find(f"{W}rPr")
        return self._is_toggled(names, direct, _STRIKE) or is_on(self._properties(names, direct).get(f"{W}dstrike"))

    def find_font(self, run: etree._Element, paragraph: etree._Element) -> str:
        """Return the name of a run's font."""
        fonts = self._properties(self._names(run, paragraph), run.find(f"{W}rPr")).get(f"{W}rFonts")
        return "" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or ""

    def measure_rise(self, run: etree._Element, paragraph: etree._Element) -> int:
        """Return a number above 0 for superscript, below 0 for subscript, whichever way the run is set so."""
        properties = self._properties(self._names(run, paragraph), run.find(f"{W}rPr"))
        align = properties.get(f"{W}vertAlign")
        if align is not None:
            return {"superscript": 1, "subscript": -1}.get(align.get(f"{W}val", ""), 0)
        return _integer(properties.get(f"{W}position"))

    def _names(self, run: etree._Element, paragraph: etree._Element) -> tuple[str, ...]:
        """The styles that a run has a part in: its table's, its paragraph's, its own."""
        style = run.find(f"{W}rPr/{W}rStyle")
        own = "" if style is None else style.get(f"{W}val", "")
        return (*self._backgrounds.list_table_styles(paragraph), self._styles.name_of(paragraph), own)

    def _properties(self, names: tuple[str, ...], direct: etree._Element | None) -> dict[str, etree._Element]:
        inherited = self._styles.run_properties(*names)
        return inherited if direct is None else {**inherited, **{str(each.tag): each for each in direct}}

    def _is_toggled(self, names: tuple[str, ...], direct: etree._Element | None, tag: str) -> bool:
        own = None if direct is None else direct.find(tag)
        return is_on(own) if own is not None else tag in self._styles.find_toggles(*names)

    def _own_background(self, properties: dict[str, etree._Element]) -> Color | None:
        highlight = properties.get(f"{W}highlight")
        if highlight is not None and (color := parse_named_color(highlight.get(f"{W}val", "none"))):
            return color
        return self._backgrounds.find_shading(properties.get(f"{W}shd"))

    def _size(self, properties: dict[str, etree._Element], paragraph: etree._Element) -> float | None:
        """In pt: the letters' size, or the height of a line or row that cuts them off."""
        sizes = []
        half_points = properties.get(f"{W}sz")
        if half_points is not None and half_points.get(f"{W}val", "").isdecimal():
            sizes.append(_integer(half_points) / 2)
        spacing = paragraph.find(f"{W}pPr/{W}spacing")
        if spacing is not None and spacing.get(f"{W}lineRule") == "exact":
            sizes.append(_integer(spacing, "line") / 20)
        stretched = properties.get(f"{W}w")
        if stretched is not None and (percent := _integer(stretched)):
            sizes = [size * min(percent, 100) / 100 for size in sizes or [10.0]]
        return min(sizes) if sizes else None

    def _is_off_page(self, paragraph: etree._Element) -> bool:
        settings = paragraph.find(f"{W}pPr")
        if settings is None:
            return False
        frame, indent = settings.find(f"{W}framePr"), settings.find(f"{W}ind")
        places = [] if frame is None else [_integer(frame, "x"), _integer(frame, "y")]
        places += [] if indent is None else [_integer(indent, name) for name in ("left", "start", "firstLine")]
        return any(abs(place) > _OFF_PAGE for place in places)


def _opacity(fill: etree._Element) -> float:
    if fill.find(f"{_W14}noFill") is not None:
        return 0.0
    alphas = [_integer(alpha, "val", _W14) for alpha in fill.iter(f"{_W14}alpha")]
    return 1 - max(alphas) / 100_000 if alphas else 1.0  # Word writes how transparent it is


def _integer(element: etree._Element | None, name: str = "val", space: str = W) -> int:
    text = "" if element is None else element.get(f"{space}{name}", "")
    number = text.partition(".")[0]
    return int(number) if number.lstrip("-").isdecimal() and len(number) < 10 else 0
