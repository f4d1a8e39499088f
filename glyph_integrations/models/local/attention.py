"""Which attention kernels a model runs on: chosen by what the machine has, and reported.

Vision attention stays within a page. The library's SDPA path therefore calls the kernel page by page, in every layer;
whatever has ``flash`` in its name gets all pages in one call, with their boundaries. So the kernels registered here
carry that name: torch's own variable-length FlashAttention on a GPU, elsewhere one batched SDPA call.
"""

from __future__ import annotations

import importlib.util
from typing import Any, Final, Literal

import torch
from torch.nn.functional import scaled_dot_product_attention

from glyph_integrations.errors import MissingExtraError, RequestError

Kernel = Literal["auto", "flash_attention_2", "varlen", "sdpa"]

FLASH, VARLEN, BATCHED, SDPA = "flash_attention_2", "glyph_varlen_flash", "glyph_batched_flash", "sdpa"
_NAMES: Final = {
    FLASH: "FlashAttention 2 (flash-attn)",
    VARLEN: "variable-length FlashAttention (torch)",
    BATCHED: "SDPA, pages batched (torch)",
    SDPA: "SDPA (torch)",
}


def choose(kernel: Kernel, device: torch.device, dtype: torch.dtype, *, biased: bool = False) -> tuple[str, str]:
    """The implementations for text and vision: the user's choice, else flash-attn, else torch's own.

    Args:
        kernel: The user's choice.
        device: Where the model runs.
        dtype: Of its weights.
        biased: Whether its vision attention adds to the scores (DeepSeek-OCR-2), which only SDPA takes.

    Raises:
        MissingExtraError: flash-attn is asked for and not installed.
        RequestError: The kernel does not run on this device, in this precision or with this model.
    """
    fits_flash = device.type == "cuda" and dtype in {torch.float16, torch.bfloat16}
    installed = importlib.util.find_spec("flash_attn") is not None
    if kernel not in {"auto", FLASH, "varlen", SDPA}:
        raise RequestError(f"there is no attention {kernel!r}: take auto, flash_attention_2, varlen or sdpa")
    if biased:
        if kernel in {FLASH, "varlen"}:
            raise RequestError(f"attention {kernel!r} cannot run this model's vision tower: take auto or sdpa")
        return SDPA, SDPA
    if kernel in {FLASH, "varlen"} and not fits_flash:
        raise RequestError(
            f"attention {kernel!r} runs on a GPU in float16 or bfloat16, not on {device.type} in {dtype}"
        )
    if kernel == FLASH and not installed:
        raise MissingExtraError("attention='flash_attention_2'", package="flash-attn", extra="flash")
    if kernel == FLASH or (kernel == "auto" and fits_flash and installed):
        return FLASH, FLASH
    if kernel == "varlen" or (kernel == "auto" and fits_flash and _has_varlen()):
        return SDPA, VARLEN
    return SDPA, BATCHED


def describe(text: str, vision: str) -> dict[str, str]:
    """The chosen kernels, for people."""
    return {"text": _NAMES.get(text, text), "vision": _NAMES.get(vision, vision)}


def install(model: Any, text: str, vision: str) -> None:
    """Lets a loaded model use the kernels, ours among them."""
    from transformers import AttentionInterface

    AttentionInterface.register(VARLEN, _varlen)
    AttentionInterface.register(BATCHED, _batched)
    model.set_attn_implementation({"text_config": text, "vision_config": vision})


def _has_varlen() -> bool:
    return importlib.util.find_spec("torch.nn.attention.varlen") is not None


def _varlen(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,  # noqa: ARG001 - the interface's; pages are told apart by their boundaries
    *,
    cu_seq_lens_q: torch.Tensor,
    max_length_q: int,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """Attention within each page; query, key and value are [1, heads, patches, width].

    The scale is the kernel's default, 1/√width, as in every family here (torch 2.10 has no parameter for it).
    """
    from torch.nn.attention.varlen import varlen_attn

    del module
    q, k, v = (states[0].transpose(0, 1).contiguous() for states in (query, key, value))
    bounds = cu_seq_lens_q.to(torch.int32)
    attended: Any = varlen_attn(q, k, v, bounds, bounds, int(max_length_q), int(max_length_q))
    return attended.unsqueeze(0), None


def _batched(
    module: torch.nn.Module,
    query: torch.Tensor,
    key: torch.Tensor,
    value: torch.Tensor,
    attention_mask: torch.Tensor | None,  # noqa: ARG001 - see above
    *,
    cu_seq_lens_q: torch.Tensor,
    scaling: float | None = None,
    **_: Any,
) -> tuple[torch.Tensor, None]:
    """The same through SDPA: one call where all pages are of one size, else one for each run of equal pages."""
    del module
    lengths = (cu_seq_lens_q[1:] - cu_seq_lens_q[:-1]).tolist()
    attended, start = [], 0
    for length, pages in _runs(lengths):
        stop = start + length * pages
        q, k, v = (
            states[0, :, start:stop].reshape(-1, pages, length, states.shape[-1]).transpose(0, 1)
            for states in (query, key, value)
        )
        run = scaled_dot_product_attention(q, k, v, scale=scaling)  # [pages, heads, length, width]
        attended.append(run.transpose(1, 2).flatten(0, 1))
        start = stop
    return torch.cat(attended).unsqueeze(0), None


def _runs(lengths: list[int]) -> list[tuple[int, int]]:
    """Equal neighbours counted: ``[9, 9, 4]`` becomes ``[(9, 2), (4, 1)]``."""
    runs: list[tuple[int, int]] = []
    for length in lengths:
        if runs and runs[-1][0] == length:
            runs[-1] = (length, runs[-1][1] + 1)
        else:
            runs.append((length, 1))
    return runs
