"""What a slide inherits: placeholders, list styles, colors and backgrounds of its layout and master."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.formats.drawings.colors import Paint, Palette, read_theme
from glyph_integrations.source.formats.drawings.surfaces import (
    UNKNOWN,
    Theme,
    read_fill,
    read_reference,
    read_theme_fills,
)
from glyph_integrations.source.office import A, P
from glyph_integrations.source.visibility import WHITE

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from glyph_integrations.source.formats.drawings.shapes import Shape
    from glyph_integrations.source.packages import Part

TITLES = ("title", "ctrTitle")
FOOTERS = ("ftr", "dt", "hdr", "sldNum")
_SAME = {"ctrTitle": "title", "subTitle": "body", "": "body", "obj": "body"}
"""Kinds of placeholders that inherit from the master's placeholder of another kind."""
_STYLES = {"title": "titleStyle", "body": "bodyStyle"}


@dataclass(frozen=True, slots=True)
class Placeholder:
    """What makes a shape a placeholder: its kind (``title``, ``body``, ``ftr`` …) and its number."""

    kind: str
    index: str


def read_placeholder(element: etree._Element) -> Placeholder | None:
    """The placeholder that a shape is; None where it is none."""
    found = element.find(f"*/{P}nvPr/{P}ph")
    return None if found is None else Placeholder(found.get("type", ""), found.get("idx", "0"))


def is_title(shape: Shape) -> bool:
    """Whether a shape is the slide's title."""
    placeholder = read_placeholder(shape.element)
    return placeholder is not None and placeholder.kind in TITLES


class Scene:
    """One slide, with the layout and master behind it.

    Args:
        slide: Its part.
        defaults: The presentation's ``p:defaultTextStyle``; None where it has none.
    """

    def __init__(self, slide: Part, defaults: etree._Element | None) -> None:
        self.slide = slide
        self._defaults = defaults
        self._inherited: dict[etree._Element, list[etree._Element]] = {}
        self.layout = slide.first("slideLayout")
        self.master = None if self.layout is None else self.layout.first("slideMaster")

    @property
    def layers(self) -> Iterator[Part]:
        """The slide and what lies behind it, the nearest first."""
        return (part for part in (self.slide, self.layout, self.master) if part is not None)

    @cached_property
    def _trees(self) -> tuple[etree._Element, ...]:
        """The XML of the layers, as far as it is not damaged."""
        return tuple(tree for part in self.layers if (tree := _parse(part)) is not None)

    @cached_property
    def _theme_tree(self) -> etree._Element | None:
        theme = None if self.master is None else self.master.first("theme")
        return None if theme is None else _parse(theme)

    @cached_property
    def theme(self) -> Theme:
        """The fills of its theme."""
        return read_theme_fills(self._theme_tree)

    @cached_property
    def palette(self) -> Palette:
        """The colors of its theme, and which of them are text and background here."""
        names: dict[str, str] = {}
        for tree in reversed(self._trees):
            mapping = tree.find(f"{P}clrMap")
            mapping = tree.find(f"{P}clrMapOvr/{A}overrideClrMapping") if mapping is None else mapping
            names |= {} if mapping is None else {str(key): str(value) for key, value in mapping.items()}
        return Palette(read_theme(self._theme_tree), names)

    @cached_property
    def background(self) -> Paint:
        """What the slide is painted on."""
        for tree in self._trees:
            background = tree.find(f"{P}cSld/{P}bg")
            if background is None:
                continue
            reference = background.find(f"{P}bgRef")
            if reference is not None:
                return read_reference(reference, self.palette, self.theme.backgrounds) or Paint(WHITE)
            fill = read_fill(background.find(f"{P}bgPr"), self.palette)
            return fill if isinstance(fill, Paint) else Paint(WHITE) if fill else UNKNOWN
        return Paint(WHITE)

    @cached_property
    def background_picture(self) -> tuple[Part, etree._Element] | None:
        """The picture that is its background, and the part that has it."""
        for part in self.layers:
            tree = _parse(part)
            background = None if tree is None else tree.find(f"{P}cSld/{P}bg")
            if background is not None:
                fill = background.find(f"{P}bgPr/{A}blipFill")
                return None if fill is None else (part, fill)
        return None

    @property
    def shows_master(self) -> bool:
        """Whether the shapes of layout and master are drawn on it."""
        return not self._trees or self._trees[0].get("showMasterSp", "1") not in ("0", "false")

    def list_inherited(self, element: etree._Element) -> list[etree._Element]:
        """The placeholders of layout and master that a placeholder takes after, the nearest first."""
        if element not in self._inherited:
            self._inherited[element] = self._find_inherited(element)
        return self._inherited[element]

    def _find_inherited(self, element: etree._Element) -> list[etree._Element]:
        placeholder = read_placeholder(element)
        if placeholder is None:
            return []
        found: list[etree._Element] = []
        for tree in self._trees[1:]:
            candidates = [(each, read_placeholder(each)) for each in tree.iter(f"{P}sp", f"{P}pic", f"{P}graphicFrame")]
            kind = _SAME.get(placeholder.kind, placeholder.kind)
            by_index = (
                each
                for each, other in candidates
                if other and other.index == placeholder.index and tree.tag == f"{P}sldLayout"
            )
            by_kind = (each for each, other in candidates if other and _SAME.get(other.kind, other.kind) == kind)
            match = next(by_index, None)
            match = next(by_kind, None) if match is None else match
            if match is not None:
                found.append(match)
        return found

    def locate(self, element: etree._Element) -> etree._Element | None:
        """The ``a:xfrm`` that a shape without one of its own inherits."""
        places = (each.find(f"{P}spPr/{A}xfrm") for each in self.list_inherited(element))
        return next((place for place in places if place is not None), None)

    def list_styles(self, element: etree._Element) -> list[etree._Element]:
        """The list styles that a shape's text inherits, the nearest first."""
        inherited = self.list_inherited(element)
        styles = [each.find(f"{P}txBody/{A}lstStyle") for each in inherited]
        placeholder = read_placeholder(element)
        master = self._trees[-1] if self._trees else None
        if master is not None and master.tag == f"{P}sldMaster":
            kind = "" if placeholder is None else _SAME.get(placeholder.kind, placeholder.kind)
            styles.append(master.find(f"{P}txStyles/{P}{_STYLES.get(kind, 'otherStyle')}"))
        styles.append(self._defaults)
        return [each for each in styles if each is not None]


def _parse(part: Part) -> etree._Element | None:
    try:
        return part.tree
    except MalformedError:
        return None
