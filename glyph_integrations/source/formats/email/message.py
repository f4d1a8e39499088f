"""The parts of a message, written in order."""

from __future__ import annotations

import re
from collections import Counter
from email import message_from_bytes
from typing import TYPE_CHECKING

from glyph_integrations.errors import EncryptedError, LoadError, TooLargeError
from glyph_integrations.source.formats.calendar.components import write_components
from glyph_integrations.source.formats.email.alternatives import choose_form
from glyph_integrations.source.formats.email.bodies import read_bytes, read_plain, read_text
from glyph_integrations.source.formats.email.headers import decode_words, read_charset, read_field, read_filename
from glyph_integrations.source.formats.email.parts import find_parts, list_children, list_leaves
from glyph_integrations.source.formats.email.resources import Resources
from glyph_integrations.source.formats.email.signed import is_signed, read_content
from glyph_integrations.source.invisible import drop_invisible
from glyph_integrations.source.layout import find_verbatim
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from email.message import Message

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.limits import Limits

SHOWN_FIELDS = ("From", "Sender", "To", "Cc", "Bcc", "Reply-To", "Newsgroups", "Date", "Subject")
DEEPEST = 100
"""Multiparts within multiparts beyond which a message is an attack."""
_MESSAGES = frozenset({"message/rfc822", "message/global", "message/news"})
_REPORTS = frozenset(
    {
        "message/delivery-status", "message/disposition-notification", "message/feedback-report",
        "message/global-delivery-status", "message/global-headers", "text/rfc822-headers",
    }
)  # fmt: skip
_SIGNATURES = frozenset({"application/pgp-signature", "application/pkcs7-signature", "application/x-pkcs7-signature"})
_CRYPTOGRAPHIC = frozenset({"application/pkcs7-mime", "application/x-pkcs7-mime"})
_COMPONENTS = frozenset(READ_AS["calendar"])
_QUOTES = re.compile(r"^(?:> ?)+", re.MULTILINE)
_TAG = re.compile(r"</?[A-Za-z-]{1,60}>|<<")


