"""RTF files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText


class RtfFormat:
    """Reads paragraphs, tables, list marks, notes, text boxes and pictures, and headers and footers once.

    The reader is our own: the libraries there are drop headers, notes and text boxes, and show what is hidden.
    """

    name = "rtf"
    isolated = True
    parses_with = ("glyph_integrations.source.formats.rtf.reader",)
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """RTF."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the document as one source page without dimensions.

        Raises:
            MalformedError: It is no RTF.
            TooLargeError: It exceeds the limits.
            EmptyError: It holds no text.
        """
        from glyph_integrations.source.formats.rtf.reader import Reader
        from glyph_integrations.source.formats.rtf.writing import write_blocks

        data = blob.read()
        if not data.lstrip().startswith(b"{\\rtf"):
            raise MalformedError(f"{blob.name} is no RTF")
        reader = Reader()
        reader.read(data.decode("latin-1"))
        builder = TextBuilder(options.limits)
        builder.page()
        write_blocks(builder, reader)
        return builder.finish(name=blob.name, media_type=media_type, metadata=reader.metadata)
