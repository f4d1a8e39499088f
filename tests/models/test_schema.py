"""Schemas: what is refused, what is read, and answers that may abstain."""

from __future__ import annotations

import json

import pytest

from glyph_integrations.errors import MissingExtraError, RequestError, ResponseError
from glyph_integrations.models.schema import answer_schema, check, parse

INVOICE = {
    "type": "object",
    "properties": {
        "number": {"type": "string"},
        "lines": {"type": "array", "items": {"$ref": "#/$defs/line"}},
    },
    "required": ["number"],
    "additionalProperties": {"type": "integer"},
    "$defs": {"line": {"type": "object", "properties": {"amount": {"type": "number"}}}},
}
TREE = {
    "$schema": "https://json-schema.org/draft/2020-12/schema",
    "type": "object",
    "properties": {
        "name": {"type": "string", "minLength": 1},
        "also": {"$ref": "#/properties/name"},
        "children": {"type": "array", "items": {"$ref": "#"}},
        "kind": {"$ref": "#/$defs/kind"},
        "default": {"$ref": "#/definitions/old"},
        "$ref": {"const": {"$ref": "#"}},
    },
    "additionalProperties": False,
    "$defs": {"kind": {"enum": ["leaf", "branch"]}, "any": {"$ref": "#"}},
    "definitions": {"old": {"type": "array", "prefixItems": [{"$ref": "#/$defs/kind"}, {"$ref": "#/$defs/any"}]}},
}


@pytest.mark.parametrize(
    "text",
    [
        '{"number": "A-1", "lines": [{"amount": 2.5}]}',
        '\n  {"number": "A-1", "lines": [{"amount": 2.5}]}\n',
        '```json\n{"number": "A-1", "lines": [{"amount": 2.5}]}\n```\n',
        '```\n{"number": "A-1",\n "lines": [{"amount": 2.5}]}```',
        '```JSON \r\n{"number": "A-1", "lines": [{"amount": 2.5}]}\r\n```',
    ],
)
def test_json_is_read_with_or_without_a_fence(text):
    """A text that is JSON is read, with space around it or in a Markdown fence."""
    assert parse(text, INVOICE) == {"number": "A-1", "lines": [{"amount": 2.5}]}


def test_fences_within_strings_are_text():
    """A fence in a value is part of the value."""
    assert parse(json.dumps("```json\n1\n```"), {"type": "string"}) == "```json\n1\n```"


@pytest.mark.parametrize(
    "text",
    [
        "",
        "Here it is: {}",
        '{"number": "TOP-SECRET',
        '{"number": "TOP-SECRET"} and more',
        "{'number': 'TOP-SECRET'}",
        '{"number": NaN}',
        '{"TOP-SECRET": -Infinity}',
        '{"number": ' + "9" * 5000 + "}",
        "[" * 100_000,
    ],
)
def test_what_is_no_json_is_refused(text):
    """Whatever else a model writes is a ResponseError that holds nothing of it."""
    with pytest.raises(ResponseError) as caught:
        parse(text, INVOICE)
    assert "SECRET" not in str(caught.value)
    assert caught.value.__suppress_context__


@pytest.mark.parametrize(
    ("data", "message"),
    [
        ({"number": 7}, "$.number breaks the rule 'type'"),
        ({}, "$ breaks the rule 'required'"),
        ({"number": "", "lines": [{}, {"amount": "TOP-SECRET"}]}, "$.lines[1].amount breaks the rule 'type'"),
        ({"number": "", "TOP-SECRET": "TOP-SECRET"}, "$.* breaks the rule 'type'"),
        (["TOP-SECRET"], "$ breaks the rule 'type'"),
    ],
)
def test_violations_are_named_without_content(data, message):
    """What breaks the schema is a ResponseError that says where and which rule, and nothing that the model wrote."""
    with pytest.raises(ResponseError) as caught:
        parse(json.dumps(data), INVOICE)
    assert str(caught.value) == f"the answer does not follow the schema: {message}"


def test_only_the_first_violations_are_named():
    """A message stays short, however much is wrong."""
    with pytest.raises(ResponseError) as caught:
        parse(json.dumps(["a"] * 100), {"items": {"type": "integer"}})
    assert str(caught.value).count("breaks") == 3


