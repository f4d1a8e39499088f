"""Tools for agents: questions to whole documents, and their pages."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any, Final

from langchain_core.tools import BaseTool, BaseToolkit, StructuredTool
from pydantic import ConfigDict, PrivateAttr

from glyph_integrations import Answer, Reader, ReadingSession, mark_document, pictures
from langchain_glyph.blocks import image_block
from langchain_glyph.document_qa import opened

if TYPE_CHECKING:
    from glyph_integrations import SourceText
    from langchain_glyph.chat import ChatGlyph

_AROUND: Final = 80  # characters before and after what was found
_MOST: Final = 20  # places that are listed
_LONGEST_WANTED: Final = 400  # characters of what is looked for
_DESCRIPTION: Final = "Answers a question about {names}, from the whole document, with quotes and page numbers."


def create_document_tool(
    sources: Any,
    *,
    model: Reader | ChatGlyph | Any = "nano",
    name: str = "ask_document",
    description: str | None = None,
    **options: Any,
) -> BaseTool:
    """A tool that answers questions about sources, read whole: the seat of ``create_retriever_tool``.

    The agent gets the answer with its quotes; the artifact of the message is ``Answer.to_dict()``.

    Args:
        sources: What ``Reader.open`` takes.
        model: What ``Reader`` takes, a ``Reader``, or a ``ChatGlyph``, whose model is then shared.
        name: What the agent calls it.
        description: When to use it; by default it names the sources.
        options: Those of ``Reader``.

    Raises:
        LoadError: A source cannot be loaded.
    """
    session = opened(sources, model, options)
    names = ", ".join(source.printed_name for source in session.text.sources)
    return _ask_tool(session, name, description or _DESCRIPTION.format(names=names))


class DocumentToolkit(BaseToolkit):
    """Tools over open documents: ``ask_document``, ``read_page``, ``view_page`` and ``find_text``.

    ::

        agent = create_agent(model, DocumentToolkit.from_sources("contract.pdf", model="zai-org/Glyph").get_tools())

    ``view_page`` shows a page of a PDF or an image as it looks, in a content block: ``ChatGlyph``, models that are
    wrapped by ``VisualContextChatModel``, and agents with ``VisualContextMiddleware`` get it in a user message. Of
    sources without fixed pages it returns the text, marked, which these are shown as a page. The image becomes part of
    the agent's state, some 100 kB each, as everything does that tools return.
    """

    model_config = ConfigDict(arbitrary_types_allowed=True)

    _session: ReadingSession = PrivateAttr()

    @classmethod
    def from_sources(cls, sources: Any, *, model: Reader | ChatGlyph | Any = "nano", **options: Any) -> DocumentToolkit:
        """Opens sources; for the arguments see ``create_document_tool``."""
        toolkit = cls()
        toolkit._session = opened(sources, model, options)
        return toolkit

    def get_tools(self) -> list[BaseTool]:
        """The tools."""
        text = self._session.text
        names = ", ".join(source.printed_name for source in text.sources)

        def read_page(page: int, document: str = "") -> str:
            return _page_text(text, page, document)

        def view_page(page: int, document: str = "") -> str | list[dict[str, Any]]:
            source = _source(text, document)
            index = source.first_page + page - 1
            if not source.first_page <= index < source.last_page:
                return _page_text(text, page, document)
            name = f"{source.printed_name}, page {page}"
            if not text.pages[index].width:
                return mark_document(_page_text(text, page, document), name=name)
            (picture,) = pictures(text, self._session.rendering.spec, pages=[index])
            return [{"type": "text", "text": name}, image_block(picture)]

        def find_text(words: str) -> str:
            return _found(text, words)

        return [
            _ask_tool(self._session, "ask_document", _DESCRIPTION.format(names=names)),
            StructuredTool.from_function(
                read_page,
                description=f"The text of one page, counted from 1. Documents: {names}. Name one if there are several.",
            ),
            StructuredTool.from_function(
                view_page, description=f"One page to look at, counted from 1. Documents: {names}."
            ),
            StructuredTool.from_function(
                find_text, description=f"Where words stand to the letter in {names}: page numbers and surroundings."
            ),
        ]


def _ask_tool(session: ReadingSession, name: str, description: str) -> BaseTool:
    def ask(question: str) -> tuple[str, dict[str, Any]]:
        answer = session.ask(question)
        return _in_words(answer), answer.to_dict()

    async def aask(question: str) -> tuple[str, dict[str, Any]]:
        answer = await session.aask(question)
        return _in_words(answer), answer.to_dict()

    return StructuredTool.from_function(
        ask, coroutine=aask, name=name, description=description, response_format="content_and_artifact"
    )


def _in_words(answer: Answer) -> str:
    if answer.abstained:
        return "The document does not say."
    quotes = [f"“{c.quote}” ({c.source}, page {c.label or c.page})" for c in answer.citations]
    return "\n".join([answer.text, *quotes])


def _source(text: SourceText, document: str) -> Any:
    for source in text.sources:
        if document in {source.name, source.printed_name} or (not document and len(text.sources) == 1):
            return source
    raise ValueError(f"there is no document {document!r}: there are {', '.join(s.printed_name for s in text.sources)}")


def _page_text(text: SourceText, page: int, document: str) -> str:
    source = _source(text, document)
    index = source.first_page + page - 1
    if not source.first_page <= index < source.last_page:
        return f"{source.printed_name} has pages 1 to {source.last_page - source.first_page}."
    return text.page_text(index) or f"Page {page} of {source.printed_name} holds no text."


def _found(text: SourceText, words: str) -> str:
    wanted = words[:_LONGEST_WANTED].split()
    if not wanted:
        return "There are no words to find."
    names = {source.name: source.printed_name for source in text.sources}
    lines: list[str] = []
    more = 0
    for match in re.finditer(r"\s++".join(map(re.escape, wanted)), text.text, re.IGNORECASE):
        if len(lines) == _MOST:
            more += 1
            continue
        location = text.locate(match.start(), match.end())[0]
        label = text.pages[location.page].label
        around = text.text[max(match.start() - _AROUND, 0) : match.end() + _AROUND]
        lines.append(f"{names[location.source]}, page {label}: … {' '.join(around.split())} …")
    if more:
        lines.append(f"and {more} more")
    return "\n".join(lines) or f"{' '.join(wanted)!r} stands nowhere, to the letter."
