"""MathML on one line, or the TeX that it carries."""

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

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from lxml import etree

_INFIX = frozenset("=+−-–×·⋅∙÷±∓<>≤≥≠≈≡≅∼∝∈∉⊂⊆∪∩∧∨→←↔⇒⇔↦∘∗*:≔") | {":="}
_INVISIBLE = {"\u2061": " ", "\u2062": "", "\u2063": "", "\u2064": " "}
_SUMS = frozenset("∑∏∐∫∬∭∮⋃⋂⨁⨂⋁⋀")
_ACCENTS = {"¯": "\u0304", "‾": "\u0304", "_": "\u0304", "^": "\u0302", "ˆ": "\u0302", "~": "\u0303", "˜": "\u0303",
            "→": "\u20d7", "⃗": "\u20d7", "˙": "\u0307", ".": "\u0307", "¨": "\u0308", "..": "\u0308"}  # fmt: skip
_SILENT = frozenset({"annotation", "annotation-xml", "mspace", "mprescripts", "none", "maligngroup", "malignmark"})
_DEEPEST = 100


def find_tex(element: etree._Element) -> str:
    """Return the TeX that a formula carries, which keeps its structure in one line; empty where it carries none."""
    for annotation in element.iter("annotation"):
        if "tex" in annotation.get("encoding", "").lower():
            return (annotation.text or "").strip()
    return element.get("alttext", "").strip()


def write_formula(element: etree._Element, hide: Callable[[etree._Element], bool]) -> str:
    """Return a formula on one line; ``hide`` says of an element whether it is to be left out, and reports that."""
    return " ".join(_Formula(hide).write(element, 0).split())


class _Formula:
    def __init__(self, hide: Callable[[etree._Element], bool]) -> None:
        self._hide = hide

    def write(self, element: etree._Element, depth: int) -> str:
        tag = element.tag
        if not isinstance(tag, str) or tag in _SILENT or self._hide(element):
            return ""
        if depth > _DEEPEST:
            return " ".join(map(str, element.itertext()))
        if tag in ("mi", "mn", "mo", "mtext", "ms"):
            return self._write_token(element)
        parts = [self.write(child, depth + 1) for child in element if isinstance(child.tag, str)]
        if tag in ("mfrac", "mroot", "msup", "msub", "msubsup", "munder", "mover", "munderover"):
            return _write_fixed(tag, [*parts, "", "", ""])
        if tag == "msqrt" or (tag == "menclose" and "radical" in element.get("notation", "")):
            return write_root(self._write_row(element, parts))
        if tag == "menclose" and "strike" in element.get("notation", ""):
            return f"~~{self._write_row(element, parts)}~~"
        if tag == "mfenced":
            separators = element.get("separators", ",").strip() or ""
            return write_brackets(parts, element.get("open", "("), element.get("close", ")"), f"{separators[:1]} ")
        if tag == "mtable":
            rows = [[self._write_cell(cell, depth + 2) for cell in row] for row in element]
            return "; ".join(map("".join, rows)) if _is_aligned(element) else write_matrix(rows)
        if tag == "mmultiscripts":
            return _write_multiscripts(element, parts)
        if tag in ("semantics", "maction"):
            return next((part for part in parts if part), "")
        return self._write_row(element, parts)

    def _write_token(self, element: etree._Element) -> str:
        text = "".join(map(str, element.itertext()))
        text = "".join(_INVISIBLE.get(character, character) for character in text)
        if element.tag == "mtext":
            return f" {text.strip()} " if text.strip() else " "
        return text.strip(" \t\r\n") if text.strip() else text

    def _write_row(self, element: etree._Element, parts: list[str]) -> str:
        """Return children side by side, with spaces around the operators between them."""
        children = [child for child in element if isinstance(child.tag, str)]
        spaced = []
        for place, (child, part) in enumerate(zip(children, parts, strict=True)):
            before = next((earlier for earlier in reversed(parts[:place]) if earlier.strip()), "")
            is_between = (
                0 < place < len(parts) - 1 and before.strip() not in ("", *_INFIX) and not before.endswith(("(", "["))
            )
            operator = _find_operator(child)
            if operator == "\u2062":
                after = next((later for later in parts[place + 1 :] if later), "")
                part = "·" if before[-1:].isdigit() and after[:1].isdigit() else ""
            spaced.append(f" {part.strip()} " if operator in _INFIX and is_between else part)
        text = element.text.strip() if element.text and element.tag not in ("mrow", "math") else ""
        return join_parts([text, *spaced])

    def _write_cell(self, cell: etree._Element, depth: int) -> str:
        return self.write(cell, depth).strip() if isinstance(cell.tag, str) else ""


def _find_operator(element: etree._Element) -> str:
    return "".join(map(str, element.itertext())).strip() if element.tag == "mo" else ""


def _write_fixed(tag: str, parts: Sequence[str]) -> str:
    """Return an element with two or three children of fixed roles; missing ones are empty."""
    first, second, third = parts[:3]
    if tag == "mfrac":
        return write_fraction(first, second)
    if tag == "mroot":
        return write_root(first, second)
    if tag == "msup":
        return (
            write_scripts(first, sup=second)
            if first.strip() not in _SUMS
            else f"{write_sum(first.strip(), '', second)} "
        )
    if tag == "msub":
        return (
            write_scripts(first, sub=second)
            if first.strip() not in _SUMS
            else f"{write_sum(first.strip(), second, '')} "
        )
    below, above = (
        (second, third) if tag in ("munderover", "msubsup") else (second, "") if tag == "munder" else ("", second)
    )
    if first.strip() in _SUMS:
        return f"{write_sum(first.strip(), below, above)} "
    if tag == "msubsup":
        return write_scripts(first, sub=below, sup=above)
    if tag == "mover" and above.strip() in _ACCENTS:
        base = first.strip()
        return base + _ACCENTS[above.strip()] if len(base) == 1 else f"{group(base)}{above.strip()}"
    return write_limit(write_limit(first.strip(), below, below=True), above, below=False)


def _write_multiscripts(element: etree._Element, parts: list[str]) -> str:
    """Return a base with scripts on both sides, sub and sup in turn; those before it come after ``mprescripts``."""
    children = [child for child in element if isinstance(child.tag, str)]
    middle = next((n for n, child in enumerate(children) if child.tag == "mprescripts"), len(children))
    after, before = parts[1:middle], parts[middle + 1 :]
    left = "".join(write_scripts("", *(before[n : n + 2])) for n in range(0, len(before), 2))
    right = "".join(write_scripts("", *(after[n : n + 2])) for n in range(0, len(after), 2))
    return f"{left}{group(parts[0]) if parts else ''}{right}"


def _is_aligned(table: etree._Element) -> bool:
    """Return whether a table holds equations below one another rather than a matrix."""
    cells = [cell for row in table for cell in row if isinstance(cell.tag, str)]
    return table.get("displaystyle") == "true" or len(cells) == len(table)
