"""How API models bill an image of a given size: the published formulas, as pure arithmetic.

No provider publishes its processor, so these cannot be compared with code. Each class names the guide it follows and
what else confirms it. Sizes are px, always ``(width, height)``.
"""

from __future__ import annotations

import math
from bisect import bisect_left
from dataclasses import dataclass
from fractions import Fraction

from glyph_integrations.counting.image_rules import ImageRule, Size, checked


def shrunk(width: int, height: int, longest_side: int) -> Size:
    """The size of the same shape whose long side is at most this many px."""
    scale = min(1.0, longest_side / max(checked(width, height)))
    return max(round(width * scale), 1), max(round(height * scale), 1)


def fitted(width: int, height: int, *, factor: int, tokens: int, most: int) -> Size:
    """Whole cells of ``factor`` px nearest to a size: at most ``tokens`` in all and ``most`` along one side."""
    checked(width, height)
    across, down = (max(round(side / factor), 1) for side in (width, height))
    scale = min(1.0, most / max(across, down), math.sqrt(tokens / (across * down)))
    if scale < 1:
        across, down = (max(math.floor(cells * scale), 1) for cells in (across, down))
    return min(across, most) * factor, min(down, most) * factor


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledTiles(ImageRule):
    """OpenAI's tiles: a base and a price for each 512 px tile, at ``detail: high`` (GPT-4o, GPT-4.1, GPT-5, o1, o3).

    The image is reduced into 2048×2048, then until its short side is at most 768. Source: OpenAI's guide "Images and
    vision". That nothing is enlarged and that sides are rounded to whole px is taken from bills users published.
    """

    base: int
    per_tile: int

    @property
    def side_factor(self) -> int:
        """A tile: a page that fills its tiles costs least per character."""
        return 512

    @property
    def most_tokens(self) -> int:
        """Two tiles across, four along."""
        return self.base + self.per_tile * 8

    @property
    def largest(self) -> int:
        """A long side of 2048 and a short side of 768."""
        return 2048 * 768

    def resized(self, width: int, height: int) -> Size:
        """The size that is cut into tiles."""
        width, height = checked(width, height)
        if max(width, height) > 2048:
            scale = Fraction(2048, max(width, height))
            width, height = max(round(width * scale), 1), max(round(height * scale), 1)
        if min(width, height) > 768:
            scale = Fraction(768, min(width, height))
            width, height = round(width * scale), round(height * scale)
        return width, height

    def visual_tokens(self, width: int, height: int) -> int:
        """The base and the tiles that are touched."""
        across, down = self.resized(width, height)
        return self.base + self.per_tile * math.ceil(across / 512) * math.ceil(down / 512)

    def fit(self, width: int, height: int) -> Size:
        """Whole tiles: one across the short side, one to four along the long one."""
        width, height = self.resized(width, height)
        long_side = min(max(round(max(width, height) / 512), 1), 4) * 512
        return (512, long_side) if height >= width else (long_side, 512)


@dataclass(frozen=True, slots=True, kw_only=True)
class BilledPatches(ImageRule):
    """OpenAI's patches: ``multiplier`` tokens for each 32 px patch, at most ``patches`` of them, at ``detail: high``.

    Images with more patches are reduced as far as needed, and then so that one side holds whole patches. Source:
    OpenAI's guide "Images and vision"; its examples, and bills that users published, are in the tests. That products
    are rounded up is taken from such bills.
    """

    multiplier: Fraction
    patches: int

    @property
    def side_factor(self) -> int:
        """A patch."""
        return 32

    @property
    def most_tokens(self) -> int:
        """The whole budget."""
        return math.ceil(self.patches * self.multiplier)

    @property
    def largest(self) -> int:
        """All patches."""
        return self.patches * 32 * 32

    def grid(self, width: int, height: int) -> Size:
        """Patches across and down."""
        across, down = (Fraction(side, 32) for side in checked(width, height))
        if math.ceil(across) * math.ceil(down) <= self.patches:
            return math.ceil(across), math.ceil(down)
        root = Fraction(math.sqrt(self.patches / (across * down)))
        across, down = across * root, down * root
        if min(across, down) < 1:
            return max(min(math.ceil(across), self.patches), 1), max(min(math.ceil(down), self.patches), 1)
        whole = min(math.floor(across) / across, math.floor(down) / down)
        return math.ceil(across * whole), math.ceil(down * whole)

    def visual_tokens(self, width: int, height: int) -> int:
        """Patches times the multiplier, rounded up."""
        across, down = self.grid(width, height)
        return math.ceil(across * down * self.multiplier)

    def fit(self, width: int, height: int) -> Size:
        """Whole patches, as few as the budget allows."""
        return fitted(width, height, factor=32, tokens=self.patches, most=self.patches)


