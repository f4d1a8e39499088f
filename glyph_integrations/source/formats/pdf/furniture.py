"""Running heads and feet, and page numbers."""

from __future__ import annotations

import re
from collections import Counter, defaultdict
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from glyph_integrations.source.formats.pdf.lines import Line

ZONE = 0.12
NUMBER_ZONE = 0.2
"""Share of the page's height at either edge where heads and feet stand."""
REPEATS = 3
DRIFT = 8.0
"""In pt, how far a head may move between pages."""

_DIGITS = re.compile(r"\d+")
_NUMBER = re.compile(
    r"^[\s\-–—·|(\[]*(?:(?:page|seite|p\.|pagina|página|стр\.)\s*)?(\d{1,5}|[ivxlc]{1,8}|[IVXLC]{1,8})(?:\s*(?:/|of|von|de|sur)\s*\d{1,5})?[\s\-–—·|)\].]*$",
    re.IGNORECASE,
)


@dataclass(slots=True)
class Furniture:
    """What to leave out, as (page, line) positions: repeated heads and feet, page numbers, and labels they give."""

    repeated: set[tuple[int, int]] = field(default_factory=set)
    numbers: set[tuple[int, int]] = field(default_factory=set)
    labels: dict[int, str] = field(default_factory=dict)


def find_furniture(pages: list[tuple[float, list[tuple[int, Line]]]]) -> Furniture:
    """Compares the outermost lines of all pages.

    Args:
        pages: Height of each page and its lines, each with its position on the page.
    """
    edges = [_edge_rows(height, lines) for height, lines in pages]
    seen: defaultdict[tuple[str, str], list[tuple[int, int, float]]] = defaultdict(list)
    for page, rows in enumerate(edges):
        for side, position, line in rows:
            seen[side, _DIGITS.sub("#", line.text.strip())].append((page, position, line.y0))
    result = Furniture()
    for (_, text), places in seen.items():
        middle = sorted(y for _, _, y in places)[len(places) // 2]
        steady = [(page, position) for page, position, y in places if abs(y - middle) < DRIFT]
        if len({page for page, _ in steady}) >= REPEATS and not _NUMBER.match(text.replace("#", "1")):
            result.repeated.update(steady[1:])
    _find_numbers(pages, edges, result)
    return result


def _edge_rows(height: float, lines: list[tuple[int, Line]]) -> list[tuple[str, int, Line]]:
    """The lines of the two outermost rows at the top and at the bottom, as far as they lie in the zone."""
    rows = []
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
            rows.append((side, position, line))
    return rows


def _stands_alone(line: Line, lines: list[tuple[int, Line]]) -> bool:
    """Whether nothing stands beside a line nor close above it."""
    gap = 1.5 * line.height
    return not any(other is not line and other.y1 > line.y0 - gap for _, other in lines)


def _find_numbers(
    pages: list[tuple[float, list[tuple[int, Line]]]], edges: list[list[tuple[str, int, Line]]], result: Furniture
) -> None:
    """Marks the bare page number at an edge of each page and takes it as the page's label.

    On three pages or more a number must keep step with the pages, or it is something else.
    """
    found: list[list[tuple[int, str]]] = []
    for page, (height, lines) in enumerate(pages):
        rows = sorted(edges[page], key=lambda row: row[0] == "top")  # below is more usual than above
        lowest = max(lines, key=lambda item: item[1].y0, default=None)
        if lowest is not None and lowest[1].y0 > (1 - NUMBER_ZONE) * height and _stands_alone(lowest[1], lines):
            rows.append(("bottom", *lowest))
        found.append(
            [
                (position, match[1])
                for _, position, line in rows
                if len(line.text) < 30
                and (match := _NUMBER.match(line.text.strip()))
                and (page, position) not in result.repeated
                and not any(other is not line and _beside(line, other) for _, other in lines)
            ]
        )
    steps = Counter(step for page, numbers in enumerate(found) for step in {_step(n, page) for _, n in numbers})
    for page, numbers in enumerate(found):
        for position, number in numbers:
            step = _step(number, page)
            if len(pages) < REPEATS or step is None or steps[step] >= REPEATS:
                result.numbers.add((page, position))
                result.labels[page] = number
                break


def _step(number: str, page: int) -> int | None:
    """How far a page number is ahead of the page's position; None for Roman ones."""
    return int(number) - page if number.isdecimal() else None


def _beside(line: Line, other: Line) -> bool:
    """Whether another line stands in the same row."""
    return min(line.y1, other.y1) - max(line.y0, other.y0) > 0.5 * min(line.height, other.height)
