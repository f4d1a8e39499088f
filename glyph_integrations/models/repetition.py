"""Loops: models that read pages sometimes write the same words until they run out of tokens."""

from __future__ import annotations

import re
from typing import Final

# What documents hold: a refrain four times, "not applicable" down a column of thirty rows, forty words of
# "na na na" in a song. None of it reaches this length and this many times at once; a loop is there within seconds.
_CHARACTERS: Final = 1000
_TIMES: Final = 8
_LONGEST_UNIT: Final = 500
# What fills pages as a matter of course: rules, dotted leaders, blank forms, zeros, redactions, hex dumps, cells
# that are all the same. As much as a whole page of it is no loop.
_PAGE: Final = 4000
_WORD: Final = re.compile(r"([^\W\d_])(?!\1)[^\W\d_]")  # two letters, not the same: "XXXX" is a redaction
_CELL: Final = re.compile(r"[|\t]|</t[dh]>|[,;][^\s\d]")
# Lists and forms count too, over few words: only whole sentences that count are a loop.
_COUNTED_TIMES: Final = 16
_COUNTED_LETTERS: Final = 30
_NUMBERS_IN_UNIT: Final = 4
_NUMBER: Final = re.compile(r"([0-9]{1,9})")


def loop_start(text: str) -> int | None:
    """Finds out whether a text ends in a loop: a unit of up to 500 characters over and over.

    A unit counts as a loop after 8 times and 1,000 characters; if it has no words, or consists of table cells, after
    4,000 characters. Sentences that differ only in numbers that count on ("1. … 2. … 3. …") do so after 16 times
    and 1,000 characters. Only the end of the text is looked at, unless there is a loop: it is cheap to call
    again and again on a text that grows.

    Returns:
        The index after the loop's first unit, so that ``text[:index]`` is worth keeping; None if there is no loop.
    """
    if len(text) < _CHARACTERS:
        return None
    start = _exact(text)
    if start is None and _counted(text[-_PAGE:]) is not None:
        start = _counted(text)  # the loop may have begun before what was looked at
    return start


def _exact(text: str) -> int | None:
    # The last 500 characters stand once more, shifted by the period, if it is 500 at most and 1,000 are periodic.
    # The smallest such shift is the only candidate: of two periods that fit in, both are multiples of the smaller.
    probe = text[-_LONGEST_UNIT:]
    found = text.rfind(probe, len(text) - 2 * _LONGEST_UNIT, len(text) - 1)
    if found < 0:
        return None
    period = len(text) - _LONGEST_UNIT - found
    unit = text[-period:]
    start = len(text) - period
    while start >= period and text.startswith(unit, start - period):
        start -= period
    while start and text[start - 1] == text[start - 1 + period]:
        start -= 1
    periodic = len(text) - start
    # Where what stood before the loop happens to end like the unit, the unit seems to begin within a word.
    latest = start + period - 1
    while 0 < start < latest and text[start - 1].isalnum() and text[start].isalnum():
        start += 1
    words = _WORD.search(unit) and not _CELL.search(unit + unit)
    needed = max(_CHARACTERS, _TIMES * period) if words else _PAGE
    return start + period if periodic >= needed else None


def _counted(text: str) -> int | None:
    parts = _NUMBER.split(text)  # words, number, words, …, number, words
    if not parts[-1]:
        del parts[-2:]  # a number that may be unfinished
    for numbers in range(1, _NUMBERS_IN_UNIT + 1):
        step = 2 * numbers
        start = max(len(parts) - step, 0)
        if start and parts[start - 1].startswith(parts[-1]):
            start -= 1  # the last words may be unfinished
        while start and _counts_on(parts[start - 1], parts[start - 1 + step]):
            start -= 1
        if (
            len(parts) - start >= _COUNTED_TIMES * step
            and sum(map(len, parts[start:])) >= _CHARACTERS
            and sum(map(str.isalpha, "".join(parts[start : start + step]))) >= _COUNTED_LETTERS
        ):
            return sum(map(len, parts[: start + step]))
    return None


def _counts_on(part: str, later: str) -> bool:
    """Whether two parts are the same words, or the same number or the next."""
    return part == later or (part.isdecimal() and later.isdecimal() and int(later) - int(part) == 1)
