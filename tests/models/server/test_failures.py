"""What servers do wrong, and what callers hear of it."""

from __future__ import annotations

import email.utils
import logging
import socket
import threading
import time

import pytest

from glyph_integrations.errors import (
    ModelError,
    RequestError,
    ServerBusyError,
    ServerError,
    ServerRefusedError,
    ServerTimeoutError,
    WindowOverflowError,
)
from glyph_integrations.models import Message
from glyph_integrations.models.server import ServerModel
from glyph_integrations.models.server.failures import Failure
from server.loopback import NAME, Loopback, answer, cut, fall_short, give_up, hang, hang_up, page, stall, status

QUESTION = (Message("user", "When?"),)
KEY = "sk-key-of-the-test"


def raised(model, settings):
    """The error that asking leads to."""
    with pytest.raises((ModelError, WindowOverflowError)) as caught:
        model.generate([QUESTION], settings)
    return caught.value


def everything(error):
    """All that an error and the errors behind it say or hold."""
    found, seen = "", []
    while error is not None and error not in seen:
        seen.append(error)
        found += f"{error!s} {error!r} {error.args} {vars(error)}"
        error = error.__cause__ or error.__context__
    return found


@pytest.mark.parametrize("code", [401, 403])
def test_a_wrong_key_is_not_tried_twice(server, patient, greedy, code):
    """A refused key is told at once, without what the server says: servers repeat keys."""
    server.otherwise = status(code, f"Incorrect API key provided: {KEY}")
    error = raised(patient, greedy)
    assert isinstance(error, ServerRefusedError)
    assert "api_key=" in str(error)
    assert KEY not in str(error)
    assert len(server.asked) == 1


@pytest.mark.parametrize("code", [429, 503])
def test_a_busy_server_is_asked_again(server, patient, greedy, code):
    """Busy, then not: the answer comes, and nobody noticed."""
    server.script += [status(code), status(code)]
    assert patient.generate([QUESTION], greedy)[0].text == "42 days"
    assert len(server.asked) == 3


def test_a_server_that_stays_busy_is_left_alone(server, patient, greedy):
    """After all retries the error says that it is the server, and what it said."""
    server.otherwise = status(429, "Rate limit reached")
    error = raised(patient, greedy)
    assert isinstance(error, ServerBusyError)
    assert "Rate limit reached" in str(error)
    assert len(server.asked) == 3


def test_an_empty_account_is_not_busy(server, patient, greedy):
    """A spent quota does not come back by waiting."""
    server.otherwise = status(429, "You exceeded your current quota", code="insufficient_quota")
    assert isinstance(raised(patient, greedy), ServerRefusedError)
    assert len(server.asked) == 1


@pytest.mark.parametrize("as_date", [False, True])
def test_the_server_says_how_long_to_wait(server, patient, greedy, as_date):
    """Retry-After is honoured, in seconds and as a date."""
    value = email.utils.formatdate(time.time() + 3, usegmt=True) if as_date else "1.5"
    server.script.append(status(429, headers={"Retry-After": value}))
    began = time.monotonic()
    patient.generate([QUESTION], greedy)
    assert time.monotonic() - began >= 1.5


def test_waiting_grows_and_ends():
    """Pauses double, are never the same for all clients, and a server cannot ask for hours."""
    failure = Failure(error=ServerBusyError(), again=True)
    for attempt, least in enumerate([0.5, 1, 2, 4]):
        delays = {failure.delay(attempt) for _ in range(20)}
        assert len(delays) > 1
        assert all(least <= delay <= 1.25 * least for delay in delays)
    assert Failure(error=ServerBusyError(), again=True, wait=7200).delay(0) <= 75
    assert failure.delay(50) <= 75


@pytest.mark.parametrize("step", [status(500), status(502), status(408), hang_up, give_up(begun=False)])
def test_what_fails_before_the_answer_is_asked_again(server, patient, greedy, step):
    """Nothing has been generated for anyone: asking again is safe, and helps."""
    server.script.append(step)
    assert patient.generate([QUESTION], greedy)[0].text == "42 days"
    assert len(server.asked) == 2


@pytest.mark.parametrize("step", [cut, fall_short, give_up(begun=True)])
def test_a_broken_answer_is_never_a_short_answer(server, patient, greedy, step):
    """An answer without its end is an error, whichever way it broke, and is not asked for again."""
    server.script.append(step)
    shown = []
    with pytest.raises(ServerError):
        shown.extend(patient.stream(QUESTION, greedy))
    assert "".join(shown).startswith("The notice")
    assert len(server.asked) == 1


@pytest.mark.parametrize("step", [cut, fall_short])
def test_the_error_says_that_the_answer_broke_off(server, model, greedy, step):
    """A lost connection is told from a server that never answered."""
    server.script.append(step)
    assert "broke off in the middle" in str(raised(model, greedy))


def test_what_is_no_api_is_told_so(server, model, greedy):
    """A web page instead of an answer leads to a hint at base_url."""
    server.otherwise = page
    assert "base_url" in str(raised(model, greedy))


