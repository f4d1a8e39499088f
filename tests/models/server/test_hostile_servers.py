"""Servers that send anything: what reaches callers is an answer, or an error of this package."""

from __future__ import annotations

import gzip
import json
import time
import tracemalloc
from itertools import count, repeat

import pytest

from glyph_integrations.errors import GlyphError, ResponseError, ServerError, ServerTimeoutError
from glyph_integrations.models import GenerationSettings, Message, TokenUsage
from glyph_integrations.models.server import ServerModel
from server.loopback import NAME, Loopback, answer, status

QUESTION = (Message("user", "When?"),)
DEEP = 50_000  # levels of nesting


def send(*pieces, head="text/event-stream", code=200, **headers):
    """Sends bytes as they are, each piece a chunk of its own."""

    def step(handler, asked):
        handler.send_response(code)
        handler.send_header("content-type", head)
        handler.send_header("transfer-encoding", "chunked")
        for name, value in headers.items():
            handler.send_header(name.replace("_", "-"), value)
        handler.end_headers()
        for piece in pieces:
            data = piece if isinstance(piece, bytes) else piece.encode("utf-8", "surrogatepass")
            handler.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))
        handler.wfile.write(b"0\r\n\r\n")

    return step


def event(data):
    """One event with any JSON."""
    return f"data: {json.dumps(data)}\n\n"


def events(*data):
    """A stream of events, as it should end."""
    return send(*map(event, data), "data: [DONE]\n\n")


def choice(**changes):
    """A choice with what a test wants to be wrong."""
    return {"index": 0, "delta": {"content": "42 days"}, "finish_reason": None, **changes}


def chunk(*choices, **changes):
    """An event of a completion."""
    return {"id": "1", "object": "chat.completion.chunk", "choices": list(choices), **changes}


GOOD = chunk(choice())
END = chunk(choice(delta={}, finish_reason="stop"))

