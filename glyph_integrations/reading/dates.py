"""Dates as documents write them, and the day that each of them names."""

from __future__ import annotations

import re
from typing import Final, NamedTuple

from glyph_integrations.reading.folding import LETTER

MONTHS: Final = {
    name: number
    for number, names in enumerate(
        (
            "january jan",
            "february feb",
            "march mar",
            "april apr",
            "may",
            "june jun",
            "july jul",
            "august aug",
            "september sept sep",
            "october oct",
            "november nov",
            "december dec",
        ),
        start=1,
    )
    for name in names.split()
}
"""Number of a month by its English name or abbreviation, in lower case."""

# Capitalised, because "may" and "march" are words too.
_NAMES: Final = "|".join(
    form for name in sorted(MONTHS, key=len, reverse=True) for form in (name.title(), name.upper())
)
_MONTH: Final = rf"(?P<month>{_NAMES})(?!{LETTER})\.?"
_DAY: Final = rf"(?P<day>0?[1-9]|[12]\d|3[01])(?i:st|nd|rd|th)?(?!{LETTER})"
_YEAR: Final = rf"(?P<year>[12]\d{{3}})(?!{LETTER})"
_GAP: Final = r"\s{1,4}"

DATES: Final = tuple(
    re.compile(pattern)
    for pattern in (
        rf"(?P<year>[12]\d{{3}})(?P<mark>[-‐‑/.])(?P<month>0?[1-9]|1[0-2])(?P=mark)(?P<day>0?[1-9]|[12]\d|3[01])(?!{LETTER})",
        rf"(?P<one>\d{{1,2}})(?P<mark>[-‐‑/.])(?P<two>\d{{1,2}})(?P=mark)(?P<year>[12]\d{{3}}|\d{{2}})(?!{LETTER})",
        rf"{_DAY}{_GAP}(?:of{_GAP})?{_MONTH},?{_GAP}{_YEAR}",
        rf"{_MONTH}{_GAP}{_DAY},?{_GAP}{_YEAR}",
        rf"{_MONTH},?{_GAP}{_YEAR}",
        rf"{_DAY}{_GAP}(?:of{_GAP})?{_MONTH}",
        rf"{_MONTH}{_GAP}{_DAY}",
    )
)
"""What a date looks like, fuller forms first. Every repetition is bounded."""


class Day(NamedTuple):
    """A day, or what of it is said: 0 where the year, month or day is not."""

    year: int = 0
    month: int = 0
    day: int = 0

    def __str__(self) -> str:
        """ISO 8601, with ``-`` for what is not said: ``2024-03-18``, ``2024-03``, ``--03-18``."""
        if not self.year:
            return f"--{self.month:02}-{self.day:02}"
        return f"{self.year:04}-{self.month:02}-{self.day:02}" if self.day else f"{self.year:04}-{self.month:02}"


def day_of(text: str) -> Day | None:
    """The day that a date names; None if the text is no date, or one that can be read in two ways.

    ``03/04/2024`` is the 3rd of April or the 4th of March, and ``18.03.24`` leaves the century open: both name no day
    here. ``03/18/2024`` and ``18/03/2024`` can only be the 18th of March.
    """
    match = next((match for form in DATES if (match := form.fullmatch(text))), None)
    if match is None:
        return None
    said = match.groupdict()
    if "one" in said:
        one, two = int(said["one"]), int(said["two"])
        readings = {(day, month) for day, month in ((one, two), (two, one)) if 1 <= day <= 31 and 1 <= month <= 12}
        if len(readings) != 1 or len(said["year"]) != 4:
            return None
        ((day, month),) = readings
        return Day(int(said["year"]), month, day)
    month = MONTHS.get(said["month"].lower()) or int(said["month"])
    return Day(int(said.get("year") or 0), month, int(said.get("day") or 0))
