"""Memory is estimated for what is really computed."""

from __future__ import annotations

import pytest

pytest.importorskip("transformers")

from glyph_integrations.errors import ModelMemoryError
from glyph_integrations.models.local import memory


def test_a_short_document_needs_the_memory_of_its_own_tokens(tiny_model, contract, monkeypatch):
    """Prefilling is refused for the pages' own need, not for that of the longest pass a model would make."""
    tokens = tiny_model.prefill(contract).tokens
    needed = tiny_model._needs.generation(tokens, rows=1, step=tokens)
    monkeypatch.setattr(memory, "available_bytes", lambda _: needed)
    assert tiny_model.prefill(contract).tokens == tokens
    monkeypatch.setattr(memory, "available_bytes", lambda _: needed - 1)
    with pytest.raises(ModelMemoryError, match=f"{tokens:,} tokens need .* read in windows"):
        tiny_model.prefill(contract)
