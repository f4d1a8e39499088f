"""Attention kernels: each gives what the library computes page by page, and the choice is by what a machine has."""

from __future__ import annotations

import importlib.util

import numpy as np
import pytest

pytest.importorskip("transformers")

import torch
from families import Picture
from reference import distance
from torch.nn.functional import scaled_dot_product_attention

from glyph_integrations.errors import MissingExtraError, RequestError
from glyph_integrations.models.local import TransformersModel, attention

CPU, GPU = torch.device("cpu"), torch.device("cuda")
SIZES = {
    "one": [(84, 112)],
    "equal": [(84, 112)] * 4,
    "unequal": [(84, 112), (140, 84), (84, 84)],
    "interleaved": [(84, 112), (84, 112), (140, 84), (84, 112), (140, 84), (140, 84)],
}


def pages_of(sizes):
    """Random pages of these sizes in px, height first."""
    random = np.random.default_rng(len(sizes))
    return [Picture(random.integers(0, 256, size, np.uint8)) for size in sizes]


@pytest.fixture
def calls(monkeypatch):
    """The shapes of the queries of every call of the kernel behind batched attention."""
    seen = []

    def counted(query, key, value, **options):
        seen.append(tuple(query.shape))
        return scaled_dot_product_attention(query, key, value, **options)

    monkeypatch.setattr(attention, "scaled_dot_product_attention", counted)
    return seen


def packed(lengths, heads=4, width=12):
    """Random query, key and value, [1, heads, patches, width], of pages one after the other, and their boundaries."""
    torch.manual_seed(0)
    states = [torch.randn(1, heads, sum(lengths), width) for _ in range(3)]
    return states, torch.tensor([0, *np.cumsum(lengths)], dtype=torch.int32)


def page_by_page(states, bounds):
    """What the kernels must give: attention within each page, [1, patches, heads, width]."""
    pages = zip(bounds[:-1].tolist(), bounds[1:].tolist(), strict=True)
    attended = [scaled_dot_product_attention(*(state[:, :, start:stop] for state in states)) for start, stop in pages]
    return torch.cat(attended, dim=2).transpose(1, 2)


@pytest.mark.parametrize("lengths", [[6], [6, 6, 6], [6, 9, 4], [6, 6, 9, 6, 9, 9], [1, 1, 2]], ids=str)
def test_batched_attention_stays_within_pages(lengths):
    """Pages batched give what each gives alone, whatever the order of their sizes."""
    states, bounds = packed(lengths)
    attended, weights = attention._batched(None, *states, None, cu_seq_lens_q=bounds)
    assert weights is None
    torch.testing.assert_close(attended, page_by_page(states, bounds), rtol=0, atol=1e-6)


def test_batched_attention_takes_a_scale():
    """A model's own scale of the scores is used."""
    states, bounds = packed([6, 6])
    scaled = attention._batched(None, *states, None, cu_seq_lens_q=bounds, scaling=0.01)[0]
    default = attention._batched(None, *states, None, cu_seq_lens_q=bounds, scaling=12**-0.5)[0]
    assert distance(scaled, page_by_page(states, bounds)) > 0.1
    assert distance(default, page_by_page(states, bounds)) < 1e-6


@pytest.mark.parametrize("lengths", [[6], [6, 6, 6], [6, 9, 4]], ids=str)
def test_variable_length_attention_is_given_what_it_takes(monkeypatch, lengths):
    """The kernel of torch gets [patches, heads, width] and the boundaries; what it returns is passed on in order."""
    given = {}

    def stand_in(query, key, value, *of_pages):
        bounds_q, bounds_k, longest_q, longest_k = of_pages
        given.update(shape=query.shape, dense=query.is_contiguous(), dtype=bounds_q.dtype, longest=longest_q)
        assert torch.equal(bounds_q, bounds_k)
        assert longest_q == longest_k
        states = [state.transpose(0, 1).unsqueeze(0) for state in (query, key, value)]
        return page_by_page(states, bounds_q).squeeze(0)

    monkeypatch.setattr("torch.nn.attention.varlen.varlen_attn", stand_in)
    states, bounds = packed(lengths)
    attended, weights = attention._varlen(
        None, *states, None, cu_seq_lens_q=bounds.long(), max_length_q=torch.tensor(max(lengths)), scaling=12**-0.5
    )
    assert given == {
        "shape": (sum(lengths), 4, 12),
        "dense": True,
        "dtype": torch.int32,
        "longest": max(lengths),
    }
    assert weights is None
    torch.testing.assert_close(attended, page_by_page(states, bounds), rtol=0, atol=1e-6)


