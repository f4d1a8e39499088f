"""``Page``: one rendered image and the characters it shows."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.rendering import png
from glyph_integrations.rendering.placement import place
from glyph_integrations.source.text import Box, Picture

if TYPE_CHECKING:
    from numpy.typing import NDArray
    from PIL.Image import Image

    from glyph_integrations.rendering.compose import Composer
    from glyph_integrations.rendering.layout import PageLayout


@dataclass(frozen=True, eq=False)
class Page:
    """One rendered page.

    Attributes:
        index: Its position in the rendering, from 0.
        pixels: Gray values of shape [height, width], or RGB of shape [height, width, 3].
        visual_tokens: What it costs under the rendering's model spec.
        source_pages: Indices of the source pages whose characters or picture it shows.
    """

    index: int
    pixels: NDArray[np.uint8] = field(repr=False)
    visual_tokens: int
    source_pages: tuple[int, ...]
    layout: PageLayout = field(repr=False)
    composer: Composer = field(repr=False)

    @property
    def width(self) -> int:
        """In px."""
        return int(self.pixels.shape[1])

    @property
    def height(self) -> int:
        """In px."""
        return int(self.pixels.shape[0])

    @property
    def char_range(self) -> tuple[int, int]:
        """The characters ``[start, end)`` of the source text that it shows."""
        return self.layout.start, self.layout.end

    @property
    def pictures(self) -> tuple[Picture, ...]:
        """The source pages, or parts of them, that it shows as rasters."""
        return tuple(placed.picture for placed in self.layout.pictures)

    @property
    def image(self) -> Image:
        """The page as a Pillow image, mode ``L`` or ``RGB``."""
        from PIL import Image

        return Image.fromarray(self.pixels)

    @cached_property
    def fingerprint(self) -> str:
        """A hash of size and pixels, the same wherever the same page is drawn."""
        return hashlib.sha256(repr(self.pixels.shape).encode() + self.pixels.tobytes()).hexdigest()

    def png(self) -> bytes:
        """The page as a PNG file."""
        return png.encode(self.pixels)

    def boxes(self, start: int, end: int) -> tuple[Box, ...]:
        """Where characters ``[start, end)`` lie on this page, one box per line, normalised to 0–1.

        The part of the range that other pages show is left out. For characters that a picture stands for it is the
        picture's box.
        """
        start, end = max(start, self.layout.start), min(end, self.layout.end)
        if start >= end:
            return ()
        placed = place(self.layout, self.composer)
        part = slice(start - self.layout.start, end - self.layout.start)
        line, left = placed.line[part], placed.pen[part]
        right = left + placed.advances[part]
        units, height = self.composer.atlas.units, self.composer.atlas.line_height
        pictures = {picture.line: picture for picture in self.layout.pictures}
        found = []
        for number in np.unique(line).tolist():
            here = (line == number) & (right > left)
            if number in pictures:
                picture = pictures[number]
                found.append(self._box(picture.x, picture.y, picture.x + picture.width, picture.y + picture.height))
            elif here.any():
                top = int(self.layout.y[number])
                found.append(self._box(left[here].min() / units, top, right[here].max() / units, top + height))
        return tuple(found)

    def centres(self) -> NDArray[np.float32]:
        """Where each character of ``char_range`` stands: x and y of its middle in px, shape [characters, 2].

        NaN for what takes no room: line breaks that are not marked, and what a picture or a ligature stands for.
        """
        placed = place(self.layout, self.composer)
        units, height = self.composer.atlas.units, self.composer.atlas.line_height
        across = (placed.pen + placed.advances / 2) / units
        down = self.layout.y[placed.line] + height / 2
        centres = np.stack([across, down], axis=1).astype(np.float32)
        centres[placed.advances <= 0] = np.nan
        return centres

    def _box(self, x0: float, y0: float, x1: float, y1: float) -> Box:
        sides = (x0 / self.width, y0 / self.height, x1 / self.width, y1 / self.height)
        return Box(*(min(max(float(side), 0.0), 1.0) for side in sides))

    def _repr_png_(self) -> bytes:
        return self.png()
