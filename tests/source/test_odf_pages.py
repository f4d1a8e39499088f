"""Sheets and slides of OpenDocument: what is shown is kept, what is hidden is listed, what is unknown is reported."""

# ruff: noqa: E501 - a way to hide or to show is one line

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st
from odf_page_samples import (
    FRAME,
    box,
    cell,
    cell_style,
    lines,
    page_style,
    picture,
    read,
    reasons,
    row,
    shape_style,
    sheet,
    slides,
)

WORD = "ZANZIBAR"


@pytest.mark.parametrize(
    ("style", "value", "shown"),
    [
        ('<number:number number:decimal-places="2" number:grouping="true"/>', 1234.5, "1,234.50"),
        (
            (
                '<number:number number:decimal-places="1" number:min-integer-digits="1" '
                'number:display-factor="1000000"/><number:text>M</number:text>'
            ),
            1500000,
            "1.5M",
        ),
        ("<number:text>Q</number:text><number:number number:min-integer-digits='1'/>", 3, "Q3"),
        ('<number:fraction number:min-integer-digits="0" number:min-denominator-digits="1"/>', 1.5, "1 1/2"),
        (
            '<number:scientific-number number:decimal-places="2" number:min-integer-digits="1" number:min-exponent-digits="2"/>',
            12300,
            "1.23E+04",
        ),
        ('<number:number number:min-integer-digits="5"/>', 501, "00501"),
        (
            '<number:currency-symbol>$</number:currency-symbol><number:number number:decimal-places="2" number:min-integer-digits="1"/>',
            5,
            "$5.00",
        ),
    ],
)
def test_number_styles(style, value, shown):
    """Numbers whose display the file does not keep are shown under their style."""
    styles = f'<number:number-style style:name="N">{style}</number:number-style>' + cell_style(data="N")
    text = sheet(
        row(cell("", "C", value_type="float", value=value), cell(str(value), "C", value_type="float", value=value)),
        styles,
    )
    assert lines(text) == [f"{shown} | {shown}"]


def test_mapped_number_styles():
    """A style for positive numbers stands beside that for negative ones."""
    number = '<number:number number:decimal-places="0" number:min-integer-digits="1"/>'
    styles = (
        f'<number:number-style style:name="P">{number}</number:number-style><number:number-style style:name="N">'
        f"<number:text>(</number:text>{number}<number:text>)</number:text>"
        '<style:map style:condition="value()&gt;=0" style:apply-style-name="P"/></number:number-style>'
    ) + cell_style(data="N")
    cells = [cell("", "C", value_type="float", value=value) for value in (7, -7)]
    assert lines(sheet(row(*cells), styles)) == ["7 | (7)"]


def test_what_the_file_displays():
    """The display that the file keeps stands, in its own language."""
    shown = cell("1.234,50 €", "C", value_type="currency", value="1234.5")
    assert lines(sheet(row(shown), cell_style())) == ["1.234,50 €"]


def test_struck_out_and_raised():
    """Struck-out cells and runs are marked, raised digits stay raised."""
    styles = cell_style('style:text-line-through-style="solid"') + (
        '<style:style style:name="T" style:family="text"><style:text-properties style:text-position="super 58%"/>'
        "</style:style>"
    )
    cells = cell("500", "C"), cell("750"), cell('10<text:span text:style-name="T">6</text:span>')
    assert lines(sheet(row(*cells), styles)) == ["~~500~~ | 750 | 10⁶"]


def test_formulas():
    """A formula without a result shows itself, and is reported."""
    formula = '<table:table-cell table:formula="of:=SUM([.A1:.B1])"/>'
    text = sheet(row(cell("1"), formula))
    assert lines(text) == ["1 | =SUM(A1:B1)"]
    assert "result of a formula that no program has calculated yet" in reasons(text)


