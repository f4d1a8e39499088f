"""Sheets and slides of OpenDocument files as source pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glyph_integrations.errors import TooLargeError
from glyph_integrations.source.formats.odf.names import DRAW, FO, OFFICE, PRESENTATION, STYLE, SVG, TABLE
from glyph_integrations.source.formats.slides.order import clip_box, order_for_reading
from glyph_integrations.source.grids import Grid
from glyph_integrations.source.text import WHOLE_PAGE, Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.odf.text import Text
    from glyph_integrations.source.limits import Limits

_LENGTH = re.compile(r"(-?[\d.]+)(mm|cm|in|pt|pc|px)")
_POINTS = {"mm": 72 / 25.4, "cm": 72 / 2.54, "in": 72.0, "pt": 1.0, "pc": 12.0, "px": 0.75}


def write_sheets(builder: TextBuilder, text: Text, content: etree._Element, limits: Limits) -> None:
    """Writes each visible sheet as a page: its name, then its tables with the values as they are displayed."""
    hidden = {
        style.get(f"{STYLE}name", "")
        for style in content.iter(f"{STYLE}style")
        for properties in style.iterfind(f"{STYLE}table-properties")
        if properties.get(f"{TABLE}display") == "false"
    }
    for sheet in content.iterfind(f"{OFFICE}body/{OFFICE}spreadsheet/{TABLE}table"):
        grid = _grid(sheet, text, limits)
        name = sheet.get(f"{TABLE}name", "")
        if sheet.get(f"{TABLE}style-name") in hidden:
            text.drop(f"hidden sheet {name!r}", grid.characters)
            continue
        builder.page(label=name)
        builder.heading(1, name)
        grid.write(builder)
        text.flush()
        text.blocks(sheet.iterfind(f"{TABLE}shapes/*"))
        text.report()


def write_slides(builder: TextBuilder, text: Text, content: etree._Element, styles: etree._Element | None) -> None:
    """Writes each slide as a page: its title, its shapes as they are read, then the notes."""
    sizes = _page_sizes(styles)
    hidden = set(_hidden_slides(content))
    for slide in content.iterfind(f"{OFFICE}body/{OFFICE}presentation/{DRAW}page"):
        width, height = sizes.get(slide.get(f"{DRAW}master-page-name", ""), (720.0, 540.0))
        reason = "hidden slide" if slide.get(f"{DRAW}style-name") in hidden else ""
        number = builder.page(label=slide.get(f"{DRAW}name", ""), width=width, height=height, reason=reason)
        before = builder.length
        shapes = [Placed(shape, _box(shape, width, height)) for shape in _shapes(slide)]
        titles = [item for item in shapes if item.shape.get(f"{PRESENTATION}class") == "title"]
        for item in (*titles, *reading_order(item for item in shapes if item not in titles)):
            box = clipped(item.box)
            if box is None:
                text.drop("off the page", len("".join(map(str, item.shape.itertext())).strip()))
            elif item in titles and (title := text.one_line(item.shape)):
                builder.heading(1, title, box)
            else:
                text.blocks([item.shape], box)
        if builder.length == before:
            builder.line(f"[slide {number + 1} has no text{': only pictures' if shapes else ''}]")
        for notes in slide.iterfind(f"{PRESENTATION}notes/*"):
            if notes.get(f"{PRESENTATION}class", "notes") == "notes" and (line := text.one_line(notes)):
                builder.line(f"Notes: {line}")
        text.report()


def _shapes(parent: etree._Element) -> Iterator[etree._Element]:
    """The shapes on a slide, those within groups included; places within groups are those on the slide."""
    for shape in parent:
        if shape.tag == f"{DRAW}g":
            yield from _shapes(shape)
        elif str(shape.tag).startswith(DRAW) and shape.get(f"{PRESENTATION}class") != "page-number":
            yield shape


def _hidden_slides(content: etree._Element) -> Iterator[str]:
    for style in content.iter(f"{STYLE}style"):
        for properties in style.iterfind(f"{STYLE}drawing-page-properties"):
            if properties.get(f"{PRESENTATION}visibility") == "hidden":
                yield style.get(f"{STYLE}name", "")


def _grid(sheet: etree._Element, text: Text, limits: Limits) -> Grid:
    grid = Grid()
    hidden_columns: list[tuple[int, int]] = []
    at = 1
    for column in sheet.iter(f"{TABLE}table-column"):
        times = int(column.get(f"{TABLE}number-columns-repeated", "1"))
        if column.get(f"{TABLE}visibility", "visible") != "visible":
            hidden_columns.append((at, at + times - 1))
        at += times
    number, characters = 1, 0
    for row in sheet.iter(f"{TABLE}table-row"):
        times = int(row.get(f"{TABLE}number-rows-repeated", "1"))
        cells = _cells(row, text, limits)
        if cells and row.get(f"{TABLE}visibility", "visible") != "visible":
            grid.dropped["hidden row"] += sum(map(len, cells.values())) * times
        elif cells:
            for first, last in hidden_columns:
                for column_number in [each for each in cells if first <= each <= last]:
                    grid.dropped["hidden column"] += len(cells.pop(column_number)) * times
            characters += sum(map(len, cells.values())) * times
            if characters > limits.characters:
                raise TooLargeError(f"more than {limits.characters:,} characters; raise Limits.characters to read it")
            grid.rows.update((number + offset, cells) for offset in range(times if cells else 0))
        number += times
    return grid


def _cells(row: etree._Element, text: Text, limits: Limits) -> dict[int, str]:
    cells: dict[int, str] = {}
    at = 1
    for cell in row.iterchildren(f"{TABLE}table-cell", f"{TABLE}covered-table-cell"):
        times = int(cell.get(f"{TABLE}number-columns-repeated", "1"))
        shown = text.cell(cell) if cell.tag == f"{TABLE}table-cell" else ""
        if shown.strip() and (reason := text.unseen(cell)):
            text.drop(reason, len(shown) * times)
        elif shown.strip():
            if times * len(shown) > limits.characters:
                raise TooLargeError(f"more than {limits.characters:,} characters; raise Limits.characters to read it")
            cells.update((at + offset, shown) for offset in range(times))
        at += times
    return cells


def _page_sizes(styles: etree._Element | None) -> dict[str, tuple[float, float]]:
    """Width and height in pt by the name of the master page."""
    if styles is None:
        return {}
    layouts: dict[str, tuple[float, float]] = {}
    for layout in styles.iter(f"{STYLE}page-layout"):
        for properties in layout.iterfind(f"{STYLE}page-layout-properties"):
            width, height = (_points(properties.get(f"{FO}page-{side}")) for side in ("width", "height"))
            if width and height:
                layouts[layout.get(f"{STYLE}name", "")] = width, height
    return {
        master.get(f"{STYLE}name", ""): layouts[name]
        for master in styles.iter(f"{STYLE}master-page")
        if (name := master.get(f"{STYLE}page-layout-name", "")) in layouts
    }


def _box(shape: etree._Element, width: float, height: float) -> Box:
    if shape.get(f"{SVG}x") is None:
        return WHOLE_PAGE
    x, y = _points(shape.get(f"{SVG}x")) / width, _points(shape.get(f"{SVG}y")) / height
    across, down = _points(shape.get(f"{SVG}width")) / width, _points(shape.get(f"{SVG}height")) / height
    return Box(x, y, x + across, y + down)


def _points(length: str | None) -> float:
    match = _LENGTH.fullmatch(length or "")
    return float(match[1]) * _POINTS[match[2]] if match else 0.0
