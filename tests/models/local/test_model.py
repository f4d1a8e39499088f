"""``TransformersModel.generate``: what the library's own ``generate`` gives, for one conversation or many."""

from __future__ import annotations

import json
import logging
import shutil
import warnings
from dataclasses import replace

import pytest

pytest.importorskip("transformers")

import torch
from reference import Reference, distance, first_logits

from glyph_integrations.errors import RequestError, WindowOverflowError
from glyph_integrations.models import GenerationSettings, Message, VisionModel
from glyph_integrations.models.local import TransformersModel

GREEDY = GenerationSettings(max_tokens=9)
QUESTIONS = ("When?", "What is the notice period?", "Which invoice was paid twice, and when was it? GB-7719-K")


def ask(pages, question="What is the notice period?"):
    """A conversation of one message."""
    return (Message("user", (*pages, question)),)


@pytest.fixture(scope="module")
def conversations(contract, invoices):
    """Conversations of every kind that is answered."""
    first, second = contract[:2]
    return {
        "one page": ask([first]),
        "several pages": ask(contract),
        "other pages": ask(invoices, QUESTIONS[2]),
        "no page": ask([]),
        "pages and text": (Message("user", ("First:", first, "second:", invoices[0], "What changed?")),),
        "system": (Message("system", ("Quote the words.",)), *ask([second])),
        "turns": (
            *ask([first], "When?"),
            Message("assistant", ("In ninety days.",)),
            Message("user", ("And here?", second)),
        ),
    }


KINDS = ("one page", "several pages", "other pages", "no page", "pages and text", "system", "turns")


def test_it_is_a_vision_model(tiny_model):
    """It has what reading asks of a model."""
    assert isinstance(tiny_model, VisionModel)
    assert tiny_model.name == tiny_model.spec.name == "tiny-glm4v"


@pytest.mark.parametrize("kind", KINDS)
def test_answers_are_those_of_the_library(tiny_model, reference, conversations, kind):
    """Greedy text, its tokens and its likelihood equal those of transformers' own generate and forward."""
    conversation = conversations[kind]
    (found,) = tiny_model.generate([conversation], GREEDY)
    tokens = reference.generate(conversation, GREEDY.max_tokens)
    logits = reference.logits(conversation, tokens)[:-1]
    likely = torch.log_softmax(logits.float(), -1).gather(1, torch.tensor(tokens)[:, None])
    assert found.text == reference.shown(tokens)
    assert found.usage.output == len(tokens)
    assert found.usage.prompt == reference.inputs(conversation)["input_ids"].shape[1]
    assert found.usage.cached == 0
    assert found.logprob == pytest.approx(likely.mean().item(), abs=1e-3)
    assert found.finish == ("stop" if tokens[-1] in reference.model.generation_config.eos_token_id else "length")


@pytest.mark.parametrize("kind", KINDS)
def test_logits_are_those_of_the_library(tiny_model, reference, conversations, kind):
    """The first token of the answer is chosen from the logits of a plain forward pass."""
    conversation = conversations[kind]
    assert distance(first_logits(tiny_model, [conversation]), reference.logits(conversation)) < 5e-4


def test_answers_depend_on_every_page_and_its_place(tiny_model, contract, invoices):
    """Other pages, or the same in another order, change the logits by far more than the tolerance of these tests."""
    whole = first_logits(tiny_model, [ask(contract)])
    for pages in (contract[:2], contract[::-1], (invoices[0], *contract[1:])):
        assert distance(first_logits(tiny_model, [ask(pages)]), whole) > 0.02


def test_the_end_of_an_answer_is_a_token_of_it(tiny_model, reference, contract):
    """An answer that the model ends counts its end token, and says that it stopped by itself."""
    ends = reference.model.generation_config.eos_token_id
    for number in range(40):
        conversation = ask(contract[:1], f"Question {number}?")
        tokens = reference.generate(conversation, 30)
        if tokens[-1] in ends:
            (found,) = tiny_model.generate([conversation], GenerationSettings(max_tokens=30))
            assert (found.finish, found.usage.output) == ("stop", len(tokens))
            return
    pytest.fail("the tiny model ends none of forty answers")


