"""``ChatGlyph``: a vision-language model in this process as a chat model that is shown documents as pages."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from langchain_core.language_models import BaseChatModel, LangSmithParams, ModelProfile
from langchain_core.messages import AIMessage, AIMessageChunk, BaseMessage, HumanMessage
from langchain_core.messages.ai import InputTokenDetails, UsageMetadata
from langchain_core.messages.tool import tool_call, tool_call_chunk
from langchain_core.outputs import ChatGeneration, ChatGenerationChunk, ChatResult
from langchain_core.utils.function_calling import convert_to_openai_tool
from pydantic import ConfigDict, PrivateAttr

from glyph_integrations import DocumentChat, GenerationSettings, RenderStyle, Reply, RequestError, VisionModel
from langchain_glyph.blocks import shown_turn
from langchain_glyph.counting import count_tokens
from langchain_glyph.structured import structured_output

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
    from langchain_core.language_models import LanguageModelInput
    from langchain_core.runnables import Runnable
    from langchain_core.tools import BaseTool

    from glyph_integrations import Turn

_OF_MODEL: Final = ("temperature", "max_tokens", "top_p", "top_k", "seed", "thinking")
_OF_OTHERS: Final = frozenset({"model", "ls_structured_output_format"})  # no settings of the generation


class ChatGlyph(BaseChatModel):
    """A vision-language model in this process: Glyph, another model that ``Reader`` takes, or nano, which is bundled.

    ::

        llm = ChatGlyph(model="zai-org/Glyph")
        document = {"type": "text-plain", "text": contract}
        llm.invoke([HumanMessage([document, "What is the notice period?"])])

    Documents are shown as pages where that takes fewer tokens: ``text-plain`` and ``file`` blocks (a PDF, a Word file …
    in base64), and what ``GLYPH_DOCUMENT_PROMPT`` and ``glyph_format_docs`` put into a prompt. Pages that begin the
    first message stay prefilled for the next call. A model that takes no instructions (nano) is asked the question
    alone, window by window, as ``Reader`` asks.

    Attributes:
        model: A hub id, a folder, ``"nano"``, or a ``VisionModel`` that is loaded already.
        style: How pages are rendered; by default the style that suits the model.
        temperature: See ``GenerationSettings``, as for the next five; None leaves it as the model was published.
        max_tokens: Most tokens to generate.
        top_p: Least probability mass that is sampled from.
        top_k: Most tokens that are sampled from.
        seed: Makes sampling repeatable.
        thinking: Turns thinking on or off for models that offer the choice.
        stop: Strings that end the text.
        render_above: Render long text without marks too; see ``VisualContext``.
        streaming: Generate piece by piece in ``invoke`` too, for those who listen to callbacks.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    model: Any = "nano"
    style: str | RenderStyle | None = None
    temperature: float | None = None
    max_tokens: int | None = None
    top_p: float | None = None
    top_k: int | None = None
    seed: int | None = None
    thinking: bool | None = None
    stop: list[str] | None = None
    render_above: int | None = None
    streaming: bool = False

    _chat: DocumentChat = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Loads the model."""
        super().model_post_init(context)
        self._chat = DocumentChat(self.model, style=self.style, render_above=self.render_above)

    @property
    def host(self) -> VisionModel:
        """The model; pass it on to others so that it is loaded once."""
        return self._chat.model

    @property
    def _llm_type(self) -> str:
        return "glyph"

    @property
    def _identifying_params(self) -> dict[str, Any]:
        return {
            "model": self.host.name,
            "style": self._chat.context.style.fingerprint,
            "render_above": self.render_above,
            "settings": repr(self._settings(None, {})),
        }

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        settings = self._settings(stop, {name: kwargs[name] for name in _OF_MODEL if name in kwargs})
        return LangSmithParams(
            ls_provider="glyph",
            ls_model_name=str(kwargs.get("model", self.host.name)),
            ls_model_type="chat",
            ls_temperature=settings.temperature,
            ls_max_tokens=settings.max_tokens,
            ls_stop=list(settings.stop) or None,
        )

    def _resolve_model_profile(self) -> ModelProfile:
        spec = self.host.spec
        return ModelProfile(
            max_input_tokens=spec.window,
            max_output_tokens=self._settings(None, {}).max_tokens,
            image_inputs=True,
            image_url_inputs=False,
            pdf_inputs=True,
            audio_inputs=False,
            video_inputs=False,
            image_tool_message=True,  # shown in a user message after it
            pdf_tool_message=True,
            reasoning_output=spec.thinks,
            tool_calling=self.host.takes_tools,
            tool_choice=self.host.takes_tools,
            structured_output=True,
        )

    def get_num_tokens(self, text: str) -> int:
        """Tokens of a text, counted without network."""
        return count_tokens([HumanMessage(text)], context=self._chat.context)

    def get_num_tokens_from_messages(self, messages: list[BaseMessage], tools: Sequence[Any] | None = None) -> int:
        """What messages take of the window, documents as the pages that they are shown as."""
        return count_tokens(messages, context=self._chat.context, tools=tools)

    def bind_tools(
        self,
        tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool],
        *,
        tool_choice: str | dict[str, Any] | bool | None = None,
        strict: bool | None = None,
        parallel_tool_calls: bool | None = None,
        **kwargs: Any,
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """Tells the model of tools, where its chat template knows of them; nano's does not.

        Args:
            tools: Tools, functions, pydantic classes, or descriptions as the OpenAI API has them.
            tool_choice: ``"auto"`` leaves it to the model, ``"any"`` (or ``"required"``, True) and a tool's name hold
                it to one call by constrained decoding, ``"none"`` binds nothing.
            strict: Makes no difference.
            parallel_tool_calls: Makes no difference: a model calls as many tools as it likes.
            kwargs: Other arguments of the calls.
        """
        del strict, parallel_tool_calls
        if tool_choice == "none" or not tools:
            return self.bind(**kwargs)
        described = [convert_to_openai_tool(tool) for tool in tools]
        return self.bind(tools=described, tool_choice=_choice(tool_choice), **kwargs)

    def with_structured_output(
        self, schema: dict[str, Any] | type, *, include_raw: bool = False, **kwargs: Any
    ) -> Runnable[LanguageModelInput, Any]:
        """Replies that follow a schema, by constrained decoding.

        Args:
            schema: A pydantic class, of which instances come back; or a TypedDict or a JSON schema, and dicts do.
            include_raw: Return ``{"raw": …, "parsed": …, "parsing_error": …}``.
            kwargs: ``method`` is ``"json_schema"``; ``"function_calling"`` and ``"json_mode"`` do the same here, and
                ``strict`` makes no difference.

        Raises:
            ValueError: There is no such method.
        """
        return structured_output(self, schema, include_raw=include_raw, **kwargs)

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del run_manager
        return self._result(self._chat.reply(self._turns(messages), settings=self._settings(stop, kwargs)))

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        del run_manager
        return self._result(await self._chat.areply(self._turns(messages), settings=self._settings(stop, kwargs)))

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        for item in self._chat.stream(self._turns(messages), settings=self._settings(stop, kwargs)):
            chunk = self._chunk(item)
            if run_manager and chunk.text:
                run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        async for item in self._chat.astream(self._turns(messages), settings=self._settings(stop, kwargs)):
            chunk = self._chunk(item)
            if run_manager and chunk.text:
                await run_manager.on_llm_new_token(chunk.text, chunk=chunk)
            yield chunk

    def _turns(self, messages: Sequence[BaseMessage]) -> list[Turn]:
        return [shown_turn(message, index, self.host.spec) for index, message in enumerate(messages)]

    def _settings(self, stop: list[str] | None, changes: dict[str, Any]) -> GenerationSettings:
        if changes.get("model", self.host.name) != self.host.name:
            raise RequestError(f"this process has loaded {self.host.name}: for another model make another ChatGlyph")
        own = {name: getattr(self, name) for name in (*_OF_MODEL, "stop")}
        given = {name: value for name, value in changes.items() if name not in _OF_OTHERS}
        return self._chat.settings.changed(**{**own, **given, **({} if stop is None else {"stop": stop})})

    def _result(self, reply: Reply) -> ChatResult:
        calls = [tool_call(name=call.name, args=dict(call.arguments), id=call.id) for call in reply.calls]
        message = AIMessage(content=reply.text, tool_calls=calls, **self._said(reply))
        return ChatResult(generations=[ChatGeneration(message=message)])

    def _chunk(self, item: str | Reply) -> ChatGenerationChunk:
        if isinstance(item, str):
            return ChatGenerationChunk(message=AIMessageChunk(content=item))
        calls = [
            tool_call_chunk(name=call.name, args=json.dumps(call.arguments), id=call.id, index=index)
            for index, call in enumerate(item.calls)
        ]
        return ChatGenerationChunk(
            message=AIMessageChunk(content="", chunk_position="last", tool_call_chunks=calls, **self._said(item))
        )

    def _said(self, reply: Reply) -> dict[str, Any]:
        """What a message holds beside its text."""
        usage = reply.usage
        metadata: dict[str, Any] = {
            "model_name": self.host.name,
            "model_provider": "glyph",
            "finish_reason": reply.finish,
            "pages": reply.pages,
            "visual_tokens": usage.visual_tokens,
            "text_tokens": usage.text_tokens,
            "compression_ratio": round(usage.compression_ratio, 3),
        }
        if reply.answer is not None:
            metadata |= {"abstained": reply.answer.abstained, "verified": reply.answer.verified}
        return {
            "usage_metadata": UsageMetadata(
                input_tokens=usage.prompt_tokens,
                output_tokens=usage.output_tokens,
                total_tokens=usage.prompt_tokens + usage.output_tokens,
                input_token_details=InputTokenDetails(cache_read=usage.cached_tokens),
            ),
            "response_metadata": metadata,
            "additional_kwargs": {"reasoning_content": reply.thinking} if reply.thinking else {},
        }


def _choice(tool_choice: str | dict[str, Any] | bool | None) -> str:  # noqa: FBT001 - LangChain's own
    """As ``GenerationSettings`` has it."""
    if isinstance(tool_choice, dict):
        return str(tool_choice.get("function", tool_choice).get("name", "any"))
    if tool_choice is True or tool_choice == "required":
        return "any"
    return tool_choice or "auto"
