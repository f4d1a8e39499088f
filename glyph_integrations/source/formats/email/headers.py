"""Header fields as people read them: raw bytes of any charset, encoded words whole or broken, names of files."""

from __future__ import annotations

import binascii
import codecs
import re
from email.policy import Compat32
from typing import TYPE_CHECKING, Any, NamedTuple

from glyph_integrations.source.encoding import decode

if TYPE_CHECKING:
    from collections.abc import Iterator
    from email.message import Message

LONGEST_PARAMETERS = 8192
"""Characters of a field with parameters that are looked at: the standard library takes quadratic time for them."""
LONGEST_WORD = 8192
"""Characters of an encoded word: more than the 75 that are allowed, since some writers put a whole field in one."""
LONGEST_NAME = 200
_BLANKS = re.compile(r"[ \t\r\n]+")
_CONTROL = re.compile(r"[\x00-\x1f\x7f]+")


class LenientPolicy(Compat32):
    """Gives fields as text, whatever bytes they were written in, and parses none of them: that can take hours."""

    def header_fetch_parse(self, name: str, value: Any) -> str:
        """Return the field's text, encoded words as they stand."""
        text = decode_bytes(str(value))
        return text[:LONGEST_PARAMETERS] if name.lower().startswith("content-") else text


class _Word(NamedTuple):
    """An encoded word: its charset, its bytes, and where it ends."""

    charset: str
    data: bytes
    end: int


def decode_bytes(value: str, charset: str = "") -> str:
    """Return a raw field, in which bytes beyond ASCII are lone surrogates, in the charset that fits."""
    if value.isascii():
        return value
    return decode(value.encode("utf-8", "surrogateescape"), charset)[0]


def read_field(message: Message, name: str) -> Iterator[str]:
    """Yield each field of this name, on one line, encoded words decoded."""
    charset = _stated_charset(message)
    for key, value in message.raw_items():
        if key.lower() == name.lower():
            yield decode_words(decode_bytes(str(value), charset))


def read_filename(part: Message) -> str:
    """Return the name that a part gives its file, without folders and controls; empty where it has none."""
    try:
        name = part.get_filename() or ""
    except (LookupError, ValueError, TypeError):  # RFC 2231 with a charset or numbering that is not one
        name = ""
    name = decode_words(_CONTROL.sub(" ", name))
    return name.replace("\\", "/").rpartition("/")[2].strip()[:LONGEST_NAME]


def decode_words(text: str) -> str:
    """Return text with its encoded words (RFC 2047) decoded and its line folds taken out.

    Neighbours are decoded together, since some writers cut within a character. What is not an encoded word stays.
    """
    pieces: list[str] = []
    pending: list[_Word] = []
    position = searched = 0
    while (start := text.find("=?", searched)) >= 0:
        word = _read_word(text, start)
        if word is None:
            searched = start + 2
            continue
        between = text[position:start]
        if between.strip() or not pending or pending[-1].charset != word.charset:
            pieces.append(_decode_run(pending))
            pieces.append(between if between.strip() or not pending else "")
            pending = []
        pending.append(word)
        position = searched = word.end
    pieces += _decode_run(pending), text[position:]
    return _BLANKS.sub(" ", "".join(pieces)).strip()


def _read_word(text: str, start: int) -> _Word | None:
    """Return the encoded word that begins here: ``=?charset?B?…?=`` or ``=?charset?Q?…?=``."""
    charset_end = text.find("?", start + 2, start + 80)
    if charset_end < 0 or text[charset_end + 2 : charset_end + 3] != "?":
        return None
    encoding = text[charset_end + 1].lower()
    begin = charset_end + 3
    end = text.find("?=", begin, begin + LONGEST_WORD)
    if end < 0 or encoding not in "bq":
        return None
    charset = text[start + 2 : charset_end].partition("*")[0].strip().lower()
    data = _decode_base64(text[begin:end]) if encoding == "b" else _decode_q(text[begin:end])
    return None if data is None else _Word(charset, data, end + 2)


def _decode_base64(text: str) -> bytes | None:
    letters = re.sub(r"[^A-Za-z0-9+/]", "", text)
    if len(letters) % 4 == 1:  # a letter too many: cut off in transport
        letters = letters[:-1]
    try:
        return binascii.a2b_base64(letters + "=" * (-len(letters) % 4))
    except ValueError:
        return None


def _decode_q(text: str) -> bytes:
    return binascii.a2b_qp(text.replace("_", " ").encode("utf-8", "surrogateescape"), header=False)


def _decode_run(words: list[_Word]) -> str:
    if not words:
        return ""
    data = b"".join(word.data for word in words)
    return decode(data, words[0].charset)[0]


def _stated_charset(message: Message) -> str:
    """Return the charset of the text that the message begins with, in which old programs write its fields too."""
    part: Any = message
    while part.is_multipart() and part.get_payload():
        part = part.get_payload(0)
    return read_charset(part)


def read_charset(part: Message) -> str:
    """Return the charset that a part states, if there is one of that name; empty otherwise."""
    try:
        charset = part.get_content_charset("") or ""
        codecs.lookup(charset or "ascii")
    except (LookupError, ValueError, TypeError):
        return ""
    return charset