def test_sampling_is_repeatable_and_leaves_the_generators_alone(tiny_model, contract):
    """The same seed gives the same answer, another one another, and torch's own generator does not notice."""
    settings = GREEDY.replace(temperature=1.0, seed=7)
    torch.manual_seed(0)
    before = torch.get_rng_state()
    (first,) = tiny_model.generate([ask(contract[:1])], settings)
    assert torch.equal(torch.get_rng_state(), before)
    torch.manual_seed(1)
    (again,) = tiny_model.generate([ask(contract[:1])], settings)
    (other,) = tiny_model.generate([ask(contract[:1])], settings.replace(seed=8))
    assert (again.text, again.logprob) == (first.text, first.logprob)
    assert other.logprob != first.logprob


def test_without_a_seed_sampling_draws_anew(tiny_model, contract):
    """Two answers without a seed differ."""
    settings = GREEDY.replace(temperature=2.0)
    answers = tiny_model.generate([ask(contract[:1])] * 2, settings)
    assert answers[0].logprob != answers[1].logprob


@pytest.mark.parametrize(
    "settings",
    [
        GREEDY.replace(temperature=1e-4, top_k=1),
        GREEDY.replace(temperature=5.0, top_k=1, seed=1),
        GREEDY.replace(temperature=5.0, top_p=1e-9, seed=1),
        GREEDY.replace(temperature=1e-4, seed=1),
    ],
    ids=["as Glyph", "one to choose from", "least mass", "cold"],
)
def test_sampling_from_one_token_is_greedy(tiny_model, contract, settings):
    """Settings that leave one token to choose from give the greedy answer."""
    (greedy,) = tiny_model.generate([ask(contract[:1])], GREEDY)
    (found,) = tiny_model.generate([ask(contract[:1])], settings)
    assert (found.text, found.usage) == (greedy.text, greedy.usage)


def test_sampling_is_from_the_most_likely(tiny_model, reference, contract):
    """With top_k 2 the first token is one of the two most likely."""
    conversation = ask(contract[:1])
    likely = reference.logits(conversation)[0].topk(2).indices.tolist()
    texts = {reference.shown([token]) for token in likely}
    settings = GenerationSettings(max_tokens=1, temperature=3.0, top_k=2)
    found = {tiny_model.generate([conversation], settings.replace(seed=seed))[0].text for seed in range(8)}
    assert found == texts


def test_the_repetition_penalty_is_the_librarys(tiny_model, reference, contract):
    """A penalty changes the answer just as it does in the library."""
    conversation = ask(contract[:1])
    settings = GenerationSettings(max_tokens=24, repetition_penalty=1.3)
    tokens = reference.generate(conversation, 24, repetition_penalty=1.3)
    assert tokens != reference.generate(conversation, 24)
    (found,) = tiny_model.generate([conversation], settings)
    assert (found.text, found.usage.output) == (reference.shown(tokens), len(tokens))


def test_max_tokens_is_the_most_that_is_generated(tiny_model, contract):
    """Generation ends after that many tokens, with finish "length"."""
    whole = tiny_model.generate([ask(contract[:1])], GREEDY)[0]
    for most in (1, 5):
        (found,) = tiny_model.generate([ask(contract[:1])], GREEDY.replace(max_tokens=most))
        assert (found.usage.output, found.finish) == (most, "length")
        assert whole.text.startswith(found.text.rstrip("\ufffd").rstrip())


