"""Which PDF pages, and which parts of them, stay pictures."""

from __future__ import annotations

import math
from itertools import pairwise

import numpy as np
import pymupdf
import pytest
from pdf_samples import HEIGHT, PROSE, WIDTH, document, noise, page, raw, read

from glyph_integrations.source.blob import Blob
from glyph_integrations.source.formats.pdf import PdfFormat
from glyph_integrations.source.text import WHOLE_PAGE, Box


def scan(*, recognised=False):
    """A page that is one image, with or without the invisible text of a recogniser."""
    made = document()
    where = page(made)
    where.insert_image(where.rect, stream=noise(400, 560), keep_proportion=False)
    if recognised:
        where.insert_text((50, 60), "text that was recognised", render_mode=3)
    return made


def test_scan_is_shown_as_a_raster():
    """A page without text is one picture with an empty range and a reason."""
    text = read(scan())
    assert (text.pages[0].shown_as, text.text) == ("raster", "")
    assert "scan" in text.pages[0].reason
    (picture,) = text.pictures
    assert (picture.start, picture.end, picture.box) == (0, 0, WHOLE_PAGE)


def test_recognised_text_is_used_on_demand():
    """The invisible text over a scan is hidden, unless ``pages="text"`` asks for it."""
    assert "recognised" not in read(scan(recognised=True)).text
    text = read(scan(recognised=True), pages="text")
    assert text.text.strip() == "text that was recognised"
    assert text.pages[0].shown_as == "text"
    assert not text.pictures


def test_pages_can_be_forced_to_rasters():
    """``pages="raster"`` shows every page, and its text is what the picture stands for."""
    made = document()
    page(made).insert_textbox((50, 50, 370, 300), PROSE)
    text = read(made, pages="raster")
    (picture,) = text.pictures
    assert text.pages[0].shown_as == "raster"
    assert text.text[picture.start : picture.end].split() == PROSE.split()


def test_image_among_text_is_cropped_in_order():
    """An image between two paragraphs is a crop between them, and its box is the image's."""
    made = document()
    where = page(made)
    where.insert_textbox((50, 40, 370, 180), PROSE, fontsize=10)
    where.insert_image((100, 200, 300, 350), stream=noise())
    where.insert_textbox((50, 370, 370, 500), "Afterwards it rained. " + PROSE, fontsize=10)
    text = read(made)
    (picture,) = text.pictures
    assert picture.start == text.text.index("Afterwards")
    assert picture.box == pytest.approx((100 / WIDTH, 200 / HEIGHT, 300 / WIDTH, 350 / HEIGHT), abs=0.01)
    assert text.pages[0].shown_as == "text"


def chart(where):
    """A curve with axes and labels."""
    where.draw_line((100, 350), (300, 350))
    where.draw_line((100, 350), (100, 220))
    points = [(100 + i * 4, 290 - 50 * math.sin(i / 5)) for i in range(50)]
    for first, second in pairwise(points):
        where.draw_line(first, second)
    for i in range(5):
        where.draw_circle((120 + 40 * i, 300), 6)
        where.insert_text((115 + 40 * i, 345), f"{i}", fontsize=8)


def test_drawing_is_cropped_with_its_labels():
    """A drawing is one crop, and the labels in it are what it stands for."""
    made = document()
    where = page(made)
    where.insert_textbox((50, 40, 370, 180), PROSE, fontsize=10)
    chart(where)
    text = read(made)
    (picture,) = text.pictures
    assert text.text[picture.start : picture.end].split() == ["0", "1", "2", "3", "4"]
    assert picture.box.x0 * WIDTH <= 101
    assert picture.box.y1 * HEIGHT >= 349


