"""What workbooks hold beside plain cells is kept, or reported with its name."""

import io

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from office_samples import member, saved, with_members
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.styles import Font
from PIL import Image
from xlsxwriter import Workbook

from glyph_integrations.errors import MalformedError
from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
SHEET = "xl/worksheets/sheet1.xml"
RELS = "xl/worksheets/_rels/sheet1.xml.rels"
RELATION = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def write(change, **options):
    """A workbook by xlsxwriter: ``change`` takes the workbook and its sheet."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True, **options})
    change(book, book.add_worksheet("S"))
    book.close()
    return file.getvalue()


def read(data, **options):
    """The workbook, loaded."""
    return load(data, limits=IN_PROCESS, **options)


def lines(data):
    """The lines of its text after the sheet's name."""
    return read(data).text.splitlines()[1:]


def reasons(text):
    """What was left out, by reason."""
    return {item.reason: item.text for item in text.dropped}


def picture(kind="PNG", size=(90, 60)):
    """A picture file."""
    file = io.BytesIO()
    Image.new("RGB", size, "red").save(file, kind)
    file.seek(0)
    return file


def with_part(data, path, content, kind, *, sheet="", external=False):
    """The workbook with a part that its first sheet refers to as rId90, and a piece of XML at the sheet's end."""
    target = f'Target="{path}" TargetMode="External"' if external else f'Target="/{path}"'
    relation = f'<Relationship Id="rId90" Type="{RELATION}/{kind}" {target}/>'
    try:
        rels = member(data, RELS).replace("</Relationships>", f"{relation}</Relationships>")
    except KeyError:
        namespace = "http://schemas.openxmlformats.org/package/2006/relationships"
        rels = f'<Relationships xmlns="{namespace}">{relation}</Relationships>'
    xml = member(data, SHEET).replace("</worksheet>", f"{sheet}</worksheet>")
    return with_members(data, **{RELS: rels, SHEET: xml}, **({} if content is None else {path: content}))


def test_struck_out():
    """Struck-out text is marked, by cell and by run, and never glued to what replaced it."""
    book = openpyxl.Workbook()
    book.active["A1"] = 500
    book.active["A1"].font = Font(strike=True)
    book.active["B1"] = 750
    book.active["C1"] = CellRichText(
        "Fee ", TextBlock(InlineFont(strike=True), "500"), TextBlock(InlineFont(), "750"), " euros"
    )
    assert lines(saved(book)) == ["~~500~~ | 750 | Fee ~~500~~750 euros"]


def test_raised_digits_and_symbols():
    """Raised digits stay raised, and letters of symbol fonts are what they draw."""
    book = openpyxl.Workbook()
    book.active["A1"] = CellRichText("10", TextBlock(InlineFont(vertAlign="superscript"), "6"), " m")
    book.active["B1"] = CellRichText("H", TextBlock(InlineFont(vertAlign="subscript"), "2"), "O")
    book.active["C1"] = "ü"
    book.active["C1"].font = Font(name="Wingdings")
    assert lines(saved(book)) == ["10⁶ m | H₂O | ✓"]


def test_readings():
    """How a Japanese text is read stands in brackets, once."""
    string = '<c r="A1" t="inlineStr"><is><t>東京</t><rPh sb="0" eb="2"><t>とうきょう</t></rPh></is></c>'
    sheet = member(PLAIN, SHEET).replace("</row>", f'</row><row r="2">{string}</row>')
    assert lines(with_members(PLAIN, **{SHEET: sheet})) == ["x | 1", "東京(とうきょう)"]


def test_formulas_errors_and_truth():
    """Results, errors and truth values show; a formula without a result shows itself, and is reported."""

    def change(book, sheet):
        sheet.write_formula("A1", "=1+1", None, 2)
        sheet.write_formula("B1", "=1/0", None, "#DIV/0!")
        sheet.write_boolean("C1", True)
        sheet.insert_checkbox("D1", True)
        sheet.insert_checkbox("E1", False)
        sheet.write_formula("F1", "=SUM(A1:B1)", None, "")

    data = write(change)
    xml = member(data, SHEET)
    text = read(with_members(data, **{SHEET: xml.replace("<f>SUM(A1:B1)</f><v></v>", "<f>SUM(A1:B1)</f>")}))
    assert text.text.splitlines()[1] == "2 | #DIV/0! | TRUE | ☑ | ☐ | =SUM(A1:B1)"
    assert reasons(text)["result of a formula that no program has calculated yet"] == "=SUM(A1:B1)"


