"""Tables of PDFs, with rules and without."""

from __future__ import annotations

from collections import Counter

import pymupdf
import pytest
from pdf_samples import PROSE, document, page, read
from statement_samples import make_filing

ROWS = [
    ["Item", "2023", "2022"],
    ["Revenue", "1,204", "1,118"],
    ["Cost of sales", "(802)", "(777)"],
    ["Gross profit", "402", "341"],
]


def rows_of(text):
    """The rows of the text's first table."""
    return [text.text[start:end] for start, end in text.tables[0].rows]


def put(where, rows, *, xs=(60, 200, 280), y=100, leading=18, size=10):
    """Writes cells at fixed positions."""
    for number, row in enumerate(rows):
        for x, cell in zip(xs, row, strict=True):
            where.insert_text((x, y + number * leading), cell, fontsize=size)


def test_ruled_table():
    """A table between rules becomes rows of cells, with an empty cell kept and a cell of two lines on one."""
    made = document()
    where = page(made)
    for y in (85, 105, 135, 155):
        where.draw_line((50, y), (350, y))
    for x in (50, 190, 270, 350):
        where.draw_line((x, 85), (x, 155))
    put(where, [["Port", "Ships", ""]], y=99)
    put(where, [["Old harbour", "12", "open"]], y=117)
    where.insert_text((60, 129), "and quay", fontsize=10)
    where.insert_text((280, 129), "in sum-", fontsize=7)
    where.insert_text((280, 134), "mer", fontsize=7)
    put(where, [["Bay", "3", "closed"]], y=149)
    assert rows_of(read(made)) == ["Port | Ships | ", "Old harbour and quay | 12 | open in summer", "Bay | 3 | closed"]


def test_cell_that_spans_columns_is_repeated():
    """What stands above several columns stands in each of them; a title across the whole table stands once.

    Figures far apart stay in their columns though the rule between them is missing.
    """
    made = document()
    where = page(made)
    for y in (85, 105, 125, 145):
        where.draw_line((50, y), (350, y))
    for x in (50, 350):
        where.draw_line((x, 85), (x, 145))
    for x in (150, 250):
        where.draw_line((x, 125), (x, 145))
    where.draw_line((150, 105), (150, 125))
    put(where, [["Ships", "", ""]], xs=(150, 200, 280), y=99)
    put(where, [["", "in service", ""]], xs=(60, 220, 280), y=119)
    put(where, [["Bay", "3", "4"]], xs=(60, 190, 280), y=139)
    for y in (145, 165, 185):
        where.draw_line((50, y), (350, y))
    for x in (50, 150, 350):
        where.draw_line((x, 145), (x, 185))
    where.draw_line((250, 165), (250, 185))
    put(where, [["Quay", "5", "6"], ["Pier", "7", "8"]], xs=(60, 190, 300), y=159, leading=20)
    rows = rows_of(read(made))
    assert rows[1:] == [" | in service | in service", "Bay | 3 | 4", "Quay | 5 | 6", "Pier | 7 | 8"]
    assert rows[0].count("Ships") == 1


def test_wrapped_cell_of_an_aligned_table():
    """A cell that goes on below, alone in its row and in lower case, stays one cell."""
    made = document()
    where = page(made)
    put(
        where,
        [["Fuel", "burnt by", "1,204"], ["", "the fleet", ""], *[["Hire", "of ships", "90"]] * 4],
        xs=(60, 150, 280),
    )
    rows = rows_of(read(made))
    assert rows[0] == "Fuel | burnt by the fleet | 1,204"
    assert len(rows) == 5


def test_aligned_table():
    """Figures that line up below each other are a table without any rule."""
    made = document()
    where = page(made)
    put(where, ROWS)
    where.insert_textbox((60, 220, 360, 400), PROSE, fontsize=10)
    text = read(made)
    assert rows_of(text) == [" | ".join(row) for row in ROWS]
    assert PROSE.strip() in text.text


def test_cells_have_their_boxes():
    """A cell is located where it stands."""
    made = document()
    where = page(made)
    put(where, ROWS)
    text = read(made)
    start = text.text.index("(777)")
    box = text.locate(start, start + 5)[0].box
    assert abs(box.x0 * text.pages[0].width - 280) < 2
    assert abs(box.y1 * text.pages[0].height - 138) < 5


