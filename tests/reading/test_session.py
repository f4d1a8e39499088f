"""A source that a real model has read: the ways to ask it are one, whoever else asks at the same time."""

from __future__ import annotations

import asyncio
import threading
import time
from concurrent.futures import ThreadPoolExecutor
from dataclasses import replace

import pytest

from glyph_integrations import Progress, Reader, RenderStyle, RequestError, SourceText, TransformersModel, load
from glyph_integrations.models import GenerationSettings
from glyph_integrations.testing import ScriptedModel, sample_pdf

SMALL = RenderStyle(page_width=280, page_height=280, crop_last_page=False)
TEXT = SourceText.from_string("The notice period is ninety days, counted from the first of the month. " * 40)
OTHER = SourceText.from_string("Invoice GB-7719-K was paid twice: 12,450.00 euro on 2024-03-18. " * 30)
QUESTIONS = ["What is the notice period?", "From when?", "Which invoice was paid twice, and what did that cost?"]
SETTINGS = GenerationSettings(max_tokens=16)


@pytest.fixture(scope="module")
def reader(tiny_model):
    """A reader over the tiny model, with short answers on small pages."""
    return Reader(tiny_model, style=SMALL, settings=SETTINGS)


@pytest.fixture(scope="module")
def endless(tiny_glm4v):
    """A reader whose model neither ends an answer by itself nor loops: it goes on for minutes."""
    model = TransformersModel.load(tiny_glm4v)
    model._ends, model._vocabulary.ends = [len(model._tokenizer)], frozenset()  # none that it ever writes
    settings = GenerationSettings(max_tokens=50_000, temperature=5.0, seed=1)
    return Reader(model, style=SMALL, settings=settings)


@pytest.fixture
def session(reader):
    """A session about the first document."""
    with reader.open(TEXT) as session:
        yield session


@pytest.fixture(scope="module")
def alone(reader):
    """The answer to each question, each asked of a reading of its own."""
    return {
        (text, question): reader.ask(source, question).text
        for text, source in (("text", TEXT), ("other", OTHER))
        for question in QUESTIONS
    }


def test_the_answers_differ(alone):
    """What the model says depends on document and question, so that the comparisons below mean something."""
    assert len(set(alone.values())) == len(alone)
    assert all(alone.values())


def test_a_session_answers_as_a_reading_from_scratch(session, alone):
    """Prefilled pages change nothing but the work: answers are the same, in any order, and again."""
    for question in [*QUESTIONS, *reversed(QUESTIONS)]:
        assert session.ask(question).text == alone["text", question]


def test_a_session_answers_as_the_model_without_prefilling(session, tiny_model):
    """The conversation, computed from its start, gives the same text."""
    answer = session.ask(QUESTIONS[0])
    shown = ScriptedModel(["x"], spec=tiny_model.spec)
    Reader(shown, style=SMALL).ask(TEXT, QUESTIONS[0])
    (generation,) = tiny_model.generate(shown.conversations, SETTINGS)
    assert generation.usage.cached == 0
    assert answer.text == generation.text.strip()


def test_pages_are_computed_once(session):
    """Every question finds all tokens of the pages prefilled, and the first one pays for it."""
    first, second = session.ask(QUESTIONS[0]), session.ask(QUESTIONS[1])
    pages = sum(page.visual_tokens for page in session.rendering)
    assert first.usage.cached_tokens == second.usage.cached_tokens >= pages
    assert second.usage.prompt_tokens - second.usage.cached_tokens < 400
    assert first.usage.visual_tokens == second.usage.visual_tokens == pages


def test_time_is_paid_where_it_is_spent(session):
    """Loading, rendering and prefilling are in the first answer's seconds only; later ones have their own."""

    class Slow(ScriptedModel):
        def prefill(self, pages):
            time.sleep(0.1)
            return super().prefill(pages)

    with Reader(Slow(["a", "b"])).open(load(sample_pdf())) as slow:
        first, second = (slow.ask(question).usage.seconds for question in QUESTIONS[:2])
    assert min(first["load"], first["render"]) > 0
    assert first["prefill"] >= 0.1
    assert second == {"load": 0, "render": 0, "prefill": 0, "decode": 0}
    assert all(seconds > 0 for stage, seconds in session.ask(QUESTIONS[0]).usage.seconds.items() if stage != "load")


