"""``DocumentChat``: a model within the conversations of other frameworks, shown their documents as pages."""

from __future__ import annotations

import asyncio
import json
import threading
from contextlib import aclosing, closing
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from glyph_integrations.errors import RequestError
from glyph_integrations.models import Generation, Message, images_of, settings_for
from glyph_integrations.reading.answer import Answer, Usage
from glyph_integrations.reading.prompts import conversation, question_text
from glyph_integrations.reading.reader import Reader
from glyph_integrations.reading.visual_context import VisualContext

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Iterator, Sequence

    from glyph_integrations.models import (
        Conversation,
        Finish,
        GenerationSettings,
        PageImage,
        Prefix,
        ToolCall,
        VisionModel,
    )
    from glyph_integrations.reading.session import ReadingSession
    from glyph_integrations.reading.visual_context import Shown, Turn
    from glyph_integrations.rendering import RenderStyle


@dataclass(frozen=True, slots=True, kw_only=True)
class Reply:
    """What a model said in a conversation.

    Attributes:
        text: What it said.
        thinking: What it thought before.
        finish: Why it ended.
        data: The text as JSON, if the settings had a schema.
        calls: The tools that it called.
        usage: What it cost, and what the documents would have cost as text.
        pages: How many pages documents became.
        logprob: Mean log probability of its tokens, where the host tells.
        answer: With citations and checks, where the model takes no instructions and was asked as a ``Reader`` asks.
    """

    text: str
    thinking: str = field(default="", repr=False)
    finish: Finish = "stop"
    data: Any = None
    calls: tuple[ToolCall, ...] = ()
    usage: Usage = field(default_factory=Usage, repr=False)
    pages: int = 0
    logprob: float | None = None
    answer: Answer | None = field(default=None, repr=False)


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Request:
    """What a model is asked: a conversation, or a question about documents."""

    shown: Shown
    settings: GenerationSettings
    conversation: Conversation = ()
    question: str = ""


