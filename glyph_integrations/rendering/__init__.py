"""Source text to pages: style, layout, drawing."""

from __future__ import annotations

from glyph_integrations.rendering.page import Page
from glyph_integrations.rendering.plan import Plan, StyleOption, plan
from glyph_integrations.rendering.presets import PRESETS, render_style
from glyph_integrations.rendering.rendering import Rendering, render
from glyph_integrations.rendering.report import RasterPage, RenderReport
from glyph_integrations.rendering.style import RenderStyle

__all__ = [
    "PRESETS",
    "Page",
    "Plan",
    "RasterPage",
    "RenderReport",
    "RenderStyle",
    "Rendering",
    "StyleOption",
    "plan",
    "render",
    "render_style",
]
