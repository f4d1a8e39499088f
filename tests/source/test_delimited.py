"""CSV and TSV become one table, a row a line."""

import csv
import io
import time
import tracemalloc

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations.source import load


def rows(text):
    """The rows of a text's only table."""
    (table,) = text.tables
    return [text.text[start:end] for start, end in table.rows]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_delimiters(delimiter):
    """The delimiter is found by content, whatever the name says."""
    data = (
        f"name{delimiter}amount\nAnn{delimiter}1,5\nBob{delimiter}2,5\n"
        if delimiter != ","
        else "name,amount\nAnn,1.5\nBob,2.5\n"
    )
    text = load(data.encode(), media_type="text/csv")
    assert rows(text)[0] == "name | amount"
    assert len(rows(text)) == 3
    assert text.sources[0].metadata["delimiter"] == delimiter


def test_quotes():
    """Quoted cells keep delimiters and quotes; their line breaks become spaces."""
    text = load(b'a,"x, ""y""\nz"\nb,2\n', media_type="text/csv")
    assert rows(text) == ['a | x, "y" z', "b | 2"]


def test_excel_says_the_delimiter():
    """Excel's ``sep=`` line is obeyed and left out."""
    assert rows(load(b"sep=;\r\na;b\r\n1;2\r\n", media_type="text/csv")) == ["a | b", "1 | 2"]


def test_unclosed_quote_loses_nothing():
    """A quote that is never closed costs the columns, not the text."""
    data = 'a,b\n1,"' + "x" * 200_000 + "\n2,3\n"
    text = load(data.encode(), media_type="text/csv").text
    assert text.count("x") == 200_000
    assert "2" in text
    assert "3" in text


@given(st.lists(st.lists(st.text(st.characters(categories=["L", "N", "P"])), min_size=2, max_size=4), min_size=1))
def test_no_cell_is_lost(cells):
    """Every cell that the csv module writes is in the text."""
    file = io.StringIO()
    csv.writer(file).writerows([["head", "er"], *cells])
    text = load(file.getvalue().encode(), media_type="text/csv").text
    assert all(cell in text for row in cells for cell in row)


def test_large_table():
    """A million cells take a few seconds."""
    data = b"id,name,amount,date,note\n" + b'17,"some, name",12.5,2024-01-01,x\n' * 200_000
    started = time.perf_counter()
    text = load(data, media_type="text/csv")
    assert len(rows(text)) == 200_001
    assert time.perf_counter() - started < 10


@pytest.mark.parametrize("end", [b"\n", b"\r\n", b"\r"])
def test_line_ends(end):
    """Line ends of every system end a row."""
    assert rows(load(end.join((b"a,b", b"1,2", b"3,4")), media_type="text/csv")) == ["a | b", "1 | 2", "3 | 4"]


def test_memory():
    """Short rows cost a few times their bytes, not a hundred times."""
    data = b"1,2,3\n" * 100_000
    tracemalloc.start()
    text = load(data, media_type="text/csv")
    _, peak = tracemalloc.get_traced_memory()
    tracemalloc.stop()
    assert len(rows(text)) == 100_000
    assert peak < 20 * len(data)


def test_delimiters_within_cells_do_not_win():
    """What cuts every line alike is the delimiter, also where a cell has more of another."""
    assert rows(load(b"head,er\r\n;;,;;\r\n", media_type="text/csv")) == ["head | er", ";; | ;;"]
