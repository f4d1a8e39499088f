"""What lies behind the paragraphs of a Word document: a shape, a table's cell, shading, the page."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.formats.word.themes import parse_named_color
from glyph_integrations.source.office import A, W
from glyph_integrations.source.visibility import WHITE, Color

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from glyph_integrations.source.formats.word.styles import Styles
    from glyph_integrations.source.formats.word.themes import Theme

_WPS = "{http://schemas.microsoft.com/office/word/2010/wordprocessingShape}"
_WP = "{http://schemas.openxmlformats.org/drawingml/2006/wordprocessingDrawing}"
_VML = "{urn:schemas-microsoft-com:vml}"
_UNKNOWN = Color(-1, -1, -1)
_PICTURES = (f"{A}blip", f"{_VML}imagedata")


class Backgrounds:
    """Answers for the paragraphs of one document; the answer for the paragraph at hand is kept.

    Args:
        page: The document's ``w:background``, where it is displayed.
        styles: The document's.
        theme: The document's.
    """

    def __init__(self, page: etree._Element | None, styles: Styles, theme: Theme) -> None:
        self._styles = styles
        self._theme = theme
        stated = None if page is None else theme.find_color(page, "color")
        filled = page is not None and len(page) > 0  # with a picture or a pattern
        self._page = _UNKNOWN if filled or (page is not None and stated is None) else stated or WHITE
        self._rows: dict[etree._Element, dict[etree._Element, int]] = {}
        self._behind: tuple[etree._Element, Color | None] | None = None
        self._tables: tuple[etree._Element, tuple[str, ...]] | None = None

    def cover_page(self) -> None:
        """Note that a picture lies behind all pages, so that what is behind the text is not known."""
        self._page = _UNKNOWN

    def behind(self, paragraph: etree._Element) -> Color | None:
        """Return the color behind a paragraph's text; None where that is not known or not one color."""
        if self._behind is None or self._behind[0] is not paragraph:
            color = self._look_behind(paragraph)
            self._behind = paragraph, None if color is _UNKNOWN else color
        return self._behind[1]

    def find_shading(self, shading: etree._Element | None) -> Color | None:
        """Return the color of a ``w:shd``; None where it leaves what is behind it as it is."""
        if shading is None:
            return None
        pattern = shading.get(f"{W}val", "clear")
        fill = self._theme.find_color(shading, "fill")
        if pattern in ("clear", "nil"):
            return fill
        ink = self._theme.find_color(shading, "color") or Color(0, 0, 0)
        if pattern == "solid":
            return ink
        share = int(pattern[3:]) / 100 if pattern.startswith("pct") and pattern[3:].isdecimal() else 0.5
        return Color(*(int(a * share + b * (1 - share)) for a, b in zip(ink, fill or WHITE, strict=True)))

    def list_table_styles(self, paragraph: etree._Element) -> tuple[str, ...]:
        """Return the style of the table around a paragraph, if there is one and it has one."""
        if self._tables is None or self._tables[0] is not paragraph:
            table = next(paragraph.iterancestors(f"{W}tbl", f"{W}txbxContent"), None)
            style = None if table is None else table.find(f"{W}tblPr/{W}tblStyle")
            self._tables = paragraph, () if style is None else (style.get(f"{W}val", ""),)
        return self._tables[1]

    def _look_behind(self, paragraph: etree._Element) -> Color:
        shading = paragraph.find(f"{W}pPr/{W}shd")
        if shading is None:
            shading = self._styles.inherit(self._styles.name_of(paragraph), f"{W}pPr/{W}shd")
        if (color := self.find_shading(shading)) is not None:
            return color
        if any(_lies_behind(anchor) for anchor in paragraph.iter(f"{_WP}anchor")):
            return _UNKNOWN
        for ancestor in paragraph.iterancestors(f"{W}tc", f"{W}txbxContent"):
            color = self._cell(ancestor) if ancestor.tag == f"{W}tc" else self._shape(ancestor)
            if color is not None:
                return color
        return self._page

    def _cell(self, cell: etree._Element) -> Color | None:
        direct = cell.find(f"{W}tcPr/{W}shd")
        if direct is not None:
            return self.find_shading(direct)
        row = cell.getparent()
        table = next(cell.iterancestors(f"{W}tbl"), None)
        if row is None or table is None:
            return None
        style = table.find(f"{W}tblPr/{W}tblStyle")
        name = "" if style is None else style.get(f"{W}val", "")
        for part in self._list_parts(table, row, cell, name):
            color = self.find_shading(part.find(f"{W}tcPr/{W}shd"))
            if color is not None:
                return color
        whole = self._styles.inherit(name, f"{W}tcPr/{W}shd")
        if (color := self.find_shading(whole)) is not None:
            return color
        own = table.find(f"{W}tblPr/{W}shd")
        return self.find_shading(own if own is not None else self._styles.inherit(name, f"{W}tblPr/{W}shd"))

    def _list_parts(
        self, table: etree._Element, row: etree._Element, cell: etree._Element, name: str
    ) -> Iterator[etree._Element]:
        """The parts of a table's style that a cell belongs to, the one that wins first."""
        chain = self._styles.list_chain(name)
        parts = {
            part.get(f"{W}type", ""): part for style in reversed(chain) for part in style.iterfind(f"{W}tblStylePr")
        }
        if not parts:
            return
        rows = self._rows.setdefault(table, {each: at for at, each in enumerate(table.iterfind(f"{W}tr"))})
        at, last = rows.get(row, 0), len(rows) - 1
        cells = list(row.iterfind(f"{W}tc"))
        across = cells.index(cell) if cell in cells else 0
        look = _read_table_look(table.find(f"{W}tblPr/{W}tblLook"))
        kinds = (
            ("firstRow", at == 0 and look["firstRow"]),
            ("lastRow", at == last and look["lastRow"]),
            ("firstCol", across == 0 and look["firstColumn"]),
            ("lastCol", across == len(cells) - 1 and look["lastColumn"]),
            ("band1Horz", not look["noHBand"] and (at - look["firstRow"]) % 2 == 0),
            ("band2Horz", not look["noHBand"] and (at - look["firstRow"]) % 2 == 1),
            ("band1Vert", not look["noVBand"] and (across - look["firstColumn"]) % 2 == 0),
            ("band2Vert", not look["noVBand"] and (across - look["firstColumn"]) % 2 == 1),
        )
        yield from (parts[kind] for kind, holds in kinds if holds and kind in parts)

    def _shape(self, content: etree._Element) -> Color | None:
        """The fill of the shape around a text box; None where it has none and lies on what is behind it."""
        shape = next(content.iterancestors(f"{_WPS}wsp"), None)
        if shape is not None:
            color = self._drawn_fill(shape)
        else:
            box = content.getparent()
            shape = None if box is None else box.getparent()
            color = WHITE if shape is None else self._vml_fill(shape)
        if color is None and shape is not None and _has_company(shape):
            return _UNKNOWN
        return color

    def _drawn_fill(self, shape: etree._Element) -> Color | None:
        settings = shape.find(f"{_WPS}spPr")
        for fill in () if settings is None else settings:
            kind = str(fill.tag).removeprefix(A)
            if kind == "noFill":
                return None
            if kind in ("solidFill", "gradFill"):
                return self._theme.find_fill(fill) or _UNKNOWN
            if kind in ("blipFill", "pattFill", "grpFill"):
                return _UNKNOWN
        reference = shape.find(f"{_WPS}style/{A}fillRef")
        if reference is None or reference.get("idx", "0") == "0":
            return None
        return self._theme.find_fill(reference) or _UNKNOWN

    def _vml_fill(self, shape: etree._Element) -> Color | None:
        if shape.get("filled", "t").lower() in ("f", "false", "0"):
            return None
        fill = shape.find(f"{_VML}fill")
        if fill is not None and fill.get("type", "solid") != "solid":
            return _UNKNOWN
        if fill is not None and fill.get("opacity", "1").rstrip("f").startswith(("0", ".0")):
            return None
        return parse_named_color(shape.get("fillcolor", "#ffffff")) or _UNKNOWN


