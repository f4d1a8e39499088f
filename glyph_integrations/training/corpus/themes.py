"""The themes of continual pretraining: what kinds of pages there are, and what each of them is made of."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Mapping

Weighted = tuple[tuple[float, tuple[float, ...]], ...]
"""Groups of values, each with its weight; a group is drawn first, then one of its values."""

DPI_SETS: Final[Weighted] = (
    (0.05, tuple(range(45, 60))),
    (0.15, tuple(range(60, 72))),
    (0.5, tuple(range(72, 120))),
    (0.27, (72, 80, 96, 100, 110, 120, 144, 150, 300)),
    (0.03, (350, 400, 450, 500, 600)),
)
"""The resolutions of Glyph's pretraining (arXiv 2510.17800): lowest, low, normal, favourite, highest."""

PAGE_SIZES: Final = {
    "A4": (595.0, 842.0),
    "letter": (612.0, 792.0),
    "legal": (612.0, 1008.0),
    "A5": (420.0, 595.0),
    "B5": (499.0, 709.0),
}
"""Width and height in pt."""

ASPECTS: Final = ((1, 1), (3, 4), (2, 3), (9, 16), (4, 3), (16, 9))
"""Aspect ratios of other pages."""

FONT_SIZES: Final = (7.0, 7.5, 8.0, 9.0, 9.5, 10.0, 11.0, 12.0, 14.0)
"""Sizes of the type in pt."""

LIGHT: Final = (
    ("#000000", "#ffffff"),
    ("#000000", "#ffffff"),
    ("#000000", "#ffffff"),
    ("#222222", "#ffffff"),
    ("#000000", "#f5f5f5"),
    ("#1a1a1a", "#fafaf5"),
    ("#3b2f2f", "#fdf6e3"),
    ("#0b2545", "#ffffff"),
)
"""Colours of text and page, dark on light."""

DARK: Final = (
    ("#ffffff", "#000000"),
    ("#e6e6e6", "#1e1e1e"),
    ("#d4d4d4", "#121212"),
    ("#f8f8f2", "#282a36"),
    ("#c9d1d9", "#0d1117"),
    ("#eee8d5", "#002b36"),
    ("#a6e22e", "#1c1c1c"),
    ("#ffb000", "#101010"),
)
"""Colours of text and page, light on dark."""

_WEB: Final = (("#333333", "#ffffff"), ("#24292e", "#f6f8fa"), ("#1a0dab", "#ffffff"), ("#202124", "#eef3fb"))
_ART: Final = (("#5b1a8b", "#fff4c2"), ("#0a5c36", "#e9ffe9"), ("#7a0019", "#ffeef2"), ("#00ff66", "#001a00"))


@dataclass(frozen=True, slots=True, kw_only=True)
class Theme:
    """A kind of page.

    Attributes:
        fonts: Families and their weights.
        colours: Of text and page.
        justified: Probability of justified lines.
        spaced: Probability of space around paragraphs.
        indented: Probability of indents.
        boxed: Probability of a tint behind paragraphs, and of a rule around them.
        marked: Probability of marks instead of line breaks.
        narrow: Probability of letters narrower than the font's own.
        code_indents: Whether the spaces that a line begins with may be drawn as arrows.
    """

    fonts: Mapping[str, float]
    colours: tuple[tuple[str, str], ...]
    justified: float = 0.0
    spaced: float = 0.3
    indented: float = 0.1
    boxed: float = 0.0
    marked: float = 0.1
    narrow: float = 0.1
    code_indents: bool = False


_PROSE: Final = {"sans": 0.55, "serif": 0.35, "mono": 0.1}

THEMES: Final[Mapping[str, Theme]] = {
    "document": Theme(fonts=_PROSE, colours=LIGHT, justified=0.45, spaced=0.35, indented=0.4, narrow=0.3),
    "web": Theme(fonts={"sans": 0.8, "serif": 0.2}, colours=(*LIGHT, *_WEB), spaced=0.7, boxed=0.25),
    "dark_mode": Theme(fonts={"sans": 0.6, "serif": 0.1, "mono": 0.3}, colours=DARK, justified=0.1),
    "code": Theme(fonts={"mono": 0.9, "sans": 0.1}, colours=(*LIGHT, *DARK), spaced=0.0, marked=0.2, code_indents=True),
    "artistic_pixel": Theme(
        fonts={"spleen-5x8": 0.4, "spleen-6x12": 0.4, "mono": 0.2}, colours=(*LIGHT, *DARK, *_ART), narrow=0.0
    ),
}
"""The themes by the names that the paper gives them."""

THEME_WEIGHTS: Final = {"document": 0.45, "web": 0.2, "dark_mode": 0.12, "code": 0.13, "artistic_pixel": 0.1}
"""How often each theme comes; our choice, the paper does not say."""
