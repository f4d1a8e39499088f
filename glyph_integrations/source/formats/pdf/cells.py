"""The pieces of a page's lines between wide gaps, in rows; signs that stand apart join their number."""

from __future__ import annotations

import re
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable

    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.lines import Line, Rect

CELL_GAP = 1.2
"""Words further apart than this many font sizes are in different cells."""
LEADER = ".·…_"
SAME_ROW = 0.33
"""Of a cell's height: how far apart the baselines of one row may lie."""

_NUMBER = re.compile(r"[\s$€£¥+−–—(-]*(?:\d[\d.,'’\s/:%-]*|[-–—])[\s%)€£¥$*†‡§⁰¹²³⁴⁵⁶⁷⁸⁹a-zA-Z]{0,4}")
_PREFIX = re.compile(r"(?:[A-Z]{0,3}[$£¥€]|[+−–-])? ?\(?")
_SUFFIX = re.compile(r"\)? ?(?:%|\)|pts?\.?|bps|x|€|¢)")
_ITEM = re.compile(r"(?:\d{1,3}|[A-Z])(?:\.\d{1,3})*\.?|\(?[a-z\d]{1,3}[.)]")
_CURRENCY = "$£¥€"
_LOOSE = (
    (re.compile(r"(?<=[$£¥€(]) +(?=[\d(.,–—-])"), ""),
    (re.compile(r"(?<=[\d)–—-]) +(?=[)%])"), ""),
    (re.compile(r"(?<=\d[.,]) +(?=\d{3}\b)"), ""),
    (re.compile(r"(?<=\d) +(?=[.,]\d)"), ""),
)


@dataclass(slots=True)
class Cell:
    """A piece of a line between wide gaps.

    Attributes:
        text: Its words.
        box: Around its words.
        lines: Indices of the page's lines that it comes from; more than one where a sign joined its number.
        number: Whether it is a figure.
    """

    text: str
    box: Rect
    lines: tuple[int, ...]
    number: bool

    @property
    def middle(self) -> float:
        """Of its box, from left to right."""
        return (self.box[0] + self.box[2]) / 2

    @property
    def height(self) -> float:
        """In pt."""
        return self.box[3] - self.box[1]


Row = list[Cell]


def is_number(text: str) -> bool:
    """Whether a cell holds a figure: an amount, a percentage, a year, a dash for nothing."""
    return _NUMBER.fullmatch(text.strip()) is not None


def find_cells(lines: list[Line], indices: Iterable[int]) -> list[Cell]:
    """Divides the lines at ``indices`` into cells; dotted leaders belong to none."""
    chosen = [i for i in indices if len(lines[i].boxes)]
    if not chosen:
        return []
    boxes = np.concatenate([lines[i].boxes for i in chosen])
    counts = np.array([len(lines[i].boxes) for i in chosen])
    ends = np.cumsum(counts)
    wide = np.repeat([CELL_GAP * lines[i].size for i in chosen], counts)
    apart = np.maximum(boxes[1:, 0] - boxes[:-1, 2], boxes[:-1, 0] - boxes[1:, 2])  # to either side
    gaps = np.concatenate((apart, [0.0])) > wide
    gaps[ends - 1] = False
    torn = np.add.reduceat(gaps, ends - counts) > 0
    cells: list[Cell] = []
    for i, is_torn, box in zip(chosen, torn.tolist(), _outlines(boxes, ends, counts), strict=True):
        text = lines[i].text.strip()
        if is_torn or text[0] in LEADER or text[-1] in LEADER or any(sign in text for sign in _CURRENCY):
            cells += _divide(lines[i], i)
        else:
            cells.append(Cell(text, box, (i,), is_number(text)))
    return cells


