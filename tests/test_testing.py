"""The scripted model behaves like a host; the sample is a document like users' own."""

from __future__ import annotations

import asyncio
import hashlib
import inspect
import subprocess
import sys
from concurrent.futures import ThreadPoolExecutor

import numpy as np
import pymupdf
import pytest

from glyph_integrations import count_text_tokens, model_spec, render
from glyph_integrations.errors import ModelError, RequestError, ResponseError, UnknownModelError
from glyph_integrations.models import Generation, GenerationSettings, Message, VisionModel
from glyph_integrations.testing import ScriptedModel, sample_pdf, sample_text

SETTINGS = GenerationSettings()


@pytest.fixture(scope="module")
def text():
    """The sample, loaded."""
    return sample_text()


@pytest.fixture(scope="module")
def pages(text):
    """The sample's rendered pages."""
    return list(render(text))


def asked(question, pages=()):
    """A conversation of one question about pages."""
    return (Message("user", (*pages, question)),)


def test_it_is_a_vision_model():
    """It satisfies the protocol, down to the parameters of every method."""
    model = ScriptedModel([])
    assert isinstance(model, VisionModel)
    for name in ("generate", "stream", "agenerate", "astream", "prefill"):
        theirs, ours = (inspect.signature(getattr(owner, name)).parameters for owner in (VisionModel, ScriptedModel))
        assert [(one.name, one.kind) for one in theirs.values()] == [(one.name, one.kind) for one in ours.values()]
    assert (model.name, model.spec) == ("scripted", model_spec("glm4v"))


def test_answers_come_in_turn_and_questions_are_kept():
    """Each conversation gets the next answer; what was asked, and how, is there afterwards."""
    model = ScriptedModel(["one", "two", "three"])
    first, second, third = (asked(question) for question in "abc")
    assert [generation.text for generation in model.generate([first, second], SETTINGS)] == ["one", "two"]
    greedy = SETTINGS.replace(max_tokens=7)
    assert model.generate([third], greedy)[0].text == "three"
    assert model.conversations == [first, second, third]
    assert model.settings == [SETTINGS, SETTINGS, greedy]


def test_too_few_answers_are_an_error_that_says_so():
    """An answer too few is a ModelError, not silence; one string is one answer."""
    model = ScriptedModel("only", name="contract")
    assert model.generate([asked("a")], SETTINGS)[0].text == "only"
    with pytest.raises(ModelError, match="the 1 answers of 'contract' are used up"):
        model.generate([asked("b")], SETTINGS)


def test_a_function_answers_from_the_conversation():
    """A function is given each conversation, and answers it."""
    model = ScriptedModel(lambda conversation: conversation[-1].content[-1].upper())
    assert [one.text for one in model.generate([asked("a"), asked("b")], SETTINGS)] == ["A", "B"]


def test_streams_are_words_and_then_the_whole():
    """A stream's pieces are words of the answer without its thinking, and add up to the text of what comes last."""
    model = ScriptedModel(["<think>Page 3.</think><answer>Within  14 days.</answer>"])
    *pieces, whole = model.stream(asked("a"), SETTINGS)
    assert pieces == ["Within", "  14", " days."]
    assert isinstance(whole, Generation)
    assert (whole.text, whole.thinking, whole.finish) == ("Within  14 days.", "Page 3.", "stop")


def test_async_answers_are_the_same():
    """Both asynchronous methods give what their synchronous twins give, and let other tasks run meanwhile."""
    answers = ["<think>Hm</think>Ida Fennimore signed.", "No."]

    async def ask():
        meanwhile = []
        asyncio.get_running_loop().call_soon(meanwhile.append, "stream")
        streamed = [part async for part in ScriptedModel(answers).astream(asked("a"), SETTINGS)]
        assert meanwhile == ["stream"]
        asyncio.get_running_loop().call_soon(meanwhile.append, "generate")
        generated = await ScriptedModel(answers).agenerate([asked("a"), asked("b")], SETTINGS)
        assert meanwhile == ["stream", "generate"]
        return streamed, generated

    streamed, generated = asyncio.run(ask())
    assert streamed == list(ScriptedModel(answers).stream(asked("a"), SETTINGS))
    assert generated == ScriptedModel(answers).generate([asked("a"), asked("b")], SETTINGS)
    assert generated[0] == streamed[-1]


def test_outputs_end_where_a_host_would_end_them():
    """Stop strings, max_tokens and loops cut an answer, and the finish says which it was."""
    long = "The hire is due on the first of May. The security is due in June."
    script = [long, long, "Paid. " + "The hire is due again. " * 60]
    model = ScriptedModel(script)
    stopped = model.generate([asked("a")], SETTINGS.replace(stop=" due"))[0]
    assert (stopped.text, stopped.finish) == ("The hire is", "stop")
    cut = model.generate([asked("a")], SETTINGS.replace(max_tokens=5))[0]
    assert (cut.finish, cut.usage.output) == ("length", 5)
    assert long.startswith(cut.text)
    looped = model.generate([asked("a")], SETTINGS)[0]
    assert looped.finish == "repetition"
    assert looped.text.rstrip(".") == "Paid. The hire is due again"


