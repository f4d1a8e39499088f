"""Reinforcement learning, on a tiny model with random weights."""

from __future__ import annotations

import json
import sys
from collections import Counter
from dataclasses import replace

import pytest

pytest.importorskip("trl")

import torch
from safetensors.torch import load_file
from tiny import build

from glyph_integrations.counting import model_spec
from glyph_integrations.errors import MissingExtraError, ModelLoadError, RequestError, StyleError
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.local import TransformersModel
from glyph_integrations.training.config import read_config, write_config
from glyph_integrations.training.processor import PageProcessor
from glyph_integrations.training.reinforcement import Prompts, ReinforcementConfig, _reader, reinforce
from glyph_integrations.training.rewards import Completion, RewardConfig

# TRL speaks of checkpointing as transformers used to.
pytestmark = pytest.mark.filterwarnings(
    r"ignore:`(is_)?gradient_checkpointing(_enable|_disable)?` is deprecated and will be removed in v6:FutureWarning"
)
NANO = model_spec("nano")


@pytest.fixture(scope="module")
def checkpoint(tmp_path_factory):
    """The folder of a checkpoint of one layer."""
    return build(tmp_path_factory.mktemp("models") / "tiny", layers=1, vision_depth=1)


@pytest.fixture(scope="module")
def config(checkpoint):
    """A run of two steps on documents of one small page; half of the prompts are transcriptions."""
    return ReinforcementConfig(
        model=str(checkpoint),
        length=(200, 300),
        transcriptions=0.5,
        group=4,
        batch=2,
        at_once=2,
        rate=1e-3,
        max_tokens=8,
        steps=2,
        bfloat16=False,
        save_every=1,
    )


@pytest.fixture(scope="module")
def trained(config, tmp_path_factory):
    """The folder of a finished run, the lines of the metrics that were reported, and what was told to others."""
    from trl.trainer import base_trainer

    folder = tmp_path_factory.mktemp("runs") / "whole"
    lines, told = [], []
    with pytest.MonkeyPatch.context() as patch:
        patch.delenv("CI", raising=False)
        patch.setattr(base_trainer, "send_telemetry", lambda *_, **words: told.append(words))
        reinforce(config, folder, progress=lines.append)
    return folder, lines, told


def weights(folder):
    """All weights of a checkpoint."""
    return load_file(folder / "model.safetensors")


def metrics(folder):
    """The lines of a run, without times."""
    lines = [json.loads(line) for line in (folder / "metrics.jsonl").read_text("utf-8").splitlines()]
    return [{name: value for name, value in line.items() if "time" not in name} for line in lines]


def test_two_steps_change_the_weights(trained, checkpoint):
    """After two steps weights of the text model and of the vision tower are others than before."""
    before, after = weights(checkpoint), weights(trained[0] / "model")
    changed = {name for name in before if not torch.equal(before[name], after[name])}
    assert any("visual" in name for name in changed)
    assert any("language_model" in name for name in changed)


def test_metrics_hold_every_reward(trained):
    """Each step has a line with each reward and their sum, and it is reported as it is written."""
    folder, reported, _ = trained
    lines = metrics(folder)
    assert [line["step"] for line in lines] == [1, 2]
    assert [line["step"] for line in reported] == [1, 2]
    names = {f"rewards/{name}/mean" for name in ("answer", "abstention", "transcription", "form")}
    for line in lines:
        assert names | {"reward", "frac_reward_zero_std", "clip_ratio/high_mean"} <= set(line)
        assert 0 < line["reward"] < 1.2


def test_what_was_trained_can_be_read_with(trained, config):
    """The result is a checkpoint like any other, and so is each checkpoint on the way."""
    page = Prompts(config, NANO).prompt(0).pages[0].page
    for folder in (trained[0] / "model", trained[0] / "checkpoint-1"):
        model = TransformersModel.load(folder)
        (generation,) = model.generate([(Message("user", (page, "Transcribe.")),)], GenerationSettings(max_tokens=4))
        assert generation.usage.output


