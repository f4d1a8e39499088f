"""Images: pages without text, one for each frame."""

from __future__ import annotations

import struct
from typing import TYPE_CHECKING

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.images import check_pixels, lay_on_white, measure, open_image, translate_errors
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import Box, SourceText

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
        with translate_errors(blob.name), open_image(blob.open(), blob.name, options.limits) as image:
            metadata = {"format": str(image.format)}
            frames = getattr(image, "n_frames", 1)
            if image.format in _MOVING and frames > 1:
                metadata["note"] = f"{frames} frames: the first is shown"
                frames = 1
            for frame in range(frames):
                image.seek(frame)
                check_pixels(image, blob.name, options.limits)
                width, height, resolution = measure(image)
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

        with open_image(blob.open(), blob.name, None) as image:
            image.seek(page)
            if image.format in ("JPEG", "MPO"):  # decodes at a fraction of the size, which is many times as fast
                image.draft("RGB" if colour else "L", (2 * width, 2 * height))
            try:
                image.load()
            except (OSError, SyntaxError, ValueError, EOFError, IndexError, struct.error) as error:
                raise MalformedError(f"{blob.name}: frame {page + 1} cannot be decoded") from error
            upright: Image.Image = ImageOps.exif_transpose(image) or image
            if upright.mode not in ("L", "RGB"):
                upright = lay_on_white(upright)
            upright = upright.convert("RGB" if colour else "L")
            x0, y0, x1, y1 = box
            area = (x0 * upright.width, y0 * upright.height, x1 * upright.width, y1 * upright.height)
            scaled = upright.resize((width, height), Image.Resampling.LANCZOS, box=area, reducing_gap=3.0)
            return np.asarray(scaled, np.uint8)
