"""Files that a PDF carries are read, or named with the reason why not."""

from __future__ import annotations

import zlib

import pymupdf
from pdf_samples import document, page, read

from glyph_integrations import load
from glyph_integrations.source.limits import Limits


def carrier():
    """A page that refers to an annex."""
    made = document()
    where = page(made)
    where.insert_text((50, 60), "See the annex.")
    return made, where


def test_embedded_and_pinned_files_are_read():
    """A file embedded in the document and one pinned to a page become sources of their own."""
    made, where = carrier()
    made.embfile_add("annex.txt", b"Deposit: 4,250 euros.", desc="The annex to the lease")
    where.add_file_annot((300, 300), b"a side letter", "side.txt")
    text = load(made.tobytes())
    assert [source.name for source in text.sources] == ["source", "source/side.txt", "source/annex.txt"]
    assert "Deposit: 4,250 euros." in text.text
    assert "a side letter" in text.text
    assert "[attachment: side.txt, 13 bytes]" in text.text
    assert "[about annex.txt: The annex to the lease]" in text.text
    assert "[comment" not in text.text


def test_portfolio_of_pdfs():
    """The documents within a portfolio are read as PDFs."""
    made, _ = carrier()
    inner = document()
    page(inner).insert_text((50, 60), "The inner document.")
    made.embfile_add("inner.pdf", inner.tobytes())
    text = load(made.tobytes())
    assert text.sources[1].media_type == "application/pdf"
    assert "The inner document." in text.text


def test_associated_file_is_read_once():
    """A file that is both in the list and associated with the document, as in electronic invoices, is one file."""
    made, _ = carrier()
    made.embfile_add("factur-x.xml", b"<invoice><total>4250</total></invoice>")
    names = made.xref_get_key(made.pdf_catalog(), "Names/EmbeddedFiles/Names")[1]
    made.xref_set_key(made.pdf_catalog(), "AF", f"[{names[names.index('<<') : -1]}]")
    text = read(made)
    assert text.text.count("[attachment: factur-x.xml") == 1
    assert [file.name for file in text.attachments] == ["factur-x.xml"]


def test_names_lead_nowhere():
    """A file's name is that of a file, without folders."""
    made, _ = carrier()
    made.embfile_add("x", b"text", filename="../../etc/passwd.txt", ufilename="..\\secret\\passwd.txt")
    assert [file.name for file in read(made).attachments] == ["passwd.txt"]


def test_bomb_within_a_file():
    """An embedded file that unpacks to more than allowed is named, and the rest is read."""
    made, where = carrier()
    bomb = where.add_file_annot((300, 300), b"text", "bomb.txt")
    stream = int(made.xref_get_key(bomb.xref, "FS/EF/F")[1].split()[0])
    made.update_stream(stream, zlib.compress(b" " * (80 << 20)), compress=False)
    made.xref_set_key(stream, "Filter", "/FlateDecode")
    made.xref_set_key(stream, "Type", "/EmbeddedFile")
    text = read(made, limits=Limits(unpacked_bytes=50 << 20))
    assert "See the annex." in text.text
    assert "[attachment: bomb.txt, not read: larger than Limits.unpacked_bytes allows]" in text.text
    assert [(item.reason, item.text) for item in text.dropped] == [
        ("not read: larger than Limits.unpacked_bytes allows", "bomb.txt")
    ]


def test_damaged_list_of_files():
    """A list of files that is broken does not hinder the document."""
    made, _ = carrier()
    made.embfile_add("annex.txt", b"text")
    made.xref_set_key(made.pdf_catalog(), "Names/EmbeddedFiles", "<</Names[(a) 999 0 R (b) 7 (c)]/Kids[3 0 R]>>")
    assert "See the annex." in read(pymupdf.open(stream=made.tobytes())).text
