"""Style sheets as lists of rules, with conditions decided and nesting undone."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

import tinycss2

from glyph_integrations.source.formats.html.addresses import decode_data
from glyph_integrations.source.formats.html.css.media import container_holds, media_holds, supports_holds
from glyph_integrations.source.formats.html.css.properties import Pairs, matters, read_declaration

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

UNLAYERED = 1 << 30
"""The rank of rules outside ``@layer``, above all layers."""
_MOST_CHARACTERS = 4_000_000
_DEEPEST = 12
_TRANSPARENT_BLOCKS = frozenset({"scope", "document", "-moz-document"})


@dataclass(frozen=True, slots=True)
class Declaration:
    """What one declaration sets.

    Attributes:
        name: The property.
        pairs: Longhands with their values.
        tokens: The component values of a custom property, or of a value that waits for one.
        important: Whether it is ``!important``.
    """

    name: str
    pairs: Pairs = ()
    tokens: tuple[Any, ...] = ()
    important: bool = False


@dataclass(frozen=True, slots=True)
class Rule:
    """Declarations that hold for the elements that a list of selectors matches; layers of higher rank win."""

    prelude: Sequence[Any]
    declarations: tuple[Declaration, ...]
    layer: int = UNLAYERED


@dataclass(slots=True)
class Sheets:
    """All that the style sheets of a page say.

    Attributes:
        rules: In order.
        keyframes: The last key frame of each animation.
        missing: Addresses of sheets that are not at hand.
        unread: Characters of sheets beyond what is read.
    """

    rules: list[Rule] = field(default_factory=list)
    keyframes: dict[str, tuple[Declaration, ...]] = field(default_factory=dict)
    missing: list[str] = field(default_factory=list)
    unread: int = 0
    _layers: dict[str, int] = field(default_factory=dict)
    _characters: int = 0

    def read(self, css: str) -> None:
        """Add the rules of one sheet."""
        self._characters += len(css)
        if self._characters > _MOST_CHARACTERS:
            self.unread += len(css)
            return
        nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
        self._read_nodes(nodes, None, UNLAYERED, "", 0)

    def _read_nodes(self, nodes: Iterable[Any], parent: Any, layer: int, path: str, depth: int) -> None:
        """Read rules, and the declarations among them, which belong to the rule around them."""
        declarations: list[Any] = []
        for node in nodes:
            if node.type == "declaration":
                declarations.append(node)
            elif node.type == "qualified-rule" and depth < _DEEPEST:
                prelude = node.prelude if parent is None else _nest(node.prelude, parent)
                content = tinycss2.parse_blocks_contents(node.content, skip_comments=True, skip_whitespace=True)
                self._read_nodes(content, prelude, layer, path, depth + 1)
            elif node.type == "at-rule" and depth < _DEEPEST:
                self._read_at_rule(node, parent, layer, path, depth + 1)
        if declarations and parent is not None:
            found = read_declarations(declarations)
            if found:
                self.rules.append(Rule(parent, found, layer))

    def _read_at_rule(self, rule: Any, parent: Any, layer: int, path: str, depth: int) -> None:
        name = rule.lower_at_keyword
        if name == "import":
            address = str(next((part.value for part in rule.prelude if part.type in ("string", "url")), ""))
            found = decode_data(address) if address[:5].lower() == "data:" and depth < _DEEPEST else None
            if found is None:
                self.missing.append(address)
            else:
                css = found[0].decode("utf-8", "replace")
                nodes = tinycss2.parse_stylesheet(css, skip_comments=True, skip_whitespace=True)
                self._read_nodes(nodes, None, layer, path, depth + 1)
        elif name.endswith("keyframes"):
            self._read_keyframes(rule)
        elif name == "layer":
            for layer_name in tinycss2.serialize(rule.prelude).split(","):
                layer_path = f"{path}.{layer_name.strip() or f'({len(self._layers)})'}"
                layer = self._layers.setdefault(layer_path, len(self._layers))
            if rule.content is not None:
                self._read_nodes(_parse_block(rule.content, parent), parent, layer, layer_path, depth)
        elif rule.content is not None and _holds(name, rule.prelude):
            self._read_nodes(_parse_block(rule.content, parent), parent, layer, path, depth)

    def _read_keyframes(self, rule: Any) -> None:
        name = next((str(part.value) for part in rule.prelude if part.type in ("ident", "string")), "")
        for frame in tinycss2.parse_rule_list(rule.content or [], skip_comments=True, skip_whitespace=True):
            if frame.type == "qualified-rule":
                places = tinycss2.serialize(frame.prelude).replace(" ", "").lower().split(",")
                if "to" in places or "100%" in places:
                    content = tinycss2.parse_blocks_contents(frame.content, skip_comments=True, skip_whitespace=True)
                    self.keyframes[name] = read_declarations(content)


def read_declarations(nodes: Iterable[Any]) -> tuple[Declaration, ...]:
    """Return the declarations that are valid and matter here."""
    found = []
    for node in nodes:
        if node.type != "declaration":
            continue
        name = node.name if node.name.startswith("--") else node.lower_name
        if not matters(name):
            continue
        if name.startswith("--") or refers_to_variable(node.value):
            found.append(Declaration(name, tokens=tuple(node.value), important=node.important))
            continue
        pairs = read_declaration(name, node.value)
        if pairs:
            found.append(Declaration(name, pairs, important=node.important))
    return tuple(found)


def read_inline(style: str) -> tuple[Declaration, ...]:
    """Return the declarations of a ``style`` attribute."""
    return read_declarations(tinycss2.parse_blocks_contents(style[:_MOST_CHARACTERS], skip_comments=True))


def refers_to_variable(tokens: Iterable[Any]) -> bool:
    """Return whether there is a ``var()`` among component values, however deep."""
    stack = list(tokens)
    while stack:
        token = stack.pop()
        if token.type == "function":
            if token.lower_name in ("var", "env"):
                return True
            stack += token.arguments
        elif token.type.endswith("block"):
            stack += token.content
    return False


def _holds(name: str, prelude: Sequence[Any]) -> bool:
    if name == "media":
        return media_holds(prelude)
    if name == "supports":
        return supports_holds(prelude)
    return container_holds(prelude) if name == "container" else name in _TRANSPARENT_BLOCKS


def _parse_block(content: Sequence[Any], parent: Any) -> list[Any]:
    parse = tinycss2.parse_rule_list if parent is None else tinycss2.parse_blocks_contents
    nodes: list[Any] = parse(content, skip_comments=True, skip_whitespace=True)
    return nodes


def _nest(prelude: Sequence[Any], parent: Sequence[Any]) -> list[Any]:
    """Return the selectors of a rule within another: ``&`` stands for those around it, or they come before."""
    outer = f":is({tinycss2.serialize(parent).strip()})"
    selectors = [
        selector.replace("&", outer) if "&" in selector else f"{outer} {selector.strip()}"
        for selector in tinycss2.serialize(prelude).split(",")
    ]
    tokens: list[Any] = tinycss2.parse_component_value_list(",".join(selectors))
    return tokens
