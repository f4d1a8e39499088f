"""Joins a PDF's lines into paragraphs, over columns and pages, and undoes hyphenation."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from glyph_integrations.source.formats.pdf.graphics import overlap
from glyph_integrations.source.formats.pdf.lines import is_right_to_left

if TYPE_CHECKING:
    from glyph_integrations.source.formats.pdf.lines import Line

_BULLET = re.compile(r"^\s*(?:[•‣◦▪●○■□⁃∙·–—*-]|\(?\d{1,3}[.)]|\(?[a-zA-Z][.)]|\[\d+\]|\(?[ivxIVX]{1,5}[.)])\s+\S")
_CLAUSE = re.compile(r"^\s*\d{1,3}(?:\.\d{1,3})+[.)]?\s+\S")
_ENDS = re.compile(r"[.!?:;。！？：；…][\"'”’»)\]]*\s*$")
_HYPHENATED = re.compile(r"(?<![^\W\d_])[^\W\d_]++(?:[-‐][^\W\d_]++)++")
_CAPITALS = re.compile(r"\b[A-Z]{4,}\b")
_LINE_END_HYPHEN = re.compile(r"(?<![^\W\d_])([^\W\d_]++)[-‐\u00ad]\s*$")
_FIRST_WORD = re.compile(r"^\W*([^\W\d_]+)")
_CJK = re.compile("[\u2e80-\u312f\u3190-\u9fff\uf900-\ufaff\uff00-\uffef\U00020000-\U0003ffff]")


@dataclass(slots=True)
class Place:
    """A line on its page; ``right`` is where lines of its column end."""

    page: int
    line: Line
    left: float
    right: float


def places(page: int, lines: list[Line]) -> list[Place]:
    """The lines of a page with the edges of the columns they stand in."""
    blocks: dict[int, list[Line]] = {}
    for line in lines:
        blocks.setdefault(line.block, []).append(line)
    edges: dict[int, tuple[float, float]] = {}
    for number, members in blocks.items():
        left, right = min(line.x0 for line in members), max(line.x1 for line in members)
        if len({round(line.y1) for line in members}) < 3:
            beside = sorted(
                line.x1 for line in lines if abs(line.x0 - left) < 3 * line.size and line.level and line.x1 > right
            )
            right = beside[int(0.8 * (len(beside) - 1))] if len(beside) > 2 else right
        edges[number] = (left, right)
    return [Place(page, line, *edges[line.block]) for line in lines]


def same_row(a: Line, b: Line) -> bool:
    """Whether two lines stand beside each other on one height, in reading order."""
    shared = min(a.y1, b.y1) - max(a.y0, b.y0)
    return a.level and b.level and shared > 0.5 * min(a.height, b.height) and overlap(a.box, b.box) < 4.0


def continues(a: Place, b: Place, after: Place | None) -> bool:
    """Whether ``b`` goes on with the paragraph that ``a`` belongs to; ``after`` is the line that follows ``b``."""
    first, second = a.line, b.line
    if a.page == b.page and same_row(first, second):
        return first.block == second.block or 0 <= second.x0 - first.x1 < 3 * first.size
    if not _look_alike(first, second) or _BULLET.match(second.text) or _would_have_fitted(a, second):
        return False
    if a.page != b.page or second.y0 <= first.y0:
        return _goes_on(first, second)
    gap = (second.y0 - first.y1) / first.height
    return gap < (1.3 if first.block == second.block else 0.45) and not _is_indented(a, b, after)


def _look_alike(first: Line, second: Line) -> bool:
    """Whether two lines may be of one paragraph by their fonts; lines of code stay apart."""
    if not (first.level and second.level) or first.mono or second.mono:
        return False
    if first.bold != second.bold and (first.all_bold or second.all_bold):
        return False
    return abs(first.size - second.size) <= 0.12 * max(first.size, second.size)


def _goes_on(first: Line, second: Line) -> bool:
    """Whether a sentence runs on from one column or page into the next."""
    if _LINE_END_HYPHEN.search(first.text):
        return True
    start = second.text.lstrip("“\"'‘(«")[:1]
    return not _ENDS.search(first.text) and (start.islower() or bool(_CJK.match(start)))


def _would_have_fitted(a: Place, second: Line) -> bool:
    """Whether the next line's first word had room on the line before, so that the break was meant."""
    box = second.boxes[0]
    word = float(box[2] - box[0])
    if is_right_to_left(second.text):
        return a.line.x0 - a.left > word + 0.6 * second.size
    return a.right - a.line.x1 > word + 0.6 * second.size


def _is_indented(a: Place, b: Place, after: Place | None) -> bool:
    """Whether ``b`` begins a paragraph: a first line that is indented, or one that stands out."""
    step = b.line.x0 - a.line.x0
    if abs(step) < 0.7 * b.line.size or abs(step) > 6 * b.line.size or is_right_to_left(b.line.text):
        return False
    if step > 0 and (_BULLET.match(a.line.text) or _CLAUSE.match(a.line.text)):
        return False
    if step > 0:  # indented, unless the lines after it are too (a hanging paragraph)
        return after is None or after.line.x0 < b.line.x0 - 0.5 * b.line.size or _ENDS.search(a.line.text) is not None
    return b.line.x0 - b.left < 0.5 * b.line.size and _ENDS.search(a.line.text) is not None and _hangs(a, after)


def _hangs(a: Place, after: Place | None) -> bool:
    """Whether the paragraph before is a hanging one, so that the next one begins further left."""
    return after is not None and abs(after.line.x0 - a.line.x0) < 0.3 * a.line.size


class Spellings(NamedTuple):
    """How words are spelled within the lines of a document.

    Attributes:
        hyphenated: Words that are written with a hyphen, in lower case.
        capitals: Words in capitals.
    """

    hyphenated: frozenset[str] = frozenset()
    capitals: frozenset[str] = frozenset()


def spellings(lines: list[Line]) -> Spellings:
    """Collects what decides whether a hyphen at a line end belongs to the word."""
    hyphenated: set[str] = set()
    capitals: set[str] = set()
    for line in lines:
        if "-" in line.text or "‐" in line.text:
            body = line.text.rstrip().rstrip("-‐")
            hyphenated.update(word.lower().replace("‐", "-") for word in _HYPHENATED.findall(body))
        capitals.update(_CAPITALS.findall(line.text))
    return Spellings(frozenset(hyphenated), frozenset(capitals))


def joint(before: str, after: str, known: Spellings) -> tuple[str, str]:
    """How two lines of a paragraph are joined: what is left of the first, and what stands between them."""
    before, after = before.rstrip(), after.lstrip()
    match = _LINE_END_HYPHEN.search(before)
    if match is None:
        between_cjk = _CJK.match(before[-1:]) and _CJK.match(after[:1])
        return before, "" if between_cjk else " "
    head = _FIRST_WORD.match(after)
    soft = before.endswith("\u00ad")
    if head is not None and f"{match[1]}{head[1]}" in known.capitals:
        return before[:-1], ""
    if not after[:1].islower() or head is None:
        return (before[:-1], "") if soft else (before, "" if after[:1].isalpha() else " ")
    if not soft and f"{match[1]}-{head[1]}".lower() in known.hyphenated:
        return before, ""
    return before[:-1], ""
