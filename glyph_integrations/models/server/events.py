"""Server-sent events: the JSON in them, read from bytes of which nothing is trusted."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, AsyncIterable, AsyncIterator

_MOST_IN_EVENT: Final = 1 << 22  # bytes; a whole answer in one event takes a tenth of them
_FIELDS: Final = frozenset({b"", b"data", b"event", b"id", b"retry"})  # a comment is a field without a name
_END: Final = "[DONE]"
NO_COMPLETION: Final = "the server sent something that is not a chat completion; does base_url end in /v1?"


async def read_events(chunks: AsyncIterable[bytes], most_bytes: int) -> AsyncGenerator[Any]:
    """Reads the events of a stream up to ``[DONE]``, each as the JSON that it holds.

    Args:
        chunks: The stream, cut anywhere.
        most_bytes: That it may have, comments and all.

    Raises:
        ServerError: The stream, or one event, is too long; an event is not JSON; there is no event but other text.
    """
    data: list[bytes] = []
    size = events = 0
    is_foreign = False
    async for line in _read_lines(_count_bytes(chunks, most_bytes)):
        name, _, value = line.partition(b":")
        if name == b"data" and line:
            data.append(value.removeprefix(b" "))
            size += len(value) + 1
            _require_room(size)
        elif line:
            is_foreign = is_foreign or name not in _FIELDS
        elif size:
            event, size = b"\n".join(data), 0
            data.clear()
            if event.startswith(_END.encode()):
                return
            if event.strip():
                events += 1
                yield _parse(event)
    if is_foreign and not events:
        raise ServerError(NO_COMPLETION)


async def read_json(chunks: AsyncIterable[bytes], most_bytes: int) -> Any:
    """Reads a body as JSON.

    Raises:
        ServerError: It is too long, or is not JSON.
    """
    return _parse(b"".join([chunk async for chunk in _count_bytes(chunks, most_bytes)]))


async def _count_bytes(chunks: AsyncIterable[bytes], most: int) -> AsyncIterator[bytes]:
    count = 0
    async for chunk in chunks:
        count += len(chunk)
        if count > most:
            raise ServerError(f"the server sent more than the {most:,} bytes that an answer of this length may take")
        yield chunk


async def _read_lines(chunks: AsyncIterable[bytes]) -> AsyncIterator[bytes]:
    """Lines without what ends them: CR, LF or both. One that nothing ends is no line."""
    rest = bytearray()
    async for chunk in chunks:
        rest += chunk
        if b"\n" in chunk or b"\r" in chunk:
            lines = rest.splitlines(keepends=True)
            # A CR at the end may be half of a line's end.
            rest = lines.pop() if not lines[-1].endswith(b"\n") else bytearray()
            for line in lines:
                yield bytes(line.rstrip(b"\r\n"))
        _require_room(len(rest))
    if rest.endswith(b"\r"):
        yield bytes(rest[:-1])


def _require_room(size: int) -> None:
    if size > _MOST_IN_EVENT:
        raise ServerError(f"the server sent an event of more than {_MOST_IN_EVENT:,} bytes")


def _parse(data: bytes) -> Any:
    try:
        return json.loads(data.decode())
    except (ValueError, RecursionError):
        # Not chained: the error carries all that was sent.
        raise ServerError(NO_COMPLETION) from None
