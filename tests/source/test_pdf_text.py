"""Text of PDFs: order, paragraphs, hyphens, furniture, headings, forms and facts."""

from __future__ import annotations

import pymupdf
import pytest
from pdf_samples import HEIGHT, PROSE, WIDTH, document, page, raw, read

SERIF, BOLD = "tiro", "tibo"


def set_lines(where, lines, *, x=50, y=60, size=10, leading=12, font=SERIF):
    """Writes lines below each other and returns where the next would stand."""
    for line in lines:
        where.insert_text((x, y), line, fontsize=size, fontname=font)
        y += leading
    return y


def wrapped(text, width, size=10):
    """Breaks a text into lines at most ``width`` pt wide."""
    lines, line = [], ""
    for word in text.split():
        if line and pymupdf.get_text_length(f"{line} {word}", fontname=SERIF, fontsize=size) > width:
            lines.append(line)
            line = word
        else:
            line = f"{line} {word}".strip()
    return [*lines, line]


def test_lines_become_paragraphs():
    """Lines of a paragraph are joined by spaces, and paragraphs stand on lines of their own."""
    made = document()
    where = page(made)
    end = set_lines(where, wrapped(PROSE, 300))
    set_lines(where, wrapped(PROSE[::-1].replace(" .", "."), 300), y=end + 10)
    assert read(made).text.splitlines() == [PROSE.strip(), " ".join(PROSE[::-1].replace(" .", ".").split())]


def test_columns_are_read_one_after_the_other():
    """On a page of two columns the left one comes first, and a sentence runs on into the right one."""
    made = document()
    where = page(made)
    lines = wrapped(PROSE * 3, 150)
    half = len(lines) // 2
    set_lines(where, lines[:half], x=40)
    set_lines(where, lines[half:], x=230)
    assert read(made).text.strip() == " ".join((PROSE * 3).split())


def test_paragraphs_run_on_over_pages():
    """A sentence that a page break interrupts is one paragraph, and its parts know their pages."""
    made = document()
    lines = wrapped(PROSE, 300)
    set_lines(page(made), lines[:3], y=500)
    set_lines(page(made), lines[3:])
    text = read(made)
    assert text.text.strip() == PROSE.strip()
    assert [text.locate(i, i + 1)[0].page for i in (0, len(text) - 3)] == [0, 1]


@pytest.mark.parametrize(
    ("lines", "expected"),
    [
        (["the harbour was full of fisher-", "men who had come for the feast"], "full of fishermen who"),
        (["a well-known harbour where every well-", "known captain had once been seen"], "every well-known captain"),
        (["the harbour was described by Jean-", "Baptiste in his letters from home"], "by Jean-Baptiste in"),
        (["MANDATORY or not, the field is MANDA-", "TORY for the harbour"], "is MANDATORY for"),
        (["the harbour was full of fisher\u00ad", "men who had come for the feast"], "full of fishermen who"),
    ],
)
def test_hyphens_at_line_ends(lines, expected):
    """A hyphen at a line end goes unless the next line begins with a capital or the word has it elsewhere.

    A word in capitals that stands whole elsewhere is joined as well.
    """
    made = document()
    set_lines(page(made), lines)
    assert expected in read(made).text


def test_contents_read_from_left_to_right():
    """An entry of a table of contents comes before its leader and page number, whichever is painted first."""
    made = document()
    where = page(made)
    where.insert_text((150, 100), ". " * 40 + "17", fontsize=10)
    where.insert_text((72, 100), "The harbour", fontsize=10)
    assert read(made).text.strip() == "The harbour . . . 17"


def test_ligatures_become_letters():
    """A ligature enters the text as its letters."""
    made = document()
    where = page(made)
    where.insert_htmlbox(pymupdf.Rect(50, 50, 350, 100), "<p>an o&#xfb03;ce &#xfb01;lled with &#xfb02;owers</p>")
    assert read(made).text.strip() == "an office filled with flowers"


def book(pages=5):
    """A book with a running head, page numbers and prose."""
    made = document()
    for number in range(1, pages + 1):
        where = page(made)
        where.insert_text((50, 30), "A LEDGER OF SHIPS", fontsize=9, fontname=SERIF)
        where.insert_text((WIDTH / 2, HEIGHT - 25), str(number + 40), fontsize=9, fontname=SERIF)
        set_lines(where, wrapped(f"{'abcde'[number - 1].upper()}. {PROSE}", 300), y=90)
    return made


