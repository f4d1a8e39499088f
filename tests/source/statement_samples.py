"""Financial statements that the tests make in the manner of real filings, with the rows that a reader finds in them."""

from __future__ import annotations

import io
import random
from dataclasses import dataclass, field
from typing import Any

from reportlab.pdfbase.pdfmetrics import stringWidth
from reportlab.pdfgen.canvas import Canvas

WIDTH, HEIGHT = 612.0, 792.0
LABELS = (
    "Cash and cash equivalents", "Accounts receivable, net of allowances of $95 and $103", "Inventories", "Goodwill",
    "Prepaid expenses and other current assets", "Property, plant and equipment, net", "Other assets", "Notes payable",
    "Accrued income taxes", "Long-term debt due within one year", "Retained earnings", "Treasury stock, at cost",
    "Common stock, $.01 par value; 754.6 shares issued", "Depreciation and amortization", "Interest expense",
    "Other income (expense), net", "Net loss on debt redemptions", "Stock-based compensation expense", "Marketing",
    "Provision for income taxes (Note 8)", "Basic", "Diluted", "Equity in (losses) earnings of affiliated companies",
    "Selling, general and administrative", "Impairment charge", "Deferred income taxes", "Dividends paid",
)  # fmt: skip
LONG_LABELS = [
    " ".join(lines)
    for lines in (
        (
            "Proceeds from issuances of employee stock plans and the direct stock purchase plan, net of taxes paid of",
            "$17, $11 and $8 in 2020, 2019 and 2018, respectively",
        ),
        (
            "(Increase) decrease in prepaid expenses, operating lease right-of-use assets and other current and",
            "non-current assets",
        ),
        (
            "Gain (loss) from discontinued operations (Note 2), net of tax expense of $7, $1 and $0, attributable to",
            "noncontrolling interests and others",
        ),
    )
]
SECTIONS = ("Current assets:", "Cash flows from operating activities:", "LIABILITIES AND EQUITY", "Earnings per share:")


@dataclass(kw_only=True)
class Manner:
    """How a statement is set; sizes and distances in pt."""

    font: str
    size: float
    pitch: float
    columns: int
    shading: str  # none, rows, cells
    currency: str  # own, glued, none
    brackets: str  # glued, hanging, own
    rules: str  # none, totals, rows, lattice
    order: str  # rows, columns, numbers first, shuffled
    wrapped: str  # first, middle, last: the line of a long label that its numbers stand on
    head: str  # one line, years, levels, three lines
    values: float = field(init=False)
    step: float = field(init=False)

    def __post_init__(self) -> None:
        self.step = min(95.0, 330.0 / self.columns)
        self.values = WIDTH - 40 - self.columns * self.step


@dataclass
class Statement:
    """What is drawn on a page, and the rows in it."""

    manner: Manner
    rows: list[str] = field(default_factory=list)
    under: list[tuple[float, float, float, float]] = field(default_factory=list)
    marks: list[tuple[float, float, str, str]] = field(default_factory=list)
    rules: list[tuple[float, float, float, float]] = field(default_factory=list)

    def write(self, x: float, y: float, text: str, *, right: bool = False, bold: bool = False) -> None:
        """Notes text at its left or right edge."""
        font = self.manner.font + ("-Bold" if bold else "-Roman" if self.manner.font == "Times" else "")
        self.marks.append((x - stringWidth(text, font, self.manner.size) * right, y, text, font))


def choose_manner(draw: random.Random) -> Manner:
    """A manner by chance, of those that filings are set in."""
    size = draw.choice([7.0, 8.0, 9.0, 10.0])
    return Manner(
        font=draw.choice(["Times", "Helvetica"]),
        size=size,
        pitch=size * draw.choice([1.2, 1.35, 1.6]),
        columns=draw.choice([1, 2, 2, 3, 3, 4, 5]),
        shading=draw.choice(["none", "rows", "cells", "cells"]),
        currency=draw.choice(["own", "own", "glued", "none"]),
        brackets=draw.choice(["glued", "hanging", "own"]),
        rules=draw.choice(["none", "totals", "rows"]),
        order=draw.choice(["rows", "rows", "columns", "numbers first", "shuffled"]),
        wrapped=draw.choice(["first", "middle", "last"]),
        head=draw.choice(["one line", "years", "levels", "three lines"]),
    )


def make_statement(draw: random.Random, manner: Manner, top: float = 700.0) -> Statement:
    """A statement of 12 to 24 rows."""
    made = Statement(manner)
    y = _write_head(made, top)
    labels = draw.sample(LABELS, draw.randint(10, 20))
    for at, label in enumerate(labels):
        if at in {0, 7}:
            _shade(made, y, at)
            section = draw.choice(SECTIONS)
            made.write(40, y, section, bold=True)
            made.rows.append(" | ".join([section, *[""] * manner.columns]))
            y -= manner.pitch
        y = _write_row(made, draw, label, y, at)
        if at % 8 == 4:
            y = _write_row(made, draw, draw.choice(LONG_LABELS), y, at + 1)
    return made


def _write_head(made: Statement, y: float) -> float:
    manner = made.manner
    edges = [manner.values + (k + 1) * manner.step for k in range(manner.columns)]
    made.write(40, y + 4 * manner.pitch, "Consolidated Statements", bold=True)
    if manner.head == "levels" and manner.columns > 1:
        x = (manner.values + edges[-1]) / 2
        width = stringWidth("Year Ended December 31,", "Times-Bold", manner.size)
        made.write(x - width / 2, y, "Year Ended December 31,", bold=True)
        made.rules.append((manner.values + 8, y - 2, edges[-1], y - 2))
        y -= manner.pitch
    lines = {"one line": ["FY 20{k}"], "three lines": ["Operating", "Income", "(Loss)"]}.get(manner.head, ["20{k}"])
    for line in lines:
        for k, edge in enumerate(edges):
            text = line.format(k=24 - k)
            made.write(edge - 4, y, text, right=True, bold=True)
        y -= 1.1 * manner.size
    for edge in edges:
        made.rules.append((edge - manner.step + 8, y + 0.9 * manner.size, edge, y + 0.9 * manner.size))
    return y - 0.5 * manner.pitch