def test_pictures_and_comments():
    """Pictures and comments follow the table of their row; a picture in a hidden row does not."""
    pictured = f"<table:table-cell><text:p>x</text:p>{FRAME.format(1)}</table:table-cell>"
    noted = (
        "<table:table-cell><office:annotation><dc:creator>Ann</dc:creator><text:p>why?</text:p></office:annotation>"
        "<text:p>y</text:p></table:table-cell>"
    )
    hidden = f"<table:table-cell><text:p>z</text:p>{FRAME.format(1)}</table:table-cell>"
    rows = row(pictured) + row() + row(noted) + row(hidden, visibility="collapse")
    text = sheet(rows, **{"Pictures/a.png": picture()})
    assert lines(text) == ["x", "[picture: a fox]", "y[comment 1]", "[comment 1, Ann] why?"]
    assert len(text.pictures) == 1


def test_repeats_are_bounded():
    """Blank cells cost nothing, and a cell that says that it fills the sheet does not."""
    many = 'table:number-columns-repeated="16384"'
    text = sheet(row(cell("x", extra=many), number_rows_repeated="1048576") + row(f"<table:table-cell {many}/>"))
    assert len(text.text) < 2_000_000
    assert "cell that is repeated too often" in reasons(text)


def test_printed_heads():
    """The head that sheets are printed with shows once."""
    master = "<style:header><text:p>Confidential <text:page-number>1</text:page-number></text:p></style:header>"
    table = '<table:table table:name="{}"><table:table-row><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row></table:table>'
    text = read("spreadsheet", table.format("S") + table.format("T"), master=master)
    assert text.text.splitlines() == ["S", "Header: Confidential 1", "x", "T", "x"]


WHITE = 'fo:color="#ffffff"'
NAVY = 'fo:background-color="#000060"'
SEEN = row(cell(), cell(), cell("seen"))
HIDDEN_ROW = '<style:style style:name="R" style:family="table-row"><style:table-row-properties style:row-height="0cm"/></style:style>'
HIDDEN_COLUMN = '<style:style style:name="K" style:family="table-column"><style:table-column-properties style:column-width="0cm"/></style:style>'
SPAN = '<style:style style:name="T" style:family="text"><style:text-properties {}/></style:style>'
RUN = f'x<text:span text:style-name="T">{WORD}</text:span>'

HIDDEN_CELLS = {
    "white": (row(cell(WORD, "C")), cell_style(WHITE)),
    "nearly white": (row(cell(WORD, "C")), cell_style('fo:color="#fafafa"')),
    "color of its fill": (row(cell(WORD, "C")), cell_style('fo:color="#000060"', NAVY)),
    "one point": (row(cell(WORD, "C")), cell_style('fo:font-size="1pt"')),
    "hidden style": (row(cell(WORD, "C")), cell_style('text:display="none"')),
    "white run": (row(cell(RUN)), SPAN.format(WHITE)),
    "tiny run": (row(cell(RUN)), SPAN.format('fo:font-size="1pt"')),
    "white number": (row(cell("", "C", value_type="string", string_value=WORD)), cell_style(WHITE)),
    "collapsed row": (row(cell(WORD), visibility="collapse"), ""),
    "filtered row": (row(cell(WORD), visibility="filter"), ""),
    "row without height": (row(cell(WORD), style_name="R"), HIDDEN_ROW),
    "row in a closed group": (f'<table:table-row-group table:display="false">{row(cell(WORD))}</table:table-row-group>', ""),
    "hidden column": (f'<table:table-column/><table:table-column table:visibility="collapse"/>{row(cell("a"), cell(WORD))}', ""),
    "column without width": (f'<table:table-column table:style-name="K"/><table:table-column/>{row(cell(WORD), cell("a"))}', HIDDEN_COLUMN),
    "under a merged cell": (row(cell("a"), f"<table:covered-table-cell><text:p>{WORD}</text:p></table:covered-table-cell>"), ""),
    "column's white style": (f'<table:table-column table:default-cell-style-name="C"/>{row(cell(WORD))}', cell_style(WHITE)),
    "row's white style": (row(cell(WORD), default_cell_style_name="C"), cell_style(WHITE)),
}  # fmt: skip
SHOWN_CELLS = {
    "white on navy": (row(cell(WORD, "C")), cell_style(WHITE, NAVY)),
    "white run on navy": (row(cell(RUN, "C")), cell_style("", NAVY) + SPAN.format(WHITE)),
    "white run on its own color": (row(cell(RUN)), SPAN.format(f'{WHITE} fo:background-color="#000000"')),
    "automatic color": (row(cell(WORD, "C")), cell_style('style:use-window-font-color="true"')),
    "gray": (row(cell(WORD, "C")), cell_style('fo:color="#b2b2b2"')),
    "five points": (row(cell(WORD, "C")), cell_style('fo:font-size="5pt"')),
    "visible row": (row(cell(WORD), visibility="visible"), ""),
    "open group": (f'<table:table-row-group table:display="true">{row(cell(WORD))}</table:table-row-group>', ""),
    "header rows": (f"<table:table-header-rows>{row(cell(WORD))}</table:table-header-rows>", ""),
    "column's navy style": (f'<table:table-column table:default-cell-style-name="C"/>{row(cell(WORD))}', cell_style(WHITE, NAVY)),
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN_CELLS)
def test_hidden_cells(name):
    """What nobody can see on a sheet is left out, and listed as hidden with its words."""
    rows, styles = HIDDEN_CELLS[name]
    text = sheet(rows + SEEN, styles)
    assert WORD not in text.text
    assert "seen" in text.text
    assert any(item.hidden and WORD in item.text for item in text.dropped)


