"""Rows and cells of a Word document's tables."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.formats.word.paragraphs import CONTAINERS, SILENT, name_element
from glyph_integrations.source.office import MC, W, choose_alternative, is_on
from glyph_integrations.source.visibility import SMALLEST_SIZE, HiddenReason

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from glyph_integrations.source.formats.word.blocks import BlockWriter
    from glyph_integrations.source.formats.word.inline import Inline

_WRAPPERS = CONTAINERS | {f"{W}sdt"}
_MOST_COLUMNS = 1000


class TableReader:
    """Reads rows, and reports those that are left out to the writer of the blocks."""

    def __init__(self, writer: BlockWriter) -> None:
        self._writer = writer

    def list_parts(self, parent: etree._Element, name: str) -> Iterator[etree._Element]:
        """Yield the rows of a table or the cells of a row, those in wrappers too; report what is neither."""
        for child in parent:
            if child.tag == f"{W}{name}":
                yield child
            elif child.tag in _WRAPPERS:
                yield from self.list_parts(child, name)
            elif child.tag == f"{MC}AlternateContent":
                for each in choose_alternative(child):
                    yield from [each] if each.tag == f"{W}{name}" else self.list_parts(each, name)
            elif child.tag not in SILENT:
                self._writer.report(name_element(child), _text(child))

    def drop_row(self, row: etree._Element) -> bool:
        """Whether a row is not shown: hidden, deleted, or too low to be seen. It is reported then."""
        settings = row.find(f"{W}trPr")
        if settings is None:
            return False
        if settings.find(f"{W}del") is not None:
            self._writer.drop("tracked deletion", _text(row), hidden=False)
            return True
        height = settings.find(f"{W}trHeight")
        exact = height is not None and height.get(f"{W}hRule") == "exact"
        if is_on(settings.find(f"{W}hidden")):
            self._writer.drop(HiddenReason.NOT_DISPLAYED, _text(row), hidden=True)
        elif exact and read_number(settings, "trHeight", 1000) < SMALLEST_SIZE * 20:
            self._writer.drop(HiddenReason.CLIPPED, _text(row), hidden=True)
        else:
            return False
        return True

    def drop_cell(self, cell: etree._Element) -> bool:
        """Whether a cell is not shown: deleted, or the rest of one that is merged downwards. It is reported then."""
        settings = cell.find(f"{W}tcPr")
        if settings is None:
            return False
        if settings.find(f"{W}cellDel") is not None:
            self._writer.drop("tracked deletion", _text(cell), hidden=False)
            return True
        merged = [settings.find(f"{W}{name}") for name in ("vMerge", "hMerge")]
        if any(each is not None and each.get(f"{W}val", "continue") == "continue" for each in merged):
            if text := _text(cell):
                self._writer.drop(HiddenReason.NOT_DISPLAYED, text, hidden=True)
            return True
        return False

    def read_row(self, row: etree._Element) -> tuple[list[str], list[Inline]]:
        """Return the cells of a row, empty ones where cells are merged, and what its paragraphs hold."""
        hanging: list[Inline] = []
        cells = [""] * read_number(row.find(f"{W}trPr"), "gridBefore", 0)
        for cell in self.list_parts(row, "tc"):
            cells.append("" if self.drop_cell(cell) else self._read_cell(cell, hanging))
            cells += [""] * (read_number(cell.find(f"{W}tcPr"), "gridSpan", 1) - 1)
        return cells, hanging

    def _read_cell(self, cell: etree._Element, hanging: list[Inline]) -> str:
        lines: list[str] = []
        for paragraph in self._list_paragraphs(cell):
            text, inline = self._writer.read_paragraph(paragraph)
            lines.append(" ".join(text.split()))
            hanging.append(inline)
        return " ".join(filter(None, lines))

    def _list_paragraphs(self, cell: etree._Element) -> Iterator[etree._Element]:
        for child in cell:
            if child.tag == f"{W}p":
                yield child
            elif child.tag in _WRAPPERS:
                yield from self._list_paragraphs(child)
            elif child.tag == f"{MC}AlternateContent":
                for each in choose_alternative(child):
                    yield from [each] if each.tag == f"{W}p" else self._list_paragraphs(each)
            elif child.tag not in SILENT:
                self._writer.report(name_element(child), _text(child))


def count_cells(row: etree._Element) -> int:
    """Return how many cells a row has, those of tables within them left out."""
    return sum(1 for cell in row.iter(f"{W}tc") if next(cell.iterancestors(f"{W}tr"), None) is row)


def read_number(settings: etree._Element | None, name: str, otherwise: int) -> int:
    """Return the number that a setting gives, up to 1,000; ``otherwise`` where it gives none."""
    found = None if settings is None else settings.find(f"{W}{name}")
    value = "" if found is None else found.get(f"{W}val", "")
    return min(int(value), _MOST_COLUMNS) if value.isdecimal() and len(value) < 9 else otherwise


def _text(element: etree._Element) -> str:
    return " ".join(text for text in map(str, element.itertext()) if text.strip())
