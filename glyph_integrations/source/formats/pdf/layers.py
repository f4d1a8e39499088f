"""Text on layers that are off when a document opens: nobody sees it, and the report has to name it."""

from __future__ import annotations

from collections import Counter
from typing import Any

from pymupdf import mupdf

from glyph_integrations.source.formats.pdf.lines import text_page

MOST_LAYERS = 10_000


def find_hidden_layers(document: Any) -> list[int]:
    """The layers of a document that are off."""
    pdf = mupdf.pdf_document_from_fz_document(document.this)
    try:
        count = min(mupdf.pdf_count_layers(pdf), MOST_LAYERS)
        return [layer for layer in range(count) if not mupdf.pdf_layer_is_enabled(pdf, layer)]
    except Exception:  # noqa: BLE001 - MuPDF's own classes of errors: a damaged list hides nothing
        return []


def read_hidden_layers(page: Any, layers: list[int]) -> str:
    """The words of a page that show only where these layers are on, in order."""
    pdf = mupdf.pdf_document_from_fz_document(page.parent.this)
    known = Counter(_read_words(page))
    for layer in layers:
        mupdf.pdf_enable_layer(pdf, layer, 1)
    try:
        everything = _read_words(page)
    finally:
        for layer in layers:
            mupdf.pdf_enable_layer(pdf, layer, 0)
    extra = []
    for word in everything:
        if known[word]:
            known[word] -= 1
        else:
            extra.append(word)
    return " ".join(extra)


def _read_words(page: Any) -> list[str]:
    return text_page(page.get_displaylist()).extractText().split()  # type: ignore[no-any-return]
