"""A PDF page's text as lines, with the box of every word; all boxes in pt from the displayed page's top left."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass, field
from itertools import groupby
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
import pymupdf
from pymupdf import mupdf

from glyph_integrations.source.formats.pdf.backwards import rebuild_lines, runs_backwards
from glyph_integrations.source.formats.pdf.claims import mend_lines

if TYPE_CHECKING:
    from numpy.typing import NDArray

SYNTHETIC, BOLD_LOOK, FILLED, STROKED, CLIPPED = 4, 8, 16, 32, 64  # bits of a span's char_flags
SUPERSCRIPT, MONOSPACED, BOLD = 1, 8, 16  # bits of a span's flags

_RAISED = re.compile(r"\s*[+\-−]?\d+\s*")
_SUPERSCRIPTS = str.maketrans("0123456789+-−", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻")
_LEADER = re.compile(r"(?:[.·…] {0,3}){2}[.·…]((?: {0,3}[.·…]){4,})")
_RIGHT_TO_LEFT = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")

Rect = tuple[float, float, float, float]

MOSTLY = 0.9
"""Share of a line's characters that are all but a few."""


class Span(NamedTuple):
    """Characters ``[start, end)`` of a line that look alike."""

    start: int
    end: int
    box: Rect
    size: float
    colour: int
    alpha: int
    painted: bool
    font: str
    bold: bool
    mono: bool


@dataclass(slots=True, eq=False)
class Line:
    """A line of text.

    Attributes:
        text: Its characters.
        box: x0, y0, x1, y1 in pt.
        block: Which of MuPDF's blocks it belongs to; they keep the reading order.
        size: Of the font that most characters have, in pt.
        bold: Whether most characters are bold.
        font: The font that most characters have.
        level: Whether it runs from left to right, neither turned nor vertical.
        mono: Whether all but a few characters have fonts of one width for all: code, not prose that names it.
        all_bold: Whether every character is bold.
        starts: Where each word starts in the text.
        boxes: The words' boxes, [words, 4].
        spans: Only while the page is being read.
    """

    text: str
    box: Rect
    block: int
    size: float
    bold: bool
    font: str
    level: bool
    mono: bool
    all_bold: bool
    starts: list[int]
    boxes: NDArray[np.float32]
    spans: list[Span] = field(default_factory=list)

    @property
    def x0(self) -> float:
        """Left edge."""
        return self.box[0]

    @property
    def y0(self) -> float:
        """Upper edge."""
        return self.box[1]

    @property
    def x1(self) -> float:
        """Right edge."""
        return self.box[2]

    @property
    def y1(self) -> float:
        """Lower edge."""
        return self.box[3]

    @property
    def height(self) -> float:
        """In pt."""
        return self.box[3] - self.box[1]

    def words(self) -> list[tuple[str, Rect]]:
        """Every word with its box."""
        ends = [*self.starts[1:], len(self.text)]
        return [
            (self.text[start:end].strip(), (float(b[0]), float(b[1]), float(b[2]), float(b[3])))
            for start, end, b in zip(self.starts, ends, self.boxes, strict=True)
        ]


def text_page(display_list: Any, *, clip: bool = False, images: bool = False) -> Any:
    """MuPDF's structured text of a page: beyond the page's edges too, ligatures as letters.

    Args:
        display_list: Of the page, as displayed.
        clip: Leave out characters that clipping paths hide.
        images: Note images among the text.
    """
    options = mupdf.FzStextOptions()
    options.flags = (
        pymupdf.TEXT_PRESERVE_WHITESPACE
        | (pymupdf.TEXT_CLIP if clip else 0)
        | (pymupdf.TEXT_PRESERVE_IMAGES if images else 0)
    )
    everywhere = mupdf.FzRect(mupdf.FzRect.Fixed_INFINITE)
    structured = mupdf.FzStextPage(everywhere)
    device = structured.fz_new_stext_device(options)
    display_list.this.fz_run_display_list(device, mupdf.FzMatrix(), everywhere, mupdf.FzCookie())
    device.fz_close_device()
    return pymupdf.TextPage(structured)