def test_running_heads_stand_once():
    """A head that repeats is kept where it first stands; page numbers become labels; both drops are reported."""
    text = read(book())
    assert text.text.count("A LEDGER OF SHIPS") == 1
    assert [where.label for where in text.pages] == ["41", "42", "43", "44", "45"]
    assert "42" not in text.text
    assert {(item.reason, item.hidden) for item in text.dropped} == {("running head", False), ("page number", False)}
    assert text.text.count("The lighthouse keeper") == 5


def test_furniture_can_be_kept():
    """``furniture="keep"`` leaves every head and number in the text."""
    text = read(book(), furniture="keep")
    assert text.text.count("A LEDGER OF SHIPS") == 5
    assert "42" in text.text
    assert not text.dropped


def test_page_labels_of_the_document_win():
    """Labels that the PDF declares are taken over numbers found on the pages."""
    made = book(3)
    made.set_page_labels([{"startpage": 0, "prefix": "", "style": "r", "firstpagenum": 5}])
    assert [where.label for where in read(made).pages] == ["v", "vi", "vii"]


@pytest.mark.parametrize(
    ("written", "shown"),
    [("<FEFF00C4002D>", "Ä-1"), ("<412D>", "A-1"), ("<C42D>", "Ä-1"), ("<EFBBBFC3842D>", "Ä-1"), ("(A-)", "A-1")],
)
def test_page_labels_in_hexadecimal_are_read(written, shown):
    """However the file writes their prefix."""
    made = pymupdf.open()
    made.new_page().insert_text((72, 72), "A page of words.")
    made.xref_set_key(made.pdf_catalog(), "PageLabels", f"<</Nums[0<</P{written}/S/D>>]>>")
    assert [where.label for where in read(made).pages] == [shown]


def test_headings_by_size_weight_and_outline():
    """Larger and bold paragraphs of their own are headings; the outline gives the level where there is one."""
    made = document()
    where = page(made)
    where.insert_text((50, 60), "Chapter One", fontsize=20, fontname=BOLD)
    where.insert_text((50, 90), "Of the Sea", fontsize=14, fontname=BOLD)
    end = set_lines(where, wrapped(PROSE, 300), y=120)
    where.insert_text((50, end + 20), "Remark 7", fontsize=10, fontname=BOLD)
    set_lines(where, wrapped(PROSE, 300), y=end + 40)
    text = read(made)
    assert [(text.text[h.start : h.end], h.level) for h in text.headings] == [
        ("Chapter One", 1),
        ("Of the Sea", 2),
        ("Remark 7", 3),
    ]
    made.set_toc([[1, "1 Chapter One", 1], [2, "1.1 Remark 7", 1]])
    levels = {text.text[h.start : h.end]: h.level for h in read(made).headings}
    assert levels["Remark 7"] == 2


def test_raised_figures_stay_raised():
    """A raised figure becomes a superscript figure: ten to the sixth is not one hundred and six."""
    made = document()
    where = page(made)
    where.insert_text((50, 60), "about 10", fontsize=12)
    x = 50 + pymupdf.get_text_length("about 10", fontsize=12)
    where.insert_text((x, 55.5), "6", fontsize=7)
    where.insert_text((x + 4.2, 60), " ships", fontsize=12)
    assert read(made).text.strip() == "about 10⁶ ships"


def test_leaders_are_cut_short():
    """A dotted leader in a table of contents costs three dots."""
    made = document()
    set_lines(page(made), ["The Sea " + ". " * 40 + "7"])
    assert read(made).text.strip().count(".") == 3


def test_words_have_their_boxes():
    """A word is located where it stands on the page, also when the page is turned and cropped."""
    made = document()
    where = page(made)
    where.insert_text((100, 200), "before needle after", fontsize=10)
    where.set_cropbox(pymupdf.Rect(50, 50, 400, 550))
    for turn in (0, 90, 180, 270):
        where.set_rotation(turn)
        expected = where.search_for("needle")[0] * where.rotation_matrix
        text = read(made)
        start = text.text.index("needle")
        box = text.locate(start, start + 6)[0].box
        size = where.rect
        assert (text.pages[0].width, text.pages[0].height) == (size.width, size.height)
        got = (box.x0 * size.width, box.y0 * size.height, box.x1 * size.width, box.y1 * size.height)
        assert got == pytest.approx(tuple(expected), abs=5)


