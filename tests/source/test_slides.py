"""Presentations are read slide by slide, in reading order, with boxes, notes and chart data."""

import pytest
from office_samples import saved
from pptx import Presentation
from pptx.chart.data import CategoryChartData
from pptx.enum.chart import XL_CHART_TYPE
from pptx.util import Inches, Pt

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)


@pytest.fixture
def presentation():
    """A new presentation, 10 × 7.5 inches."""
    return Presentation()


def read(presentation, **options):
    """The presentation, saved and loaded."""
    return load(saved(presentation), limits=IN_PROCESS, **options)


def add_box(shapes, text, left, top, *, height=1):
    """A text box 2 inches wide, at a place in inches."""
    box = shapes.add_textbox(Inches(left), Inches(top), Inches(2), Inches(height))
    box.text_frame.text = text
    return box


def test_pages_and_titles(presentation):
    """Each slide is a page with its size; titles are headings and come first."""
    for number in (1, 2):
        slide = presentation.slides.add_slide(presentation.slide_layouts[1])
        add_box(slide.shapes, "above", 1, 0, height=0.1)
        slide.shapes.title.text = f"Title {number}"
        slide.placeholders[1].text_frame.text = "First"
        paragraph = slide.placeholders[1].text_frame.add_paragraph()
        paragraph.text, paragraph.level = "Below", 1
    text = read(presentation)
    assert text.text == "Title 1\nabove\n• First\n  – Below\nTitle 2\nabove\n• First\n  – Below\n"
    assert [(page.width, page.height) for page in text.pages] == [(720, 540), (720, 540)]
    assert [text.text[h.start : h.end] for h in text.headings] == ["Title 1", "Title 2"]
    assert load(saved(presentation)).text == text.text


def test_reading_order_and_boxes(presentation):
    """Shapes come row by row from the left, those in groups where they lie, each with its box."""
    shapes = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes
    add_box(shapes, "bottom", 1, 6)
    add_box(shapes, "right", 6, 1)
    add_box(shapes.add_group_shape().shapes, "left", 1, 1.1)
    text = read(presentation)
    assert text.text.splitlines() == ["left", "right", "bottom"]
    (place,) = text.locate(5, 10)
    assert place.box == pytest.approx((0.6, 1 / 7.5, 0.8, 2 / 7.5), abs=1e-3)


def test_tables(presentation):
    """Tables keep rows and columns, merged cells come once, cells have boxes."""
    shapes = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes
    table = shapes.add_table(2, 2, Inches(1), Inches(1), Inches(4), Inches(2)).table
    for row in range(2):
        for column in range(2):
            table.cell(row, column).text = f"{row}{column}"
    table.cell(0, 0).merge(table.cell(0, 1))
    text = read(presentation)
    assert [text.text[start:end] for start, end in text.tables[0].rows] == ["00 01 | ", "10 | 11"]
    start = text.text.index("11")
    assert text.locate(start, start + 2)[0].box == pytest.approx((0.3, 2 / 7.5, 0.5, 3 / 7.5), abs=1e-3)


def test_charts(presentation):
    """A chart is its title and a table of its data."""
    data = CategoryChartData()
    data.categories = ["Q1", "Q2"]
    data.add_series("North", (1.5, 2))
    data.add_series("South", (3, 4))
    shapes = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes
    frame = shapes.add_chart(XL_CHART_TYPE.COLUMN_CLUSTERED, 0, 0, Inches(4), Inches(4), data)
    frame.chart.has_title = True
    frame.chart.chart_title.text_frame.text = "Sales"
    assert read(presentation).text.splitlines() == ["[chart: Sales]", " | North | South", "Q1 | 1.5 | 3", "Q2 | 2 | 4"]


def test_notes(presentation):
    """Speaker notes follow their slide, marked as such."""
    slide = presentation.slides.add_slide(presentation.slide_layouts[6])
    add_box(slide.shapes, "slide", 1, 1)
    slide.notes_slide.notes_text_frame.text = "say this\nand that"
    assert read(presentation).text == "slide\nNotes: say this\nand that\n"


def test_what_nobody_sees(presentation):
    """Shapes off the slide, hidden shapes and tiny text are left out and counted."""
    shapes = presentation.slides.add_slide(presentation.slide_layouts[6]).shapes
    add_box(shapes, "seen", 1, 1)
    add_box(shapes, "outside", 20, 1)
    add_box(shapes, "invisible", 1, 3)._element.nvSpPr.cNvPr.set("hidden", "1")
    add_box(shapes, "tiny", 1, 5).text_frame.paragraphs[0].runs[0].font.size = Pt(1)
    text = read(presentation)
    assert text.text == "seen\n"
    assert {item.reason: item.characters for item in text.dropped} == {
        "off the page": 7,
        "not displayed": 9,
        "under 2 pt": 4,
    }


@pytest.mark.parametrize(("furniture", "times"), [("once", 1), ("keep", 2)])
def test_footers(presentation, furniture, times):
    """A footer that repeats is kept once, unless every one is asked for."""
    for _ in range(2):
        slide = presentation.slides.add_slide(presentation.slide_layouts[6])
        layout = next(p for p in presentation.slide_layouts[6].placeholders if "Footer" in p.name)
        slide.shapes._spTree.append(layout._element.__copy__())
        slide.shapes[-1].text_frame.text = "ACME"
    text = read(presentation, furniture=furniture)
    assert text.text.count("ACME") == times
    assert not any(item.hidden for item in text.dropped)