def _lies_behind(anchor: etree._Element) -> bool:
    """Whether a picture or a filled shape lies behind the text beside it."""
    return anchor.get("behindDoc") in ("1", "true") and any(
        next(anchor.iter(tag), None) is not None for tag in (*_PICTURES, f"{A}solidFill", f"{A}gradFill")
    )


def _has_company(shape: etree._Element) -> bool:
    """Whether other shapes or pictures may lie behind one without a fill: its group's, or its paragraph's."""
    around = next(shape.iterancestors(f"{W}p"), None)
    if around is None:
        return False
    drawn = sum(1 for each in around.iter(f"{_WPS}wsp", *_PICTURES) if each is not shape)
    return drawn > 0


def _read_table_look(element: etree._Element | None) -> dict[str, bool]:
    bits = {
        "firstRow": 0x20,
        "lastRow": 0x40,
        "firstColumn": 0x80,
        "lastColumn": 0x100,
        "noHBand": 0x200,
        "noVBand": 0x400,
    }
    value = "04A0" if element is None else element.get(f"{W}val", "0")
    try:
        number = int(value, 16)
    except ValueError:
        number = 0
    stated = {} if element is None else {name: element.get(f"{W}{name}") for name in bits}
    return {
        name: stated[name] in ("1", "true", "on") if stated.get(name) is not None else bool(number & bit)
        for name, bit in bits.items()
    }
