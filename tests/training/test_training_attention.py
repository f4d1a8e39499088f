"""Attention for training, against torch's own."""

from __future__ import annotations

import pytest

pytest.importorskip("transformers")

import torch
from torch.nn.functional import scaled_dot_product_attention

from glyph_integrations.training.attention import causal_attention, page_attention
from glyph_integrations.training.network import branch_mask

LENGTH = 300  # more than one block


def states(*shape, seed):
    """Random states that gradients are kept of."""
    return torch.randn(*shape, generator=torch.Generator().manual_seed(seed), dtype=torch.float64).requires_grad_()


def check(ours, theirs, inputs):
    """Values and gradients are equal."""
    torch.testing.assert_close(ours, theirs)
    weights = torch.randn(ours.shape, generator=torch.Generator().manual_seed(9), dtype=ours.dtype)
    for mine, other in zip(
        torch.autograd.grad((ours * weights).sum(), inputs),
        torch.autograd.grad((theirs * weights).sum(), inputs),
        strict=True,
    ):
        torch.testing.assert_close(mine, other)


@pytest.mark.parametrize("branches", [1, 3])
def test_text_attention_is_torch_s(branches):
    """Causal attention with shared keys equals torch's, values and gradients, with and without a mask of branches."""
    query, key, value = (states(2, heads, LENGTH, 8, seed=heads) for heads in (4, 2, 2))
    members = torch.arange(LENGTH).expand(2, -1) * (branches + 1) // LENGTH
    mask = branch_mask(members)
    assert (mask is None) == (branches == 1)
    allowed = torch.ones(LENGTH, LENGTH, dtype=torch.bool).tril() if mask is None else mask
    ours, _ = causal_attention(None, query, key, value, mask, scaling=0.3)
    theirs = scaled_dot_product_attention(query, key, value, attn_mask=allowed, scale=0.3, enable_gqa=True)
    check(ours, theirs.transpose(1, 2), (query, key, value))


def test_page_attention_stays_within_each_page():
    """Pages of unlike sizes in one call are attended as torch attends each by itself, values and gradients."""
    lengths = [6, 6, 4, 6]
    query, key, value = (states(1, 2, sum(lengths), 8, seed=seed) for seed in (1, 2, 3))
    bounds = torch.tensor([0, *lengths]).cumsum(0)
    ours, _ = page_attention(None, query, key, value, None, cu_seq_lens_q=bounds)
    pages = [
        scaled_dot_product_attention(*page)
        for page in zip(*(x.split(lengths, 2) for x in (query, key, value)), strict=True)
    ]
    check(ours, torch.cat(pages, 2).transpose(1, 2), (query, key, value))
