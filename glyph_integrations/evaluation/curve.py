"""Error against compression: the same texts in variations of a style, from spacious to dense."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

from glyph_integrations.errors import GlyphError, StyleError
from glyph_integrations.evaluation.results import Curve, CurvePoint
from glyph_integrations.evaluation.transcription import kinds_of, measure_compression, measure_errors
from glyph_integrations.rendering import render_style
from glyph_integrations.rendering.fonts import FAMILIES

if TYPE_CHECKING:
    from glyph_integrations.models import VisionModel
    from glyph_integrations.rendering import RenderStyle
    from glyph_integrations.training.corpus import TextSource

DPI: Final = (120.0, 108.0, 96.0, 84.0, 72.0, 66.0, 60.0)
"""Resolutions of scalable fonts; the paper (arXiv 2510.17800) compares 72, 96 and 120."""
LINE_HEIGHTS: Final = (2.0, 1.5, 1.2, 1.0, 0.85, 0.7, 0.5)
"""Line heights of bitmap fonts, which exist in one size only, relative to the style's own."""


def variations(style: str | RenderStyle) -> dict[str, RenderStyle]:
    """Variations of a style by what was varied, the most spacious first; its own setting is among them."""
    style = render_style(style)
    family = FAMILIES.get(style.font)
    if family is None or family.pixels is None:
        resolutions = sorted({*DPI, style.dpi}, reverse=True)
        return dict(filter(None, (_varied(style, f"{dpi:g} dpi", dpi=dpi) for dpi in resolutions)))
    heights = {max(float(round(style.line_height * factor)), style.font_size) for factor in LINE_HEIGHTS}
    return {
        f"line height {height:g}": style.replace(line_height=height)
        for height in sorted({*heights, style.line_height}, reverse=True)
    }


def measure_curve(
    model: VisionModel,
    texts: TextSource,
    *,
    style: str | RenderStyle,
    pages: int,
    seed: int,
    max_tokens: int | None = None,
) -> Curve:
    """Measures every variation, see ``measure_errors``; one that the model cannot read is left out, with the reason."""
    points: list[CurvePoint] = []
    left_out: dict[str, str] = {}
    for setting, varied in variations(style).items():
        try:
            compression = measure_compression(texts, model.spec, style=varied, pages=pages, seed=seed)
            errors = {
                kind: measure_errors(model, kind, source, style=varied, pages=pages, seed=seed, max_tokens=max_tokens)
                for kind, source in kinds_of(texts).items()
            }
        except GlyphError as error:
            left_out[setting] = str(error)
        else:
            points.append(CurvePoint(setting=setting, compression=compression, errors=errors))
    return Curve(points=tuple(points), left_out=left_out)


def _varied(style: RenderStyle, setting: str, **changes: float) -> tuple[str, RenderStyle] | None:
    try:
        return setting, style.replace(**changes)
    except StyleError:  # letters of too few pixels, or pages too large
        return None
