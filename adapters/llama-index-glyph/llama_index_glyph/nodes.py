"""Nodes: documents that stay whole, and retrieved ones that are shown as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.core.postprocessor.types import BaseNodePostprocessor
from llama_index.core.schema import (
    BaseNode,
    MetadataMode,
    NodeRelationship,
    NodeWithScore,
    TextNode,
    TransformComponent,
)

from glyph_integrations import mark_document

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llama_index.core.schema import QueryBundle


class WholeDocument(TransformComponent):
    """The transformation that does not chunk: each document becomes one node, with its text, metadata and id."""

    def __call__(self, nodes: Sequence[BaseNode], **_: Any) -> list[BaseNode]:
        """Makes nodes of documents; what is a node already stays one."""
        return [_node(node) for node in nodes]


class PageRenderPostprocessor(BaseNodePostprocessor):
    """Marks retrieved nodes as documents, so that ``GlyphLLM`` and ``VisualContextLLM`` show them as pages.

    For those who keep their retrieval, and for engines of any kind; each node is a document of its own. Other LLMs read
    the marked text.
    """

    @classmethod
    def class_name(cls) -> str:
        """Its name in serialised settings."""
        return "PageRenderPostprocessor"

    def _postprocess_nodes(
        self, nodes: list[NodeWithScore], query_bundle: QueryBundle | None = None
    ) -> list[NodeWithScore]:
        del query_bundle
        return [NodeWithScore(node=_marked(scored.node), score=scored.score) for scored in nodes]


def node_name(node: BaseNode) -> str:
    """What a node's document is called: its file's name or title, and its page if it is only one."""
    name = str(node.metadata.get("file_name") or node.metadata.get("title") or "document")
    page = node.metadata.get("page_label")
    return f"{name}, page {page}" if page else name


def _node(node: BaseNode) -> BaseNode:
    if type(node) is TextNode or not hasattr(node, "text_resource"):
        return node
    whole = TextNode(
        id_=node.node_id,
        text=node.get_content(MetadataMode.NONE),
        metadata=node.metadata,
        excluded_embed_metadata_keys=node.excluded_embed_metadata_keys,
        excluded_llm_metadata_keys=node.excluded_llm_metadata_keys,
    )
    whole.relationships[NodeRelationship.SOURCE] = node.as_related_node_info()
    return whole


def _marked(node: BaseNode) -> BaseNode:
    text = node.get_content(MetadataMode.NONE)
    if not text.strip():
        return node
    shown = node.model_copy(deep=True)
    shown.set_content(mark_document(text, name=node_name(node)))
    return shown
