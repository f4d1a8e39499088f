"""``ServerModel`` as callers meet it: answers, streams, concurrency, cancellation."""

from __future__ import annotations

import asyncio
import gc
import sys
import threading
import time
from concurrent.futures import ThreadPoolExecutor

import pytest

from glyph_integrations.errors import (
    GlyphError,
    MissingExtraError,
    ModelError,
    RequestError,
    ResponseError,
    ServerError,
    UnknownModelError,
)
from glyph_integrations.models import GenerationSettings, Message, TokenUsage, VisionModel
from glyph_integrations.models.server import ServerModel
from server.loopback import NAME, answer, hang, loop, page, stall, status

QUESTION = (Message("user", "When?"),)


def whole(stream):
    """The pieces of a stream, joined, and what came last."""
    *pieces, generation = stream
    return "".join(pieces), generation


async def awhole(stream):
    """The same, of an asynchronous stream."""
    return whole([item async for item in stream])


def free(server):
    """Waits until the server has nothing to do any more."""
    end = time.monotonic() + 5
    while server.running and time.monotonic() < end:
        time.sleep(0.01)
    return server.running == 0


def test_it_is_a_vision_model(model):
    """It has all that reading asks for, knows its spec, and has no prefix of its own."""
    assert isinstance(model, VisionModel)
    assert (model.name, model.spec.name) == (NAME, "glm4v")
    assert model.prefill(()) is None


def test_an_unknown_name_needs_a_spec(loopback):
    """A name that tells nothing leads to an error that names spec=; with spec= it is fine."""
    with pytest.raises(UnknownModelError, match="spec="):
        ServerModel("http://127.0.0.1:1/v1", "my-model")
    assert ServerModel("http://127.0.0.1:1/v1", "my-model", spec="glm4v").spec.name == "glm4v"


@pytest.mark.parametrize("wrong", [{"base_url": "localhost:8000"}, {"concurrency": 0}, {"timeout": 0}, {"retries": -1}])
def test_impossible_arguments_are_refused(wrong):
    """Numbers and addresses that make no sense are refused at once."""
    with pytest.raises(RequestError, match=next(iter(wrong))):
        ServerModel(**{"base_url": "http://127.0.0.1:1/v1", "model": NAME, **wrong})


def test_all_ways_of_asking_give_the_same(server, model, greedy):
    """The same answer whole, streamed, and both without blocking: pieces join to its text."""
    server.otherwise = answer("<think>Page", " 3.</think>", "<answer>42", " days", "</answer>", usage=(1269, 9, 1200))
    (generated,) = model.generate([QUESTION], greedy)
    assert (generated.text, generated.thinking, generated.finish) == ("42 days", "Page 3.", "stop")
    assert generated.usage == TokenUsage(prompt=1269, output=9, cached=1200)
    for text, streamed in (whole(model.stream(QUESTION, greedy)), asyncio.run(awhole(model.astream(QUESTION, greedy)))):
        assert text == streamed.text == generated.text
        assert (streamed.thinking, streamed.usage) == (generated.thinking, generated.usage)
    (awaited,) = asyncio.run(model.agenerate([QUESTION], greedy))
    assert (awaited.text, awaited.usage) == (generated.text, generated.usage)


def test_pieces_come_as_they_are_written(server, model, greedy):
    """What the model has written is there before it goes on."""
    server.otherwise = stall
    stream = model.stream(QUESTION, greedy)
    assert next(stream) == "42"
    stream.close()


def test_conversations_run_together_under_the_cap(server, greedy):
    """Several requests are under way at once, never more than allowed, and results keep their order."""
    server.otherwise = lambda handler, asked: answer(asked.body["messages"][0]["content"], pause=0.05)(handler, asked)
    questions = [(Message("user", f"Question {number}"),) for number in range(9)]
    with ServerModel(server.url, NAME, concurrency=3) as model:
        generations = model.generate(questions, greedy)
    assert [generation.text for generation in generations] == [f"Question {number}" for number in range(9)]
    assert server.most_running == 3


def test_the_first_failure_cancels_the_others(server, model, greedy):
    """One conversation that fails ends the rest at once: the server sees the connections close."""
    server.script += [hang, hang]
    server.otherwise = status(400, "no such thing")
    began = time.monotonic()
    with pytest.raises(RequestError, match="no such thing"):
        model.generate([QUESTION] * 3, greedy)
    assert free(server)
    assert time.monotonic() - began < 5
    assert server.disconnected.is_set()


def test_closing_a_stream_frees_the_server_and_the_slot(server, greedy):
    """Closing the iterator closes the connection, and the next request takes its place."""
    server.script.append(stall)
    with ServerModel(server.url, NAME, concurrency=1) as model:
        stream = model.stream(QUESTION, greedy)
        next(stream)
        stream.close()
        assert server.disconnected.wait(5)
        assert model.generate([QUESTION], greedy)[0].text == "42 days"


