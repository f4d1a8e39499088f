"""A presentation's slides as source pages."""

from __future__ import annotations

from collections import Counter
from itertools import pairwise
from typing import TYPE_CHECKING, Any

from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.package import Package

from glyph_integrations.source.archives import repack
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.slides.frames import paragraphs
from glyph_integrations.source.formats.slides.placing import Frame, Placed, clipped, placed, reading_order
from glyph_integrations.source.office import (
    DGM,
    MEDIA,
    A,
    P,
    R,
    alternative,
    chart_lines,
    diagram_lines,
    properties,
    related,
)
from glyph_integrations.source.text import Box
from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_EMU = 12_700
"""English metric units in a point."""
_TITLES = (PP_PLACEHOLDER.TITLE, PP_PLACEHOLDER.CENTER_TITLE)
_BULLETED = (PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT)
_FOOTERS = (PP_PLACEHOLDER.FOOTER, PP_PLACEHOLDER.DATE, PP_PLACEHOLDER.HEADER)


def load_presentation(blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
    """Reads a presentation; see ``SlidesFormat.load``."""
    package = Package.open(repack(blob, options.limits, skip=MEDIA))
    presentation = package.presentation_part.presentation
    width, height = presentation.slide_width or 9_144_000, presentation.slide_height or 6_858_000
    builder = TextBuilder(options.limits)
    furniture: set[str] | None = set() if options.furniture == "once" else None
    for slide in presentation.slides:
        _Slide(slide, blob.name, builder, furniture).write(width, height)
    return builder.finish(name=blob.name, media_type=media_type, metadata=properties(package.core_properties))


class _Slide:
    def __init__(self, slide: Any, name: str, builder: TextBuilder, furniture: set[str] | None) -> None:
        self._slide = slide
        self._name = name
        self._builder = builder
        self._furniture = furniture
        self._dropped: Counter[str] = Counter()

    def write(self, width: int, height: int) -> None:
        """Writes the slide, whose sides are in English metric units, as the next page."""
        hidden = self._slide._element.get("show") in ("0", "false")  # noqa: SLF001 - python-pptx does not offer it
        shapes = list(placed(self._slide.shapes, Frame(0.0, 0.0, 1 / width, 1 / height)))
        number = self._builder.page(width=width / _EMU, height=height / _EMU, reason="hidden slide" if hidden else "")
        before = self._builder.length
        titles = [item for item in shapes if _placeholder(item.shape) in _TITLES]
        for item in (*titles, *reading_order(item for item in shapes if item not in titles)):
            self._shape(item, is_title=item in titles)
        if self._builder.length == before:
            self._builder.line(f"[slide {number + 1} has no text{': only pictures' if shapes else ''}]")
        for line in (*self._notes(), *self._comments()):
            self._builder.line(line)
        for reason, characters in self._dropped.items():
            self._builder.drop(reason, characters)

    def _shape(self, item: Placed, *, is_title: bool) -> None:
        shape, box = item.shape, clipped(item.box)
        described = next(shape._element.iter(f"{P}cNvPr"), None)  # noqa: SLF001
        invisible = described is not None and described.get("hidden") in ("1", "true")
        if box is None or invisible:
            characters = sum(len(text.text or "") for text in shape._element.iter(f"{A}t"))  # noqa: SLF001
            if characters:
                self._dropped["hidden shape" if invisible else "off the page"] += characters
        elif getattr(shape, "has_table", False) and shape.has_table:
            self._table(shape.table, box)
        elif getattr(shape, "has_chart", False) and shape.has_chart:
            title, rows = chart_lines(shape.chart.part.blob, self._name)
            if title:
                self._builder.line(title, box)
            self._builder.table(rows, [[box] * len(row) for row in rows])
        elif getattr(shape, "has_text_frame", False) and shape.has_text_frame:
            self._text(shape, box, is_title=is_title)
        else:
            self._drawing(shape, described, box)

    def _text(self, shape: Any, box: Box, *, is_title: bool) -> None:
        kind = _placeholder(shape)
        lines = paragraphs(shape.text_frame._txBody, bullets=kind in _BULLETED, dropped=self._dropped)  # noqa: SLF001
        text = "\n".join(lines)
        if self._furniture is not None and kind in (*_FOOTERS, PP_PLACEHOLDER.SLIDE_NUMBER):
            if kind == PP_PLACEHOLDER.SLIDE_NUMBER or text in self._furniture:
                self._builder.drop("slide number or footer", len(text), box, hidden=False)
                return
            self._furniture.add(text)
        if is_title and lines:
            self._builder.heading(1, " ".join(text.split()), box)
            return
        for number, line in enumerate(lines):
            top, step = box.y0 + (box.y1 - box.y0) * number / len(lines), (box.y1 - box.y0) / len(lines)
            self._builder.line(line, Box(box.x0, top, box.x1, top + step))

    def _table(self, table: Any, box: Box) -> None:
        widths, heights = [column.width for column in table.columns], [row.height for row in table.rows]
        lefts, tops = list(_edges(widths, box.x0, box.x1)), list(_edges(heights, box.y0, box.y1))
        rows, boxes = [], []
        for (top, bottom), row in zip(pairwise(tops), table.rows, strict=True):
            rows.append([self._cell(cell) for cell in row.cells])
            boxes.append([Box(left, top, right, bottom) for left, right in pairwise(lefts)])
        self._builder.table(rows, boxes)

    def _cell(self, cell: Any) -> str:
        if cell.is_spanned:
            return ""
        return " ".join(paragraphs(cell.text_frame._txBody, bullets=False, dropped=self._dropped))  # noqa: SLF001

    def _drawing(self, shape: Any, described: Any, box: Box) -> None:
        for diagram in shape._element.iter(f"{DGM}relIds"):  # noqa: SLF001
            if data := related(self._slide.part, diagram.get(f"{R}dm")):
                for line in diagram_lines(data, self._name):
                    self._builder.line(line, box)
        if described is not None and (text := alternative(described.get("descr", ""))):
            self._builder.line(text, box)

    def _notes(self) -> Iterator[str]:
        if self._slide.has_notes_slide:
            frame = self._slide.notes_slide.notes_text_frame
            lines = [] if frame is None else paragraphs(frame._txBody, bullets=False, dropped=self._dropped)  # noqa: SLF001
            if lines:
                yield "Notes: " + "\n".join(lines)

    def _comments(self) -> Iterator[str]:
        for relation in self._slide.part.rels.values():
            if relation.reltype.endswith("/comments") and not relation.is_external:
                tree = parse_xml(relation.target_part.blob, self._name)
                for comment in tree:
                    pieces = (text.text or "" for text in comment.iter(f"{P}text", f"{A}t"))
                    yield f"[comment] {' '.join(pieces)}"


def _placeholder(shape: Any) -> Any:
    return shape.placeholder_format.type if shape.is_placeholder else None


def _edges(sizes: list[int], start: float, end: float) -> Iterator[float]:
    total, position = sum(sizes) or 1, 0
    for size in (0, *sizes):
        position += size
        yield start + (end - start) * position / total
