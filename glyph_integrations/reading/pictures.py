"""Pictures for a model to look at that are no pages of a rendering."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Final

import numpy as np

from glyph_integrations.counting import model_spec
from glyph_integrations.rendering.paper import page_around
from glyph_integrations.rendering.png import encode
from glyph_integrations.source.text import Picture

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.source import SourceText
    from glyph_integrations.source.text import SourcePage

_PX_PER_PT: Final = 2.0  # of pages that are no images
_ROUNDING: Final = 1e-6


@dataclass(frozen=True, eq=False)
class Raster:
    """An image that is no page of the rendering."""

    pixels: NDArray[np.uint8] = field(repr=False)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of size and pixels, as pages have."""
        return hashlib.sha256(repr(self.pixels.shape).encode() + self.pixels.tobytes()).hexdigest()

    def png(self) -> bytes:
        """The image as a PNG file."""
        return encode(self.pixels)


def pictures(text: SourceText, spec: str | ModelSpec, *, pages: Sequence[int] | None = None) -> tuple[Raster, ...]:
    """The pages of an image file or a PDF as they look, in sizes that a model takes.

    An image keeps its pixels where the model takes as many: a page that was rendered comes back as it was.

    Args:
        text: The source, as ``load`` returned it.
        spec: The model that will look.
        pages: Indices of the source pages; by default all of them.

    Raises:
        LoadError: The source can no longer be read or drawn, or has no pages that could be.
        UnknownModelError: There is no such spec.
    """
    model = model_spec(spec)
    shown = range(len(text.pages)) if pages is None else pages
    sheets = [page_around(model, _size(text.pages[index], model)) for index in shown]
    wanted = [(Picture(start=0, end=0, page=index), *inner) for index, (_, inner) in zip(shown, sheets, strict=True)]
    drawn = text.rasters(wanted, colour=True)
    return tuple(Raster(on_sheet(_in_gray(pixels), sheet)) for pixels, (sheet, _) in zip(drawn, sheets, strict=True))


def on_sheet(pixels: NDArray[np.uint8], sheet: tuple[int, int]) -> NDArray[np.uint8]:
    """A picture in the upper left corner of a white sheet of (width, height) px."""
    white = np.full((sheet[1], sheet[0], *pixels.shape[2:]), 255, np.uint8)
    white[: pixels.shape[0], : pixels.shape[1]] = pixels
    return white


def _in_gray(pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """A picture without colours as gray values, as pages are."""
    gray = pixels[..., 0]
    return gray if (pixels == gray[..., None]).all() else pixels


def _size(page: SourcePage, spec: ModelSpec) -> tuple[int, int]:
    """A page's size in px, no larger than the model takes."""
    scale = min(page.resolution or _PX_PER_PT, (spec.max_pixels / max(page.width * page.height, 1.0)) ** 0.5)
    return max(int(page.width * scale + _ROUNDING), 1), max(int(page.height * scale + _ROUNDING), 1)
