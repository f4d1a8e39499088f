"""The open models' arithmetic against the image processors of transformers, which need no torchvision here."""

import itertools
import random

import numpy as np
import pytest
from PIL import Image

from glyph_integrations.counting import model_spec, model_specs

transformers = pytest.importorskip("transformers")

from transformers.models.deepseek_ocr2 import image_processing_pil_deepseek_ocr2 as deepseek_ocr2  # noqa: E402
from transformers.models.glm4v.image_processing_pil_glm4v import Glm4vImageProcessorPil  # noqa: E402
from transformers.models.glm46v.image_processing_pil_glm46v import Glm46VImageProcessorPil  # noqa: E402
from transformers.models.paddleocr_vl.image_processing_pil_paddleocr_vl import PaddleOCRVLImageProcessorPil  # noqa: E402
from transformers.models.qwen2_vl.image_processing_pil_qwen2_vl import Qwen2VLImageProcessorPil  # noqa: E402

# The processors as the checkpoints configure them (their preprocessor_config.json).
GLM_SIZE = {"shortest_edge": 12_544, "longest_edge": 9_633_792}
PROCESSORS = {
    "glm4v": lambda: Glm4vImageProcessorPil(size=GLM_SIZE),
    "glm-4.1v": lambda: Glm4vImageProcessorPil(size=GLM_SIZE),
    "glm-4.6v": lambda: Glm46VImageProcessorPil(size=GLM_SIZE),
    "glm-ocr": lambda: Glm46VImageProcessorPil(size=GLM_SIZE),
    "qwen2.5-vl": lambda: Qwen2VLImageProcessorPil(size={"shortest_edge": 3_136, "longest_edge": 12_845_056}),
    "qwen3-vl": lambda: Qwen2VLImageProcessorPil(
        size={"shortest_edge": 65_536, "longest_edge": 16_777_216}, patch_size=16
    ),
    "qwen3.5": lambda: Qwen2VLImageProcessorPil(
        size={"shortest_edge": 65_536, "longest_edge": 16_777_216}, patch_size=16
    ),
    "paddleocr-vl": lambda: PaddleOCRVLImageProcessorPil(size={"shortest_edge": 147_384, "longest_edge": 2_822_400}),
}


def sizes():
    """Small, page-like and huge sizes, with every remainder of the factors."""
    yield from itertools.product((1, 2, 13, 14, 27, 28, 29, 55, 56, 84), repeat=2)
    yield from itertools.product(range(560, 625), (840, 842, 853))
    yield from ((595, 842), (589, 842), (1024, 1024), (2480, 3508), (5000, 7000), (200, 1), (199, 1), (3000, 16))
    chance = random.Random(0)  # noqa: S311
    yield from ((chance.randint(1, 4500), chance.randint(1, 4500)) for _ in range(3000))
    yield from ((chance.randint(20, 1400), chance.randint(20, 1400)) for _ in range(3000))


@pytest.mark.parametrize("name", PROCESSORS)
def test_visual_tokens_are_those_of_the_processor(name):
    """For more than 6,000 sizes the tokens equal the processor's patches, and both refuse the same sizes."""
    processor, spec = PROCESSORS[name](), model_spec(name)
    refused = 0
    for width, height in sizes():
        try:
            expected = processor.get_number_of_image_patches(height, width, {}) // processor.merge_size**2
        except (ValueError, ZeroDivisionError):
            with pytest.raises(ValueError, match="200 times"):
                spec.visual_tokens(width, height)
            refused += 1
            continue
        assert spec.visual_tokens(width, height) == expected, (width, height)
    assert 0 < refused < 500


@pytest.mark.parametrize("name", PROCESSORS)
def test_visual_tokens_are_those_of_processed_images(name):
    """For real images the tokens equal the grid that comes out of the processor."""
    processor, spec = PROCESSORS[name](), model_spec(name)
    for width, height in ((595, 842), (588, 840), (100, 37), (1700, 300), (31, 900)):
        grid = processor(Image.new("RGB", (width, height)))["image_grid_thw"]
        assert spec.visual_tokens(width, height) == int(np.prod(grid)) // processor.merge_size**2


def test_deepseek_ocr_2_tiles_are_those_of_the_processor():
    """For more than 6,000 sizes the grid of tiles is the processor's own choice."""
    rule = model_spec("deepseek-ocr-2").image_rule
    for width, height in sizes():
        expected = (0, 0)
        if max(width, height) > 768:
            expected = deepseek_ocr2.get_optimal_tiled_canvas((height, width), (768, 768), 2, 6)
        assert rule.grid(width, height) == expected, (width, height)


def test_deepseek_ocr_2_tokens_are_those_of_processed_images():
    """For real images the tokens are 256 for the overview, 144 for each tile that comes out, and one separator."""
    processor, spec = deepseek_ocr2.DeepseekOcr2ImageProcessorPil(), model_spec("deepseek-ocr-2")
    for width, height in ((595, 842), (768, 768), (769, 768), (1600, 500), (768, 1536), (200, 100)):
        tiles = processor(Image.new("RGB", (width, height)))["num_local_patches"][0]
        assert spec.visual_tokens(width, height) == 256 + 144 * int(tiles) + 1
    assert spec.visual_tokens(595, 842) == 1121


def test_a_fitted_page_reaches_the_model_unchanged():
    """Glm4v's processor changes nothing in a 588×840 page but normalises it: every pixel can be read back."""
    processor = PROCESSORS["glm4v"]()
    page = np.random.default_rng(0).integers(0, 256, (840, 588, 3), np.uint8)
    patches = np.asarray(processor(Image.fromarray(page))["pixel_values"])
    assert patches.shape == (60 * 42, 3 * 2 * 14 * 14)
    cells = patches.reshape(30, 21, 2, 2, 3, 2, 14, 14)
    frames = cells.transpose(5, 0, 2, 6, 1, 3, 7, 4).reshape(2, 840, 588, 3)
    restored = (frames * np.asarray(processor.image_std) + np.asarray(processor.image_mean)) * 255
    assert np.array_equal(restored[0].round().astype(np.uint8), page)
    assert np.array_equal(restored[0], restored[1])


@pytest.mark.parametrize("spec", model_specs(), ids=lambda spec: spec.name)
def test_fit_is_settled(spec):
    """A fitted page fits: it is a fixed point, whole in factors, and within the model's pixels and tokens."""
    for width, height in sizes():
        try:
            fitted = spec.fit(width, height)
        except ValueError:
            continue
        if max(fitted) > 4 * min(fitted):
            continue
        assert spec.fit(*fitted) == fitted
        assert fitted[0] % spec.factor == fitted[1] % spec.factor == 0
        assert fitted[0] * fitted[1] <= spec.max_pixels
        assert spec.visual_tokens(*fitted) <= spec.max_visual_tokens