@dataclass(frozen=True, slots=True, kw_only=True)
class PaddedPatches(ImageRule):
    """Claude's patches: one token per 28 px patch begun, after a reduction within an edge and a token limit.

    Source: Anthropic's guide "Coordinates and bounding boxes"; its examples, and bills that users published, are in
    the tests. The ``width · height / 750`` of earlier guides approximates the same. Bills of images beyond the limits
    differ from the guide: up to 3 % more at 1,568, and 37 % less at 2,576 (2560×1440); within them they agree.
    """

    longest_side: int
    tokens: int

    @property
    def side_factor(self) -> int:
        """A patch; other sizes are padded to it."""
        return 28

    @property
    def most_tokens(self) -> int:
        """As given."""
        return self.tokens

    @property
    def largest(self) -> int:
        """All patches."""
        return self.tokens * 28 * 28

    def _takes(self, width: int, height: int) -> bool:
        across, down = math.ceil(width / 28), math.ceil(height / 28)
        return max(across, down) * 28 <= self.longest_side and across * down <= self.tokens

    def resized(self, width: int, height: int) -> Size:
        """The largest size of the same shape within both limits, before padding."""
        if self._takes(*checked(width, height)):
            return width, height
        long_side, short_side = max(width, height), min(width, height)

        def shortened(side: int) -> int:
            return max(round(side * short_side / long_side), 1)

        def too_long(side: int) -> int:
            return 0 if self._takes(side, shortened(side)) else 1

        # The size is the last one before the first that is too long.
        side = max(bisect_left(range(long_side), 1, lo=1, key=too_long) - 1, 1)
        return (side, shortened(side)) if width >= height else (shortened(side), side)

    def visual_tokens(self, width: int, height: int) -> int:
        """Patches, those begun included."""
        across, down = self.resized(width, height)
        return math.ceil(across / 28) * math.ceil(down / 28)

    def fit(self, width: int, height: int) -> Size:
        """Whole patches within both limits."""
        return fitted(width, height, factor=28, tokens=self.tokens, most=self.longest_side // 28)


@dataclass(frozen=True, slots=True, kw_only=True)
class CropUnits(ImageRule):
    """Gemini's tiles (1.5 to 2.5): 258 tokens for up to 384×384 px, else for each tile.

    A tile's side is ``floor(min(width, height) / 1.5)``, tiles begun count. Source: Google's guide "Image
    understanding", which calls the formula rough; its example (960×540 is 6 tiles) is in the tests.
    """

    per_tile: int = 258
    small: int = 384
    longest_side: int = 3072

    @property
    def side_factor(self) -> int:
        """No alignment is published."""
        return 1

    @property
    def most_tokens(self) -> int:
        """Of a page four times as long as wide, 2 by 7 tiles; the formula itself has no end."""
        return self.per_tile * 2 * 7

    @property
    def largest(self) -> int:
        """A square of the longest side."""
        return self.longest_side**2

    def visual_tokens(self, width: int, height: int) -> int:
        """258 for each tile."""
        if max(checked(width, height)) <= self.small:
            return self.per_tile
        unit = max(math.floor(min(width, height) / 1.5), 1)
        return self.per_tile * math.ceil(width / unit) * math.ceil(height / unit)

    def fit(self, width: int, height: int) -> Size:
        """The same size, reduced to the longest side."""
        return shrunk(width, height, self.longest_side)


@dataclass(frozen=True, slots=True, kw_only=True)
class FlatPrice(ImageRule):
    """The same number of tokens for every image (Gemini 3, by ``media_resolution``).

    Source: Google's guide "Media resolution". The number is the most that an image gets.
    """

    tokens: int
    longest_side: int = 3072

    @property
    def side_factor(self) -> int:
        """No alignment is published."""
        return 1

    @property
    def most_tokens(self) -> int:
        """As given."""
        return self.tokens

    @property
    def largest(self) -> int:
        """A square of the longest side."""
        return self.longest_side**2

    def visual_tokens(self, width: int, height: int) -> int:
        """The flat number."""
        checked(width, height)
        return self.tokens

    def fit(self, width: int, height: int) -> Size:
        """The same size, reduced to the longest side."""
        return shrunk(width, height, self.longest_side)
