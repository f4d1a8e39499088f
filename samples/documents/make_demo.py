"""Typesets ``demo.pdf``, the annual report of a company that does not exist, from ``demo.md``.

``python samples/documents/make_demo.py [FILE]``. The same version of reportlab writes the same bytes every time.
"""

from __future__ import annotations

import io
import re
import sys
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
from reportlab import rl_config
from reportlab.graphics.charts.barcharts import VerticalBarChart
from reportlab.graphics.shapes import Drawing, String
from reportlab.lib import colors
from reportlab.lib.enums import TA_CENTER, TA_JUSTIFY
from reportlab.lib.pagesizes import A4
from reportlab.lib.styles import ParagraphStyle
from reportlab.pdfbase.pdfmetrics import registerFont
from reportlab.pdfbase.ttfonts import TTFont
from reportlab.platypus import (
    BaseDocTemplate,
    Flowable,
    Frame,
    Image,
    NextPageTemplate,
    PageBreak,
    PageTemplate,
    Paragraph,
    Spacer,
    Table,
)
from reportlab.platypus.tableofcontents import TableOfContents

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parent
FONTS = HERE.parents[1] / "glyph_integrations" / "rendering" / "fonts"
COMPANY, TITLE = "Skerrow Island Ferries plc", "Annual Report 2025"
FRONT_MATTER = 2
"""Pages before the first that is numbered in arabic."""

WIDTH, HEIGHT = A4
LEFT, TOP, BOTTOM, GUTTER = 68, 78, 70, 22
TEXT_WIDTH = WIDTH - 2 * LEFT
FOOTNOTES = 46
"""Room kept for footnotes, in pt."""

SHORT = {"Glossary", "Information for shareholders"}
"""Sections that do not begin a page."""

