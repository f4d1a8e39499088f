"""What browsers do without a style sheet, and the attributes that do what style sheets do."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from tinycss2 import parse_one_component_value

from glyph_integrations.source.formats.html.css.colors import BLACK, UNKNOWN, WHITE, Paint, read_color
from glyph_integrations.source.formats.html.css.lengths import Length
from glyph_integrations.source.formats.html.css.properties import Pairs, read_declaration
from glyph_integrations.source.formats.html.elements import BLOCKS

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_UNDISPLAYED = [
    "area",
    "base",
    "basefont",
    "datalist",
    "link",
    "meta",
    "noembed",
    "noscript",
    "param",
    "rp",
    "script",
    "style",
    "template",
    "title",
]
_DISPLAYS = {
    **dict.fromkeys(BLOCKS | {"frameset", "noframes"}, "block"),
    **dict.fromkeys(_UNDISPLAYED, "none"),
    "li": "list-item", "table": "table", "caption": "table-caption", "tr": "table-row", "td": "table-cell",
    "th": "table-cell", "thead": "table-header-group", "tbody": "table-row-group", "tfoot": "table-footer-group",
    "col": "table-column", "colgroup": "table-column-group", "button": "inline-block", "input": "inline-block",
    "select": "inline-block", "textarea": "inline-block", "meter": "inline-block", "progress": "inline-block",
    "ruby": "ruby", "rt": "ruby-text", "marquee": "inline-block", "head": "contents", "desc": "none",
    "metadata": "none", "defs": "none", "symbol": "none", "svg": "inline-block",
}  # fmt: skip
_EM_SIZES = {
    "h1": 2.0, "h2": 1.5, "h3": 1.17, "h4": 1.0, "h5": 0.83, "h6": 0.67, "small": 1 / 1.2, "big": 1.2, "rt": 0.5,
}  # fmt: skip
_FONT_SIZES = {"1": 10.0, "2": 13.0, "3": 16.0, "4": 18.0, "5": 24.0, "6": 32.0, "7": 48.0}
_FIELD: Pairs = (
    ("color", BLACK),
    ("font-size", Length(px=13.33)),
    ("text-indent", Length()),
    ("letter-spacing", "normal"),
)
_LIST_KINDS = {"a": "lower-alpha", "A": "upper-alpha", "i": "lower-roman", "I": "upper-roman", "1": "decimal"}
_SIZED = frozenset({"table", "td", "th", "img", "iframe", "video", "object", "embed", "canvas", "input", "hr", "col",
                    "svg"})  # fmt: skip
_BACKED = frozenset({"body", "table", "thead", "tbody", "tfoot", "tr", "td", "th", "marquee", "col", "colgroup"})
_LINK = Paint(0, 0, 238)
_SHAPES = ("rect", "path", "circle", "ellipse", "polygon", "image", "use", "line", "polyline")
_OF_DRAWINGS = frozenset({"svg", "g", "text", "tspan", "textpath", "a"})


_STRUCK_OUT = (("text-decoration", frozenset({"line-through"})),)
_KEPT_SPACES = (("white-space", frozenset({"pre"})),)
_MARKED = (("list-style", "default"),)
_PAIRS: dict[str, Pairs] = {
    **{tag: (("font-size", Length(em=size)),) for tag, size in _EM_SIZES.items()},
    **dict.fromkeys(("s", "strike", "del"), _STRUCK_OUT),
    **dict.fromkeys(("pre", "listing", "xmp", "plaintext"), _KEPT_SPACES),
    **dict.fromkeys(("ul", "menu", "dir", "ol"), _MARKED),
    **dict.fromkeys(("input", "select"), (*_FIELD, ("background-color", WHITE))),
    "textarea": (*_FIELD, ("background-color", WHITE), *_KEPT_SPACES),
    "button": (*_FIELD, ("background-color", Paint(240, 240, 240))),
    "sup": (("vertical-align", "super"), ("font-size", Length(em=1 / 1.2))),
    "sub": (("vertical-align", "sub"), ("font-size", Length(em=1 / 1.2))),
    "mark": (("background-color", Paint(255, 255, 0)), ("color", BLACK)),
    "body": (("margin-left", Length(px=8)),),
}


def default_pairs(element: etree._Element) -> Pairs:
    """Return what a browser's own style sheet says of an element."""
    tag = str(element.tag)
    pairs = _PAIRS.get(tag, ())
    if display := _find_display(element):
        pairs = (("display", display), *pairs)
    if tag == "a" and element.get("href") is not None:
        pairs = (*pairs, ("color", _LINK))
    elif tag == "svg":
        pairs = (*pairs, ("fill", BLACK), ("overflow-x", "hidden"), ("overflow-y", "hidden"))
        if next(element.iter(*_SHAPES), None) is not None:
            pairs = (*pairs, ("background-image", UNKNOWN))
    return pairs


