"""Pages for the tiny model to read, and what the library computes from the same weights."""

from __future__ import annotations

import pytest

from glyph_integrations import RenderStyle, render

SMALL = RenderStyle(page_width=280, page_height=280, crop_last_page=False)  # 100 visual tokens


@pytest.fixture(scope="session")
def reference(tiny_glm4v):
    """The checkpoint, run by transformers alone."""
    from reference import Reference

    return Reference(tiny_glm4v)


@pytest.fixture(scope="session")
def contract():
    """Three pages of one document, of the same size."""
    pages = tuple(render("The notice period is ninety days, counted from the first of the month. " * 50, SMALL))
    assert len(pages) == 3
    return pages


@pytest.fixture(scope="session")
def invoices():
    """Two pages of another document, of the same size as those of the first."""
    pages = tuple(render("Invoice GB-7719-K was paid twice: 12,450.00 euro on 2024-03-18. " * 30, SMALL))
    assert len(pages) == 2
    return pages
