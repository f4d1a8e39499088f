"""LlamaIndex's messages as the core's turns, and back."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from llama_index.core.base.llms.types import (
    BaseContentBlock,
    ChatMessage,
    DocumentBlock,
    ImageBlock,
    MessageRole,
    TextBlock,
    ToolCallBlock,
)

from glyph_integrations import RequestError, ToolCall, Turn, load, mark_document, pictures, split_marked

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyph_integrations import ModelSpec, Reply, Shown

_ROLES: Final[dict[MessageRole, Any]] = {
    MessageRole.SYSTEM: "system",
    MessageRole.DEVELOPER: "system",
    MessageRole.ASSISTANT: "assistant",
    MessageRole.CHATBOT: "assistant",
    MessageRole.MODEL: "assistant",
    MessageRole.TOOL: "tool",
    MessageRole.FUNCTION: "tool",
}
_SILENT: Final = frozenset({"thinking", "tool_call", "cache"})  # what a model said to itself, or to a provider
CONTEXT: Final = ("context_str", "context_msg")
"""The variables of LlamaIndex's prompts that hold what was retrieved."""


class PageImageBlock(ImageBlock):
    """A page, with what it really costs: LlamaIndex counts 2,125 tokens for any image, and drops what does not fit.

    Attributes:
        visual_tokens: What the page costs under the model's spec.
    """

    visual_tokens: int

    @classmethod
    def of_page(cls, page: Any, spec: ModelSpec) -> PageImageBlock:
        """A page, or another image of the core, as a block."""
        height, width = page.pixels.shape[:2]
        return cls(image=page.png(), image_mimetype="image/png", visual_tokens=spec.page_tokens(width, height))

    async def aestimate_tokens(self, *_: Any, **__: Any) -> int:
        """``visual_tokens``."""
        return self.visual_tokens


def turn_of(message: ChatMessage, origin: int) -> Turn:
    """A message as a turn: texts and documents apart, images of a tool's result too, every other block as it is.

    Raises:
        LoadError: A document in it cannot be loaded.
        RequestError: A document is at an address.
    """
    role = _ROLES.get(message.role, "user")
    images = [block for block in message.blocks if role == "tool" and isinstance(block, ImageBlock)]
    parts: list[Any] = []
    for block in message.blocks:
        if isinstance(block, TextBlock):
            parts.append(block.text)
        elif isinstance(block, DocumentBlock):
            _require_bytes(block, "documents")
            parts.append(load(block.resolve_document().read(), media_type=block.document_mimetype))
        elif block not in images:
            parts.append(block)
    return Turn(role=role, parts=tuple(parts), origin=origin, images=tuple(images))  # type: ignore[arg-type]


def shown_turn(message: ChatMessage, origin: int, spec: ModelSpec) -> Turn:
    """A message as a turn for a model in this process: texts, documents, and images as it takes them.

    Raises:
        LoadError: A document or an image in it cannot be loaded.
        RequestError: It holds something that the model cannot be shown.
    """
    turn = turn_of(message, origin)
    parts: list[Any] = []
    for part in turn.parts:
        if isinstance(part, ImageBlock):
            parts += _pictures(part, spec)
        elif not isinstance(part, BaseContentBlock):
            parts.append(part)
        elif (kind := getattr(part, "block_type", "")) not in _SILENT:
            raise RequestError(f"a {kind!r} block cannot be shown: text, document and image blocks can")
    calls = tuple(_call(block) for block in message.blocks if isinstance(block, ToolCallBlock))
    images = tuple(picture for block in turn.images for picture in _pictures(block, spec))
    return Turn(role=turn.role, parts=tuple(parts), origin=origin, calls=calls, images=images)


def _pictures(block: Any, spec: ModelSpec) -> Sequence[Any]:
    _require_bytes(block, "images")
    return pictures(load(block.resolve_image().read()), spec)


def _require_bytes(block: Any, what: str) -> None:
    """Refuses what LlamaIndex would fetch: addresses come with messages, from whoever wrote them."""
    if block.url is not None and not str(block.url).startswith("data:"):
        raise RequestError(f"{what} at an address are not fetched: pass their bytes or a path")


def blocks_of(reply: Reply) -> list[BaseContentBlock]:
    """What a model replied: its text, and its calls."""
    calls = [
        ToolCallBlock(tool_call_id=call.id, tool_name=call.name, tool_kwargs=dict(call.arguments))
        for call in reply.calls
    ]
    return [*([TextBlock(text=reply.text)] if reply.text or not calls else []), *calls]


def _call(block: ToolCallBlock) -> ToolCall:
    arguments = block.tool_kwargs if isinstance(block.tool_kwargs, dict) else json.loads(block.tool_kwargs)
    return ToolCall(name=block.tool_name, arguments=arguments, id=block.tool_call_id or "")


def messages_of(
    shown: Shown, messages: Sequence[ChatMessage], turns: Sequence[Turn], spec: ModelSpec
) -> list[ChatMessage]:
    """A conversation whose documents became pages, as messages; those in which nothing changed are the same."""
    made = []
    for turn in shown.turns:
        blocks = [_block(part, spec) for part in turn.parts]
        if turn.origin is None:
            made.append(ChatMessage(role=MessageRole.USER, blocks=blocks))
        elif turn.parts == turns[turn.origin].parts:
            made.append(messages[turn.origin])
        else:
            made.append(messages[turn.origin].model_copy(update={"blocks": blocks}))
    return made


def marked(arguments: dict[str, Any]) -> dict[str, Any]:
    """Arguments of a prompt, with what was retrieved marked as a document, unless there are marks in it already."""
    return {name: _marked(value) if name in CONTEXT else value for name, value in arguments.items()}


def _marked(context: Any) -> Any:
    if isinstance(context, list) and all(isinstance(part, str) for part in context):
        context = "\n".join(context)
    if not isinstance(context, str) or not context.strip():
        return context
    if any(not isinstance(part, str) for part in split_marked(context)):
        return context
    return mark_document(context, name="context")


def _block(part: Any, spec: ModelSpec) -> Any:
    if isinstance(part, str):
        return TextBlock(text=part)
    return part if isinstance(part, BaseContentBlock) else PageImageBlock.of_page(part, spec)
