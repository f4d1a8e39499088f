"""Cell values as a spreadsheet displays them."""

from __future__ import annotations

from decimal import ROUND_HALF_UP, Context, Decimal
from fractions import Fraction
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.sheets.codes import Condition, Section, Token, parse_code
from glyph_integrations.source.formats.sheets.dates import display_date, display_iso
from glyph_integrations.source.formats.sheets.templates import Template, build_template

if TYPE_CHECKING:
    from collections.abc import Sequence

_EXACT = Context(prec=400)  # the largest float has 309 digits
_LOCAL_DATES = ("mm-dd-yy", "m/d/yy h:mm")
"""Built-in formats 14 and 22, for which every country's Excel has its own order."""


def display(value: float | str | bool, code: str, *, from_1904: bool = False) -> str:  # noqa: FBT001 - a cell's value
    """A cell's value as it is displayed under a number format; a code that is not understood shows the plain number.

    ``from_1904`` says that dates count from 1904 instead of 1900.
    """
    if isinstance(value, bool):
        return "TRUE" if value else "FALSE"
    if isinstance(value, str):
        return value if code == "General" else _display_text(value, code)
    if code == "General":
        return display_plain(value)
    if code in _LOCAL_DATES:
        shown = display_iso(value, from_1904=from_1904)
    else:
        shown = _display_section(value, code, from_1904=from_1904)
    return display_plain(value) if shown is None else shown


def _display_section(value: float, code: str, *, from_1904: bool) -> str | None:
    """A number under the section of a code that is for it; None where that is not understood."""
    section, value = _choose(value, parse_code(code))
    if section is None or not section.understood or section.has("text"):
        return None
    if section.has("date", "elapsed", "half"):
        return display_date(value, section, from_1904=from_1904)
    return _display_number(value, section)


def display_plain(value: float) -> str:
    """A number in full, as the format General shows it in a wide column."""
    if isinstance(value, int) or (value.is_integer() and abs(value) < 1e15):
        return str(int(value))
    return f"{value:.15g}".upper()


def _display_text(value: str, code: str) -> str:
    sections = parse_code(code)
    if len(sections) < 4 and not sections[-1].has("text"):
        return value
    section = sections[-1]
    if not section.understood or section.has("digit", "general"):
        return value
    return "".join(value if token.kind == "text" else token.text for token in section.tokens).strip(" ")


def _choose(value: float, sections: Sequence[Section]) -> tuple[Section | None, float]:
    """The section for a number, and the number without its sign where the section is for negative ones alone."""
    numeric = list(sections[:3])
    if len(numeric) > 1 and numeric[-1].has("text"):
        numeric.pop()
    first, second = numeric[0], numeric[1] if len(numeric) > 1 else None
    if first.condition is None and (second is None or second.condition is None):
        if value < 0 and second is not None:
            return second, -value
        return (numeric[2] if value == 0 and len(numeric) > 2 else first), value
    if _applies(first, value, ">" if len(numeric) > 2 else ">="):
        return first, -value if _is_negative(first) else value
    if second is None:
        return None, value
    if len(numeric) < 3 or _applies(second, value, "<"):
        rest = second.condition is None and first.condition in (Condition(">", 0), Condition(">=", 0))
        unsigned = value < 0 and (_is_negative(second) or rest)
        return second, -value if unsigned else value
    return numeric[2], value


def _applies(section: Section, value: float, otherwise: str) -> bool:
    if section.condition is not None:
        return section.condition.holds(value)
    return value < 0 if otherwise == "<" else value > 0 or (value == 0 and otherwise == ">=")


def _is_negative(section: Section) -> bool:
    condition = section.condition
    return condition is not None and condition.comparison in ("<", "<=") and condition.limit <= 0


def _display_number(value: float, section: Section) -> str:
    template = build_template(section)
    if section.has("general"):
        sign = "-" if value < 0 else ""
        shown = "".join(
            display_plain(abs(value)) if token.kind == "general" else token.text for token in section.tokens
        )
        return _tidy(sign + shown)
    if not template.whole and not template.decimals:
        return _tidy("".join(token.text for token in section.tokens))
    sign = "-" if value < 0 else ""
    if template.slash:
        return _tidy(sign + _write_fraction(abs(value), template))
    # Excel rounds the 15 digits that it shows, halves away from zero.
    number = Decimal(f"{abs(value):.15g}").scaleb(2 * template.percents - 3 * template.thousands, _EXACT)
    exponent = 0
    if template.exponent:
        number, exponent = _split_exponent(number, len(template.whole), len(template.decimals))
    number = number.quantize(Decimal(1).scaleb(-len(template.decimals)), ROUND_HALF_UP, _EXACT)
    return _tidy(("" if number == 0 else sign) + _write_digits(number, exponent, template))


