"""The text of a shape, paragraph by paragraph, with its list marks."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.word.equations import linear
from glyph_integrations.source.symbols import symbol
from glyph_integrations.source.numerals import list_mark, raised
from glyph_integrations.source.office import MC, A, M

if TYPE_CHECKING:
    from collections import Counter

    from lxml import etree

_AUTOMATIC = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)\w*?(Period|ParenR|ParenBoth|Plain)")
_STYLES = {
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "arabic": "decimal",
}
_BRACKETS = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}"}
_TINY = 200
"""Hundredths of a point."""


def paragraphs(body: etree._Element, *, bullets: bool, dropped: Counter[str]) -> list[str]:
    """The paragraphs of a text body; empty ones are left out.

    Args:
        body: The ``txBody``.
        bullets: Whether its paragraphs have a bullet unless they say otherwise, as in a slide's content area.
        dropped: Takes up the characters that are left out, by reason.
    """
    lines: list[str] = []
    counters: dict[int, int] = {}
    for paragraph in body.iterfind(f"{A}p"):
        text = _text(paragraph, dropped).strip()
        if text:
            level, mark = _mark(paragraph, counters, bullets=bullets)
            lines.append(f"{'  ' * level}{mark}{text}")
    return lines


def _mark(paragraph: etree._Element, counters: dict[int, int], *, bullets: bool) -> tuple[int, str]:
    settings = paragraph.find(f"{A}pPr")
    if settings is None:
        counters.clear()
        return 0, "• " if bullets else ""
    level = int(settings.get("lvl", "0"))
    for deeper in [each for each in counters if each > level]:
        del counters[deeper]
    automatic = settings.find(f"{A}buAutoNum")
    if automatic is not None and (rule := _AUTOMATIC.match(automatic.get("type", ""))):
        counters[level] = counters.get(level, int(automatic.get("startAt", "1")) - 1) + 1
        return level, _BRACKETS[rule[2]].format(list_mark(counters[level], _STYLES[rule[1]])) + " "
    counters.pop(level, None)
    character = settings.find(f"{A}buChar")
    if character is not None:
        font = settings.find(f"{A}buFont")
        return level, symbol("" if font is None else font.get("typeface", ""), character.get("char", "•")) + " "
    return level, "• " if bullets and settings.find(f"{A}buNone") is None else ""


def _text(paragraph: etree._Element, dropped: Counter[str]) -> str:
    return "".join(_piece(piece, dropped) for piece in paragraph)


def _piece(piece: etree._Element, dropped: Counter[str]) -> str:
    if piece.tag == f"{A}br":
        return "\n"
    if piece.tag in (f"{A}r", f"{A}fld"):
        text = piece.findtext(f"{A}t") or ""
        settings = piece.find(f"{A}rPr")
        if settings is None:
            return text
        if int(settings.get("sz", "1800")) < _TINY:
            dropped["under 2 pt"] += len(text)
            return ""
        baseline = settings.get("baseline", "0").rstrip("%")
        return (raised(text, up=not baseline.startswith("-")) if baseline not in ("0", "") else "") or text
    if piece.tag == f"{MC}AlternateContent":
        return "".join(linear(equation) for equation in piece.iter(f"{M}oMath"))
    return ""
