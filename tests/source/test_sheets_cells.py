"""Workbooks keep diagrams and equations of their drawings, and count the picture behind a sheet."""

import io

import pytest
from office_samples import OFFICE, member, with_members
from PIL import Image
from xlsxwriter import Workbook

from glyph_integrations.source import Limits, load

RELS = "xl/drawings/_rels/drawing1.xml.rels"
DRAWING = "xl/drawings/drawing1.xml"
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
M = "http://schemas.openxmlformats.org/officeDocument/2006/math"
POINT = '<d:pt modelId="{}"><d:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></d:t></d:pt>'.format
DATA = (
    f'<d:dataModel xmlns:d="{DIAGRAM}" xmlns:a="{A}"><d:ptLst><d:pt modelId="0" type="doc"/>{POINT(2, "Sell")}'
    f'{POINT(1, "Buy")}</d:ptLst><d:cxnLst><d:cxn srcId="0" destId="1" srcOrd="0"/>'
    '<d:cxn srcId="0" destId="2" srcOrd="1"/></d:cxnLst></d:dataModel>'
)
FRAME = (
    '<xdr:graphicFrame macro=""><xdr:nvGraphicFramePr><xdr:cNvPr id="9" name="art"/><xdr:cNvGraphicFramePr/>'
    '</xdr:nvGraphicFramePr><xdr:xfrm><a:off x="0" y="0"/><a:ext cx="0" cy="0"/></xdr:xfrm><a:graphic>'
    f'<a:graphicData uri="{DIAGRAM}"><d:relIds xmlns:d="{DIAGRAM}" xmlns:r="{OFFICE}" r:dm="rId90"/></a:graphicData>'
    "</a:graphic></xdr:graphicFrame>"
)
EQUATION = (
    '<a14:m xmlns:a14="http://schemas.microsoft.com/office/drawing/2010/main">'
    f'<m:oMathPara xmlns:m="{M}"><m:oMath><m:f><m:num><m:r><m:t>a</m:t></m:r></m:num><m:den><m:r><m:t>2</m:t></m:r>'
    "</m:den></m:f></m:oMath></m:oMathPara></a14:m>"
)


@pytest.fixture
def data():
    """A workbook with a cell and a text box."""
    return write(lambda sheet: sheet.insert_textbox("B3", "in a box"))


def write(change):
    """A workbook whose sheet ``change`` takes."""
    file = io.BytesIO()
    with Workbook(file, {"in_memory": True}) as book:
        sheet = book.add_worksheet("S")
        sheet.write("A1", "x")
        change(sheet)
    return file.getvalue()


def read(data):
    """The workbook, loaded."""
    return load(data, limits=Limits(isolated=False))


def test_background_pictures_are_counted():
    """The picture behind a sheet's cells is counted, not shown."""
    file = io.BytesIO()
    Image.new("RGB", (90, 60), "red").save(file, "PNG")
    text = read(write(lambda sheet: sheet.set_background(file)))
    assert text.text == "S\nx\n"
    assert [item.reason for item in text.dropped] == ["background picture"]


def test_diagrams(data):
    """SmartArt over a sheet is its texts, in their order."""
    drawing = member(data, DRAWING)
    start, end = drawing.index("<xdr:sp "), drawing.index("</xdr:sp>") + len("</xdr:sp>")
    relation = f'<Relationship Id="rId90" Type="{OFFICE}/diagramData" Target="/xl/diagrams/data1.xml"/>'
    rels = f'<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">{relation}'
    parts = {DRAWING: drawing[:start] + FRAME + drawing[end:], "xl/diagrams/data1.xml": DATA}
    text = read(with_members(data, **parts, **{RELS: f"{rels}</Relationships>"}))
    assert text.text == "S\nx\nBuy\nSell\n"
    assert not text.dropped


def test_equations(data):
    """An equation in a shape is written on one line."""
    drawing = member(data, DRAWING)
    start, end = drawing.index("<a:r>"), drawing.index("</a:r>") + len("</a:r>")
    text = read(with_members(data, **{DRAWING: f"{drawing[:start]}{EQUATION}{drawing[end:]}"}))
    assert text.text == "S\nx\na/2\n"
    assert not text.dropped
