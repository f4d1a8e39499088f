"""Word files lose none of what a person sees: ruby, strikes, fields, forms, controls, symbols, breaks, wrappers."""

import docx
import pytest
from docx.enum.style import WD_STYLE_TYPE
from office_samples import add_notes, saved, word_xml

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
W14 = "http://schemas.microsoft.com/office/word/2010/wordml"


@pytest.fixture
def document():
    """A new document."""
    return docx.Document()


def read(document):
    """The document, loaded."""
    return load(saved(document), limits=IN_PROCESS)


def read_inline(xml):
    """A document with one paragraph of this XML, loaded."""
    document = docx.Document()
    document.element.body.insert(0, word_xml(f"<w:p>{xml}</w:p>"))
    return read(document)


def run(text, properties=""):
    """A run of a text."""
    return f'<w:r><w:rPr>{properties}</w:rPr><w:t xml:space="preserve">{text}</w:t></w:r>'


def mark(kind, inner=""):
    """One mark of a complex field."""
    return f'<w:r><w:fldChar w:fldCharType="{kind}">{inner}</w:fldChar></w:r>'


def field(instruction, result="", data=""):
    """A complex field."""
    code = f'<w:r><w:instrText xml:space="preserve">{instruction}</w:instrText></w:r>'
    return f"{mark('begin', data)}{code}{mark('separate')}{result}{mark('end')}"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (
            f"<w:r><w:ruby><w:rubyPr/><w:rt>{run('とう')}</w:rt><w:rubyBase>{run('東')}</w:rubyBase></w:ruby></w:r>",
            "東(とう)",
        ),
        (run("500", "<w:strike/>") + run("750"), "~~500~~750"),
        (run("500", "<w:dstrike/>") + run("750"), "~~500~~750"),
        (run("500", '<w:strike w:val="0"/>') + run("750"), "500750"),
        (run("one") + '<w:r><w:br w:type="page"/></w:r>' + run("two"), "one\ntwo"),
        (run("one") + '<w:r><w:br w:type="column"/></w:r>' + run("two"), "one\ntwo"),
        (run("one") + "<w:r><w:lastRenderedPageBreak/></w:r>" + run(" two"), "one two"),
        (run("one") + "<w:del>" + "<w:r><w:delText> and </w:delText></w:r></w:del>" + run("two"), "one two"),
        ("<w:moveFrom>" + run("gone") + "</w:moveFrom><w:moveTo>" + run("here") + "</w:moveTo>", "here"),
        ("<w:ins><w:del><w:r><w:delText>x</w:delText></w:r></w:del></w:ins>" + run("y"), "y"),
        (run("10") + run("6", '<w:vertAlign w:val="superscript"/>'), "10⁶"),
        (run("10") + run("6,5", '<w:vertAlign w:val="superscript"/>'), "10^(6,5)"),
        (run("5") + run("th", '<w:vertAlign w:val="superscript"/>'), "5th"),
        (run("x") + run("2", '<w:position w:val="6"/>'), "x²"),
        ('<w:r><w:sym w:font="Wingdings" w:char="F0FC"/></w:r>', "✓"),
        (run("ü", '<w:rFonts w:ascii="Wingdings"/>'), "✓"),
        (run("a", '<w:rFonts w:ascii="Symbol"/>'), "α"),
        (run("\uf0b7", '<w:rFonts w:ascii="Symbol"/>') + run(" x"), "• x"),
        (f"<w:smartTag>{run('a')}</w:smartTag><w:customXml>{run('b')}</w:customXml>", "ab"),
        (f'<w:bdo w:val="rtl">{run("a")}</w:bdo><w:dir w:val="ltr">{run("b")}</w:dir>', "ab"),
    ],
)
def test_runs(xml, text):
    """Whatever the runs are set in, their words are kept as they are meant."""
    assert read_inline(xml).text == f"{text}\n"


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (field("PAGE", run("7")), "7"),
        (field("IF 1 = 1 " + "x", run("yes")), "yes"),
        (mark("begin") + "<w:r><w:instrText>IF </w:instrText></w:r>" + field("MERGEFIELD a", run("secret"))
         + mark("separate") + run("shown") + mark("end"), "shown"),
        (field("FORMCHECKBOX", data="<w:ffData><w:checkBox><w:checked/></w:checkBox></w:ffData>") + run(" a"), "☒ a"),
        (field("FORMCHECKBOX", data='<w:ffData><w:checkBox><w:default w:val="0"/></w:checkBox></w:ffData>'), "☐"),
        (field("FORMTEXT", run("Ann")), "Ann"),
        (field("FORMDROPDOWN", data='<w:ffData><w:ddList><w:result w:val="1"/><w:listEntry w:val="red"/>'
         '<w:listEntry w:val="blue"/></w:ddList></w:ffData>'), "blue"),
        (field("MACROBUTTON NoMacro Click here"), "Click here"),
        (field(r'SYMBOL 252 \f "Wingdings" \s 12'), "✓"),
        (field(r"EQ \* jc2 \o\ad(\s\up 9(とう),東)"), "東(とう)"),
        (field("REF a", field("REF b", run("deep"))), "deep"),
        (f'<w:fldSimple w:instr="MERGEFIELD name">{run("Ann")}</w:fldSimple>', "Ann"),
        (mark("begin") + run("not lost"), "not lost"),
    ],
)  # fmt: skip
def test_fields(xml, text):
    """A field shows its result or its state, never its instruction; a damaged one swallows nothing."""
    assert read_inline(xml).text == f"{text}\n"


