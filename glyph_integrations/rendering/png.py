"""PNG files from pixels: 8 bits per channel, no row filters, one fast deflate pass.

Row filters make text larger, and level 1 of ISA-L compresses a page in about a millisecond. The bytes depend on the
pixels and on the version of ISA-L only.
"""

from __future__ import annotations

import struct
import zlib
from typing import TYPE_CHECKING

import numpy as np
from isal import isal_zlib

if TYPE_CHECKING:
    from numpy.typing import NDArray

_SIGNATURE = b"\x89PNG\r\n\x1a\n"
_GRAY, _RGB = 0, 2


def encode(pixels: NDArray[np.uint8]) -> bytes:
    """A PNG file of gray values [height, width] or RGB [height, width, 3]."""
    height, width = pixels.shape[:2]
    row = width * (pixels.shape[2] if pixels.ndim == 3 else 1)
    lines = np.zeros((height, row + 1), np.uint8)  # each line begins with its filter: none
    lines[:, 1:] = pixels.reshape(height, row)
    colour = _RGB if pixels.ndim == 3 else _GRAY
    return b"".join(
        (
            _SIGNATURE,
            _chunk(b"IHDR", struct.pack(">IIBBBBB", width, height, 8, colour, 0, 0, 0)),
            _chunk(b"IDAT", isal_zlib.compress(lines, 1)),
            _chunk(b"IEND", b""),
        )
    )


def _chunk(kind: bytes, data: bytes) -> bytes:
    return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(data, zlib.crc32(kind)))
