"""The properties that decide what a person can read: from component values to values, shorthands taken apart."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from glyph_integrations.source.formats.html.css.colors import UNKNOWN, Paint, read_color, read_gradient
from glyph_integrations.source.formats.html.css.lengths import Length, parse_length, parse_number, split_at_commas
from glyph_integrations.source.formats.html.css.shapes import read_clip, read_clip_path, read_filter, read_transform

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

Pairs = tuple[tuple[str, Any], ...]
"""Longhands with their values."""

KEYWORDS = frozenset({"inherit", "initial", "unset", "revert", "revert-layer"})
AUTO = "auto"

_WORDS = {
    "display": frozenset(
        [
            "none",
            "contents",
            "block",
            "inline",
            "inline-block",
            "flex",
            "inline-flex",
            "grid",
            "inline-grid",
            "flow-root",
            "list-item",
            "table",
            "inline-table",
            "table-row",
            "table-cell",
            "table-row-group",
            "table-header-group",
            "table-footer-group",
            "table-caption",
            "table-column",
            "table-column-group",
            "run-in",
            "flow",
            "ruby",
            "ruby-text",
            "ruby-base",
            "math",
            "-webkit-box",
            "-webkit-inline-box",
            "-webkit-flex",
            "-ms-flexbox",
        ]
    ),
    "visibility": frozenset({"visible", "hidden", "collapse"}),
    "position": frozenset({"static", "relative", "absolute", "fixed", "sticky", "-webkit-sticky"}),
    "float": frozenset({"none", "left", "right", "inline-start", "inline-end"}),
    "overflow-x": frozenset({"visible", "hidden", "clip", "scroll", "auto", "overlay"}),
    "content-visibility": frozenset({"visible", "auto", "hidden"}),
    "-webkit-text-security": frozenset({"none", "disc", "circle", "square"}),
    "background-clip": frozenset({"border-box", "padding-box", "content-box", "text", "border-area"}),
    "vertical-align": frozenset({"baseline", "sub", "super", "top", "text-top", "middle", "bottom", "text-bottom"}),
    "isolation": frozenset({"auto", "isolate"}),
    "box-sizing": frozenset({"content-box", "border-box"}),
}
_WORDS["overflow-y"] = _WORDS["overflow-x"]
_FONT_SIZES = {
    "xx-small": 9.0, "x-small": 10.0, "small": 13.0, "medium": 16.0, "large": 18.0, "x-large": 24.0,
    "xx-large": 32.0, "xxx-large": 48.0, "smaller": Length(em=1 / 1.2), "larger": Length(em=1.2), "math": Length(em=1),
}  # fmt: skip
_LENGTHS = [
    "left",
    "top",
    "right",
    "bottom",
    "margin-left",
    "margin-top",
    "margin-right",
    "padding-left",
    "padding-top",
    "padding-bottom",
    "padding-right",
    "width",
    "height",
    "min-width",
    "min-height",
    "max-width",
    "max-height",
    "text-indent",
    "letter-spacing",
]
_ALIASES = {
    "word-wrap": "overflow-wrap",
    "-webkit-text-fill-color": "fill-color",
    "-webkit-background-clip": "background-clip",
    "-webkit-clip-path": "clip-path",
    "-webkit-transform": "transform",
    "-ms-transform": "transform",
    "-webkit-filter": "filter",
    "-webkit-animation": "animation",
    "-webkit-animation-name": "animation-name",
    "-webkit-animation-fill-mode": "animation-fill-mode",
    "text-decoration-line": "text-decoration",
    "-webkit-text-decoration": "text-decoration",
    "-webkit-text-decoration-line": "text-decoration",
    "list-style-type": "list-style",
    "inset-inline-start": "left",
    "inset-inline-end": "right",
    "inset-block-start": "top",
    "inset-block-end": "bottom",
    "margin-inline-start": "margin-left",
    "margin-inline-end": "margin-right",
    "margin-block-start": "margin-top",
    "padding-inline-start": "padding-left",
    "padding-block-start": "padding-top",
    "padding-block-end": "padding-bottom",
    "inline-size": "width",
    "block-size": "height",
    "min-inline-size": "min-width",
    "min-block-size": "min-height",
    "max-inline-size": "max-width",
    "max-block-size": "max-height",
    "white-space-collapse": "white-space",
}


def read_declaration(name: str, tokens: Sequence[Any]) -> Pairs | None:
    """The longhands that a declaration sets; None where it is not valid, empty where it does not matter here.

    Custom properties and values with ``var()`` are for the caller.
    """
    name = _ALIASES.get(name, name)
    values = [token for token in tokens if token.type not in ("whitespace", "comment")]
    if not values:
        return None
    if len(values) == 1 and values[0].type == "ident" and values[0].lower_value in KEYWORDS:
        longhands = SHORTHANDS.get(name, (name,) if name in _READERS or name in _WORDS else ())
        return tuple((longhand, values[0].lower_value) for longhand in longhands)
    if name in _WORDS:
        return _read_word(name, values)
    reader = _READERS.get(name)
    return reader(name, values) if reader else ()


def matters(name: str) -> bool:
    """Whether a property changes anything here."""
    name = _ALIASES.get(name, name)
    return name.startswith("--") or name in _READERS or name in _WORDS or name in SHORTHANDS


def _read_word(name: str, values: list[Any]) -> Pairs | None:
    words = [value.lower_value for value in values if value.type == "ident"]
    if name == "display" and len(words) > 1 and len(words) == len(values):  # "inline flow-root", "block flex"
        inner = next((word for word in words if word not in ("block", "inline", "flow")), "flow")
        words = [f"inline-{inner}".replace("-flow-root", "-block") if "inline" in words else inner]
    if name == "background-clip":
        words = [word for word in words if word == "text"] or words[:1]
    if name == "vertical-align" and (length := parse_length(values[0])) is not None:
        return ((name, length),)
    return ((name, words[0]),) if words and len(words) == 1 and words[0] in _WORDS[name] else None


def _read_length(name: str, values: list[Any]) -> Pairs | None:
    first = values[0]
    if first.type == "ident":
        return ((name, first.lower_value),)  # auto, none, normal, min-content …
    length = parse_length(first)
    if length is None:
        return ((name, AUTO),) if first.type == "function" else None
    return ((name, length),)


def _read_sides(name: str, values: list[Any]) -> Pairs | None:
    """Four sides from one to four values."""
    prefix = "" if name.startswith("inset") else f"{name.partition('-')[0]}-"
    sides = [_read_length("side", [value]) for value in values[:4]]
    if any(side is None for side in sides):
        return None
    found = [side[0][1] for side in sides if side]
    if name.endswith(("-block", "-inline")):
        names = ("top", "bottom") if name.endswith("-block") else ("left", "right")
        return tuple((prefix + side, value) for side, value in zip(names, (found[0], found[-1]), strict=True))
    right = found[1 % len(found)]
    bottom = found[2] if len(found) > 2 else found[0]
    left = found[3] if len(found) > 3 else right
    return tuple(
        (prefix + side, value)
        for side, value in zip(("top", "right", "bottom", "left"), (found[0], right, bottom, left), strict=True)
    )


def _read_number(name: str, values: list[Any]) -> Pairs | None:
    number = parse_number(values[0])
    return None if number is None or len(values) > 1 else ((name, number),)


def _read_paint(name: str, values: list[Any]) -> Pairs | None:
    paint = read_color(values[0])
    return None if paint is None or len(values) > 1 else ((name, paint),)


def _read_fill(name: str, values: list[Any]) -> Pairs | None:
    """A drawing's color; none of its own is transparent, and a pattern is unknown."""
    if values[0].type == "ident" and values[0].lower_value == "none":
        return ((name, Paint(0, 0, 0, 0)),)
    return _read_paint(name, values) if values[0].type != "url" else ((name, UNKNOWN),)


