"""Reads a PDF into a ``SourceText``, one page object at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pymupdf

from glyph_integrations.errors import MalformedError, TooLargeError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.pdf.bombs import refuse_bombs
from glyph_integrations.source.formats.pdf.document import metadata, opened, outline, page_size
from glyph_integrations.source.formats.pdf.furniture import Furniture, find_furniture
from glyph_integrations.source.formats.pdf.lines import Line
from glyph_integrations.source.formats.pdf.pages import PageContent, read_page
from glyph_integrations.source.formats.pdf.paragraphs import spellings
from glyph_integrations.source.formats.pdf.writing import Headings, Writer

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

PAGES_PER_STORE = 100
"""After so many pages MuPDF lets go of the fonts and images it keeps."""


def load_pdf(blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
    """Reads all pages, then writes them: heads, hyphens and headings need the whole document.

    Raises:
        LoadError: It is encrypted, malformed, too large or empty.
    """
    with opened(blob) as document:
        refuse_bombs(document, options.limits, blob.name)
        pages = _read(document, blob, options)
        titles = outline(document)
        facts = metadata(document)
    return _write(pages, titles, options).finish(name=blob.name, media_type=media_type, metadata=facts)


def _read(document: Any, blob: Blob, options: LoadOptions) -> list[PageContent]:
    limits = options.limits
    count = len(document)
    if count > limits.pages:
        raise TooLargeError(f"{blob.name} has {count:,} pages; Limits.pages is {limits.pages:,}")
    if not count:
        raise MalformedError(f"{blob.name} has no pages that can be found")
    pages = []
    characters = 0
    for number in range(count):
        page = document.load_page(number)
        pages.append(read_page(page, page_size(page, limits), options))
        if options.progress is not None:
            options.progress(number + 1, count)
        characters += sum(len(item.text) for item in pages[-1].items if isinstance(item, Line))
        if characters > limits.characters:
            raise TooLargeError(f"more than {limits.characters:,} characters; raise Limits.characters to read it")
        if number % PAGES_PER_STORE == PAGES_PER_STORE - 1:
            pymupdf.TOOLS.store_shrink(100)
    return pages


def _write(pages: list[PageContent], titles: list[tuple[int, str, int]], options: LoadOptions) -> TextBuilder:
    builder = TextBuilder(options.limits)
    typeset = [
        (page.height, [(i, item) for i, item in enumerate(page.items) if isinstance(item, Line) and not page.raster])
        for page in pages
    ]
    furniture = find_furniture(typeset)
    if options.furniture == "keep":
        furniture = Furniture(labels=furniture.labels)
    writer = Writer(builder, pages, furniture)
    lines = [line for _, placed in typeset for _, line in placed]
    if sum(len(line.text) for line in lines if line.mono) > 0.6 * sum(len(line.text) for line in lines):
        for line in lines:  # a typewritten document: prose, not code
            line.mono = False
    writer.spellings = spellings(lines)
    writer.headings = Headings(pages, titles)
    writer.write()
    return builder
