"""Memory is estimated before it is used: what a device has free, and what pages will take."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any, Self

import torch

from glyph_integrations.errors import ModelMemoryError

_WIDE = 6  # intermediate tensors of a layer that live at the same time, each as wide as its feed-forward part


@dataclass(frozen=True, slots=True, kw_only=True)
class MemoryNeeds:
    """What one model's inference takes, in bytes.

    Attributes:
        per_token: Keys and values that a token leaves in the cache, all layers together.
        per_step_token: Working memory for each token that one forward pass computes, the vision tower's included.
        per_mask: For each token that such a token sees through a mask: a boolean, and what the kernel makes of it.
    """

    per_token: int
    per_step_token: int
    per_mask: int = 5

    @classmethod
    def of_model(cls, config: Any, dtype: torch.dtype) -> Self:
        """From a model's configuration."""
        text, vision = config.get_text_config(), config.vision_config
        heads = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
        width = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
        kinds = getattr(text, "layer_types", None) or ["full_attention"] * text.num_hidden_layers
        layers = sum("linear" not in kind for kind in kinds)
        patches = getattr(vision, "spatial_merge_size", 1) ** 2
        vision_width = 4 * getattr(vision, "hidden_size", 1024)  # no family's blocks are wider
        # Some mixtures of experts have no width of their own, only that of each expert.
        text_width = getattr(text, "intermediate_size", None) or text.num_experts_per_tok * text.moe_intermediate_size
        working = _WIDE * (text_width + patches * vision_width)
        return cls(
            per_token=2 * layers * heads * width * dtype.itemsize,
            per_step_token=working * dtype.itemsize,
            per_mask=1 + dtype.itemsize,
        )

    def generation(self, tokens: int, *, rows: int, step: int) -> int:
        """Bytes for ``rows`` conversations of ``tokens`` tokens, ``step`` of all of them computed at a time.

        The cache counts twice: torch grows it by copying. A pass that goes on from others sees them through a mask.
        """
        mask = self.per_mask * tokens if step < tokens else 0
        return self._cache(tokens, rows) + step * (self.per_step_token + mask)

    def require(self, tokens: int, *, rows: int, step: int, device: torch.device) -> None:
        """Does nothing if that fits.

        Raises:
            ModelMemoryError: It does not; the message holds both numbers.
        """
        needed, free = self.generation(tokens, rows=rows, step=step), available_bytes(device)
        if needed > free:
            raise ModelMemoryError(
                f"{tokens:,} tokens{f' in {rows} conversations' if rows > 1 else ''} need {gigabytes(needed)} on "
                f"{device}, which has {gigabytes(free)} free: read in windows (overflow='windows', a smaller window "
                "in the spec), take a denser style, or ask fewer questions at a time"
            )

    def step(self, tokens: int, *, rows: int, device: torch.device, most: int) -> int:
        """How many tokens one pass may compute: all at once if that fits, which needs no mask, and at most ``most``."""
        room = available_bytes(device) - self._cache(tokens, rows)
        if min(tokens * rows, most) * self.per_step_token <= room and tokens * rows <= most:
            return tokens * rows
        return max(min(most, room // (self.per_step_token + self.per_mask * tokens)), 0)

    def rows(self, tokens: int, *, step: int, device: torch.device, most: int) -> int:
        """How many conversations fit at the same time, at least one and at most ``most``.

        Args:
            tokens: Of each conversation.
            step: Of these, how many a pass computes at least.
            device: Where.
            most: The limit.
        """
        each = self.generation(tokens, rows=1, step=step)
        return max(1, min(most, available_bytes(device) // max(each, 1)))

    def _cache(self, tokens: int, rows: int) -> int:
        return 2 * rows * tokens * self.per_token


def available_bytes(device: torch.device) -> int:
    """Free memory of a device: of a GPU what torch has reserved and does not use counts too."""
    if device.type == "cuda":
        free, _ = torch.cuda.mem_get_info(device)
        return int(free + torch.cuda.memory_reserved(device) - torch.cuda.memory_allocated(device))
    import psutil

    return int(psutil.virtual_memory().available)


def gigabytes(size: int) -> str:
    """A size for people."""
    return f"{size / 2**30:.1f} GiB" if size >= 2**28 else f"{size / 2**20:.1f} MiB"
