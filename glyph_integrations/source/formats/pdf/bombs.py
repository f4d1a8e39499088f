"""Refuses streams that unpack to far more than they should, before MuPDF unpacks them."""

from __future__ import annotations

import contextlib
import zlib
from typing import TYPE_CHECKING, Any

from glyph_integrations.errors import TooLargeError

if TYPE_CHECKING:
    from glyph_integrations.source.limits import Limits

HARMLESS = 100_000
"""Packed bytes: deflate cannot make more than 1,032 times as much of it, which is read in a moment."""
UNSUSPICIOUS = 64 << 20
"""Unpacked bytes that are fine at any ratio."""
STEP = 1 << 20


def refuse_bombs(document: Any, limits: Limits, name: str) -> None:
    """Unpacks large streams to nowhere, as far as the limits go.

    Images are limited by their pixels and embedded files by themselves: either can be left out alone.

    Raises:
        TooLargeError: A stream exceeds ``Limits.unpacked_ratio``, or all together ``Limits.unpacked_bytes``.
    """
    total = 0
    for xref in range(1, document.xref_length()):
        try:
            packed, layers = _read_suspicious(document, xref)
        except Exception:  # noqa: BLE001, S112 - a damaged object unpacks to nothing
            continue
        if not layers:
            continue
        most = min(limits.unpacked_bytes - total, max(UNSUSPICIOUS, limits.unpacked_ratio * len(packed)))
        size = unpacked_size(packed, layers, most)
        total += size
        if size > most:
            raise TooLargeError(
                f"{name} holds a stream that unpacks to more than {limits.unpacked_ratio} times its size or, with "
                f"the others, to more than {limits.unpacked_bytes:,} bytes; raise Limits.unpacked_ratio to read it"
            )


def _read_suspicious(document: Any, xref: int) -> tuple[bytes, int]:
    """The packed data of a stream and how many times it is deflated; none of what can do no harm."""
    if not document.xref_is_stream(xref) or _is_left_out_alone(document, xref):
        return b"", 0
    layers = document.xref_get_key(xref, "Filter")[1].count("/Fl")
    if not layers or (layers == 1 and _length(document, xref) < HARMLESS):
        return b"", 0
    return document.xref_stream_raw(xref), layers


def take_out_large_images(page: Any, pixels: int) -> None:
    """Put nothing in the place of a page's images of more than so many pixels; the page has to be loaded anew."""
    document = page.parent
    for image in page.get_images():
        xref, width, height = image[0], image[2], image[3]
        if width * height > pixels:
            document.update_object(xref, "<</Type/XObject/Subtype/Form/BBox[0 0 0 0]>>")
            document.update_stream(xref, b" ")


def _is_left_out_alone(document: Any, xref: int) -> bool:
    is_image = document.xref_get_key(xref, "Subtype")[1] == "/Image"
    return bool(is_image or document.xref_get_key(xref, "Type")[1] == "/EmbeddedFile")


def unpacked_size(packed: bytes, layers: int, most: int) -> int:
    """How many bytes deflated data become, counted until they are more than ``most``; damaged ends count as ends."""
    unpackers = [zlib.decompressobj() for _ in range(layers)]
    size = 0
    with contextlib.suppress(zlib.error):
        for start in range(0, len(packed), STEP):
            size += _feed(unpackers, packed[start : start + STEP], most - size)
            if size > most:
                break
    return size


def _feed(unpackers: list[Any], data: bytes, most: int) -> int:
    """Passes data through the remaining layers in small steps, so that no layer is ever held whole."""
    first, *rest = unpackers
    size = 0
    while data and size <= most:
        part = first.decompress(data, STEP)
        size += _feed(rest, part, most - size) if rest else len(part)
        data = first.unconsumed_tail
    return size


def _length(document: Any, xref: int) -> int:
    kind, value = document.xref_get_key(xref, "Length")
    if kind == "xref":
        value = document.xref_object(int(value.split()[0]))
    return int(value) if value.strip().isdigit() else HARMLESS