def test_bar_chart_is_a_figure_with_its_scales():
    """Bars on a common axis are one drawing, with the numbers along its axes; the caption stays text."""
    made = document()
    where = page(made)
    for number, height in enumerate((40, 75, 60, 90)):
        left = 150 + 60 * number
        where.draw_rect((left, 400 - height, left + 30, 400), color=None, fill=(0.2, 0.4, 0.6))
        where.insert_text((left + 4, 414), str(2021 + number), fontsize=9)
    where.draw_line((130, 400), (380, 400))
    where.draw_line((130, 300), (130, 400))
    for value in (0, 1000, 2000):
        where.insert_text((104, 403 - value / 22), str(value), fontsize=9)
    where.insert_text((150, 440), "Figure 1: passengers in thousands, by year", fontsize=9)
    text = read(made)
    (picture,) = text.pictures
    covered = text.text[picture.start : picture.end]
    assert all(label in covered for label in ("2021", "2024", "1000", "2000"))
    assert "Figure 1" in text.text.replace(covered, "")


def test_shaded_rows_are_no_chart():
    """Rows of a list shaded with bars of one length are not taken for a chart."""
    made = document()
    where = page(made)
    for number in range(6):
        where.draw_rect((72, 100 + 40 * number, 400, 120 + 40 * number), color=None, fill=(0.9, 0.9, 0.9))
        where.insert_text((76, 114 + 40 * number), f"Item number {number} of the list, in stock", fontsize=10)
    assert read(made).pictures == ()


def test_decoration_is_no_figure():
    """Rules, small logos and coloured bands are not worth a picture."""
    made = document()
    where = page(made)
    where.draw_rect((0, 0, WIDTH, 30), fill=(0.2, 0.2, 0.6), color=None)
    where.insert_image((20, 5, 40, 25), stream=noise(20, 20))
    where.draw_line((50, 200), (370, 200))
    where.insert_textbox((50, 40, 370, 180), PROSE, fontsize=10)
    assert not read(made).pictures


def test_page_that_is_mostly_a_figure():
    """A page that a figure fills is shown whole."""
    made = document()
    where = page(made)
    where.insert_image((10, 10, WIDTH - 10, HEIGHT - 60), stream=noise(400, 520), keep_proportion=False)
    where.insert_text((50, HEIGHT - 30), "Figure 1: stripes")
    text = read(made)
    assert text.pages[0].shown_as == "raster"
    assert "figure" in text.pages[0].reason
    assert "Figure 1" in text.text


def test_unreadable_text_layer():
    """A page whose characters have no meaning is shown, not typeset."""
    content = b"BT /F 12 Tf 50 50 Td (ABCABACBABCABACBABC) Tj ET"
    nameless = b"/BaseFont/Helvetica/Encoding<</Differences[65/g1/g2/g3]>>"
    text = read(raw(content).replace(b"/BaseFont/Helvetica", nameless))
    assert text.pages[0].shown_as == "raster"
    assert "unreadable" in text.pages[0].reason


def test_blank_page_is_no_picture():
    """An empty page costs nothing."""
    made = document()
    page(made)
    page(made).insert_text((50, 60), "Something to read.")
    text = read(made)
    assert not text.pictures
    assert [where.reason for where in text.pages] == ["blank", "text"]


@pytest.mark.parametrize("colour", [False, True])
def test_raster_shows_the_box(colour):
    """A raster has the asked size and shows the asked part of the page as displayed."""
    made = document()
    where = page(made)
    where.draw_rect((0, 0, WIDTH / 2, HEIGHT), fill=(1, 0, 0), color=None)
    where.set_rotation(90)
    blob = Blob(name="made.pdf", data=made.tobytes())
    whole = PdfFormat().raster(blob, 0, WHOLE_PAGE, 120, 80, colour=colour)
    assert whole.shape == ((80, 120, 3) if colour else (80, 120))
    assert whole.dtype == np.uint8
    top = PdfFormat().raster(blob, 0, Box(0, 0, 1, 0.4), 50, 20, colour=True)
    bottom = PdfFormat().raster(blob, 0, Box(0, 0.6, 1, 1), 50, 20, colour=True)
    assert tuple(top[10, 25]) == (255, 0, 0)
    assert tuple(bottom[10, 25]) == (255, 255, 255)


