"""``render``: a source text as pages, drawn when they are asked for."""

from __future__ import annotations

import base64
import time
from collections import Counter, deque
from collections.abc import Iterable, Iterator, Sequence
from contextlib import closing
from dataclasses import replace
from typing import TYPE_CHECKING, overload

import numpy as np

from glyph_integrations.counting import ModelSpec, count_text_tokens, model_spec
from glyph_integrations.rendering.atlas import GlyphAtlas
from glyph_integrations.rendering.compose import Composer
from glyph_integrations.rendering.layout import PageLayout, PlacedPicture, paginate, picture_page
from glyph_integrations.rendering.lines import Lines, break_lines
from glyph_integrations.rendering.page import Page
from glyph_integrations.rendering.paper import crop, page_around, picture_size
from glyph_integrations.rendering.placement import right_edge
from glyph_integrations.rendering.presets import render_style
from glyph_integrations.rendering.raster import rasterise
from glyph_integrations.rendering.report import RasterPage, RenderReport
from glyph_integrations.rendering.verbatim import lay_out_verbatim
from glyph_integrations.source.text import Picture, SourceText

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.rendering.style import RenderStyle

_FLOWING_HEIGHT = 0.5  # of a page: a higher picture has a page for itself


def render(
    source_text: SourceText | str,
    style: str | RenderStyle = "glyph",
    spec: str | ModelSpec = "glm4v",
    *,
    tokenizer: str = "cl100k_base",
) -> Rendering:
    """Typesets a source text into compact pages for a vision-language model.

    Nothing is lost: every character is drawn, and one that no font has or that has no ink is spelled visibly. The
    character ranges of the pages tile the text. Pages are drawn when they are asked for, so a rendering of a long
    text costs little until then.

    Args:
        source_text: What ``load`` returned, or a plain string.
        style: A preset's name or a ``RenderStyle``.
        spec: The model that will read: a spec's or model's name, or a ``ModelSpec``. It decides the page size.
        tokenizer: Whose text tokens the report counts; see ``count_text_tokens``.

    Raises:
        StyleError: There is no such preset, or it leaves no room for text on this model's pages.
        UnknownModelError: There is no such spec.
        MissingExtraError: The text needs shaping, and the extra ``shaping`` is not installed.
    """
    if isinstance(source_text, str):
        source_text = SourceText.from_string(source_text)
    return Rendering(source_text, render_style(style), model_spec(spec), tokenizer)


