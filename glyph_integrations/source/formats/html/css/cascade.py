"""Which declarations hold for an element, and in which order they win."""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import tinycss2

from glyph_integrations.source.formats.html.css.colors import UNKNOWN
from glyph_integrations.source.formats.html.css.matching import SelectorIndex
from glyph_integrations.source.formats.html.css.properties import SHORTHANDS, read_declaration
from glyph_integrations.source.formats.html.css.sheets import Declaration, Sheets, read_inline

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from lxml import etree

    from glyph_integrations.source.formats.html.css.matching import PageElement

_DEEPEST = 16
_MOST_TOKENS = 500
_PAINTED = frozenset({"color", "background", "background-color", "background-image", "fill-color", "text-shadow"})

Variables = dict[str, tuple[Any, ...]]


class Declared(NamedTuple):
    """The declarations of the style sheets for an element, the weakest first."""

    normal: tuple[Declaration, ...] = ()
    important: tuple[Declaration, ...] = ()


class Matched(NamedTuple):
    """What the style sheets say of an element and of the text that they put before and after it."""

    element: Declared = Declared()
    before: Declared | None = None
    after: Declared | None = None


NOTHING = Matched()


class Cascade:
    """Sorts what the style sheets of a page say of each element.

    Attributes:
        index: Finds the rules of an element.
    """

    def __init__(self, sheets: Sheets, tree: etree._Element) -> None:
        self._sheets = sheets
        self.index = SelectorIndex(sheets.rules, tree)
        self._sorted: dict[tuple[Any, ...], Declared] = {}

    def match(self, element: PageElement, above: frozenset[str]) -> Matched:
        """Return what the style sheets say of an element; ``above`` are the keys of those around it."""
        found = self.index.match(element, above)
        if not found:
            return NOTHING
        parts = {
            pseudo: self._sort(
                tuple(sorted((specificity, rule) for specificity, rule, part in found if part == pseudo))
            )
            for pseudo in {part for _, _, part in found}
        }
        return Matched(parts.get(None, Declared()), parts.get("before"), parts.get("after"))

    def _sort(self, rules: tuple[tuple[Any, int], ...]) -> Declared:
        declared = self._sorted.get(rules)
        if declared is None:
            layers = [(self._sheets.rules[number].layer, number) for _, number in rules]
            normal = [number for _, number in sorted(layers, key=lambda pair: pair[0])]
            important = [number for _, number in sorted(layers, key=lambda pair: -pair[0])]
            declared = self._sorted[rules] = Declared(
                tuple(self._collect(normal, important=False)), tuple(self._collect(important, important=True))
            )
        return declared

    def _collect(self, numbers: Iterable[int], *, important: bool) -> Iterable[Declaration]:
        for number in numbers:
            for declaration in self._sheets.rules[number].declarations:
                if declaration.important == important:
                    yield declaration


def apply(declared: Declared, style: str, variables: Variables) -> tuple[dict[str, Any], Variables]:
    """Return the longhands that win, and the custom properties in force.

    Args:
        declared: What the style sheets say.
        style: The element's ``style`` attribute.
        variables: The custom properties of its parent.
    """
    inline = _read_inline(style) if style else ()
    ordered = (
        *declared.normal,
        *(declaration for declaration in inline if not declaration.important),
        *declared.important,
        *(declaration for declaration in inline if declaration.important),
    )
    own = {declaration.name: declaration.tokens for declaration in ordered if declaration.name.startswith("--")}
    if own:
        variables = {**variables, **own}
    longhands: dict[str, Any] = {}
    for declaration in ordered:
        longhands.update(declaration.pairs or _substitute_variables(declaration, variables))
    return longhands, variables


@lru_cache(4096)
def _read_inline(style: str) -> tuple[Declaration, ...]:
    return read_inline(style)


def _substitute_variables(declaration: Declaration, variables: Mapping[str, Sequence[Any]]) -> dict[str, Any]:
    """Return the longhands of a declaration with ``var()``; colors that do not resolve are ``UNKNOWN``."""
    name = declaration.name
    if name.startswith("--") or not declaration.tokens:
        return {}
    tokens = resolve_variables(declaration.tokens, variables)
    pairs = read_declaration(name, tokens) if tokens else None
    if pairs is not None:
        return dict(pairs)
    value = UNKNOWN if name in _PAINTED else "unset"
    return {longhand: value for longhand in SHORTHANDS.get(name, (name,)) if longhand != "background-clip"}


def resolve_variables(tokens: Sequence[Any], variables: Mapping[str, Sequence[Any]]) -> list[Any] | None:
    """Return component values with every ``var()`` replaced; None where one does not resolve."""
    resolved: list[Any] = []
    return resolved if _resolve_into(resolved, tokens, variables, 0) else None


def _resolve_into(
    resolved: list[Any], tokens: Sequence[Any], variables: Mapping[str, Sequence[Any]], depth: int
) -> bool:
    if depth > _DEEPEST:
        return False
    for token in tokens:
        if len(resolved) > _MOST_TOKENS:
            return False
        if token.type == "function" and token.lower_name in ("var", "env"):
            name, fallback = _read_reference(token)
            value = variables.get(name, fallback) if token.lower_name == "var" else fallback
            choices = [choice for choice in (value, fallback) if choice is not None]
            if not any(_resolve_into(resolved, choice, variables, depth + 1) for choice in choices):
                return False
        elif token.type in ("function", "() block"):
            inner: list[Any] = []
            content = token.arguments if token.type == "function" else token.content
            if not _resolve_into(inner, content, variables, depth + 1):
                return False
            resolved.append(_rebuild(token, inner))
        else:
            resolved.append(token)
    return True


def _read_reference(function: Any) -> tuple[str, Sequence[Any] | None]:
    """Return the name and the fallback of a ``var()``."""
    name = next((token.value for token in function.arguments if token.type == "ident"), "")
    comma = next((place for place, part in enumerate(function.arguments) if part == ","), None)
    return str(name), None if comma is None else function.arguments[comma + 1 :]


def _rebuild(token: Any, content: list[Any]) -> Any:
    if token.type == "function":
        return tinycss2.ast.FunctionBlock(token.source_line, token.source_column, token.name, content)
    return tinycss2.ast.ParenthesesBlock(token.source_line, token.source_column, content)
