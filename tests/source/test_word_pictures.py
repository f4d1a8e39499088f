"""Pictures, charts, diagrams and embedded files of Word files stand in their place."""

import io

import docx
import pytest
from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.shared import Pt
from office_samples import saved, word_xml
from PIL import Image

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
KIND = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def picture(color="navy", size=(200, 100), kind="PNG"):
    """A picture file."""
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, kind)
    return file.getvalue()


def relate(document, name, data, kind="image"):
    """Adds a part, and returns the identifier of the relation to it."""
    media_type = {"image": "image/png"}.get(kind, "application/xml")
    part = Part(PackURI(f"/word/{name}"), media_type, data, document.part.package)
    return document.part.relate_to(part, f"{KIND}/{kind}")


def drawing(graphic, attributes="", extent='cx="2540000" cy="1270000"'):
    """A run with a drawing of 200 × 100 pt."""
    return word_xml(
        f'<w:r><w:drawing><wp:inline><wp:extent {extent}/><wp:docPr id="1" name="a" {attributes}/><a:graphic>'
        f'<a:graphicData uri="x">{graphic}</a:graphicData></a:graphic></wp:inline></w:drawing></w:r>'
    )


def blip(identifier, inner="", beside=""):
    """A picture in a drawing."""
    return (
        f'<pic:pic><pic:nvPicPr><pic:cNvPr id="1" name="a" descr="own"/></pic:nvPicPr><pic:blipFill>'
        f'<a:blip r:embed="{identifier}">{inner}</a:blip>{beside}</pic:blipFill></pic:pic>'
    )


def read(document):
    """The document, loaded."""
    return load(saved(document), limits=IN_PROCESS)


@pytest.fixture
def document():
    """A new document."""
    return docx.Document()


def test_pictures_stand_in_their_place(document):
    """A picture stands between the paragraphs around it, with its alternative text and its size."""
    document.add_paragraph("before")
    document.add_paragraph()._p.append(drawing(blip(relate(document, "a.png", picture())), 'descr="A  fox"'))
    document.add_paragraph("after")
    text = read(document)
    assert text.text == "before\n[picture: A fox]\nafter\n"
    assert [(each.start, each.width, each.height) for each in text.pictures] == [
        (len("before\n[picture: A fox]\n"), 200, 100)
    ]


def test_pictures_within_a_line_follow_it(document):
    """A picture within a line follows the line, and one before the words of a paragraph stands before them."""
    identifier = relate(document, "a.png", picture())
    other = relate(document, "b.png", picture("red"))
    paragraph = document.add_paragraph()
    paragraph._p.append(drawing(blip(identifier), 'descr="first"'))
    paragraph.add_run("one ")
    paragraph._p.append(drawing(blip(other), 'descr="second"'))
    paragraph.add_run("two")
    assert read(document).text.splitlines() == ["[picture: first]", "one two", "[picture: second]"]


def test_cropped_pictures(document):
    """Of a cropped picture only what is left is shown, in its size."""
    cut = '<a:srcRect l="25000" r="25000" t="50000"/>'
    document.add_paragraph()._p.append(drawing(blip(relate(document, "a.png", picture()), beside=cut)))
    shown = read(document).pictures[0]
    assert tuple(shown.box) == (0.25, 0.5, 0.75, 1.0)
    assert (shown.width, shown.height) == (400, 200)


def test_pictures_in_groups_tables_and_headers(document):
    """All pictures of a group are shown, those of a table follow their row, and those of headers are shown once."""
    identifiers = [relate(document, f"{color}.png", picture(color)) for color in ("red", "green", "blue", "gold")]
    both = "".join(map(blip, identifiers[:2]))
    document.add_paragraph()._p.append(drawing(f'<wpg:wgp xmlns:wpg="urn:wpg">{both}</wpg:wgp>'))
    table = document.add_table(2, 2)
    for number, cell in enumerate(table._cells):
        cell.text = f"c{number}"
    table.cell(0, 1).paragraphs[0]._p.append(drawing(blip(identifiers[2]), 'descr="in a cell"'))
    header = document.sections[0].header
    header.paragraphs[0].add_run().add_picture(io.BytesIO(picture("black")), Pt(90))
    text = read(document)
    assert text.text.splitlines() == [
        "[picture]", "[picture: own]", "[picture: own]", "c0 | c1", "[picture: in a cell]", "c2 | c3"
    ]  # fmt: skip
    assert len(text.pictures) == 4
    assert text.pictures[0].start == 0


