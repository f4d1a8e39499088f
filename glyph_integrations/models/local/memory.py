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
    """

    per_token: int
    per_step_token: int

    @classmethod
    def of_model(cls, config: Any, dtype: torch.dtype) -> Self:
        """From a model's configuration."""
        text, vision = config.get_text_config(), config.vision_config
        heads = getattr(text, "num_key_value_heads", None) or text.num_attention_heads
        width = getattr(text, "head_dim", None) or text.hidden_size // text.num_attention_heads
        kinds = getattr(text, "layer_types", None) or ["full_attention"] * text.num_hidden_layers
        layers = sum("linear" not in kind for kind in kinds)
        patches = getattr(vision, "spatial_merge_size", 1) ** 2
        vision_width = max(getattr(vision, "intermediate_size", 0) or 0, 4 * getattr(vision, "hidden_size", 1024))
        # Some mixtures of experts have no width of their own, only that of each expert.
        text_width = getattr(text, "intermediate_size", None) or text.num_experts_per_tok * text.moe_intermediate_size
        working = _WIDE * (text_width + patches * vision_width)
        return cls(per_token=2 * layers * heads * width * dtype.itemsize, per_step_token=working * dtype.itemsize)

    def generation(self, tokens: int, *, rows: int, step: int) -> int:
        """Bytes for ``rows`` conversations of ``tokens`` tokens, ``step`` of them computed at a time.

        The cache counts twice: torch grows it by copying.
        """
        return 2 * rows * tokens * self.per_token + step * self.per_step_token

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

    def rows(self, tokens: int, *, step: int, device: torch.device, most: int) -> int:
        """How many conversations of this length fit at the same time, at least one and at most ``most``."""
        room = available_bytes(device) - step * self.per_step_token
        return max(1, min(most, int(room // max(2 * tokens * self.per_token, 1))))


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
