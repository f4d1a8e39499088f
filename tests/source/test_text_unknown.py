"""Whatever Word, OpenDocument and RTF files hold that is not understood is reported or read: nothing is lost."""

import docx
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from odt_samples import read_odt
from office_samples import saved, with_members

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
WORDS = st.text("abcdefghijklmnopqrstuvwxyz", min_size=4, max_size=9)
NAMES = st.text("abcdefghijklmnopqrstuvwxyz", min_size=9, max_size=14).map("q".__add__)
QUICKLY = settings(max_examples=30, deadline=None, suppress_health_check=[HealthCheck.too_slow])
TEMPLATE = docx.Document()
for paragraph in TEMPLATE.paragraphs:
    paragraph._p.getparent().remove(paragraph._p)
TEMPLATE_BYTES = saved(TEMPLATE)


def read_word(body):
    """A Word document with this body, loaded."""
    space = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
    xml = f"<w:document {space}><w:body><w:p><w:r><w:t>seen</w:t></w:r></w:p>{body}</w:body></w:document>"
    return load(with_members(TEMPLATE_BYTES, **{"word/document.xml": xml}), limits=IN_PROCESS)


def is_accounted_for(text, words):
    """Whether words stand in a text or in its report."""
    return words in text.text or any(words in item.text for item in text.dropped)


PLACES_IN_WORD = {
    "body": "{}",
    "paragraph": "<w:p>{}</w:p>",
    "run": "<w:p><w:r>{}</w:r></w:p>",
    "link": "<w:p><w:hyperlink>{}</w:hyperlink></w:p>",
    "control": "<w:sdt><w:sdtContent>{}</w:sdtContent></w:sdt>",
    "table": "<w:tbl>{}<w:tr><w:tc><w:p/></w:tc></w:tr></w:tbl>",
    "row": "<w:tbl><w:tr>{}<w:tc><w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>",
    "cell": "<w:tbl><w:tr><w:tc>{}<w:p/></w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>",
    "frame": "<w:tbl><w:tr><w:tc>{}<w:p/></w:tc></w:tr></w:tbl>",
    "drawing": "<w:p><w:r><w:drawing>{}</w:drawing></w:r></w:p>",
}


@pytest.mark.parametrize("place", PLACES_IN_WORD)
@given(name=NAMES, words=WORDS, own=st.booleans())
@QUICKLY
def test_unknown_elements_in_word(place, name, words, own):
    """An element that no Word file has today is reported by its name, its words with it."""
    tag, space = (f"w:{name}", "") if own else (f"x:{name}", ' xmlns:x="urn:x"')
    text = read_word(PLACES_IN_WORD[place].format(f"<{tag}{space}>{words}</{tag}>"))
    assert is_accounted_for(text, words)
    assert any(name in item.reason for item in text.dropped)


@pytest.mark.parametrize("place", ["body", "paragraph"])
@given(name=NAMES, words=WORDS)
@QUICKLY
def test_words_within_unknown_wrappers_in_word(place, name, words):
    """What stands in an unknown wrapper of Word's own is read."""
    inner = f"<w:r><w:t>{words}</w:t></w:r>"
    inner = f"<w:p>{inner}</w:p>" if place == "body" else inner
    text = read_word(PLACES_IN_WORD[place].format(f"<w:{name}>{inner}</w:{name}>"))
    assert words in text.text


PLACES_IN_ODT = {
    "body": "{}",
    "paragraph": "<text:p>{}</text:p>",
    "span": "<text:p><text:span>{}</text:span></text:p>",
    "section": "<text:section>{}</text:section>",
    "list": "<text:list><text:list-item>{}</text:list-item></text:list>",
    "list without an item": "<text:list>{}</text:list>",
    "table": "<table:table>{}<table:table-row><table:table-cell/><table:table-cell/></table:table-row></table:table>",
    "row": "<table:table><table:table-row>{}<table:table-cell/><table:table-cell/></table:table-row></table:table>",
    "cell": "<table:table><table:table-row><table:table-cell>{}</table:table-cell><table:table-cell/>"
    "</table:table-row></table:table>",
    "frame": "<text:p><draw:frame>{}</draw:frame></text:p>",
    "text box": "<text:p><draw:frame><draw:text-box>{}</draw:text-box></draw:frame></text:p>",
}  # fmt: skip


