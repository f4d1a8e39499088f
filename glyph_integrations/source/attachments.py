"""Files within files: read after their carrier, under what is left of its limits."""

from __future__ import annotations

import time
from dataclasses import replace
from typing import TYPE_CHECKING

from glyph_integrations.errors import GlyphError, TimedOutError, TooLargeError
from glyph_integrations.source.blob import Blob
from glyph_integrations.source.media_types import READ_AS
from glyph_integrations.source.text import Dropped, SourceText, concatenate

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.limits import Limits
    from glyph_integrations.source.text import EmbeddedFile

    Load = Callable[[Blob, LoadOptions, str | None], SourceText]

_STATED = frozenset({"text/html", "message/rfc822", *READ_AS["calendar"]})
"""Media types that a carrier knows better than detection by content and name does."""


def read_attachments(text: SourceText, blob: Blob, options: LoadOptions, load: Load) -> SourceText:
    """Return a text followed by the files that its source carries, each a source of its own.

    One that cannot be read is named with the reason, and so are all that come after a limit is used up.

    Args:
        text: As its format returned it, with ``attachments``.
        blob: What it was read from.
        options: What the caller asked for; the limits hold for the source and all that it carries together.
        load: Reads one file, in a process of its own.
    """
    began = time.monotonic()
    texts = [replace(text, attachments=())]
    for number, file in enumerate(text.attachments):
        name = f"{blob.name}/{file.name}"
        try:
            if number >= options.limits.attachments:
                raise TooLargeError(f"{name} comes after {number:,} others; raise Limits.attachments to read it")
            limits = _find_rest(options.limits, texts, time.monotonic() - began, name)
            inner = Blob(name=name, data=file.data, password=blob.password)
            stated = file.media_type if file.media_type in _STATED else None
            texts.append(load(inner, replace(options, limits=limits), stated))
        except GlyphError as error:
            texts.append(_name_unread(file, name, error, text))
    return concatenate(texts)


def _find_rest(limits: Limits, texts: Sequence[SourceText], elapsed: float, name: str) -> Limits:
    """Return what is left of the limits after some texts.

    Raises:
        TooLargeError: Nothing is left of one.
        TimedOutError: Nor of the time.
    """
    if limits.nesting <= 1:
        raise TooLargeError(f"{name} is nested too deeply; raise Limits.nesting to read it")
    characters = limits.characters - sum(len(text) for text in texts)
    pages = limits.pages - sum(len(text.pages) for text in texts)
    for left, limit in ((characters, "characters"), (pages, "pages")):
        if left <= 0:
            raise TooLargeError(f"{name} comes after as much as Limits.{limit} allows; raise it to read more")
    patience = limits.patience - elapsed
    if patience <= 0:
        raise TimedOutError(f"{name} was not read in time; raise Limits.wall_seconds to wait for it")
    return replace(limits, nesting=limits.nesting - 1, characters=characters, pages=pages, wall_seconds=patience)


def _name_unread(file: EmbeddedFile, name: str, error: GlyphError, carrier: SourceText) -> SourceText:
    """Return a text that says why a file was not read."""
    note = SourceText.from_string(f"[attachment not read: {error}]", name=name)
    unread = Dropped(reason=f"not read: {error}", characters=0, page=0, hidden=False, text=file.name)
    origin = replace(carrier.origins[0], blob=Blob(name=name, data=b""))
    return replace(note, dropped=(unread,), origins=(origin,))
