"""PDFs that the tests make, and how they read them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pymupdf

from glyph_integrations.source.blob import Blob
from glyph_integrations.source.formats import LoadOptions
from glyph_integrations.source.formats.pdf import PdfFormat

if TYPE_CHECKING:
    from glyph_integrations.source.text import SourceText

WIDTH, HEIGHT = 420, 595
PROSE = (
    "The lighthouse keeper counted the ships that passed before noon and wrote their names into a ledger bound in "
    "green cloth, which he kept beside the lamp. On quiet evenings he read the names aloud, as though the sailors "
    "might hear them over the water, and he never left one out however long the list had grown by then. "
)


def document() -> pymupdf.Document:
    """An empty document."""
    return pymupdf.open()


def page(made: pymupdf.Document, width: float = WIDTH, height: float = HEIGHT) -> pymupdf.Page:
    """A new page at the end."""
    return made.new_page(width=width, height=height)


def read(made: pymupdf.Document | bytes, *, password: str | None = None, **options) -> SourceText:
    """Loads a document in this process, so that a failure shows where it happened."""
    data = made if isinstance(made, bytes) else made.tobytes()
    return PdfFormat().load(
        Blob(name="made.pdf", data=data, password=password), "application/pdf", LoadOptions(**options)
    )


def hidden(text: SourceText) -> dict[str, int]:
    """Characters left out because nobody could see them, by reason."""
    counts: dict[str, int] = {}
    for item in text.dropped:
        if item.hidden:
            counts[item.reason] = counts.get(item.reason, 0) + item.characters
    return counts


def noise(width: int = 200, height: int = 150) -> bytes:
    """A PNG that is no plain surface."""
    pixmap = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, width, height), 0)
    pixmap.clear_with(200)
    for step in range(0, width, 10):
        pixmap.set_rect(pymupdf.IRect(step, 0, step + 5, height), (step % 256, 90, 160))
    return pixmap.tobytes("png")


def raw(content: bytes, *, mediabox: bytes = b"0 0 595 842", length: bytes | None = None, extra: bytes = b"") -> bytes:
    """A hand-made PDF of one page; MuPDF rebuilds its table of objects."""
    return (
        b"%PDF-1.4\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n"
        b"2 0 obj<</Type/Pages/Kids[3 0 R]/Count 1>>endobj\n"
        b"3 0 obj<</Type/Page/Parent 2 0 R/MediaBox["
        + mediabox
        + b"]/Contents 4 0 R/Resources<</Font<</F 5 0 R>>>>>>endobj\n"
        b"5 0 obj<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>endobj\n"
        b"4 0 obj<</Length "
        + (length or str(len(content)).encode())
        + extra
        + b">>stream\n"
        + content
        + b"\nendstream endobj\n"
        b"trailer<</Root 1 0 R>>\n%%EOF\n"
    )
