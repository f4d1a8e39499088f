"""PowerPoint presentations (PPTX)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText


class SlidesFormat:
    """Reads each slide as a source page: title, shapes as they are read, tables, charts' data, then notes and comments.

    Slide numbers are left out, footers and the words of slide masters kept once, unless ``furniture="keep"``.
    """

    name = "slides"
    isolated = True
    parses_with = ("openpyxl", "glyph_integrations.source.formats.slides.presentation")
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """PPTX and its show, macro and template variants."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the presentation.

        Raises:
            MalformedError: It is damaged.
            TooLargeError: It exceeds the limits.
            EmptyError: It holds no text.
        """
        from glyph_integrations.source.formats.slides.presentation import load_presentation

        return load_presentation(blob, media_type, options)