class MessageWriter:
    """Writes one message into a builder.

    Args:
        builder: Takes up the text, the pictures and the attachments.
        message: The message.
        limits: What its forms may cost.
    """

    def __init__(self, builder: TextBuilder, message: Message, limits: Limits) -> None:
        self._builder = builder
        self._message = message
        self._limits = limits
        self._resources = Resources(message)
        self._files: Counter[str] = Counter()

    def write(self) -> None:
        """Write the fields that people read, then every part.

        Raises:
            EncryptedError: There is nothing but encrypted data.
        """
        if _is_encrypted(self._message):
            raise EncryptedError("the message is encrypted: save it decrypted from the mail program that has the key")
        for name in SHOWN_FIELDS:
            for value in read_field(self._message, name):
                self._builder.line(f"{name}: {value}")
        self._write_part(self._message, 0)

    def _write_part(self, part: Message, depth: int) -> None:
        if depth > DEEPEST:
            self._builder.report_unknown(f"parts more than {DEEPEST} deep")
        elif self._resources.is_used(part):
            return
        elif _is_encrypted(part):
            self._name_part("encrypted", part)
        elif part.get_content_type() in _CRYPTOGRAPHIC:
            self._write_signed(part, depth)
        elif part.get_content_maintype() == "multipart" and find_parts(part).is_multipart():
            self._write_multipart(part, depth)
        else:
            self._write_leaf(part)

    def _write_leaf(self, part: Message) -> None:
        kind = part.get_content_type()
        if kind in _MESSAGES:
            self._attach(part, _read_message(part), "message/rfc822")
        elif kind in _REPORTS:
            self._write_verbatim("\n".join(map(str, list_children(part))) or read_text(part))
        elif kind == "message/external-body":
            self._name_part(f"kept elsewhere, not fetched ({part.get_param('access-type', 'unknown')})", part)
        elif kind in _SIGNATURES:
            self._name_part("signature, not checked", part)
        elif _is_picture(part) and part.get_content_disposition() != "attachment":
            self._builder.embedded_picture(read_bytes(part), name=read_filename(part) or "picture", media_type=kind)
        elif kind in _COMPONENTS and part.get_content_disposition() != "attachment":
            self._write_text(part, kind)
        elif part.get_content_disposition() == "attachment" or read_filename(part):
            self._attach_file(part)
        elif part.get_content_maintype() in ("text", "multipart"):
            self._write_text(part, kind)
        else:
            self._attach_file(part)

    def _write_multipart(self, part: Message, depth: int) -> None:
        children = list_children(part)
        kind = part.get_content_subtype()
        self._report_outside(part)
        if kind == "alternative":
            chosen = choose_form(children, self._limits)
            for child in children:
                if child is chosen or _adds_to(child):
                    self._write_part(child, depth + 1)
                elif child.get_content_type() not in ("text/plain", "text/html"):
                    self._builder.drop(f"another form of the text: {child.get_content_type()}", 0, hidden=False)
            return
        if kind == "related":
            children = _put_root_first(part, children)
            self._write_part(children[0], depth + 1)
            for child in children[1:]:
                self._write_resource(child, depth + 1)
            return
        for child in children:
            self._write_part(child, depth + 1)

    def _write_signed(self, part: Message, depth: int) -> None:
        content = read_content(read_bytes(part))
        if content:
            inner = message_from_bytes(content, policy=part.policy)
            self._resources.add(inner)
            self._write_part(inner, depth + 1)
        self._name_part("signature, not checked", part)

    def _write_resource(self, part: Message, depth: int) -> None:
        """Write a part that belongs to a page and that the page has not shown: it is left out where it is no text."""
        placed = part.get("Content-Location") is not None and part.get_content_disposition() != "attachment"
        if not placed or part.get_content_type() in ("text/html", "text/plain") or part.is_multipart():
            self._write_part(part, depth)
        elif not self._resources.is_used(part):
            self._builder.drop(f"not used by the page: {part.get_content_type()}", 0, hidden=False)

    def _write_text(self, part: Message, kind: str) -> None:
        if not read_bytes(part).strip():
            return
        if self._builder.length:
            self._builder.separate()
        if kind == "text/html":
            self._write_html(part)
        elif kind in _COMPONENTS:
            write_components(self._builder, read_text(part))
        elif kind in ("text/enriched", "text/richtext"):
            self._builder.line(_TAG.sub(lambda tag: "<" if tag[0] == "<<" else "", read_text(part)).strip("\n"))
        else:
            self._write_plain(part)

    def _write_plain(self, part: Message) -> None:
        body = read_plain(part)
        text = drop_invisible("\n".join(body.lines).strip("\n"))[0]
        start, _ = self._builder.line(text)
        unquoted = _QUOTES.sub(lambda marks: " " * len(marks[0]), text)
        for first, last in find_verbatim(unquoted):
            self._builder.mark_verbatim(start + first, start + last)
        for reason, characters in body.left_out:
            self._builder.drop(reason, characters, hidden=False)
        for name, data in body.files:
            self._builder.attach(name, data)

    def _write_html(self, part: Message) -> None:
        from glyph_integrations.source.formats.html.parsing import parse
        from glyph_integrations.source.formats.html.writing import write

        base = str(part.get("Content-Location", ""))
        self._resources.mark_used(part)
        try:
            tree = parse(read_bytes(part), "HTML", read_charset(part))
            write(self._builder, tree, resolve=lambda address: self._resources.read_file(address, base))
        except TooLargeError:
            raise
        except Exception as error:  # noqa: BLE001 - one bad page does not refuse a message
            why = error if isinstance(error, LoadError) else type(error).__name__
            self._builder.line(f"[HTML not read: {why}]")
            self._builder.report_unknown("HTML that cannot be read")

    def _write_verbatim(self, text: str) -> None:
        self._builder.separate()
        with self._builder.verbatim():
            self._builder.line(text.strip("\n"))

    def _attach_file(self, part: Message) -> None:
        data = read_bytes(part)
        if part.get_content_maintype() == "text" and read_charset(part) not in ("", "utf-8", "us-ascii"):
            data = read_text(part).encode("utf-8", "surrogateescape")
        self._attach(part, data, part.get_content_type())

    def _attach(self, part: Message, data: bytes, media_type: str) -> None:
        name = read_filename(part) or f"part {self._files.total() + 1}"
        self._files[name] += 1
        if self._files[name] > 1:  # a citation must tell them apart
            stem, dot, suffix = name.rpartition(".")
            name = f"{stem or suffix} ({self._files[name]}){dot if stem else ''}{suffix if stem else ''}"
        if data.strip():
            self._builder.attach(name, data, media_type)
        else:
            self._name_part("empty attachment", part)

    def _name_part(self, what: str, part: Message) -> None:
        name = read_filename(part)
        self._builder.line(f"[{what}: {part.get_content_type()}{f', {name}' if name else ''}]")
        self._builder.drop(what, name, hidden=False)

    def _report_outside(self, part: Message) -> None:
        """Report what stands before the first and after the last part, which no mail program shows."""
        for text in (part.preamble, part.epilogue):
            if text and text.strip() and "mime" not in text.lower():
                self._builder.drop("outside of the parts of the message", text)


def read_subject(message: Message) -> str:
    """Return what a message is about."""
    return next(read_field(message, "Subject"), "")


def _is_picture(part: Message) -> bool:
    return part.get_content_maintype() == "image"


def _adds_to(part: Message) -> bool:
    """Whether a form says more than the others: an invitation, or a file."""
    return part.get_content_type() == "text/calendar" or all(
        leaf.get_content_maintype() != "text" for leaf in list_leaves(part)
    )


def _is_encrypted(part: Message) -> bool:
    if part.get_content_type() == "multipart/encrypted":
        return True
    return part.get_content_type() in _CRYPTOGRAPHIC and not is_signed(read_bytes(part))


def _put_root_first(part: Message, children: list[Message]) -> list[Message]:
    """Return the parts of a multipart/related, first the page that the others belong to."""
    start = decode_words(str(part.get_param("start", ""))).strip("<>")
    kinds = ("text/html", "multipart/alternative", "multipart/mixed", "multipart/related", "text/plain")
    roots = [child for child in children if start and str(child.get("Content-ID", "")).strip(" <>") == start]
    roots += [child for kind in kinds for child in children if child.get_content_type() == kind]
    root = roots[0] if roots else children[0]
    return [root, *(child for child in children if child is not root)]


def _read_message(part: Message) -> bytes:
    """Return an attached message as a file; some programs wrap it for transport, though they must not."""
    inner = list_children(part)
    if not inner:
        return read_bytes(part)
    encoding = str(part.get("Content-Transfer-Encoding", "")).strip().lower()
    if encoding in ("base64", "quoted-printable") and not inner[0].keys():
        inner[0]["Content-Transfer-Encoding"] = encoding
        return read_bytes(inner[0])
    try:
        return inner[0].as_bytes()
    except UnicodeError:  # a field that the library cannot write again
        return inner[0].as_string().encode("utf-8", "surrogateescape")
