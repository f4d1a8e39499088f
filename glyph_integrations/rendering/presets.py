"""The named styles."""

from __future__ import annotations

from glyph_integrations.errors import StyleError
from glyph_integrations.rendering.style import RenderStyle

# Glyph's published configuration (9 pt on 10, 72 dpi, A4) with poppler's glyph placement (unhinted, quarter pixels).
# Two things differ, both for compression: line breaks are marked instead of taken, and the margins are 2 pt.
_GLYPH = RenderStyle(
    name="glyph",
    margin_x=2,
    margin_y=2,
    newline="mark",
    newline_mark="↵",
    hinting="none",
    subpixel=True,
)

# For small readers: letters of whole pixels, the same wherever they stand, and two lines to each visual token.
_NANO = RenderStyle(
    name="nano",
    page_width=336,
    page_height=336,
    margin_x=0,
    margin_y=0,
    font="spleen-5x8",
    font_size=8,
    line_height=14,
    newline="mark",
    newline_mark="↵",
    hinting="mono",
    plain_ascii=True,
    crop_last_page=False,  # a small reader knows pages of one size
)

PRESETS = {
    style.name: style
    for style in (
        _GLYPH,
        _GLYPH.replace(name="glyph-96", dpi=96.0),
        _GLYPH.replace(name="glyph-120", dpi=120.0),
        _GLYPH.replace(name="dense", line_height=9.0, margin_x=1.0, margin_y=1.0, break_anywhere=True, hinting="light"),
        _GLYPH.replace(name="code", font="mono", indent_mark="→", hinting="full", subpixel=False),
        _GLYPH.replace(name="cjk", margin_x=1.0, margin_y=1.0, hinting="full", subpixel=False),
        _GLYPH.replace(name="large", dpi=96.0, font_size=12.0, line_height=13.5),
        _GLYPH.replace(name="dark", text_colour="#ffffff", page_colour="#000000"),
        _NANO,
    )
}
"""All presets by name: ``glyph`` and its sharper ``glyph-96`` and ``glyph-120``, ``dense``, ``code``, ``cjk``,
``large``, ``dark``, and ``nano`` for small readers."""


def render_style(style: str | RenderStyle) -> RenderStyle:
    """The preset of this name; a ``RenderStyle`` is returned as it is.

    Raises:
        StyleError: There is no such preset.
    """
    if isinstance(style, RenderStyle):
        return style
    if style not in PRESETS:
        raise StyleError(f"there is no style {style!r}. Presets: {', '.join(PRESETS)}. Or pass a RenderStyle.")
    return PRESETS[style]
