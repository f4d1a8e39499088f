"""``ChatGlyph``: what the model is shown, and what comes back as messages."""

from __future__ import annotations

import asyncio
import base64
import time

import pytest
from langchain.agents import create_agent
from langchain_core.caches import InMemoryCache
from langchain_core.messages import AIMessage, HumanMessage, SystemMessage, ToolMessage
from langchain_core.tools import tool
from pydantic import BaseModel

from glyph_integrations import RequestError, WindowOverflowError, load, mark_document, pictures, render
from glyph_integrations.models import images_of
from glyph_integrations.testing import ScriptedModel, sample_text
from langchain_glyph import ChatGlyph, DocumentToolkit


class Hire(BaseModel):
    """What is paid."""

    amount: str


def fingerprints(pages):
    """Of pages or images."""
    return [page.fingerprint for page in pages]


def file_block(path, kind="file", mime_type="application/pdf"):
    """A file as a content block."""
    return {"type": kind, "base64": base64.b64encode(path.read_bytes()).decode(), "mime_type": mime_type}


def test_messages_reach_the_model_in_their_roles(long_text):
    """System, user and assistant stay, results of tools are the user's, and documents are pages."""
    model = ScriptedModel(["<think>Page 2.</think>EUR 14,850.00"])
    reply = ChatGlyph(model=model).invoke(
        [
            SystemMessage("Be brief."),
            HumanMessage([{"type": "text-plain", "text": long_text, "mime_type": "text/plain"}, "The hire?"]),
            AIMessage("", tool_calls=[{"name": "look", "args": {}, "id": "1"}]),
            ToolMessage("42", tool_call_id="1"),
        ]
    )
    (conversation,) = model.conversations
    assert [message.role for message in conversation] == ["system", "user", "assistant", "user"]
    assert fingerprints(images_of(conversation)) == fingerprints(render(long_text))
    assert reply.text == "EUR 14,850.00"
    assert reply.additional_kwargs["reasoning_content"] == "Page 2."
    metadata = reply.response_metadata
    assert (metadata["model_name"], metadata["finish_reason"], metadata["pages"]) == ("scripted", "stop", 2)
    assert metadata["compression_ratio"] > 2


def test_files_and_images_are_shown(charter, tmp_path):
    """A PDF in a file block is loaded and rendered, and an image keeps its pixels; neither is dropped."""
    picture = tmp_path / "page.png"
    picture.write_bytes(render("A picture of words.")[0].png())
    model = ScriptedModel(["Both."])
    image = {"type": "image_url", "image_url": {"url": "data:image/png;base64," + file_block(picture)["base64"]}}
    ChatGlyph(model=model).invoke(
        [HumanMessage([file_block(charter), image, file_block(picture, "image", "image/png")])]
    )
    expected = fingerprints(pictures(load(picture), "glm4v"))
    shown = fingerprints(images_of(model.conversations[0]))
    assert shown == fingerprints(render(load(charter))) + expected * 2


@pytest.mark.parametrize(
    ("block", "reason"),
    [
        ({"type": "image", "url": "https://example.com/a.png"}, "not followed"),
        ({"type": "file", "file_id": "file-1"}, "cannot be shown|not followed"),
        ({"type": "audio", "base64": "AAAA", "mime_type": "audio/wav"}, "'audio' block cannot be shown"),
        ({"type": "image", "base64": "%%%", "mime_type": "image/png"}, "damaged"),
    ],
)
def test_what_cannot_be_shown_is_refused(block, reason):
    """Nothing is left out silently, and no address is fetched."""
    with pytest.raises(RequestError, match=reason):
        ChatGlyph(model=ScriptedModel([])).invoke([HumanMessage([block, "What is this?"])])


def test_options_become_settings():
    """Those of the model, changed by those of a call; unknown ones and another model are refused."""
    model = ScriptedModel(lambda _: "one two three")
    llm = ChatGlyph(model=model, temperature=0.5, max_tokens=50, stop=["four"])
    llm.invoke("Hi")
    assert llm.invoke("Hi", stop=["three"], temperature=0).text == "one two"
    first, second = model.settings
    assert (first.temperature, first.max_tokens, first.stop) == (0.5, 50, ("four",))
    assert (second.temperature, second.stop) == (0, ("three",))
    with pytest.raises(RequestError, match="no setting logit_bias"):
        llm.invoke("Hi", logit_bias={})
    with pytest.raises(RequestError, match="make another ChatGlyph"):
        llm.invoke("Hi", model="other")
    with pytest.raises(ValueError, match="extra_option"):
        ChatGlyph(model=model, extra_option=1)


