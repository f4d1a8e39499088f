"""Text of any encoding: prose, source code, data and logs as they are; what has a layout of its own is marked."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from glyph_integrations.errors import TooLargeError, UnsupportedError
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.detect import looks_like_text
from glyph_integrations.source.encoding import decode
from glyph_integrations.source.layout import find_running_heads, find_verbatim, split_pages
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_TYPESET = frozenset({"text/plain", "text/x-rst", "text/asciidoc", "text/x-org", "text/rfc822-headers"})
"""Kinds of text that are prose between tables and drawings; code and data run on as they are."""
_SENTENCE_END = (".", "!", "?", ":", "”", '"', ")")


class PlainFormat:
    """Keeps every character, but for line ends, which all become LF, form feeds, which end a page, and running heads.

    Lines with a layout of their own (tables, drawings, logs, verse) are marked to be typeset as they stand.
    """

    name = "plain"
    isolated = False

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """Any kind of text."""
        return media_type.startswith("text/") or media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the text; each page is one region, because text has no boxes.

        Raises:
            UnsupportedError: It is binary.
            TooLargeError: It has more characters or pages than the limits allow.
            EmptyError: It holds no text.
        """
        if not looks_like_text(blob.head):
            raise UnsupportedError(f"{blob.name} is not text in any encoding")
        text, encoding = decode(blob.read())
        if "\r" in text:
            text = text.replace("\r\n", "\n").replace("\r", "\n")
        pages = text.count("\f") + 1
        if pages > options.limits.pages:  # before they are taken apart, which is dear
            raise TooLargeError(f"{blob.name} has {pages:,} pages; raise Limits.pages to read it")
        builder = TextBuilder(options.limits)
        if media_type in _TYPESET:
            _add_pages(builder, split_pages(text), once=options.furniture == "once")
        else:
            _add_pages(builder, text.split("\f"), once=False)
        del text
        result = builder.finish(name=blob.name, media_type=media_type, metadata={"encoding": encoding})
        return replace(result, verbatim=tuple(find_verbatim(result.text))) if media_type in _TYPESET else result


def _add_pages(builder: TextBuilder, pages: Sequence[str], *, once: bool) -> None:
    """Appends pages; with ``once`` their running heads are left out, but for the first of each."""
    lines = [page.split("\n") for page in pages] if once and len(pages) > 1 else []
    heads = find_running_heads(lines)
    dropped: dict[int, set[int]] = {}
    for head in heads:
        if not head.first:
            dropped.setdefault(head.page, set()).add(head.line)
    for number, page in enumerate(pages):
        if number:
            builder.separate()
        builder.page()
        if not heads:
            builder.add(page)
            continue
        left_out = dropped.get(number, set())
        for at in sorted(left_out):
            builder.drop("running head", lines[number][at], hidden=False)
        body = "\n".join(line for at, line in enumerate(lines[number]) if at not in left_out).strip("\n")
        ended = not body or body.rstrip().endswith(_SENTENCE_END)
        builder.add(f"{body}\n" if ended and number + 1 < len(pages) else body)
