"""The pictures of a page: which file each one is, what it shows in words, and which only decorate."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import urlsplit

import tinycss2

from glyph_integrations.source.formats.html.addresses import fetch
from glyph_integrations.source.formats.html.css.media import media_holds

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree


ICON = 24.0
"""px: a picture without words that is at most this large both ways decorates."""
_SPACER = 3.0
_DRAWN = ("image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff", "image/svg+xml", "image/jpg")
_LAZY = ("data-src", "data-original", "data-lazy-src", "data-lazy", "data-srcset", "data-lazy-srcset")
_LONGEST_NAME = 80


@dataclass(frozen=True, slots=True, kw_only=True)
class Found:
    """A picture's file.

    Attributes:
        address: Where the page says that it is.
        data: Its bytes; None where they are not at hand.
        media_type: What it is said to be.
    """

    address: str
    data: bytes | None = None
    media_type: str = ""

    @property
    def name(self) -> str:
        """The last part of its address."""
        if self.address.startswith("data:"):
            return "inline picture"
        return posixpath.basename(urlsplit_safely(self.address)[2].rstrip("/"))[:_LONGEST_NAME] or "picture"

    @property
    def why_missing(self) -> str:
        """Why it is not at hand."""
        scheme, host, _ = urlsplit_safely(self.address)
        if scheme in ("http", "https") or host:
            return "a remote address"
        return "damaged data" if scheme == "data" else "a file of its own"


def urlsplit_safely(address: str) -> tuple[str, str, str]:
    """Return scheme, host and path of an address that may be nonsense."""
    try:
        parts = urlsplit(address.strip())
    except ValueError:
        return "", "", ""
    return parts.scheme.lower(), parts.netloc, parts.path


def find_file(element: etree._Element, resolve: Callable[[str], tuple[bytes, str] | None] | None) -> Found | None:
    """Return the file of an ``img`` or of whatever has a ``src``, ``data`` or ``poster``; None where it names none.

    The first address that is at hand is taken: those of a ``picture`` that a desktop's browser would choose, then the
    element's own.
    """
    first: Found | None = None
    for address in _list_addresses(element):
        data, media_type = fetch(address, resolve) or (None, "")
        found = Found(address=address, data=data, media_type=media_type)
        if data is not None and not _is_placeholder(found):
            return found
        if first is None or (_is_placeholder(first) and not _is_placeholder(found)):
            first = found
    return first


def _is_placeholder(found: Found) -> bool:
    """Return whether a picture only keeps the place of one that a script fetches."""
    return found.address.startswith("data:") and found.data is not None and len(found.data) < 200


def _list_addresses(element: etree._Element) -> Iterator[str]:
    parent = element.getparent()
    if element.tag == "img" and parent is not None and parent.tag == "picture":
        for source in parent.iterchildren("source"):
            media, kind = source.get("media", ""), source.get("type", "").lower()
            if media and not media_holds(tinycss2.parse_component_value_list(media)):
                continue
            if not kind or kind in _DRAWN:
                yield from list_candidates(source.get("srcset") or source.get("data-srcset") or "")
    names = ("src", "srcset", *_LAZY) if element.tag == "img" else ("src", "data", "poster")
    for name in names:
        value = element.get(name, "")
        if value.strip():
            yield from list_candidates(value) if name.endswith("srcset") else (value,)


def list_candidates(srcset: str) -> list[str]:
    """Return the addresses of a ``srcset``, the largest first."""
    found: list[tuple[float, str]] = []
    position = 0
    while position < len(srcset) and len(found) < 50:
        while position < len(srcset) and srcset[position] in " \t\r\n\f,":
            position += 1
        end = position
        while end < len(srcset) and srcset[end] not in " \t\r\n\f":
            end += 1
        address = srcset[position:end]
        stop = end if address.endswith(",") else srcset.find(",", end)
        stop = len(srcset) if stop < 0 else stop
        if address.strip(","):
            found.append((_read_descriptor(srcset[end:stop]), address.rstrip(",")))
        position = max(stop, end)
    return [address for _, address in sorted(found, key=lambda pair: -pair[0])]


def _read_descriptor(text: str) -> float:
    number = text.strip().rstrip("wxh").split(" ")[0]
    try:
        return float(number) if len(number) < 12 else 1.0
    except ValueError:
        return 1.0


def describe(element: etree._Element) -> str:
    """Return what a picture shows, in words: its alternative text, label or title."""
    label = element.get("alt") or element.get("aria-label") or element.get("title")
    if not label and element.tag == "svg":
        label = next((child.text for child in element if child.tag in ("title", "desc") and child.text), "")
    return " ".join((label or "").split())


def is_decorative(element: etree._Element, width: float, height: float) -> bool:
    """Return whether a picture shows nothing: spacers, tracking pixels, what the page itself calls decoration.

    Args:
        element: The picture.
        width: In px, as the page shows it; 0 where it does not say.
        height: Likewise.
    """
    stated = [side for side in (width, height) if side > 0]
    if stated and min(stated) <= _SPACER:
        return True
    if element.get("role") in ("presentation", "none") or element.get("aria-hidden") == "true":
        return not describe(element)
    return len(stated) == 2 and max(stated) <= ICON and not describe(element)
