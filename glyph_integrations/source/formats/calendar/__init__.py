"""Calendars (iCalendar) and business cards (vCard): what they say, as lines that a person reads."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.errors import UnsupportedError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.detect import looks_like_text
from glyph_integrations.source.encoding import decode
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText


class CalendarFormat:
    """Writes each event or card as lines: what, when, where, who."""

    name = "calendar"
    isolated = False

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """Calendars and cards."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the file as one page; what only programs use is reported.

        Raises:
            UnsupportedError: It is binary.
            TooLargeError: It has more characters than the limits allow.
            EmptyError: It says nothing.
        """
        from glyph_integrations.source.formats.calendar.components import write_components

        if not looks_like_text(blob.head):
            raise UnsupportedError(f"{blob.name} is not text in any encoding")
        text, encoding = decode(blob.read())
        builder = TextBuilder(options.limits)
        builder.page()
        write_components(builder, text)
        return builder.finish(name=blob.name, media_type=media_type, metadata={"encoding": encoding})
