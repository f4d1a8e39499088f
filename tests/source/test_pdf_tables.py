"""Tables of PDFs, with rules and without."""

from __future__ import annotations

from pdf_samples import PROSE, document, page, read

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
