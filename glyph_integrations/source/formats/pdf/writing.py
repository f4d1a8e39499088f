"""Writes the pages of a PDF into a ``TextBuilder``: paragraphs over pages, headings, tables and pictures."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

import numpy as np

from glyph_integrations.source.formats.pdf.attachments import CarriedFile
from glyph_integrations.source.formats.pdf.comments import Note
from glyph_integrations.source.formats.pdf.footnotes import Footnotes, count_footnotes
from glyph_integrations.source.formats.pdf.lines import Line, Rect
from glyph_integrations.source.formats.pdf.order import Figure
from glyph_integrations.source.formats.pdf.paragraphs import Place, Spellings, continues, joint, places
from glyph_integrations.source.formats.pdf.tables import Grid
from glyph_integrations.source.text import WHOLE_PAGE, Box

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.pdf.furniture import Furniture
    from glyph_integrations.source.formats.pdf.pages import PageContent, PageItem

LARGER = 1.15
"""From this many times the size of body text, a short paragraph is a heading."""
LONGEST_HEADING = 160
_NUMBERING = re.compile(r"^[\W\d_]*(?:[ivxlc]+\.\s)?", re.IGNORECASE)


Float = Grid | Figure | Note | CarriedFile | Footnotes
"""What stands between paragraphs."""


class Writer:
    """Puts items into the builder as they come; a paragraph is written when it is known where it ends."""

    def __init__(self, builder: TextBuilder, pages: Sequence[PageContent], furniture: Furniture) -> None:
        self._builder = builder
        self._pages = pages
        self._furniture = furniture
        self._current = -1
        self._paragraph: list[Place] = []
        self._before: list[Float] = []
        self._after: list[tuple[int, Float]] = []
        self.spellings = Spellings()
        self.headings = Headings([])

    def write(self) -> None:
        """Writes all pages."""
        for number, page in enumerate(self._pages):
            if page.raster:
                self._finish_paragraph()
                self._write_raster(number, page)
            else:
                self._write_items(number, self._list_kept(number, page))
        self._finish_paragraph()
        self._turn_to(len(self._pages) - 1)

    def _list_kept(self, number: int, page: PageContent) -> list[PageItem]:
        left_out = self._furniture.repeated | self._furniture.numbers
        return [item for position, item in enumerate(page.items) if (number, position) not in left_out]

    def _write_items(self, number: int, items: list[PageItem]) -> None:
        body = len(items) - count_footnotes(items)
        self._write_body(number, items[:body])
        if notes := [item for item in items[body:] if isinstance(item, Line)]:
            self._after.append((number, Footnotes(notes)))

    def _write_body(self, number: int, items: list[PageItem]) -> None:
        lines = [item for item in items if isinstance(item, Line)]
        placed = {id(place.line): place for place in places(number, lines)}
        for position, item in enumerate(items):
            if not isinstance(item, Line):
                self._after.append((number, item))
                continue
            following = next(
                (placed[id(other)] for other in items[position + 1 : position + 2] if isinstance(other, Line)), None
            )
            place = placed[id(item)]
            if not (self._paragraph and continues(self._paragraph[-1], place, following) and self._floats(number)):
                self._finish_paragraph()
            self._paragraph.append(place)

    def _floats(self, number: int) -> bool:
        """Whether the tables and figures met since the paragraph's last line can stand before or after it."""
        first = self._paragraph[0].page
        if any(page not in {first, number} for page, _ in self._after):
            return False
        if any(page == self._paragraph[-1].page == number for page, _ in self._after) and first == number:
            return self._jumped()
        if first != number:
            self._before += [item for page, item in self._after if page == first]
            self._after = [(page, item) for page, item in self._after if page != first]
        return True

    def _jumped(self) -> bool:
        return True

    def _finish_paragraph(self) -> None:
        if self._paragraph:
            self._turn_to(self._paragraph[0].page)
            for item in self._before:
                self._write_float(item)
            self._write_paragraph(self._paragraph)
        for number, item in self._after:
            self._turn_to(number)
            self._write_float(item)
        self._paragraph, self._before, self._after = [], [], []

    def _turn_to(self, number: int) -> None:
        while self._current < number:
            self._current += 1
            page = self._pages[self._current]
            self._builder.page(
                label=page.label or self._furniture.labels.get(self._current, ""),
                width=page.width,
                height=page.height,
                shown_as="raster" if page.raster else "text",
                reason=page.reason,
                origin="ocr" if page.recognised else "text",
            )
            for item in page.left_out:
                box = None if item.box is None else self._box(item.box)
                self._builder.drop(item.reason, item.text, box, hidden=item.hidden)
            for kind, positions in (
                ("running head", self._furniture.repeated),
                ("page number", self._furniture.numbers),
            ):
                for position, line in enumerate(page.items):
                    if (self._current, position) in positions and isinstance(line, Line):
                        self._builder.drop(kind, line.text, self._box(line.box), hidden=False)

    def _write_raster(self, number: int, page: PageContent) -> None:
        self._turn_to(number)
        with self._builder.picture(WHOLE_PAGE, reason=page.reason):
            self._write_lines(item for item in page.items if isinstance(item, Line))
        for item in page.items:
            if not isinstance(item, Line):
                self._write_float(item)

    def _write_float(self, item: Float) -> None:
        if isinstance(item, Figure):
            with self._builder.picture(self._box(item.box), reason=item.reason):
                self._write_lines(item.lines)
        elif isinstance(item, Note):
            self._builder.line(item.text, self._box(item.box))
        elif isinstance(item, CarriedFile):
            write_file(self._builder, item)
        elif isinstance(item, Footnotes):
            self._write_footnotes(item)
        else:
            self._builder.table(item.rows, [[self._box(box) for box in row] for row in item.boxes])

    def _write_footnotes(self, notes: Footnotes) -> None:
        paragraph: list[Place] = []
        for place in places(self._current, notes.lines):
            if paragraph and not continues(paragraph[-1], place, None):
                self._write_paragraph(paragraph)
                paragraph = []
            paragraph.append(place)
        self._write_paragraph(paragraph)

    def _write_lines(self, lines: Iterable[Line]) -> None:
        for line in lines:
            self._write_words(line, line.text.rstrip(), " ")
            self._builder.separate()

    def _write_paragraph(self, paragraph: list[Place]) -> None:
        level = self.headings.level(paragraph)
        start = self._builder.length
        for place, following in zip(paragraph, [*paragraph[1:], None], strict=True):
            self._turn_to(place.page)
            line = place.line
            if line.mono and len(paragraph) == 1:
                with self._builder.verbatim():
                    self._write_code(place)
                break
            text, between = line.text.rstrip(), ""
            if following is not None:
                text, between = joint(text, following.line.text, self.spellings)
            self._write_words(line, text, between)
        if level:
            self._builder.mark_heading(level, start, self._builder.length)
        self._builder.separate()

    def _write_words(self, line: Line, text: str, between: str) -> None:
        """Adds a line word by word, each with its box, and what stands between it and the next line."""
        ends = [*line.starts[1:], len(text)]
        page = self._pages[self._current]
        boxes = np.clip(line.boxes / np.array([page.width, page.height] * 2, np.float32), 0.0, 1.0).tolist()
        for start, end, box in zip(line.starts, ends, boxes, strict=True):
            piece = text[start : min(end, len(text))]
            word = piece.rstrip()
            space = between if end == len(text) else " " * (len(piece) > len(word))
            if word:
                self._builder.add(word + space, Box(*box))

    def _write_code(self, place: Place) -> None:
        line = place.line
        text = line.text.rstrip()
        pitch = (line.x1 - line.x0) / max(len(line.text), 1)
        indent = round((line.x0 - place.left) / pitch) if pitch else 0
        lead = " " * (max(min(indent, 80), 0) + line.starts[0])
        self._builder.add(lead + text[line.starts[0] :], self._box(line.box))

    def _box(self, box: Rect | Sequence[float]) -> Box:
        page = self._pages[self._current]
        x0, y0, x1, y1 = box
        return Box(
            min(max(x0 / page.width, 0.0), 1.0),
            min(max(y0 / page.height, 0.0), 1.0),
            min(max(x1 / page.width, 0.0), 1.0),
            min(max(y1 / page.height, 0.0), 1.0),
        )


