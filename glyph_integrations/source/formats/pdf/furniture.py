"""Running heads and feet, and page numbers.

A line at the edge of a page is left out only where it is one of three things: the same words in the same place on
other pages, the same words with a number that counts the pages, or a page number alone. Every other number may be
that of an invoice, a case or a chapter, and stays.
"""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from glyph_integrations.source.formats.pdf.lines import Line

ZONE = 0.12
NUMBER_ZONE = 0.2
"""Share of the page's height at either edge where heads and feet stand."""
REPEATS = 3
LAST_ROMAN = 40
"""On few pages a higher Roman number ("C", "MD") is a word."""
DRIFT = 8.0
"""In pt, how far a head may move between pages."""
LARGER = 1.15
"""From this many times the size of body text a line is a heading, unless it stands on every other page."""
APART = 1.2
"""A number this many times the size of its font away from the words before it is no part of them."""

_DIGITS = re.compile(r"\d+")
_PAGE = (
    r"(?:pages?|pg\.?|p\.|seite|blatt|p[aá]gina|p[aá]g\.|side|sida|sivu|strona|strana|oldal|sayfa|стр\.|страница|第)"
)
_PAGE_WORD = re.compile(rf"(?:^|\s){_PAGE}$", re.IGNORECASE)
_SEPARATOR = re.compile(r"(?:^|\s)[-–—·•|/]+$")
_NUMBER = re.compile(
    rf"[\s\-–—·|(\[]*+(?:{_PAGE}\s*)?((?:[A-Z]-?)?\d{{1,5}}|[ivxlc]{{1,8}}|[IVXLC]{{1,8}})"
    r"(?:\s*(?:/|of|von|de|sur)\s*\d{1,5})?[\s\-–—·|)\].页]*",
    re.IGNORECASE,
)
_ROMAN = re.compile(r"c{0,3}(?:xc|xl|l?x{0,3})(?:ix|iv|v?i{0,3})", re.IGNORECASE)
_ROMAN_VALUES = {"i": 1, "v": 5, "x": 10, "l": 50, "c": 100}

Lines = list[tuple[int, "Line"]]
"""Lines of a page, each with its position on it."""
Position = tuple[int, int]
"""A page and a position on it."""


@dataclass(slots=True)
class Furniture:
    """What to leave out, as (page, line) positions: repeated heads and feet, page numbers, and labels they give."""

    repeated: set[Position] = field(default_factory=set)
    numbers: set[Position] = field(default_factory=set)
    labels: dict[int, str] = field(default_factory=dict)


class Edge(NamedTuple):
    """A line in the outermost rows of a page."""

    side: str
    page: int
    position: int
    line: Line

    @property
    def place(self) -> Position:
        """Where it is kept."""
        return self.page, self.position


def find_furniture(pages: list[tuple[float, Lines]]) -> Furniture:
    """Compares the outermost lines of all pages.

    Args:
        pages: Height of each page and its lines, each with its position on the page.
    """
    edges = [list(_find_edges(page, height, lines)) for page, (height, lines) in enumerate(pages)]
    result = Furniture()
    heads = _find_heads(edges, _measure_body(pages))
    for group in heads:
        result.repeated.update(edge.place for edge in group[1:])  # the first one stays
    _find_numbers(pages, edges, {edge.place for group in heads for edge in group}, result)
    for page, (_, lines) in enumerate(pages):
        if len(lines) == 1:  # a page's only line is what it says
            result.repeated.discard((page, lines[0][0]))
            result.numbers.discard((page, lines[0][0]))
    return result


def _measure_body(pages: list[tuple[float, Lines]]) -> float:
    """The size that most characters have, in pt."""
    sizes: Counter[float] = Counter()
    for _, lines in pages:
        for _, line in lines:
            sizes[round(line.size * 2) / 2] += len(line.text)
    return sizes.most_common(1)[0][0] if sizes else 0.0


def _find_edges(page: int, height: float, lines: Lines) -> Iterator[Edge]:
    """The lines of the two outermost rows at the top and at the bottom, as far as they lie in the zone."""
    ordered = sorted((item for item in lines if item[1].level), key=lambda item: item[1].y0)
    for side, sequence in (("top", ordered), ("bottom", ordered[::-1])):
        previous: Line | None = None
        count = 0
        for position, line in sequence:
            at_edge = line.y1 < ZONE * height if side == "top" else line.y0 > (1 - ZONE) * height
            if not at_edge:
                break
            if previous is None or abs(line.y0 - previous.y0) > 0.5 * line.height:
                count += 1
            if count > 2:
                break
            previous = line
            yield Edge(side, page, position, line)


def _find_heads(edges: list[list[Edge]], body: float) -> list[list[Edge]]:
    """Groups of lines that say the same in the same place, or the same but for the number of the page."""
    same: defaultdict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in (edge for page in edges for edge in page):
        same[edge.side, edge.line.text.strip()].append(edge)
    heads, rest = [], []
    for (_, text), group in same.items():
        steady = _keep_steady(group)
        often = 2 * len(steady) >= len(edges) or _is_body_size(steady, body)
        if _count_pages(steady) >= REPEATS and often and not _NUMBER.fullmatch(text):
            heads.append(steady)
        else:
            rest += group
    counting: defaultdict[tuple[str, str], list[Edge]] = defaultdict(list)
    for edge in rest:
        counting[edge.side, _DIGITS.sub("#", edge.line.text.strip())].append(edge)
    for group in counting.values():
        steady = sorted(_keep_counting(_keep_steady(group)), key=lambda edge: edge.page)
        bare = any(_NUMBER.fullmatch(edge.line.text.strip()) for edge in steady)
        if _count_pages(steady) >= REPEATS and _is_body_size(steady, body) and not bare:
            heads.append(steady)
    return heads