def test_drawn_pictures_come_as_pixels(document):
    """Of a drawing with a picture of it beside it, the picture is shown."""
    vector = relate(document, "a.svg", b"<svg/>")
    inner = (
        f'<a:extLst><a:ext><asvg:svgBlip xmlns:asvg="http://schemas.microsoft.com/office/drawing/2016/SVG/main" '
        f'r:embed="{vector}"/></a:ext></a:extLst>'
    )
    document.add_paragraph()._p.append(drawing(blip(relate(document, "a.png", picture()), inner)))
    text = read(document)
    assert len(text.pictures) == 1
    assert not text.dropped


def test_old_pictures(document):
    """Pictures as VML has them are shown with their description, size and cut."""
    identifier = relate(document, "a.png", picture())
    document.add_paragraph()._p.append(
        word_xml(
            '<w:r><w:pict><v:shape style="width:150pt;height:1in" alt="a map">'
            f'<v:imagedata r:id="{identifier}" cropleft="32768f"/></v:shape></w:pict></w:r>'
        )
    )
    text = read(document)
    assert text.text == "[picture: a map]\n"
    assert (text.pictures[0].width, text.pictures[0].height, text.pictures[0].box.x0) == (300, 72, 0.5)


def test_pictures_that_cannot_be_shown_are_named(document):
    """A picture elsewhere, a missing one and one of a kind that is not drawn are named with the reason."""
    outside = document.part.relate_to("https://example.org/a/logo.png", f"{KIND}/image", is_external=True)
    paragraph = document.add_paragraph("x")
    paragraph._p.append(drawing(blip("none").replace("r:embed", "r:link").replace("none", outside), 'descr="Logo"'))
    paragraph._p.append(drawing(blip("rId99")))
    paragraph._p.append(drawing(blip(relate(document, "a.emf", b"\1\0\0\0" + bytes(40)))))
    text = read(document)
    assert text.text.splitlines() == [
        "x",
        "[picture not shown: logo.png, it lies outside of the file and is not fetched: Logo]",
        "[picture not shown: unnamed, it is not in the file: own]",
        "[picture not shown: a.emf, it is an EMF drawing, which is not drawn here: own]",
    ]
    assert len(text.dropped) == 3


def test_decorative_pictures_and_shapes_are_counted(document):
    """What is marked as decorative and shapes without text are left out and counted."""
    mark = (
        '<a:extLst><a:ext><adec:decorative xmlns:adec="http://schemas.microsoft.com/office/drawing/2017/decorative" '
        'val="1"/></a:ext></a:extLst>'
    )
    paragraph = document.add_paragraph("x")
    paragraph._p.append(drawing(blip(relate(document, "a.png", picture())) + mark))
    paragraph._p.append(drawing("<wps:wsp/>"))
    text = read(document)
    assert text.text == "x\n"
    assert {item.reason for item in text.dropped} == {"decorative picture", "drawn shape without text"}


def test_hidden_pictures_are_left_out(document):
    """A picture in a hidden run is left out and reported."""
    run = drawing(blip(relate(document, "a.png", picture())), 'descr="a fox"')
    run.insert(0, word_xml("<w:rPr><w:vanish/></w:rPr>"))
    document.add_paragraph("x")._p.append(run)
    text = read(document)
    assert text.text == "x\n"
    assert not text.pictures
    assert [(item.reason, item.text) for item in text.dropped] == [("not displayed", "a fox")]


