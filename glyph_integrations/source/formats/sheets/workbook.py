"""A workbook's sheets as source pages of tables."""

from __future__ import annotations

import posixpath
import warnings
from typing import TYPE_CHECKING, Any

import openpyxl
from openpyxl.comments.comment_sheet import CommentSheet
from openpyxl.packaging.relationship import get_dependents, get_rels_path

from glyph_integrations.source.archives import repack
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.sheets.cells import read_grid
from glyph_integrations.source.office import MEDIA, A, alternative, chart_lines, properties
from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator
    from zipfile import ZipFile

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_SKIP = rf"{MEDIA}|pivotCache|externalLinks|calcChain"
_XDR = "{http://schemas.openxmlformats.org/drawingml/2006/spreadsheetDrawing}"


def load_workbook(blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
    """Reads a workbook; see ``SheetsFormat.load``."""
    builder = TextBuilder(options.limits)
    with warnings.catch_warnings():
        warnings.simplefilter("ignore")  # openpyxl warns of all that it will not write back
        book = openpyxl.load_workbook(
            repack(blob, options.limits, skip=_SKIP), read_only=True, data_only=True, keep_links=False
        )
        for sheet in book._sheets:  # noqa: SLF001 - worksheets leaves out chart sheets
            _write(builder, sheet, blob.name)
        metadata = properties(book.properties)
    return builder.finish(name=blob.name, media_type=media_type, metadata=metadata)


def _write(builder: TextBuilder, sheet: Any, name: str) -> None:
    if not hasattr(sheet, "_worksheet_path"):  # a chart alone; what it draws stands in another sheet
        return
    with sheet._get_source() as source:  # noqa: SLF001
        grid = read_grid(sheet, source)
    if sheet.sheet_state != "visible":
        builder.drop(f"hidden sheet {sheet.title!r}", grid.characters)
        return
    builder.page(label=sheet.title)
    builder.heading(1, sheet.title)
    grid.write(builder)
    archive = sheet.parent._archive  # noqa: SLF001
    for line in _drawings_and_comments(archive, sheet._worksheet_path, name):  # noqa: SLF001
        builder.line(line)


def _drawings_and_comments(archive: ZipFile, sheet: str, name: str) -> Iterator[str]:
    """What floats above the cells: comments, text boxes, chart titles, the alternative text of pictures."""
    members = set(archive.namelist())
    for kind, path in _related(archive, members, sheet):
        if kind == "comments":
            for reference, comment in CommentSheet.from_tree(parse_xml(archive.read(path), name)).comments:
                author = (comment.author or "").strip()
                yield f"[comment {reference}{f', {author}' if author else ''}] {comment.text.strip()}"
        elif kind == "drawing":
            tree = parse_xml(archive.read(path), name)
            for shape in tree.iter(f"{_XDR}sp"):
                yield from ("".join(t.text or "" for t in line.iter(f"{A}t")) for line in shape.iter(f"{A}p"))
            for picture in tree.iter(f"{_XDR}pic"):
                described = next(picture.iter(f"{_XDR}cNvPr"))
                if text := alternative(described.get("descr", "")):
                    yield text
            for drawn, chart in _related(archive, members, path):
                if drawn == "chart" and (title := chart_lines(archive.read(chart), name)[0]):
                    yield f"[chart: {title}]"


def _related(archive: ZipFile, members: set[str], path: str) -> Iterator[tuple[str, str]]:
    """Kind and path of the members that a member refers to."""
    rels = get_rels_path(path)
    if rels in members:
        for relation in get_dependents(archive, rels):
            if relation.Target in members:
                yield posixpath.basename(relation.Type), relation.Target