def test_chart_is_cut_out_whole():
    """Bars, both axes, their scales and titles and the legend are one picture; the text around it stays text."""
    made = document()
    where = page(made)
    where.insert_textbox((50, 40, 370, 120), PROSE, fontsize=10)
    for number, height in enumerate((40, 75, 60, 90)):
        left = 120 + 50 * number
        where.draw_rect((left, 300 - height, left + 25, 300), color=None, fill=(0.2, 0.4, 0.6))
        where.insert_text((left + 2, 314), str(2021 + number), fontsize=8)
    where.draw_line((100, 300), (330, 300))
    where.draw_line((100, 180), (100, 300))
    for value in (0, 1000, 2000, 3000):
        where.draw_line((97, 300 - value / 25), (100, 300 - value / 25))
        where.insert_text((74, 303 - value / 25), str(value), fontsize=8)
    where.insert_text((190, 326), "Financial year", fontsize=8)
    where.draw_rect((335, 200, 341, 206), color=None, fill=(0.2, 0.4, 0.6))
    where.insert_text((344, 206), "Ferries", fontsize=8)
    where.insert_textbox((50, 360, 370, 480), "Afterwards it rained. " + PROSE, fontsize=10)
    text = read(made)
    (picture,) = text.pictures
    covered = text.text[picture.start : picture.end]
    outside = text.text.replace(covered, "")
    assert [word for word in ("2021", "2024", "0", "3000", "Financial year", "Ferries") if word not in covered] == []
    assert not any(char.isdigit() for char in outside)
    assert "Afterwards it rained" in outside


@pytest.mark.parametrize("radius", [None, 0.2])
def test_boxes_take_no_text_out(radius):
    """Boxes around words, with sharp or round corners, filled or not, are no figures."""
    made = document()
    where = page(made)
    for number, words in enumerate(("Total due", "£1,204.50", "By 31 May")):
        box = pymupdf.Rect(60 + 110 * number, 100, 150 + 110 * number, 140)
        where.draw_rect(box, fill=(0.9, 0.9, 1.0) if number else None, radius=radius)
        where.insert_text((70 + 110 * number, 124), words, fontsize=9)
    text = read(made)
    assert text.pictures == ()
    assert [word for word in ("Total due", "£1,204.50", "By 31 May") if word not in text.text] == []


def test_highlighting_takes_no_text_out():
    """The curved fill behind a marked passage is no drawing."""
    made = document()
    where = page(made)
    where.insert_text((60, 100), "Something to read that is marked.", fontsize=12)
    where.add_highlight_annot(where.search_for("that is marked"))
    text = read(made)
    assert text.pictures == ()
    assert "that is marked" in text.text


def test_icon_without_meaning_stays_in_its_line():
    """A single character of the private use area tears neither its line nor its neighbours out of the text."""
    made = document()
    where = page(made)
    where.insert_font("icons", fontbuffer=pymupdf.Font("cjk").buffer)
    where.insert_text((60, 100), "Call \ue123 the harbour office", fontsize=10, fontname="icons")
    where.insert_text((60, 114), "before noon.", fontsize=10)
    text = read(made)
    assert text.pictures == ()
    assert "the harbour office" in text.text


def test_fields_of_a_form_are_no_chart():
    """White boxes of one height and several widths, one below the other, are where a form is filled in."""
    made = document()
    where = page(made)
    for row, width in enumerate((300, 120, 220, 300, 60)):
        where.insert_text((40, 60 + 30 * row), f"{row + 1}. Name of the applicant")
        where.draw_rect((40, 65 + 30 * row, 40 + width, 78 + 30 * row), color=(0.5, 0.5, 0.5), fill=(1, 1, 1))
    text = read(made)
    assert not text.pictures
    assert text.pages[0].shown_as == "text"
    assert text.text.count("Name of the applicant") == 5
