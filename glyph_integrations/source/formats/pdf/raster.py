"""Draws PDF pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pymupdf
from pymupdf import mupdf

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.formats.pdf.bombs import take_out_large_images
from glyph_integrations.source.formats.pdf.document import opened
from glyph_integrations.source.limits import Limits

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.text import Box


def draw(blob: Blob, page: int, box: Box, width: int, height: int, *, colour: bool) -> NDArray[np.uint8]:
    """Draws ``box`` of a page, with its annotations, at exactly ``width`` × ``height`` px on white.

    Raises:
        LoadError: The blob or the page cannot be read.
    """
    with opened(blob) as document:
        if not 0 <= page < len(document):
            raise MalformedError(f"{blob.name} has no page {page + 1}")
        displayed = document.load_page(page)
        size = displayed.rect
        clip = (box.x0 * size.width, box.y0 * size.height, box.x1 * size.width, box.y1 * size.height)
        try:
            return pixels(displayed.get_displaylist(), clip, width, height, colour=colour)
        except Exception:  # noqa: BLE001 - MuPDF's own classes of errors
            take_out_large_images(displayed, Limits().pixels)  # what is left may be drawn
            return pixels(document.load_page(page).get_displaylist(), clip, width, height, colour=colour)


def pixels(
    display_list: Any, clip: tuple[float, float, float, float], width: int, height: int, *, colour: bool
) -> NDArray[np.uint8]:
    """Draws ``clip`` (pt) of a display list; the memory is that of the result, whatever the size of the page."""
    x0, y0, x1, y1 = clip
    matrix = pymupdf.Matrix(width / max(x1 - x0, 1e-3), height / max(y1 - y0, 1e-3))
    corner = pymupdf.Point(x0, y0) * matrix
    matrix = matrix * pymupdf.Matrix(1, 0, 0, 1, -corner.x, -corner.y)
    space = mupdf.FzColorspace(mupdf.FzColorspace.Fixed_RGB if colour else mupdf.FzColorspace.Fixed_GRAY)
    # pymupdf.Pixmap would ask for separations, which turns pure colours into those of printing inks.
    target = mupdf.fz_new_pixmap_with_bbox(space, mupdf.FzIrect(0, 0, width, height), mupdf.FzSeparations(), 0)
    mupdf.fz_clear_pixmap_with_value(target, 255)
    device = mupdf.fz_new_draw_device(mupdf.FzMatrix(*matrix), target)
    shown = mupdf.FzRect(x0, y0, x1, y1)
    display_list.this.fz_run_display_list(device, mupdf.FzMatrix(), shown, mupdf.FzCookie())
    device.fz_close_device()
    drawn = pymupdf.Pixmap("raw", target)
    samples = np.frombuffer(drawn.samples, np.uint8).reshape(height, drawn.stride)
    return samples[:, : width * drawn.n].reshape((height, width, 3) if colour else (height, width))
