"""How a run of a Word document looks: what it says itself, then its styles, then what lies behind it."""

from __future__ import annotations

from dataclasses import dataclass
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
_TOGGLES = (_VANISH, _STRIKE)
_OFF_PAGE = 20_000
"""Twentieths of a pt: no page is as wide (the widest that Word makes has 31,680, an A4 page 11,906)."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a run is set.

    Attributes:
        reason: Why a person could not see its text; None where one could.
        struck: Whether it is struck out, once or twice.
        rise: Above 0 for superscript, below 0 for subscript, whichever way it is set so.
        font: The name of its font.
    """

    reason: HiddenReason | None
    struck: bool
    rise: int
    font: str


class Looks:
    """Answers for the runs of one document."""

    def __init__(self, styles: Styles, theme: Theme, backgrounds: Backgrounds) -> None:
        self._styles = styles
        self._theme = theme
        self._backgrounds = backgrounds
        self._paragraph: tuple[etree._Element, tuple[str, ...], bool] | None = None

    def look_at(self, run: etree._Element, paragraph: etree._Element) -> Setting:
        """Return how a run of a paragraph is set."""
        around, off_page = self._look_at_paragraph(paragraph)
        direct = run.find(f"{W}rPr")
        style = None if direct is None else direct.find(f"{W}rStyle")
        names = (*around, "" if style is None else style.get(f"{W}val", ""))
        properties = self._styles.run_properties(*names)
        toggles = self._styles.find_toggles(*names)
        if direct is not None and len(direct):
            own = {str(each.tag): each for each in direct}
            properties = {**properties, **own}
            toggles = (toggles - own.keys()) | {tag for tag in _TOGGLES if tag in own and is_on(own[tag])}
        reason = self._find_reason(properties, paragraph, displayed=_VANISH not in toggles)
        fonts = properties.get(f"{W}rFonts")
        return Setting(
            reason=reason or (HiddenReason.OFF_PAGE if off_page else None),
            struck=_STRIKE in toggles or is_on(properties.get(f"{W}dstrike")),
            rise=_measure_rise(properties),
            font="" if fonts is None else fonts.get(f"{W}ascii") or fonts.get(f"{W}hAnsi") or "",
        )

    def _look_at_paragraph(self, paragraph: etree._Element) -> tuple[tuple[str, ...], bool]:
        """The styles of a paragraph's table and its own, and whether it is off the page; kept for its other runs."""
        if self._paragraph is None or self._paragraph[0] is not paragraph:
            names = (*self._backgrounds.list_table_styles(paragraph), self._styles.name_of(paragraph))
            self._paragraph = paragraph, names, self._is_off_page(paragraph)
        return self._paragraph[1:]

    def _find_reason(
        self, properties: dict[str, etree._Element], paragraph: etree._Element, *, displayed: bool
    ) -> HiddenReason | None:
        color = self._theme.find_color(properties.get(f"{W}color"))
        fill = properties.get(f"{_W14}textFill")
        opacity = 1.0
        if fill is not None:
            opacity = _opacity(fill)
            color = self._theme.find_fill(fill) or color
        background = None
        if color is not None:
            background = self._own_background(properties) or self._backgrounds.behind(paragraph)
        size = self._size(properties, paragraph)
        return find_hidden_reason(
            Look(displayed=displayed, color=color, background=background, size=size, opacity=opacity)
        )

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


def _measure_rise(properties: dict[str, etree._Element]) -> int:
    align = properties.get(f"{W}vertAlign")
    if align is not None:
        return {"superscript": 1, "subscript": -1}.get(align.get(f"{W}val", ""), 0)
    return _integer(properties.get(f"{W}position"))


def _opacity(fill: etree._Element) -> float:
    if fill.find(f"{_W14}noFill") is not None:
        return 0.0
    alphas = [_integer(alpha, "val", _W14) for alpha in fill.iter(f"{_W14}alpha")]
    return 1 - max(alphas) / 100_000 if alphas else 1.0  # Word writes how transparent it is


def _integer(element: etree._Element | None, name: str = "val", space: str = W) -> int:
    text = "" if element is None else element.get(f"{space}{name}", "")
    number = text.partition(".")[0]
    return int(number) if number.lstrip("-").isdecimal() and len(number) < 10 else 0
