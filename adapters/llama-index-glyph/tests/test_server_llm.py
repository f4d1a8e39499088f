"""``glyph_server_llm``: what the real OpenAILike sends to a server on this machine."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest
from llama_index.core.agent.workflow import AgentWorkflow, FunctionAgent
from llama_index.core.schema import Document
from llama_index.core.tools import FunctionTool

from glyph_integrations import load, render
from glyph_integrations.testing import sample_pdf
from llama_index_glyph import GlyphIndex, VisualContextLLM, glyph_server_llm

# OpenAILike leaves its connections to the garbage collector.
pytestmark = [
    pytest.mark.filterwarnings("ignore::ResourceWarning"),
    pytest.mark.filterwarnings("ignore::pytest.PytestUnraisableExceptionWarning"),
]
LONG = load(sample_pdf()).text * 3
PAGES = len(render(LONG))
ADAPTER = Path(__file__).parents[1]
SAMPLES = ADAPTER.parents[1] / "samples" / "llama_index"


def test_its_values_are_the_servers(server):
    """The window is the model's in tokens of text, and it chats."""
    llm = glyph_server_llm(server.url, "zai-org/Glyph")
    assert llm.llm.context_window == 131_072
    assert llm.metadata.context_window > 2 * 131_072
    assert (llm.metadata.is_chat_model, llm.llm.timeout) == (True, 600.0)


async def test_engines_send_pages_in_user_messages(server):
    """As data URLs, before the question, for queries and chats, blocking, streamed and async."""
    llm = glyph_server_llm(server.url, "zai-org/Glyph")
    index = GlyphIndex.from_documents([Document(text=LONG)])
    engine = index.as_query_engine(llm=llm)
    assert str(engine.query("What is the hire?")).startswith(f"I see {PAGES} images")
    assert str(await engine.aquery("What is the hire?")).startswith(f"I see {PAGES} images")
    streamed = index.as_query_engine(llm=llm, streaming=True).query("What is the hire?")
    assert "".join(streamed.response_gen).startswith(f"I see {PAGES} images")
    chat = index.as_chat_engine(llm=llm)
    chat.chat("What is the hire?")
    assert str(chat.chat("And who signed?")).startswith(f"I see {PAGES} images")
    for number, request in enumerate(server.asked):
        assert len(server.images(number)) == PAGES
        user = [message for message in request["messages"] if message["role"] == "user"]
        kinds = [part["type"] for part in user[0]["content"]]
        assert kinds == ["image_url"] * PAGES + ["text"]
        assert all(isinstance(m["content"], str) for m in request["messages"] if m["role"] != "user")


@pytest.mark.filterwarnings("ignore::DeprecationWarning")  # LlamaIndex's agents look at all attributes of an LLM
async def test_agents_call_tools_through_the_wrapper(server):
    """FunctionAgent and AgentWorkflow work unchanged, and a long result of a tool becomes pages where that is asked."""

    def read_contract() -> str:
        """The whole contract."""
        return LONG

    served = glyph_server_llm(server.url, "zai-org/Glyph", is_function_calling_model=True).llm
    llm = VisualContextLLM(served, render_above=2000)
    tool = FunctionTool.from_defaults(read_contract)
    for agent in (
        FunctionAgent(tools=[tool], llm=llm),
        AgentWorkflow.from_tools_or_functions([tool], llm=llm),
    ):
        await agent.run("Read the contract.")
        assert len(server.images()) == PAGES
        assert [message["role"] for message in server.asked[-1]["messages"]][-2:] == ["tool", "user"]


def test_the_readmes_snippet(monkeypatch, capsys):
    """It runs as it stands, from the root of the repository, on the bundled reader."""
    monkeypatch.chdir(ADAPTER.parents[1])
    (block,) = re.findall(r"```python\n(.*?)```", (ADAPTER / "README.md").read_text("utf-8"), re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own documentation
    assert "14,850" in capsys.readouterr().out


def test_before_and_after(tmp_path):
    """Every engine answers from the whole document, on the bundled reader."""
    path = tmp_path / "charter.pdf"
    path.write_bytes(sample_pdf())
    command = [sys.executable, SAMPLES / "before_and_after.py", path, "What is the hire?"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
    before, after = printed.split("after:")
    assert ("in 2 nodes" in before, "in 1 nodes" in after) == (True, True)
    assert after.count("14,850") == 5


def test_samples_on_a_server(server, tmp_path, monkeypatch):
    """The samples run as they stand, in processes of their own."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    path = tmp_path / "charter.pdf"
    path.write_bytes(sample_pdf())
    options = ("--base-url", server.url, "--model", "zai-org/Glyph")
    for name in ("query_engine.py", "chat_engine.py"):
        command = [sys.executable, SAMPLES / name, path, "What is the hire?", *options]
        printed = subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout
        assert "I see 1 images" in printed
