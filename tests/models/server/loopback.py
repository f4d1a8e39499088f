"""A scripted server that speaks the OpenAI API on loopback, and remembers what it was asked."""

from __future__ import annotations

import json
import select
import threading
import time
from collections import deque
from contextlib import contextmanager
from dataclasses import dataclass
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from itertools import count

NAME = "zai-org/Glyph"


@dataclass(frozen=True)
class Asked:
    """One request."""

    path: str
    headers: dict[str, str]
    body: dict

    @property
    def parts(self):
        """The content of the last message."""
        return self.body["messages"][-1]["content"]

    @property
    def images(self):
        """Of each image, whether its bytes were sent."""
        return [bool(part["image_url"]) for part in self.parts if part["type"] == "image_url"]


class Loopback(ThreadingHTTPServer):
    """Answers chat completions with ``script``, one step each, and with ``otherwise`` after that.

    A step is a function of the handler and the request; see below.
    """

    daemon_threads = True

    def __init__(self, *, listening=True):
        super().__init__(("127.0.0.1", 0), Handler, bind_and_activate=False)
        self.server_bind()
        if listening:
            self.server_activate()
        self.asked = []
        self.script = deque()
        self.otherwise = answer("42 days")
        self.owner = "zai-org"
        self.models = None  # what it says of its models, if not the usual; or a step that says it
        self.models_asked = 0
        self.running = self.most_running = 0
        self.reached = threading.Event()
        self.disconnected = threading.Event()
        self.lock = threading.Lock()

    @contextmanager
    def serving(self):
        """Serves meanwhile."""
        thread = threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01})
        thread.start()
        try:
            yield
        finally:
            self.shutdown()
            thread.join()

    @property
    def url(self):
        """Where the API begins."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def handle_error(self, request, client_address):
        """Clients go away: that is what some tests are about."""


class Handler(BaseHTTPRequestHandler):
    """One connection."""

    protocol_version = "HTTP/1.1"
    disable_nagle_algorithm = True

    def log_message(self, *arguments):
        """Keeps quiet."""

    def do_GET(self):
        """Says which models there are."""
        self.server.models_asked += 1
        models = self.server.models
        if callable(models):
            try:
                return models(self, None)
            except (BrokenPipeError, ConnectionResetError):
                self.close_connection = True
                return None
        if models is not None:
            return self.reply(200, models)
        if self.server.owner is None:
            return self.reply(404, {"detail": "Not Found"})
        return self.reply(200, {"object": "list", "data": [{"id": NAME, "owned_by": self.server.owner}]})

    def do_POST(self):
        """Takes the next step of the script."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        asked = Asked(self.path, {name.lower(): value for name, value in self.headers.items()}, body)
        with self.server.lock:
            self.server.asked.append(asked)
            self.server.running += 1
            self.server.most_running = max(self.server.most_running, self.server.running)
            self.server.reached.set()
            step = self.server.script.popleft() if self.server.script else self.server.otherwise
        try:
            step(self, asked)
        except (BrokenPipeError, ConnectionResetError):
            self.server.disconnected.set()
            self.close_connection = True
        finally:
            with self.server.lock:
                self.server.running -= 1

    def reply(self, status, body, headers=()):
        """A whole response; text as it is, anything else as JSON."""
        data = body.encode() if isinstance(body, str) else json.dumps(body).encode()
        self.send_response(status)
        self.send_header("content-type", "text/html" if isinstance(body, str) else "application/json")
        self.send_header("content-length", str(len(data)))
        for name, value in dict(headers).items():
            self.send_header(name, value)
        self.end_headers()
        self.wfile.write(data)

    def begin(self):
        """The head of a stream of events."""
        self.send_response(200)
        self.send_header("content-type", "text/event-stream")
        self.send_header("transfer-encoding", "chunked")
        self.end_headers()

    def write(self, text):
        """A piece of the stream."""
        data = text.encode()
        self.wfile.write(b"%x\r\n%s\r\n" % (len(data), data))

    def event(self, data):
        """One event of the stream."""
        self.write(f"data: {json.dumps(data)}\n\n")

    def delta(self, finish=None, usage=None, logprob=None, **delta):
        """One event that adds to the answer."""
        logprobs = None if logprob is None else {"content": [{"token": "x", "logprob": logprob}]}
        choice = {"index": 0, "delta": delta, "finish_reason": finish, "logprobs": logprobs}
        self.event({"id": "1", "object": "chat.completion.chunk", "choices": [choice], "usage": usage})

    def end(self):
        """The end of a stream, as it should be."""
        self.write("data: [DONE]\n\n")
        self.wfile.write(b"0\r\n\r\n")

    def wait_for_the_client_to_leave(self):
        """Waits, ten seconds at most, until the client closes the connection."""
        readable, _, _ = select.select([self.connection], [], [], 10)
        if readable and not self.connection.recv(1):
            self.server.disconnected.set()
        self.close_connection = True