@pytest.mark.parametrize("name", SHOWN_CELLS)
def test_shown_cells(name):
    """What is seen on a sheet is read."""
    rows, styles = SHOWN_CELLS[name]
    text = sheet(rows, styles)
    assert WORD in text.text
    assert not any(WORD in item.text for item in text.dropped)


EMPTY, FILLED = 'draw:fill="none"', 'draw:fill="solid" draw:fill-color="#000060"'
DARK_PAGE = '<draw:page draw:master-page-name="M" draw:style-name="D">{}</draw:page>'
SEEN_BOX = box("seen", kind="frame", y=15)
ANIMATION = '<anim:par><anim:set smil:targetElement="cover"/></anim:par>'

HIDDEN_SHAPES = {
    "white": (box(WORD, "W", kind="frame"), shape_style("W", EMPTY, WHITE)),
    "white without a fill": (box(WORD, "W"), shape_style("W", EMPTY, WHITE)),
    "color of its fill": (box(WORD, "W"), shape_style("W", FILLED, 'fo:color="#000060"')),
    "color of the slide": (DARK_PAGE.format(box(WORD, "W", kind="frame") + SEEN_BOX), page_style(FILLED) + shape_style("W", EMPTY, 'fo:color="#000060"')),
    "color of what it lies on": (box("", "F") + box(WORD, "W", x=2, y=2, width=3, height=1), shape_style("F", FILLED) + shape_style("W", EMPTY, 'fo:color="#000060"')),
    "one point": (box(WORD, "W", kind="frame"), shape_style("W", EMPTY, 'fo:font-size="1pt"')),
    "off the slide": (box(WORD, x=60, kind="frame"), ""),
    "above the slide": (box(WORD, y=-10, kind="frame"), ""),
    "covered": (box(WORD, kind="frame") + box("", "F"), shape_style("F", FILLED)),
    "hidden slide": (f'<draw:page draw:style-name="D">{box(WORD)}</draw:page>', page_style('presentation:visibility="hidden"')),
    "white run": (box(RUN, kind="frame"), SPAN.format(WHITE)),
    "not displayed": (box(WORD, extra='draw:display="none"', kind="frame"), ""),
}  # fmt: skip
SHOWN_SHAPES = {
    "white on navy": (box(WORD, "W"), shape_style("W", FILLED, WHITE)),
    "white on a dark slide": (DARK_PAGE.format(box(WORD, "W", kind="frame")), page_style(FILLED) + shape_style("W", EMPTY, WHITE)),
    "white on a gradient": (box(WORD, "W"), shape_style("W", 'draw:fill="gradient"', WHITE)),
    "white on a picture": (FRAME.format(1) + box(WORD, "W", width=2, height=1), shape_style("W", EMPTY, WHITE)),
    "white on what it lies on": (box("", "F") + box(WORD, "W", x=2, y=2, width=3, height=1), shape_style("F", FILLED) + shape_style("W", EMPTY, WHITE)),
    "white over an edge": (box("", "F", width=2) + box(WORD, "W"), shape_style("F", FILLED) + shape_style("W", EMPTY, WHITE)),
    "white on an unknown fill": (box(WORD, "W"), shape_style("W", "", WHITE)),
    "default": (box(WORD, kind="frame"), ""),
    "partly off the slide": (box(WORD, x=25, kind="frame"), ""),
    "under a shape that shows through": (box(WORD, kind="frame") + box("", "F"), shape_style("F", EMPTY)),
    "partly covered": (box(WORD, kind="frame") + box("", "F", width=2), shape_style("F", FILLED)),
    "covered until it moves": (box(WORD, kind="frame") + box("", "F", extra='draw:id="cover"') + ANIMATION, shape_style("F", FILLED)),
}  # fmt: skip


