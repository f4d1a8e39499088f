"""One sheet as a source page: its cells as tables, then what floats above them, its comments and its printed heads."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass, field
from functools import partial
from typing import TYPE_CHECKING

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.formats.drawings.frames import attach_object, read_or_report, write_chart_part
from glyph_integrations.source.formats.sheets.cells import GridReader
from glyph_integrations.source.formats.sheets.comments import Comment, read_notes, read_threads
from glyph_integrations.source.formats.sheets.controls import read_controls
from glyph_integrations.source.formats.sheets.drawing import SheetDrawing
from glyph_integrations.source.formats.sheets.heads import read_heads
from glyph_integrations.source.formats.sheets.layout import AreaIndex, Layout, SheetTable, read_frame, read_layout
from glyph_integrations.source.formats.sheets.ranges import Area, read_areas
from glyph_integrations.source.formats.sheets.rows import SheetReader, read_number
from glyph_integrations.source.office import R

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.drawings.colors import Palette
    from glyph_integrations.source.formats.drawings.surfaces import Theme
    from glyph_integrations.source.formats.sheets.cell_pictures import CellPicture
    from glyph_integrations.source.formats.sheets.controls import Control
    from glyph_integrations.source.formats.sheets.strings import RichText
    from glyph_integrations.source.formats.sheets.styles import Styles
    from glyph_integrations.source.packages import Part
    from glyph_integrations.source.visibility import Color

_ELEMENTS = frozenset((
    "sheetPr", "dimension", "sheetViews", "sheetFormatPr", "cols", "sheetData", "sheetCalcPr", "sheetProtection",
    "protectedRanges", "scenarios", "autoFilter", "sortState", "dataConsolidate", "customSheetViews", "mergeCells",
    "phoneticPr", "conditionalFormatting", "dataValidations", "hyperlinks", "printOptions", "pageMargins", "pageSetup",
    "headerFooter", "rowBreaks", "colBreaks", "customProperties", "cellWatches", "ignoredErrors", "smartTags",
    "drawing", "legacyDrawing", "legacyDrawingHF", "drawingHF", "picture", "oleObjects", "controls", "webPublishItems",
    "tableParts", "extLst", "AlternateContent",
))  # fmt: skip
"""Elements of a sheet that are read, or that hold no words of their own."""
_KINDS = frozenset((
    "comments", "threadedComment", "drawing", "vmlDrawing", "hyperlink", "printerSettings", "table", "pivotTable",
    "queryTable", "image", "ctrlProp", "control", "activeXControlBinary", "oleObject", "package", "customProperty",
    "tableSingleCells", "externalLinkPath", "namedSheetView",
))  # fmt: skip
"""Likewise the kinds of parts that a sheet refers to."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Book:
    """What the sheets of a workbook share.

    ``heads`` are the printed heads and feet that were written already; with ``keep_furniture`` each is written.
    """

    strings: Sequence[str | RichText]
    styles: Styles
    palette: Palette
    theme: Theme
    persons: Mapping[str, str]
    pictures: Mapping[str, CellPicture]
    from_1904: bool
    keep_furniture: bool
    heads: set[str] = field(default_factory=set)


@dataclass(frozen=True, slots=True)
class SheetEntry:
    """A sheet as the workbook lists it: its name, the kind of its part, and whether it is visible."""

    name: str
    kind: str
    part: Part
    state: str


def write_sheet(builder: TextBuilder, book: Book, entry: SheetEntry) -> None:
    """Writes a sheet as the next page; one that is hidden is reported with its words."""
    if entry.state != "visible":
        reader, layout = _open_cells(builder, book, entry.part, report=False)
        grid = GridReader(layout, book.styles, from_1904=book.from_1904).read(reader)
        builder.drop(f"hidden sheet {entry.name!r}", grid.excerpt())
        rest = grid.characters - len(grid.excerpt())
        if rest > 0:
            builder.drop(f"hidden sheet {entry.name!r}", rest, count=0)
        return
    builder.page(label=entry.name)
    builder.heading(1, entry.name)
    if entry.kind == "chartsheet":
        _write_charts(builder, entry.part)
    elif entry.kind in ("worksheet", "dialogsheet"):
        _Sheet(builder, book, entry.part).write()
    else:
        builder.report_unknown(f"sheet of the kind {entry.kind}", entry.name)


def _write_charts(builder: TextBuilder, part: Part) -> None:
    """Writes the charts of a sheet that is nothing but a chart."""
    for drawing in part.all("drawing"):
        for chart in (*drawing.all("chart"), *drawing.all("chartEx")):
            read_or_report(builder, chart, lambda chart=chart: write_chart_part(builder, chart))  # type: ignore[misc]


def _open_cells(builder: TextBuilder, book: Book, part: Part, *, report: bool = True) -> tuple[SheetReader, Layout]:
    """The sheet's rows, yet to be read, and its layout."""
    with part.package.open(part.name) as file:
        frame = read_frame(file)
    tables = [table for each in part.all("table") if (table := _read_table(builder, each))]
    tell = builder.report_unknown if report else lambda what, words: None  # noqa: ARG005
    reader = SheetReader(part.package.open(part.name), book.strings, tell, from_1904=book.from_1904)
    return reader, read_layout(frame, book.styles, tables)


