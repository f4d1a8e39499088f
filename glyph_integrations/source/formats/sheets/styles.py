"""How the cells of a workbook look: number formats, fonts and fills by the number of a style."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, TypeVar

from openpyxl.styles.colors import COLOR_INDEX
from openpyxl.styles.numbers import BUILTIN_FORMATS

from glyph_integrations.source.formats.drawings.colors import tint_color
from glyph_integrations.source.visibility import BLACK, WHITE, Color, parse_hex_color

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

T = TypeVar("T")
D = TypeVar("D")

_THEME = ("lt1", "dk1", "lt2", "dk2", *(f"accent{number}" for number in range(1, 7)), "hlink", "folHlink")
"""The theme's colors in the order that a cell's color counts them."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Font:
    """How letters look; ``size`` in pt, ``rise`` above 0 for superscript, below for subscript."""

    name: str = ""
    size: float | None = None
    color: Color | None = BLACK
    struck: bool = False
    rise: int = 0


@dataclass(frozen=True, slots=True)
class Fill:
    """What a cell is filled with; a color of None is one that is not known, or more than one."""

    color: Color | None


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a cell looks; ``fill`` is None where nothing fills it."""

    code: str = "General"
    font: Font = Font()
    fill: Fill | None = None
    checkbox: bool = False


@dataclass(frozen=True, slots=True)
class Change:
    """What conditional formatting changes about a cell, where its condition holds."""

    color: Color | None
    sets_color: bool
    fill: Fill | None
    code: str
    struck: bool


class Styles:
    """The styles of one workbook; ``tree`` is its part ``styles.xml``, ``theme`` the colors of its theme by name."""

    def __init__(self, tree: etree._Element | None, theme: Mapping[str, Color]) -> None:
        self._theme = theme
        self._found: dict[str | None, CellStyle] = {}
        self._indexed = dict(enumerate(parse_hex_color(str(digits)[-6:]) for digits in COLOR_INDEX))
        if tree is None:
            self._cells: list[CellStyle] = []
            self._changes: list[Change] = []
            return
        self._indexed |= {
            index: parse_hex_color(each.get("rgb", "")[-6:])
            for index, each in enumerate(tree.iterfind("{*}colors/{*}indexedColors/{*}rgbColor"))
        }
        codes = {each.get("numFmtId"): each.get("formatCode", "") for each in tree.iterfind("{*}numFmts/{*}numFmt")}
        fonts = [self.read_font(font) for font in tree.iterfind("{*}fonts/{*}font")]
        fills = [self._read_fill(fill) for fill in tree.iterfind("{*}fills/{*}fill")]
        self._cells = [
            CellStyle(
                code=_find_code(xf.get("numFmtId", "0"), codes),
                font=_pick(fonts, xf.get("fontId"), Font()),
                fill=_pick(fills, xf.get("fillId"), None),
                checkbox=xf.find(".//{*}xfComplement") is not None,
            )
            for xf in tree.iterfind("{*}cellXfs/{*}xf")
        ]
        self._changes = [self._read_change(each) for each in tree.iterfind("{*}dxfs/{*}dxf")]

    def find(self, number: str | None) -> CellStyle:
        """The style of that number."""
        style = self._found.get(number)
        if style is None:
            style = self._found[number] = _pick(self._cells, number or "0", CellStyle())
        return style

    def find_change(self, number: str | None) -> Change | None:
        """What the conditional format of that number changes."""
        return _pick(self._changes, number, None)

    def read_font(self, element: etree._Element, base: Font | None = None) -> Font:
        """The font of a style, or of a run of text over that of its cell."""
        font = base or Font()
        for child in element:
            value = child.get("val")
            match str(child.tag).rpartition("}")[2]:
                case "name" | "rFont":
                    font = replace(font, name=value or "")
                case "sz":
                    font = replace(font, size=_number(value))
                case "color":
                    font = replace(font, color=self._read_color(child, BLACK))
                case "strike":
                    font = replace(font, struck=value not in ("0", "false"))
                case "vertAlign":
                    font = replace(font, rise={"superscript": 1, "subscript": -1}.get(value or "", 0))
        return font

    def _read_fill(self, element: etree._Element) -> Fill | None:
        pattern = element.find("{*}patternFill")
        if pattern is None:
            return Fill(None) if len(element) else None
        kind = pattern.get("patternType", "none")
        if kind == "none":
            return None
        front, back = pattern.find("{*}fgColor"), pattern.find("{*}bgColor")
        if kind != "solid":
            return Fill(None)
        return Fill(self._read_color(back, WHITE) if front is None and back is not None else self._read_front(front))

    def _read_front(self, element: etree._Element | None) -> Color | None:
        return BLACK if element is None else self._read_color(element, BLACK)

    def _read_change(self, element: etree._Element) -> Change:
        color, fill = element.find("{*}font/{*}color"), element.find("{*}fill/{*}patternFill")
        code, strike = element.find("{*}numFmt"), element.find("{*}font/{*}strike")
        painted = None
        if fill is not None and fill.get("patternType") != "none":
            back = fill.find("{*}bgColor")  # a conditional format's solid fill has its color here
            known = back is not None and fill.get("patternType", "solid") == "solid"
            painted = Fill(self._read_color(back, WHITE) if known and back is not None else None)
        elif element.find("{*}fill/{*}gradientFill") is not None:
            painted = Fill(None)
        return Change(
            color=None if color is None else self._read_color(color, BLACK),
            sets_color=color is not None,
            fill=painted,
            code="" if code is None else code.get("formatCode", ""),
            struck=strike is not None and strike.get("val") not in ("0", "false"),
        )

    def _read_color(self, element: etree._Element, automatic: Color) -> Color | None:
        """The color of an element; None where it is not known."""
        color: Color | None = automatic
        if digits := element.get("rgb"):
            color = parse_hex_color(digits[-6:])
        elif (theme := element.get("theme")) is not None:
            place = int(theme) if theme.isdecimal() else len(_THEME)
            color = self._theme.get(_THEME[place]) if place < len(_THEME) else None
        elif (index := element.get("indexed")) is not None and index.isdecimal():
            system = {64: BLACK, 65: WHITE}
            color = system.get(int(index)) or self._indexed.get(int(index))
        tint = _number(element.get("tint")) or 0.0
        return tint_color(color, max(min(tint, 1.0), -1.0)) if color and tint else color


def _find_code(number: str, codes: Mapping[str | None, str]) -> str:
    built_in = BUILTIN_FORMATS.get(int(number), "General") if number.isdecimal() else "General"
    return codes.get(number) or built_in


def _pick(values: list[T], number: str | None, otherwise: D) -> T | D:
    """The value of that number."""
    return values[int(number)] if number and number.isdecimal() and int(number) < len(values) else otherwise


def _number(text: str | None) -> float | None:
    try:
        return float(text) if text else None
    except ValueError:
        return None
