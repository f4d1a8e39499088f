"""Tools: what a model may call, and its calls in what it writes.

A chat template tells the model of the tools and of the form of a call. What it writes then is one of these::

    <tool_call> {"name": "find", "arguments": {"words": "rent"}} </tool_call>                     Qwen2.5-VL, Qwen3-VL
    <tool_call>find <arg_key>words</arg_key> <arg_value>rent</arg_value> </tool_call>             GLM-4.5V and later
    <tool_call> <function=find> <parameter=words> rent </parameter> </function> </tool_call>      Qwen3.5
"""

from __future__ import annotations

import json
import uuid
from contextlib import suppress
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import RequestError
from glyph_integrations.models.thinking import start_of_tag

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

TAGS: Final = (
    "<tool_call>", "</tool_call>", "<arg_key>", "</arg_key>", "<arg_value>", "</arg_value>",
)  # fmt: skip
"""What marks calls; in some vocabularies these are tokens."""
_OPENING: Final = TAGS[0]
_CLOSING: Final = TAGS[1]
_KEY: Final = TAGS[2:4]
_VALUE: Final = TAGS[4:6]
_PARAMETER: Final = ("<parameter=", "</parameter>")
_FUNCTION: Final = ("<function=", "</function>")


@dataclass(frozen=True, slots=True, kw_only=True)
class ToolCall:
    """A call of a tool.

    Attributes:
        name: Of the tool.
        arguments: What it is called with, as JSON has it.
        id: Tells it from others; frameworks name it in the tool's result.
    """

    name: str
    arguments: Mapping[str, Any]
    id: str = field(default_factory=lambda: f"call_{uuid.uuid4().hex}", compare=False)


class ToolSplitter:
    """Takes a model's answer piece by piece and tells its calls from its text.

    What looks like a call and cannot be read, or calls none of the tools, stays text.

    Args:
        tools: What may be called, each as the OpenAI API describes a function.
        forced: All of the answer is one call as JSON; see ``call_schema``.
    """

    def __init__(self, tools: Sequence[Mapping[str, Any]], *, forced: bool = False) -> None:
        self.calls: tuple[ToolCall, ...] = ()
        """The calls, once the answer is finished."""
        self._parameters = {name_of(tool): _properties(tool) for tool in tools}
        self._forced = forced
        self._waiting = ""

    def feed(self, piece: str) -> str:
        """Takes the next piece; returns what can be shown now, which is nothing from the first call on."""
        if not self._parameters:
            return piece
        self._waiting += piece
        if self._forced:
            return ""
        cut = self._waiting.find(_OPENING)
        cut = start_of_tag(self._waiting, (_OPENING,)) if cut < 0 else cut
        cut = len(self._waiting[:cut].rstrip())
        shown, self._waiting = self._waiting[:cut], self._waiting[cut:]
        return shown

    def finish(self) -> str:
        """Takes the end; returns what is left of the text."""
        rest, self._waiting = self._waiting, ""
        if not self._parameters:
            return ""
        if self._forced:
            call = self._of_json(rest)
            self.calls = () if call is None else (call,)
            return "" if call else rest
        found: list[ToolCall] = []
        text: list[str] = []
        for before, body, whole in _split_enclosed(rest, _OPENING, _CLOSING):
            call = self._read(body.strip())
            text += (before, whole) if call is None else (before,)
            found += () if call is None else (call,)
        self.calls = tuple(found)
        left = "".join(text)
        return left.rstrip() if found else left

    def _read(self, body: str) -> ToolCall | None:
        if body.startswith("{"):
            return self._of_json(body)
        if body.startswith(_FUNCTION[0]) and body.endswith(_FUNCTION[1]):
            name, _, rest = body[len(_FUNCTION[0]) : -len(_FUNCTION[1])].partition(">")
            return self._of_texts(name, _read_parameters(rest))
        name, _, _ = body.partition(_KEY[0])
        return self._of_texts(name.strip(), _read_pairs(body))

    def _of_json(self, text: str) -> ToolCall | None:
        with suppress(ValueError, RecursionError):
            data = json.loads(text)
            if isinstance(data, dict) and data.get("name") in self._parameters:
                arguments = data.get("arguments", {})
                if isinstance(arguments, dict):
                    return ToolCall(name=data["name"], arguments=arguments)
        return None

    def _of_texts(self, name: str, pairs: Iterator[tuple[str, str]]) -> ToolCall | None:
        """A call whose arguments are plain text: those that are no strings are JSON."""
        known = self._parameters.get(name)
        if known is None:
            return None
        arguments: dict[str, Any] = {}
        for key, value in pairs:
            arguments[key] = value
            if known.get(key, {}).get("type") != "string":
                with suppress(ValueError, RecursionError):
                    arguments[key] = json.loads(value)
        return ToolCall(name=name, arguments=arguments)