MALFORMED = {
    "choices null": events(chunk() | {"choices": None}),
    "choices missing": events({"id": "1"}),
    "choices a string": events(chunk() | {"choices": "42 days"}),
    "choices a number": events(chunk() | {"choices": 42}),
    "choices a dict": events(chunk() | {"choices": {"0": choice()}}),
    "a choice null": events(chunk(None), END),
    "a choice a string": events(chunk("42 days"), END),
    "a choice a list": events(chunk([choice()]), END),
    "delta a string": events(chunk(choice(delta="42 days")), END),
    "delta a list": events(chunk(choice(delta=["42 days"])), END),
    "content a number": events(chunk(choice(delta={"content": 42})), END),
    "content a list": events(chunk(choice(delta={"content": [{"type": "text", "text": "42"}]})), END),
    "content a dict": events(chunk(choice(delta={"content": {"text": "42"}})), END),
    "content true": events(chunk(choice(delta={"content": True})), END),
    "reasoning a list": events(chunk(choice(delta={"reasoning": ["Page 3."]})), END),
    "refusal a dict": events(chunk(choice(delta={"refusal": {"why": "no"}})), END),
    "finish a dict": events(GOOD, chunk(choice(finish_reason={"type": "stop"}))),
    "finish a list": events(GOOD, chunk(choice(finish_reason=["stop"]))),
    "finish a number": events(GOOD, chunk(choice(finish_reason=1))),
    "finish unheard of": events(GOOD, chunk(choice(finish_reason="surrender" * 1000))),
    "logprobs a list": events(chunk(choice(logprobs=[-0.5])), END),
    "logprobs of strings": events(chunk(choice(logprobs={"content": [{"logprob": "-0.5"}]})), END),
    "logprobs null within": events(chunk(choice(logprobs={"content": [None]})), END),
    "logprobs not numbers": events(chunk(choice(logprobs={"content": [{"logprob": float("nan")}]})), END),
    "index -1": events(chunk(choice(index=-1)), END),
    "index 1": events(chunk(choice(index=1)), END),
    "index a dict": events(chunk(choice(index={})), END),
    "event a list": events([GOOD], END),
    "event a number": events(42, END),
    "event a string": events("42 days", END),
    "event null": events(None, END),
    "event true": events(True, END),
    "half JSON": send('data: {"choices": [{"delta": {"cont\n\n'),
    "half JSON, then silence": send(event(GOOD), 'data: {"choices": [{"delta": {"cont'),
    "two events in one": send(event(GOOD).strip() + "\n" + event(GOOD)),
    "invalid UTF-8": send(b'data: {"choices": [{"delta": {"content": "\xff\xfe"}}]}\n\n'),
    "UTF-16": send(event(GOOD).encode("utf-16")),
    "null bytes": send(b"\x00" * 100 + event(GOOD).encode() + b"data: \x00\n\n"),
    "an integer of 10,000 digits": send(f'data: {{"choices": {"9" * 10_000}}}\n\n'),
    "nested deeply": send(f"data: {'[' * DEEP}{']' * DEEP}\n\n"),
    "an error that is a string": events({"error": "no"}),
    "an error that is a list": events({"error": [["no"]]}),
    "an error in an error": events({"error": {"error": {"message": {"detail": [{"message": "no"}]}}}}),
    "an error with an odd code": events({"error": {"message": "no", "code": {"status": 500}}}),
    "an error with a long code": events({"error": {"message": "no", "code": "5" * 5000}}),
    "an error nested deeply": send(f'data: {{"error": {"[" * 900}{"]" * 900}}}\n\n'),
    "calls of tools": events(
        chunk(choice(delta={"tool_calls": [{"index": 0, "function": {"arguments": '{"a'}}]})),
        chunk(choice(delta={}, finish_reason="tool_calls")),
    ),
    "HTML": send("<html><body>It works!</body></html>", head="text/html"),
    "HTML called events": send("<html>\n\n<body>\n\nIt works!</body></html>"),
    "a whole completion": send(json.dumps({"choices": [{"message": {"content": "42 days"}}]}), head="application/json"),
    "nothing": send(),
    "only the end": send("data: [DONE]\n\n"),
    "only comments": send(": wait\n\n", ": wait\n\n"),
    "empty events": send("data:\n\n", "data: \n\n", "data\n\n"),
    "compressed": send(gzip.compress(event(GOOD).encode()), content_encoding="gzip"),
    "an unknown compression": send(event(GOOD), content_encoding="rot13"),
    "a bomb": send(gzip.compress(b"x" * 50_000_000), content_encoding="gzip"),
    "a bomb in an error": send(gzip.compress(b"x" * 50_000_000), code=500, content_encoding="gzip"),
    "an error of 20 MB": send(*repeat(b"x" * 1_000_000, 20), code=400),
    "an error nested in an error": status(400, {"message": [{"error": {"detail": {}}}]}),
    "an error nested deeply, refused": send("[" * 900 + "]" * 900, code=400, head="application/json"),
    "an error that is a number": send("42", code=422, head="application/json"),
    "Retry-After no date": status(429, headers={"Retry-After": "Mon, 99 Zzz 99999999999 99:99:99 +9999999999"}),
    "Retry-After not a number": status(503, headers={"Retry-After": "nan"}),
    "a redirect to nowhere": send(code=307, Location="http://["),
    "a redirect without a target": send(code=302),
    "a redirect to itself": send(code=307, Location="/v1/chat/completions"),
    "a line of 50 MB": send("data: ", *repeat("x" * 1_000_000, 50), "\n\n"),
    "an event of 50 MB": send(*repeat("data: " + "x" * 1_000_000 + "\n", 50), "\n"),
}  # fmt: skip


@pytest.mark.parametrize("step", MALFORMED.values(), ids=MALFORMED)
def test_whatever_a_server_sends_ends_in_an_error_of_ours(server, model, greedy, step):
    """No shape of an event, and no body, leads to an answer that is none, or to an error of another library."""
    server.otherwise = step
    with pytest.raises(GlyphError) as caught:
        model.generate([QUESTION], greedy)
    assert len(str(caught.value)) < 700
    server.otherwise = answer("42 days")
    assert model.generate([QUESTION], greedy)[0].text == "42 days"


