"""What lies across the text of a page takes nothing out of it and divides nothing."""

from __future__ import annotations

import pymupdf
import pytest
from pdf_samples import document, page, read

LEFT = [f"The left column says in line {number} what" for number in range(20)]
RIGHT = [f"While the right one has in row {number} more" for number in range(20)]


def write_columns(where: pymupdf.Page) -> None:
    """Write two columns of twenty lines."""
    for number, (left, right) in enumerate(zip(LEFT, RIGHT, strict=True)):
        where.insert_text((40, 100 + 14 * number), left, fontsize=10)
        where.insert_text((320, 100 + 14 * number), right, fontsize=10)


def find_order(text: str) -> list[int]:
    """Return where each line of both columns stands in the text."""
    words = " ".join(text.split())
    return [words.find(line) for line in (*LEFT, *RIGHT)]


def draw_text(where: pymupdf.Page, number: int = 0) -> None:
    """Draw the word DRAFT across the columns."""
    where.insert_text((150, 260), f"DRAFT {number or ''}".strip(), fontsize=90, color=(0.8, 0.8, 0.8), overlay=False)


def draw_turned_text(where: pymupdf.Page) -> None:
    """Draw it from the lower left to the upper right."""
    turn = pymupdf.Point(300, 250), pymupdf.Matrix(-45)
    where.insert_text((150, 260), "DRAFT", fontsize=90, color=(0.8, 0.8, 0.8), morph=turn, overlay=False)


def draw_picture(where: pymupdf.Page) -> None:
    """Draw a picture behind the middle of the page."""
    pixels = pymupdf.Pixmap(pymupdf.csRGB, pymupdf.IRect(0, 0, 80, 80))
    pixels.clear_with(230)
    where.insert_image((180, 120, 420, 360), pixmap=pixels, overlay=False)


def draw_circles(where: pymupdf.Page) -> None:
    """Draw a seal of circles behind the middle of the page."""
    for radius in range(20, 120, 10):
        where.draw_circle((300, 240), radius, color=(0.8, 0.8, 0.8), overlay=False)


@pytest.mark.parametrize("draw", [draw_text, draw_turned_text, draw_picture, draw_circles])
def test_columns_are_read_beneath_a_watermark(draw) -> None:
    """Words, pictures and drawings across two columns leave every line in its place."""
    made = document()
    where = page(made, 595, 842)
    write_columns(where)
    draw(where)
    places = find_order(read(made).text)
    assert -1 not in places
    assert places == sorted(places)


def test_words_of_a_watermark_are_read_once() -> None:
    """They follow the first page that has them; on the others they are listed."""
    made = document()
    for _ in range(3):
        where = page(made, 595, 842)
        write_columns(where)
        draw_text(where)
    text = read(made)
    assert text.text.count("[watermark: DRAFT]") == 1
    assert [(item.page, item.text) for item in text.dropped if item.reason == "repeated watermark"] == [
        (1, "DRAFT"),
        (2, "DRAFT"),
    ]


def test_picture_behind_text_is_reported() -> None:
    """A picture that text runs over is not shown, and counted."""
    made = document()
    where = page(made, 595, 842)
    write_columns(where)
    draw_picture(where)
    assert [item.count for item in read(made).dropped if item.reason == "picture behind text"] == [1]
