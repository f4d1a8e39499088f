"""Cell values as a spreadsheet displays them, for the common number formats."""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import ROUND_HALF_UP, Context, Decimal
from functools import lru_cache

_TOKEN = re.compile(
    r'"(?P<quoted>[^"]*)"|\\(?P<escaped>.)|_.|\*.|\[\$(?P<currency>[^\]-]*)[^\]]*\]|\[[^\]]*\]|'
    r"(?P<number>[#0?][#0?,. ]*(?:E[+-]0+)?|\.[0#?]+)|(?P<percent>%)|(?P<general>General)|(?P<other>.)",
    re.IGNORECASE | re.DOTALL,
)

_EXACT = Context(prec=400)  # the largest float has 309 digits


@dataclass(frozen=True, slots=True)
class _Pattern:
    """One section of a number format."""

    prefix: str = ""
    suffix: str = ""
    number: str = ""
    percent: bool = False
    general: bool = False


def display(value: object, number_format: str) -> str:
    """A cell's value as it is displayed: dates in ISO form, numbers in their format, everything else as it is.

    A format that is not understood (fractions, conditions) shows the number in full.
    """
    if value is None:
        return ""
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, dt.datetime):
        return _date(value, number_format)
    if isinstance(value, dt.date | dt.time):
        return value.isoformat()
    if isinstance(value, dt.timedelta):
        return _duration(value)
    return _number(value, number_format) if isinstance(value, int | float) else str(value)


def _date(value: dt.datetime, number_format: str) -> str:
    shows_time = re.search(r"h|s", re.sub(r'"[^"]*"|\[[^\]]*\]|\\.', "", number_format), re.IGNORECASE)
    midnight = value.time() == dt.time()
    if midnight and not shows_time:
        return value.date().isoformat()
    return value.isoformat(sep=" ", timespec="minutes" if not value.second and not value.microsecond else "seconds")


def _duration(value: dt.timedelta) -> str:
    seconds = round(value.total_seconds())
    sign, seconds = ("-" if seconds < 0 else ""), abs(seconds)
    return f"{sign}{seconds // 3600}:{seconds // 60 % 60:02}:{seconds % 60:02}"


def _number(value: float, number_format: str) -> str:
    sections = _sections(number_format)
    if len(sections) > 1 and value < 0:
        pattern, value = sections[1], -value
    elif len(sections) > 2 and value == 0:
        pattern = sections[2]
    else:
        pattern = sections[0]
    if pattern.general or (pattern.number and not _is_simple(pattern.number)):
        return pattern.prefix + _general(value) + pattern.suffix
    if not pattern.number:
        return pattern.prefix + pattern.suffix
    sign = "-" if value < 0 else ""
    return f"{sign}{pattern.prefix}{_digits(abs(value), pattern)}{pattern.suffix}"


def _digits(value: float, pattern: _Pattern) -> str:
    number = pattern.number.rstrip()
    if pattern.percent:
        value *= 100
    mantissa, exponent, _ = number.upper().partition("E")
    whole, _, decimals = mantissa.partition(".")
    while whole.endswith(","):  # a trailing comma shows thousands
        whole, value = whole[:-1], value / 1000
    least, most = decimals.count("0"), len(re.sub(r"[^0#?]", "", decimals))
    if exponent:
        return f"{value:.{most}E}"
    text = f"{_half_up(value, most):{',' if ',' in whole else ''}.{most}f}"
    if most > least:
        head, _, tail = text.partition(".")
        tail = tail.rstrip("0").ljust(least, "0")
        text = f"{head}.{tail}" if tail else head
    head, point, tail = text.partition(".")
    return f"{head.zfill(whole.count('0'))}{point}{tail}"


def _half_up(value: float, places: int) -> Decimal:
    """Excel rounds the 15 digits that it shows, halves away from zero."""
    return Decimal(f"{value:.15g}").quantize(Decimal(1).scaleb(-places), ROUND_HALF_UP, _EXACT)


def _general(value: float) -> str:
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.15g}"


def _is_simple(number: str) -> bool:
    return re.fullmatch(r"[#0?,]*(?:\.[0#?]*)?,*(?:E[+-]0+)?", number.rstrip(), re.IGNORECASE) is not None


@lru_cache(maxsize=512)
def _sections(number_format: str) -> tuple[_Pattern, ...]:
    parts = re.findall(r'((?:"[^"]*"|\\.|\[[^\]]*\]|[^;"])*)(?:;|$)', number_format)[:3]
    if re.search(r"\[[<>=]", number_format):
        return (_Pattern(general=True),)
    return tuple(map(_pattern, parts[: number_format.count(";") + 1])) or (_Pattern(general=True),)


def _pattern(section: str) -> _Pattern:
    prefix, suffix, number = "", "", ""
    percent = general = False
    for match in _TOKEN.finditer(section):
        kind = match.lastgroup
        literal = match[kind] if kind in ("quoted", "escaped", "currency") else ""
        if kind == "number":
            general = general or bool(number)
            number = number or match[0]
            suffix += " " * (len(match[0]) - len(match[0].rstrip()))
        elif kind == "general":
            general = True
        elif kind == "percent":
            percent, literal = True, "%"
        elif kind == "other" and match[0] != "@":
            literal = match[0]
        if number or general:
            suffix += literal
        else:
            prefix += literal
    if "@" in section or "/" in suffix:
        return _Pattern(general=True)
    return _Pattern(prefix.lstrip(), suffix.rstrip(), number, percent, general)
