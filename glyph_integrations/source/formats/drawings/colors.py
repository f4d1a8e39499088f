"""Colors of DrawingML: by value, by name, or by their place in the theme, and changed from there."""

from __future__ import annotations

import colorsys
from dataclasses import dataclass
from typing import TYPE_CHECKING

from PIL import ImageColor

from glyph_integrations.source.office import A
from glyph_integrations.source.visibility import BLACK, WHITE, Color, parse_hex_color

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

_WHOLE = 100_000
"""What DrawingML calls 100 %."""
_KINDS = {f"{A}{kind}": kind for kind in ("srgbClr", "schemeClr", "sysClr", "prstClr", "scrgbClr", "hslClr")}
_USUAL = {"bg1": "lt1", "tx1": "dk1", "bg2": "lt2", "tx2": "dk2"}
OFFICE_THEME: Mapping[str, Color] = {"lt1": WHITE, "dk1": BLACK}
"""What a file without a theme of its own starts from."""


@dataclass(frozen=True, slots=True)
class Paint:
    """A color and how opaque it is, 0–1; a color of None is one that is not known."""

    color: Color | None
    opacity: float = 1.0


@dataclass(frozen=True, slots=True)
class Palette:
    """The colors of a theme by their names in it, and which of them text and background are."""

    colors: Mapping[str, Color]
    names: Mapping[str, str]

    def find(self, name: str) -> Color | None:
        """The color of that name (``tx1``, ``accent2``); None where the theme has none."""
        name = self.names.get(name) or _USUAL.get(name, name)
        return self.colors.get(name)


def read_theme(theme: etree._Element | None) -> dict[str, Color]:
    """The colors of a theme part by name."""
    colors = dict(OFFICE_THEME)
    scheme = None if theme is None else theme.find(f"{A}themeElements/{A}clrScheme")
    for slot in () if scheme is None else scheme:
        paint = read_paint(slot, Palette({}, {}))
        if paint is not None and paint.color is not None:
            colors[str(slot.tag).removeprefix(A)] = paint.color
    return colors


def read_paint(parent: etree._Element | None, palette: Palette, own: Paint | None = None) -> Paint | None:
    """The color that an element such as ``a:solidFill`` holds; None where it holds none.

    ``own`` is what ``phClr`` stands for: the color that a shape gives to its theme's fill.
    """
    for element in () if parent is None else parent:
        kind = _KINDS.get(str(element.tag))
        if kind:
            base = _read_base(element, kind, palette)
            if kind == "schemeClr" and element.get("val") == "phClr":
                base = own.color if own else None
            return _change(base, element)
    return None


def _read_base(element: etree._Element, kind: str, palette: Palette) -> Color | None:
    value = element.get("val", "")
    match kind:
        case "srgbClr":
            return parse_hex_color(value)
        case "sysClr":
            usual = WHITE if value in ("window", "background") else BLACK if value == "windowText" else None
            return parse_hex_color(element.get("lastClr", "")) or usual
        case "schemeClr":
            return palette.find(value)
        case "prstClr":
            return _find_named(value)
        case "scrgbClr":
            shares = [_share(element.get(name)) for name in ("r", "g", "b")]
            return Color(*(round(255 * _encode(share)) for share in shares))
        case _:
            hue, saturation, light = _share(element.get("hue")) / 216, element.get("sat"), element.get("lum")
            return _from_light(hue % 1.0, _share(light), _share(saturation))


def _find_named(name: str) -> Color | None:
    """A color by its name in CSS, whose first word DrawingML may shorten (``dkBlue``)."""
    for short, long in (("dk", "dark"), ("lt", "light"), ("med", "medium")):
        if name.startswith(short) and name[len(short) :][:1].isupper():
            name = long + name[len(short) :]
    try:
        return Color(*ImageColor.getrgb(name)[:3])
    except ValueError:
        return None


def _change(color: Color | None, element: etree._Element) -> Paint:
    """A color with the changes that its element asks for."""
    opacity = 1.0
    for change in element:
        share = _share(change.get("val"))
        name = str(change.tag).removeprefix(A)
        if name in ("alpha", "alphaMod"):
            opacity *= share
        elif color is not None:
            color = _shift(color, name, share)
    return Paint(color, opacity)


def _shift(color: Color, name: str, share: float) -> Color:
    hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in color))
    match name:
        case "lumMod":
            light *= share
        case "lumOff":
            light += share
        case "lum":
            light = share
        case "satMod":
            saturation *= share
        case "shade":
            return Color(*(round(channel * share) for channel in color))
        case "tint":
            return Color(*(round(255 - (255 - channel) * share) for channel in color))
        case "inv":
            return Color(*(255 - channel for channel in color))
    return _from_light(hue, light, saturation)


def tint_color(color: Color, tint: float) -> Color:
    """A color made lighter (``tint`` up to 1) or darker (down to -1), as sheets do."""
    hue, light, saturation = colorsys.rgb_to_hls(*(channel / 255 for channel in color))
    light = light * (1 + tint) if tint < 0 else light + (1 - light) * tint
    return _from_light(hue, light, saturation)


def _from_light(hue: float, light: float, saturation: float) -> Color:
    channels = colorsys.hls_to_rgb(hue, min(max(light, 0.0), 1.0), min(max(saturation, 0.0), 1.0))
    return Color(*(round(255 * channel) for channel in channels))


def _share(text: str | None) -> float:
    """A share of the whole, written in thousandths of a percent, or with a percent sign."""
    try:
        return float(text[:-1]) / 100 if text and text.endswith("%") else float(text or 0) / _WHOLE
    except ValueError:
        return 0.0


def _encode(linear: float) -> float:
    """A linear share of light as sRGB has it."""
    linear = min(max(linear, 0.0), 1.0)
    return 12.92 * linear if linear <= 0.0031308 else 1.055 * linear ** (1 / 2.4) - 0.055
