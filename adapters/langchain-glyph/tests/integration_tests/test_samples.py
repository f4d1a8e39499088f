"""The samples run as they stand, each in a process of its own, on a PDF."""

from __future__ import annotations

import re
import subprocess
import sys
from pathlib import Path

import pytest

ADAPTER = Path(__file__).parents[2]
SAMPLES = ADAPTER.parents[1] / "samples" / "langchain"


def run(name, *arguments):
    """What a sample prints."""
    command = [sys.executable, SAMPLES / name, *map(str, arguments)]
    return subprocess.run(command, capture_output=True, text=True, check=True, timeout=120).stdout


@pytest.mark.parametrize("name", ["document_qa.py", "chains.py"])
def test_on_the_bundled_reader(name, charter):
    """Without any option."""
    assert "14,850" in run(name, charter, "What is the hire?")


def test_before_and_after(charter):
    """With the whole document every chain has the answer that chunks found by counted words lack."""
    printed = run("before_and_after.py", charter, "What is the hire?")
    before, after = printed.split("after:")
    assert ("in 4 documents" in before, "in 1 documents" in after) == (True, True)
    assert [line.split()[0] for line in after.splitlines() if "14,850" in line] == [
        "stuff_chain",
        "retrieval_chain",
        "retrieval_qa",
        "lcel",
        "tool",
    ]


def test_the_readmes_snippet(monkeypatch, capsys):
    """It runs as it stands, from the root of the repository."""
    monkeypatch.chdir(SAMPLES.parents[1])
    (block,) = re.findall(r"```python\n(.*?)```", (ADAPTER / "README.md").read_text("utf-8"), re.DOTALL)
    exec(compile(block, "README.md", "exec"), {})  # noqa: S102 - our own documentation
    assert "14,850" in capsys.readouterr().out


def test_on_a_server(server, charter, monkeypatch):
    """The same chain and an agent, through ChatOpenAI."""
    monkeypatch.setenv("OPENAI_API_KEY", "none")
    options = ("--base-url", server.url, "--model", "zai-org/Glyph")
    assert "I see 1 images" in run("chains.py", charter, "What is the hire?", *options)
    assert "charter.pdf" in run("agent.py", charter, "What is the hire?", *options)