def _read_font_size(name: str, values: list[Any]) -> Pairs | None:
    first = values[0]
    if first.type == "ident":
        size = _FONT_SIZES.get(first.lower_value)
        return None if size is None else ((name, Length(px=size) if isinstance(size, float) else size),)
    length = parse_length(first)
    if length is None or min(length) < 0 <= max(length) <= 0:
        return None
    return ((name, length),)


def _read_font(_: str, values: list[Any]) -> Pairs | None:
    """Style, variant and weight, then the size, ``/`` and a line's height, then families."""
    for position, value in enumerate(values):
        is_weight = value.type == "number" and value.value >= 1
        size = None if is_weight else _read_font_size("font-size", [value])
        if size:
            rest = values[position + 1 :]
            if rest and rest[0] == "/":
                rest = rest[2:]
            return (*size, *(_read_family("font-family", rest) or ()))
    return ()  # "caption", "menu"


def _read_family(name: str, values: list[Any]) -> Pairs | None:
    first = split_at_commas(values)[0] if values else []
    words = [str(value.value) for value in first if value.type in ("ident", "string")]
    return ((name, " ".join(words).lower()),) if words else None


def _read_overflow(_: str, values: list[Any]) -> Pairs | None:
    across = _read_word("overflow-x", values[:1])
    down = _read_word("overflow-y", values[-1:])
    return None if across is None or down is None or len(values) > 2 else (*across, *down)


