"""Whether a media query or a condition of ``@supports`` holds in a desktop's browser."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glyph_integrations.source.formats.html.css.lengths import (
    ROOT_FONT_SIZE,
    WINDOW_HEIGHT,
    WINDOW_WIDTH,
    Length,
    parse_length,
    parse_number,
    split_at_commas,
)

if TYPE_CHECKING:
    from collections.abc import Sequence

_WORDS = {
    "orientation": "landscape",
    "prefers-color-scheme": "light",
    "prefers-reduced-motion": "no-preference",
    "prefers-reduced-transparency": "no-preference",
    "prefers-contrast": "no-preference",
    "forced-colors": "none",
    "inverted-colors": "none",
    "scripting": "enabled",
    "hover": "hover",
    "any-hover": "hover",
    "pointer": "fine",
    "any-pointer": "fine",
    "display-mode": "browser",
    "update": "fast",
    "overflow-block": "scroll",
    "overflow-inline": "scroll",
    "scan": "progressive",
}
_NUMBERS = {
    "width": WINDOW_WIDTH,
    "device-width": WINDOW_WIDTH,
    "inline-size": WINDOW_WIDTH,
    "height": WINDOW_HEIGHT,
    "device-height": WINDOW_HEIGHT,
    "block-size": WINDOW_HEIGHT,
    "aspect-ratio": WINDOW_WIDTH / WINDOW_HEIGHT,
    "device-aspect-ratio": WINDOW_WIDTH / WINDOW_HEIGHT,
    "resolution": 1.0,
    "-webkit-device-pixel-ratio": 1.0,
    "color": 8.0,
    "color-index": 0.0,
    "monochrome": 0.0,
    "grid": 0.0,
}
_PER_PX = {"dppx": 1.0, "x": 1.0, "dpi": 1 / 96, "dpcm": 2.54 / 96}
_OTHER_ENGINES = ("-ms-", "-moz-", "-o-", "-webkit-touch-callout", "-webkit-hyphens")
_DEEPEST = 16


def media_holds(tokens: Sequence[Any]) -> bool:
    """Whether a list of media queries holds; an empty one does."""
    queries = [query for query in split_at_commas(tokens) if query]
    return not queries or any(_query_holds(query) for query in queries)


def supports_holds(tokens: Sequence[Any]) -> bool:
    """Whether a condition of ``@supports`` holds: today's browsers support whatever other engines did not prefix."""
    return _condition_holds(
        [token for token in tokens if token.type not in ("whitespace", "comment")], _is_supported, 0
    )


def container_holds(tokens: Sequence[Any]) -> bool:
    """Whether a condition of ``@container`` holds, with the window for the container; its name is passed over."""
    significant = [token for token in tokens if token.type not in ("whitespace", "comment")]
    if significant and significant[0].type == "ident" and significant[0].lower_value not in ("not", "and", "or"):
        significant = significant[1:]
    return _condition_holds(significant, _feature_holds, 0)


def _query_holds(query: list[Any]) -> bool:
    negated = False
    if len(query) > 1 and query[1].type == query[0].type == "ident" and query[0].lower_value in ("not", "only"):
        negated = query[0].lower_value == "not"
        query = query[1:]
    if query[0].type == "ident" and query[0].lower_value != "not":
        holds = query[0].lower_value in ("all", "screen")
        rest = query[2:] if len(query) > 1 else []
        holds = holds and (not rest or _condition_holds(rest, _feature_holds, 0))
    else:
        holds = _condition_holds(query, _feature_holds, 0)
    return bool(holds != negated)


def _condition_holds(tokens: list[Any], test: Any, depth: int) -> bool:
    """``not`` before a condition, and ``and`` or ``or`` between them."""
    results: list[bool] = []
    joined_by_or, negated = False, False
    for token in tokens:
        if token.type == "ident":
            negated = negated or token.lower_value == "not"
            joined_by_or = joined_by_or or token.lower_value == "or"
        elif token.type in ("() block", "function"):
            results.append(_part_holds(token, test, depth) != negated)
            negated = False
    return bool(results) and (any(results) if joined_by_or else all(results))


def _part_holds(token: Any, test: Any, depth: int) -> bool:
    content = [part for part in (token.content if token.type == "() block" else []) if part.type != "whitespace"]
    nested = any(part.type == "() block" for part in content) and not any(part.type == "literal" for part in content)
    if nested and depth < _DEEPEST:
        return _condition_holds(content, test, depth + 1)
    return bool(test(token))


def _is_supported(token: Any) -> bool:
    if token.type == "function":
        return bool(token.lower_name == "selector")
    return not any(part.type == "ident" and part.lower_value.startswith(_OTHER_ENGINES) for part in token.content)


def _feature_holds(token: Any) -> bool:
    if token.type != "() block":
        return False
    parts = [part for part in token.content if part.type not in ("whitespace", "comment")]
    if not parts:
        return False
    if len(parts) == 1 and parts[0].type == "ident":
        name = parts[0].lower_value
        return _WORDS.get(name, "none") != "none" or bool(_NUMBERS.get(name))
    if parts[0].type == "ident" and len(parts) > 2 and parts[1] == ":":
        return _plain_feature_holds(parts[0].lower_value, parts[2:])
    return _range_holds(parts)


def _plain_feature_holds(name: str, values: list[Any]) -> bool:
    if name in _WORDS:
        return values[0].type == "ident" and bool(values[0].lower_value == _WORDS[name])
    value = _number(values)
    bound = next((bound for bound in ("min-", "max-") if bound in name), "")
    actual = _NUMBERS.get(name.replace(bound, "", 1))
    if value is None or actual is None:
        return False
    return actual >= value if bound == "min-" else actual <= value if bound == "max-" else actual == value


def _range_holds(parts: list[Any]) -> bool:
    """``(400px <= width < 900px)`` and its shorter forms."""
    sides: list[list[Any]] = [[]]
    signs: list[str] = []
    for part in parts:
        if part.type == "literal" and part.value in ("<", ">", "<=", ">=", "="):
            if sides[-1] or not signs:
                signs.append(part.value)
                sides.append([])
            else:
                signs[-1] += part.value
        else:
            sides[-1].append(part)
    values = [
        _NUMBERS.get(side[0].lower_value) if len(side) == 1 and side[0].type == "ident" else _number(side)
        for side in sides
    ]
    if not signs or any(value is None for value in values):
        return False
    return all(
        _compares(left, sign, right)  # type: ignore[arg-type]
        for left, sign, right in zip(values, signs, values[1:], strict=False)
    )


def _compares(left: float, sign: str, right: float) -> bool:
    return {
        "<": left < right, ">": left > right, "<=": left <= right, ">=": left >= right, "=": left == right,
    }.get(sign, False)  # fmt: skip


def _number(values: list[Any]) -> float | None:
    """A length in px, a resolution, a number, or a ratio."""
    if not values:
        return None
    first = values[0]
    if first.type == "dimension" and first.lower_unit in _PER_PX:
        return float(first.value) * _PER_PX[first.lower_unit]
    number = parse_number(first)
    if number is not None and len(values) == 3 and values[1] == "/":
        divisor = parse_number(values[2])
        return number / divisor if divisor else None
    if number is not None:
        return number
    length = parse_length(first)
    return length.resolve(ROOT_FONT_SIZE) if isinstance(length, Length) else None
