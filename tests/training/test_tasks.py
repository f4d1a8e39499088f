"""Tasks: what is asked about pages and documents, and what is right to reply."""

from __future__ import annotations

import json
import re
from collections import Counter
from random import Random

import numpy as np
import pytest

pytest.importorskip("transformers")

from glyph_integrations.models.places import places_of
from glyph_integrations.models.thinking import BOX
from glyph_integrations.reading.replies import ABSTENTION, Reply
from glyph_integrations.training import tasks
from glyph_integrations.training.corpus import Fact, SyntheticDocument, synthetic_document
from glyph_integrations.training.examples import IGNORED

SENTENCES = (
    "We sail at dawn. The captain of the Heron keeps the second key. Nobody saw the crate again, or so they say. "
    "The crate held nine brass lamps. The captain of the Heron sold them. It rained."
)


def rng(seed):
    """A generator with this seed; not for cryptography."""
    return Random(seed)  # noqa: S311


def last_fact(question, kind, text):
    """A fact that the end of a text states."""
    evidence = "It rained."
    start = text.rindex(evidence)
    return Fact(
        questions=(question,),
        answer="It",
        evidence=evidence,
        start=start,
        end=start + len(evidence),
        kind=kind,
        template=f"report/{kind}",
    )


def exchanges(bench, example):
    """Prompt and reply of each branch, as text."""
    found = []
    for branch in range(1, example.branches.max() + 1):
        mine = example.branches == branch
        learned = mine & (example.labels != IGNORED)
        prompt = bench.read(example.ids[mine & ~learned])
        reply = bench.read(example.labels[learned])
        prompt = prompt.removeprefix("<|end_of_image|>").removesuffix("<|assistant|>\n")
        found.append((prompt, reply.removesuffix("<|user|>")))
    return found


def test_transcribing_is_the_whole_page(bench):
    """The reply is the page's text, to the character."""
    page = bench.pages(SENTENCES, width=336, height=84)[0]
    assert exchanges(bench, tasks.transcribe(page, bench.encoder, "Transcribe.")) == [
        ("Transcribe.", page.text.strip())
    ]


def test_going_on_goes_on(bench):
    """What is replied follows, on the page, the words that are given, and those stand there once."""
    page = bench.pages(SENTENCES, width=336, height=84)[0]
    example = tasks.go_on(page, rng(1), bench.encoder, questions=30, characters=20)
    for prompt, reply in exchanges(bench, example):
        given = prompt.removeprefix("Go on after: ")
        assert page.text.count(given) == 1
        rest = page.text.partition(given)[2].strip()
        assert rest.startswith(reply) if rest else reply == ABSTENTION


def test_one_word_is_enough_to_go_on_from(bench):
    """A page of one word is asked about like any other."""
    page = bench.pages("Heron", width=84)[0]
    assert exchanges(bench, tasks.go_on(page, rng(1), bench.encoder, questions=1, characters=20)) == [
        ("Go on after: Heron", ABSTENTION)
    ]


def test_words_are_located_where_they_stand_once(bench):
    """After words that stand once on a page, in whatever case, comes their place; after words of another text, none."""
    page = bench.pages(SENTENCES, width=336, height=84)[0]
    named = {number: place for place, number in places_of(bench.tokenizer).items()}
    text = page.text.lower()
    found = absent = 0
    for seed in range(8):
        example = tasks.locate(page, "Nine quaint zebras.", rng(seed), bench.encoder, questions=40)
        words: list[int] = []
        start = int(np.flatnonzero((example.branches == 1) & (example.labels != IGNORED))[0])
        prompt = bench.read(example.ids[example.branches == 1])
        assert prompt.startswith("<|end_of_image|>Where is each?<|assistant|>\n ")
        words = list(example.ids[:start][example.branches[:start] == 1])
        words = words[len(bench.tokenizer("<|end_of_image|>Where is each?<|assistant|>\n").input_ids) :]
        for number in range(start, len(example.ids)):
            token = int(example.labels[number])
            if token == IGNORED:
                words.append(example.ids[number])
                continue
            asked = bench.tokenizer.decode(words)[1:].lower()
            words = []
            if token in named:
                line, column = named[token]
                assert text.count(asked) == 1
                width = page.page.width // page.factor
                assert page.places[0][text.index(asked)] == line // 2 * width + column
                found += 1
            else:
                assert asked not in text
                assert bench.tokenizer.decode(token) == ABSTENTION[0]
                absent += 1
    assert found > 100
    assert absent > 10


def test_what_is_found_is_the_one_passage_with_these_words(bench):
    """Words of one passage ask for it, words of none are replied to as absent, words of two are not asked for."""
    page = bench.pages(SENTENCES, width=336, height=84)[0]
    here = tasks.passages(page.text)
    other = "Alpha. The mayor keeps nine keys. The captain of the Heron. Omega."
    found = []
    for seed in range(12):
        found += exchanges(bench, tasks.find_passages(page, other, rng(seed), bench.encoder, questions=5))
    for prompt, reply in found:
        words = prompt.removeprefix("Find: ").split(" ")
        fitting = [passage for passage in here if all(word in passage for word in words)]
        assert fitting == ([] if reply == ABSTENTION else [reply])
    assert {reply == ABSTENTION for _, reply in found} == {True, False}