@pytest.mark.parametrize("name", HIDDEN_SHAPES)
def test_hidden_shapes(name):
    """What nobody can see on a slide is left out, and listed as hidden with its words."""
    shapes, styles = HIDDEN_SHAPES[name]
    text = slides(*((shapes, SEEN_BOX) if shapes.startswith("<draw:page") else (shapes + SEEN_BOX,)), styles=styles)
    assert WORD not in text.text
    assert "seen" in text.text
    assert any(item.hidden and WORD in item.text for item in text.dropped)


@pytest.mark.parametrize("name", SHOWN_SHAPES)
def test_shown_shapes(name):
    """What is seen on a slide is read."""
    shapes, styles = SHOWN_SHAPES[name]
    text = slides(shapes, styles=styles, **{"Pictures/a.png": picture()})
    assert WORD in text.text
    assert not any(WORD in item.text for item in text.dropped)


def test_slide_pictures():
    """Pictures stand where they are read; one that was shown before is counted, and its slide named."""
    text = slides(box("right", kind="frame", x=15) + FRAME.format(1), FRAME.format(2), **{"Pictures/a.png": picture()})
    assert text.text == "[picture: a fox]\nright\n[slide 2 has no text: only shapes]\n"
    assert [round(each.width) for each in text.pictures] == [85]
    assert "repeated picture" in reasons(text)


def test_footers_masters_and_comments():
    """Footers and the words of masters come once; comments name their authors; prompts are no text."""
    before = '<presentation:footer-decl presentation:name="f">ACME</presentation:footer-decl>'
    comment = "<office:annotation><dc:creator>Ann</dc:creator><text:p>why?</text:p></office:annotation>"
    prompt = box("Click to add text", extra='presentation:placeholder="true"', kind="frame")
    page = '<draw:page draw:master-page-name="M" presentation:use-footer-name="f">{}</draw:page>'
    text = slides(
        page.format(box("one", kind="frame") + comment + prompt), page.format(box("two", kind="frame")),
        before=before, master=box("Confidential", kind="frame"),
    )  # fmt: skip
    assert text.text.splitlines() == ["one", "ACME", "Confidential", "[comment, Ann] why?", "two"]


def test_tables_on_slides():
    """A table on a slide keeps its rows and columns."""
    table = f"<table:table>{row(cell('a'), cell('b'))}{row(cell('c'), cell('d'))}</table:table>"
    place = 'svg:x="1cm" svg:y="1cm" svg:width="9cm" svg:height="3cm"'
    text = slides(f"<draw:frame {place}>{table}</draw:frame>")
    assert text.text == "a | b\nc | d\n"
    assert len(text.tables) == 1


NAMES = st.sampled_from(["gizmo", "futureThing", "hologram"])


@settings(max_examples=8, deadline=None)
@given(name=NAMES)
def test_unknown_elements(name):
    """Elements that nothing reads are reported, on sheets and on slides."""
    foreign = f'<z:{name} xmlns:z="urn:z">lost</z:{name}>'
    for text in (
        sheet(row(cell("x")) + foreign),
        sheet(row(cell("x"), foreign)),
        slides(box("x", kind="frame") + foreign),
    ):
        assert "x" in text.text
        assert any(name in reason for reason in reasons(text))
