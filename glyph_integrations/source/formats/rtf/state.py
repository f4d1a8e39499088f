"""How the text of an RTF file is set: what a group inherits and gives back."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.rtf.flow import PATTERN, UNSEEN
from glyph_integrations.source.visibility import WHITE, Color, HiddenReason, Look, find_hidden_reason

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.formats.rtf.objects import Embedded, Field, Picture, Shape
    from glyph_integrations.source.formats.rtf.tables import Tables


@dataclass(slots=True)
class State:
    """What a group inherits and gives back.

    Attributes:
        began: The kind of thing that this very group is (a note, a picture, a field).
        skipped: Whether nothing in it is shown.
        unknown: The name of the group around that is not understood; its text is reported.
        table: The table at the head of the file that it is part of.
        skip_after: How many characters stand in for a Unicode one.
        font: The number of its font.
        half_points: The size of its letters.
        color: The number of their color; likewise the colors behind the letters and behind the paragraph.
        rise: Above 0 for superscript, below 0 for subscript.
        scale: The width of the letters in percent.
        indent: Of the paragraph, in twentieths of a pt; likewise the place of its frame, and the height of its lines,
            which is exact where it is negative.
    """

    began: str = ""
    skipped: bool = False
    unknown: str = ""
    table: str = ""
    skip_after: int = 1
    font: int = -1
    hidden: bool = False
    deleted: bool = False
    struck: bool = False
    half_points: int = 24
    color: int = 0
    behind_letters: int | None = None
    behind_paragraph: int | None = None
    shaded: bool = False
    rise: int = 0
    scale: int = 100
    indent: int = 0
    place: int = 0
    line_height: int = 0
    in_result: bool = False
    picture: Picture | None = None
    embedded: Embedded | None = None
    field: Field | None = None
    shape: Shape | None = None
    formula: etree._Element | None = None

    def take_look(self, word: str, number: int | None) -> bool:
        """Take up how the text that follows looks; say whether the word is about that."""
        on = number != 0
        if word in _SWITCHES:
            setattr(self, _SWITCHES[word], on)
        elif word in _NUMBERS:
            name, usual = _NUMBERS[word]
            setattr(self, name, usual if number is None else number)
        elif word in ("super", "up", "sub", "dn", "nosupersub"):
            self.rise = 0 if not on or word == "nosupersub" else 1 if word in ("super", "up") else -1
        elif word in ("chshdng", "shading"):
            self.shaded = on
        elif word == "plain":
            self.hidden = self.deleted = self.struck = self.shaded = False
            self.behind_letters, self.color = None, 0
            self.half_points, self.rise, self.scale = 24, 0, 100
        else:
            return False
        return True

    def reset_paragraph(self) -> None:
        """Forget how the paragraphs before were set."""
        self.behind_paragraph, self.shaded = None, False
        self.indent = self.place = self.line_height = 0

    def find_hidden_reason(self, tables: Tables, fill: int | None) -> HiddenReason | None:
        """Return why a person could not see text set so, in a cell that is filled with a color."""
        if fill == UNSEEN or (self.shape is not None and self.shape.is_hidden()):
            return HiddenReason.NOT_DISPLAYED
        if max(abs(self.indent), abs(self.place)) > _OFF_PAGE:
            return HiddenReason.OFF_PAGE
        color = tables.color(self.color)
        size = self.half_points / 2 * min(self.scale, 100) / 100
        look = Look(
            displayed=not self.hidden,
            color=color,
            background=None if color is None else self._find_background(tables, fill),
            size=min(size, -self.line_height / 20) if self.line_height < 0 else size,
        )
        return find_hidden_reason(look)

    def _find_background(self, tables: Tables, fill: int | None) -> Color | None:
        """What lies behind the letters; None where that is not known."""
        if self.shaded or fill == PATTERN:
            return None
        for number in (self.behind_letters, self.behind_paragraph, fill):
            if number and (color := tables.color(number)):
                return color
        return WHITE if self.shape is None else self._find_shape_fill()

    def _find_shape_fill(self) -> Color | None:
        properties = {} if self.shape is None else self.shape.properties
        if properties.get("fFilled", "1") == "0":
            return None
        stated = properties.get("fillColor", "16777215")
        if not stated.isdecimal() or properties.get("fillType", "0") != "0":
            return None
        value = int(stated) & 0xFFFFFF
        return Color(value & 255, value >> 8 & 255, value >> 16)


_OFF_PAGE = 20_000
"""In twentieths of a pt: no page is as wide."""
_SWITCHES = {"v": "hidden", "deleted": "deleted", "strike": "struck", "striked": "struck"}
_NUMBERS = {
    "fs": ("half_points", 24),
    "cf": ("color", 0),
    "chcbpat": ("behind_letters", None),
    "cb": ("behind_letters", None),
    "highlight": ("behind_letters", None),
    "cbpat": ("behind_paragraph", None),
    "charscalex": ("scale", 100),
    "li": ("indent", 0),
    "lin": ("indent", 0),
    "posx": ("place", 0),
    "posnegx": ("place", 0),
    "posy": ("place", 0),
    "posnegy": ("place", 0),
    "sl": ("line_height", 0),
}
