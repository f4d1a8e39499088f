"""Structured output by constrained decoding."""

from __future__ import annotations

from operator import itemgetter
from typing import TYPE_CHECKING, Any

from langchain_core.output_parsers import JsonOutputParser, PydanticOutputParser
from langchain_core.runnables import RunnableMap, RunnablePassthrough
from langchain_core.utils.function_calling import convert_to_json_schema
from langchain_core.utils.pydantic import is_basemodel_subclass

if TYPE_CHECKING:
    from langchain_core.language_models import BaseChatModel
    from langchain_core.runnables import Runnable


def structured_output(
    model: BaseChatModel,
    schema: dict[str, Any] | type,
    *,
    include_raw: bool = False,
    method: str = "json_schema",
    strict: bool | None = None,
) -> Runnable[Any, Any]:
    """See ``ChatGlyph.with_structured_output``."""
    del strict  # constrained decoding knows nothing else
    if method not in {"json_schema", "function_calling", "json_mode"}:
        raise ValueError(
            f"method is 'json_schema', not {method!r}: replies are held to the schema while they are decoded"
        )
    is_class = isinstance(schema, type) and is_basemodel_subclass(schema)
    wanted = convert_to_json_schema(schema)
    kind: Any = schema
    parser: Runnable[Any, Any] = PydanticOutputParser(pydantic_object=kind) if is_class else JsonOutputParser()
    traced = {"kwargs": {"method": method}, "schema": wanted}
    bound: Runnable[Any, Any] = model.bind(schema=wanted, ls_structured_output_format=traced)
    if not include_raw:
        return bound | parser
    parsed = RunnablePassthrough.assign(parsed=itemgetter("raw") | parser, parsing_error=lambda _: None)
    failed = RunnablePassthrough.assign(parsed=lambda _: None)
    return RunnableMap(raw=bound) | parsed.with_fallbacks([failed], exception_key="parsing_error")
