"""Selectors: parsed at once, compiled when an element first needs them."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tinycss2
from cssselect2 import parser
from cssselect2.compiler import CompiledSelector

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

_LONGEST = 20_000
# What browsers know and cssselect2 does not, in terms of what it does; ``:hover`` matches nothing on a page at rest.
_PSEUDO_CLASSES = {
    "read-only": ":not(input, textarea, [contenteditable])",
    "read-write": ":is(input, textarea, [contenteditable])",
    "optional": ":is(input, select, textarea):not([required])",
    "required": ":is(input, select, textarea)[required]",
    "defined": "",
    "open": "[open]",
    "placeholder-shown": ":is(input, textarea)[placeholder]:not([value])",
    "default": "[checked]",
    **dict.fromkeys(
        ("popover-open", "modal", "fullscreen", "picture-in-picture", "autofill", "-webkit-autofill", "indeterminate",
         "valid", "invalid", "in-range", "out-of-range", "-moz-focusring", "-moz-placeholder", "-ms-input-placeholder",
         "-moz-ui-invalid", "blank"),
        ":hover",
    ),
}  # fmt: skip
_MATCHES_ANY = {
    "is": "is", "where": "where", "not": "not", "has": "has", "matches": "is", "-webkit-any": "is", "-moz-any": "is",
}  # fmt: skip
_OF_ENGINES = ("::-", "::part", "::slotted", "::backdrop", "::cue", "::view-transition", "::highlight", "::file-")


@dataclass(slots=True)
class Selector:
    """One selector of a rule.

    Attributes:
        rule: The number of its rule.
        key: What the element itself must have: ``#id``, ``.class``, a name, ``[attribute]``, or "" for nothing.
        needs: What must be somewhere on the page.
        above: What must be around the element.
        specificity: Its specificity.
        pseudo_element: ``before``, ``after`` …, or None.
    """

    rule: int
    key: str
    needs: frozenset[str]
    above: frozenset[str]
    specificity: tuple[int, ...]
    pseudo_element: str | None
    _parsed: Any
    _test: Callable[[Any], Any] | None = field(default=None)

    def matches(self, element: Any) -> bool:
        """Return whether it matches an element."""
        if self._test is None:
            try:
                compiled = CompiledSelector(self._parsed)
                self._test = _match_nothing if compiled.never_matches else compiled.test
            except Exception:  # noqa: BLE001 - whatever the compiler of its expressions does not expect
                self._test = _match_nothing
        return bool(self._test(element))


def _match_nothing(_: Any) -> bool:
    return False


def read_selectors(prelude: Sequence[Any], rule: int) -> list[Selector] | None:
    """Return the selectors of a rule; None where one of them is not valid, as browsers drop the rule then."""
    text = tinycss2.serialize(prelude)
    if len(text) > _LONGEST:
        return None
    parsed = _parse(prelude)
    if parsed is None:
        parsed = []
        for part in _split(prelude):
            rewritten = _rewrite(part)
            if any(mark in rewritten for mark in _OF_ENGINES):
                continue  # to the engine that knows the pseudo-element the list is valid
            found = _parse(rewritten)
            if found is None:
                return None
            parsed += found
    return [_describe(selector, rule) for selector in parsed]


def _parse(selectors: Any) -> list[Any] | None:
    """Return parsed selectors that can be compiled; None where one is not valid."""
    try:
        parsed = list(parser.parse(selectors))
        for selector in parsed:
            if _is_unusual(selector.parsed_tree):
                CompiledSelector(selector)
    except Exception:  # noqa: BLE001 - invalid selectors end in many ways, recursion among them
        return None
    return parsed


def _is_unusual(node: Any) -> bool:
    """Return whether a selector has parts of which only the compiler knows whether they are valid."""
    while isinstance(node, parser.CombinedSelector):
        if _is_unusual(node.right):
            return True
        node = node.left
    plain = (parser.LocalNameSelector, parser.ClassSelector, parser.IDSelector)
    return not all(isinstance(simple, plain) for simple in node.simple_selectors)


def _describe(selector: Any, rule: int) -> Selector:
    needs: set[str] = set()
    above: set[str] = set()
    node, relation = selector.parsed_tree, "self"
    own: list[str] = []
    while True:
        compound = node.right if isinstance(node, parser.CombinedSelector) else node
        keys = [key for simple in compound.simple_selectors if (key := _find_key(simple))]
        needs.update(keys)
        if relation == "self":
            own = keys
        elif relation == "above":
            above.update(key for key in keys if key[0] != "[")
        if not isinstance(node, parser.CombinedSelector):
            break
        relation = "above" if node.combinator in (" ", ">") else "beside"
        node = node.left
    key = max(own, key=_rank, default="")
    return Selector(
        rule, key, frozenset(needs), frozenset(above), selector.specificity, selector.pseudo_element, selector
    )


def _find_key(simple: Any) -> str:
    if isinstance(simple, parser.IDSelector):
        return f"#{simple.ident}"
    if isinstance(simple, parser.ClassSelector):
        return f".{simple.class_name}"
    if isinstance(simple, parser.LocalNameSelector):
        return str(simple.lower_local_name)
    if isinstance(simple, parser.AttributeSelector) and not simple.namespace:
        return f"[{simple.lower_name}]"
    return ""


def _rank(key: str) -> int:
    """Return how few elements are likely to have a key."""
    return {"#": 3, ".": 2, "[": 1}.get(key[0], 0)


def _split(prelude: Sequence[Any]) -> list[list[Any]]:
    parts: list[list[Any]] = [[]]
    for token in prelude:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        else:
            parts[-1].append(token)
    return parts


def _rewrite(tokens: Sequence[Any], depth: int = 0) -> str:
    """Return a selector's text with pseudo-classes that cssselect2 lacks in other words."""
    text: list[str] = []
    for token in tokens:
        follows_colon = bool(text) and text[-1] == ":"
        if follows_colon and token.type == "ident" and token.lower_value in _PSEUDO_CLASSES:
            text[-1] = _PSEUDO_CLASSES[token.lower_value]
        elif follows_colon and token.type == "function" and token.lower_name in _MATCHES_ANY and depth < 20:
            inner = ",".join(_rewrite(part, depth + 1) for part in _split(token.arguments))
            text.append(f"{_MATCHES_ANY[token.lower_name]}({inner})")
        elif follows_colon and token.type == "function" and token.lower_name == "dir":
            text[-1] = ":not([dir=rtl], [dir=rtl] *)" if "ltr" in token.serialize().lower() else "[dir=rtl]"
        else:
            text.append(token.serialize())
    return "".join(text)