def test_unfinished_thinking_has_no_answer():
    """An output cut while thinking is thinking, as with any host."""
    model = ScriptedModel(["<think>One. Two. Three. Four. Five. Six.</think>Seven."])
    cut = model.generate([asked("a")], SETTINGS.replace(max_tokens=9))[0]
    assert (cut.text, cut.finish) == ("", "length")
    assert cut.thinking.startswith("One. Two.")


def test_schemas_are_followed():
    """With a schema the answer is parsed; one that breaks it is a ResponseError, a broken schema a RequestError."""
    model = ScriptedModel(['<think>Hm</think>{"days": 14}', '{"days": "fourteen"}', "unused"])
    settings = SETTINGS.replace(schema={"type": "object", "properties": {"days": {"type": "integer"}}})
    assert model.generate([asked("a")], settings)[0].data == {"days": 14}
    with pytest.raises(ResponseError, match=r"\$\.days"):
        model.generate([asked("a")], settings)
    with pytest.raises(RequestError):
        model.generate([asked("a")], SETTINGS.replace(schema={"type": "days"}))
    assert model.generate([asked("a")], SETTINGS)[0].data is None


def test_tokens_are_counted_by_the_spec_and_by_estimate(pages):
    """Pages cost what the spec says, text what the estimate says, and thinking is output too."""
    output, question = "<think>Hm</think>Ida Fennimore.", "Who is the director?"
    for name in ("glm4v", "qwen3-vl"):
        spec = model_spec(name)
        usage = ScriptedModel([output], spec=name).generate([asked(question, pages)], SETTINGS)[0].usage
        expected = sum(spec.page_tokens(page.width, page.height) for page in pages)
        assert usage.prompt == expected + count_text_tokens(question, "estimate").count
        assert usage.output == count_text_tokens(output, "estimate").count
        assert usage.cached == 0
    with pytest.raises(UnknownModelError):
        ScriptedModel([], spec="no-such-model")


def test_prefilled_pages_are_cached(pages):
    """Tokens of prefilled pages count as cached where the first user message begins with them, and only there."""
    model = ScriptedModel(lambda _: "yes")
    prefix = model.prefill(pages)
    assert prefix.tokens == sum(model.spec.page_tokens(page.width, page.height) for page in pages) > 0
    other = render("Another document.")[0]
    conversations = {
        "same": (Message("system", "Be brief."), *asked("a", pages)),
        "more": asked("a", (*pages, other)),
        "later": (*asked("a"), Message("assistant", "yes"), *asked("b", pages)),
        "turned": asked("a", pages[::-1] if len(pages) > 1 else (other,)),
        "fewer": asked("a", pages[:-1]),
        "after text": (Message("user", ("Look: ", *pages)),),
    }
    cached = {
        name: model.generate([conversation], SETTINGS, prefix=prefix)[0].usage.cached
        for name, conversation in conversations.items()
    }
    assert {name for name, tokens in cached.items() if tokens == prefix.tokens} == {"same", "more"}
    assert set(cached.values()) == {0, prefix.tokens}


def test_threads_share_it():
    """Asked from many threads at once, every answer is given exactly once and every question kept."""
    model = ScriptedModel([str(n) for n in range(400)])
    with ThreadPoolExecutor(8) as pool:
        found = list(pool.map(lambda n: model.generate([asked(str(n))], SETTINGS)[0].text, range(400)))
    assert sorted(map(int, found)) == list(range(400))
    assert len(model.conversations) == len(model.settings) == 400


def test_the_sample_is_a_document_like_any_other(text):
    """The sample has several pages with text and places, headings, a table, and what can be asked for."""
    assert len(text.pages) >= 3
    assert 4000 < len(text.text) < 6000
    for known in (
        "\n1. Parties\n", "SBW-2031-0417-K", "EUR 14,850.00", "Payment | Due | Amount | Reference",
        "Deposit | 1 May 2031 | EUR 3,712.50 | WIL-0417-1", "harbour master",
    ):  # fmt: skip
        assert text.text.count(known) == 1
    start = text.text.index("D6-77120-B")
    places = text.locate(start, start + len("D6-77120-B"))
    found = pymupdf.open(stream=sample_pdf())[places[0].page].search_for("D6-77120-B")[0]
    width, height = (text.pages[places[0].page].width, text.pages[places[0].page].height)
    box = np.array(places[0].box) * (width, height, width, height)
    assert np.abs(box - np.array(found)).max() < 8


def test_the_sample_is_the_same_everywhere():
    """Two processes write the same bytes."""
    code = "import hashlib, glyph_integrations.testing as t; print(hashlib.sha256(t.sample_pdf()).hexdigest())"
    written = subprocess.run([sys.executable, "-c", code], capture_output=True, check=True, text=True).stdout.strip()
    assert written == hashlib.sha256(sample_pdf()).hexdigest()


def test_importing_it_needs_no_optional_library():
    """The module imports neither torch nor openai nor jsonschema."""
    code = "import sys, glyph_integrations.testing; print({'torch', 'openai', 'jsonschema'} & set(sys.modules))"
    assert subprocess.run([sys.executable, "-c", code], capture_output=True, check=True).stdout.strip() == b"set()"
