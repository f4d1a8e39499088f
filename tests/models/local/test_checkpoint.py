"""Checkpoints on disk and on the hub: what is read, what is refused, and that nothing of theirs is run."""

from __future__ import annotations

import json
import os
import pickle
import shutil
import subprocess
import sys
import time
from pathlib import Path

import pytest

pytest.importorskip("transformers")

import torch
from safetensors.torch import load_file, save_file

from glyph_integrations import model_spec
from glyph_integrations.errors import ModelLoadError, RequestError
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.local import TransformersModel
from glyph_integrations.models.local.checkpoint import SPEC_OF_TYPE, Checkpoint


@pytest.fixture
def copy(tiny_glm4v, tmp_path):
    """A copy of the tiny checkpoint that a test may change."""
    return shutil.copytree(tiny_glm4v, tmp_path / "copy")


def edit(path, **changes):
    """Sets keys of a JSON file; None removes one."""
    content = json.loads(path.read_text("utf-8")) | changes
    path.write_text(json.dumps({key: value for key, value in content.items() if value is not None}), "utf-8")


def refused(folder, pattern):
    """Loading fails with a message that matches, and that holds no absolute path."""
    with pytest.raises(ModelLoadError, match=pattern) as error:
        TransformersModel.load(folder)
    assert str(folder.parent) not in str(error.value)
    assert isinstance(error.value, ValueError)


def test_a_folder_is_found_with_all_that_belongs_to_it(tiny_glm4v):
    """Name, configuration, preprocessor and size of a checkpoint in a folder."""
    found = Checkpoint.find(tiny_glm4v)
    assert (found.folder, found.name) == (tiny_glm4v, "tiny-glm4v")
    assert found.config.model_type == "glm4v"
    assert found.preprocessor["image_mean"][0] == 0.48145466
    assert found.bytes == (tiny_glm4v / "model.safetensors").stat().st_size
    assert Checkpoint.find(str(tiny_glm4v) + os.sep).name == "tiny-glm4v"


def test_the_folder_that_one_is_in_has_a_name(tiny_glm4v, monkeypatch):
    """A relative path is named by where it leads."""
    monkeypatch.chdir(tiny_glm4v)
    assert Checkpoint.find(".").name == "tiny-glm4v"


def test_a_home_folder_is_found(tiny_glm4v, monkeypatch):
    """A path may begin with ~."""
    monkeypatch.setenv("HOME", str(tiny_glm4v.parent))
    assert Checkpoint.find("~/tiny-glm4v").name == "tiny-glm4v"


@pytest.mark.parametrize("name", ["no-such-folder", "./no/such/folder", "a/b/c", "/no-such-folder", "~/no-such-folder"])
def test_what_is_neither_folder_nor_hub_id_is_refused(name, tmp_path, monkeypatch):
    """The message says what a model's name is."""
    monkeypatch.chdir(tmp_path)
    with pytest.raises(ModelLoadError, match=r"a model is a folder, or a hub id like 'zai-org/Glyph'"):
        Checkpoint.find(name)


@pytest.mark.parametrize("name", ["zai-org/Gl yph", "zai-org/", "a--b/c..d"])
def test_impossible_hub_ids_are_refused(name):
    """No request is made for what cannot be an id."""
    with pytest.raises(ModelLoadError, match="hub id like 'zai-org/Glyph'"):
        Checkpoint.find(name)


