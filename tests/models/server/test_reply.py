"""Events of a stream, gathered."""

from __future__ import annotations

import math

import pytest

from glyph_integrations.errors import ResponseError
from glyph_integrations.models import GenerationSettings, TokenUsage
from glyph_integrations.models.server.reply import Reply


def chunk(finish=None, logprob=None, usage=None, **delta):
    """One event."""
    logprobs = None if logprob is None else {"content": [{"token": "x", "logprob": logprob}]}
    choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": logprobs}
    return {"id": "1", "choices": [choice], "usage": usage}


def gathered(*events):
    """What was shown, and the whole."""
    reply = Reply(GenerationSettings(), 0.0)
    shown = [reply.feed(event) for event in events]
    return [*shown, reply.close()], reply.result()


@pytest.mark.parametrize("field", ["reasoning", "reasoning_content"])
def test_reasoning_is_kept_apart(field):
    """What the server calls reasoning is thinking, under both names that servers have for it."""
    shown, generation = gathered(
        chunk(content="", role="assistant"), chunk(**{field: "Page "}), chunk(**{field: "3."}), chunk(content="\n\n42"),
        chunk("stop", content=" days\n"),
    )  # fmt: skip
    assert "".join(shown) == generation.text == "42 days"
    assert generation.thinking == "Page 3."


def test_a_server_without_a_reasoning_parser_is_fine():
    """Thinking in tags, cut anywhere, is thinking too; nothing of it is shown."""
    pieces = ["<th", "ink>Page 3.</th", "ink><ans", "wer>42 d", "ays</ans", "wer>"]
    shown, generation = gathered(*(chunk(content=piece) for piece in pieces), chunk("stop"))
    assert "".join(shown) == generation.text == "42 days"
    assert generation.thinking == "Page 3."


def test_likelihood_is_the_mean_over_tokens():
    """The log probabilities of all tokens count alike; without any there is none."""
    _, generation = gathered(chunk(content="4", logprob=-0.5), chunk(content="2", logprob=-1.5), chunk("stop"))
    assert math.isclose(generation.logprob, -1.0)
    assert gathered(chunk("stop", content="42"))[1].logprob is None


def test_usage_is_the_latest_that_was_told():
    """Servers tell it with every event, or once at the end, with or without details."""
    usage = {"prompt_tokens": 9, "completion_tokens": 1, "total_tokens": 10}
    last = {**usage, "completion_tokens": 2, "prompt_tokens_details": {"cached_tokens": 8}}
    final = {"id": "1", "choices": [], "usage": last}
    _, generation = gathered(chunk(content="4", usage=usage), chunk("stop", content="2", usage=usage), final)
    assert generation.usage == TokenUsage(prompt=9, output=2, cached=8)
    assert gathered(chunk("stop", content="42"))[1].usage == TokenUsage()


def test_an_answer_at_its_limit_says_so():
    """An answer that was cut at max_tokens is not taken for a whole one."""
    assert gathered(chunk("length", content="42 da"))[1].finish == "length"


def test_a_loop_is_found_at_the_end_too():
    """Whether a loop was noticed while it went on or at its end, the result is the same."""
    text = "It begins well. " + "The same again and again. " * 60
    _, generation = gathered(chunk("length", content=text))
    assert generation.finish == "repetition"
    assert generation.text.count("The same") == 1


@pytest.mark.parametrize("event", [chunk(refusal="I cannot."), chunk("content_filter")])
def test_a_withheld_answer_is_an_error(event):
    """A refusal by policy is never an empty answer."""
    with pytest.raises(ResponseError, match="policy"):
        gathered(chunk(content="The"), event)
