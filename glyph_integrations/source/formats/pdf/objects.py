"""The objects of a PDF file, read without trust: what is missing, damaged or of another kind reads as nothing."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, NamedTuple

from pymupdf import mupdf

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.formats.pdf.lines import Rect

MOST_ITEMS = 100_000
DEEPEST = 32
"""Steps up or down a tree of objects; deeper ones lead in circles."""


class Object(NamedTuple):
    """A dictionary, an array, a name, a string, a number, or nothing."""

    raw: Any

    def get(self, key: str) -> Object:
        """The value under a key of a dictionary."""
        try:
            return Object(mupdf.pdf_dict_gets(self.raw, key))
        except Exception:  # noqa: BLE001 - MuPDF's own classes of errors, one for each of its codes
            return NOTHING

    def inherit(self, key: str) -> Object:
        """The value under a key of a dictionary or of the nearest ``Parent`` that has one."""
        node = self
        for _ in range(DEEPEST):
            value = node.get(key)
            if value or not node:
                return value
            node = node.get("Parent")
        return NOTHING

    def keys(self) -> list[str]:
        """The keys of a dictionary."""
        try:
            return [mupdf.pdf_to_name(mupdf.pdf_dict_get_key(self.raw, i)) for i in range(mupdf.pdf_dict_len(self.raw))]
        except Exception:  # noqa: BLE001
            return []

    def values(self) -> Iterator[Object]:
        """The values of a dictionary."""
        try:
            count = min(mupdf.pdf_dict_len(self.raw), MOST_ITEMS)
        except Exception:  # noqa: BLE001
            return
        for number in range(count):
            yield Object(mupdf.pdf_dict_get_val(self.raw, number))

    def items(self) -> Iterator[Object]:
        """The items of an array."""
        try:
            count = min(mupdf.pdf_array_len(self.raw), MOST_ITEMS)
        except Exception:  # noqa: BLE001
            return
        for number in range(count):
            try:
                yield Object(mupdf.pdf_array_get(self.raw, number))
            except Exception:  # noqa: BLE001, S112 - an item less
                continue

    def __bool__(self) -> bool:
        """Whether it is anything."""
        try:
            return bool(self.raw is not None and self.raw.m_internal and not mupdf.pdf_is_null(self.raw))
        except Exception:  # noqa: BLE001
            return False

    @property
    def name(self) -> str:
        """What a name says, without its slash; empty for what is no name."""
        return mupdf.pdf_to_name(self.raw) if self and mupdf.pdf_is_name(self.raw) else ""

    @property
    def text(self) -> str:
        """What a string, a name or a stream of text says."""
        if not self:
            return ""
        if mupdf.pdf_is_name(self.raw):
            return mupdf.pdf_to_name(self.raw)  # type: ignore[no-any-return]
        if mupdf.pdf_is_stream(self.raw):
            return mupdf.pdf_load_stream_or_string_as_utf8(self.raw)  # type: ignore[no-any-return]
        return mupdf.pdf_to_text_string(self.raw)  # type: ignore[no-any-return]

    @property
    def truth(self) -> bool:
        """Whether it is true."""
        return bool(self) and bool(mupdf.pdf_to_bool(self.raw))

    @property
    def integer(self) -> int:
        """A number without its fraction; 0 for what is no number."""
        return mupdf.pdf_to_int(self.raw) if self else 0

    @property
    def box(self) -> Rect:
        """Four numbers, smaller ones first."""
        box = mupdf.pdf_to_rect(self.raw) if self else mupdf.FzRect()
        return (box.x0, box.y0, box.x1, box.y1)

    @property
    def numbers(self) -> list[float]:
        """The numbers of an array."""
        return [mupdf.pdf_to_real(item.raw) for item in self.items()]

    @property
    def reference(self) -> int:
        """The number of the object in the file; 0 for one that stands within another."""
        return mupdf.pdf_to_num(self.raw) if self else 0

    @property
    def is_array(self) -> bool:
        """Whether it has items."""
        return bool(self) and bool(mupdf.pdf_is_array(self.raw))

    @property
    def is_stream(self) -> bool:
        """Whether it holds data."""
        return bool(self) and bool(mupdf.pdf_is_stream(self.raw))

    def read_packed(self) -> bytes:
        """The data of a stream as they stand in the file."""
        return mupdf.pdf_load_raw_stream(self.raw).fz_buffer_extract()  # type: ignore[no-any-return]

    def read_data(self) -> bytes:
        """The data of a stream, unpacked."""
        return mupdf.pdf_load_stream(self.raw).fz_buffer_extract()  # type: ignore[no-any-return]


NOTHING = Object(None)


def find_catalog(document: Any) -> Object:
    """The root of a ``pymupdf.Document``."""
    return Object(mupdf.pdf_trailer(mupdf.pdf_document_from_fz_document(document.this))).get("Root")


def find_page(page: Any) -> Object:
    """The dictionary of a ``pymupdf.Page``."""
    return Object(mupdf.pdf_page_from_fz_page(page.this).obj())
