"""Our patches against those of transformers' own image processor, from bytes to logits."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("transformers")

import torch
from families import Picture
from reference import Reference, distance, first_logits

from glyph_integrations.errors import ModelLoadError, RequestError
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.local import TransformersModel
from glyph_integrations.models.local.patches import PatchLayout

GRAY, RGB = "gray", "rgb"


def noise(height, width, colour=GRAY, seed=0):
    """A page of random pixels: no two patches are alike."""
    shape = (height, width, 3) if colour == RGB else (height, width)
    return Picture(np.random.default_rng(seed).integers(0, 256, shape, np.uint8))


def features(model, images):
    """Image features, [visual tokens, hidden], as our model computes them."""
    with torch.inference_mode():
        return torch.cat(model._model.model.get_image_features(**model._images.tensors(images)).pooler_output)


PAGES = {
    "gray": [noise(84, 112)],
    "rgb": [noise(84, 112, RGB)],
    "equal": [noise(84, 112, seed=seed) for seed in range(3)],
    "mixed sizes": [noise(84, 112), noise(140, 84), noise(84, 112, seed=1)],
    "mixed colour": [noise(84, 112), noise(84, 112, RGB), noise(112, 84, RGB), noise(84, 112, seed=1)],
    "white and black": [Picture(np.full((84, 84), 255, np.uint8)), Picture(np.zeros((84, 84, 3), np.uint8))],
    "no multiples of 28": [noise(95, 131), noise(15, 300, RGB), noise(20, 20)],
}


@pytest.mark.parametrize("images", PAGES.values(), ids=PAGES)
def test_features_equal_those_of_the_library(tiny_model, reference, images):
    """Image features from bytes equal those from the library's processor and patch embedding, resizing included."""
    assert distance(features(tiny_model, images), reference.features(images)) < 3e-5


@pytest.mark.parametrize("images", PAGES.values(), ids=PAGES)
def test_logits_equal_those_of_the_library(tiny_model, reference, images):
    """The first token of an answer is chosen from the logits that the library computes from its own patches."""
    conversation = (Message("user", (*images, "What is the notice period?")),)
    assert distance(first_logits(tiny_model, [conversation]), reference.logits(conversation)) < 5e-4


def test_rendered_pages_give_the_features_of_the_library(tiny_model, reference, contract, invoices):
    """That holds for pages as they are rendered, of two documents in one call."""
    pages = (*contract, *invoices)
    assert distance(features(tiny_model, pages), reference.features(pages)) < 3e-5


def test_a_page_looks_the_same_in_gray_and_in_colour(tiny_model):
    """Three equal channels give the features of the one."""
    gray = noise(84, 112)
    coloured = Picture(np.repeat(gray.pixels[..., None], 3, axis=2))
    assert distance(features(tiny_model, [gray]), features(tiny_model, [coloured])) < 3e-5


def test_bfloat16_is_as_near_to_float32_as_the_library_is(tiny_glm4v, reference, contract):
    """In bfloat16 patches are embedded within one and a half times the library's own distance from float32."""
    model = TransformersModel.load(tiny_glm4v, dtype=torch.bfloat16)
    theirs = Reference(tiny_glm4v, torch.bfloat16)
    pages = [*contract, noise(280, 280), noise(280, 280, RGB)]

    @torch.inference_mode()
    def embedded(owner, patches):
        visual = (owner._model if isinstance(owner, TransformersModel) else owner.model).model.visual
        return visual.patch_embed(patches.to(visual.dtype)).float()

    patches = reference.patches(pages)["pixel_values"]
    exact, near = embedded(reference, patches), embedded(theirs, patches)
    ours = embedded(model, model._images.tensors(pages)["pixel_values"])
    assert distance(ours, exact) < 1.5 * distance(near, exact) < 0.01


def test_the_layout_needs_the_normalisation_of_the_training(reference):
    """A preprocessor without mean or deviation is refused by the name of what it lacks."""
    with pytest.raises(ModelLoadError, match="has no 'image_std'"):
        PatchLayout.of_checkpoint(reference.model.config, {"image_mean": [0.5] * 3})


def test_an_image_that_no_processor_takes_is_refused(tiny_model):
    """A strip of more than 200 times its width is a request that cannot be answered."""
    with pytest.raises(RequestError, match="200 times"):
        tiny_model.generate([(Message("user", (noise(28, 28 * 300), "?")),)], GenerationSettings(max_tokens=1))
