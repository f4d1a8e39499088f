"""Documents to ask about."""

from __future__ import annotations

import io

import pymupdf
import pytest

from glyph_integrations.testing import sample_text


@pytest.fixture(scope="session")
def charter():
    """The sample contract, loaded."""
    return sample_text()


@pytest.fixture(scope="session")
def scan(tmp_path_factory):
    """A PDF of one page of text and one page that is a picture of text."""
    picture = pymupdf.open()
    page = picture.new_page(width=420, height=595)
    for line in range(40):
        page.insert_text((36, 40 + 13 * line), f"Line {line} of the scan: nobody can copy this.", fontsize=10)
    pixels = page.get_pixmap(dpi=150, colorspace=pymupdf.csGRAY)
    document = pymupdf.open()
    first = document.new_page(width=420, height=595)
    first.insert_textbox((36, 36, 384, 559), "The original lies with the notary. " * 40, fontsize=10)
    document.new_page(width=420, height=595).insert_image((0, 0, 420, 595), pixmap=pixels)
    path = tmp_path_factory.mktemp("scans") / "scan.pdf"
    written = io.BytesIO()
    document.save(written)
    path.write_bytes(written.getvalue())
    return path
