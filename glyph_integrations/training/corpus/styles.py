"""``StyleSampler``: random styles to learn reading in, from the space that Glyph's pretraining draws from."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import StyleError
from glyph_integrations.rendering import RenderStyle
from glyph_integrations.rendering.fonts import FAMILIES
from glyph_integrations.training.corpus.themes import (
    ASPECTS,
    DPI_SETS,
    FONT_SIZES,
    PAGE_SIZES,
    THEME_WEIGHTS,
    THEMES,
    Theme,
    Weighted,
)

if TYPE_CHECKING:
    from collections.abc import Mapping
    from random import Random

_FACTOR: Final = 28  # px; pages are cut to multiples of the model's factor
_CONTRAST: Final = 4.5  # least ratio of luminances, as WCAG 2.1 asks of text
_MARK_CONTRAST: Final = 2.0
_TRIES: Final = 1000


@dataclass(frozen=True, slots=True, kw_only=True)
class StyleSampler:
    """Draws styles.

    Combinations that cannot be read, or that a ``RenderStyle`` refuses, are drawn again: type under ``least_type`` px,
    lines that overlap, colours too near each other, pages too narrow for their margins or above ``most_pixels``.

    Attributes:
        themes: Weights of the themes, by name.
        dpi_sets: Groups of resolutions, each with its weight.
        page_sizes: Width and height of pages in pt; empty for those of the paper: A4, letter, legal, A5, B5, aspect
            ratios, and random ones.
        least_type: Smallest type in px.
        most_pixels: Largest page in px (width times height).
    """

    themes: Mapping[str, float] = field(default_factory=lambda: dict(THEME_WEIGHTS))
    dpi_sets: Weighted = DPI_SETS
    page_sizes: tuple[tuple[float, float], ...] = ()
    least_type: int = 6
    most_pixels: int = 30_000_000

    def __post_init__(self) -> None:
        unknown = set(self.themes) - set(THEMES)
        if unknown or not self.themes:
            named = ", ".join(sorted(unknown)) or "none"
            raise StyleError(f"themes are {', '.join(THEMES)}, not {named}")

    def sample(self, rng: Random) -> RenderStyle:
        """A style, named after its theme; the same state of ``rng`` gives the same one.

        Raises:
            StyleError: The limits of this sampler leave nothing to draw.
        """
        for _ in range(_TRIES):
            theme = _weighted(rng, self.themes)
            try:
                style = RenderStyle(name=theme, **self._drawn(rng, THEMES[theme]))
                if self._readable(style):
                    return style
            except StyleError:  # a combination that cannot exist: draw again
                continue
        raise StyleError("no style keeps within the limits: allow smaller type, larger pages, or higher resolutions")

    def _drawn(self, rng: Random, theme: Theme) -> dict[str, Any]:
        (resolutions,) = rng.choices([group for _, group in self.dpi_sets], [weight for weight, _ in self.dpi_sets])
        dpi = float(rng.choice(resolutions))
        font = _weighted(rng, theme.fonts)
        pixels = FAMILIES[font].pixels
        size = rng.choice(FONT_SIZES) if pixels is None else pixels * 72 / dpi
        width, height = rng.choice(self.page_sizes) if self.page_sizes else _page(rng)
        text, page = rng.choice(theme.colours)
        values: dict[str, Any] = {
            "dpi": dpi,
            "font": font,
            "font_size": size,
            "line_height": size + rng.randint(0, 3),
            "page_width": width,
            "page_height": height,
            "text_colour": text,
            "page_colour": page,
            "alignment": "justify" if rng.random() < theme.justified else _weighted(rng, _ALIGNMENTS),
            "horizontal_scale": 1.0
            if pixels or rng.random() >= theme.narrow
            else rng.choice((0.75, 0.8, 0.85, 0.9, 0.95)),
            "crop_width": rng.random() < 0.2,
            "crop_last_page": rng.random() < 0.8,
            "hinting": "full" if pixels else _weighted(rng, _HINTING),
        }
        values["subpixel"] = values["hinting"] in {"light", "none"} and rng.random() < 0.7
        values |= _margins(rng)
        if rng.random() < theme.marked:
            values |= {
                "newline": "mark",
                "newline_mark": rng.choice("↵¶|"),
                "newline_colour": rng.choice(("", "#ff0000")),
            }
        else:
            values |= _paragraphs(rng, theme)
        if theme.code_indents and rng.random() < 0.3:
            values |= {"indent_mark": "→", "indent_width": rng.choice((2, 4))}
        return values

    def _readable(self, style: RenderStyle) -> bool:
        width, height = style.px(style.page_width), style.px(style.page_height)
        if width * height > self.most_pixels or style.px(style.font_size) < self.least_type:
            return False
        style.geometry(width // _FACTOR * _FACTOR, height // _FACTOR * _FACTOR)  # StyleError if no text fits
        ink, paper = style.text_colour, style.page_colour
        return (
            contrast(ink, paper) >= _CONTRAST
            and contrast(ink, style.paragraph_colour or paper) >= _CONTRAST
            and contrast(style.newline_colour or ink, paper) >= _MARK_CONTRAST
        )


_ALIGNMENTS: Final = {"left": 0.9, "justify": 0.06, "center": 0.02, "right": 0.02}
_HINTING: Final = {"full": 0.35, "light": 0.2, "none": 0.4, "mono": 0.05}


def contrast(one: str, other: str) -> float:
    """The contrast of two colours, from 1 to 21: the ratio of their luminances, as WCAG 2.1 defines it."""
    darker, lighter = sorted((luminance(one), luminance(other)))
    return (lighter + 0.05) / (darker + 0.05)


def luminance(colour: str) -> float:
    """The relative luminance of ``#rrggbb``, from 0 (black) to 1 (white), as WCAG 2.1 defines it."""
    channels = [int(colour[at : at + 2], 16) / 255 for at in (1, 3, 5)]
    red, green, blue = [value / 12.92 if value <= 0.04045 else ((value + 0.055) / 1.055) ** 2.4 for value in channels]
    return 0.2126 * red + 0.7152 * green + 0.0722 * blue