def _is_body_size(group: list[Edge], body: float) -> bool:
    return all(edge.line.size < LARGER * body for edge in group)


def _count_pages(group: Iterable[Edge]) -> int:
    return len({edge.page for edge in group})


def _keep_steady(group: list[Edge]) -> list[Edge]:
    """Those that stand where most of them do."""
    middle = sorted(edge.line.y0 for edge in group)[len(group) // 2]
    return [edge for edge in group if abs(edge.line.y0 - middle) < DRIFT]


def _keep_counting(group: list[Edge]) -> list[Edge]:
    """Those that differ in one number only, which keeps step with the pages and is set apart as page numbers are."""
    numbers = [[int(number[-9:]) for number in _DIGITS.findall(edge.line.text)] for edge in group]
    for slot in range(len(numbers[0]) if numbers else 0):
        steps = Counter(
            (values[slot] - edge.page, *values[:slot], *values[slot + 1 :])
            for values, edge in zip(numbers, group, strict=True)
        )
        step, count = steps.most_common(1)[0]
        if count >= REPEATS:
            return [
                edge
                for values, edge in zip(numbers, group, strict=True)
                if (values[slot] - edge.page, *values[:slot], *values[slot + 1 :]) == step
                and _is_set_apart(edge.line, slot)
            ]
    return []


def _is_set_apart(line: Line, slot: int) -> bool:
    """Whether a number begins its line, follows a word for "page" or a separator, or stands at a distance."""
    match = list(_DIGITS.finditer(line.text))[slot]
    before, after = line.text[: match.start()], line.text[match.end() :]
    if before.strip() and not before[-1].isspace():
        return bool(_PAGE_WORD.search(before.rstrip()))  # "p.12", not "INV-12"
    if after and not (after[0].isspace() or after[0] in "/|)]"):
        return False
    words = before.rstrip()
    if not words or _PAGE_WORD.search(words) or _SEPARATOR.search(words):
        return True
    following = next((i for i, start in enumerate(line.starts) if start >= match.start()), 0)
    if not following:
        return False
    return float(line.boxes[following][0] - line.boxes[following - 1][2]) > APART * line.size


def _find_numbers(
    pages: list[tuple[float, Lines]], edges: list[list[Edge]], heads: set[Position], result: Furniture
) -> None:
    """Marks the bare page number at an edge of each page and takes it as the page's label.

    On three pages or more a number must be called a page or keep step with the pages, or it is something else; on
    fewer it may also stand alone.
    """
    found = [
        [(edge, match[1]) for edge in candidates if (match := _match_number(edge, pages[edge.page][1], heads))]
        for candidates in (_list_candidates(pages[page], rows, page) for page, rows in enumerate(edges))
    ]
    steps = Counter(step for numbers in found for step in {_find_step(n, edge.page) for edge, n in numbers})
    for numbers in found:
        for edge, number in numbers:
            if len(pages) >= REPEATS:
                is_page = _says_page(edge.line.text) or steps[_find_step(number, edge.page)] >= REPEATS
            else:
                lines = pages[edge.page][1]
                is_page = _stands_alone(edge.line, lines) or edge.line.text.strip() != number
                is_page = is_page and (bool(_DIGITS.search(number)) or _read_roman(number) <= LAST_ROMAN)
            if is_page:
                result.numbers.add(edge.place)
                result.labels[edge.page] = number
                break


def _list_candidates(page: tuple[float, Lines], rows: list[Edge], number: int) -> list[Edge]:
    """The lines at the edges, those below first, which is more usual than above; and the last line of a short page."""
    height, lines = page
    candidates = sorted(rows, key=lambda edge: edge.side == "top")
    lowest = max(lines, key=lambda item: item[1].y0, default=None)
    if lowest is not None and lowest[1].y0 > (1 - NUMBER_ZONE) * height and _stands_alone(lowest[1], lines):
        candidates.append(Edge("bottom", number, *lowest))
    return candidates


def _match_number(edge: Edge, lines: Lines, heads: set[Position]) -> re.Match[str] | None:
    """The page number that a line consists of, if nothing stands beside it but a running head."""
    text = edge.line.text.strip()
    match = _NUMBER.fullmatch(text) if len(text) < 30 else None
    if match is None or (not _DIGITS.search(match[1]) and not _ROMAN.fullmatch(match[1])):
        return None
    beside = [at for at, other in lines if other is not edge.line and _is_beside(edge.line, other)]
    return match if all((edge.page, at) in heads for at in beside) else None


def _says_page(text: str) -> bool:
    """Whether a number is called a page: "Page 2 of 3" of a letter among letters keeps step with nothing."""
    digits = _DIGITS.search(text)
    return bool(digits and _PAGE_WORD.search(text[: digits.start()].rstrip()))


def _stands_alone(line: Line, lines: Lines) -> bool:
    """Whether nothing stands beside a line nor close above it."""
    gap = 1.5 * line.height
    return not any(other is not line and other.y1 > line.y0 - gap for _, other in lines)


def _find_step(number: str, page: int) -> tuple[str, int]:
    """How far a page number is ahead of the page's position; what stands before it ("F-") belongs to the step."""
    digits = _DIGITS.search(number)
    if digits:
        return number[: digits.start()], int(digits[0]) - page
    return "roman", _read_roman(number) - page


def _read_roman(number: str) -> int:
    values = [_ROMAN_VALUES[letter] for letter in number.lower()]
    return sum(
        -value if value < following else value for value, following in zip(values, [*values[1:], 0], strict=True)
    )


def _is_beside(line: Line, other: Line) -> bool:
    """Whether another line stands in the same row."""
    return min(line.y1, other.y1) - max(line.y0, other.y0) > 0.5 * min(line.height, other.height)
