"""Pages of plain text, and the lines that a printer put at the top and the foot of each of them."""

from __future__ import annotations

import re
from collections import defaultdict
from dataclasses import dataclass
from itertools import pairwise
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

_PAGE_NUMBER = re.compile(r"(?:[Pp]age|PAGE|Seite|Página|Pagina|Strana|Sida) {0,3}(\d{1,6})\b")
_NUMBER = re.compile(r"\d+")
_BARE = re.compile(r"[-–—\[(. ]{0,6}\d{1,6}[-–—\]). ]{0,6}")
_APART = re.compile(r"(?<! ) {3,}+\d{1,6}$|^\d{1,6} {3,}")
_COUNTED = re.compile(r"(?:No\.?|Nr\.?|#|:|Number)\s{0,80}\d{1,6}$", re.IGNORECASE)
LEAST_PAGES = 3
"""Pages that show a line before it counts as a running head."""
SHORTEST_PAGE, LONGEST_PAGE = 20, 130
"""Lines between the feet of text that has no form feeds."""
EVENNESS = 0.2
"""How much longer or shorter than the usual one pages may be, but for a few."""
ROUNDS = 3
"""Lines of a head or foot, one directly below the other."""


@dataclass(frozen=True, slots=True)
class RunningHead:
    """A line that repeats from page to page.

    Attributes:
        page: Index of its page.
        line: Index of the line on that page.
        first: Whether it is the first of its kind, which stays where it may name the document.
    """

    page: int
    line: int
    first: bool


def split_pages(text: str) -> list[str]:
    """Return the pages of a text: between its form feeds or, without any, behind its numbered feet."""
    if "\f" in text:
        return text.split("\f")
    pages = []
    start = 0
    for foot in _find_feet(text):
        pages.append(text[start:foot])
        start = foot + 1
    return [*pages, text[start:]]


def _find_feet(text: str) -> list[int]:
    """Return the ends of the lines that number the pages, which follow one another at the distance of pages."""
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for match in _PAGE_NUMBER.finditer(text):
        start = text.rfind("\n", 0, match.start()) + 1
        end = text.find("\n", match.end())
        if end < 0 or end - start > LONGEST_PAGE or text[max(start - 2, 0) : start].strip():
            continue  # not a line of its own behind a blank one
        groups[_generalize(text[start:end])].append((int(match[1]), end))
    feet = max(groups.values(), key=len, default=[])
    if len(feet) < LEAST_PAGES or any(b - a != 1 for (a, _), (b, _) in pairwise(feet)):
        return []
    distances = sorted(text.count("\n", a, b) for (_, a), (_, b) in pairwise(feet))
    usual = distances[len(distances) // 2]
    even = sum(abs(distance - usual) <= EVENNESS * usual for distance in distances) >= 0.8 * len(distances)
    return [end for _, end in feet] if even and SHORTEST_PAGE <= usual <= LONGEST_PAGE else []


def find_running_heads(pages: Sequence[Sequence[str]]) -> list[RunningHead]:
    """Return the running heads of pages of lines: the same first or last lines, perhaps with the number of the page.

    A page's only line is never one, nor is a line that counts something else than pages (invoices, chapters).
    """
    if len(pages) < LEAST_PAGES:
        return []
    found: list[RunningHead] = []
    for last in (False, True):
        taken: set[tuple[int, int]] = set()
        for _ in range(ROUNDS):
            more = list(_find_outer_heads(pages, taken, last=last))
            if not more:
                break
            found += more
            taken |= {(head.page, head.line) for head in more}
    return sorted(found, key=lambda head: (head.page, head.line))


def _find_outer_heads(
    pages: Sequence[Sequence[str]], taken: set[tuple[int, int]], *, last: bool
) -> Iterator[RunningHead]:
    groups: dict[str, list[tuple[int, int]]] = defaultdict(list)
    for page, lines in enumerate(pages):
        filled = [at for at, line in enumerate(lines) if line.strip() and (page, at) not in taken]
        at = filled[-1 if last else 0] if len(filled) > 1 else -1
        if at >= 0 and (not taken or (page, at + 1 if last else at - 1) in taken):
            groups[_generalize(lines[at])].append((page, at))
    for members in groups.values():
        texts = [" ".join(pages[page][at].split(" ")).strip() for page, at in members]
        if len(members) >= LEAST_PAGES and _number_pages(texts, [page for page, _ in members]):
            yield from (RunningHead(page, at, (page, at) == members[0]) for page, at in members)


def _generalize(line: str) -> str:
    return _NUMBER.sub("#", " ".join(line.split()))


def _number_pages(texts: Sequence[str], pages: Sequence[int]) -> bool:
    """Whether lines are the same, or differ only in the number of their page."""
    columns = list(zip(*([int(number[-9:]) for number in _NUMBER.findall(text)[:9]] for text in texts), strict=True))
    changing = [column for column in columns if len(set(column)) > 1]
    if not changing:
        return True
    steps = [q - p for p, q in pairwise(pages)]
    stepping = all([b - a for a, b in pairwise(column)] == steps for column in changing)
    return stepping and len(changing) == 1 and all(map(_names_page, texts))


def _names_page(text: str) -> bool:
    """Whether the number in a line is that of a page: it says so, stands alone, or stands apart from the words."""
    if _PAGE_NUMBER.search(text) or _BARE.fullmatch(text):
        return True
    return _APART.search(text) is not None and _COUNTED.search(text) is None
