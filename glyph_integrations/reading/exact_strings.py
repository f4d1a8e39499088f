"""The strings of a text that mean something only if every character is right: identifiers, numbers, dates, addresses.

Models misread exactly these from pages, and do not notice: no word of the language tells them what must stand there.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final, Literal, NamedTuple

from glyph_integrations.reading.dates import DATES, MONTHS, day_of
from glyph_integrations.reading.folding import DASHES, LETTER, UNSPACED, plain
from glyph_integrations.reading.numbers import NUMBER, TELEPHONE, number_of

if TYPE_CHECKING:
    from collections.abc import Iterator

Kind = Literal["identifier", "number", "date", "email", "url", "path"]


class ExactString(NamedTuple):
    """An exact string: characters ``[start, end)`` of the text that it was found in."""

    text: str
    start: int
    end: int
    kind: Kind


# Every repetition below is bounded or possessive, and a search goes on behind what it has read at most a fixed number
# of times, so that time is linear in the text, whatever it holds.
_WORD: Final = re.compile(rf"[$€£¥₹+~/\\.(]{{0,3}}+({LETTER}++)")
_JOINERS: Final = frozenset(DASHES + "_./:@\\#%+")  # what may follow the first letters of an exact string
# What holds no exact string: words without digits, also joined by hyphens and slashes, and what stands between words.
# A month may begin a date, and some marks an address or a path.
_MONTHS: Final = "|".join(form for name in MONTHS for form in (name.title(), name.upper()))
_WORD_OF_LETTERS: Final = rf"(?!(?=[ADFJMNOS])(?:{_MONTHS})(?!{LETTER}))[^\W\d_{UNSPACED}]++"
_AND_WORD: Final = rf"(?:[{DASHES}_/#]{_WORD_OF_LETTERS})"
_REACH: Final = 30  # words that are joined: no string that begins before them ends behind them
_DULL: Final = re.compile(
    rf"(?:[^\w$€£¥₹+~/\\.(]++|[{UNSPACED}_]++|[$€£¥₹+~/\\.(]{{1,64}}+(?!{LETTER})"
    rf"|(?:(?<={LETTER})[{DASHES}_/#])?+{_WORD_OF_LETTERS}"
    rf"(?:{_AND_WORD}{{0,{_REACH}}}+(?!\d|[{DASHES}_./:@\\#%+](?!\s))|{_AND_WORD}{{{_REACH}}}(?={_AND_WORD}{{{_REACH}}})))*+"
)
_PARTS: Final = rf"{LETTER}++(?:[{DASHES}_/#]{LETTER}++|\.(?=[\da-z]){LETTER}++){{0,10}}"
_DOMAINS: Final = "com|org|net|edu|gov|int|info|example|io|eu|uk|de|fr|nl|ch|es|pl|se|ca|au|jp|cn|br|za"
_IN_URL: Final = rf"[^\s<>\"“”«»|{{}}\\^`{UNSPACED}\uff00-\uffef]"
_URL: Final = re.compile(
    rf"(?:https?|ftp)://{_IN_URL}{{1,2000}}|www\.{_IN_URL}{{1,2000}}"
    rf"|(?:[A-Za-z0-9-]{{1,63}}+\.){{1,5}}(?:{_DOMAINS})(?!{LETTER}|[@_-])(?:/{_IN_URL}{{0,2000}})?"
)
_EMAIL: Final = re.compile(
    rf"(?<![A-Za-z0-9.%+-])[A-Za-z0-9._%+-]{{1,64}}+@(?:[A-Za-z0-9-]{{1,63}}+\.){{1,8}}[A-Za-z]{{2,24}}(?!{LETTER})"
)
_IN_PATH: Final = rf"(?:[^\W{UNSPACED}]|[.@+-]){{1,255}}+"
_PATH: Final = re.compile(
    rf"(?:[A-Za-z]:|\\)\\(?:[^\s\\/:*?\"<>|,;“”„«»{UNSPACED}]{{1,255}}+\\?){{1,20}}"
    rf"|(?<!{LETTER})(?:(?:~|\.\.?)(?:/{_IN_PATH}){{1,20}}|(?:/{_IN_PATH}){{2,20}})/?"
    rf"|(?:{LETTER}|[_-]){{1,255}}+(?:/(?:{LETTER}|[_@+-]){{1,255}}+){{1,20}}\.[A-Za-z][A-Za-z0-9]{{0,5}}(?!{LETTER})"
)
_IDENTIFIERS: Final = (
    re.compile(_PARTS),
    re.compile(rf"[A-Z]{{2}}\d{{2}}(?:[ \u00a0][A-Z0-9]{{4}}){{2,7}}(?:[ \u00a0][A-Z0-9]{{1,3}})?(?!{LETTER})"),  # IBAN
    re.compile(rf"[0-9A-Fa-f]{{1,4}}(?:::?[0-9A-Fa-f]{{1,4}}){{3,7}}(?!{LETTER})"),  # MAC and IPv6 addresses
)
_PATTERNS: Final[tuple[tuple[Kind, re.Pattern[str]], ...]] = (
    *(("date", pattern) for pattern in DATES),
    ("email", _EMAIL),
    ("url", _URL),
    ("number", TELEPHONE),
    ("number", NUMBER),
    *(("identifier", pattern) for pattern in _IDENTIFIERS),
    ("path", _PATH),
)
_PUNCTUATION: Final = ".,;:!?'’\"*_…)]}"
_WITH_UNIT: Final = re.compile(r"\A(?:\d++[a-zµ]{1,3}|[12]\d{3}s)")


def exact_strings(text: str, *, small: bool = False) -> tuple[ExactString, ...]:
    """Finds the exact strings of a text, in order and without overlap, the longest one at each place.

    Found are identifiers (letters and digits mixed, in parts joined by hyphens, slashes, points or underscores; IBANs,
    also with spaces; versions; numbers in three and more parts), numbers with their currency or percent sign (also
    telephone numbers and times of day), dates (those without a year or day too), e-mail addresses, URLs and file
    paths. Punctuation that ends a sentence is not part, nor is a unit after a number, nor a sign before it, which
    cannot be told from a dash. Two numbers joined by a dash are a range: two strings.

    Not worth checking, and left out unless ``small``: numbers of one digit without a currency or percent sign, and
    identifiers of fewer than five characters with only one digit ("A4", "Q3", "CO2"). They are said in words as often
    as not, and stand in almost every source.
    """
    return tuple(found for found in scan(text) if found is not None and (small or not _is_small(found)))


def scan(text: str) -> Iterator[ExactString | None]:
    """Yields what stands at each place where an exact string may begin, also small ones; None where there is none."""
    position = 0
    while True:
        dull = _DULL.match(text, position)
        word = _WORD.search(text, dull.end() if dull else position)
        if word is None:
            return
        start, begin, end = word.start(), *word.span(1)
        position = end
        letters = word[1]
        if letters.isalpha() and start == begin and letters.lower() not in MONTHS:
            after = text[end : end + 2]
            if after[:1] not in _JOINERS or after[1:].isspace():
                continue
        found = next((found for at in range(start, begin + 1) if (found := _at(text, at)) is not None), None)
        if found is not None:
            position = found.end
        yield found


def normal(text: str, kind: Kind | None = None) -> str:
    """The form in which exact strings are compared; equal forms mean the same.

    Dates that name one day become ISO dates, numbers lose what separates their thousands (``number_of`` says when that
    is certain), telephone numbers keep only digits. Everything else keeps its case, except e-mail addresses; dashes,
    quotes, white space and characters without ink are unified, and URLs lose their scheme.

    Args:
        text: An exact string.
        kind: What it is, where that is known; it saves time.
    """
    if kind in {None, "date"} and (day := day_of(text)) is not None:
        return str(day)
    if kind in {None, "number"} and (number := number_of(text)) is not None:
        return str(number)
    form = plain(text).replace(" ", "")
    if "@" in form:
        return form.lower()
    return form.removeprefix("https://").removeprefix("http://").removesuffix("/") or form


def is_reference(found: ExactString) -> bool:
    """Whether a string names something and cannot be the result of arithmetic.

    Identifiers and addresses do, and numbers without value: telephone numbers, and six digits and more in one run.
    """
    if found.kind in {"identifier", "email", "url", "path"}:
        return True
    return found.kind == "number" and (
        (found.text.isdecimal() and len(found.text) >= 6) or TELEPHONE.fullmatch(found.text) is not None
    )


def _at(text: str, start: int) -> ExactString | None:
    """The longest exact string that begins here."""
    best: ExactString | None = None
    for kind, pattern in _PATTERNS:
        match = pattern.match(text, start)
        if match is None:
            continue
        found = _trimmed(match[0], kind)
        if len(found) > (len(best.text) if best else 0) and (kind != "identifier" or _is_identifier(found)):
            best = ExactString(found, start, start + len(found), kind)
    return best


def _trimmed(found: str, kind: Kind) -> str:
    if kind not in {"url", "path"}:
        return found.rstrip(".") if kind == "date" else found
    end, unopened = len(found), found.count(")") - found.count("(")
    while end and found[end - 1] in _PUNCTUATION and not (found[end - 1] == ")" and unopened <= 0):
        end -= 1
        unopened -= found[end] == ")"
    return found[:end]


def _is_identifier(found: str) -> bool:
    """Whether joined letters and digits are one string, and not a word with a number or a range of numbers."""
    parts = re.split(rf"[{DASHES}_/#.]", found)
    numbers = [part for part in parts if part.isdecimal()]
    words = [part for part in parts if part.isalpha()]
    if len(numbers) + len(words) < len(parts):  # a part is mixed
        return not (len(parts) == 1 and _WITH_UNIT.fullmatch(found))
    if not numbers:
        return False
    if not words:
        long = any(len(part) > 4 for part in parts) or (parts[1:] and parts[-1].startswith("0"))
        return len(parts) > 1 and (len(parts) > 2 or (bool(long) and "/" not in found and "." not in found))
    # "16-year-old", "mid-2024": words of the language beside a number.
    return not (all(len(word) > 2 and word[1:].islower() for word in words) and all(len(n) <= 4 for n in numbers))


def _is_small(found: ExactString) -> bool:
    if found.kind == "number":
        return found.text.isdecimal() and len(found.text) == 1
    return found.kind == "identifier" and len(found.text) < 5 and sum(c.isdecimal() for c in found.text) < 2
