"""Formulas on one line, with their structure kept: ``(a + b)/2``, ``10⁶``, ``√2``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.numerals import raised

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

_CLOSING = {"(": ")", "[": "]", "{": "}", "|": "|", "⟨": "⟩", "⌊": "⌋", "⌈": "⌉"}


def join_parts(parts: Iterable[str]) -> str:
    """Return parts side by side, apart where two numbers, or a fraction and what it multiplies, would run together.

    >>> join_parts(["1", "1/2"]), join_parts(["1/2", "x"]), join_parts(["2", "x"])
    ('1 1/2', '1/2 x', '2x')
    """
    result = ""
    for part in parts:
        if result and part and _run_together(result, part):
            result += " "
        result += part
    return result


def _run_together(left: str, right: str) -> bool:
    if not right[0].isalnum() or not left[-1].isalnum():
        return False
    fraction = left.rpartition(" ")[2]
    return (left[-1].isdigit() and right[0].isdigit()) or ("/" in fraction and not fraction.endswith(")"))


def group(text: str) -> str:
    """Return a part in brackets, unless it is one character, one number, one word or in brackets already."""
    text = text.strip()
    return text if len(text) <= 1 or _is_number(text) or text.isalnum() or _is_bracketed(text) else f"({text})"


def _is_number(text: str) -> bool:
    return text.replace(",", "").replace(".", "", 1).isdecimal()


def _is_bracketed(text: str) -> bool:
    closing = _CLOSING.get(text[0]) if text[0] in "([{" else None
    if closing is None or not text.endswith(closing):
        return False
    depth = 0
    for place, character in enumerate(text):
        depth += (character == text[0]) - (character == closing)
        if depth == 0:
            return place == len(text) - 1
    return False


def write_fraction(numerator: str, denominator: str) -> str:
    """Return ``numerator/denominator``; a product below the line is in brackets."""
    below = denominator.strip()
    is_one = len(below) <= 1 or _is_number(below) or _is_bracketed(below)
    return f"{group(numerator)}/{below if is_one else f'({below})'}"


def write_root(base: str, degree: str = "") -> str:
    """Return ``√2`` or ``√(a + b)``, with the degree before it unless it is 2."""
    degree = degree.strip()
    sign = "" if degree in ("", "2") else raised(degree, up=True) or degree
    return f"{sign}√{group(base)}"


def write_scripts(base: str, sub: str = "", sup: str = "") -> str:
    """Return a base with what stands below and above to its right: ``x₁²``, ``x_(max)``, ``e^(-t)``."""
    result = group(base)
    for text, mark in ((sub.strip(), "_"), (sup.strip(), "^")):
        if text:
            result += raised(text, up=mark == "^") or mark + group(text)
    return result


def write_sum(sign: str, lower: str, upper: str, body: str = "") -> str:
    """Return a sum, a product or an integral with its limits."""
    limits = (f"_({lower.strip()})" if lower.strip() else "") + (f"^({upper.strip()})" if upper.strip() else "")
    return f"{sign}{limits} {body}".rstrip() if body else sign + limits


def write_limit(base: str, limit: str, *, below: bool) -> str:
    """Return a base with something right below or above it."""
    return f"{base}{'_' if below else '^'}({limit.strip()})" if limit.strip() else base


def write_brackets(parts: Sequence[str], opening: str = "(", closing: str = ")", separator: str = "|") -> str:
    """Return parts between brackets."""
    return opening + separator.join(parts) + closing


def write_matrix(rows: Iterable[Iterable[str]]) -> str:
    """Return rows of a matrix: ``[a, b; c, d]``."""
    return f"[{'; '.join(', '.join(row) for row in rows)}]"
