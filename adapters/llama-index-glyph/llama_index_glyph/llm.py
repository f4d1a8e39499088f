"""``GlyphLLM``: a vision-language model in this process that is shown documents as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

from llama_index.core.base.llms.generic_utils import (
    achat_to_completion_decorator,
    astream_chat_to_completion_decorator,
    chat_to_completion_decorator,
    stream_chat_to_completion_decorator,
)
from llama_index.core.base.llms.types import ChatMessage, ChatResponse, LLMMetadata, MessageRole, ToolCallBlock
from llama_index.core.bridge.pydantic import Field, PrivateAttr
from llama_index.core.llms.callbacks import llm_chat_callback, llm_completion_callback
from llama_index.core.llms.function_calling import FunctionCallingLLM
from llama_index.core.llms.llm import ToolSelection

from glyph_integrations import DocumentChat, GenerationSettings, Reply, VisionModel
from llama_index_glyph.blocks import blocks_of, marked, shown_turn

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Generator, Sequence

    from llama_index.core.base.llms.types import (
        ChatResponseAsyncGen,
        ChatResponseGen,
        CompletionResponse,
        CompletionResponseAsyncGen,
        CompletionResponseGen,
    )
    from llama_index.core.prompts import BasePromptTemplate
    from llama_index.core.tools import BaseTool

    from glyph_integrations import Turn

_OF_MODEL: Final = ("temperature", "max_tokens", "top_p", "top_k", "seed", "thinking")
_UNBOUNDED: Final = 1 << 24  # tokens of text: documents are read window by window


class GlyphLLM(FunctionCallingLLM):
    """A vision-language model in this process: Glyph, another model that ``Reader`` takes, or nano, which is bundled.

    ::

        Settings.llm = GlyphLLM(model="zai-org/Glyph")

    What query and chat engines retrieve is shown as pages where that takes fewer tokens, and so are document blocks and
    documents that are marked (see ``mark_document``). Images are kept. A model that takes no instructions (nano) is
    asked the question alone, window by window, as ``Reader`` asks.

    Attributes:
        model: A hub id, a folder, ``"nano"``, or a ``VisionModel`` that is loaded already.
        style: How pages are rendered; by default the style that suits the model.
        temperature: See ``GenerationSettings``, as for the next five; None leaves it as the model was published.
        max_tokens: Most tokens to generate.
        top_p: Least probability mass that is sampled from.
        top_k: Most tokens that are sampled from.
        seed: Makes sampling repeatable.
        thinking: Turns thinking on or off for models that offer the choice.
        render_above: Render long text without marks too; see ``VisualContext``.
    """

    model: Any = Field(default="nano", exclude=True)
    style: Any = None
    temperature: float | None = None
    max_tokens: int | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    thinking: bool | None = None
    render_above: int | None = None

    _chat: DocumentChat = PrivateAttr()

    def __init__(self, model: Any = "nano", **options: Any) -> None:
        super().__init__(**{"model": model, **options})
        self._chat = DocumentChat(self.model, style=self.style, render_above=self.render_above)

    @classmethod
    def class_name(cls) -> str:
        """Its name in serialised settings."""
        return "GlyphLLM"

    @property
    def host(self) -> VisionModel:
        """The model; pass it on to others so that it is loaded once."""
        return self._chat.model

    @property
    def metadata(self) -> LLMMetadata:
        """With a context window in tokens of text, as much as its pages hold."""
        spec, settings = self.host.spec, self._settings({})
        return LLMMetadata(
            context_window=self._chat.context.text_window if spec.instructed else _UNBOUNDED,
            num_output=settings.max_tokens,
            is_chat_model=True,
            is_function_calling_model=self.host.takes_tools,
            model_name=self.host.name,
        )

    @llm_chat_callback()
    def chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """Replies to a conversation."""
        return self._response(self._chat.reply(self._turns(messages), settings=self._settings(kwargs)))

    @llm_chat_callback()
    async def achat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponse:
        """``chat`` without blocking the event loop."""
        return self._response(await self._chat.areply(self._turns(messages), settings=self._settings(kwargs)))

    @llm_chat_callback()
    def stream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseGen:
        """Replies piece by piece."""
        items = self._chat.stream(self._turns(messages), settings=self._settings(kwargs))

        def responses() -> Generator[ChatResponse, None, None]:
            said = ""
            for item in items:
                said += item if isinstance(item, str) else ""
                yield _piece(said, item) if isinstance(item, str) else self._response(item)

        return responses()

    @llm_chat_callback()
    async def astream_chat(self, messages: Sequence[ChatMessage], **kwargs: Any) -> ChatResponseAsyncGen:
        """``stream_chat`` without blocking the event loop."""
        items = self._chat.astream(self._turns(messages), settings=self._settings(kwargs))

        async def responses() -> AsyncIterator[ChatResponse]:
            said = ""
            async for item in items:
                said += item if isinstance(item, str) else ""
                yield _piece(said, item) if isinstance(item, str) else self._response(item)

        return responses()  # type: ignore[return-value]

    @llm_completion_callback()
    def complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:  # noqa: FBT001, FBT002
        """Replies to a prompt, as to a user's message."""
        del formatted
        return chat_to_completion_decorator(self.chat)(prompt, **kwargs)

    @llm_completion_callback()
    async def acomplete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponse:  # noqa: FBT001, FBT002
        """``complete`` without blocking the event loop."""
        del formatted
        return await achat_to_completion_decorator(self.achat)(prompt, **kwargs)

    @llm_completion_callback()
    def stream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseGen:  # noqa: FBT001, FBT002
        """Replies to a prompt piece by piece."""
        del formatted
        return stream_chat_to_completion_decorator(self.stream_chat)(prompt, **kwargs)

    @llm_completion_callback()
    async def astream_complete(self, prompt: str, formatted: bool = False, **kwargs: Any) -> CompletionResponseAsyncGen:  # noqa: FBT001, FBT002
        """``stream_complete`` without blocking the event loop."""
        del formatted
        return await astream_chat_to_completion_decorator(self.astream_chat)(prompt, **kwargs)

    def structured_predict(
        self, output_cls: Any, prompt: Any, llm_kwargs: dict[str, Any] | None = None, **prompt_args: Any
    ) -> Any:
        """An instance of a pydantic class: replies are held to its schema while they are decoded."""
        options = {**(llm_kwargs or {}), "schema": output_cls.model_json_schema()}
        response = self.chat(self._get_messages(prompt, **prompt_args), **options)
        return output_cls.model_validate_json(response.message.content or "")

    async def astructured_predict(
        self, output_cls: Any, prompt: Any, llm_kwargs: dict[str, Any] | None = None, **prompt_args: Any
    ) -> Any:
        """``structured_predict`` without blocking the event loop."""
        options = {**(llm_kwargs or {}), "schema": output_cls.model_json_schema()}
        response = await self.achat(self._get_messages(prompt, **prompt_args), **options)
        return output_cls.model_validate_json(response.message.content or "")

    def stream_structured_predict(
        self, output_cls: Any, prompt: Any, llm_kwargs: dict[str, Any] | None = None, **prompt_args: Any
    ) -> Any:
        """The whole instance, once it is there."""
        yield self.structured_predict(output_cls, prompt, llm_kwargs, **prompt_args)

    async def astream_structured_predict(
        self, output_cls: Any, prompt: Any, llm_kwargs: dict[str, Any] | None = None, **prompt_args: Any
    ) -> Any:
        """The whole instance, once it is there."""

        async def whole() -> AsyncIterator[Any]:
            yield await self.astructured_predict(output_cls, prompt, llm_kwargs, **prompt_args)

        return whole()

    def _prepare_chat_with_tools(  # noqa: PLR0917 - the framework's signature
        self,
        tools: Sequence[BaseTool],
        user_msg: str | ChatMessage | None = None,
        chat_history: list[ChatMessage] | None = None,
        verbose: bool = False,  # noqa: FBT001, FBT002
        allow_parallel_tool_calls: bool = False,  # noqa: FBT001, FBT002
        tool_required: bool = False,  # noqa: FBT001, FBT002
        **kwargs: Any,
    ) -> dict[str, Any]:
        del verbose, allow_parallel_tool_calls  # a model calls as many as it likes
        messages = list(chat_history or [])
        if user_msg is not None:
            messages.append(ChatMessage(content=user_msg) if isinstance(user_msg, str) else user_msg)
        described = tuple(tool.metadata.to_openai_tool(skip_length_check=True) for tool in tools)
        choice = {"tool_choice": "any"} if tool_required and described else {}
        return {"messages": messages, "tools": described, **choice, **kwargs}

    def _validate_chat_with_tools_response(
        self,
        response: ChatResponse,
        tools: Sequence[BaseTool],
        allow_parallel_tool_calls: bool = False,  # noqa: FBT001, FBT002 - the framework's signature
        **kwargs: Any,
    ) -> ChatResponse:
        del tools, kwargs
        calls = [block for block in response.message.blocks if isinstance(block, ToolCallBlock)]
        if not allow_parallel_tool_calls:  # the first alone, as LlamaIndex's own models do
            response.message.blocks = [block for block in response.message.blocks if block not in calls[1:]]
        return response

    def get_tool_calls_from_response(
        self,
        response: ChatResponse,
        error_on_no_tool_call: bool = True,  # noqa: FBT001, FBT002 - the framework's signature
        **kwargs: Any,
    ) -> list[ToolSelection]:
        """The calls of a reply.

        Raises:
            ValueError: There is none, and ``error_on_no_tool_call``.
        """
        del kwargs
        calls = [block for block in response.message.blocks if isinstance(block, ToolCallBlock)]
        if not calls and error_on_no_tool_call:
            raise ValueError(f"{self.host.name} called no tool")
        return [
            ToolSelection(
                tool_id=call.tool_call_id or "",
                tool_name=call.tool_name,
                tool_kwargs=call.tool_kwargs if isinstance(call.tool_kwargs, dict) else {},
            )
            for call in calls
        ]

    def _get_messages(self, prompt: BasePromptTemplate, **prompt_args: Any) -> list[ChatMessage]:
        return super()._get_messages(prompt, **marked(prompt_args))

    def _turns(self, messages: Sequence[ChatMessage]) -> list[Turn]:
        return [shown_turn(message, index, self.host.spec) for index, message in enumerate(messages)]

    def _settings(self, changes: dict[str, Any]) -> GenerationSettings:
        own = {name: getattr(self, name) for name in _OF_MODEL}
        return self._chat.settings.changed(**{**own, **changes})

    def _response(self, reply: Reply) -> ChatResponse:
        usage = reply.usage
        counted = {
            "prompt_tokens": usage.prompt_tokens,
            "completion_tokens": usage.output_tokens,
            "total_tokens": usage.prompt_tokens + usage.output_tokens,
            "cached_tokens": usage.cached_tokens,
            "visual_tokens": usage.visual_tokens,
            "text_tokens": usage.text_tokens,
            "compression_ratio": round(usage.compression_ratio, 3),
            "pages": reply.pages,
        }
        more = {"thinking": reply.thinking} if reply.thinking else {}
        return ChatResponse(
            message=ChatMessage(role=MessageRole.ASSISTANT, blocks=blocks_of(reply), additional_kwargs=more),
            raw={"usage": counted, "finish_reason": reply.finish, "answer": reply.answer and reply.answer.to_dict()},
            additional_kwargs={name: counted[name] for name in ("prompt_tokens", "completion_tokens", "total_tokens")},
            delta="",
        )


def _piece(said: str, piece: str) -> ChatResponse:
    return ChatResponse(message=ChatMessage(role=MessageRole.ASSISTANT, content=said), delta=piece)
