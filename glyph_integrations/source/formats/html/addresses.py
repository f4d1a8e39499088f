"""What stands at the addresses of a page: in themselves (``data:``), or at hand elsewhere; nothing is fetched."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Callable


def fetch(address: str, resolve: Callable[[str], tuple[bytes, str] | None] | None) -> tuple[bytes, str] | None:
    """Return the bytes and the media type at an address, from itself (``data:``) or ``resolve`` alone."""
    address = address.strip()
    if address[:5].lower() == "data:":
        return decode_data(address)
    return resolve(address) if resolve else None


def decode_data(address: str) -> tuple[bytes, str] | None:
    """Return what a ``data:`` address holds; None where it is damaged."""
    head, comma, body = address[5:].partition(",")
    media_type, *parameters = (part.strip().lower() for part in head.split(";"))
    if not comma:
        return None
    data = unquote_to_bytes(body)
    if "base64" in parameters:
        compact = b"".join(data.split())
        try:
            data = base64.b64decode(compact + b"=" * (-len(compact) % 4))
        except (binascii.Error, ValueError):
            return None
    return data, media_type or "text/plain"