def _write_row(made: Statement, draw: random.Random, label: str, y: float, at: int) -> float:
    manner = made.manner
    indent = 40 + 8 * draw.randint(0, 2)
    lines = _wrap(label, manner.values - 12 - indent, made)
    leading = 1.1 * manner.size
    total = (len(lines) - 1) * leading
    _shade(made, y, at, extra=total)
    for k, line in enumerate(lines):
        made.write(indent, y - k * leading, line)
    base = {"first": y, "middle": y - total / 2, "last": y - total}[manner.wrapped]
    cells = [_choose_value(draw) for _ in range(manner.columns)]
    if not any(any(c.isdigit() for c in cell) for cell in cells):
        cells[-1] = "1,204"
    texts = []
    with_currency = at % 5 == 0 and manner.currency != "none"
    for k, cell in enumerate(cells):
        edge = manner.values + (k + 1) * manner.step - 6
        texts.append(f"${cell}" if with_currency and cell else cell)
        _write_value(made, edge, base, cell, with_currency=with_currency, column=k)
    made.rows.append(" | ".join([label, *texts]))
    bottom = y - total
    if manner.rules == "rows":
        made.rules.append((40, bottom - 2.5, WIDTH - 40, bottom - 2.5))
    elif manner.rules == "totals" and at % 6 == 5:
        for k in range(manner.columns):
            left = manner.values + k * manner.step + 10
            made.rules.append((left, bottom - 2.5, left + manner.step - 12, bottom - 2.5))
    return bottom - manner.pitch


def _write_value(made: Statement, edge: float, y: float, cell: str, *, with_currency: bool, column: int) -> None:
    manner = made.manner
    if not cell:
        return
    if with_currency and manner.currency == "glued":
        made.write(edge, y, f"${cell}", right=True)
        return
    if with_currency:
        made.write(manner.values + column * manner.step + 12, y, "$")
    if cell.endswith(")") and manner.brackets != "glued":
        made.write(edge, y, cell[:-1], right=True)
        made.write(edge + (0.1 if manner.brackets == "hanging" else 2.0), y, ")")
        return
    made.write(edge, y, cell, right=True)


def _choose_value(draw: random.Random) -> str:
    kind = draw.random()
    number = draw.choice([draw.randint(1, 99), draw.randint(100, 99_999), draw.randint(100_000, 9_999_999)])
    if kind < 0.08:
        return ""
    if kind < 0.18:
        return "—"
    if kind < 0.38:
        return f"({number:,})"
    return f"{draw.random() * 100:.2f}" if kind < 0.45 else f"{number:,}"


def _wrap(label: str, width: float, made: Statement) -> list[str]:
    lines = [""]
    font = "Times-Roman" if made.manner.font == "Times" else "Helvetica"
    for word in label.split():
        longer = f"{lines[-1]} {word}".lstrip()
        if stringWidth(longer, font, made.manner.size) > width and lines[-1]:
            lines.append(word)
        else:
            lines[-1] = longer
    return lines


def _shade(made: Statement, y: float, at: int, extra: float = 0.0) -> None:
    manner = made.manner
    if at % 2 or manner.shading == "none":
        return
    bottom, height = y - extra - 0.3 * manner.size, manner.pitch + extra
    if manner.shading == "rows":
        made.under.append((40, bottom, WIDTH - 80, height))
        return
    made.under.append((40, bottom, manner.values - 40, height))
    for k in range(manner.columns):
        left = manner.values + k * manner.step
        made.under += [(left, bottom, 10, height), (left + 10, bottom, manner.step - 14, height)]


def draw_statement(canvas: Canvas, made: Statement, draw: random.Random) -> None:
    """Draws shading, then text in the manner's order, then rules."""
    canvas.setFillColorRGB(0.8, 0.93, 1.0)
    for box in made.under:
        canvas.rect(*box, stroke=0, fill=1)
    canvas.setFillColorRGB(0, 0, 0)
    for x, y, text, font in _order(made, draw):
        canvas.setFont(font, made.manner.size)
        canvas.drawString(x, y, text)
    canvas.setLineWidth(0.6)
    for rule in made.rules:
        canvas.line(*rule)


def _order(made: Statement, draw: random.Random) -> list[tuple[float, float, str, str]]:
    marks = list(made.marks)
    if made.manner.order == "columns":
        marks.sort(key=lambda mark: (mark[0] > made.manner.values, int(mark[0] / made.manner.step), -mark[1]))
    elif made.manner.order == "numbers first":
        marks.sort(key=lambda mark: mark[0] <= made.manner.values)
    elif made.manner.order == "shuffled":
        draw.shuffle(marks)
    return marks


def make_filing(pages: int, seed: int = 0) -> tuple[bytes, list[list[str]]]:
    """A document of so many statements, a page each, and the rows of each."""
    draw = random.Random(seed)  # noqa: S311 - samples, not secrets
    target = io.BytesIO()
    canvas: Any = Canvas(target, pagesize=(WIDTH, HEIGHT), invariant=True)
    rows = []
    for _ in range(pages):
        made = make_statement(draw, choose_manner(draw))
        draw_statement(canvas, made, draw)
        canvas.showPage()
        rows.append(made.rows)
    canvas.save()
    return target.getvalue(), rows
