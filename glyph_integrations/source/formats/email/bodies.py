"""The text of a plain body: soft line ends joined, files and encrypted blocks within it taken out."""

from __future__ import annotations

import binascii
import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.encoding import decode
from glyph_integrations.source.formats.email.headers import read_charset

if TYPE_CHECKING:
    from email.message import Message

_BEGIN = re.compile(r"begin [0-7]{3,4} (\S.*)")
_BLOCKS = (
    ("-----BEGIN PGP MESSAGE-----", "-----END PGP MESSAGE-----", "encrypted with PGP, not read"),
    ("-----BEGIN PGP SIGNATURE-----", "-----END PGP SIGNATURE-----", "PGP signature, not checked"),
)


@dataclass(slots=True)
class PlainBody:
    """A plain body.

    Attributes:
        lines: Its text.
        files: Names and bytes of the uuencoded files that stood between the lines.
        left_out: What was left out, and how many characters it has.
    """

    lines: list[str] = field(default_factory=list)
    files: list[tuple[str, bytes]] = field(default_factory=list)
    left_out: list[tuple[str, int]] = field(default_factory=list)


def read_bytes(part: Message) -> bytes:
    """Return the bytes of a part, out of whatever they were wrapped in for transport."""
    payload = part.get_payload(decode=True)
    return payload if isinstance(payload, bytes) else b""


def read_text(part: Message) -> str:
    """Return the text of a part in the charset that it states or, if that does not fit, that fits."""
    text = decode(read_bytes(part), read_charset(part))[0]
    return text.replace("\r\n", "\n").replace("\r", "\n")


def read_plain(part: Message) -> PlainBody:
    """Return the lines of a plain body."""
    lines = read_text(part).split("\n")
    if str(part.get_param("format", "")).lower() == "flowed":
        lines = join_flowed(lines, delete_space=str(part.get_param("delsp", "")).lower() == "yes")
    return take_out_blocks(lines)


def join_flowed(lines: list[str], *, delete_space: bool) -> list[str]:
    """Return the paragraphs of text whose soft line ends follow a space (RFC 3676); quoted ones keep their depth."""
    paragraphs: list[str] = []
    parts: list[str] = []
    depth_before = -1
    for line in lines:
        depth = len(line) - len(line.lstrip(">"))
        words = line[depth:].removeprefix(" ")
        soft = words.endswith(" ") and words != "-- "
        if parts and depth != depth_before:
            paragraphs.append("".join(parts))
            parts = []
        if not parts:
            parts.append(f"{'>' * depth} " if depth else "")
        parts.append(words[:-1] if soft and delete_space else words)
        depth_before = depth
        if not soft:
            paragraphs.append("".join(parts))
            parts = []
    if parts:
        paragraphs.append("".join(parts))
    return paragraphs


def take_out_blocks(lines: list[str]) -> PlainBody:
    """Return the lines without uuencoded files, encrypted blocks and signatures, which are named in their place."""
    body = PlainBody()
    last_end = {closing: _find_last(lines, closing) for _, closing, _ in _BLOCKS}
    position = 0
    while position < len(lines):
        line = lines[position].strip()
        position += 1
        if begin := _BEGIN.fullmatch(line):
            end, data = _read_uuencoded(lines, position)
            if end:
                body.files.append((begin[1].strip(), data))
                position = end
                continue
        for opening, closing, what in _BLOCKS:
            if line == opening and last_end[closing] >= position:
                end = next(at for at in range(position, len(lines)) if lines[at].strip() == closing) + 1
                characters = sum(map(len, lines[position - 1 : end]))
                body.left_out.append((what, characters))
                body.lines.append(f"[{what}: {characters:,} characters]")
                position = end
                break
        else:
            body.lines.append(lines[position - 1])
    return body


def _find_last(lines: list[str], text: str) -> int:
    return next((at for at in range(len(lines) - 1, -1, -1) if lines[at].strip() == text), -1)


def _read_uuencoded(lines: list[str], begin: int) -> tuple[int, bytes]:
    """Return the line after a uuencoded file and its bytes; 0 where it is not one."""
    data: list[bytes] = []
    for at in range(begin, len(lines)):
        if lines[at].strip() == "end":
            return at + 1, b"".join(data)
        try:
            data.append(_decode_uu_line(lines[at]))
        except ValueError:
            return 0, b""
    return 0, b""


def _decode_uu_line(line: str) -> bytes:
    raw = line.encode("ascii")  # UnicodeEncodeError is a ValueError
    if not raw.strip(b" `"):
        return b""
    count = ((raw[0] - 32) & 63) * 4 // 3 + 5  # some encoders leave padding out, others write too much of it
    return binascii.a2b_uu(raw[:count])
