"""HTML and XHTML files."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText


class HtmlFormat:
    """Reads a page as a browser shows it, one line a block; nothing is fetched and no script is run."""

    name = "html"
    isolated = True
    parses_with = ("glyph_integrations.source.formats.html.writing",)
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """HTML and XHTML."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the page.

        Raises:
            MalformedError: No HTML parser makes sense of it.
            TooLargeError: It exceeds the limits, or is nested too deeply.
            EmptyError: It holds no text.
        """
        from glyph_integrations.source.formats.html.parsing import parse
        from glyph_integrations.source.formats.html.writing import write

        tree = parse(blob.read(), blob.name)
        builder = TextBuilder(options.limits)
        builder.page()
        write(builder, tree)
        title = " ".join((tree.findtext(".//title") or "").split())
        return builder.finish(name=blob.name, media_type=media_type, metadata={"title": title} if title else {})
