"""Word files keep their order, headings, list marks, tables, notes, headers; hidden and deleted text stays out."""

import docx
import pytest
from docx.shared import Pt, RGBColor
from office_samples import add_notes, member, saved, with_members, word_xml

from glyph_integrations.errors import EmptyError, MalformedError
from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)


@pytest.fixture
def document():
    """A new document."""
    return docx.Document()


def lines(document):
    """The loaded text's lines."""
    return load(saved(document), limits=IN_PROCESS).text.splitlines()


def test_subprocess(document):
    """A Word file is read in the subprocess by default, with the same result."""
    document.add_heading("Scope", 1)
    data = saved(document)
    assert load(data).text == load(data, limits=IN_PROCESS).text == "Scope\n"


def test_order_and_headings(document):
    """Paragraphs, tables and headings come in order, headings with their levels."""
    document.add_heading("Agreement", 0)
    document.add_paragraph("before")
    document.add_table(1, 2).cell(0, 0).text = "cell"
    document.add_heading("Details", 2)
    document.add_paragraph("after")
    text = load(saved(document), limits=IN_PROCESS)
    assert text.text == "Agreement\nbefore\ncell | \nDetails\nafter\n"
    assert [(h.level, text.text[h.start : h.end]) for h in text.headings] == [(1, "Agreement"), (2, "Details")]
    assert len(text.pages) == 1
    assert text.pages[0].width == 0


def test_headers_and_footers_once(document):
    """Headers and footers come once, those of a later section where it begins and ends."""
    first = document.sections[0]
    first.header.paragraphs[0].text = "Head"
    first.footer.paragraphs[0].text = "Foot"
    document.add_paragraph("one")
    second = document.add_section()
    second.header.is_linked_to_previous = False
    second.header.paragraphs[0].text = "Second head"
    document.add_paragraph("two")
    assert lines(document) == ["Head", "one", "Foot", "Second head", "two"]


def test_first_page_header_only_where_it_shows(document):
    """A header of the first page counts only where the section has one."""
    section = document.sections[0]
    section.first_page_header.paragraphs[0].text = "Cover"
    document.add_paragraph("x")
    section.different_first_page_header_footer = False
    assert lines(document) == ["x"]
    section.different_first_page_header_footer = True
    assert lines(document) == ["Cover", "x"]


NUMBERING = """<w:abstractNum w:abstractNumId="90">
<w:lvl w:ilvl="0"><w:start w:val="1"/><w:numFmt w:val="decimal"/><w:lvlText w:val="%1."/></w:lvl>
<w:lvl w:ilvl="1"><w:start w:val="1"/><w:numFmt w:val="lowerLetter"/><w:lvlText w:val="%1.%2)"/></w:lvl>
<w:lvl w:ilvl="2"><w:start w:val="1"/><w:numFmt w:val="bullet"/><w:lvlText w:val="&#xF0A7;"/>
<w:rPr><w:rFonts w:ascii="Wingdings"/></w:rPr></w:lvl></w:abstractNum>"""


def test_list_numbers(document):
    """Multi-level lists count, restart below a higher level and where a list says so, as Word counts."""
    numbering = document.part.numbering_part.element
    numbering.insert(0, word_xml(NUMBERING))
    numbering.append(word_xml('<w:num w:numId="90"><w:abstractNumId w:val="90"/></w:num>'))
    override = '<w:lvlOverride w:ilvl="0"><w:startOverride w:val="7"/></w:lvlOverride>'
    numbering.append(word_xml(f'<w:num w:numId="91"><w:abstractNumId w:val="90"/>{override}</w:num>'))
    for number, level, text in (
        (90, 0, "a"),
        (90, 1, "b"),
        (90, 1, "c"),
        (90, 2, "d"),
        (90, 0, "e"),
        (90, 1, "f"),
        (91, 0, "g"),
    ):
        paragraph = document.add_paragraph(text)
        paragraph._p.get_or_add_pPr().append(
            word_xml(f'<w:numPr><w:ilvl w:val="{level}"/><w:numId w:val="{number}"/></w:numPr>')
        )
    assert lines(document) == ["1. a", "  1.a) b", "  1.b) c", "    ▪ d", "2. e", "  2.a) f", "7. g"]


def test_lists_by_style(document):
    """List styles number and mark their paragraphs."""
    for style in ("List Number", "List Number", "List Bullet"):
        document.add_paragraph("x", style=style)
    assert lines(document) == ["1. x", "2. x", "• x"]