def answer(*pieces, finish="stop", reasoning=(), usage=(100, 5, 0), field="reasoning", logprobs=(), pause=0.0):
    """Streams an answer; ``usage`` is prompt, output and cached tokens."""

    def step(handler, asked):
        time.sleep(pause)
        handler.begin()
        handler.delta(role="assistant", content="")
        for piece in reasoning:
            handler.delta(**{field: piece})
        for index, piece in enumerate(pieces):
            handler.delta(content=piece, logprob=logprobs[index] if logprobs else None)
        handler.delta(finish=finish)
        prompt, output, cached = usage
        details = {"cached_tokens": cached} if cached else None
        handler.event(
            {
                "id": "1",
                "choices": [],
                "usage": {"prompt_tokens": prompt, "completion_tokens": output, "prompt_tokens_details": details},
            }
        )
        handler.end()

    return step


def status(number, message="no", *, headers=(), **error):
    """Refuses with a status."""

    def step(handler, asked):
        handler.reply(number, {"error": {"message": message, **error}}, headers)

    return step


def page(handler, asked):
    """Answers with a web page, as what is no API does."""
    handler.reply(200, "<html>It works!</html>")


def hang(handler, asked):
    """Never answers."""
    handler.wait_for_the_client_to_leave()


def stall(handler, asked):
    """Begins an answer, then falls silent."""
    handler.begin()
    handler.delta(content="42")
    handler.wait_for_the_client_to_leave()


def cut(handler, asked):
    """Loses the connection in the middle of the answer."""
    handler.begin()
    handler.delta(content="The notice period is")
    handler.close_connection = True


def fall_short(handler, asked):
    """Ends the stream in the middle of the answer, as if nothing were wrong."""
    handler.begin()
    handler.delta(content="The notice period is")
    handler.end()


def hang_up(handler, asked):
    """Closes the connection without a word."""
    handler.close_connection = True


def give_up(*, begun):
    """Reports a failure within the stream."""

    def step(handler, asked):
        handler.begin()
        if begun:
            handler.delta(content="The notice")
        handler.event(
            {"error": {"message": "EngineCore encountered an issue.", "type": "InternalServerError", "code": 500}}
        )
        handler.end()

    return step


def loop(*, reasoning):
    """Writes the same sentence until the client leaves."""

    def step(handler, asked):
        handler.begin()
        handler.delta(content=None if reasoning else "It begins well. ")
        for number in count():
            usage = {"prompt_tokens": 100, "completion_tokens": number}
            handler.delta(**{"reasoning" if reasoning else "content": "The same again and again. "}, usage=usage)
            time.sleep(0.0005)

    return step


def vllm(held, *, room=1000):
    """Answers as vLLM does, with a cache of images: those without bytes must be in it."""

    def step(handler, asked):
        for index, part in enumerate(part for part in asked.parts if part["type"] == "image_url"):
            if part["image_url"] is None and part["uuid"] not in held:
                message = f"Cache miss for image at index {index} but data is not provided."
                handler.reply(400, {"error": {"message": message, "type": "BadRequestError", "code": 400}})
                return
            held.append(part["uuid"])
            del held[:-room]
        answer("42 days")(handler, asked)

    return step
