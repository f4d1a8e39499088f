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
        """Return an element on one line."""
        tag = element.tag
        if not isinstance(tag, str) or tag in _SILENT or self._hide(element):
            return ""
        if tag in ("mi", "mn", "mo", "mtext", "ms"):
            return self._write_token(element)
        if depth > _DEEPEST:
            return " ".join(map(str, element.itertext()))
        if tag == "mtable":
            return self._write_table(element, depth + 1)
        result = self._write_group(element, [self.write(child, depth + 1) for child in element])
        return join_parts([result, *_list_stray_texts(element)])

    def _write_table(self, table: etree._Element, depth: int) -> str:
        rows = []
        for row in table:
            is_row = row.tag in ("mtr", "mlabeledtr")
            cells = [self.write(cell, depth).strip() for cell in (row if is_row else [row])]
            rows.append([*cells, *_list_stray_texts(row)] if is_row else cells)
        written = "; ".join(map("".join, rows)) if _is_aligned(table) else write_matrix(rows)
        return join_parts([written, *_list_stray_texts(table)])

    def _write_group(self, element: etree._Element, parts: list[str]) -> str:
        """Return an element from its written children: a fraction, a row, a root, brackets, a line through it."""
        if element.tag in _FIXED:
            count = 3 if element.tag in ("msubsup", "munderover") else 2
            return join_parts([_FIXED[element.tag](*[*parts[:count], "", "", ""][:3]), *parts[count:]])
        if element.tag == "mmultiscripts":
            return _write_multiscripts(element, parts)
        if element.tag in ("semantics", "maction"):
            return join_parts(parts)
        notation = element.get("notation", "") if element.tag == "menclose" else ""
        if element.tag == "msqrt" or "radical" in notation:
            return write_root(self._write_row(element, parts))
        if element.tag == "mfenced":
            separators = element.get("separators", ",").strip()
            return write_brackets(parts, element.get("open", "("), element.get("close", ")"), f"{separators[:1]} ")
        row = self._write_row(element, parts)
        return f"~~{row}~~" if "strike" in notation else row

    def _write_token(self, element: etree._Element) -> str:
        text = "".join(map(str, element.itertext()))
        text = "".join(_INVISIBLE.get(character, character) for character in text)
        if element.tag == "mtext":
            return f" {text.strip()} " if text.strip() else " "
        return text.strip(" \t\r\n") if text.strip() else text

    def _write_row(self, element: etree._Element, parts: list[str]) -> str:
        """Return children side by side, with spaces around the operators between them."""
        children = list(element)
        spaced = [_space_operator(child, place, parts) for place, child in enumerate(children)]
        return join_parts(spaced)


def _list_stray_texts(element: etree._Element) -> list[str]:
    """Return text that stands between the parts of a formula, where none belongs."""
    texts = (element.text, *(child.tail for child in element))
    return [f" {text.strip()}" for text in texts if text and text.strip()]


def _space_operator(child: etree._Element, place: int, parts: Sequence[str]) -> str:
    """Return a child of a row, with spaces around it if it is an operator between two others."""
    operator = "".join(map(str, child.itertext())).strip() if child.tag == "mo" else ""
    before = next((part.rstrip() for part in reversed(parts[:place]) if part.strip()), "")
    after = next((part.lstrip() for part in parts[place + 1 :] if part.strip()), "")
    if operator == "\u2062":
        return "·" if before[-1:].isdigit() and after[:1].isdigit() else ""
    is_between = before and after and before not in _INFIX and not before.endswith(("(", "["))
    return f" {parts[place].strip()} " if operator in _INFIX and is_between else parts[place]


def _write_sup(base: str, sup: str, _: str) -> str:
    return _write_sub_sup(base, "", sup)


def _write_sub(base: str, sub: str, _: str) -> str:
    return _write_sub_sup(base, sub, "")


def _write_sub_sup(base: str, sub: str, sup: str) -> str:
    if base.strip() in _SUMS:
        return f"{write_sum(base.strip(), sub, sup)} "
    return write_scripts(base, sub, sup)


def _write_under(base: str, below: str, _: str) -> str:
    return _write_under_over(base, below, "")


def _write_over(base: str, above: str, _: str) -> str:
    """Return a base with an accent, or with what else stands above it."""
    accent = _ACCENTS.get(above.strip())
    if accent is None:
        return _write_under_over(base, "", above)
    return base.strip() + accent if len(base.strip()) == 1 else group(base) + above.strip()


def _write_under_over(base: str, below: str, above: str) -> str:
    if base.strip() in _SUMS:
        return f"{write_sum(base.strip(), below, above)} "
    return write_limit(write_limit(base.strip(), below, below=True), above, below=False)


_FIXED: dict[str, Callable[[str, str, str], str]] = {
    "mfrac": lambda first, second, _: write_fraction(first, second),
    "mroot": lambda first, second, _: write_root(first, second),
    "msup": _write_sup,
    "msub": _write_sub,
    "msubsup": _write_sub_sup,
    "munder": _write_under,
    "mover": _write_over,
    "munderover": _write_under_over,
}
"""Elements whose children have fixed roles; missing ones are empty."""


def _write_multiscripts(element: etree._Element, parts: list[str]) -> str:
    """Return a base with scripts on both sides, sub and sup in turn; those before it come after ``mprescripts``."""
    children = list(element)
    middle = next((n for n, child in enumerate(children) if child.tag == "mprescripts"), len(children))
    after, before = parts[1:middle], parts[middle + 1 :]
    left = "".join(write_scripts("", *(before[n : n + 2])) for n in range(0, len(before), 2))
    right = "".join(write_scripts("", *(after[n : n + 2])) for n in range(0, len(after), 2))
    return f"{left}{group(parts[0]) if parts else ''}{right}"


def _is_aligned(table: etree._Element) -> bool:
    """Return whether a table holds equations below one another rather than a matrix."""
    cells = [cell for row in table for cell in row if isinstance(cell.tag, str)]
    return table.get("displaystyle") == "true" or len(cells) == len(table)