def test_tables(document):
    """Merged cells come once, in their first place, and the columns stay."""
    table = document.add_table(3, 3)
    for row in range(3):
        for column in range(3):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(0, 1)).text = "wide"
    table.cell(1, 2).merge(table.cell(2, 2)).text = "tall"
    text = load(saved(document), limits=IN_PROCESS)
    assert text.text.splitlines() == ["wide |  | 02", "10 | 11 | tall", "20 | 21 | "]
    assert len(text.tables[0].rows) == 3


def test_nested_tables(document):
    """A table within a table's cell stays a table, and so do the rows around it."""
    outer = document.add_table(2, 2)
    outer.cell(0, 0).text, outer.cell(0, 1).text = "a", "b"
    outer.cell(1, 0).text = "left"
    inner = outer.cell(1, 1).add_table(2, 2)
    for row in range(2):
        for column in range(2):
            inner.cell(row, column).text = f"n{row}{column}"
    assert lines(document) == ["a | b", "left", "n00 | n01", "n10 | n11"]


def test_notes(document):
    """Footnotes follow their paragraph, endnotes the text, both with the marks that stand in the text."""
    add_notes(document, "footnote", ["first note", "second note"])
    add_notes(document, "endnote", ["at the end"])
    for text, kind, number in (("b", "footnote", 2), ("a", "footnote", 1), ("c", "endnote", 1)):
        paragraph = document.add_paragraph(text)
        paragraph._p.append(word_xml(f'<w:r><w:{kind}Reference w:id="{number}"/></w:r>'))
    assert lines(document) == ["b¹", "¹ second note", "a²", "² first note", "c[i]", "[i] at the end"]


def test_comments(document):
    """Comments are marked where they hang and follow with their author."""
    paragraph = document.add_paragraph("claim")
    document.add_comment(paragraph.runs, text="really?", author="Ann")
    assert lines(document) == ["claim[comment 1]", "[comment 1, Ann] really?"]


def test_tracked_changes(document):
    """Insertions are read; deletions are left out, and counted as no secret."""
    paragraph = document.add_paragraph("a ")
    paragraph._p.append(word_xml('<w:ins w:id="1"><w:r><w:t>new</w:t></w:r></w:ins>'))
    paragraph._p.append(word_xml('<w:del w:id="2"><w:r><w:delText>old</w:delText></w:r></w:del>'))
    text = load(saved(document), limits=IN_PROCESS)
    assert text.text == "a new\n"
    assert [(item.reason, item.characters, item.hidden) for item in text.dropped] == [("tracked deletion", 3, False)]