def read_lines(page: Any) -> list[Line]:
    """The lines of a ``pymupdf.TextPage`` in its natural order, which follows columns; lines of spaces left out."""
    lines: list[Line] = []
    for block in _read_blocks(page):
        for raw in mend_lines(block["lines"]):
            line = _line(raw, block["number"])
            if line is None:
                continue
            # A page number may be painted before the entry it stands beside.
            place = len(lines)
            while place and _stands_before(line, lines[place - 1]):
                place -= 1
            lines.insert(place, line)
    return lines


def _read_blocks(page: Any) -> list[dict[str, Any]]:
    """MuPDF's blocks of text, every line with its ``words`` beside its spans."""
    words: defaultdict[tuple[int, int], list[Any]] = defaultdict(list)
    for word in page.extractWORDS():
        words[word[5], word[6]].append(word)
    blocks = [block for block in page.extractDICT()["blocks"] if block["type"] == 0]
    characters: dict[int, dict[str, Any]] = {}
    backwards = {block["number"] for block in blocks if runs_backwards(block)}
    if backwards:
        characters = {block["number"]: block for block in page.extractRAWDICT()["blocks"]}
    for block in blocks:
        if block["number"] in backwards:
            block["lines"] = rebuild_lines(characters[block["number"]])
            continue
        for number, line in enumerate(block["lines"]):
            line["words"] = words[block["number"], number]
    return blocks


def _stands_before(line: Line, other: Line) -> bool:
    """Whether a line stands to the left of another one of its block, in the same row of text from left to right."""
    if line.block != other.block or not (line.level and other.level) or line.x1 > other.x0 + 1.0:
        return False
    shared = min(line.y1, other.y1) - max(line.y0, other.y0)
    beside = shared > 0.5 * min(line.height, other.height)
    return beside and not is_right_to_left(line.text + other.text)


def is_right_to_left(text: str) -> bool:
    """Whether a text holds letters that are written from right to left."""
    return _RIGHT_TO_LEFT.search(text) is not None


def _line(raw: dict[str, Any], block: int) -> Line | None:
    plain = "".join(span["text"] for span in raw["spans"]).replace("\n", " ").replace("\r", " ")
    if not plain.strip():
        return None
    spans = _spans(raw["spans"])
    text = _with_superscripts(raw["spans"]).replace("\n", " ").replace("\r", " ")
    starts, boxes = locate_words(plain, raw["words"], raw["bbox"])
    level = raw["wmode"] == 0 and raw["dir"][0] > 0.99
    line = _styled(text, spans, box=raw["bbox"], block=block, starts=starts, boxes=boxes, level=level)
    leaders = [match.span(1) for match in _LEADER.finditer(text)]
    return without(line, leaders) if leaders else line  # three dots of a leader say as much as sixty


def _spans(raw: list[dict[str, Any]]) -> list[Span]:
    """MuPDF's spans, those that look alike put together: it begins a new one at every space it infers."""
    spans: list[Span] = []
    length, last = 0, None
    for span in raw:
        start, length = length, length + len(span["text"])
        flags, paint = span["flags"], span["char_flags"] & ~SYNTHETIC
        alpha = 255 if paint & CLIPPED else span["alpha"]  # something else is painted through the letters
        look = (span["size"], span["color"], alpha, paint, span["font"], flags)
        if spans and (look == last or span["text"].isspace()):
            box = spans[-1].box if span["text"].isspace() else _around(spans[-1].box, span["bbox"])
            spans[-1] = spans[-1]._replace(end=length, box=box)
            continue
        last = look
        painted = bool(paint & (FILLED | STROKED | CLIPPED))
        bold, mono = bool(flags & BOLD or paint & BOLD_LOOK), bool(flags & MONOSPACED)
        spans.append(
            Span(start, length, span["bbox"], *look[:3], painted=painted, font=span["font"], bold=bold, mono=mono)
        )
    return spans


