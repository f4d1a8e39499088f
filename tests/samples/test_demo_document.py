"""The demo document: made again byte for byte, and read as it was written."""

from __future__ import annotations

import re
import runpy
import zlib
from importlib.metadata import version
from pathlib import Path

import pytest

from glyph_integrations import load, render

ROOT = Path(__file__).parents[2]
DOCUMENTS = ROOT / "samples" / "documents"
PINNED = re.search(r"^reportlab==(.+)$", (ROOT / "constraints.txt").read_text(), re.MULTILINE)[1]


@pytest.fixture(scope="module")
def generator():
    """The names of the generator."""
    pytest.importorskip("reportlab")
    return runpy.run_path(str(DOCUMENTS / "make_demo.py"))


@pytest.fixture(scope="module")
def text():
    """The demo document, loaded."""
    return load(DOCUMENTS / "demo.pdf")


def headings(text, level):
    """The headings of a level."""
    return [text.text[h.start : h.end] for h in text.headings if h.level == level]


def rows(text):
    """All rows of all tables, as lists of cells without the empty ones."""
    cells = ([c.strip() for c in text.text[a:b].split(" | ")] for table in text.tables for a, b in table.rows)
    return [[cell for cell in row if cell] for row in cells]


def source_paragraphs():
    """Every paragraph of prose in the source, without its marks."""
    for block in (DOCUMENTS / "demo.md").read_text(encoding="utf-8").split("\n\n"):
        for line in [] if block.startswith((":", "[^")) else block.splitlines():
            yield re.sub(r"\[\^\d\]|\*", "", line).lstrip("# ")


def test_the_generator_writes_the_committed_file(generator):
    """With the pinned reportlab, the generator writes demo.pdf byte for byte."""
    if version("reportlab") != PINNED:
        pytest.skip(f"reportlab {version('reportlab')} is installed, not {PINNED}")
    if "ng" in zlib.ZLIB_RUNTIME_VERSION:
        pytest.skip("zlib-ng compresses differently")
    assert generator["make"]() == (DOCUMENTS / "demo.pdf").read_bytes()


def test_statements_add_up(generator):
    """The balance sheet balances, and cash changes by what the cash flow statement says."""
    balance = {name: values for name, values, _ in generator["amounts"](generator["BALANCE"])}
    cash = {name: values for name, values, _ in generator["amounts"](generator["CASH"])}
    assert balance["Net assets"] == balance["Equity"]
    assert cash["Change in cash"] == [balance["Cash"][0] - balance["Cash"][1], balance["Cash"][1] - balance["Cash"][2]]
    assert sum(route[8] for route in generator["ROUTES"]) // 1000 == generator["PASSENGERS"][0]


def test_pages_have_their_printed_labels(text):
    """Front matter is counted in roman numerals, the rest from 1."""
    assert [page.label for page in text.pages] == ["i", "ii", *map(str, range(1, len(text.pages) - 1))]
    assert all(page.shown_as == "text" for page in text.pages)


def test_sections_are_headings(text):
    """The sections and their parts are headings of two levels."""
    assert headings(text, 1)[1:8] == [
        "Chairman’s letter",
        "Business review",
        "Routes and sailings",
        "Financial statements",
        "Notes to the financial statements",
        "Extract from the Lifeline Service Agreement",
        "Note for shareholders in Greece",
    ]
    assert {"Passengers", "Principal risks", "5. Borrowings", "14. Termination"} <= set(headings(text, 2))


def test_columns_are_read_in_order_with_words_joined(text):
    """Every paragraph of the letter, set in two columns with divided words, is read whole and in its place."""
    paragraphs = list(source_paragraphs())
    letter = paragraphs[paragraphs.index("Dear shareholder,") : paragraphs.index("Business review")]
    found = [text.text.find(f"{paragraph}\n") for paragraph in letter]
    assert len(found) == 14
    assert -1 not in found
    assert found == sorted(found)


def test_every_paragraph_is_whole(text):
    """Prose, clauses and the Greek note come through word for word."""
    flat = " ".join(text.text.split())
    prose = re.sub(r"(?<=[.])[¹²³]", "", flat)
    assert [paragraph for paragraph in source_paragraphs() if paragraph not in prose] == []
    assert "δεκαεπτά ημέρες πριν από τη συμφωνημένη ημερομηνία" in flat


def test_amounts_stay_in_their_rows(text, generator):
    """Every row of the statements is one row, with its separators, brackets and sums."""
    found = rows(text)
    for statement in ("INCOME", "BALANCE", "CASH"):
        for name, values, _ in generator["amounts"](generator[statement]):
            assert [name, *map(generator["money"], values)] in found


def test_the_ruled_table_is_whole(text, generator):
    """The table of routes has a head, every route and the totals."""
    table = next(t for t in text.tables if "Port Brannoch | Tornay" in text.text[t.start : t.end])
    assert len(table.rows) == len(generator["ROUTES"]) + 2
    assert "32,460 | 31,842 | 91.6 | 2,386,114" in text.text[table.start : table.end]


def test_identifiers_are_exact(text):
    """Numbers and addresses that must not change by a character are there, the fact of note 4 once."""
    for identifier in ("SK-0048213-C", "QZ00SKF48221", "investors@skerrow-ferries.example", "+44 1632 960 417"):
        assert identifier in text.text
    assert text.text.count("GB-7719-K") == 1


def test_the_painting_is_a_picture(text):
    """The raster on page 4 is one, and nothing that could be seen was dropped."""
    assert ("image", "4") in [(p.reason, text.pages[p.page].label) for p in text.pictures]
    assert not any(dropped.hidden for dropped in text.dropped)
    assert {dropped.reason for dropped in text.dropped} == {"running head", "page number"}


def test_contents_are_in_reading_order(text):
    """An entry of the contents comes before its page number."""
    assert re.search(r"Business review[ .|]*3\n", text.text)


def test_the_chart_is_a_picture(text):
    """The chart on page 3 is a drawing, with the labels of its axes in it."""
    chart = next(p for p in text.pictures if text.pages[p.page].label == "3")
    assert chart.reason == "drawing"
    assert "2,386" in text.text[chart.start : chart.end]


def test_statements_on_a_page_are_two_tables(text):
    """The balance sheet ends where the heading of the cash flow statement stands."""
    assert "Consolidated cash flow statement" in headings(text, 2)
    assert "Information for shareholders" in headings(text, 1)


def test_wrapped_cells_are_whole(text):
    """A meaning that takes two lines of the glossary stays in one cell."""
    assert ["Lightweight", "The weight of a ship without cargo, fuel, water, stores, passengers or crew."] in rows(text)


def test_clauses_of_two_lines_are_paragraphs(text):
    """A clause whose second line hangs is one paragraph."""
    assert "a day on which the banks in Port Brannoch are closed." in text.text


def test_pages_compress_the_text(text):
    """Typeset in the style `glyph` it costs less than a third of its text tokens."""
    assert render(text, style="glyph").report.compression_ratio > 3.0
