"""Footnotes at the end of a PDF page, which a paragraph may run past to the next page."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.pdf.lines import Line

if TYPE_CHECKING:
    from collections.abc import Sequence

SMALLER = 0.95
"""Footnotes are set in at most this share of the size of the text above."""

_MARK = re.compile(r"\s*(?:[¹²³⁴⁵⁶⁷⁸⁹⁰]{1,3}|\d{1,3}[\s.)]|[*†‡§]|\(\d{1,3}\)|\[\d{1,3}\])")


@dataclass(frozen=True, slots=True)
class Footnotes:
    """The lines of all footnotes of a page."""

    lines: list[Line]


def count_footnotes(items: Sequence[object]) -> int:
    """How many of a page's last items are lines of footnotes: smaller than the line above, the first with a mark."""
    first = len(items)
    while first and isinstance(line := items[first - 1], Line) and line.level:
        above = items[first - 2] if first > 1 else None
        if isinstance(above, Line) and line.size < SMALLER * above.size:
            return len(items) - first + 1 if _MARK.match(line.text) and line.y0 > above.y0 else 0
        first -= 1
    return 0
