"""Number styles of OpenDocument, as the format codes that spreadsheets have for the same."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.names import OFFICE, STYLE, TABLE
from glyph_integrations.source.formats.sheets.numbers import display
from glyph_integrations.source.formats.sheets.rows import read_number

if TYPE_CHECKING:
    from collections.abc import Iterable

    from lxml import etree

NUMBER = "{urn:oasis:names:tc:opendocument:xmlns:datastyle:1.0}"
_KINDS = frozenset(
    f"{NUMBER}{kind}-style" for kind in ("number", "currency", "percentage", "date", "time", "boolean", "text")
)
_DATES = {"year": "yy", "month": "m", "day": "d", "day-of-week": "ddd", "hours": "h", "minutes": "m", "seconds": "s"}
_LONG = {
    "year": "yyyy",
    "month": "mm",
    "day": "dd",
    "day-of-week": "dddd",
    "hours": "hh",
    "minutes": "mm",
    "seconds": "ss",
}
_NUMERIC = ("float", "percentage", "currency")
_COMPARISONS = ("<=", ">=", "!=", "<", ">", "=")
_MOST_DIGITS = 30


class NumberStyles:
    """The number styles of one file."""

    def __init__(self, trees: Iterable[etree._Element]) -> None:
        self._styles: dict[str, etree._Element] = {}
        self._by_cell: dict[str, tuple[str, str]] = {}
        for tree in trees:
            for style in tree.iter(*_KINDS):
                self._styles[style.get(f"{STYLE}name", "")] = style
            for style in tree.iter(f"{STYLE}style"):
                if style.get(f"{STYLE}family") == "table-cell":
                    named = style.get(f"{STYLE}data-style-name", ""), style.get(f"{STYLE}parent-style-name", "")
                    self._by_cell[style.get(f"{STYLE}name", "")] = named

    def find_code(self, cell_style: str) -> str:
        """The format code of a cell's style; empty where neither it nor what it is based on has a number style."""
        seen: set[str] = set()
        while cell_style in self._by_cell and cell_style not in seen:
            seen.add(cell_style)
            data_style, parent = self._by_cell[cell_style]
            if data_style in self._styles:
                return self._write(self._styles[data_style])
            cell_style = parent
        return ""

    def show_value(self, cell: etree._Element) -> str | None:
        """The number that a cell holds as its style displays it; None where it holds none or its style says nothing."""
        if cell.get(f"{OFFICE}value-type") not in _NUMERIC:
            return None
        value = read_number(cell.get(f"{OFFICE}value", ""))
        code = "" if value is None else self.find_code(cell.get(f"{TABLE}style-name", ""))
        return display(value, code) if value is not None and code else None

    def _write(self, style: etree._Element) -> str:
        """A style as a code: those that apply under conditions first, itself last."""
        sections = []
        for mapped in style.iterfind(f"{STYLE}map"):
            condition = mapped.get(f"{STYLE}condition", "").removeprefix("value()")
            other = self._styles.get(mapped.get(f"{STYLE}apply-style-name", ""))
            comparison = next((each for each in _COMPARISONS if condition.startswith(each)), "")
            if other is not None and comparison:
                limit = condition[len(comparison) :]
                sections.append(f"[{'<>' if comparison == '!=' else comparison}{limit}]{_write_section(other)}")
        return ";".join((*sections[:2], _write_section(style)))


def _write_section(style: etree._Element) -> str:
    elapsed = style.get(f"{NUMBER}truncate-on-overflow") == "false"
    parts = []
    for element in style:
        name = str(element.tag).removeprefix(NUMBER)
        if name in ("number", "scientific-number", "fraction"):
            parts.append(_write_number(element, name))
        elif name in ("text", "currency-symbol"):
            sign = (
                "%" if style.tag == f"{NUMBER}percentage-style" else "\0"
            )  # says that the number counts in hundredths
            parts.append(sign.join(map(_quote, (element.text or "").split(sign))))
        elif name == "am-pm":
            parts.append("AM/PM")
        elif name in _DATES:
            part = _write_date(element, name)
            parts.append(f"[{part}]" if elapsed and name == "hours" else part)
        elif name == "text-content":
            parts.append("@")
        elif name == "boolean":
            parts.append('"TRUE"')
    return "".join(parts)


def _write_number(element: etree._Element, kind: str) -> str:
    whole = _count(element, "min-integer-digits")
    digits = "#,##0" if element.get(f"{NUMBER}grouping") == "true" and whole < 2 else "0" * whole or "#"
    if kind == "fraction":
        below = element.get(f"{NUMBER}denominator-value") or "?" * max(_count(element, "min-denominator-digits"), 1)
        mixed = element.get(f"{NUMBER}min-integer-digits") is not None
        return f"{'# ' if mixed else ''}{'?' * max(_count(element, 'min-numerator-digits'), 1)}/{below}"
    digits += _write_decimals(element)
    if kind == "scientific-number":
        return f"{digits}E+{'0' * max(_count(element, 'min-exponent-digits'), 1)}"
    factor = element.get(f"{NUMBER}display-factor", "1")
    thousands = (len(factor.partition(".")[0]) - 1) // 3 if factor.strip("0.") == "1" else 0
    return digits + "," * thousands


def _write_decimals(element: etree._Element) -> str:
    places = _count(element, "decimal-places")
    least = min(_count(element, "min-decimal-places", places), places)
    return "." + "0" * least + "#" * (places - least) if places else ""


def _write_date(element: etree._Element, name: str) -> str:
    long = element.get(f"{NUMBER}style") == "long"
    if name == "month" and element.get(f"{NUMBER}textual") == "true":
        return "mmmm" if long else "mmm"
    places = _count(element, "decimal-places") if name == "seconds" else 0
    return (_LONG if long else _DATES)[name] + ("." + "0" * places if places else "")


def _count(element: etree._Element, name: str, otherwise: int = 0) -> int:
    text = element.get(f"{NUMBER}{name}", "")
    return min(int(text), _MOST_DIGITS) if text.isdecimal() and len(text) < 5 else otherwise


def _quote(text: str) -> str:
    return "".join(f"\\{character}" for character in text) if '"' in text else f'"{text}"' if text else ""
