"""``SourceText``: what stands on which page."""

from __future__ import annotations

from glyph_integrations import SourceText, load
from glyph_integrations.testing import sample_pdf


def test_pages_have_their_text():
    """Each source page's text is a part of the whole, in order; a page without text has none."""
    text = load(sample_pdf())
    pages = [text.page_text(index) for index in range(len(text.pages))]
    assert len(pages) > 1
    place = 0
    for page in pages:
        place = text.text.index(page, place) + len(page)
    assert "The hire is EUR 14,850.00" in pages[1].replace("\n", " ")
    assert SourceText.from_string("").page_text(0) == ""
