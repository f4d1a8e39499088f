"""What transformers itself computes from a Glm4v checkpoint: its image processor, its patches, its ``generate``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

import torch
from PIL import Image

from glyph_integrations.models import GenerationSettings, images_of

if TYPE_CHECKING:
    from pathlib import Path


class Reference:
    """A checkpoint as the library's own user runs it: one conversation at a time, nothing kept."""

    def __init__(self, folder: Path, dtype: torch.dtype = torch.float32) -> None:
        from transformers import AutoModelForImageTextToText, AutoTokenizer
        from transformers.models.glm4v.image_processing_pil_glm4v import Glm4vImageProcessorPil

        settings = json.loads((folder / "preprocessor_config.json").read_text("utf-8"))
        self.processor = Glm4vImageProcessorPil(**{key: settings[key] for key in ("size", "image_mean", "image_std")})
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForImageTextToText.from_pretrained(folder, dtype=dtype).eval()

    def patches(self, images):
        """Patches and grid of images."""
        pictures = [Image.fromarray(image.pixels).convert("RGB") for image in images]
        made = self.processor(images=pictures, return_tensors="pt")
        return {"pixel_values": made["pixel_values"], "image_grid_thw": made["image_grid_thw"]}

    @torch.inference_mode()
    def features(self, images):
        """Image features, [visual tokens, hidden], of all images."""
        return torch.cat(self.model.model.get_image_features(**self.patches(images)).pooler_output)

    def text(self, conversation):
        """A conversation as its chat template writes it."""
        messages = [
            {
                "role": message.role,
                "content": [
                    {"type": "text", "text": part} if isinstance(part, str) else {"type": "image"}
                    for part in message.content
                ],
            }
            for message in conversation
        ]
        return self.tokenizer.apply_chat_template(messages, tokenize=False, add_generation_prompt=True)

    def inputs(self, conversation):
        """What ``forward`` and ``generate`` take."""
        images, text = images_of(conversation), self.text(conversation)
        patches = self.patches(images) if images else {}
        for grid in patches.get("image_grid_thw", ()):
            text = text.replace("<|image|>", "<placeholder>" * (int(grid.prod()) // 4), 1)
        ids = self.tokenizer(
            text.replace("<placeholder>", "<|image|>"), return_tensors="pt", add_special_tokens=False
        ).input_ids
        pictured = (ids == self.model.config.image_token_id).int()
        return {"input_ids": ids, "attention_mask": torch.ones_like(ids), "mm_token_type_ids": pictured, **patches}

    @torch.inference_mode()
    def generate(self, conversation, max_tokens, **options):
        """Token ids of the answer."""
        inputs = self.inputs(conversation)
        whole = self.model.generate(**inputs, max_new_tokens=max_tokens, **{"do_sample": False, **options})
        return whole[0, inputs["input_ids"].shape[1] :].tolist()

    def shown(self, tokens):
        """The text of an answer."""
        return self.tokenizer.decode(tokens, skip_special_tokens=True).strip()

    @torch.inference_mode()
    def logits(self, conversation, answer=()):
        """Logits, [1 + answer, vocabulary], of the token after the prompt and after each token of an answer."""
        inputs = self.inputs(conversation)
        more = torch.tensor([list(answer)], dtype=torch.long)
        for name, value in (("input_ids", more), ("attention_mask", more * 0 + 1), ("mm_token_type_ids", more * 0)):
            inputs[name] = torch.cat([inputs[name], value.to(inputs[name].dtype)], dim=1)
        return self.model(**inputs, logits_to_keep=1 + len(answer)).logits[0]


def distance(ours, theirs):
    """How far two tensors of one shape are apart, relative to their size; a rounding of float32 is 6e-8."""
    assert ours.shape == theirs.shape
    return float((ours.double() - theirs.double()).norm() / theirs.double().norm())


def first_logits(model, conversations, *, prefix=None):
    """Logits, [conversations, vocabulary], from which a ``TransformersModel`` takes the first token of each answer."""
    seen = []
    hook = model._model.register_forward_hook(lambda _module, _inputs, output: seen.append(output.logits[:, -1]))
    try:
        model.generate(conversations, GenerationSettings(max_tokens=1), prefix=prefix)
    finally:
        hook.remove()
    return seen[-1]
