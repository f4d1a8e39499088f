"""Agents: what their model is shown becomes pages, what they remember stays text."""

from __future__ import annotations

from typing import Any

import pytest
from langchain.agents import create_agent
from langchain.agents.middleware import ContextEditingMiddleware
from langchain_core.messages import HumanMessage, ToolMessage
from langchain_core.tools import tool
from langchain_openai import ChatOpenAI
from langgraph.checkpoint.memory import InMemorySaver
from langgraph.checkpoint.serde.jsonplus import JsonPlusSerializer

from glyph_integrations import load, mark_document, render
from glyph_integrations.models import images_of
from glyph_integrations.testing import ScriptedModel, sample_pdf
from langchain_glyph import (
    ChatGlyph,
    DocumentToolkit,
    VisualContextChatModel,
    VisualContextEdit,
    VisualContextMiddleware,
    to_image_blocks,
)

REPLY = 'EUR 14,850.00\nQuote: "The hire is EUR 14,850.00 for the whole period."'
CONFIG: Any = {"configurable": {"thread_id": "1"}}


@tool
def read_contract() -> str:
    """The whole contract."""
    return load(sample_pdf()).text * 3


@pytest.fixture
def model(server):
    """Calls the tool that it has, then says what it saw."""
    return ChatOpenAI(base_url=server.url, model="gpt-4o", api_key="none")


@pytest.fixture(params=[False, True], ids=["invoke", "ainvoke"])
def run(request):
    """An agent's run, waited for or in an event loop."""
    return (lambda agent, *a: agent.ainvoke(*a)) if request.param else (lambda agent, *a: _done(agent.invoke(*a)))


async def _done(value):
    return value


async def test_long_results_of_tools_become_pages(model, server, run):
    """The model sees images after the result; the state keeps the text, and no image."""
    saver = InMemorySaver()
    agent = create_agent(
        model,
        [read_contract],
        middleware=[VisualContextMiddleware(min_chars=2000)],
        checkpointer=saver,
        system_prompt="Be brief.",
    )
    state = await run(agent, {"messages": [HumanMessage("Read the contract.")]}, CONFIG)
    assert len(server.images(-1)) > 0
    assert [message["role"] for message in server.asked[-1]["messages"]] == [
        "system", "user", "assistant", "tool", "user",
    ]  # fmt: skip
    assert state["messages"][-1].text.startswith(f"I see {len(server.images(-1))} images")
    (result,) = [message for message in state["messages"] if isinstance(message, ToolMessage)]
    assert result.content == read_contract.invoke({})
    stored = JsonPlusSerializer().dumps_typed(saver.get(CONFIG))[1]
    assert len(stored) < 2 * len(result.content)
    assert len("".join(server.images(-1))) > len(stored)


async def test_marked_documents_in_questions_and_system_prompts(model, server, long_text, run):
    """Where a user or a prompt brings a whole document, the model is shown it; short results stay text."""

    @tool
    def answer() -> str:
        """Answers."""
        return "42"

    marked = mark_document(long_text, name="charter.pdf")
    agent = create_agent(model, [answer], middleware=[VisualContextMiddleware()], system_prompt=f"Know this: {marked}")
    await run(agent, {"messages": [HumanMessage("Well?")]})
    system, user, *_ = server.asked[-1]["messages"]
    assert system["content"].startswith("Know this: [charter.pdf: shown on image")
    assert user["content"][0]["type"] == "image_url"


async def test_as_an_edit_of_the_context(model, server, run):
    """The official slot; below the trigger nothing changes."""
    for trigger, expected in ((0, True), (1_000_000, False)):
        edits = [VisualContextEdit("gpt-4o", trigger=trigger)]
        agent = create_agent(model, [read_contract], middleware=[ContextEditingMiddleware(edits=edits)])
        await run(agent, {"messages": [HumanMessage("Read the contract.")]})
        assert bool(server.images(-1)) is expected


async def test_a_wrapped_model_in_an_agent(model, server, long_text, run):
    """``create_agent`` binds its tools to the wrapper, and the wrapped model sees pages."""
    agent = create_agent(VisualContextChatModel(model=model, render_above=2000), [read_contract])
    state = await run(agent, {"messages": [HumanMessage("Read the contract.")]})
    assert len(server.images(-1)) > 0
    assert len(state["messages"]) == 4


async def test_an_agent_with_the_toolkit(model, server, run):
    """Questions to the whole document, by a model that never sees it."""
    tools = DocumentToolkit.from_sources(load(sample_pdf()), model=ScriptedModel(lambda _: REPLY)).get_tools()
    agent = create_agent(model, tools)
    state = await run(agent, {"messages": [HumanMessage("What is the hire?")]})
    (result,) = [message for message in state["messages"] if isinstance(message, ToolMessage)]
    assert result.content.startswith("EUR 14,850.00\n“The hire is")
    assert result.artifact["citations"][0]["page"] == 2


@pytest.mark.parametrize("wrap", [lambda llm: llm, lambda llm: VisualContextChatModel(model=llm, spec="glm4v")])
async def test_with_a_model_in_this_process(run, wrap):
    """Its spec is known, whatever it is called, and pages reach it as they were rendered, after the tool's result."""

    def steps(conversation):
        tools = [message for message in conversation if message.role == "tool"]
        return "Read." if tools else '<tool_call>{"name": "read_contract", "arguments": {}}</tool_call>'

    model = ScriptedModel(steps, spec="glm4v", name="a folder of mine")
    agent = create_agent(
        wrap(ChatGlyph(model=model)), [read_contract], middleware=[VisualContextMiddleware(min_chars=2000)]
    )
    state = await run(agent, {"messages": [HumanMessage("Read the contract.")]})
    assert state["messages"][-1].text == "Read."
    conversation = model.conversations[-1]
    assert [message.role for message in conversation] == ["user", "assistant", "tool", "user"]
    shown = [image.fingerprint for image in images_of(conversation)]
    assert shown == [page.fingerprint for page in render(load(sample_pdf()).text * 3)]


@pytest.mark.parametrize("wrapped", [True, False])
async def test_a_page_that_a_tool_shows_reaches_the_model(model, server, run, wrapped):
    """As an image of the user, since few servers take images from tools."""

    @tool
    def look() -> list[dict[str, Any]]:
        """At a page."""
        return [{"type": "text", "text": "page 2"}, *to_image_blocks(render("A page that was looked at."))]

    middleware = [] if wrapped else [VisualContextMiddleware()]
    agent = create_agent(VisualContextChatModel(model=model) if wrapped else model, [look], middleware=middleware)
    await run(agent, {"messages": [HumanMessage("Look at page 2.")]})
    *_, result, user = server.asked[-1]["messages"]
    assert (result["role"], result["content"]) == ("tool", "page 2\n[shown on image 1]")
    assert [part["type"] for part in user["content"]] == ["image_url", "text"]
