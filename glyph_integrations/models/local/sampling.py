"""Generation settings as transformers takes them."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import torch
from transformers import GenerationConfig

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from glyph_integrations.models.generation import GenerationSettings


def generation_config(settings: GenerationSettings, *, room: int, ends: Sequence[int]) -> GenerationConfig:
    """The library's form of settings.

    Args:
        settings: What was asked for.
        room: Most tokens to generate.
        ends: Tokens that end an answer.
    """
    sampling = settings.temperature > 0 and settings.top_k != 1
    chosen = {"temperature": settings.temperature, "top_p": settings.top_p, "top_k": settings.top_k}
    return GenerationConfig(  # type: ignore[no-untyped-call]
        max_new_tokens=room,
        do_sample=sampling,
        repetition_penalty=settings.repetition_penalty,
        eos_token_id=list(ends),
        pad_token_id=ends[0],
        **(chosen if sampling else {}),
    )


def end_tokens(model: Any) -> list[int]:
    """Tokens that end an answer, as a checkpoint's generation settings name them, else its configuration."""
    text = model.config.get_text_config()
    ends = model.generation_config.eos_token_id or text.eos_token_id
    return [int(token) for token in (ends if isinstance(ends, list) else [ends])]


@contextmanager
def seeded(seed: int | None, device: torch.device) -> Iterator[None]:
    """Draws repeatably within, and leaves the generators of the process as they were."""
    if seed is None:
        yield
        return
    with torch.random.fork_rng(devices=[device] if device.type == "cuda" else []):
        torch.manual_seed(seed)
        yield