@pytest.mark.parametrize("place", PLACES_IN_ODT)
@given(name=NAMES, words=WORDS, own=st.booleans())
@QUICKLY
def test_unknown_elements_in_odt(place, name, words, own):
    """An element that no OpenDocument text has today is reported by its name, its words with it or read."""
    tag, space = (f"text:{name}", "") if own else (f"x:{name}", ' xmlns:x="urn:x"')
    text = read_odt("<text:p>seen</text:p>" + PLACES_IN_ODT[place].format(f"<{tag}{space}>{words}</{tag}>"))
    assert is_accounted_for(text, words)
    assert any(name in item.reason for item in text.dropped)


@given(name=NAMES, words=WORDS, starred=st.booleans())
@QUICKLY
def test_unknown_words_in_rtf(name, words, starred):
    """Text after an unknown word is read; a group that a reader may pass over is reported by its name and its text."""
    body = rf"seen {{{chr(92) + '*' if starred else ''}\{name} {words}}}\par"
    text = load(f"{{\\rtf1 {body}}}".encode(), limits=IN_PROCESS)
    assert is_accounted_for(text, words)
    assert starred == any(name in item.reason for item in text.dropped)


@given(data=st.binary(max_size=300))
@QUICKLY
def test_rtf_of_any_bytes(data):
    """No bytes make the reader of RTF fail in any other way than ours."""
    load(b"{\\rtf1 seen\\par " + data, media_type="application/rtf", limits=IN_PROCESS)


def test_parts_that_nothing_shows_are_reported():
    """A relation to nowhere, macros and a picture that the text does not show cost nothing and are reported."""
    document = docx.Document()
    document.add_paragraph("seen")
    data = saved(document)
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="r1" Type="{kind}/image" Target="NULL"/>'
        f'<Relationship Id="r2" Type="{kind}/image" Target="media/a.png"/>'
        '<Relationship Id="r3" Type="http://schemas.microsoft.com/office/2006/relationships/vbaProject" '
        'Target="vbaProject.bin"/></Relationships>'
    )
    members = {"word/_rels/document.xml.rels": relations, "word/media/a.png": b"x", "word/vbaProject.bin": b"x"}
    text = load(with_members(data, **members), limits=IN_PROCESS)
    assert text.text == "seen\n"
    assert {item.reason for item in text.dropped} == {
        "not understood: relation to a part that is not in the file",
        "not understood: image that the text does not refer to",
        "not understood: macros",
    }


@pytest.mark.parametrize("part", ["styles", "numbering", "settings", "theme/theme1"])
def test_a_damaged_part_costs_nothing_but_itself(part):
    """A Word document is read without a part that is damaged or declares a document type, which is reported."""
    document = docx.Document()
    document.add_paragraph("seen")
    for damaged in ("<w:styles", '<!DOCTYPE x [<!ENTITY a "b">]><x/>'):
        text = load(with_members(saved(document), **{f"word/{part}.xml": damaged}), limits=IN_PROCESS)
        assert text.text == "seen\n"
        assert any("cannot be read" in item.reason for item in text.dropped)


def test_a_damaged_header_and_footnotes_are_reported():
    """A header and notes that cannot be read are reported, and the rest is read."""
    document = docx.Document()
    document.add_paragraph("seen")
    document.sections[0].header.paragraphs[0].text = "head"
    data = saved(document)
    text = load(with_members(data, **{"word/header1.xml": "<w:hdr"}), limits=IN_PROCESS)
    assert text.text == "seen\n"
    assert any(item.reason.startswith("not understood: header that cannot be read") for item in text.dropped)


def test_damaged_styles_of_odt_are_reported():
    """An OpenDocument text is read without styles that are damaged."""
    text = read_odt("<text:p>seen</text:p>", members={"styles.xml": "<office"})
    assert text.text == "seen\n"
    assert any("styles.xml that cannot be read" in item.reason for item in text.dropped)
