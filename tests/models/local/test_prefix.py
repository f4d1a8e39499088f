"""Pages that were read once: what follows is what reading them again would give."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from threading import Barrier

import pytest

pytest.importorskip("transformers")

import torch
from families import Picture
from reference import distance, first_logits

from glyph_integrations.models import GenerationSettings, Message, Prefixes
from glyph_integrations.models.local import TransformersModel

GREEDY = GenerationSettings(max_tokens=8)
CLOSE = 1e-4  # of logits, relative; the same features are rounded in another order


def ask(pages, question="What is the notice period?"):
    """A conversation of one message."""
    return (Message("user", (*pages, question)),)


def tensors(prefix):
    """Keys and values of a prefix, copied."""
    return [state.clone() for layer in prefix.cache.layers for state in (layer.keys, layer.values)]


@pytest.fixture(scope="module")
def recomputed(tiny_model, contract, invoices):
    """Logits and answers of both documents, read anew."""
    return {
        pages: (first_logits(tiny_model, [ask(pages)]), tiny_model.generate([ask(pages)], GREEDY)[0])
        for pages in (contract, invoices)
    }


def is_recomputed(found, expected):
    """Whether an answer is one that was computed from the start, but for what was cached."""
    assert (found.text, found.usage.prompt, found.usage.output) == (
        expected.text,
        expected.usage.prompt,
        expected.usage.output,
    )
    assert found.logprob == pytest.approx(expected.logprob, abs=1e-4)


@pytest.mark.parametrize("first", [0, 1])
def test_two_documents_in_turn_are_as_if_each_were_alone(tiny_model, contract, invoices, recomputed, first):
    """Questions to two prefilled documents, in either order, get the logits of reading each from its start."""
    documents = [contract, invoices][:: 1 - 2 * first]
    prefixes = {pages: tiny_model.prefill(pages) for pages in documents}
    for pages in (*documents, *documents):
        logits, answer = recomputed[pages]
        assert distance(first_logits(tiny_model, [ask(pages)], prefix=prefixes[pages]), logits) < CLOSE
        (found,) = tiny_model.generate([ask(pages)], GREEDY, prefix=prefixes[pages])
        is_recomputed(found, answer)
        assert found.usage.cached == prefixes[pages].tokens


def test_a_prefix_ends_with_its_last_page(tiny_model, contract):
    """It holds the tokens up to the last visual token, and nothing of a question."""
    prefix = tiny_model.prefill(contract)
    visual = sum(tiny_model.spec.visual_tokens(280, 280) for _ in contract)
    placeholder = tiny_model._model.config.image_token_id
    assert int((prefix.ids == placeholder).sum()) == visual
    assert prefix.ids[-1] == placeholder
    assert prefix.tokens == len(prefix.ids) == prefix.cache.get_seq_length()


def test_no_page_is_read_twice(tiny_model, contract, monkeypatch):
    """Questions with a prefix look at no page again."""
    prefix = tiny_model.prefill(contract)
    monkeypatch.setattr(tiny_model._model.model, "get_image_features", None)
    (found,) = tiny_model.generate([ask(contract)], GREEDY, prefix=prefix)
    assert found.usage.cached == prefix.tokens


def test_further_pages_go_on_from_a_prefix(tiny_model, contract, invoices):
    """A conversation may begin with the prefix's pages and show more, at once or in a later turn."""
    prefix = tiny_model.prefill(contract[:2])
    later = (
        *ask(contract[:2]),
        Message("assistant", ("Ninety days.",)),
        Message("user", (invoices[0], "And this?")),
    )
    for conversation in (ask(contract), later):
        logits = first_logits(tiny_model, [conversation])
        assert distance(first_logits(tiny_model, [conversation], prefix=prefix), logits) < CLOSE
        assert tiny_model.generate([conversation], GREEDY, prefix=prefix)[0].usage.cached == prefix.tokens


def test_a_prefix_of_something_else_is_not_used(tiny_model, tiny_glm4v, contract, invoices, recomputed):
    """Other pages, another order, fewer pages, a system message first, or another model's prefix: computed anew."""
    other = TransformersModel.load(tiny_glm4v)
    for prefix in (
        tiny_model.prefill(invoices),
        tiny_model.prefill(contract[::-1]),
        tiny_model.prefill((*contract, *invoices)),
        other.prefill(contract),
    ):
        (found,) = tiny_model.generate([ask(contract)], GREEDY, prefix=prefix)
        is_recomputed(found, recomputed[contract][1])
        assert found.usage.cached == 0
    with_system = (Message("system", ("Quote.",)), *ask(contract))
    (expected,) = tiny_model.generate([with_system], GREEDY)
    (found,) = tiny_model.generate([with_system], GREEDY, prefix=tiny_model.prefill(contract))
    is_recomputed(found, expected)
    assert found.usage.cached == 0


def test_one_call_may_mix_what_a_prefix_begins_and_what_not(tiny_model, contract, invoices, recomputed):
    """Only conversations that begin with the prefix's pages go on from it."""
    prefix = tiny_model.prefill(contract)
    asked = [ask(invoices), ask(contract), ask([])]
    found = tiny_model.generate(asked, GREEDY, prefix=prefix)
    assert [one.usage.cached for one in found] == [0, prefix.tokens, 0]
    is_recomputed(found[0], recomputed[invoices][1])
    is_recomputed(found[1], recomputed[contract][1])


