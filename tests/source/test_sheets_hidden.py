"""What nobody can see on a sheet stays out and is listed; what is seen, however it looks, is read."""

import io
from functools import partial

import openpyxl
import pytest
from office_samples import member, saved, with_members
from openpyxl.cell.rich_text import CellRichText, TextBlock
from openpyxl.cell.text import InlineFont
from openpyxl.comments import Comment
from openpyxl.formatting.rule import CellIsRule, ColorScaleRule, DataBarRule, FormulaRule, IconSetRule, Rule
from openpyxl.styles import Color, Font, GradientFill, PatternFill
from openpyxl.styles.differential import DifferentialStyle
from openpyxl.styles.numbers import NumberFormat
from openpyxl.worksheet.table import Table, TableStyleInfo
from xlsxwriter import Workbook

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
WORD = "ZANZIBAR"


def build(change):
    """What makes a workbook with the word in B2, after a change to the sheet and that cell."""
    return partial(make, change)


def make(change):
    """The bytes of that workbook."""
    book = openpyxl.Workbook()
    sheet = book.active
    sheet["A1"] = "seen"
    sheet["B2"] = WORD
    change(sheet, sheet["B2"])
    return saved(book)


def build_raw(change):
    """The same with xlsxwriter, which knows shapes: ``change`` takes the workbook and the sheet."""
    return partial(make_raw, change)


def make_raw(change):
    """The bytes of that workbook."""
    file = io.BytesIO()
    book = Workbook(file, {"in_memory": True})
    sheet = book.add_worksheet()
    sheet.write("A1", "seen")
    change(book, sheet)
    book.close()
    return file.getvalue()


def edit(build, old, new):
    """What makes the workbook with a piece of its first sheet's XML replaced."""
    return partial(replace_piece, build, old, new)


def replace_piece(build, old, new):
    """The bytes of that workbook."""
    data = build()
    sheet = member(data, "xl/worksheets/sheet1.xml")
    assert old in sheet
    return with_members(data, **{"xl/worksheets/sheet1.xml": sheet.replace(old, new)})


def paint(**font):
    """A change of the cell's font."""

    def change(sheet, cell):
        cell.font = Font(**font)

    return change


def paint_on(color, fill):
    """A change of the cell's font color and fill."""

    def change(sheet, cell):
        cell.font, cell.fill = Font(color=color), fill

    return change


def solid(color):
    """A solid fill."""
    return PatternFill("solid", start_color=color)


def rule(rule):
    """A conditional format."""

    def change(sheet, cell):
        sheet.conditional_formatting.add("B1:B9", rule)

    return change


def set_format(sheet, cell):
    """A number format that shows nothing."""
    cell.number_format = ";;;"


def set_row(**settings):
    """A change of the cell's row."""

    def change(sheet, cell):
        for name, value in settings.items():
            setattr(sheet.row_dimensions[2], name, value)

    return change


def set_column(**settings):
    """A change of the cell's column."""

    def change(sheet, cell):
        for name, value in settings.items():
            setattr(sheet.column_dimensions["B"], name, value)

    return change


def set_state(state):
    """A change of the visibility of the cell's sheet."""

    def change(sheet, cell):
        sheet.parent.create_sheet("Other")["A1"] = "seen"
        sheet.sheet_state = state

    return change


def filter_rows(sheet, cell):
    """A filter that hides the row of the cell."""
    sheet.auto_filter.ref = "A1:B9"
    sheet.auto_filter.add_filter_column(0, ["x"])
    sheet.row_dimensions[2].hidden = True


def write_runs(*runs):
    """A change of the cell's text into runs with fonts."""

    def change(sheet, cell):
        cell.value = CellRichText(*(TextBlock(InlineFont(**font), text) for text, font in runs))

    return change


def comment_on_hidden_row(sheet, cell):
    """A comment with the word on a row that is hidden."""
    cell.value = "x"
    cell.comment = Comment(WORD, "Ann")
    sheet.row_dimensions[2].hidden = True


def differential(**style):
    """A rule that holds for every cell that is not blank."""
    return rule(Rule(type="notContainsBlanks", dxf=DifferentialStyle(**style)))


