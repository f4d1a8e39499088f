"""The same against a real server, where one runs: ``benchmarks/check_vllm.py`` starts vLLM and sets both variables.

``GLYPH_TEST_SERVER`` is the address of the API, ``GLYPH_TEST_CHECKPOINT`` the folder of the checkpoint that it serves.
"""

from __future__ import annotations

import asyncio
import os

import pytest

from glyph_integrations.errors import RequestError, WindowOverflowError
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.server import ServerModel

URL = os.environ.get("GLYPH_TEST_SERVER")
CHECKPOINT = os.environ.get("GLYPH_TEST_CHECKPOINT")

pytestmark = pytest.mark.skipif(not URL or not CHECKPOINT, reason="no real server: see benchmarks/check_vllm.py")

SETTINGS = GenerationSettings(max_tokens=12, logprobs=True)


@pytest.fixture
def sent():
    """Sizes in bytes of the requests with messages."""
    return []


@pytest.fixture
def real(loopback, sent):
    """The real server's model."""
    from openai import DefaultAsyncHttpxClient

    async def weigh(request):
        if request.method == "POST":
            sent.append(int(request.headers["content-length"]))

    client = DefaultAsyncHttpxClient(event_hooks={"request": [weigh]})
    with ServerModel(URL, CHECKPOINT, spec="glm4v", retries=0, http_client=client) as model:
        yield model


def test_it_answers_as_the_library_does(real, ask):
    """Greedy decoding gives the text and the likelihood that the checkpoint gives in process, page for page."""
    pytest.importorskip("transformers")
    import torch

    from glyph_integrations.models.local import TransformersModel

    ours = TransformersModel.load(CHECKPOINT, dtype=torch.float32)
    questions = [ask("What is the notice period?"), ask("When?"), (Message("user", "Without pages?"),)]
    for served, local in zip(real.generate(questions, SETTINGS), ours.generate(questions, SETTINGS), strict=True):
        # Of a character that max_tokens cut in two, vLLM shows nothing.
        assert (served.text, served.finish) == (local.text.rstrip("\ufffd"), local.finish)
        assert served.logprob == pytest.approx(local.logprob, abs=1e-3)
        assert (served.usage.prompt, served.usage.output) == (local.usage.prompt, local.usage.output)


def test_streams_give_the_same(real, ask):
    """Streamed, and without blocking, the answer is the same."""
    (whole,) = real.generate([ask()], SETTINGS)
    *pieces, last = real.stream(ask(), SETTINGS)
    (awaited,) = asyncio.run(real.agenerate([ask()], SETTINGS))
    assert "".join(pieces) == last.text == whole.text == awaited.text


def test_pages_are_sent_once_and_prefilled_once(real, sent, ask):
    """The second question sends no page, and the server finds the pages in its prefix cache."""
    (first,) = real.generate([ask("First?")], SETTINGS)
    (second,) = real.generate([ask("Second?")], SETTINGS)
    assert sent[0] > 20_000
    assert sent[1] < 2_000
    assert second.usage.cached > 0.9 * second.usage.prompt
    assert first.usage.prompt > 1_260  # two pages


def test_what_the_server_does_not_have_is_sent_again(real, sent, pages):
    """A page that the server is wrongly believed to have is refused, and travels with the next request."""
    from glyph_integrations import render

    (unseen, *_) = render("This page was never shown to any server. " * 100)
    real._exchange._images.part(unseen, named=True, whole=True)
    real._exchange._images.hold([unseen], held=True)
    (generation,) = real.generate([(Message("user", (unseen, pages[0], "When?")),)], SETTINGS)
    assert generation.usage.output > 0
    assert len(sent) == 2
    assert sent[0] < sent[1]


def test_a_schema_is_kept(real):
    """Even random weights answer within a schema."""
    pytest.importorskip("jsonschema")
    settings = GenerationSettings(max_tokens=20, schema={"enum": ["yes", "no"]})
    (generation,) = real.generate([(Message("user", "Is it?"),)], settings)
    assert generation.data in {"yes", "no"}


def test_a_full_window_is_an_overflow(real):
    """The real server's words for a prompt that is too long are understood."""
    with pytest.raises(WindowOverflowError):
        real.generate([(Message("user", "a b c " * 20_000),)], SETTINGS)


def test_a_wrong_model_is_a_wrong_request(real):
    """A name that is not served is told as such."""
    with ServerModel(URL, "zai-org/Glyph", retries=0) as other, pytest.raises(RequestError, match="model="):
        other.generate([(Message("user", "When?"),)], SETTINGS)


def test_many_at_once_and_one_that_leaves(real, ask):
    """Closing a stream in the middle harms none of the others."""
    stream = real.stream(ask(), SETTINGS.replace(max_tokens=400))
    next(stream)
    stream.close()
    answers = real.generate([ask(f"Question {number}?") for number in range(16)], SETTINGS)
    assert all(answer.usage.output > 0 for answer in answers)