class Rendering(Sequence[Page]):
    """The pages of a source text: ``len``, indexing and iteration, the last with bounded memory.

    One rendering belongs to one thread at a time; renderings share nothing.

    Attributes:
        source_text: What is rendered.
        style: How.
        spec: For which model.
    """

    def __init__(self, source_text: SourceText, style: RenderStyle, spec: ModelSpec, tokenizer: str) -> None:
        self.source_text = source_text
        self.style = style
        self.spec = spec
        self._tokenizer = tokenizer
        width, height = spec.fit(style.px(style.page_width), style.px(style.page_height))
        self._geometry = style.geometry(width, height)
        rows = np.concatenate([np.zeros((0, 2), np.int64), *(table.rows.array for table in source_text.tables)])
        self._composer = self._compose(source_text, rows)
        self._layouts: list[PageLayout] = []
        self._remaining = self._lay_out()
        self._seconds = 0.0

    def _compose(self, source_text: SourceText, rows: NDArray[np.int64]) -> Composer:
        atlas, geometry = GlyphAtlas(self.style), self._geometry
        indents = geometry.left_indent + geometry.right_indent + max(geometry.first_line_indent, 0)
        room = (geometry.column_width - indents) * atlas.units
        verbatim = lay_out_verbatim(source_text.text, source_text.verbatim, atlas, room)
        return Composer(source_text.text, self.style, atlas, rows, verbatim)

    def __len__(self) -> int:
        self._lay_out_until(None)
        return len(self._layouts)

    @overload
    def __getitem__(self, index: int) -> Page: ...
    @overload
    def __getitem__(self, index: slice) -> list[Page]: ...
    def __getitem__(self, index: int | slice) -> Page | list[Page]:
        """Draws one page, or the pages of a slice.

        Raises:
            IndexError: There is no such page.
        """
        if isinstance(index, slice):
            return list(self._draw(range(*index.indices(len(self)))))
        wanted = index if index >= 0 else len(self) + index
        if wanted < 0 or not self._lay_out_until(wanted):
            raise IndexError(f"there is no page {index}: the rendering has {len(self)}")
        return next(self._draw([wanted]))

    def __iter__(self) -> Iterator[Page]:
        return self._draw(self._indices())

    def __repr__(self) -> str:
        return f"Rendering({len(self):,} pages, style {self.style.name!r}, spec {self.spec.name!r})"

    def _repr_html_(self) -> str:
        """The report and the first pages, for notebooks."""
        shown = (base64.b64encode(page.png()).decode() for page in self._draw(range(min(len(self), 3))))
        images = "".join(
            f'<img src="data:image/png;base64,{data}" style="max-width: 32%; margin: 2px">' for data in shown
        )
        return f"{self.report._repr_html_()}<div>{images}</div>"

    @property
    def page_sizes(self) -> list[tuple[int, int]]:
        """Width and height of every page in px, without drawing any."""
        self._lay_out_until(None)
        return [(layout.width, layout.height) for layout in self._layouts]

    @property
    def visual_tokens(self) -> int:
        """What all pages cost under the spec."""
        return sum(self.spec.visual_tokens(*size) for size in self.page_sizes)

    @property
    def report(self) -> RenderReport:
        """What the pages hold and cost; counts the text's tokens, draws nothing."""
        visual = self.visual_tokens
        text = count_text_tokens(self.source_text.text, self._tokenizer)
        pictures = ((i, placed.picture) for i, layout in enumerate(self._layouts) for placed in layout.pictures)
        return RenderReport(
            style=self.style.name,
            style_fingerprint=self.style.fingerprint,
            spec=self.spec.name,
            characters=len(self.source_text.text),
            pages=len(self._layouts),
            text_tokens=text,
            visual_tokens=visual,
            compression_ratio=text.count / max(visual, 1),
            seconds={"load": self.source_text.seconds, "render": self._seconds},
            escaped=self._escaped(),
            dropped=self.source_text.dropped,
            raster_pages=tuple(RasterPage(page=i, source_page=p.page, reason=p.reason) for i, p in pictures),
        )

    def pages_of(self, start: int, end: int) -> range:
        """Indices of the pages that show characters ``[start, end)``."""
        self._lay_out_until(None)
        ends = np.array([layout.end for layout in self._layouts], np.int64)
        starts = np.array([layout.start for layout in self._layouts], np.int64)
        first = int(np.searchsorted(ends, start, "right"))
        return range(first, max(first, int(np.searchsorted(starts, max(end, start + 1), "left"))))

    def _indices(self) -> Iterator[int]:
        index = 0
        while self._lay_out_until(index):
            yield index
            index += 1

    def _lay_out_until(self, index: int | None) -> bool:
        """Lays out up to and including page ``index``, or all; says whether that page exists."""
        began = time.perf_counter()
        while index is None or len(self._layouts) <= index:
            layout = next(self._remaining, None)
            if layout is None:
                break
            self._layouts.append(layout)
        self._seconds += time.perf_counter() - began
        return index is not None and index < len(self._layouts)

    def _lay_out(self) -> Iterator[PageLayout]:
        """Text and small pictures flow together; a large picture ends the page and has one for itself."""
        text, geometry = self.source_text.text, self._geometry
        column = geometry.column_width - geometry.left_indent - geometry.right_indent
        room = column, geometry.height - 2 * geometry.margin_y
        begin = position = 0
        flowing: list[Lines] = []
        for number, picture in enumerate(self.source_text.pictures):
            size = picture_size(self.source_text.extent(picture), picture.box, room, self.style.dpi)
            # Blank lines around a picture go with it, so that the ranges of the pages tile the text.
            start = picture.start if text[position : picture.start].strip() else position
            end = picture.end + (text[picture.end : picture.end + 1] == "\n")
            if number + 1 == len(self.source_text.pictures) and not text[end:].strip():
                end = len(text)
            if size[1] <= room[1] * _FLOWING_HEIGHT:
                flowing.append(Lines.picture(picture, start, end, size))
            else:
                yield from self._lay_out_flow(begin, flowing, start)
                full = geometry.width, geometry.height
                page, size = page_around(
                    self.spec, picture_size(self.source_text.extent(picture), picture.box, full, self.style.dpi)
                )
                yield picture_page(picture, start, end, page, size)
                begin, flowing = end, []
            position = end
        yield from self._lay_out_flow(begin, flowing, len(text))

    def _lay_out_flow(self, start: int, pictures: list[Lines], stop: int) -> Iterator[PageLayout]:
        """Pages of characters ``[start, stop)``, with small pictures in their places."""

        def blocks() -> Iterator[Lines]:
            position = start
            for picture in pictures:
                yield from break_lines(self._composer, position, int(picture.start[0]), self._geometry)
                yield picture
                position = picture.end
            yield from break_lines(self._composer, position, stop, self._geometry)

        for layout in paginate(blocks(), self._geometry):
            yield self._cropped(layout, last=layout.end == stop)

    def _cropped(self, layout: PageLayout, *, last: bool) -> PageLayout:
        geometry, style = self._geometry, self.style
        needed = [layout.width, layout.height]
        if style.crop_width:
            needed[0] = right_edge(layout, self._composer) + geometry.margin_x
        if style.crop_last_page and last:
            bottoms = (picture.y + picture.height for picture in layout.pictures)
            text = int(layout.y.max()) + geometry.line_height + geometry.space_after
            needed[1] = max(text, *bottoms, 0) + geometry.margin_y
        if needed == [layout.width, layout.height]:
            return layout
        width, height = crop(self.spec, (needed[0], needed[1]), (layout.width, layout.height))
        return replace(layout, width=width, height=height)

    def _draw(self, indices: Iterable[int]) -> Iterator[Page]:
        wanted: deque[PlacedPicture] = deque()
        # One stream for all pages, so that the source is opened once; it is asked for a picture when one is wanted.
        with closing(self.source_text.rasters(_sizes(wanted), colour=True)) as drawings:
            for index in indices:
                layout = self._layouts[index]
                began = time.perf_counter()
                pixels = rasterise(layout, self._composer, self._geometry, _in_turn(layout, wanted, drawings))
                self._seconds += time.perf_counter() - began
                yield Page(
                    index=index,
                    pixels=pixels,
                    visual_tokens=self.spec.visual_tokens(layout.width, layout.height),
                    source_pages=self._source_pages(layout),
                    layout=layout,
                    composer=self._composer,
                )

    def _source_pages(self, layout: PageLayout) -> tuple[int, ...]:
        regions = self.source_text.regions
        first = max(int(np.searchsorted(regions["start"], layout.start, "right")) - 1, 0)
        last = int(np.searchsorted(regions["start"], layout.end, "left"))
        shown = {placed.picture.page for placed in layout.pictures}
        if len(layout.pictures) < len(layout.y):  # not only pictures
            shown.update(regions["page"][first:last].tolist())
        return tuple(sorted(shown))

    def _escaped(self) -> dict[str, int]:
        """Characters drawn as their code points; those within pictures are not drawn, so not escaped."""
        found: Counter[int] = Counter()
        for layout in self._layouts:
            edges = [layout.start]
            for placed in layout.pictures:
                edges += layout.lines[placed.line : placed.line + 2].tolist()
            edges.append(layout.end)
            for start, end in zip(edges[::2], edges[1::2], strict=True):
                found.update(self._composer.escaped(start, end))
        return {chr(code_point): count for code_point, count in sorted(found.items())}


def _sizes(wanted: deque[PlacedPicture]) -> Iterator[tuple[Picture, int, int]]:
    while wanted:
        placed = wanted.popleft()
        yield placed.picture, placed.width, placed.height


def _in_turn(
    layout: PageLayout, wanted: deque[PlacedPicture], drawings: Iterator[NDArray[np.uint8]]
) -> Iterator[NDArray[np.uint8]]:
    """The drawings of one page."""
    for placed in layout.pictures:
        wanted.append(placed)
        yield next(drawings)
