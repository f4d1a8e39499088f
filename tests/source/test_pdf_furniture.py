"""Running heads and page numbers are left out only where they are that."""

from __future__ import annotations

import pytest
from pdf_samples import HEIGHT, PROSE, WIDTH, document, page, read

SUBJECTS = ("Ships", "Harbours", "Lamps", "Tides", "Ropes", "Maps")


def paged(head, foot=None, *, size=9, count=6):
    """Pages of prose under a head and over a foot, each a function of the page's number."""
    made = document()
    for number in range(1, count + 1):
        where = page(made)
        if text := head(number):
            where.insert_text((50, 30), text, fontsize=size)
        if foot:
            where.insert_text((WIDTH / 2, HEIGHT - 25), foot(number), fontsize=9)
        where.insert_textbox((50, 90, 370, 400), f"{SUBJECTS[number - 1]}. {PROSE}", fontsize=10)
    return made


def left_out(text):
    """What was dropped for each reason."""
    return {reason: sum(d.reason == reason for d in text.dropped) for reason in ("running head", "page number")}


@pytest.mark.parametrize(
    ("pattern", "first", "step"),
    [
        ("Invoice No. {}", 4711, 37),
        ("Invoice No. {}", 4711, 1),
        ("Chapter {}", 1, 1),
        ("Exhibit 99.{}", 1, 1),
        ("Case 2024-{}", 100, 1),
        ("Account {} of Miller Ltd", 1001, 1),
        ("Schedule {} to the agreement of 2019", 1, 1),
        ("INV-{}", 4711, 1),
        ("Claim number: {}", 12, 1),
        ("{}", 4711, 37),
    ],
)
def test_numbers_of_things_stay(pattern, first, step):
    """The number of an invoice, a case or a chapter stays on every page, also where it counts as pages do."""
    text = read(paged(lambda number: pattern.format(first + step * (number - 1))))
    assert all(pattern.format(first + step * number) in text.text for number in range(6))
    assert left_out(text) == {"running head": 0, "page number": 0}


@pytest.mark.parametrize(
    "pattern",
    ["Annual Report 2019 | {}", "{}   Annual Report 2019", "Annual Report 2019, page {} of 60", "p. {} Jane Eyre"],
)
def test_heads_with_the_page_number_stand_once(pattern):
    """The same words with a number that counts the pages are a running head."""
    text = read(paged(lambda number: pattern.format(number + 20)))
    assert [
        pattern.format(number + 20).replace("   ", " ") in text.text.replace("   ", " ") for number in range(1, 7)
    ] == [
        True,
        *[False] * 5,
    ]
    assert left_out(text)["running head"] == 5


@pytest.mark.parametrize("pattern", ["{}", "Page {} of 6", "- {} -", "F-{}", "Seite {}"])
def test_page_numbers_become_labels(pattern):
    """A bare number that counts the pages is their label."""
    text = read(paged(lambda _: "A Ledger of Ships", lambda number: pattern.format(number + 3)))
    assert [where.label.removeprefix("F-") for where in text.pages] == ["4", "5", "6", "7", "8", "9"]
    assert left_out(text) == {"running head": 5, "page number": 6}


def test_numbers_that_begin_again():
    """In a file of several letters each counts its own pages."""
    text = read(paged(lambda _: "", lambda number: f"Page {2 - number % 2} of 2"))
    assert [where.label for where in text.pages] == ["1", "2"] * 3
    assert "Page" not in text.text


def test_number_beside_a_head():
    """A page number may stand in the row of a running head."""
    made = paged(lambda _: "A Ledger of Ships")
    for number, where in enumerate(made, 7):
        where.insert_text((350, 30), str(number), fontsize=9)
    text = read(made)
    assert [where.label for where in text.pages] == ["7", "8", "9", "10", "11", "12"]
    assert text.text.count("Ledger") == 1


def test_headings_stay():
    """The same title on a few pages is a heading each time."""
    made = paged(lambda number: "Results" if number in {1, 3, 5} else "", size=18)
    for subject in SUBJECTS:
        page(made).insert_textbox((50, 90, 370, 400), f"{subject}. {PROSE}", fontsize=10)
    assert read(made).text.count("Results") == 3


def test_only_line_of_a_page_stays():
    """A page that holds nothing but one line keeps it: a ticket, a card, a part title."""
    made = document()
    for number in range(1, 7):
        page(made).insert_text((50, 40), f"{number}", fontsize=10)
    assert read(made).text.split() == ["1", "2", "3", "4", "5", "6"]


def test_what_is_no_roman_number_stays():
    """Words of the letters that Roman numbers use are words."""
    text = read(paged(lambda _: "", lambda number: ("CIVIL", "MILL", "LIVID", "CIVIC", "VIVID", "LILI")[number - 1]))
    assert "CIVIL" in text.text
    assert "VIVID" in text.text


@pytest.mark.parametrize("letter", ["C", "D", "MD", "L"])
def test_letters_that_could_be_numbers_are_words(letter):
    """On a document of one page a letter at the foot is no page number a hundred pages on."""
    made = document()
    where = page(made)
    where.insert_text((40, 100), "A", fontsize=12)
    where.insert_text((40, HEIGHT - 30), letter, fontsize=12)
    assert letter in read(made).text