def test_several_prefixes_each_begin_their_own_conversations(tiny_model, invoices):
    """Given the prefixes of several documents, each conversation of a batch goes on from the one it begins with."""
    pages = [invoices[:1], invoices[1:2], invoices[:1], (*invoices[1:2], *invoices[:1])]
    prefixes = Prefixes(tuple(tiny_model.prefill(one) for one in (invoices[:1], invoices[1:2])))
    found = tiny_model.generate([ask(one) for one in pages], GREEDY, prefix=prefixes)
    assert prefixes.tokens == 2 * found[0].usage.cached > 0
    for one, answer in zip(pages, found, strict=True):
        is_recomputed(answer, tiny_model.generate([ask(one)], GREEDY)[0])
        assert answer.usage.cached == found[0].usage.cached


def test_a_prefix_without_pages_changes_nothing(tiny_model, contract, recomputed):
    """No pages are a beginning of every conversation."""
    prefix = tiny_model.prefill([])
    assert prefix.tokens == 0
    is_recomputed(tiny_model.generate([ask(contract)], GREEDY, prefix=prefix)[0], recomputed[contract][1])


def test_threads_get_the_answers_of_their_own_documents(tiny_model, contract, invoices):
    """Eight threads that ask about two documents at the same time get what one thread gets."""
    prefixes = {pages: tiny_model.prefill(pages) for pages in (contract, invoices)}
    asked = [(pages, f"Question {number}?") for number in range(4) for pages in (contract, invoices)]
    expected = [tiny_model.generate([ask(*one)], GREEDY, prefix=prefixes[one[0]])[0] for one in asked]
    start = Barrier(len(asked))

    def answer(one):
        start.wait()
        return tiny_model.generate([ask(*one)], GREEDY, prefix=prefixes[one[0]])[0]

    with ThreadPoolExecutor(len(asked)) as threads:
        found = list(threads.map(answer, asked))
    assert [(one.text, one.logprob, one.usage) for one in found] == [
        (one.text, one.logprob, one.usage) for one in expected
    ]


def test_a_prefix_is_the_same_after_use(tiny_model, contract, invoices):
    """Single questions, batches and further pages leave keys and values as they were, to the bit."""
    prefix = tiny_model.prefill(contract)
    before = tensors(prefix)
    tiny_model.generate([ask(contract)], GREEDY, prefix=prefix)
    tiny_model.generate([ask(contract), ask(contract, "When?"), ask((*contract, *invoices))], GREEDY, prefix=prefix)
    list(tiny_model.stream(ask(contract), GREEDY, prefix=prefix))
    after = tensors(prefix)
    assert len(after) == len(before) > 0
    assert all(torch.equal(*pair) for pair in zip(before, after, strict=True))
    assert prefix.cache.get_seq_length() == prefix.tokens


@pytest.mark.parametrize(("step", "read"), [(1, [1, 1, 1]), (210, [2, 1]), (10_000, [3])])
def test_small_steps_equal_one_step(tiny_model, contract, monkeypatch, step, read):
    """However many pages a pass computes, always whole ones, the logits are the same."""
    logits = first_logits(tiny_model, [ask(contract)])
    seen = []
    forward = tiny_model._model.model.get_image_features

    def counted(pixel_values, image_grid_thw, **options):
        seen.append(len(image_grid_thw))
        return forward(pixel_values, image_grid_thw, **options)

    monkeypatch.setattr(tiny_model._model.model, "get_image_features", counted)
    monkeypatch.setattr(tiny_model, "_step", step)
    prefix = tiny_model.prefill(contract)
    assert seen == read
    assert distance(first_logits(tiny_model, [ask(contract)], prefix=prefix), logits) < CLOSE


@pytest.mark.parametrize("garbage", [None, 0, -500, 123_456])
def test_positions_do_not_depend_on_what_the_module_remembers(tiny_model, contract, recomputed, garbage):
    """``rope_deltas`` of another document, left on the module, change nothing: every pass is given its positions."""
    prefix = tiny_model.prefill(contract)
    logits, answer = recomputed[contract]
    inner = tiny_model._model.model
    for used in (prefix, None):
        inner.rope_deltas = None if garbage is None else torch.tensor([[garbage]])
        assert distance(first_logits(tiny_model, [ask(contract)], prefix=used), logits) < CLOSE
        inner.rope_deltas = None if garbage is None else torch.tensor([[garbage]])
        is_recomputed(tiny_model.generate([ask(contract)], GREEDY, prefix=used)[0], answer)


def test_a_wrong_position_would_be_noticed(tiny_model, contract, recomputed, monkeypatch):
    """Positions off by one page change the logits by far more than what these tests allow."""
    places = tiny_model._places

    def late(prompt):
        moved = places(prompt).clone()
        moved[..., prompt.pages_end :] += 10
        return moved

    monkeypatch.setattr(tiny_model, "_places", late)
    logits, _ = recomputed[contract]
    assert distance(first_logits(tiny_model, [ask(contract)]), logits) > 100 * CLOSE


def test_pages_of_several_sizes_are_prefilled(tiny_model, contract):
    """Sizes and colour may differ from page to page."""
    first, second, third = (page.pixels for page in contract)
    coloured = third[:, :168, None].repeat(3, axis=2)
    pages = [Picture(pixels) for pixels in (first, second[:140], coloured)]
    logits = first_logits(tiny_model, [ask(pages)])
    assert distance(first_logits(tiny_model, [ask(pages)], prefix=tiny_model.prefill(pages)), logits) < CLOSE