def test_the_draft_is_the_one_that_the_schema_names():
    """Lists of items are positions in Draft 7, and an error in Draft 2020-12."""
    schema = {"items": [{"type": "string"}, {"type": "integer"}]}
    with pytest.raises(RequestError, match=r"schema\['items'\] breaks the rule 'type'"):
        check(schema)
    older = {"$schema": "http://json-schema.org/draft-07/schema#", **schema}
    assert parse('["a", 1]', older) == ["a", 1]
    with pytest.raises(ResponseError, match=r"\$\[1\] breaks the rule 'type'"):
        parse('["a", "b"]', older)


@pytest.mark.parametrize(
    ("schema", "message"),
    [
        ({"type": "text"}, r"schema\['type'\]"),
        ({"properties": {"a": {"minimum": "0"}}}, r"schema\['properties'\]\['a'\]\['minimum'\]"),
        ({"pattern": "("}, r"schema\['pattern'\]"),
        ({"$schema": "https://example.com/draft"}, "names no draft"),
        ({"$ref": "https://example.com/schema.json"}, "outside itself"),
        ({"$ref": "file:///etc/schema.json"}, "outside itself"),
        ({"properties": {"a": {"items": {"$ref": "other.json#/a"}}}}, "outside itself"),
        ({"anyOf": [{"$dynamicRef": "https://example.com/schema.json"}]}, "outside itself"),
        ({"$ref": "#/$defs/missing"}, "outside itself"),
    ],
)
def test_schemas_that_cannot_be_used_are_refused(schema, message):
    """Invalid schemas, and references to what is not in the schema, are errors before anything is asked."""
    for use in (check, answer_schema, lambda schema: parse("1", schema)):
        with pytest.raises(RequestError, match=message) as caught:
            use(schema)
        assert "example.com" not in str(caught.value)


def test_references_in_data_are_data():
    """What looks like a reference in a constant or in the names of properties is none."""
    check({"properties": {"$ref": {"type": "string"}}, "const": {"$ref": "https://example.com"}})


def test_schemas_may_refer_to_themselves_by_address():
    """A schema's own $id, anchors and embedded schemas resolve without anything being fetched."""
    schema = {
        "$id": "https://example.com/order",
        "properties": {
            "a": {"$ref": "https://example.com/order#/$defs/number"},
            "b": {"$ref": "#whole"},
            "c": {"$ref": "https://example.com/item"},
        },
        "$defs": {
            "number": {"type": "number"},
            "whole": {"$anchor": "whole", "type": "integer"},
            "item": {"$id": "https://example.com/item", "$ref": "#/$defs/x", "$defs": {"x": {"type": "null"}}},
        },
    }
    good, bad = {"a": 1.5, "b": 1, "c": None}, ({"a": ""}, {"b": 1.5}, {"c": 1})
    for wrap in (False, True):
        used = answer_schema(schema) if wrap else schema
        texts = [json.dumps({"answer": data, "quotes": []} if wrap else data) for data in (good, *bad)]
        parse(texts[0], used)
        for text in texts[1:]:
            with pytest.raises(ResponseError):
                parse(text, used)


def test_an_endless_schema_is_refused_without_a_crash():
    """A schema that only refers to itself can be followed by nothing."""
    with pytest.raises(ResponseError):
        parse("1", {"$ref": "#"})


def test_an_answer_follows_the_schema_or_is_null():
    """Wrapped, the schema holds for the answer; null abstains; quotes are strings; nothing else is allowed."""
    schema = answer_schema({"type": "integer"})
    for good in ({"answer": 30, "quotes": ["thirty days"]}, {"answer": None, "quotes": []}):
        assert parse(json.dumps(good), schema) == good
    for bad in (
        {"answer": "30", "quotes": []},
        {"answer": 30},
        {"quotes": []},
        {"answer": 30, "quotes": [1]},
        {"answer": 30, "quotes": [], "more": 1},
    ):
        with pytest.raises(ResponseError):
            parse(json.dumps(bad), schema)
    assert list(schema["properties"]) == schema["required"] == ["answer", "quotes"]


