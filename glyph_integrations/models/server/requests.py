"""Conversations and settings as chat completion requests."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING, Any, Literal

from glyph_integrations.counting import count_text_tokens
from glyph_integrations.errors import RequestError
from glyph_integrations.models.model import images_of
from glyph_integrations.models.special_tokens import break_special_tokens

if TYPE_CHECKING:
    from collections.abc import Callable

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models.generation import GenerationSettings
    from glyph_integrations.models.model import Conversation, Message, PageImage

Server = Literal["vllm", "sglang", "other"]
"""Whose extensions of the OpenAI API a request may use."""


def chat_request(
    model: str,
    conversation: Conversation,
    settings: GenerationSettings,
    *,
    server: Server,
    part: Callable[[PageImage], dict[str, Any]],
) -> dict[str, Any]:
    """The arguments of ``chat.completions.create``.

    Args:
        model: The model's name on the server.
        conversation: What it is shown.
        settings: How it generates.
        server: vLLM and SGLang fill in what is not said from the checkpoint's own defaults, so they are told
            everything; others (OpenAI's own API) refuse fields that they do not know, and get those that were changed.
        part: One image as a content part.

    Raises:
        RequestError: The schema cannot be used, or there are tools.
        MissingExtraError: There is a schema, and jsonschema is not installed.
    """
    if settings.tools or any(message.tool_calls or message.role == "tool" for message in conversation):
        raise RequestError(
            "tools of a model on a server are called through the framework's own client: wrap that, in "
            "VisualContextChatModel or VisualContextLLM"
        )
    request: dict[str, Any] = {
        "model": model,
        "messages": [_message(message, part) for message in conversation],
        "temperature": settings.temperature,
        "top_p": settings.top_p,
        "max_completion_tokens": settings.max_tokens,
        "stream": True,
        "stream_options": {"include_usage": True},
        "extra_body": _extensions(settings, server),
    }
    if server == "vllm":  # so that the cost of an answer that is stopped halfway is known
        request["stream_options"]["continuous_usage_stats"] = True
    if settings.seed is not None:
        request["seed"] = settings.seed
    if settings.stop:
        request["stop"] = list(settings.stop)
    if settings.logprobs:
        request["logprobs"] = True
    if settings.schema is not None:
        from glyph_integrations.models.schema import check

        check(settings.schema)
        schema = {"name": "answer", "schema": dict(settings.schema), "strict": True}
        request["response_format"] = {"type": "json_schema", "json_schema": schema}
    return request


def fitted(settings: GenerationSettings, conversation: Conversation, spec: ModelSpec) -> GenerationSettings:
    """Settings whose answer fits the window beside the prompt: servers refuse a request that might not.

    Raises:
        RequestError: The model takes no image of such a size.
    """
    sizes = [image.pixels.shape for image in images_of(conversation)]
    text = "".join(part for message in conversation for part in message.content if isinstance(part, str))
    try:
        pages = sum(spec.page_tokens(shape[1], shape[0]) for shape in sizes)
    except ValueError as error:
        raise RequestError(str(error)) from error
    # The model's own tokens are not known here: an estimate, and some for the chat template.
    room = spec.window - pages - count_text_tokens(text, "estimate").count * 5 // 4 - 64
    return settings.replace(max_tokens=room) if 0 < room < settings.max_tokens else settings


def _message(message: Message, part: Callable[[PageImage], dict[str, Any]]) -> dict[str, Any]:
    """A message whose texts hold no special tokens; texts that follow each other are one, lest they make one."""
    parts: list[dict[str, Any]] = []
    for is_text, run in groupby(message.content, lambda piece: isinstance(piece, str)):
        if is_text:
            parts.append({"type": "text", "text": break_special_tokens("".join(map(str, run)))})
        else:
            parts += (part(image) for image in run if not isinstance(image, str))
    content = parts if message.images else "".join(piece["text"] for piece in parts)
    return {"role": message.role, "content": content}


def _extensions(settings: GenerationSettings, server: Server) -> dict[str, Any]:
    extensions: dict[str, Any] = {}
    if server != "other" or settings.top_k:
        extensions["top_k"] = settings.top_k or -1  # -1 is "all" to both; SGLang refuses 0
    if server != "other" or settings.repetition_penalty != 1:
        extensions["repetition_penalty"] = settings.repetition_penalty
    if settings.thinking is not None:
        extensions["chat_template_kwargs"] = {"enable_thinking": settings.thinking}
    return extensions
