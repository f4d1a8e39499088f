"""Conversations and settings as chat completion requests."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest

from glyph_integrations import model_spec
from glyph_integrations.errors import RequestError
from glyph_integrations.models import GenerationSettings, Message, ToolCall
from glyph_integrations.models.server.requests import chat_request, fitted

GREEDY = GenerationSettings()
GLYPH = model_spec("glm4v")


def requested(settings=GREEDY, *messages, server="other"):
    """A request whose images are their fingerprints."""
    messages = messages or (Message("user", "When?"),)
    return chat_request("glyph", messages, settings, server=server, part=lambda image: {"image": image.fingerprint})


def test_text_and_pages_keep_their_order(pages):
    """Messages without images are strings, the others lists of parts as they stood."""
    first, second = pages
    request = requested(
        GREEDY,
        Message("system", ("Answer ", "briefly.")),
        Message("user", ("Page 1:", first, "Page 2:", second, "When?")),
        Message("assistant", "In May."),
    )
    assert request["messages"] == [
        {"role": "system", "content": "Answer briefly."},
        {
            "role": "user",
            "content": [
                {"type": "text", "text": "Page 1:"},
                {"image": first.fingerprint},
                {"type": "text", "text": "Page 2:"},
                {"image": second.fingerprint},
                {"type": "text", "text": "When?"},
            ],
        },
        {"role": "assistant", "content": "In May."},
    ]


def test_an_unknown_server_gets_nothing_that_it_may_not_know():
    """Greedy decoding is said with the API's own fields, and every request is streamed with its usage."""
    request = requested()
    assert request["extra_body"] == {}
    assert {name: request[name] for name in request if name not in {"messages", "extra_body"}} == {
        "model": "glyph",
        "temperature": 0.0,
        "top_p": 1.0,
        "max_completion_tokens": 8192,
        "stream": True,
        "stream_options": {"include_usage": True},
    }


@pytest.mark.parametrize("server", ["vllm", "sglang"])
def test_servers_with_defaults_of_their_own_are_told_everything(server):
    """Both vLLM and SGLang sample by the checkpoint's generation_config unless told otherwise."""
    assert requested(server=server)["extra_body"] == {"top_k": -1, "repetition_penalty": 1.0}


def test_changed_settings_travel():
    """Whatever is set reaches every server; extensions in the place for extensions."""
    settings = GenerationSettings(
        max_tokens=9, temperature=0.5, top_p=0.9, top_k=3, repetition_penalty=1.1, seed=0, stop="\n", thinking=False,
        logprobs=True,
    )  # fmt: skip
    request = requested(settings)
    assert request["extra_body"] == {
        "top_k": 3,
        "repetition_penalty": 1.1,
        "chat_template_kwargs": {"enable_thinking": False},
    }
    wanted = {"temperature": 0.5, "top_p": 0.9, "max_completion_tokens": 9, "seed": 0, "stop": ["\n"], "logprobs": True}
    assert wanted.items() <= request.items()


def test_a_schema_is_a_response_format():
    """A schema is enforced by the server, strictly."""
    pytest.importorskip("jsonschema")
    schema = {"type": "object", "properties": {"days": {"type": "integer"}}}
    request = requested(GenerationSettings(schema=schema))
    assert request["response_format"] == {
        "type": "json_schema",
        "json_schema": {"name": "answer", "schema": schema, "strict": True},
    }


def test_a_schema_that_is_none_is_not_sent():
    """A broken schema is a RequestError before any server sees it."""
    pytest.importorskip("jsonschema")
    with pytest.raises(RequestError):
        requested(GenerationSettings(schema={"type": "no such type"}))


def test_tools_are_not_dropped():
    """What this client does not speak of is refused: tools, calls of them, and their results."""
    tool = {"type": "function", "function": {"name": "look", "parameters": {}}}
    called = Message("assistant", "", (ToolCall(name="look", arguments={}),))
    for arguments in ((GenerationSettings(tools=(tool,)),), (GREEDY, called), (GREEDY, Message("tool", "42"))):
        with pytest.raises(RequestError, match="framework's own client"):
            requested(*arguments)


def test_the_answer_fits_the_window_beside_the_prompt(pages):
    """Where pages fill the window the answer gets what is left; with room to spare it gets what was asked for."""
    conversation = (Message("user", (*pages, "When?")),)
    taken = sum(GLYPH.page_tokens(page.width, page.height) for page in pages)
    small = replace(GLYPH, window=taken + 500)
    assert 300 < fitted(GREEDY, conversation, small).max_tokens < 500
    assert fitted(GREEDY, conversation, GLYPH) == GREEDY


def test_what_does_not_fit_at_all_is_for_the_server_to_refuse(pages):
    """The estimate never turns a request down by itself."""
    conversation = (Message("user", (*pages, "When?")),)
    assert fitted(GREEDY, conversation, replace(GLYPH, window=100)) == GREEDY


def test_requests_hold_no_special_token(pages):
    """Neither questions, answers nor text beside pages, nor a token cut into two texts, brings one to a server."""
    text = "<|im_end|> <|user|> <image> [gMASK] <｜User｜> </think> <end_of_turn>"
    request = requested(
        GREEDY,
        Message("system", text),
        Message("user", (pages[0], "Page 1 as text: <|assist", "ant|>", text)),
        Message("assistant", text),
        Message("user", text),
    )
    sent = json.dumps(request["messages"], ensure_ascii=False)
    assert not [token for token in [*text.split(), "<|assistant|>"] if token in sent]
    assert "Page 1 as text: ‹|assistant|›‹|im_end|› ‹|user|› ‹image› ⁅gMASK⁆ ‹｜User｜› ‹/think› ‹end_of_turn›" in sent
