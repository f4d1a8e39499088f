"""E-mails, saved web pages (MHTML) and mailboxes: the fields that people read, every part, every attachment."""

from __future__ import annotations

import re
from email import message_from_bytes
from typing import TYPE_CHECKING

from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_ENVELOPE = re.compile(rb"^From [^\r\n]*\r?\n", re.MULTILINE)


class EmailFormat:
    """Reads a message, or the messages of a mailbox, each on a page of its own.

    Of a body in several forms, the plain text is read, unless another form says more. Attachments follow as sources
    of their own, each read as ``load`` reads a file.
    """

    name = "email"
    isolated = True
    parses_with = (
        "glyph_integrations.source.formats.email.message",
        "glyph_integrations.source.formats.html.writing",
    )
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """Internet messages, web pages saved as one, and mailboxes."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the messages; ``load`` reads their attachments.

        Raises:
            EncryptedError: It is one message, and that is encrypted.
            EmptyError: It holds no text and nothing that can be read.
            TooLargeError: It exceeds the limits.
        """
        from glyph_integrations.source.formats.email.headers import LenientPolicy, read_field
        from glyph_integrations.source.formats.email.message import MessageWriter, read_subject

        builder = TextBuilder(options.limits)
        metadata: dict[str, str] = {}
        messages = list(_split_mailbox(blob.read().lstrip(b"\r\n")))
        for data in messages:
            message: Message = message_from_bytes(data, policy=LenientPolicy())
            if builder.length:
                builder.separate()
            builder.page(label=read_subject(message) if len(messages) > 1 else "")
            MessageWriter(builder, message, options.limits).write()
            if len(messages) == 1:
                metadata = {
                    key: value
                    for key, field in (("title", "Subject"), ("author", "From"), ("created", "Date"))
                    if (value := next(read_field(message, field), ""))
                }
        return builder.finish(name=blob.name, media_type=media_type, metadata=metadata)


def _split_mailbox(data: bytes) -> Iterator[bytes]:
    """Yield the messages of a mailbox, each begun by a line ``From …`` after a blank one; a lone message as it is."""
    if not data.startswith(b"From "):
        yield data
        return
    begin = -1
    for envelope in _ENVELOPE.finditer(data):
        at = envelope.start()
        if at == 0 or data[max(at - 4, 0) : at].endswith((b"\n\n", b"\n\r\n")):
            if begin >= 0:
                yield _unquote(data[begin:at])
            begin = envelope.end()
    yield _unquote(data[begin:])


def _unquote(data: bytes) -> bytes:
    """Take back the mark with which a mailbox shields lines that begin like an envelope."""
    return re.sub(rb"^>(>*From )", rb"\1", data, flags=re.MULTILINE)
