"""``Reader``: asks a vision-language model about whole documents."""

from __future__ import annotations

import asyncio
from contextlib import aclosing, closing
from typing import TYPE_CHECKING, Any, Self

from glyph_integrations.errors import RequestError
from glyph_integrations.models import VisionModel, settings_for
from glyph_integrations.reading.asking import Expand, Merge, Options
from glyph_integrations.reading.opening import OpenSource
from glyph_integrations.reading.session import AnswerStream, AsyncAnswerStream, ReadingSession
from glyph_integrations.reading.sources import gather
from glyph_integrations.reading.transcription import transcribe
from glyph_integrations.rendering import render_style

if TYPE_CHECKING:
    import os
    from collections.abc import AsyncIterator, Iterator, Mapping, Sequence

    from glyph_integrations.models import GenerationSettings
    from glyph_integrations.reading.answer import Answer
    from glyph_integrations.reading.opening import ProgressCallback
    from glyph_integrations.reading.sources import Sources
    from glyph_integrations.reading.transcription import Pages, Transcript
    from glyph_integrations.reading.windows import Overflow
    from glyph_integrations.rendering import RenderStyle


class Reader:
    """Asks a model about sources: each goes in whole, as pages, and the question as text after them.

    ::

        reader = Reader("nano")  # bundled; on a GPU "zai-org/Glyph"
        answer = reader.ask("contract.pdf", "What is the notice period?")
        with reader.open("contract.pdf") as session:  # prefilled once, asked often
            session.ask("Who may terminate?")

    Args:
        model: A ``VisionModel``; or ``"nano"``, the small bundled one, a folder or a Hugging Face id, which is loaded
            in this process (for its options use ``TransformersModel.load``). For a server see ``from_server``.
        style: How pages are rendered; by default the style that suits the model.
        settings: How the model generates; by default as it was published.
        overflow: What happens with a source too long for the model's window: ``"error"`` says so, ``"windows"`` reads
            it window by window and puts the answers together, ``"denser"`` takes a denser style. Nothing is ever cut.
            By default ``"error"``; ``"windows"`` for models that know the task by training and read few pages at a
            time.
        expand: Selective expansion: ``"off"``; ``"auto"`` gives the model the source text of pages that it asks for,
            or whose quotes do not check out; a number lets it choose up to so many pages in a pass of its own.
        merge: How differing answers of several windows become one: ``"model"`` lets the model put them together,
            ``"best"`` takes the one that is verified and likeliest. Answers to a schema are always the best one, and
            so are those of models that do not take instructions.
        factsheet: Most tokens of exact strings (identifiers, long numbers, addresses) that go along as text, for models
            that misread them; 0 for none.
        tokenizer: Whose text tokens the compression ratio is measured against; see ``count_text_tokens``.

    Raises:
        ModelLoadError: The model cannot be loaded.
        RequestError: An option has no such value.
        StyleError: There is no such style.
    """

    def __init__(
        self,
        model: VisionModel | str | os.PathLike[str],
        *,
        style: str | RenderStyle | None = None,
        settings: GenerationSettings | None = None,
        overflow: Overflow | None = None,
        expand: Expand = "off",
        merge: Merge | None = None,
        factsheet: int = 512,
        tokenizer: str = "cl100k_base",
    ) -> None:
        if overflow not in {None, "error", "windows", "denser"}:
            raise RequestError(f"overflow is 'error', 'windows' or 'denser', not {overflow!r}")
        if not isinstance(model, VisionModel):
            from glyph_integrations.models.local import TransformersModel

            model = TransformersModel.load(model)
        self.model: VisionModel = model
        self.style = style or model.spec.default_style
        render_style(self.style)  # an unknown one is refused now, before anything is loaded
        instructed = model.spec.instructed
        if not instructed and (expand != "off" or merge == "model"):
            raise RequestError(f"{model.name} takes no instructions, so it can neither expand pages nor merge answers")
        self._overflow: Overflow = overflow or ("error" if instructed else "windows")
        self._tokenizer = tokenizer
        self._options = Options(
            settings=settings or settings_for(model.spec),
            model=model.name,
            expand=expand,
            merge=merge or ("model" if instructed else "best"),
            factsheet=factsheet,
        )

    @classmethod
    def from_server(cls, base_url: str, model: str, *, api_key: str | None = None, **options: Any) -> Self:
        """A reader over a vLLM, SGLang or other OpenAI-compatible server.

        Args:
            base_url: Such as ``"http://localhost:8000/v1"``.
            model: The name it serves.
            api_key: By default ``OPENAI_API_KEY`` of the environment; servers of one's own need none.
            options: Those of ``Reader``. For more about the connection pass a ``ServerModel`` to ``Reader``.
        """
        from glyph_integrations.models.server import ServerModel

        return cls(ServerModel(base_url, model, api_key=api_key), **options)

    def __repr__(self) -> str:
        return f"Reader({self.model!r}, style={self.style!r})"

    def open(self, sources: Sources, *, progress: ProgressCallback | None = None) -> ReadingSession:
        """Loads and renders a source; the first question prefills it, or ``ReadingSession.prefill``.

        Args:
            sources: One source or several: paths, bytes, open files, loaded texts; or a mapping from ids to them.
            progress: Told how far loading, rendering, prefilling and reading have come.

        Raises:
            LoadError: A source cannot be loaded.
            WindowOverflowError: It does not fit the model's window, and ``overflow`` is ``"error"``.
        """
        opened = OpenSource.open(
            sources,
            self.model.spec,
            style=self.style,
            overflow=self._overflow,
            tokenizer=self._tokenizer,
            progress=progress,
        )
        return ReadingSession(self.model, opened, self._options, progress=progress)

    def ask(
        self,
        sources: Sources,
        question: str,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: ProgressCallback | None = None,
    ) -> Answer:
        """Answers one question about a source; see ``open`` and ``ReadingSession.ask``."""
        with self.open(sources, progress=progress) as session:
            return session.ask(question, schema=schema)

    def ask_all(
        self,
        sources: Sources,
        questions: Sequence[str],
        *,
        schema: Mapping[str, Any] | None = None,
        progress: ProgressCallback | None = None,
    ) -> list[Answer]:
        """Answers several questions about a source that is read once."""
        with self.open(sources, progress=progress) as session:
            return session.ask_all(questions, schema=schema)

    def stream(
        self,
        sources: Sources,
        question: str,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: ProgressCallback | None = None,
    ) -> AnswerStream:
        """Answers one question piece by piece."""

        def items() -> Iterator[str | Answer]:
            with (
                self.open(sources, progress=progress) as session,
                closing(session.stream(question, schema=schema)) as stream,
            ):
                yield from stream
                yield stream.answer

        return AnswerStream(items())

    async def aask(
        self,
        sources: Sources,
        question: str,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: ProgressCallback | None = None,
    ) -> Answer:
        """``ask`` without blocking the event loop."""
        async with await asyncio.to_thread(self.open, sources, progress=progress) as session:
            return await session.aask(question, schema=schema)

    def astream(
        self,
        sources: Sources,
        question: str,
        *,
        schema: Mapping[str, Any] | None = None,
        progress: ProgressCallback | None = None,
    ) -> AsyncAnswerStream:
        """``stream`` without blocking the event loop."""

        async def items() -> AsyncIterator[str | Answer]:
            async with (
                await asyncio.to_thread(self.open, sources, progress=progress) as session,
                aclosing(session.astream(question, schema=schema)) as stream,
            ):
                async for piece in stream:
                    yield piece
                yield await stream.answer()

        return AsyncAnswerStream(items())

    def transcribe(
        self, sources: Sources, *, pages: Pages = "rendered", progress: ProgressCallback | None = None
    ) -> Iterator[Transcript]:
        """Reads pages back as text, one after another.

        Args:
            sources: See ``open``.
            pages: The pages that this reader would render, or the source's own pages as they look.
            progress: Told how many pages are read.

        Raises:
            LoadError: A source cannot be loaded; while reading, that its pages cannot be drawn.
        """
        if pages not in {"rendered", "source"}:
            raise RequestError(f"pages is 'rendered' or 'source', not {pages!r}")
        text, settings = gather(sources), self._options.settings
        return transcribe(self.model, text, settings, style=self.style, pages=pages, progress=progress)
