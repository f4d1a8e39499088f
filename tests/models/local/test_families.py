"""Every family that is read: what it writes is what transformers writes, however the pages were computed."""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

import numpy as np
import pytest

pytest.importorskip("transformers")

import torch
from families import FAMILIES, Family, Picture
from reference import Reference, first_logits

from glyph_integrations.errors import RequestError
from glyph_integrations.models import GenerationSettings, Message, images_of
from glyph_integrations.models.local import TransformersModel, attention
from glyph_integrations.models.local.checkpoint import SPEC_OF_TYPE

CLOSE = 1e-4  # of logits around 5 and of mean log probabilities, in float32
SETTINGS = GenerationSettings(max_tokens=8)
QUESTIONS = ("\nFree OCR.", "\nWhat is the notice period?", "\nWhich invoice was paid twice, and when?", "\nWhy ocr?!")


class LibraryAlone(Reference):
    """A family's checkpoint as the library's own user runs it."""

    def __init__(self, family, folder):
        from transformers import AutoModelForImageTextToText, AutoTokenizer

        self.family = family
        self.latest = (None, {})
        self.processor = family.image_processor(folder)
        self.tokenizer = AutoTokenizer.from_pretrained(folder)
        self.model = AutoModelForImageTextToText.from_pretrained(folder).eval()

    def inputs(self, conversation):
        """What ``forward`` and ``generate`` take; made once for a conversation, since processing images takes long."""
        if self.latest[0] is not conversation:
            self.latest = (conversation, self.made(conversation))
        return dict(self.latest[1])

    def made(self, conversation):
        """These inputs, by the library's means."""
        images, image = images_of(conversation), self.family.image
        made = dict(self.processor([page.image for page in images], return_tensors="pt")) if images else {}
        if self.family.template:
            text = self.text(conversation)
        else:
            text = "".join(
                part if isinstance(part, str) else image for message in conversation for part in message.content
            )
        if "num_local_patches" in made:  # DeepSeek-OCR-2
            counts = [256 + 144 * int(tiles) + 1 for tiles in made["num_local_patches"]]
        else:
            counts = [int(grid.prod()) // 4 for grid in made.get("image_grid_thw", ())]
        first, *rest = text.split(image)
        text = first + "".join(image * count + part for count, part in zip(counts, rest, strict=True))
        ids = self.tokenizer(text, return_tensors="pt", add_special_tokens=not self.family.template).input_ids
        inputs = {"input_ids": ids, "attention_mask": torch.ones_like(ids), **made}
        if self.family.name != "deepseek_ocr2":
            inputs["mm_token_type_ids"] = (ids == self.model.config.image_token_id).int()
        return inputs

    @torch.inference_mode()
    def logits(self, conversation, answer=()):
        """Logits, [1 + answer, vocabulary], of the token after the prompt and after each token of an answer."""
        inputs, more = self.inputs(conversation), torch.tensor([list(answer)], dtype=torch.long)
        for name, filling in (("input_ids", more), ("attention_mask", more * 0 + 1), ("mm_token_type_ids", more * 0)):
            if name in inputs:
                inputs[name] = torch.cat([inputs[name], filling.to(inputs[name].dtype)], dim=1)
        return self.model(**inputs, logits_to_keep=1 + len(answer)).logits[0]


@dataclass(frozen=True)
class Trial:
    """A checkpoint, loaded as users load theirs and run by transformers alone."""

    family: Family
    model: TransformersModel
    alone: Any


@pytest.fixture(scope="module", autouse=True)
def one_thread():
    """Passes this small take longer on several threads, ten times as long where other processes want the cores too."""
    threads = torch.get_num_threads()
    torch.set_num_threads(1)
    yield
    torch.set_num_threads(threads)


@pytest.fixture(scope="session", params=FAMILIES, ids=lambda family: family.name)
def trial(request, tmp_path_factory):
    """A tiny checkpoint of each family."""
    folder = request.param.build(tmp_path_factory.mktemp(request.param.name) / "checkpoint")
    return Trial(request.param, TransformersModel.load(folder), LibraryAlone(request.param, folder))


def picture(seed, *shape):
    """Random cells of 4×4 px."""
    cells = np.random.default_rng(seed).integers(0, 256, (-(-shape[0] // 4), -(-shape[1] // 4), *shape[2:]), np.uint8)
    return Picture(cells.repeat(4, 0).repeat(4, 1)[: shape[0], : shape[1]])


@pytest.fixture(scope="module")
def contract():
    """Two gray pages of one size, one that must be resized (and tiled by DeepSeek-OCR-2), and one in colour."""
    return picture(0, 448, 336), picture(1, 448, 336), picture(2, 301, 797), picture(3, 364, 420, 3)


@pytest.fixture(scope="module")
def invoices():
    """Another document, of two gray pages as large as the first two of the contract."""
    return picture(4, 448, 336), picture(5, 448, 336)


def asked(pages, question):
    """A conversation about pages."""
    return (Message("user", (*pages, question)),)


def same(ours, theirs):
    """Whether two generations have the same text and are equally likely."""
    assert ours.logprob == pytest.approx(theirs.logprob, abs=CLOSE)
    return (ours.text, ours.thinking, ours.finish) == (theirs.text, theirs.thinking, theirs.finish)


def check_against_the_library(trial, conversation, prefix=None):
    """Tokens, text, likelihood and the logits of the first position are the library's own."""
    tokens = trial.alone.generate(conversation, SETTINGS.max_tokens)
    logits = trial.alone.logits(conversation, tokens)
    likely = torch.log_softmax(logits[:-1], -1).gather(1, torch.tensor(tokens)[:, None]).mean()
    (ours,) = trial.model.generate([conversation], SETTINGS, prefix=prefix)
    assert (ours.thinking + ours.text).strip() == trial.alone.shown(tokens)
    assert ours.usage.output == len(tokens)
    assert ours.usage.prompt == trial.alone.inputs(conversation)["input_ids"].shape[1]
    assert ours.logprob == pytest.approx(float(likely), abs=CLOSE)
    first = first_logits(trial.model, [conversation], prefix=prefix)[0]
    torch.testing.assert_close(first, logits[0], atol=CLOSE, rtol=0)


def test_every_family_that_is_read_is_tested():
    """These tests and those of Glm4v cover the table of families."""
    assert {"glm4v", *(family.name for family in FAMILIES)} == set(SPEC_OF_TYPE)


def test_a_vision_tower_that_adds_to_the_scores_runs_on_sdpa():
    """DeepSeek-OCR-2's attention within pages is biased: on a GPU too it gets SDPA, and flash kernels are refused."""
    gpu = torch.device("cuda")
    assert attention.choose("auto", gpu, torch.bfloat16, biased=True) == (attention.SDPA, attention.SDPA)
    for kernel in ("varlen", "flash_attention_2"):
        with pytest.raises(RequestError, match="vision tower"):
            attention.choose(kernel, gpu, torch.bfloat16, biased=True)


def test_pages_are_read_as_the_library_reads_them(trial, contract):
    """Gray, resized and coloured pages of one prompt give the library's logits, greedy text and likelihood."""
    check_against_the_library(trial, asked(contract, QUESTIONS[0]))


def test_text_alone_is_read_as_the_library_reads_it(trial):
    """A conversation without pages, and with several turns, gives the library's logits, text and likelihood."""
    turns = ("What is a notice period?", "A time to wait.", "How long?")
    roles = ("user", "assistant", "user")
    check_against_the_library(trial, tuple(Message(role, (text,)) for role, text in zip(roles, turns, strict=True)))


def test_what_is_written_depends_on_every_page(trial, contract):
    """Each page in negative moves the logits by far more than these tests allow for rounding."""
    usual = first_logits(trial.model, [asked(contract, QUESTIONS[0])])
    for number, page in enumerate(contract):
        others = [*contract[:number], Picture(255 - page.pixels), *contract[number + 1 :]]
        moved = first_logits(trial.model, [asked(others, QUESTIONS[0])]) - usual
        assert moved.abs().max() > 100 * CLOSE


def test_prefilled_pages_are_continued_as_the_library_reads_them(trial, contract):
    """A question about prefilled pages gives the logits, text and likelihood that the library computes in one piece."""
    prefix = trial.model.prefill(contract)
    check_against_the_library(trial, asked(contract, QUESTIONS[1]), prefix)


def test_two_documents_are_asked_in_turn(trial, contract, invoices):
    """Questions about two prefilled documents, in turn, are answered as without prefilling."""
    documents = [(pages, trial.model.prefill(pages)) for pages in (contract, invoices)]
    for question in QUESTIONS[:2]:
        for pages, prefix in documents:
            conversation = [asked(pages, question)]
            (ours,) = trial.model.generate(conversation, SETTINGS, prefix=prefix)
            assert ours.usage.cached == prefix.tokens
            assert same(ours, trial.model.generate(conversation, SETTINGS)[0])


@pytest.mark.parametrize("prefilled", [False, True], ids=["anew", "prefilled"])
def test_questions_together_are_answered_as_one_by_one(trial, invoices, prefilled):
    """Questions of several lengths in one call, two of one length, get the answers that each gets alone."""
    conversations = [asked(invoices, question) for question in QUESTIONS]
    lengths = [len(prompt.ids) for prompt in trial.model._prompts(conversations, SETTINGS)]
    assert len(set(lengths)) == len(QUESTIONS) - 1
    prefix = trial.model.prefill(invoices) if prefilled else None
    together = trial.model.generate(conversations, SETTINGS, prefix=prefix)
    for conversation, ours in zip(conversations, together, strict=True):
        assert same(ours, trial.model.generate([conversation], SETTINGS)[0])


def test_pages_prefilled_one_by_one_are_those_prefilled_at_once(trial, contract, monkeypatch):
    """With a step smaller than a page there is a pass for each page, and the answers are those of a single pass."""
    passes = []
    hook = trial.model._model.register_forward_hook(lambda *_: passes.append(1))
    monkeypatch.setattr(trial.model, "_step", 100_000)
    at_once = trial.model.prefill(contract)
    assert len(passes) == 1
    monkeypatch.setattr(trial.model, "_step", 1)
    one_by_one = trial.model.prefill(contract)
    hook.remove()
    assert len(passes) == 1 + len(contract)
    conversation = [asked(contract, QUESTIONS[0])]
    step_by_step = first_logits(trial.model, conversation, prefix=one_by_one)
    torch.testing.assert_close(
        step_by_step, first_logits(trial.model, conversation, prefix=at_once), atol=CLOSE, rtol=0
    )
    ours, theirs = (trial.model.generate(conversation, SETTINGS, prefix=prefix)[0] for prefix in (one_by_one, at_once))
    assert same(ours, theirs)
