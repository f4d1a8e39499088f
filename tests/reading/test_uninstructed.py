"""Models that know the task by training and read plain English only, as nano does."""

from __future__ import annotations

import math
from dataclasses import replace

import pytest

from glyph_integrations import Reader, RequestError, SourceText
from glyph_integrations.errors import UnsupportedError
from glyph_integrations.reading.replies import ABSTENTION
from glyph_integrations.testing import ScriptedModel

TEXT = SourceText.from_string("The notice period is ninety days. " * 200)


def answering(reply):
    """A scripted model with nano's spec."""
    return ScriptedModel(reply, spec="nano")


def test_they_get_the_question_alone_and_in_ascii():
    """After the page stands the question and nothing else, typographic signs and accents written plainly."""
    model = answering(lambda _: ABSTENTION)
    Reader(model).ask(TEXT, "What’s the “période” of notice?")
    texts = {part for conversation in model.conversations for part in conversation[0].content if isinstance(part, str)}
    assert texts == {'Question: What\'s the "periode" of notice?'}


def test_they_read_long_sources_in_windows_and_the_best_supported_answer_wins():
    """Each page is a window; abstaining windows fall away, and no window is asked to merge what others said."""
    pages = 0

    def reply(conversation):
        nonlocal pages
        pages += 1
        assert len(conversation[0].images) == 1
        return {
            1: "ninety days\nQuote: The notice period is ninety days.",
            2: "nine days\nQuote: nothing of the kind stands here, at all",
        }.get(pages, ABSTENTION)

    answer = Reader(answering(reply)).ask(TEXT, "What is the notice period?")
    assert pages == len(answer.windows) > 2
    assert answer.text == "ninety days"


def test_what_they_think_of_is_their_quote():
    """They think in the document's words, so an answer cites what was thought of; an abstention cites nothing."""
    said = iter(
        ["<think>The notice period is ninety days.</think>ninety days", f"<think>The rent.</think>{ABSTENTION}"]
    )
    with Reader(answering(lambda _: next(said))).open(
        SourceText.from_string("The notice period is ninety days.")
    ) as open_:
        answer, none = open_.ask("How long is the notice period?"), open_.ask("What is the rent?")
    assert [citation.quote for citation in answer.citations] == ["The notice period is ninety days."]
    assert answer.verified
    assert none.abstained
    assert not none.citations


class Unsure(ScriptedModel):
    """Says how likely its replies are: each token as likely as it was told."""

    def __init__(self, reply, token):
        super().__init__(lambda _: reply, spec="nano")
        self.token = token

    def stream(self, conversation, settings, *, prefix=None):
        assert settings.logprobs
        for item in super().stream(conversation, settings, prefix=prefix):
            yield item if isinstance(item, str) else replace(item, logprob=math.log(self.token))


@pytest.mark.parametrize("schema", [None, {"type": "string"}])
def test_a_reply_that_is_too_unlikely_is_withheld(schema):
    """All of its tokens count together; what it would have been is kept beside the answer, and nothing is shown."""
    source = SourceText.from_string("The notice period is ninety days.")
    reply = "<think>The notice period is ninety days.</think>ninety days"
    if schema:
        reply = '{"answer": "ninety days", "quotes": ["The notice period is ninety days."]}'
    sure, unsure = (Reader(Unsure(reply, token)) for token in (0.9, 0.7))
    assert sure.ask(source, "How long?", schema=schema).text == "ninety days"
    answer = unsure.ask(source, "How long?", schema=schema)
    assert (answer.abstained, answer.text, answer.data, answer.citations) == (True, "", None, ())
    assert (answer.withheld, answer.finish) == ("ninety days", "unlikely")
    assert str(answer) == "Not in the document."
    long = unsure.ask(TEXT, "How long?", schema=schema)
    assert (len(long.windows) > 2, long.abstained, long.withheld) == (True, True, "ninety days")
    if not schema:
        with unsure.open(source) as session:
            assert list(session.stream("How long?")) == []


def test_they_answer_each_question_by_itself():
    """Earlier turns are left out: such models were not trained on conversations."""
    model = answering(lambda _: ABSTENTION)
    with Reader(model).open(SourceText.from_string("Ninety days.")) as session:
        session.ask("And then?", history=[("What is it?", "Ninety days.")])
    assert [len(conversation) for conversation in model.conversations] == [1]


@pytest.mark.parametrize("option", [{"expand": "auto"}, {"merge": "model"}])
def test_what_takes_instructions_is_refused(option):
    """Expanding pages and merging answers are things that only an instructed model can do."""
    with pytest.raises(RequestError, match="takes no instructions"):
        Reader(answering([]), **option)


def test_other_scripts_are_refused():
    """A source mostly in another script, and a question in one, end in an error that says what it reads."""
    reader = Reader(answering(lambda _: ABSTENTION))
    with pytest.raises(UnsupportedError, match=r"reads English, and \d+% .* other scripts"):
        reader.ask(SourceText.from_string("你好，世界。" * 20), "What?")
    with pytest.raises(RequestError, match="in English"):
        reader.ask(TEXT, "什么？")
    text = SourceText.from_string("The café of 李 is shut; naïve guests “wait”, and so does everybody else.")
    assert reader.ask(text, "Who?").abstained
