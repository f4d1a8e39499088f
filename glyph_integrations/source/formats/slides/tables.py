"""Tables on slides: rows and columns with their boxes, merged cells once."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.drawings.surfaces import read_fill
from glyph_integrations.source.formats.drawings.text import TextSetting, list_texts
from glyph_integrations.source.office import A
from glyph_integrations.source.text import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder

_UNFILLED = ("{2D5ABB26-0587-4C30-8999-92F81FD0307C}", "{5940675A-B579-460E-94D1-54222C63F5DA}")
"""The two table styles that fill nothing; what the others fill with is not known here."""


def write_table(builder: TextBuilder, table: etree._Element, box: Box, setting: TextSetting) -> None:
    """Writes an ``a:tbl`` that lies in a box; ``setting`` is what its text would be set in without its style."""
    style = table.findtext(f"{A}tblPr/{A}tableStyleId") or ""
    if style and style.strip() not in _UNFILLED:
        setting = replace(setting, background=None, color=None)
    widths = [_read_size(column, "w") for column in table.iterfind(f"{A}tblGrid/{A}gridCol")]
    rows = table.findall(f"{A}tr")
    lefts = list(_list_edges(widths, box.x0, box.x1))
    tops = list(_list_edges([_read_size(row, "h") for row in rows], box.y0, box.y1))
    texts, boxes = [], []
    for number, row in enumerate(rows):
        cells = row.findall(f"{A}tc")
        texts.append([_read_cell(cell, setting) for cell in cells])
        edges = lefts if len(lefts) > len(cells) else list(_list_edges([1] * len(cells), box.x0, box.x1))
        boxes.append([Box(edges[i], tops[number], edges[i + 1], tops[number + 1]) for i in range(len(cells))])
    if any(any(row) for row in texts):
        builder.table(texts, boxes)


def _read_cell(cell: etree._Element, setting: TextSetting) -> str:
    body = cell.find(f"{A}txBody")
    if body is None or any(cell.get(name) in ("1", "true") for name in ("hMerge", "vMerge")):
        words = "" if body is None else "".join(map(str, body.itertext())).strip()
        if words:
            setting.drop("covered by a merged cell", words)
        return ""
    fill = read_fill(cell.find(f"{A}tcPr"), setting.palette)
    if not isinstance(fill, bool):
        setting = replace(setting, background=fill.color if fill.opacity >= 0.95 else None)
    return " ".join(list_texts(body, setting))


def _read_size(element: etree._Element, name: str) -> int:
    text = element.get(name, "")
    return max(int(text), 0) if text.lstrip("-").isdecimal() and len(text) < 16 else 0


def _list_edges(sizes: list[int], start: float, end: float) -> Iterator[float]:
    total, position = sum(sizes) or 1, 0
    for size in (0, *sizes):
        position += size
        yield start + (end - start) * position / total
