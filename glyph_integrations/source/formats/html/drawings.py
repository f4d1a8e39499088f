"""Drawings within a page (inline SVG) as pictures."""

from __future__ import annotations

import copy
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np
from lxml import etree

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

_NAMESPACE = "http://www.w3.org/2000/svg"
_XLINK = "{http://www.w3.org/1999/xlink}href"
_LONGEST_SIDE = 1600
_MOST_ELEMENTS = 20_000
# HTML parsers write all names in lower case; SVG's have capitals.
_NAMES = {
    name.lower(): name
    for name in [
        "viewBox",
        "preserveAspectRatio",
        "gradientUnits",
        "gradientTransform",
        "patternUnits",
        "patternTransform",
        "spreadMethod",
        "textLength",
        "lengthAdjust",
        "clipPathUnits",
        "markerWidth",
        "markerHeight",
        "refX",
        "refY",
        "linearGradient",
        "radialGradient",
        "clipPath",
        "textPath",
        "foreignObject",
        "baseFrequency",
        "stdDeviation",
        "maskUnits",
        "pathLength",
        "startOffset",
    ]
}
# What reaches out, runs or moves; text is read from the page itself.
_LEFT_OUT = frozenset({"script", "foreignobject", "image", "animate", "animatetransform", "animatemotion", "set"})


class Drawn(NamedTuple):
    """A drawing as a PNG file, with its width and height in pt."""

    png: bytes
    width: float
    height: float


def draw_svg(data: bytes) -> Drawn | None:
    """Return an SVG file as PNG; None where it cannot be drawn."""
    try:
        return draw_element(parse_xml(data, "drawing"))
    except MalformedError:
        return None


def _draw(data: bytes) -> Drawn | None:
    import pymupdf

    try:
        with pymupdf.open(stream=data, filetype="svg") as document:
            page = document[0]
            width, height = page.rect.width, page.rect.height
            if not (1 <= width <= 20_000 and 1 <= height <= 20_000):
                return None
            scale = min(2.0, _LONGEST_SIDE / max(width, height))
            pixels = page.get_pixmap(matrix=pymupdf.Matrix(scale, scale), alpha=False)
            samples = np.frombuffer(pixels.samples, np.uint8).reshape(-1, pixels.n)
            if (samples == samples[0]).all():
                return None
            return Drawn(pixels.tobytes("png"), width, height)
    except Exception:  # noqa: BLE001 - the library has no one type for what it cannot read
        return None


def draw_element(element: etree._Element) -> Drawn | None:
    """Return an ``svg`` element of a page as PNG; None where it cannot be drawn."""
    if sum(1 for _ in element.iter()) > _MOST_ELEMENTS:
        return None
    root = etree.Element(f"{{{_NAMESPACE}}}svg", nsmap={None: _NAMESPACE})  # type: ignore[dict-item]
    try:
        _copy_into(root, element)
    except ValueError:  # a name that HTML allows and XML does not
        return None
    return _draw(etree.tostring(root))


def _copy_into(target: etree._Element, source: etree._Element) -> None:
    """Copy an element's attributes and children, with SVG's names."""
    stack = [(target, source)]
    while stack:
        target, source = stack.pop()
        for name, value in source.attrib.items():
            plain = str(name).rpartition("}")[2].lower()
            if plain.startswith("on") or not plain.replace("-", "").replace(":", "").isalnum():
                continue
            if plain in ("href", "xlink:href"):
                if str(value).startswith("#"):
                    target.set(_XLINK, value)
            elif ":" not in plain:
                target.set(_NAMES.get(plain, plain), value)
        target.text = copy.copy(source.text)
        for child in _list_children(source):
            tag = str(child.tag).rpartition("}")[2].lower()
            below = etree.SubElement(target, f"{{{_NAMESPACE}}}{_NAMES.get(tag, tag)}")
            below.tail = child.tail
            stack.append((below, child))


def _list_children(element: etree._Element) -> Iterator[Any]:
    for child in element:
        name = str(child.tag).rpartition("}")[2].lower()
        if isinstance(child.tag, str) and name not in _LEFT_OUT and name.replace("-", "").isalnum():
            yield child
