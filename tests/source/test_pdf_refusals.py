"""PDFs that cannot be read end in the right typed error, quickly and without noise."""

from __future__ import annotations

import contextlib
import time
import zlib

import pymupdf
import pytest
from pdf_samples import document, noise, page, raw, read

from glyph_integrations.errors import EmptyError, EncryptedError, LoadError, MalformedError, TooLargeError
from glyph_integrations.source.blob import Blob
from glyph_integrations.source.formats import LoadOptions
from glyph_integrations.source.isolation import load_isolated
from glyph_integrations.source.limits import Limits


def small():
    """A document of one line."""
    made = document()
    page(made).insert_text((50, 60), "Something to read.")
    return made


def test_password():
    """An encrypted file needs its password, and a wrong one is called wrong."""
    made = small()
    data = made.tobytes(encryption=pymupdf.PDF_ENCRYPT_AES_256, user_pw="open sesame", owner_pw="owner")
    with pytest.raises(EncryptedError, match="give its password"):
        read(data)
    with pytest.raises(EncryptedError, match="wrong"):
        read(data, password="sesame")  # noqa: S106
    assert read(data, password="open sesame").text.strip() == "Something to read."  # noqa: S106


def test_page_without_end():
    """A page of 595 × 2·10⁹ pt is refused at once."""
    started = time.perf_counter()
    with pytest.raises(TooLargeError, match="page_side"):
        read(raw(b"BT /F 12 Tf 50 50 Td (hello) Tj ET", mediabox=b"0 0 595 2147483648"))
    assert time.perf_counter() - started < 2


def test_page_count():
    """More pages than allowed are refused before the first is read."""
    made = small()
    for _ in range(5):
        page(made)
    with pytest.raises(TooLargeError, match=r"Limits\.pages"):
        read(made, limits=Limits(pages=5))


def test_file_size():
    """A file larger than allowed is not opened."""
    with pytest.raises(TooLargeError, match="file_bytes"):
        load_isolated(
            "pdf", Blob(name="a.pdf", data=b"%PDF" * 100), "application/pdf", LoadOptions(limits=Limits(file_bytes=50))
        )


@pytest.mark.parametrize("data", [b"%PDF-1.7\n", b"%PDF-1.7\n" + b"garbage " * 500, b"no pdf at all"])
def test_garbage(data):
    """What only begins like a PDF is malformed."""
    with pytest.raises(MalformedError):
        read(data)


def test_truncated(capfd):
    """A file cut anywhere is read as far as it goes or refused, and MuPDF prints nothing."""
    whole = small().tobytes()
    for cut in range(0, len(whole), 101):
        with contextlib.suppress(LoadError):
            read(whole[:cut])
    assert capfd.readouterr() == ("", "")


def test_empty():
    """A file of blank pages holds nothing to read."""
    made = document()
    page(made)
    with pytest.raises(EmptyError):
        read(made)


@pytest.mark.parametrize("layers", [1, 2])
def test_flate_bomb(layers):
    """A stream that unpacks to a thousand times its size, once or twice over, is refused at once."""
    bomb = b" " * (300 << 20)
    for _ in range(layers):
        bomb = zlib.compress(bomb)
    data = raw(bomb, extra=b"/Filter[" + b"/FlateDecode" * layers + b"]")
    started = time.perf_counter()
    with pytest.raises(TooLargeError, match="unpack"):
        load_isolated("pdf", Blob(name="bomb.pdf", data=data), "application/pdf", LoadOptions())
    assert time.perf_counter() - started < 2


def test_image_bomb():
    """An image of more pixels than allowed is left out and reported, without being decoded; the rest is read."""
    made = small()
    made[0].insert_image((50, 100, 200, 200), stream=noise(300, 300))
    page(made).insert_text((50, 60), "Something after it.")
    text = read(made, limits=Limits(pixels=80_000))
    assert text.text.split() == ["Something", "to", "read.", "Something", "after", "it."]
    assert [(item.reason, item.page) for item in text.dropped] == [("image of 300 × 300 pixels, over Limits.pixels", 0)]
    only = document()
    page(only).insert_image((50, 100, 200, 200), stream=noise(300, 300))
    with pytest.raises(TooLargeError, match="pixels"):
        read(only, limits=Limits(pixels=80_000))


def test_damaged_page():
    """A page that cannot be read is reported with its reason; the others are read."""
    made = small()
    page(made).insert_text((50, 60), "The second page.")
    page(made).insert_text((50, 60), "The third page.")
    made.xref_set_key(made.page_xref(1), "MediaBox", "[0 0 595 2147483648]")
    text = read(made)
    assert "to read." in text.text
    assert "third page" in text.text
    assert len(text.pages) == 3
    assert [(item.page, "page_side" in item.reason) for item in text.dropped] == [(1, True)]


def test_damaged_annotations():
    """A broken tree of fields and broken annotations cost themselves, nothing else."""
    made = small()
    where = made[0]
    field = pymupdf.Widget()
    field.field_name, field.field_value, field.field_type = "name", "Ada", pymupdf.PDF_WIDGET_TYPE_TEXT
    field.rect = pymupdf.Rect(50, 90, 200, 110)
    where.add_widget(field)
    where.add_text_annot((300, 60), "a note")
    broken = made.get_new_xref()
    made.update_object(broken, "<</Subtype/Widget/FT/Tx/Rect 7/V[1 2]/Parent 99 0 R>>")
    _, annotations = made.xref_get_key(made.page_xref(0), "Annots")
    made.xref_set_key(made.page_xref(0), "Annots", f"{annotations[:-1]} {broken} 0 R 999 0 R 12 (text)]")
    made.xref_set_key(made.pdf_catalog(), "AcroForm", "<</Fields[999 0 R 999 0 R]>>")
    text = read(made)
    assert "Something to read." in text.text
    assert "Ada" in text.text
    assert "[comment 1] a note" in text.text
