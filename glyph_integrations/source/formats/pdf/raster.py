"""Draws PDF pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import numpy as np
import pymupdf

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.formats.pdf.document import opened

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
        return pixels(displayed.get_displaylist(), clip, width, height, colour=colour)


def pixels(
    display_list: Any, clip: tuple[float, float, float, float], width: int, height: int, *, colour: bool
) -> NDArray[np.uint8]:
    """Draws ``clip`` (pt) of a display list; the memory is that of the result, whatever the size of the page."""
    x0, y0, x1, y1 = clip
    matrix = pymupdf.Matrix(width / max(x1 - x0, 1e-3), height / max(y1 - y0, 1e-3))
    corner = pymupdf.Point(x0, y0) * matrix
    matrix = matrix * pymupdf.Matrix(1, 0, 0, 1, -corner.x, -corner.y)
    space = pymupdf.csRGB if colour else pymupdf.csGRAY
    drawn = pymupdf.Pixmap(space, pymupdf.IRect(0, 0, width, height), 0)
    drawn.clear_with(255)
    device = pymupdf.mupdf.fz_new_draw_device(pymupdf.mupdf.FzMatrix(), drawn.this)
    display_list.this.fz_run_display_list(
        device,
        pymupdf.JM_matrix_from_py(matrix),
        pymupdf.mupdf.FzRect(0, 0, width, height),
        pymupdf.mupdf.FzCookie(),
    )
    device.fz_close_device()
    samples = np.frombuffer(drawn.samples, np.uint8).reshape(height, drawn.stride)
    return samples[:, : width * drawn.n].reshape((height, width, 3) if colour else (height, width))
