"""A server with OpenAI's API, and a model in this process: both do what they are asked in the simplest right way."""

from __future__ import annotations

import gc
import json
import threading
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer

import pytest
import pytest_socket

from glyph_integrations.testing import ScriptedModel


class Loopback(ThreadingHTTPServer):
    """Calls the tool that it is offered, writes JSON by the schema that it is given, and else says what it saw.

    Attributes:
        asked: Bodies of the requests, in order.
    """

    daemon_threads = True

    def __init__(self):
        super().__init__(("127.0.0.1", 0), Handler)
        self.asked = []
        threading.Thread(target=self.serve_forever, kwargs={"poll_interval": 0.01}, daemon=True).start()

    @property
    def url(self):
        """What goes into base_url."""
        return f"http://127.0.0.1:{self.server_address[1]}/v1"

    def images(self, request=-1):
        """Data URLs of the images of a request."""
        contents = (message["content"] for message in self.asked[request]["messages"])
        parts = (part for content in contents if isinstance(content, list) for part in content)
        return [part["image_url"]["url"] for part in parts if part["type"] == "image_url"]


@pytest.fixture
def server():
    """A server with OpenAI's API; sockets are open to this machine only."""
    pytest_socket.enable_socket()
    pytest_socket.socket_allow_hosts(["127.0.0.1"])
    loopback = Loopback()
    yield loopback
    loopback.shutdown()
    loopback.server_close()
    gc.collect()  # what clients leave open, while the warnings of this test count


class Handler(BaseHTTPRequestHandler):
    """Answers chat completions, whole and streamed."""

    protocol_version = "HTTP/1.1"

    def log_message(self, *arguments):
        """Says nothing."""

    def do_POST(self):
        """One completion."""
        body = json.loads(self.rfile.read(int(self.headers["content-length"])))
        self.server.asked.append(body)
        message = reply(body)
        finish = "tool_calls" if message.get("tool_calls") else "stop"
        usage = {"prompt_tokens": 100, "completion_tokens": 5, "total_tokens": 105}
        head = {"id": "1", "created": 1, "model": body["model"]}
        if not body.get("stream"):
            choice = {"index": 0, "message": {"role": "assistant", **message}, "finish_reason": finish}
            self.send(
                "application/json",
                json.dumps({**head, "object": "chat.completion", "choices": [choice], "usage": usage}),
            )
            return
        pieces = [{"role": "assistant", "content": ""}]
        if message.get("tool_calls"):
            pieces.append({"tool_calls": [{"index": n, **call} for n, call in enumerate(message["tool_calls"])]})
        pieces += [{"content": word} for word in (message.get("content") or "").replace(" ", "\0 ").split("\0") if word]
        events = [{"index": 0, "delta": piece, "finish_reason": None} for piece in pieces]
        events.append({"index": 0, "delta": {}, "finish_reason": finish})
        written = [{"choices": [event]} for event in events] + [{"choices": [], "usage": usage}]
        lines = (json.dumps({**head, "object": "chat.completion.chunk", **event}) for event in written)
        self.send("text/event-stream", "".join(f"data: {line}\n\n" for line in (*lines, "[DONE]")))

    def send(self, kind, text):
        """The whole answer."""
        data = text.encode()
        self.send_response(200)
        self.send_header("content-type", kind)
        self.send_header("content-length", str(len(data)))
        self.end_headers()
        self.wfile.write(data)


def reply(body):
    """What the assistant says."""
    schema = body.get("response_format", {}).get("json_schema", {}).get("schema")
    if schema:
        return {"content": json.dumps(instance(schema, schema, heard(body)))}
    if (
        body.get("tools")
        and body.get("tool_choice") != "none"
        and not any(m["role"] == "tool" for m in body["messages"])
    ):
        function = wanted(body)
        arguments = json.dumps(instance(function["parameters"], function["parameters"], heard(body)))
        call = {"id": "call_1", "type": "function", "function": {"name": function["name"], "arguments": arguments}}
        return {"content": None, "tool_calls": [call]}
    texts, images = [], 0
    for message in body["messages"]:
        content = message.get("content") or ""
        parts = [{"type": "text", "text": content}] if isinstance(content, str) else content
        texts += [part["text"] for part in parts if part["type"] == "text"]
        images += sum(part["type"] == "image_url" for part in parts)
    said = f"I see {images} images and am asked: {texts[-1] if texts else ''}"
    for stop in body.get("stop") or []:
        said = said.partition(stop)[0]
    return {"content": said}


def scripted():
    """A model in this process that replies as the server does."""

    def answer(conversation):
        settings = model.settings[-1]
        messages = [
            {"role": message.role, "content": "".join(part for part in message.content if isinstance(part, str))}
            for message in conversation
        ]
        form = {"response_format": {"json_schema": {"schema": settings.constraint}}} if settings.constraint else {}
        said = reply({"messages": messages, "tools": settings.tools, "stop": settings.stop, **form})
        calls = [call["function"] for call in said.get("tool_calls", [])]
        written = [f'{{"name": {json.dumps(call["name"])}, "arguments": {call["arguments"]}}}' for call in calls]
        return said["content"] or "".join(f"<tool_call>{call}</tool_call>" for call in written)

    model = ScriptedModel(answer)
    return model


def wanted(body):
    """The tool that has to be called, or the first."""
    choice = body.get("tool_choice")
    named = choice["function"]["name"] if isinstance(choice, dict) else None
    functions = [tool["function"] for tool in body["tools"]]
    return next((function for function in functions if function["name"] == named), functions[0])


def heard(body):
    """What the user said last."""
    content = next(message["content"] for message in reversed(body["messages"]) if message["role"] == "user")
    return content if isinstance(content, str) else "".join(part.get("text", "") for part in content)


def instance(schema, root, words):
    """Something that a schema allows; strings are what the user said."""
    if "$ref" in schema:
        return instance(root["$defs"][schema["$ref"].rpartition("/")[2]], root, words)
    if "const" in schema or "enum" in schema:
        return schema["const"] if "const" in schema else schema["enum"][0]
    for choice in ("anyOf", "oneOf", "allOf"):
        if choice in schema:
            return instance(schema[choice][0], root, words)
    kind = schema.get("type", "object")
    if kind == "object":
        return {name: instance(part, root, words) for name, part in schema.get("properties", {}).items()}
    if kind == "array":
        return [instance(schema.get("items", {"type": "string"}), root, words)]
    return {"integer": 3, "number": 3.0, "boolean": True, "null": None}.get(kind, words)