def _weighted(rng: Random, weights: Mapping[str, float]) -> str:
    return rng.choices(list(weights), list(weights.values()))[0]


def _page(rng: Random) -> tuple[float, float]:
    kind = rng.random()
    if kind < 0.7:
        return rng.choice(tuple(PAGE_SIZES.values()))
    width = float(rng.randint(300, 900))
    if kind < 0.85:
        across, down = rng.choice(ASPECTS)
        return width, round(width * down / across)
    return width, float(rng.randint(300, 1100))


def _margins(rng: Random) -> dict[str, float]:
    """Three patterns: the same all around, wider at the sides, wider at top and bottom."""
    small, large = sorted((rng.randint(10, 40), rng.randint(10, 40)))
    across, down = rng.choice(((small, small), (large, small), (small, large)))
    return {"margin_x": float(across), "margin_y": float(down)}


def _paragraphs(rng: Random, theme: Theme) -> dict[str, Any]:
    """Indents (first line, hanging, block), space and boxes of paragraphs."""
    values: dict[str, Any] = {}
    if rng.random() < theme.spaced:
        values |= {"space_before": float(rng.randint(0, 8)), "space_after": float(rng.randint(0, 8))}
    if rng.random() < theme.indented:
        indent = float(rng.choice((8, 12, 16, 20, 24)))
        values |= rng.choice(
            (
                {"first_line_indent": indent},
                {"first_line_indent": -indent, "left_indent": indent},
                {"left_indent": indent, "right_indent": indent},
            )
        )
    if rng.random() < theme.boxed:
        values |= {"paragraph_colour": rng.choice(("#eef3fb", "#f2f2f2", "#fff8e1")), "border_padding": 2.0}
        if rng.random() < 0.5:
            values |= {"border_width": 1.0, "border_colour": rng.choice(("#999999", "#3366cc"))}
    return values
