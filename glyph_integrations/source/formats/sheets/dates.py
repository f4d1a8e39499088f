"""Serial dates and times as a spreadsheet displays them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyph_integrations.source.formats.sheets.codes import Section, Token

_MONTHS = (
    "January", "February", "March", "April", "May", "June", "July", "August", "September", "October", "November",
    "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_ENGLISH = 0x09
_DAY = 86_400
_LAST = 2_958_466
"""The first serial number after 9999-12-31, the last date that spreadsheets have."""


@dataclass(frozen=True, slots=True)
class _Moment:
    """A serial number taken apart; ``fraction`` is in units of 10 ** -``places`` seconds."""

    date: dt.date
    hour: int
    minute: int
    second: int
    fraction: int
    places: int
    seconds: int  # since the epoch, for elapsed times


def display_date(value: float, section: Section, *, from_1904: bool) -> str | None:
    """A serial number under a date or time format; None where it is not a date, or the format's words are not English.

    Dates whose order depends on the reader's country (3/4/2024) are shown in ISO form; those that name the month, or
    begin with the year, as the format says.
    """
    tokens = _mark_minutes(section.tokens)
    places = _count_places(tokens)
    if not -_LAST < value < _LAST or (value < 0 and not section.has("elapsed")):
        return None
    letters = [token.text for token in tokens if token.kind == "date"]
    if section.language not in (0, _ENGLISH) and any(text[0] in "md" and len(text) > 2 for text in letters):
        return None if section.has("elapsed") else _write_iso(_split(value, places, from_1904=from_1904), tokens)
    moment = _split(value, places, from_1904=from_1904)
    if any(text[0] in "beg" for text in letters) or _is_ambiguous(letters):
        return _write_iso(moment, tokens)
    return _write(moment, tokens, negative=value < 0)


def display_iso(value: float, *, from_1904: bool) -> str | None:
    """A serial number as an ISO date, with the time if there is one; None where it is not a date."""
    if not 0 <= value < _LAST:
        return None
    moment = _split(value, 0, from_1904=from_1904)
    time = f"{moment.hour:02}:{moment.minute:02}:{moment.second:02}"
    return moment.date.isoformat() if time == "00:00:00" else f"{moment.date.isoformat()} {time}"


def read_iso(text: str, *, from_1904: bool) -> float | None:
    """The serial number of an ISO date or time; None where it is neither."""
    try:
        if "T" not in text and ":" in text:
            time = dt.time.fromisoformat(text)
            return (time.hour * 3600 + time.minute * 60 + time.second + time.microsecond / 1e6) / _DAY
        moment = dt.datetime.fromisoformat(text).replace(tzinfo=None)
    except ValueError:
        return None
    elapsed = moment - dt.datetime.combine(_epoch(from_1904=from_1904), dt.time())
    days = elapsed.days + (elapsed.seconds + elapsed.microseconds / 1e6) / _DAY
    return days if from_1904 or days >= 61 else days - 1


def _epoch(*, from_1904: bool) -> dt.date:
    return dt.date(1904, 1, 1) if from_1904 else dt.date(1899, 12, 30)


def _split(value: float, places: int, *, from_1904: bool) -> _Moment:
    scale = 10**places
    total = int(abs(value) * _DAY * scale + 0.5)
    seconds, fraction = divmod(total, scale)
    days, rest = divmod(seconds, _DAY)
    shown = days if from_1904 or days >= 60 else days + 1  # Excel has a 29 February 1900
    date = _epoch(from_1904=from_1904) + dt.timedelta(days=shown)
    return _Moment(date, rest // 3600, rest // 60 % 60, rest % 60, fraction, places, seconds)


def _mark_minutes(tokens: Sequence[Token]) -> tuple[Token, ...]:
    """The tokens with an ``m`` that means minutes, because hours precede or seconds follow, as an ``n``."""
    marked = list(tokens)
    timed = [index for index, token in enumerate(tokens) if token.kind in ("date", "elapsed")]
    for place, index in enumerate(timed):
        token = tokens[index]
        if token.kind != "date" or token.text not in ("m", "mm"):
            continue
        before = tokens[timed[place - 1]].text if place else ""
        after = tokens[timed[place + 1]].text if place + 1 < len(timed) else ""
        if before.startswith("h") or after.startswith("s"):
            marked[index] = token._replace(text="n" * len(token.text))
    return tuple(marked)


def _count_places(tokens: Sequence[Token]) -> int:
    """Digits after the seconds' point."""
    return min(sum(token.kind == "digit" for token in tokens), 6)


def _is_ambiguous(letters: Sequence[str]) -> bool:
    """Whether day and month are both digits, and the year does not come first."""
    dates = [text for text in letters if text[0] in "ymd"]
    days = any(text in ("d", "dd") for text in dates)
    months = any(text in ("m", "mm") for text in dates)
    return days and months and not dates[0].startswith("yyy")


def _write_iso(moment: _Moment, tokens: Sequence[Token]) -> str:
    letters = {token.text[0] for token in tokens if token.kind in ("date", "elapsed")}
    time = f"{moment.hour:02}:{moment.minute:02}" + (f":{moment.second:02}" if "s" in letters else "")
    if not letters & set("ymdbeg"):
        return time
    return f"{moment.date.isoformat()} {time}" if letters & set("hns") else moment.date.isoformat()


def _write(moment: _Moment, tokens: Sequence[Token], *, negative: bool) -> str:
    halves = any(token.kind == "half" for token in tokens)
    written = "-" if negative else ""
    digits = iter(f"{moment.fraction:0{moment.places}}" if moment.places else "")
    for token in tokens:
        if token.kind == "date":
            written += _write_part(moment, token.text, halves=halves)
        elif token.kind == "elapsed":
            unit = {"h": 3600, "m": 60, "s": 1}[token.text[0]]
            written += f"{moment.seconds // unit:0{len(token.text)}}"
        elif token.kind == "half":
            written += token.text.split("/")[moment.hour >= 12]
        elif token.kind == "digit":
            written += next(digits, "")
        elif token.kind in ("literal", "point", "comma", "percent"):
            written += token.text
    return " ".join(written.split())


def _write_part(moment: _Moment, letters: str, *, halves: bool) -> str:
    date, width = moment.date, min(len(letters), 2)
    match letters[0]:
        case "y":
            return f"{date.year:04}" if len(letters) > 2 else f"{date.year % 100:02}"
        case "m":
            name = _MONTHS[date.month - 1]
            return {3: name[:3], 4: name, 5: name[0]}.get(len(letters), f"{date.month:0{width}}")
        case "d":
            name = _DAYS[date.weekday()]
            return {3: name[:3]}.get(len(letters), name) if len(letters) > 2 else f"{date.day:0{width}}"
        case "h":
            return f"{(moment.hour - 1) % 12 + 1 if halves else moment.hour:0{width}}"
        case "n":
            return f"{moment.minute:0{width}}"
        case _:
            return f"{moment.second:0{width}}"
