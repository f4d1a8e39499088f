"""Text of any encoding, source code, JSON, YAML, XML, logs: verbatim; Markdown with its headings and tables found."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.errors import UnsupportedError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.detect import looks_like_text
from glyph_integrations.source.encoding import decode
from glyph_integrations.source.formats.markdown import mark_structure
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText


class PlainFormat:
    """Keeps every character, but for line ends, which all become LF, and form feeds, which end a source page."""

    name = "plain"
    isolated = False

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """Any kind of text."""
        return media_type.startswith("text/") or media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the text; each page is one region, because text has no boxes.

        Raises:
            UnsupportedError: It is binary.
            TooLargeError: It has more characters than the limits allow.
            EmptyError: It holds no text.
        """
        if not looks_like_text(blob.head):
            raise UnsupportedError(f"{blob.name} is not text in any encoding")
        text, encoding = decode(blob.read())
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        builder = TextBuilder(options.limits)
        for number, page in enumerate(text.split("\f") if "\f" in text else (text,)):
            if number:
                builder.separate()
            builder.page()
            builder.add(page)
        del text
        result = builder.finish(name=blob.name, media_type=media_type, metadata={"encoding": encoding})
        return mark_structure(result) if media_type == "text/markdown" else result
