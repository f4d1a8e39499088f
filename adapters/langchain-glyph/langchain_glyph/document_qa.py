"""``DocumentQA``: questions about sources, answered with citations, in the shape of a retrieval chain."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from langchain_core.documents import Document
from langchain_core.messages import convert_to_messages
from langchain_core.runnables import Runnable, RunnableConfig

from glyph_integrations import Answer, Reader, ReadingSession

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator

    from langchain_glyph.chat import ChatGlyph


class DocumentQA(Runnable[dict[str, Any] | str, dict[str, Any]]):
    """Answers ``{"input": question}`` as ``create_retrieval_chain`` does, from whole sources that are read once.

    ::

        chain = DocumentQA("contract.pdf", model="zai-org/Glyph")
        chain.invoke({"input": "What is the notice period?"})["answer"]

    What comes back: ``input``; ``answer``; ``context``, a document for each passage that the answer cites, with
    ``source``, ``page`` (from 0), ``page_label`` and ``boxes`` in its metadata; ``citations``, the same as plain data;
    ``abstained`` and ``verified``; ``usage``. ``chat_history`` in the input, if there is one, is part of what the model
    is told.

    Args:
        sources: What ``Reader.open`` takes: a path, several, a mapping from ids.
        model: What ``Reader`` takes, a ``Reader``, or a ``ChatGlyph``, whose model is then shared.
        options: Those of ``Reader``.

    Raises:
        LoadError: A source cannot be loaded.
        WindowOverflowError: It does not fit the model's window, and ``overflow`` is ``"error"``.
    """

    def __init__(self, sources: Any, *, model: Reader | ChatGlyph | Any = "nano", **options: Any) -> None:
        self.session: ReadingSession = opened(sources, model, options)

    def invoke(self, input: dict[str, Any] | str, config: RunnableConfig | None = None, **_: Any) -> dict[str, Any]:  # noqa: A002
        """Answers a question."""
        return self._call_with_config(self._answer, input, config)

    async def ainvoke(
        self,
        input: dict[str, Any] | str,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> dict[str, Any]:
        """Answers a question without blocking the event loop."""
        return await self._acall_with_config(self._aanswer, input, config)

    def stream(
        self,
        input: dict[str, Any] | str,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> Iterator[dict[str, Any]]:
        """Yields ``{"input"}``, pieces of ``{"answer"}``, and then what the answer rests on."""
        yield from self._transform_stream_with_config(iter([input]), self._pieces, config)

    async def astream(
        self,
        input: dict[str, Any] | str,  # noqa: A002 - LangChain's name
        config: RunnableConfig | None = None,
        **_: Any,
    ) -> AsyncIterator[dict[str, Any]]:
        """``stream`` without blocking the event loop."""

        async def once() -> AsyncIterator[dict[str, Any] | str]:
            yield input

        async for piece in self._atransform_stream_with_config(once(), self._apieces, config):
            yield piece

    def _answer(self, given: dict[str, Any] | str) -> dict[str, Any]:
        question, history = _asked(given)
        return _chain_output(given, self.session.ask(question, history=history))

    async def _aanswer(self, given: dict[str, Any] | str) -> dict[str, Any]:
        question, history = _asked(given)
        return _chain_output(given, await self.session.aask(question, history=history))

    def _pieces(self, given: Iterator[dict[str, Any] | str]) -> Iterator[dict[str, Any]]:
        for one in given:
            question, history = _asked(one)
            yield {"input": question}
            stream = self.session.stream(question, history=history)
            said = False
            for piece in stream:
                said = True
                yield {"answer": piece}
            yield from _rest(_chain_output(one, stream.answer), said=said)

    async def _apieces(self, given: AsyncIterator[dict[str, Any] | str]) -> AsyncIterator[dict[str, Any]]:
        async for one in given:
            question, history = _asked(one)
            yield {"input": question}
            stream = self.session.astream(question, history=history)
            said = False
            async for piece in stream:
                said = True
                yield {"answer": piece}
            for rest in _rest(_chain_output(one, await stream.answer()), said=said):
                yield rest


def opened(sources: Any, model: Any, options: dict[str, Any]) -> ReadingSession:
    """Sources, opened by a reader, or by the model of a ``ChatGlyph`` or another one."""
    reader = model if isinstance(model, Reader) else Reader(getattr(model, "host", model), **options)
    return reader.open(sources)


def citation_documents(answer: Answer) -> list[Document]:
    """The passages that an answer cites, as documents."""
    return [
        Document(
            page_content=citation.quote,
            metadata={
                "source": citation.source,
                "page": citation.page - 1,
                "page_label": citation.label or str(citation.page),
                "boxes": citation.to_dict()["places"],
            },
        )
        for citation in answer.citations
    ]


def _asked(given: dict[str, Any] | str) -> tuple[str, list[tuple[str, str]]]:
    """The question, and the turns before it in pairs."""
    if isinstance(given, str):
        return given, []
    turns: list[tuple[str, str]] = []
    waiting = ""
    for message in convert_to_messages(given.get("chat_history", [])):
        if message.type == "ai":
            turns.append((waiting, message.text))
            waiting = ""
        else:
            waiting = f"{waiting}\n{message.text}".strip()
    return str(given["input"]), turns


def _chain_output(given: dict[str, Any] | str, answer: Answer) -> dict[str, Any]:
    before = {"input": given} if isinstance(given, str) else given
    return {
        **before,
        "context": citation_documents(answer),
        "answer": str(answer),
        "citations": [citation.to_dict() for citation in answer.citations],
        "abstained": answer.abstained,
        "verified": answer.verified,
        "usage": answer.usage.to_dict(),
    }


def _rest(output: dict[str, Any], *, said: bool) -> Iterator[dict[str, Any]]:
    """What a stream says after the pieces of the answer."""
    if not said:
        yield {"answer": output["answer"]}
    yield {name: output[name] for name in ("context", "citations", "abstained", "verified", "usage")}
