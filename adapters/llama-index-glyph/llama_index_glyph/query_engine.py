"""``GlyphQueryEngine``: questions read as a ``Reader`` reads them, with citations in ``source_nodes``."""

from __future__ import annotations

import json
from bisect import bisect_right
from typing import TYPE_CHECKING, Any

from llama_index.core.base.base_query_engine import BaseQueryEngine
from llama_index.core.base.response.schema import AsyncStreamingResponse, Response, StreamingResponse
from llama_index.core.schema import MetadataMode, NodeRelationship, NodeWithScore, RelatedNodeInfo, TextNode

from glyph_integrations import Answer, Reader, ReadingSession, SourceText
from llama_index_glyph.nodes import node_name

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from llama_index.core.base.response.schema import RESPONSE_TYPE
    from llama_index.core.callbacks import CallbackManager
    from llama_index.core.prompts.mixin import PromptMixinType
    from llama_index.core.schema import BaseNode, QueryBundle


class GlyphQueryEngine(BaseQueryEngine):
    """Answers from whole nodes: one reading, prefilled once, with citations and verification of the core.

    ``response.source_nodes`` are the pages that the answer cites: the exact text of the page that was read, the
    metadata of its document, ``quote``, ``page_label`` (of the file's page, where ``GlyphReader`` read it; else of the
    page that was read), ``rendered_page`` (from 1) and ``boxes`` (0–1, on that page). ``response.metadata`` holds
    ``abstained``, ``verified``, ``citations`` and ``usage``.

    Args:
        nodes: What is read; one for a document, or for a page of it.
        reader: Who reads.
        streaming: Return streams.
        callback_manager: Of the engine.

    Raises:
        WindowOverflowError: The nodes do not fit the model's window, and the reader's ``overflow`` is ``"error"``.
        RequestError: There are no nodes.
    """

    def __init__(
        self,
        nodes: Sequence[BaseNode],
        reader: Reader,
        *,
        streaming: bool = False,
        callback_manager: CallbackManager | None = None,
    ) -> None:
        self._nodes = {node.node_id: node for node in nodes}
        texts = {
            node.node_id: SourceText.from_string(node.get_content(MetadataMode.NONE), name=node.node_id)
            for node in nodes
        }
        self.session: ReadingSession = reader.open(texts)
        self._streaming = streaming
        super().__init__(callback_manager=callback_manager)

    def _get_prompt_modules(self) -> PromptMixinType:
        return {}

    def _query(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            return self._response(self.session.ask(query_bundle.query_str))
        stream = self.session.stream(query_bundle.query_str)
        found = StreamingResponse(response_gen=None, metadata={})  # type: ignore[arg-type]

        def pieces() -> Iterator[str]:
            said = False
            for piece in stream:
                said = True
                yield piece
            whole = self._response(stream.answer)
            found.source_nodes, found.metadata = whole.source_nodes, whole.metadata
            if not said:
                yield str(whole.response)

        found.response_gen = pieces()  # type: ignore[assignment]
        return found

    async def _aquery(self, query_bundle: QueryBundle) -> RESPONSE_TYPE:
        if not self._streaming:
            return self._response(await self.session.aask(query_bundle.query_str))
        stream = self.session.astream(query_bundle.query_str)
        found = AsyncStreamingResponse(response_gen=None, metadata={})  # type: ignore[arg-type]

        async def pieces() -> AsyncIterator[str]:
            said = False
            async for piece in stream:
                said = True
                yield piece
            whole = self._response(await stream.answer())
            found.source_nodes, found.metadata = whole.source_nodes, whole.metadata
            if not said:
                yield str(whole.response)

        found.response_gen = pieces()  # type: ignore[assignment]
        return found

    def _response(self, answer: Answer) -> Response:
        return Response(
            response=str(answer),
            source_nodes=[self._source_node(citation) for citation in answer.citations],
            metadata={
                "abstained": answer.abstained,
                "verified": answer.verified,
                "citations": [citation.to_dict() for citation in answer.citations],
                "usage": answer.usage.to_dict(),
            },
        )

    def _source_node(self, citation: Any) -> NodeWithScore:
        """The page that was read, as far as it shows the cited node."""
        node = self._nodes[citation.source]
        (source,) = (source for source in self.session.text.sources if source.name == citation.source)
        page = self.session.rendering[citation.rendered[0].index]
        start, end = max(page.char_range[0], source.start), min(page.char_range[1], source.end)
        place = {
            "quote": citation.quote,
            "document": node_name(node),
            "page_label": _page_label(node, citation.start - source.start) or str(page.index + 1),
            "rendered_page": page.index + 1,
            "boxes": [list(place.box) for place in citation.rendered],
        }
        cited = TextNode(
            text=self.session.text.text[start:end],
            metadata={**node.metadata, **place},
            excluded_llm_metadata_keys=[*node.excluded_llm_metadata_keys, "boxes", "quote", "rendered_page"],
            excluded_embed_metadata_keys=[*node.excluded_embed_metadata_keys, "boxes", "quote", "rendered_page"],
        )
        cited.relationships[NodeRelationship.SOURCE] = RelatedNodeInfo(node_id=node.ref_doc_id or node.node_id)
        return NodeWithScore(node=cited, score=citation.similarity)


def _page_label(node: BaseNode, character: int) -> str:
    """The label of the file's page that a character of a node stands on; empty if it is not known."""
    pages = json.loads(node.metadata.get("source_pages") or "[]")
    if not pages:
        return str(node.metadata.get("page_label") or "")
    return str(pages[max(bisect_right([start for _, start in pages], character) - 1, 0)][0])
