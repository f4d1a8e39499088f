"""Sections of number formats as templates: where digits stand, and how the number is scaled."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.sheets.codes import Section, Token

if TYPE_CHECKING:
    from collections.abc import Sequence


@dataclass(frozen=True, slots=True)
class Template:
    """A section for numbers: what stands between the digits, and how the number is scaled.

    Attributes:
        tokens: Of the section.
        whole: Positions of the digits before the point.
        decimals: Positions of those after it.
        exponent: Positions of those of the exponent.
        grouped: Whether thousands are set apart by commas.
        thousands: How often the number is divided by a thousand.
        percents: How often it is multiplied by a hundred.
        slash: Where the slash of a fraction stands; 0 where there is none.
    """

    tokens: tuple[Token, ...]
    whole: tuple[int, ...]
    decimals: tuple[int, ...]
    exponent: tuple[int, ...]
    grouped: bool
    thousands: int
    percents: int
    slash: int


@lru_cache(maxsize=1024)
def build_template(section: Section) -> Template:
    """The template of a section."""
    tokens = section.tokens
    point = next((i for i, token in enumerate(tokens) if token.kind == "point"), len(tokens))
    power = next((i for i, token in enumerate(tokens) if token.kind == "exponent"), len(tokens))
    digits = [i for i, token in enumerate(tokens) if token.kind == "digit"]
    whole = tuple(i for i in digits if i < min(point, power))
    decimals = tuple(i for i in digits if point < i < power)
    commas = [i for i, token in enumerate(tokens) if token.kind == "comma"]
    last = (decimals or whole or (-1,))[-1]
    scaling = _count_scaling(tokens, last, point) if last >= 0 else 0
    return Template(
        tokens=tokens,
        whole=whole,
        decimals=decimals,
        exponent=tuple(i for i in digits if i > power),
        grouped=bool(whole) and any(whole[0] < i < whole[-1] for i in commas),
        thousands=scaling,
        percents=sum(token.kind == "percent" for token in tokens),
        slash=_find_slash(tokens, digits) if point == power == len(tokens) else 0,
    )


def _count_scaling(tokens: Sequence[Token], last: int, point: int) -> int:
    """Commas right after the last digit, or right before the point: each divides by a thousand."""
    count = 0
    while last + 1 + count < len(tokens) and tokens[last + 1 + count].kind == "comma":
        count += 1
    before = 0
    while point < len(tokens) and last > point > before and tokens[point - 1 - before].kind == "comma":
        before += 1
    return count + before


def _find_slash(tokens: Sequence[Token], digits: Sequence[int]) -> int:
    """Where the slash of a fraction stands; 0 where it divides nothing."""
    for index, token in enumerate(tokens):
        if token == Token("literal", "/") and index and index - 1 in digits:
            follows = tokens[index + 1] if index + 1 < len(tokens) else None
            if follows and (follows.kind == "digit" or (follows.kind == "literal" and follows.text.isdecimal())):
                return index
    return 0