YEARS = ("2025", "2024", "2023", "2022", "2021")
PASSENGERS = (2386, 2207, 1962, 1684, 1027)
# Amounts in thousands; a list of labels is the sum of those rows.
INCOME: tuple[tuple[str, list[int] | list[str]], ...] = (
    ("Passenger fares", [41862, 38517, 35204, 29846, 17395]),
    ("Vehicles and freight", [33418, 31206, 29915, 27733, 24108]),
    ("Lifeline Service subsidy", [18250, 18250, 17100, 17100, 22640]),
    ("Sales on board", [6927, 6381, 5790, 4612, 1988]),
    ("Revenue", ["Passenger fares", "Vehicles and freight", "Lifeline Service subsidy", "Sales on board"]),
    ("Fuel", [-21744, -20918, -24307, -17256, -11803]),
    ("Crews and shore staff", [-35129, -33062, -30874, -28650, -26915]),
    ("Maintenance and docking", [-11386, -12940, -9775, -9208, -8461]),
    ("Harbour dues", [-6204, -5987, -5742, -5310, -4406]),
    ("Depreciation", [-10873, -9648, -9512, -9377, -9420]),
    ("Other operating costs", [-5318, -4996, -4721, -4385, -3874]),
    (
        "Operating profit",
        [
            "Revenue",
            "Fuel",
            "Crews and shore staff",
            "Maintenance and docking",
            "Harbour dues",
            "Depreciation",
            "Other operating costs",
        ],
    ),
    ("Finance income", [412, 298, 86, 21, 14]),
    ("Finance costs", [-3967, -3284, -2741, -2460, -2533]),
    ("Profit (loss) before tax", ["Operating profit", "Finance income", "Finance costs"]),
    ("Tax", [-1587, -969, -121, -511, 243]),
    ("Profit (loss) for the year", ["Profit (loss) before tax", "Tax"]),
)
BALANCE: tuple[tuple[str, list[int] | list[str]], ...] = (
    ("Vessels", [148330, 131906, 127480]),
    ("Terminals and equipment", [22714, 21985, 22310]),
    ("Software", [1863, 1544, 1207]),
    ("Non-current assets", ["Vessels", "Terminals and equipment", "Software"]),
    ("Fuel and stores", [3208, 3054, 3466]),
    ("Trade receivables", [9741, 9118, 8602]),
    ("Cash", [14287, 11630, 10924]),
    ("Current assets", ["Fuel and stores", "Trade receivables", "Cash"]),
    ("Total assets", ["Non-current assets", "Current assets"]),
    ("Trade payables", [-14902, -13766, -13120]),
    ("Deferred fares", [-6338, -5871, -5214]),
    ("Borrowings due within one year", [-8622, -7200, -7200]),
    ("Borrowings due later", [-71378, -57250, -56800]),
    ("Pension obligation", [-9874, -10733, -11905]),
    ("Deferred tax", [-6115, -5242, -4980]),
    (
        "Total liabilities",
        [
            "Trade payables",
            "Deferred fares",
            "Borrowings due within one year",
            "Borrowings due later",
            "Pension obligation",
            "Deferred tax",
        ],
    ),
    ("Net assets", ["Total assets", "Total liabilities"]),
    ("Share capital", [12000, 12000, 12000]),
    ("Share premium", [28450, 28450, 28450]),
    ("Hedging reserve", [214, -186, -402]),
    ("Retained earnings", [42250, 38911, 34722]),
    ("Equity", ["Share capital", "Share premium", "Hedging reserve", "Retained earnings"]),
)
CASH: tuple[tuple[str, list[int] | list[str]], ...] = (
    ("Operating profit", [9803, 6803]),
    ("Depreciation", [10873, 9648]),
    ("Change in working capital", [1171, 3321]),
    ("Pension contributions", [-741, -1054]),
    ("Interest paid", [-3912, -3247]),
    ("Tax paid", [-714, -707]),
    (
        "From operations",
        [
            "Operating profit",
            "Depreciation",
            "Change in working capital",
            "Pension contributions",
            "Interest paid",
            "Tax paid",
        ],
    ),
    ("Vessels, equipment and software bought", [-28345, -14086]),
    ("Interest received", [412, 298]),
    ("Used in investment", ["Vessels, equipment and software bought", "Interest received"]),
    ("Loans drawn", [22750, 7650]),
    ("Loans repaid", [-7200, -7200]),
    ("Dividends paid", [-1440, -720]),
    ("From (used in) financing", ["Loans drawn", "Loans repaid", "Dividends paid"]),
    ("Change in cash", ["From operations", "Used in investment", "From (used in) financing"]),
)
# Number, from, to, ship, minutes, scheduled, operated, punctual (per cent), passengers.
ROUTES = (
    (1, "Port Brannoch", "Tornay", "Kelsa Light", 55, 2912, 2871, 95.3, 386204),
    (2, "Port Brannoch", "Hesta", "Brannoch Castle", 80, 2184, 2098, 84.1, 341877),
    (3, "Ardlane", "Inner Muil", "Aurora Muil", 35, 3640, 3616, 93.8, 298415),
    (4, "Ardlane", "Outer Muil", "Aurora Muil", 105, 728, 689, 87.2, 48230),
    (5, "Ardlane", "Kelsa", "Lady of Hesta", 50, 2184, 2139, 90.6, 214962),
    (6, "Ardlane", "Losta", "Lady of Hesta", 140, 624, 601, 86.9, 71508),
    (7, "Dunvarn", "Sgarra", "Sgarra", 25, 4368, 4327, 94.7, 187344),
    (8, "Dunvarn", "Little Sgarra", "Sgarra", 15, 1456, 1440, 95.8, 39127),
    (9, "Tornay", "Hesta", "Tornay Sound", 40, 1092, 1066, 91.2, 88410),
    (10, "Tornay", "Vallan Beag", "Tornay Sound", 30, 936, 918, 92.0, 27653),
    (11, "Hesta", "North Hesta", "Corrigal", 12, 4004, 3957, 93.1, 162780),
    (12, "Inner Muil", "Outer Muil", "Corrigal", 60, 832, 803, 88.3, 31946),
    (13, "Kelsa", "Losta", "Lady of Hesta", 75, 520, 508, 89.4, 24815),
    (14, "Port Brannoch", "Skarp", "Tornay Sound", 95, 624, 607, 87.8, 58332),
    (15, "Skarp", "Harsk Holm", "Pole Star", 20, 1248, 1220, 90.9, 15240),
    (16, "Ardlane", "Farsay", "Pole Star", 45, 1040, 1014, 89.9, 62185),
    (17, "Farsay", "Ronan Eilean", "Pole Star", 25, 728, 711, 90.3, 11873),
    (18, "Dunvarn", "Kelsa", "Maid of Losta", 65, 1092, 1069, 88.9, 93627),
    (19, "Port Brannoch", "Losta", "Maid of Losta", 170, 416, 402, 85.8, 57941),
    (20, "Port Brannoch", "Ardlane", "Maid of Losta", 110, 312, 304, 90.1, 41266),
    (21, "Tornay", "Skarp", "Tornay Sound", 50, 416, 407, 91.6, 18094),
    (22, "Hesta", "Losta", "Brannoch Castle", 90, 312, 299, 84.6, 29473),
    (23, "Sgarra", "Farsay", "Sgarra", 40, 364, 359, 92.5, 13308),
    (24, "Outer Muil", "Losta", "Corrigal", 85, 428, 417, 86.0, 61504),
)
# Where words may be divided; reportlab knows no language.
_DIVISIBLE = """
agree-ment any-body archi-pe-lago be-haves bear-ing bank-ing busi-ness char-tered col-leagues com-mer-cial com-pany
com-plained con-tain-er con-tracts cov-ered cross-ing cross-ings day-time deck-hand de-fi-cit di-rec-tor di-rec-tors
din-ner dis-cussed Dis-cus-sions div-i-dend div-i-dends en-gine epi-sode ex-pect fer-ries Fish-er-men fore-see
har-bour har-bours hin-dered hun-dred im-pru-dent in-ter-est in-sur-ance is-land-ers is-lands jour-ney judged
Life-line mea-sure mem-bers meet-ings morn-ing op-er-a-tions or-der over-night pas-sen-ger pas-sen-gers pay-able
pen-sion pleas-ing pre-sent prom-ised punc-tu-al-ity re-build-ing rec-om-mends re-gis-ter re-mem-ber res-ult
sail-ing sail-ings se-cond Ser-vice ser-vice share-hold-ers ship-yard star-board suc-ces-sor sum-mer ten-den-cy
Trans-port unan-i-mous un-ions ves-sel West-er-ly west-er-ly what-ever whether with-out wor-thy
"""
DIVISIBLE = {word.replace("-", ""): word.replace("-", "\u00ad") for word in _DIVISIBLE.split()}