HIDDEN = {
    "white": build(paint(color="FFFFFFFF")),
    "white without alpha": build(paint(color="00FFFFFF")),
    "theme's background": build(paint(color=Color(theme=0))),
    "indexed white": build(paint(color=Color(indexed=9))),
    "nearly white": build(paint(color="FFF8F8F8")),
    "tinted to white": build(paint(color=Color(theme=1, tint=0.99))),
    "color of its fill": build(paint_on("FF1F4E79", solid("FF1F4E79"))),
    "theme color of its fill": build(paint_on(Color(theme=4), solid(Color(theme=4)))),
    "number format": build(set_format),
    "one point": build(paint(size=1)),
    "hidden row": build(set_row(hidden=True)),
    "row without height": edit(build(set_row(height=9)), 'ht="9"', 'ht="0"'),
    "row of a hair's height": build(set_row(height=0.75)),
    "hidden column": build(set_column(hidden=True)),
    "column without width": edit(build(set_column(width=3)), 'width="3"', 'width="0"'),
    "hidden sheet": build(set_state("hidden")),
    "very hidden sheet": build(set_state("veryHidden")),
    "filtered row": build(filter_rows),
    "collapsed group": build(set_row(hidden=True, outlineLevel=1)),
    "rows without height by default": edit(build(set_row()), 'defaultRowHeight="15"', 'defaultRowHeight="0"'),
    "white run": build(write_runs(("seen", {}), (WORD, {"color": "FFFFFFFF"}))),
    "tiny run": build(write_runs(("seen", {}), (WORD, {"sz": 1}))),
    "condition that always holds": build(rule(FormulaRule(["TRUE"], font=Font(color="FFFFFFFF")))),
    "condition on blanks": build(differential(font=Font(color="FFFFFFFF"))),
    "condition's number format": build(differential(numFmt=NumberFormat(numFmtId=200, formatCode=";;;"))),
    "condition's fill": build(differential(fill=PatternFill(bgColor="FF000000"))),
    "icons beside white": build(
        lambda sheet, cell: (
            paint(color="FFFFFFFF")(sheet, cell),
            rule(IconSetRule("3Arrows", "num", [1, 2, 3]))(sheet, cell),
        )
    ),
    "white in a plain table": build(
        lambda sheet, cell: (
            paint(color="FFFFFFFF")(sheet, cell),
            setattr(sheet["B1"], "value", "head"),
            sheet.add_table(Table(displayName="T", ref="A1:B3", tableStyleInfo=TableStyleInfo("TableStyleLight1"))),
        )
    ),
    "comment on a hidden row": build(comment_on_hidden_row),
    "white in a text box": build_raw(
        lambda _, sheet: sheet.insert_textbox("D4", WORD, {"font": {"color": "white"}, "fill": {"color": "white"}})
    ),
    "white in a text box without a fill": build_raw(
        lambda _, sheet: sheet.insert_textbox("D4", WORD, {"font": {"color": "white"}, "fill": {"none": True}})
    ),
    "tiny in a text box": build_raw(lambda _, sheet: sheet.insert_textbox("D4", WORD, {"font": {"size": 1}})),
    "under a shape": build_raw(
        lambda _, sheet: (
            sheet.write("C5", WORD),
            sheet.insert_textbox("B3", "over", {"width": 300, "height": 200, "fill": {"color": "gray"}}),
        )
    ),
}