def test_cancelling_a_task_frees_the_server_and_the_slot(server, greedy):
    """The same for a task that waits for a whole answer, and for one in the middle of a stream."""
    server.script += [hang, stall]

    async def main(model):
        task = asyncio.create_task(model.agenerate([QUESTION], greedy))
        assert await asyncio.to_thread(server.reached.wait, 5)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        assert await asyncio.to_thread(server.disconnected.wait, 5)
        server.disconnected.clear()
        stream = model.astream(QUESTION, greedy)
        assert await anext(stream) == "42"
        await stream.aclose()
        assert await asyncio.to_thread(server.disconnected.wait, 5)
        return await model.agenerate([QUESTION], greedy)

    with ServerModel(server.url, NAME, concurrency=1) as model:
        assert asyncio.run(main(model))[0].text == "42 days"


def test_threads_and_event_loops_share_one_model(server, greedy):
    """Four threads, two of them with event loops of their own, use one model at once; its cap holds for all."""
    server.otherwise = lambda handler, asked: answer(asked.body["messages"][0]["content"], pause=0.01)(handler, asked)

    def ask(worker):
        questions = [(Message("user", f"{worker}.{number}"),) for number in range(5)]
        if worker % 2:
            generations = asyncio.run(model.agenerate(questions, greedy))
        else:
            generations = model.generate(questions, greedy)
        return [generation.text for generation in generations]

    with ServerModel(server.url, NAME, concurrency=4) as model, ThreadPoolExecutor(4) as workers:
        texts = list(workers.map(ask, range(4)))
    assert texts == [[f"{worker}.{number}" for number in range(5)] for worker in range(4)]
    assert server.most_running <= 4


def test_a_loop_is_stopped(server, model, greedy):
    """A model that repeats itself is cut off at the server, and its first repetition is where the text ends."""
    server.owner = "vllm"
    server.otherwise = loop(reasoning=False)
    (generation,) = model.generate([QUESTION], greedy)
    assert generation.finish == "repetition"
    assert generation.text.startswith("It begins well. The same again and again")
    assert generation.text.count("The same") == 1
    assert generation.usage.output > 1  # known although the answer did not end
    assert server.disconnected.wait(5)


def test_a_loop_of_thoughts_is_stopped(server, model, greedy):
    """The same while it thinks."""
    server.otherwise = loop(reasoning=True)
    (generation,) = model.generate([QUESTION], greedy)
    assert (generation.finish, generation.text) == ("repetition", "")
    assert generation.thinking.count("The same again and again.") == 1
    assert server.disconnected.wait(5)


def test_a_schema_gives_data(server, model):
    """An answer to a schema is parsed and validated; one that breaks it is a ResponseError."""
    pytest.importorskip("jsonschema")
    schema = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
    settings = GenerationSettings(schema=schema)
    server.script += [answer('{"days":', " 42}"), answer('{"days": "many"}'), answer('{"days":', finish="length")]
    (generation,) = model.generate([QUESTION], settings)
    assert (generation.data, generation.text) == ({"days": 42}, '{"days": 42}')
    with pytest.raises(ResponseError):
        model.generate([QUESTION], settings)
    (unfinished,) = model.generate([QUESTION], settings)
    assert (unfinished.finish, unfinished.data) == ("length", None)


def test_prefill_and_decode_are_timed(server, model, greedy):
    """The time until the first token is told apart from the rest."""
    server.otherwise = answer("42", " days", pause=0.2)
    (generation,) = model.generate([QUESTION], greedy)
    assert generation.seconds["prefill"] >= 0.2
    assert 0 <= generation.seconds["decode"] < 0.2


def test_closing_ends_everything(server, greedy):
    """A closed model has no thread and no connection, refuses to answer, and may be closed again."""
    server.script.append(stall)
    model = ServerModel(server.url, NAME)
    stream = model.stream(QUESTION, greedy)
    next(stream)
    model.close()
    model.close()
    assert server.disconnected.wait(5)
    assert "glyph-server-model" not in [thread.name for thread in threading.enumerate()]
    with pytest.raises(ModelError, match="closed"):
        next(stream)
    with pytest.raises(ModelError, match="closed"):
        model.generate([QUESTION], greedy)


def test_a_forgotten_model_ends_by_itself(server, greedy):
    """The last reference to a model takes its thread and its connections with it."""
    model = ServerModel(server.url, NAME)
    model.generate([QUESTION], greedy)
    del model
    gc.collect()
    assert "glyph-server-model" not in [thread.name for thread in threading.enumerate()]


def test_nothing_to_ask_is_nothing_to_answer(server, model, greedy):
    """No conversations, no requests."""
    assert model.generate([], greedy) == []
    assert server.asked == []


def test_all_failures_are_of_this_package(server, model, greedy):
    """Whatever a server does, callers need to catch GlyphError only."""
    for step in (status(418), status(599), page):
        server.script.append(step)
        with pytest.raises(GlyphError):
            model.generate([QUESTION], greedy)
    server.script.append(answer("42", finish="abort"))
    with pytest.raises(ServerError, match="abort"):
        model.generate([QUESTION], greedy)


def test_a_missing_sdk_names_the_extra(monkeypatch):
    """Without openai the error says what to install."""
    monkeypatch.setitem(sys.modules, "openai", None)
    with pytest.raises(MissingExtraError, match=r"glyph-integrations\[server\]"):
        ServerModel("http://127.0.0.1:1/v1", NAME)