def _read_images(name: str, values: list[Any]) -> Pairs | None:
    """None at all, the colours of gradients, or ``UNKNOWN``."""
    if all(value.type == "ident" and value.lower_value == "none" for value in values):
        return ((name, ()),)
    gradients = [read_gradient(value) for value in values if value.type == "function"]
    known = len(gradients) == 1 and not any(value.type == "url" for value in values)
    return ((name, gradients[0] if known and gradients[0] else UNKNOWN),)


def _read_background(_: str, values: list[Any]) -> Pairs | None:
    paint: Paint | str = Paint(0, 0, 0, 0)
    images: list[Any] = []
    clip = "border-box"
    for value in values:
        color = read_color(value)
        if color is not None:
            paint = color
        elif value.type == "url" or (value.type == "function" and read_gradient(value) is None):
            images.append(UNKNOWN)
        elif value.type == "function":
            images.append(read_gradient(value))
        elif value.type == "ident" and value.lower_value == "text":
            clip = "text"
    image = () if not images else images[0] if len(images) == 1 else UNKNOWN
    return (("background-color", paint), ("background-image", image), ("background-clip", clip))


def _read_decoration(name: str, values: list[Any]) -> Pairs | None:
    words = {value.lower_value for value in values if value.type == "ident"}
    return ((name, frozenset(words & {"underline", "line-through", "overline", "none"})),)


def _read_list_style(name: str, values: list[Any]) -> Pairs | None:
    """The kind of mark; an image for one is some mark."""
    for value in values:
        if value.type == "string":
            return ((name, f"string:{value.value}"),)
        if value.type == "ident" and value.lower_value not in ("inside", "outside"):
            return ((name, value.lower_value),)
    return ((name, "disc"),) if any(value.type in ("url", "function") for value in values) else ()


def _read_white_space(name: str, values: list[Any]) -> Pairs | None:
    words = {value.lower_value for value in values if value.type == "ident"}
    known = {"normal", "nowrap", "pre", "pre-wrap", "pre-line", "break-spaces", "collapse", "preserve"}
    known |= {"preserve-breaks", "preserve-spaces", "wrap", "balance", "pretty", "stable"}
    return ((name, frozenset(words)),) if words and words <= known else None


def _read_shadow(name: str, values: list[Any]) -> Pairs | None:
    """The colours of the shadows that are drawn."""
    paints = [color for value in values if (color := read_color(value)) is not None]
    if all(value.type == "ident" and value.lower_value == "none" for value in values):
        return ((name, ()),)
    return ((name, tuple(paints) or ("currentcolor",)),)


def _read_content(name: str, values: list[Any]) -> Pairs | None:
    """The tokens, for the writer: strings, attributes, counters."""
    stop = next((place for place, value in enumerate(values) if value == "/"), len(values))
    return ((name, tuple(values[:stop])),)


