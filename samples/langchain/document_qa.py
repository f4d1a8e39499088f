"""Questions to a whole document: python samples/langchain/document_qa.py FILE QUESTION [--model zai-org/Glyph]."""

from __future__ import annotations

import argparse

from glyph_integrations import Reader
from langchain_glyph import DocumentQA

parser = argparse.ArgumentParser(description=__doc__)
parser.add_argument("file")
parser.add_argument("question")
parser.add_argument(
    "--model", default="nano", help="nano, a folder, a hub id such as zai-org/Glyph; or a server's name"
)
parser.add_argument("--base-url", help="of an OpenAI-compatible server, such as http://localhost:8000/v1")
arguments = parser.parse_args()

reader = Reader.from_server(arguments.base_url, arguments.model) if arguments.base_url else Reader(arguments.model)
chain = DocumentQA(arguments.file, model=reader)
for piece in chain.stream({"input": arguments.question}):
    print(piece.get("answer", ""), end="", flush=True)
    for document in piece.get("context", []):
        print(f"\n  “{document.page_content}” ({document.metadata['source']}, page {document.metadata['page_label']})")
    if "usage" in piece:
        print(f"\n{piece['usage']['compression_ratio']:.2f}× fewer tokens; verified: {piece['verified']}")
