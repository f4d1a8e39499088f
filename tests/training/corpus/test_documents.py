"""Synthetic documents: what they state stands in them once, and what they leave open does not."""

from __future__ import annotations

from collections import Counter
from dataclasses import fields, is_dataclass
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyph_integrations.training.corpus import FACT_KINDS, synthetic_document
from glyph_integrations.training.corpus.patterns import IT, Pattern
from glyph_integrations.training.corpus.templates import Glossary, Order, Record, Section, Table, split
from glyph_integrations.training.corpus.values import Values

BOTH = pytest.mark.parametrize("held_out", [False, True], ids=["training", "held out"])
NAMES = ("first", "surname", "surname_begin", "firm_begin", "town_begin", "product", "series", "street")
documents = st.builds(
    lambda seed, length, held_out: (synthetic_document(rng(seed), length=length, held_out=held_out), length),
    st.integers(0, 2**32),
    st.integers(200, 8000),
    st.booleans(),
)


def rng(seed):
    """A generator with this seed; not for cryptography."""
    return Random(seed)  # noqa: S311


def walk(value):
    """Everything within a template, patterns and strings last."""
    if is_dataclass(value):
        yield value
        for field in fields(value):
            yield from walk(getattr(value, field.name))
    elif isinstance(value, tuple | list):
        for item in value:
            yield from walk(item)
    elif isinstance(value, dict):
        yield from walk(list(value.values()))
    else:
        yield value


def asked(template):
    """For every thing that can be asked of a kind of document: its wordings."""
    for part in walk(template):
        if isinstance(part, Section | Record):
            yield from (statement.questions for statement in part.statements)
        elif isinstance(part, Table):
            yield from (column.questions for column in part.columns)
            yield from (column.reverse for column in part.columns if column.reverse)
        elif isinstance(part, Order):
            yield from (part.after, part.before)
        elif isinstance(part, Glossary):
            yield part.questions


def patterns(held_out):
    """The texts of all patterns and questions of a split."""
    source = split(held_out=held_out)
    templates = [source.documents, source.numbers, source.titles, source.continuations]
    parts = [part.source if isinstance(part, Pattern) else part for part in walk(templates)]
    return [part for part in parts if isinstance(part, str)]


@given(documents)
@settings(deadline=None, max_examples=150)
def test_evidence_is_a_passage_of_the_text_that_holds_the_answer(made):
    """The range of every fact is its evidence, and the answer stands in it to the letter."""
    document, _ = made
    for fact in document.facts:
        assert document.text[fact.start : fact.end] == fact.evidence
        assert fact.answer
        assert fact.answer in fact.evidence
        assert len(set(fact.questions)) == len(fact.questions) >= 3
        assert fact.kind in FACT_KINDS


@given(documents)
@settings(deadline=None, max_examples=150)
def test_no_question_is_asked_twice_in_a_document(made):
    """No wording belongs to two facts, or to a fact and to something left open: a question has one answer or none."""
    document, _ = made
    facts = Counter(question for fact in document.facts for question in fact.questions)
    assert not [question for question, count in facts.items() if count > 1]
    assert not facts.keys() & {question for left in document.unanswerable for question in left.questions}
    assert all(left.answer is None and left.questions for left in document.unanswerable)


@given(documents)
@settings(deadline=None, max_examples=150)
def test_texts_are_printable_ascii_of_the_wanted_length(made):
    """A document comes within a tenth of its length, or 300 characters, and no line ends in a space."""
    document, length = made
    assert abs(len(document.text) - length) <= max(300, length / 10)
    assert all(character == "\n" or " " <= character <= "~" for character in document.text)
    assert not any(line != line.strip() for line in document.text.split("\n"))
    assert not any(mark in document.text for mark in ("{", "}", "<>", "\n\n\n"))


@given(st.integers(0, 2**32), st.booleans())
@settings(deadline=None, max_examples=20)
def test_the_same_seed_gives_the_same_document(seed, held_out):
    """Text and facts depend on the generator alone."""
    one, other = (synthetic_document(rng(seed), length=1500, held_out=held_out) for _ in range(2))
    assert one == other
    assert one != synthetic_document(rng(seed + 1), length=1500, held_out=held_out)


def test_long_documents_do_not_run_out_of_names():
    """A document may need more names than there are: a table then ends early, and a town gets a double name."""
    document = synthetic_document(rng(12), length=100_000)
    assert abs(len(document.text) - 100_000) < 300
    values = Values(rng(0), {"town_begin": ["El", "Up"], "town_end": ["wick", "moor"]})
    towns = [values.town() for _ in range(9)]
    assert len(set(towns)) == 9
    assert {"Elwick", "Elmoor", "Upwick", "Upmoor"} <= set(towns)


