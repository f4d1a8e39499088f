"""EPUB books are read in the order of their spine, a page an item."""

import base64
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


def with_spine(items, spine, **members):
    """A book whose manifest and spine hold the given items."""
    package = (
        f'<package xmlns="http://www.idpf.org/2007/opf"><manifest>{items}</manifest><spine>{spine}</spine></package>'
    )
    return with_members(book(**members), **{"OEBPS/book.opf": package})


PNG = base64.b64decode(
    "iVBORw0KGgoAAAANSUhEUgAAAAUAAAAFCAYAAACNbyblAAAAHElEQVQI12P4//8/w38GIAXDIBKE0DHxgljNBAAO9TXL0Y4OHwAAAABJRU5ErkJggg=="
)
PICTURE = '<p>text</p><img src="../img/p.png" width="90" height="90" alt="a fox"/>'


def test_pictures_come_from_the_book():
    """A chapter's picture is found beside it and shown in its place; one that is not there is named."""
    chapter = CHAPTER.format("A").replace(
        "<p>", f'{PICTURE}<img src="gone.png"/><img src="http://x.example/y.png"/><p>'
    )
    data = book(**{"OEBPS/text/a.xhtml": chapter, "OEBPS/img/p.png": PNG})
    text = load(
        with_members(data, **{"OEBPS/book.opf": PACKAGE.format(toc="").replace("a.xhtml", "text/a.xhtml")}),
        limits=IN_PROCESS,
    )
    assert "text\n[picture: a fox]\n[picture not shown: gone.png, a file of its own]\n" in text.text
    assert "[picture not shown: y.png, a remote address]" in text.text
    assert [file.name for file in text.embedded] == ["p.png"]


def test_spine_items_of_every_kind():
    """Pages, drawings, pictures, fallbacks and items out of line are read; what cannot be is reported with why."""
    shapes = '<rect width="50" height="50"/><text>Map</text>'
    svg = f'<svg xmlns="http://www.w3.org/2000/svg" width="90" height="90">{shapes}</svg>'
    items = "".join(
        f'<item id="{name}" href="{href}" media-type="{kind}"{rest}/>'
        for name, href, kind, rest in (
            ("a", "a.xhtml", "application/xhtml+xml", ""),
            ("map", "map.svg", "image/svg+xml", ""),
            ("p", "p.png", "image/png", ""),
            ("x", "x.foo", "application/x-foo", ' fallback="y"'),
            ("y", "y.foo", "application/y-foo", ' fallback="b"'),
            ("b", "b%20two.xhtml", "application/xhtml+xml", ""),
            ("gone", "gone.xhtml", "application/xhtml+xml", ""),
            ("bar", "bar.bin", "application/x-bar", ""),
        )
    )
    spine = "".join(f'<itemref idref="{name}"/>' for name in ("a", "map", "p", "x", "gone", "bar", "nowhere"))
    spine = spine.replace('"map"/', '"map" linear="no"/')
    data = with_spine(items, spine, **{"OEBPS/map.svg": svg, "OEBPS/p.png": PNG})
    text = load(data, limits=IN_PROCESS)
    assert text.text.startswith("A\ntext A\nMap\n")
    assert text.text.endswith("B\ntext B\n")
    assert {item.reason: item.text for item in text.dropped if "chapter" in item.reason} == {
        "chapter not read: missing from the book": "OEBPS/gone.xhtml",
        "chapter not read: a kind that is not read here (application/x-bar)": "OEBPS/bar.bin",
        "chapter not read: not in the book's list of files": "nowhere",
    }


def test_a_damaged_chapter_does_not_refuse_the_book():
    """One that is nested without end is reported, and the others are read."""
    text = load(with_members(book(), **{"OEBPS/a.xhtml": "<div>" * 100_000}), limits=IN_PROCESS)
    assert any(item.reason.startswith("chapter not read") for item in text.dropped)
    assert "B\ntext B\n" in text.text


def test_imported_style_sheets():
    """A book's sheet may import another one of the book, and itself."""
    chapter = CHAPTER.format("A").replace("<title/>", '<link rel="stylesheet" href="s.css"/>')
    chapter = chapter.replace("<p>", '<p class="x">secret</p><p>')
    sheets = {"OEBPS/s.css": "@import 't.css'; @import url(s.css);", "OEBPS/t.css": ".x { color: white }"}
    text = load(with_members(book(**sheets), **{"OEBPS/a.xhtml": chapter}), limits=IN_PROCESS)
    assert "secret" not in text.text


def test_formulas_and_switches():
    """MathML keeps its structure, and of a switch only one branch is read."""
    math = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'
    switch = (
        '<o:switch xmlns:o="http://www.idpf.org/2007/ops"><o:case required-namespace="x">'
        f"<p>share {math}</p></o:case><o:default><p>picture of it</p></o:default></o:switch>"
    )
    chapter = CHAPTER.format("A").replace("<p>", f"{switch}<p>")
    text = load(with_members(book(), **{"OEBPS/a.xhtml": chapter}), limits=IN_PROCESS)
    assert "share 1/2\n" in text.text
    assert "picture of it" not in text.text
