"""The factsheet: exact strings of the pages as text, beside the pages, for models that misread them from pixels."""

from __future__ import annotations

import re
from bisect import bisect_left
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final, NamedTuple

from glyph_integrations.counting import count_text_tokens
from glyph_integrations.reading.exact_strings import ExactString, exact_strings

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_HEADING: Final = "Exact strings on the pages, in reading order."
_NEIGHBOURHOOD: Final = 240  # characters to each side, two or three sentences
_PAGE_SHARE: Final = 0.1  # what a word of the question counts that stands elsewhere on the page
_WORD: Final = re.compile(r"[^\W_]{3,}+")
_MOST_WORDS: Final = 60  # of a question, that are looked for in the text
_DIGITS: Final = re.compile(r"\d{5}")


@dataclass(frozen=True, slots=True, kw_only=True)
class Factsheet:
    """Exact strings as text.

    Attributes:
        text: What goes into the prompt; empty if there is nothing to list.
        listed: How many strings it lists.
        left_out: How many did not fit.
        tokens: What the text costs, estimated.
    """

    text: str
    listed: int
    left_out: int
    tokens: int


class _Entry(NamedTuple):
    page: int
    text: str
    start: int


def factsheet(
    text: str, page_ranges: Sequence[tuple[int, int]], *, budget: int, question: str = "", first_page: int = 1
) -> Factsheet:
    """Lists the exact strings of pages that models misread, page by page, each once for a page.

    Listed are identifiers of six characters and more, addresses, numbers with five digits and more in one run,
    telephone numbers, amounts of seven digits and more, and dates in digits. Shorter strings and dates in words are
    read well, and stand in every line. None of the words around them is listed, so the answer comes from the pages.

    When not all fit, those go first that stand near words of the question, rare words counting more, then those on
    the same page as such words, then those that come first.

    Args:
        text: The source text.
        page_ranges: Characters that each page shows.
        budget: Most text tokens (as ``count_text_tokens`` estimates them) of the factsheet.
        question: What the model is asked.
        first_page: Number of the first page, for the text.
    """
    entries = [
        _Entry(number, found, at)
        for number, (start, end) in enumerate(page_ranges, start=first_page)
        for found, at in _hard(text[start:end], start)
    ]
    worth = _worth(text, page_ranges, entries, question, first_page)
    order = sorted(range(len(entries)), key=lambda at: -worth[at])

    def first(count: int) -> str:
        return _written([entries[at] for at in sorted(order[:count])], len(entries) - count)

    # Every string costs a token at least, so no more than that can fit.
    fitting = bisect_left(range(1, min(len(entries), budget) + 1), budget + 1, key=lambda n: _tokens(first(n)))
    written = first(fitting) if fitting else ""
    return Factsheet(
        text=written, listed=fitting, left_out=len(entries) - fitting, tokens=_tokens(written) if written else 0
    )


def _hard(page: str, offset: int) -> Iterable[tuple[str, int]]:
    """Strings of a page that are easily misread, each once, with where they stand first."""
    found: dict[str, int] = {}
    for string in exact_strings(page):
        if _is_hard(string):
            found.setdefault(" ".join(string.text.split()), offset + string.start)
    return found.items()


def _is_hard(string: ExactString) -> bool:
    digits = sum(c.isdecimal() for c in string.text)
    if string.kind == "number":
        return _DIGITS.search(string.text) is not None or digits >= 7
    if string.kind == "date":
        return not any(c.isalpha() for c in string.text)
    return string.kind != "identifier" or len(string.text) >= 6


def _worth(
    text: str, page_ranges: Sequence[tuple[int, int]], entries: Sequence[_Entry], question: str, first_page: int
) -> list[float]:
    """How much each string has to do with the question."""
    # İ is the one character whose lower case is longer: offsets must stay.
    lowered = text.replace("İ", "I").lower()
    worth = [0.0] * len(entries)
    for word in list(dict.fromkeys(_WORD.findall(question.lower())))[:_MOST_WORDS]:
        # Without its ending a word meets its other forms too.
        stem = word[: max(4, len(word) - 2)]
        places = [match.start() for match in re.finditer(rf"(?<!\w){re.escape(stem)}", lowered)]
        if not places:
            continue
        weight = 1 / len(places)
        pages = [_any_within(places, start, end) for start, end in page_ranges]
        for at, entry in enumerate(entries):
            if _any_within(places, entry.start - _NEIGHBOURHOOD, entry.start + _NEIGHBOURHOOD):
                worth[at] += weight
            elif pages[entry.page - first_page]:
                worth[at] += weight * _PAGE_SHARE
    return worth


def _any_within(places: Sequence[int], start: int, end: int) -> bool:
    at = bisect_left(places, start)
    return at < len(places) and places[at] < end


def _written(entries: Sequence[_Entry], left_out: int) -> str:
    pages: dict[int, list[str]] = {}
    for entry in entries:
        pages.setdefault(entry.page, []).append(entry.text)
    lines = [_HEADING, *(f"Page {page}: {'; '.join(strings)}" for page, strings in pages.items())]
    if left_out:
        lines.append(f"(and {left_out:,} more not listed)")
    return "\n".join(lines)


def _tokens(text: str) -> int:
    return count_text_tokens(text, "estimate").count