def test_form_values_and_notes_are_read():
    """Filled-in fields stand beside their labels, a ticked box is marked, and text annotations are not lost."""
    made = document()
    where = page(made)
    for y, label, value in ((60, "Name", "Ada Lovelace"), (90, "City", "London")):
        where.insert_text((50, y), label)
        field = pymupdf.Widget()
        field.field_name, field.field_value = label, value
        field.field_type = pymupdf.PDF_WIDGET_TYPE_TEXT
        field.rect = pymupdf.Rect(110, y - 12, 250, y + 4)
        where.add_widget(field)
    for y, label, ticked in ((120, "Member", True), (140, "Guest", False)):
        where.insert_text((80, y), label)
        field = pymupdf.Widget()
        field.field_name, field.field_value = label, ticked
        field.field_type = pymupdf.PDF_WIDGET_TYPE_CHECKBOX
        field.rect = pymupdf.Rect(50, y - 10, 62, y + 2)
        where.add_widget(field)
    where.add_freetext_annot(pymupdf.Rect(50, 300, 250, 320), "checked by the harbour master")
    text = read(made).text
    assert "Name Ada Lovelace" in text
    assert "City London" in text
    assert "checked by the harbour master" in text
    before_member, _, after = text.partition("Member")
    assert any(mark in before_member.splitlines()[-1] for mark in "☒✔✓☑")
    assert not any(mark in after for mark in "☒✔✓☑")


def test_code_keeps_its_lines_and_indents():
    """Lines in a monospaced font are not joined, and they are typeset as they stand."""
    made = document()
    where = page(made)
    end = set_lines(where, wrapped(PROSE, 300))
    set_lines(where, ["def count(ships):", "    return len(ships)"], y=end + 20, font="cour")
    text = read(made)
    code = "def count(ships):\n    return len(ships)"
    assert f"{code}\n" in text.text
    assert [text.text[start:end] for start, end in text.verbatim] == [code]


def test_metadata_and_dates():
    """Title, author and dates come with the source, dates as ISO 8601."""
    made = document()
    set_lines(page(made), ["Something to read here."])
    made.set_metadata({"title": "A Ledger", "author": "The Keeper", "creationDate": "D:20240203040506+01'00'"})
    facts = read(made).sources[0].metadata
    assert (facts["title"], facts["author"]) == ("A Ledger", "The Keeper")
    assert facts["created"] == "2024-02-03T04:05:06+01:00"


def test_arabic_is_in_reading_order():
    """Right-to-left text comes in the order in which it is read."""
    made = document()
    page(made).insert_htmlbox(pymupdf.Rect(50, 50, 350, 150), "<p dir='rtl'>مرحبا بالعالم</p>")
    assert "مرحبا" in read(made).text


def test_columns_written_row_by_row():
    """Two columns whose lines are written in turns, left and right, are read one after the other."""
    made = document()
    where = page(made)
    left, right = wrapped(f"LEFT {PROSE} LEFTEND", 150), wrapped(f"RIGHT {PROSE}", 150)
    for number, pair in enumerate(zip(left, right, strict=False)):
        for x, line in zip((40, 230), pair, strict=True):
            where.insert_text((x, 60 + 13 * number), line, fontsize=9, fontname=SERIF)
    text = read(made).text
    assert text.index("LEFTEND") < text.index("RIGHT")
    assert len(read(made).tables) == 0


def test_headline_over_columns_and_footer_below():
    """What spans the columns is read before or after them, wherever it is written in the file."""
    made = document()
    where = page(made)
    where.insert_text((40, 500), "A line that runs below both of the columns, from the left edge to the right one.")
    for x, word in ((230, "RIGHT"), (40, "LEFT")):
        set_lines(where, wrapped(f"{word} {PROSE}", 150), x=x, y=100)
    where.insert_text((40, 60), "A headline that runs over both of the columns, and a good deal further still")
    text = read(made).text
    places = [text.index(word) for word in ("A headline", "LEFT", "RIGHT", "A line that runs")]
    assert places == sorted(places)


def test_letterhead_written_last_is_read_first():
    """A letterhead at the top is read first though it is painted last, and a box beside it next."""
    made = document()
    where = page(made)
    set_lines(where, wrapped(PROSE, 300), y=200)
    where.insert_text((280, 70), "Ref. 4711", fontsize=9)
    where.insert_text((40, 60), "Harbour Office", fontsize=9)
    where.insert_text((40, 72), "1 Quay Street", fontsize=9)
    text = read(made).text
    places = [text.index(word) for word in ("Harbour Office", "1 Quay Street", "Ref. 4711", "The lighthouse")]
    assert places == sorted(places)


