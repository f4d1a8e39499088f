"""What presentations hold beside plain text is kept, or reported with its name."""

import io

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from lxml import etree
from office_samples import member, saved, with_members
from openpyxl import Workbook
from PIL import Image
from pptx import Presentation
from pptx.chart.data import XyChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml.ns import qn
from pptx.util import Inches

from glyph_integrations.errors import MalformedError
from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
P = "http://schemas.openxmlformats.org/presentationml/2006/main"
R = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
SPACES = f'xmlns:a="{A}" xmlns:p="{P}" xmlns:r="{R}"'
SLIDE = "ppt/slides/slide1.xml"
RELS = "ppt/slides/_rels/slide1.xml.rels"


@pytest.fixture
def slide():
    """An empty slide; its presentation is ``slide.part.package.presentation_part.presentation``."""
    deck = Presentation()
    return deck.slides.add_slide(deck.slide_layouts[6])


def save(slide):
    """The bytes of a slide's presentation."""
    return saved(slide.part.package.presentation_part.presentation)


def read(data, **options):
    """A presentation, loaded."""
    return load(data if isinstance(data, bytes) else save(data), limits=IN_PROCESS, **options)


def reasons(text):
    """What was left out, by reason."""
    return {item.reason: item.text for item in text.dropped}


def box(slide, text="", *, left=1, top=1):
    """A text box; returns its shape."""
    shape = slide.shapes.add_textbox(Inches(left), Inches(top), Inches(3), Inches(1))
    shape.text_frame.text = text
    return shape


def picture(kind="PNG", size=(90, 60), color="red"):
    """A picture file."""
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, kind)
    file.seek(0)
    return file


def add_picture(slide, *, described="", decorative=False, color="red", place=1):
    """A picture of two inches; returns its shape."""
    shape = slide.shapes.add_picture(picture(color=color), Inches(place), Inches(place), Inches(2), Inches(1))
    properties = shape._element.nvPicPr.cNvPr
    properties.set("descr", described)
    if decorative:
        space = "http://schemas.microsoft.com/office/drawing/2017/decorative"
        mark = f'<a:extLst xmlns:a="{A}"><a:ext uri="x"><d:decorative xmlns:d="{space}" val="1"/></a:ext></a:extLst>'
        properties.append(etree.fromstring(mark))
    return shape


def append(slide, xml):
    """Adds XML to the shapes of a slide."""
    slide.shapes._spTree.append(etree.fromstring(xml.replace(">", f" {SPACES}>", 1) if SPACES not in xml else xml))


def with_part(data, path, content, kind, identifier="rId90"):
    """The presentation with a part that its first slide refers to."""
    relation = f'<Relationship Id="{identifier}" Type="{R}/{kind}" Target="/{path}"/></Relationships>'
    rels = member(data, RELS).replace("</Relationships>", relation)
    return with_members(data, **{RELS: rels, path: content})


def test_struck_out_raised_and_symbols(slide):
    """Struck-out text is marked, raised digits stay raised, symbol fonts are what they draw."""
    paragraph = box(slide).text_frame.paragraphs[0]
    for text, settings_ in (
        ("Fee ", {}), ("500", {"strike": "sngStrike"}), ("750", {}), (" for 10", {}), ("6", {"baseline": "30000"}),
    ):  # fmt: skip
        run = paragraph.add_run()
        run.text = text
        for name, value in settings_.items():
            run.font._element.set(name, value)
    run = paragraph.add_run()
    run.text, run.font.name = "ü", "Wingdings"
    assert read(slide).text == "Fee ~~500~~750 for 10⁶✓\n"


def test_pictures(slide):
    """Pictures stand where they are read, with description and size; ornaments are counted."""
    add_picture(slide, described="a red fox")
    add_picture(slide, decorative=True, color="blue", place=3)
    box(slide, "above", top=0)
    group = slide.shapes.add_group_shape()
    group.shapes.add_picture(picture(color="green"), Inches(4), Inches(4), Inches(1), Inches(1))
    text = read(slide)
    assert text.text == "above\n[picture: a red fox]\n[picture]\n"
    assert [(p.width, p.height) for p in text.pictures] == [(144, 72), (72, 72)]
    assert "decorative picture" in reasons(text)


def test_crops(slide):
    """A cropped picture shows the part that the slide shows."""
    shape = add_picture(slide)
    shape.crop_left, shape.crop_bottom = 0.25, 0.5
    (shown,) = read(slide).pictures
    assert shown.box == pytest.approx((0.25, 0, 1, 0.5))
    assert (shown.width, shown.height) == pytest.approx((192, 144))