def test_a_field_that_is_not_understood_is_reported():
    """A field without a result whose kind is not understood is reported by its name."""
    text = read_inline(run("x") + mark("begin") + "<w:r><w:instrText>AUTONUM 1</w:instrText></w:r>" + mark("end"))
    assert [(item.reason, item.text) for item in text.dropped] == [("not understood: field AUTONUM", "AUTONUM 1")]


@pytest.mark.parametrize(
    ("settings", "content", "text"),
    [
        (f'<w14:checkbox xmlns:w14="{W14}"><w14:checked w14:val="1"/></w14:checkbox>', run("☒"), "☒"),
        (f'<w14:checkbox xmlns:w14="{W14}"><w14:checked w14:val="1"/></w14:checkbox>', "", "☒"),
        (f'<w14:checkbox xmlns:w14="{W14}"><w14:checked w14:val="0"/></w14:checkbox>', "", "☐"),
        ('<w:dropDownList><w:listItem w:displayText="red"/></w:dropDownList>', run("red"), "red"),
        ('<w:date w:fullDate="2026-01-02T00:00:00Z"/>', run("2 January 2026"), "2 January 2026"),
    ],
)
def test_content_controls(settings, content, text):
    """A content control shows what it holds, and a box whether it is ticked."""
    xml = f"<w:sdt><w:sdtPr>{settings}</w:sdtPr><w:sdtContent>{content}</w:sdtContent></w:sdt>"
    assert read_inline(run("a ") + xml).text == f"a {text}\n"


def test_links_are_kept_and_their_addresses_reported(document):
    """A link's words are text; where it leads to is reported."""
    part = document.part
    identifier = part.relate_to(
        "https://example.org/a", docx.opc.constants.RELATIONSHIP_TYPE.HYPERLINK, is_external=True
    )
    paragraph = document.add_paragraph("see ")
    paragraph._p.append(word_xml(f'<w:hyperlink r:id="{identifier}">{run("here")}</w:hyperlink>'))
    paragraph._p.extend(
        word_xml(f"<w:p>{field('HYPERLINK &quot;https://example.org/b&quot;', run(' or there'))}</w:p>")
    )
    text = read(document)
    assert text.text == "see here or there\n"
    assert [(item.reason, item.text, item.hidden) for item in text.dropped] == [
        ("link address", "https://example.org/a https://example.org/b", False)
    ]


def test_replies_to_comments_say_what_they_answer(document):
    """A reply to a comment names the comment that it answers."""
    paragraph = document.add_paragraph("claim")
    first = document.add_comment(paragraph.runs, text="really?", author="Ann")
    second = document.add_comment(paragraph.runs, text="yes", author="Bob")
    for number, comment in enumerate((first, second)):
        comment._comment_elm.xpath("w:p")[-1].set(f"{{{W14}}}paraId", f"0000000{number}")
    space = "http://schemas.microsoft.com/office/word/2012/wordml"
    xml = (
        f'<w15:commentsEx xmlns:w15="{space}"><w15:commentEx w15:paraId="00000000"/>'
        '<w15:commentEx w15:paraId="00000001" w15:paraIdParent="00000000"/></w15:commentsEx>'
    )
    part = docx.opc.part.Part(
        docx.opc.packuri.PackURI("/word/commentsExtended.xml"), "application/xml", xml.encode(), document.part.package
    )
    document.part.relate_to(part, "http://schemas.microsoft.com/office/2011/relationships/commentsExtended")
    lines = read(document).text.splitlines()
    assert lines == ["claim[comment 1][comment 2]", "[comment 1, Ann] really?", "[comment 2, Bob, answers 1] yes"]