def _around(a: Rect, b: Rect) -> Rect:
    return (min(a[0], b[0]), min(a[1], b[1]), max(a[2], b[2]), max(a[3], b[3]))


def _with_superscripts(raw: list[dict[str, Any]]) -> str:
    """The line's text; raised figures as superscript figures, because 10⁶ is not 106 and a footnote mark no digit.

    Where letters are raised too, as in formulas, nothing is changed.
    """
    if not (any(span["flags"] & SUPERSCRIPT for span in raw) or _is_mark(raw[0], raw)):
        return "".join(span["text"] for span in raw)
    parts = []
    for raised, group in groupby(raw, key=lambda span: bool(span["flags"] & SUPERSCRIPT) or _is_mark(span, raw)):
        text = "".join(span["text"] for span in group)
        parts.append(text.translate(_SUPERSCRIPTS) if raised and _RAISED.fullmatch(text) else text)
    return "".join(parts)


def _is_mark(span: dict[str, Any], raw: list[dict[str, Any]]) -> bool:
    """Whether a span is the raised mark that a footnote begins with, which MuPDF does not notice."""
    if span is not raw[0] or len(raw) < 2:
        return False
    return bool(span["size"] < 0.8 * raw[1]["size"] and span["origin"][1] < raw[1]["origin"][1] - 1.0)


def _styled(
    text: str, spans: list[Span], *, box: Rect, block: int, starts: list[int], boxes: NDArray[np.float32], level: bool
) -> Line:
    """A line that looks as most of its characters do."""
    lengths = [len(text[span.start : span.end].strip()) for span in spans]
    main = spans[lengths.index(max(lengths))]
    all_bold = all(span.bold or not length for span, length in zip(spans, lengths, strict=True))
    return Line(
        text=text,
        box=box,
        block=block,
        size=main.size,
        bold=main.bold,
        font=main.font,
        level=level,
        mono=sum(length for span, length in zip(spans, lengths, strict=True) if span.mono) >= MOSTLY * sum(lengths),
        all_bold=all_bold,
        starts=starts,
        boxes=boxes,
        spans=spans,
    )


def locate_words(text: str, words: list[Any], box: Rect) -> tuple[list[int], NDArray[np.float32]]:
    """Where each word starts in the line's text, and its box; words that are not found share their neighbour's."""
    starts: list[int] = []
    boxes: list[Rect] = []
    position = 0
    for word in words:
        found = text.find(word[4], position)
        if found < 0:
            continue
        starts.append(found)
        boxes.append(word[:4])
        position = found + len(word[4])
    first = len(text) - len(text.lstrip())
    if not starts or starts[0] > first:
        starts.insert(0, first)
        boxes.insert(0, box if not boxes else (box[0], box[1], boxes[0][0], box[3]))
    return starts, np.array(boxes, np.float32)


def without(line: Line, hidden: list[tuple[int, int]]) -> Line | None:
    """The line without the given character ranges, or None where nothing is left."""
    keep = np.ones(len(line.text), bool)
    for start, end in hidden:
        keep[start:end] = False
    text = "".join(c for c, kept in zip(line.text, keep, strict=True) if kept)
    if not text.strip():
        return None
    shift = np.concatenate(([0], np.cumsum(keep)))
    ends = [*line.starts[1:], len(line.text)]
    left = [i for i, (s, e) in enumerate(zip(line.starts, ends, strict=True)) if text[shift[s] : shift[e]].strip()]
    spans = [
        span._replace(start=int(shift[span.start]), end=int(shift[span.end]))
        for span in line.spans
        if keep[span.start : span.end].any()
    ]
    boxes = line.boxes[left]
    box = (*boxes[:, :2].min(0).tolist(), *boxes[:, 2:].max(0).tolist())
    starts = [int(shift[line.starts[i]]) for i in left]
    return _styled(text, spans, box=box, block=line.block, starts=starts, boxes=boxes, level=line.level)