def test_nothing_to_find_is_an_abstention(bench):
    """Where neither page nor other text has a passage there is still something to learn."""
    page = bench.pages("Heron", width=84)[0]
    ((_, reply),) = exchanges(bench, tasks.find_passages(page, "", rng(1), bench.encoder, questions=3))
    assert reply == ABSTENTION


def test_interleaving_shows_some_and_learns_the_others(bench):
    """Of several pages at least one is shown and at least one stays text, which alone is learned."""
    pages = bench.pages(SENTENCES, width=84, height=28)[:4]
    kinds = set()
    for seed in range(20):
        example = tasks.interleave(pages, rng(seed), bench.encoder)
        learned = bench.read(example.labels[example.labels != IGNORED])
        texts = [page.text for page in pages if page not in example.pages]
        assert learned == "".join(texts)
        kinds.add(len(texts))
    assert kinds == {1, 2, 3}


def test_completing_asks_for_the_page_that_is_missing(bench):
    """The page that is not shown is the reply, and the prompt says where it belongs."""
    pages = bench.pages(SENTENCES, width=168, height=28)[:3]
    prompts = set()
    for seed in range(12):
        example = tasks.complete(pages, rng(seed), bench.encoder)
        ((prompt, reply),) = exchanges(bench, example)
        (missing,) = [number for number, page in enumerate(pages) if page not in example.pages]
        assert reply == pages[missing].text.strip()
        assert prompt.endswith(f"missing after page {missing}." if missing else "missing before the first page.")
        prompts.add(prompt)
    assert len(prompts) == 3


def test_answers_stand_on_the_pages_that_are_shown(bench):
    """Answers and what they rest on are on the shown pages, as lines and as JSON; some questions have no answer."""
    counts = Counter()
    for seed in range(20):
        document = synthetic_document(rng(seed), length=1500)
        pages = bench.pages(document.text, width=336, height=112)
        first = seed % len(pages)
        shown = range(first, min(first + 2, len(pages)))
        text = "".join(page.text for page in pages[shown.start : shown.stop])
        example = tasks.ask_facts(document, pages, shown, rng(seed), bench.encoder, questions=6)
        assert example.pages == tuple(pages[shown.start : shown.stop])
        for prompt, reply in exchanges(bench, example):
            assert prompt.startswith("Question: ")
            thought, _, said = reply.removeprefix("<think>").rpartition("</think>")
            thinking = re.sub("|".join(map(re.escape, BOX)), "", thought)
            if thinking != thought:
                assert thought.partition(BOX[0])[2].partition(BOX[1])[0] == said
            as_json = said.startswith("{")
            parsed = Reply.of_data(json.loads(said)) if as_json else Reply.parse(said)
            counts[as_json, parsed.abstained] += 1
            if not parsed.abstained:
                (quote,) = parsed.quotes if as_json else (thinking,)
                assert parsed.text in text
                assert quote in " ".join(text.split())
                assert thinking == ("" if as_json else quote)
    assert min(counts[False, False], counts[False, True]) > 5
    assert min(counts[True, False], counts[True, True]) > 0


def test_what_other_pages_answer_is_asked_by_kind(bench):
    """Kinds of questions take turns, so the many cells of a table on another page do not crowd out the rest."""
    text = f"{SENTENCES}\n\n" * 3
    pages = bench.pages(text, width=336, height=56)
    cells = [last_fact(f"Cell {number}?", "cell", text) for number in range(30)]
    document = SyntheticDocument(
        text=text, facts=(*cells, last_fact("Who?", "name", text)), unanswerable=(), kind="report"
    )
    example = tasks.ask_facts(document, pages, range(1), rng(1), bench.encoder, questions=60)
    counts = Counter("cell" in prompt.lower() for prompt, _ in exchanges(bench, example))
    assert counts.total() == 60
    assert min(counts.values()) > 15


def test_passages_lie_whole_within_a_text():
    """First and last sentence may go on beyond the page; of the others those of a readable length are passages."""
    assert tasks.passages(SENTENCES) == [
        "The captain of the Heron keeps the second key.",
        "Nobody saw the crate again, or so they say.",
        "The crate held nine brass lamps.",
        "The captain of the Heron sold them.",
    ]
    assert tasks.passages("One. " + "word " * 60 + "end. Two.") == []
    assert tasks.passages("") == []


def test_questions_are_worded_as_they_are_or_in_haste():
    """Every wording comes, some of them without their capital and their mark, and nothing else."""
    said = {tasks.worded(("Who pays?", "Name the payer."), Random(seed)) for seed in range(200)}  # noqa: S311
    assert said == {"Who pays?", "who pays", "Name the payer.", "name the payer"}