def test_nobody_is_told(trained):
    """TRL reports nothing over the network, and writes no card about the model."""
    folder, _, told = trained
    assert told == []
    assert not list(folder.rglob("README.md"))


def test_a_run_in_two_parts_is_the_same_run(trained, config, tmp_path):
    """One step, and one more in a second call, give the weights and metrics of two steps at once."""
    for _ in range(2):
        model = reinforce(config, tmp_path, steps=1)
    whole, parts = weights(trained[0] / "model"), weights(model)
    assert all(torch.equal(whole[name], parts[name]) for name in whole)
    assert metrics(tmp_path) == metrics(trained[0])


def test_a_finished_run_stays_as_it_is(trained, config):
    """Calling again after the last step changes nothing."""
    before, lines = weights(trained[0] / "model"), metrics(trained[0])
    after = weights(reinforce(config, trained[0]))
    assert all(torch.equal(before[name], after[name]) for name in before)
    assert metrics(trained[0]) == lines


def test_the_run_keeps_its_configuration(trained, config, tmp_path):
    """The folder holds what the run was made of; names that a configuration does not have are refused."""
    assert read_config(ReinforcementConfig, trained[0] / "reinforcement.json") == config
    (tmp_path / "typo.json").write_text('{"model": "x", "rewards": {"answers": 2}}', "utf-8")
    with pytest.raises(RequestError, match=r"typo\.json: rewards\.answers"):
        read_config(ReinforcementConfig, tmp_path / "typo.json")


def test_configurations_survive_being_written(tmp_path):
    """What is read is what was written, nested values included."""
    config = ReinforcementConfig(model="x", length=(300, 301), rewards=RewardConfig(form=0.5, needless=0))
    write_config(config, tmp_path / "run.json")
    assert read_config(ReinforcementConfig, tmp_path / "run.json") == config


@pytest.mark.parametrize(
    ("wrong", "problem"),
    [
        ({"group": 1}, "a group has 2 replies or more"),
        ({"length": (100, 300)}, "length is from 200"),
        ({"length": (400, 300)}, "length is from 200"),
        ({"unanswerable": 1.5}, "unanswerable is a share"),
        ({"transcriptions": -0.1}, "transcriptions is a share"),
        ({"temperature": 0}, "temperature must be above 0"),
        ({"batch": 0}, "1 or more"),
        ({"save_every": 0}, "save_every"),
    ],
)
def test_values_out_of_range_are_refused(wrong, problem):
    """A configuration that cannot run cannot be made, and says why."""
    with pytest.raises(RequestError, match=problem):
        ReinforcementConfig(model="x", **wrong)


def test_an_unknown_style_is_refused():
    """A style is a preset's name, or sampled."""
    assert ReinforcementConfig(model="x", style="sampled").style == "sampled"
    with pytest.raises(StyleError, match="there is no style 'nanoo'"):
        ReinforcementConfig(model="x", style="nanoo")


def test_replies_are_written_in_whole_groups():
    """Processes together write the fewest replies that are whole groups and that each of them learns from at once."""
    config = ReinforcementConfig(model="x", group=16, batch=32, at_once=4)
    assert config.written_at_once(1) == 16
    assert config.written_at_once(8) == 32
    assert replace(config, at_once=32).written_at_once(1) == 32
    with pytest.raises(RequestError, match="32 × 16 replies of a step cannot be divided into runs of 48"):
        replace(config, at_once=3).written_at_once(1)


def test_prompts_are_made_from_their_number():
    """The same number gives the same prompt to everyone; others, and other seeds, give others."""
    config = ReinforcementConfig(model="x")
    first, again = Prompts(config, NANO).prompt(7), Prompts(config, NANO).prompt(7)
    assert first[1:] == again[1:]
    assert [page.page.fingerprint for page in first.pages] == [page.page.fingerprint for page in again.pages]
    others = [Prompts(config, NANO).prompt(8), Prompts(replace(config, seed=1), NANO).prompt(7)]
    assert all(other.pages[0].text != first.pages[0].text for other in others)


