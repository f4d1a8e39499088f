"""Colors as Word files state them: by value, by the theme, by name."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.office import A, W
from glyph_integrations.source.visibility import Color, parse_hex_color

if TYPE_CHECKING:
    from lxml import etree

_SLOTS = {"dark1": "dk1", "light1": "lt1", "dark2": "dk2", "light2": "lt2", "hyperlink": "hlink",
          "followedHyperlink": "folHlink"}  # fmt: skip
_MAPPED = {"background1": "bg1", "text1": "t1", "background2": "bg2", "text2": "t2", "tx1": "t1", "tx2": "t2"}
_MAPPING = {"bg1": "lt1", "t1": "dk1", "bg2": "lt2", "t2": "dk2"}
_NAMED = {
    "black": "000000", "blue": "0000FF", "cyan": "00FFFF", "green": "00FF00", "magenta": "FF00FF", "red": "FF0000",
    "yellow": "FFFF00", "white": "FFFFFF", "darkBlue": "00008B", "darkCyan": "008B8B", "darkGreen": "006400",
    "darkMagenta": "800080", "darkRed": "8B0000", "darkYellow": "808000", "darkGray": "A9A9A9", "lightGray": "D3D3D3",
}  # fmt: skip
_PRESETS = {name.lower(): digits for name, digits in _NAMED.items()} | {
    "gray": "808080", "silver": "C0C0C0", "navy": "000080", "teal": "008080", "maroon": "800000", "purple": "800080",
    "lime": "00FF00", "aqua": "00FFFF", "fuchsia": "FF00FF", "olive": "808000", "orange": "FFA500",
}  # fmt: skip


class Theme:
    """The colors that a document's theme names.

    Args:
        tree: The theme; None where there is none.
        mapping: The settings' ``w:clrSchemeMapping``, which says what "text 1" and "background 1" are.
    """

    def __init__(self, tree: etree._Element | None, mapping: etree._Element | None) -> None:
        scheme = None if tree is None else tree.find(f".//{A}clrScheme")
        self._colors: dict[str, Color | None] = {}
        for slot in () if scheme is None else scheme:
            for value in slot:
                digits = value.get("lastClr") or value.get("val", "")
                self._colors[str(slot.tag).removeprefix(A)] = parse_hex_color(digits or "")
        stated = {} if mapping is None else {str(key).removeprefix(W): str(value) for key, value in mapping.items()}
        self._mapping = _MAPPING | {key: _SLOTS.get(value, value) for key, value in stated.items()}

    def find_color(self, element: etree._Element | None, attribute: str = "val") -> Color | None:
        """Return the color of a ``w:color``, or of a ``w:shd`` by its ``fill`` or ``color``; None for "auto"."""
        if element is None:
            return None
        prefix = {"val": "theme", "color": "theme", "fill": "themeFill"}[attribute]
        named = element.get(f"{W}{prefix}Color" if attribute != "fill" else f"{W}themeFill")
        if named and (color := self.name_color(named)):
            tint, shade = element.get(f"{W}{prefix}Tint"), element.get(f"{W}{prefix}Shade")
            return _shade(_tint(color, _share(tint)), _share(shade))
        return parse_hex_color(element.get(f"{W}{attribute}", ""))

    def name_color(self, name: str) -> Color | None:
        """Return the theme's color of that name."""
        slot = _MAPPED.get(name, name)
        slot = self._mapping.get(slot, _SLOTS.get(slot, slot))
        return self._colors.get(slot)

    def find_fill(self, fill: etree._Element) -> Color | None:
        """Return the color of a solid fill, or the mean of a gradient's; None if not known or nearly transparent.

        Word's own ``w14:textFill`` repeats DrawingML's names, so that only the last part of a name counts.
        """
        colors = [self._find_drawn_color(each) for each in fill.iter() if _local(each) in _DRAWN]
        if not colors or None in colors:
            return None
        return Color(*(sum(channel) // len(colors) for channel in zip(*filter(None, colors), strict=True)))

    def _find_drawn_color(self, element: etree._Element) -> Color | None:
        kind, value = _local(element), _value(element)
        if kind == "schemeClr":
            color = self.name_color(value)
        elif kind == "prstClr":
            color = parse_named_color(value)
        else:
            color = parse_hex_color(element.get("lastClr") or value)
        for change in element:
            if color is None:
                break
            share = _number(_value(change)) / 100_000
            name = _local(change)
            if name in ("lumMod", "shade"):
                color = _shade(color, share)
            elif name == "tint":
                color = _tint(color, share)
            elif name == "lumOff":
                color = Color(*(min(int(channel + 255 * share), 255) for channel in color))
            elif change.tag == f"{A}alpha" and share < 0.5:
                color = None
        return color


_DRAWN = frozenset({"srgbClr", "schemeClr", "sysClr", "prstClr"})


def parse_named_color(name: str) -> Color | None:
    """Return the color of a highlight's or VML's name or ``#`` digits; None where it is neither."""
    name = name.split(" ", maxsplit=1)[0]
    if name.startswith("#") and len(name) == 4:
        name = "".join(digit * 2 for digit in name[1:])
    return parse_hex_color(_NAMED.get(name) or _PRESETS.get(name.lower(), name))


def _local(element: etree._Element) -> str:
    return str(element.tag).rpartition("}")[2]


def _value(element: etree._Element) -> str:
    return next((str(value) for name, value in element.items() if str(name).rpartition("}")[2] == "val"), "")


def _tint(color: Color, share: float) -> Color:
    return Color(*(int(255 - (255 - channel) * share) for channel in color))


def _shade(color: Color, share: float) -> Color:
    return Color(*(int(channel * share) for channel in color))


def _share(digits: str | None) -> float:
    """A share of 255 in hexadecimal digits; 1 where there is none."""
    try:
        return int(digits, 16) / 255 if digits else 1.0
    except ValueError:
        return 1.0


def _number(text: str | None) -> int:
    return int(text) if text and text.lstrip("-").isdecimal() and len(text) < 10 else 0