ODD = {
    "usage a string": {"usage": "9 tokens"},
    "usage a list": {"usage": [9]},
    "usage of strings": {"usage": {"prompt_tokens": "9", "completion_tokens": "x"}},
    "usage negative": {"usage": {"prompt_tokens": -9, "completion_tokens": -1}},
    "usage huge": {"usage": {"prompt_tokens": 10**30, "completion_tokens": 1e300}},
    "usage in halves": {"usage": {"prompt_tokens": 9.5, "completion_tokens": True}},
    "usage infinite": {"usage": {"prompt_tokens": float("inf"), "completion_tokens": float("nan")}},
    "details a number": {"usage": {"prompt_tokens_details": 9}},
    "details of lists": {"usage": {"prompt_tokens_details": {"cached_tokens": [9]}}},
    "unknown fields": {"usage": None, "object": 9, "id": [], "created": "never", "model": {}},
}


@pytest.mark.parametrize("odd", ODD.values(), ids=ODD)
def test_usage_that_is_none_does_not_cost_the_answer(server, model, greedy, odd):
    """An answer whose cost is told in a way that makes no sense is an answer, and its cost is not known."""
    server.otherwise = events(GOOD | odd, END | odd)
    (generation,) = model.generate([QUESTION], greedy)
    assert generation.text == "42 days"
    assert generation.usage == TokenUsage()


def test_what_follows_the_end_is_not_read(server, model, greedy):
    """Chunks after [DONE], repeated or broken, add nothing."""
    server.otherwise = send(event(GOOD), event(END), "data: [DONE]\n\n", event(GOOD), event(END), "data: {\n\n")
    assert model.generate([QUESTION], greedy)[0].text == "42 days"


@pytest.mark.parametrize("size", [1, 2, 7])
@pytest.mark.parametrize("newline", ["\n", "\r\n", "\r"])
def test_events_may_be_cut_anywhere(server, model, greedy, size, newline):
    """Where chunks end and how lines do is up to the server."""
    stream = (": hello\n\nevent: x\nid: 1\n" + event(GOOD) + "data:\n" + event(END) + "data: [DONE]\n\n").replace(
        "\n", newline
    )
    server.otherwise = send(*(stream[at : at + size] for at in range(0, len(stream), size)))
    assert model.generate([QUESTION], greedy)[0].text == "42 days"


def test_half_a_character_is_no_character(server, model, greedy):
    """Half of a surrogate pair, as servers send that cut emoji in two, is shown as a replacement character."""
    server.otherwise = events(chunk(choice(delta={"content": "ok \ud83d"})), END)
    (generation,) = model.generate([QUESTION], greedy)
    assert generation.text == "ok \ufffd"


def forever(piece, pause=0.0):
    """Sends the same until the client leaves; of a function what it returns for each number."""

    def step(handler, asked):
        handler.begin()
        for number in count():
            handler.write(piece(number) if callable(piece) else piece)
            time.sleep(pause)

    return step


def test_an_answer_without_an_end_is_cut(server, model):
    """A server that writes on and on, never the same twice, is left, and the answer counts as cut at its limit."""
    server.otherwise = forever(lambda number: event(chunk(choice(delta={"content": f"{number * 7919 % 104729:x} "}))))
    (generation,) = model.generate([QUESTION], GenerationSettings(max_tokens=20))
    assert generation.finish == "length"
    assert 20 < len(generation.text) < 10_000
    assert server.disconnected.wait(5)


@pytest.mark.parametrize(
    "piece", [": wait\n\n", event(chunk()), event(chunk(choice(delta={"role": "assistant"}))), "x" * 1000]
)
def test_a_stream_without_an_answer_is_cut(server, model, piece):
    """Comments, empty events and noise without end lead to an error, by their bytes."""
    server.otherwise = forever(piece if len(piece) > 500 else piece * 1000)
    with pytest.raises(ServerError, match="bytes"):
        model.generate([QUESTION], GenerationSettings(max_tokens=1))
    assert server.disconnected.wait(5)


