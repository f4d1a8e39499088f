"""The formats that ``load`` reads, and how to add one.

A format is any object with the attributes and methods of ``Format``. Installed packages add theirs through the
entry-point group ``glyph_integrations.formats``; they are asked before the built-in ones.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Literal, Protocol

from glyph_integrations.source.limits import Limits

if TYPE_CHECKING:
    from collections.abc import Callable

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.text import SourceText


@dataclass(frozen=True, slots=True, kw_only=True)
class LoadOptions:
    """What the caller of ``load`` asked for.

    Attributes:
        pages: Decide for each PDF page whether it is typeset anew or shown as a picture, or force one.
        furniture: Keep running heads and feet once and leave out page numbers, or keep every one.
        limits: What a source may cost.
        progress: Called with the pages read and all pages of the source, about ten times a second at most.
    """

    pages: Literal["auto", "text", "raster"] = "auto"
    furniture: Literal["once", "keep"] = "once"
    limits: Limits = field(default_factory=Limits)
    progress: Callable[[int, int], None] | None = None


class Format(Protocol):
    """One kind of file.

    Attributes:
        name: Shown in messages.
        isolated: Whether ``load`` runs it in the subprocess by default (untrusted parsers of complex files).
    """

    name: str
    isolated: bool

    def accepts(self, blob: Blob, media_type: str) -> bool:
        """Whether this format reads the blob; ``media_type`` is what detection found or the caller stated."""
        ...

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the blob whole.

        Raises:
            LoadError: One of its subclasses, and nothing else, for whatever is wrong with the blob.
        """
        ...