CHART = """<c:chartSpace xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"
 xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"><c:chart><c:title><c:tx><c:rich><a:p><a:r>
<a:t>Sales</a:t></a:r></a:p></c:rich></c:tx></c:title><c:plotArea><c:barChart>{}</c:barChart></c:plotArea></c:chart>
</c:chartSpace>"""
SERIES = """<c:ser><c:tx><c:strRef><c:strCache><c:pt idx="0"><c:v>{}</c:v></c:pt></c:strCache></c:strRef></c:tx><c:cat>
<c:strRef><c:strCache><c:pt idx="0"><c:v>Q1</c:v></c:pt><c:pt idx="1"><c:v>Q2</c:v></c:pt></c:strCache></c:strRef>
</c:cat><c:val><c:numRef><c:numCache><c:pt idx="0"><c:v>{}</c:v></c:pt><c:pt idx="1"><c:v>{}</c:v></c:pt></c:numCache>
</c:numRef></c:val></c:ser>"""


def test_charts_are_their_data(document):
    """A chart is its title and a table of its series by category."""
    data = CHART.format(SERIES.format("Cars", 10, 20) + SERIES.format("Boats", 3, 4)).encode()
    identifier = relate(document, "charts/chart1.xml", data, "chart")
    space = 'xmlns:c="http://schemas.openxmlformats.org/drawingml/2006/chart"'
    document.add_paragraph()._p.append(drawing(f'<c:chart {space} r:id="{identifier}"/>'))
    text = read(document)
    assert text.text.splitlines() == ["[chart: Sales]", " | Cars | Boats", "Q1 | 10 | 3", "Q2 | 20 | 4"]
    assert len(text.tables) == 1


def test_diagrams_are_their_words(document):
    """A SmartArt diagram is its words."""
    spaces = (
        'xmlns:dgm="http://schemas.openxmlformats.org/drawingml/2006/diagram" '
        'xmlns:a="http://schemas.openxmlformats.org/drawingml/2006/main"'
    )
    point = '<dgm:pt modelId="{0}"><dgm:t><a:p><a:r><a:t>{0}</a:t></a:r></a:p></dgm:t></dgm:pt>'.format
    data = f"<dgm:dataModel {spaces}><dgm:ptLst>{point('Plan')}{point('Do')}</dgm:ptLst></dgm:dataModel>"
    identifier = relate(document, "diagrams/data1.xml", data.encode(), "diagramData")
    document.add_paragraph()._p.append(drawing(f'<dgm:relIds {spaces} r:dm="{identifier}"/>'))
    assert read(document).text.splitlines() == ["Plan", "Do"]


def test_embedded_files_are_read(document):
    """A document in a document is named in its place and read after it, and its preview is shown."""
    inner = docx.Document()
    inner.add_paragraph("inner words")
    package = relate(document, "embeddings/inner.docx", saved(inner), "package")
    preview = relate(document, "a.png", picture())
    document.add_paragraph("outer")._p.append(
        word_xml(
            f'<w:r><w:object><v:shape style="width:90pt;height:40pt"><v:imagedata r:id="{preview}"/></v:shape>'
            '<o:OLEObject xmlns:o="urn:schemas-microsoft-com:office:office" ProgID="Word.Document.12" '
            f'r:id="{package}"/>'
            "</w:object></w:r>"
        )
    )
    text = read(document)
    assert "outer\n[picture]\n[attachment: inner.docx," in text.text
    assert "inner words" in text.text
    assert [source.name for source in text.sources] == ["source", "source/inner.docx"]
    assert len(text.pictures) == 1


@pytest.mark.parametrize(
    ("name", "data"),
    [
        ("c.html", b"<!DOCTYPE html><html><body><p>inner <b>words</b></p></body></html>"),
        ("c.rtf", b"{\\rtf1 inner words\\par}"),
        ("c.txt", b"inner words\n"),
    ],
)
def test_documents_of_other_kinds_within_the_text(document, name, data):
    """A document of another kind that Word shows within the text is read, an HTML part with a document type too."""
    identifier = relate(document, name, data, "aFChunk")
    document.add_paragraph("outer")
    document.element.body.insert(1, word_xml(f'<w:altChunk r:id="{identifier}"/>'))
    assert "inner words" in read(document).text