def test_marks_of_notes_are_raised_once(document):
    """The mark of a note or comment is as it is, though its run is raised."""
    add_notes(document, "footnote", ["note"])
    raised = '<w:rPr><w:vertAlign w:val="superscript"/></w:rPr>'
    document.add_paragraph("x")._p.append(word_xml(f'<w:r>{raised}<w:footnoteReference w:id="1"/></w:r>'))
    assert read(document).text == "x¹\n¹ note\n"


def test_notes_that_nothing_refers_to_are_reported(document):
    """A footnote without a reference, which Word does not show, is left out and reported."""
    document.add_paragraph("x")
    add_notes(document, "footnote", ["orphan"])
    text = read(document)
    assert text.text == "x\n"
    assert [(item.reason, item.text) for item in text.dropped] == [("footnote that nothing refers to", "orphan")]


def test_rows_and_cells_that_were_deleted(document):
    """A row or cell whose deletion is tracked is left out and reported; inserted ones are kept."""
    table = document.add_table(3, 2)
    for number, cell in enumerate(table._cells):
        cell.text = f"c{number}"
    table.rows[1]._tr.get_or_add_trPr().append(word_xml('<w:del w:id="1"/>'))
    table.rows[0]._tr.get_or_add_trPr().append(word_xml('<w:ins w:id="2"/>'))
    table.cell(2, 1)._tc.get_or_add_tcPr().append(word_xml('<w:cellDel w:id="3"/>'))
    text = read(document)
    assert text.text == "c0 | c1\nc4 | \n"
    assert [(item.reason, item.text) for item in text.dropped] == [("tracked deletion", "c2 c3 c5")]


def test_watermarks_and_drawn_letters(document):
    """A watermark is marked as one, and drawn letters are text."""
    shape = '<w:r><w:pict><v:shape id="{}" style="width:400pt"><v:textpath string="{}"/></v:shape></w:pict></w:r>'
    header = document.sections[0].header.paragraphs[0]
    header._p.append(word_xml(shape.format("PowerPlusWaterMarkObject1", "DRAFT")))
    document.add_paragraph("x")._p.append(word_xml(shape.format("WordArt", "Big sale")))
    assert read(document).text == "[watermark: DRAFT]\nx\nBig sale\n"


def test_code_is_typeset_as_it_stands(document):
    """Paragraphs in monospaced type, by run or by style, keep lines and columns; a typewritten text runs on."""
    document.styles.add_style("Listing", WD_STYLE_TYPE.PARAGRAPH).font.name = "Consolas"
    document.add_paragraph("The program counts ships. " * 9)
    document.add_paragraph().add_run("def count(ships):").font.name = "Courier New"
    document.add_paragraph("    return len(ships)", style="Listing")
    document.add_paragraph("It takes a list.").add_run(" len").font.name = "Courier New"
    text = read(document)
    assert [text.text[start:end] for start, end in text.verbatim] == ["def count(ships):\n    return len(ships)"]
    typewritten = docx.Document()
    typewritten.styles["Normal"].font.name = "Courier New"
    typewritten.add_paragraph("All of it was typed.")
    assert read(typewritten).verbatim == ()


def test_subdocuments_are_reported(document):
    """A document that is kept in a file of its own is not in the text, and its name is reported."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships/subDocument"
    identifier = document.part.relate_to("chapter1.docx", kind, is_external=True)
    document.add_paragraph("x")
    document.element.body.insert(1, word_xml(f'<w:p><w:subDoc r:id="{identifier}"/></w:p>'))
    text = read(document)
    assert text.text == "x\n"
    reason = "not understood: subdocument in another file"
    assert [(item.reason, item.text) for item in text.dropped] == [(reason, "chapter1.docx")]