def test_picture_fills_and_backgrounds(slide):
    """A shape filled with a picture shows it; a background shows only where nothing else does."""
    shape = slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Inches(2), Inches(1))
    _, identifier = slide.part.get_or_add_image_part(picture())
    fill = f'<a:blipFill xmlns:a="{A}" xmlns:r="{R}"><a:blip r:embed="{identifier}"/></a:blipFill>'
    shape._element.spPr.append(etree.fromstring(fill))
    assert len(read(slide).pictures) == 1
    slide.shapes._spTree.remove(shape._element)
    slide.background.fill.background()
    properties = slide._element.cSld.find(qn("p:bg")).find(qn("p:bgPr"))
    properties[:] = [etree.fromstring(fill), etree.fromstring(f'<a:effectLst xmlns:a="{A}"/>')]
    alone = read(slide)
    assert len(alone.pictures) == 1
    box(slide, "text")
    text = read(slide)
    assert not text.pictures
    assert "background picture" in reasons(text)


def test_repeated_logos():
    """A logo on every slide is shown once; a picture on the master is counted."""
    deck = Presentation()
    for _ in range(3):
        add_picture(deck.slides.add_slide(deck.slide_layouts[6]))
    text = read(saved(deck))
    assert len(text.pictures) == 1
    assert sum(item.count for item in text.dropped if item.reason == "repeated picture") == 2


def test_missing_pictures(slide):
    """A picture that is missing, linked or of a kind that is not drawn is named with the reason."""
    add_picture(slide)
    data = save(slide)
    assert "image1.png, it is missing or damaged" in read(with_members(data, **{"ppt/media/image1.png": None})).text
    wmf = with_members(data, **{"ppt/media/image1.png": b"\xd7\xcd\xc6\x9a" + b"\0" * 60})
    assert "image1.png, it is a WMF drawing" in read(wmf).text
    rels = member(data, RELS).replace('Target="../media/image1.png"', 'Target="C:\\x\\fox.png" TargetMode="External"')
    linked = member(data, SLIDE).replace("r:embed", "r:link")
    assert "fox.png, it is linked, not stored" in read(with_members(data, **{RELS: rels, SLIDE: linked})).text


def test_scatter_charts(slide):
    """A scatter chart keeps the x values of each series."""
    data = XyChartData()
    for name, points in (("p", [(1, 10), (2, 20)]), ("q", [(3, 30)])):
        series = data.add_series(name)
        for x, y in points:
            series.add_data_point(x, y)
    slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, 0, 0, Inches(4), Inches(4), data)
    assert read(slide).text.splitlines() == ["[chart]", " | p", "1 | 10", "2 | 20", " | q", "3 | 30"]


def test_lists(slide):
    """Paragraphs keep their numbers, which go on level by level, and their bullets."""
    frame = box(slide).text_frame
    marks = [
        'buAutoNum type="arabicPeriod" startAt="3"',
        'buAutoNum type="arabicPeriod" startAt="3"',
        'buChar char="→"',
    ]
    for number, mark in enumerate(marks):
        paragraph = frame.paragraphs[0] if not number else frame.add_paragraph()
        paragraph.text = f"item {number}"
        paragraph._p.get_or_add_pPr().append(etree.fromstring(f'<a:{mark} xmlns:a="{A}"/>'))
    assert read(slide).text.splitlines() == ["3. item 0", "4. item 1", "→ item 2"]


def test_equations(slide):
    """An equation on a slide is written in a line."""
    math = "http://schemas.openxmlformats.org/officeDocument/2006/math"
    paragraph = box(slide, "area ").text_frame.paragraphs[0]._p
    paragraph.append(
        etree.fromstring(
            '<mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
            f'<mc:Choice xmlns:a14="x" Requires="a14"><a14:m><m:oMath xmlns:m="{math}"><m:r><m:t>πr</m:t></m:r>'
            "</m:oMath></a14:m></mc:Choice><mc:Fallback/></mc:AlternateContent>"
        )
    )
    assert read(slide).text == "area πr\n"


