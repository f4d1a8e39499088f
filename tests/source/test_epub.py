"""EPUB books are read in the order of their spine, a page an item."""

import io
import zipfile

import pytest
from office_samples import with_members

from glyph_integrations.errors import EncryptedError, MalformedError
from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
CONTAINER = '<container><rootfiles><rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
PACKAGE = """<package xmlns="http://www.idpf.org/2007/opf" xmlns:dc="http://purl.org/dc/elements/1.1/">
<metadata><dc:title>The Book</dc:title><dc:creator>Ann</dc:creator><dc:creator>Bob</dc:creator></metadata>
<manifest><item id="two" href="b%20two.xhtml" media-type="application/xhtml+xml"/>
<item id="one" href="a.xhtml" media-type="application/xhtml+xml"/>
<item id="cover" href="cover.svg" media-type="image/svg+xml"/>
{toc}</manifest>
<spine><itemref idref="cover"/><itemref idref="one"/><itemref idref="two"/></spine></package>"""
NCX = """<!DOCTYPE ncx PUBLIC "-//NISO//DTD ncx 2005-1//EN" "ncx.dtd"><ncx xmlns="http://www.daisy.org/z3986/2005/ncx/">
<navMap><navPoint><navLabel><text>First</text></navLabel><content src="a.xhtml"/></navPoint>
<navPoint><navLabel><text>Second</text></navLabel><content src="b%20two.xhtml#x"/></navPoint></navMap></ncx>"""
NAV = """<html xmlns="http://www.w3.org/1999/xhtml"><body><nav><ol><li><a href="a.xhtml">First</a></li>
<li><a href="b%20two.xhtml">Second</a></li></ol></nav></body></html>"""
CHAPTER = (
    '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><h1>{0}</h1><p>text {0}</p></body></html>'
)


def book(toc="", **members):
    """The bytes of a book with two chapters."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
        archive.writestr("OEBPS/book.opf", PACKAGE.format(toc=toc))
        archive.writestr("OEBPS/a.xhtml", CHAPTER.format("A"))
        archive.writestr("OEBPS/b two.xhtml", CHAPTER.format("B"))
        archive.writestr("OEBPS/cover.svg", "<svg/>")
        for name, data in members.items():
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize(
    ("toc", "name", "data"),
    [
        ('<item id="n" href="toc.ncx" media-type="application/x-dtbncx+xml"/>', "OEBPS/toc.ncx", NCX),
        ('<item id="n" href="nav.xhtml" properties="nav" media-type="application/xhtml+xml"/>', "OEBPS/nav.xhtml", NAV),
    ],
)
def test_spine(toc, name, data):
    """Chapters come in the spine's order; either kind of table of contents labels them."""
    text = load(book(toc, **{name: data}), limits=IN_PROCESS)
    assert text.text == "A\ntext A\nB\ntext B\n"
    assert [page.label for page in text.pages] == ["1", "First", "Second"]
    assert [text.text[h.start : h.end] for h in text.headings] == ["A", "B"]
    assert text.sources[0].metadata == {"title": "The Book", "author": "Ann, Bob"}


def test_style_sheets():
    """What the book's own style sheet hides is left out and counted."""
    chapter = CHAPTER.format("A").replace("<title/>", '<link rel="stylesheet" href="../css/s.css"/>')
    chapter = chapter.replace("<p>", '<p class="x">secret</p><p>')
    members = {"OEBPS/text/a.xhtml": chapter, "OEBPS/css/s.css": ".x { display: none }"}
    data = book(**members)
    package = PACKAGE.format(toc="").replace("a.xhtml", "text/a.xhtml")
    text = load(with_members(data, **{"OEBPS/book.opf": package}), limits=IN_PROCESS)
    assert text.text == "A\ntext A\nB\ntext B\n"
    assert [(item.reason, item.characters) for item in text.dropped if item.hidden] == [("not displayed", 6)]


def test_subprocess():
    """A book is read in the subprocess by default."""
    assert load(book()).text == "A\ntext A\nB\ntext B\n"


def test_rights_management():
    """Encrypted chapters are reported and the others read; encrypted fonts do not matter."""
    entry = '<EncryptedData><EncryptionMethod Algorithm="{}"/><CipherReference URI="{}"/></EncryptedData>'
    encryption = f"<encryption>{entry}</encryption>"
    aes, disguise = "http://www.w3.org/2001/04/xmlenc#aes256-cbc", "http://www.idpf.org/2008/embedding"
    text = load(book(**{"META-INF/encryption.xml": encryption.format(aes, "OEBPS/a.xhtml")}), limits=IN_PROCESS)
    assert text.text == "B\ntext B\n"
    assert [(d.reason, d.text) for d in text.dropped if "chapter" in d.reason] == [
        ("chapter not read: digital rights management", "OEBPS/a.xhtml")
    ]
    for method, member in ((aes, "OEBPS/font.otf"), (disguise, "OEBPS/fonts/1.bin")):
        text = load(book(**{"META-INF/encryption.xml": encryption.format(method, member)}), limits=IN_PROCESS)
        assert text.text == "A\ntext A\nB\ntext B\n"


def test_a_book_all_of_which_is_encrypted():
    """It is refused, with the reason."""
    entry = '<EncryptedData><CipherReference URI="OEBPS/{}"/></EncryptedData>'
    members = "".join(entry.format(member) for member in ("a.xhtml", "b%20two.xhtml", "cover.svg"))
    with pytest.raises(EncryptedError):
        load(book(**{"META-INF/encryption.xml": f"<encryption>{members}</encryption>"}), limits=IN_PROCESS)


def test_damaged():
    """A book without its package is damaged."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        archive.writestr("META-INF/container.xml", CONTAINER)
    with pytest.raises(MalformedError):
        load(file.getvalue(), limits=IN_PROCESS)