def test_prefilling_can_be_had_early(reader):
    """After ``prefill`` the first question costs what any other does, but reports what was spent."""
    events = []
    with reader.open(TEXT, progress=events.append) as session:
        session.prefill()
        session.prefill()
        assert [event.stage for event in events].count("prefill") == 2
        assert session.ask(QUESTIONS[0]).usage.seconds["prefill"] > 0
        assert [event.stage for event in events].count("prefill") == 2


def test_many_questions_are_the_same_as_one_by_one(session, alone):
    """A batch gives the answers of single questions, in order; none at all gives none."""
    answers = session.ask_all(QUESTIONS)
    assert [answer.text for answer in answers] == [alone["text", question] for question in QUESTIONS]
    assert [answer.question for answer in answers] == QUESTIONS
    assert session.ask_all([]) == []
    with pytest.raises(RequestError, match="for a single one there is ask"):
        session.ask_all(QUESTIONS[0])


def test_history_is_read(session, alone):
    """An earlier turn changes the answer; the pages stay cached before it."""
    answer = session.ask(QUESTIONS[1], history=[(QUESTIONS[0], "Ninety days.")])
    assert answer.text != alone["text", QUESTIONS[1]]
    assert answer.usage.cached_tokens == session.ask(QUESTIONS[1]).usage.cached_tokens


# Streams


def test_pieces_join_to_the_answer(session, alone):
    """What a stream shows, piece by piece, is the text; the answer comes with it."""
    stream = session.stream(QUESTIONS[2])
    pieces = list(stream)
    assert len(pieces) > 1
    assert "".join(pieces) == stream.answer.text == alone["text", QUESTIONS[2]]
    assert stream.answer.usage.output_tokens > 0
    assert list(stream) == []


def test_the_answer_waits_for_the_stream(session, alone):
    """Nobody has to iterate, not at all or not to the end."""
    assert session.stream(QUESTIONS[0]).answer.text == alone["text", QUESTIONS[0]]
    stream = session.stream(QUESTIONS[0])
    next(iter(stream))
    assert stream.answer.text == alone["text", QUESTIONS[0]]


def test_a_stream_that_is_closed_frees_the_model(endless):
    """Closing cancels the generation: the next question does not wait for its end, and has its own answer."""
    reader = Reader(endless.model, style=SMALL, settings=SETTINGS)
    expected = reader.ask(OTHER, QUESTIONS[1]).text
    with endless.open(TEXT) as session:
        stream = session.stream(QUESTIONS[0])
        next(iter(stream))
        began = time.perf_counter()
        stream.close()
        assert reader.ask(OTHER, QUESTIONS[1]).text == expected
        assert time.perf_counter() - began < 10
        with pytest.raises(RequestError, match="closed before"):
            _ = stream.answer


def test_a_stream_that_never_began_can_be_closed(session):
    """Nothing was asked, so there is nothing to cancel and no answer."""
    stream = session.stream(QUESTIONS[0])
    stream.close()
    with pytest.raises(RequestError, match="closed before"):
        _ = stream.answer


# Event loops


def test_async_answers_are_the_same(session, alone):
    """All three asynchronous ways give the answers of their twins."""

    async def ask():
        single = await session.aask(QUESTIONS[0])
        batch = await session.aask_all(QUESTIONS)
        stream = session.astream(QUESTIONS[2])
        pieces = [piece async for piece in stream]
        return single, batch, pieces, await stream.answer(), await session.aask_all([])

    single, batch, pieces, streamed, nothing = asyncio.run(ask())
    assert single.text == alone["text", QUESTIONS[0]]
    assert [answer.text for answer in batch] == [alone["text", question] for question in QUESTIONS]
    assert "".join(pieces) == streamed.text == alone["text", QUESTIONS[2]]
    assert nothing == []


@pytest.mark.parametrize("way", ["aask", "aask_all", "astream"])
def test_the_loop_is_not_blocked(reader, way):
    """While the model reads and writes, other tasks have their turns."""

    async def ask():
        turns = []
        done = asyncio.Event()

        async def tick():
            while not done.is_set():
                turns.append(time.perf_counter())
                await asyncio.sleep(0.005)

        ticking = asyncio.create_task(tick())
        began = time.perf_counter()
        with reader.open(TEXT) as session:
            if way == "astream":
                await session.astream(QUESTIONS[0]).answer()
            elif way == "aask_all":
                await session.aask_all(QUESTIONS)
            else:
                await session.aask(QUESTIONS[0])
        took = time.perf_counter() - began
        done.set()
        await ticking
        return turns, took

    turns, took = asyncio.run(ask())
    # A thread that computes lets go of the interpreter often, but not every 5 ms.
    assert len(turns) > took / 0.1


