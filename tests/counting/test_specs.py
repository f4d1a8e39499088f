"""Finding specs by name, and what all of them have in common."""

import dataclasses
import math

import pytest

from glyph_integrations.counting import ModelSpec, model_spec, model_specs
from glyph_integrations.errors import UnknownModelError

NAMES = {
    "glm4v": "glm4v",
    "zai-org/Glyph": "glm4v",
    "models/Glyph/": "glm4v",
    "THUDM/GLM-4.1V-9B-Thinking": "glm-4.1v",
    "zai-org/GLM-4.6V": "glm-4.6v",
    "zai-org/GLM-4.6V-Flash": "glm-4.6v",
    "zai-org/GLM-OCR": "glm-ocr",
    "Qwen/Qwen2.5-VL-7B-Instruct": "qwen2.5-vl",
    "Qwen/Qwen3-VL-8B-Instruct": "qwen3-vl",
    "Qwen/Qwen3-VL-30B-A3B-Thinking": "qwen3-vl-thinking",
    "Qwen/Qwen3.5-9B": "qwen3.5",
    "deepseek-ai/DeepSeek-OCR": "deepseek-ocr-gundam",
    "deepseek-ai/DeepSeek-OCR-2": "deepseek-ocr-2",
    "PaddlePaddle/PaddleOCR-VL": "paddleocr-vl",
    "gpt-4o-2024-08-06": "gpt-4o",
    "openai/gpt-5-mini": "gpt-5-mini",
    "gpt-5.1": "gpt-5",
    "claude-sonnet-4-5": "claude",
    "anthropic/claude-opus-4.7": "claude-high-resolution",
    "gemini-2.5-pro": "gemini",
    "models/gemini-3-pro-preview": "gemini-3",
}


@pytest.mark.parametrize(("asked", "found"), NAMES.items())
def test_model_names_find_their_spec(asked, found):
    """Spec names, Hugging Face ids, paths and API names lead to the spec of their family."""
    assert model_spec(asked).name == found


def test_a_spec_passes_through():
    """A ModelSpec of one's own is taken as it is."""
    mine = dataclasses.replace(model_spec("glm4v"), name="mine", window=1000)
    assert model_spec(mine) is mine


@pytest.mark.parametrize("name", ["gpt-3", "glm", "", "qwen", "gpt-4o-audio-preview"])
def test_unknown_models_are_refused(name):
    """An unknown name is an error that lists the known ones; relatives are not guessed."""
    with pytest.raises(UnknownModelError, match=r"glm4v, glm-4\.1v"):
        model_spec(name)


def test_specs_are_consistent():
    """Names are unique and lower case, find themselves, and every number is one that a model can have."""
    names = [spec.name for spec in model_specs()]
    assert len(set(names)) == len(names)
    for spec in model_specs():
        assert spec.name == spec.name.lower()
        assert model_spec(spec.name.upper()) is spec
        assert all(pattern == pattern.lower() for pattern in spec.patterns)
        assert 0 <= spec.min_pixels <= spec.max_pixels
        assert spec.window > spec.max_visual_tokens
        assert spec.page_size in (None, spec.fit(595, 842))
        assert spec.page_tokens(595, 842) >= spec.visual_tokens(595, 842) > 0


def test_windows():
    """The windows are those of the checkpoints' configurations."""
    windows = {name: model_spec(name).window for name in ("glm4v", "glm-4.1v", "glm-4.6v", "qwen2.5-vl", "qwen3-vl")}
    assert windows == {
        "glm4v": 131_072,
        "glm-4.1v": 65_536,
        "glm-4.6v": 131_072,
        "qwen2.5-vl": 128_000,
        "qwen3-vl": 262_144,
    }


def test_the_published_page_becomes_patch_exact():
    """Glyph's A4 page at 72 dpi becomes 588×840 px and 630 tokens, 608×832 and 494 where the factor is 32."""
    assert model_spec("glm4v").fit(595, 842) == (588, 840)
    assert model_spec("glm4v").visual_tokens(595, 842) == model_spec("glm4v").visual_tokens(588, 840) == 630
    assert model_spec("qwen3-vl").fit(595, 842) == (608, 832)
    assert model_spec("qwen3-vl").visual_tokens(595, 842) == 494


@pytest.mark.parametrize("spec", model_specs(), ids=lambda spec: spec.name)
@pytest.mark.parametrize("size", [(0, 100), (100, 0), (-1, 100)])
def test_sizes_that_no_image_has_are_refused(spec, size):
    """A side of zero or less is an error in every method."""
    for method in (spec.visual_tokens, spec.fit, spec.page_tokens):
        with pytest.raises(ValueError, match="does not exist"):
            method(*size)


@pytest.mark.parametrize("spec", model_specs(), ids=lambda spec: spec.name)
def test_sizes_of_any_scale_are_counted(spec):
    """Thin and enormous images are counted in finite time, or refused for their shape alone."""
    for size in ((1, 1), (1, 199), (10, 2_000), (30_000, 30_000), (1, 100_000)):
        try:
            tokens = spec.visual_tokens(*size)
        except ValueError as refusal:
            assert "200 times" in str(refusal)  # noqa: PT017  (which sizes are refused depends on the spec)
            continue
        assert 0 < tokens < math.inf


def test_a_spec_of_ones_own():
    """Any rule and numbers make a spec."""
    rule = dataclasses.replace(model_spec("glm4v").image_rule, max_pixels=28 * 28 * 100)
    spec = ModelSpec(name="nano", family="glm", image_rule=rule, window=4096, basis="nothing")
    assert spec.max_visual_tokens == 100
    assert spec.visual_tokens(588, 840) <= 100