def test_a_stop_string_ends_the_answer(tiny_model, contract):
    """The text ends before the stop string, and nothing is generated after it."""
    whole = tiny_model.generate([ask(contract[:1])], GREEDY)[0]
    stop = whole.text[len(whole.text) // 2 :][:2]
    (found,) = tiny_model.generate([ask(contract[:1])], GREEDY.replace(stop=stop))
    assert found.text == whole.text.partition(stop)[0].rstrip()
    assert found.finish == "stop"
    assert found.usage.output < whole.usage.output


def test_prompts_that_overflow_the_window_are_refused(tiny_glm4v, contract):
    """A prompt as long as the window is an error with both numbers, before anything is computed."""
    model = TransformersModel.load(tiny_glm4v)
    tokens = model.generate([ask(contract)], GenerationSettings(max_tokens=1))[0].usage.prompt
    small = TransformersModel.load(tiny_glm4v, spec=replace(model.spec, window=tokens))
    small._model.forward = None
    with pytest.raises(WindowOverflowError, match=rf"needs {tokens} tokens, and tiny-glm4v has a window of {tokens}"):
        small.generate([ask(contract[:1]), ask(contract)], GREEDY)
    with pytest.raises(WindowOverflowError, match="a window of"):
        next(small.stream(ask(contract), GREEDY))


def test_max_tokens_is_capped_by_what_is_left_of_the_window(tiny_glm4v, contract):
    """Prompt and answer together never exceed the window."""
    spec = TransformersModel.load(tiny_glm4v).spec
    prompt = TransformersModel.load(tiny_glm4v).generate([ask(contract[:1])], GREEDY)[0].usage.prompt
    model = TransformersModel.load(tiny_glm4v, spec=replace(spec, window=prompt + 5))
    (found,) = model.generate([ask(contract[:1])], GREEDY)
    assert (found.usage.output, found.finish) == (5, "length")


def test_time_is_told_apart(tiny_model, contract):
    """Seconds until the first token and from there are both measured."""
    (found,) = tiny_model.generate([ask(contract)], GREEDY)
    assert set(found.seconds) == {"prefill", "decode"}
    assert min(found.seconds.values()) > 0


def test_no_conversation_has_no_answer(tiny_model):
    """Nothing asked, nothing generated."""
    assert tiny_model.generate([], GREEDY) == []


def test_a_prompt_ends_with_text(tiny_glm4v, contract):
    """A checkpoint without a chat template takes pages and text as they stand, but something must follow the pages."""
    model = TransformersModel.load(tiny_glm4v)
    model._tokenizer.chat_template = None
    assert model.generate([ask(contract[:1], "x")], GREEDY)[0].usage.output > 0
    assert model.prefill(contract[:1]).tokens == 100
    for conversation in ((Message("user", contract[:1]),), (Message("user", ("",)),)):
        with pytest.raises(RequestError, match="text must follow the last page"):
            model.generate([ask(contract[:1], "x"), conversation], GREEDY)


def alike(found, expected):
    """Whether two lists of generations are equal up to rounding."""
    assert [one.text for one in found] == [one.text for one in expected]
    assert [(one.usage.prompt, one.usage.output, one.finish) for one in found] == [
        (one.usage.prompt, one.usage.output, one.finish) for one in expected
    ]
    assert [one.logprob for one in found] == pytest.approx([one.logprob for one in expected], abs=1e-5)


@pytest.fixture
def passes(tiny_model, monkeypatch):
    """How many conversations each call of the library's generate answers."""
    seen, generate = [], tiny_model._model.generate

    def counted(*, input_ids, **options):
        seen.append(len(input_ids))
        return generate(input_ids=input_ids, **options)

    monkeypatch.setattr(tiny_model._model, "generate", counted)
    return seen


@pytest.mark.parametrize("prefilled", [False, True], ids=["pages", "prefix"])
def test_batches_give_what_single_questions_give(tiny_model, contract, passes, prefilled):
    """Questions of different lengths about the same pages are one batch, and answers are as if asked alone."""
    asked = [ask(contract, question) for question in QUESTIONS]
    singles = [tiny_model.generate([one], GREEDY)[0] for one in asked]
    passes.clear()
    batch = tiny_model.generate(asked, GREEDY, prefix=tiny_model.prefill(contract) if prefilled else None)
    assert passes == [3]
    alike(batch, singles)


def test_logits_of_a_batch_are_those_of_single_questions(tiny_model, contract):
    """Padding within a batch changes no row."""
    asked = [ask(contract, question) for question in QUESTIONS]
    singles = torch.cat([first_logits(tiny_model, [one]) for one in asked])
    for prefix in (None, tiny_model.prefill(contract)):
        assert distance(first_logits(tiny_model, asked, prefix=prefix), singles) < 5e-4


def test_pages_of_different_documents_are_batched(tiny_model, contract, invoices, passes):
    """Pages of one size at the same places are one batch, whatever is on them."""
    asked = [ask(contract[:2], QUESTIONS[0]), ask(invoices, QUESTIONS[2])]
    singles = [tiny_model.generate([one], GREEDY)[0] for one in asked]
    passes.clear()
    alike(tiny_model.generate(asked, GREEDY), singles)
    assert passes == [2]


def test_text_only_conversations_are_batched(tiny_model, passes):
    """Conversations without pages are one batch, padded on the left."""
    asked = [ask([], question) for question in QUESTIONS]
    singles = [tiny_model.generate([one], GREEDY)[0] for one in asked]
    passes.clear()
    alike(tiny_model.generate(asked, GREEDY), singles)
    assert passes == [3]


def test_conversations_of_all_kinds_come_back_in_order(tiny_model, conversations):
    """Answers stand in the order of the questions, however these were grouped."""
    asked = [*conversations.values()] * 2
    singles = [tiny_model.generate([one], GREEDY)[0] for one in conversations.values()]
    alike(tiny_model.generate(asked, GREEDY), singles * 2)


def test_more_conversations_than_a_batch_takes_are_several_batches(tiny_model, contract, passes, monkeypatch):
    """No batch is larger than ``max_batch``."""
    asked = [ask(contract[:1], f"{number}?" * number) for number in range(1, 6)]
    singles = [tiny_model.generate([one], GREEDY)[0] for one in asked]
    passes.clear()
    monkeypatch.setattr(tiny_model, "_max_batch", 2)
    alike(tiny_model.generate(asked, GREEDY), singles)
    assert passes == [2, 2, 1]


def test_pages_after_the_first_are_read_in_a_batch(tiny_model, contract, invoices, passes):
    """Conversations that share a prefix and go on with a page each are one batch."""
    prefix = tiny_model.prefill(contract)
    asked = [
        (Message("user", (*contract, "Compare:", page, question)),)
        for page, question in zip(invoices, QUESTIONS, strict=False)
    ]
    singles = [tiny_model.generate([one], GREEDY)[0] for one in asked]
    passes.clear()
    batch = tiny_model.generate(asked, GREEDY, prefix=prefix)
    alike(batch, singles)
    assert passes == [2]
    assert {one.usage.cached for one in batch} == {prefix.tokens}


def test_the_checkpoints_own_sampling_does_not_leak(tiny_glm4v, tmp_path, contract, caplog):
    """Sampling that a checkpoint recommends is neither used nor warned about: settings say how to generate."""
    folder = shutil.copytree(tiny_glm4v, tmp_path / "sampling")
    path = folder / "generation_config.json"
    own = {"do_sample": True, "temperature": 0.8, "top_p": 0.6, "top_k": 2, "repetition_penalty": 1.5}
    path.write_text(json.dumps(json.loads(path.read_text("utf-8")) | own), "utf-8")
    (expected,) = TransformersModel.load(tiny_glm4v).generate([ask(contract[:1])], GREEDY)
    logging.getLogger("transformers").addHandler(caplog.handler)
    try:
        with warnings.catch_warnings():
            warnings.simplefilter("error")
            model = TransformersModel.load(folder)
            (found,) = model.generate([ask(contract[:1])], GREEDY)
            sampled = {
                model.generate([ask(contract[:1])], GenerationSettings(max_tokens=1, temperature=9.0, seed=seed))[
                    0
                ].text
                for seed in range(12)
            }
    finally:
        logging.getLogger("transformers").removeHandler(caplog.handler)
    alike([found], [expected])
    assert len(sampled) > 2
    assert not caplog.records


def test_bfloat16_answers_near_float32(tiny_glm4v, contract):
    """In bfloat16 the logits are as near to float32 as the library's own are."""
    conversation = ask(contract)
    exact = Reference(tiny_glm4v).logits(conversation)
    library = Reference(tiny_glm4v, torch.bfloat16).logits(conversation)
    ours = first_logits(TransformersModel.load(tiny_glm4v, dtype=torch.bfloat16), [conversation])
    assert distance(ours, exact) < 1.5 * distance(library, exact)
