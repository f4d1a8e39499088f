"""Word files (DOCX)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText


class WordFormat:
    """Reads the body in order; headers, footers, notes, comments and text boxes stand where a reader meets them.

    A Word file has no pages until it is printed: it is one source page without dimensions.
    """

    name = "word"
    isolated = True
    parses_with = ("glyph_integrations.source.formats.word.document",)
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """DOCX and its macro and template variants."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the document.

        Raises:
            MalformedError: It is damaged.
            TooLargeError: It exceeds the limits.
            EmptyError: It holds no text.
        """
        from glyph_integrations.source.formats.word.document import load_document

        return load_document(blob, media_type, options)
