"""What lies over and under each shape of a slide, and so whether its text can be seen."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.drawings.colors import Paint
from glyph_integrations.source.formats.drawings.pictures import is_opaque, read_picture
from glyph_integrations.source.formats.drawings.surfaces import UNKNOWN, blend, find_surface
from glyph_integrations.source.office import A, P, R
from glyph_integrations.source.visibility import measure_share

if TYPE_CHECKING:
    from collections.abc import Sequence

    from lxml import etree

    from glyph_integrations.source.formats.drawings.shapes import Shape
    from glyph_integrations.source.formats.slides.scene import Scene
    from glyph_integrations.source.text import Box

_WHOLLY, _HARDLY = 0.98, 0.02
_RECTANGLES = ("rect", "roundRect", "flowChartProcess", "snip1Rect", "round1Rect")
_MOST = 2000
"""Shapes beyond which a slide's shapes are not compared with each other."""


@dataclass(frozen=True, slots=True)
class _Layer:
    """A shape's paint (None where what lies behind shows through), and whether it fills its whole box."""

    box: Box
    paint: Paint | None
    whole: bool
    stays: bool


class Layers:
    """The shapes of a slide in the order in which they are drawn."""

    def __init__(self, scene: Scene, shapes: Sequence[Shape], slide: etree._Element) -> None:
        self._scene = scene
        self._animated = {each.get("spid", "") for each in slide.iterfind(f".//{P}timing//{P}spTgt")}
        self._shapes = shapes[:_MOST]
        self._layers = [self._measure(shape) for shape in self._shapes]
        self._places = {id(shape.element): place for place, shape in enumerate(self._shapes)}

    def find_background(self, shape: Shape) -> Paint:
        """What lies directly behind a shape's letters."""
        place = self._places.get(id(shape.element))
        own = find_surface(shape, self._scene.palette, self._scene.theme, self._list_properties(shape))
        if place is None:
            return blend(own, UNKNOWN)
        behind = self._scene.background
        for layer in self._layers[:place]:
            share = measure_share(shape.box, layer.box) if layer.paint is not None else 0.0
            if share >= _WHOLLY and layer.whole:
                behind = blend(layer.paint, behind)
            elif share > _HARDLY:
                behind = UNKNOWN
        return blend(own, behind if shape.placed else UNKNOWN)

    def is_covered(self, shape: Shape) -> bool:
        """Whether a shape that is drawn later, and that nothing shows through, lies over all of it."""
        place = self._places.get(id(shape.element))
        if place is None or not shape.placed or shape.identifier in self._animated:
            return False
        return any(
            layer.paint is not None
            and layer.paint.opacity >= 0.95
            and layer.whole
            and layer.stays
            and measure_share(shape.box, layer.box) >= _WHOLLY
            for layer in self._layers[place + 1 :]
        )

    def _measure(self, shape: Shape) -> _Layer:
        stays = shape.identifier not in self._animated
        if not shape.displayed or not shape.placed or shape.kind == "cxnSp":
            return _Layer(shape.box, None, whole=False, stays=stays)
        if shape.kind == "pic":
            return _Layer(shape.box, self._paint_picture(shape), whole=True, stays=stays)
        if shape.kind == "graphicFrame":  # nothing is filled but what its table or chart fills
            return _Layer(shape.box, Paint(None, 0.5), whole=False, stays=stays)
        paint = find_surface(shape, self._scene.palette, self._scene.theme, self._list_properties(shape))
        geometry = next(
            (
                found
                for properties in (shape.properties, *self._list_properties(shape))
                if properties is not None and (found := properties.find(f"{A}prstGeom")) is not None
            ),
            None,
        )
        kind = "" if geometry is None else geometry.get("prst", "")
        turned = shape.properties is not None and shape.properties.find(f"{A}xfrm[@rot]") is not None
        return _Layer(shape.box, paint, whole=kind in _RECTANGLES and not turned, stays=stays)

    def _paint_picture(self, shape: Shape) -> Paint:
        """A picture has no one color; what lies under one that may be transparent may show through."""
        blip = shape.element.find(f"{P}blipFill/{A}blip")
        _, data = read_picture(self._scene.slide, "" if blip is None else blip.get(f"{R}embed", ""))
        opaque = is_opaque(data) and blip is not None and blip.find(f"{A}alphaModFix") is None
        return Paint(None, 1.0 if opaque else 0.5)

    def _list_properties(self, shape: Shape) -> list[etree._Element | None]:
        return [each.find(f"{P}spPr") for each in self._scene.list_inherited(shape.element)]
