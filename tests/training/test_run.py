"""Whole runs: interrupted, resumed, and what comes of them."""

from __future__ import annotations

import json
import shutil
from dataclasses import replace

import pytest

pytest.importorskip("transformers")
pytest.importorskip("pydantic")

import torch

from glyph_integrations.errors import NotFoundError, RequestError
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.local import TransformersModel
from glyph_integrations.training import Corpus, Lesson, Phase, TrainingConfig, train
from glyph_integrations.training.architecture import PREPROCESSOR, write_preprocessor
from glyph_integrations.training.examples import Exchange
from glyph_integrations.training.optimizers import MuonWithAdamW
from glyph_integrations.training.run import CONFIG, METRICS, last_checkpoint

STRIP = Lesson(task="transcribe", batch=2, width=84, height=28)
ASK = Lesson(task="ask", batch=2, width=168, height=56, questions=2)


@pytest.fixture(scope="module")
def config(words, tiny, book):
    """A run of six steps: two for the eyes alone, four for questions too."""
    return TrainingConfig(
        tokenizer=str(words),
        architecture=tiny,
        corpus=Corpus(files=(str(book),)),
        phases=(Phase(steps=2, lessons=(STRIP,), replies=False), Phase(steps=4, lessons=(STRIP, ASK))),
        bfloat16=False,
        warm_up=2,
        workers=0,
        save_every=2,
        log_every=1,
    )


@pytest.fixture(scope="module")
def run(config, tmp_path_factory):
    """The folder of the run, trained without interruption, and what was told of it meanwhile."""
    folder = tmp_path_factory.mktemp("run")
    lines = []
    train(config, folder, progress=lines.append)
    return folder, lines


def metrics(folder):
    """The lines of a run's metrics."""
    return [json.loads(line) for line in (folder / METRICS).read_text("utf-8").splitlines()]


def read(model, page, *, tokens):
    """What a model transcribes."""
    conversation = (Message("user", (page.page, "Transcribe.")),)
    (found,) = model.generate([conversation], GenerationSettings(max_tokens=tokens))
    return found.text


def test_a_line_for_every_step(run):
    """Metrics hold a line for each step, the parts of the loss in it, and each line is told as it comes."""
    folder, lines = run
    assert metrics(folder) == lines
    assert [line["step"] for line in lines] == [1, 2, 3, 4, 5, 6]
    assert [("reply_loss" in line) for line in lines] == [False, False, True, True, True, True]
    assert all({"loss", "characters_loss", "pieces_loss", "characters_right"} <= set(line) for line in lines)
    assert json.loads((folder / CONFIG).read_text("utf-8"))["warm_up"] == 2


def test_a_run_in_two_parts_is_the_run(config, run, tmp_path):
    """Three steps and then the rest give the metrics and the weights of six, bit for bit."""
    train(config, tmp_path, steps=3)
    assert last_checkpoint(tmp_path).name == "checkpoint-3"
    train(config, tmp_path)
    assert metrics(tmp_path) == metrics(run[0])
    assert (tmp_path / "model/model.safetensors").read_bytes() == (run[0] / "model/model.safetensors").read_bytes()


def test_going_on_from_an_earlier_checkpoint_takes_lines_back(config, run, tmp_path):
    """After a crash the steps since the last whole checkpoint are trained again, and stand in the metrics once."""
    folder = tmp_path / "run"
    shutil.copytree(run[0], folder)
    (folder / "checkpoint-6" / "trainer_state.json").unlink()  # as when it was being written
    with (folder / METRICS).open("a") as file:
        file.write('{"step": 7, "lo')
    train(config, folder)
    assert metrics(folder) == metrics(run[0])


def test_a_run_that_is_done_stays_as_it_is(config, run):
    """Training again after the last step changes nothing."""
    before = (run[0] / "model/model.safetensors").read_bytes(), metrics(run[0])
    train(config, run[0])
    assert ((run[0] / "model/model.safetensors").read_bytes(), metrics(run[0])) == before


def test_results_and_checkpoints_can_be_read_with(run, bench):
    """The trained model and every checkpoint load as any model does, and read alike; only the first lacks alignment."""
    page = bench.pages("best of times")[0]
    found = [TransformersModel.load(run[0] / name) for name in ("model", "checkpoint-6")]
    assert {model.spec.name for model in found} == {"nano"}
    assert len({read(model, page, tokens=8) for model in found}) == 1


def test_a_trained_model_is_trained_on(config, run, tmp_path):
    """A run begins with another's result where the configuration names it."""
    phases = (Phase(steps=1, lessons=(ASK,)),)
    tuned = replace(config, model=str(run[0] / "model"), phases=phases, alignment=False, muon=False)
    train(tuned, tmp_path)
    (line,) = metrics(tmp_path)
    assert "characters_loss" not in line
    assert line["reply_loss"] == line["loss"]
    assert not (tmp_path / "start").exists()


def test_what_a_run_lacks_is_named(config, tmp_path):
    """No tokenizer, no text and no steps are errors that say so, and leave nothing behind."""
    for changes, error, words in (
        ({"tokenizer": ""}, RequestError, "needs a tokenizer, and none is named"),
        ({"tokenizer": str(tmp_path / "missing")}, RequestError, "missing is no folder of one"),
        ({"corpus": Corpus(files=("nowhere.txt",))}, NotFoundError, "nowhere.txt"),
    ):
        with pytest.raises(error, match=words):
            train(replace(config, **changes), tmp_path / "run")
    with pytest.raises(RequestError, match="1 step or more"):
        train(config, tmp_path / "run", steps=0)
    assert not list(tmp_path.glob("run/*"))


@pytest.mark.slow
def test_a_tiny_model_learns_two_strips_by_heart(bench, tmp_path):
    """Trained on two strips, a model that is saved and loaded reads each as it is: it has to look to tell which."""
    texts = ["the best of times", "12 euro are worst"]
    pages = [bench.pages(text, width=112)[0] for text in texts]
    exchanges = [[Exchange(prompt="Transcribe.", reply=page.text)] for page in pages]
    batch = bench.batch([bench.encoder.dialogue([page], asked) for page, asked in zip(pages, exchanges, strict=True)])
    network = bench.network()
    optimizer = MuonWithAdamW(network.named_parameters())
    for _ in range(150):
        losses = network(**batch)
        optimizer.zero_grad()
        losses["loss"].backward()
        torch.nn.utils.clip_grad_norm_(network.parameters(), 1.0)
        optimizer.step()
        if float(losses["reply_loss"].detach()) < 0.01:
            break
    network.save_reader(tmp_path)
    bench.tokenizer.save_pretrained(tmp_path)
    write_preprocessor(PREPROCESSOR, tmp_path)
    model = TransformersModel.load(tmp_path)
    assert [read(model, page, tokens=40) for page in pages] == texts
