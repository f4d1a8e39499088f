"""Reads a PDF into a ``SourceText``, one page object at a time."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pymupdf

from glyph_integrations.errors import EmptyError, LoadError, MalformedError, TooLargeError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.pdf.attachments import Attachments
from glyph_integrations.source.formats.pdf.bombs import refuse_bombs
from glyph_integrations.source.formats.pdf.document import metadata, opened, outline, page_size, translated_errors
from glyph_integrations.source.formats.pdf.furniture import Furniture, find_furniture
from glyph_integrations.source.formats.pdf.layers import find_hidden_layers
from glyph_integrations.source.formats.pdf.lines import Line
from glyph_integrations.source.formats.pdf.pages import PageContent, Reading, make_damaged_page, read_page
from glyph_integrations.source.formats.pdf.paragraphs import spellings
from glyph_integrations.source.formats.pdf.writing import Headings, Writer, write_file
from glyph_integrations.source.formats.pdf.xfa import is_dynamic, needs_rendering, read_xfa

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
        attachments = Attachments(options.limits)
        form = read_xfa(document, blob.name) if is_dynamic(document) else []
        placeholder = bool(form) and needs_rendering(document)
        pages = _read(document, blob, Reading(options, attachments, find_hidden_layers(document)))
        files = attachments.read_document(document)
        titles = outline(document)
        facts = metadata(document)
    builder = _write_placeholder(pages, options) if placeholder else _write(pages, titles, options)
    for line in form:
        builder.line(line)
    for file in files:
        write_file(builder, file)
    try:
        return builder.finish(name=blob.name, media_type=media_type, metadata=facts)
    except EmptyError as error:
        oversized = [item.reason for page in pages for item in page.left_out if "Limits." in item.reason]
        if oversized:
            raise TooLargeError(f"{blob.name} holds nothing but an {oversized[0]}") from error
        raise


def _read(document: Any, blob: Blob, reading: Reading) -> list[PageContent]:
    """Reads the pages; one that cannot be read is reported and does not hinder the others."""
    limits, progress = reading.options.limits, reading.options.progress
    count = len(document)
    if count > limits.pages:
        raise TooLargeError(
            f"{blob.name} has {count:,} pages, more than {limits.pages:,}; raise Limits.pages to read it"
        )
    if not count:
        raise MalformedError(f"{blob.name} has no pages that can be found")
    pages = []
    failures: list[LoadError] = []
    characters = 0
    for number in range(count):
        try:
            with translated_errors(blob):
                page = document.load_page(number)
                content = read_page(page, page_size(page, limits), reading)
        except LoadError as error:
            failures.append(error)
            content = make_damaged_page(number, f"not read: {error}")
        pages.append(content)
        if progress is not None:
            progress(number + 1, count)
        characters += sum(len(item.text) for item in content.items if isinstance(item, Line))
        if characters > limits.characters:
            raise TooLargeError(f"more than {limits.characters:,} characters; raise Limits.characters to read it")
        if number % PAGES_PER_STORE == PAGES_PER_STORE - 1:
            pymupdf.TOOLS.store_shrink(100)
    if len(failures) == count:
        raise failures[0]
    return pages


def _write_placeholder(pages: list[PageContent], options: LoadOptions) -> TextBuilder:
    """Begins the page of an XFA form, and reports the pages that stand in for it."""
    builder = TextBuilder(options.limits)
    first = pages[0]
    builder.page(width=first.width, height=first.height, reason="XFA form: its text and data")
    for page in pages:
        words = " ".join(item.text for item in page.items if isinstance(item, Line))
        builder.drop("placeholder of an XFA form", words, hidden=False)
    return builder


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