def _read_table(builder: TextBuilder, part: Part) -> SheetTable | None:
    try:
        tree = part.tree
    except MalformedError:
        builder.drop(f"damaged part {posixpath.basename(part.name)}", 0, hidden=False)
        return None
    area, style = next(read_areas(tree.get("ref", "")), None), tree.find("{*}tableStyleInfo")
    if area is None:
        return None
    heads, totals = read_number(tree.get("headerRowCount", "1")), read_number(tree.get("totalsRowCount", "0"))
    return SheetTable(area, int(heads or 0), int(totals or 0), "" if style is None else style.get("name", ""))


class _Sheet:
    """One visible worksheet, while it is written."""

    def __init__(self, builder: TextBuilder, book: Book, part: Part) -> None:
        self._builder = builder
        self._book = book
        self._part = part
        self._rows, self._layout = _open_cells(builder, book, part)
        self._cells = GridReader(self._layout, book.styles, from_1904=book.from_1904, pictures=book.pictures)
        self._controls: dict[str, Control] = {}

    def write(self) -> None:
        """Writes all of it."""
        frame = self._layout.frame
        heads = read_heads(frame)
        self._write_heads("Header", heads.above)
        self._controls = read_controls(self._part, frame)
        drawings = self._open_drawings()
        self._layout.covers = AreaIndex((area, None) for each in drawings for area in each.list_covers())
        grid = self._cells.read(self._rows)
        for row, picture in self._cells.pictures:
            grid.floats.setdefault(row, []).append(partial(picture.write, self._builder))
        for drawing in drawings:
            for row, write in drawing.list_floats(self._find_background):
                grid.floats.setdefault(row, []).append(write)
        grid.write(self._builder)
        if self._rows.damage:
            name = posixpath.basename(self._part.name)
            self._builder.drop(f"damaged part {name}, read up to there: {self._rows.damage}", 0, hidden=False)
        for control in sorted(self._controls.values(), key=lambda each: each.row):
            self._builder.line(control.write())
        self._attach_objects()
        self._write_comments()
        self._write_heads("Footer", heads.below)
        self._report()

    def _open_drawings(self) -> list[SheetDrawing]:
        drawings: list[SheetDrawing] = []

        def open_drawing(part: Part) -> None:
            drawings.append(SheetDrawing(self._builder, part, self._book.palette, self._book.theme, self._controls))

        for part in self._part.all("drawing"):
            read_or_report(self._builder, part, lambda part=part: open_drawing(part))  # type: ignore[misc]
        return drawings

    def _find_background(self, area: Area) -> Color | None:
        """What lies behind a shape without a fill: the sheet, unless cells there are filled."""
        rows = range(area.top, min(area.bottom, area.top + 1000) + 1)
        return None if any(row in self._cells.filled_rows for row in rows) else self._layout.background

    def _attach_objects(self) -> None:
        seen: set[str] = set()
        for element in self._layout.frame.iter("{*}oleObject"):
            identifier = element.get(f"{R}id", "") or element.get("link", "")
            if identifier not in seen:
                seen.add(identifier)
                attach_object(self._builder, self._part, identifier, element.get("progId", ""))

    def _write_comments(self) -> None:
        comments: list[Comment] = []
        for part in self._part.all("threadedComment"):
            read_or_report(
                self._builder,
                part,
                lambda part=part: comments.extend(read_threads(part.tree, self._book.persons)),  # type: ignore[misc]
            )
        threaded = {comment.cell for comment in comments}
        for part in self._part.all("comments"):
            notes: list[Comment] = []
            read_or_report(self._builder, part, lambda part=part, notes=notes: notes.extend(read_notes(part.tree)))  # type: ignore[misc]
            comments += (note for note in notes if note.cell not in threaded)
        for comment in sorted(comments, key=lambda each: (each.row, each.column)):
            reason = self._cells.explain(comment.row, comment.column)
            if reason:
                self._builder.drop(f"comment in a {reason}", comment.line)
            else:
                self._builder.line(comment.line)

    def _write_heads(self, kind: str, heads: Sequence[str]) -> None:
        for head in heads:
            line = f"{kind}: {head}"
            if line in self._book.heads and not self._book.keep_furniture:
                self._builder.drop("running head", head, hidden=False)
            else:
                self._book.heads.add(line)
                self._builder.line(line)

    def _report(self) -> None:
        """Reports what the sheet holds that nothing here reads."""
        for element in self._layout.frame:
            name = str(element.tag).rpartition("}")[2]
            if name not in _ELEMENTS:
                self._builder.report_unknown(f"{name} in a sheet", "".join(map(str, element.itertext())))
        for name in _list_extensions(self._layout.frame):
            self._builder.report_unknown(f"{name} in a sheet", "")
        if self._layout.frame.find("{*}picture") is not None:
            self._builder.skip_picture("background picture")
        if self._layout.frame.find("{*}legacyDrawingHF") is not None:
            self._builder.skip_picture("picture in a printed head")
        for relation in self._part.relations.values():
            if relation.kind == "hyperlink" and relation.external:
                self._builder.drop("link address", relation.target, hidden=False)
            elif relation.kind not in _KINDS:
                self._builder.report_unknown(f"part of a sheet: {relation.kind}", posixpath.basename(relation.target))


_EXTENSIONS = frozenset((
    "conditionalFormattings", "dataValidations", "protectedRanges", "ignoredErrors", "slicerList", "timelineRefs",
))  # fmt: skip
"""Later additions to a sheet that hold no words of their own; slicers and timelines are parts, reported as such."""


def _list_extensions(frame: etree._Element) -> Iterator[str]:
    for extension in frame.iterfind("{*}extLst/{*}ext"):
        for element in extension:
            name = str(element.tag).rpartition("}")[2]
            if name not in _EXTENSIONS:
                yield name
