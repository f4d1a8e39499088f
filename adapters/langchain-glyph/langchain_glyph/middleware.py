"""Middleware of agents: documents and long results of tools become pages on their way to the model."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain.agents.middleware import AgentMiddleware
from langchain_core.runnables import run_in_executor

from glyph_integrations import ModelSpec, RenderStyle, VisualContext
from langchain_glyph.blocks import messages_of, turn_of
from langchain_glyph.visual_context import spec_of

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Sequence

    from langchain.agents.middleware import ModelRequest, ModelResponse
    from langchain_core.messages import AnyMessage, BaseMessage


class VisualContextMiddleware(AgentMiddleware[Any, Any]):
    """Shows an agent's model documents and long results of tools as pages; the agent's state keeps their text.

    ::

        create_agent(model, tools, middleware=[VisualContextMiddleware(min_chars=2000)])

    Args:
        min_chars: Results of tools of at least so many characters are rendered, where that takes fewer tokens; None for
            marked documents only (see ``mark_document``).
        spec: The model that looks; by default that of the agent's model.
        style: How pages are rendered; by default the style that suits the model.
    """

    def __init__(
        self,
        *,
        min_chars: int | None = 2000,
        spec: str | ModelSpec | None = None,
        style: str | RenderStyle | None = None,
    ) -> None:
        super().__init__()
        self._min_chars = min_chars
        self._spec = spec
        self._style = style
        self._contexts: dict[Any, VisualContext] = {}

    def wrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], ModelResponse[Any]]
    ) -> ModelResponse[Any]:
        """Passes the request on with pages."""
        return handler(self._shown(request))

    async def awrap_model_call(
        self, request: ModelRequest[Any], handler: Callable[[ModelRequest[Any]], Awaitable[ModelResponse[Any]]]
    ) -> ModelResponse[Any]:
        """Passes the request on with pages, rendered in a thread."""
        return await handler(await run_in_executor(None, self._shown, request))

    def _shown(self, request: ModelRequest[Any]) -> ModelRequest[Any]:
        context = self._context(self._spec if self._spec is not None else spec_of(request.model))
        system = [request.system_message] if request.system_message else []
        shown = _with_pages([*system, *request.messages], context)
        return request.override(messages=shown[len(system) :], **({"system_message": shown[0]} if system else {}))

    def _context(self, spec: str | ModelSpec) -> VisualContext:
        if spec not in self._contexts:
            self._contexts[spec] = VisualContext(spec, style=self._style, render_above=self._min_chars)
        return self._contexts[spec]


class VisualContextEdit:
    """The same as an edit for ``ContextEditingMiddleware(edits=[…])``.

    Args:
        spec: The model that looks.
        trigger: Messages of at most so many tokens stay as they are.
        min_chars: See ``VisualContextMiddleware``.
        style: How pages are rendered; by default the style that suits the model.
    """

    def __init__(
        self,
        spec: str | ModelSpec,
        *,
        trigger: int = 0,
        min_chars: int | None = 2000,
        style: str | RenderStyle | None = None,
    ) -> None:
        self._trigger = trigger
        self._context = VisualContext(spec, style=style, render_above=min_chars)

    def apply(self, messages: list[AnyMessage], *, count_tokens: Callable[[Sequence[BaseMessage]], int]) -> None:
        """Changes the messages in place."""
        if count_tokens(messages) > self._trigger:
            messages[:] = _with_pages(messages, self._context)


def _with_pages(messages: Sequence[Any], context: VisualContext) -> list[Any]:
    turns = [turn_of(message, index) for index, message in enumerate(messages)]
    return messages_of(context.show(turns), messages, turns)
