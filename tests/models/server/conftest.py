"""Loopback servers, and pages to show them."""

from __future__ import annotations

import pytest
import pytest_socket

from glyph_integrations import render
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.server import ServerModel
from server.loopback import NAME, Loopback


@pytest.fixture
def loopback():
    """Opens sockets, to this machine only; pytest-socket closes them again before the next test."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"])


@pytest.fixture
def server(loopback):
    """A scripted server."""
    with Loopback() as scripted, scripted.serving():
        yield scripted


@pytest.fixture
def model(server):
    """A model on it, that does not try again."""
    with ServerModel(server.url, NAME, api_key="sk-key-of-the-test", retries=0) as served:
        yield served


@pytest.fixture
def patient(server):
    """A model on it, that tries again twice."""
    with ServerModel(server.url, NAME, retries=2) as served:
        yield served


@pytest.fixture(scope="session")
def pages():
    """Two pages."""
    return tuple(render("The notice period is ninety days, counted from the first of the month. " * 300)[:2])


@pytest.fixture
def ask(pages):
    """A conversation: pages, then a question."""
    return lambda question="What is the notice period?": (Message("user", (*pages, question)),)


@pytest.fixture
def greedy():
    """Settings."""
    return GenerationSettings(max_tokens=50)
