"""OpenDocument texts, sheets and slides keep what a person sees of every kind, and name what they cannot show."""

import pytest
from odf_page_samples import FRAME, box, cell, cell_style, lines, picture, read, row, sheet, slides
from odt_samples import SPACES, read_odt

EMF = b"\1\0\0\0\x6c\0\0\0" + bytes(32) + b" EMF" + bytes(64)
WMF = b"\xd7\xcd\xc6\x9a" + bytes(40)
PLACE = 'svg:x="1cm" svg:y="1cm" svg:width="9cm" svg:height="3cm"'
LINK = '<text:a xlink:href="https://a.b/c">here</text:a>'
RUBY = "<text:ruby><text:ruby-base>東</text:ruby-base><text:ruby-text>とう</text:ruby-text></text:ruby>"
RUN = '10<text:span text:style-name="T">6</text:span>'
UNSHOWN = [
    ("https://a.b/logo.png", "it lies outside of the file and is not fetched"),
    ("Pictures/none.png", "it is not in the file"),
    ("Pictures/a.emf", "it is an EMF drawing, which is not drawn here"),
    ("Pictures/b.wmf", "it is a WMF drawing, which is not drawn here"),
]
DRAWINGS = {"Pictures/a.emf": EMF, "Pictures/b.wmf": WMF}
OBJECT = f'<draw:frame {PLACE}><draw:object xlink:href="./Object 1"/></draw:frame>'
ENTRY = "<table:table-cell><text:p>{}</text:p></table:table-cell>".format
CHART = (
    f'<office:document-content {SPACES} xmlns:chart="urn:oasis:names:tc:opendocument:xmlns:chart:1.0"><office:body>'
    "<office:chart><chart:chart><chart:title><text:p>Sales</text:p></chart:title><table:table><table:table-row>"
    f"{ENTRY('')}{ENTRY('Cars')}</table:table-row><table:table-row>{ENTRY('Q1')}{ENTRY('10')}</table:table-row>"
    "</table:table></chart:chart></office:chart></office:body></office:document-content>"
)
FORMULA = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'
FORM = (
    '<office:forms xmlns:form="urn:oasis:names:tc:opendocument:xmlns:form:1.0"><form:form><form:checkbox form:id="a" '
    'form:label="Yes" form:current-state="checked"/><form:text form:id="b" form:current-value="Ann"/></form:form>'
    "</office:forms>"
)
CONTROLS = f'<draw:control draw:control="a" {PLACE}/><draw:control draw:control="b" {PLACE}/>'
SHAPES = f"{box('', kind='rect')}<draw:custom-shape {PLACE}><svg:desc>an arrow</svg:desc></draw:custom-shape>"


def set_run(properties):
    """A style T of runs."""
    return f'<style:style style:name="T" style:family="text"><style:text-properties {properties}/></style:style>'


def in_text(content, **members):
    """A text with this content behind a word."""
    return read_odt(f"<text:p>x{content}</text:p>", members=members)


def in_cell(content, **members):
    """A sheet with this content in a cell."""
    return sheet(row(f"<table:table-cell>{content}</table:table-cell>", cell("x")), **members)


def on_sheet(content, **members):
    """A sheet with this content over its cells."""
    table = f'<table:table table:name="S"><table:shapes>{content}</table:shapes>{row(cell("x"))}</table:table>'
    return read("spreadsheet", table, **members)


def on_slide(content, **members):
    """A slide with this content."""
    return slides(content, **members)


def left_out(text):
    """Why things were left out, and their words."""
    return [(item.reason, item.text) for item in text.dropped]


@pytest.mark.parametrize("place", [in_text, in_cell, on_sheet, on_slide])
@pytest.mark.parametrize(("address", "why"), UNSHOWN)
def test_pictures_that_cannot_be_shown_are_named(place, address, why):
    """A picture that lies elsewhere, is missing or is a drawing of Windows is named with the reason, and listed."""
    frame = f'<draw:frame {PLACE}><draw:image xlink:href="{address}"/><svg:desc>plan</svg:desc></draw:frame>'
    text = place(frame, **DRAWINGS)
    name = address.rpartition("/")[2]
    assert f"[picture not shown: {name}, {why}: plan]" in text.text
    assert left_out(text) == [(f"picture not shown: {why}", name)]


