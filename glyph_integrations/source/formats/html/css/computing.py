"""Computed styles: what is in force for an element, its parents' values taken over."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

from glyph_integrations.source.formats.html.css.colors import (
    BLACK,
    CURRENT,
    TRANSPARENT,
    UNKNOWN,
    WHITE,
    Paint,
    composite,
)
from glyph_integrations.source.formats.html.css.lengths import ROOT_FONT_SIZE, WINDOW_HEIGHT, Length
from glyph_integrations.source.formats.html.css.placing import ORIGIN, Place, cuts_content, place_box
from glyph_integrations.source.formats.html.css.properties import KEYWORDS
from glyph_integrations.source.formats.html.css.shapes import Filter, Transform

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glyph_integrations.source.formats.html.css.cascade import Variables

BLUR = 8.0
"""px: text behind a blur of this radius is a smudge."""
_INHERITED = frozenset(
    [
        "color",
        "fill",
        "fill-color",
        "visibility",
        "font-size",
        "font-family",
        "text-indent",
        "letter-spacing",
        "white-space",
        "list-style",
        "text-shadow",
        "stroke",
        "-webkit-text-security",
    ]
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Style:
    """The computed style of an element, as far as it decides what a person can read.

    Attributes:
        color: Of the letters; None where that is not known.
        grounds: Each color that may lie behind the letters; None where that is not known.
        opacity: Of the element and everything around it.
        font_size: In px, before scaling.
        scale: How large it is drawn.
        is_displayed: False where it or something around it is not.
        is_visible: The property ``visibility``, which children may set anew.
        is_cut: Whether a clip or a box without extent leaves nothing of it.
        is_covered: Whether it lies behind an opaque box around it.
        display: Its own.
        place: Where it lies, as far as that can be told.
        is_struck: Whether a line goes through it.
        rise: 1 for superscripts, -1 for subscripts, 0 for others.
        preserves: Which white space stays: "" none, "lines", "all".
        list_style: Of the marks of its items.
        family: The first font.
        shadows: The colors of its shadows.
        is_outlined: Whether its letters have an outline.
        is_masked: Whether dots stand in for its letters.
        spacing: Between letters, in px.
        content: The component values of ``content``; empty for none.
        values: The longhands in force, for children that inherit them.
        variables: Custom properties.
    """

    color: Paint | None = BLACK
    grounds: tuple[Paint, ...] | None = (WHITE,)
    opacity: float = 1.0
    font_size: float = ROOT_FONT_SIZE
    scale: float = 1.0
    is_displayed: bool = True
    is_visible: bool = True
    is_cut: bool = False
    is_covered: bool = False
    display: str = "block"
    place: Place = ORIGIN
    is_struck: bool = False
    rise: int = 0
    preserves: str = ""
    list_style: str = "disc"
    family: str = ""
    shadows: tuple[Any, ...] = ()
    is_outlined: bool = False
    is_masked: bool = False
    spacing: float = 0.0
    content: tuple[Any, ...] = ()
    is_painted: bool = False
    is_lifted: bool = False
    escapes_cut: bool = False
    is_backed: bool = False
    values: Mapping[str, Any] = field(default_factory=dict)
    variables: Variables = field(default_factory=dict)


class _Values(NamedTuple):
    """Longhands with their keywords resolved against the parent's and the browser's."""

    declared: Mapping[str, Any]
    defaults: Mapping[str, Any]
    parent: Mapping[str, Any]

    def get(self, name: str, initial: Any) -> Any:
        """Return the value in force."""
        value = self.declared.get(name, self.defaults.get(name, "unset"))
        if isinstance(value, str) and value in ("revert", "revert-layer"):
            value = self.defaults.get(name, "unset")
        if isinstance(value, str) and value in KEYWORDS:
            inherits = value == "inherit" or (value == "unset" and name in _INHERITED)
            return self.parent.get(name, initial) if inherits else initial
        return value


def compute_style(
    parent: Style, defaults: Mapping[str, Any], declared: Mapping[str, Any], variables: Variables, *, is_canvas: bool
) -> Style:
    """Return the computed style of a child of ``parent``.

    Args:
        parent: The style around it.
        defaults: What browsers do without a style sheet.
        declared: The longhands that win.
        variables: The custom properties in force.
        is_canvas: Whether its background is that of the whole page, behind everything.
    """
    values = _Values(declared, defaults, parent.values)
    size = _compute_font_size(values.get("font-size", Length(em=1.0)), parent)
    color = _compute_color(values.get("color", CURRENT), parent.color)
    filtered: Filter = values.get("filter", Filter())
    opacity = _clamp(values.get("opacity", 1.0)) * filtered.opacity * (0.0 if filtered.blur >= BLUR else 1.0)
    display = values.get("display", "inline")
    transform: Transform = values.get("transform", Transform())
    scale, translate = values.get("scale", Transform()), values.get("translate", Transform())
    transform = Transform(
        transform.scale * scale.scale * values.get("zoom", 1.0),
        transform.across.add(translate.across),
        transform.down.add(translate.down),
    )
    place = place_box(parent.place, (parent.display, display), size, transform, lambda name: values.get(name, None))
    grounds, is_painted = _compute_grounds(values, parent, color)
    position = values.get("position", "static")
    is_cut, escapes = _compute_cut(values, parent, display, position, size)
    z_index = values.get("z-index", "auto")
    is_stacking = opacity < 1 or transform != Transform() or z_index != "auto" or position in ("fixed", "sticky")
    shown = (
        color
        if values.get("fill-color", CURRENT) == CURRENT
        else _compute_color(values.get("fill-color", CURRENT), color)
    )
    if "fill" in parent.values:  # within a drawing
        shown = _compute_color(values.get("fill", BLACK), color)
    if is_painted and values.get("background-clip", "border-box") == "text":
        shown = None
    return Style(
        color=shown,
        grounds=grounds,
        opacity=parent.opacity * opacity,
        font_size=size,
        scale=parent.scale * transform.scale,
        is_displayed=parent.is_displayed and display != "none" and parent.values.get("content-visibility") != "hidden",
        is_visible=values.get("visibility", "visible") == "visible",
        is_cut=is_cut,
        escapes_cut=escapes,
        is_covered=parent.is_covered
        or (isinstance(z_index, float) and z_index < 0 and position != "static" and parent.is_backed),
        is_backed=not (is_canvas or is_stacking) and (parent.is_backed or _is_opaque(values)),
        is_lifted=position in ("absolute", "fixed") or _overlaps(values),
        display=display,
        place=place,
        is_struck=_compute_struck(values, parent, display, position),
        rise=_compute_rise(values, parent, display),
        preserves=_compute_white_space(values.get("white-space", frozenset())),
        list_style=values.get("list-style", "disc"),
        family=values.get("font-family", ""),
        shadows=tuple(
            (color if paint == CURRENT else None if paint == UNKNOWN else paint)
            for paint in (() if values.get("text-shadow", ()) == UNKNOWN else values.get("text-shadow", ()))
        ),
        is_outlined=values.get("stroke", False),
        is_masked=values.get("-webkit-text-security", "none") != "none",
        spacing=_resolve(values.get("letter-spacing", "normal"), size),
        content=values.get("content", ()),
        is_painted=is_painted,
        values=_keep_values(values, parent, size, color),
        variables=variables,
    )


def _keep_values(values: _Values, parent: Style, size: float, color: Paint | None) -> dict[str, Any]:
    """Return what children may inherit, of this element and of those around it."""
    kept = {name: value for name, value in parent.values.items() if name in _INHERITED}
    for name in (*values.defaults, *values.declared):
        kept[name] = values.get(name, "unset")
    kept["font-size"] = Length(px=size)
    kept["color"] = UNKNOWN if color is None else color
    if "letter-spacing" in kept:
        kept["letter-spacing"] = Length(px=_resolve(kept["letter-spacing"], size))
    indent = kept.get("text-indent")
    if isinstance(indent, Length):
        kept["text-indent"] = Length(px=indent.px + indent.em * size + indent.rem * ROOT_FONT_SIZE, part=indent.part)
    return {name: value for name, value in kept.items() if value != "unset"}


def _compute_font_size(value: Any, parent: Style) -> float:
    if not isinstance(value, Length):
        return parent.font_size
    return min(max(value.resolve(parent.font_size, parent.font_size), 0.0), 10_000.0)


def _compute_color(value: Any, current: Paint | None) -> Paint | None:
    if value == CURRENT:
        return current
    return value if isinstance(value, Paint) else None


def _compute_grounds(values: _Values, parent: Style, color: Paint | None) -> tuple[tuple[Paint, ...] | None, bool]:
    """Return what may lie behind the letters, and whether the element paints any of it."""
    paint, images = values.get("background-color", TRANSPARENT), values.get("background-image", ())
    paint = color if paint == CURRENT else paint
    is_painted = images != () or paint != TRANSPARENT
    if images == UNKNOWN or not isinstance(paint, Paint) or values.get("background-clip", "border-box") == "text":
        return (parent.grounds if images == () and isinstance(paint, Paint) else None), is_painted
    grounds = parent.grounds
    if paint.alpha == 1:
        grounds = (paint,)
    elif paint.alpha > 0 and grounds is not None:
        grounds = composite([paint], grounds)
    if images:
        stops = [stop for stop in images if isinstance(stop, Paint)]
        if all(stop.alpha == 1 for stop in stops):
            grounds = tuple(stops)
        else:
            grounds = None if grounds is None else (*grounds, *composite(stops, grounds))
    return grounds, is_painted


def _is_opaque(values: _Values) -> bool:
    paint = values.get("background-color", TRANSPARENT)
    return isinstance(paint, Paint) and paint.alpha == 1


def _compute_cut(values: _Values, parent: Style, display: str, position: str, size: float) -> tuple[bool, bool]:
    """Return whether nothing of the content is left to see, and whether a positioned child would escape that."""
    is_positioned = position not in ("static", "")
    clipped = is_positioned and position not in ("relative", "sticky") and values.get("clip", False) is True
    clipped = clipped or values.get("clip-path", False) is True
    if clipped:
        return True, False
    lifts = position in ("absolute", "fixed")
    inherited = parent.is_cut and not (lifts and parent.escapes_cut)
    own = cuts_content(lambda name: values.get(name, None), display, size)
    if own:
        return True, not is_positioned and (parent.escapes_cut or not parent.is_cut)
    return inherited, inherited and parent.escapes_cut and not is_positioned


def _overlaps(values: _Values) -> bool:
    """Return whether an element may lie over its neighbours without being positioned."""
    margin = values.get("margin-top", "auto")
    return (isinstance(margin, Length) and margin.px + margin.em + margin.part < 0) or any(
        name in values.declared for name in ("grid-area", "grid-row", "grid-column")
    )


def _compute_struck(values: _Values, parent: Style, display: str, position: str) -> bool:
    """A line through an element goes on through what is in it, but for boxes of their own."""
    leaves = display.startswith("inline-") or position in ("absolute", "fixed")
    return "line-through" in values.get("text-decoration", ()) or (parent.is_struck and not leaves)


def _compute_rise(values: _Values, parent: Style, display: str) -> int:
    if display != "inline":
        return 0
    align = values.get("vertical-align", "baseline")
    if isinstance(align, Length):
        rise = align.px + align.em * 16 + align.part * 16
        return 1 if rise > 2 else -1 if rise < -2 else 0
    return {"super": 1, "text-top": 0, "sub": -1}.get(align, parent.rise if parent.display == "inline" else 0)


def _compute_white_space(words: Any) -> str:
    if words & {"pre", "pre-wrap", "break-spaces", "preserve", "preserve-spaces"}:
        return "all"
    return "lines" if words & {"pre-line", "preserve-breaks"} else ""


def _resolve(value: Any, size: float) -> float:
    return value.resolve(size, WINDOW_HEIGHT) if isinstance(value, Length) else 0.0


def _clamp(value: Any) -> float:
    return min(max(float(value), 0.0), 1.0) if isinstance(value, (int, float)) else 1.0