def test_a_second_question_finds_the_pages_prefilled(long_text):
    """Cache reads are reported as LangChain reports them."""
    llm = ChatGlyph(model=ScriptedModel(lambda _: "Yes."))
    for _ in range(2):
        usage = llm.invoke(f"{mark_document(long_text)}\nIs it so?").usage_metadata
    assert usage["input_token_details"]["cache_read"] > 500
    assert usage["total_tokens"] == usage["input_tokens"] + usage["output_tokens"]


def test_streams_end_with_what_they_cost(long_text):
    """Pieces add up to the reply of invoke."""
    llm = ChatGlyph(model=ScriptedModel(lambda _: "It is EUR 14,850.00."))
    prompt = f"{mark_document(long_text)}\nThe hire?"
    chunks = list(llm.stream(prompt))
    whole = chunks[0]
    for chunk in chunks[1:]:
        whole += chunk
    assert (whole.text, len(chunks) > 3) == ("It is EUR 14,850.00.", True)
    assert whole.usage_metadata["output_tokens"] > 0
    assert whole.response_metadata["pages"] == 2


async def test_event_loops_are_not_blocked(long_text):
    """While the model writes, other tasks go on."""

    def slowly(_):
        time.sleep(0.05)
        return "Done."

    class Slow(ScriptedModel):
        async def agenerate(self, conversations, settings, *, prefix=None):
            return await asyncio.to_thread(self.generate, conversations, settings, prefix=prefix)

    llm = ChatGlyph(model=Slow(slowly))
    beats = 0

    async def beat():
        nonlocal beats
        while True:
            beats += 1
            await asyncio.sleep(0.005)

    heart = asyncio.create_task(beat())
    replies = await asyncio.gather(*(llm.ainvoke(f"{mark_document(long_text)}\nNo. {n}?") for n in range(3)))
    heart.cancel()
    assert [reply.text for reply in replies] == ["Done."] * 3
    assert beats > 5


def test_structured_output():
    """Instances of the class, dicts for a schema, and with include_raw what was said too."""
    model = ScriptedModel(lambda _: '{"amount": "EUR 14,850.00"}')
    llm = ChatGlyph(model=model)
    assert llm.with_structured_output(Hire).invoke("The hire?") == Hire(amount="EUR 14,850.00")
    schema = {"title": "hire", "type": "object", "properties": {"amount": {"type": "string"}}, "required": ["amount"]}
    assert llm.with_structured_output(schema).invoke("The hire?") == {"amount": "EUR 14,850.00"}
    raw = llm.with_structured_output(Hire, include_raw=True).invoke("The hire?")
    assert (raw["parsed"].amount, raw["parsing_error"], type(raw["raw"])) == ("EUR 14,850.00", None, AIMessage)
    assert model.settings[0].schema["properties"].keys() == {"amount"}
    with pytest.raises(ValueError, match="no-such-method"):
        llm.with_structured_output(Hire, method="no-such-method")


@tool
def look_up(term: str) -> str:
    """What a term means in the contract."""
    return f"{term} is the ship."


def caller(conversation):
    """Looks a term up, and then says what it found."""
    *_, last = conversation
    if last.role == "tool":
        return f"So {last.content[0]}"
    return 'I look.\n<tool_call>{"name": "look_up", "arguments": {"term": "Vessel"}}</tool_call>'