def test_two_columns_of_prose_are_no_table():
    """Prose in columns whose lines happen to stand at the same heights stays prose."""
    made = document()
    where = page(made)
    where.insert_textbox((40, 60, 200, 560), PROSE * 3, fontsize=9)
    where.insert_textbox((220, 60, 380, 560), PROSE * 3, fontsize=9)
    text = read(made)
    assert not text.tables
    assert " ".join((PROSE * 3).split()) in " ".join(text.text.split())


def test_frames_are_no_tables():
    """A box around a paragraph is neither a table nor a picture."""
    made = document()
    where = page(made)
    where.draw_rect((40, 50, 380, 200), color=(0, 0, 1), fill=(0.9, 0.9, 1))
    where.insert_textbox((50, 60, 370, 190), PROSE, fontsize=10)
    text = read(made)
    assert not text.tables
    assert not text.pictures
    assert PROSE.strip() in text.text


@pytest.mark.parametrize("seed", range(3))
def test_rows_of_statements_stand_on_one_line(seed):
    """In statements set as filings set them, at least 99 of 100 rows are one line: the label, then its values in order.

    Shaded in rows or cell by cell, or not at all; currency signs and brackets in columns of their own; labels of
    several lines with the values beside the first, the last or between; written in any order.
    """
    data, pages = make_filing(25, seed)
    text = read(data)
    lines = [line.rstrip(" |") for line in text.text.split("\n")]
    wanted = [row.rstrip(" |") for rows in pages for row in rows]
    missing = list((Counter(wanted) - Counter(lines)).elements())
    assert len(missing) <= 0.01 * len(wanted), missing
    assert text.pictures == ()
    assert {page.shown_as for page in text.pages} == {"text"}


def statement(*rows, xs=(60, 250, 320), size=9, pitch=13, y=100):
    """A page with rows of cells: the label at its left edge, the others at their right edges."""
    made = document()
    where = page(made)
    for number, row in enumerate(rows):
        for place, (x, cell) in enumerate(zip(xs, row, strict=True)):
            left = x - pymupdf.get_text_length(cell, fontsize=size) if place else x
            where.insert_text((left, y + number * pitch), cell, fontsize=size)
    return made


def test_shading_takes_nothing_out():
    """Bands of shading behind each cell, some of them empty, leave a statement what it is."""
    made = statement(
        ("", "2023", "2022"), ("Revenue", "1,204", "1,118"), ("Cost of sales", "(802)", "(777)"), ("Other", "-", "")
    )
    where = made[0]
    for number in range(4):
        for x0, x1 in ((55, 200), (200, 212), (212, 255), (262, 274), (274, 325)):
            where.draw_rect(
                (x0, 90 + number * 13, x1, 103 + number * 13), fill=(0.8, 0.9, 1), color=None, overlay=False
            )
    text = read(made)
    assert rows_of(text) == [
        " | 2023 | 2022",
        "Revenue | 1,204 | 1,118",
        "Cost of sales | (802) | (777)",
        "Other | - | ",
    ]
    assert text.pictures == ()


def test_signs_in_columns_of_their_own_join_their_numbers():
    """Currency signs, closing brackets and percent signs that stand apart belong to their number."""
    made = statement(("Revenue", "1,204", "1,118"), ("Loss", "(802", "(777"), ("Margin", "33.9", "31.5"))
    where = made[0]
    for x in (215, 285):
        where.insert_text((x, 100), "$", fontsize=9)
    for x in (252, 322):
        where.insert_text((x, 113), ")", fontsize=9)
        where.insert_text((x, 126), "%", fontsize=9)
    assert rows_of(read(made)) == ["Revenue | $1,204 | $1,118", "Loss | (802) | (777)", "Margin | 33.9% | 31.5%"]


def test_currency_sign_of_the_next_column():
    """A currency sign close behind a number belongs to the number after it."""
    made = document()
    where = page(made)
    for y, cells in ((100, ("Sales", "33.9 % $", "1,199")), (113, ("Costs", "26.0", "1,012"))):
        for x, cell in zip((60, 200, 260), cells, strict=True):
            where.insert_text((x, y), cell, fontsize=9)
    assert rows_of(read(made)) == ["Sales | 33.9% | $1,199", "Costs | 26.0 | 1,012"]


