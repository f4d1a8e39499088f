"""A reader, a document, and what to ask."""

from __future__ import annotations

import pytest
from loopback import server

from glyph_integrations import TransformersModel, load
from glyph_integrations.testing import sample_pdf

__all__ = ["charter", "long_text", "nano", "server"]


@pytest.fixture(scope="session")
def nano():
    """The bundled reader, loaded once."""
    return TransformersModel.load("nano")


@pytest.fixture(scope="session")
def charter(tmp_path_factory):
    """A contract: the path of a PDF."""
    path = tmp_path_factory.mktemp("documents") / "charter.pdf"
    path.write_bytes(sample_pdf())
    return path


@pytest.fixture(scope="session")
def long_text():
    """The text of the contract, three times over: more than a page."""
    return load(sample_pdf()).text * 3
