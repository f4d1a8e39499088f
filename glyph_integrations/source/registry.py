"""Which format reads which blob: installed packages' formats first, then the built-in ones."""

from __future__ import annotations

import importlib
from functools import cache
from importlib.metadata import entry_points
from typing import TYPE_CHECKING

from glyph_integrations.errors import EncryptedError, UnsupportedError
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import Format

GROUP = "glyph_integrations.formats"
"""The entry-point group through which a package adds formats; each entry point is a class without arguments."""


_CLASSES = {
    "pdf": "pdf:PdfFormat",
    "word": "word:WordFormat",
    "slides": "slides:SlidesFormat",
    "sheets": "sheets:SheetsFormat",
    "open document": "odf:OpenDocumentFormat",
    "epub": "epub:EpubFormat",
    "rtf": "rtf:RtfFormat",
    "html": "html:HtmlFormat",
    "email": "email:EmailFormat",
    "calendar": "calendar:CalendarFormat",
    "delimited": "delimited:DelimitedFormat",
    "image": "image:ImageFormat",
    "markdown": "markdown:MarkdownFormat",
    "plain": "plain:PlainFormat",
}
_SAVE_AS = {
    "application/msword": ("an old Word file", "save it as .docx"),
    "application/vnd.ms-excel": ("an old Excel file", "save it as .xlsx"),
    "application/vnd.ms-excel.sheet.binary.macroenabled.12": ("a binary Excel file", "save it as .xlsx"),
    "application/vnd.ms-powerpoint": ("an old PowerPoint file", "save it as .pptx"),
    "application/vnd.ms-outlook": ("an Outlook message", "save it as .eml"),
    "application/ms-tnef": ("an Outlook attachment (TNEF)", "ask the sender to send it as MIME or HTML"),
    "application/zip": ("a zip archive", "unpack it and load the directory"),
}


def format_for(blob: Blob, media_type: str) -> Format:
    """The first format that accepts a blob.

    Raises:
        UnsupportedError: None does; the message lists what was tried.
        EncryptedError: It is an encrypted Office file.
    """
    installed = _installed()
    for candidate in installed.values():
        if candidate.accepts(blob, media_type):
            return candidate
    family = media_type.partition("/")[0] + "/*"
    for name, media_types in READ_AS.items():
        if media_type in media_types or family in media_types:
            return format_named(name)
    if media_type == "application/x-encrypted-office":
        raise EncryptedError(f"{blob.name} is an encrypted Office file: remove its password in Office first")
    tried = ", ".join((*installed, *_CLASSES))
    what, advice = _SAVE_AS.get(media_type, (media_type, "convert it, or state media_type= if it is something else"))
    raise UnsupportedError(f"{blob.name} is {what}, which no format reads (tried: {tried}); {advice}")


def format_named(name: str) -> Format:
    """The format of that name.

    Raises:
        UnsupportedError: There is none.
    """
    if name in _installed():
        return _installed()[name]
    if name in _CLASSES:
        return _built_in(name)
    raise UnsupportedError(f"there is no format {name!r}")


@cache
def _installed() -> dict[str, Format]:
    formats = (entry_point.load()() for entry_point in entry_points(group=GROUP))
    return {found.name: found for found in formats}


@cache
def _built_in(name: str) -> Format:
    module, _, class_name = _CLASSES[name].partition(":")
    found: Format = getattr(importlib.import_module(f"glyph_integrations.source.formats.{module}"), class_name)()
    return found
