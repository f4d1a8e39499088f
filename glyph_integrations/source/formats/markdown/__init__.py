"""Markdown: the text as it was written, its headings, tables, code and pictures found."""

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
    from glyph_integrations.source.formats.markdown.pictures import InlinePicture
    from glyph_integrations.source.text import SourceText


class MarkdownFormat:
    """Keeps every character but the bytes of pictures, which are shown in their place.

    Code is typeset as it stands, a row of a table on a line of its own. A picture that is a file elsewhere keeps its
    name in the text and is listed: no file beside the source is opened.
    """

    name = "markdown"
    isolated = True
    parses_with = ("glyph_integrations.source.formats.markdown.structure",)
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """Markdown."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the text; form feeds end a page.

        Raises:
            UnsupportedError: It is binary.
            TooLargeError: It has more characters than the limits allow.
            EmptyError: It holds no text.
        """
        from glyph_integrations.source.formats.markdown.structure import mark_structure

        if not looks_like_text(blob.head):
            raise UnsupportedError(f"{blob.name} is not text in any encoding")
        text, encoding = decode(blob.read())
        text = text.replace("\r\n", "\n").replace("\r", "\n")
        builder = TextBuilder(options.limits)
        for number, page in enumerate(text.split("\f")):
            if number:
                builder.separate()
            builder.page()
            _add_page(builder, page)
        return mark_structure(builder.finish(name=blob.name, media_type=media_type, metadata={"encoding": encoding}))


def _add_page(builder: TextBuilder, text: str) -> None:
    """Appends a page with its pictures in their places."""
    from glyph_integrations.source.formats.markdown.pictures import find_pictures, list_named

    pictures, definitions = find_pictures(text)
    cuts: list[tuple[int, int, InlinePicture | None]] = [(shown.start, shown.end, shown) for shown in pictures]
    cuts += [(start, end, None) for start, end in definitions]
    position = 0
    for start, end, picture in sorted(cuts, key=lambda cut: cut[:2]):
        if start < position:
            continue
        before = text[position:start]
        builder.add(before)
        if picture is not None:
            if before and not before.endswith("\n"):
                builder.separate()
            builder.embedded_picture(
                picture.data, name="picture", media_type=picture.media_type, description=picture.alt
            )
        position = end
    builder.add(text[position:])
    for _, name in list_named(text):
        remote = "://" in name or name.startswith("//")
        builder.drop(f"picture not shown: {'not fetched' if remote else 'a file beside the text'}", name, hidden=False)