def _outlines(boxes: NDArray[np.float32], ends: NDArray[np.intp], counts: NDArray[np.intp]) -> list[Rect]:
    """The boxes of whole lines, from the first word's left to the last word's right edge."""
    starts = ends - counts
    return list(
        zip(
            np.minimum.reduceat(boxes[:, 0], starts).tolist(),
            np.minimum.reduceat(boxes[:, 1], starts).tolist(),
            np.maximum.reduceat(boxes[:, 2], starts).tolist(),
            np.maximum.reduceat(boxes[:, 3], starts).tolist(),
            strict=True,
        )
    )


def _divide(line: Line, index: int) -> list[Cell]:
    """The cells of one line, word by word; what stands before a leader is one."""
    groups: list[list[tuple[str, Rect]]] = []
    for word, box in line.words():
        if not word.strip(LEADER):
            if groups and len(word) > 2:
                groups = [[pair for group in groups for pair in group]]
            continue
        last = groups[-1][-1] if groups else None
        gap = box[0] - last[1][2] if last is not None else np.inf
        next_column = word in _CURRENCY and gap > 0.2 * line.size and _ends_number(groups)
        if gap <= CELL_GAP * line.size and not next_column:
            groups[-1].append((word, box))
        else:
            groups.append([(word, box)])
    return [_cell(group, index) for group in groups]


def _ends_number(groups: list[list[tuple[str, Rect]]]) -> bool:
    """Whether what stands before is a number, so that a currency sign belongs to the next one."""
    return bool(groups) and is_number(" ".join(word for word, _ in groups[-1][-3:]))


def _cell(words: list[tuple[str, Rect]], line: int) -> Cell:
    text = " ".join(word for word, _ in words)
    return Cell(text, union([box for _, box in words]), (line,), is_number(text))


def find_rows(cells: list[Cell]) -> list[Row]:
    """Cells on one baseline, from the top down, each row from left to right, signs joined to their numbers."""
    rows: list[Row] = []
    base = 0.0
    for cell in sorted(cells, key=_baseline):
        height = min(cell.height, rows[-1][0].height) if rows else 0.0
        if rows and _baseline(cell) - base <= SAME_ROW * height:
            rows[-1].append(cell)
        else:
            rows.append([cell])
            base = _baseline(cell)
    return [join_signs(sorted(row, key=lambda c: c.box[0])) for row in rows]


def _baseline(cell: Cell) -> float:
    """Near enough: letters reach a fifth of their box below it."""
    return cell.box[3] - 0.2 * cell.height


def join_signs(row: Row) -> Row:
    """Joins signs in columns of their own with their number, and the number of a section or an item with its title."""
    joined: Row = []
    for cell in row:
        if joined and (_is_sign(joined[-1], cell) or (len(joined) == 1 and _is_item(joined[0], cell))):
            joined[-1] = _join(joined[-1], cell)
        else:
            joined.append(cell)
    return [replace(cell, text=tighten(cell.text)) if cell.number and " " in cell.text else cell for cell in joined]


def _is_sign(first: Cell, second: Cell) -> bool:
    """Whether one of two neighbours is a sign of the other, which is a number."""
    before = second.number and _PREFIX.fullmatch(first.text) is not None and first.text not in "–-−"
    return before or (first.number and _SUFFIX.fullmatch(second.text) is not None and _is_close(first, second))


def _is_item(number: Cell, title: Cell) -> bool:
    return not title.number and _ITEM.fullmatch(number.text) is not None and _is_close(number, title)


def _is_close(first: Cell, second: Cell) -> bool:
    return second.box[0] - first.box[2] < 3 * first.height


def _join(first: Cell, second: Cell) -> Cell:
    text = f"{first.text} {second.text}"
    return Cell(text, union([first.box, second.box]), first.lines + second.lines, is_number(text))


def tighten(number: str) -> str:
    """A number without the spaces between it and its signs, and within it where a font's spacing tore it."""
    for pattern, between in _LOOSE:
        number = pattern.sub(between, number)
    return number


def union(boxes: list[Rect]) -> Rect:
    """The smallest box around all of them."""
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))
