"""Lengths, with ``calc()`` and its kin, and the window that relative ones are measured against."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Sequence

WINDOW_WIDTH, WINDOW_HEIGHT = 1280.0, 800.0
"""px: a desktop's browser."""
ROOT_FONT_SIZE = 16.0

_PX = {
    "px": 1.0, "pt": 96 / 72, "pc": 16.0, "in": 96.0, "cm": 96 / 2.54, "mm": 96 / 25.4, "q": 96 / 101.6,
    **dict.fromkeys(("vw", "vi", "svw", "lvw", "dvw", "cqw", "cqi", "vmax"), WINDOW_WIDTH / 100),
    **dict.fromkeys(("vh", "vb", "svh", "lvh", "dvh", "cqh", "cqb", "vmin"), WINDOW_HEIGHT / 100),
}  # fmt: skip
_EM = {"em": 1.0, "ex": 0.5, "ch": 0.5, "cap": 0.7, "ic": 1.0, "lh": 1.2}
_REM = {"rem": 1.0, "rlh": 1.2}
_DEEPEST = 32


class Length(NamedTuple):
    """A sum of px, of the font's size, of the root's and of a part (1 = 100 %) of some other length."""

    px: float = 0.0
    em: float = 0.0
    rem: float = 0.0
    part: float = 0.0

    def resolve(self, font_size: float, whole: float = WINDOW_WIDTH) -> float:
        """Px, where ``whole`` is what 100 % are."""
        return self.px + self.em * font_size + self.rem * ROOT_FONT_SIZE + self.part * whole

    def scale(self, factor: float) -> Length:
        """The length times a number."""
        return Length(*(value * factor for value in self))

    def add(self, other: Length) -> Length:
        """The sum."""
        return Length(*(a + b for a, b in zip(self, other, strict=True)))


def parse_length(token: Any) -> Length | None:
    """The length that one component value states, or None; a bare number is one only if it is zero."""
    value = _evaluate(token, 0)
    if isinstance(value, float):
        return Length() if value == 0 else None
    return value


def parse_number(token: Any) -> float | None:
    """The number, or the percentage as a part of 1, that one component value states."""
    value = _evaluate(token, 0)
    if isinstance(value, Length):
        return value.part if value == Length(part=value.part) else None
    return value


def _evaluate(token: Any, depth: int) -> Length | float | None:
    value: Length | float | None = None
    if token.type == "number":
        value = float(token.value)
    elif token.type == "percentage":
        value = Length(part=float(token.value) / 100)
    elif token.type == "dimension":
        value = _with_unit(float(token.value), token.lower_unit)
    elif token.type == "() block" and depth < _DEEPEST:
        value = _sum(token.content, depth + 1)
    elif token.type == "function" and depth < _DEEPEST:
        value = _function(token.lower_name, token.arguments, depth + 1)
    return value


def _with_unit(value: float, unit: str) -> Length | None:
    if unit in _PX:
        return Length(px=value * _PX[unit])
    if unit in _EM:
        return Length(em=value * _EM[unit])
    return Length(rem=value * _REM[unit]) if unit in _REM else None


def _function(name: str, arguments: Sequence[Any], depth: int) -> Length | float | None:
    if name in ("calc", "-webkit-calc", "-moz-calc"):
        return _sum(arguments, depth)
    if name not in ("min", "max", "clamp"):
        return None
    parts = split_at_commas(arguments)
    values = [value for part in parts if (value := _sum(part, depth)) is not None]
    if len(values) < len(parts) or (name == "clamp" and len(values) != 3):
        return None

    def px(value: Length | float) -> float:
        return value.resolve(ROOT_FONT_SIZE) if isinstance(value, Length) else value

    if name == "clamp":
        low, middle, high = values
        return max((low, min((middle, high), key=px)), key=px)
    return min(values, key=px) if name == "min" else max(values, key=px)


def _sum(tokens: Sequence[Any], depth: int) -> Length | float | None:
    """A sum of products; the operators have spaces around them, and products bind more tightly."""
    total: Length | float | None = None
    product: Length | float | None = None
    operator, sign = "", 1.0
    for token in tokens:
        if token.type in ("whitespace", "comment"):
            continue
        if token.type == "literal" and token.value in "+-*/":
            if token.value in "+-":
                total, product, sign = _add(total, product, sign), None, -1.0 if token.value == "-" else 1.0
            operator = token.value
            continue
        value = _evaluate(token, depth)
        if value is None:
            return None
        product = value if product is None else _multiply(product, value, operator)
        if product is None:
            return None
    return _add(total, product, sign)


def _add(total: Length | float | None, product: Length | float | None, sign: float) -> Length | float | None:
    if product is None:
        return total
    signed = product.scale(sign) if isinstance(product, Length) else product * sign
    if total is None:
        return signed
    if isinstance(total, Length) and isinstance(signed, Length):
        return total.add(signed)
    if isinstance(total, float) and isinstance(signed, float):
        return total + signed
    return None


def _multiply(left: Length | float, right: Length | float, operator: str) -> Length | float | None:
    if operator == "/":
        if isinstance(right, Length) or right == 0:
            return None
        return left.scale(1 / right) if isinstance(left, Length) else left / right
    if operator != "*" or (isinstance(left, Length) and isinstance(right, Length)):
        return None
    if isinstance(left, Length):
        return left.scale(float(right))  # type: ignore[arg-type]
    return right.scale(left) if isinstance(right, Length) else left * right


def split_at_commas(tokens: Sequence[Any]) -> list[list[Any]]:
    """The parts of a list of component values, without white space and comments."""
    parts: list[list[Any]] = [[]]
    for token in tokens:
        if token.type == "literal" and token.value == ",":
            parts.append([])
        elif token.type not in ("whitespace", "comment"):
            parts[-1].append(token)
    return parts
