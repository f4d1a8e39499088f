"""Chains as people have them, before and after one line is changed: the same shape, whole documents, pages."""

from __future__ import annotations

import asyncio

import pytest
from langchain_classic.chains import RetrievalQA, create_retrieval_chain
from langchain_classic.chains.combine_documents import create_stuff_documents_chain
from langchain_core.embeddings import DeterministicFakeEmbedding
from langchain_core.messages import HumanMessage
from langchain_core.output_parsers import StrOutputParser
from langchain_core.prompts import ChatPromptTemplate, PromptTemplate
from langchain_core.runnables import RunnablePassthrough
from langchain_core.tools import create_retriever_tool
from langchain_core.vectorstores import InMemoryVectorStore
from langchain_text_splitters import RecursiveCharacterTextSplitter

from langchain_glyph import (
    GLYPH_DOCUMENT_PROMPT,
    ChatGlyph,
    DocumentQA,
    GlyphLoader,
    WholeDocumentRetriever,
    create_document_tool,
    glyph_format_docs,
)

QUESTION = "What is the hire?"
CHAT_PROMPT = ChatPromptTemplate.from_messages(
    [("system", "Answer from the context only.\n\n{context}"), ("human", "{input}")]
)
TEXT_PROMPT = PromptTemplate.from_template(
    "Use the context to answer.\n\n{context}\n\nQuestion: {question}\nHelpful answer:"
)


@pytest.fixture
def before(charter):
    """Chunks in a vector store, as tutorials have them."""
    splitter = RecursiveCharacterTextSplitter(chunk_size=300, chunk_overlap=30)
    chunks = splitter.split_documents(GlyphLoader(charter).load())
    return InMemoryVectorStore.from_documents(chunks, DeterministicFakeEmbedding(size=32)).as_retriever()


@pytest.fixture
def after(charter):
    """The whole document."""
    return WholeDocumentRetriever.from_loader(GlyphLoader(charter))


@pytest.fixture
def llm(nano):
    """The bundled reader."""
    return ChatGlyph(model=nano)


def read(message):
    """Whether a reply rests on pages, and on more than one."""
    return message.response_metadata["pages"] > 1


def test_stuff_chain(llm, after):
    """``document_prompt`` is the line."""
    documents = after.invoke(QUESTION)
    chain = create_stuff_documents_chain(llm, CHAT_PROMPT, document_prompt=GLYPH_DOCUMENT_PROMPT)
    assert "14,850" in chain.invoke({"context": documents, "input": QUESTION})


def test_retrieval_chain(llm, before, after):
    """The retriever is the line; what comes back has the same keys, and the context is whole."""
    combine = create_stuff_documents_chain(llm, CHAT_PROMPT, document_prompt=GLYPH_DOCUMENT_PROMPT)
    old = create_retrieval_chain(before, combine).invoke({"input": QUESTION})
    new = create_retrieval_chain(after, combine).invoke({"input": QUESTION})
    assert new.keys() == old.keys()
    assert (len(old["context"]), len(new["context"])) == (4, 1)
    assert "14,850" in new["answer"]


def test_retrieval_qa(llm, before, after):
    """The old class works on with the new retriever."""
    options = {
        "return_source_documents": True,
        "chain_type_kwargs": {"prompt": TEXT_PROMPT, "document_prompt": GLYPH_DOCUMENT_PROMPT},
    }
    old = RetrievalQA.from_chain_type(llm, retriever=before, **options).invoke({"query": QUESTION})
    new = RetrievalQA.from_chain_type(llm, retriever=after, **options).invoke({"query": QUESTION})
    assert new.keys() == old.keys()
    assert "14,850" in new["result"]


def test_lcel(llm, after):
    """``glyph_format_docs`` stands where ``format_docs`` stood."""
    given = {"context": after | glyph_format_docs, "question": RunnablePassthrough()}
    chain = given | TEXT_PROMPT | llm
    reply = chain.invoke(QUESTION)
    assert read(reply)
    assert "14,850" in reply.text
    assert "14,850" in "".join((given | TEXT_PROMPT | llm | StrOutputParser()).stream(QUESTION))


def test_no_retriever(llm, charter):
    """A document in a message is enough."""
    (document,) = GlyphLoader(charter).load()
    block = {"type": "text-plain", "text": document.page_content, "mime_type": "text/plain"}
    assert "14,850" in llm.invoke([HumanMessage([block, {"type": "text", "text": QUESTION}])]).text


def test_document_qa_in_place_of_a_retrieval_chain(nano, charter):
    """The same keys and more; the context is what the answer cites, with its place."""
    output = DocumentQA(charter, model=nano).invoke({"input": QUESTION})
    assert {"input", "context", "answer"} <= output.keys()
    assert "14,850" in output["answer"]
    assert output["verified"]
    assert output["context"][0].metadata["page"] == 1


def test_a_tool_of_an_agent(nano, before, charter):
    """Where a search tool returned chunks, the document's tool returns the answer, with its quote and page."""
    chunks = create_retriever_tool(before, "search", "Searches the charter.").invoke({"query": QUESTION})
    answer = create_document_tool(charter, model=nano).invoke({"question": QUESTION})
    assert len(chunks) > 400
    assert "14,850" in answer.splitlines()[0]
    assert "(charter.pdf, page 2)" in answer


async def test_many_at_the_same_time(llm, after):
    """Chains that run together wait for each other's turn at the model, and each gets its own answer."""
    chain = {"context": after | glyph_format_docs, "question": RunnablePassthrough()} | TEXT_PROMPT | llm
    replies = await asyncio.gather(chain.ainvoke(QUESTION), chain.ainvoke("Who is the king of Spain?"))
    assert "14,850" in replies[0].text
    assert "14,850" not in replies[1].text