def test_comments(slide):
    """Comments of both kinds name their authors; answers follow."""
    box(slide, "x")
    space = "http://schemas.microsoft.com/office/powerpoint/2018/8/main"
    body = f'<p:txBody xmlns:p="{space}"><a:p xmlns:a="{A}"><a:r><a:t>{{}}</a:t></a:r></a:p></p:txBody>'
    old = f'<p:cmLst xmlns:p="{P}"><p:cm authorId="0"><p:text>Old?</p:text></p:cm></p:cmLst>'
    new = (
        f'<p:cmLst xmlns:p="{space}"><p:cm authorId="{{9}}" status="resolved"><p:replyLst><p:reply authorId="{{8}}">'
        f"{body.format('Yes.')}</p:reply></p:replyLst>{body.format('New?')}</p:cm></p:cmLst>"
    )
    data = with_part(save(slide), "ppt/comments/c1.xml", old, "comments", "rId90")
    data = with_part(data, "ppt/comments/c2.xml", new, "comments", "rId91")
    rels = member(data, "ppt/_rels/presentation.xml.rels")
    for number, kind in (("80", "commentAuthors"), ("81", "authors")):
        relation = f'<Relationship Id="rId{number}" Type="{R}/{kind}" Target="{kind}.xml"/></Relationships>'
        rels = rels.replace("</Relationships>", relation)
    authors = {
        "ppt/commentAuthors.xml": f'<p:cmAuthorLst xmlns:p="{P}"><p:cmAuthor id="0" name="Ann"/></p:cmAuthorLst>',
        "ppt/authors.xml": f'<p:authorLst xmlns:p="{space}"><p:author id="{{9}}" name="Bo"/>'
        '<p:author id="{8}" name="Cy"/></p:authorLst>',
    }
    text = read(with_members(data, **{"ppt/_rels/presentation.xml.rels": rels}, **authors))
    assert text.text.splitlines() == ["x", "[comment, Ann] Old?", "[comment, Bo, resolved] New?", "[comment, Cy] Yes."]


def test_embedded_files(slide):
    """An embedded workbook is read after the presentation."""
    book = Workbook()
    book.active["A1"] = "inside"
    slide.shapes.add_ole_object(io.BytesIO(saved(book)), "Excel.Sheet.12", 0, 0, Inches(1), Inches(1))
    text = read(slide)
    assert len(text.sources) == 2
    assert "inside" in text.text


def test_media(slide):
    """A film is named; the picture that stands for it is shown."""
    slide.shapes.add_movie(io.BytesIO(b"film"), 0, 0, Inches(2), Inches(1), picture(), "video/mp4")
    text = read(slide)
    assert text.text.startswith("[video: ")
    assert len(text.pictures) == 1
    assert any(reason.startswith("video") for reason in reasons(text))


def test_smart_art(slide):
    """SmartArt gives its texts in order, indented as they hang together."""
    space = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
    point = '<d:pt modelId="{}"><d:t><a:p><a:r><a:t>{}</a:t></a:r></a:p></d:t></d:pt>'.format
    link = '<d:cxn srcId="{}" destId="{}" srcOrd="{}"/>'.format
    data = (
        f'<d:dataModel xmlns:d="{space}" xmlns:a="{A}"><d:ptLst><d:pt modelId="0" type="doc"/>'
        f"{point(3, 'second')}{point(1, 'first')}{point(2, 'below')}</d:ptLst><d:cxnLst>{link(0, 1, 0)}{link(0, 3, 1)}"
        f"{link(1, 2, 0)}</d:cxnLst></d:dataModel>"
    )
    append(
        slide,
        f'<p:graphicFrame {SPACES}><p:nvGraphicFramePr><p:cNvPr id="9" name="art"/></p:nvGraphicFramePr><p:xfrm>'
        '<a:off x="0" y="0"/><a:ext cx="99" cy="99"/></p:xfrm><a:graphic><a:graphicData '
        f'uri="{space}"><d:relIds xmlns:d="{space}" r:dm="rId90"/></a:graphicData></a:graphic></p:graphicFrame>',
    )
    text = read(with_part(save(slide), "ppt/diagrams/data1.xml", data, "diagramData"))
    assert text.text.splitlines() == ["first", "  below", "second"]


def test_links(slide):
    """A link keeps its text; its address is listed."""
    box(slide, "here").text_frame.paragraphs[0].runs[0].hyperlink.address = "https://example.com/a"
    text = read(slide)
    assert text.text == "here\n"
    assert reasons(text)["link address"] == "https://example.com/a"


def test_master_text():
    """Words of the master are read once; prompts of empty placeholders are not."""
    deck = Presentation()
    for number in (1, 2):
        box(deck.slides.add_slide(deck.slide_layouts[1]), f"slide {number}")
    tree = deck.slide_master.shapes._spTree
    shape = deck.slides[0].shapes[-1]._element
    tree.append(etree.fromstring(etree.tostring(shape).replace(b"slide 1", b"Confidential")))
    text = read(saved(deck))
    assert text.text.splitlines() == ["slide 1", "Confidential", "slide 2"]
    assert "Click" not in text.text