def test_cancelling_a_task_cancels_the_generation(endless):
    """A cancelled question ends at once instead of after thousands of tokens, and the model answers others."""
    reader = Reader(endless.model, style=SMALL, settings=SETTINGS)
    expected = reader.ask(TEXT, QUESTIONS[1]).text

    async def ask(session):
        task = asyncio.create_task(session.aask(QUESTIONS[0]))
        await asyncio.sleep(0.3)
        task.cancel()
        with pytest.raises(asyncio.CancelledError):
            await task
        return await reader.aask(TEXT, QUESTIONS[1])

    with endless.open(TEXT) as session:
        session.prefill()
        began = time.perf_counter()
        assert asyncio.run(ask(session)).text == expected
        assert time.perf_counter() - began < 10


def test_an_async_stream_can_be_closed_early(endless):
    """After ``aclose`` the model is free, and there is no answer."""
    reader = Reader(endless.model, style=SMALL, settings=SETTINGS)
    expected = reader.ask(OTHER, QUESTIONS[0]).text

    async def ask():
        with endless.open(TEXT) as session:
            stream = session.astream(QUESTIONS[0])
            async for _ in stream:
                break
            await stream.aclose()
            with pytest.raises(RequestError, match="closed before"):
                await stream.answer()
            return await reader.aask(OTHER, QUESTIONS[0])

    began = time.perf_counter()
    assert asyncio.run(ask()).text == expected
    assert time.perf_counter() - began < 10


def test_tasks_share_a_session(session, alone):
    """Questions asked at the same time have the answers of single ones."""

    async def ask():
        return await asyncio.gather(*(session.aask(question) for question in QUESTIONS))

    assert [answer.text for answer in asyncio.run(ask())] == [alone["text", question] for question in QUESTIONS]


# Threads


def test_threads_get_the_answers_that_they_would_get_alone(reader, alone):
    """Four threads, two sessions over one model: no answer is another's."""
    with reader.open(TEXT) as text, reader.open(OTHER) as other, ThreadPoolExecutor(4) as pool:
        sessions = {"text": text, "other": other}
        asked = [(name, question) for question in QUESTIONS for name in sessions] * 2
        found = list(pool.map(lambda one: sessions[one[0]].ask(one[1]).text, asked))
    assert found == [alone[one] for one in asked]


def test_threads_prefill_once(reader):
    """Threads that begin together wait for one prefilling."""
    events = []
    barrier = threading.Barrier(3)

    def ask(question):
        barrier.wait()
        return session.ask(question).usage.cached_tokens

    with reader.open(TEXT, progress=events.append) as session, ThreadPoolExecutor(3) as pool:
        cached = list(pool.map(ask, QUESTIONS))
    assert [event for event in events if event.stage == "prefill"] == [
        Progress(stage="prefill", done=done, total=1) for done in (0, 1)
    ]
    assert min(cached) == max(cached) > 0


# The end


def test_a_closed_session_refuses(reader):
    """Every way to ask says that the session is closed, a stream that was begun before too."""
    with reader.open(TEXT) as session:
        before = session.stream(QUESTIONS[0])
    ways = (
        lambda: session.ask(QUESTIONS[0]),
        lambda: session.ask_all(QUESTIONS),
        lambda: session.stream(QUESTIONS[0]).answer,
        lambda: asyncio.run(session.aask(QUESTIONS[0])),
        lambda: asyncio.run(session.aask_all(QUESTIONS)),
        session.prefill,
        lambda: before.answer,
    )
    for way in ways:
        with pytest.raises(RequestError, match="closed"):
            way()
    session.close()


def test_a_session_describes_itself(session):
    """Its representation names the text, the number of pages and the model; text and pages are at hand."""
    assert repr(session).startswith("ReadingSession(SourceText(text: 2,840 characters")
    assert repr(session).endswith(f"{len(session.rendering)} pages, 'tiny-glm4v')")
    assert session.text.text == TEXT.text


