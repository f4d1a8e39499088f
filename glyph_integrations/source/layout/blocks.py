"""Blocks of plain text, each prose or with a layout of its own: tables, drawings, logs, code, verse."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from enum import Enum
from itertools import pairwise
from typing import TYPE_CHECKING

from glyph_integrations.source.layout.lines import STRONG_GAP, Line, look_at

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_BLANK = re.compile(r"\n(?:[ \t]*\n)+")
LONGEST_BLOCK = 400
"""Lines of a block that are looked at one by one; of longer ones, samples decide for the whole."""
_SAMPLE = 8192
_TEXT_SAMPLE = 200_000
LEAST_SHARE = 0.5
"""Of lines that show a layout in a block that has one."""
CERTAIN = 0.75
"""Of lines that look like code in a block whose lines look full besides."""
LONGEST_LINE = 160
"""Characters of lines that are paragraphs, unless a log has them."""


class _Kind(Enum):
    PROSE = 0
    LONE = 1  # one line that would be part of a table, if there were others
    LAID_OUT = 2


@dataclass(frozen=True, slots=True)
class _Block:
    start: int
    end: int
    indent: int
    kind: _Kind
    lines: int
    literal_indent: int  # of what ends in ``::``; -1 for others
    coded: bool


@dataclass(frozen=True, slots=True)
class _Habits:
    """How the text as a whole is set: the indent of its prose, and the width that its lines are filled to."""

    indent: int
    width: int


def find_verbatim(text: str) -> list[tuple[int, int]]:
    """Return the ranges of whole lines that have a layout of their own, in order, without the last line's end.

    The rest is prose, whose lines end where they do only because they were full.
    """
    habits = _find_habits(text)
    blocks = [_judge(text, start, end, habits) for start, end in _split(text)]
    blocks = _extend_literals(blocks)
    blocks = _settle_lone_lines(blocks)
    ranges: list[tuple[int, int]] = []
    before: _Block | None = None
    for block in blocks:
        for start, end in _ranges_within(text, block, habits):
            if ranges and before is not None and ranges[-1][1] == before.end and start == block.start:
                ranges[-1] = ranges[-1][0], end
            else:
                ranges.append((start, end))
        before = block
    return ranges


def _split(text: str) -> Iterator[tuple[int, int]]:
    """Yield the ranges of the blocks that blank lines separate, without the line ends around them."""
    start = 0
    while start < len(text) and text[start] == "\n":
        start += 1
    for match in _BLANK.finditer(text, start):
        if match.start() > start:
            yield start, match.start()
        start = match.end()
    end = len(text.rstrip("\n"))
    if end > start:
        yield start, end


def _list_lines(text: str, start: int, end: int) -> list[Line]:
    found = []
    for raw in text[start:end].split("\n"):
        if raw.strip():
            found.append(look_at(raw, start))
        start += len(raw) + 1
    return found


def _find_habits(text: str) -> _Habits:
    lines = [line.expandtabs(8).rstrip() for line in text[:_TEXT_SAMPLE].split("\n")]
    long = sorted(len(line) for line in lines if 45 <= len(line) <= 100)
    indents = [len(line) - len(line.lstrip(" ")) for line in lines if len(line) >= 45]
    common = max(set(indents), key=indents.count) if indents else 0
    return _Habits(indent=common, width=long[len(long) * 9 // 10] if long else 0)


def _judge(text: str, start: int, end: int, habits: _Habits) -> _Block:
    """Return a block with what it is."""
    length = text.count("\n", start, end) + 1
    lines = _sample(text, start, end) if length > LONGEST_BLOCK else _list_lines(text, start, end)
    if not lines:
        return _Block(start, end, 0, _Kind.PROSE, 0, literal_indent=-1, coded=False)
    last = lines[-1]
    return _Block(
        start=start,
        end=end,
        indent=min(line.indent for line in lines),
        kind=_find_kind(lines, habits),
        lines=length,
        literal_indent=last.indent + (2 if last.listed else 0) if last.text.endswith("::") else -1,
        coded=_measure_code(lines) >= LEAST_SHARE,
    )


def _find_kind(lines: Sequence[Line], habits: _Habits) -> _Kind:
    if len(lines) == 1:
        return _find_kind_of_line(lines[0], habits)
    if sum(len(line.text) for line in lines) > LONGEST_LINE * len(lines) and not lines[0].stamped:
        return _Kind.PROSE
    laid_out = sum(_mark_laid_out(lines))
    if len(lines) <= 3 and lines[-1].rule and not laid_out:
        return _Kind.PROSE  # a heading and its underline
    filled = _is_filled(lines, habits)
    found = (
        laid_out >= max(LEAST_SHARE * len(lines), 2)
        or _measure_code(lines) >= (LEAST_SHARE if not filled or len({line.indent for line in lines}) > 1 else CERTAIN)
        or (not filled and (_is_set_apart(lines, habits) or _is_verse(lines, habits)))
    )
    return _Kind.LAID_OUT if found else _Kind.PROSE


def _find_kind_of_line(line: Line, habits: _Habits) -> _Kind:
    if line.coded and line.indent >= habits.indent + 2:
        return _Kind.LAID_OUT
    return _Kind.LONE if line.is_tabulated or line.drawn or line.stamped else _Kind.PROSE


def _measure_code(lines: Sequence[Line]) -> float:
    """Return the share of lines that look like code."""
    return sum(line.coded for line in lines) / len(lines)


def _sample(text: str, start: int, end: int) -> list[Line]:
    """Return lines from the beginning, the middle and the end of a long block."""
    lines: list[Line] = []
    for at in (start, (start + end) // 2, end - _SAMPLE):
        begin = max(text.rfind("\n", start, max(at, start)) + 1, start)
        stop = text.find("\n", min(begin + _SAMPLE, end), end)
        lines += _list_lines(text, begin, end if stop < 0 else stop)
    return lines


def _mark_laid_out(lines: Sequence[Line]) -> list[bool]:
    """Return which lines are part of a table, a drawing or a log."""
    marked = [line.is_tabulated or line.drawn or line.stamped for line in lines]
    for number, (upper, lower) in enumerate(pairwise(lines)):
        if _share_column(upper, lower):
            marked[number] = marked[number + 1] = True
    columns = Counter(gap.begin for line in lines for gap in line.gaps if gap.width >= STRONG_GAP)
    for number, line in enumerate(lines):
        if line.indent >= 8 and columns[line.indent] >= 2:
            marked[number] = True  # goes on below a column
        if line.rule and True in marked[max(number - 1, 0) : number + 2]:
            marked[number] = True
    return marked


def _share_column(upper: Line, lower: Line) -> bool:
    """Whether two lines have a gap that ends in one column, or words behind gaps that do."""
    if not upper.gaps or not lower.gaps:
        return False
    edges = {gap.begin for gap in upper.gaps}, {gap.end for gap in upper.gaps}
    return any(gap.begin in edges[0] or gap.end in edges[1] for gap in lower.gaps)


def _is_filled(lines: Sequence[Line], habits: _Habits) -> bool:
    """Whether lines end because they were full: the next word would not have fitted."""
    widest = max(len(line.text) for line in lines)
    width = widest if len(lines) >= 4 else max(widest, habits.width - 8)
    pairs = [
        (upper, lower)
        for upper, lower in pairwise(lines)
        if not lower.listed and (upper.indent == lower.indent or upper.listed or upper is lines[0])
    ]
    full = sum(len(upper.text) + 1 + lower.first_word > width for upper, lower in pairs)
    return not pairs or full > LEAST_SHARE * len(pairs)


def _is_set_apart(lines: Sequence[Line], habits: _Habits) -> bool:
    """Whether lines are indented beyond the prose and no list."""
    deep = min(line.indent for line in lines) >= habits.indent + 3
    return deep and not any(line.listed for line in lines) and max(len(line.text) for line in lines) <= 100


def _is_verse(lines: Sequence[Line], habits: _Habits) -> bool:
    """Whether short lines begin with capitals and go on in the middle of sentences."""
    if not 3 <= len(lines) <= 100 or max(len(line.text) for line in lines) > 65:
        return False
    words = [line.words.lstrip("\"'“‘_*([") for line in lines]
    if sum(len(line.split()) for line in words) < 3 * len(lines) or any(line.listed for line in lines):
        return False
    capitals = sum(line[:1].isupper() for line in words)
    closed = sum(line.text[-1] in ".!?:" for line in lines)
    short = sum(len(line.text) + 1 + after.first_word <= habits.width - 3 for line, after in pairwise(lines))
    loose = not habits.width or short >= LEAST_SHARE * (len(lines) - 1)
    return capitals >= 0.8 * len(lines) and closed <= 0.6 * len(lines) and loose


def _extend_literals(blocks: Sequence[_Block]) -> list[_Block]:
    """Mark what follows ``::`` and is indented deeper as laid out, as reStructuredText has it."""
    found: list[_Block] = []
    outer = inner = -1
    for block in blocks:
        if outer >= 0 and block.indent > outer and block.indent >= inner:
            inner = block.indent if inner < 0 else inner
            found.append(replace(block, kind=_Kind.LAID_OUT, coded=True))
            continue
        outer, inner = block.literal_indent, -1
        found.append(block)
    return found


def _settle_lone_lines(blocks: Sequence[_Block]) -> list[_Block]:
    """Let a lone line follow its neighbours; a short block between two of code is code."""
    found = list(blocks)
    for number, block in enumerate(blocks):
        around = [*found[max(number - 1, 0) : number], *blocks[number + 1 : number + 2]]
        if block.kind is _Kind.LONE:
            settled = any(other.kind is not _Kind.PROSE for other in around)
            found[number] = replace(block, kind=_Kind.LAID_OUT if settled else _Kind.PROSE)
        elif block.kind is _Kind.PROSE and len(around) == 2 and block.lines <= 5:
            between = all(other.kind is _Kind.LAID_OUT and other.coded for other in around)
            if between and block.indent >= min(other.indent for other in around) > 0:
                found[number] = replace(block, kind=_Kind.LAID_OUT, coded=True)
    return found


def _ranges_within(text: str, block: _Block, habits: _Habits) -> Iterator[tuple[int, int]]:
    """Yield the whole block, or the runs of lines within prose that are a table or a drawing."""
    if block.kind is _Kind.LAID_OUT:
        yield block.start, block.end
        return
    if not 3 <= block.lines <= LONGEST_BLOCK:
        return
    lines = _list_lines(text, block.start, block.end)
    laid_out, examples = _mark_laid_out(lines), _mark_examples(lines)
    marked = [one or other for one, other in zip(laid_out, examples, strict=True)]
    number = 0
    while number < len(lines):
        stop = number
        while stop < len(lines) and marked[stop]:
            stop += 1
        run = lines[number:stop]
        if len(run) >= 2 and (any(examples[number:stop]) or (len(run) >= 3 and not _is_filled(run, habits))):
            yield run[0].start, lines[stop].start - 1 if stop < len(lines) else block.end
        number = max(stop, number) + 1


def _mark_examples(lines: Sequence[Line]) -> list[bool]:
    """Return which lines are code that stands within prose, indented, without a blank line around it."""
    outer = min(line.indent for line in lines)
    marked = [False] * len(lines)
    number = 0
    while number < len(lines):
        stop = number
        while stop < len(lines) and lines[stop].indent >= outer + 4:
            stop += 1
        if not lines[0].listed and any(line.coded for line in lines[number:stop]):
            marked[number:stop] = [True] * (stop - number)
        number = max(stop, number) + 1
    return marked