def test_other_weight_files_are_not_opened(copy, tmp_path):
    """A checkpoint with pickled weights only is refused, and the pickle is not executed."""
    (copy / "model.safetensors").unlink()
    (copy / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    refused(copy, "copy has no weights as safetensors; other weight files are not opened")
    assert not (tmp_path / "exploded").exists()


class Bomb:
    """Writes a file when it is unpickled."""

    def __init__(self, path):
        self.path = path

    def __reduce__(self):
        return Path.write_text, (self.path, "boom")


def test_safetensors_are_taken_where_both_are(copy, tmp_path):
    """A pickle beside the safetensors is left alone."""
    (copy / "pytorch_model.bin").write_bytes(pickle.dumps(Bomb(tmp_path / "exploded")))
    assert TransformersModel.load(copy).name == "copy"
    assert not (tmp_path / "exploded").exists()


def test_a_pickle_does_explode(tmp_path):
    """The pickle of these tests would be noticed if it were opened."""
    pickle.loads(pickle.dumps(Bomb(tmp_path / "exploded")))  # noqa: S301 - that is the point
    assert (tmp_path / "exploded").exists()


def test_code_that_comes_with_a_checkpoint_is_never_run(copy, tmp_path, contract):
    """Modules named in ``auto_map`` stay files, for configuration, model, tokenizer, processor and generation."""
    boom = f"from pathlib import Path\nPath({str(tmp_path / 'exploded')!r}).write_text('boom')\n"
    for name in ("evil", "configuration_evil", "modeling_evil", "tokenization_evil", "processing_evil"):
        (copy / f"{name}.py").write_text(boom + "class Evil: ...\n", "utf-8")
    (copy / "custom_generate").mkdir()
    (copy / "custom_generate" / "generate.py").write_text(boom + "def generate(*_, **__): ...\n", "utf-8")
    edit(
        copy / "config.json",
        auto_map={
            "AutoConfig": "configuration_evil.Evil",
            "AutoModelForImageTextToText": "modeling_evil.Evil",
            "AutoModel": "modeling_evil.Evil",
        },
    )
    edit(
        copy / "tokenizer_config.json", auto_map={"AutoTokenizer": ["tokenization_evil.Evil", "tokenization_evil.Evil"]}
    )
    edit(copy / "preprocessor_config.json", auto_map={"AutoImageProcessor": "processing_evil.Evil"})
    model = TransformersModel.load(copy)
    model.generate([(Message("user", (*contract[:1], "When?")),)], GenerationSettings(max_tokens=2))
    assert type(model._model).__module__ == "transformers.models.glm4v.modeling_glm4v"
    assert not (tmp_path / "exploded").exists()


def test_a_family_that_only_its_own_code_can_read_is_refused(copy, tmp_path):
    """An unknown type with code of its own is refused without running it."""
    (copy / "configuration_evil.py").write_text(f"open({str(tmp_path / 'exploded')!r}, 'w')\n", "utf-8")
    edit(copy / "config.json", model_type="evil", auto_map={"AutoConfig": "configuration_evil.Evil"})
    refused(copy, "copy: transformers cannot read its config.json")
    assert not (tmp_path / "exploded").exists()


def test_chat_templates_cannot_reach_the_machine(copy, tmp_path):
    """A template that climbs out of its sandbox is a refusal."""
    escape = "{{ ''.__class__.__mro__[1].__subclasses__() }}"
    (copy / "chat_template.jinja").write_text(escape, "utf-8")
    with pytest.raises(RequestError, match="chat template refuses"):
        TransformersModel.load(copy).generate([(Message("user", ("When?",)),)], GenerationSettings(max_tokens=1))


@pytest.mark.parametrize("content", ["", "{", "[]", '{"model_type": "no-such-model"}', "{}"])
def test_a_config_that_cannot_be_read_is_refused(copy, content):
    """Damaged, empty and unknown configurations are errors of loading."""
    (copy / "config.json").write_text(content, "utf-8")
    refused(copy, "copy: transformers cannot read its config.json")


def test_a_folder_without_config_is_refused(copy):
    """Weights alone are no model."""
    (copy / "config.json").unlink()
    refused(copy, "copy: transformers cannot read its config.json")


def test_a_family_that_is_not_read_is_named_with_those_that_are(copy):
    """A language model, or a vision model of another make, is refused."""
    edit(copy / "config.json", model_type="llama", text_config=None, vision_config=None)
    refused(copy, "copy is of type 'llama'; read are glm4v, glm4v_moe, ")


def test_a_missing_preprocessor_is_refused(copy):
    """Without the normalisation nothing can be read."""
    (copy / "preprocessor_config.json").unlink()
    refused(copy, "copy has no preprocessor_config.json")


@pytest.mark.parametrize("content", ["{", "\xff"])
def test_a_damaged_preprocessor_is_refused(copy, content):
    """So is one that is no JSON."""
    (copy / "preprocessor_config.json").write_bytes(content.encode("latin-1"))
    refused(copy, "preprocessor_config.json of copy cannot be read")


def test_an_incomplete_preprocessor_is_refused(copy):
    """So is one without the mean."""
    edit(copy / "preprocessor_config.json", image_mean=None)
    refused(copy, "has no 'image_mean'")


def test_a_preprocessor_within_the_processor_is_read(copy, tiny_glm4v):
    """Newer checkpoints keep the same settings in processor_config.json."""
    settings = json.loads((copy / "preprocessor_config.json").read_text("utf-8"))
    (copy / "preprocessor_config.json").unlink()
    (copy / "processor_config.json").write_text(json.dumps({"image_processor": settings}), "utf-8")
    assert Checkpoint.find(copy).preprocessor == Checkpoint.find(tiny_glm4v).preprocessor
    (copy / "processor_config.json").write_text("{}", "utf-8")
    refused(copy, "processor_config.json of copy cannot be read")


@pytest.mark.parametrize(("begin", "kept"), [(b"", 1000), (b"", 0), (b"", -1), (b"\xff" * 8, None)])
def test_damaged_weights_are_refused(copy, begin, kept):
    """Safetensors that are cut off, empty, or begin with something else are errors of loading."""
    path = copy / "model.safetensors"
    data = path.read_bytes()
    path.write_bytes((begin + data[len(begin) :])[:kept])
    refused(copy, "copy cannot be loaded")


def test_missing_shards_are_refused(copy):
    """An index that names a file that is not there is an error of loading."""
    weights = copy / "model.safetensors"
    names = list(load_file(weights))
    weights.rename(copy / "model-00001-of-00002.safetensors")
    index = {"metadata": {}, "weight_map": dict.fromkeys(names, "model-00002-of-00002.safetensors")}
    (copy / "model.safetensors.index.json").write_text(json.dumps(index), "utf-8")
    refused(copy, "copy cannot be loaded")


def test_missing_weights_are_refused(copy):
    """Weights that lack a layer are refused: the library would go on with random numbers."""
    tensors = load_file(copy / "model.safetensors")
    name = next(name for name in tensors if "layers.1.mlp" in name)
    del tensors[name]
    save_file(tensors, copy / "model.safetensors", {"format": "pt"})
    refused(copy, "copy lacks 1 of its weights, .*layers.1.mlp.* among them")


def test_weights_of_another_size_are_refused(copy):
    """Weights that do not belong to the configuration are refused."""
    tensors = load_file(copy / "model.safetensors")
    tensors["lm_head.weight"] = tensors["lm_head.weight"][:, :-1].contiguous()
    save_file(tensors, copy / "model.safetensors", {"format": "pt"})
    refused(copy, "copy cannot be loaded")


def test_a_missing_tokenizer_is_refused(copy):
    """Without a tokenizer nothing can be asked."""
    (copy / "tokenizer.json").unlink()
    refused(copy, "copy cannot be loaded")


@pytest.mark.parametrize(
    ("name", "spec"), [("Glyph", "glm4v"), ("GLM-4.1V-9B-Thinking", "glm-4.1v"), ("my-finetune", "glm-4.1v")]
)
def test_the_spec_is_that_of_the_name_else_of_the_family(tiny_glm4v, tmp_path, name, spec):
    """A known name has its own spec; a name nobody knows is read by the rules of its family, and keeps its name."""
    folder = tmp_path / name
    folder.symlink_to(tiny_glm4v)
    found, expected = Checkpoint.find(folder).spec, model_spec(spec)
    assert found.name == (name if name == "my-finetune" else spec)
    assert (found.image_rule, found.overhead_tokens) == (expected.image_rule, expected.overhead_tokens)


def test_every_family_has_a_spec():
    """What is read can be counted."""
    assert all(model_spec(name) for name in SPEC_OF_TYPE.values())


def test_the_window_is_the_checkpoints_own(copy):
    """A fine-tune with a longer or shorter window says so in its configuration."""
    text = json.loads((copy / "config.json").read_text("utf-8"))["text_config"]
    for window in (4_096, 1_000_000):
        edit(copy / "config.json", text_config=text | {"max_position_embeddings": window})
        assert Checkpoint.find(copy).spec.window == window


def test_precision_and_device_are_as_wanted(tiny_glm4v):
    """Small checkpoints run in float32 on a CPU, unless another precision is asked for."""
    assert TransformersModel.load(tiny_glm4v, device="cpu")._dtype == torch.float32
    half = TransformersModel.load(tiny_glm4v, device="cpu", dtype=torch.bfloat16)
    assert half._dtype == torch.bfloat16
    assert repr(half) == "TransformersModel('tiny-glm4v', cpu, torch.bfloat16, SDPA (torch))"


def hub(tmp_path, **environment):
    """What a process says that asks the hub for a model, and how long that takes, in seconds."""
    code = (
        "import time; from glyph_integrations.errors import ModelLoadError\n"
        "from glyph_integrations.models.local.checkpoint import Checkpoint\n"
        "began = time.perf_counter()\n"
        "try: Checkpoint.find('zai-org/Glyph')\n"
        "except ModelLoadError as error: print(error, time.perf_counter() - began, sep='\\n')"
    )
    proxies = {name: "" for name in os.environ if name.lower().endswith("_proxy")}
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, **proxies, "HF_HOME": str(tmp_path), **environment},
        capture_output=True,
        text=True,
        check=True,
        timeout=120,
    )
    message, seconds = done.stdout.splitlines()
    return message, float(seconds)


