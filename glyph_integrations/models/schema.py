"""JSON schemas: the one that a text must follow, whether it does, and how an answer to it can abstain."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from importlib.util import find_spec
from itertools import islice
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import MissingExtraError, RequestError, ResponseError

if TYPE_CHECKING:
    from collections.abc import Mapping

    from jsonschema.exceptions import ValidationError
    from jsonschema.protocols import Validator

_FENCED: Final = re.compile(r"```(?:json)?[ \t\r]*\n(.*)```", re.DOTALL | re.IGNORECASE)
_PROBLEMS_NAMED: Final = 3
_REFERENCES: Final = ("$ref", "$dynamicRef", "$recursiveRef")
_DEFINITIONS: Final = ("$defs", "definitions")
_NAMED_SCHEMAS: Final = (*_DEFINITIONS, "properties", "patternProperties", "dependentSchemas", "dependencies")
_DATA: Final = ("const", "enum", "default", "examples")


def check(schema: Mapping[str, Any]) -> None:
    """Makes sure that a JSON schema can be used: Draft 2020-12, unless its ``$schema`` names another.

    Raises:
        RequestError: It breaks the rules of its draft, or refers to something outside itself: nothing is fetched.
        MissingExtraError: jsonschema is not installed.
    """
    _validator(schema)


def parse(text: str, schema: Mapping[str, Any]) -> Any:
    """Reads a model's answer as JSON: all of the text, or all that stands in a Markdown fence.

    Raises:
        ResponseError: It is no JSON or breaks the schema; the message says where, and holds nothing of the answer.
        RequestError: The schema cannot be used.
        MissingExtraError: jsonschema is not installed.
    """
    validator = _validator(schema)
    text = text.strip()
    fenced = _FENCED.fullmatch(text)
    try:
        data = json.loads(fenced[1] if fenced else text, parse_constant=_refuse)
        problems = [_described(error) for error in islice(validator.iter_errors(data), _PROBLEMS_NAMED)]
    except json.JSONDecodeError as error:
        # Not chained: the error carries the whole answer.
        where = f"line {error.lineno}, column {error.colno}"
        raise ResponseError(f"the answer is not JSON ({where}): allow more tokens, or ask for less") from None
    except (ValueError, RecursionError):
        raise ResponseError("the answer is JSON with numbers too long, or nested too deeply, to be read") from None
    if problems:
        raise ResponseError(f"the answer does not follow the schema: {'; '.join(problems)}")
    return data


def answer_schema(schema: Mapping[str, Any]) -> dict[str, Any]:
    """A schema for answers that may abstain and that quote the document.

    ``{"answer": …, "quotes": ["…"]}``: ``answer`` follows the given schema or is null, ``quotes`` are strings.
    The given schema becomes one of ``$defs``, beside its own definitions, and its references follow: constrained
    decoders look for them there, and some find nothing elsewhere.

    Raises:
        RequestError: The schema cannot be used.
        MissingExtraError: jsonschema is not installed.
    """
    check(schema)
    name = "answer"
    while name in schema.get("$defs", {}):
        name += "_"
    address = str(schema.get("$id") or schema.get("id") or "").removesuffix("#")
    move = _Move(address=address, place=f"#/$defs/{name}")
    # As part of another schema it has no dialect and no address of its own.
    moved = move.schema({key: value for key, value in schema.items() if key not in {"$schema", "$id", "id"}})
    top = {"$schema": schema["$schema"]} if "$schema" in schema else {}
    top |= {key: moved.pop(key) for key in _DEFINITIONS if key in moved}
    return {
        "type": "object",
        "properties": {
            "answer": {"anyOf": [{"$ref": f"#/$defs/{name}"}, {"type": "null"}]},
            "quotes": {"type": "array", "items": {"type": "string"}},
        },
        "required": ["answer", "quotes"],
        "additionalProperties": False,
        **top,
        "$defs": {**top.get("$defs", {}), name: moved},
    }


def _validator(schema: Mapping[str, Any]) -> Validator:
    if find_spec("jsonschema") is None:
        raise MissingExtraError("Answers by a schema", package="jsonschema", extra="structured")
    from jsonschema import Draft202012Validator
    from jsonschema.exceptions import SchemaError
    from jsonschema.validators import validator_for
    from referencing import Registry
    from referencing.exceptions import Unresolvable
    from referencing.jsonschema import specification_with

    contents = dict(schema)
    draft: type[Validator] | None = validator_for(contents, default=None)
    if draft is None:
        if "$schema" in contents:
            raise RequestError("the schema's $schema names no draft of JSON Schema: leave it out for Draft 2020-12")
        draft = Draft202012Validator
    try:
        draft.check_schema(contents, format_checker=draft.FORMAT_CHECKER)
    except SchemaError as error:
        path = "".join(f"[{step!r}]" for step in error.absolute_path)
        raise RequestError(f"the schema is not valid: schema{path} breaks the rule {error.validator!r}") from error
    specification = specification_with(draft.META_SCHEMA.get("$schema", ""))
    resource = specification.create_resource(contents)
    registry: Registry[Any] = Registry().with_resource(resource.id() or "", resource).crawl()
    try:
        _resolve(resource, registry.resolver(resource.id() or ""))
    except Unresolvable as error:
        raise RequestError(
            "the schema refers to something outside itself, and nothing is fetched: copy that into its $defs"
        ) from error
    return draft(contents, registry=registry)


def _resolve(resource: Any, resolver: Any) -> None:
    """Looks up all references of a schema; raises ``referencing.exceptions.Unresolvable``."""
    if isinstance(resource.contents, dict):
        for keyword in _REFERENCES:
            if keyword in resource.contents:
                resolver.lookup(resource.contents[keyword])
    for part in resource.subresources():
        _resolve(part, resolver.in_subresource(part))


@dataclass(frozen=True, slots=True, kw_only=True)
class _Move:
    """Carries a schema known by ``address`` to ``place`` within another, and its definitions to the top of that."""

    address: str
    place: str

    def schema(self, schema: dict[str, Any]) -> dict[str, Any]:
        moved: dict[str, Any] = {}
        for key, value in schema.items():
            if key in _DATA:
                moved[key] = value
            elif key in _REFERENCES and isinstance(value, str):
                # Draft 2019-09's $recursiveRef means the whole schema, which is a part now.
                moved["$ref" if key == "$recursiveRef" else key] = self.reference(value)
            elif key in _NAMED_SCHEMAS and isinstance(value, dict):
                moved[key] = {name: self.part(part) for name, part in value.items()}
            else:
                moved[key] = self.part(value)
        return moved

    def part(self, value: Any) -> Any:
        if isinstance(value, list):
            return [self.part(part) for part in value]
        if not isinstance(value, dict) or not str(value.get("$id", "#")).startswith("#"):
            return value  # no schema, or one with an address of its own: its references begin at itself
        return self.schema(value)

    def reference(self, reference: str) -> str:
        target = (reference.removeprefix(self.address) if self.address else reference) or "#"
        stays = target.startswith(tuple(f"#/{key}/" for key in _DEFINITIONS))
        # What remains are anchors, and addresses of embedded schemas.
        return self.place + target[1:] if not stays and (target == "#" or target.startswith("#/")) else target


def _described(error: ValidationError) -> str:
    """Where a violation is and which rule it breaks; names that the schema does not hold come from the answer."""
    named = set(error.absolute_schema_path)
    steps = (f"[{step}]" if isinstance(step, int) else f".{step if step in named else '*'}" for step in error.path)
    return f"${''.join(steps)} breaks the rule {error.validator!r}"


def _refuse(constant: str) -> None:
    raise ValueError(constant)
