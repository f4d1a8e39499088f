"""``TextBuilder``: how every format puts a ``SourceText`` together."""

from __future__ import annotations

from array import array
from contextlib import contextmanager
from itertools import islice
from typing import TYPE_CHECKING, Literal

import numpy as np

from glyph_integrations.errors import EmptyError, LoadError, TooLargeError
from glyph_integrations.source.images import measure_image
from glyph_integrations.source.invisible import drop_invisible
from glyph_integrations.source.text import (
    EXCERPT,
    REGION,
    WHOLE_PAGE,
    Box,
    Dropped,
    EmbeddedFile,
    Heading,
    Picture,
    Source,
    SourcePage,
    SourceText,
    Spans,
    Table,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping, Sequence

    from glyph_integrations.source.limits import Limits

CELL_SEPARATOR = " | "
_AT_ONCE = 4096
SMALLEST_PICTURE = 12.0
"""In pt: what is smaller both ways is an icon or a bullet."""
THINNEST_PICTURE = 3.0
"""In pt: what is thinner one way is a rule or a spacer."""

LONGEST_CODE = 160
"""Characters of a line of code; a longer one in monospaced type is prose."""
MOST_CODE = 0.6
"""Share of a text in monospaced type beyond which it is typewritten prose rather than code."""


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
        self._verbatim: list[tuple[int, int]] = []
        self._code: list[tuple[int, int]] = []
        self._dropped: dict[tuple[str, int | None, bool], Dropped] = {}
        self._embedded: dict[EmbeddedFile, int] = {}
        self._shown: set[tuple[EmbeddedFile, Box]] = set()
        self._attachments: list[EmbeddedFile] = []
        self._carried_bytes = 0
        self.length = 0

    @property
    def picture_count(self) -> int:
        """How many pictures were put in their place so far."""
        return len(self._pictures)

    def page(
        self,
        *,
        label: str = "",
        width: float = 0.0,
        height: float = 0.0,
        resolution: float = 0.0,
        shown_as: Literal["text", "raster"] = "text",
        reason: str = "",
        origin: Literal["text", "ocr"] = "text",
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
                origin=origin,
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
        """Appends rows some thousands at a time: a sheet may have a million."""
        ends = array("q")
        written = iter(rows)
        start = self.length
        while chunk := list(islice(written, _AT_ONCE)):
            lines = "\n".join(CELL_SEPARATOR.join(" ".join(cell.split()) for cell in row) for row in chunk)
            visible, counts = drop_invisible(lines)
            for reason, characters in counts.items():
                self.drop(reason, characters)
            first, _ = self.add(visible)
            lengths = array("q", map(len, visible.split("\n")))
            ends.extend((first + np.cumsum(np.frombuffer(lengths, np.int64) + 1) - 1).tolist())
            self.separate()
        if ends:
            last = np.frombuffer(ends, np.int64)
            self.mark_table(Spans(np.column_stack((np.concatenate(([start], last[:-1] + 1)), last))))

    def mark_table(self, rows: Sequence[tuple[int, int]]) -> None:
        """Marks text that was added as a table; ``rows`` are the ranges of its rows."""
        if rows:
            spans = rows if isinstance(rows, Spans) else Spans(rows)
            self._tables.append(Table(start=rows[0][0], end=rows[-1][1], rows=spans))

    @contextmanager
    def verbatim(self) -> Iterator[None]:
        """Has the lines that are added meanwhile typeset as they stand, monospaced, with their spaces and line ends."""
        start = self.length
        yield
        self.mark_verbatim(start, self.length)

    def mark_verbatim(self, start: int, end: int) -> None:
        """Marks whole lines that were added as typeset as they stand."""
        if end > start:
            self._verbatim.append((start, end))

    def mark_code(self, start: int, end: int) -> None:
        """Mark a paragraph in monospaced type: it is code, unless it is long or most of the text is typed so."""
        self._code.append((start, end))

    def _list_verbatim(self, text: str) -> tuple[tuple[int, int], ...]:
        """Return the ranges that are typeset as they stand, in order, neighbours as one."""
        typed = sum(end - start for start, end in self._code)
        lines = [] if typed > MOST_CODE * len(text) else self._code
        code = [(start, end) for start, end in lines if max(map(len, text[start:end].split("\n"))) <= LONGEST_CODE]
        ranges: list[tuple[int, int]] = []
        for start, end in sorted(self._verbatim + code):
            if ranges and start - ranges[-1][1] <= 1:
                ranges[-1] = ranges[-1][0], max(end, ranges[-1][1])
            else:
                ranges.append((start, end))
        return tuple(ranges)

    @contextmanager
    def picture(self, box: Box = WHOLE_PAGE, *, reason: str) -> Iterator[None]:
        """Shows ``box`` of the current page as a raster, in place of the text that is added meanwhile."""
        start = self.length
        yield
        self._pictures.append(Picture(start=start, end=self.length, page=len(self._pages) - 1, box=box, reason=reason))

    def embedded_picture(
        self,
        data: bytes,
        *,
        name: str,
        media_type: str = "",
        width: float = 0.0,
        height: float = 0.0,
        crop: Box = WHOLE_PAGE,
        description: str = "",
    ) -> None:
        """Show a picture that the source carries, on a line of its own, with its description before it.

        Without a description the text says ``[picture]`` where it stands, which is searched but not typeset. A picture
        too small to show anything is counted as decorative, one that was shown before as repeated; one that cannot be
        drawn is named in the text and listed.

        Args:
            data: The picture as a file.
            name: As the source calls it, for the report.
            media_type: What the source says that it is.
            width: In pt, as the source shows it; 0 where it does not say.
            height: Likewise.
            crop: The part that the source shows.
            description: Its alternative text.
        """
        try:
            natural = measure_image(data, self._limits)
        except LoadError as error:
            self.unshown_picture(name, str(error), description)
            return
        if not (width > 0 and height > 0):
            scale = width / natural[0] if width > 0 else height / natural[1] if height > 0 else 1.0
            width, height = natural[0] * scale, natural[1] * scale
        if max(width, height) < SMALLEST_PICTURE or min(width, height) < THINNEST_PICTURE:
            self.skip_picture("decorative picture", description)
            return
        file = EmbeddedFile(name=name, data=data, media_type=media_type)
        if (file, crop) in self._shown:
            self.skip_picture("repeated picture", description)
            return
        self._shown.add((file, crop))
        if file not in self._embedded:
            self._carry(data)
        number = self._embedded.setdefault(file, len(self._embedded))
        if not self._pages:
            self.page()
        words = " ".join(description.split())
        start, end = self.line(f"[picture: {words}]" if words else "[picture]")
        self._pictures.append(
            Picture(
                start=end + 1 if words else start,  # the picture itself says as much as "[picture]" does
                end=end + 1,
                page=len(self._pages) - 1,
                box=crop,
                reason="picture",
                embedded=number,
                width=width,
                height=height,
            )
        )

    def unshown_picture(self, name: str, why: str, description: str = "") -> None:
        """Name a picture that cannot be shown (not at hand, damaged, of a kind that nothing here draws)."""
        words = " ".join(description.split())
        self.line(f"[picture not shown: {name or 'unnamed'}, {why}{f': {words}' if words else ''}]")
        self.drop(f"picture not shown: {why}", name, hidden=False)

    def skip_picture(self, reason: str, description: str = "") -> None:
        """Count a picture that shows nothing worth a place: a spacer, a tracking pixel, an ornament."""
        self.drop(reason, description, hidden=False)

    def attach(self, name: str, data: bytes, media_type: str = "") -> None:
        """Name a file that the source carries on a line of its own, and hand it to ``load`` to be read after it."""
        self._carry(data)
        self._attachments.append(EmbeddedFile(name=name, data=data, media_type=media_type))
        self.line(f"[attachment: {name}, {len(data):,} bytes]")

    def _carry(self, data: bytes) -> None:
        self._carried_bytes += len(data)
        if self._carried_bytes > self._limits.unpacked_bytes:
            raise TooLargeError(
                f"pictures and attachments have more than {self._limits.unpacked_bytes:,} bytes; "
                "raise Limits.unpacked_bytes to read it"
            )

    def report_unknown(self, what: str, text: str = "") -> None:
        """Report an element, a part or a feature of the source that its loader does not understand."""
        self.drop(f"not understood: {what}", text, hidden=False)

    def drop(
        self, reason: str, left_out: str | int, box: Box | None = None, *, hidden: bool = True, count: int = 1
    ) -> None:
        """Record what does not enter the result; what has the same reason on the same page becomes one entry.

        Args:
            reason: Why.
            left_out: The words, or how many characters they have where the words are not at hand.
            box: Where they lay on the current page.
            hidden: Whether no person could have seen them.
            count: How many pieces they are.
        """
        words = " ".join(left_out.split()) if isinstance(left_out, str) else ""
        characters = len(words) if isinstance(left_out, str) else left_out
        page = len(self._pages) - 1 if self._pages else None
        before = self._dropped.get((str(reason), page, hidden))
        if before is not None:
            characters, count = characters + before.characters, count + before.count
            words = f"{before.text} {words}".strip() if len(before.text) < EXCERPT else before.text
            box = _surround(before.box, box) if before.box and box else before.box or box
        self._dropped[str(reason), page, hidden] = Dropped(
            reason=str(reason),
            characters=characters,
            page=page,
            box=box,
            hidden=hidden,
            text=words if len(words) <= EXCERPT else f"{words[: EXCERPT - 1]}…",
            count=count,
        )

    def finish(self, *, name: str, media_type: str, metadata: Mapping[str, str] | None = None) -> SourceText:
        """The result.

        Raises:
            EmptyError: There is neither text nor a picture.
        """
        text = "".join(self._parts)
        if not self._pictures and not self._attachments and not text.strip():
            hidden = sum(item.characters for item in self._dropped.values() if item.hidden)
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
            verbatim=self._list_verbatim(text),
            dropped=tuple(self._dropped.values()),
            embedded=tuple(self._embedded),
            attachments=tuple(self._attachments),
        )


def _surround(box: Box, other: Box) -> Box:
    return Box(min(box.x0, other.x0), min(box.y0, other.y0), max(box.x1, other.x1), max(box.y1, other.y1))
