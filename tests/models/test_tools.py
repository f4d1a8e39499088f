"""Tool calls in what models write, and the schema of a call that is forced."""

from __future__ import annotations

import json
from itertools import pairwise

import jsonschema
import pytest
from growth import grows_linearly
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations.errors import RequestError
from glyph_integrations.models import GenerationSettings, ToolCall
from glyph_integrations.models.tools import ToolSplitter, call_schema

FIND = {
    "type": "function",
    "function": {
        "name": "find",
        "description": "Finds words.",
        "parameters": {
            "type": "object",
            "properties": {"words": {"type": "string"}, "pages": {"type": "array", "items": {"type": "integer"}}},
            "required": ["words"],
        },
    },
}
NOW = {"type": "function", "function": {"name": "now"}}
CALL = ToolCall(name="find", arguments={"words": "12", "pages": [3, 4]})
DIALECTS = {
    "json": '<tool_call>\n{"name": "find", "arguments": {"words": "12", "pages": [3, 4]}}\n</tool_call>',
    "keys": "<tool_call>find\n<arg_key>words</arg_key>\n<arg_value>12</arg_value>\n"
    "<arg_key>pages</arg_key>\n<arg_value>[3, 4]</arg_value>\n</tool_call>",
    "tags": "<tool_call>\n<function=find>\n<parameter=words>\n12\n</parameter>\n"
    "<parameter=pages>\n[3, 4]\n</parameter>\n</function>\n</tool_call>",
}


def split(text, tools=(FIND, NOW), cuts=(), **options):
    """The text that is shown, and the calls, of an answer that comes in pieces."""
    splitter = ToolSplitter(tools, **options)
    bounds = sorted({0, len(text), *(cut % (len(text) + 1) for cut in cuts)})
    shown = "".join(splitter.feed(text[start:stop]) for start, stop in pairwise(bounds))
    return shown + splitter.finish(), splitter.calls


@pytest.mark.parametrize("written", DIALECTS.values(), ids=DIALECTS)
def test_every_family_writes_calls_in_its_own_way(written):
    """Names, texts and JSON arguments are read; what its schema calls a text stays one."""
    assert split(written) == ("", (CALL,))


@pytest.mark.parametrize("written", DIALECTS.values(), ids=DIALECTS)
@given(cuts=st.lists(st.integers(min_value=0), max_size=6))
def test_cutting_the_answer_elsewhere_changes_nothing(written, cuts):
    """Text before the calls is shown as it comes, and of the calls nothing."""
    answer = f"I look < it up.\n\n{written}\n{written}"
    splitter = ToolSplitter((FIND,))
    bounds = sorted({0, len(answer), *(cut % len(answer) for cut in cuts)})
    shown = "".join(splitter.feed(answer[start:stop]) for start, stop in pairwise(bounds))
    assert shown == "I look < it up."
    assert splitter.finish() == ""
    assert splitter.calls == (CALL, CALL)


@pytest.mark.parametrize(
    "written",
    [
        '<tool_call>{"name": "forget", "arguments": {}}</tool_call>',
        '<tool_call>{"name": "find", "arguments": {"words": </tool_call>',
        '<tool_call>{"name": "find", "arguments": "12"}</tool_call>',
        "<tool_call>forget</tool_call>",
        '<tool_call>{"name": "find"',
        "a <tool_ and a <tool_call",
    ],
)
def test_what_cannot_be_read_stays_text(written):
    """A call of a tool that is not there, or one that is damaged or cut, is shown."""
    assert split(written) == (written, ())


@given(st.text())
def test_without_tools_everything_is_text(text):
    """Nothing is looked for, so a document about calls can be quoted."""
    assert split(text + DIALECTS["json"], ()) == (text + DIALECTS["json"], ())


def test_calls_without_arguments():
    """A tool that takes nothing is called with nothing, in every form."""
    for written in ('{"name": "now"}', "now", "<function=now>\n</function>"):
        assert split(f"<tool_call>{written}</tool_call>")[1] == (ToolCall(name="now", arguments={}),)


def test_a_forced_call_is_all_of_the_answer():
    """Nothing of it is shown, unless it was cut."""
    whole = json.dumps({"name": "find", "arguments": {"words": "12", "pages": [3, 4]}})
    assert split(whole, forced=True) == ("", (CALL,))
    assert split(whole[:-1], forced=True) == (whole[:-1], ())


def test_the_schema_of_a_call_allows_the_tools_and_nothing_else():
    """Of any of them, or of the one that is named; their definitions do not mix."""

    def described(name, kind):
        kinds = {"Of": {"type": kind}}
        parameters = {
            "type": "object",
            "properties": {"of": {"$ref": "#/$defs/Of"}},
            "required": ["of"],
            "$defs": kinds,
        }
        return {"type": "function", "function": {"name": name, "parameters": parameters}}

    tools = (described("count", "integer"), described("spell", "string"))
    either = call_schema(tools, "any")
    assert either == GenerationSettings(tools=tools, tool_choice="any").constraint
    jsonschema.validate({"name": "count", "arguments": {"of": 3}}, either)
    jsonschema.validate({"name": "spell", "arguments": {"of": "3"}}, either)
    for wrong in ({"name": "count", "arguments": {"of": "3"}}, {"name": "add", "arguments": {"of": 3}}, {}):
        with pytest.raises(jsonschema.ValidationError):
            jsonschema.validate(wrong, either)
    with pytest.raises(jsonschema.ValidationError):
        jsonschema.validate({"name": "count", "arguments": {"of": 3}}, call_schema(tools, "spell"))
    jsonschema.validate({"name": "now", "arguments": {}}, call_schema([NOW], "any"))


def test_wrong_use_is_refused():
    """Tools that are not described, are not there, or stand beside a schema."""
    with pytest.raises(RequestError, match="described as"):
        ToolSplitter([{"name": "find"}])
    with pytest.raises(RequestError, match="no tool is called 'add': there are find, now"):
        call_schema([FIND, NOW], "add")
    with pytest.raises(RequestError, match="without a schema"):
        GenerationSettings(tools=(FIND,), schema={"type": "object"})
    with pytest.raises(RequestError, match="no tools to choose from"):
        GenerationSettings(tool_choice="any")


@pytest.mark.parametrize(
    "piece",
    [
        "<tool_call>",
        "<tool_call>x</tool_call>",
        "<arg_key>a</arg_key>",
        "<arg_key>a",
        "<arg_key>a</arg_key> <arg_value>",
        "<function=find>",
        "<parameter=a>",
        "<parameter=a>\n",
        "</function>",
        '<tool_call>{"name"',
        "[",
    ],
)
@pytest.mark.parametrize(
    "frame", ["{}", "<tool_call>{}</tool_call>", "<tool_call><function=find>{}</function></tool_call>"]
)
def test_half_calls_take_no_longer_than_whole_ones(frame, piece):
    """Tags that nothing closes, however many, cost no more than other text."""
    assert grows_linearly(lambda size: split(frame.format(piece * size)), 500)
