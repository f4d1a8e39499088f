"""How models turn an image of a given size into visual tokens: pure arithmetic, no pixels.

One class per kind of arithmetic; the numbers that differ between models are its fields (``specs`` holds them).
Sizes are px, always ``(width, height)``. All of them answer two questions: what does an image cost, and which size
near a wanted one does the model take as it is.
"""

from __future__ import annotations

import math
from abc import ABC, abstractmethod
from dataclasses import dataclass
from typing import Literal

Size = tuple[int, int]


class ImageRule(ABC):
    """The arithmetic of one model's image processor."""

    __slots__ = ()

    @property
    @abstractmethod
    def side_factor(self) -> int:
        """Sides should be multiples of this many px."""

    @property
    @abstractmethod
    def largest(self) -> int:
        """Larger images, in px, are reduced."""

    @property
    @abstractmethod
    def most_tokens(self) -> int:
        """The most visual tokens that an image can have."""

    @property
    def smallest(self) -> int:
        """Smaller images, in px, are enlarged."""
        return 0

    @property
    def only_size(self) -> Size | None:
        """The one size that the mode works at, or None."""
        return None

    @abstractmethod
    def visual_tokens(self, width: int, height: int) -> int:
        """Visual tokens of an image of this size, after the model's own resizing."""

    def separators(self, width: int, height: int) -> int:
        """Tokens that the model sets between rows and views of the image, beside its visual tokens."""
        checked(width, height)
        return 0

    @abstractmethod
    def fit(self, width: int, height: int) -> Size:
        """The size near this one that the model takes without resizing."""


