"""Attention for training: plain matrix products, in blocks of queries.

On a CPU torch's fused kernels are written for inference: in bfloat16 their backward passes take two to eight times as
long as the products themselves. On any device the scores can be seen here, which guided attention needs. The text's
attention takes the mask of branches, which the library would not build.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch

if TYPE_CHECKING:
    from collections.abc import Sequence

    from glyph_integrations.training.guidance import Guide

TEXT: Final = "glyph_blocks"
VISION: Final = "glyph_pages_flash"  # with "flash" in its name the library hands over all pages at once
_BLOCK: Final = 256  # queries; a causal block needs no keys after it


def install(model: Any, *, vision: bool) -> None:
    """Lets a model's text part train with it, and its vision tower too where that is wanted."""
    from transformers import AttentionInterface

    AttentionInterface.register(TEXT, causal_attention)
    AttentionInterface.register(VISION, page_attention)
    model.set_attn_implementation({"text_config": TEXT, **({"vision_config": VISION} if vision else {})})


def causal_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,
    *,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention of [B, heads, N, width] to what came before; a mask [B, 1, N, N] of booleans narrows it further.

    ``guides`` of the module are shown the scores (see ``guidance``).
    """
    guides: Sequence[Guide] = getattr(module, "guides", ())
    groups = query.shape[1] // key.shape[1]
    key, value = key.repeat_interleave(groups, 1), value.repeat_interleave(groups, 1)
    query = query * (scaling or query.shape[-1] ** -0.5)
    attended = []
    for start in range(0, query.shape[2], _BLOCK):
        stop = min(start + _BLOCK, query.shape[2])
        scores = query[:, :, start:stop] @ key[:, :, :stop].transpose(-1, -2)
        if attention_mask is None:
            hidden = torch.ones(stop - start, stop, dtype=torch.bool, device=query.device).triu(start + 1)
        else:
            hidden = ~attention_mask[:, :, start:stop, :stop]
        scores = scores.masked_fill(hidden, torch.finfo(scores.dtype).min)
        for guide in guides:
            guide.see(scores, start)
        attended.append(scores.softmax(-1) @ value[:, :, :stop])
    return torch.cat(attended, 2).transpose(1, 2), None


def page_attention(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,  # noqa: ARG001 - the interface's; pages are told apart by their boundaries
    *,
    cu_seq_lens_q: torch.Tensor,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention within each page; query, key and value are [1, heads, patches, width]."""
    del module
    lengths = (cu_seq_lens_q[1:] - cu_seq_lens_q[:-1]).tolist()
    query = query * (scaling or query.shape[-1] ** -0.5)
    attended, start = [], 0
    while lengths:
        length = lengths[0]
        pages = next((at for at, other in enumerate(lengths) if other != length), len(lengths))
        stop = start + pages * length
        shape = query.shape[1], pages, length, query.shape[3]
        q, k, v = (states[0, :, start:stop].reshape(shape).transpose(0, 1) for states in (query, key, value))
        run = (q @ k.transpose(-1, -2)).softmax(-1) @ v
        attended.append(run.transpose(1, 2).flatten(0, 1))
        start, lengths = stop, lengths[pages:]
    return torch.cat(attended).unsqueeze(0), None
