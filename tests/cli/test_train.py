"""`glyph train`: tokenizers, configurations and whole tiny runs."""

import json
import re
from pathlib import Path

import pytest
from PIL import Image

pytest.importorskip("transformers")
pytest.importorskip("pydantic")
pytest.importorskip("matplotlib")

from glyph_integrations.models.thinking import BOX
from glyph_integrations.training.pointing import place_tokens

TINY = {
    "hidden": 96, "layers": 4, "heads": 3, "key_heads": 1, "intermediate": 64, "vision_hidden": 64,
    "vision_layers": 1, "vision_intermediate": 64, "image_side": 84, "window": 1024,
}  # fmt: skip


@pytest.fixture(autouse=True)
def _as_loud_as_before():
    """Commands quieten the library for the process that they are; here they share one."""
    from transformers.utils import logging

    verbosity = logging.get_verbosity()
    yield
    logging.set_verbosity(verbosity)
    logging.enable_progress_bar()


@pytest.fixture
def workplace(tmp_path, monkeypatch):
    """The current directory: a text file, and a tiny configuration with paths relative to it."""
    monkeypatch.chdir(tmp_path)
    Path("book.txt").write_text("It was the best of times; 12 euro are due.\n" * 100)
    lesson = {"task": "transcribe", "batch": 2, "width": 84, "height": 28}
    config = {
        "tokenizer": "words",
        "architecture": TINY,
        "corpus": {"files": ["book.txt"]},
        "phases": [{"steps": 3, "lessons": [lesson]}],
        "bfloat16": False,
        "workers": 0,
        "log_every": 1,
    }
    Path("tiny.json").write_text(json.dumps(config))
    return config


def learned_words(glyph):
    """Makes the tokenizer that the configuration names."""
    return glyph("train", "tokenizer", "book.txt", "-o", "words", "--vocabulary", 300, "--characters", 4000, "--json")


def test_a_reader_from_nothing(glyph, workplace):
    """Tokenizer, pretraining in two parts and fine-tuning: results on stdout, a line for each step on stderr."""
    made = learned_words(glyph)
    assert (made.code, made.json) == (0, {"tokenizer": "words", "vocabulary": 300 + len(place_tokens()) + len(BOX)})
    first = glyph("train", "pretrain", "tiny.json", "--output", "run", "--steps", 2, "--json")
    assert (first.code, first.json["metrics"]["step"]) == (0, 2)
    assert re.findall(r"^step (\d) of 3  loss \d+\.\d{3}  ", first.stderr, re.MULTILINE) == ["1", "2"]
    then = glyph("train", "pretrain", "tiny.json", "--output", "run")
    assert then.code == 0
    for words in (
        r"^model +run/model *$",
        r"^plot +run/metrics\.png *$",
        r"^step +3 *$",
        r"^reply loss +\d",
        r"^tokens right +0",
    ):
        assert re.search(words, then.stdout, re.MULTILINE)
    with Image.open("run/metrics.png") as image:
        assert image.format == "PNG"
    tuned = glyph("train", "sft", "tiny.json", "-o", "tuned", "--model", "run/model", "--steps", 1, "--json")
    assert (tuned.code, tuned.json["model"]) == (0, "tuned/model")
    assert json.loads(Path("tuned/training.json").read_text())["model"] == "run/model"
    assert Path("tuned/model/model.safetensors").is_file()


def test_fewer_steps_than_a_line(glyph, workplace):
    """A run that ends before its first line of metrics has a model and no plot."""
    learned_words(glyph)
    Path("tiny.json").write_text(json.dumps({**workplace, "log_every": 100}))
    result = glyph("train", "pretrain", "tiny.json", "-o", "run", "--steps", 1, "--json")
    assert (result.code, result.json) == (0, {"model": "run/model"})


@pytest.mark.parametrize("kind", ["pretrain", "sft"])
def test_configurations_to_start_from(glyph, tmp_path, kind):
    """What is printed is a configuration that the command takes, with everything in it."""
    from glyph_integrations.training import TrainingConfig, fine_tuning, pretraining, read_config

    result = glyph("train", "config", kind)
    assert (result.code, result.stderr) == (0, "")
    (tmp_path / "run.json").write_text(result.stdout)
    expected = pretraining() if kind == "pretrain" else fine_tuning()
    assert read_config(TrainingConfig, tmp_path / "run.json") == expected


def test_a_configuration_for_reinforcement(glyph):
    """That of reinforcement learning is printed too, with the model to name."""
    pytest.importorskip("trl")
    assert glyph("train", "config", "rl").json["model"] == "model"


def test_errors_are_one_line(glyph, workplace):
    """A missing file, an unknown name, no tokenizer and no model to tune end in 1, each with what to do."""
    Path("odd.json").write_text(json.dumps({**workplace, "speed": 9}))
    for arguments, words in (
        (("pretrain", "missing.json", "-o", "run"), "no configuration missing.json"),
        (("pretrain", "odd.json", "-o", "run"), "odd.json: speed: "),
        (("pretrain", "tiny.json", "-o", "run"), "glyph train tokenizer"),
        (("sft", "tiny.json", "-o", "run"), "name the model to fine-tune: --model"),
        (("sft", "tiny.json", "-o", "run", "--model", "nowhere"), "there is no folder 'nowhere'"),
        (("tokenizer", "nowhere.txt", "-o", "words"), "no text file nowhere.txt"),
        (("tokenizer", "book.txt", "-o", "words", "--vocabulary", "9"), "274 pieces or more"),
    ):
        result = glyph("train", *arguments)
        assert (result.code, result.stdout) == (1, "")
        assert words in result.stderr
        assert result.stderr.count("\n") == 1
    assert not Path("run").exists()


def test_wrong_usage(glyph):
    """No steps and no output are wrong usage."""
    assert glyph("train", "pretrain", "a.json", "-o", "run", "--steps", 0).code == 2
    assert glyph("train", "pretrain", "a.json").code == 2


@pytest.mark.parametrize("package", ["torch", "matplotlib"])
def test_without_the_extra_it_is_named(glyph_process, tmp_path, package):
    """Where what trains is not installed, the error says so before anything begins."""
    lesson = {"task": "transcribe"}
    (tmp_path / "run.json").write_text(json.dumps({"phases": [{"steps": 1, "lessons": [lesson]}]}))
    before = f"import sys; sys.modules[{package!r}] = None"
    result = glyph_process("train", "pretrain", "run.json", "-o", "run", before=before)
    assert result.code == 1
    assert result.stderr == f"glyph: Training needs {package}: pip install 'glyph-integrations[train]'\n"