@pytest.mark.parametrize("sizes", SIZES.values(), ids=SIZES)
def test_the_vision_tower_gives_what_the_library_gives(tiny_model, reference, sizes):
    """Features from batched attention equal those of the library's own, page by page."""
    pages = pages_of(sizes)
    with torch.inference_mode():
        inputs = tiny_model._images.tensors(pages)
        ours = torch.cat(tiny_model._model.model.get_image_features(**inputs).pooler_output)
    assert distance(ours, reference.features(pages)) < 3e-5


@pytest.mark.parametrize(("sizes", "runs"), [(SIZES["equal"], 1), (SIZES["unequal"], 3), (SIZES["interleaved"], 4)])
def test_equal_pages_are_one_call_in_each_layer(tiny_model, calls, sizes, runs):
    """The kernel is called once per layer for all pages of one size that follow each other."""
    with torch.inference_mode():
        tiny_model._model.model.get_image_features(**tiny_model._images.tensors(pages_of(sizes)))
    assert len(calls) == runs * tiny_model._model.config.vision_config.depth
    assert sum(shape[0] for shape in calls[:runs]) == len(sizes)


def test_text_attention_is_left_to_the_library(tiny_model):
    """A CPU takes the library's SDPA for text and pages batched for vision, and says so."""
    assert tiny_model.attention == {"text": "SDPA (torch)", "vision": "SDPA, pages batched (torch)"}
    assert "SDPA (torch)" in repr(tiny_model)
    assert tiny_model._model.config.text_config._attn_implementation == "sdpa"
    assert tiny_model._model.config.vision_config._attn_implementation == attention.BATCHED


@pytest.mark.parametrize("kernel", ["auto", "sdpa"])
@pytest.mark.parametrize("dtype", [torch.float32, torch.bfloat16])
def test_without_a_gpu_it_is_sdpa(kernel, dtype):
    """Nothing else runs on a CPU."""
    assert attention.choose(kernel, CPU, dtype) == (attention.SDPA, attention.BATCHED)


@pytest.mark.parametrize("kernel", ["flash_attention_2", "varlen"])
@pytest.mark.parametrize(("device", "dtype"), [(CPU, torch.bfloat16), (GPU, torch.float32)])
def test_kernels_for_gpus_are_refused_elsewhere(kernel, device, dtype):
    """What is asked for by name and cannot run is an error that says where it would."""
    with pytest.raises(RequestError, match=rf"{kernel}.* runs on a GPU in float16 or bfloat16, not on {device.type}"):
        attention.choose(kernel, device, dtype)


def test_a_loaded_model_refuses_them_too(tiny_glm4v):
    """Loading with such a kernel fails at once."""
    with pytest.raises(RequestError, match="flash_attention_2"):
        TransformersModel.load(tiny_glm4v, kernel="flash_attention_2")


def test_there_is_no_other_kernel():
    """An unknown name is refused with the known ones."""
    with pytest.raises(RequestError, match="take auto, flash_attention_2, varlen or sdpa"):
        attention.choose("flash", CPU, torch.float32)


def without(*missing):
    """``find_spec`` of a machine that lacks these, and has all others."""

    def find_spec(name):
        return None if name in missing else importlib.util.spec_from_loader(name, None)

    return find_spec


@pytest.mark.parametrize(
    ("missing", "kernel", "chosen"),
    [
        ((), "auto", (attention.FLASH, attention.FLASH)),
        ((), "flash_attention_2", (attention.FLASH, attention.FLASH)),
        ((), "varlen", (attention.SDPA, attention.VARLEN)),
        ((), "sdpa", (attention.SDPA, attention.BATCHED)),
        (("flash_attn",), "auto", (attention.SDPA, attention.VARLEN)),
        (("flash_attn", "torch.nn.attention.varlen"), "auto", (attention.SDPA, attention.BATCHED)),
    ],
)
def test_a_gpu_takes_the_best_that_is_installed(monkeypatch, missing, kernel, chosen):
    """The order is the user's choice, flash-attn, torch's variable-length kernel, SDPA."""
    monkeypatch.setattr(importlib.util, "find_spec", without(*missing))
    assert attention.choose(kernel, GPU, torch.bfloat16) == chosen
    assert all(attention.describe(*chosen).values())


def test_flash_attn_that_is_not_installed_is_named(monkeypatch):
    """Who asks for flash-attn and has not got it is told what to install."""
    monkeypatch.setattr(importlib.util, "find_spec", without("flash_attn"))
    with pytest.raises(MissingExtraError, match=r"flash-attn: pip install 'glyph-integrations\[flash\]'"):
        attention.choose("flash_attention_2", GPU, torch.float16)


def test_chosen_kernels_have_names_for_people():
    """Reports name the kernel and who provides it."""
    assert attention.describe(attention.FLASH, attention.VARLEN) == {
        "text": "FlashAttention 2 (flash-attn)",
        "vision": "variable-length FlashAttention (torch)",
    }
