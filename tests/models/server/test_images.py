"""Pages on their way to a server."""

from __future__ import annotations

import base64

import pytest

from glyph_integrations.models import Message
from glyph_integrations.models.server import ServerModel
from glyph_integrations.models.server.images import ImageParts
from server.loopback import NAME, answer, give_up, vllm


class Counted:
    """A page that counts how often it is encoded."""

    def __init__(self, page):
        self.pixels, self.fingerprint = page.pixels, page.fingerprint
        self._page, self.encoded = page, 0

    def png(self):
        """The page as PNG."""
        self.encoded += 1
        return self._page.png()


def test_pages_arrive_as_png(server, model, ask, greedy, pages):
    """The server receives the very bytes of the page's PNG, in order, and nothing it may not know."""
    model.generate([ask()], greedy)
    (asked,) = server.asked
    for page, part in zip(pages, asked.parts, strict=False):
        kind, _, data = part["image_url"]["url"].partition(",")
        assert kind == "data:image/png;base64"
        assert base64.b64decode(data) == page.png()
        assert set(part) == {"type", "image_url"}
    assert asked.parts[-1] == {"type": "text", "text": "What is the notice period?"}


def test_a_page_is_encoded_once(server, model, greedy, pages):
    """However many questions, a page is compressed once for each model."""
    page = Counted(pages[0])
    model.generate([(Message("user", (page, f"Question {number}")),) for number in range(5)], greedy)
    model.generate([(Message("user", (page, "And?")),)], greedy)
    assert len(server.asked) == 6
    assert page.encoded == 1


def test_encoded_pages_are_kept_within_bounds(pages):
    """When there is no room, the page that was used least recently is encoded again."""
    first, second = map(Counted, pages)
    parts = ImageParts(room=len(base64.b64encode(first.png())) + 100)
    first.encoded = 0
    for page in (first, first, second, first):
        parts.part(page, named=False, whole=False)
    assert (first.encoded, second.encoded) == (2, 1)


def test_vllm_gets_pages_by_name(server, model, ask, greedy, pages):
    """A vLLM server says who it is, once; then it gets fingerprints, and bytes only the first time."""
    server.owner, held = "vllm", []
    server.otherwise = vllm(held)
    for _ in range(3):
        model.generate([ask()], greedy)
    assert [asked.images for asked in server.asked] == [[True, True], [False, False], [False, False]]
    assert held[:2] == [page.fingerprint for page in pages]
    assert server.models_asked == 1


def test_only_new_pages_are_sent(server, model, ask, greedy, pages):
    """A request may hold pages that the server has beside pages that it has not."""
    server.owner = "vllm"
    server.otherwise = vllm([])
    model.generate([(Message("user", (pages[1], "First?")),)], greedy)
    model.generate([ask()], greedy)
    assert [asked.images for asked in server.asked] == [[True], [True, False]]


def test_evicted_pages_are_sent_again(server, model, ask, greedy):
    """A server that has lost a page gets the same request with all bytes, and nobody notices."""
    server.owner, held = "vllm", []
    server.otherwise = vllm(held)
    model.generate([ask()], greedy)
    del held[0]
    (generation,) = model.generate([ask()], greedy)
    assert generation.text == "42 days"
    assert [asked.images for asked in server.asked] == [[True, True], [False, False], [True, True]]


def test_a_cache_too_small_costs_one_request_more(server, model, ask, greedy):
    """A server that cannot keep all pages never leads to more than one repetition."""
    server.owner = "vllm"
    server.otherwise = vllm([], room=1)
    for _ in range(3):
        model.generate([ask()], greedy)
    assert [asked.images for asked in server.asked] == [[True, True], *2 * [[False, False], [True, True]]]


def test_after_a_failure_pages_travel_whole(server, patient, ask, greedy):
    """Some lost pages are reported as failures within the stream: the next try holds their bytes."""
    server.owner = "vllm"
    server.script += [answer("one"), give_up(begun=False)]
    patient.generate([ask()], greedy)
    patient.generate([ask()], greedy)
    assert [asked.images for asked in server.asked] == [[True, True], [False, False], [True, True]]


@pytest.mark.parametrize("owner", ["sglang", "openai", None])
def test_other_servers_get_no_names(server, model, ask, greedy, owner):
    """A server that is not vLLM, or does not say, always gets plain images."""
    server.owner = owner
    for _ in range(2):
        model.generate([ask()], greedy)
    assert [asked.images for asked in server.asked] == [[True, True]] * 2
    assert not any("uuid" in part for asked in server.asked for part in asked.parts)
    assert server.models_asked == 1


def test_who_the_server_is_can_be_said(server, ask, greedy):
    """With server= nobody is asked."""
    with ServerModel(server.url, NAME, server="vllm") as model:
        model.generate([ask()], greedy)
    assert "uuid" in server.asked[0].parts[0]
    assert server.models_asked == 0
