"""``TextBuilder``: how every format puts a ``SourceText`` together."""

from __future__ import annotations

from array import array
from contextlib import contextmanager
from typing import TYPE_CHECKING, Literal

import numpy as np

from glyph_integrations.errors import EmptyError, TooLargeError
from glyph_integrations.source.invisible import drop_invisible
from glyph_integrations.source.text import (
    REGION,
    WHOLE_PAGE,
    Box,
    Dropped,
    Heading,
    Picture,
    Source,
    SourcePage,
    SourceText,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from glyph_integrations.source.limits import Limits

CELL_SEPARATOR = " | "


class TextBuilder:
    """Appends text piece by piece, keeps the map to the source and enforces the limits on pages and characters.

    Characters that no person can see (zero-width, tag) are taken out of every piece and counted.
    """

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._parts: list[str] = []
        self._ranges = array("q")  # start, end, page of every region; a large source has one for every word
        self._boxes = array("f")
        self._last_is_whole = False
        self._pages: list[SourcePage] = []
        self._headings: list[Heading] = []
        self._tables: list[Table] = []
        self._pictures: list[Picture] = []
        self._dropped: list[Dropped] = []
        self.length = 0

    def page(
        self,
        *,
        label: str = "",
        width: float = 0.0,
        height: float = 0.0,
        resolution: float = 0.0,
        shown_as: Literal["text", "raster"] = "text",
        reason: str = "",
    ) -> int:
        """Begins the next source page and returns its index."""
        number = len(self._pages) + 1
        if number > self._limits.pages:
            raise TooLargeError(f"more than {self._limits.pages:,} pages; raise Limits.pages to read it")
        self._pages.append(
            SourcePage(
                number=number,
                label=label or str(number),
                width=width,
                height=height,
                resolution=resolution,
                shown_as=shown_as,
                reason=reason,
            )
        )
        return number - 1

    def add(self, text: str, box: Box = WHOLE_PAGE) -> tuple[int, int]:
        """Appends text that lies in ``box`` of the current page; returns its range."""
        visible, counts = drop_invisible(text)
        for reason, characters in counts.items():
            self.drop(reason, characters, box)
        start, self.length = self.length, self.length + len(visible)
        if self.length > self._limits.characters:
            raise TooLargeError(f"more than {self._limits.characters:,} characters; raise Limits.characters to read it")
        if visible:
            if not self._pages:
                self.page()
            self._parts.append(visible)
            self._map(start, box)
        return start, self.length

    def _map(self, start: int, box: Box) -> None:
        """Regions without a place of their own on one page are one region: a long text has as many as pages."""
        page = len(self._pages) - 1
        whole = box == WHOLE_PAGE
        if whole and self._last_is_whole and self._ranges[-1] == page:
            self._ranges[-2] = self.length
        else:
            self._ranges.extend((start, self.length, page))
            self._boxes.extend(box)
        self._last_is_whole = whole

    def separate(self, separator: str = "\n") -> None:
        """Appends a separator, which belongs to the region before it; none at the very beginning."""
        if self.length:
            self._parts.append(separator)
            self.length += len(separator)

    def line(self, text: str, box: Box = WHOLE_PAGE) -> tuple[int, int]:
        """Appends text and a line end; returns the range of the text."""
        span = self.add(text, box)
        self.separate()
        return span

    def heading(self, level: int, text: str, box: Box = WHOLE_PAGE) -> None:
        """Appends a heading on a line of its own."""
        start, end = self.line(text, box)
        self._headings.append(Heading(start=start, end=end, level=level))

    def mark_heading(self, level: int, start: int, end: int) -> None:
        """Marks text that was added as a heading."""
        self._headings.append(Heading(start=start, end=end, level=level))

    def table(self, rows: Iterable[Sequence[str]], boxes: Sequence[Sequence[Box]] | None = None) -> None:
        """Appends a table, one line a row; ``boxes`` are those of the cells, row by row."""
        if boxes is None:
            self._plain_table(rows)
            return
        spans = []
        for row, row_boxes in zip(rows, boxes, strict=True):
            row_start = self.length
            for column, cell in enumerate(row):
                if column:
                    self.separate(CELL_SEPARATOR) if self.length else self.add(CELL_SEPARATOR)
                self.add(" ".join(cell.split()), row_boxes[column])
            spans.append((row_start, self.length))
            self.separate()
        self.mark_table(spans)

    def _plain_table(self, rows: Iterable[Sequence[str]]) -> None:
        """Appends all rows at once: a sheet may have a million."""
        lines = "\n".join(CELL_SEPARATOR.join(" ".join(cell.split()) for cell in row) for row in rows)
        visible, counts = drop_invisible(lines)
        for reason, characters in counts.items():
            self.drop(reason, characters)
        start, _ = self.line(visible)
        spans = []
        for row in visible.split("\n") if visible else ():
            spans.append((start, start + len(row)))
            start += len(row) + 1
        self.mark_table(spans)

    def mark_table(self, rows: Sequence[tuple[int, int]]) -> None:
        """Marks text that was added as a table; ``rows`` are the ranges of its rows."""
        if rows:
            self._tables.append(Table(start=rows[0][0], end=rows[-1][1], rows=tuple(rows)))

    @contextmanager
    def picture(self, box: Box = WHOLE_PAGE, *, reason: str) -> Iterator[None]:
        """Shows ``box`` of the current page as a raster, in place of the text that is added meanwhile."""
        start = self.length
        yield
        self._pictures.append(Picture(start=start, end=self.length, page=len(self._pages) - 1, box=box, reason=reason))

    def drop(self, reason: str, characters: int, box: Box | None = None, *, hidden: bool = True) -> None:
        """Records text of the current page that does not enter the result."""
        page = len(self._pages) - 1 if self._pages else None
        self._dropped.append(Dropped(reason=reason, characters=characters, page=page, box=box, hidden=hidden))

    def finish(self, *, name: str, media_type: str, metadata: Mapping[str, str] | None = None) -> SourceText:
        """The result.

        Raises:
            EmptyError: There is neither text nor a picture.
        """
        text = "".join(self._parts)
        if not self._pictures and not text.strip():
            hidden = sum(item.characters for item in self._dropped)
            note = f"; {hidden} invisible characters were left out" if hidden else ""
            raise EmptyError(f"{name} holds no text and no pages to show{note}")
        ranges = np.frombuffer(self._ranges, np.int64).reshape(-1, 3)
        regions = np.zeros(len(ranges), REGION)
        regions["start"], regions["end"], regions["page"] = ranges.T
        regions["box"] = np.frombuffer(self._boxes, np.float32).reshape(-1, 4)
        source = Source(
            name=name,
            media_type=media_type,
            start=0,
            end=len(text),
            first_page=0,
            last_page=len(self._pages),
            metadata=dict(metadata or {}),
        )
        return SourceText(
            text=text,
            pages=tuple(self._pages),
            sources=(source,),
            regions=regions,
            headings=tuple(self._headings),
            tables=tuple(self._tables),
            pictures=tuple(self._pictures),
            dropped=tuple(self._dropped),
        )
