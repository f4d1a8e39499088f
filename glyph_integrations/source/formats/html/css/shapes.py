"""Clips, transforms and filters: how much of a box they leave to see."""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any, NamedTuple

from glyph_integrations.source.formats.html.css.lengths import Length, parse_length, parse_number, split_at_commas

if TYPE_CHECKING:
    from collections.abc import Sequence

_RADIANS = {"deg": math.pi / 180, "grad": math.pi / 200, "rad": 1.0, "turn": 2 * math.pi}
_LEAST = 1.0
"""px: a clip that leaves less than this across or down leaves nothing to read."""


class Transform(NamedTuple):
    """How large a box is drawn, and how far from its place."""

    scale: float = 1.0
    across: Length = Length()
    down: Length = Length()


class Filter(NamedTuple):
    """What a filter leaves of an element: its opacity, and the radius that it is blurred by, in px."""

    opacity: float = 1.0
    blur: float = 0.0


def read_clip(values: Sequence[Any]) -> bool | None:
    """Whether ``clip`` leaves nothing; None where it is not valid."""
    first = values[0]
    if first.type == "ident":
        return False if first.lower_value == "auto" else None
    if first.type != "function" or first.lower_name != "rect":
        return None
    sides = [side for part in split_at_commas(first.arguments) for side in part]
    if len(sides) != 4:
        return None
    top, right, bottom, left = (_px(side) for side in sides)
    return _is_thin(left, right, 0.0) or _is_thin(top, bottom, 0.0)


def read_clip_path(values: Sequence[Any]) -> bool | None:
    """Whether ``clip-path`` leaves nothing; a shape that cannot be worked out leaves something."""
    shape = next((value for value in values if value.type == "function"), None)
    if shape is None:
        return False
    arguments = [token for token in shape.arguments if token.type not in ("whitespace", "comment")]
    if shape.lower_name == "inset":
        return _is_empty_inset(arguments)
    if shape.lower_name in ("circle", "ellipse"):
        count = 1 if shape.lower_name == "circle" else 2
        radii = [argument for argument in arguments[:count] if argument.type != "ident"]
        return any(length is not None and not any(length) for length in map(parse_length, radii))
    if shape.lower_name in ("rect", "xywh"):
        lengths = [parse_length(token) for token in arguments[:4]]
        if len(lengths) < 4 or any(length is None for length in lengths):
            return False
        px = [length.resolve(16.0, 1000.0) for length in lengths if length is not None]
        return min(px[2:]) < _LEAST if shape.lower_name == "xywh" else px[1] - px[3] < _LEAST or px[2] - px[0] < _LEAST
    return shape.lower_name == "polygon" and _is_empty_polygon(shape.arguments)


def _is_empty_inset(arguments: list[Any]) -> bool:
    stop = next((n for n, token in enumerate(arguments) if token.type == "ident"), len(arguments))
    lengths = [parse_length(token) for token in arguments[:stop][:4]]
    if not lengths or any(length is None for length in lengths):
        return False
    sides = [length for length in lengths if length is not None]
    top, right = sides[0], sides[1 % len(sides)]
    bottom, left = (sides[2] if len(sides) > 2 else top), (sides[3] if len(sides) > 3 else right)
    return any(pair.part >= 1 or pair.px >= 3000 for pair in (top.add(bottom), left.add(right)))


def _is_empty_polygon(arguments: Sequence[Any]) -> bool:
    """Whether its area is nothing, on a box of 1,000 × 1,000 px."""
    points: list[tuple[float, float]] = []
    for part in split_at_commas(arguments):
        lengths = [length for token in part if (length := parse_length(token)) is not None]
        if len(lengths) == 2:
            points.append((lengths[0].resolve(16.0, 1000.0), lengths[1].resolve(16.0, 1000.0)))
        elif not (part and part[0].type == "ident"):
            return False
    around = zip(points, [*points[1:], *points[:1]], strict=True)
    return abs(sum(x0 * y1 - x1 * y0 for (x0, y0), (x1, y1) in around)) < 2 * _LEAST or _lies_outside(points)