def test_memory_stays_bounded(server, model, greedy):
    """A line of 50 MB and a bomb take no more than a few megabytes here."""
    for name in ("a line of 50 MB", "an event of 50 MB", "a bomb", "a bomb in an error", "an error of 20 MB"):
        server.otherwise = MALFORMED[name]
        tracemalloc.start()
        with pytest.raises(GlyphError):
            model.generate([QUESTION], greedy)
        _, peak = tracemalloc.get_traced_memory()
        tracemalloc.stop()
        assert peak < 30_000_000, name


@pytest.mark.parametrize("step", [forever(": wait\n\n", 0.05), forever(event(chunk(choice())), 0.05), status(503)])
def test_the_deadline_holds_whatever_comes(server, greedy, step):
    """A request ends when its time is over, while bytes come in and between two tries alike."""
    server.otherwise = step
    began = time.monotonic()
    with ServerModel(server.url, NAME, deadline=0.4, retries=9) as model, pytest.raises(ServerError) as caught:
        model.generate([QUESTION], greedy)
    assert time.monotonic() - began < 3
    if server.disconnected.wait(0.5):
        assert isinstance(caught.value, ServerTimeoutError)
        assert "deadline=" in str(caught.value)


def test_pages_do_not_follow_a_redirect_elsewhere(loopback, server, model, ask, greedy):
    """A server cannot send pages on to another origin; the error says so and names none."""
    with Loopback() as other, other.serving():
        for code in (301, 302, 303, 307, 308):
            server.otherwise = send(code=code, Location=f"{other.url}/chat/completions")
            with pytest.raises(ServerError, match="another address") as caught:
                model.generate([ask()], greedy)
            assert other.url not in str(caught.value)
        assert not other.asked
        assert not other.models_asked


def test_redirects_within_the_server_are_followed(server, model, ask, greedy):
    """A path that has moved is found, with all pages."""
    server.script.append(send("x" * 100_000, code=307, Location="/other/chat/completions"))
    (generation,) = model.generate([ask()], greedy)
    assert generation.text == "42 days"
    assert [asked.path for asked in server.asked] == ["/v1/chat/completions", "/other/chat/completions"]
    assert server.asked[1].images == [True, True]


MODEL_LISTS = {
    "a list": ["vllm"],
    "data null": {"data": None},
    "data a string": {"data": "vllm"},
    "cards of all kinds": {"data": [None, 9, "vllm", ["x"], {"id": {}}, {"id": NAME, "owned_by": ["vllm"]}]},
    "an owner that is a dict": {"data": [{"id": NAME, "owned_by": {"vllm": 1}}]},
    "HTML": "<html>",
    "nested deeply": "[" * DEEP,
    "a number": 9,
    "50 MB": "x" * 50_000_000,
}


@pytest.mark.parametrize("models", MODEL_LISTS.values(), ids=MODEL_LISTS)
def test_any_list_of_models_will_do(server, model, ask, greedy, models):
    """A server whose list of models makes no sense is one like any other."""
    server.models = models
    (generation,) = model.generate([ask()], greedy)
    assert generation.text == "42 days"
    assert "uuid" not in server.asked[0].parts[0]


def test_a_list_of_models_that_never_ends_is_not_waited_for(server, greedy, monkeypatch):
    """The question who the server is has a deadline of its own, and then goes without an answer."""
    monkeypatch.setattr("glyph_integrations.models.server.exchange._SECONDS_TO_SAY_WHO", 0.2)
    server.models = forever(" ", 0.05)
    with ServerModel(server.url, NAME, retries=0) as model:
        assert model.generate([QUESTION], greedy)[0].text == "42 days"


def test_a_compressed_answer_is_not_asked_for(server, model, greedy):
    """Requests say that answers come as they are."""
    model.generate([QUESTION], greedy)
    assert server.asked[0].headers["accept-encoding"] == "identity"


def test_a_schema_is_no_way_in(server, model):
    """An answer that is JSON nested too deeply for any parser is an error of ours."""
    text = "[" * 700
    server.otherwise = events(chunk(choice(delta={"content": text})), END)
    settings = GenerationSettings(max_tokens=1000, schema={"type": "array"})
    with pytest.raises(ResponseError):
        model.generate([QUESTION], settings)
