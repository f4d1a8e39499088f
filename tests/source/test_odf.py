"""OpenDocument texts, sheets and slides keep their structure; hidden and deleted text stays out."""

import io

import pytest
from odfdo import Document, DrawPage, Element, Frame, Header, List, Paragraph, Table
from office_samples import with_members

from glyph_integrations.errors import EncryptedError
from glyph_integrations.source import Limits, load
from glyph_integrations.source.media_types import ODP, ODS, ODT

IN_PROCESS = Limits(isolated=False)


def saved(document):
    """The bytes of a document."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def document(kind, *elements):
    """A document of a kind with nothing but the elements."""
    result = Document(kind)
    result.body.clear()
    for element in elements:
        result.body.append(element)
    return result


def read(document):
    """The document, saved and loaded."""
    return load(saved(document), limits=IN_PROCESS)


def read_xml(body, styles="", media_type=ODT):
    """A document from its XML, loaded."""
    names = ("office", "style", "text", "table", "drawing", "presentation", "svg-compatible", "xsl-fo-compatible")
    prefixes = ("office", "style", "text", "table", "draw", "presentation", "svg", "fo")
    spaces = " ".join(
        f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"'
        for prefix, name in zip(prefixes, names, strict=True)
    )
    spaces += ' xmlns:dc="http://purl.org/dc/elements/1.1/"'
    kind = {ODT: "text", ODS: "spreadsheet", ODP: "presentation"}[media_type]
    content = (
        f"<office:document-content {spaces}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    template = saved(Document(kind))
    return load(with_members(template, **{"content.xml": content}), media_type=media_type, limits=IN_PROCESS)


def test_text():
    """Paragraphs, headings, lists, tables, notes and comments come in order."""
    paragraph = Paragraph("Hello world")
    paragraph.insert_note(after="world", note_id="n1", citation="1", body="The footnote")
    paragraph.insert_annotation(after="Hello", body="A comment", creator="Bob")
    items = List(["one", "two"])
    items.get_items()[0].append(List(["inner"]))
    table = Table("T", width=2, height=2)
    for place, value in (("A1", "x"), ("B1", 1.5), ("A2", "y")):
        table.set_value(place, value)
    text = read(document("text", Header(2, "Title"), paragraph, items, table))
    assert text.text.splitlines() == [
        "1.1. Title" if "1.1." in text.text else text.text.splitlines()[0],
        "Hello[comment 1] world¹",
        "[comment 1, Bob] A comment",
        "¹ The footnote",
        "• one",
        "  • inner",
        "• two",
        "x | 1.5",
        "y | ",
    ]
    assert text.text.splitlines()[0].endswith("Title")
    assert [heading.level for heading in text.headings] == [2]


def test_subprocess():
    """An OpenDocument file is read in the subprocess by default."""
    assert load(saved(document("text", Paragraph("x")))).text == "x\n"


LIST_STYLE = (
    '<text:list-style style:name="L"><text:list-level-style-number text:level="1" style:num-format="1" '
    'style:num-suffix="."/><text:list-level-style-number text:level="2" style:num-format="a" style:num-suffix=")" '
    'text:display-levels="2"/></text:list-style>'
)


def test_list_numbers():
    """Numbered lists count by level, go on where they say so, and start where they say so."""
    text = read_xml(
        '<text:list text:style-name="L"><text:list-item><text:p>a</text:p><text:list><text:list-item><text:p>b</text:p>'
        "</text:list-item></text:list></text:list-item></text:list><text:p>between</text:p>"
        '<text:list text:style-name="L" text:continue-numbering="true"><text:list-item><text:p>c</text:p>'
        '</text:list-item><text:list-item text:start-value="9"><text:p>d</text:p></text:list-item></text:list>',
        LIST_STYLE,
    )
    assert text.text.splitlines() == ["1. a", "  1.a) b", "between", "2. c", "9. d"]


def test_hidden_and_deleted():
    """Hidden text and sections are left out and counted as hidden, tracked deletions as none."""
    text = read_xml(
        "<text:tracked-changes><text:changed-region><text:deletion><text:p>old</text:p></text:deletion>"
        "</text:changed-region></text:tracked-changes>"
        '<text:p>seen<text:span text:style-name="H">secret</text:span></text:p>'
        '<text:section text:display="none"><text:p>plan</text:p></text:section>',
        '<style:style style:name="H" style:family="text"><style:text-properties text:display="none"/></style:style>',
    )
    assert text.text == "seen\n"
    assert {(item.reason, item.characters, item.hidden) for item in text.dropped} == {
        ("not displayed", 10, True),
        ("tracked deletion", 3, False),
    }


def test_spaces_frames_and_raised():
    """Runs of spaces, tabs, line breaks, text boxes and raised characters are text."""
    text = read_xml(
        '<text:p>a<text:s text:c="3"/>b<text:tab/>c<text:line-break/>x<text:span text:style-name="S">2</text:span>'
        "<draw:frame><draw:text-box><text:p>boxed</text:p></draw:text-box></draw:frame></text:p>"
        "<text:p><draw:frame><draw:image/><svg:desc>a fox</svg:desc></draw:frame></text:p>",
        '<style:style style:name="S" style:family="text"><style:text-properties style:text-position="super 58%"/>'
        "</style:style>",
    )
    assert text.text == "a   b\tc\nx²\nboxed\n[picture not shown: unnamed, it is not in the file: a fox]\n"


def test_styles():
    """Styles make headings, raise characters and hide white text, except where it stands on a dark color."""
    white = (
        '<style:style style:name="{}" style:family="text"><style:text-properties fo:color="#FFFFFF" {}/></style:style>'
    )
    text = read_xml(
        '<text:p text:style-name="P1">Head</text:p><text:p>x<text:span text:style-name="S">2</text:span>'
        '<text:span text:style-name="W">secret</text:span><text:span text:style-name="C"> too</text:span></text:p>'
        '<table:table><table:table-row><table:table-cell table:style-name="D"><text:p>'
        '<text:span text:style-name="W">cell</text:span>'
        "</text:p></table:table-cell><table:table-cell/></table:table-row></table:table>",
        '<style:style style:name="P1" style:family="paragraph" style:parent-style-name="Heading_20_2"/>'
        '<style:style style:name="S" style:family="text"><style:text-properties style:text-position="33% 80%"/>'
        '</style:style><style:style style:name="D" style:family="table-cell"><style:table-cell-properties '
        'fo:background-color="#222222"/></style:style>'
        + white.format("W", "")
        + white.format("C", 'fo:background-color="#000000"'),
    )
    assert text.text == "Head\nx² too\ncell | \n"
    assert [heading.level for heading in text.headings] == [2]
    assert [(item.reason, item.characters) for item in text.dropped] == [("color of its background", 6)]


def test_nested_tables():
    """A row that holds a table is laid out; the rows around it stay a table."""
    cell = "<table:table-cell><text:p>{}</text:p></table:table-cell>".format
    row = f"<table:table-row>{cell('a')}{cell('b')}</table:table-row>"
    inner = f"<table:table>{row}</table:table>"
    nested = f"<table:table-row>{cell('left')}<table:table-cell>{inner}</table:table-cell></table:table-row>"
    text = read_xml(f"<table:table>{row}{nested}{row}</table:table>")
    assert text.text == "a | b\nleft\na | b\na | b\n"
    assert len(text.tables) == 3


def test_sheets():
    """Each sheet is a page; cells show what is displayed; blocks of rows are tables."""
    table = Table("Sales")
    table.set_values([["a", "b"], [1, 2.5], [None, None], ["c", True]])
    text = read(document("spreadsheet", table))
    assert text.text == "Sales\na | b\n1 | 2.5\nc | true\n"
    assert [page.label for page in text.pages] == ["Sales"]
    assert len(text.tables) == 2


def test_sheets_repeat_and_hide():
    """Repeated cells and rows are written out; hidden rows, columns and sheets are counted; blank ones cost nothing."""
    cell = "<table:table-cell {}><text:p>{}</text:p></table:table-cell>"
    text = read_xml(
        '<table:table table:name="S"><table:table-column/><table:table-column table:visibility="collapse"/>'
        f"<table:table-row>{cell.format('', 'a')}{cell.format('', 'col')}"
        f"{cell.format('table:number-columns-repeated=' + chr(34) + '2' + chr(34), 'r')}</table:table-row>"
        f'<table:table-row table:visibility="collapse">{cell.format("", "row")}</table:table-row>'
        '<table:table-row table:number-rows-repeated="1048574"><table:table-cell '
        'table:number-columns-repeated="16384"/></table:table-row></table:table>'
        f'<table:table table:name="H" table:style-name="off"><table:table-row>{cell.format("", "secret")}'
        "</table:table-row></table:table>",
        '<style:style style:name="off" style:family="table"><style:table-properties table:display="false"/>'
        "</style:style>",
        ODS,
    )
    assert text.text == "S\na | r | r\n"
    assert {item.reason: item.characters for item in text.dropped} == {
        "hidden column": 3,
        "hidden row": 3,
        "hidden sheet 'H'": 6,
    }


def test_slides():
    """Each slide is a page; its shapes have boxes; notes follow."""
    page = DrawPage("p1", name="First")
    page.append(Frame.text_frame(["right"], size=("5cm", "2cm"), position=("10cm", "1cm")))
    page.append(Frame.text_frame(["left"], size=("5cm", "2cm"), position=("1cm", "1cm")))
    page.append(
        Element.from_tag(
            "<presentation:notes><draw:frame><draw:text-box><text:p>note</text:p></draw:text-box></draw:frame></presentation:notes>"
        )
    )
    text = read(document("presentation", page))
    assert text.text == "left\nright\nNotes: note\n"
    assert text.pages[0].label == "First"
    assert text.pages[0].width > 0
    assert text.locate(0, 4)[0].box.x1 < text.locate(5, 10)[0].box.x0


def test_slide_titles_and_groups():
    """Titles come first, as headings; groups are read; page numbers are not; a hidden slide is listed, not read."""
    frame = (
        '<draw:frame svg:x="1cm" svg:y="{}cm" svg:width="3cm" svg:height="1cm" {}><draw:text-box>'
        "<text:p>{}</text:p></draw:text-box></draw:frame>"
    ).format
    text = read_xml(
        f'<draw:page draw:name="A"><draw:g>{frame(1, "", "grouped")}</draw:g>'
        + frame(5, 'presentation:class="title"', "The title")
        + frame(9, 'presentation:class="page-number"', "7")
        + frame(900, "", "outside")
        + f'</draw:page><draw:page draw:style-name="off">{frame(1, "", "not yet")}</draw:page>',
        '<style:style style:name="off" style:family="drawing-page"><style:drawing-page-properties '
        'presentation:visibility="hidden"/></style:style>',
        ODP,
    )
    assert text.text == "The title\ngrouped\n"
    assert [text.text[h.start : h.end] for h in text.headings] == ["The title"]
    assert text.pages[1].reason == "hidden slide"
    assert {(item.reason, item.text, item.page) for item in text.dropped} == {
        ("off the page", "outside", 0),
        ("slide number or footer", "7", 0),
        ("hidden slide", "not yet", 1),
    }


def test_encrypted():
    """A file with a password is said to be encrypted."""
    manifest = '<manifest><file-entry full-path="content.xml"><encryption-data/></file-entry></manifest>'
    data = with_members(saved(Document("text")), **{"META-INF/manifest.xml": manifest})
    with pytest.raises(EncryptedError):
        load(data, limits=IN_PROCESS)