def _lies_outside(points: list[tuple[float, float]]) -> bool:
    return bool(points) and any(
        all(point[axis] <= 0 for point in points) or all(point[axis] >= 3000 for point in points) for axis in (0, 1)
    )


def _px(token: Any) -> float | None:
    length = parse_length(token)
    return None if length is None else length.resolve(16.0)


def _is_thin(low: float | None, high: float | None, start: float) -> bool:
    return high is not None and high - (start if low is None else low) <= _LEAST


def read_transform(values: Sequence[Any], only: str = "") -> Transform | None:
    """The scale and the way of a ``transform``, or of the property ``scale`` or ``translate``."""
    if values[0].type == "ident":
        return Transform() if values[0].lower_value == "none" else None
    if only == "scale":
        return Transform(scale=_smallest([parse_number(value) for value in values[:2]]))
    if only == "translate":
        return _translation([parse_length(value) for value in values])
    total = Transform()
    for value in values:
        if value.type != "function":
            return None
        step = _read_step(value)
        total = Transform(total.scale * step.scale, total.across.add(step.across), total.down.add(step.down))
    return total


def _read_step(function: Any) -> Transform:
    """Return what one function of a ``transform`` does."""
    name = function.lower_name
    arguments = [part[0] for part in split_at_commas(function.arguments) if part]
    numbers = [parse_number(argument) or 0.0 for argument in arguments]
    if name.startswith("scale") and name != "scalez":
        used = arguments[:2] if name in ("scale", "scale3d") else arguments[:1]
        return Transform(scale=_smallest([parse_number(argument) for argument in used]))
    if name.startswith("translate") and name != "translatez":
        lengths = [parse_length(argument) for argument in arguments]
        return _translation([Length(), *lengths] if name == "translatey" else lengths)
    if name in ("matrix", "matrix3d"):
        return _read_matrix(numbers)
    if name in ("rotatex", "rotatey", "skew", "skewx", "skewy") and arguments:
        angle = _angle(arguments[0])
        return Transform(scale=1.0 if angle is None else abs(math.cos(angle)))
    return Transform()


def _read_matrix(numbers: list[float]) -> Transform:
    if len(numbers) == 6:
        a, b, c, d, across, down = numbers
    elif len(numbers) == 16:
        (a, b), (c, d), (across, down) = numbers[:2], numbers[4:6], numbers[12:14]
    else:
        return Transform()
    size = min(math.hypot(a, b), math.hypot(c, d), abs(a * d - b * c))
    return Transform(size, Length(px=across), Length(px=down))


def _angle(token: Any) -> float | None:
    if token.type == "dimension" and token.lower_unit in _RADIANS:
        return float(token.value) * _RADIANS[token.lower_unit]
    return 0.0 if token.type == "number" else None


def _smallest(numbers: list[float | None]) -> float:
    return min((abs(number) for number in numbers if number is not None), default=1.0)


def _translation(lengths: list[Length | None]) -> Transform:
    across = lengths[0] if lengths and lengths[0] is not None else Length()
    down = lengths[1] if len(lengths) > 1 and lengths[1] is not None else Length()
    return Transform(across=across, down=down)


def read_filter(values: Sequence[Any]) -> Filter | None:
    """What a chain of filters leaves."""
    result = Filter()
    for value in values:
        if value.type != "function":
            continue
        argument = next((token for token in value.arguments if token.type not in ("whitespace", "comment")), None)
        if value.lower_name == "opacity" and argument is not None:
            number = parse_number(argument)
            result = result._replace(opacity=result.opacity * (1.0 if number is None else min(max(number, 0.0), 1.0)))
        elif value.lower_name == "blur" and argument is not None:
            length = parse_length(argument)
            result = result._replace(blur=max(result.blur, length.resolve(16.0) if length else 0.0))
    return result
