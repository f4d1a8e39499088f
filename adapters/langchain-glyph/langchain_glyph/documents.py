"""Documents in prompts: marked, so that a model that is shown pages can tell them from the rest."""

from __future__ import annotations

from pathlib import PurePath
from typing import TYPE_CHECKING, Any, Final

from langchain_core.prompts import StringPromptTemplate

from glyph_integrations import mark_document

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langchain_core.documents import Document


class MarkedDocumentPrompt(StringPromptTemplate):
    """How a document is written into a prompt: marked, whole; see ``mark_document``."""

    def format(self, **kwargs: Any) -> str:
        """Marks ``page_content``."""
        return mark_document(str(kwargs["page_content"]))

    @property
    def _prompt_type(self) -> str:
        return "marked_document"


GLYPH_DOCUMENT_PROMPT: Final = MarkedDocumentPrompt(input_variables=["page_content"])
"""For ``document_prompt=`` of chains that put documents into prompts."""


def glyph_format_docs(documents: Iterable[Document]) -> str:
    """Documents as one text for a prompt, each of them marked under its name: ``retriever | glyph_format_docs``."""
    return "\n\n".join(mark_document(document.page_content, name=document_name(document)) for document in documents)


def document_name(document: Document) -> str:
    """What a document is called: its title, or its file's name, and its page if it is only one."""
    metadata = document.metadata
    name = str(metadata.get("title") or PurePath(str(metadata.get("source") or "document")).name)
    page = metadata.get("page")
    return f"{name}, page {page + 1}" if isinstance(page, int) else name