def _find_display(element: etree._Element) -> str:
    closed_popover = element.get("popover") is not None
    if element.get("hidden") is not None and element.get("hidden", "").lower() != "until-found":
        return "none"
    if (element.tag == "dialog" and element.get("open") is None) or closed_popover:
        return "none"
    if element.tag == "template" and element.get("shadowrootmode") is not None:
        return "contents"
    if element.tag == "default" and element.getprevious() is not None:  # the other branch of an EPUB's ``switch``
        return "none"
    if element.tag == "input" and element.get("type", "").lower() == "hidden":
        return "none"
    return _DISPLAYS.get(element.tag, "")


def attribute_pairs(element: etree._Element) -> Pairs:
    """Return what an element's attributes say as a style sheet would (``bgcolor``, ``<font color>``, ``width``)."""
    return tuple(_read_attributes(element))


def _read_attributes(element: etree._Element) -> Iterator[tuple[str, Any]]:
    tag, get = str(element.tag), element.get
    if not len(element.keys()):
        return
    if tag in _BACKED:
        if (color := get("bgcolor")) is not None:
            yield "background-color", _read_legacy_color(color)
        if get("background"):
            yield "background-image", UNKNOWN
    if tag == "font":
        yield from _read_font(element)
    elif tag == "body" and (color := get("text")) is not None:
        yield "color", _read_legacy_color(color)
    elif tag in ("ul", "ol", "li") and (kind := get("type", "")):
        yield "list-style", _LIST_KINDS.get(kind, kind.lower())
    elif tag in _OF_DRAWINGS:
        yield from _read_drawing(element)
    if tag in _SIZED:
        yield from ((name, length) for name in ("width", "height") if (length := _read_size(get(name, ""))) is not None)


def _read_drawing(element: etree._Element) -> Iterator[tuple[str, Any]]:
    for name in ("fill", "opacity", "display", "visibility", "font-size"):
        if (value := parse_one_component_value(element.get(name, ""))) is not None:
            yield from read_declaration(name, [value]) or ()


def _read_font(element: etree._Element) -> Iterator[tuple[str, Any]]:
    if (color := element.get("color")) is not None:
        yield "color", _read_legacy_color(color)
    if (size := element.get("size", "").strip()) in _FONT_SIZES:
        yield "font-size", Length(px=_FONT_SIZES[size])
    if family := element.get("face"):
        yield "font-family", family.partition(",")[0].strip().lower()


def _read_size(text: str) -> Length | None:
    number = text.strip().removesuffix("px")
    part = number.endswith("%")
    try:
        value = float(number.rstrip("%")) if len(number) < 12 else None
    except ValueError:
        return None
    if value is None or not 0 <= value < 1e6:
        return None
    return Length(part=value / 100) if part else Length(px=value)


def _read_legacy_color(text: str) -> Paint | str:
    """Read a color of an attribute as browsers do, who find one in any text."""
    text = text.strip().lower()
    token = parse_one_component_value(text) if text else None
    if token is not None and token.type in ("ident", "hash"):
        paint = read_color(token)
        if isinstance(paint, Paint) and paint.alpha == 1:
            return paint
    digits = "".join(c if c in "0123456789abcdef" else "0" for c in text.removeprefix("#")[:128])
    if not digits:
        return UNKNOWN
    digits += "0" * (-len(digits) % 3)
    length = len(digits) // 3
    parts = [digits[start : start + length][-8:] for start in (0, length, 2 * length)]
    while len(parts[0]) > 2 and all(part[0] == "0" for part in parts):
        parts = [part[1:] for part in parts]
    return Paint(*(float(int(part[:2] if len(part) > 1 else part, 16)) for part in parts))
