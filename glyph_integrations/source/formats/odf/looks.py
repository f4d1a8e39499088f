"""How the text of an OpenDocument file looks: its own properties, and what lies behind it."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.lengths import parse_length, parse_percent
from glyph_integrations.source.formats.odf.names import DRAW, FO, LOEXT, OFFICE, STYLE, SVG, TABLE, TEXT
from glyph_integrations.source.formats.odf.styles import override
from glyph_integrations.source.visibility import WHITE, Color, HiddenReason, Look, find_hidden_reason, parse_hex_color

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree

    from glyph_integrations.source.formats.odf.styles import Styles

_UNKNOWN = Color(-1, -1, -1)
_BACKGROUND = f"{FO}background-color"
_FAR = 1000.0
"""In pt: an indent so large leaves no page to write on."""
_OFF_PAGE = 1584.0
"""In pt: a place further from the page's corner is on no page."""


@dataclass(frozen=True, slots=True)
class Setting:
    """How a paragraph or a span is set.

    Attributes:
        properties: Of its text, with those that it inherits.
        reason: Why a person could not see its text; None where one could.
        struck: Whether it is struck out.
        rise: Above 0 for superscript, below 0 for subscript.
        font: Its font's name.
    """

    properties: Mapping[str, str] = field(default_factory=dict)
    reason: HiddenReason | None = None
    struck: bool = False
    rise: int = 0
    font: str = ""


