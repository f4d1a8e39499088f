"""Answers to JSON schemas: even random weights write nothing else."""

from __future__ import annotations

import json
import sys

import jsonschema
import pytest

pytest.importorskip("transformers")
pytest.importorskip("xgrammar")

import tiny
import torch
from hypothesis import given, settings
from hypothesis import strategies as st

from glyph_integrations.errors import MissingExtraError, RequestError
from glyph_integrations.models import Generation, GenerationSettings, Message
from glyph_integrations.models.local import TransformersModel
from glyph_integrations.models.local.constrained import SchemaCompiler

INVOICE = {
    "type": "object",
    "properties": {
        "kind": {"enum": ["invoice", "contract", "other"]},
        "paid": {"type": "boolean"},
        "days": {"type": "integer", "minimum": 0, "maximum": 120},
        "number": {"type": "string", "pattern": "^GB-[0-9]{4}-[A-Z]$"},
        "quotes": {"type": "array", "items": {"type": "string", "pattern": "^[a-z ]{0,8}$"}, "maxItems": 2},
    },
    "required": ["kind", "paid", "days", "number", "quotes"],
    "additionalProperties": False,
}
SETTINGS = GenerationSettings(max_tokens=200, schema=INVOICE)
QUESTIONS = ("When?", "What is the notice period?", "Which invoice was paid twice, and when was it?")


def ask(pages, question="What is the notice period?"):
    """A conversation of one message."""
    return (Message("user", (*pages, question)),)


def follows(found, schema):
    """Whether an answer is JSON of the schema, and its data are that JSON."""
    assert found.finish == "stop"
    assert found.data == json.loads(found.text)
    jsonschema.validate(found.data, schema)


def test_an_answer_follows_its_schema(tiny_model, contract):
    """One conversation gets JSON that the schema allows, parsed."""
    (found,) = tiny_model.generate([ask(contract[:1])], SETTINGS)
    follows(found, INVOICE)


def test_every_answer_of_a_batch_follows_the_schema(tiny_model, contract):
    """Rows that end early do not disturb the others, and each is what it would be alone."""
    asked = [ask(contract[:1], question) for question in QUESTIONS]
    batch = tiny_model.generate(asked, SETTINGS)
    for one, found in zip(asked, batch, strict=True):
        follows(found, INVOICE)
        assert found.text == tiny_model.generate([one], SETTINGS)[0].text
    assert len({found.usage.output for found in batch}) > 1


@pytest.mark.parametrize("seed", range(2))
def test_sampled_answers_follow_the_schema(tiny_model, contract, seed):
    """However hot the sampling is."""
    found = tiny_model.generate([ask(contract[:1])] * 2, SETTINGS.replace(temperature=5.0, seed=seed))
    for one in found:
        follows(one, INVOICE)


