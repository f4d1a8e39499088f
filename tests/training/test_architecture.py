"""First checkpoints."""

from __future__ import annotations

import json

import pytest

pytest.importorskip("transformers")

import torch
from safetensors.torch import load_file
from transformers import AutoTokenizer, Glm4vForConditionalGeneration

from glyph_integrations.models.local.checkpoint import Checkpoint
from glyph_integrations.training.architecture import PREPROCESSOR


def test_a_seed_makes_its_weights(tiny, words, tmp_path):
    """The same seed writes the same weights, another seed others."""
    tokenizer = AutoTokenizer.from_pretrained(words)
    for name, seed in (("a", 1), ("b", 1), ("c", 2)):
        tiny.create(tmp_path / name, tokenizer, seed=seed)
    stored = [(tmp_path / name / "model.safetensors").read_bytes() for name in "abc"]
    assert stored[0] == stored[1] != stored[2]


def test_it_is_what_was_asked_for(bench, tiny):
    """The checkpoint is found by its spec, has the sizes of the architecture, and ends turns as the tokenizer does."""
    checkpoint = Checkpoint.find(bench.folder)
    text, vision = checkpoint.config.text_config, checkpoint.config.vision_config
    assert (checkpoint.spec.name, checkpoint.spec.window, checkpoint.spec.default_style) == ("nano", 1024, "nano")
    assert (text.hidden_size, text.num_hidden_layers, text.num_key_value_heads) == (128, 4, 2)
    assert (vision.hidden_size, vision.depth, vision.out_hidden_size) == (128, 2, 128)
    ends = [bench.tokenizer.convert_tokens_to_ids(token) for token in ("<|endoftext|>", "<|user|>")]
    generation = json.loads((bench.folder / "generation_config.json").read_text())
    assert text.eos_token_id == generation["eos_token_id"] == ends
    assert dict(checkpoint.preprocessor) == PREPROCESSOR


def test_three_quarters_of_a_head_do_not_turn(bench):
    """Turning with the position is a quarter of the width that the library gives a head; the rest compares content."""
    model = Glm4vForConditionalGeneration.from_pretrained(bench.folder).model.language_model
    cosines, _ = model.rotary_emb(torch.zeros(1, 1, 128), torch.zeros(3, 1, 1, dtype=torch.long))
    assert cosines.shape[-1] == model.layers[0].self_attn.head_dim // 4


def test_widths_decide_how_weights_begin(bench):
    """Matrices begin with a deviation of 1/√width of their tower: with 0.02 a small one stays blind."""
    weights = load_file(bench.folder / "model.safetensors")
    for part, name, layers in (("language_model", "o_proj", 4), ("visual", "attn.proj", 2)):
        found = [weight for key, weight in weights.items() if part in key and key.endswith(f"{name}.weight")]
        assert len(found) == layers
        assert all(float(weight.std()) == pytest.approx(128**-0.5, rel=0.1) for weight in found)
