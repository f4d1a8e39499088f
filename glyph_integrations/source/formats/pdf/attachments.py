"""Files that a PDF carries: embedded in the document, pinned to a page, or associated with a part of it."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from pymupdf import mupdf

from glyph_integrations.source.formats.pdf.bombs import unpacked_size
from glyph_integrations.source.formats.pdf.objects import Object, find_catalog, find_page

if TYPE_CHECKING:
    from glyph_integrations.source.limits import Limits

MOST_FILES = 1_000
_KEYS = ("UF", "F", "Unix", "Mac", "DOS")
"""Where a description keeps the name and the data, the best first."""


@dataclass(frozen=True, slots=True, kw_only=True)
class CarriedFile:
    """A file within a PDF.

    Attributes:
        name: Without any folder.
        data: Its bytes; empty where it cannot be read.
        media_type: What the PDF says that it is.
        description: What the PDF says about it, where that is more than its name.
        problem: Why it cannot be read.
    """

    name: str
    data: bytes = field(default=b"", repr=False)
    media_type: str = ""
    description: str = ""
    problem: str = ""


class Attachments:
    """Reads each file of a document once, however often it is referred to."""

    def __init__(self, limits: Limits) -> None:
        self._limits = limits
        self._read: set[int] = set()
        self._bytes = 0

    def read_document(self, document: Any) -> list[CarriedFile]:
        """The files that belong to the document as a whole."""
        catalog = find_catalog(document)
        pdf = mupdf.pdf_document_from_fz_document(document.this)
        try:
            embedded = Object(mupdf.pdf_load_name_tree(pdf, mupdf.pdf_new_name("EmbeddedFiles")))
        except Exception:  # noqa: BLE001 - MuPDF's own classes of errors
            return [CarriedFile(name="embedded files", problem="their list is damaged")]
        return self._read_all([*embedded.values(), *catalog.get("AF").items()])

    def read_page(self, page: Any) -> list[CarriedFile]:
        """The files that are associated with a page."""
        return self._read_all(list(find_page(page).get("AF").items()))

    def read(self, description: Object) -> CarriedFile | None:
        """The file that a description leads to; None where it was read before or is not in this document."""
        if len(self._read) >= MOST_FILES:
            return None
        streams = description.get("EF")
        stream = next((value for key in _KEYS if (value := streams.get(key)).is_stream), None)
        name = next((value.text for key in _KEYS if (value := description.get(key))), "") or "unnamed"
        name = name.replace("\\", "/").rsplit("/", 1)[-1] or "unnamed"
        if stream is None:
            return CarriedFile(name=name, problem="its data are damaged") if streams else None
        if stream.reference in self._read:
            return None
        self._read.add(stream.reference)
        media_type = stream.get("Subtype").name
        note = " ".join(description.get("Desc").text.split())
        return self._load(
            CarriedFile(name=name, media_type=media_type, description="" if note == name else note), stream
        )

    def _read_all(self, descriptions: list[Object]) -> list[CarriedFile]:
        return [file for description in descriptions if (file := self._read_safely(description)) is not None]

    def _read_safely(self, description: Object) -> CarriedFile | None:
        try:
            return self.read(description)
        except Exception:  # noqa: BLE001 - MuPDF's own classes of errors
            return CarriedFile(name="unnamed", problem="its description is damaged")

    def _load(self, file: CarriedFile, stream: Object) -> CarriedFile:
        left = self._limits.unpacked_bytes - self._bytes
        try:
            packed = stream.read_packed()
            layers = stream.get("Filter").name.count("Fl") + sum(
                "Fl" in item.name for item in stream.get("Filter").items()
            )
            if len(packed) > left or (layers and unpacked_size(packed, layers, left) > left):
                return replace(file, problem="larger than Limits.unpacked_bytes allows")
            data = stream.read_data()
        except Exception:  # noqa: BLE001
            return replace(file, problem="its data are damaged")
        self._bytes += len(data)
        return replace(file, data=data)