def test_pages_hold_what_is_right():
    """Answers stand on the pages that are shown, a transcription is its page, and all kinds come as often as wanted."""
    config = ReinforcementConfig(model="x", length=(400, 3000), unanswerable=0.4, transcriptions=0.2)
    prompts = [Prompts(config, NANO).prompt(number) for number in range(200)]
    for prompt in prompts:
        text = "".join(page.text for page in prompt.pages)
        if prompt.kind == "answer":
            assert prompt.reference in text
        else:
            assert prompt.reference == (text.strip() if prompt.kind == "transcribe" else "")
        assert prompt.text.startswith("Question: ") == (prompt.kind != "transcribe")
    counts = Counter(prompt.kind for prompt in prompts)
    assert 20 <= counts["transcribe"] <= 60
    assert 40 <= counts["abstain"] <= 90


def test_questions_of_ones_own_are_asked_about_their_texts(tmp_path):
    """With a share of 1 all prompts are about the named files' texts."""
    asked = tmp_path / "questions.jsonl"
    asked.write_text('{"text": "Zebras graze.", "question": "who grazes", "answer": "Zebras"}\n')
    config = ReinforcementConfig(model="x", questions=(str(asked),), questions_share=1, transcriptions=0)
    prompt = Prompts(config, NANO).prompt(0)
    assert (prompt.text, prompt.kind, prompt.reference) == ("Question: who grazes", "answer", "Zebras")
    assert prompt.pages[0].text.strip() == "Zebras graze."


def test_a_group_is_one_prompt(config):
    """Rows of the same number are the same pages and the same question."""
    rows = Prompts(config, NANO)({"number": [3, 3, 4]})
    assert {name: len(column) for name, column in rows.items()} == dict.fromkeys(rows, 3)
    assert rows["prompt"][0] == rows["prompt"][1] != rows["prompt"][2]
    assert [image.tobytes() for image in rows["images"][0]] == [image.tobytes() for image in rows["images"][1]]


@pytest.mark.parametrize("opened", [False, True])
def test_completions_are_read_as_they_ended(tiny_glm4v, opened):
    """A token that ends a turn is no text; without one the reply was cut off; a template may have opened thinking."""
    from transformers import AutoTokenizer

    from glyph_integrations.models.local.checkpoint import Checkpoint

    start = Checkpoint.find(tiny_glm4v)
    model, _ = start.load(device="cpu", dtype=None, quantization=None)
    tokenizer = AutoTokenizer.from_pretrained(tiny_glm4v)
    if opened:
        tokenizer.chat_template += "{%- if add_generation_prompt %}{{- '<think>' }}{%- endif %}"
    read = _reader(PageProcessor(tokenizer, start.config, start.preprocessor), model)
    said = tokenizer("so</think>ninety days", add_special_tokens=False).input_ids
    end = tokenizer.convert_tokens_to_ids("<|user|>")
    text = "<think>so</think>ninety days" if opened else "so</think>ninety days"
    assert read([*said, end]) == Completion(text=text, ended=True)
    assert read(said) == Completion(text=text, ended=False)


def test_other_families_are_refused(config, checkpoint, tmp_path):
    """Only Glm4v models are trained; the message says what was found."""
    for file in checkpoint.iterdir():
        (tmp_path / file.name).symlink_to(file)
    (tmp_path / "config.json").unlink()
    (tmp_path / "config.json").write_text('{"model_type": "qwen3_vl"}', "utf-8")
    with pytest.raises(ModelLoadError, match="is of type 'qwen3_vl'; only glm4v is trained"):
        reinforce(replace(config, model=str(tmp_path)), tmp_path / "run")


def test_less_than_a_step_is_refused(config, tmp_path):
    """There is no run of no steps."""
    with pytest.raises(RequestError, match="1 step or more"):
        reinforce(config, tmp_path, steps=0)


def test_without_trl_the_extra_is_named(config, tmp_path, monkeypatch):
    """Whoever lacks TRL is told what to install, before anything is written."""
    monkeypatch.setitem(sys.modules, "trl", None)
    with pytest.raises(MissingExtraError, match=r"glyph-integrations\[train\]"):
        reinforce(config, tmp_path / "run")
    assert not (tmp_path / "run").exists()
