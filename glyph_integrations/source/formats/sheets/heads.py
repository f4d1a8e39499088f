"""The heads and feet that a sheet is printed with."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from lxml import etree

_FIELDS = {"P": "[page]", "N": "[pages]", "D": "[date]", "T": "[time]", "F": "[file]", "Z": "", "A": "[sheet]", "G": ""}
_PAGE_WORDS = frozenset((
    "page", "of", "seite", "von", "página", "pagina", "de", "di", "sur", "pág", "sida", "side", "av", "strona", "z",
    "strana", "страница", "стр", "из", "頁", "页", "ページ", "第", "共", "페이지",
))  # fmt: skip
_STYLES = "BIUESXYOH"
"""Codes that change how the letters after them look."""


class Heads(NamedTuple):
    """Lines above and below the printed pages, each once."""

    above: tuple[str, ...]
    below: tuple[str, ...]


def read_heads(sheet: etree._Element) -> Heads:
    """The printed heads and feet of a sheet that hold words, not only the page's number or the date."""
    element = sheet.find("{*}headerFooter")
    lines: dict[str, list[str]] = {"Header": [], "Footer": []}
    for child in () if element is None else element:
        name = str(child.tag).rpartition("}")[2]
        for kind, found in lines.items():
            if name.endswith(kind) and (line := read_head(child.text or "")) and line not in found:
                found.append(line)
    return Heads(tuple(lines["Header"]), tuple(lines["Footer"]))


def read_head(code: str) -> str:
    """The words of one head (``&L&"Arial,Bold"Report&RPage &P``), its three sections apart; empty without words."""
    sections, own, position = [""], "", 0
    while position < len(code):
        character = code[position]
        position += 1
        if character != "&":
            sections[-1] += character
            own += character if character.isalnum() else " "
            continue
        sign = code[position : position + 1].upper()
        position += 1
        if sign in ("L", "C", "R"):
            sections.append("")
        elif sign == '"':
            end = code.find('"', position)
            position = len(code) if end < 0 else end + 1
        elif sign == "K":
            position += 6
        elif sign.isdecimal():
            while code[position : position + 1].isdecimal():
                position += 1
        elif sign == "&":
            sections[-1] += "&"
        elif sign not in _STYLES:
            sections[-1] += _FIELDS.get(sign, "")
    return " | ".join(" ".join(section.split()) for section in sections if section.strip()) if is_own(own) else ""


def is_own(words: str) -> bool:
    """Whether the words of a head say more than which page it is."""
    return any(word not in _PAGE_WORDS for word in words.lower().split())
