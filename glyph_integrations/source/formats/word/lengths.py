"""Lengths and styles as VML writes them, much like CSS."""

from __future__ import annotations

import re

_LENGTH = re.compile(r"(-?\d{1,9}(?:\.\d{1,9})?)(pt|in|cm|mm|pc|pi|px|emu)?")
_POINTS = {
    "pt": 1.0,
    "in": 72.0,
    "cm": 72 / 2.54,
    "mm": 72 / 25.4,
    "pc": 12.0,
    "pi": 12.0,
    "px": 0.75,
    "emu": 1 / 12_700,
}


def parse_length(text: str) -> float:
    """Return a length in pt; 0 where it is none."""
    found = _LENGTH.fullmatch(text.strip())
    return float(found[1]) * _POINTS[found[2] or "px"] if found else 0.0


def parse_share(text: str) -> float:
    """Return a share of 1 from ``"0.25"``, ``"25%"`` or ``"16384f"`` (parts of 65,536); 0 where it is none."""
    found = _LENGTH.fullmatch(text.strip().rstrip("f%"))
    if not found:
        return 0.0
    return float(found[1]) / (65_536 if text.endswith("f") else 100 if text.endswith("%") else 1)


def parse_style(text: str) -> dict[str, str]:
    """Return the properties of a ``style`` attribute in lower case."""
    pairs = (rule.partition(":") for rule in text.lower().split(";"))
    return {name.strip(): value.strip() for name, colon, value in pairs if colon}
