"""Chat completion chunks: fields of JSON that a server sent, each of the kind that it must have."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, TypeVar

from glyph_integrations.errors import ServerError
from glyph_integrations.models.generation import TokenUsage
from glyph_integrations.models.server.events import NO_COMPLETION

if TYPE_CHECKING:
    from collections.abc import Mapping

T = TypeVar("T")
_MOST: Final = 1 << 40  # tokens, or nats: more means nothing


class EventError(Exception):
    """An event that reports a failure.

    Attributes:
        body: What it says of it, unchecked.
    """

    def __init__(self, body: Any) -> None:
        super().__init__("the server reports a failure")
        self.body = body


def require_kind(value: Any, kind: type[T]) -> T:
    """Returns a value of a kind.

    Raises:
        ServerError: It is of another.
    """
    if not isinstance(value, kind):
        raise ServerError(NO_COMPLETION)
    return value


def read_field(record: Mapping[str, Any], name: str, kind: type[T]) -> T | None:
    """Returns a field; None where it is null or missing.

    Raises:
        ServerError: It is of another kind.
    """
    value = record.get(name)
    return None if value is None else require_kind(value, kind)


def read_logprobs(choice: Mapping[str, Any]) -> list[float]:
    """Returns the log probabilities of a choice's tokens; none where the server tells none.

    Raises:
        ServerError: What it tells is not numbers.
    """
    tokens = read_field(read_field(choice, "logprobs", dict) or {}, "content", list) or ()
    found = []
    for token in tokens:
        value = require_kind(token, dict).get("logprob")
        if not isinstance(value, int | float) or not abs(value) <= _MOST:
            raise ServerError(NO_COMPLETION)
        found.append(float(value))
    return found


def read_usage(usage: Any) -> TokenUsage | None:
    """Returns what an answer cost; None where the server does not tell, 0 for what it does not tell in numbers."""
    if not usage or not isinstance(usage, dict):
        return None
    details = usage.get("prompt_tokens_details")
    return TokenUsage(
        prompt=_count(usage.get("prompt_tokens")),
        output=_count(usage.get("completion_tokens")),
        cached=_count(details.get("cached_tokens")) if isinstance(details, dict) else 0,
    )


def _count(value: Any) -> int:
    if isinstance(value, bool) or not isinstance(value, int | float) or not 0 <= value <= _MOST:
        return 0
    return int(value) if value == int(value) else 0
