"""Answers piece by piece, and without blocking an event loop; who wants no more stops the generation."""

from __future__ import annotations

import asyncio
import threading
import time

import pytest

pytest.importorskip("transformers")

from glyph_integrations.errors import ModelError
from glyph_integrations.models import Generation, GenerationSettings, Message

GREEDY = GenerationSettings(max_tokens=16)
ENDLESS = GenerationSettings(max_tokens=20_000, temperature=3.0, seed=1)  # hot: it hardly ever ends by itself


def ask(pages, question="What is the notice period?"):
    """A conversation of one message."""
    return (Message("user", (*pages, question)),)


@pytest.fixture
def tokens(tiny_model):
    """How many forward passes there were, and a switch that makes the next one fail."""

    class Counter:
        passes = 0
        broken = False

    def count(_module, _inputs):
        Counter.passes += 1
        if Counter.broken:
            raise RuntimeError("the device fell off the bus")

    hook = tiny_model._model.register_forward_pre_hook(count)
    yield Counter
    hook.remove()


def finished(items):
    """The last item, which must be the whole; all others must be pieces of its text."""
    *pieces, last = items
    assert isinstance(last, Generation)
    assert all(isinstance(piece, str) and piece for piece in pieces)
    assert "".join(pieces) == last.text
    return last


def alike(found, expected):
    """Whether two generations are the same, times apart."""
    assert (found.text, found.finish, found.usage) == (expected.text, expected.finish, expected.usage)
    assert found.logprob == pytest.approx(expected.logprob, abs=1e-6)


async def collected(items):
    """All items of an asynchronous iterator."""
    return [item async for item in items]


async def ticking(task):
    """Awaits a task; returns its result and the longest time, in seconds, that the loop stood still meanwhile."""
    task, longest, before = asyncio.ensure_future(task), 0.0, time.perf_counter()
    while not task.done():
        await asyncio.sleep(0.002)
        now = time.perf_counter()
        longest, before = max(longest, now - before), now
    return task.result(), longest


@pytest.mark.parametrize("prefilled", [False, True], ids=["pages", "prefix"])
def test_streams_give_what_generate_gives(tiny_model, contract, prefilled):
    """The pieces are the text, and the whole that comes last is the one that ``generate`` returns."""
    prefix = tiny_model.prefill(contract) if prefilled else None
    (expected,) = tiny_model.generate([ask(contract)], GREEDY, prefix=prefix)
    alike(finished(tiny_model.stream(ask(contract), GREEDY, prefix=prefix)), expected)
    alike(finished(asyncio.run(collected(tiny_model.astream(ask(contract), GREEDY, prefix=prefix)))), expected)


def test_pieces_come_while_the_rest_is_generated(tiny_model, contract, tokens):
    """The first piece is there long before the last token."""
    items = tiny_model.stream(ask(contract[:1]), ENDLESS)
    assert isinstance(next(items), str)
    early = tokens.passes
    items.close()
    assert early < 1000


