"""The shapes of a drawing or slide: what they are, and where they lie."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from glyph_integrations.source.office import MC, A
from glyph_integrations.source.text import WHOLE_PAGE, Box

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml import etree

EMU = 12_700
"""English metric units in a point."""
_DECORATIVE = "{http://schemas.microsoft.com/office/drawing/2017/decorative}decorative"
_KINDS = ("sp", "pic", "graphicFrame", "cxnSp")
CHART = "http://schemas.openxmlformats.org/drawingml/2006/chart"
EXTENDED_CHART = "http://schemas.microsoft.com/office/drawing/2014/chartex"
DIAGRAM = "http://schemas.openxmlformats.org/drawingml/2006/diagram"
TABLE = "http://schemas.openxmlformats.org/drawingml/2006/table"
OLE = "http://schemas.openxmlformats.org/presentationml/2006/ole"
GRAPHICS = (CHART, EXTENDED_CHART, DIAGRAM, TABLE, OLE)
"""What a graphic frame may hold that is understood."""


@dataclass(frozen=True, slots=True)
class Frame:
    """Maps the coordinates of a slide, or of a group on it, to 0–1 of the slide."""

    x: float
    y: float
    scale_x: float
    scale_y: float

    def place(self, left: float, top: float, width: float, height: float) -> Box:
        """A rectangle in these coordinates, normalised; it may reach beyond the slide."""
        x0, y0 = self.x + left * self.scale_x, self.y + top * self.scale_y
        return Box(x0, y0, x0 + width * self.scale_x, y0 + height * self.scale_y)


@dataclass(frozen=True, slots=True, kw_only=True)
class Shape:
    """One shape that is not a group.

    Attributes:
        element: Its XML.
        kind: ``sp`` (a shape that may hold text), ``pic``, ``graphicFrame`` or ``cxnSp`` (a line).
        box: Where it lies on the page; it may reach beyond. The whole page where that is not known.
        placed: Whether its place is known.
        displayed: False where it, or a group around it, is marked as hidden.
        group_fill: The properties of the groups around it, the nearest first.
    """

    element: etree._Element
    kind: str
    box: Box = WHOLE_PAGE
    placed: bool = False
    displayed: bool = True
    group_fill: tuple[etree._Element, ...] = ()

    @property
    def described(self) -> etree._Element | None:
        """The element with its name and description."""
        return next((each for each in self.element.iter("{*}cNvPr")), None)

    @property
    def identifier(self) -> str:
        """The number by which animations refer to it."""
        return "" if self.described is None else self.described.get("id", "")

    @property
    def name(self) -> str:
        """As its author or the program calls it."""
        return "" if self.described is None else self.described.get("name", "")

    @property
    def description(self) -> str:
        """Its alternative text, or its title where it has none."""
        if self.described is None:
            return ""
        return self.described.get("descr", "") or self.described.get("title", "")

    @property
    def decorative(self) -> bool:
        """Whether its author marked it as an ornament."""
        marks = () if self.described is None else self.described.iter(_DECORATIVE)
        return any(mark.get("val", "1") in ("1", "true") for mark in marks)

    @property
    def properties(self) -> etree._Element | None:
        """Its ``spPr``."""
        return self.element.find("{*}spPr")


class ShapeLister:
    """Lists the shapes below an element, those within groups included, in the order in which they are drawn.

    Args:
        locate: Finds the ``a:xfrm`` that a shape without one inherits; None where it has none.
        report: Takes the name of what is not understood, and its words.
    """

    def __init__(
        self,
        locate: Callable[[etree._Element], etree._Element | None],
        report: Callable[[str, str], None],
    ) -> None:
        self._locate = locate
        self._report = report

    def list(self, tree: Iterable[etree._Element], frame: Frame, outer: Shape | None = None) -> Iterator[Shape]:
        """The shapes below an element whose coordinates ``frame`` maps; ``outer`` is the group that it is."""
        displayed, fills = (True, ()) if outer is None else (outer.displayed, outer.group_fill)
        for element in tree:
            name = str(element.tag).rpartition("}")[2]
            if element.tag == f"{MC}AlternateContent":
                yield from self.list(choose_alternative(element, self._report), frame, outer)
            elif name == "grpSp":
                group = self._place(element, name, frame, displayed=displayed, fills=fills)
                yield from self.list(element, _enter(element, frame), group)
            elif name in _KINDS:
                yield self._place(element, name, frame, displayed=displayed, fills=fills)
            elif name not in _SILENT:
                self._report(name, " ".join("".join(map(str, element.itertext())).split()))

    def _place(
        self, element: etree._Element, kind: str, frame: Frame, *, displayed: bool, fills: tuple[etree._Element, ...]
    ) -> Shape:
        described = next(element.iter("{*}cNvPr"), None)
        hidden = described is not None and described.get("hidden") in ("1", "true")
        properties = element.find("{*}grpSpPr") if kind == "grpSp" else element.find("{*}spPr")
        transform = element.find("{*}xfrm") if properties is None else properties.find(f"{A}xfrm")
        if transform is None:
            transform = self._locate(element)
        left, top, width, height = (0.0, 0.0, 0.0, 0.0) if transform is None else read_transform(transform)
        placed = transform is not None and transform.find(f"{A}off") is not None
        return Shape(
            element=element,
            kind=kind,
            box=frame.place(left, top, width, height) if placed else WHOLE_PAGE,
            placed=placed,
            displayed=displayed and not hidden,
            group_fill=(*(() if kind != "grpSp" or properties is None else (properties,)), *fills),
        )


_SILENT = frozenset(("nvGrpSpPr", "grpSpPr", "extLst", "nvSpPr", "clientData", "from", "to", "pos", "ext", "Requires"))


def read_transform(transform: etree._Element) -> tuple[float, float, float, float]:
    """Left, top, width and height of an ``a:xfrm``, in English metric units."""
    offset, extent = transform.find(f"{A}off"), transform.find(f"{A}ext")
    return (
        _integer(offset, "x"),
        _integer(offset, "y"),
        _integer(extent, "cx"),
        _integer(extent, "cy"),
    )


def choose_alternative(alternates: etree._Element, report: Callable[[str, str], None]) -> list[etree._Element]:
    """The children to read of an ``mc:AlternateContent``: its first choice that is understood, or the fallback.

    A choice that is not understood is reported.
    """
    choices = [list(choice) for choice in alternates.iterfind(f"{MC}Choice")]
    for children in choices:
        if children and all(map(_is_understood, children)):
            return children
    for element in (child for children in choices for child in children if not _is_understood(child)):
        report(find_graphic(element).rpartition("/")[2] or str(element.tag).rpartition("}")[2], "")
    fallback = alternates.find(f"{MC}Fallback")
    return list(fallback) if fallback is not None and len(fallback) else choices[0] if choices else []


def _is_understood(element: etree._Element) -> bool:
    name = str(element.tag).rpartition("}")[2]
    if name == "graphicFrame":
        return find_graphic(element) in GRAPHICS
    return name in ("sp", "pic", "cxnSp", "grpSp")


def find_graphic(frame: etree._Element) -> str:
    """What a graphic frame says that it holds."""
    data = frame.find(f"{A}graphic/{A}graphicData")
    return "" if data is None else data.get("uri", "")


def _enter(group: etree._Element, frame: Frame) -> Frame:
    """The coordinates within a group, which has a scale of its own."""
    transform = group.find(f"{{*}}grpSpPr/{A}xfrm")
    if transform is None or transform.find(f"{A}chExt") is None:
        return frame
    left, top, width, height = read_transform(transform)
    offset, extent = transform.find(f"{A}chOff"), transform.find(f"{A}chExt")
    ratio_x = width / (_integer(extent, "cx") or 1)
    ratio_y = height / (_integer(extent, "cy") or 1)
    return Frame(
        x=frame.x + (left - _integer(offset, "x") * ratio_x) * frame.scale_x,
        y=frame.y + (top - _integer(offset, "y") * ratio_y) * frame.scale_y,
        scale_x=frame.scale_x * ratio_x,
        scale_y=frame.scale_y * ratio_y,
    )


def _integer(element: etree._Element | None, name: str) -> int:
    text = "" if element is None else element.get(name, "")
    return int(text) if text.lstrip("-").isdecimal() and len(text) < 16 else 0
