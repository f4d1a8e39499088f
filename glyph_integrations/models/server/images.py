"""Pages as parts of a request: encoded once, and without their bytes where the server still has them."""

from __future__ import annotations

import base64
import threading
from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final

if TYPE_CHECKING:
    from collections.abc import Iterable

    from glyph_integrations.models.model import PageImage

_ROOM: Final = 2**28  # characters of base64: several thousand pages


@dataclass(slots=True)
class _Encoded:
    url: str
    held: bool = False  # by the server


class ImageParts:
    """Content parts for pages, for one server; safe to use from several threads.

    Args:
        room: Most characters of encoded pages that are kept; the ones used last stay.
    """

    def __init__(self, room: int = _ROOM) -> None:
        self._room = room
        self._used = 0
        self._encoded: OrderedDict[str, _Encoded] = OrderedDict()
        self._lock = threading.Lock()

    def part(self, image: PageImage, *, named: bool, whole: bool) -> dict[str, Any]:
        """One image as the API takes it.

        Args:
            image: The page.
            named: Add its fingerprint as ``uuid``, by which vLLM finds it in its caches.
            whole: Send the bytes even if the server has them.
        """
        with self._lock:
            encoded = self._encode(image)
        if not named:
            return {"type": "image_url", "image_url": {"url": encoded.url}}
        content = {"url": encoded.url} if whole or not encoded.held else None
        return {"type": "image_url", "image_url": content, "uuid": image.fingerprint}

    def hold(self, images: Iterable[PageImage], *, held: bool) -> None:
        """Remembers whether the server has these images."""
        with self._lock:
            for image in images:
                if image.fingerprint in self._encoded:
                    self._encoded[image.fingerprint].held = held

    def _encode(self, image: PageImage) -> _Encoded:
        encoded = self._encoded.get(image.fingerprint)
        if encoded is None:
            url = "data:image/png;base64," + base64.b64encode(image.png()).decode()
            encoded = self._encoded[image.fingerprint] = _Encoded(url)
            self._used += len(url)
            while self._used > self._room and len(self._encoded) > 1:
                # What the server holds is forgotten with it: at worst, bytes travel once more.
                self._used -= len(self._encoded.popitem(last=False)[1].url)
        self._encoded.move_to_end(image.fingerprint)
        return encoded
