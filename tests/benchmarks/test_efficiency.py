"""The efficiency experiment runs, goes on where it stopped, and takes lack of memory for a result."""

from __future__ import annotations

import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

pytest.importorskip("transformers")

ROOT = Path(__file__).parents[2]
SLICE = ("--scale", "tiny", "--lengths", "1", "--batches", "1,most", "--rounds", "1", "--answer", "2")


@pytest.fixture
def experiment(monkeypatch):
    """The module that measures."""
    monkeypatch.syspath_prepend(str(ROOT / "benchmarks"))
    return pytest.importorskip("experiment")


def run(output, *options):
    """The last line that a process of the benchmark prints."""
    command = [sys.executable, str(ROOT / "benchmarks" / "efficiency.py"), *SLICE, "--output", str(output), *options]
    environment = {**os.environ, "PYTHONPATH": str(ROOT)}
    done = subprocess.run(command, capture_output=True, text=True, check=False, timeout=280, env=environment)
    assert done.returncode == 0, done.stderr
    return done.stdout.splitlines()[-1]


@pytest.mark.slow
def test_a_run_goes_on_where_another_stopped(tmp_path):
    """Every cell is measured once, whether its figures stand in the output or in the file of an earlier slice."""
    first, second = tmp_path / "first.jsonl", tmp_path / "second.jsonl"
    assert run(first, "--seconds", "0") == "0 cells measured, 0 of 11 done"
    assert run(first) == "11 cells measured, 11 of 11 done"
    cells = [json.loads(line) for line in first.read_text("utf-8").splitlines()]
    assert not [cell for cell in cells if "error" in cell]
    table = first.with_suffix(".md").read_text("utf-8")
    assert "| 1,024 |" in table
    assert table.count("–") == 4  # the paper has two figures for longer texts only, a CPU no two peaks

    before = first.read_bytes()
    assert run(first) == "0 cells measured, 11 of 11 done"
    assert first.read_bytes() == before
    first.write_bytes(b"".join(before.splitlines(keepends=True)[:-1]))
    assert run(second, "--resume", str(first)) == "1 cells measured, 11 of 11 done"
    assert [json.loads(line)["what"] for line in second.read_text("utf-8").splitlines()] == [c["what"] for c in cells]


def test_lack_of_memory_is_a_result(experiment, monkeypatch):
    """A cell that does not fit is recorded as such, a text only once more passes did not help; others go on."""
    torch = pytest.importorskip("torch")
    trial = experiment.Experiment(experiment.SCALES["tiny"], experiment.random_model("tiny", "cpu"), answer=2, rounds=1)
    passes = []

    def crowded(tokens, step=None):
        passes.append(-(-tokens // (step or tokens)))
        if passes[-1] < room:
            raise torch.OutOfMemoryError("no room")

    monkeypatch.setattr(trial, "_read", crowded)
    prefill = experiment.Cell(length=1, mode="text", what="prefill")
    room = 4
    assert trial.measure(prefill)["passes"] == 4
    room = 100
    assert trial.measure(prefill) == {"error": "out of memory"}
    assert set(passes) == {1, 2, 4, 8}
    crowd = trial.measure(experiment.Cell(length=1, mode="text", what="decode/100000"))
    assert crowd["error"] == "out of memory"
    assert crowd["needed_bytes"] > crowd["free_bytes"]
    most = trial.measure(experiment.Cell(length=1, mode="text", what="decode/most"))
    assert most["cache_bytes"] < crowd["free_bytes"] < most["cache_bytes"] * 1.6
