"""``VisualContextChatModel``: any chat model that sees images, shown the documents of its prompts as pages."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.language_models import BaseChatModel
from langchain_core.messages import AIMessageChunk
from langchain_core.outputs import ChatGenerationChunk
from langchain_core.runnables import Runnable, run_in_executor
from pydantic import BaseModel, ConfigDict, PrivateAttr

from glyph_integrations import ModelSpec, RenderStyle, UnknownModelError, VisualContext
from langchain_glyph.blocks import messages_of, turn_of
from langchain_glyph.chat import ChatGlyph
from langchain_glyph.counting import count_tokens

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable, Iterator, Sequence

    from langchain_core.callbacks import AsyncCallbackManagerForLLMRun, CallbackManagerForLLMRun
    from langchain_core.language_models import LangSmithParams, LanguageModelInput, ModelProfile
    from langchain_core.messages import AIMessage, BaseMessage
    from langchain_core.outputs import ChatResult
    from langchain_core.tools import BaseTool


class VisualContextChatModel(BaseChatModel):
    """Wraps a chat model: documents in its messages become pages in user messages, everything else passes as it is.

    ::

        llm = VisualContextChatModel(model=ChatOpenAI(base_url="http://localhost:8000/v1", model="zai-org/Glyph"))

    Documents are ``text-plain`` and ``file`` blocks, and what ``GLYPH_DOCUMENT_PROMPT``, ``glyph_format_docs`` and
    ``mark_document`` put into a prompt; they become pages only where that takes fewer tokens for the model. The change
    is made below callbacks, caches and checkpoints, so these see text. Tools, structured output and streams are those
    of the wrapped model.

    Attributes:
        model: The chat model.
        spec: What its images cost: a name or a ``ModelSpec``; by default that of the model's name.
        style: How pages are rendered; by default the style that suits the model.
        render_above: Render long text without marks too; see ``VisualContext``.
        stop: Strings that end the text, where a call names none.

    Raises:
        UnknownModelError: The model's name tells no spec, and none is given.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True, extra="forbid")

    model: BaseChatModel
    spec: Any = None
    style: str | RenderStyle | None = None
    render_above: int | None = None
    stop: list[str] | None = None

    _context: VisualContext = PrivateAttr()

    def model_post_init(self, context: Any, /) -> None:
        """Finds the spec."""
        super().model_post_init(context)
        spec = self.spec if self.spec is not None else spec_of(self.model)
        self._context = VisualContext(spec, style=self.style, render_above=self.render_above)

    @property
    def _llm_type(self) -> str:
        return f"visual-context-{self.model._llm_type}"  # noqa: SLF001 - LangChain's own protocol

    @property
    def _identifying_params(self) -> dict[str, Any]:
        style = {"style": self._context.style.fingerprint, "render_above": self.render_above, "stop": self.stop}
        return {**self.model._identifying_params, "visual_context": style}  # noqa: SLF001

    def _get_ls_params(self, stop: list[str] | None = None, **kwargs: Any) -> LangSmithParams:
        return self.model._get_ls_params(stop=stop, **kwargs)  # noqa: SLF001

    def _resolve_model_profile(self) -> ModelProfile | None:
        return self.model.profile

    def get_num_tokens_from_messages(self, messages: list[BaseMessage], tools: Sequence[Any] | None = None) -> int:
        """What messages take of the window, documents as the pages that they are shown as."""
        return count_tokens(messages, context=self._context, tools=tools)

    def bind_tools(
        self, tools: Sequence[dict[str, Any] | type | Callable[..., Any] | BaseTool], **kwargs: Any
    ) -> Runnable[LanguageModelInput, AIMessage]:
        """The wrapped model's tools, on this model."""
        bound: Runnable[LanguageModelInput, AIMessage] = _repointed(
            self.model.bind_tools(tools, **kwargs), self.model, self
        )
        return bound

    def with_structured_output(
        self, schema: dict[str, Any] | type, **kwargs: Any
    ) -> Runnable[LanguageModelInput, dict[str, Any] | BaseModel]:
        """The wrapped model's structured output, on this model."""
        chain: Runnable[LanguageModelInput, dict[str, Any] | BaseModel] = _repointed(
            self.model.with_structured_output(schema, **kwargs), self.model, self
        )
        return chain

    def _generate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        shown, metadata = self._shown(messages)
        return _noted(self.model._generate(shown, self._ends(stop), run_manager, **kwargs), metadata)  # noqa: SLF001

    async def _agenerate(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> ChatResult:
        shown, metadata = await run_in_executor(None, self._shown, messages)
        return _noted(await self.model._agenerate(shown, self._ends(stop), run_manager, **kwargs), metadata)  # noqa: SLF001

    def _stream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: CallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> Iterator[ChatGenerationChunk]:
        shown, metadata = self._shown(messages)
        if type(self.model)._stream is BaseChatModel._stream:  # noqa: SLF001 - it does not stream
            yield from _as_chunks(self.model._generate(shown, self._ends(stop), run_manager, **kwargs), metadata)  # noqa: SLF001
            return
        yield _metadata_chunk(metadata)
        yield from self.model._stream(shown, self._ends(stop), run_manager, **kwargs)  # noqa: SLF001

    async def _astream(
        self,
        messages: list[BaseMessage],
        stop: list[str] | None = None,
        run_manager: AsyncCallbackManagerForLLMRun | None = None,
        **kwargs: Any,
    ) -> AsyncIterator[ChatGenerationChunk]:
        shown, metadata = await run_in_executor(None, self._shown, messages)
        inner = type(self.model)
        if inner._astream is BaseChatModel._astream and inner._stream is BaseChatModel._stream:  # noqa: SLF001
            result = await self.model._agenerate(shown, self._ends(stop), run_manager, **kwargs)  # noqa: SLF001
            for chunk in _as_chunks(result, metadata):
                yield chunk
            return
        yield _metadata_chunk(metadata)
        async for chunk in self.model._astream(shown, self._ends(stop), run_manager, **kwargs):  # noqa: SLF001
            yield chunk

    def _ends(self, stop: list[str] | None) -> list[str] | None:
        return self.stop if stop is None else stop

    def _shown(self, messages: list[BaseMessage]) -> tuple[list[BaseMessage], dict[str, Any]]:
        """The messages with pages, and what these cost."""
        turns = [turn_of(message, index) for index, message in enumerate(messages)]
        shown = self._context.show(turns)
        if not shown.documents:
            return messages_of(shown, messages, turns), {}
        usage = shown.usage
        return messages_of(shown, messages, turns), {
            "visual_context": {
                "pages": shown.pages,
                "visual_tokens": usage.visual_tokens,
                "text_tokens": usage.text_tokens,
                "compression_ratio": round(usage.compression_ratio, 3),
            }
        }


def spec_of(model: BaseChatModel) -> str | ModelSpec:
    """A chat model's spec, or the name by which it is found.

    Raises:
        UnknownModelError: It does not say what it is called.
    """
    if isinstance(model, ChatGlyph):
        return model.host.spec
    if isinstance(model, VisualContextChatModel):
        return spec_of(model.model) if model.spec is None else model.spec
    for name in ("model_name", "model", "model_id", "deployment_name"):
        value = getattr(model, name, None)
        if isinstance(value, str) and value:
            return value
    raise UnknownModelError(f"{type(model).__name__} does not say which model it is: pass spec=, a name or a ModelSpec")


def _noted(result: ChatResult, metadata: dict[str, Any]) -> ChatResult:
    for generation in result.generations:
        generation.message.response_metadata |= metadata
    return result


def _as_chunks(result: ChatResult, metadata: dict[str, Any]) -> Iterator[ChatGenerationChunk]:
    """A whole reply of a model that does not stream."""
    for generation in _noted(result, metadata).generations:
        said = generation.message.model_dump(exclude={"type"})
        yield ChatGenerationChunk(message=AIMessageChunk(**said, chunk_position="last"))


def _metadata_chunk(metadata: dict[str, Any]) -> ChatGenerationChunk:
    return ChatGenerationChunk(message=AIMessageChunk(content="", response_metadata=metadata))


def _repointed(value: Any, inner: BaseChatModel, outer: BaseChatModel) -> Any:
    """A chain in which the wrapper stands wherever the wrapped model stood."""
    if value is inner:
        return outer
    if isinstance(value, list | tuple):
        return type(value)(_repointed(item, inner, outer) for item in value)
    if isinstance(value, dict):
        return {key: _repointed(item, inner, outer) for key, item in value.items()}
    if not (isinstance(value, Runnable) and isinstance(value, BaseModel)):
        return value
    changed = {}
    for name in type(value).model_fields:
        old = getattr(value, name)
        new = _repointed(old, inner, outer)
        if new is not old and new != old:
            changed[name] = new
    return value.model_copy(update=changed) if changed else value