@pytest.mark.parametrize(
    ("data", "valid"),
    [
        ({"name": "a", "children": [{"name": "b", "kind": "leaf", "children": []}]}, True),
        ({"also": "a", "default": ["branch", {"name": "c"}], "$ref": {"$ref": "#"}}, True),
        ({"also": ""}, False),
        ({"children": [{"children": [{"name": 1}]}]}, False),
        ({"children": [{"answer": None, "quotes": []}]}, False),
        ({"children": [None]}, False),
        ({"kind": "root"}, False),
        ({"default": ["leaf", {"kind": "root"}]}, False),
        ({"$ref": {"$ref": "#/$defs/answer"}}, False),
    ],
)
def test_references_mean_the_same_in_an_answer(data, valid):
    """Whatever a schema refers to — itself, its parts, its definitions — is the same after it was wrapped."""
    before = json.dumps(TREE)
    wrapped = answer_schema(TREE)
    assert json.dumps(TREE) == before
    for schema, text in ((TREE, json.dumps(data)), (wrapped, json.dumps({"answer": data, "quotes": []}))):
        if valid:
            parse(text, schema)
        else:
            with pytest.raises(ResponseError):
                parse(text, schema)


def test_definitions_move_to_the_top():
    """Definitions stand where constrained decoders look for them, and the dialect is named once, at the top."""
    wrapped = answer_schema(TREE)
    assert set(wrapped["$defs"]) == {"kind", "any", "answer"}
    assert set(wrapped["definitions"]) == {"old"}
    assert wrapped["$schema"] == TREE["$schema"]
    assert {"$schema", "$defs", "definitions"}.isdisjoint(wrapped["$defs"]["answer"])


def test_a_definition_may_be_called_answer_too():
    """The wrapped schema takes a name among the definitions that none of them has."""
    schema = {"$ref": "#/$defs/answer", "$defs": {"answer": {"type": "integer"}, "answer_": {"type": "null"}}}
    wrapped = answer_schema(schema)
    assert parse('{"answer": 30, "quotes": []}', wrapped)["answer"] == 30
    with pytest.raises(ResponseError):
        parse('{"answer": "30", "quotes": []}', wrapped)


@pytest.mark.parametrize(
    ("draft", "itself"),
    [
        ("http://json-schema.org/draft-07/schema#", {"$ref": "#"}),
        ("https://json-schema.org/draft/2019-09/schema", {"$recursiveRef": "#"}),
    ],
)
def test_older_drafts_can_be_wrapped(draft, itself):
    """In older drafts too the schema, its definitions and what it calls itself hold for the answer."""
    older = {
        "$schema": draft,
        "$id": "https://example.com/words#",
        "type": "array",
        "items": [{"$ref": "https://example.com/words#/definitions/word"}, itself],
        "definitions": {"word": {"type": "string"}},
    }
    wrapped = answer_schema(older)
    parse('{"answer": ["a", ["b"]], "quotes": []}', wrapped)
    for bad in ('["a", [1]]', '["a", {"answer": null, "quotes": []}]'):
        with pytest.raises(ResponseError):
            parse(f'{{"answer": {bad}, "quotes": []}}', wrapped)


def test_constrained_decoding_takes_wrapped_schemas():
    """A wrapped schema compiles in xgrammar, with its moved references, and its grammar accepts what parse does."""
    xgrammar = pytest.importorskip("xgrammar")
    from xgrammar.testing import _is_grammar_accept_string

    grammar = xgrammar.Grammar.from_json_schema(json.dumps(answer_schema(TREE)))
    good = {"answer": {"name": "a", "children": [{"name": "b", "kind": "leaf"}]}, "quotes": ["x"]}
    assert _is_grammar_accept_string(grammar, json.dumps(good))
    assert _is_grammar_accept_string(grammar, '{"answer": null, "quotes": []}')
    assert not _is_grammar_accept_string(grammar, json.dumps({**good, "answer": {"children": [None]}}))


def test_without_jsonschema_the_extra_is_named(monkeypatch):
    """The error of a bare installation says what to install."""
    monkeypatch.setattr("glyph_integrations.models.schema.find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"glyph-integrations\[structured\]"):
        check({})
