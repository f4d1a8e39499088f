"""``ReadingSession``: a source that a model has read, and the ways to ask about it."""

from __future__ import annotations

import asyncio
import threading
import time
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, Literal, Self

from glyph_integrations.errors import RequestError, ResponseError
from glyph_integrations.models import Generation, Prefix, Prefixes
from glyph_integrations.reading.asking import Ask, Question, Steps, ask_steps
from glyph_integrations.reading.opening import Progress
from glyph_integrations.reading.replies import AnswerFilter

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from glyph_integrations.models import VisionModel
    from glyph_integrations.reading.answer import Answer
    from glyph_integrations.reading.asking import Options
    from glyph_integrations.reading.opening import OpenSource, ProgressCallback
    from glyph_integrations.rendering import Rendering
    from glyph_integrations.source import SourceText


class ReadingSession:
    """A source, rendered and prefilled once, for many questions; made by ``Reader.open``.

    Where the source fits one window its pages stay prefilled until the session is closed, so that a further question
    costs its own tokens only. Longer sources are prefilled window by window for all questions asked at the same time,
    and only the latest is kept; windows of few pages are read together. A session may be used from several threads
    and tasks.

    Args:
        model: Who reads.
        opened: What is read.
        options: How.
        progress: Told how far a reading has come.
    """

    def __init__(
        self, model: VisionModel, opened: OpenSource, options: Options, *, progress: ProgressCallback | None = None
    ) -> None:
        self._model = model
        self._opened = opened
        self._options = options
        self._progress = progress or (lambda _: None)
        self._prefilled: tuple[range, Prefix | None] | None = None  # the latest windows
        self._closed = False
        self._prefilling = threading.Lock()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    async def __aenter__(self) -> Self:
        return self

    async def __aexit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        pages = len(self._opened.rendering)
        return f"ReadingSession({self._opened.text!r}, {pages:,} pages, {self._options.model!r})"

    @property
    def text(self) -> SourceText:
        """What is read."""
        return self._opened.text

    @property
    def rendering(self) -> Rendering:
        """Its pages."""
        return self._opened.rendering

    def close(self) -> None:
        """Frees the prefilled pages; the session answers no more."""
        self._closed = True
        self._prefilled = None

    def prefill(self) -> None:
        """Lets the model read the pages now instead of with the first question.

        Raises:
            ModelMemoryError: They do not fit its memory.
            RequestError: The session is closed.
        """
        self._prefix_of(self._opened.batches[0])

    def ask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> Answer:
        """Answers a question.

        Args:
            question: In the user's words; it travels as text.
            history: Earlier questions and answers of a conversation, oldest first. A model that takes no instructions
                answers each question by itself.
            schema: A JSON schema for the answer; see ``Answer.data``.

        Raises:
            ModelError: The model could not answer.
            RequestError: The question is empty, the schema is not valid, or the session is closed.
        """
        return self._drive(self._steps([question], history, schema))[0]

    def ask_all(self, questions: Sequence[str], *, schema: Mapping[str, Any] | None = None) -> list[Answer]:
        """Answers several questions, as one batch where the model allows it; one answer for each, in order.

        Raises:
            ModelError: See ``ask``.
        """
        return self._drive(self._steps(questions, (), schema)) if questions else []

    def stream(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> AnswerStream:
        """Answers a question piece by piece; see ``ask``."""
        return AnswerStream(self._stream(self._steps([question], history, schema)))

    async def aask(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> Answer:
        """``ask`` without blocking the event loop; cancelling the task cancels the generation."""
        return (await self._adrive(self._steps([question], history, schema)))[0]

    async def aask_all(self, questions: Sequence[str], *, schema: Mapping[str, Any] | None = None) -> list[Answer]:
        """``ask_all`` without blocking the event loop."""
        return await self._adrive(self._steps(questions, (), schema)) if questions else []

    def astream(
        self,
        question: str,
        *,
        history: Sequence[tuple[str, str]] = (),
        schema: Mapping[str, Any] | None = None,
    ) -> AsyncAnswerStream:
        """``stream`` without blocking the event loop."""
        return AsyncAnswerStream(self._astream(self._steps([question], history, schema)))

    def _steps(
        self, questions: Sequence[str], history: Sequence[tuple[str, str]], schema: Mapping[str, Any] | None
    ) -> Steps:
        if isinstance(questions, str):
            raise RequestError("ask_all takes a list of questions; for a single one there is ask")
        self._require_open()
        turns = tuple((str(asked), str(answered)) for asked, answered in history)
        asked = [Question(text=question, history=turns, schema=schema) for question in questions]
        return ask_steps(self._opened, asked, self._options)

    def _drive(self, steps: Steps) -> list[Answer]:
        step = _advance(steps, None)
        while isinstance(step, Ask):
            generations = self._model.generate(step.conversations, step.settings, prefix=self._begin(step))
            self._end(step)
            step = _advance(steps, generations)
        return step

    async def _adrive(self, steps: Steps) -> list[Answer]:
        # What happens between the model's replies takes milliseconds to seconds: it runs in a thread.
        step = await asyncio.to_thread(_advance, steps, None)
        while isinstance(step, Ask):
            prefix = await asyncio.to_thread(self._begin, step)
            generations = await self._model.agenerate(step.conversations, step.settings, prefix=prefix)
            del prefix  # the next window's is made when this one's is free
            self._end(step)
            step = await asyncio.to_thread(_advance, steps, generations)
        return step

    def _stream(self, steps: Steps) -> Iterator[str | Answer]:
        shown = _Shown()
        step = _advance(steps, None)
        while isinstance(step, Ask):
            prefix = self._begin(step)
            if step.shown and step.settings.schema is None:
                with closing(self._model.stream(step.conversations[0], step.settings, prefix=prefix)) as items:  # type: ignore[type-var]
                    yield from filter(None, map(shown.take, items))
                generations = shown.generations()
            else:
                generations = self._model.generate(step.conversations, step.settings, prefix=prefix)
            del prefix
            self._end(step)
            step = _advance(steps, generations)
        yield from shown.rest(step[0])

    async def _astream(self, steps: Steps) -> AsyncIterator[str | Answer]:
        shown = _Shown()
        step = await asyncio.to_thread(_advance, steps, None)
        while isinstance(step, Ask):
            prefix = await asyncio.to_thread(self._begin, step)
            if step.shown and step.settings.schema is None:
                async with aclosing(self._model.astream(step.conversations[0], step.settings, prefix=prefix)) as items:  # type: ignore[type-var]
                    async for item in items:
                        if piece := shown.take(item):
                            yield piece
                generations = shown.generations()
            else:
                generations = await self._model.agenerate(step.conversations, step.settings, prefix=prefix)
            del prefix
            self._end(step)
            step = await asyncio.to_thread(_advance, steps, generations)
        for last in shown.rest(step[0]):
            yield last

    def _require_open(self) -> None:
        if self._closed:
            raise RequestError("the session is closed: open another with Reader.open")

    def _begin(self, step: Ask) -> Prefix | None:
        """Makes ready for a step; returns the prefilled pages that its conversations begin with."""
        if not step.windows:
            return None
        prefix = self._prefix_of(step.windows)
        self._tell("read", step.windows.start)
        return prefix

    def _end(self, step: Ask) -> None:
        if step.windows:
            self._tell("read", step.windows.stop)

    def _prefix_of(self, windows: range) -> Prefix | None:
        with self._prefilling:
            self._require_open()
            if self._prefilled is None or self._prefilled[0] != windows:
                self._prefilled = None  # its memory is free before the next is read
                parts = []
                for window in windows:
                    self._tell("prefill", window)
                    began = time.perf_counter()
                    parts.append(self._model.prefill(self._opened.windows[window].pages))
                    self._opened.add_seconds("prefill", time.perf_counter() - began)
                    self._tell("prefill", window + 1)
                kept = tuple(part for part in parts if part is not None)
                self._prefilled = windows, kept[0] if len(kept) == 1 else Prefixes(kept) if kept else None
            return self._prefilled[1]

    def _tell(self, stage: Literal["prefill", "read"], done: int) -> None:
        self._progress(Progress(stage=stage, done=done, total=len(self._opened.windows)))


class AnswerStream:
    """An answer that comes piece by piece: iterate, then take ``answer``.

    The pieces join to ``answer.text`` as the model wrote it: corrections of misread exact strings, and the cut of a
    text that ended in a loop, are in ``answer`` only.
    """

    def __init__(self, items: Iterator[str | Answer]) -> None:
        self._items = items
        self._answer: Answer | None = None

    def __iter__(self) -> Iterator[str]:
        for item in self._items:
            if isinstance(item, str):
                yield item
            else:
                self._answer = item

    @property
    def answer(self) -> Answer:
        """The whole answer with citations and usage; waits for it where it is not complete."""
        for _ in self:
            pass
        if self._answer is None:
            raise RequestError("the stream was closed before its answer was complete")
        return self._answer

    def close(self) -> None:
        """Cancels the rest."""
        self._items.close()  # type: ignore[attr-defined]  # it is a generator


class AsyncAnswerStream:
    """``AnswerStream`` for event loops: ``async for`` over the pieces, then ``await stream.answer()``."""

    def __init__(self, items: AsyncIterator[str | Answer]) -> None:
        self._items = items
        self._answer: Answer | None = None

    async def __aiter__(self) -> AsyncIterator[str]:
        async for item in self._items:
            if isinstance(item, str):
                yield item
            else:
                self._answer = item

    async def answer(self) -> Answer:
        """The whole answer with citations and usage; waits for it where it is not complete."""
        async for _ in self:
            pass
        if self._answer is None:
            raise RequestError("the stream was closed before its answer was complete")
        return self._answer

    async def aclose(self) -> None:
        """Cancels the rest."""
        await self._items.aclose()  # type: ignore[attr-defined]  # it is a generator


def _advance(steps: Steps, generations: list[Generation] | None) -> Ask | list[Answer]:
    """The next step, or, when there is none, the answers."""
    try:
        return next(steps) if generations is None else steps.send(generations)
    except StopIteration as stop:
        answers: list[Answer] = stop.value
        return answers


class _Shown:
    """What a stream shows of the reply that is the answer."""

    def __init__(self) -> None:
        self._filter = AnswerFilter()
        self._generation: Generation | None = None
        self._began = False

    def take(self, item: str | Generation) -> str:
        """Takes what the model streams; returns what can be shown of the answer."""
        if isinstance(item, Generation):
            self._generation = item
            piece = self._filter.finish()
        else:
            piece = self._filter.feed(item)
        self._began = self._began or bool(piece)
        return piece

    def generations(self) -> list[Generation]:
        """The reply that was streamed."""
        if self._generation is None:
            raise ResponseError("the model's stream ended without its Generation: see VisionModel.stream")
        return [self._generation]

    def rest(self, answer: Answer) -> Iterator[str | Answer]:
        """The answer, and before it its text where nothing was shown while it came."""
        if answer.text and not self._began:
            yield answer.text
        yield answer
