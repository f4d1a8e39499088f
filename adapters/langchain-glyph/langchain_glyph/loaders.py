"""``GlyphLoader`` and ``GlyphBlobParser``: every format of the core's ``load`` as LangChain's documents."""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any, Literal

from langchain_core.document_loaders import BaseBlobParser, BaseLoader
from langchain_core.documents import Document

from glyph_integrations import RequestError, SourceText, load

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from langchain_core.documents.base import Blob

Mode = Literal["single", "page"]
_SAID: tuple[str, ...] = ("title", "author", "subject", "keywords", "creator", "producer", "creationdate", "moddate")


class GlyphBlobParser(BaseBlobParser):
    """Blobs of any format of ``load`` (PDF, Word, slides, sheets, HTML, text, images) as documents.

    Metadata is that of LangChain's ``PyMuPDFLoader``: ``source``, ``file_path``, ``total_pages``, what the file says
    about itself, and in page mode ``page``, counted from 0. In single mode ``page_offsets`` says where each page begins
    in the text.

    Args:
        mode: One document for a source, or one for each of its pages.
        options: Those of ``load``: ``password``, ``media_type``, ``pages``, ``furniture``, ``limits``.
    """

    def __init__(self, *, mode: Mode = "single", **options: Any) -> None:
        if mode not in {"single", "page"}:
            raise RequestError(f"mode is 'single' or 'page', not {mode!r}")
        self._mode = mode
        self._options = options

    def lazy_parse(self, blob: Blob) -> Iterator[Document]:
        """Yields the blob's documents.

        Raises:
            LoadError: It cannot be read.
        """
        options = dict(self._options)
        if blob.path is not None:
            source: Any = os.fspath(blob.path)
        else:
            source = blob.as_bytes()
            if blob.mimetype:
                options.setdefault("media_type", blob.mimetype)
        yield from documents_of(load(source, **options), name=str(blob.source or ""), mode=self._mode)


class GlyphLoader(BaseLoader):
    """Files, folders and glob patterns as documents, whole by default; see ``GlyphBlobParser``.

    ::

        retriever = WholeDocumentRetriever.from_loader(GlyphLoader("manual.pdf"))

    Args:
        path: What ``load`` takes: a path, a folder, a glob pattern, bytes or an open file.
        mode: One document for a source, or one for each of its pages.
        options: Those of ``load``.
    """

    def __init__(self, path: Any, *, mode: Mode = "single", **options: Any) -> None:
        if mode not in {"single", "page"}:
            raise RequestError(f"mode is 'single' or 'page', not {mode!r}")
        self._path = path
        self._mode: Mode = mode
        self._options = options

    def lazy_load(self) -> Iterator[Document]:
        """Yields the documents.

        Raises:
            LoadError: There is nothing, or it cannot be read.
        """
        name = os.fspath(self._path) if isinstance(self._path, str | os.PathLike) else ""
        yield from documents_of(load(self._path, **self._options), name=name, mode=self._mode)


def documents_of(text: SourceText, *, name: str = "", mode: Mode = "single") -> Iterator[Document]:
    """A loaded text as documents, one for each source or for each page.

    Args:
        text: What ``load`` returned.
        name: The path that it was loaded from; without one sources are called as ``load`` calls them.
        mode: See ``GlyphBlobParser``.
    """
    for source in text.sources:
        where = _path(name, source.name, alone=len(text.sources) == 1)
        offsets = text.page_starts(source)
        metadata = {
            "source": where,
            "file_path": where,
            "media_type": source.media_type,
            "total_pages": source.last_page - source.first_page,
            **_said(source.metadata),
        }
        if mode == "single":
            shown = [offset - source.start for offset in offsets]
            yield Document(
                page_content=text.text[source.start : source.end], metadata={**metadata, "page_offsets": shown}
            )
            continue
        for page, (start, end) in enumerate(zip(offsets, [*offsets[1:], source.end], strict=True)):
            label = text.pages[source.first_page + page].label
            yield Document(
                page_content=text.text[start:end].strip("\n"),
                metadata={**metadata, "page": page, "page_label": label or str(page + 1)},
            )


def _path(name: str, source: str, *, alone: bool) -> str:
    if not name:
        return source
    if alone and not Path(name).is_dir():
        return name
    folder = Path(name) if Path(name).is_dir() else Path(name).parent
    return str(folder / source)


def _said(metadata: Mapping[str, str]) -> dict[str, str]:
    """What a file says about itself, under the names that PyMuPDFLoader gives it."""
    lowered = {key.lower().replace("_", ""): value for key, value in metadata.items()}
    return {name: lowered[name] for name in _SAID if name in lowered}
