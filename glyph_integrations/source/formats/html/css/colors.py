"""Colours and what a background may show, as far as a style sheet tells."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from tinycss2.color5 import parse_color

from glyph_integrations.source.formats.html.css.lengths import split_at_commas

if TYPE_CHECKING:
    from collections.abc import Sequence

    from tinycss2.color4 import Color

_GRADIENTS = ("linear-gradient", "radial-gradient", "conic-gradient")
# What a light desktop paints for the names that stand for its own colours.
_SYSTEM = {
    **dict.fromkeys(("canvas", "field", "window", "background", "infobackground", "menu"), (255.0, 255.0, 255.0)),
    **dict.fromkeys(("canvastext", "fieldtext", "windowtext", "infotext", "menutext", "marktext"), (0.0, 0.0, 0.0)),
    **dict.fromkeys(("buttontext", "captiontext"), (0.0, 0.0, 0.0)),
    **dict.fromkeys(("buttonface", "threedface"), (240.0, 240.0, 240.0)),
    "graytext": (128.0, 128.0, 128.0), "linktext": (0.0, 0.0, 238.0), "highlight": (0.0, 120.0, 215.0),
    "highlighttext": (255.0, 255.0, 255.0), "mark": (255.0, 255.0, 0.0),
}  # fmt: skip


class Paint(NamedTuple):
    """A colour: channels from 0 to 255, alpha from 0 to 1."""

    red: float
    green: float
    blue: float
    alpha: float = 1.0

    def over(self, ground: Paint) -> Paint:
        """The colour that is seen where this one lies on an opaque one."""
        red, green, blue = (a * self.alpha + b * (1 - self.alpha) for a, b in zip(self[:3], ground[:3], strict=True))
        return Paint(red, green, blue)


BLACK, WHITE, TRANSPARENT = Paint(0, 0, 0), Paint(255, 255, 255), Paint(0, 0, 0, 0)
CURRENT = "currentcolor"
UNKNOWN = "unknown"


def read_color(token: Any) -> Paint | str | None:
    """A colour, ``CURRENT``, ``UNKNOWN`` where it is one that cannot be worked out, or None where it is none."""
    try:
        color = parse_color(token)
    except Exception:  # noqa: BLE001 - arguments that the library does not expect
        return UNKNOWN if token.type == "function" else None
    if color == "currentcolor":
        return CURRENT
    if color is None:
        return _read_other(token)
    return _convert(color)


def _mix(arguments: Sequence[Any]) -> Paint | str:
    """Return what ``color-mix()`` gives, as if all were mixed in sRGB."""
    shares: list[tuple[Paint, float | None]] = []
    for part in split_at_commas(arguments)[1:]:
        paint = next((found for token in part if isinstance(found := read_color(token), Paint)), None)
        if paint is None:
            return UNKNOWN
        shares.append((paint, next((token.value / 100 for token in part if token.type == "percentage"), None)))
    if len(shares) != 2:
        return UNKNOWN
    (first, share), (second, other) = shares
    weight = share if share is not None else 0.5 if other is None else 1 - other
    red, green, blue, alpha = (a * weight + b * (1 - weight) for a, b in zip(first, second, strict=True))
    return Paint(red, green, blue, alpha)


def _read_other(token: Any) -> Paint | str | None:
    if token.type == "function" and token.lower_name == "color-mix":
        return _mix(token.arguments)
    if token.type == "ident" and token.lower_value in _SYSTEM:
        return Paint(*_SYSTEM[token.lower_value])
    mixes = ("light-dark", "device-cmyk", "color", "rgb", "rgba", "hsl", "hsla", "lab", "lch", "oklch")
    return UNKNOWN if token.type == "function" and token.lower_name in mixes else None


def _convert(color: Color) -> Paint | str:
    alpha = float(color.alpha)
    try:
        channels = _to_srgb(color)
    except (NotImplementedError, ValueError, TypeError):
        return UNKNOWN if alpha else TRANSPARENT
    red, green, blue = (min(max(channel, 0.0), 1.0) * 255 for channel in channels)
    return Paint(red, green, blue, alpha)


def _to_srgb(color: Color) -> tuple[float, ...]:
    if color.space in ("srgb", "hsl", "hwb"):
        return tuple(float(channel or 0) for channel in color.to("srgb").coordinates)
    if color.space == "srgb-linear":
        return tuple(_gamma(float(channel or 0)) for channel in color.coordinates)
    if color.space in ("oklab", "oklch", "xyz", "xyz-d65"):
        x, y, z = (float(value or 0) for value in color.to("xyz-d65").coordinates)
    else:  # D50, near enough to D65 to tell whether two colours are alike: adapted by the ratio of the white points
        x, y, z = (float(value or 0) for value in color.to("xyz-d50").coordinates)
        x, z = x * 0.9505 / 0.9643, z * 1.0888 / 0.8251
    linear = (
        3.2406 * x - 1.5372 * y - 0.4986 * z,
        -0.9689 * x + 1.8758 * y + 0.0415 * z,
        0.0557 * x - 0.2040 * y + 1.0570 * z,
    )
    return tuple(_gamma(channel) for channel in linear)


def _gamma(channel: float) -> float:
    return 12.92 * channel if channel <= 0.0031308 else 1.055 * min(channel, 1.0) ** (1 / 2.4) - 0.055


def read_gradient(token: Any) -> tuple[Paint, ...] | None:
    """The colours of a gradient's stops; None where the token is none or one of them cannot be worked out."""
    if token.type != "function" or not token.lower_name.endswith(_GRADIENTS):
        return None
    paints: list[Paint] = []
    for stop in split_at_commas(token.arguments):
        for part in stop:
            paint = read_color(part)
            if isinstance(paint, Paint):
                paints.append(paint)
            elif paint is not None:
                return None
    return tuple(paints) or None


def composite(layers: Sequence[Paint], grounds: tuple[Paint, ...]) -> tuple[Paint, ...]:
    """What may be seen where any one of ``layers`` lies on any one of ``grounds``."""
    return tuple({layer.over(ground) for layer in layers for ground in grounds})
