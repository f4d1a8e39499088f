"""A reader, a document, and what to ask."""

from __future__ import annotations

import pytest
import pytest_socket
from loopback import Loopback

from glyph_integrations import TransformersModel, load
from glyph_integrations.testing import sample_pdf


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


@pytest.fixture
def server():
    """A server with OpenAI's API; sockets are open to this machine only."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"])
    loopback = Loopback()
    yield loopback
    loopback.shutdown()
    loopback.server_close()
