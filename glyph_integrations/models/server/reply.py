"""``Reply``: the events of one streamed answer, gathered into a ``Generation``."""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import ResponseError, ServerError
from glyph_integrations.models.generation import Finish, Generation, GenerationSettings, TokenUsage
from glyph_integrations.models.repetition import loop_start
from glyph_integrations.models.thinking import ThinkingSplitter, split_thinking

if TYPE_CHECKING:
    from openai.types import CompletionUsage
    from openai.types.chat import ChatCompletionChunk
    from openai.types.chat.chat_completion_chunk import Choice

_CHECKED_EVERY: Final = 256  # characters, for loops
_FINISHES: Final[dict[str, Finish]] = {"stop": "stop", "length": "length"}


class Reply:
    """Takes the events of one answer in order; knows nothing of connections.

    Args:
        settings: What was asked for.
        sent: When the request was sent, by ``time.perf_counter``.
    """

    def __init__(self, settings: GenerationSettings, sent: float) -> None:
        self.finish: Finish | None = None
        self._settings = settings
        self._sent = sent
        self._first: float | None = None
        self._last = sent
        self._text = ""  # as the model wrote it, thinking in tags included
        self._reasoning = ""  # what the server has told apart itself
        self._checked = 0
        self._splitter = ThinkingSplitter()
        self._pieces: list[str] = []
        self._usage: CompletionUsage | None = None
        self._logprobs: list[float] = []

    @property
    def begun(self) -> bool:
        """Whether the model has written anything yet."""
        return self._first is not None

    def feed(self, chunk: ChatCompletionChunk) -> str:
        """Takes one event.

        Returns:
            What it adds to the answer.

        Raises:
            ResponseError: The server withheld the answer.
            ServerError: The server gave up on it.
        """
        self._usage = chunk.usage or self._usage
        return "".join(self._take(choice) for choice in chunk.choices or ())

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
            usage=_token_usage(self._usage),
            seconds={"prefill": first - self._sent, "decode": self._last - first},
            logprob=sum(self._logprobs) / len(self._logprobs) if self._logprobs else None,
            data=self._data(text),
        )

    def _take(self, choice: Choice) -> str:
        delta = choice.delta
        # vLLM calls it "reasoning" by now, SGLang and older vLLM "reasoning_content"; OpenAI keeps it to itself.
        reasoning = getattr(delta, "reasoning", None) or getattr(delta, "reasoning_content", None) or ""
        text = delta.content or ""
        if text or reasoning:
            self._last = time.perf_counter()
            self._first = self._first or self._last
        self._reasoning += reasoning
        self._text += text
        if choice.logprobs and choice.logprobs.content:
            self._logprobs += (token.logprob for token in choice.logprobs.content)
        if delta.refusal or choice.finish_reason == "content_filter":
            raise ResponseError("the server refuses to answer this: its policy withholds the answer")
        if choice.finish_reason:
            self.finish = _FINISHES.get(choice.finish_reason)
            if self.finish is None:
                raise ServerError(f"the server gave up on the answer ({choice.finish_reason[:40]!r}): ask again")
        if len(self._text) + len(self._reasoning) - self._checked >= _CHECKED_EVERY:
            self._check()
        return self._shown(self._splitter.feed(text))

    def _shown(self, piece: str) -> str:
        self._pieces.append(piece)
        return piece

    def _check(self) -> None:
        """Looks for a loop."""
        self._checked = len(self._text) + len(self._reasoning)
        if loop_start(self._text) is not None or loop_start(self._reasoning) is not None:
            self.finish = "repetition"

    def _data(self, text: str) -> Any:
        """The JSON of an answer that is complete."""
        if self._settings.schema is None or self.finish != "stop":
            return None
        from glyph_integrations.models.schema import parse

        return parse(text, self._settings.schema)


def _token_usage(usage: CompletionUsage | None) -> TokenUsage:
    if usage is None:
        return TokenUsage()
    details = usage.prompt_tokens_details
    return TokenUsage(
        prompt=usage.prompt_tokens or 0,
        output=usage.completion_tokens or 0,
        cached=(details.cached_tokens or 0) if details else 0,
    )
