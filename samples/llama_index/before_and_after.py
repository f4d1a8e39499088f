"""Engines over chunks and over whole documents: python samples/llama_index/before_and_after.py FILE QUESTION.

Each engine is built twice by the same lines, once for each index. The chunks are found by counting words, so that
nothing has to be downloaded; put your own embeddings in their place.
"""

from __future__ import annotations

import argparse
import re
import zlib

from llama_index.core import Settings, SimpleDirectoryReader, VectorStoreIndex, get_response_synthesizer
from llama_index.core.base.embeddings.base import BaseEmbedding
from llama_index.core.ingestion import IngestionPipeline
from llama_index.core.llms import ChatMessage
from llama_index.core.memory import Memory
from llama_index.core.node_parser import SentenceSplitter
from llama_index.core.query_engine import CitationQueryEngine, RetrieverQueryEngine
from llama_index.core.tools import QueryEngineTool

from llama_index_glyph import GlyphIndex, GlyphLLM, GlyphReader, VisualContextMemoryBlock, WholeDocument

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("file")
parser.add_argument("question")
parser.add_argument("--model", default="nano", help="nano, a folder, a hub id such as zai-org/Glyph")
arguments = parser.parse_args()
question = arguments.question


class WordCounts(BaseEmbedding):
    """How often each word occurs."""

    def _get_text_embedding(self, text):
        counts = [0.0] * 1024
        for word in re.findall(r"\w+", text.lower()):
            counts[zlib.crc32(word.encode()) % len(counts)] += 1
        return counts

    _get_query_embedding = _get_text_embedding

    async def _aget_query_embedding(self, query):
        return self._get_text_embedding(query)


Settings.llm, Settings.embed_model = GlyphLLM(arguments.model), WordCounts()
extractor = {".pdf": GlyphReader()}
documents = SimpleDirectoryReader(input_files=[arguments.file], file_extractor=extractor).load_data()
splitter, whole = SentenceSplitter(chunk_size=128, chunk_overlap=16), WholeDocument()
before = VectorStoreIndex(IngestionPipeline(transformations=[splitter]).run(documents=documents))
after = GlyphIndex(IngestionPipeline(transformations=[whole]).run(documents=documents))


def query_engine(index):
    return index.as_query_engine().query(question)


def chat_engine(index):
    return index.as_chat_engine(chat_mode="context").chat(question)


def retriever_and_synthesizer(index):
    return RetrieverQueryEngine(index.as_retriever(), get_response_synthesizer()).query(question)


def citation_engine(index):
    return CitationQueryEngine.from_args(index, citation_chunk_size=128 if index is before else 1 << 20).query(question)


def engine_as_tool(index):
    return QueryEngineTool.from_defaults(index.as_query_engine(), name="document", description="…").call(question)


def memory(index):
    blocks = [] if index is before else [VisualContextMemoryBlock()]  # what no longer fits: dropped, or kept as pages
    kept = Memory.from_defaults(token_limit=2000, chat_history_token_ratio=0.5, memory_blocks=blocks)
    kept.put_messages([ChatMessage(f"{number}. {document.text}") for number, document in enumerate(3 * documents)])
    return f"{sum(len(message.content or '') for message in kept.get()):,} characters are remembered"


for name, index in (("before", before), ("after", after)):
    found = index.as_retriever().retrieve(question)
    print(f"{name}: {sum(len(node.text) for node in found):,} characters in {len(found)} nodes")
    for way in (query_engine, chat_engine, retriever_and_synthesizer, citation_engine, engine_as_tool, memory):
        print(f"  {way.__name__:26} {' '.join(str(way(index)).split())[:90]}")
