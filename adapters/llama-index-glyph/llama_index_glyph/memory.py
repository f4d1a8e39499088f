"""``VisualContextMemoryBlock``: earlier turns of a conversation as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from llama_index.core.base.llms.types import ChatMessage, MessageRole
from llama_index.core.bridge.pydantic import Field
from llama_index.core.memory.memory import BaseMemoryBlock

from glyph_integrations import mark_document

if TYPE_CHECKING:
    from collections.abc import Sequence


class VisualContextMemoryBlock(BaseMemoryBlock[list[ChatMessage]]):
    """Keeps what falls out of the short-term memory, whole, as a marked document in a user message.

    ``GlyphLLM`` and ``VisualContextLLM`` show it as pages where that takes fewer tokens.

    ::

        Memory.from_defaults(memory_blocks=[VisualContextMemoryBlock()])
    """

    name: str = "earlier_conversation"
    lines: list[str] = Field(default_factory=list)

    async def _aget(self, messages: list[ChatMessage] | None = None, **_: Any) -> list[ChatMessage]:
        del messages
        if not self.lines:
            return []
        text = mark_document("\n\n".join(self.lines), name="earlier conversation")
        return [ChatMessage(role=MessageRole.USER, content=text)]

    async def _aput(self, messages: Sequence[ChatMessage]) -> None:
        self.lines += [f"{message.role.value}: {message.content}" for message in messages if message.content]

    async def atruncate(self, content: list[ChatMessage], tokens_to_truncate: int) -> list[ChatMessage] | None:
        """Keeps all of it: as pages it takes a fraction of the tokens that are counted here."""
        del tokens_to_truncate
        return content
