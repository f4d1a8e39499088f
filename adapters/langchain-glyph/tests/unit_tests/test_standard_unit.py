"""LangChain's own suites for chat models and tools, as far as they need no answers."""

from __future__ import annotations

import pytest
from capabilities import OfNano
from langchain_tests.unit_tests import ChatModelUnitTests, ToolsUnitTests

from glyph_integrations.testing import ScriptedModel, sample_text
from langchain_glyph import ChatGlyph, create_document_tool


class TestChatGlyph(OfNano, ChatModelUnitTests):
    """``ChatGlyph`` over the bundled reader."""

    @pytest.fixture(autouse=True)
    def _host(self, nano):
        self.host = nano

    @property
    def chat_model_class(self):
        return ChatGlyph

    @property
    def chat_model_params(self):
        return {"model": self.host}

    @property
    def standard_chat_model_params(self):
        return {"temperature": 0, "max_tokens": 100, "stop": []}


class TestDocumentTool(ToolsUnitTests):
    """``create_document_tool``."""

    @property
    def tool_constructor(self):
        return create_document_tool(sample_text(), model=ScriptedModel(lambda _: "EUR 14,850.00"))

    @property
    def tool_invoke_params_example(self):
        return {"question": "What is the hire?"}
