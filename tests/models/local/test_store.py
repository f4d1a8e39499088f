"""Prefilled pages on disk: found again by another process, and never used when they are not what is asked for."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import sys

import pytest

pytest.importorskip("transformers")

import numpy as np
import torch
from families import Picture
from safetensors.torch import load_file, save_file

from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.local import TransformersModel
from glyph_integrations.models.local.prompts import Prompt
from glyph_integrations.models.local.store import PrefillStore, weights_hash

GREEDY = GenerationSettings(max_tokens=8)
QUESTION = "What is the notice period?"
ANOTHER_PROCESS = """
import json, sys
import numpy as np
from families import Picture
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.local import TransformersModel

model = TransformersModel.load(sys.argv[1], cache_dir=sys.argv[2])
pages = [Picture(pixels) for pixels in np.load(sys.argv[3])]
model._model.model.get_image_features = None  # reading a page would fail
prefix = model.prefill(pages)
(found,) = model.generate(
    [(Message("user", (*pages, sys.argv[4])),)], GenerationSettings(max_tokens=8), prefix=prefix
)
print(json.dumps([found.text, found.logprob, found.usage.cached]))
"""


@pytest.fixture
def pages(contract):
    """Two pages."""
    return tuple(Picture(page.pixels) for page in contract[:2])


@pytest.fixture
def folder(tmp_path):
    """Where prefilled pages are kept; it does not exist yet."""
    return tmp_path / "cache" / "pages"


@pytest.fixture
def model(tiny_glm4v, folder):
    """A model that keeps them there."""
    return TransformersModel.load(tiny_glm4v, cache_dir=folder)


@pytest.fixture
def read(model, monkeypatch):
    """How many pages each call read."""
    seen, forward = [], model._model.model.get_image_features

    def counted(pixel_values, image_grid_thw, **options):
        seen.append(len(image_grid_thw))
        return forward(pixel_values, image_grid_thw, **options)

    monkeypatch.setattr(model._model.model, "get_image_features", counted)
    return seen


def answer(model, pages, prefix):
    """What is said about prefilled pages."""
    (found,) = model.generate([(Message("user", (*pages, QUESTION)),)], GREEDY, prefix=prefix)
    assert found.usage.cached == prefix.tokens
    return [found.text, found.logprob, found.usage.cached]


def test_another_process_reads_no_page(tiny_glm4v, model, pages, folder, tmp_path):
    """A later process finds the pages, computes none of them, and answers the same."""
    expected = answer(model, pages, model.prefill(pages))
    np.save(tmp_path / "pages.npy", np.stack([page.pixels for page in pages]))
    arguments = map(str, (tiny_glm4v, folder, tmp_path / "pages.npy", QUESTION))
    done = subprocess.run(
        [sys.executable, "-c", ANOTHER_PROCESS, *arguments],
        env={**os.environ, "PYTHONPATH": os.pathsep.join(sys.path)},
        capture_output=True,
        text=True,
        check=True,
    )
    text, logprob, cached = json.loads(done.stdout)
    assert [text, cached] == [expected[0], expected[2]]
    assert logprob == pytest.approx(expected[1], abs=1e-6)


def test_pages_are_read_once_for_all_calls(model, pages, folder, read):
    """The second ``prefill`` of the same pages loads them to the bit; one file is kept, and nothing beside it."""
    first, second = model.prefill(pages), model.prefill(pages)
    assert read == [2]
    for one, other in zip(first.cache.layers, second.cache.layers, strict=True):
        assert torch.equal(one.keys, other.keys)
        assert torch.equal(one.values, other.values)
    assert answer(model, pages, second) == answer(model, pages, first)
    assert [file.suffix for file in folder.iterdir()] == [".safetensors"]


def test_bfloat16_comes_back(tiny_glm4v, pages, folder):
    """Keys and values in another precision are kept in it."""
    model = TransformersModel.load(tiny_glm4v, cache_dir=folder, dtype=torch.bfloat16)
    first, second = model.prefill(pages), model.prefill(pages)
    assert second.cache.layers[0].keys.dtype == torch.bfloat16
    assert torch.equal(first.cache.layers[-1].values, second.cache.layers[-1].values)


def test_other_pages_are_others(model, pages, folder, read):
    """Another page, another order, fewer pages: each has a file of its own."""
    other = Picture(pages[0].pixels ^ 1)
    for shown in (pages, pages[::-1], pages[:1], (pages[0], other)):
        model.prefill(shown)
    assert read == [2, 2, 1, 2]
    assert len(list(folder.iterdir())) == 4


def changed_weight(folder):
    """One number of the weights."""
    tensors = load_file(folder / "model.safetensors")
    tensors["lm_head.weight"][0, 0] += 1
    save_file(tensors, folder / "model.safetensors", {"format": "pt"})


def changed_preprocessor(folder):
    """How pages are normalised."""
    path = folder / "preprocessor_config.json"
    path.write_text(path.read_text("utf-8").replace("0.48145466", "0.5"), "utf-8")


def changed_config(folder):
    """How the numbers are used."""
    path = folder / "config.json"
    path.write_text(path.read_text("utf-8").replace("10000.0", "20000.0"), "utf-8")


@pytest.mark.parametrize("change", [changed_weight, changed_preprocessor, changed_config])
def test_pages_of_another_checkpoint_are_others(tiny_glm4v, pages, tmp_path, change):
    """Weights, configuration and normalisation are part of what pages are found by."""
    other = shutil.copytree(tiny_glm4v, tmp_path / "other")
    TransformersModel.load(other, cache_dir=tmp_path / "pages").prefill(pages)
    change(other)
    TransformersModel.load(other, cache_dir=tmp_path / "pages").prefill(pages)
    assert len(list((tmp_path / "pages").iterdir())) == 2


def test_pages_in_another_precision_are_others(tiny_glm4v, model, pages, folder):
    """Keys and values in bfloat16 are not those in float32."""
    model.prefill(pages)
    TransformersModel.load(tiny_glm4v, cache_dir=folder, dtype=torch.bfloat16).prefill(pages)
    assert len(list(folder.iterdir())) == 2


def test_the_same_checkpoint_elsewhere_is_the_same(tiny_glm4v, tmp_path):
    """Where a checkpoint lies does not matter, and files named by their own hash are not read for it."""
    copy = shutil.copytree(tiny_glm4v, tmp_path / "copy")
    assert weights_hash(copy, torch.float32) == weights_hash(tiny_glm4v, torch.float32)
    blob = tmp_path / ("ab" * 32)
    (copy / "model.safetensors").rename(blob)
    (copy / "model.safetensors").symlink_to(blob)
    named = weights_hash(copy, torch.float32)
    blob.write_bytes(b"not read")
    assert weights_hash(copy, torch.float32) == named


def truncated(data):
    """Half of it."""
    return data[: len(data) // 2]


def empty(_data):
    """Nothing."""
    return b""


def something_else(_data):
    """A text."""
    return b"not a safetensors file, but long enough to be one" * 9


def huge_header(data):
    """A header that claims to be larger than any memory."""
    return b"\xff" * 8 + data[8:]


def flipped(data):
    """One bit of the last value."""
    return data[:-1] + bytes([data[-1] ^ 1])


@pytest.mark.parametrize("damage", [truncated, empty, something_else, huge_header, flipped])
def test_a_damaged_file_is_a_miss_and_written_anew(model, pages, folder, read, damage):
    """Pages whose file is damaged are read again, and the next time they are found."""
    expected = answer(model, pages, model.prefill(pages))
    (file,) = folder.iterdir()
    file.write_bytes(damage(file.read_bytes()))
    assert answer(model, pages, model.prefill(pages)) == expected
    assert answer(model, pages, model.prefill(pages)) == expected
    assert read == [2, 2]


@pytest.mark.parametrize("metadata", [None, {"format": "glyph-prefilled-0"}, {"format": "glyph-prefilled-1"}])
def test_another_format_is_a_miss(model, pages, folder, read, metadata):
    """A safetensors file that another version, or another program, has written is not used."""
    model.prefill(pages)
    (file,) = folder.iterdir()
    save_file(load_file(file), file, metadata)
    model.prefill(pages)
    assert read == [2, 2]


def test_no_flipped_byte_goes_unnoticed(model, pages, folder):
    """Whichever byte is changed, in the header or in the data, the file is a miss, or gives the same tensors."""
    whole = model.prefill(pages)
    prompt = Prompt(ids=whole.ids, images=pages, ends=np.array([len(whole.ids)]), opened=False)
    store = PrefillStore(folder=folder, model_hash=model._store.model_hash)
    (file,) = folder.iterdir()
    data = bytearray(file.read_bytes())
    header = 8 + int.from_bytes(data[:8], "little")
    assert store.load(prompt, model._empty_cache(), model, torch.device("cpu")) is not None
    for place in (*range(header), *range(header, len(data), len(data) // 97)):
        for flip in (0x01, 0x0F, 0x20, 0x80):
            data[place] ^= flip
            file.write_bytes(data)
            found = store.load(prompt, model._empty_cache(), model, torch.device("cpu"))
            data[place] ^= flip
            if found is not None:  # a space of the header's padding
                assert place < header
                for one, other in zip(whole.cache.layers, found.cache.layers, strict=True):
                    assert one.keys.dtype == other.keys.dtype
                    assert torch.equal(one.keys, other.keys)
                    assert torch.equal(one.values, other.values)


def test_a_folder_that_cannot_be_written_is_no_error(tiny_glm4v, pages, tmp_path):
    """Where nothing can be kept, pages are read each time."""
    (tmp_path / "file").write_text("in the way", "utf-8")
    model = TransformersModel.load(tiny_glm4v, cache_dir=tmp_path / "file" / "pages")
    assert answer(model, pages, model.prefill(pages)) == answer(model, pages, model.prefill(pages))


def test_nothing_half_written_stays(model, pages, folder):
    """A file that cannot be put in its place leaves nothing behind."""
    model.prefill(pages)
    (file,) = folder.iterdir()
    file.unlink()
    file.mkdir()
    (file / "in the way").write_text("", "utf-8")
    model.prefill(pages)
    assert [path.name for path in folder.iterdir()] == [file.name]


def test_without_a_folder_nothing_is_kept(tiny_model, pages, tmp_path, monkeypatch):
    """By default prefilled pages live in memory only."""
    monkeypatch.chdir(tmp_path)
    tiny_model.prefill(pages)
    assert list(tmp_path.iterdir()) == []
