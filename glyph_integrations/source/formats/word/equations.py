"""Office equations on one line, with their structure kept: ``(a + b)/2``, ``x²``, ``√(x)``."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.equations import (
    group,
    join_parts,
    write_brackets,
    write_fraction,
    write_limit,
    write_matrix,
    write_root,
    write_scripts,
    write_sum,
)
from glyph_integrations.source.office import M, W, is_on

if TYPE_CHECKING:
    from lxml import etree

_ACCENTS = frozenset("\u0300\u0301\u0302\u0303\u0304\u0305\u0306\u0307\u0308\u030c\u20d6\u20d7\u20db\u20e1")


def linear(element: etree._Element) -> str:
    """Return the text of an equation, or of a part of one."""
    kind = str(element.tag).removeprefix(M)
    write = _WRITERS.get(kind)
    if write:
        return write(element)
    if kind == "t" or element.tag == f"{W}t":
        return element.text or ""
    parts = [linear(child) for child in element if not str(child.tag).endswith("Pr") and child.tag != f"{W}del"]
    return join_parts(parts) if kind in ("oMath", "e", "num", "den", "r") else "".join(parts)


def is_phantom(element: etree._Element) -> bool:
    """Whether an ``m:phant`` takes up room without being seen."""
    return not is_on(element.find(f"{M}phantPr/{M}show"), M) and element.find(f"{M}phantPr/{M}show") is not None


def _part(element: etree._Element, name: str) -> str:
    found = element.find(f"{M}{name}")
    return "" if found is None else linear(found)


def _setting(element: etree._Element, properties: str, name: str, otherwise: str) -> str:
    found = element.find(f"{M}{properties}/{M}{name}")
    return otherwise if found is None else found.get(f"{M}val", "")


def _script(element: etree._Element) -> str:
    return write_scripts(_part(element, "e"), _part(element, "sub"), _part(element, "sup"))


def _script_before(element: etree._Element) -> str:
    return write_scripts("", _part(element, "sub"), _part(element, "sup")) + group(_part(element, "e"))


def _fraction(element: etree._Element) -> str:
    return write_fraction(_part(element, "num"), _part(element, "den"))


def _radical(element: etree._Element) -> str:
    return write_root(_part(element, "e"), _part(element, "deg"))


def _sum(element: etree._Element) -> str:
    sign = _setting(element, "naryPr", "chr", "∫")
    return write_sum(sign, _part(element, "sub"), _part(element, "sup"), _part(element, "e"))


def _brackets(element: etree._Element) -> str:
    signs = (
        _setting(element, "dPr", name, usual) for name, usual in (("begChr", "("), ("endChr", ")"), ("sepChr", "|"))
    )
    return write_brackets([linear(each) for each in element.iterfind(f"{M}e")], *signs)


def _matrix(element: etree._Element) -> str:
    return write_matrix(map(linear, row.iterfind(f"{M}e")) for row in element.iterfind(f"{M}mr"))


def _lines(element: etree._Element) -> str:
    return "; ".join(linear(line).replace("&", "") for line in element.iterfind(f"{M}e"))


def _function(element: etree._Element) -> str:
    return f"{_part(element, 'fName')} {_part(element, 'e')}"


def _limit(element: etree._Element) -> str:
    return write_limit(_part(element, "e"), _part(element, "lim"), below=element.tag == f"{M}limLow")


def _accent(element: etree._Element) -> str:
    sign, base = _setting(element, "accPr", "chr", "\u0302"), _part(element, "e")
    return base + sign if len(base) == 1 and sign in _ACCENTS else f"{group(base)}{sign}"


def _bar(element: etree._Element) -> str:
    base = _part(element, "e")
    return base + "\u0305" if len(base) == 1 else f"{group(base)}\u0305"


def _under(element: etree._Element) -> str:
    sign = _setting(element, "groupChrPr", "chr", "⏟")
    return write_limit(_part(element, "e"), sign, below=_setting(element, "groupChrPr", "pos", "bot") == "bot")


_WRITERS = {
    "f": _fraction,
    "rad": _radical,
    "nary": _sum,
    "d": _brackets,
    "m": _matrix,
    "eqArr": _lines,
    "func": _function,
    "limLow": _limit,
    "limUpp": _limit,
    "acc": _accent,
    "bar": _bar,
    "groupChr": _under,
    "sPre": _script_before,
    **dict.fromkeys(("sSup", "sSub", "sSubSup"), _script),
}
