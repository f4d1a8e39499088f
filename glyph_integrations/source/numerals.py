"""Numbers as lists print them, and raised or lowered characters."""

from __future__ import annotations

_ROMAN = (
    (1000, "m"), (900, "cm"), (500, "d"), (400, "cd"), (100, "c"), (90, "xc"), (50, "l"), (40, "xl"), (10, "x"),
    (9, "ix"), (5, "v"), (4, "iv"), (1, "i"),
)  # fmt: skip
_RAISED = str.maketrans("0123456789+-−=()ni", "⁰¹²³⁴⁵⁶⁷⁸⁹⁺⁻⁻⁼⁽⁾ⁿⁱ")
_LOWERED = str.maketrans("0123456789+-−=()aeoxijruvhklmnpst", "₀₁₂₃₄₅₆₇₈₉₊₋₋₌₍₎ₐₑₒₓᵢⱼᵣᵤᵥₕₖₗₘₙₚₛₜ")
_CHINESE = "〇一二三四五六七八九"


def list_mark(number: int, style: str) -> str:
    """A number in a numbering style, named as in Office files; an unknown style counts in digits."""
    if number <= 0 or number > 100_000:
        return str(number)
    write = _STYLES.get(style.removeprefix("upper").removeprefix("lower"))
    text = write(number) if write else str(number)
    return text.upper() if style.startswith("upper") else text


def raised(text: str, *, up: bool) -> str:
    """The text in superscript (or subscript) characters, or an empty string where Unicode lacks one of them."""
    table = _RAISED if up else _LOWERED
    text = text.strip()
    return text.translate(table) if text and all(ord(character) in table for character in text) else ""


def lift(text: str, *, up: bool) -> str:
    """Return the text in superscript (or subscript) characters; ``^(…)`` where Unicode lacks them and it has a digit.

    Letters that Unicode lacks stay as they are: "5th" is no power.
    """
    lifted = raised(text, up=up)
    if lifted or not any(character.isdecimal() for character in text):
        return lifted or text
    return f"{'^' if up else '_'}({text.strip()})"


def _roman(number: int) -> str:
    if number >= 5000:
        return str(number)
    result = ""
    for value, letters in _ROMAN:
        count, number = divmod(number, value)
        result += letters * count
    return result


def _ordinal_suffix(number: int) -> str:
    return "th" if 10 <= number % 100 <= 20 else {1: "st", 2: "nd", 3: "rd"}.get(number % 10, "th")


def _chinese(number: int) -> str:
    tens, ones = divmod(number, 10)
    if tens > 9:
        return str(number)
    head = ("" if tens == 1 else _CHINESE[tens]) + "十" if tens else ""
    return head + (_CHINESE[ones] if ones or not tens else "")


def _letters(number: int) -> str:
    # Word repeats the letter after z: aa, bb. HTML goes on with ab; lists that long are rare, so that one way does.
    return chr(ord("a") + (number - 1) % 26) * min((number - 1) // 26 + 1, 9)


def _circled(number: int) -> str:
    return chr(0x2460 + number - 1) if number <= 20 else str(number)


_STYLES = {
    "Letter": _letters,
    "Roman": _roman,
    "decimalZero": "{:02}".format,
    "ordinal": lambda number: f"{number}{_ordinal_suffix(number)}",
    "decimalEnclosedCircle": _circled,
    "chineseCounting": _chinese,
    "japaneseCounting": _chinese,
    "ideographDigital": _chinese,
}