async def test_tools_are_called():
    """Calls come beside the text, whole and in streams, and their results reach the model as what a tool said."""
    model = ScriptedModel(caller)
    llm = ChatGlyph(model=model).bind_tools([look_up])
    reply = llm.invoke("What is the vessel?")
    assert reply.text == "I look."
    assert [(call["name"], call["args"]) for call in reply.tool_calls] == [("look_up", {"term": "Vessel"})]
    whole = None
    for chunk in llm.stream("What is the vessel?"):
        whole = chunk if whole is None else whole + chunk
    assert [(call["name"], call["args"]) for call in whole.tool_calls] == [("look_up", {"term": "Vessel"})]
    assert (await llm.ainvoke("What is the vessel?")).tool_calls[0]["id"] != reply.tool_calls[0]["id"]
    answer = llm.invoke([HumanMessage("What is the vessel?"), reply, ToolMessage("A ship.", tool_call_id="1")])
    assert (answer.text, answer.tool_calls) == ("So A ship.", [])
    assert [message.role for message in model.conversations[-1]] == ["user", "assistant", "tool"]
    assert model.conversations[-1][1].tool_calls[0].arguments == {"term": "Vessel"}
    assert ChatGlyph(model=model).profile["tool_calling"]


@pytest.mark.parametrize("choice", ["any", "required", True, "look_up", {"function": {"name": "look_up"}}])
def test_a_tool_can_be_required(choice):
    """However LangChain's users say it; the reply is then held to a call."""
    model = ScriptedModel(lambda _: '{"name": "look_up", "arguments": {"term": "Vessel"}}')
    reply = ChatGlyph(model=model).bind_tools([look_up], tool_choice=choice).invoke("What is the vessel?")
    assert (reply.text, reply.tool_calls[0]["args"]) == ("", {"term": "Vessel"})
    assert model.settings[0].tool_choice == ("look_up" if "look_up" in str(choice) else "any")
    ChatGlyph(model=ScriptedModel(["No."])).bind_tools([look_up], tool_choice="none").invoke("What is it?")


async def test_an_agent_in_this_process():
    """``create_agent`` asks the document by its tools, with the model in this process, blocking and async."""

    def steps(conversation):
        *_, last = conversation
        if last.role != "tool":
            return '<tool_call>{"name": "find_text", "arguments": {"words": "The hire is"}}</tool_call>'
        return "EUR 14,850.00" if "14,850.00" in last.content[0] else "Nothing."

    model = ScriptedModel(steps)
    agent = create_agent(ChatGlyph(model=model), DocumentToolkit.from_sources(sample_text(), model=model).get_tools())
    asked = {"messages": [HumanMessage("What is the hire?")]}
    assert agent.invoke(asked)["messages"][-1].text == "EUR 14,850.00"
    assert (await agent.ainvoke(asked))["messages"][-1].text == "EUR 14,850.00"


def test_a_reader_without_tools_says_so(nano):
    """The bundled one has no words for them."""
    assert not ChatGlyph(model=nano).profile["tool_calling"]
    with pytest.raises(RequestError, match="nano cannot be given tools"):
        ChatGlyph(model=nano).bind_tools([look_up]).invoke("What is the vessel?")


def test_styles_do_not_share_a_cache(long_text):
    """The same prompt in another style is another question to the model."""
    cache, model = InMemoryCache(), ScriptedModel(lambda _: "Yes.")
    prompt = f"{mark_document(long_text)}\nIs it so?"
    for style in ("glyph", "glyph", "dense"):
        ChatGlyph(model=model, style=style, cache=cache).invoke(prompt)
    assert len(model.conversations) == 2


def test_tokens_are_counted_without_network(long_text):
    """By the model's own arithmetic, documents as pages."""
    llm = ChatGlyph(model=ScriptedModel([]))
    marked = f"{mark_document(long_text)}\nWell?"
    assert llm.get_num_tokens("Well, well.") < 20
    tokens = llm.get_num_tokens_from_messages([HumanMessage(marked)])
    assert tokens < llm.get_num_tokens(long_text) / 2
    assert llm.get_num_tokens_from_messages([HumanMessage(marked)], tools=[look_up]) > tokens + 20


def test_the_profile_says_what_the_model_takes():
    """For middleware that asks before it sends."""
    profile = ChatGlyph(model=ScriptedModel([])).profile
    assert (profile["max_input_tokens"], profile["pdf_inputs"], profile["image_tool_message"]) == (131_072, True, True)


def test_too_long_a_document_is_refused(long_text):
    """With the numbers, before the model is asked."""
    model = ScriptedModel([], spec="glm-4.1v")
    with pytest.raises(WindowOverflowError, match=r"glm-4\.1v has"):
        ChatGlyph(model=model).invoke(mark_document(long_text * 200))