# Progress and windows


def test_progress_is_told_in_order(reader):
    """Loading, each rendered page, prefilling, reading: every stage begins at nothing done and ends complete."""
    events = []
    with reader.open(TEXT, progress=events.append) as session:
        pages = len(session.rendering)
        opened = len(events)
        session.ask(QUESTIONS[0])
    assert [(event.stage, event.done, event.total) for event in events[:opened]] == [
        ("load", 0, 1),
        ("load", 1, 1),
        *(("render", done + 1, pages) for done in range(pages)),
    ]
    assert [(event.stage, event.done, event.total) for event in events[opened:]] == [
        ("prefill", 0, 1),
        ("prefill", 1, 1),
        ("read", 0, 1),
        ("read", 1, 1),
    ]


@pytest.fixture(scope="module")
def narrow(tiny_glm4v, tiny_model):
    """The tiny model with room for one small page, so that every page is a window."""
    return TransformersModel.load(tiny_glm4v, spec=replace(tiny_model.spec, images_per_request=1))


def test_windows_that_fit_one_together_are_read_together(narrow):
    """Windows of one page each are a batch; what they said is put together; the usage has tokens and time of all."""
    events = []
    reader = Reader(narrow, style=SMALL, settings=SETTINGS, overflow="windows")
    with reader.open(TEXT, progress=events.append) as session:
        answer = session.ask(QUESTIONS[0])
        pages = len(session.rendering)
        again = session.ask(QUESTIONS[0])
    assert len(answer.windows) == pages > 1
    assert len({window.text for window in answer.windows}) > 1
    assert answer.usage.visual_tokens == 100 * pages
    assert answer.usage.output_tokens > sum(window.usage.output_tokens for window in answer.windows)
    assert answer.usage.cached_tokens >= 100 * pages
    assert again.text == answer.text
    told = [(event.stage, event.done) for event in events if event.stage in {"prefill", "read"}]
    prefilled = [("prefill", window + done) for window in range(pages) for done in (0, 1)]
    assert told == [*prefilled, ("read", 0), ("read", pages), ("read", 0), ("read", pages)]


def test_windows_too_large_together_are_read_one_by_one(tiny_glm4v, tiny_model):
    """The pages of one window are prefilled and read before the next, and the answer is that of reading together."""
    told, answers = {}, {}
    long = SourceText.from_string(TEXT.text * 3)
    for window in (500, 131_072):
        spec = replace(tiny_model.spec, images_per_request=1, window=window)
        model = TransformersModel.load(tiny_glm4v, spec=spec)
        events = []
        reader = Reader(model, style=SMALL, settings=SETTINGS.replace(max_tokens=4), overflow="windows", merge="best")
        with reader.open(long, progress=events.append) as session:
            answers[window] = session.ask(QUESTIONS[0])
        told[window] = [event.done for event in events if event.stage == "read"]
    pages = len(answers[500].windows)
    assert told[131_072] == [0, pages]
    assert told[500] == [edge for first in range(0, pages, 4) for edge in (first, min(first + 4, pages))]
    assert pages > 4
    assert [part.text for part in answers[500].windows] == [part.text for part in answers[131_072].windows]


def test_a_window_is_prefilled_once_for_both_passes(narrow):
    """A second pass over a window, with expanded pages, continues from the same prefilled pages."""
    events = []
    reader = Reader(narrow, style=SMALL, settings=SETTINGS, overflow="windows", expand=1)
    with reader.open(TEXT, progress=events.append) as session:
        session.ask_all(QUESTIONS[:2])
        pages = len(session.rendering)
    prefilled = [event.done for event in events if event.stage == "prefill"]
    assert prefilled == [window + done for window in range(pages) for done in (0, 1)]


def test_an_answer_to_a_schema_that_was_cut_is_text(session):
    """JSON that max_tokens cut off is no data and no error: it is kept as it stands, marked as incomplete."""
    pytest.importorskip("xgrammar")
    schema = {"type": "object", "properties": {"days": {"type": "integer"}}, "required": ["days"]}
    cut = session.ask("How many?", schema=schema)
    assert cut.finish == "length"
    assert (cut.data, cut.abstained) == (None, False)
    assert cut.text.startswith("{")