def test_pictures():
    """Pictures follow the table that they are anchored in, with their description; ornaments are counted."""

    def change(book, sheet):
        for row in (0, 1, 10):
            sheet.write(row, 0, f"row {row}")
        sheet.insert_image("C2", "fox.png", {"image_data": picture(), "description": "a red fox"})
        sheet.insert_image("C12", "line.png", {"image_data": picture(size=(80, 61)), "decorative": True})

    text = read(write(change))
    assert text.text.splitlines() == ["S", "row 0", "row 1", "[picture: a red fox]", "row 10"]
    assert [(round(p.width), round(p.height)) for p in text.pictures] == [(68, 45)]
    assert "decorative picture" in reasons(text)
    assert text.embedded[0].data.startswith(b"\x89PNG")


def test_pictures_in_cells():
    """A picture placed in a cell is marked there, and follows its table."""

    def change(book, sheet):
        sheet.write("A1", "x")
        sheet.embed_image("B1", "fox.png", {"image_data": picture(), "description": "a red fox"})
        sheet.write("A2", "y")

    text = read(write(change))
    assert text.text.splitlines() == ["S", "x | [picture]", "y", "[picture: a red fox]"]
    assert len(text.pictures) == 1


def test_linked_and_missing_pictures():
    """A picture that is linked or missing is named with the reason."""
    data = write(lambda _, sheet: sheet.insert_image("A1", "fox.png", {"image_data": picture()}))
    rels = member(data, "xl/drawings/_rels/drawing1.xml.rels")
    linked = rels.replace(
        'Target="../media/image1.png"', 'Target="https://example.com/a/fox.png" TargetMode="External"'
    )
    drawing = member(data, "xl/drawings/drawing1.xml").replace("r:embed", "r:link")
    text = read(
        with_members(data, **{"xl/drawings/_rels/drawing1.xml.rels": linked, "xl/drawings/drawing1.xml": drawing})
    )
    assert "[picture not shown: fox.png, it is linked, not stored" in text.text
    text = read(with_members(data, **{"xl/media/image1.png": None}))
    assert "[picture not shown: image1.png, it is missing or damaged" in text.text
    assert any(reason.startswith("picture not shown") for reason in reasons(text))
    text = read(with_members(data, **{"xl/media/image1.png": b"\x01\x00\x00\x00" + b"\0" * 80}))
    assert "image1.png, it is an EMF drawing" in text.text


def test_charts():
    """A chart is its title, its axes and its data; so is a sheet that is nothing but a chart."""

    def change(book, sheet):
        for row, values in enumerate([("Year", "Sales", "Share"), ("2023", 1500, 0.5), ("2024", 2500, 0.25)]):
            sheet.write_row(row, 0, values)
        for place in ("E2", None):
            chart = book.add_chart({"type": "column"})
            for column in ("B", "C"):
                chart.add_series(
                    {
                        "name": f"=S!${column}$1",
                        "categories": "=S!$A$2:$A$3",
                        "values": f"=S!${column}$2:${column}$3",
                        "y2_axis": column == "C",
                    }
                )
            chart.set_title({"name": "Growth"})
            chart.set_y_axis({"name": "USD thousand"})
            sheet.insert_chart(place, chart) if place else book.add_chartsheet("Plot").set_chart(chart)

    text = read(write(change))
    plot = [
        "[chart: Growth]",
        "[axis: USD thousand]",
        " | Sales | Share (secondary axis)",
        "2023 | 1500 | 0.5",
        "2024 | 2500 | 0.25",
    ]
    assert text.text.splitlines()[4:9] == plot
    assert text.text.splitlines()[9:] == ["Plot", *plot]


def test_scatter_charts():
    """Points of a scatter chart keep their x values, each series its own."""

    def change(book, sheet):
        sheet.write_column("A1", [1, 2])
        sheet.write_column("B1", [10, 20])
        sheet.write_column("C1", [3, 4])
        chart = book.add_chart({"type": "scatter"})
        chart.add_series({"name": "p", "categories": "=S!$A$1:$A$2", "values": "=S!$B$1:$B$2"})
        chart.add_series({"name": "q", "categories": "=S!$C$1:$C$2", "values": "=S!$B$1:$B$2"})
        sheet.insert_chart("E1", chart)

    assert lines(write(change))[2:] == ["[chart]", " | p", "1 | 10", "2 | 20", " | q", "3 | 10", "4 | 20"]


def test_text_boxes_and_shapes():
    """Text boxes and shapes give their words, where they stand."""

    def change(book, sheet):
        sheet.write("A1", "cell")
        sheet.insert_textbox("B2", "boxed\nlines")
        sheet.insert_textbox("B9", "", {"description": "an arrow"})

    assert lines(write(change)) == ["cell", "boxed", "lines", "[shape: an arrow]"]


