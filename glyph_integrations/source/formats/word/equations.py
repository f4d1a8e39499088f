"""Office equations on one line, with their structure kept: ``(a + b)/(2)``, ``x^(2)``, ``√(x)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.numerals import raised
from glyph_integrations.source.office import M, W

if TYPE_CHECKING:
    from lxml import etree


def linear(element: etree._Element) -> str:
    """The text of an equation, or of a part of one."""
    kind = str(element.tag).removeprefix(M)
    write = _WRITERS.get(kind)
    if write:
        return write(element)
    if kind == "t" or element.tag == f"{W}t":
        return element.text or ""
    return "".join(linear(child) for child in element if not str(child.tag).endswith("Pr"))


def _part(element: etree._Element, name: str) -> str:
    found = element.find(f"{M}{name}")
    return "" if found is None else linear(found)


def _grouped(text: str) -> str:
    return text if len(text) <= 1 or text.isalnum() else f"({text})"


def _script(element: etree._Element) -> str:
    result = _grouped(_part(element, "e"))
    for name, mark in (("sub", "_"), ("sup", "^")):
        text = _part(element, name)
        if text:
            result += raised(text, up=name == "sup") or mark + _grouped(text)
    return result


def _fraction(element: etree._Element) -> str:
    return f"{_grouped(_part(element, 'num'))}/{_grouped(_part(element, 'den'))}"


def _radical(element: etree._Element) -> str:
    degree = _part(element, "deg")
    return f"{raised(degree, up=True) or degree}√({_part(element, 'e')})"


def _sum(element: etree._Element) -> str:
    sign = element.find(f"{M}naryPr/{M}chr")
    lower, upper = _part(element, "sub"), _part(element, "sup")
    head = "∫" if sign is None else sign.get(f"{M}val", "∫")
    return head + (f"_({lower})" if lower else "") + (f"^({upper})" if upper else "") + f" {_part(element, 'e')}"


def _brackets(element: etree._Element) -> str:
    def sign(name: str, otherwise: str) -> str:
        found = element.find(f"{M}dPr/{M}{name}")
        return otherwise if found is None else found.get(f"{M}val", "")

    return sign("begChr", "(") + sign("sepChr", "|").join(map(linear, element.iterfind(f"{M}e"))) + sign("endChr", ")")


def _matrix(element: etree._Element) -> str:
    rows = (", ".join(map(linear, row.iterfind(f"{M}e"))) for row in element.iterfind(f"{M}mr"))
    return f"[{'; '.join(rows)}]"


def _function(element: etree._Element) -> str:
    return f"{_part(element, 'fName')} {_part(element, 'e')}"


def _limit(element: etree._Element) -> str:
    mark = "_" if element.tag == f"{M}limLow" else "^"
    return f"{_part(element, 'e')}{mark}({_part(element, 'lim')})"


_WRITERS = {
    "f": _fraction,
    "rad": _radical,
    "nary": _sum,
    "d": _brackets,
    "m": _matrix,
    "func": _function,
    "limLow": _limit,
    "limUpp": _limit,
    **dict.fromkeys(("sSup", "sSub", "sSubSup", "sPre"), _script),
}
