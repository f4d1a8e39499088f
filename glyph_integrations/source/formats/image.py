"""Images: pages without text, one for each frame."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING, Any

from glyph_integrations.errors import MalformedError, TooLargeError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray
    from PIL.Image import Image

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.limits import Limits
    from glyph_integrations.source.text import Box, SourceText

_FORMATS = ("PNG", "JPEG", "TIFF", "WEBP", "GIF", "BMP")
_ORIENTATION = 0x0112
_DOTS_PER_INCH = 96.0
"""Where a file does not say."""
_MOVING = frozenset({"GIF", "PNG", "WEBP", "MPO"})


class ImageFormat:
    """Makes every frame of a TIFF, and the first of an animation, a page that is shown as a picture."""

    name = "image"
    isolated = True
    parses_with = ("PIL.Image", "PIL.ImageOps", "numpy")
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """PNG, JPEG, TIFF, WebP, GIF and BMP."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the sizes of all frames; nothing is decoded.

        Raises:
            MalformedError: It is damaged.
            TooLargeError: A frame has more pixels than ``Limits.pixels``, or there are more than ``Limits.pages``.
        """
        builder = TextBuilder(options.limits)
        with _opened(blob, options.limits) as image:
            metadata = {"format": str(image.format)}
            frames = getattr(image, "n_frames", 1)
            if image.format in _MOVING and frames > 1:
                metadata["note"] = f"{frames} frames: the first is shown"
                frames = 1
            for frame in range(frames):
                image.seek(frame)
                _check(image, blob.name, options.limits)
                width, height, resolution = _size(image)
                builder.page(width=width, height=height, resolution=resolution, shown_as="raster", reason="image")
                with builder.picture(reason="image"):
                    pass
        return builder.finish(name=blob.name, media_type=media_type, metadata=metadata)

    def raster(
        self, blob: Blob, page: int, box: Box, width: int, height: int, *, colour: bool = False
    ) -> NDArray[np.uint8]:
        """Draws ``box`` of a frame at ``width`` × ``height`` px: [height, width], or [height, width, 3] in colour.

        Transparency is shown on white.

        Raises:
            MalformedError: The frame cannot be decoded.
        """
        import numpy as np
        from PIL import Image, ImageOps

        with _opened(blob, None) as image:
            image.seek(page)
            if image.format in ("JPEG", "MPO"):  # decodes at a fraction of the size, which is many times as fast
                image.draft("RGB" if colour else "L", (2 * width, 2 * height))
            try:
                image.load()
            except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error) as error:
                raise MalformedError(f"{blob.name}: frame {page + 1} cannot be decoded") from error
            upright: Image.Image = ImageOps.exif_transpose(image) or image
            if upright.mode not in ("L", "RGB"):
                upright = _on_white(upright)
            upright = upright.convert("RGB" if colour else "L")
            x0, y0, x1, y1 = box
            area = (x0 * upright.width, y0 * upright.height, x1 * upright.width, y1 * upright.height)
            scaled = upright.resize((width, height), Image.Resampling.LANCZOS, box=area, reducing_gap=3.0)
            return np.asarray(scaled, np.uint8)


def _opened(blob: Blob, limits: Limits | None) -> Image:
    """The image with its header read, checked against the limits where there are any."""
    from PIL import Image, UnidentifiedImageError

    # Our own limit replaces Pillow's warning; the format list keeps rarely used, poorly tested decoders out.
    Image.MAX_IMAGE_PIXELS = None
    try:
        image = Image.open(blob.open(), formats=_FORMATS)
    except (UnidentifiedImageError, SyntaxError) as error:
        raise MalformedError(f"{blob.name} is a damaged image") from error
    if limits is not None:
        _check(image, blob.name, limits)
    return image


def _check(image: Image, name: str, limits: Limits) -> None:
    if image.width * image.height > limits.pixels:
        raise TooLargeError(
            f"{name} has {image.width:,} × {image.height:,} pixels, more than {limits.pixels:,} (Limits.pixels)"
        )
    if not image.width * image.height:
        raise MalformedError(f"{name} has no pixels")


def _size(image: Image) -> tuple[float, float, float]:
    """Width and height in pt, the way up that it is shown, and pixels per pt."""
    stated: Any = image.info.get("dpi", (0, 0))
    across, down = (float(dots) if 10 <= float(dots) <= 5000 else _DOTS_PER_INCH for dots in stated)
    width, height = image.width * 72 / across, image.height * 72 / down
    turned = image.getexif().get(_ORIENTATION, 1) in (5, 6, 7, 8)
    return (*((height, width) if turned else (width, height)), max(across, down) / 72)


def _on_white(image: Image) -> Image:
    """Palettes, transparency and high bit depths as plain RGB."""
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
