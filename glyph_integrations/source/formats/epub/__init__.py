"""EPUB books: one source page for each item of the spine."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.errors import EncryptedError, LoadError
from glyph_integrations.source.archives import open_archive
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.formats.epub.package import Book, Item
    from glyph_integrations.source.text import SourceText

_DRAWING = "image/svg+xml"


class EpubFormat:
    """Reads the chapters in the order of the spine; their names in the table of contents label the pages."""

    name = "epub"
    isolated = True
    parses_with = ("glyph_integrations.source.formats.html.writing", "glyph_integrations.source.formats.epub.package")
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """EPUB 2 and 3."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Read the book; a chapter that is missing, damaged or encrypted is reported and the others are read.

        Raises:
            EncryptedError: All chapters are under digital rights management.
            MalformedError: It is damaged.
            TooLargeError: It exceeds the limits.
            EmptyError: It holds no text.
        """
        from glyph_integrations.source.formats.epub.package import Book

        builder = TextBuilder(options.limits)
        with open_archive(blob, options.limits) as archive:
            book = Book(archive, blob.name)
            items = book.list_items()
            readable = [item for item in items if not item.problem]
            if not readable and any(item.is_encrypted for item in items):
                raise EncryptedError(f"{blob.name} is protected by digital rights management")
            for item in items:
                _write_item(builder, book, item)
        return builder.finish(name=blob.name, media_type=media_type, metadata=book.read_metadata())


def _write_item(builder: TextBuilder, book: Book, item: Item) -> None:
    """Append one item of the spine as a page, or report why it cannot be read."""
    from glyph_integrations.source.formats.html.parsing import parse
    from glyph_integrations.source.formats.html.writing import write

    if item.problem:
        builder.drop(f"chapter not read: {item.problem}", item.path, hidden=False)
        return
    builder.page(label=item.label)
    is_picture = item.media_type.startswith("image/") and item.media_type != _DRAWING
    try:
        data = book.read(item.path)
        tree = None if is_picture else parse(data, item.name)
    except LoadError as error:
        builder.drop(f"chapter not read: {error}", item.path, hidden=False)
        return
    if tree is None:
        builder.embedded_picture(data, name=item.name, media_type=item.media_type, description=item.label)
    else:
        write(builder, tree, resolve=book.make_resolver(item.path))
