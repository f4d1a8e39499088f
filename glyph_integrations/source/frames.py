"""Frames: how the host and its worker talk. A JSON head and bytes, each preceded by its length; never pickle."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, BinaryIO

if TYPE_CHECKING:
    from collections.abc import Mapping

LENGTHS = 16  # two 8-byte lengths: of the head and of the bytes after it


def write_frame(stream: BinaryIO, head: Mapping[str, Any], payload: bytes | memoryview = b"") -> None:
    """Writes one frame and flushes it."""
    text = json.dumps(head).encode()
    _write(stream, len(text).to_bytes(8, "little") + len(payload).to_bytes(8, "little") + text)
    if payload:
        _write(stream, payload)
    stream.flush()


def read_head(stream: BinaryIO) -> tuple[dict[str, Any], int] | None:
    """Reads a frame up to its bytes; returns the head and how many bytes follow, or None where the stream ended.

    Raises:
        EOFError: The stream ended within the frame.
        ValueError: This is no frame.
    """
    lengths = stream.read(LENGTHS)
    if not lengths:
        return None
    if len(lengths) < LENGTHS:
        lengths += read_exactly(stream, LENGTHS - len(lengths))
    head = json.loads(read_exactly(stream, int.from_bytes(lengths[:8], "little")))
    return head, int.from_bytes(lengths[8:], "little")


def read_exactly(stream: BinaryIO, count: int) -> bytes:
    """Reads ``count`` bytes from a stream that may give fewer at a time.

    Raises:
        EOFError: The stream ended before.
    """
    parts = []
    while count:
        part = stream.read(min(count, 1 << 24))
        if not part:
            raise EOFError("the stream ended within a frame")
        parts.append(part)
        count -= len(part)
    return b"".join(parts)


def _write(stream: BinaryIO, data: bytes | memoryview) -> None:
    view = memoryview(data)
    while view:
        view = view[stream.write(view[: 1 << 24]) or 0 :]
