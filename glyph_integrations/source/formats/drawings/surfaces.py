"""What shapes are filled with, and so what lies behind the letters on them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.drawings.colors import Paint, Palette, read_paint
from glyph_integrations.source.office import A

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from glyph_integrations.source.formats.drawings.shapes import Shape

_MIXED = ("gradFill", "blipFill", "pattFill")
UNKNOWN = Paint(None)
"""A fill whose color is not known, or is more than one."""


@dataclass(frozen=True, slots=True)
class Theme:
    """A theme's fills for shapes and backgrounds, which their styles refer to by number."""

    fills: Sequence[etree._Element] = ()
    backgrounds: Sequence[etree._Element] = ()


def read_theme_fills(theme: etree._Element | None) -> Theme:
    """The fills of a theme part."""
    formats = None if theme is None else theme.find(f"{A}themeElements/{A}fmtScheme")
    if formats is None:
        return Theme()
    return Theme(formats.findall(f"{A}fillStyleLst/*"), formats.findall(f"{A}bgFillStyleLst/*"))


def read_fill(properties: etree._Element | None, palette: Palette) -> Paint | bool:
    """What a ``spPr``, ``tcPr`` or ``bgPr`` fills with; False where it says nothing, True where nothing is filled."""
    for child in () if properties is None else properties:
        name = str(child.tag).removeprefix(A)
        if name == "noFill":
            return True
        if name == "solidFill":
            return read_paint(child, palette) or UNKNOWN
        if name in _MIXED:
            return UNKNOWN
    return False


def find_surface(
    shape: Shape, palette: Palette, theme: Theme, inherited: Sequence[etree._Element | None] = ()
) -> Paint | None:
    """What a shape is filled with, by itself, its group, what it inherits from, or its style.

    None where what lies behind it shows through.
    """
    own = shape.properties
    grouped = own is not None and own.find(f"{A}grpFill") is not None
    for properties in (own, *(shape.group_fill if grouped else ()), *inherited):
        fill = read_fill(properties, palette)
        if isinstance(fill, Paint):
            return fill
        if fill:
            return None
    reference = shape.element.find(f"{{*}}style/{A}fillRef")
    return None if reference is None else read_reference(reference, palette, theme.fills)


def read_reference(reference: etree._Element, palette: Palette, fills: Sequence[etree._Element]) -> Paint | None:
    """The theme's fill that a style refers to, in the color that it gives."""
    number = reference.get("idx", "0")
    index = int(number) % 1000 if number.isdecimal() else 0
    if not index:
        return None
    own = read_paint(reference, palette)
    if index > len(fills) or fills[index - 1].tag != f"{A}solidFill":
        return UNKNOWN
    return read_paint(fills[index - 1], palette, own) or UNKNOWN


def blend(paint: Paint | None, behind: Paint) -> Paint:
    """What is seen of a fill over what lies behind it; unknown where it shows through in part."""
    if paint is None or paint.opacity <= 0.05:
        return behind
    return paint if paint.opacity >= 0.95 else UNKNOWN