def write_file(builder: TextBuilder, file: CarriedFile) -> None:
    """Hands on a file that the PDF carries, or names it with the reason why it cannot be read."""
    if file.problem:
        builder.line(f"[attachment: {file.name}, not read: {file.problem}]")
        builder.drop(f"not read: {file.problem}", file.name, hidden=False)
        return
    builder.attach(file.name, file.data, file.media_type)
    if file.description:
        builder.line(f"[about {file.name}: {file.description}]")


class Headings:
    """Tells headings from other paragraphs by the outline, by their size, and by their weight."""

    def __init__(self, pages: Sequence[PageContent], outline: Sequence[tuple[int, str, int]] = ()) -> None:
        sizes: Counter[float] = Counter()
        for page in pages:
            for item in page.items:
                if isinstance(item, Line):
                    sizes[_rounded(item.size)] += len(item.text)
        self._body = sizes.most_common(1)[0][0] if sizes else 0.0
        larger = sorted((size for size in sizes if size >= LARGER * self._body), reverse=True)
        self._levels = {size: min(rank, 5) for rank, size in enumerate(larger, 1)}
        self._titles = {(page, _plain(title)): min(level, 6) for level, title, page in outline}

    def level(self, paragraph: list[Place]) -> int:
        """1–6, or 0 where the paragraph is no heading."""
        lines = [place.line for place in paragraph]
        text = " ".join(line.text.strip() for line in lines)
        if len(text) > LONGEST_HEADING or len(lines) > 4 or not any(c.isalpha() for c in text):
            return 0
        titled = self._titles.get((paragraph[0].page, _plain(text)))
        if titled:
            return titled
        size = min(_rounded(line.size) for line in lines)
        if size in self._levels:
            return self._levels[size]
        bold = all(line.all_bold for line in lines) and size >= 0.95 * self._body
        if bold and len(text) <= 100 and not text.rstrip().endswith((".", ",", ";", ":")):
            return min(len(self._levels) + 1, 6)
        return 0


def _rounded(size: float) -> float:
    return round(size * 2) / 2


def _plain(title: str) -> str:
    """A heading's words, without numbering, spaces and case."""
    return "".join(_NUMBERING.sub("", title).split()).casefold()
