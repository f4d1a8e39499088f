"""Images to what a model's ``forward`` takes, for each kind of vision tower."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Protocol

import numpy as np
import torch

from glyph_integrations.errors import ModelLoadError, RequestError
from glyph_integrations.models.local.patches import FoldedPatchEmbedding, PatchLayout

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models.local.checkpoint import Checkpoint
    from glyph_integrations.models.model import PageImage


class ImageInputs(Protocol):
    """What one family makes of images."""

    def tokens(self, image: PageImage) -> int:
        """Visual tokens of an image: placeholders in the prompt."""

    def grid(self, images: Sequence[PageImage]) -> torch.Tensor | None:
        """Patches of each image (1, down, across) on the CPU; None where positions do not depend on them."""

    def tensors(self, images: Sequence[PageImage]) -> dict[str, Any]:
        """Arguments of ``forward``, on the device."""


def image_inputs(checkpoint: Checkpoint, model: Any, spec: ModelSpec) -> ImageInputs:
    """What a loaded model makes of images; its patch embedding is folded where it can be.

    Raises:
        ModelLoadError: The settings of its image preprocessor are incomplete.
    """
    if checkpoint.config.model_type == "deepseek_ocr2":
        return TileInputs(processor=_tile_processor(checkpoint), device=model.device, dtype=model.dtype)
    layout = PatchLayout.of_checkpoint(checkpoint.config, checkpoint.preprocessor)
    visual = model.model.visual
    if layout.by_token and visual.patch_embed.proj.weight.device.type != "meta":
        visual.patch_embed = FoldedPatchEmbedding(visual.patch_embed, layout)
    return PatchInputs(layout=layout, spec=spec, device=visual.device, dtype=visual.dtype)


@dataclass(frozen=True, slots=True, kw_only=True)
class PatchInputs:
    """GLM-V, Qwen-VL, PaddleOCR-VL: a grid of patches, cut on the device."""

    layout: PatchLayout
    spec: ModelSpec
    device: torch.device
    dtype: torch.dtype

    def tokens(self, image: PageImage) -> int:
        """Cells of the grid."""
        return self.layout.tokens(*self._size(image))

    def grid(self, images: Sequence[PageImage]) -> torch.Tensor | None:
        """Patches of each image."""
        if not images:
            return None
        return torch.tensor([(1, *self.layout.grid(*self._size(image))) for image in images])

    def tensors(self, images: Sequence[PageImage]) -> dict[str, Any]:
        """Patches and their grid."""
        return self.layout.inputs([self._fitted(image.pixels) for image in images], self.device, self.dtype)

    def _size(self, image: PageImage) -> tuple[int, int]:
        """Height and width that the model sees.

        Raises:
            RequestError: It takes no image of that size.
        """
        height, width = image.pixels.shape[:2]
        try:
            width, height = self.spec.fit(width, height)
        except ValueError as error:
            raise RequestError(f"the model takes no such image: {error}") from error
        return height, width

    def _fitted(self, pixels: NDArray[np.uint8]) -> NDArray[np.uint8]:
        """Pixels in that size. Pages have it already; other images are resized as the processors do."""
        height, width = pixels.shape[:2]
        fitted = self.spec.fit(width, height)
        if fitted == (width, height):
            return pixels
        from PIL import Image

        return np.asarray(Image.fromarray(pixels).resize(fitted, Image.Resampling.BICUBIC))


@dataclass(frozen=True, slots=True, kw_only=True)
class TileInputs:
    """DeepSeek-OCR-2: tiles and an overview, made by the library's own processor on the CPU."""

    processor: Any
    device: torch.device
    dtype: torch.dtype

    def tokens(self, image: PageImage) -> int:
        """256 for the overview, 144 for each tile, 1 for the separator."""
        from glyph_integrations.counting import model_spec

        height, width = image.pixels.shape[:2]
        return model_spec("deepseek-ocr-2").visual_tokens(width, height)

    def grid(self, images: Sequence[PageImage]) -> None:
        """Positions count tokens."""

    def tensors(self, images: Sequence[PageImage]) -> dict[str, Any]:
        """Overviews, tiles and how many tiles each image has."""
        from PIL import Image

        pictures = [Image.fromarray(image.pixels).convert("RGB") for image in images]
        made = self.processor(images=pictures, return_tensors="pt")
        floats = ("pixel_values", "pixel_values_local")
        return {name: value.to(self.device, self.dtype) if name in floats else value for name, value in made.items()}


def _tile_processor(checkpoint: Checkpoint) -> Any:
    from transformers.models.deepseek_ocr2.image_processing_pil_deepseek_ocr2 import DeepseekOcr2ImageProcessorPil

    try:
        return DeepseekOcr2ImageProcessorPil.from_pretrained(checkpoint.folder)
    except (OSError, ValueError, TypeError) as error:
        raise ModelLoadError(f"the image preprocessor of {checkpoint.name} cannot be read") from error
