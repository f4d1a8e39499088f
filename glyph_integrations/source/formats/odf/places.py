"""Where shapes lie on the slides of OpenDocument files, and how large the slides are."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.formats.odf.lengths import parse_length
from glyph_integrations.source.formats.odf.names import DRAW, FO, STYLE, SVG
from glyph_integrations.source.text import Box

if TYPE_CHECKING:
    from lxml import etree


def find_box(element: etree._Element, width: float, height: float) -> Box | None:
    """Where a shape lies, in shares of the slide; None where it does not say."""
    sides = [parse_length(element.get(f"{SVG}{name}")) for name in ("x", "y", "width", "height")]
    if sides[0] is None and (moved := _read_shift(element.get(f"{DRAW}transform", ""))):
        sides[:2] = moved
    ends = [parse_length(element.get(f"{SVG}{name}")) for name in ("x1", "y1", "x2", "y2")]
    if sides[0] is None and None not in ends:
        x1, y1, x2, y2 = (end or 0.0 for end in ends)
        sides = [min(x1, x2), min(y1, y2), abs(x2 - x1), abs(y2 - y1)]
    x, y, across, down = sides
    if x is None or y is None:
        return None
    return Box(x / width, y / height, (x + (across or 0.0)) / width, (y + (down or 0.0)) / height)


def _read_shift(transform: str) -> list[float | None] | None:
    """The place that a ``translate (2cm 3cm)`` moves a shape to."""
    _, found, rest = transform.partition("translate")
    pieces = rest.strip(" (").partition(")")[0].replace(",", " ").split() if found else []
    return [parse_length(piece) for piece in (*pieces, "0pt")[:2]] if pieces else None


def read_sizes(styles: etree._Element | None) -> dict[str, tuple[float, float]]:
    """Width and height in pt by the name of the master page."""
    layouts: dict[str, tuple[float, float]] = {}
    for layout in () if styles is None else styles.iter(f"{STYLE}page-layout"):
        for properties in layout.iterfind(f"{STYLE}page-layout-properties"):
            width, height = (parse_length(properties.get(f"{FO}page-{side}")) for side in ("width", "height"))
            if width and height:
                layouts[layout.get(f"{STYLE}name", "")] = width, height
    masters = () if styles is None else styles.iter(f"{STYLE}master-page")
    return {
        master.get(f"{STYLE}name", ""): layouts[name]
        for master in masters
        if (name := master.get(f"{STYLE}page-layout-name", "")) in layouts
    }
