"""Content decides what a file is, then its name, then whether it is text at all."""

import io
import zipfile

import pytest

from glyph_integrations.errors import EncryptedError, UnsupportedError
from glyph_integrations.source import Blob, detect, load

OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + bytes(22) + b"\x09\x00" + bytes(16) + bytes(4)


def ole_file(stream):
    """The start of an OLE2 file whose directory, in its first sector, names one stream."""
    header = bytearray(512)
    header[:8] = OLE[:8]
    header[30:32] = (9).to_bytes(2, "little")
    return bytes(header) + stream.encode("utf-16-le").ljust(1024, b"\0")


def zip_file(**members):
    """A zip container's bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("data", "name", "media_type"),
    [
        (b"%PDF-1.7\n", "x.txt", "application/pdf"),
        (b"\x89PNG\r\n\x1a\n", "x.jpg", "image/png"),
        (b"\xff\xd8\xff\xe0", "", "image/jpeg"),
        (b"RIFF\0\0\0\0WEBPVP8 ", "", "image/webp"),
        (b"{\\rtf1 x}", "x.doc", "application/rtf"),
        (zip_file(**{"[Content_Types].xml": "", "word/document.xml": ""}), "x.zip", "docx"),
        (zip_file(**{"[Content_Types].xml": "", "ppt/presentation.xml": ""}), "x", "pptx"),
        (zip_file(**{"[Content_Types].xml": "", "xl/workbook.xml": ""}), "x", "xlsx"),
        (zip_file(mimetype="application/epub+zip"), "x", "application/epub+zip"),
        (zip_file(mimetype="application/vnd.oasis.opendocument.text"), "x", "application/vnd.oasis.opendocument.text"),
        (zip_file(a="b"), "x.docx", "application/zip"),
        (b"<!DOCTYPE html><p>x", "", "text/html"),
        (b"<!-- c -->\n<html><p>x", "x.html", "text/html"),
        (b"From: a@b\r\nTo: c@d\r\nSubject: x\r\n\r\nbody", "", "message/rfc822"),
        (b"a,b\n1,2\n", "x.csv", "text/csv"),
        (b"# x", "README.md", "text/markdown"),
        (b"<html>{{ x }}</html>", "x.j2", "text/x-template"),
        (b"import os", "x.py", "text/x-python"),
        (b"{}", "x.json", "application/json"),
        (b"plain", "x.pdf", "text/plain"),
        ("größe".encode("utf-16-le"), "x.unknown", "text/plain"),
        (b"\x00\x01\x02\x03" * 9, "x.txt", "application/octet-stream"),
        (b"MZ\x90\x00\x03\x00", "x", "application/octet-stream"),
    ],
)
def test_detect(data, name, media_type):
    """Each kind of file is told by its first bytes, or by its name where its kind has no signature."""
    assert media_type in detect(Blob(name=name, data=data)).replace("wordprocessingml", "docx").replace(
        "presentationml", "pptx"
    ).replace("spreadsheetml", "xlsx")


def test_mismatch_is_noted():
    """A PDF's name on a text is no obstacle: the content is read, and the metadata says so."""
    text = load(b"just text", media_type=None)
    assert "note" not in text.sources[0].metadata
    file = io.BytesIO(b"just text")
    file.name = "/somewhere/report.pdf"
    text = load(file)
    assert text.sources[0].name == "report.pdf"
    assert text.sources[0].metadata["note"] == "named .pdf but its content is text/plain; read as that"


@pytest.mark.parametrize(
    ("stream", "advice"),
    [
        ("WordDocument", "save it as .docx"),
        ("Workbook", "save it as .xlsx"),
        ("PowerPoint Document", "save it as .pptx"),
    ],
)
def test_old_office_files(stream, advice):
    """An old Office file is refused with what to do about it."""
    with pytest.raises(UnsupportedError, match=advice):
        load(ole_file(stream))


def test_encrypted_office_file():
    """An encrypted Office file is said to be encrypted, not damaged."""
    with pytest.raises(EncryptedError, match="remove its password"):
        load(ole_file("EncryptedPackage"))


def test_unknown_type_lists_what_was_tried():
    """What no format reads ends in an error that names all formats."""
    with pytest.raises(UnsupportedError, match="tried: pdf, word, slides, sheets"):
        load(b"\x00\x01\x02\x03" * 100)


@pytest.mark.parametrize(
    "head",
    [
        b"<html>",
        b'<?xml version="1.0"?>\n<!-- one --><!-- two --> <!DOCTYPE html>',
        b"<!---->\n<BODY >",
    ],
)
def test_html_is_told_after_declarations_and_comments(head: bytes) -> None:
    """What comes before the first tag of a page does not matter."""
    assert detect(Blob(name="page", data=head)) == "text/html"


@pytest.mark.parametrize("head", [b"<!-- " * 800, b"<!---->" * 500 + b"x", b"<?xml" * 800])
def test_comments_without_end_are_told_at_once(head: bytes) -> None:
    """Detection passes over what looks like the beginning of a page once, however it goes on."""
    assert detect(Blob(name="page", data=head)) == "text/plain"
