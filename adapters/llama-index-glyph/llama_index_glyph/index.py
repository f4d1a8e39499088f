"""``GlyphIndex``: an index that keeps documents whole and reads all of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

from llama_index.core.chat_engine.types import ChatMode
from llama_index.core.data_structs.data_structs import IndexList
from llama_index.core.data_structs.registry import INDEX_STRUCT_TYPE_TO_INDEX_STRUCT_CLASS
from llama_index.core.indices.list.base import SummaryIndex
from llama_index.core.indices.list.retrievers import SummaryIndexRetriever
from llama_index.core.indices.registry import INDEX_STRUCT_TYPE_TO_INDEX_CLASS
from llama_index.core.query_engine import RetrieverQueryEngine
from llama_index.core.settings import Settings

from glyph_integrations import Reader
from llama_index_glyph.llm import GlyphLLM
from llama_index_glyph.nodes import PageRenderPostprocessor, WholeDocument
from llama_index_glyph.query_engine import GlyphQueryEngine
from llama_index_glyph.visual_context import VisualContextLLM

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llama_index.core.base.base_query_engine import BaseQueryEngine
    from llama_index.core.base.base_retriever import BaseRetriever
    from llama_index.core.chat_engine.types import BaseChatEngine
    from llama_index.core.schema import BaseNode, Document

_KIND: Final = "glyph"
_OF_SYNTHESIS: Final = frozenset({
    "response_mode", "response_synthesizer", "output_cls", "text_qa_template", "refine_template", "summary_template",
    "simple_template", "node_postprocessors", "multimodal", "chat_content_qa_template", "chat_content_refine_template",
})  # fmt: skip


@dataclass
class GlyphIndexStruct(IndexList):
    """A list of nodes that comes back from storage as a ``GlyphIndex``."""

    @classmethod
    def get_type(cls) -> Any:
        """Its name in storage."""
        return _KIND


class GlyphIndex(SummaryIndex):
    """The seat of ``VectorStoreIndex``: documents go in whole, and all of them are read, whatever is asked.

    ::

        index = GlyphIndex.from_documents(documents)
        index.as_query_engine(llm=GlyphLLM("zai-org/Glyph")).query("What is the notice period?")

    Insertion, refreshing, deletion and persistence are those of any index; nothing is ever chunked, also after it was
    loaded. Arguments that people pass to ``VectorStoreIndex`` (``embed_model``, ``similarity_top_k`` …) are tolerated:
    there is nothing to search.
    """

    index_struct_cls = GlyphIndexStruct

    def __init__(
        self,
        nodes: Sequence[BaseNode] | None = None,
        objects: Any = None,
        index_struct: GlyphIndexStruct | None = None,
        show_progress: bool = False,  # noqa: FBT001, FBT002 - LlamaIndex's signature
        **options: Any,
    ) -> None:
        kept = {name: options[name] for name in ("storage_context", "callback_manager") if name in options}
        super().__init__(
            nodes=nodes,
            objects=objects,
            index_struct=index_struct,
            show_progress=show_progress,
            transformations=[WholeDocument()],
            **kept,
        )

    @classmethod
    def from_documents(cls, documents: Sequence[Document], **options: Any) -> Self:  # type: ignore[override]
        """An index of these documents, each of them one node."""
        options.pop("transformations", None)
        return super().from_documents(documents, transformations=[WholeDocument()], **options)

    def _build_index_from_nodes(
        self,
        nodes: Sequence[BaseNode],
        show_progress: bool = False,  # noqa: FBT001, FBT002 - LlamaIndex's signature
        **_: Any,
    ) -> IndexList:
        del show_progress
        struct = GlyphIndexStruct()
        for node in nodes:
            struct.add_node(node)
        return struct

    def as_retriever(self, **_: Any) -> BaseRetriever:  # type: ignore[override]
        """Retrieves every document, in order."""
        return SummaryIndexRetriever(self, object_map=self._object_map)

    def as_query_engine(self, llm: Any = None, **options: Any) -> BaseQueryEngine:
        """A query engine over all documents.

        Args:
            llm: With a ``GlyphLLM`` the engine is a ``GlyphQueryEngine``, whose responses cite; any other LLM that sees
                images is wrapped, and so is ``Settings.llm``.
            options: ``streaming``, ``overflow`` and other options of ``Reader``; or those of ``RetrieverQueryEngine``
                (``response_mode``, ``output_cls``, templates …), and then it is one.
        """
        llm = llm if llm is not None else Settings.llm
        if isinstance(llm, GlyphLLM) and not _OF_SYNTHESIS & set(options):
            of_reader = {
                name: options[name] for name in ("style", "overflow", "expand", "merge", "factsheet") if name in options
            }
            reader = Reader(llm.host, **{"style": llm.style, **of_reader})
            return GlyphQueryEngine(
                self.docstore.get_nodes(self.index_struct.nodes), reader, streaming=bool(options.get("streaming"))
            )
        rest = {name: value for name, value in options.items() if name in {*_OF_SYNTHESIS, "streaming", "use_async"}}
        rest["node_postprocessors"] = [*(rest.get("node_postprocessors") or []), PageRenderPostprocessor()]
        return RetrieverQueryEngine.from_args(self.as_retriever(), llm=_shown_pages(llm), **rest)

    def as_chat_engine(self, chat_mode: ChatMode = ChatMode.BEST, llm: Any = None, **options: Any) -> BaseChatEngine:
        """A chat engine over all documents: their pages stand in the first user message, where caches find them."""
        llm = _shown_pages(llm if llm is not None else Settings.llm)
        if chat_mode in {ChatMode.BEST, ChatMode.CONDENSE_PLUS_CONTEXT}:
            options.setdefault("skip_condense", True)  # nothing is searched by the condensed question
        if chat_mode != ChatMode.SIMPLE:
            options["node_postprocessors"] = [*options.get("node_postprocessors", []), PageRenderPostprocessor()]
        return super().as_chat_engine(chat_mode=chat_mode, llm=llm, **options)


def _shown_pages(llm: Any) -> Any:
    return llm if isinstance(llm, GlyphLLM | VisualContextLLM) else VisualContextLLM(llm)


INDEX_STRUCT_TYPE_TO_INDEX_STRUCT_CLASS[_KIND] = GlyphIndexStruct  # type: ignore[index]  # its keys are an enum, here a name
INDEX_STRUCT_TYPE_TO_INDEX_CLASS[_KIND] = GlyphIndex  # type: ignore[index]