def _tidy(text: str) -> str:
    return " ".join(text.split())


def _split_exponent(number: Decimal, whole: int, decimals: int) -> tuple[Decimal, int]:
    """Mantissa and exponent; with several digits before the point, the exponent is a multiple of their number."""
    if not number:
        return number, 0
    step = max(whole, 1)
    exponent = number.adjusted() // step * step
    mantissa = number.scaleb(-exponent, _EXACT)
    if mantissa.quantize(Decimal(1).scaleb(-decimals), ROUND_HALF_UP, _EXACT).adjusted() >= step:
        exponent += step
        mantissa = number.scaleb(-exponent, _EXACT)
    return mantissa, exponent


def _write_digits(number: Decimal, exponent: int, template: Template) -> str:
    head, _, tail = f"{number:f}".partition(".")
    head = "" if head == "0" else head
    filled = _fill_whole(head, template)
    filled |= _fill_decimals(tail, template)
    if template.exponent:
        filled |= _fill_run(str(abs(exponent)), template.exponent, template.tokens)
    written = []
    for index, token in enumerate(template.tokens):
        if token.kind == "exponent":
            written.append("E" + ("-" if exponent < 0 else "+" if token.text[1] == "+" else ""))
        elif token.kind == "point":
            written.append(head if not template.whole and index < min(template.decimals, default=0) else "")
            written.append(".")
        elif token.kind == "comma":
            continue
        else:
            written.append(filled.get(index, "") if token.kind == "digit" else token.text)
    return "".join(written)


def _fill_whole(head: str, template: Template) -> dict[int, str]:
    filled = _fill_run(head, template.whole, template.tokens)
    if not template.grouped:
        return filled
    after = 0
    for index in reversed(template.whole):
        grouped = ""
        for digit in reversed(filled[index]):
            if digit.isdecimal():
                grouped = digit + ("," if after and after % 3 == 0 else "") + grouped
                after += 1
        filled[index] = grouped
    return filled


def _fill_run(digits: str, places: Sequence[int], tokens: Sequence[Token]) -> dict[int, str]:
    """Digits spread over their places from the right; what is left over stands at the first place."""
    filled: dict[int, str] = {}
    for order, index in enumerate(reversed(places)):
        at = len(digits) - 1 - order
        digit = digits[at] if at >= 0 else "0" if tokens[index].text == "0" else ""
        filled[index] = digits[: at + 1] if index == places[0] and at > 0 else digit
    return filled


def _fill_decimals(tail: str, template: Template) -> dict[int, str]:
    filled = dict(zip(template.decimals, tail, strict=False))
    for index in reversed(template.decimals):
        if template.tokens[index].text == "0" or filled.get(index, "0") != "0":
            break
        filled[index] = ""
    return filled


def _write_fraction(value: float, template: Template) -> str:
    tokens, slash = template.tokens, template.slash
    start = slash
    while start and tokens[start - 1].kind == "digit":
        start -= 1
    end = slash + 1
    while end < len(tokens) and (tokens[end].kind == "digit" or tokens[end].text.isdecimal()):
        end += 1
    fixed = "".join(token.text for token in tokens[slash + 1 : end])
    exact = Fraction(f"{value:.15g}")
    mixed = any(index < start for index in template.whole)
    whole = int(exact) if mixed else 0
    if fixed.strip("0#?"):
        below = max(int("".join(c for c in fixed if c.isdecimal())), 1)
        above = int((exact - whole) * below + Fraction(1, 2))
    else:
        nearest = (exact - whole).limit_denominator(10 ** min(len(fixed), 7) - 1)
        above, below = nearest.numerator, nearest.denominator
    if mixed and above == below:
        whole, above = whole + 1, 0
    places = tuple(index for index in template.whole if index < start)
    filled = _fill_run(str(whole) if whole or not above else "", places, tokens)
    before = "".join(
        filled.get(i, "") if token.kind == "digit" else token.text for i, token in enumerate(tokens[:start])
    )
    after = "".join(token.text for token in tokens[end:])
    return f"{before}{'' if mixed and not above else f'{above}/{below}'}{after}"
