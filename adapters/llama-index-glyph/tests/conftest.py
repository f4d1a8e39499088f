"""A server on this machine."""

from __future__ import annotations

import gc

import pytest
import pytest_socket
from loopback import Loopback


@pytest.fixture
def server():
    """A server with OpenAI's API; sockets are open to this machine only."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"])
    loopback = Loopback()
    yield loopback
    loopback.shutdown()
    loopback.server_close()
    gc.collect()  # what OpenAILike leaves open, while the warnings of this test count
