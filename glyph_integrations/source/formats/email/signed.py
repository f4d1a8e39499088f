"""What a message holds that S/MIME signed as one block (CMS SignedData); the signature is not checked."""

from __future__ import annotations

_SIGNED_DATA = bytes.fromhex("06092a864886f70d010702")
_DATA = bytes.fromhex("06092a864886f70d010701")
_HEAD = 64
"""Bytes within which a block says what it is."""
_CONTENT, _OCTETS, _PIECES = 0xA0, 0x04, 0x24


def is_signed(data: bytes) -> bool:
    """Whether a block is signed data, rather than encrypted."""
    return _SIGNED_DATA in data[:_HEAD]


def read_content(data: bytes) -> bytes:
    """Return what was signed, a part with its fields; empty where it is not in the block."""
    at = data.find(_DATA)
    if at < 0:
        return b""
    at += len(_DATA)
    pieces: list[bytes] = []
    while at + 2 <= len(data):
        tag = data[at]
        at, length = _read_length(data, at + 1)
        if tag == _OCTETS:
            pieces.append(data[at : at + length])
            at += length
        elif pieces or tag not in (_CONTENT, _PIECES):
            break
    return b"".join(pieces)


def _read_length(data: bytes, at: int) -> tuple[int, int]:
    """Return where a value begins and how long it is; 0 for one whose end is marked instead."""
    first = data[at]
    if first < 0x80:
        return at + 1, first
    count = first & 0x7F
    return at + 1 + count, int.from_bytes(data[at + 1 : at + 1 + count], "big")
