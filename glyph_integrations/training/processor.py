"""``PageProcessor``: pages and text to what a plain Glm4v model takes, for trainers that want a processor.

The library's own ``Glm4vProcessor`` holds a video processor, which needs torchvision. This one knows pages only, and
cuts them as the models of this package do, so that a model is trained on the pixels that it will read.

Shapes: B prompts, N tokens of the longest, G patches of all pages, P px per patch side, T frames of an image.
"""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np
import torch
from transformers import BatchFeature, ProcessorMixin

from glyph_integrations.errors import RequestError
from glyph_integrations.models.local.patches import PatchLayout
from glyph_integrations.training.architecture import write_preprocessor

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray
    from PIL.Image import Image


class PageProcessor(ProcessorMixin):
    """Prompts with pages as inputs of ``Glm4vForConditionalGeneration``.

    Args:
        tokenizer: The checkpoint's; its chat template writes the prompts.
        config: The model's.
        preprocessor: Settings of the checkpoint's image preprocessor, saved again as they are.
    """

    def __init__(self, tokenizer: Any, config: Any, preprocessor: Mapping[str, Any]) -> None:
        super().__init__(tokenizer, chat_template=tokenizer.chat_template)  # type: ignore[no-untyped-call]
        self._layout = PatchLayout.of_checkpoint(config, preprocessor)
        self._frames = int(config.vision_config.temporal_patch_size)
        self._image_id = int(config.image_token_id)
        self._preprocessor = dict(preprocessor)

    def __call__(
        self,
        images: Sequence[Sequence[Image]] | None = None,
        text: Sequence[str] = (),
        *,
        padding: bool = False,
        return_tensors: str | None = None,
        **_: Any,
    ) -> BatchFeature:
        """Prompts as the model takes them.

        Args:
            images: The pages of each prompt, gray or RGB, sides multiples of a visual token's.
            text: The prompts, by the chat template, a placeholder for each page.
            padding: Fill rows up, on the left.
            return_tensors: ``"pt"`` for tensors of rows; they have to be padded then.

        Returns:
            ``input_ids``, placeholders repeated for each visual token, ``attention_mask`` and ``mm_token_type_ids`` (1
            for visual tokens): lists, or tensors [B, N]. With pages also ``pixel_values`` [G, 3·T·P·P], normalised, and
            ``image_grid_thw`` [pages, 3].

        Raises:
            RequestError: The prompts do not have a placeholder for each page.
        """
        shown = images or [()] * len(text)
        rows = [self._ids(prompt, pages) for prompt, pages in zip(text, shown, strict=True)]
        length = max(map(len, rows), default=0) if padding else 0
        before = [max(length - len(row), 0) for row in rows]
        filling = self.tokenizer.pad_token_id
        inputs: dict[str, Any] = {
            "input_ids": [[filling] * gap + row.tolist() for gap, row in zip(before, rows, strict=True)],
            "attention_mask": [[0] * gap + [1] * len(row) for gap, row in zip(before, rows, strict=True)],
            "mm_token_type_ids": [
                [0] * gap + (row == self._image_id).astype(int).tolist() for gap, row in zip(before, rows, strict=True)
            ],
        }
        pages = [np.asarray(page) for prompt in shown for page in prompt]
        if pages:
            inputs |= self._pixels(pages)
        return BatchFeature(inputs, tensor_type=return_tensors)

    def save_pretrained(self, save_directory: str | os.PathLike[str], **_: Any) -> None:  # type: ignore[override]
        """Writes the tokenizer and the image preprocessor's settings, as checkpoints hold them."""
        folder = Path(save_directory)
        self.tokenizer.save_pretrained(folder)
        write_preprocessor(self._preprocessor, folder)

    def _ids(self, prompt: str, pages: Sequence[Image]) -> NDArray[np.int64]:
        ids = np.asarray(self.tokenizer(prompt, add_special_tokens=False).input_ids, np.int64)
        places = np.flatnonzero(ids == self._image_id)
        if len(places) != len(pages):
            raise RequestError(f"a prompt has {len(places)} placeholders for {len(pages)} pages")
        counts = np.ones(len(ids), np.int64)
        counts[places] = [self._layout.tokens(page.height, page.width) for page in pages]
        return np.repeat(ids, counts)

    def _pixels(self, pages: Sequence[NDArray[np.uint8]]) -> dict[str, torch.Tensor]:
        """Patches as the layout cuts them, then normalised, with three channels, in T equal frames."""
        inputs = self._layout.inputs(pages, torch.device("cpu"), torch.float32)
        side = self._layout.patch
        patches = inputs["pixel_values"].unflatten(1, (-1, 1, side, side)) / 255
        mean, std = (torch.tensor(values).view(-1, 1, 1, 1) for values in (self._layout.mean, self._layout.std))
        frames = ((patches - mean) / std).expand(-1, -1, self._frames, -1, -1)
        return {**inputs, "pixel_values": frames.flatten(1)}
