"""``count_tokens``: what messages take of a model's window, counted without network."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from langchain_core.messages import convert_to_messages
from langchain_core.utils.function_calling import convert_to_openai_tool

from glyph_integrations import Turn, VisualContext
from langchain_glyph.blocks import shown_turn

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from langchain_core.messages import MessageLikeRepresentation

    from glyph_integrations import ModelSpec


def count_tokens(
    messages: Iterable[MessageLikeRepresentation],
    *,
    spec: str | ModelSpec = "glm4v",
    context: VisualContext | None = None,
    tools: Sequence[Any] | None = None,
) -> int:
    """Counts documents as the pages that they become, images by the model's arithmetic, and text as text.

    It fits where LangChain takes a ``token_counter``: ``functools.partial(count_tokens, spec="qwen3-vl")``.

    Args:
        messages: Messages, or what can be made into some.
        spec: The model that reads them.
        context: How their documents are shown, instead of the default for the spec.
        tools: What the model is told of beside them, as ``bind_tools`` takes it.

    Raises:
        WindowOverflowError: The documents alone do not fit.
        RequestError: There is a block that no model of this package can be shown.
    """
    context = context or VisualContext(spec)
    converted = enumerate(convert_to_messages(list(messages)))
    turns = [shown_turn(message, index, context.spec) for index, message in converted]
    if tools:
        described = json.dumps([convert_to_openai_tool(tool) for tool in tools])
        turns.append(Turn(role="system", parts=(described,)))
    return context.count_tokens(turns)
