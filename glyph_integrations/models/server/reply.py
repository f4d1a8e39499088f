"""``Reply``: the events of one streamed answer, gathered into a ``Generation``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import ResponseError, ServerError
from glyph_integrations.models.generation import Finish, Generation, GenerationSettings, TokenUsage
from glyph_integrations.models.repetition import loop_start
from glyph_integrations.models.server.chunks import EventError, read_field, read_logprobs, read_usage, require_kind
from glyph_integrations.models.thinking import ThinkingSplitter, split_thinking

if TYPE_CHECKING:
    from collections.abc import Mapping

_CHECKED_EVERY: Final = 256  # characters, for loops
_FINISHES: Final[dict[str, Finish]] = {"stop": "stop", "length": "length"}
# What tokens may come to. English has 4 characters to a token, and no text has 16 in the mean; an event takes some
# 300 bytes, with log probabilities 600.
_CHARACTERS_PER_TOKEN: Final = 16
_BYTES_PER_TOKEN: Final = 4096
_BYTES_BESIDE: Final = 1 << 20
_MOST_BYTES: Final = 1 << 28


def most_characters(max_tokens: int) -> int:
    """How long an answer of so many tokens may be; what writes more does not keep to them."""
    return _CHARACTERS_PER_TOKEN * (max_tokens + 256)


def most_bytes(max_tokens: int) -> int:
    """How many bytes a stream of so many tokens may have."""
    return min(_BYTES_PER_TOKEN * max_tokens + _BYTES_BESIDE, _MOST_BYTES)


class Reply:
    """Takes the events of one answer in order; knows nothing of connections.

    Args:
        settings: What was asked for.
        sent: When the request was sent, by ``time.perf_counter``.
    """

    def __init__(self, settings: GenerationSettings, sent: float) -> None:
        self.finish: Finish | None = None
        self.is_cut = False
        """Whether it is enough: a loop, or more than was asked for. What follows is not worth reading."""
        self._settings = settings
        self._room = most_characters(settings.max_tokens)
        self._sent = sent
        self._first: float | None = None
        self._last = sent
        self._text = ""  # as the model wrote it, thinking in tags included
        self._reasoning = ""  # what the server has told apart itself
        self._checked = 0
        self._splitter = ThinkingSplitter()
        self._pieces: list[str] = []
        self._usage = TokenUsage()
        self._logprobs: list[float] = []

    @property
    def begun(self) -> bool:
        """Whether the model has written anything yet."""
        return self._first is not None

    def feed(self, event: Any) -> str:
        """Takes one event: the JSON of a chat completion chunk, or whatever the server sent.

        Returns:
            What it adds to the answer.

        Raises:
            ResponseError: The server withheld the answer.
            ServerError: The server gave up on it, or the event is not one.
            EventError: It reports a failure.
        """
        chunk = require_kind(event, dict)
        if chunk.get("error"):
            raise EventError(chunk["error"])
        self._usage = read_usage(chunk.get("usage")) or self._usage
        return "".join([self._take(require_kind(choice, dict)) for choice in read_field(chunk, "choices", list) or ()])

    def close(self) -> str:
        """Takes the end of the stream; returns the last piece of the answer."""
        self._check()
        return self._shown(self._splitter.finish())

    def result(self) -> Generation:
        """The whole answer, once closed; ``"cancelled"`` if it has not ended.

        Raises:
            ResponseError: It breaks the schema that was asked for.
        """
        thinking, text = self._splitter.thinking, "".join(self._pieces)
        if self.finish == "repetition":
            self._reasoning = self._reasoning[: loop_start(self._reasoning)]
            thinking, text = split_thinking(self._text[: loop_start(self._text)])
        first = self._first or self._last
        return Generation(
            text=text,
            thinking="\n".join(filter(None, [self._reasoning.strip(), thinking])),
            finish=self.finish or "cancelled",
            usage=self._usage,
            seconds={"prefill": first - self._sent, "decode": self._last - first},
            logprob=sum(self._logprobs) / len(self._logprobs) if self._logprobs else None,
            data=self._data(text),
        )

    def _take(self, choice: Mapping[str, Any]) -> str:
        if choice.get("index") not in (None, 0):
            raise ServerError("the server sent another answer beside the one that was asked for")
        delta = read_field(choice, "delta", dict) or {}
        # vLLM calls it "reasoning" by now, SGLang and older vLLM "reasoning_content"; OpenAI keeps it to itself.
        reasoning = self._within(
            read_field(delta, "reasoning", str) or read_field(delta, "reasoning_content", str) or ""
        )
        text = self._within(read_field(delta, "content", str) or "")
        if text or reasoning:
            self._last = time.perf_counter()
            self._first = self._first or self._last
        self._reasoning += reasoning
        self._text += text
        self._logprobs += read_logprobs(choice)
        self._end(delta, read_field(choice, "finish_reason", str))
        if len(self._text) + len(self._reasoning) - self._checked >= _CHECKED_EVERY:
            self._check()
        return self._shown(self._splitter.feed(text))

    def _within(self, piece: str) -> str:
        """What of a piece belongs to the answer: no more than there is room for, and no halves of characters."""
        if len(piece) > self._room:
            self.finish, self.is_cut = "length", True
        piece = piece[: self._room]
        self._room -= len(piece)
        return piece.encode("utf-16", "surrogatepass").decode("utf-16", "replace")

    def _end(self, delta: Mapping[str, Any], reason: str | None) -> None:
        if read_field(delta, "refusal", str) or reason == "content_filter":
            raise ResponseError("the server refuses to answer this: its policy withholds the answer")
        if reason and not self.is_cut:
            self.finish = _FINISHES.get(reason)
            if self.finish is None:
                raise ServerError(f"the server gave up on the answer ({reason[:40]!r}): ask again")

    def _shown(self, piece: str) -> str:
        self._pieces.append(piece)
        return piece

    def _check(self) -> None:
        """Looks for a loop."""
        self._checked = len(self._text) + len(self._reasoning)
        if loop_start(self._text) is not None or loop_start(self._reasoning) is not None:
            self.finish, self.is_cut = "repetition", True

    def _data(self, text: str) -> Any:
        """The JSON of an answer that is complete."""
        if self._settings.schema is None or self.finish != "stop":
            return None
        from glyph_integrations.models.schema import parse

        return parse(text, self._settings.schema)