def _read_animation(name: str, values: list[Any]) -> Pairs | None:
    """Names of key frames, and whether the last one stays or they go round for ever."""
    words = [value.value if value.type == "ident" else "" for value in values]
    strings = [str(value.value) for value in values if value.type == "string"]
    lower = {word.lower() for word in words}
    if name == "animation-fill-mode":
        return ((name, bool(lower & {"forwards", "both"})),)
    if name == "animation-iteration-count":
        return ((name, "infinite" in lower),)
    names = tuple(word for word in (*words, *strings) if word)
    if name == "animation-name":
        return ((name, names),)
    return (
        ("animation-name", names),
        ("animation-fill-mode", bool(lower & {"forwards", "both"})),
        ("animation-iteration-count", "infinite" in lower),
    )


def _read_z_index(name: str, values: list[Any]) -> Pairs | None:
    number = parse_number(values[0])
    return ((name, AUTO if number is None else number),)


def _read_stroke(_: str, values: list[Any]) -> Pairs | None:
    length = next((length for value in values if (length := parse_length(value)) is not None), Length())
    return (("stroke", any(length)),)


def _read_all(_: str, values: list[Any]) -> Pairs | None:  # noqa: ARG001 - only keywords are valid, read before
    return None


def _read_shape(read: Callable[[list[Any]], Any]) -> Callable[[str, list[Any]], Pairs | None]:
    def reader(name: str, values: list[Any]) -> Pairs | None:
        shape = read(values)
        return None if shape is None else ((name, shape),)

    return reader


_READERS: dict[str, Callable[[str, list[Any]], Pairs | None]] = {
    **dict.fromkeys(_LENGTHS, _read_length),
    **dict.fromkeys(("margin", "padding", "inset"), _read_sides),
    **dict.fromkeys(("inset-block", "inset-inline", "margin-block", "margin-inline"), _read_sides),
    **dict.fromkeys(("padding-block", "padding-inline"), _read_sides),
    **dict.fromkeys(("color", "background-color", "fill-color"), _read_paint),
    **dict.fromkeys(("animation", "animation-name", "animation-fill-mode"), _read_animation),
    "animation-iteration-count": _read_animation,
    "fill": _read_fill,
    "all": _read_all,
    "opacity": _read_number,
    "zoom": _read_number,
    "z-index": _read_z_index,
    "font-size": _read_font_size,
    "font": _read_font,
    "font-family": _read_family,
    "overflow": _read_overflow,
    "background": _read_background,
    "background-image": _read_images,
    "text-decoration": _read_decoration,
    "list-style": _read_list_style,
    "white-space": _read_white_space,
    "text-shadow": _read_shadow,
    "content": _read_content,
    "-webkit-text-stroke": _read_stroke,
    "-webkit-text-stroke-width": _read_stroke,
    "clip": _read_shape(read_clip),
    "clip-path": _read_shape(read_clip_path),
    "transform": _read_shape(read_transform),
    "scale": _read_shape(lambda values: read_transform(values, "scale")),
    "translate": _read_shape(lambda values: read_transform(values, "translate")),
    "filter": _read_shape(read_filter),
    "grid-area": _read_z_index,
    "grid-row": _read_z_index,
    "grid-column": _read_z_index,
}
_SIDES = ("top", "right", "bottom", "left")
SHORTHANDS: dict[str, tuple[str, ...]] = {
    "background": ("background-color", "background-image", "background-clip"),
    "font": ("font-size", "font-family"),
    "overflow": ("overflow-x", "overflow-y"),
    "inset": _SIDES,
    "margin": tuple(f"margin-{side}" for side in _SIDES),
    "padding": tuple(f"padding-{side}" for side in _SIDES),
    "animation": ("animation-name", "animation-fill-mode", "animation-iteration-count"),
}
LONGHANDS = tuple(
    sorted({*_WORDS, *_READERS, "stroke"} - {*SHORTHANDS, "all", "-webkit-text-stroke", "-webkit-text-stroke-width"})
)
SHORTHANDS["all"] = LONGHANDS
