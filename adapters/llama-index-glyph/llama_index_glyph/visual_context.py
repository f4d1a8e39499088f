"""``VisualContextLLM``: any LLM that sees images, shown what was retrieved, and documents, as pages."""

from __future__ import annotations

import asyncio
from typing import TYPE_CHECKING, Any

from llama_index.core.base.llms.generic_utils import (
    achat_to_completion_decorator,
    astream_chat_to_completion_decorator,
    chat_to_completion_decorator,
    stream_chat_to_completion_decorator,
)
from llama_index.core.bridge.pydantic import PrivateAttr, SerializeAsAny
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import LLM  # noqa: TC002 - pydantic reads the annotation

from glyph_integrations import VisualContext
from llama_index_glyph.blocks import marked, messages_of, turn_of

if TYPE_CHECKING:
    from collections.abc import Sequence

    from llama_index.core.base.llms.types import (
        ChatMessage,
        ChatResponse,
        ChatResponseAsyncGen,
        ChatResponseGen,
        CompletionResponse,
        CompletionResponseAsyncGen,
        CompletionResponseGen,
        LLMMetadata,
    )
    from llama_index.core.llms.llm import ToolSelection
    from llama_index.core.prompts import BasePromptTemplate
    from llama_index.core.tools import BaseTool


class VisualContextLLM(FunctionCallingLLM):
    """Wraps an LLM: what engines retrieve, and documents, become pages in user messages; the rest passes as it is.

    ::

        Settings.llm = VisualContextLLM(llm=OpenAILike(...))

    Index, engines and agents stay as they are. Context becomes pages only where that takes fewer tokens for the model.
    The context window is reported as the tokens of text that its pages hold, so that engines fill it.

    Attributes:
        llm: The LLM.
        spec: What its images cost: a name or a ``ModelSpec``; by default that of the model's name.
        style: How pages are rendered; by default the style that suits the model.
        render_above: Render long text without marks too; see ``VisualContext``.

    Raises:
        UnknownModelError: The model's name tells no spec, and none is given.
    """

    llm: SerializeAsAny[LLM]
    spec: Any = None
    style: Any = None
    render_above: int | None = None

    _context: VisualContext = PrivateAttr()

    def __init__(self, llm: LLM, **options: Any) -> None:
        options.setdefault("callback_manager", llm.callback_manager)
        super().__init__(llm=llm, **options)
        spec = self.spec if self.spec is not None else llm.metadata.model_name
        self._context = VisualContext(spec, style=self.style, render_above=self.render_above)

    @classmethod
    def class_name(cls) -> str:
        """Its name in serialised settings."""
        return "VisualContextLLM"

    @property
    def metadata(self) -> LLMMetadata:
        """That of the wrapped LLM, with the window in tokens of text."""
        return self.llm.metadata.model_copy(update={"context_window": self._context.text_window, "is_chat_model": True})

    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """The wrapped LLM's reply."""
        return self.llm.chat(self._shown(messages), **kwargs)

    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """``chat`` without blocking the event loop."""
        return await self.llm.achat(await asyncio.to_thread(self._shown, messages), **kwargs)

    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """The wrapped LLM's reply, piece by piece."""
        return self.llm.stream_chat(self._shown(messages), **kwargs)

    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        """``stream_chat`` without blocking the event loop."""
        return await self.llm.astream_chat(await asyncio.to_thread(self._shown, messages), **kwargs)

    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:  # noqa: FBT001, FBT002
        """The reply to a prompt, as to a user's message."""
        del formatted
        return chat_to_completion_decorator(self.chat)(prompt, **kwargs)

    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:  # noqa: FBT001, FBT002
        """``complete`` without blocking the event loop."""
        del formatted
        return await achat_to_completion_decorator(self.achat)(prompt, **kwargs)

    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:  # noqa: FBT001, FBT002
        """The reply to a prompt, piece by piece."""
        del formatted
        return stream_chat_to_completion_decorator(self.stream_chat)(prompt, **kwargs)

    async def astream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseAsyncGen:  # noqa: FBT001, FBT002
        """``stream_complete`` without blocking the event loop."""
        del formatted
        return await astream_chat_to_completion_decorator(self.astream_chat)(prompt, **kwargs)

    def get_tool_calls_from_response(  # type: ignore[override]  # the wrapped LLM knows its own options
        self, response: ChatResponse, **kwargs: Any
    ) -> list[ToolSelection]:
        """The wrapped LLM's reading of its own reply."""
        calls: list[ToolSelection] = self.llm.get_tool_calls_from_response(response, **kwargs)  # type: ignore[attr-defined]
        return calls

    def _prepare_chat_with_tools(  # type: ignore[override]
        self, tools: Sequence[BaseTool], **kwargs: Any
    ) -> dict[str, Any]:
        prepared: dict[str, Any] = self.llm._prepare_chat_with_tools_compat(tools, **kwargs)  # type: ignore[attr-defined]  # noqa: SLF001
        return prepared

    def _validate_chat_with_tools_response(  # type: ignore[override]
        self, response: ChatResponse, tools: Sequence[BaseTool], **kwargs: Any
    ) -> ChatResponse:
        return self.llm._validate_chat_with_tools_response(response, tools, **kwargs)  # type: ignore[attr-defined,no-any-return]  # noqa: SLF001

    def _get_messages(self, prompt: BasePromptTemplate, **prompt_args: Any) -> list[ChatMessage]:
        return super()._get_messages(prompt, **marked(prompt_args))

    def structured_predict(
        self, output_cls: Any, prompt: Any, llm_kwargs: dict[str, Any] | None = None, **prompt_args: Any
    ) -> Any:
        """The wrapped LLM's way, with what was retrieved as pages."""
        return super().structured_predict(output_cls, prompt, llm_kwargs, **marked(prompt_args))

    async def astructured_predict(
        self, output_cls: Any, prompt: Any, llm_kwargs: dict[str, Any] | None = None, **prompt_args: Any
    ) -> Any:
        """``structured_predict`` without blocking the event loop."""
        return await super().astructured_predict(output_cls, prompt, llm_kwargs, **marked(prompt_args))

    def _shown(self, messages: Sequence[ChatMessage]) -> list[ChatMessage]:
        turns = [turn_of(message, index) for index, message in enumerate(messages)]
        return messages_of(self._context.show(turns), messages, turns, self._context.spec)


def glyph_server_llm(
    base_url: str, model: str, *, api_key: str = "none", spec: Any = None, **options: Any
) -> VisualContextLLM:
    """A VLM on vLLM, SGLang or another OpenAI-compatible server, wrapped.

    Left to itself ``OpenAILike`` takes a window of 3,900 tokens, completions instead of chats, and a minute's patience.

    Args:
        base_url: Such as ``"http://localhost:8000/v1"``.
        model: The name that it serves.
        api_key: Servers of one's own need none.
        spec: What the model's images cost, where its name does not tell.
        options: Those of ``OpenAILike``.

    Raises:
        ImportError: llama-index-llms-openai-like is not installed.
        UnknownModelError: The name tells no spec, and none is given.
    """
    try:
        from llama_index.llms.openai_like import OpenAILike
    except ModuleNotFoundError as error:
        raise ImportError("glyph_server_llm needs OpenAILike: pip install 'llama-index-glyph[server]'") from error
    context = VisualContext(spec if spec is not None else model)
    defaults: dict[str, Any] = {"context_window": context.spec.window, "is_chat_model": True, "timeout": 600.0}
    served = OpenAILike(model=model, api_base=base_url, api_key=api_key, **{**defaults, **options})
    return VisualContextLLM(served, spec=context.spec)