def test_comments():
    """Notes follow with cell and author; a thread replaces the note that Excel writes for it."""

    def change(book, sheet):
        sheet.write("A1", "x")
        sheet.write_comment("A1", "a note", {"author": "Ann"})
        sheet.write_comment("B2", "[Threaded comment] Your version of Excel …", {"author": "tc"})

    space = "http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments"
    thread = (
        f'<ThreadedComments xmlns="{space}"><threadedComment ref="B2" personId="{{1}}" id="{{a}}" done="1">'
        '<text>Why?</text></threadedComment><threadedComment ref="B2" personId="{2}" id="{b}" parentId="{a}">'
        "<text>Because.</text></threadedComment></ThreadedComments>"
    )
    names = "".join(f'<person displayName="{name}" id="{{{id_}}}"/>' for name, id_ in (("Bo", 1), ("Cy", 2)))
    persons = f'<personList xmlns="{space}">{names}</personList>'
    data = with_part(write(change), "xl/threadedComments/threadedComment1.xml", thread, "threadedComment")
    book = member(data, "xl/_rels/workbook.xml.rels").replace(
        "</Relationships>",
        f'<Relationship Id="rId91" Type="{RELATION}/person" Target="persons/p.xml"/></Relationships>',
    )
    data = with_members(data, **{"xl/persons/p.xml": persons, "xl/_rels/workbook.xml.rels": book})
    assert lines(data) == [
        "x",
        "[comment A1, Ann] a note",
        "[comment B2, Bo, resolved] Why?",
        "[comment B2, Cy] Because.",
    ]


def test_form_controls():
    """Form controls show their state and label."""
    vml = (
        '<xml xmlns:v="urn:schemas-microsoft-com:vml" xmlns:x="urn:schemas-microsoft-com:office:excel">'
        '<v:shape id="_x0000_s1025"><v:textbox><div>Approved<br></div></v:textbox><x:ClientData ObjectType="Checkbox">'
        "<x:Anchor>1, 0, 4, 0, 3, 0, 5, 0</x:Anchor><x:Checked>1</x:Checked></x:ClientData></v:shape>"
        '<v:shape id="_x0000_s1026"><v:textbox><div>Paid</div></v:textbox><x:ClientData ObjectType="Checkbox"/>'
        "</v:shape>"
        '<v:shape id="_x0000_s1027"><x:ClientData ObjectType="Note"/></v:shape></xml>'
    )
    data = with_part(write(lambda _, sheet: sheet.write("A1", "x")), "xl/drawings/v.vml", vml, "vmlDrawing")
    assert lines(data) == ["x", "☐ Paid", "☑ Approved"]


def test_embedded_files():
    """A workbook within the workbook is read after it, and a linked one is named."""
    inner = write(lambda _, sheet: sheet.write("A1", "inside"))
    objects = '<oleObjects xmlns:r="{}"><oleObject progId="Excel.Sheet.12" shapeId="1" r:id="rId90"/></oleObjects>'
    outer = write(lambda _, sheet: sheet.write("A1", "outside"))
    data = with_part(outer, "xl/embeddings/Book1.xlsx", inner, "package", sheet=objects.format(RELATION))
    text = read(data)
    assert [source.name for source in text.sources] == ["source", "source/Book1.xlsx"]
    assert "inside" in text.text
    data = with_part(outer, "file:///C:/x/Plan.xlsx", None, "oleObject", sheet=objects.format(RELATION), external=True)
    assert "[linked object: Plan.xlsx, Excel.Sheet.12]" in read(data).text


def test_printed_heads():
    """Printed heads and feet show once; those that say only which page it is do not."""

    def change(book, sheet):
        for each in (sheet, book.add_worksheet("T")):
            each.write("A1", "x")
            each.set_header('&L&"Arial,Bold"Confidential&R&D')
            each.set_footer("&CPage &P of &N")

    data = write(change)
    assert read(data).text.splitlines() == ["S", "Header: Confidential | [date]", "x", "T", "x"]
    assert read(data, furniture="keep").text.count("Confidential") == 2


def test_links():
    """A link keeps its text; its address is listed."""
    text = read(write(lambda _, sheet: sheet.write_url("A1", "https://example.com/a", string="here")))
    assert text.text == "S\nhere\n"
    assert reasons(text)["link address"] == "https://example.com/a"


def test_dates_from_1904():
    """A workbook that counts from 1904 shows the right days."""

    def change(book, sheet):
        sheet.write_number("A1", 1, book.add_format({"num_format": "yyyy-mm-dd"}))

    assert lines(write(change, date_1904=True)) == ["1904-01-02"]


def test_zeros_that_are_not_shown():
    """Zeros that the sheet does not show are listed."""

    def change(book, sheet):
        sheet.write_row("A1", [1, 0])
        sheet.hide_zero()

    text = read(write(change))
    assert text.text == "S\n1\n"
    assert reasons(text)["hidden by its number format"] == "0"


