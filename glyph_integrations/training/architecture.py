"""``Architecture``: the size of a small Glm4v that is trained from nothing, and its first checkpoint."""

from __future__ import annotations

import json
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import RequestError
from glyph_integrations.models.places import places_of
from glyph_integrations.training.pointing import extent
from glyph_integrations.training.tokenizer import END_OF_TEXT, END_OF_TURN

if TYPE_CHECKING:
    import os
    from collections.abc import Mapping


_ADDED: Final = 0.2
"""How much of what they say layers add at the beginning: at 1 the first would drown the words' own embeddings."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Architecture:
    """Sizes of a ``Glm4vForConditionalGeneration``.

    Attributes:
        hidden: Width of the text model.
        layers: Of the text model.
        heads: Of its attention, which share its width; each has a multiple of 32.
        key_heads: Heads of keys and values.
        intermediate: Width of its feed-forward layers.
        vision_hidden: Width of the vision tower; a multiple of 64.
        vision_layers: Of the vision tower.
        vision_intermediate: Width of its feed-forward layers.
        image_side: Side in px of the square whose positions the vision tower learns; others are interpolated.
        window: Tokens of context.
    """

    hidden: int = 256
    layers: int = 7
    heads: int = 4
    key_heads: int = 2
    intermediate: int = 640
    vision_hidden: int = 192
    vision_layers: int = 4
    vision_intermediate: int = 384
    image_side: int = 336
    window: int = 4096

    def __post_init__(self) -> None:
        sizes = {name: getattr(self, name) for name in self.__slots__}
        rules = (
            (min(sizes.values()) < 1, "sizes are 1 or more"),
            (self.heads > 0 and self.hidden % (32 * self.heads) > 0, "hidden must be a multiple of 32 · heads"),
            (self.key_heads > 0 and self.heads % self.key_heads > 0, "heads must be a multiple of key_heads"),
            (self.vision_hidden % 64 > 0, "vision_hidden must be a multiple of 64"),
            (self.image_side % 28 > 0, "image_side must be a multiple of 28"),
        )
        for broken, problem in rules:
            if broken:
                raise RequestError(f"Architecture: {problem}")

    def config(self, tokenizer: Any) -> Any:
        """The configuration, with special tokens where the tokenizer has them.

        Weights begin with a deviation of 1/√width: with the library's 0.02, meant for widths of thousands, a small
        vision tower does not learn.
        """
        from transformers import Glm4vConfig

        ids = {token: tokenizer.convert_tokens_to_ids(token) for token in tokenizer.all_special_tokens}
        # Of each head a quarter turns with the position, in pairs; the rest compares what is said with what is shown.
        # The library takes the width of heads from that of the model, and only the part that turns from head_dim.
        width = self.hidden // self.heads
        pairs = width // 8
        across = pairs * 3 // 8
        deviation = self.hidden**-0.5
        make: Any = Glm4vConfig
        return make(
            text_config={
                "vocab_size": len(tokenizer),
                "hidden_size": self.hidden,
                "intermediate_size": self.intermediate,
                "num_hidden_layers": self.layers,
                "num_attention_heads": self.heads,
                "num_key_value_heads": self.key_heads,
                "head_dim": width,
                "max_position_embeddings": self.window,
                "rope_parameters": {
                    "rope_type": "default",
                    "rope_theta": 500.0,
                    "partial_rotary_factor": 0.25,
                    "mrope_section": [pairs - 2 * across, across, across],
                },
                "pad_token_id": ids[END_OF_TEXT],
                "eos_token_id": [ids[END_OF_TEXT], ids[END_OF_TURN]],
                "initializer_range": deviation,
                "tie_word_embeddings": True,
            },
            vision_config={
                "depth": self.vision_layers,
                "hidden_size": self.vision_hidden,
                "num_heads": self.vision_hidden // 64,
                "intermediate_size": self.vision_intermediate,
                "out_hidden_size": self.hidden,
                "patch_size": 14,
                "image_size": self.image_side,
                "spatial_merge_size": 2,
                "temporal_patch_size": 2,
                "initializer_range": self.vision_hidden**-0.5,
            },
            image_token_id=ids["<|image|>"],
            video_token_id=ids["<|video|>"],
            image_start_token_id=ids["<|begin_of_image|>"],
            image_end_token_id=ids["<|end_of_image|>"],
            video_start_token_id=ids["<|begin_of_video|>"],
            video_end_token_id=ids["<|end_of_video|>"],
            tie_word_embeddings=True,
            initializer_range=deviation,
            glyph_spec="nano",
        )

    def create(self, folder: str | os.PathLike[str], tokenizer: Any, *, seed: int) -> Path:
        """Writes a checkpoint with random weights: model, tokenizer and, last, image preprocessor.

        Paper is 0 and ink is 1 for it, so that what carries no information is nothing.
        """
        import torch
        from transformers import Glm4vForConditionalGeneration

        torch.manual_seed(seed)
        config = self.config(tokenizer)
        model = Glm4vForConditionalGeneration(config)
        _begin_places(model.get_input_embeddings().weight, tokenizer)
        for layer in model.model.language_model.layers:
            for norm in (layer.post_self_attn_layernorm, layer.post_mlp_layernorm):
                torch.nn.init.constant_(norm.weight, _ADDED)
        text = config.text_config
        model.generation_config.eos_token_id = text.eos_token_id
        model.generation_config.pad_token_id = text.pad_token_id
        target = Path(folder)
        target.mkdir(parents=True, exist_ok=True)
        model.save_pretrained(target)
        tokenizer.save_pretrained(target)
        write_preprocessor(PREPROCESSOR, target)
        return target


def _begin_places(embeddings: Any, tokenizer: Any) -> None:
    """Lets the embedding of a place be that of its line and that of its column: what is learned of one helps others."""
    import torch

    named = places_of(tokenizer)
    if not named:
        return
    lines, columns = extent(named)
    of_lines, of_columns = torch.randn(lines, embeddings.shape[1]), torch.randn(columns, embeddings.shape[1])
    with torch.no_grad():
        scale = embeddings.std() / 2**0.5
        for (line, column), token in named.items():
            embeddings[token] = (of_lines[line] + of_columns[column]) * scale


PREPROCESSOR_FILE: Final = "preprocessor_config.json"
PREPROCESSOR: Final = {
    "image_processor_type": "Glm4vImageProcessor",
    "size": {"shortest_edge": 1_568, "longest_edge": 3_211_264},
    "do_rescale": True,
    "patch_size": 14,
    "temporal_patch_size": 2,
    "merge_size": 2,
    "image_mean": [1.0, 1.0, 1.0],
    "image_std": [-1.0, -1.0, -1.0],
}
"""What a new checkpoint's images go through: 784 px at least, paper 0, ink 1."""


def write_preprocessor(settings: Mapping[str, Any], folder: Path) -> None:
    """Writes the settings of an image preprocessor where checkpoints keep them."""
    (folder / PREPROCESSOR_FILE).write_text(json.dumps(dict(settings), indent=2) + "\n", "utf-8")