@pytest.mark.parametrize("place", [in_text, in_cell, on_sheet, on_slide])
def test_shapes_without_text_are_counted(place):
    """Shapes that say nothing are counted, with their descriptions."""
    assert left_out(place(SHAPES)) == [("drawn shape without text", "an arrow")]


def test_small_pictures_are_decorative():
    """A picture as small as a bullet is counted as decorative."""
    frame = f'<draw:frame svg:width="8pt" svg:height="8pt">{FRAME.partition(">")[2]}'
    text = in_text(frame, **{"Pictures/a.png": picture()})
    assert text.text == "x\n"
    assert left_out(text) == [("decorative picture", "a fox")]


@pytest.mark.parametrize("place", [in_cell, on_sheet, on_slide])
def test_shapes_with_text_are_read(place):
    """The words of text boxes and of shapes are read."""
    shown = place(box("in a box", kind="frame") + box("in a shape", kind="custom-shape", y=8)).text.splitlines()
    assert shown[-2:] == ["in a box", "in a shape"]


@pytest.mark.parametrize("place", [in_cell, on_sheet, on_slide])
def test_charts_are_their_data(place):
    """A chart is its title and the table that it draws."""
    text = place(OBJECT, **{"Object 1/content.xml": CHART})
    assert text.text.splitlines()[-3:] == ["Sales", " | Cars", "Q1 | 10"]
    assert text.tables


@pytest.mark.parametrize("place", [in_cell, on_sheet, on_slide])
def test_formulas_are_one_line(place):
    """A formula is written on one line."""
    assert "1/2" in place(OBJECT, **{"Object 1/content.xml": FORMULA}).text


@pytest.mark.parametrize("place", [in_text, in_cell, on_sheet, on_slide])
def test_embedded_files_are_read(place):
    """A file within is named in its place and read after it."""
    frame = f'<draw:frame {PLACE}><draw:object-ole xlink:href="./inner.csv"/></draw:frame>'
    text = place(frame, **{"inner.csv": "a,b\n"})
    assert "[attachment: inner.csv, 4 bytes]" in text.text
    assert text.text.splitlines()[-1] == "a | b"


@pytest.mark.parametrize("place", [in_cell, on_sheet, on_slide])
def test_form_controls(place):
    """The controls of a form show what was ticked and entered."""
    content = FORM + CONTROLS if place is on_slide else CONTROLS
    if place is on_slide:
        text = place(content)
    else:
        table = row(f"<table:table-cell>{content}</table:table-cell>") if place is in_cell else row(cell("x"))
        shapes = f"<table:shapes>{content}</table:shapes>" if place is on_sheet else ""
        text = read("spreadsheet", f'<table:table table:name="S">{FORM}{shapes}{table}</table:table>')
    assert "☒ Yes" in text.text
    assert "Ann" in text.text
    assert "YesAnn" not in text.text


def test_links_and_readings():
    """A link's words are text and its address is listed; ruby follows its base in brackets."""
    for text in (sheet(row(cell(LINK + RUBY))), slides(box(LINK + RUBY, kind="frame"))):
        assert text.text.splitlines()[-1] == "here東(とう)"
        assert left_out(text) == [("link address", "https://a.b/c")]


def test_shapes_that_are_links():
    """Where a shape leads to is listed, whether a link or an action of the slide says so."""
    listener = (
        '<office:event-listeners><presentation:event-listener xlink:href="https://a.b/d"/></office:event-listeners>'
    )
    acting = box("go", kind="frame").replace("</draw:frame>", f"{listener}</draw:frame>")
    linked = f'<draw:a xlink:href="https://a.b/d">{box("go", kind="frame")}</draw:a>'
    for text in (slides(acting), slides(linked), on_sheet(linked)):
        assert text.text.splitlines()[-1] == "go"
        assert left_out(text) == [("link address", "https://a.b/d")]


def test_symbols_on_sheets_and_slides():
    """Letters of symbol fonts are the signs that they show, by the style of a run or of a cell."""
    wingdings = 'style:font-name="Wingdings"'
    text = sheet(row(cell("\u00fc", "C"), cell("\uf0fc", "C")), cell_style(wingdings))
    assert lines(text) == ["✓ | ✓"]
    run = '<text:span text:style-name="T">\u00fc</text:span>'
    assert slides(box(run, kind="frame"), styles=set_run(wingdings)).text == "✓\n"


