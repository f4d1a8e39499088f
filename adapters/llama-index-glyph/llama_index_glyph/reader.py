"""``GlyphReader``: every format of the core's ``load`` as LlamaIndex's documents."""

from __future__ import annotations

import json
import mimetypes
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from llama_index.core.readers.base import BaseReader
from llama_index.core.schema import Document

from glyph_integrations import RequestError, load

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from glyph_integrations import SourceText

_SHOWN_KEYS = frozenset({"file_path", "page_label"})  # to the LLM; the rest is for filters


class GlyphReader(BaseReader):
    """Files of any format of ``load`` as documents, whole by default.

    ::

        SimpleDirectoryReader("docs", file_extractor={".pdf": GlyphReader()}).load_data()

    Metadata has the keys of ``SimpleDirectoryReader``, and ``page_label`` in page mode. A whole document of several
    pages has ``source_pages``, by which citations name them: label and first character of each, as JSON, for stores
    take no lists.

    Args:
        mode: One document for a file, or one for each of its pages.
        options: Those of ``load``.
    """

    def __init__(self, *, mode: Literal["single", "page"] = "single", **options: Any) -> None:
        if mode not in {"single", "page"}:
            raise RequestError(f"mode is 'single' or 'page', not {mode!r}")
        self._mode = mode
        self._options = options

    def lazy_load_data(
        self, file: str | os.PathLike[str], extra_info: dict[str, Any] | None = None, fs: Any = None
    ) -> Iterator[Document]:
        """Yields the documents of a file, or of the files of a folder.

        Raises:
            LoadError: It cannot be read.
        """
        if fs is None:
            text = load(file, **self._options)
        else:
            with fs.open(str(file), "rb") as opened:
                text = load(opened.read(), **self._options)
        for name, place, content in _parts(text, pages=self._mode == "page"):
            path = Path(file)
            inner = path / name if fs is None and path.is_dir() else path
            metadata = {**_file_metadata(inner, local=fs is None), **(extra_info or {}), **place}
            hidden = [key for key in metadata if key not in _SHOWN_KEYS]
            yield Document(
                text=content,
                metadata=metadata,
                excluded_llm_metadata_keys=hidden,
                excluded_embed_metadata_keys=hidden,
            )

    def load_data(self, *args: Any, **kwargs: Any) -> list[Document]:
        """The documents of ``lazy_load_data`` as a list."""
        return list(self.lazy_load_data(*args, **kwargs))


def _parts(text: SourceText, *, pages: bool) -> Iterator[tuple[str, dict[str, str], str]]:
    """Name of the source, what metadata says of its pages, and text."""
    for source in text.sources:
        labels = [page.label for page in text.pages[source.first_page : source.last_page]]
        if pages:
            for index, label in enumerate(labels, start=source.first_page):
                yield source.name, {"page_label": label}, text.page_text(index)
            continue
        starts = [start - source.start for start in text.page_starts(source)]
        known = {"source_pages": json.dumps(list(zip(labels, starts, strict=True)))} if len(labels) > 1 else {}
        yield source.name, known, text.text[source.start : source.end]


def _file_metadata(path: Path, *, local: bool) -> dict[str, Any]:
    metadata: dict[str, Any] = {"file_path": str(path), "file_name": path.name}
    if kind := mimetypes.guess_type(path.name)[0]:
        metadata["file_type"] = kind
    if local and path.exists():
        stat = path.stat()
        metadata["file_size"] = stat.st_size
        for key, seconds in (("creation_date", stat.st_ctime), ("last_modified_date", stat.st_mtime)):
            metadata[key] = datetime.fromtimestamp(seconds, UTC).strftime("%Y-%m-%d")
    return metadata
