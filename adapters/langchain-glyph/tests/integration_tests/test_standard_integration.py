"""LangChain's own suites on what really runs here: the bundled reader, and a retriever of whole documents."""

from __future__ import annotations

import httpx
import pytest
from capabilities import OfNano, SeesFilesOfTools
from langchain_core.documents import Document
from langchain_openai import ChatOpenAI
from langchain_tests.integration_tests import (
    ChatModelIntegrationTests,
    RetrieversIntegrationTests,
    ToolsIntegrationTests,
)
from loopback import scripted

from glyph_integrations import render
from glyph_integrations.testing import sample_pdf, sample_text
from langchain_glyph import ChatGlyph, VisualContextChatModel, WholeDocumentRetriever, create_document_tool


def at_hand(monkeypatch, *style):
    """The picture and the PDF that the suite fetches, without a network."""
    (page,) = render("A photograph of a boardwalk in a wetland.", *style)
    files, fetch = {".png": page.png(), ".jpg": page.png(), ".pdf": sample_pdf()}, httpx.get

    def get(url, **options):
        return httpx.Response(200, content=files[url[-4:]]) if url[-4:] in files else fetch(url, **options)

    monkeypatch.setattr(httpx, "get", get)


class TestChatGlyph(OfNano, ChatModelIntegrationTests):
    """``ChatGlyph`` over the bundled reader."""

    @pytest.fixture(autouse=True)
    def _host(self, nano, monkeypatch):
        self.host = nano
        at_hand(monkeypatch, "nano", "nano")

    @property
    def chat_model_class(self):
        return ChatGlyph

    @property
    def chat_model_params(self):
        return {"model": self.host, "max_tokens": 60}

    @property
    def supports_model_override(self):
        return False  # another model is another object: it has to be loaded


class TestChatGlyphWithTools(SeesFilesOfTools, TestChatGlyph):
    """``ChatGlyph`` over a model that takes tools: the same, and all that the suite does with tools."""

    @property
    def chat_model_params(self):
        return {"model": scripted()}

    has_tool_calling = True


class TestWholeDocumentRetriever(RetrieversIntegrationTests):
    """``WholeDocumentRetriever``."""

    @property
    def retriever_constructor(self):
        return WholeDocumentRetriever

    @property
    def retriever_constructor_params(self):
        return {"documents": [Document(page_content=f"Document {number}.") for number in range(4)]}

    @property
    def retriever_query_example(self):
        return "What is the hire?"


class TestDocumentTool(ToolsIntegrationTests):
    """``create_document_tool`` over the bundled reader."""

    @pytest.fixture(autouse=True)
    def _host(self, nano):
        self.host = nano

    @property
    def tool_constructor(self):
        return create_document_tool(sample_text(), model=self.host)

    @property
    def tool_invoke_params_example(self):
        return {"question": "What is the hire?"}


class TestVisualContextChatModel(SeesFilesOfTools, ChatModelIntegrationTests):
    """``VisualContextChatModel`` over ``ChatOpenAI``, against a server on this machine."""

    @pytest.fixture(autouse=True)
    def _url(self, server, monkeypatch):
        self.url = server.url
        at_hand(monkeypatch)

    @property
    def chat_model_class(self):
        return VisualContextChatModel

    @property
    def chat_model_params(self):
        return {"model": ChatOpenAI(base_url=self.url, model="gpt-4o", api_key="none")}

    @property
    def standard_chat_model_params(self):
        return {}

    @property
    def supports_image_urls(self):
        return True

    @property
    def supports_model_override(self):
        return False

    @property
    def has_tool_choice(self):
        return True