def test_macros_and_unknown_parts(slide):
    """Macros and parts that nothing reads are reported by name."""
    box(slide, "x")
    data = with_part(save(slide), "ppt/models/m.glb", b"\1", "model3d")
    rels = member(data, "ppt/_rels/presentation.xml.rels")
    relation = f'<Relationship Id="rId80" Type="{R}/vbaProject" Target="vbaProject.bin"/></Relationships>'
    text = read(
        with_members(
            data,
            **{
                "ppt/_rels/presentation.xml.rels": rels.replace("</Relationships>", relation),
                "ppt/vbaProject.bin": b"\0",
            },
        )
    )
    assert text.text == "x\n"
    assert {"not understood: macros", "not understood: part of a slide: model3d"} <= set(reasons(text))


@pytest.mark.parametrize("damage", [None, b"", b"<broken", b'<!DOCTYPE x [<!ENTITY y "z">]><x>&y;</x>'])
@pytest.mark.parametrize(
    "part",
    [
        "ppt/theme/theme1.xml",
        "ppt/slideLayouts/slideLayout7.xml",
        "ppt/slideMasters/slideMaster1.xml",
        "ppt/notesSlides/notesSlide1.xml",
        SLIDE,
    ],
)
def test_one_bad_part(part, damage):
    """A part that is damaged or missing costs that part; the other slides are read."""
    deck = Presentation()
    for number in (1, 2):
        slide = deck.slides.add_slide(deck.slide_layouts[6])
        box(slide, f"slide {number}")
        slide.notes_slide.notes_text_frame.text = f"note {number}"
    text = read(with_members(saved(deck), **{part: damage}))
    assert "slide 2" in text.text
    assert "slide 1" in text.text
    if part == SLIDE:
        assert "[slide 1 cannot be read" in text.text


def test_damaged_charts(slide):
    """A damaged chart is named, and the slide is read."""
    box(slide, "kept")
    data = XyChartData()
    data.add_series("p").add_data_point(1, 2)
    slide.shapes.add_chart(XL_CHART_TYPE.XY_SCATTER, 0, Inches(2), Inches(4), Inches(4), data)
    saved_deck = save(slide)
    (chart,) = (name for name in names(saved_deck) if name.startswith("ppt/charts/chart") and name.endswith(".xml"))
    text = read(with_members(saved_deck, **{chart: b"<c"}))
    assert text.text == "kept\n"
    assert any(chart.rpartition("/")[2] in reason for reason in reasons(text))


def names(data):
    """The members of a container."""
    import zipfile

    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.namelist()


def test_no_presentation(slide):
    """A file without its main part is damaged."""
    with pytest.raises(MalformedError):
        read(with_members(save(slide), **{"ppt/presentation.xml": None}))


NAMES = st.sampled_from(["gizmo", "futureThing", "contentPart", "hologram"])


@settings(max_examples=12, deadline=None)
@given(name=NAMES, place=st.sampled_from(["</p:spTree>", "</p:cSld>", "</p:sld>", "</a:p>", "</p:clrMapOvr>"]))
def test_unknown_elements(name, place):
    """Elements that nothing reads are reported or their words kept, wherever they stand on a slide."""
    xml = member(PLAIN, SLIDE)
    assert place in xml
    foreign = f'<z:{name} xmlns:z="urn:z"><z:t>lost</z:t></z:{name}>{place}'
    text = read(with_members(PLAIN, **{SLIDE: xml.replace(place, foreign, 1)}))
    assert "plain" in text.text
    reported = any(name in reason for reason in reasons(text))
    assert reported or "lost" in text.text or place == "</p:clrMapOvr>"


@settings(max_examples=8, deadline=None)
@given(name=NAMES)
def test_unknown_graphics(name):
    """A graphic frame that holds what nothing reads is reported, and its words are kept."""
    frame = (
        f'<p:graphicFrame {SPACES}><p:nvGraphicFramePr><p:cNvPr id="9" name="g"/></p:nvGraphicFramePr><p:xfrm/>'
        f'<a:graphic><a:graphicData uri="urn:x/{name}"><a:p><a:r><a:t>words</a:t></a:r></a:p></a:graphicData>'
        "</a:graphic></p:graphicFrame></p:spTree>"
    )
    text = read(with_members(PLAIN, **{SLIDE: member(PLAIN, SLIDE).replace("</p:spTree>", frame)}))
    assert "words" in text.text
    assert f"not understood: graphic frame {name}" in reasons(text)


def make_plain():
    """A presentation of one slide with one word."""
    deck = Presentation()
    box(deck.slides.add_slide(deck.slide_layouts[6]), "plain")
    return saved(deck)


PLAIN = make_plain()
