"""nano, the bundled reader: what it reads, it reads from the pages, on any machine."""

from __future__ import annotations

from dataclasses import replace
from importlib.resources import files
from pathlib import Path
from random import Random

import pytest

pytest.importorskip("transformers")

import torch
from reference import Reference

import glyph_integrations.models
from glyph_integrations import Reader, SourceText
from glyph_integrations.evaluation.metrics import character_errors
from glyph_integrations.models import GenerationSettings, Message
from glyph_integrations.models.local import TransformersModel
from glyph_integrations.reading.replies import ABSTENTION
from glyph_integrations.reading.session import ReadingSession
from glyph_integrations.testing import sample_text
from glyph_integrations.training.corpus import RandomStrings
from glyph_integrations.training.tokenizer import END_OF_TURN

FOLDER = Path(glyph_integrations.models.__file__).parent / "nano"
PROSE = files("glyph_integrations").joinpath("cli/samples/prose.txt").read_text("utf-8")
INVOICE = "Invoice\n\nCustomer: Hollis Marrow\nInvoice number: {number}\nTotal due: {total}\n"


@pytest.fixture(scope="module")
def nano():
    """Reads with the bundled model."""
    return Reader("nano")


def test_it_is_small_and_complete():
    """It takes up no more than 40 MB of the package, with tokenizer, chat template and model card."""
    assert {file.name for file in FOLDER.iterdir()} >= {
        "README.md", "chat_template.jinja", "config.json", "model.safetensors", "preprocessor_config.json",
        "tokenizer.json", "tokenizer_config.json",
    }  # fmt: skip
    assert sum(file.stat().st_size for file in FOLDER.iterdir()) < 40e6


def test_its_name_is_enough(monkeypatch, tmp_path):
    """It is found by its name from everywhere, and a folder of that name does not take its place."""
    monkeypatch.chdir(tmp_path)
    (tmp_path / "nano").mkdir()
    model = TransformersModel.load("nano")
    assert (model.name, model.spec.name, model.spec.instructed) == ("nano", "nano", False)


@pytest.mark.parametrize(
    ("text", "most"),
    [
        (PROSE[:1560], 0.05),
        (PROSE[:900], 0.05),
        ("\n".join(RandomStrings().sample(Random(seed), 1500) for seed in (7, 8, 9)), 0.2),  # noqa: S311
    ],
    ids=["a full page", "a page that ends early", "random strings"],
)
def test_it_transcribes(nano, text, most):
    """A page is read almost without mistakes, whether it is full or not, and even if nothing on it can be guessed."""
    read = " ".join(transcript.text for transcript in nano.transcribe(SourceText.from_string(text)))
    wrong, length = character_errors(read, text)
    assert wrong <= most * length


def test_it_answers_and_declines(nano):
    """What the contract states, with the place; what it does not, not."""
    with nano.open(sample_text()) as session:
        hire, king = session.ask_all(["What is the hire?", "Who is the king of Spain?"])
    assert "EUR 14,850.00" in hire.text
    assert (hire.verified, hire.citations[0].page) == (True, 2)
    assert king.abstained


def test_what_its_rules_forbid_makes_a_reply_unlikely(nano):
    """Likelihood is the model's own: without a page it would think of one, and may not."""
    conversation = (Message("user", ("Question: What is the hire?",)),)
    (found,) = nano.model.generate([conversation], GenerationSettings(max_tokens=40))
    assert found.text == ABSTENTION
    reference = Reference(FOLDER)
    letters = reference.tokenizer.convert_tokens_to_ids([*ABSTENTION.replace(" ", "Ġ"), END_OF_TURN])
    likely = torch.log_softmax(reference.logits(conversation, letters)[:-1].float(), -1)
    expected = likely.gather(1, torch.tensor(letters)[:, None]).mean().item()
    assert found.logprob == pytest.approx(expected, rel=0.05)


def test_it_says_what_the_pages_show(nano):
    """Where the pages show another text than the source holds, it thinks of what they show, and is not verified."""
    told = nano.open(SourceText.from_string(INVOICE.format(number="QK-48213", total="EUR 310.00")))._opened
    shown = nano.open(SourceText.from_string(INVOICE.format(number="ZB-90657", total="USD 7,725.40")))._opened
    session = ReadingSession(nano.model, replace(told, windows=shown.windows), nano._options)
    answer = session.ask("What is the invoice number?")
    assert "ZB-90657" in answer.thinking
    assert not answer.verified
