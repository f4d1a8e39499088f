"""Memory is estimated for what is really computed, before it is."""

from __future__ import annotations

from dataclasses import replace

import pytest
import torch

pytest.importorskip("transformers")

from glyph_integrations.errors import ModelMemoryError, WindowOverflowError
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.local import memory
from glyph_integrations.models.local.memory import MemoryNeeds, available_bytes, gigabytes

CPU = torch.device("cpu")
NEEDS = MemoryNeeds(per_token=10, per_step_token=1_000, per_mask=5)


def free(monkeypatch, size):
    """Lets every device have so many bytes free."""
    monkeypatch.setattr(memory, "available_bytes", lambda _: size)


def test_keys_and_values_take_what_the_formula_says(tiny_model, contract):
    """The bytes of a real cache are the tokens times the bytes of one."""
    prefix = tiny_model.prefill(contract)
    held = sum(layer.keys.nbytes + layer.values.nbytes for layer in prefix.cache.layers)
    assert held == prefix.tokens * tiny_model._needs.per_token


def test_a_short_document_needs_the_memory_of_its_own_pages(tiny_model, contract, monkeypatch):
    """Prefilling is refused for what its longest page needs, before anything is computed, with both numbers."""
    tokens = tiny_model.prefill(contract).tokens
    page = max(page.visual_tokens for page in contract)
    needed = tiny_model._needs.generation(tokens, rows=1, step=page + 10)
    free(monkeypatch, needed)
    assert tiny_model.prefill(contract).tokens == tokens
    free(monkeypatch, needed // 2)
    monkeypatch.setattr(tiny_model, "_prefilled", None)
    with pytest.raises(ModelMemoryError, match=rf"{tokens:,} tokens need .* has {gigabytes(needed // 2)} free"):
        tiny_model.prefill(contract)
    with pytest.raises(ModelMemoryError, match="overflow='windows'"):
        tiny_model.generate([(Message("user", (*contract, "When?")),)], GenerationSettings(max_tokens=8))


def test_too_many_pages_for_the_window_are_refused(tiny_model, contract, monkeypatch):
    """Prefilling, too, says that the window is too small."""
    monkeypatch.setattr(tiny_model, "_spec", replace(tiny_model.spec, window=200))
    with pytest.raises(WindowOverflowError, match="a window of 200"):
        tiny_model.prefill(contract)


def test_a_pass_is_as_long_as_memory_allows(monkeypatch):
    """All at once where that fits, since then nothing is masked; else what the mask leaves; never above the limit."""
    cache = 2 * 1_000 * 10
    free(monkeypatch, cache + 1_000 * 1_000)
    assert NEEDS.step(1_000, rows=1, device=CPU, most=10_000) == 1_000
    free(monkeypatch, cache + 1_000 * 1_000 - 1)
    assert NEEDS.step(1_000, rows=1, device=CPU, most=10_000) == 999_999 // 6_000
    assert NEEDS.step(1_000, rows=1, device=CPU, most=50) == 50
    free(monkeypatch, 0)
    assert NEEDS.step(1_000, rows=1, device=CPU, most=50) == 0


def test_as_many_conversations_as_fit_are_answered_together(monkeypatch):
    """At least one, so that the error can say what is missing; at most the limit."""
    each = NEEDS.generation(100, rows=1, step=20)
    free(monkeypatch, 5 * each)
    assert NEEDS.rows(100, step=20, device=CPU, most=16) == 5
    assert NEEDS.rows(100, step=20, device=CPU, most=3) == 3
    free(monkeypatch, 0)
    assert NEEDS.rows(100, step=20, device=CPU, most=16) == 1


def test_an_overrun_that_was_not_foreseen_is_a_typed_error(tiny_model, contract, monkeypatch):
    """Where torch itself runs out of memory, the error is the same."""

    def overrun(*_, **__):
        raise torch.OutOfMemoryError

    monkeypatch.setattr(tiny_model, "_prefilled", overrun)
    with pytest.raises(ModelMemoryError, match="do not fit cpu"):
        tiny_model.prefill(contract)


def test_this_machine_has_memory():
    """What a device has free is a number of bytes."""
    assert available_bytes(CPU) > 2**24
