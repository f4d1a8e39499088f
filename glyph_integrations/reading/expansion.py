"""Selective expansion: pages that were read compactly, once more as source text, or sharper where they are pictures.

Uniform rendering is safe at 2–3× compression; beyond, scanning compact pages and expanding the few that matter keeps
the accuracy of the full text (LensVLM, arXiv 2605.07019: equal at 4.3×). Source text beats a sharper rendering of it;
for pictures of pages there is only the sharper one.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glyph_integrations.counting import count_text_tokens
from glyph_integrations.reading.pictures import Raster, on_sheet
from glyph_integrations.reading.prompts import expanded_page
from glyph_integrations.rendering.paper import page_around

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.rendering import Page, Rendering
    from glyph_integrations.rendering.layout import PlacedPicture

_SHARPER = 1.6  # times as many px along each side


@dataclass(frozen=True, slots=True, kw_only=True)
class Expansion:
    """Pages in another form.

    Attributes:
        pages: Their indices in the rendering.
        text: The source text of those that show text.
        images: Sharper pictures of those that show pictures.
        tokens: What both cost.
    """

    pages: tuple[int, ...]
    text: str
    images: tuple[Raster, ...]
    tokens: int


def expand(rendering: Rendering, pages: Sequence[Page], budget: int, *, images: int | None = None) -> Expansion:
    """Expands pages in the order given, as many as fit.

    Args:
        rendering: What the pages belong to.
        pages: Pages of it, most wanted first.
        budget: Most tokens that the expansion may take.
        images: Most pictures that it may hold; None where only the budget limits them.
    """
    spec, text = rendering.spec, rendering.source_text
    taken: list[int] = []
    parts: list[str] = []
    sharper: list[Raster] = []
    spent = 0
    for page in pages:
        start, end = page.char_range
        part = expanded_page(page.index + 1, text.text[start:end]) if text.text[start:end].strip() else ""
        sizes = [_sharper_sizes(placed, spec) for placed in page.layout.pictures]
        cost = count_text_tokens(part).count if part else 0
        cost += sum(spec.page_tokens(*sheet) for sheet, _ in sizes)
        if spent + cost > budget or (images is not None and len(sharper) + len(sizes) > max(images, 0)):
            continue
        taken.append(page.index)
        parts.append(part)
        wanted = [(picture, *size) for picture, (_, size) in zip(page.pictures, sizes, strict=True)]
        drawn = text.rasters(wanted, colour=rendering.style.has_colour or page.pixels.ndim == 3)
        sharper += [Raster(on_sheet(pixels, sheet)) for pixels, (sheet, _) in zip(drawn, sizes, strict=True)]
        spent += cost
    return Expansion(pages=tuple(taken), text="\n\n".join(filter(None, parts)), images=tuple(sharper), tokens=spent)


def _sharper_sizes(placed: PlacedPicture, spec: ModelSpec) -> tuple[tuple[int, int], tuple[int, int]]:
    """Sizes in px of an image that the model takes, and of the picture on it, larger than it is on its page."""
    width, height = placed.width * _SHARPER, placed.height * _SHARPER
    shrink = min(1.0, (spec.max_pixels / (width * height)) ** 0.5)
    return page_around(spec, (max(int(width * shrink), 1), max(int(height * shrink), 1)))
