"""Workbooks are read sheet by sheet as displayed; nothing a cell shows is lost."""

import datetime as dt
import time

import openpyxl
import pytest
from office_samples import member, saved, with_members
from openpyxl.chart import BarChart, Reference
from openpyxl.comments import Comment
from openpyxl.styles import Font, PatternFill

from glyph_integrations.errors import EmptyError
from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)


@pytest.fixture
def book():
    """A new workbook."""
    return openpyxl.Workbook()


def read(book):
    """The workbook, saved and loaded."""
    return load(saved(book), limits=IN_PROCESS)


def test_all_kinds_of_cells(book):
    """Strings, numbers, dates, times, durations, truth values and errors are all read."""
    sheet = book.active
    sheet.title = "Sales"
    sheet.append(["Nord", 12, 0.1 + 0.2, dt.date(2024, 3, 1), dt.datetime.fromisoformat("2024-03-01 14:30")])
    sheet.append([True, "#DIV/0!", dt.time(9, 5), dt.timedelta(hours=26), "ü | line\nbreak"])
    text = read(book)
    assert text.text.splitlines() == [
        "Sales",
        "Nord | 12 | 0.3 | 2024-03-01 | 2024-03-01 14:30:00",
        "TRUE | #DIV/0! | 9:05:00 | 26:00:00 | ü | line break",
    ]
    assert [page.label for page in text.pages] == ["Sales"]
    assert len(text.tables[0].rows) == 2
    assert load(saved(book)).text == text.text


def test_formulas(book):
    """A formula shows its stored result, and itself where none is stored."""
    book.active.append([1, 2, "=A1+B1", "=A1"])
    data = saved(book)
    sheet = member(data, "xl/worksheets/sheet1.xml")
    calculated = sheet.replace("<f>A1+B1</f><v></v>", "<f>A1+B1</f><v>3</v>").replace(
        "<f>A1+B1</f><v />", "<f>A1+B1</f><v>3</v>"
    )
    assert calculated != sheet
    text = load(with_members(data, **{"xl/worksheets/sheet1.xml": calculated}), limits=IN_PROCESS)
    assert text.text == "Sheet\n1 | 2 | 3 | =A1\n"


def test_tables_apart(book):
    """Blocks of rows with a blank row between them are tables of their own."""
    for row in (["a", "b"], [1, 2], [], ["c"], [3]):
        book.active.append(row)
    text = read(book)
    assert [len(table.rows) for table in text.tables] == [2, 2]
    assert text.text == "Sheet\na | b\n1 | 2\nc\n3\n"


def test_merged_cells(book):
    """A merged cell comes once."""
    book.active.append(["wide", None, "x"])
    book.active.merge_cells("A1:B1")
    assert read(book).text == "Sheet\nwide | x\n"


def test_hidden_parts(book):
    """Hidden sheets, rows and columns, and white cells, are left out and counted."""
    sheet = book.active
    sheet.append(["a", "col", "white"])
    sheet.append(["row", "row"])
    sheet["C1"].font = Font(color="FFFFFFFF")
    sheet.column_dimensions["B"].hidden = True
    sheet.row_dimensions[2].hidden = True
    hidden = book.create_sheet("Plan")
    hidden["A1"] = "secret"
    hidden.sheet_state = "hidden"
    text = read(book)
    assert text.text == "Sheet\na\n"
    assert {item.reason: item.characters for item in text.dropped if item.hidden} == {
        "hidden column": 3,
        "hidden row": 6,
        "color of its background": 5,
        "hidden sheet 'Plan'": 6,
    }


def test_white_on_a_fill_stays(book):
    """White text on a filled cell is no hidden text."""
    book.active["A1"] = "head"
    book.active["A1"].font = Font(color="FFFFFFFF")
    book.active["A1"].fill = PatternFill("solid", start_color="FF000000")
    assert "head" in read(book).text


def test_comments_and_charts(book):
    """Comments follow their sheet with cell and author; charts give their titles."""
    sheet = book.active
    sheet.append(["x", 1])
    sheet["A1"].comment = Comment("why?", "Ann")
    chart = BarChart()
    chart.title = "Growth"
    chart.add_data(Reference(sheet, range_string="Sheet!B1:B1"))
    sheet.add_chart(chart)
    text = read(book).text
    assert "[comment A1, Ann] why?" in text
    assert "[chart: Growth]" in text


def test_distant_cells_cost_nothing(book):
    """A cell in the last corner, and a declared size of the whole sheet, cost no time."""
    book.active["A1"] = "near"
    book.active["XFD1048576"] = "far"
    started = time.perf_counter()
    assert read(book).text == "Sheet\nnear\nfar\n"
    assert time.perf_counter() - started < 2


def test_sparse_sheets_are_bounded(book):
    """A diagonal of a thousand cells is written cell by cell, not as a million."""
    for number in range(1, 1001):
        book.active.cell(number, number, f"v{number}")
    text = read(book).text
    assert "ALL1000: v1000" in text
    assert len(text) < 20_000


def test_empty(book):
    """A workbook whose only sheet is hidden or blank still names it; one without any visible sheet is empty."""
    assert read(book).text == "Sheet\n"
    data = saved(book)
    workbook = member(data, "xl/workbook.xml").replace('state="visible"', 'state="hidden"')
    with pytest.raises(EmptyError):
        load(with_members(data, **{"xl/workbook.xml": workbook}), limits=IN_PROCESS)
