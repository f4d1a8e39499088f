"""A whole document behind a query engine: python samples/llama_index/query_engine.py FILE QUESTION [--model …]."""

from __future__ import annotations

import argparse

from llama_index_glyph import GlyphIndex, GlyphLLM, GlyphReader

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("file")
parser.add_argument("question")
parser.add_argument(
    "--model", default="nano", help="nano, a folder, a hub id such as zai-org/Glyph; or a server's name"
)
parser.add_argument("--base-url", help="of an OpenAI-compatible server, such as http://localhost:8000/v1")
arguments = parser.parse_args()

if arguments.base_url:
    from glyph_integrations import ServerModel

    llm = GlyphLLM(ServerModel(arguments.base_url, arguments.model))
else:
    llm = GlyphLLM(arguments.model)
index = GlyphIndex.from_documents(GlyphReader(mode="page").load_data(arguments.file))
response = index.as_query_engine(llm=llm, streaming=True).query(arguments.question)
for piece in response.response_gen:
    print(piece, end="", flush=True)
print()
for source in response.source_nodes:
    print(f"  “{source.metadata['quote']}” ({source.metadata['file_name']}, page {source.metadata['page_label']})")
print(f"{response.metadata['usage']['compression_ratio']:.2f}× fewer tokens; verified: {response.metadata['verified']}")
