"""A chain as people have it, with the whole document in it: python samples/langchain/chains.py FILE QUESTION.

Before, the marked lines read:

    retriever = InMemoryVectorStore.from_documents(chunks, embeddings).as_retriever()
    llm = ChatOpenAI(base_url=…)
    chain = {"context": retriever | format_docs, …} | prompt | llm
"""

from __future__ import annotations

import argparse

from langchain_core.prompts import ChatPromptTemplate
from langchain_core.runnables import RunnablePassthrough

from langchain_glyph import ChatGlyph, GlyphLoader, VisualContextChatModel, WholeDocumentRetriever, glyph_format_docs

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("file")
parser.add_argument("question")
parser.add_argument(
    "--model", default="nano", help="nano, a folder, a hub id such as zai-org/Glyph; or a server's name"
)
parser.add_argument("--base-url", help="of an OpenAI-compatible server: asked through ChatOpenAI, which is wrapped")
arguments = parser.parse_args()

retriever = WholeDocumentRetriever.from_loader(GlyphLoader(arguments.file))  # <- instead of chunks and a vector store
if arguments.base_url:
    from langchain_openai import ChatOpenAI

    served = ChatOpenAI(base_url=arguments.base_url, model=arguments.model)
    llm = VisualContextChatModel(model=served)  # <- the model that you have, wrapped
else:
    llm = ChatGlyph(model=arguments.model)
prompt = ChatPromptTemplate.from_messages(
    [("system", "Answer from the context only.\n\n{context}"), ("human", "{input}")]
)
chain = (
    {"context": retriever | glyph_format_docs, "input": RunnablePassthrough()} | prompt | llm
)  # <- glyph_format_docs

reply = chain.invoke(arguments.question)
print(reply.text)
print(reply.response_metadata)
