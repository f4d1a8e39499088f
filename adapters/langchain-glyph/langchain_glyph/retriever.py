"""``WholeDocumentRetriever``: the seat of a vector store's retriever, with whole documents in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Self

from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langchain_core.callbacks import CallbackManagerForRetrieverRun
    from langchain_core.document_loaders import BaseLoader


class WholeDocumentRetriever(BaseRetriever):
    """Returns its documents, whole and in their order, whatever is asked: nothing is searched, so nothing is missed.

    Attributes:
        documents: What it returns.
        k: Return only so many, the first ones; None for all.
    """

    documents: list[Document]
    k: int | None = None

    @classmethod
    def from_documents(cls, documents: Iterable[Document], **options: Any) -> Self:
        """A retriever of these documents; pages of one source, one after another, become one document again."""
        return cls(documents=_whole(documents), **options)

    @classmethod
    def from_loader(cls, loader: BaseLoader, **options: Any) -> Self:
        """A retriever of all that a loader loads."""
        return cls.from_documents(loader.lazy_load(), **options)

    def _get_relevant_documents(
        self, query: str, *, run_manager: CallbackManagerForRetrieverRun, k: int | None = None
    ) -> list[Document]:
        del query, run_manager
        return self.documents[: self.k if k is None else k]


def _whole(documents: Iterable[Document]) -> list[Document]:
    whole: list[Document] = []
    for document in documents:
        last = whole[-1] if whole else None
        goes_on = (
            last is not None
            and "page" in document.metadata
            and last.metadata.get("page_offsets") is not None
            and last.metadata.get("source") == document.metadata.get("source")
        )
        if last is not None and goes_on:
            begin = len(last.page_content) + 1
            whole[-1] = Document(
                page_content=f"{last.page_content}\n{document.page_content}",
                metadata={**last.metadata, "page_offsets": [*last.metadata["page_offsets"], begin]},
            )
        elif "page" in document.metadata:
            kept = {key: value for key, value in document.metadata.items() if key not in {"page", "page_label"}}
            whole.append(Document(page_content=document.page_content, metadata={**kept, "page_offsets": [0]}))
        else:
            whole.append(document)
    return whole