SHOWN = {
    "white on black": build(paint_on("FFFFFFFF", solid("FF000000"))),
    "theme's background on its text": build(paint_on(Color(theme=0), solid(Color(theme=1)))),
    "white on an accent": build(paint_on(Color(theme=0), solid(Color(theme=4)))),
    "white on a gradient": build(paint_on("FFFFFFFF", GradientFill(stop=("FF000000", "FF333333")))),
    "white on a pattern": build(paint_on("FFFFFFFF", PatternFill("darkGrid"))),
    "automatic color": build(paint(color=Color(auto=True))),
    "system's text color": build(paint(color=Color(indexed=64))),
    "no color": build(paint(name="Arial")),
    "gray": build(paint(color="FFBFBFBF")),
    "four points": build(paint(size=4)),
    "red on yellow": build(paint_on("FFFF0000", solid("FFFFFF00"))),
    "black on a white fill": build(paint_on("FF000000", solid("FFFFFFFF"))),
    "condition's dark fill": build(
        lambda sheet, cell: (
            paint(color="FFFFFFFF")(sheet, cell),
            rule(FormulaRule(["LEN($B2)>3"], fill=PatternFill(bgColor="FF000000")))(sheet, cell),
        )
    ),
    "condition with font and fill": build(
        differential(font=Font(color="FFFFFFFF"), fill=PatternFill(bgColor="FFC00000"))
    ),
    "condition that does not hold": build(rule(CellIsRule("equal", ["0"], font=Font(color="FFFFFFFF")))),
    "condition that is false": build(rule(FormulaRule(["FALSE"], font=Font(color="FFFFFFFF")))),
    "color scale": build(
        lambda sheet, cell: (
            paint(color="FFFFFFFF")(sheet, cell),
            rule(ColorScaleRule("min", start_color="FF000000", end_type="max", end_color="FF333333"))(sheet, cell),
        )
    ),
    "data bar": build(rule(DataBarRule("min", None, "max", None, color="FF638EC6"))),
    "head of a table": build(
        lambda sheet, _: (
            setattr(sheet["B1"], "value", WORD),
            setattr(sheet["B1"], "font", Font(color="FFFFFFFF")),
            sheet.append(["x", "y"]),
            sheet.add_table(Table(displayName="T", ref="A1:B3", tableStyleInfo=TableStyleInfo("TableStyleMedium2"))),
        )
    ),
    "dark table": build(
        lambda sheet, cell: (
            paint(color="FFFFFFFF")(sheet, cell),
            setattr(sheet["B1"], "value", "head"),
            sheet.add_table(Table(displayName="T", ref="A1:B3", tableStyleInfo=TableStyleInfo("TableStyleDark3"))),
        )
    ),
    "narrow column": build(set_column(width=1.5)),
    "low row": build(set_row(height=6)),
    "open group": build(set_row(outlineLevel=1)),
    "filter that hides nothing": build(lambda sheet, _: setattr(sheet.auto_filter, "ref", "A1:B9")),
    "first of a merged cell": build(lambda sheet, _: sheet.merge_cells("B2:D4")),
    "frozen panes": build(lambda sheet, _: setattr(sheet, "freeze_panes", "C3")),
    "runs on a dark fill": build(
        lambda sheet, cell: (
            write_runs(("x", {}), (WORD, {"color": "FFFFFFFF"}))(sheet, cell),
            setattr(cell, "fill", solid("FF000000")),
        )
    ),
    "white in a dark text box": build_raw(
        lambda _, sheet: sheet.insert_textbox("D4", WORD, {"font": {"color": "white"}, "fill": {"color": "navy"}})
    ),
    "text box over filled cells": build_raw(
        lambda book, sheet: (
            [sheet.write_blank(row, 3, None, book.add_format({"bg_color": "black"})) for row in range(3, 12)],
            sheet.insert_textbox("D4", WORD, {"font": {"color": "white"}, "fill": {"none": True}}),
        )
    ),
    "beside a shape": build_raw(
        lambda _, sheet: (sheet.write("C5", WORD), sheet.insert_textbox("E3", "beside", {"fill": {"color": "gray"}}))
    ),
    "under a shape that shows through": build_raw(
        lambda _, sheet: (
            sheet.write("C5", WORD),
            sheet.insert_textbox("B3", "over", {"width": 300, "height": 200, "fill": {"none": True}}),
        )
    ),
    "over a background picture": edit(
        build(paint(color="FFFFFFFF")), "</worksheet>", '<picture r:id="rId9" xmlns:r="x"/></worksheet>'
    ),
}


@pytest.mark.parametrize("name", HIDDEN)
def test_hidden(name):
    """What nobody can see is left out, and listed as hidden with its words."""
    text = load(HIDDEN[name](), limits=IN_PROCESS)
    assert WORD not in text.text
    assert "seen" in text.text or "rows without" in name
    assert any(item.hidden and WORD in item.text for item in text.dropped)


@pytest.mark.parametrize("name", SHOWN)
def test_shown(name):
    """What is seen is read, and not listed as hidden."""
    text = load(SHOWN[name](), limits=IN_PROCESS)
    assert WORD in text.text
    assert not any(WORD in item.text for item in text.dropped)
