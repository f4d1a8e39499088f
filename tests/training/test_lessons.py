"""``Lessons``: batches that follow from their numbers."""

from __future__ import annotations

import multiprocessing
from random import Random
from typing import get_args

import pytest

pytest.importorskip("transformers")

import torch

from glyph_integrations.errors import EmptyError, NotFoundError, StyleError
from glyph_integrations.training import Corpus, Lesson, Phase, TrainingConfig
from glyph_integrations.training.config import Task
from glyph_integrations.training.corpus import DatasetTexts
from glyph_integrations.training.examples import IGNORED
from glyph_integrations.training.lessons import Lessons, misread, text_source
from glyph_integrations.training.pages import CellGrid


def lessons(bench, *phases, source=None, processes=1, **changes):
    """The lessons of a run with these phases."""
    return Lessons(
        TrainingConfig(phases=phases, **changes),
        spec=bench.spec,
        layout=bench.layout,
        encoder=bench.encoder,
        cells=CellGrid(),
        source=source or text_source(Corpus()),
        processes=processes,
    )


def phase(*tasks, steps=4, replies=True, **sizes):
    """A phase with a small lesson for each task."""
    sizes = {"batch": 2, "width": 168, "height": 56, "questions": 3, "pages": 2, **sizes}
    return Phase(steps=steps, lessons=tuple(Lesson(task=task, **sizes) for task in tasks), replies=replies)


def same(one, other):
    """Whether two batches are equal."""
    return one.keys() == other.keys() and all(
        torch.equal(one[name], other[name]) if isinstance(one[name], torch.Tensor) else one[name] == other[name]
        for name in one
    )


def test_a_number_makes_its_batch(bench):
    """The same number and seed make the same batch, in other lessons too; another number or seed makes another."""
    one, other = (lessons(bench, phase("transcribe", "ask")) for _ in range(2))
    third = lessons(bench, phase("transcribe", "ask"), seed=1)
    assert same(one[2], other[2])
    assert not same(one[2], one[1])
    assert not same(one[2], third[2])


def test_pages_may_end_early(bench):
    """With a share of endings some pages hold little, as last pages do; without, all are full."""

    def learned(ending):
        made = lessons(bench, phase("transcribe", steps=30, height=140, ending=ending))
        return sorted(int((made[index]["labels"] != IGNORED).sum()) for index in range(30))

    full, some, all_ended = learned(0.0), learned(0.5), learned(1.0)
    assert some[0] < full[0] / 2
    assert some[-1] > full[0]
    assert sum(all_ended) < sum(some) < sum(full)


@pytest.mark.slow
def test_other_processes_make_the_same_batches(bench):
    """Batches from a worker process, begun anew rather than forked, are those of this process."""
    found = lessons(bench, phase("find", steps=2))
    workers = torch.utils.data.DataLoader(
        found, batch_size=None, num_workers=1, multiprocessing_context=multiprocessing.get_context("spawn")
    )
    for index, batch in zip(range(2), workers, strict=True):
        assert same(batch, found[index])


@pytest.mark.parametrize("style", ["nano", "sampled"])
@pytest.mark.parametrize("task", get_args(Task))
def test_every_task_has_something_to_learn(bench, task, style):
    """Batches of every task, in the nano style and in sampled ones, have labels in every row and pages to see."""
    found = lessons(bench, phase(task, width=336, height=112), style=style)
    for index in range(2):
        batch = found[index]
        assert (batch["labels"] != IGNORED).any(1).all()
        image = bench.tokenizer.convert_tokens_to_ids("<|image|>")
        assert int((batch["input_ids"] == image).sum()) == len(batch["cells"]) > 0
        assert batch["cells"].any()


def test_phases_follow_each_other(bench):
    """Lessons change with the phase of their step, also where several processes share the steps."""
    phases = phase("transcribe", steps=1, replies=False), phase("transcribe", steps=2)
    assert [lessons(bench, *phases)[index]["replies"] for index in range(3)] == [False, True, True]
    shared = lessons(bench, *phases, processes=2)
    assert len(shared) == 6
    assert [shared[index]["replies"] for index in range(6)] == [False, False, True, True, True, True]


def test_pages_have_the_size_of_their_lesson(bench):
    """Width and height of a lesson are those of its pages; 0 leaves the style its own."""
    strips = lessons(bench, phase("transcribe", batch=1, width=84, height=28))[0]
    assert strips["image_grid_thw"].tolist() == [[1, 2, 6]]
    own = lessons(bench, phase("transcribe", batch=1, width=0, height=0))[0]
    assert own["image_grid_thw"].tolist() == [[1, 24, 24]]


def test_texts_without_letters_are_refused(bench):
    """A source that gives nothing, as of another script, is an error rather than an endless search."""
    source = DatasetTexts([{"text": "你好"}, {"text": ""}])
    assert source.sample(Random(0), 10) == ""  # noqa: S311
    with pytest.raises(EmptyError, match="Latin letters"):
        lessons(bench, phase("transcribe"), source=source)[0]


def test_styles_that_fit_no_page_are_refused(bench):
    """Where no sampled style fits a lesson's pages the error says their size."""
    with pytest.raises(StyleError, match="28×28 px"):
        lessons(bench, phase("transcribe", width=28, height=28), style="sampled")[0]


def test_a_corpus_names_the_file_that_is_missing(tmp_path):
    """Of a file that is not there the error says the name, and nothing of where it should be."""
    with pytest.raises(NotFoundError, match=r"no text file nowhere\.txt that"):
        text_source(Corpus(files=(str(tmp_path / "nowhere.txt"),)))


def test_a_corpus_without_weights_is_refused():
    """Prose alone, and no file to take it from, is no corpus."""
    with pytest.raises(ValueError, match="weight is above 0"):
        text_source(Corpus(random=0, documents=0))


def test_misread_pieces_are_shown_and_not_learned():
    """About the wanted share of what is learned is exchanged for other learned pieces; prompts and labels stay."""
    labels = torch.arange(100, 10_100).reshape(10, 1000)
    labels[:, :200] = IGNORED
    ids = torch.where(labels == IGNORED, 7, labels)
    shown = misread(ids, labels, 0.1, Random(1))  # noqa: S311 - a test
    assert (shown[:, :200] == 7).all()
    assert 0.08 < (shown != ids)[:, 200:].float().mean() < 0.12
    assert set(shown[:, 200:].flatten().tolist()) <= set(labels[:, 200:].flatten().tolist())
    assert (misread(ids, labels, 0.1, Random(1)) == shown).all()  # noqa: S311


def test_questions_of_ones_own_are_asked_about_their_texts(bench, tmp_path):
    """With a share of 1 all documents asked about are made of the named files' texts; with 0 none is."""
    asked = tmp_path / "questions.jsonl"
    asked.write_text('{"text": "Zebras graze.", "question": "who grazes", "answer": "Zebras"}\n')
    for share in (0.0, 1.0):
        corpus = Corpus(questions=(str(asked),), questions_share=share)
        batch = lessons(bench, phase("ask"), corpus=corpus)[0]
        shown = bench.read(batch["input_ids"][0])
        assert ("grazes" in shown) == bool(share)


def test_a_share_of_the_questions_has_no_answer(bench):
    """With a share of 1 every reply is an abstention; with 0 some passage is thought of."""
    for share in (0.0, 1.0):
        batch = lessons(bench, phase("ask", width=336, height=168, unanswerable=share))[0]
        said = bench.read(batch["labels"][batch["labels"] != IGNORED])
        assert ("<think>" in said) == (share == 0)