def checked(width: int, height: int) -> Size:
    """Refuses sizes that no image has.

    Raises:
        ValueError: A side is not positive.
    """
    if width < 1 or height < 1:
        raise ValueError(f"an image of {width}×{height} px does not exist: both sides must be at least 1 px")
    return width, height


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchGrid(ImageRule):
    """One token per ``factor``×``factor`` px after ``smart_resize`` (GLM-V, Qwen-VL, PaddleOCR-VL).

    ``smart_resize`` rounds both sides to multiples of ``factor`` and keeps the area within ``min_pixels`` and
    ``max_pixels``. Ported from transformers 5.23 and equal to it on every size tried in the tests.

    ``enlarge`` says what happens to images thinner than one factor: ``"both"`` scales them up and cuts to whole px
    (Glm4v), ``"sides"`` scales one side after the other and rounds (PaddleOCR-VL), ``"never"`` does not (Qwen).
    """

    factor: int
    min_pixels: int
    max_pixels: int
    enlarge: Literal["both", "sides", "never"] = "never"

    @property
    def side_factor(self) -> int:
        """A cell of the grid."""
        return self.factor

    @property
    def most_tokens(self) -> int:
        """As many cells as the area holds."""
        return self.max_pixels // self.factor**2

    @property
    def smallest(self) -> int:
        """As given."""
        return self.min_pixels

    @property
    def largest(self) -> int:
        """As given."""
        return self.max_pixels

    def resized(self, width: int, height: int) -> Size:
        """The size that the model sees.

        Raises:
            ValueError: One side is more than 200 times the other, which the processors refuse.
        """
        width, height = self._enlarged(*checked(width, height))
        if max(width, height) / max(min(width, height), 1) > 200:
            raise ValueError(f"{width}×{height} px: no side may be more than 200 times the other")
        factor, area = self.factor, width * height
        across, down = round(width / factor) * factor, round(height / factor) * factor
        if across * down > self.max_pixels:
            scale = math.sqrt(area / self.max_pixels)
            return (
                max(factor, math.floor(width / scale / factor) * factor),
                max(factor, math.floor(height / scale / factor) * factor),
            )
        if across * down < self.min_pixels:
            scale = math.sqrt(self.min_pixels / area)
            return math.ceil(width * scale / factor) * factor, math.ceil(height * scale / factor) * factor
        return across, down

    def _enlarged(self, width: int, height: int) -> Size:
        factor = self.factor
        if self.enlarge == "both" and min(width, height) < factor:
            scale = max(factor / height, factor / width)
            return int(width * scale), int(height * scale)
        if self.enlarge == "sides":
            if height < factor:
                width, height = round((width * factor) / height), factor
            if width < factor:
                width, height = factor, round((height * factor) / width)
        return width, height

    def visual_tokens(self, width: int, height: int) -> int:
        """Cells of the grid."""
        across, down = self.resized(width, height)
        return (across // self.factor) * (down // self.factor)

    def fit(self, width: int, height: int) -> Size:
        """The multiples of ``factor`` that the processor itself would choose, so that it has nothing to do."""
        return self.resized(width, height)


@dataclass(frozen=True, slots=True, kw_only=True)
class FixedSquare(ImageRule):
    """The image is squeezed or padded into one square (DeepSeek-OCR Tiny, Small, Base and Large).

    Patches of 16 px are compressed 16 times: ``(side / 64)²`` visual tokens. The model sets one separator after each
    row and one after the image.
    """

    side: int

    @property
    def side_factor(self) -> int:
        """The whole side: no other size is taken as it is."""
        return self.side

    @property
    def most_tokens(self) -> int:
        """The same for every image."""
        return (self.side // 64) ** 2

    @property
    def smallest(self) -> int:
        """The square."""
        return self.side**2

    @property
    def largest(self) -> int:
        """The square."""
        return self.side**2

    @property
    def only_size(self) -> Size:
        """The square."""
        return self.side, self.side

    def visual_tokens(self, width: int, height: int) -> int:
        """The same for every image."""
        checked(width, height)
        return self.most_tokens

    def separators(self, width: int, height: int) -> int:
        """One for each row of the grid and one for the view."""
        checked(width, height)
        return self.side // 64 + 1

    def fit(self, width: int, height: int) -> Size:
        """The square."""
        checked(width, height)
        return self.only_size


@dataclass(frozen=True, slots=True, kw_only=True)
class TilesAndOverview(ImageRule):
    """An overview in one square, and tiles of the image at full size (DeepSeek-OCR Gundam, DeepSeek-OCR-2).

    Images with a side longer than ``tile`` are stretched to the grid of ``min_tiles`` to ``max_tiles`` tiles whose
    aspect ratio is nearest; others have the overview only. Patches of 16 px are compressed 16 times.

    Attributes:
        tile: Side of a tile, px.
        overview: Side of the overview, px.
        min_tiles: Fewest tiles.
        max_tiles: Most tiles.
        row_separators: Whether the model sets a token after every row (DeepSeek-OCR) or only one between the views,
            which its processor then counts among the visual tokens (DeepSeek-OCR-2).
    """

    tile: int
    overview: int
    min_tiles: int
    max_tiles: int
    row_separators: bool

    @property
    def side_factor(self) -> int:
        """The tile's side."""
        return self.tile

    @property
    def most_tokens(self) -> int:
        """With the most tiles."""
        return self._tokens(self.max_tiles)

    @property
    def smallest(self) -> int:
        """The fewest tiles."""
        return self.min_tiles * self.tile**2

    @property
    def largest(self) -> int:
        """The most tiles."""
        return self.max_tiles * self.tile**2

    def grids(self) -> list[Size]:
        """Columns and rows of all grids, fewest tiles first, as the processors list them."""
        sides = range(1, self.max_tiles + 1)
        grids = [(across, down) for across in sides for down in sides]
        return sorted(
            (grid for grid in grids if self.min_tiles <= grid[0] * grid[1] <= self.max_tiles),
            key=lambda grid: grid[0] * grid[1],
        )

    def grid(self, width: int, height: int) -> Size:
        """Columns and rows of the tiles; (0, 0) where the overview is all there is."""
        if max(checked(width, height)) <= self.tile:
            return 0, 0
        ratio, area = width / height, width * height
        best, best_difference = (1, 1), math.inf
        for across, down in self.grids():
            difference = abs(ratio - across / down)
            # Of two grids of the same shape the finer one wins once the image fills half of it.
            finer = difference == best_difference and area > 0.5 * self.tile**2 * across * down
            if difference < best_difference or finer:
                best, best_difference = (across, down), difference
        return best

    def visual_tokens(self, width: int, height: int) -> int:
        """Tokens of the overview and of the tiles."""
        across, down = self.grid(width, height)
        return self._tokens(across * down)

    def _tokens(self, tiles: int) -> int:
        tokens: int = math.ceil(self.overview / 64) ** 2 + tiles * math.ceil(self.tile / 64) ** 2
        return tokens if self.row_separators else tokens + 1

    def separators(self, width: int, height: int) -> int:
        """One for each row of the overview and of the tiles, and one between the views."""
        if not self.row_separators:
            return 0
        _, down = self.grid(width, height)
        return math.ceil(self.overview / 64) + down * math.ceil(self.tile / 64) + 1

    def fit(self, width: int, height: int) -> Size:
        """The grid of whole tiles nearest to the size: the tiles keep their px (the overview never does)."""
        checked(width, height)
        return min(
            ((across * self.tile, down * self.tile) for across, down in self.grids()),
            key=lambda size: abs(math.log(size[0] / width)) + abs(math.log(size[1] / height)),
        )