def test_rows_that_end_otherwise_do_not_disturb_the_others(tiny_model, contract, monkeypatch):
    """In a batch, one answer may end at a stop string while the others go on to the end of their JSON."""
    monkeypatch.setattr("glyph_integrations.models.local.model.parse", lambda text, _schema: text)  # one is cut
    asked = [ask(contract[:1], question) for question in QUESTIONS]
    first, *others = [found.text for found in tiny_model.generate(asked, SETTINGS)]
    parts = (first[place : place + 4] for place in range(len(first) // 2))
    stop = next(part for part in parts if not any(part in other for other in others))
    found = tiny_model.generate(asked, SETTINGS.replace(stop=stop))
    assert [one.text for one in found] == [first.partition(stop)[0].rstrip(), *others]


def test_streams_follow_the_schema(tiny_model, contract):
    """A stream gives the JSON in pieces, and last the whole with its data."""
    *pieces, last = tiny_model.stream(ask(contract[:1]), SETTINGS)
    assert isinstance(last, Generation)
    assert "".join(pieces) == last.text
    follows(last, INVOICE)


def test_an_answer_that_is_cut_has_no_data(tiny_model, contract):
    """JSON that max_tokens has cut is told by ``finish``, and is not parsed."""
    (found,) = tiny_model.generate([ask(contract[:1])], SETTINGS.replace(max_tokens=5))
    assert (found.finish, found.data) == ("length", None)
    assert found.text.startswith('{"kin')


@pytest.mark.parametrize(
    "schema",
    [
        {"type": "string", "pattern": "^[a-zäö漢🙂]{1,5}$"},
        {"type": "integer", "minimum": -5, "maximum": 5},
        {"type": "array", "items": {"type": "boolean"}, "minItems": 2, "maxItems": 3},
        {"enum": ["ja", "nein", None, 3]},
        {"const": {"漢字": "🙂"}},
        {"anyOf": [{"type": "null"}, {"$ref": "#/$defs/day"}], "$defs": {"day": {"enum": ["Monday", "Friday"]}}},
    ],
    ids=lambda schema: next(iter(schema)),
)
def test_schemas_of_all_kinds_are_followed(tiny_model, schema):
    """Strings, numbers, lists, choices, constants and references."""
    (found,) = tiny_model.generate([ask([])], SETTINGS.replace(schema=schema))
    follows(found, schema)


def test_a_schema_leaves_no_room_for_thinking(tiny_glm4v, contract):
    """A template that begins the thinking is asked not to; if it does all the same, the JSON is still the answer."""
    switch = "{%- if enable_thinking is not defined or enable_thinking %}<think>{%- else %}<think></think>{%- endif %}"
    for template, end in ((tiny.TEMPLATE + switch, "<think></think>"), (tiny.TEMPLATE + "<think>", "<think>")):
        model = TransformersModel.load(tiny_glm4v)
        model._tokenizer.chat_template = template
        (prompt,) = model._prompts([ask(contract[:1])], SETTINGS)
        assert model._tokenizer.decode(prompt.ids).endswith(end)
        (found,) = model.generate([ask(contract[:1])], SETTINGS)
        follows(found, INVOICE)
        assert found.thinking == ""


@pytest.mark.parametrize(
    "schema",
    [{"type": "no such type"}, {"properties": 3}, {"$ref": "#/nowhere"}, {"$ref": "https://example.org/s.json"}],
)
def test_an_invalid_schema_is_refused_before_anything_is_computed(tiny_model, contract, schema, monkeypatch):
    """A schema that breaks its own rules, or refers to what is not there, is an error of the request."""
    monkeypatch.setattr(tiny_model._model, "generate", None)
    with pytest.raises(RequestError, match="schema"):
        tiny_model.generate([ask(contract[:1])], SETTINGS.replace(schema=schema))
    with pytest.raises(RequestError, match="schema"):
        list(tiny_model.stream(ask(contract[:1]), SETTINGS.replace(schema=schema)))


@pytest.mark.parametrize(
    "schema", [{"type": "integer", "minimum": 5, "maximum": 3}, {"type": "string", "pattern": r"^(a)\1$"}]
)
def test_a_schema_that_cannot_be_enforced_is_refused(tiny_model, contract, schema):
    """What the grammar cannot express is said, instead of being ignored."""
    with pytest.raises(RequestError, match="cannot enforce"):
        tiny_model.generate([ask(contract[:1])], SETTINGS.replace(schema=schema))


def test_without_xgrammar_the_extra_is_named(tiny_glm4v, contract, monkeypatch):
    """Who asks for a schema and lacks the library is told what to install; other questions are answered."""
    model = TransformersModel.load(tiny_glm4v)
    monkeypatch.setitem(sys.modules, "xgrammar", None)
    with pytest.raises(MissingExtraError, match=r"pip install 'glyph-integrations\[structured\]'"):
        model.generate([ask(contract[:1])], SETTINGS)
    assert model.generate([ask(contract[:1])], GenerationSettings(max_tokens=1))[0].usage.output == 1


@pytest.fixture(scope="module")
def compiler():
    """A compiler for the tiny tokenizer, whose output layer has more rows than there are tokens."""
    words = tiny.tokenizer()
    return SchemaCompiler(words, len(words) + 20, [words.eos_token_id])


def test_strings_hold_no_bare_control_characters(compiler):
    """JSON wants them escaped: within a string no token with a tab, a line break or another of them is allowed."""
    words = tiny.tokenizer()
    processor = compiler.processor({"type": "string"})
    quote, letter, tab, line, bell = words.convert_tokens_to_ids(['"', "e", "ĉ", "Ċ", "ć"])
    assert words.decode([tab, line, bell]) == "\t\n\x07"
    assert processor(torch.tensor([[0]]), torch.zeros(1, len(words) + 20))[0, quote] == 0
    for written in (quote, letter):
        scores = processor(torch.tensor([[0, written]]), torch.zeros(1, len(words) + 20))
        assert scores[0, letter] == 0
        assert scores[0, [tab, line, bell]].isinf().all()


@settings(deadline=None, max_examples=20)
@given(seed=st.integers(0, 10_000), rows=st.integers(1, 4))
def test_only_what_the_schema_allows_is_left(compiler, seed, rows):
    """Whatever tokens are likely, those that are left spell the schema's JSON, and end it with an end token."""
    words = tiny.tokenizer()
    processor = compiler.processor(INVOICE)
    random = torch.Generator().manual_seed(seed)
    ids = torch.zeros((rows, 1), dtype=torch.long)
    written = [[] for _ in range(rows)]
    for _ in range(300):
        scores = processor(ids, 4 * torch.randn(rows, len(words) + 20, generator=random))
        chosen = scores.argmax(-1)
        for row, token in zip(written, chosen.tolist(), strict=True):
            if words.eos_token_id not in row:
                assert token < len(words)
                row.append(token)
        chosen = torch.tensor([row[-1] for row in written])  # rows that have ended are padded with their end
        ids = torch.cat([ids, chosen[:, None]], dim=1)
        if all(row[-1] == words.eos_token_id for row in written):
            break
    for row in written:
        jsonschema.validate(json.loads(words.decode(row[:-1])), INVOICE)
