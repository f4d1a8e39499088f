"""An agent that asks a whole document: python samples/langchain/agent.py FILE QUESTION --model NAME [--base-url URL].

The agent's model calls tools: one on a server (vLLM with a tool parser, OpenAI …), or in this process one whose chat
template knows of them (GLM-4.6V, Qwen3-VL). The document is read by --reader: nano in this process by default.
"""

from __future__ import annotations

import argparse

from langchain.agents import create_agent

from langchain_glyph import ChatGlyph, DocumentToolkit, VisualContextChatModel

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("file")
parser.add_argument("question")
parser.add_argument("--model", required=True, help="the agent's model: a folder, a hub id, or a server's name")
parser.add_argument("--base-url", help="of an OpenAI-compatible server")
parser.add_argument("--reader", default="nano", help="who reads the document: nano, a folder, a hub id")
arguments = parser.parse_args()

tools = DocumentToolkit.from_sources(arguments.file, model=arguments.reader).get_tools()
if arguments.base_url:
    from langchain_openai import ChatOpenAI

    served = ChatOpenAI(base_url=arguments.base_url, model=arguments.model)
    model = VisualContextChatModel(model=served, render_above=2000)  # long results of tools become pages
else:
    model = ChatGlyph(model=arguments.model, render_above=2000)
agent = create_agent(model, tools)
for step in agent.stream({"messages": [("user", arguments.question)]}, stream_mode="values"):
    step["messages"][-1].pretty_print()