def test_macros_and_unknown_parts():
    """A macro project and parts that nothing reads are reported by name."""
    data = with_part(write(lambda _, sheet: sheet.write("A1", "x")), "xl/slicers/s.xml", "<s/>", "slicer")
    book = member(data, "xl/_rels/workbook.xml.rels").replace(
        "</Relationships>",
        f'<Relationship Id="rId92" Type="{RELATION}/vbaProject" Target="vbaProject.bin"/></Relationships>',
    )
    text = read(with_members(data, **{"xl/_rels/workbook.xml.rels": book, "xl/vbaProject.bin": b"\0\1"}))
    assert text.text == "S\nx\n"
    assert {"not understood: macros", "not understood: part of a sheet: slicer"} <= set(reasons(text))


@pytest.mark.parametrize(
    "part",
    ["xl/drawings/drawing1.xml", "xl/charts/chart1.xml", "xl/styles.xml", "xl/theme/theme1.xml", "xl/comments1.xml"],
)
@pytest.mark.parametrize("damage", [b"", b"<broken", b'<!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>'])
def test_one_bad_part(part, damage):
    """A damaged part costs that part, and is named; the cells are read."""

    def change(book, sheet):
        sheet.write("A1", "kept")
        sheet.write_comment("A1", "note")
        chart = book.add_chart({"type": "line"})
        chart.add_series({"values": "=S!$A$1:$A$2"})
        sheet.insert_chart("C3", chart)

    text = read(with_members(write(change), **{part: damage}))
    assert "kept" in text.text
    assert any(part.rpartition("/")[2] in reason for reason in reasons(text))


def test_truncated_sheets():
    """A sheet whose XML breaks off is read up to there, and named."""
    data = write(lambda _, sheet: [sheet.write(row, 0, f"row {row}") for row in range(5)], constant_memory=False)
    xml = member(data, SHEET)
    text = read(with_members(data, **{SHEET: xml[: xml.index('<row r="4"')]}))
    assert text.text.splitlines()[:4] == ["S", "row 0", "row 1", "row 2"]
    assert any("sheet1.xml" in reason for reason in reasons(text))


def test_missing_sheets():
    """A sheet whose part is missing is named, and the others are read; a file without a workbook is damaged."""

    def change(book, sheet):
        sheet.write("A1", "first")
        book.add_worksheet("T").write("A1", "second")

    data = write(change)
    text = read(with_members(data, **{SHEET: None}))
    assert text.text == "T\nsecond\n"
    assert "missing sheet 'S'" in reasons(text)
    with pytest.raises(MalformedError):
        load(with_members(data, **{"xl/workbook.xml": None}), limits=IN_PROCESS, media_type=None)


def test_prefixed_and_strict_names():
    """XML with prefixes, as some programs write it, is read as any other."""
    data = write(lambda _, sheet: sheet.write_row("A1", ["x", 1]))
    xml = member(data, SHEET)
    prefixed = xml.replace("<", "<x:").replace("<x:/", "</x:").replace("<x:?", "<?").replace("xmlns=", "xmlns:x=")
    assert lines(with_members(data, **{SHEET: prefixed})) == ["x | 1"]
    strict = xml.replace("schemas.openxmlformats.org/spreadsheetml/2006", "purl.oclc.org/ooxml/spreadsheetml")
    assert lines(with_members(data, **{SHEET: strict})) == ["x | 1"]


NAMES = st.sampled_from(["sparkles", "gizmo", "timeline9", "futureThing"])


@settings(max_examples=20, deadline=None, suppress_health_check=[HealthCheck.function_scoped_fixture])
@given(name=NAMES, place=st.sampled_from(["</worksheet>", "</row>", "</c>", "</sheetData>"]))
def test_unknown_elements(name, place):
    """Elements that nothing reads are reported, wherever they stand, and what is around them is read."""
    xml = member(PLAIN, SHEET)
    text = read(with_members(PLAIN, **{SHEET: xml.replace(place, f"<{name}>lost</{name}>{place}", 1)}))
    assert "x | 1" in text.text
    assert any(name in reason for reason in reasons(text)) or place == "</sheetData>"


@settings(max_examples=10, deadline=None)
@given(kind=NAMES)
def test_unknown_parts(kind):
    """Parts of kinds that nothing reads are reported."""
    assert any(kind in reason for reason in reasons(read(with_part(PLAIN, f"xl/{kind}.xml", "<x/>", kind))))


@settings(max_examples=10, deadline=None)
@given(kind=st.text("abcdefg", min_size=2, max_size=6))
def test_unknown_cells(kind):
    """The value of a cell of an unknown type is kept as it stands, and reported."""
    xml = member(PLAIN, SHEET).replace('<c r="B1">', f'<c r="B1" t="{kind}">')
    text = read(with_members(PLAIN, **{SHEET: xml}))
    assert text.text == "S\nx | 1\n"
    assert f"not understood: cell type {kind}" in reasons(text)


PLAIN = write(lambda _, sheet: sheet.write_row("A1", ["x", 1]))
