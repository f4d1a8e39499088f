"""A reader's own ways to ask, each a session of one question."""

from __future__ import annotations

import asyncio
from dataclasses import replace

import pytest

from glyph_integrations import (
    ModelLoadError,
    NotFoundError,
    Reader,
    RenderStyle,
    RequestError,
    StyleError,
    TransformersModel,
    model_spec,
    settings_for,
)
from glyph_integrations.models import GenerationSettings
from glyph_integrations.rendering import PRESETS
from glyph_integrations.testing import ScriptedModel

HIRE = "The hire is EUR 14,850.00 for the whole period."
REPLY = f"<think>Page one.</think>EUR 14,850.00\nQuote: {HIRE}"


def same(*answers):
    """Whether answers are equal but for the time they took."""
    plain = []
    for answer in answers:
        values = answer.to_dict()
        values["usage"].pop("seconds")
        plain.append(values)
    return all(values == plain[0] for values in plain)


def test_every_way_to_ask_is_the_same(charter):
    """Asked at once, in a batch, in a session, as a stream, and each of it in an event loop: one answer."""
    model = ScriptedModel(lambda _: REPLY)
    reader = Reader(model)
    question = "What is the hire?"
    stream = reader.stream(charter, question)
    pieces = list(stream)

    async def ask():
        streamed = reader.astream(charter, question)
        apieces = [piece async for piece in streamed]
        return apieces, await streamed.answer(), await reader.aask(charter, question)

    apieces, streamed, asked = asyncio.run(ask())
    with reader.open(charter) as session:
        in_session = session.ask(question)
    answers = [
        reader.ask(charter, question),
        *reader.ask_all(charter, [question, question]),
        in_session,
        stream.answer,
        streamed,
        asked,
    ]
    assert same(*answers)
    assert "".join(pieces) == "".join(apieces) == in_session.text == "EUR 14,850.00"
    assert len({tuple(map(repr, conversation)) for conversation in model.conversations}) == 1


def test_schemas_go_every_way(charter):
    """Data comes whichever way it is asked for; as a stream it comes in one piece."""
    reader = Reader(ScriptedModel(lambda _: '{"answer": {"days": 14}, "quotes": []}'))
    schema = {"type": "object"}
    stream = reader.stream(charter, "Days?", schema=schema)
    assert list(stream) == ['{"days": 14}']

    async def ask():
        return [
            await reader.aask(charter, "Days?", schema=schema),
            await reader.astream(charter, "Days?", schema=schema).answer(),
        ]

    answers = [
        reader.ask(charter, "Days?", schema=schema),
        *reader.ask_all(charter, ["Days?"], schema=schema),
        stream.answer,
        *asyncio.run(ask()),
    ]
    assert [answer.data for answer in answers] == [{"days": 14}] * 5


def test_streams_show_the_answer_and_nothing_around_it(charter):
    """Quotes, thinking and the agreed line are never shown; what the source corrects is in the answer only."""
    replies = iter([REPLY, "NOT IN DOCUMENT", "It is D6-77210-B.\nQuote: serial number D6-77120-B"])
    reader = Reader(ScriptedModel(lambda _: next(replies)))
    streams = [reader.stream(charter, "Which?") for _ in range(3)]
    assert ["".join(stream) for stream in streams] == ["EUR 14,850.00", "", "It is D6-77210-B."]
    assert [stream.answer.text for stream in streams] == ["EUR 14,850.00", "", "It is D6-77120-B."]
    assert streams[1].answer.abstained


def test_a_stream_over_expansion_shows_the_last_pass(charter):
    """What a first pass says is not shown before it counts."""
    reader = Reader(ScriptedModel(["PAGES: 1", REPLY, REPLY]), expand="auto")
    for _ in range(2):  # with a second pass, and without one
        stream = reader.stream(charter, "What is the hire?")
        assert "".join(stream) == stream.answer.text == "EUR 14,850.00"


def test_a_stream_over_windows_shows_what_was_put_together(charter):
    """The windows' own answers are not shown."""
    small = RenderStyle(page_width=280, page_height=280)

    def answer(conversation):
        text = conversation[-1].content[-1]
        return "Ida and Josef." if "read in parts" in text else f"Page {conversation[0].images[0].index}."

    model = ScriptedModel(answer, spec=replace(model_spec("glm4v"), images_per_request=2))
    stream = Reader(model, style=small, overflow="windows").stream(charter, "Who signed?")
    assert "".join(stream) == stream.answer.text == "Ida and Josef."


def test_defaults_are_the_models(charter):
    """Style and settings are those that the model was published with, unless others are given."""
    model = ScriptedModel(["a", "b"], spec="qwen3-vl")
    assert Reader(model).ask(charter, "Who?").style == "glyph-96"
    settings = GenerationSettings(max_tokens=7, seed=3)
    assert Reader(model, style=PRESETS["dense"], settings=settings).ask(charter, "Who?").style == "dense"
    assert model.settings == [settings_for(model.spec), settings]


def test_options_that_do_not_exist_are_refused_when_the_reader_is_made():
    """Nothing is loaded or rendered before a misspelt style is noticed."""
    with pytest.raises(StyleError, match="there is no style 'tiny'"):
        Reader(ScriptedModel([]), style="tiny")
    with pytest.raises(RequestError, match="overflow is"):
        Reader(ScriptedModel([]), overflow="cut")


def test_a_reader_loads_models_by_folder(tiny_glm4v, charter):
    """A folder, as text or path, is loaded in this process."""
    settings = GenerationSettings(max_tokens=4)
    for folder in (tiny_glm4v, str(tiny_glm4v)):
        reader = Reader(folder, settings=settings)
        assert isinstance(reader.model, TransformersModel)
        assert reader.ask(charter, "Who?").model == "tiny-glm4v"
    assert "tiny-glm4v" in repr(reader)


def test_a_model_that_is_not_there_is_an_error(tmp_path):
    """An empty folder is no model."""
    with pytest.raises(ModelLoadError):
        Reader(tmp_path)


def test_a_server_is_reached_by_its_address():
    """``from_server`` makes a reader over a server, with the options of any reader; nothing is asked yet."""
    pytest.importorskip("openai")
    from glyph_integrations import ServerModel

    reader = Reader.from_server("http://localhost:1/v1", "zai-org/Glyph", api_key="none", style="dense")
    assert isinstance(reader.model, ServerModel)
    assert (reader.style, reader.model.spec.name) == ("dense", "glm4v")


def test_errors_come_where_the_source_is_opened(tmp_path):
    """A missing file fails the question, in a stream when it is read, and the reader goes on."""
    reader = Reader(ScriptedModel(["yes"]))
    missing = tmp_path / "missing.pdf"
    with pytest.raises(NotFoundError):
        reader.open(missing)
    with pytest.raises(NotFoundError):
        _ = reader.stream(missing, "Who?").answer
    with pytest.raises(NotFoundError):
        asyncio.run(reader.aask(missing, "Who?"))
    with pytest.raises(NotFoundError):
        asyncio.run(reader.astream(missing, "Who?").answer())
