"""Pages to patches, on the device: what the image processors of transformers do on the CPU, in float32.

Shapes: N pages of H×W px, P px per patch side, M patches per side of a visual token, T frames that an image is doubled
into, C channels (1 or 3), G = H·W/P² patches of a page.
"""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any, Self

import numpy as np
import torch
from torch import nn

from glyph_integrations.errors import ModelLoadError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchLayout:
    """How one family cuts images: the numbers of its ``preprocessor_config.json``, and the order of the patches.

    Attributes:
        patch: Side of a patch, px.
        merge: Patches along each side of a visual token.
        mean: Of each channel, on a scale of 0–1.
        std: Of each channel, likewise.
        by_token: Whether the patches of one visual token follow each other (GLM-V, Qwen-VL); else they run row by row
            over the page (PaddleOCR-VL).
    """

    patch: int
    merge: int
    mean: tuple[float, ...]
    std: tuple[float, ...]
    by_token: bool = True

    @classmethod
    def of_checkpoint(cls, config: Any, preprocessor: Mapping[str, Any]) -> Self:
        """Reads the layout from a model's configuration and its image preprocessor's.

        Raises:
            ModelLoadError: The preprocessor's file lacks the normalisation that the model was trained with.
        """
        try:
            mean, std = tuple(preprocessor["image_mean"]), tuple(preprocessor["image_std"])
        except KeyError as error:
            raise ModelLoadError(f"preprocessor_config.json has no {error.args[0]!r}") from None
        vision = config.vision_config
        return cls(
            patch=int(vision.patch_size),
            merge=int(vision.spatial_merge_size),
            mean=mean,
            std=std,
            by_token=config.model_type != "paddleocr_vl",
        )

    def grid(self, height: int, width: int) -> tuple[int, int]:
        """Patches down and across a page of this size in px."""
        return height // self.patch, width // self.patch

    def tokens(self, height: int, width: int) -> int:
        """Visual tokens of a page of this size in px."""
        down, across = self.grid(height, width)
        return down * across // self.merge**2

    def inputs(self, pages: Sequence[NDArray[np.uint8]], device: torch.device, dtype: torch.dtype) -> dict[str, Any]:
        """What the model's ``forward`` takes for these pages, in order; sizes and colour may differ between them."""
        colour = not self.by_token or any(page.ndim == 3 for page in pages)
        runs = []
        for _, run in groupby(pages, key=lambda page: page.shape):
            stack = torch.from_numpy(np.stack(list(run))).to(device)
            if colour and stack.ndim == 3:
                stack = stack.unsqueeze(-1).expand(-1, -1, -1, 3)
            runs.append(self.cut(stack))
        patches = runs[0] if len(runs) == 1 else torch.cat(runs)
        grids = [(1, *self.grid(*page.shape[:2])) for page in pages]
        return {
            "pixel_values": patches.to(dtype) if self.by_token else self._normalised(patches).to(dtype),
            "image_grid_thw": torch.tensor(grids, device=device),
        }

    def cut(self, pages: torch.Tensor) -> torch.Tensor:
        """Cuts equal-sized pages, [N, H, W] or [N, H, W, C] in uint8, into patches [N·G, C·P·P]."""
        count, height, width = pages.shape[:3]
        channels = 1 if pages.ndim == 3 else pages.shape[3]
        down, across = self.grid(height, width)
        p, m = self.patch, self.merge if self.by_token else 1
        paired = pages.ndim == 3 and p % 2 == 0  # bytes of a row move two at a time, in half the time
        units = pages.view(torch.int16) if paired else pages
        blocks = units.reshape(count, down // m, m, p, across // m, m, p // (2 if paired else 1), channels)
        patches = blocks.permute(0, 1, 4, 2, 5, 7, 3, 6).reshape(count * down * across, -1)
        return patches.view(torch.uint8)

    def _normalised(self, patches: torch.Tensor) -> torch.Tensor:
        """Patches as [N·G, C, P, P] around 0, for a patch embedding that is not folded."""
        mean, std = (torch.tensor(values, device=patches.device).view(-1, 1, 1) for values in (self.mean, self.std))
        return (patches.view(len(patches), -1, self.patch, self.patch).float() / 255 - mean) / std


class FoldedPatchEmbedding(nn.Module):
    """A patch embedding that takes bytes: normalisation, frames and, for gray pages, channels go into its weights.

    An image is doubled into T equal frames and a gray page has three equal channels, so the convolution over C·T·P·P
    values is a matrix product with the P·P that differ: six times less to write, read and multiply. Equal to the
    original up to rounding.

    Args:
        embedding: The module whose ``proj``, a convolution [hidden, 3, T, P, P] as wide as its stride, it stands for.
        layout: How the pages are cut.
    """

    def __init__(self, embedding: nn.Module, layout: PatchLayout) -> None:
        super().__init__()
        self.proj: Any = embedding.proj
        self.mean = layout.mean
        self.std = layout.std

    def forward(self, patches: torch.Tensor) -> torch.Tensor:
        """Embeds patches [N·G, C·P·P] of values 0–255 as [N·G, hidden]."""
        weight = self.proj.weight.float()
        mean, std = (torch.tensor(values, device=weight.device).view(1, -1, 1, 1) for values in (self.mean, self.std))
        weight = weight.sum(2) / std
        bias = -(weight * mean).sum((1, 2, 3))
        if self.proj.bias is not None:
            bias = bias + self.proj.bias.float()
        if patches.shape[1] == weight[0, 0].numel():  # gray
            weight = weight.sum(1)
        dtype = self.proj.weight.dtype
        return nn.functional.linear(patches.to(dtype), (weight.flatten(1) / 255).to(dtype), bias.to(dtype))
