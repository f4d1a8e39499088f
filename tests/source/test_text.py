"""``SourceText``: what stands on which page."""

from __future__ import annotations

from pathlib import Path

from glyph_integrations import SourceText, load
from glyph_integrations.source import concatenate
from glyph_integrations.testing import sample_pdf

DOCUMENTS = Path(__file__).parents[2] / "samples" / "documents"


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


def test_pages_begin_where_their_text_does():
    """Within every source, in order; the first page begins with the source."""
    text = concatenate([load(DOCUMENTS / name) for name in ("charter.pdf", "demo.pdf")])
    for source in text.sources:
        starts = text.page_starts(source)
        assert len(starts) == source.last_page - source.first_page
        assert starts[0] == source.start
        for page, (start, end) in enumerate(zip(starts, (*starts[1:], source.end), strict=True), source.first_page):
            assert text.page_text(page).strip() == text.text[start:end].strip()
