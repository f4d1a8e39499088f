"""Picture files: opened with limits, measured, and laid on white; nothing is decoded before it is drawn."""

from __future__ import annotations

import io
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any, BinaryIO

from glyph_integrations.errors import LoadError, MalformedError, TooLargeError, UnsupportedError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from PIL.Image import Image

    from glyph_integrations.source.limits import Limits

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP")
_ORIENTATION = 0x0112
_DOTS_PER_INCH = 96.0
"""Where a file does not say."""
_VECTORS = (
    (b"\xd7\xcd\xc6\x9a", "a WMF drawing"),
    (b"\x01\x00\x00\x00", "an EMF drawing"),
    (b"\x01\x00\x09\x00", "a WMF drawing"),
    (b"<svg", "an SVG drawing"),
    (b"<?xml", "an SVG drawing"),
    (b"%!PS", "a PostScript drawing"),
    (b"%PDF", "a PDF drawing"),
)


def measure_image(data: bytes, limits: Limits) -> tuple[float, float]:
    """Return the width and height in pt of a picture within a source, the way up that it is shown.

    Raises:
        UnsupportedError: It is of a kind that is not drawn here.
        MalformedError: It is damaged.
        TooLargeError: It has more pixels than ``Limits.pixels``.
    """
    for magic, kind in _VECTORS:
        if data.lstrip()[: len(magic)].lower() == magic.lower():
            raise UnsupportedError(f"it is {kind}, which is not drawn here")
    with translate_errors("it"), open_image(io.BytesIO(data), "it", limits) as image:
        width, height, _ = measure(image)
    return width, height


@contextmanager
def translate_errors(name: str) -> Iterator[None]:
    """Raise what Pillow's decoders raise, a dozen unrelated types, as ``MalformedError``."""
    try:
        yield
    except (LoadError, MemoryError):
        raise
    except Exception as error:
        raise MalformedError(f"{name} is a damaged image") from error


def open_image(file: BinaryIO, name: str, limits: Limits | None) -> Image:
    """Return the image with its header read, checked against the limits where there are any.

    Raises:
        MalformedError: It is damaged.
        TooLargeError: It has more pixels than ``Limits.pixels``.
    """
    from PIL import Image, UnidentifiedImageError

    # Our own limit replaces Pillow's warning; the format list keeps rarely used, poorly tested decoders out.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(file, formats=_FORMATS)
    except (UnidentifiedImageError, SyntaxError) as error:
        raise MalformedError(f"{name} is a damaged image") from error
    if limits is not None:
        check_pixels(image, name, limits)
    return image


def check_pixels(image: Image, name: str, limits: Limits) -> None:
    """Refuse an image that has too many pixels, or none.

    Raises:
        TooLargeError: It has more than ``Limits.pixels``.
        MalformedError: It has none.
    """
    if image.width * image.height > limits.pixels:
        raise TooLargeError(
            f"{name} has {image.width:,} × {image.height:,} pixels, more than {limits.pixels:,}; raise Limits.pixels"
        )
    if not image.width * image.height:
        raise MalformedError(f"{name} has no pixels")


def measure(image: Image) -> tuple[float, float, float]:
    """Return width and height in pt, the way up that it is shown, and pixels per pt."""
    stated: Any = image.info.get("dpi", (0, 0))
    across, down = (float(dots) if 10 <= float(dots) <= 5000 else _DOTS_PER_INCH for dots in stated)
    width, height = image.width * 72 / across, image.height * 72 / down
    turned = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    return (*((height, width) if turned else (width, height)), max(across, down) / 72)


def lay_on_white(image: Image) -> Image:
    """Return palettes, transparency and high bit depths as plain RGB."""
    from PIL import Image as Pillow

    if image.mode in ("I", "F") or image.mode.startswith("I;"):
        low, high = image.getextrema()
        scale = 255.0 / ((float(high) - float(low)) or 1.0)  # type: ignore[arg-type]
        if image.mode.startswith("I;16"):
            scale, low = 1 / 257, 0
        return image.point(lambda value: value * scale - float(low) * scale).convert("L")  # type: ignore[arg-type]
    if image.mode in ("P", "PA", "LA", "RGBA", "RGBa", "La") or "transparency" in image.info:
        layers = image.convert("RGBA")
        return Pillow.alpha_composite(Pillow.new("RGBA", layers.size, "white"), layers).convert("RGB")
    return image.convert("RGB")
