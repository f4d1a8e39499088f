"""E-mails: the headers that people read, the body, and every attachment that a format reads."""

from __future__ import annotations

import email
import email.policy
from dataclasses import replace
from typing import TYPE_CHECKING

from glyph_integrations.errors import GlyphError
from glyph_integrations.source.blob import Blob
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.encoding import decode
from glyph_integrations.source.media_types import READ_AS
from glyph_integrations.source.text import SourceText, concatenate

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import MIMEPart

    from glyph_integrations.source.formats import LoadOptions

_HEADERS = ("From", "To", "Cc", "Bcc", "Reply-To", "Date", "Subject")


class EmailFormat:
    """Reads a message; its attachments follow as sources and pages of their own, each read as ``load`` reads a file.

    Of a body in plain text and HTML, the plain text is read, unless it is blank. Attachments that cannot be read are
    listed with the reason.
    """

    name = "email"
    isolated = False

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """Internet messages, and web pages saved as one (MHTML)."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the message and its attachments, to a depth of ``Limits.nesting``.

        Raises:
            EmptyError: It holds no text and nothing that can be read.
            LoadError: Its HTML body cannot be read; see ``load``.
        """
        from glyph_integrations.source.isolation import Origin

        with blob.open() as file:
            message = email.message_from_binary_file(file, policy=email.policy.default)
        builder = TextBuilder(options.limits)
        builder.page()
        for header in _HEADERS:
            for value in message.get_all(header, []):
                builder.line(f"{header}: {' '.join(str(value).split())}")
        body = message.get_body(("plain", "html"))
        if body is not None and body.get_content_type() == "text/plain" and not _text(body).strip():
            body = message.get_body(("html",)) or body
        pages: list[SourceText] = []
        if body is not None and body.get_content_type() == "text/html":
            pages += self._nested("body.html", "text/html", _bytes(body), blob, options)[0]
        elif body is not None:
            builder.separate()
            builder.add(_text(body).replace("\r\n", "\n").rstrip("\n"))
            builder.separate()
        for name, stated, data in _attachments(message, body):
            found, problem = self._nested(name, stated, data, blob, options)
            pages += found
            builder.line(f"[attachment: {name}, {len(data):,} bytes{f'; not read: {problem}' if problem else ''}]")
        own = builder.finish(name=blob.name, media_type=media_type, metadata=_metadata(message))
        origin = Origin(format_name=self.name, blob=blob, media_type=media_type, limits=options.limits)
        return concatenate([replace(own, origins=(origin,)), *pages])

    def _nested(
        self, name: str, media_type: str, data: bytes, outer: Blob, options: LoadOptions
    ) -> tuple[list[SourceText], str]:
        """The text of a part, or why there is none."""
        from glyph_integrations.source.loading import load_blob

        if options.limits.nesting <= 1:
            return [], "nested too deeply (Limits.nesting)"
        inner = replace(options, limits=replace(options.limits, nesting=options.limits.nesting - 1))
        blob = Blob(name=f"{outer.name}/{name}", data=data, password=outer.password)
        try:
            return [load_blob(blob, inner, media_type if media_type in ("text/html", "message/rfc822") else None)], ""
        except GlyphError as error:
            return [], getattr(error, "code", str(error))


def _attachments(message: MIMEPart, body: MIMEPart | None) -> Iterator[tuple[str, str, bytes]]:
    """Name, stated media type and bytes of every part but the body and its other forms."""
    number = 0
    for part in _leaves(message):
        if part is body or (body is not None and _is_alternative(part, body)):
            continue
        number += 1
        name = (part.get_filename() or f"part {number}").replace("\\", "/").rpartition("/")[2] or f"part {number}"
        yield name, part.get_content_type(), _bytes(part)


def _leaves(part: MIMEPart) -> Iterator[MIMEPart]:
    """The parts that hold something; an attached message is one."""
    if part.is_multipart() and part.get_content_type() != "message/rfc822":
        for child in part.iter_parts():
            yield from _leaves(child)
    else:
        yield part


def _is_alternative(part: MIMEPart, body: MIMEPart) -> bool:
    """Whether a part says the same as the body in another form."""
    kinds = ("text/plain", "text/html")
    same = part.get_content_type() in kinds and not part.get_filename() and part.get_content_disposition() is None
    return same and body.get_content_type() in kinds and part.get_content_type() != body.get_content_type()


def _bytes(part: MIMEPart) -> bytes:
    if part.get_content_type() == "message/rfc822":
        inner = part.get_payload()
        return inner[0].as_bytes() if isinstance(inner, list) and inner else b""  # type: ignore[union-attr]
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def _text(part: MIMEPart) -> str:
    return decode(_bytes(part), part.get_content_charset("") or "")[0]


def _metadata(message: MIMEPart) -> dict[str, str]:
    pairs = (("title", "Subject"), ("author", "From"), ("created", "Date"))
    return {key: " ".join(str(message[header]).split()) for key, header in pairs if message[header]}
