"""A model in the conversations of frameworks: what it is shown, what is prefilled, and what comes back."""

import asyncio
import json

import pytest

from glyph_integrations import (
    DocumentChat,
    GenerationSettings,
    Reply,
    RequestError,
    ToolCall,
    Turn,
    WindowOverflowError,
    mark_document,
    render,
)
from glyph_integrations.models import images_of
from glyph_integrations.testing import ScriptedModel, sample_text

LONG = sample_text().text * 3
MARKED = mark_document(LONG, name="charter.pdf")
ASKED = [Turn(role="user", parts=(f"Context: {MARKED}\n\nQuestion: What is the hire?",), origin=0)]
SCHEMA = {"type": "object", "properties": {"hire": {"type": "string"}}, "required": ["hire"]}


async def pieces_of(stream):
    """All that an asynchronous stream yields."""
    return [item async for item in stream]


def test_a_conversation_is_shown_with_its_documents_as_pages():
    """The model sees pages and the chain's own words; the reply says what that cost and would have cost."""
    model = ScriptedModel(["<think>Page 1.</think>EUR 14,850.00"])
    reply = DocumentChat(model).reply([Turn(role="system", parts=("Be brief.",), origin=0), *ASKED])
    (conversation,) = model.conversations
    assert [message.role for message in conversation] == ["system", "user"]
    assert [image.fingerprint for image in images_of(conversation)] == [page.fingerprint for page in render(LONG)]
    assert conversation[1].content[-1].endswith("Question: What is the hire?")
    assert (reply.text, reply.thinking, reply.finish) == ("EUR 14,850.00", "Page 1.", "stop")
    assert (reply.pages, reply.usage.compression_ratio > 2, reply.usage.output_tokens > 0) == (2, True, True)
    assert reply.answer is None


def test_tool_results_are_shown_by_the_user():
    """A model that is told of no tools hears from the user what they said."""
    model = ScriptedModel(["Fine."])
    DocumentChat(model).reply([*ASKED, Turn(role="tool", parts=("42",), origin=1)])
    assert [message.role for message in model.conversations[0]] == ["user", "user"]


TOOL = {"type": "function", "function": {"name": "look", "parameters": {"type": "object", "properties": {}}}}
WITH_TOOLS = GenerationSettings(tools=(TOOL,))


async def test_a_model_with_tools_keeps_its_calls_and_their_results():
    """Roles and calls stay, pages of a result follow it, and what the model calls comes with the reply."""
    model = ScriptedModel(lambda _: 'I look.\n<tool_call>{"name": "look", "arguments": {}}</tool_call>')
    chat = DocumentChat(model)
    called = Turn(role="assistant", parts=("",), calls=(ToolCall(name="look", arguments={}),))
    turns = [Turn(role="user", parts=("The hire?",)), called, Turn(role="tool", parts=(MARKED,))]
    reply = chat.reply(turns, settings=WITH_TOOLS)
    (conversation,) = model.conversations
    assert [message.role for message in conversation] == ["user", "assistant", "tool", "user"]
    assert (conversation[1].tool_calls, len(images_of(conversation))) == (called.calls, len(render(LONG)))
    assert (reply.text, reply.calls) == ("I look.", called.calls)
    assert [*chat.stream(turns, settings=WITH_TOOLS)][-1].calls == called.calls
    assert (await chat.areply(turns, settings=WITH_TOOLS)).calls == called.calls
    assert (await pieces_of(chat.astream(turns, settings=WITH_TOOLS)))[-1].calls == called.calls


def test_tools_of_a_model_that_takes_none_are_refused():
    """With what to do instead."""
    model = ScriptedModel(["Fine."])
    model.takes_tools = False
    with pytest.raises(RequestError, match="scripted cannot be given tools: take a model"):
        DocumentChat(model).reply(ASKED, settings=WITH_TOOLS)


def test_pages_that_begin_a_conversation_are_prefilled_once():
    """A further question about the same pages finds them; other pages take their place."""
    chat = DocumentChat(ScriptedModel(lambda _: "Yes."))
    first = chat.reply(ASKED)
    again = chat.reply([*ASKED, Turn(role="assistant", parts=("Yes.",)), Turn(role="user", parts=("Sure?",))])
    tokens = sum(chat.model.spec.page_tokens(page.width, page.height) for page in render(LONG))
    assert (first.usage.cached_tokens, again.usage.cached_tokens) == (tokens, tokens)
    assert chat.reply([Turn(role="user", parts=("Hello.",))]).usage.cached_tokens == 0