@pytest.mark.parametrize(
    ("font", "code", "shown"),
    [
        ("SymbolMT", 0xF0B7, "•"),
        ("ABCDEF+Wingdings-Regular", 0xF0A7, "▪"),
        ("Wingdings2", 0xF052, "☑"),
        ("Icons", 0xF0B7, "•"),
    ],
)
def test_symbol_fonts_show_their_signs(font, code, shown):
    """Codes of the private use area are what their symbol font shows, and take nothing out of the text."""
    to_unicode = b"1 begincodespacerange <00> <FF> endcodespacerange 1 beginbfchar <41> <%04X> endbfchar" % code
    data = (
        raw(b"BT /S 10 Tf 50 700 Td (A) Tj /F 10 Tf 24 0 Td (An item of the list) Tj ET")
        .replace(b"<</F 5 0 R>>", b"<</F 5 0 R/S 6 0 R>>")
        .replace(
            b"trailer",
            b"6 0 obj<</Type/Font/Subtype/TrueType/BaseFont/%s/ToUnicode 7 0 R>>endobj\n" % font.encode()
            + b"7 0 obj<</Length %d>>stream\n%s\nendstream endobj\ntrailer" % (len(to_unicode), to_unicode),
        )
    )
    text = read(data)
    assert text.text.strip() == f"{shown} An item of the list"
    assert text.pictures == ()


def test_font_whose_box_is_wrong():
    """Text is read as it is seen, though its Type 3 font claims to be a hair high."""
    glyphs = b"/A 8 0 R/B 8 0 R"
    data = (
        raw(b"BT /T 0.1 Tf 50 700 Td (AB) Tj 2.0 0 Td (A) Tj ET")
        .replace(b"<</F 5 0 R>>", b"<</F 5 0 R/T 6 0 R>>")
        .replace(
            b"trailer",
            b"6 0 obj<</Type/Font/Subtype/Type3/FontBBox[0 0 0 0]/FontMatrix[1 0 0 1 0 0]/CharProcs<<" + glyphs + b">>"
            b"/Encoding<</Differences[65/A/B]>>/FirstChar 65/LastChar 66/Widths[60 60]>>endobj\n"
            b"8 0 obj<</Length 33>>stream\n60 0 0 0 50 80 d1 0 0 50 80 re f\nendstream endobj\ntrailer",
        )
    )
    assert "AB" in read(data).text


def test_lines_from_right_to_left_are_whole():
    """Numbers within a line from right to left stay in their places, and a bracketed one has its brackets."""
    made = document()
    words = "<p dir='rtl'>המחיר הוא 45 שקלים לפני 2024 ו-50 אחרי</p>"
    page(made).insert_htmlbox(pymupdf.Rect(50, 50, 350, 150), words)
    assert read(made).text.strip() == "המחיר הוא 45 שקלים לפני 2024 ו-50 אחרי"


def test_paragraph_runs_on_over_a_footnote():
    """A sentence that goes on overleaf is whole, though a footnote stands between its halves."""
    made = document()
    lines = wrapped(PROSE * 3, 300)
    first = page(made)
    end = set_lines(first, lines[:8], y=60)
    for number, words in enumerate(
        ("1 The ledger is kept in the harbour office, where anyone", "may read it on weekdays.")
    ):
        first.insert_text((50, end + 30 + 10 * number), words, fontsize=7, fontname=SERIF)
    set_lines(page(made), lines[8:], y=60)
    text = read(made).text
    assert " ".join((PROSE * 3).split()) in " ".join(text.split())
    assert "1 The ledger is kept in the harbour office, where anyone may read it on weekdays." in text


def test_prose_that_names_code_is_prose():
    """A line that is mostly the name of a function goes on with its paragraph; lines of nothing but code stay."""
    made = document()
    where = page(made, 595, 842)
    for row, (before, code) in enumerate(
        [("It returns", "ASN1_ELEMENT_NOT_FOUND_IN_THE_TREE_OF_NODES"), ("if the ", "node")]
    ):
        where.insert_text((40, 60 + 12 * row), before, fontsize=10)
        where.insert_text((95, 60 + 12 * row), code, fontsize=10, fontname="cour")
    for number in range(8):
        where.insert_text(
            (40, 120 + 12 * number),
            f"This is an ordinary line of prose, the {number}. of its kind on this page.",
            fontsize=10,
        )
    for number, line in enumerate(("for node in nodes:", "    visit(node)")):
        where.insert_text((40, 260 + 12 * number), line, fontsize=10, fontname="cour")
    text = read(made)
    marked = [text.text[start:end] for start, end in text.verbatim]
    assert not any("ASN1" in part for part in marked)
    assert any("visit(node)" in part for part in marked)