@pytest.mark.parametrize(
    ("properties", "shown"),
    [
        ('style:text-line-through-style="solid"', "10~~6~~"),
        ('style:text-position="super 58%"', "10⁶"),
        ('style:text-position="sub 58%"', "10₆"),
    ],
)
def test_runs_on_slides(properties, shown):
    """Struck-out, raised and lowered runs of a slide are marked as such."""
    assert slides(box(RUN, kind="frame"), styles=set_run(properties)).text == f"{shown}\n"


def test_numbers_in_tables_of_slides():
    """A number in a slide's table is shown as the file displays it, or else under its style."""
    style = (
        '<number:percentage-style style:name="N"><number:number number:decimal-places="1" '
        'number:min-integer-digits="1"/><number:text> %</number:text></number:percentage-style>'
    )
    cells = [cell(shown, "C", value_type="percentage", value="0.125") for shown in ("", "12,5 %")]
    table = f"<draw:frame {PLACE}><table:table>{row(*cells)}{row(cell('a'), cell('b'))}</table:table></draw:frame>"
    text = slides(table, styles=style + cell_style(data="N"))
    assert text.text == "12.5 % | 12,5 %\na | b\n"


def test_merged_cells_keep_the_columns():
    """The columns after a merged cell stay where they are, in texts and on slides; what it covers is listed."""
    merged = (
        '<table:table-cell table:number-columns-spanned="2"><text:p>a</text:p></table:table-cell>'
        "<table:covered-table-cell><text:p>under</text:p></table:covered-table-cell>"
    )
    table = f"<table:table>{row(merged, cell('b'))}{row(cell('c'), cell('d'), cell('e'))}</table:table>"
    for text in (read_odt(table), slides(f"<draw:frame {PLACE}>{table}</draw:frame>")):
        assert text.text == "a |  | b\nc | d | e\n"
        assert left_out(text) == [("covered", "under")]


def test_pictures_of_slide_masters_are_counted():
    """A picture that every slide has from its master is counted, not shown on each."""
    text = slides(box("x", kind="frame"), master=FRAME.format(1), **{"Pictures/a.png": picture()})
    assert left_out(text) == [("picture of the slide master", "")]


def test_tracked_insertions_are_kept():
    """What was inserted while changes were tracked is text."""
    changes = (
        '<text:tracked-changes><text:changed-region text:id="c"><text:insertion/></text:changed-region>'
        "</text:tracked-changes>"
    )
    inserted = 'a <text:change-start text:change-id="c"/>new<text:change-end text:change-id="c"/> b'
    text = read_odt(f"{changes}<text:p>{inserted}</text:p>")
    assert text.text == "a new b\n"
    assert not text.dropped


def test_metadata():
    """Title, author and subject are in the metadata."""
    meta = (
        f"<office:document-meta {SPACES}><office:meta><dc:title>Plan</dc:title><dc:creator>Ann</dc:creator>"
        "<dc:subject>Ships</dc:subject></office:meta></office:document-meta>"
    )
    text = in_text("", **{"meta.xml": meta})
    assert text.sources[0].metadata == {"title": "Plan", "author": "Ann", "subject": "Ships"}


def test_linked_sections_show_their_stored_text():
    """A section that links to another file shows the text that was stored with it."""
    section = '<text:section text:name="L"><text:section-source xlink:href="../b.odt"/><text:p>stored</text:p>'
    assert read_odt(f"{section}</text:section>").text == "stored\n"


@pytest.mark.parametrize("font", ["Liberation Mono1", "Courier New"])
def test_code_by_its_runs(font):
    """Paragraphs all of whose runs are in monospaced type keep their lines, on slides and in texts."""
    code = "def count(ships):", '<text:s text:c="4"/>return len(ships)'
    spans = [f'<text:span text:style-name="T">{line}</text:span>' for line in code]
    prose = "The program counts the ships that come into the harbor and says how many there are"
    body = "".join(f"<text:p>{line}</text:p>" for line in (prose, *spans, f"{spans[0]} is its name"))
    styles = set_run(f'style:font-name="{font}"')
    slide = f"<draw:frame {PLACE}><draw:text-box>{body}</draw:text-box></draw:frame>"
    for text in (read_odt(body, styles), slides(slide, styles=styles)):
        assert [text.text[start:end] for start, end in text.verbatim] == ["def count(ships):\n    return len(ships)"]