def test_streams_join_to_the_reply():
    """Pieces come before the whole, for threads and for event loops alike."""
    chat = DocumentChat(ScriptedModel(lambda _: "<think>Hm.</think>It is EUR 14,850.00 in all."))
    for items in (list(chat.stream(ASKED)), asyncio.run(pieces_of(chat.astream(ASKED)))):
        *pieces, last = items
        assert isinstance(last, Reply)
        assert "".join(pieces) == last.text == "It is EUR 14,850.00 in all."
        assert len(pieces) > 1
    assert asyncio.run(chat.areply(ASKED)).text == last.text


def test_a_model_that_takes_no_instructions_is_asked_the_question_in_windows():
    """The prompt around the question is not for it; its answer comes with citations, page by page."""
    model = ScriptedModel(
        lambda conversation: (
            "<think>The hire is EUR 14,850.00</think>EUR 14,850.00"
            if images_of(conversation)[0].fingerprint == first
            else "NOT IN DOCUMENT"
        ),
        spec="nano",
    )
    first = render(LONG, "nano", "nano")[0].fingerprint
    chat = DocumentChat(model)
    turns = [Turn(role="system", parts=(MARKED,), origin=0), Turn(role="user", parts=("What is the hire?",), origin=1)]
    reply = chat.reply(turns)
    assert (reply.text, reply.answer.verified, reply.pages) == ("EUR 14,850.00", True, len(model.conversations))
    assert {conversation[-1].content[-1] for conversation in model.conversations} == {"Question: What is the hire?"}
    assert asyncio.run(chat.areply(turns)).text == reply.text
    for items in (list(chat.stream(turns)), asyncio.run(pieces_of(chat.astream(turns)))):
        assert "".join(items[:-1]) == items[-1].text == reply.text


def test_a_model_that_takes_no_instructions_is_shown_short_documents_too():
    """It reads nothing but pages, so there is nothing to save by leaving them text."""
    model = ScriptedModel(lambda _: "Five.", spec="nano")
    short = mark_document("The hire is five euro.", name="note.txt")
    assert DocumentChat(model).reply([Turn(role="user", parts=(f"{short}\n\nWhat is the hire?",))]).pages == 1
    assert len(images_of(model.conversations[0])) == 1


def test_an_abstention_is_said_in_words():
    """A chat has no other way to say it."""
    chat = DocumentChat(ScriptedModel(lambda _: "NOT IN DOCUMENT", spec="nano"))
    assert chat.reply(ASKED).text == "Not in the document."
    assert chat.reply(ASKED).answer.abstained
    assert next(iter(chat.stream(ASKED))) == "Not in the document."


def test_without_documents_it_is_asked_as_it_is():
    """A model that takes no instructions gets the question alone then too."""
    model = ScriptedModel(["Hello."], spec="nano")
    (picture,) = render("A picture", "nano", "nano")
    assert DocumentChat(model).reply([Turn(role="user", parts=(picture, "What is this?"))]).text == "Hello."
    assert model.conversations[0][0].content == (picture, "Question: What is this?")


def test_a_model_that_takes_no_instructions_needs_a_question():
    """Pages alone tell it nothing to do."""
    (picture,) = render("A picture", "nano", "nano")
    with pytest.raises(RequestError, match="no user turn asks one"):
        DocumentChat(ScriptedModel([], spec="nano")).reply([Turn(role="user", parts=(picture,))])


def test_a_schema_is_kept_by_both_ways_of_asking():
    """The text is the JSON that the schema asks for, in whole and in streams."""
    settings = GenerationSettings(schema=SCHEMA)
    data = {"hire": "EUR 14,850.00"}
    chat = DocumentChat(ScriptedModel(lambda _: json.dumps(data)))
    assert chat.reply(ASKED, settings=settings).data == data
    quoted = DocumentChat(ScriptedModel(lambda _: json.dumps({"answer": data, "quotes": []}), spec="nano"))
    for reply in (
        quoted.reply(ASKED, settings=settings),
        list(quoted.stream(ASKED, settings=settings))[-1],
        asyncio.run(pieces_of(quoted.astream(ASKED, settings=settings)))[-1],
    ):
        assert (reply.data, json.loads(reply.text)) == (data, data)


def test_too_long_a_document_is_refused_before_the_model_is_asked():
    """The error of the core comes through, and nothing was generated."""
    model = ScriptedModel([], spec="glm-4.1v")
    with pytest.raises(WindowOverflowError):
        DocumentChat(model).reply([Turn(role="user", parts=(mark_document(LONG * 200), "Who?"))])
    assert model.conversations == []