def test_head_of_several_levels():
    """What stands over several columns is repeated in each; a line over all of them labels the line below it."""
    made = statement(
        ("", "2023", "2022", "2023", "2022"),
        ("Ferries", "1,204", "1,118", "12", "11"),
        ("Harbours", "802", "777", "8", "7"),
        xs=(60, 200, 250, 300, 350),
    )
    where = made[0]
    for x, words in ((196, "Revenue"), (296, "Staff")):
        where.insert_text((x, 87), words, fontsize=9)
    for x0, x1 in ((180, 252), (280, 352)):
        where.draw_line((x0, 89), (x1, 89))
    where.insert_text((230, 74), "Year Ended May 31,", fontsize=9)
    where.draw_line((180, 76), (352, 76))
    assert rows_of(read(made)) == [
        "Year Ended May 31, | Revenue | Revenue | Staff | Staff",
        " | 2023 | 2022 | 2023 | 2022",
        "Ferries | 1,204 | 1,118 | 12 | 11",
        "Harbours | 802 | 777 | 8 | 7",
    ]


def test_head_of_three_lines_is_one():
    """Words stacked over a column are one cell of the head."""
    made = statement(
        ("", "Operating", ""),
        ("", "Income", "Net"),
        ("(In millions)", "(Loss)", "Sales"),
        ("Ferries", "1,204", "1,118"),
        ("Harbours", "802", "777"),
        pitch=10,
    )
    assert rows_of(read(made))[0] == "(In millions) | Operating Income (Loss) | Net Sales"


@pytest.mark.parametrize("beside", [0, 1, 2])
def test_label_of_two_lines(beside):
    """A label that goes on below is one, whether its values stand beside the first line, the last or between."""
    made = statement(("Revenue", "1,204", "1,118"), xs=(60, 300, 350))
    where = made[0]
    where.insert_text((60, 118), "Proceeds from the issue of shares, net of taxes", fontsize=9)
    where.insert_text((60, 128), "paid and of costs", fontsize=9)
    for x, value in ((288, "15"), (338, "16")):
        where.insert_text((x, (118, 123, 128)[beside]), value, fontsize=9)
    for x, cell in ((60, "Dividends"), (288, "21"), (338, "22")):
        where.insert_text((x, 146), cell, fontsize=9)
    assert rows_of(read(made)) == [
        "Revenue | 1,204 | 1,118",
        "Proceeds from the issue of shares, net of taxes paid and of costs | 15 | 16",
        "Dividends | 21 | 22",
    ]


def test_table_goes_on_over_pages():
    """A table that goes on, with its head repeated, is a table on both pages."""
    made = document()
    for part in (ROWS, [ROWS[0], ["Fuel", "(90)", "(80)"], ["Wages", "(70)", "(60)"]]):
        put(page(made), part)
    text = read(made)
    assert [text.text[table.start : table.end].split("\n")[0] for table in text.tables] == ["Item | 2023 | 2022"] * 2
    assert "Fuel | (90) | (80)\nWages | (70) | (60)" in text.text


def test_price_list_with_descriptions_of_several_lines():
    """A description that goes on below stays in its cell, with the price on the row's line."""
    made = document()
    where = page(made)
    lines = [
        (100, ("A-100", "Mooring rope, three strands,", "12", "4.50")), (111, ("", "sold by the metre", "", "")),
        (128, ("A-200", "Shackle", "3", "12.00")), (145, ("A-300", "Fender, blue", "8", "31.25")),
    ]  # fmt: skip
    for y, cells in lines:
        for x, cell in zip((50, 110, 280, 330), cells, strict=True):
            where.insert_text((x, y), cell, fontsize=9)
    assert rows_of(read(made)) == [
        "A-100 | Mooring rope, three strands, sold by the metre | 12 | 4.50",
        "A-200 | Shackle | 3 | 12.00",
        "A-300 | Fender, blue | 8 | 31.25",
    ]


def test_labels_at_the_right():
    """A table from right to left has its label first, then the values as they are read."""
    made = document()
    where = page(made)
    for y, (label, *values) in enumerate((("מכירות", "1,234", "987"), ("עלות", "500", "450"), ("רווח", "734", "537"))):
        where.insert_htmlbox(pymupdf.Rect(300, 100 + 30 * y, 400, 140 + 30 * y), f"<p dir='rtl'>{label}</p>")
        for x, value in zip((200, 100), values, strict=True):
            where.insert_text((x, 122 + 30 * y), value, fontsize=9)
    assert [row.split(" | ")[1:] for row in rows_of(read(made))] == [["1,234", "987"], ["500", "450"], ["734", "537"]]
