"""What the HTML of a message refers to: pictures and style sheets among its other parts."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import unquote, urljoin

from glyph_integrations.source.formats.email.bodies import read_bytes
from glyph_integrations.source.formats.email.parts import list_leaves

if TYPE_CHECKING:
    from email.message import Message


class Resources:
    """The parts of a message that have an address, ``cid:`` or any other, and which of them were used."""

    def __init__(self, message: Message) -> None:
        self._parts: dict[str, Message] = {}
        self._used: dict[int, Message] = {}  # holds the parts, so that no other takes over their identity
        self.add(message)

    def add(self, message: Message) -> None:
        """Take up the parts of a message, or of what was wrapped in one."""
        for part in list_leaves(message):
            if identifier := str(part.get("Content-ID", "")).strip().strip("<>"):
                self._parts.setdefault(f"cid:{identifier}", part)
            if location := str(part.get("Content-Location", "")).strip():
                self._parts.setdefault(location, part)

    def find(self, url: str, base: str = "") -> Message | None:
        """Return the part at an address, and take note that it is used."""
        url = url.strip()
        addresses = [url, urljoin(base, url) if base else url]
        if url.lower().startswith("cid:"):
            addresses = [f"cid:{url[4:]}", f"cid:{unquote(url[4:])}"]
        part = next((self._parts[address] for address in addresses if address in self._parts), None)
        if part is not None:
            self._used[id(part)] = part
        return part

    def is_used(self, part: Message) -> bool:
        """Whether something has referred to a part."""
        return id(part) in self._used

    def mark_used(self, part: Message) -> None:
        """Take note that a part has been written."""
        self._used[id(part)] = part

    def read_file(self, url: str, base: str) -> tuple[bytes, str] | None:
        """Return the bytes and the media type of what is at an address; None where that is not at hand."""
        part = self.find(url, base)
        return None if part is None else (read_bytes(part), part.get_content_type())
