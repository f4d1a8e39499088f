"""PDF, through PyMuPDF."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import Box, SourceText


class PdfFormat:
    """PDF files: their text where it can be typeset anew, pictures of pages and figures where it cannot."""

    name = "pdf"
    isolated = True
    parses_with = ("glyph_integrations.source.formats.pdf.loading", "glyph_integrations.source.formats.pdf.raster")
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """Whether detection found a PDF."""
        return media_type == "application/pdf"

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the blob whole.

        Raises:
            LoadError: It is encrypted, malformed, too large or empty.
        """
        from glyph_integrations.source.formats.pdf.loading import load_pdf

        return load_pdf(blob, media_type, options)

    def raster(
        self, blob: Blob, page: int, box: Box, width: int, height: int, *, colour: bool = False
    ) -> NDArray[np.uint8]:
        """Draws ``box`` of a page at ``width`` × ``height`` px: [height, width], or [height, width, 3] in colour.

        Raises:
            LoadError: The blob or the page cannot be read.
        """
        from glyph_integrations.source.formats.pdf.raster import draw

        return draw(blob, page, box, width, height, colour=colour)