def _split_enclosed(text: str, opening: str, closing: str) -> Iterator[tuple[str, str, str]]:
    """What stands before each pair of tags, between them, and with them; last the rest of the text."""
    place = 0
    while (start := text.find(opening, place)) >= 0 and (end := text.find(closing, start + len(opening))) >= 0:
        after = end + len(closing)
        yield text[place:start], text[start + len(opening) : end], text[start:after]
        place = after
    yield text[place:], "", ""


def _read_parameters(text: str) -> Iterator[tuple[str, str]]:
    for _, parameter, whole in _split_enclosed(text, *_PARAMETER):
        name, tag, value = parameter.partition(">")
        if whole and tag and name and not any(map(str.isspace, name)):
            yield name, value.removeprefix("\n").removesuffix("\n")


def _read_pairs(text: str) -> Iterator[tuple[str, str]]:
    for before, value, whole in _split_enclosed(text, *_VALUE):
        _, opening, rest = before.rpartition(_KEY[0])
        key, closing, gap = rest.partition(_KEY[1])
        if whole and opening and closing and not gap.strip():
            yield key.strip(), value


def name_of(tool: Mapping[str, Any]) -> str:
    """A tool's name.

    Raises:
        RequestError: It is not described as the OpenAI API describes a function.
    """
    function = tool.get("function")
    name = function.get("name") if isinstance(function, dict) else None
    if not isinstance(name, str) or not name:
        raise RequestError('a tool is described as {"type": "function", "function": {"name": …, "parameters": …}}')
    return name


def call_schema(tools: Sequence[Mapping[str, Any]], choice: str) -> dict[str, Any]:
    """The JSON schema of a call: of any of the tools, or of the one that is named.

    Raises:
        RequestError: None of the tools is called so.
    """
    wanted = [tool for tool in tools if choice in {"any", name_of(tool)}]
    if not wanted:
        raise RequestError(f"no tool is called {choice!r}: there are {', '.join(map(name_of, tools))}")
    calls: list[dict[str, Any]] = []
    definitions: dict[str, Any] = {}
    for tool in wanted:
        name = name_of(tool)
        parameters = _named_apart(tool["function"].get("parameters") or {"type": "object", "properties": {}}, name)
        definitions |= {f"{name}.{key}": value for key, value in parameters.pop("$defs", {}).items()}
        properties = {"name": {"const": name}, "arguments": parameters}
        calls.append(
            {
                "type": "object",
                "properties": properties,
                "required": list(properties),
                "additionalProperties": False,
            }
        )
    schema = calls[0] if len(calls) == 1 else {"anyOf": calls}
    return {**schema, "$defs": definitions} if definitions else schema


def _named_apart(value: Any, tool: str) -> Any:
    """A part of a tool's schema whose references lead to definitions of that tool."""
    if isinstance(value, list):
        return [_named_apart(part, tool) for part in value]
    if not isinstance(value, dict):
        return value
    reference = value.get("$ref")
    named = {key: _named_apart(part, tool) for key, part in value.items()}
    if isinstance(reference, str) and reference.startswith("#/$defs/"):
        named["$ref"] = f"#/$defs/{tool}.{reference.removeprefix('#/$defs/')}"
    return named


def _properties(tool: Mapping[str, Any]) -> Mapping[str, Any]:
    found: Mapping[str, Any] = (tool["function"].get("parameters") or {}).get("properties", {})
    return found
