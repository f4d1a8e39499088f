"""Numbers as documents write them, and the value that each of them has."""

from __future__ import annotations

import re
import unicodedata
from typing import Final, NamedTuple

from glyph_integrations.reading.folding import LETTER

_THIN: Final = "\u00a0\u2009\u202f"  # spaces that group digits; an ordinary one stands between numbers too
_SPACES: Final = re.compile(rf"[ '’{_THIN}]")
_SCALE: Final = rf"(?:mn|bn|tn|[mkMBK])(?!{LETTER})"
_UNIT: Final = (
    rf"(?:[kcmµn]?m|[km]?g|[kMGTm]?W|[kMG]Wh|[KkMGT]i?B|[kMG]?Hz|[mk]?V|m?A|mAh|m?s|min|h|hrs?|m?l|L|ha|t|°?[CF]|pp|bps"
    rf"|p[tx]|dpi|bn|mn|k|K|M|x|st|nd|rd|th|[ap]m)(?!{LETTER})"
)

TELEPHONE: Final = re.compile(
    rf"\+\d{{1,3}}(?:[ {_THIN}.-]?\(\d{{1,4}}\))?(?:[ {_THIN}.-]?\d{{2,5}}){{2,5}}(?!\d)"
    rf"|\(?\d{{3}}\)?[ {_THIN}.-]\d{{3}}[-.]\d{{4}}(?!\d)"
    rf"|\(?0\d{{2,4}}\)?[ {_THIN}-]\d{{3,4}}[ {_THIN}-]?\d{{3,4}}(?!\d)"
    rf"|\d{{4}}(?:[ {_THIN}-]\d{{4}}){{2,4}}(?!\d)"
)
"""Telephone numbers, and the numbers of payment cards: digits in groups that have no value."""

# Every repetition is bounded or possessive, and no alternative ends within a run of digits.
NUMBER: Final = re.compile(
    rf"(?:(?P<currency>[$€£¥₹])[ {_THIN}]?)?"
    r"(?P<value>"
    rf"\d{{1,3}}(?P<mark>[,.'’{_THIN}])\d{{3}}(?:(?P=mark)\d{{3}}){{0,8}}(?!\d)(?:[.,]\d{{1,9}})?(?!\d)"
    r"|\d{1,2}(?:,\d{2}){1,5},\d{3}(?!\d)(?:\.\d{1,9})?(?!\d)"
    r"|\d{1,3}(?: \d{3}){1,4},\d{1,2}(?!\d)"
    r"|\d{1,2}:\d{2}(?::\d{2})?(?!\d)"
    r"|\d{1,4}/\d{1,4}(?!\d)"
    r"|\d++(?:\.\d++|,\d{1,2}(?!\d))?"
    r")"
    rf"(?(currency)(?P<scale>{_SCALE})?)(?:[ {_THIN}]?(?P<sign>[%‰€]))?"
    rf"(?:(?={_UNIT})|(?!{LETTER}))(?![.,/]\d)"
)
"""A number with its currency sign or percent sign; a unit that follows is not part, nor is a sign before."""


class Number(NamedTuple):
    """A number's value, and what its signs say of it: ``""`` where they say nothing."""

    value: str
    currency: str = ""
    scale: str = ""

    def __str__(self) -> str:
        return self.currency + self.value + self.scale

    def agrees(self, other: Number) -> bool:
        """Whether both may mean the same: equal values, and no signs that contradict each other."""
        return (
            self.value == other.value
            and (not self.currency or not other.currency or self.currency == other.currency)
            and (not self.scale or not other.scale or self.scale == other.scale)
        )


def number_of(text: str) -> Number | None:
    """The value of a number, its digits harmonised; None if the text is none.

    Commas, thin spaces and apostrophes before groups of three digits separate thousands, and so do points when there
    are several, or a comma follows. A lone point is a decimal point, and what follows a comma in other groups than of
    three are decimals. So ``12,450``, ``12 450`` (with a thin space) and ``12'450`` are one value, ``12.450,00`` is
    another spelling of ``12,450.00``, and ``12.450`` equals none of them, because it can be read in two ways. Decimals
    of two zeros are dropped: ``€12,450.00`` is ``€12,450``; and of hundreds and more also the last zero: ``3,712.50``
    is ``3712.5``, while sections ``2.10`` and ``2.1`` are two.
    """
    if TELEPHONE.fullmatch(text):
        return Number(("+" if text.startswith("+") else "") + digits(text))
    match = NUMBER.fullmatch(text)
    if match is None:
        return None
    sign = match["sign"] or ""
    scale = {"M": "m", "mn": "m", "B": "bn", "K": "k"}.get(match["scale"] or "", match["scale"] or "")
    currency = match["currency"] or ("€" if sign == "€" else "")
    return Number(_value(match["value"]), currency, scale or (sign if sign != "€" else ""))


def digits(text: str) -> str:
    """The digits of a text, those of all scripts as ASCII."""
    return "".join(str(unicodedata.digit(c)) for c in text if c.isdecimal())


def _value(written: str) -> str:
    if not written.isascii():
        written = "".join(digits(c) or c for c in written)
    if ":" in written or "/" in written:
        return written
    whole, decimals = _SPACES.sub("", written), ""
    points, commas = whole.count("."), whole.count(",")
    if points and commas:
        last = max(".,", key=whole.rfind)
        whole, _, decimals = whole.rpartition(last)
    elif points == 1 or (commas == 1 and (len(whole) - whole.rfind(",") != 4 or whole.startswith("0"))):
        whole, _, decimals = whole.replace(",", ".").partition(".")
    whole = whole.replace(".", "").replace(",", "")
    if decimals == "00" or (len(decimals) == 2 and len(whole) >= 3):
        decimals = decimals.rstrip("0")
    return f"{whole}.{decimals}" if decimals else whole
