"""Chains with chunks and with whole documents: python samples/langchain/before_and_after.py FILE QUESTION [--model …].

Each chain is built twice by the same lines, once for each retriever. The chunks are found by counting words, so that
nothing has to be downloaded; put your own embeddings in their place.
"""

from __future__ import annotations

import argparse
import re
import zlib

from langchain_classic.chains import RetrievalQA, create_retrieval_chain
from langchain_classic.chains.combine_documents import create_stuff_documents_chain
from langchain_core.embeddings import Embeddings
from langchain_core.prompts import ChatPromptTemplate, PromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_core.tools import create_retriever_tool
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from langchain_glyph import (
    GLYPH_DOCUMENT_PROMPT,
    ChatGlyph,
    GlyphLoader,
    WholeDocumentRetriever,
    create_document_tool,
    glyph_format_docs,
)

parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
parser.add_argument("file")
parser.add_argument("question")
parser.add_argument("--model", default="nano", help="nano, a folder, a hub id such as zai-org/Glyph")
arguments = parser.parse_args()
question = arguments.question


class WordCounts(Embeddings):
    """How often each word occurs."""

    def embed_documents(self, texts):
        return [self.embed_query(text) for text in texts]

    def embed_query(self, text):
        counts = [0.0] * 1024
        for word in re.findall(r"\w+", text.lower()):
            counts[zlib.crc32(word.encode()) % len(counts)] += 1
        return counts


loader = GlyphLoader(arguments.file)
chunks = RecursiveCharacterTextSplitter(chunk_size=500, chunk_overlap=50).split_documents(loader.load())
before = InMemoryVectorStore.from_documents(chunks, WordCounts()).as_retriever()
after = WholeDocumentRetriever.from_loader(loader)

llm = ChatGlyph(model=arguments.model)
chat = ChatPromptTemplate.from_messages(
    [("system", "Answer from the context only.\n\n{context}"), ("human", "{input}")]
)
prompt = PromptTemplate.from_template("Answer from the context.\n\n{context}\n\nQuestion: {question}")


def stuff_chain(retriever):
    chain = create_stuff_documents_chain(llm, chat, document_prompt=GLYPH_DOCUMENT_PROMPT)
    return chain.invoke({"context": retriever.invoke(question), "input": question})


def retrieval_chain(retriever):
    combine = create_stuff_documents_chain(llm, chat, document_prompt=GLYPH_DOCUMENT_PROMPT)
    return create_retrieval_chain(retriever, combine).invoke({"input": question})["answer"]


def retrieval_qa(retriever):
    options = {"prompt": prompt, "document_prompt": GLYPH_DOCUMENT_PROMPT}
    chain = RetrievalQA.from_chain_type(llm, retriever=retriever, chain_type_kwargs=options)
    return chain.invoke({"query": question})["result"]


def lcel(retriever):
    chain = {"context": retriever | glyph_format_docs, "question": RunnablePassthrough()} | prompt | llm
    return chain.invoke(question).text


def tool(retriever):
    if retriever is before:
        return create_retriever_tool(before, "search", "Searches the document.").invoke({"query": question})
    return create_document_tool(arguments.file, model=llm).invoke({"question": question})


for name, retriever in (("before", before), ("after", after)):
    found = retriever.invoke(question)
    print(f"{name}: {sum(len(document.page_content) for document in found):,} characters in {len(found)} documents")
    for chain in (stuff_chain, retrieval_chain, retrieval_qa, lcel, tool):
        answer = " ".join(chain(retriever).split())
        print(f"  {chain.__name__:16} {answer[:100]}")