class DocumentChat:
    """Replies to conversations that bring their own prompts, with their documents as pages; see ``VisualContext``.

    Pages that begin a conversation stay prefilled for the next one that begins with them, except where the model is
    given tools, of which it is told before. A model that takes no
    instructions is asked the question of the last user turn alone (see ``Shown.question``), in windows, as a ``Reader``
    asks. May be used from several threads and tasks.

    Args:
        model: See ``Reader``.
        style: How pages are rendered; by default the style that suits the model.
        settings: How the model generates; by default as it was published.
        render_above: See ``VisualContext``.
        tokenizer: Whose text tokens compression is measured against.

    Raises:
        ModelLoadError: The model cannot be loaded.
        StyleError: There is no such style.
    """

    def __init__(
        self,
        model: VisionModel | str | os.PathLike[str],
        *,
        style: str | RenderStyle | None = None,
        settings: GenerationSettings | None = None,
        render_above: int | None = None,
        tokenizer: str = "cl100k_base",
    ) -> None:
        reader = Reader(model, style=style, settings=settings, tokenizer=tokenizer)
        self.model: VisionModel = reader.model
        self.context = VisualContext(
            self.model.spec,
            style=reader.style,
            render_above=render_above,
            always=not self.model.spec.instructed,  # such a model reads nothing but pages
            tokenizer=tokenizer,
        )
        self.settings = settings or settings_for(self.model.spec)
        self._tokenizer = tokenizer
        self._prefix: tuple[tuple[str, ...], Prefix | None] = ((), None)
        self._session: tuple[tuple[Any, ...], ReadingSession] | None = None
        self._lock = threading.Lock()

    def reply(self, turns: Sequence[Turn], *, settings: GenerationSettings | None = None) -> Reply:
        """Replies to a conversation.

        Args:
            turns: The conversation.
            settings: Instead of the chat's.

        Raises:
            WindowOverflowError: The documents do not fit the model's window.
            ModelError: The model could not reply.
            RequestError: The model takes no tools, or nothing is asked of a model that takes no instructions.
        """
        return self._replied(self._request(turns, settings))

    def _replied(self, request: _Request) -> Reply:
        if request.question:
            return _of_answer(self._opened(request).ask(request.question, schema=request.settings.schema), request)
        prefix = self._prefilled(request)
        (generation,) = self.model.generate([request.conversation], request.settings, prefix=prefix)
        return _of_generation(generation, request)

    def stream(self, turns: Sequence[Turn], *, settings: GenerationSettings | None = None) -> Iterator[str | Reply]:
        """Replies piece by piece; see ``reply``.

        Yields:
            Pieces of the text, and last the whole ``Reply``. Closing the iterator cancels the generation.
        """
        request = self._request(turns, settings)
        if request.question and request.settings.schema is not None:  # its pieces are not those of the data
            reply = self._replied(request)
            yield reply.text
            yield reply
            return
        if request.question:
            with closing(self._opened(request).stream(request.question)) as pieces:
                said = False
                for piece in pieces:
                    said = True
                    yield piece
                reply = _of_answer(pieces.answer, request)
            if not said:
                yield reply.text
            yield reply
            return
        prefix = self._prefilled(request)
        with closing(self.model.stream(request.conversation, request.settings, prefix=prefix)) as items:  # type: ignore[type-var]
            for item in items:
                yield item if isinstance(item, str) else _of_generation(item, request)

    async def areply(self, turns: Sequence[Turn], *, settings: GenerationSettings | None = None) -> Reply:
        """``reply`` without blocking the event loop; cancelling the task cancels the generation."""
        return await self._areplied(await asyncio.to_thread(self._request, turns, settings))

    async def _areplied(self, request: _Request) -> Reply:
        if request.question:
            session = await asyncio.to_thread(self._opened, request)
            return _of_answer(await session.aask(request.question, schema=request.settings.schema), request)
        prefix = await asyncio.to_thread(self._prefilled, request)
        (generation,) = await self.model.agenerate([request.conversation], request.settings, prefix=prefix)
        return _of_generation(generation, request)

    async def astream(
        self, turns: Sequence[Turn], *, settings: GenerationSettings | None = None
    ) -> AsyncIterator[str | Reply]:
        """``stream`` without blocking the event loop."""
        request = await asyncio.to_thread(self._request, turns, settings)
        if request.question and request.settings.schema is not None:
            reply = await self._areplied(request)
            yield reply.text
            yield reply
            return
        if request.question:
            session = await asyncio.to_thread(self._opened, request)
            async with aclosing(session.astream(request.question)) as pieces:
                said = False
                async for piece in pieces:
                    said = True
                    yield piece
                reply = _of_answer(await pieces.answer(), request)
            if not said:
                yield reply.text
            yield reply
            return
        prefix = await asyncio.to_thread(self._prefilled, request)
        async with aclosing(self.model.astream(request.conversation, request.settings, prefix=prefix)) as items:  # type: ignore[type-var]
            async for item in items:
                yield item if isinstance(item, str) else _of_generation(item, request)

    def _request(self, turns: Sequence[Turn], settings: GenerationSettings | None) -> _Request:
        shown, settings = self.context.show(turns), settings or self.settings
        if settings.tools and not self.model.takes_tools:
            raise RequestError(
                f"{self.model.name} cannot be given tools: take a model whose chat template knows of them (GLM-4.6V, "
                "Qwen3-VL), or one behind a server"
            )
        messages = tuple(_message(turn, tools=bool(settings.tools)) for turn in shown.turns)
        if self.model.spec.instructed:
            return _Request(shown=shown, settings=settings, conversation=messages)
        if not shown.question:
            raise RequestError(f"{self.model.name} answers questions, and no user turn asks one")
        if shown.documents:
            return _Request(shown=shown, settings=settings, question=shown.question)
        asked = question_text(shown.question, as_json=settings.schema is not None, instructed=False)
        return _Request(shown=shown, settings=settings, conversation=conversation(images_of(messages), asked))

    def _opened(self, request: _Request) -> ReadingSession:
        """A session about the request's documents; the latest stays open for the next request about them."""
        texts = [document.text for document in request.shown.documents]
        key = (*(text.text for text in texts), request.settings)
        with self._lock:
            if self._session is None or self._session[0] != key:
                reader = Reader(
                    self.model, style=self.context.style, settings=request.settings, tokenizer=self._tokenizer
                )
                self._session = key, reader.open(list(texts))
            return self._session[1]

    def _prefilled(self, request: _Request) -> Prefix | None:
        """The pages that begin a conversation, prefilled; the latest are kept."""
        pages = _leading_images(request.conversation)
        if not pages or request.settings.tools:
            return None
        key = tuple(page.fingerprint for page in pages)
        with self._lock:
            if self._prefix[0] != key:
                self._prefix = ((), None)  # its memory is free before the next is read
                self._prefix = key, self.model.prefill(pages)
            return self._prefix[1]


def _message(turn: Turn, *, tools: bool) -> Message:
    """A turn as a message; where the model is told of no tools, their results are what the user says."""
    if tools:
        return Message(turn.role, turn.parts, turn.calls)  # type: ignore[arg-type]  # documents have become pages
    return Message("user" if turn.role == "tool" else turn.role, turn.parts)  # type: ignore[arg-type]  # as above


def _leading_images(messages: Conversation) -> list[PageImage]:
    """The images at the very beginning, which is what hosts keep prefilled."""
    leading: list[PageImage] = []
    for part in messages[0].content if messages else ():
        if isinstance(part, str):
            break
        leading.append(part)
    return leading


def _of_generation(generation: Generation, request: _Request) -> Reply:
    used = generation.usage
    spent = Usage(
        prompt_tokens=used.prompt, output_tokens=used.output, cached_tokens=used.cached, seconds=generation.seconds
    )
    return Reply(
        text=generation.text,
        thinking=generation.thinking,
        finish=generation.finish,
        data=generation.data,
        calls=generation.tool_calls,
        usage=request.shown.usage + spent,
        pages=request.shown.pages,
        logprob=generation.logprob,
    )


def _of_answer(answer: Answer, request: _Request) -> Reply:
    as_json = request.settings.schema is not None and not answer.abstained
    return Reply(
        text=json.dumps(answer.data, ensure_ascii=False) if as_json else str(answer),
        thinking=answer.thinking,
        finish=answer.finish,
        data=answer.data,
        usage=answer.usage,
        pages=request.shown.pages,
        logprob=answer.logprob,
        answer=answer,
    )
