"""Lengths as OpenDocument writes them."""

from __future__ import annotations

import re

_LENGTH = re.compile(r"(-?\d{1,9}(?:\.\d{0,12})?|-?\.\d{1,12})(mm|cm|in|inch|pt|pc|px)")
_POINTS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "inch": 72.0, "pt": 1.0, "pc": 12.0, "px": 0.75}


def parse_length(text: str | None) -> float | None:
    """Return a length in pt; None where it is none."""
    found = _LENGTH.fullmatch((text or "").strip())
    return float(found[1]) * _POINTS[found[2]] if found else None


def parse_percent(text: str | None) -> float | None:
    """Return a share of 1; None where it is no percentage."""
    number = (text or "").strip()
    digits = number.removesuffix("%")
    if digits == number or not digits.lstrip("-").replace(".", "", 1).isdecimal() or len(digits) > 12:
        return None
    return float(digits) / 100
