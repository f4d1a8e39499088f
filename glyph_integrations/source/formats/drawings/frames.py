"""Graphic frames (charts, diagrams, embedded objects) of slides and sheets, written where they stand."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from glyph_integrations.errors import LoadError, TooLargeError
from glyph_integrations.source.formats.drawings.charts import read_chart, write_chart
from glyph_integrations.source.formats.drawings.diagrams import list_diagram_pictures, read_diagram
from glyph_integrations.source.formats.drawings.pictures import describe, write_picture
from glyph_integrations.source.formats.drawings.shapes import CHART, DIAGRAM, EXTENDED_CHART, find_graphic
from glyph_integrations.source.office import DGM, A, R

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.drawings.shapes import Shape
    from glyph_integrations.source.packages import Part


def write_graphic(builder: TextBuilder, part: Part, shape: Shape) -> None:
    """Writes a chart or a diagram; what a frame holds that is neither is reported, its words kept."""
    kind = find_graphic(shape.element)
    if kind in (CHART, EXTENDED_CHART):
        _write_chart_frame(builder, part, shape)
    elif kind == DIAGRAM:
        _write_diagram(builder, part, shape)
    else:
        words = "\n".join(_list_words(shape.element))
        builder.report_unknown(f"graphic frame {posixpath.basename(kind) or 'without content'}", words)
        if words:
            builder.line(words)
    if description := describe(shape.description):
        builder.line(f"[{'chart' if 'chart' in kind else 'graphic'}: {description}]")


def read_or_report(builder: TextBuilder, part: Part, read: Callable[[], None]) -> None:
    """Reads a part; one that is damaged is reported by its name."""
    try:
        read()
    except TooLargeError:
        raise
    except (LoadError, ValueError, LookupError, TypeError):
        builder.drop(f"damaged part {posixpath.basename(part.name)}", 0, hidden=False)


def _write_chart_frame(builder: TextBuilder, part: Part, shape: Shape) -> None:
    place = shape.element.find(f".//{A}graphicData/*")
    chart = part.related(None if place is None else place.get(f"{R}id"))
    if chart is None:
        builder.drop("missing chart", shape.name, hidden=False)
        return
    read_or_report(builder, chart, lambda: write_chart_part(builder, chart))


def write_chart_part(builder: TextBuilder, chart: Part) -> None:
    """Writes a chart part, and the text boxes that were drawn into the chart."""
    write_chart(builder, read_chart(chart.tree))
    for drawn in chart.all("chartUserShapes"):
        for line in _list_words(drawn.tree):
            builder.line(line)


def _write_diagram(builder: TextBuilder, part: Part, shape: Shape) -> None:
    identifiers = next(shape.element.iter(f"{DGM}relIds"), None)
    data = part.related(None if identifiers is None else identifiers.get(f"{R}dm"))
    if data is None:
        builder.drop("missing diagram", shape.name, hidden=False)
        return

    def write() -> None:
        for line in read_diagram(data.tree):
            builder.line(line)
        for fill in list_diagram_pictures(data.tree):
            write_picture(builder, data, fill)

    read_or_report(builder, data, write)


def attach_object(builder: TextBuilder, part: Part, identifier: str, program: str) -> None:
    """Hands on the file of an embedded object; one that is linked, missing or damaged is named."""
    relation, embedded = part.relations.get(identifier), part.related(identifier)
    if embedded is not None:
        name = posixpath.basename(embedded.name)
        read_or_report(builder, embedded, lambda: builder.attach(name, embedded.data))
    elif relation is not None and relation.external:
        name = posixpath.basename(relation.target.replace("\\", "/").partition("!")[0])
        builder.line(f"[linked object: {name}{f', {program}' if program else ''}]")
        builder.drop("linked object, not stored in the file", name, hidden=False)
    else:
        builder.drop("missing object", program, hidden=False)


def _list_words(element: etree._Element) -> list[str]:
    lines = (
        " ".join("".join(text.text or "" for text in line.iter(f"{A}t")).split()) for line in element.iter(f"{A}p")
    )
    return [line for line in lines if line]
