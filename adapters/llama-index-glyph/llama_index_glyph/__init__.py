"""Whole documents as page images in LlamaIndex: no chunks, no embeddings, no vector store.

::

    from llama_index_glyph import GlyphIndex, GlyphLLM, GlyphReader

    index = GlyphIndex.from_documents(GlyphReader().load_data("contract.pdf"))
    index.as_query_engine(llm=GlyphLLM("zai-org/Glyph")).query("What is the notice period?")
"""

from __future__ import annotations

from llama_index_glyph.blocks import PageImageBlock
from llama_index_glyph.index import GlyphIndex
from llama_index_glyph.llm import GlyphLLM
from llama_index_glyph.memory import VisualContextMemoryBlock
from llama_index_glyph.nodes import PageRenderPostprocessor, WholeDocument
from llama_index_glyph.query_engine import GlyphQueryEngine
from llama_index_glyph.reader import GlyphReader
from llama_index_glyph.visual_context import VisualContextLLM, glyph_server_llm

__all__ = [
    "GlyphIndex",
    "GlyphLLM",
    "GlyphQueryEngine",
    "GlyphReader",
    "PageImageBlock",
    "PageRenderPostprocessor",
    "VisualContextLLM",
    "VisualContextMemoryBlock",
    "WholeDocument",
    "glyph_server_llm",
]
