"""OpenDocument files (ODT, ODS, ODP)."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.errors import EncryptedError, MalformedError
from glyph_integrations.source.archives import open_archive, read_member
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.media_types import ODP, ODS, READ_AS

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_METADATA = (("title", "title"), ("creator", "author"), ("subject", "subject"), ("date", "modified"))


class OpenDocumentFormat:
    """Reads texts as one source page without dimensions, sheets and slides as a page each."""

    name = "open document"
    isolated = True
    parses_with = (
        "openpyxl",
        "glyph_integrations.source.formats.odf.text",
        "glyph_integrations.source.formats.odf.sheets",
        "glyph_integrations.source.formats.odf.slides",
    )
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """ODT, ODS, ODP and their templates."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the file.

        Raises:
            EncryptedError: It has a password.
            MalformedError: It is damaged.
            TooLargeError: It exceeds the limits.
            EmptyError: It holds no text.
        """
        from glyph_integrations.source.formats.odf.sheets import write_sheets
        from glyph_integrations.source.formats.odf.slides import write_slides
        from glyph_integrations.source.formats.odf.text import Text
        from glyph_integrations.source.xml import parse_xml

        builder = TextBuilder(options.limits)
        with open_archive(blob, options.limits) as archive:
            members = set(archive.namelist())

            def part(path: str) -> bytes:
                return read_member(archive, path, blob.name) if path in members else b""

            if b"encryption-data" in part("META-INF/manifest.xml"):
                raise EncryptedError(f"{blob.name} is an encrypted OpenDocument file: remove its password first")

            def tree(path: str) -> etree._Element | None:
                """The XML of a part; one that cannot be read is reported."""
                try:
                    return parse_xml(part(path), blob.name) if path in members else None
                except MalformedError as error:
                    builder.report_unknown(f"{path} that cannot be read ({error})")
                    return None

            content = parse_xml(part("content.xml"), blob.name)
            styles, meta = tree("styles.xml"), tree("meta.xml")
            text = Text(builder, content, styles, part=part, name=blob.name, limits=options.limits)
            if media_type == ODS:
                write_sheets(builder, text, content, styles)
            elif media_type == ODP:
                write_slides(builder, text, content, styles)
            else:
                builder.page()
                text.write()
            text.report()
        found = {} if meta is None else {key: meta.findtext(f".//{{*}}{name}") or "" for name, key in _METADATA}
        metadata = {key: value for key, value in found.items() if value}
        return builder.finish(name=blob.name, media_type=media_type, metadata=metadata)