BODY = ParagraphStyle("body", fontName="Serif", fontSize=9.5, leading=13.2, alignment=TA_JUSTIFY, spaceAfter=6.6)
BODY.embeddedHyphenation = 1
CLAUSE = BODY.clone("clause", leftIndent=26, firstLineIndent=-26)
POINT = BODY.clone("point", leftIndent=44, firstLineIndent=-18)
NOTE = ParagraphStyle("note", fontName="Serif", fontSize=7.5, leading=9.5, spaceAfter=2)
CELL = ParagraphStyle("cell", fontName="Serif", fontSize=9.5, leading=12.5)
HEADINGS = {
    1: ParagraphStyle("h1", fontName="Sans", fontSize=20, leading=25, spaceAfter=16, textColor="#123a5a"),
    2: ParagraphStyle("h2", fontName="Sans", fontSize=12, leading=16, spaceBefore=9, spaceAfter=5, textColor="#123a5a"),
}
CAPTION = ParagraphStyle("caption", fontName="Sans", fontSize=8, leading=11, alignment=TA_CENTER, spaceAfter=10)


class Footnote(Flowable):
    """Takes no room; its text stands at the foot of the page that it falls on."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.width = self.height = 0
        self.text = text

    def draw(self) -> None:
        """Hands the text to the page."""
        self.canv.footnotes = [*getattr(self.canv, "footnotes", []), self.text]


class Report(BaseDocTemplate):
    """The document: its page templates, contents, outline and page labels."""

    def __init__(self, file: io.BytesIO) -> None:
        super().__init__(file, pagesize=A4, title=f"{COMPANY}: {TITLE}", author=COMPANY, subject="Sample document")
        height = HEIGHT - TOP - BOTTOM
        column = (TEXT_WIDTH - GUTTER) / 2
        padding = dict.fromkeys(("leftPadding", "rightPadding", "topPadding", "bottomPadding"), 0)
        whole = Frame(LEFT, BOTTOM, TEXT_WIDTH, height, **padding)
        noted = Frame(LEFT, BOTTOM + FOOTNOTES, TEXT_WIDTH, height - FOOTNOTES, **padding)
        columns = [Frame(LEFT + i * (column + GUTTER), BOTTOM, column, height - 40, **padding) for i in (0, 1)]
        head = Frame(LEFT, BOTTOM + height - 40, TEXT_WIDTH, 40, **padding)
        full = [Frame(LEFT + i * (column + GUTTER), BOTTOM, column, height, **padding) for i in (0, 1)]
        self.addPageTemplates(
            [
                PageTemplate("title", [whole], onPageEnd=_title_page),
                PageTemplate("single", [whole], onPageEnd=_furniture),
                PageTemplate("noted", [noted], onPageEnd=_furniture),
                PageTemplate("columns", [head, *columns], onPageEnd=_furniture, autoNextPageTemplate="more columns"),
                PageTemplate("more columns", full, onPageEnd=_furniture),
            ]
        )

    def afterFlowable(self, flowable: Flowable) -> None:  # noqa: N802 - reportlab's name
        """Enters headings into the contents and the outline."""
        level = next((n for n, style in HEADINGS.items() if getattr(flowable, "style", None) is style), 0)
        if level and getattr(flowable, "listed", True):
            text = flowable.getPlainText()
            key = f"{level}:{self.page}:{text}"
            self.canv.bookmarkPage(key)
            self.canv.addOutlineEntry(text, key, level - 1)
            if level == 1:
                self.notify("TOCEntry", (0, text, self.page, key))


def label(page: int) -> str:
    """What is printed on a page, counted from 1."""
    return ("i", "ii")[page - 1] if page <= FRONT_MATTER else str(page - FRONT_MATTER)


def _title_page(canvas: Any, _document: Report) -> None:
    canvas.addPageLabel(0, style="ROMAN_LOWER")
    canvas.addPageLabel(FRONT_MATTER, style="ARABIC")
    canvas.setFillColor("#123a5a")
    canvas.rect(0, HEIGHT - 300, WIDTH, 6, stroke=0, fill=1)
    canvas.setFont("Sans", 30)
    canvas.drawString(LEFT, HEIGHT - 250, COMPANY)
    canvas.setFont("Sans", 20)
    canvas.drawString(LEFT, HEIGHT - 345, TITLE)
    canvas.setFillColor(colors.black)
    canvas.setFont("Serif", 11)
    canvas.drawString(LEFT, HEIGHT - 375, "and accounts for the year ended 30 September 2025")
    canvas.drawString(LEFT, 120, "Registered in Skerrow under number SK-0048213-C")
    canvas.drawString(LEFT, 102, "The company, its islands and its ships are invented.")


def _furniture(canvas: Any, document: Report) -> None:
    canvas.setFont("Sans", 8)
    canvas.setFillColor("#666666")
    canvas.drawString(LEFT, HEIGHT - 46, f"{COMPANY} · {TITLE}")
    canvas.drawCentredString(WIDTH / 2, 36, label(document.page))
    notes = getattr(canvas, "footnotes", [])
    canvas.footnotes = []
    placed = [Paragraph(text, NOTE) for text in notes]
    y = BOTTOM + sum(note.wrap(TEXT_WIDTH, HEIGHT)[1] + 2 for note in placed)
    if placed:
        canvas.setStrokeColor("#666666")
        canvas.line(LEFT, y + 4, LEFT + 90, y + 4)
    for note in placed:
        y -= note.height + 2
        note.drawOn(canvas, LEFT, y)


def amounts(rows: tuple[tuple[str, list[int] | list[str]], ...]) -> Iterator[tuple[str, list[int], bool]]:
    """Every row with its amounts, and whether it is a sum."""
    known: dict[str, list[int]] = {}
    for name, values in rows:
        is_sum = isinstance(values[0], str)
        known[name] = [sum(column) for column in zip(*(known[n] for n in values), strict=True)] if is_sum else values
        yield name, known[name], is_sum


def money(value: int) -> str:
    """Thousands with separators, negatives in brackets."""
    return f"({-value:,})" if value < 0 else f"{value:,}"


def statement(rows: tuple[tuple[str, list[int] | list[str]], ...], *, rules: bool = True) -> Table:
    """A table without borders; sums stand in the heading face, below a short rule where ``rules`` says so."""
    body = list(amounts(rows))
    count = len(body[0][1])
    look: list[tuple[Any, ...]] = [
        ("FONT", (0, 0), (-1, -1), "Serif", 9),
        ("FONT", (0, 0), (-1, 0), "Sans", 9),
        ("ALIGN", (1, 0), (-1, -1), "RIGHT"),
        ("TOPPADDING", (0, 0), (-1, -1), 1.2),
        ("BOTTOMPADDING", (0, 0), (-1, -1), 1.8),
        ("LEFTPADDING", (0, 0), (0, -1), 0),
    ]
    for i, (_, _, is_sum) in enumerate(body, 1):
        if is_sum:
            look += [("FONT", (0, i), (-1, i), "Sans", 9), ("BOTTOMPADDING", (0, i), (-1, i), 7)]
            look += [("LINEABOVE", (1, i), (-1, i), 0.4, colors.black)] if rules else []
    cells = [["", *YEARS[:count]], *([name, *map(money, values)] for name, values, _ in body)]
    figures = 56 if count > 3 else 72
    return Table(cells, [TEXT_WIDTH - figures * count, *[figures] * count], style=look, hAlign="LEFT")


def routes() -> Table:
    """The ruled table, almost a page high."""
    head = ("No.", "From", "To", "Ship", "Min.", "Sched-\nuled", "Oper-\nated", "Punc-\ntual %", "Pas-\nsengers")
    rows = [
        (str(r[0]), r[1], r[2], r[3], str(r[4]), f"{r[5]:,}", f"{r[6]:,}", f"{r[7]:.1f}", f"{r[8]:,}") for r in ROUTES
    ]
    scheduled, operated, carried = (sum(r[i] for r in ROUTES) for i in (5, 6, 8))
    punctual = sum(r[6] * r[7] for r in ROUTES) / operated
    total = ("", "All routes", "", "", "", f"{scheduled:,}", f"{operated:,}", f"{punctual:.1f}", f"{carried:,}")
    return Table(
        [head, *rows, total],
        [24, 74, 70, 82, 28, 42, 42, 42, 54],
        [26, *[19.5] * (len(rows) + 1)],
        style=[
            ("FONT", (0, 0), (-1, -1), "Serif", 8.5),
            ("FONT", (0, 0), (-1, 0), "Sans", 7.5),
            ("FONT", (0, -1), (-1, -1), "Sans", 8),
            ("GRID", (0, 0), (-1, -1), 0.5, "#7d8b99"),
            ("BACKGROUND", (0, 0), (-1, 0), "#dfe7ee"),
            ("ALIGN", (4, 0), (-1, -1), "RIGHT"),
            ("VALIGN", (0, 0), (-1, -1), "MIDDLE"),
            ("LEFTPADDING", (0, 0), (-1, -1), 4),
            ("RIGHTPADDING", (0, 0), (-1, -1), 4),
        ],
    )


def chart() -> Drawing:
    """Passengers by year, as vectors."""
    drawing = Drawing(TEXT_WIDTH, 164)
    bars = VerticalBarChart()
    bars.x, bars.y, bars.width, bars.height = 90, 22, 290, 118
    bars.data = [PASSENGERS[::-1]]
    bars.categoryAxis.categoryNames = list(YEARS[::-1])
    bars.categoryAxis.labels.fontName = bars.valueAxis.labels.fontName = bars.barLabels.fontName = "Sans"
    bars.categoryAxis.labels.fontSize = bars.valueAxis.labels.fontSize = bars.barLabels.fontSize = 8
    bars.valueAxis.valueMin, bars.valueAxis.valueMax, bars.valueAxis.valueStep = 0, 3000, 1000
    bars.barLabelFormat = lambda value: f"{value:,.0f}"
    bars.barLabels.nudge = 7
    bars.bars[0].fillColor = colors.HexColor("#2f6f9f")
    bars.bars[0].strokeColor = None
    drawing.add(bars)
    drawing.add(String(94, 153, "thousand", fontName="Sans", fontSize=8, textAnchor="end"))
    return drawing


def picture() -> Image:
    """A ferry at sea, painted in whole numbers so that every machine paints the same."""
    wide, high, sea = 300, 170, 112
    y, x = np.mgrid[:high, :wide]
    sky = np.stack([150 + y // 2, 190 + y // 3, 225 + 0 * y], -1)
    wave = (x * 7 + (y * y) // 9 + ((x // 11) * (y // 5)) % 13) % 29
    water = np.stack([22 + wave // 2, 66 + wave, 98 + wave], -1)
    pixels = np.where((y < sea)[..., None], sky, water)
    sun = (x - 236) ** 2 + (y - 38) ** 2 < 15**2
    hull = (y > 98) & (y < 124) & (x > 52 + (y - 98) // 2) & (x < 238 - (y - 98))
    deck = (y > 76) & (y <= 98) & (x > 66) & (x < 206)
    bridge = (y > 60) & (y <= 76) & (x > 158) & (x < 198)
    funnel = (y > 52) & (y <= 76) & (x > 92) & (x < 112)
    windows = deck & (y > 82) & (y < 90) & (x % 10 < 5)
    for mask, colour in (
        (sun, (255, 236, 170)),
        (hull, (24, 44, 72)),
        (hull & (y > 116), (150, 40, 36)),
        (deck | bridge, (244, 244, 238)),
        (windows | (bridge & (y > 64) & (y < 70)), (60, 84, 104)),
        (funnel, (196, 60, 44)),
        (funnel & (y < 60), (20, 20, 24)),
    ):
        pixels[mask] = colour
    from PIL import Image as Raster

    painted = io.BytesIO()
    Raster.fromarray(pixels.astype(np.uint8)).save(painted, "PPM")
    painted.seek(0)
    return Image(painted, 225, 127.5)


def inline(text: str) -> str:
    """Markup of a paragraph: notes, emphasis (in the other face) and places where words may be divided."""
    text = text.replace("&", "&amp;")
    text = re.sub(r"\[\^(\d)\]", r"<super>\1</super>", text)
    text = re.sub(r"\*(.+?)\*", r'<font name="Sans" size="8.8">\1</font>', text)
    return re.sub(r"[^\W\d_]+", lambda word: DIVISIBLE.get(word[0], word[0]), text)


def figures(kind: str) -> list[Flowable]:
    """What a line ``:kind`` stands for."""
    made: dict[str, Callable[[], list[Flowable]]] = {
        "chart": lambda: [chart(), Paragraph("Figure 1: Passengers carried, year to 30 September", CAPTION)],
        "picture": lambda: [
            picture(),
            Paragraph("Figure 2: Kelsa Light on her first crossing to Tornay, 2 July 2025", CAPTION),
        ],
        "routes": lambda: [routes()],
        "income": lambda: [statement(INCOME, rules=False)],
        "balance": lambda: [statement(BALANCE)],
        "cash": lambda: [statement(CASH)],
    }
    return made[kind]()


def terms(lines: list[str]) -> Table:
    """Two columns without rules: a term and what it means."""
    cells = [[Paragraph(part.strip(), CELL) for part in line.split("|")] for line in lines]
    look = [("VALIGN", (0, 0), (-1, -1), "TOP"), ("LEFTPADDING", (0, 0), (-1, -1), 0)]
    return Table(cells, [120, TEXT_WIDTH - 120], style=look, hAlign="LEFT")


def contents() -> list[Flowable]:
    """The second page."""
    heading = Paragraph("Contents", HEADINGS[1])
    heading.listed = False
    table = TableOfContents(dotsMinLevel=0, rightColumnWidth=30, formatter=label)
    table.levelStyles = [ParagraphStyle("entry", fontName="Serif", fontSize=11, leading=22)]
    return [heading, table]


def story(source: str) -> list[Flowable]:
    """Everything that flows, from the title page on."""
    notes = dict(re.findall(r"^\[\^(\d)\]: (.+)$", source, re.MULTILINE))
    flow: list[Flowable] = [NextPageTemplate("single"), Spacer(1, 1), PageBreak(), *contents()]
    for block in re.split(r"\n{2,}", re.sub(r"^\[\^\d\]: .+\n", "", source, flags=re.MULTILINE).strip()):
        flow += _block(block)
        flow += [Footnote(f"{n} {inline(notes[n])}") for n in re.findall(r"\[\^(\d)\]", block)]
    return flow


def _block(block: str) -> list[Flowable]:
    if block.startswith("# "):
        template = {"Chairman’s letter": "columns", "Business review": "noted"}.get(block[2:], "single")
        start = [Spacer(1, 14)] if block[2:] in SHORT else [NextPageTemplate(template), PageBreak()]
        return [*start, Paragraph(block[2:], HEADINGS[1])]
    if block.startswith("## "):
        before = [PageBreak()] if "Consolidated balance sheet" in block else []
        heading = Paragraph(block[3:], HEADINGS[2])
        heading.keepWithNext = True
        return [*before, heading]
    if block.startswith(":terms"):
        return [terms(block.splitlines()[1:]), Spacer(1, 12)]
    if block.startswith(":greek "):
        return [Paragraph(block[7:], BODY)]
    if block.startswith(":"):
        return figures(block[1:])
    return [_paragraph(line) for line in block.splitlines()]


def _paragraph(line: str) -> Paragraph:
    style = CLAUSE if re.match(r"\d+\.\d+ ", line) else POINT if line.startswith("(") else BODY
    return Paragraph(inline(line), style)


def make() -> bytes:
    """The PDF file."""
    rl_config.invariant = 1
    registerFont(TTFont("Serif", FONTS / "DejaVuSerif.ttf"))
    registerFont(TTFont("Sans", FONTS / "DejaVuSans.ttf"))
    file = io.BytesIO()
    Report(file).multiBuild(story((HERE / "demo.md").read_text(encoding="utf-8")))
    return file.getvalue()


if __name__ == "__main__":
    Path(sys.argv[1] if len(sys.argv) > 1 else HERE / "demo.pdf").write_bytes(make())