def test_a_stop_string_is_never_streamed(tiny_model, contract):
    """Streams hold back what may become a stop string."""
    (whole,) = tiny_model.generate([ask(contract[:1])], GREEDY)
    settings = GREEDY.replace(stop=whole.text[len(whole.text) // 2 :][:3])
    (expected,) = tiny_model.generate([ask(contract[:1])], settings)
    assert len(expected.text) < len(whole.text)
    alike(finished(tiny_model.stream(ask(contract[:1]), settings)), expected)


def test_closing_a_stream_stops_the_generation(tiny_model, contract, tokens):
    """Nothing is generated after ``close``, and the next call is answered."""
    items = tiny_model.stream(ask(contract[:1]), ENDLESS)
    next(items)
    items.close()
    passes = tokens.passes
    assert passes < 1000
    time.sleep(0.1)
    assert tokens.passes == passes
    assert not [thread for thread in threading.enumerate() if thread.name == "glyph-generation"]
    assert tiny_model.generate([ask(contract[:1])], GREEDY)[0].usage.output > 0


def test_closing_a_stream_stops_the_reading_of_pages(tiny_model, contract, tokens, monkeypatch):
    """A generation that nobody wants reads no further page."""
    monkeypatch.setattr(tiny_model, "_step", 1)
    cancel = threading.Event()
    cancel_after_first = tiny_model._model.register_forward_hook(lambda *_: cancel.set())
    try:
        (found,) = tiny_model.generate([ask(contract)], GREEDY, cancel=cancel)
    finally:
        cancel_after_first.remove()
    assert (found.finish, found.text, found.logprob) == ("cancelled", "", None)
    assert tokens.passes == 1


def test_a_cancelled_call_computes_nothing(tiny_model, contract, tokens):
    """Who has given up before it was their turn costs nothing."""
    cancel = threading.Event()
    cancel.set()
    (found,) = tiny_model.generate([ask(contract)], GREEDY, cancel=cancel)
    assert (found.finish, found.text, found.usage.output) == ("cancelled", "", 0)
    assert tokens.passes == 0


def test_what_goes_wrong_in_the_thread_reaches_the_reader(tiny_model, contract, tokens):
    """An error of the device is raised where the stream is read, and the model answers again afterwards."""
    tokens.broken = True
    with pytest.raises(RuntimeError, match="fell off the bus"):
        list(tiny_model.stream(ask(contract[:1]), GREEDY))
    with pytest.raises(RuntimeError, match="fell off the bus"):
        asyncio.run(collected(tiny_model.astream(ask(contract[:1]), GREEDY)))
    with pytest.raises(RuntimeError, match="fell off the bus"):
        asyncio.run(tiny_model.agenerate([ask(contract[:1])], GREEDY))
    tokens.broken = False
    finished(tiny_model.stream(ask(contract[:1]), GREEDY))


def test_refusals_reach_the_reader(tiny_model):
    """A conversation that is refused is refused by streams too."""
    with pytest.raises(ModelError, match="needs a message"):
        list(tiny_model.stream((), GREEDY))
    with pytest.raises(ModelError, match="needs a message"):
        asyncio.run(collected(tiny_model.astream((), GREEDY)))


def test_the_event_loop_goes_on(tiny_model, contract):
    """While an answer is generated other tasks run, however long the prompt takes."""
    long = GREEDY.replace(max_tokens=60)
    (expected,) = tiny_model.generate([ask(contract)], long)
    began = time.perf_counter()
    (found,), stood_still = asyncio.run(ticking(tiny_model.agenerate([ask(contract)], long)))
    alike(found, expected)
    assert stood_still < (time.perf_counter() - began) / 2
    began = time.perf_counter()
    items, stood_still = asyncio.run(ticking(collected(tiny_model.astream(ask(contract), long))))
    alike(finished(items), expected)
    assert stood_still < (time.perf_counter() - began) / 2


def test_cancelling_a_task_stops_the_generation(tiny_model, contract, tokens):
    """A cancelled ``agenerate`` or ``astream`` generates no more, and the model is free for others."""

    async def cancelled(awaitable):
        task = asyncio.ensure_future(awaitable)
        began = tokens.passes
        while tokens.passes < began + 5:  # noqa: ASYNC110 - the model sets no event of asyncio's
            await asyncio.sleep(0.001)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task

    for awaitable in (
        tiny_model.agenerate([ask(contract[:1])], ENDLESS),
        collected(tiny_model.astream(ask(contract[:1]), ENDLESS)),
    ):
        before = tokens.passes
        asyncio.run(cancelled(awaitable))
        tiny_model.generate([ask(contract[:1])], GREEDY)
        assert tokens.passes - before < 1000


def test_leaving_an_asynchronous_stream_stops_the_generation(tiny_model, contract, tokens):
    """Breaking out of the loop and closing the iterator ends it."""

    async def first():
        items = tiny_model.astream(ask(contract[:1]), ENDLESS)
        piece = await anext(items)
        await items.aclose()
        return piece

    assert isinstance(asyncio.run(first()), str)
    tiny_model.generate([ask(contract[:1])], GREEDY)
    assert tokens.passes < 1000


def test_a_loop_that_is_gone_is_no_error(tiny_model, contract):
    """A program that ends its event loop in the middle of a stream leaves a thread that ends quietly."""

    async def abandoned():
        items = tiny_model.astream(ask(contract[:1]), ENDLESS)
        await anext(items)
        return items

    for _ in range(3):
        asyncio.run(abandoned())
    for thread in threading.enumerate():
        if thread.name == "glyph-generation":
            thread.join(60)
            assert not thread.is_alive()


def test_tasks_are_answered_one_after_the_other(tiny_model, contract, invoices):
    """Several tasks at the same time get what each gets alone."""
    asked = [ask(contract[:1]), ask(invoices[:1]), ask([])]
    expected = [tiny_model.generate([one], GREEDY)[0] for one in asked]

    async def together():
        return await asyncio.gather(*(tiny_model.agenerate([one], GREEDY) for one in asked))

    for found, one in zip(asyncio.run(together()), expected, strict=True):
        alike(found[0], one)
