"""LangChain's messages as the core's turns, and back."""

from __future__ import annotations

import base64
import binascii
from typing import TYPE_CHECKING, Any, Final

from langchain_core.messages import AIMessage, BaseMessage, ChatMessage, HumanMessage

from glyph_integrations import RequestError, SourceText, ToolCall, Turn, load, pictures

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from glyph_integrations import ModelSpec, Page, Shown

_ROLES: Final[dict[str, Any]] = {"ai": "assistant", "system": "system", "developer": "system", "tool": "tool"}
_SILENT: Final = frozenset({"reasoning", "tool_call", "tool_use", "invalid_tool_call"})  # what a model said to itself


def image_block(page: Any) -> dict[str, Any]:
    """A page (or any ``PageImage``) as an image block; its id is the same for the same pixels."""
    return {
        "type": "image",
        "base64": base64.b64encode(page.png()).decode(),
        "mime_type": "image/png",
        "id": page.fingerprint,
    }


def to_image_blocks(pages: Iterable[Page]) -> list[dict[str, Any]]:
    """Pages, such as ``render`` returns them, as content blocks for a user message."""
    return [image_block(page) for page in pages]


def turn_of(message: BaseMessage, origin: int) -> Turn:
    """A message as a turn: texts and documents apart, images of a tool's result too, every other block as it is.

    Raises:
        LoadError: A file in it cannot be loaded.
    """
    images: list[Any] = []
    if isinstance(message.content, str):
        parts: list[Any] = [message.content] if message.content else []
    elif isinstance(message, AIMessage):
        parts = list(message.content)
    else:
        blocks = list(_blocks(message))
        if message.type == "tool":
            images = [known for known, _ in blocks if isinstance(known, dict) and known.get("type") == "image"]
        parts = [_part(known, raw) for known, raw in blocks if known not in images]
    return Turn(role=_role(message), parts=tuple(parts), origin=origin, images=tuple(images))


def shown_turn(message: BaseMessage, origin: int, spec: ModelSpec) -> Turn:
    """A message as a turn for a model in this process: texts, documents, and images as it takes them.

    Raises:
        LoadError: A file or an image in it cannot be loaded.
        RequestError: It holds something that the model cannot be shown.
    """
    turn = turn_of(message, origin)
    blocks: tuple[Any, ...] = turn.images
    images = [picture for block in blocks for picture in pictures(load(file_bytes(block)), spec)]
    parts: list[Any] = []
    for part in turn.parts:
        if not isinstance(part, dict):
            parts.append(part)
        elif part.get("type") == "text":
            parts.append(part["text"])
        elif part.get("type") not in _SILENT:
            parts += pictures(load(file_bytes(_image(part, message))), spec)
    calls = message.tool_calls if isinstance(message, AIMessage) else []
    called = [ToolCall(name=call["name"], arguments=call["args"], id=call["id"] or "") for call in calls]
    return Turn(role=turn.role, parts=tuple(parts), origin=origin, calls=tuple(called), images=tuple(images))


def messages_of(shown: Shown, messages: Sequence[BaseMessage], turns: Sequence[Turn]) -> list[BaseMessage]:
    """A conversation whose documents became pages, as messages; those in which nothing changed are the same.

    Args:
        shown: The conversation.
        messages: What it was made from.
        turns: The same as turns, from ``turn_of``.
    """
    return [_message(turn, messages, turns) for turn in shown.turns]


def file_bytes(block: dict[str, Any]) -> bytes:
    """The bytes of a block.

    Raises:
        RequestError: They are not in it: an address or an id of a provider is not followed.
    """
    data = block.get("base64")
    url = str(block.get("url", ""))
    if data is None and url.startswith("data:") and ";base64," in url:
        data = url.partition(";base64,")[2]
    if data is None:
        raise RequestError(
            f"the {block.get('type')!r} block holds no base64: addresses and ids of files are not followed. Read the "
            "file yourself, or load it with GlyphLoader"
        )
    try:
        return base64.b64decode(data, validate=True)
    except (binascii.Error, ValueError) as error:
        raise RequestError(f"the base64 of a {block.get('type')!r} block is damaged") from error


def _role(message: BaseMessage) -> Any:
    role = message.role if isinstance(message, ChatMessage) else _ROLES.get(message.type, "user")
    return role if role in {"system", "user", "assistant", "tool"} else "user"


def _blocks(message: BaseMessage) -> Iterator[tuple[Any, Any]]:
    """Each block in LangChain's standard form, and as it came."""
    standard: list[Any] = list(message.content_blocks)
    if len(standard) != len(message.content):  # it splits some blocks of providers
        standard = list(message.content)
    return zip(standard, message.content, strict=True)


def _part(block: Any, raw: Any) -> Any:
    """A block as a part of a turn: text, a document, or the block itself."""
    if isinstance(block, str):
        return block
    kind = block.get("type")
    if kind == "text" and set(block) <= {"type", "text", "id"}:  # whatever else it says, such as cache_control, stays
        return block["text"]
    if kind == "text-plain":
        text = block["text"] if "text" in block else file_bytes(block).decode("utf-8", "replace")
        return SourceText.from_string(text, name=_name(block) or "document")
    if kind == "file" and ("base64" in block or str(block.get("url", "")).startswith("data:")):
        return load(file_bytes(block), media_type=block.get("mime_type"))
    return raw


def _image(block: dict[str, Any], message: BaseMessage) -> dict[str, Any]:
    """A block of a message as a standard image block."""
    for known, raw in _blocks(message):
        if raw is block and known.get("type") == "image":
            return dict(known)
    raise RequestError(
        f"a {block.get('type')!r} block cannot be shown: text, text-plain, file (with base64) and image blocks can"
    )


def _name(block: dict[str, Any]) -> str:
    named = block.get("title") or block.get("filename") or block.get("extras", {}).get("filename")
    return str(named or "")


def _message(turn: Turn, messages: Sequence[BaseMessage], turns: Sequence[Turn]) -> BaseMessage:
    if turn.origin is None:
        return HumanMessage(content=[_block(part) for part in turn.parts])
    message = messages[turn.origin]
    if turn.parts == turns[turn.origin].parts:
        return message
    if len(turn.parts) == 1 or turn.role == "tool":  # not every server takes lists there
        texts = [part for part in turn.parts if isinstance(part, str)]
        if len(texts) == len(turn.parts):
            return message.model_copy(update={"content": "\n".join(texts)})
    return message.model_copy(update={"content": [_block(part) for part in turn.parts]})


def _block(part: Any) -> Any:
    if isinstance(part, str):
        return {"type": "text", "text": part}
    return part if isinstance(part, dict) else image_block(part)