@pytest.mark.parametrize(
    "environment", [{"HF_HUB_OFFLINE": "1"}, {"HF_ENDPOINT": "http://127.0.0.1:9"}], ids=["offline", "refused"]
)
def test_a_hub_that_cannot_be_reached_is_said_at_once(tmp_path, environment):
    """Offline, or with nobody at the other end, the message says so within seconds."""
    message, seconds = hub(tmp_path, **environment)
    assert message == "zai-org/Glyph is not on this machine and the Hugging Face Hub cannot be reached"
    assert seconds < 30


def test_a_model_in_the_hubs_cache_needs_no_hub(tiny_glm4v, tmp_path):
    """What was downloaded once is found offline, under its id, with the spec of its name."""
    snapshot = tmp_path / "hub" / "models--zai-org--Glyph" / "snapshots" / ("a" * 40)
    shutil.copytree(tiny_glm4v, snapshot)
    reference = tmp_path / "hub" / "models--zai-org--Glyph" / "refs" / "main"
    reference.parent.mkdir()
    reference.write_text("a" * 40, "utf-8")
    code = (
        "from glyph_integrations.models.local.checkpoint import Checkpoint\n"
        "found = Checkpoint.find('zai-org/Glyph'); print(found.name, found.spec.name, found.bytes)"
    )
    began = time.perf_counter()
    done = subprocess.run(
        [sys.executable, "-c", code],
        env={**os.environ, "HF_HOME": str(tmp_path), "HF_HUB_OFFLINE": "1"},
        capture_output=True,
        text=True,
        check=True,
    )
    size = (tiny_glm4v / "model.safetensors").stat().st_size
    assert done.stdout.split() == ["zai-org/Glyph", "glm4v", str(size)]
    assert time.perf_counter() - began < 60