@pytest.mark.parametrize(
    ("hide", "reason"),
    [
        (lambda font: setattr(font, "hidden", True), "not displayed"),
        (lambda font: setattr(font, "size", Pt(1)), "under 2 pt"),
        (lambda font: setattr(font.color, "rgb", RGBColor(255, 255, 255)), "color of its background"),
    ],
)
def test_hidden_text(document, hide, reason):
    """What a person cannot see is left out, and counted as hidden, set directly or by a style."""
    paragraph = document.add_paragraph("seen ")
    hide(paragraph.add_run("unseen").font)
    style = document.styles.add_style("Sly", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    hide(style.font)
    document.add_paragraph("more", style="Sly")
    text = load(saved(document), limits=IN_PROCESS)
    assert text.text == "seen \n"
    assert [(item.reason, item.characters, item.hidden) for item in text.dropped] == [(reason, 10, True)]


def test_white_on_a_dark_cell_stays(document):
    """White text in a cell that is filled with a dark color is no hidden text; in a cell without a fill it is."""
    table = document.add_table(1, 2)
    for cell, text in zip(table.rows[0].cells, ("head", "secret"), strict=True):
        cell.paragraphs[0].add_run(text).font.color.rgb = RGBColor(255, 255, 255)
    table.cell(0, 0)._tc.get_or_add_tcPr().append(word_xml('<w:shd w:val="clear" w:fill="1F3864"/>'))
    assert lines(document) == ["head | "]


def test_text_boxes_once(document):
    """A text box is read once, though the file holds it in two forms."""
    paragraph = document.add_paragraph("anchor")
    content = "<w:txbxContent><w:p><w:r><w:t>boxed</w:t></w:r></w:p></w:txbxContent>"
    paragraph._p.append(
        word_xml(
            '<w:r><mc:AlternateContent><mc:Choice Requires="wps"><w:drawing><wps:txbx>'
            f"{content}</wps:txbx></w:drawing></mc:Choice><mc:Fallback><w:pict><v:textbox>{content}"
            "</v:textbox></w:pict></mc:Fallback></mc:AlternateContent></w:r>"
        )
    )
    assert lines(document) == ["anchor", "boxed"]


def test_characters(document):
    """Symbols, special hyphens, tabs, raised characters and links are text."""
    paragraph = document.add_paragraph()
    paragraph._p.append(
        word_xml(
            '<w:r><w:sym w:font="Wingdings" w:char="F0FE"/><w:tab/><w:t>non</w:t><w:noBreakHyphen/><w:t>x</w:t></w:r>'
        )
    )
    paragraph.add_run("2").font.superscript = True
    paragraph._p.append(word_xml("<w:hyperlink><w:r><w:t> link</w:t></w:r></w:hyperlink>"))
    assert lines(document) == ["☑\tnon\u2011x² link"]


def test_fields_show_their_results(document):
    """A field shows what it last came to, not its code."""
    paragraph = document.add_paragraph("on ")
    paragraph._p.append(
        word_xml(
            '<w:r><w:fldChar w:fldCharType="begin"/><w:instrText>DATE</w:instrText>'
            '<w:fldChar w:fldCharType="separate"/><w:t>1 May</w:t><w:fldChar w:fldCharType="end"/></w:r>'
        )
    )
    assert lines(document) == ["on 1 May"]


def test_equations(document):
    """Equations stay legible on one line."""
    paragraph = document.add_paragraph("so ")
    paragraph._p.append(
        word_xml(
            "<m:oMath><m:f><m:num><m:r><m:t>a+b</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r></m:den></m:f>"
            "<m:r><m:t>=</m:t></m:r><m:sSup><m:e><m:r><m:t>x</m:t></m:r></m:e>"
            "<m:sup><m:r><m:t>2</m:t></m:r></m:sup></m:sSup></m:oMath>"
        )
    )
    assert lines(document) == ["so (a+b)/2=x²"]


def test_metadata(document):
    """What the file says about itself is in the metadata."""
    document.core_properties.title, document.core_properties.author = "Contract", "Ann"
    document.add_paragraph("x")
    metadata = load(saved(document), limits=IN_PROCESS).sources[0].metadata
    assert (metadata["title"], metadata["author"]) == ("Contract", "Ann")


def test_macros_and_templates_are_read(document):
    """A document with macros, or a template, reads like a document."""
    document.add_paragraph("x")
    data = saved(document)
    types = "wordprocessingml.document.main+xml"
    with_macros = with_members(
        data,
        **{
            "[Content_Types].xml": member(data, "[Content_Types].xml").replace(
                f"vnd.openxmlformats-officedocument.{types}", "vnd.ms-word.document.macroEnabled.main+xml"
            )
        },
    )
    assert load(with_macros, limits=IN_PROCESS).text == "x\n"


def test_strict_variant(document):
    """Office's strict variant, which has other namespaces, is read too."""
    document.add_paragraph("x")
    data = saved(document)
    transitional = "http://schemas.openxmlformats.org/"
    members = {
        name: member(data, name)
        .replace(
            f"{transitional}officeDocument/2006/relationships",
            "http://purl.oclc.org/ooxml/officeDocument/relationships",
        )
        .replace(f"{transitional}wordprocessingml/2006/main", "http://purl.oclc.org/ooxml/wordprocessingml/main")
        for name in ("word/document.xml", "_rels/.rels", "word/_rels/document.xml.rels", "word/styles.xml")
    }
    assert load(with_members(data, **members), limits=IN_PROCESS).text == "x\n"


def test_empty_and_damaged(document):
    """A blank document is empty; one without its main part is damaged."""
    data = saved(document)
    with pytest.raises(EmptyError):
        load(data, limits=IN_PROCESS)
    with pytest.raises(MalformedError):
        load(with_members(data, **{"word/document.xml": None, "word/x.xml": "<a/>"}), limits=IN_PROCESS)
    with pytest.raises(MalformedError):
        load(with_members(data, **{"word/document.xml": "<w:document"}), limits=IN_PROCESS)
