"""Frames of OpenDocument files: pictures, text boxes, formulas, charts, embedded files."""

from __future__ import annotations

import base64
import binascii
import posixpath
import re
from typing import TYPE_CHECKING

from glyph_integrations.errors import LoadError
from glyph_integrations.source.formats.html.mathml import write_formula
from glyph_integrations.source.formats.odf.lengths import parse_length
from glyph_integrations.source.formats.odf.names import DRAW, FO, OFFICE, SVG, TABLE, TEXT, XLINK
from glyph_integrations.source.images import measure_image
from glyph_integrations.source.text import WHOLE_PAGE, Box
from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.odf.looks import Looks
    from glyph_integrations.source.formats.odf.styles import Styles
    from glyph_integrations.source.limits import Limits

_CLIP = re.compile(r"rect\(([^()]{1,120})\)")
_LABELS = (f"{SVG}desc", f"{SVG}title")
_FRAMES = frozenset((f"{DRAW}frame", f"{DRAW}g", f"{DRAW}a"))
"""Elements that are nothing but what they hold."""
_SHAPELESS = frozenset((*_LABELS, f"{DRAW}glue-point", f"{OFFICE}event-listeners", f"{DRAW}enhanced-geometry"))


class FrameWriter:
    """Writes frames of one file.

    Args:
        builder: Takes the pictures and files.
        styles: The file's.
        looks: How the file's text looks.
        part: The bytes of a member of the file; none where there is no such member.
        write_blocks: Writes the blocks of a text box.
        name: Of the source, for messages.
        limits: What a picture may cost.
    """

    def __init__(
        self,
        builder: TextBuilder,
        *,
        styles: Styles,
        looks: Looks,
        part: Callable[[str], bytes],
        write_blocks: Callable[[Iterable[etree._Element], Box | None], None],
        name: str,
        limits: Limits,
    ) -> None:
        self._builder = builder
        self._styles = styles
        self._looks = looks
        self._part = part
        self._write_blocks = write_blocks
        self._name = name
        self._limits = limits

    def write(self, frame: etree._Element, box: Box | None = None) -> None:
        """Write what a frame or shape shows."""
        if reason := self._looks.find_hidden_frame(frame):
            self._builder.drop(reason, " ".join(map(str, frame.itertext())))
            return
        pictures = list(frame.iterchildren(f"{DRAW}image"))
        before, written = self._builder.length, False
        for child in frame:
            if child.tag in (f"{DRAW}object", f"{DRAW}object-ole"):
                written = self._write_object(child) or written
            elif child.tag == f"{DRAW}plugin":
                self._builder.report_unknown("media", child.get(f"{XLINK}href", ""))
            elif child.tag == f"{DRAW}text-box":
                self._write_blocks(child, box)
            elif child.tag not in _SHAPELESS and child.tag != f"{DRAW}image":
                self._write_blocks([child], box)
        if pictures and not written:
            self._write_picture(frame, pictures)
        elif frame.tag not in _FRAMES and self._builder.length == before and not _read_words(frame):
            self._builder.skip_picture("drawn shape without text", _describe(frame))

    def print_formula(self, frame: etree._Element) -> str:
        """Return the formula that a frame holds, on one line; nothing where it holds none or is hidden."""
        held = frame.find(f"{DRAW}object")
        if held is None or self._looks.find_hidden_frame(frame):
            return ""
        try:
            tree = self._open_object(held)
        except LoadError:
            return ""
        return _read_formula(tree) if tree is not None and str(tree.tag).endswith("}math") else ""

    def _open_object(self, held: etree._Element) -> etree._Element | None:
        """The content of an embedded object; None where the file has none."""
        place = held.get(f"{XLINK}href", "").removeprefix("./").rstrip("/")
        data = self._part(f"{place}/content.xml") if place else b""
        return parse_xml(data, self._name) if data else next(iter(held), None)

    def _write_picture(self, frame: etree._Element, pictures: list[etree._Element]) -> None:
        """Write the first of a frame's pictures that can be drawn; they are all the same picture."""
        description = _describe(frame)
        found = [(posixpath.basename(image.get(f"{XLINK}href", "")), self._read(image)) for image in pictures]
        drawn = [(name, data) for name, data in found if data and self._measure(data)]
        name, data = (drawn or found)[0]
        address = pictures[0].get(f"{XLINK}href", "")
        if not data:
            outside = "://" in address or address.startswith(("../", "/"))
            why = "it lies outside of the file and is not fetched" if outside else "it is not in the file"
            self._builder.unshown_picture(name, why, description)
            return
        width, height = (parse_length(frame.get(f"{SVG}{side}")) or 0.0 for side in ("width", "height"))
        crop = self._crop(frame, data)
        across, down = crop.x1 - crop.x0, crop.y1 - crop.y0
        self._builder.embedded_picture(
            data, name=name, width=width / across, height=height / down, crop=crop, description=description
        )

    def _read(self, image: etree._Element) -> bytes:
        inner = image.findtext(f"{OFFICE}binary-data")
        if inner:
            try:
                return base64.b64decode("".join(inner.split()))
            except (binascii.Error, ValueError):
                return b""
        address = image.get(f"{XLINK}href", "")
        return self._part(address.removeprefix("./")) if address and "://" not in address else b""

    def _measure(self, data: bytes) -> tuple[float, float] | None:
        try:
            return measure_image(data, self._limits)
        except LoadError:
            return None

    def _crop(self, frame: etree._Element, data: bytes) -> Box:
        """The part of a picture that its style leaves, whose lengths are those of the picture in its own size."""
        clip = _CLIP.fullmatch(self._styles.of(frame).get(f"{FO}clip", ""))
        size = self._measure(data)
        sides = [] if clip is None else [parse_length(side) or 0.0 for side in clip[1].replace(",", " ").split()]
        if len(sides) != 4 or size is None or not all(size):
            return WHOLE_PAGE
        top, right, bottom, left = sides
        crop = Box(left / size[0], top / size[1], 1 - right / size[0], 1 - bottom / size[1])
        box = Box(*(min(max(side, 0.0), 1.0) for side in crop))
        return box if box.x1 - box.x0 > 0.01 and box.y1 - box.y0 > 0.01 else WHOLE_PAGE

    def _write_object(self, held: etree._Element) -> bool:
        """Write an embedded chart, text or sheet; say whether that was possible."""
        try:
            tree = self._open_object(held)
        except LoadError as error:
            self._builder.report_unknown(f"embedded object that cannot be read ({error})")
            return False
        if tree is not None:
            return self._write_content(tree)
        place = held.get(f"{XLINK}href", "").removeprefix("./").rstrip("/")
        file = self._part(place) if place else b""
        if file:
            self._builder.attach(posixpath.basename(place), file)
        else:
            self._builder.report_unknown("linked object", place)
        return False

    def _write_content(self, tree: etree._Element) -> bool:
        if str(tree.tag).endswith("}math"):
            self._builder.line(_read_formula(tree))
            return True
        before = self._builder.length
        chart = next(tree.iter("{*}chart"), None)
        blocks = _list_chart(tree) if chart is not None else _list_body(tree)
        self._write_blocks(blocks, None)
        return self._builder.length > before


def _read_formula(tree: etree._Element) -> str:
    """A formula on one line, by its MathML or else as LibreOffice's own notation has it."""
    stated = next((found.text for found in tree.iter("{*}annotation") if found.text), "")
    for element in tree.iter():
        element.tag = str(element.tag).rpartition("}")[2]
    return write_formula(tree, lambda element: False) or " ".join(stated.split())  # noqa: ARG005


def _list_chart(tree: etree._Element) -> Iterator[etree._Element]:
    """A chart's titles, then the table that it draws."""
    yield from (block for title in tree.iter("{*}title", "{*}subtitle") for block in title.iter(f"{TEXT}p"))
    yield from tree.iter(f"{TABLE}table")


def _list_body(tree: etree._Element) -> Iterator[etree._Element]:
    for body in tree.iter(f"{OFFICE}body"):
        for kind in body:
            yield from kind


def _read_words(frame: etree._Element) -> str:
    """The words of a shape, without those that describe it."""
    return "".join("".join(map(str, child.itertext())) for child in frame if child.tag not in _SHAPELESS).strip()


def _describe(frame: etree._Element) -> str:
    return frame.findtext(f"{SVG}desc") or frame.findtext(f"{SVG}title") or ""
