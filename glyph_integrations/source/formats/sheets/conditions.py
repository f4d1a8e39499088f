"""Conditional formatting: what it changes about a cell, as far as that can be told without calculating."""

from __future__ import annotations

import math
import operator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.sheets.ranges import Area, read_areas
from glyph_integrations.source.formats.sheets.rows import read_number

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.formats.sheets.styles import Change, Styles

_SQREF = "{http://schemas.microsoft.com/office/excel/2006/main}sqref"
_COMPARISONS = {
    "equal": operator.eq,
    "notEqual": operator.ne,
    "greaterThan": operator.gt,
    "greaterThanOrEqual": operator.ge,
    "lessThan": operator.lt,
    "lessThanOrEqual": operator.le,
}
_CONSTANTS = {**dict.fromkeys(("TRUE", "TRUE()", "1", "1=1"), True), **dict.fromkeys(("FALSE", "FALSE()", "0"), False)}
_ALWAYS = {
    "notContainsBlanks": True,
    "notContainsErrors": True,
    "containsBlanks": False,
    "containsErrors": False,
    "iconSet": False,
}
"""What is so of every cell that shows something."""


@dataclass(frozen=True, slots=True)
class Rule:
    """One rule: where it applies, its condition's kind and formulas, and what it changes."""

    areas: tuple[Area, ...]
    kind: str
    comparison: str
    formulas: tuple[str, ...]
    text: str
    change: Change | None

    def applies(self, value: float | str | bool) -> bool | None:  # noqa: FBT001 - a cell's value
        """Whether its condition holds for a value; None where that would have to be calculated."""
        shown, wanted = str(value).lower(), self.text.lower()
        match self.kind:
            case "expression":
                constant = self.formulas[0].strip().upper() if self.formulas else ""
                return _CONSTANTS.get(constant)
            case "cellIs":
                return _compare(self.comparison, value, self.formulas)
            case "containsText" | "notContainsText":
                return (wanted in shown) is (self.kind == "containsText")
            case "beginsWith":
                return shown.startswith(wanted)
            case "endsWith":
                return shown.endswith(wanted)
        return _ALWAYS.get(self.kind)


def read_rules(sheet: etree._Element, styles: Styles) -> list[Rule]:
    """The rules of a sheet, the first to hold first."""
    ordered = []
    for formatting in sheet.iterfind("{*}conditionalFormatting"):
        areas = tuple(read_areas(formatting.get("sqref", "")))
        for rule in formatting.iterfind("{*}cfRule"):
            priority = read_number(rule.get("priority", "")) or 0
            read = Rule(
                areas=areas,
                kind=rule.get("type", ""),
                comparison=rule.get("operator", ""),
                formulas=tuple(each.text or "" for each in rule.iterfind("{*}formula")),
                text=rule.get("text", ""),
                change=styles.find_change(rule.get("dxfId")),
            )
            ordered.append((priority, read))
    # those of later Excels, with their look beside them, are not evaluated: they may fill what lies behind the letters
    extended = (tuple(read_areas(each.text or "")) for each in sheet.iter(_SQREF))
    ordered += ((math.inf, Rule(areas, "extended", "", (), "", None)) for areas in extended)
    return [rule for _, rule in sorted(ordered, key=lambda pair: pair[0])]


def _compare(comparison: str, value: float | str | bool, formulas: tuple[str, ...]) -> bool | None:  # noqa: FBT001
    limits = [_read_constant(formula) for formula in formulas]
    if not limits or any(limit is None for limit in limits):
        return None
    try:
        if comparison in ("between", "notBetween") and len(limits) > 1:
            within = limits[0] <= value <= limits[1]  # type: ignore[operator]
            return within is (comparison == "between")
        compare = _COMPARISONS.get(comparison)
        return None if compare is None else bool(compare(value, limits[0]))  # type: ignore[arg-type]
    except TypeError:  # a text with a number: texts come after numbers
        return comparison in ("notEqual", "notBetween") or isinstance(value, str) is comparison.startswith("greater")


def _read_constant(formula: str) -> float | str | None:
    formula = formula.strip()
    if len(formula) > 1 and formula[0] == formula[-1] == '"':
        return formula[1:-1].replace('""', '"')
    return read_number(formula)