class Looks:
    """Answers for one file.

    Args:
        styles: The file's.
        page: What lies behind everything; None where that is not known.

    ``backgrounds`` hold what lies behind the letters of shapes on slides, for shapes whose place was looked at.
    """

    def __init__(self, styles: Styles, page: Color | None = WHITE) -> None:
        self._styles = styles
        self._page = page if page is not None else _UNKNOWN
        self._behind: tuple[etree._Element, Color | None] | None = None
        self.backgrounds: dict[etree._Element, Color | None] = {}

    def set_paragraph(self, paragraph: etree._Element) -> Setting:
        """Return how the text of a paragraph is set, before its spans change that."""
        ancestors = (each for each in paragraph.iterancestors() if each.tag != f"{DRAW}text-box")
        frame = next((each for each in ancestors if str(each.tag).startswith(DRAW) or each.tag in _CELLS), None)
        around = {} if frame is None else self._styles.of(frame, "text")
        if frame is not None and frame.tag in _CELLS and around and not paragraph.get(f"{TEXT}style-name"):
            return self._set(around, paragraph)
        return self._set(override(around, self._styles.of(paragraph, "text")), paragraph)

    def set_span(self, span: etree._Element, outer: Setting, paragraph: etree._Element) -> Setting:
        """Return how the text of a span within an outer setting is set."""
        own = dict(self._styles.of(span, "text"))
        size = parse_percent(own.get(f"{FO}font-size"))
        before = parse_length(outer.properties.get(f"{FO}font-size"))
        if size is not None and before is not None:
            own[f"{FO}font-size"] = f"{size * before:.4f}pt"
        return self._set(override(outer.properties, own), paragraph) if own else outer

    def find_hidden_reason(self, element: etree._Element) -> HiddenReason | None:
        """Return why a person could not see the text of a sheet's cell or of a shape by its own style."""
        return self.set_element(element).reason

    def set_element(self, element: etree._Element) -> Setting:
        """Return how the text of a sheet's cell or of a shape is set by its own style."""
        return self._set(self._styles.of(element, "text"), element)

    def find_hidden_frame(self, frame: etree._Element) -> HiddenReason | None:
        """Return why a person could not see a frame or shape; None where one could."""
        if frame.get(f"{DRAW}display", "always") in ("none", "printer") or frame.get(f"{LOEXT}visible") == "false":
            return HiddenReason.NOT_DISPLAYED
        places = [parse_length(frame.get(f"{SVG}{name}")) for name in "xy"]
        if any(place is not None and abs(place) > _OFF_PAGE for place in places):
            return HiddenReason.OFF_PAGE
        sides = [parse_length(frame.get(f"{SVG}{name}")) for name in ("width", "height")]
        box = frame.find(f"{DRAW}text-box")
        grows = box is None or box.get(f"{FO}min-height") or box.get(f"{FO}min-width")
        if not grows and any(side is not None and side < 2 for side in sides):
            return HiddenReason.CLIPPED
        return None

    def _set(self, properties: Mapping[str, str], paragraph: etree._Element) -> Setting:
        position = properties.get(f"{STYLE}text-position", "").partition(" ")[0]
        share = parse_percent(position) or 0.0
        line = properties.get(f"{STYLE}text-line-through-style") or properties.get(f"{STYLE}text-line-through-type")
        return Setting(
            properties=properties,
            reason=self._find_reason(properties, paragraph),
            struck=line not in (None, "none"),
            rise=1 if position == "super" or share > 0 else -1 if position == "sub" or share < 0 else 0,
            font=(properties.get(f"{STYLE}font-name") or properties.get(f"{FO}font-family") or "").strip("'\""),
        )

    def _find_reason(self, properties: Mapping[str, str], paragraph: etree._Element) -> HiddenReason | None:
        automatic = properties.get(f"{STYLE}use-window-font-color") == "true"
        color = None if automatic else parse_hex_color(properties.get(f"{FO}color", ""))
        background = None
        if color is not None:
            background = parse_hex_color(properties.get(_BACKGROUND, "")) or self._look_behind(paragraph)
        opacity = None if automatic else parse_percent(properties.get(f"{LOEXT}opacity"))
        size, off_page = self._look_at_paragraph(paragraph, parse_length(properties.get(f"{FO}font-size")))
        scale = parse_percent(properties.get(f"{STYLE}text-scale"))
        look = Look(
            displayed=properties.get(f"{TEXT}display") != "none",
            color=color,
            background=background,
            size=size * min(scale, 1.0) if size is not None and scale else size,
            opacity=1.0 if opacity is None else opacity,
        )
        return find_hidden_reason(look) or (HiddenReason.OFF_PAGE if off_page else None)

    def _look_at_paragraph(self, paragraph: etree._Element, size: float | None) -> tuple[float | None, bool]:
        """The height of letters in a paragraph, whose lines may cut them off, and whether it is off the page."""
        if paragraph.tag not in (f"{TEXT}p", f"{TEXT}h"):
            return size, False
        settings = self._styles.of(paragraph, "paragraph")
        height = parse_length(settings.get(f"{FO}line-height"))
        indents = (parse_length(settings.get(f"{FO}{name}")) or 0.0 for name in ("margin-left", "text-indent"))
        heights = [each for each in (size, height) if each is not None]
        return (min(heights) if heights else None), any(abs(indent) > _FAR for indent in indents)

    def _look_behind(self, paragraph: etree._Element) -> Color | None:
        if self._behind is None or self._behind[0] is not paragraph:
            color = self._find_background(paragraph)
            self._behind = paragraph, None if color is _UNKNOWN else color
        return self._behind[1]

    def _find_background(self, paragraph: etree._Element) -> Color:
        at: etree._Element | None = paragraph
        while at is not None and at.tag != f"{OFFICE}body":
            if at in self.backgrounds:
                return self.backgrounds[at] or _UNKNOWN
            if at.tag in _FILLED or str(at.tag).startswith(DRAW):
                color = self._find_fill(at)
                if color is not None:
                    return color
            at = at.getparent()
        return self._page

    def _find_fill(self, element: etree._Element) -> Color | None:
        """The color that an element is filled with; None where it shows what is behind it."""
        if str(element.tag).startswith(DRAW):
            properties = self._styles.of(element)
            fill = properties.get(f"{DRAW}fill")
            if fill == "solid":
                return parse_hex_color(properties.get(f"{DRAW}fill-color", "")) or _UNKNOWN
            if fill in ("gradient", "bitmap", "hatch"):
                return _UNKNOWN
            shape = element.tag not in (f"{DRAW}frame", f"{DRAW}text-box", f"{DRAW}a")
            if element.tag in (f"{DRAW}page", f"{DRAW}g") or (shape and fill != "none") or _covers_others(element):
                return _UNKNOWN
        else:
            kind = "" if element.tag not in (f"{TEXT}p", f"{TEXT}h") else "paragraph"
            properties = self._styles.of(element, kind)
        if any(part.startswith("url(") for part in properties.values()) or f"{STYLE}background-image" in properties:
            return _UNKNOWN
        return parse_hex_color(properties.get(_BACKGROUND, ""))


_CELLS = (f"{TABLE}table-cell", f"{TABLE}covered-table-cell")
_FILLED = frozenset(
    (f"{TEXT}p", f"{TEXT}h", f"{TEXT}section", f"{TABLE}table", f"{TABLE}table-row", f"{TABLE}table-cell")
)


def _covers_others(shape: etree._Element) -> bool:
    """Whether a shape without a fill may lie on another shape or picture: one of its group or of its paragraph."""
    parent = shape.getparent()
    if parent is None or parent.tag == f"{OFFICE}text":
        return False
    return any(each is not shape and str(each.tag).startswith(DRAW) for each in parent)