def test_nobody_there(loopback, greedy):
    """A refused connection is told as such, without the address."""
    with socket.socket() as unused:
        unused.bind(("127.0.0.1", 0))
        port = unused.getsockname()[1]
    with ServerModel(f"http://user:{KEY}@127.0.0.1:{port}/v1", NAME, server="other", retries=0) as model:
        error = raised(model, greedy)
    assert isinstance(error, ServerError)
    assert "is it running" in str(error)
    assert str(port) not in everything(error)
    assert KEY not in everything(error)


def test_a_server_may_come_up_late(loopback, greedy):
    """A connection that is refused is tried again, and a server that has come up meanwhile answers."""
    with Loopback(listening=False) as late, ServerModel(late.url, NAME, server="other", retries=2) as model:
        answers = []
        asking = threading.Thread(target=lambda: answers.extend(model.generate([QUESTION], greedy)))
        asking.start()
        time.sleep(0.3)
        late.server_activate()
        with late.serving():
            asking.join()
    assert [generation.text for generation in answers] == ["42 days"]
    assert len(late.asked) == 1


@pytest.mark.parametrize("step", [hang, stall])
def test_a_silent_server_is_not_asked_twice(server, greedy, step):
    """A server that says nothing, from the start or from the middle on, may still be at work: no second request."""
    server.otherwise = step
    with ServerModel(server.url, NAME, timeout=0.3, retries=2) as model:
        error = raised(model, greedy)
    assert isinstance(error, ServerTimeoutError)
    assert "timeout=" in str(error)
    assert len(server.asked) == 1
    assert server.disconnected.wait(5)


@pytest.mark.parametrize("code", [400, 404, 413, 422])
def test_a_wrong_request_is_told_in_the_servers_words(server, patient, greedy, code):
    """What the server objects to is quoted, and not tried again."""
    server.otherwise = status(code, "top_k must be 0 (disable), or at least 1, got -5.")
    error = raised(patient, greedy)
    assert type(error) is RequestError
    assert "got -5." in str(error)
    assert len(server.asked) == 1


@pytest.mark.parametrize(
    ("message", "code"),
    [
        ("This model's maximum context length is 16384 tokens. However, your prompt contains 16385 tokens.", 400),
        ("The decoder prompt (length 20) is longer than the maximum model length of 10.", 400),
        ("The input (20 tokens) is longer than the model's context length (10 tokens).", 400),
        ("Too much.", "context_length_exceeded"),
    ],
)
def test_a_full_window_is_an_overflow(server, model, greedy, message, code):
    """The words in which vLLM, SGLang and OpenAI say that the prompt is too long are understood."""
    server.otherwise = status(400, message, code=code)
    assert isinstance(raised(model, greedy), WindowOverflowError)


def test_errors_hold_nothing_private(server, model, ask, greedy, pages):
    """Neither key nor pages nor prompt nor addresses nor paths stand in an error, whatever the server repeats."""

    def repeat(handler, asked):
        image = asked.parts[0]["image_url"]["url"]
        said = f"Bad {image} at 0x7f00deadbeef in /srv/models/x.py, {KEY}, see http://10.0.0.1/help 'input': 'When?'"
        handler.reply(400, {"error": {"message": said}})

    server.otherwise = repeat
    with pytest.raises(RequestError) as caught:
        model.generate([ask("When?")], greedy)
    said = everything(caught.value)
    assert str(caught.value) == "the server takes no such request (400): Bad … at … in …, …, see … …"
    assert KEY not in said
    assert "When?" not in said
    assert "base64" not in said


def test_long_messages_are_cut(server, model, greedy):
    """A server cannot fill the screen."""
    server.otherwise = status(400, "no " * 5000)
    assert len(str(raised(model, greedy))) < 500


def test_the_key_is_sent_and_never_told(server, model, greedy, caplog):
    """The key goes to the server, and into no log, at any level, and no representation."""
    caplog.set_level(logging.DEBUG)
    server.script += [answer("42"), status(401, KEY), status(500, f"key {KEY}")]
    model.generate([QUESTION], greedy)
    errors = [raised(model, greedy) for _ in range(2)]
    assert server.asked[0].headers["authorization"] == f"Bearer {KEY}"
    assert KEY not in "".join(map(everything, errors))
    assert caplog.records
    assert KEY not in "".join(f"{record.getMessage()} {record.args}" for record in caplog.records)
    assert KEY not in f"{model!r} {model!s} {vars(model)}"


def test_the_key_comes_from_the_environment(server, greedy, monkeypatch):
    """Without api_key= it is OPENAI_API_KEY, and without that a word that local servers ignore."""
    monkeypatch.setenv("OPENAI_API_KEY", KEY)
    with ServerModel(server.url, NAME) as model:
        model.generate([QUESTION], greedy)
    monkeypatch.delenv("OPENAI_API_KEY")
    with ServerModel(server.url, NAME) as model:
        model.generate([QUESTION], greedy)
    assert [asked.headers["authorization"] for asked in server.asked] == [f"Bearer {KEY}", "Bearer none"]
