"""The one rule of what a person could not see.

Every format says how a run of text looks; this module alone decides whether a person could have read it. Where a
format cannot tell (a background image, a theme it does not know), it says ``None``, and the text is taken as visible.
"""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.text import Box

SMALLEST_SIZE = 2.0
"""In pt: smaller letters are a smudge on paper and on a screen."""
FAINTEST_CONTRAST = 20
"""Of 255 steps in the channel that differs most: smaller differences are not seen."""
LEAST_OPACITY = 0.05
LEAST_SHARE = 0.1
"""Text of which less than this share of its box can be seen is not seen."""


class HiddenReason(StrEnum):
    """Why a person could not see something; the values stand in reports."""

    NOT_DISPLAYED = "not displayed"
    SAME_COLOR = "color of its background"
    TINY = "under 2 pt"
    TRANSPARENT = "transparent"
    OFF_PAGE = "off the page"
    CLIPPED = "clipped away"
    COVERED = "covered"
    INVISIBLE_MODE = "render mode 3"
    HIDDEN_LAYER = "hidden layer"
    ZERO_WIDTH = "zero-width character"
    TAG = "tag character"
    SELECTOR = "variation selector"
    BIDI = "bidi control"


class Color(NamedTuple):
    """An sRGB color, 0–255 each."""

    red: int
    green: int
    blue: int


WHITE = Color(255, 255, 255)
BLACK = Color(0, 0, 0)


@dataclass(frozen=True, slots=True, kw_only=True)
class Look:
    """How a run of text looks, as far as its format knows.

    Attributes:
        displayed: False where the format says outright that it is not shown (``display: none``, ``w:vanish``, a
            hidden row).
        color: Of the letters; None where that is not known.
        background: What lies directly behind the letters; None where that is not known or not one color.
        size: Of the letters, in pt; None where that is not known.
        opacity: Of the letters, 0–1, everything that dims them multiplied.
        box: Where it lies on its page, in shares of the page; None where it flows.
        clip: The part of the page that is shown of it; None where nothing cuts it.
        covered: Whether something opaque lies over it.
        painted: Whether the letters are drawn at all (PDF's render mode 3 draws none).
    """

    displayed: bool = True
    color: Color | None = None
    background: Color | None = None
    size: float | None = None
    opacity: float = 1.0
    box: Box | None = None
    clip: Box | None = None
    covered: bool = False
    painted: bool = True


def find_hidden_reason(look: Look) -> HiddenReason | None:
    """Return why a person could not see text that looks so; None where one could.

    >>> find_hidden_reason(Look(color=WHITE, background=WHITE)).value
    'color of its background'
    """
    for reason, holds in _list_checks(look):
        if holds:
            return reason
    return None


def _list_checks(look: Look) -> Iterator[tuple[HiddenReason, bool]]:
    """Yield each reason, the plainest first, and whether it holds."""
    yield HiddenReason.NOT_DISPLAYED, not look.displayed
    yield HiddenReason.INVISIBLE_MODE, not look.painted
    yield HiddenReason.TRANSPARENT, look.opacity <= LEAST_OPACITY
    yield HiddenReason.TINY, look.size is not None and look.size < SMALLEST_SIZE
    if look.box is not None:
        yield HiddenReason.OFF_PAGE, measure_share(look.box, (0.0, 0.0, 1.0, 1.0)) < LEAST_SHARE
        yield HiddenReason.CLIPPED, look.clip is not None and measure_share(look.box, look.clip) < LEAST_SHARE
    yield HiddenReason.COVERED, look.covered
    if look.color is not None and look.background is not None:
        contrast = measure_contrast(look.color, look.background) * look.opacity
        yield HiddenReason.SAME_COLOR, contrast <= FAINTEST_CONTRAST


def measure_contrast(color: Color, other: Color) -> int:
    """Return the difference of two colors in the channel that differs most, 0–255."""
    return max(abs(a - b) for a, b in zip(color, other, strict=True))


def measure_share(box: tuple[float, float, float, float], area: tuple[float, float, float, float]) -> float:
    """Return the share of a box that lies in an area; of a box without extent, whether it lies in it at all."""
    sides = []
    for low, high in ((0, 2), (1, 3)):
        extent = box[high] - box[low]
        common = min(box[high], area[high]) - max(box[low], area[low])
        sides.append(max(common, 0.0) / extent if extent > 0 else float(common >= 0))
    return sides[0] * sides[1]


def parse_hex_color(text: str) -> Color | None:
    """Return the color of six hexadecimal digits, with or without ``#``; None where they are not that."""
    digits = text.removeprefix("#")
    if len(digits) != 6:
        return None
    try:
        value = int(digits, 16)
    except ValueError:
        return None
    return Color(value >> 16, value >> 8 & 255, value & 255)
