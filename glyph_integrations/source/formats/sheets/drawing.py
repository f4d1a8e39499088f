"""What floats above the cells of a sheet: pictures, charts, text boxes, controls."""

from __future__ import annotations

from dataclasses import dataclass, replace
from functools import partial
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.drawings.colors import Paint, read_paint
from glyph_integrations.source.formats.drawings.frames import write_graphic
from glyph_integrations.source.formats.drawings.pictures import describe, write_picture
from glyph_integrations.source.formats.drawings.shapes import EMU, Frame, Shape, ShapeLister
from glyph_integrations.source.formats.drawings.surfaces import blend, find_surface
from glyph_integrations.source.formats.drawings.text import TextSetting, list_texts
from glyph_integrations.source.formats.sheets.ranges import Area
from glyph_integrations.source.office import MC, A

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.drawings.colors import Palette
    from glyph_integrations.source.formats.drawings.surfaces import Theme
    from glyph_integrations.source.formats.sheets.controls import Control
    from glyph_integrations.source.packages import Part
    from glyph_integrations.source.visibility import Color

_UNIT = Frame(0.0, 0.0, 1.0, 1.0)


@dataclass(frozen=True, slots=True)
class Anchored:
    """A shape and the cells that it lies over."""

    shape: Shape
    area: Area


class SheetDrawing:
    """The drawing of one sheet.

    Args:
        builder: Takes what is written.
        part: The drawing.
        palette: The colors of the workbook's theme.
        theme: Its fills.
        controls: The sheet's form controls by the number of their shape, whose labels the drawing has.
    """

    def __init__(
        self, builder: TextBuilder, part: Part, palette: Palette, theme: Theme, controls: dict[str, Control]
    ) -> None:
        self._builder = builder
        self._part = part
        self._palette = palette
        self._theme = theme
        self._controls = controls
        lister = ShapeLister(lambda _: None, builder.report_unknown)
        self.shapes = [
            Anchored(shape, area)
            for anchor, area in _list_anchors(part.tree, builder.report_unknown)
            for shape in lister.list(anchor, _UNIT)
        ]

    def list_covers(self) -> Iterator[Area]:
        """The cells that lie wholly behind a shape that nothing shows through."""
        for anchored in self.shapes:
            surface = find_surface(anchored.shape, self._palette, self._theme) if anchored.shape.kind == "sp" else None
            area = anchored.area
            inner = Area(area.left + 1, area.top + 1, area.right - 1, area.bottom - 1)
            opaque = surface is not None and surface.opacity >= 0.95 and anchored.shape.displayed
            if opaque and _is_rectangle(anchored.shape) and inner.left <= inner.right and inner.top <= inner.bottom:
                yield inner

    def list_floats(self, find_background: Callable[[Area], Color | None]) -> Iterator[tuple[int, Callable[[], None]]]:
        """The row at which each shape begins, and how it is written.

        ``find_background`` says what color lies behind a shape; None where that is not known.
        """
        for anchored in sorted(self.shapes, key=lambda each: (each.area.top, each.area.left)):
            yield anchored.area.top, partial(self._write, anchored, find_background)

    def _write(self, anchored: Anchored, find_background: Callable[[Area], Color | None]) -> None:
        shape = anchored.shape
        control = self._controls.pop(shape.identifier, None)
        if control is not None:  # Excel marks the shapes of controls as hidden, and draws the controls
            label = " ".join(self._read_text(replace(shape, displayed=True), None)) or control.label
            self._builder.line(replace(control, label=label).write())
        elif not shape.displayed:
            self._builder.drop("hidden shape", " ".join(self._read_text(replace(shape, displayed=True), None)))
        elif shape.kind == "pic":
            self._write_picture(shape)
        elif shape.kind == "graphicFrame":
            write_graphic(self._builder, self._part, shape)
        else:
            self._write_shape(shape, find_background(anchored.area))

    def _write_picture(self, shape: Shape) -> None:
        fill = shape.element.find("{*}blipFill")
        width, height = _measure(shape)
        if fill is not None:
            write_picture(
                self._builder,
                self._part,
                fill,
                width=width,
                height=height,
                description=shape.description,
                decorative=shape.decorative,
            )

    def _write_shape(self, shape: Shape, behind: Color | None) -> None:
        for line in self._read_text(shape, behind):
            self._builder.line(line)
        fill = None if shape.properties is None else shape.properties.find(f"{A}blipFill")
        width, height = _measure(shape)
        if fill is not None:
            write_picture(self._builder, self._part, fill, width=width, height=height, description=shape.description)
        elif (description := describe(shape.description)) and not shape.decorative:
            self._builder.line(f"[shape: {description}]")

    def _read_text(self, shape: Shape, behind: Color | None) -> list[str]:
        body = shape.element.find("{*}txBody")
        if body is None:
            return []
        surface = find_surface(shape, self._palette, self._theme)
        setting = TextSetting(
            palette=self._palette,
            color=find_text_color(shape, self._palette),
            background=blend(surface, Paint(behind)).color,
            drop=self._builder.drop,
            report=self._builder.report_unknown,
        )
        return list_texts(body, setting)


def find_text_color(shape: Shape, palette: Palette) -> Paint:
    """The color that a shape's style gives to its text; the theme's text color where it gives none."""
    return read_paint(shape.element.find(f"{{*}}style/{A}fontRef"), palette) or Paint(palette.find("tx1"))


def _is_rectangle(shape: Shape) -> bool:
    geometry = None if shape.properties is None else shape.properties.find(f"{A}prstGeom")
    return geometry is not None and geometry.get("prst") in ("rect", "roundRect", "flowChartProcess")


def _list_anchors(tree: etree._Element, report: Callable[[str, str], None]) -> Iterator[tuple[etree._Element, Area]]:
    """The anchors of a drawing, each with the cells between its corners."""
    for element in tree:
        anchors = [element]
        if element.tag == f"{MC}AlternateContent":
            choice = element.find(f"{MC}Choice")
            anchors = [] if choice is None else list(choice)
        for anchor in anchors:
            name = str(anchor.tag).rpartition("}")[2]
            if not name.endswith("Anchor"):
                report(f"{name} in a drawing", "".join(map(str, anchor.itertext())))
                continue
            left, top = _read_corner(anchor.find("{*}from"), (1, 1))
            right, bottom = _read_corner(anchor.find("{*}to"), (left, top))
            yield anchor, Area(left, top, right, bottom)


def _read_corner(element: etree._Element | None, otherwise: tuple[int, int]) -> tuple[int, int]:
    """Column and row of an anchor's corner, from 1."""
    if element is None:
        return otherwise
    column, row = element.findtext("{*}col") or "", element.findtext("{*}row") or ""
    return (int(column) + 1, int(row) + 1) if column.isdecimal() and row.isdecimal() else otherwise


def _measure(shape: Shape) -> tuple[float, float]:
    """Width and height in pt; 0 where they are not known."""
    if not shape.placed:
        return 0.0, 0.0
    return (shape.box.x1 - shape.box.x0) / EMU, (shape.box.y1 - shape.box.y0) / EMU