@BOTH
def test_what_is_asked_for_by_name_is_said_of_one_thing_only(held_out):
    """In long documents, the subjects of records and the rows of tables are different ones throughout."""
    for seed in range(12):
        document = synthetic_document(rng(seed), length=30_000, held_out=held_out)
        assert abs(len(document.text) - 30_000) <= 3000
        rows = Counter(fact.answer for fact in document.facts if fact.template.endswith("/row"))
        asked_for = Counter(fact.template for fact in document.facts if fact.template.count("/") == 1)
        once = {name for name in asked_for if name.split("/")[1] not in {"section-number", "section-title", "words"}}
        assert max(rows.values(), default=1) <= 4  # once for each column that rows are asked for by
        glossaries = {
            f"{document.kind}/{part.name}" for part in walk(split(held_out=held_out)) if isinstance(part, Glossary)
        }
        assert all(asked_for[name] == 1 for name in once - glossaries)


@BOTH
def test_what_a_document_leaves_open_could_have_been_stated(held_out):
    """Every kind of document leaves questions open, of templates that other documents answer."""
    made = [synthetic_document(rng(seed), length=3000, held_out=held_out) for seed in range(600)]
    answered = {fact.template for document in made for fact in document.facts}
    left = {question.template for document in made for question in document.unanswerable}
    assert len(left & answered) > 0.9 * len(left)
    assert all(document.unanswerable for document in made)
    assert {document.kind for document in made} == {template.name for template in split(held_out=held_out).documents}
    assert {fact.kind for document in made for fact in document.facts} == set(FACT_KINDS)


def test_training_and_held_out_share_no_names():
    """What names are made of is in one split only, and no name of a held-out document is one of training."""
    words = [split(held_out=held_out).words for held_out in (False, True)]
    for name in NAMES:
        assert not set(words[0][name]) & set(words[1][name])
    drawn = [set(), set()]
    for names, lists in zip(drawn, words, strict=True):
        for seed in range(3000):
            values = Values(rng(seed), lists)
            names |= {values.person(), values.firm(), values.town(), values.product(), values.email()}
    assert not drawn[0] & drawn[1]
    assert min(map(len, drawn)) > 10_000


def test_training_and_held_out_share_no_templates():
    """No title, passage, question or sentence is in both, apart from bare slots and labels of one or two words."""
    shared = set(patterns(held_out=False)) & set(patterns(held_out=True))
    assert not {text for text in shared if text.count(" ") > 1 and not (text.startswith("{") and text.endswith("}"))}


@BOTH
def test_every_pattern_can_be_filled(held_out):
    """All slots are known; questions have only the one for what is spoken of, and passages show the answer once."""
    source = split(held_out=held_out)
    for part in walk(source.documents):
        if isinstance(part, Pattern):
            for seed in range(5):
                filled = part.fill(Values(rng(seed), source.words), "it", "answer")
                assert filled.isascii()
                assert not set("{}<>") & set(filled)
            assert part.source.count("{") == part.source.count("}")
    for template in source.documents:
        for questions in asked(template):
            assert len(questions) >= 3
            assert not any("{" in question.replace(IT, "") or "<>" in question for question in questions)
        for section in template.sections:
            for statement in section.statements:
                assert len(statement.passages) >= 2
                assert all(passage.source.count("<>") == 1 for passage in statement.passages)


@BOTH
def test_no_two_templates_of_a_kind_ask_the_same(held_out):
    """Within a kind of document every wording belongs to one template."""
    for template in split(held_out=held_out).documents:
        wordings = Counter(question for questions in asked(template) for question in questions)
        assert not [question for question, count in wordings.items() if count > 1], template.name


def test_there_is_variety():
    """At least 50 kinds of documents and 1,000 templates for training, and 5 and 50 held out."""
    counts = {}
    for held_out in (False, True):
        kinds = split(held_out=held_out).documents
        counts[held_out] = (len(kinds), len({questions for template in kinds for questions in asked(template)}))
    assert all(had >= wanted for had, wanted in zip(counts[False], (50, 1000), strict=True))
    assert all(had >= wanted for had, wanted in zip(counts[True], (5, 50), strict=True))


def test_short_lengths_are_refused():
    """A document of under 200 characters is an error that says so."""
    with pytest.raises(ValueError, match="200 characters"):
        synthetic_document(rng(0), length=100)
