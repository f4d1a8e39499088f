"""Configurations: JSON and back, and what is refused."""

from __future__ import annotations

import json
import re
from pathlib import Path

import pytest

pytest.importorskip("pydantic")

from glyph_integrations.errors import RequestError
from glyph_integrations.training import (
    Architecture,
    Corpus,
    Lesson,
    Phase,
    TrainingConfig,
    config_json,
    fine_tuning,
    pretraining,
    read_config,
    write_config,
)

LESSON = Lesson(task="transcribe")
RUN = TrainingConfig(
    phases=(Phase(steps=3, lessons=(LESSON,), replies=False), Phase(steps=2, lessons=(LESSON,))),
    corpus=Corpus(files=("books/a.txt",), datasets=("owner/name:body",)),
    architecture=Architecture(layers=3),
)

SAMPLES = sorted((Path(__file__).parents[2] / "samples" / "training").glob("*/*.json"))


@pytest.mark.parametrize("config", [RUN, pretraining(), fine_tuning()], ids=["own", "pretraining", "fine-tuning"])
def test_configurations_survive_json(config, tmp_path):
    """What is written is read as the same value."""
    write_config(config, tmp_path / "run.json")
    assert read_config(TrainingConfig, tmp_path / "run.json") == config
    assert (tmp_path / "run.json").read_text("utf-8") == config_json(config)


@pytest.mark.parametrize(
    ("change", "message"),
    [
        ({"speed": 1}, "run.json: speed: Unexpected"),
        ({"architecture": {"depth": 3}}, "run.json: architecture.depth: Unexpected"),
        ({"phases": []}, "run.json: the file: a run: it needs a phase"),
        ({"phases": [{"steps": 1, "lessons": [{"task": "sing"}]}]}, "run.json: phases.0.lessons.0.task: Input"),
        ({"phases": [{"steps": 0, "lessons": [{"task": "ask"}]}]}, "run.json: phases.0: a phase: steps are 1 or more"),
        (
            {"phases": [{"steps": 1, "lessons": [{"task": "ask", "unanswerable": 2}]}]},
            "run.json: phases.0.lessons.0: a lesson: unanswerable is a share of the questions",
        ),
        ({"rate": "fast"}, "run.json: rate: Input should be a valid number"),
        ({"style": "nono"}, "run.json: the file: there is no style 'nono'"),
    ],
)
def test_what_a_configuration_does_not_have_is_refused(tmp_path, change, message):
    """Unknown names and values out of range are errors that name the file, the place and the rule, on one line."""
    written = {**json.loads(config_json(RUN)), **change}
    (tmp_path / "run.json").write_text(json.dumps(written))
    with pytest.raises(RequestError, match=f"^{re.escape(message)}"):
        read_config(TrainingConfig, tmp_path / "run.json")


def test_files_that_are_no_configuration(tmp_path):
    """A file that is missing and one that is no JSON are named, without the folder they are in."""
    with pytest.raises(RequestError, match=r"^there is no configuration run\.json that can be read$"):
        read_config(TrainingConfig, tmp_path / "run.json")
    (tmp_path / "run.json").write_text("{")
    with pytest.raises(RequestError, match=r"^run\.json: the file: Invalid JSON"):
        read_config(TrainingConfig, tmp_path / "run.json")


@pytest.mark.parametrize(
    "make",
    [
        lambda: Lesson(task="sing"),
        lambda: Lesson(task="ask", batch=0),
        lambda: Lesson(task="ask", width=-1),
        lambda: Phase(steps=1, lessons=()),
        lambda: Phase(steps=1, lessons=(Lesson(task="ask", weight=0),)),
        lambda: TrainingConfig(phases=RUN.phases, alignment=False),
        lambda: TrainingConfig(phases=RUN.phases, decay=2),
        lambda: TrainingConfig(phases=RUN.phases, clip=0),
        lambda: TrainingConfig(phases=RUN.phases, workers=-1),
        lambda: TrainingConfig(phases=RUN.phases, log_every=0),
        lambda: Architecture(hidden=100),
        lambda: Architecture(heads=4, key_heads=3),
        lambda: Architecture(vision_hidden=100),
        lambda: Architecture(image_side=100),
        lambda: Architecture(layers=0),
        lambda: Architecture(heads=0),
    ],
)
def test_values_are_checked_where_they_are_made(make):
    """Values that cannot train are refused in Python as they are in JSON."""
    with pytest.raises(RequestError):
        make()


def test_steps_belong_to_phases():
    """Steps are those of all phases, and what comes after the last belongs to it."""
    assert RUN.steps == 5
    assert [RUN.phase_at(step).replies for step in range(6)] == [False, False, False, True, True, True]


def test_recipes_teach_what_they_should():
    """Pretraining has the paper's three tasks in sampled styles; fine-tuning asks, and transcribes beside it."""
    tasks = {lesson.task for phase in pretraining().phases for lesson in phase.lessons}
    assert tasks == {"transcribe", "go_on", "find", "interleave", "complete"}
    assert pretraining().style == "sampled"
    assert {lesson.task for phase in fine_tuning().phases for lesson in phase.lessons} == {"ask", "transcribe"}


@pytest.mark.parametrize("path", SAMPLES, ids=lambda path: f"{path.parent.name}/{path.stem}")
def test_the_sample_configurations_can_be_run_anywhere(path):
    """All are configurations, and the files that they name lie beneath the folder that they are run in."""
    config = read_config(TrainingConfig, path)
    named = (config.model, config.tokenizer, *config.corpus.files, *config.corpus.questions)
    assert not [name for name in named if Path(name).is_absolute()]
