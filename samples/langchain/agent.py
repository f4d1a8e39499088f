"""An agent that asks a whole document: python samples/langchain/agent.py FILE QUESTION --base-url URL --model NAME.

The agent's model calls tools, so it is one on a server (vLLM with a tool parser, OpenAI …). The document is read by
--reader: nano in this process by default.
"""

from __future__ import annotations

import argparse

from langchain.agents import create_agent
from langchain_openai import ChatOpenAI

from langchain_glyph import DocumentToolkit, VisualContextMiddleware

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("file")
parser.add_argument("question")
parser.add_argument("--base-url", required=True)
parser.add_argument("--model", required=True, help="what the server calls the agent's model")
parser.add_argument("--reader", default="nano", help="who reads the document: nano, a folder, a hub id")
arguments = parser.parse_args()

tools = DocumentToolkit.from_sources(arguments.file, model=arguments.reader).get_tools()
agent = create_agent(
    ChatOpenAI(base_url=arguments.base_url, model=arguments.model),
    tools,
    middleware=[VisualContextMiddleware(min_chars=2000)],  # long results of tools become pages; the state keeps text
)
for step in agent.stream({"messages": [("user", arguments.question)]}, stream_mode="values"):
    step["messages"][-1].pretty_print()
