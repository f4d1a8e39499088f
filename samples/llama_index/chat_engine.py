"""A conversation about a whole document: python samples/llama_index/chat_engine.py FILE QUESTION… [--model …]."""

from __future__ import annotations

import argparse

from llama_index_glyph import GlyphIndex, GlyphLLM, GlyphReader

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("file")
parser.add_argument("questions", nargs="+")
parser.add_argument(
    "--model", default="nano", help="nano, a folder, a hub id such as zai-org/Glyph; or a server's name"
)
parser.add_argument("--base-url", help="of an OpenAI-compatible server: asked through OpenAILike, which is wrapped")
arguments = parser.parse_args()

if arguments.base_url:
    from llama_index_glyph import glyph_server_llm

    llm = glyph_server_llm(arguments.base_url, arguments.model)
else:
    llm = GlyphLLM(arguments.model)
chat = GlyphIndex.from_documents(GlyphReader().load_data(arguments.file)).as_chat_engine(llm=llm)
for question in arguments.questions:
    print(f"› {question}\n{chat.chat(question)}\n")
