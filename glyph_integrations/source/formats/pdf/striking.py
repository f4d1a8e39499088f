"""Struck-out words: a thin rule drawn through them, or an annotation that strikes them."""

from __future__ import annotations

from dataclasses import replace
from itertools import pairwise
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from numpy.typing import NDArray

    from glyph_integrations.source.formats.pdf.lines import Line, Rect

MARK = "~~"
HIGHEST, LOWEST = 0.4, 0.72
"""Where a rule strikes a word, in shares of its height from above: an underline runs lower."""
OVERHANG = 0.6
"""A rule that goes on for more than this share of the letters' size beyond the words rules a table or a page."""
LEAST_LETTERS = 2
"""Fewer letters and digits under a rule are a formula's."""


def mark_struck(lines: list[Line], across: NDArray[np.float64], struck: Sequence[Rect]) -> list[Line]:
    """Put ``~~`` around struck-out words.

    Args:
        lines: Of a page.
        across: Its horizontal rules, [n, 3]: x0, x1, y.
        struck: The boxes of passages that annotations strike out.
    """
    if not len(across) and not struck:
        return lines
    heights = np.array([(line.y0, line.y1) for line in lines], float).reshape(-1, 2, 1)
    crossed = np.any((across[:, 2] > heights[:, 0]) & (across[:, 2] < heights[:, 1]), axis=1)
    return [
        _mark_line(line, (_find_strikes(line, across) if is_crossed else []) + _find_marked(line, struck))
        for line, is_crossed in zip(lines, crossed.tolist(), strict=True)
    ]


def _find_strikes(line: Line, across: NDArray[np.float64]) -> list[Rect]:
    """The rules that may run through a line's words; a rule of many pieces is one."""
    if not line.level:
        return []
    slack = OVERHANG * line.size
    through = (across[:, 2] > line.y0) & (across[:, 2] < line.y1) & (across[:, 0] < line.x1) & (across[:, 1] > line.x0)
    merged: list[Rect] = []
    for y, x0, x1 in sorted((float(y), float(x0), float(x1)) for x0, x1, y in across[through]):
        last = merged[-1] if merged else None
        if last and abs(y - last[1]) < 0.5 and x0 <= last[2] + 1.0:
            merged[-1] = (last[0], last[1], max(last[2], x1), last[3])
        else:
            merged.append((x0, y, x1, y))
    return [rule for rule in merged if rule[0] >= line.x0 - slack and rule[2] <= line.x1 + slack]


def _find_marked(line: Line, struck: Sequence[Rect]) -> list[Rect]:
    """The struck passages that a line lies in, as rules through its middle."""
    middle = (line.y0 + line.y1) / 2
    return [(x0, middle, x1, middle) for x0, y0, x1, y1 in struck if y0 < middle < y1 and x0 < line.x1 and x1 > line.x0]


def _mark_line(line: Line, rules: list[Rect]) -> Line:
    if not rules:
        return line
    struck = np.zeros(len(line.text) + 1, bool)
    for rule in rules:
        for start, end in _find_characters(line, rule):
            struck[start:end] = True
    for (_, end), (start, _) in pairwise(list(_find_runs(struck))):
        if not line.text[end:start].strip():
            struck[end:start] = True
    marks: dict[int, str] = {}
    for start, end in _find_runs(struck):
        if sum(c.isalnum() for c in line.text[start:end]) >= LEAST_LETTERS:
            marks[start] = f"{marks.get(start, '')}{MARK}"
            marks[end] = f"{marks.get(end, '')}{MARK}"
    return insert(line, marks) if marks else line


def _find_characters(line: Line, rule: Rect) -> Iterable[tuple[int, int]]:
    """The characters of each word that a rule runs through, taking all characters of a word as equally wide."""
    ends = [*line.starts[1:], len(line.text)]
    for start, end, (left, top, right, bottom) in zip(line.starts, ends, line.boxes.tolist(), strict=True):
        if not HIGHEST < (rule[1] - top) / max(bottom - top, 1e-3) < LOWEST:
            continue
        length = len(line.text[start:end].rstrip())
        width = max((right - left) / max(length, 1), 1e-3)
        first, last = max(round((rule[0] - left) / width), 0), min(round((rule[2] - left) / width), length)
        if first < last:
            yield start + first, start + last


def _find_runs(struck: NDArray[np.bool_]) -> Iterable[tuple[int, int]]:
    edges = np.flatnonzero(np.diff(np.concatenate(([0], struck.view(np.int8), [0])))).tolist()
    return zip(edges[::2], edges[1::2], strict=True)


def insert(line: Line, marks: dict[int, str]) -> Line:
    """The line with marks put in before the characters at the given positions; each belongs to the word it touches."""
    places = sorted(marks)
    pieces = [line.text[a:b] for a, b in pairwise([0, *places, len(line.text)])]
    text = pieces[0] + "".join(marks[place] + piece for place, piece in zip(places, pieces[1:], strict=True))
    lengths = np.cumsum([0, *(len(marks[place]) for place in places)])

    def shift(position: int, *, after: bool) -> int:
        return position + int(lengths[np.searchsorted(places, position, "right" if after else "left")])

    return replace(
        line,
        text=text,
        starts=[shift(start, after=False) for start in line.starts],
        spans=[
            span._replace(start=shift(span.start, after=False), end=shift(span.end, after=True)) for span in line.spans
        ],
    )
