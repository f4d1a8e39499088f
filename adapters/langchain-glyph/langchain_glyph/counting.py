"""``count_tokens``: what messages take of a model's window, counted without network."""

from __future__ import annotations

from typing import TYPE_CHECKING

from langchain_core.messages import convert_to_messages

from glyph_integrations import VisualContext
from langchain_glyph.blocks import shown_turn

if TYPE_CHECKING:
    from collections.abc import Iterable

    from langchain_core.messages import MessageLikeRepresentation

    from glyph_integrations import ModelSpec


def count_tokens(
    messages: Iterable[MessageLikeRepresentation],
    *,
    spec: str | ModelSpec = "glm4v",
    context: VisualContext | None = None,
) -> int:
    """Counts documents as the pages that they become, images by the model's arithmetic, and text as text.

    It fits where LangChain takes a ``token_counter``: ``functools.partial(count_tokens, spec="qwen3-vl")``.

    Args:
        messages: Messages, or what can be made into some.
        spec: The model that reads them.
        context: How their documents are shown, instead of the default for the spec.

    Raises:
        WindowOverflowError: The documents alone do not fit.
        RequestError: There is a block that no model of this package can be shown.
    """
    context = context or VisualContext(spec)
    converted = enumerate(convert_to_messages(list(messages)))
    return context.count_tokens([shown_turn(message, index, context.spec) for index, message in converted])
