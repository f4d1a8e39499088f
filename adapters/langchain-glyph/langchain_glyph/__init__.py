"""Whole documents as page images in LangChain: no chunks, no embeddings, no vector store.

::

    from langchain_glyph import DocumentQA

    DocumentQA("contract.pdf", model="zai-org/Glyph").invoke({"input": "What is the notice period?"})["answer"]
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_glyph.blocks import to_image_blocks
from langchain_glyph.chat import ChatGlyph
from langchain_glyph.counting import count_tokens
from langchain_glyph.document_qa import DocumentQA
from langchain_glyph.documents import GLYPH_DOCUMENT_PROMPT, glyph_format_docs
from langchain_glyph.loaders import GlyphBlobParser, GlyphLoader
from langchain_glyph.retriever import WholeDocumentRetriever
from langchain_glyph.tools import DocumentToolkit, create_document_tool
from langchain_glyph.visual_context import VisualContextChatModel

if TYPE_CHECKING:
    from langchain_glyph.middleware import VisualContextEdit, VisualContextMiddleware

__all__ = [
    "GLYPH_DOCUMENT_PROMPT",
    "ChatGlyph",
    "DocumentQA",
    "DocumentToolkit",
    "GlyphBlobParser",
    "GlyphLoader",
    "VisualContextChatModel",
    "VisualContextEdit",
    "VisualContextMiddleware",
    "WholeDocumentRetriever",
    "count_tokens",
    "create_document_tool",
    "glyph_format_docs",
    "to_image_blocks",
]


def __getattr__(name: str) -> object:
    if name not in {"VisualContextEdit", "VisualContextMiddleware"}:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    try:
        from langchain_glyph import middleware
    except ModuleNotFoundError as error:
        raise ImportError(f"{name} needs LangChain's agents: pip install 'langchain-glyph[agents]'") from error
    value: object = getattr(middleware, name)
    return value
