"""What a model writes, token by token: text, thinking kept apart, and when to stop."""

from __future__ import annotations

import math
import time
from typing import TYPE_CHECKING, Any, Final

import torch
from transformers import LogitsProcessor, StoppingCriteria

from glyph_integrations.models.generation import Finish, Generation, TokenUsage
from glyph_integrations.models.repetition import loop_start
from glyph_integrations.models.thinking import ThinkingSplitter, split_thinking
from glyph_integrations.models.tools import TAGS, ToolSplitter

if TYPE_CHECKING:
    import threading
    from collections.abc import Callable, Sequence

_CHECKED_EVERY = 64  # characters, for loops
_TAGS: Final = ("<think>", "</think>", "<answer>", "</answer>", "<|begin_of_box|>", "<|end_of_box|>", *TAGS)


class Vocabulary:
    """Token ids to text, special tokens left out, but for those that frame thinking and answers."""

    def __init__(self, tokenizer: Any, ends: Sequence[int]) -> None:
        self._tokenizer = tokenizer
        kept = {tokenizer.convert_tokens_to_ids(tag) for tag in _TAGS if tag in tokenizer.get_vocab()}
        self.ends = frozenset(ends)
        self._hidden = (frozenset(tokenizer.all_special_ids) | self.ends) - kept

    def stream(self) -> Any:
        """A decoder for one text; see ``piece``."""
        from tokenizers.decoders import DecodeStream

        return DecodeStream(skip_special_tokens=False)

    def piece(self, stream: Any, token: int) -> str:
        """The text that a token adds; empty while a character is incomplete."""
        if token in self._hidden:
            return ""
        return stream.step(self._tokenizer.backend_tokenizer, token) or ""

    def text(self, tokens: Sequence[int]) -> str:
        """The text of all tokens."""
        shown = [token for token in tokens if token not in self._hidden]
        text: str = self._tokenizer.decode(shown, skip_special_tokens=False, clean_up_tokenization_spaces=False)
        return text


class Output:
    """The output of one conversation.

    Args:
        vocabulary: Decodes the tokens.
        stop: Strings that end the text.
        opened: The prompt had already begun the thinking.
        calls: Takes tool calls out of the text.
    """

    def __init__(
        self, vocabulary: Vocabulary, stop: tuple[str, ...], *, opened: bool, calls: ToolSplitter | None = None
    ) -> None:
        self.tokens: list[int] = []
        self.finish: Finish | None = None
        self._vocabulary = vocabulary
        self._decoder = vocabulary.stream()
        self._stop = stop
        self._opened = opened
        self._splitter = ThinkingSplitter(opened=opened)
        self._calls = calls or ToolSplitter(())
        self._raw = ""
        self._fed = 0  # characters of the raw text that the splitter has
        self._checked = 0
        self._cut = False  # at a stop string
        self._pieces: list[str] = []

    def push(self, token: int) -> str:
        """Takes a token; returns what it adds to the text that can be shown."""
        self.tokens.append(token)
        if token in self._vocabulary.ends:
            self.finish = "stop"
            return ""
        self._raw += self._vocabulary.piece(self._decoder, token)
        return self._take()

    def close(self, finish: Finish) -> str:
        """Takes the end of the output, and why it came if ``push`` has not seen that; returns the last piece."""
        if not self._cut and self.finish != "repetition":
            # A character that was cut in the middle shows as the decoder shows it.
            whole = self._vocabulary.text(self.tokens)
            if len(whole) > len(self._raw) and whole.startswith(self._raw):
                self._raw = whole
                self._cut_at_stop()
        self.finish = self.finish or finish
        last = self._calls.feed(self._splitter.feed(self._raw[self._fed :]) + self._splitter.finish())
        last += self._calls.finish()
        self._pieces.append(last)
        return last

    def result(self, usage: TokenUsage, seconds: dict[str, float], logprob: float | None) -> Generation:
        """The whole, once closed."""
        text, thinking = "".join(self._pieces), self._splitter.thinking
        if self.finish == "repetition":
            thinking, text = split_thinking(self._raw[: loop_start(self._raw)], opened=self._opened)
        return Generation(
            text=text,
            thinking=thinking,
            finish=self.finish or "stop",
            usage=usage,
            seconds=seconds,
            logprob=logprob,
            tool_calls=self._calls.calls,
        )

    def _take(self) -> str:
        """Looks for stop strings and loops, and passes on what cannot be part of a stop string."""
        if not self._cut_at_stop() and len(self._raw) - self._checked >= _CHECKED_EVERY:
            self._checked = len(self._raw)
            if loop_start(self._raw) is not None:
                self.finish = "repetition"
        ready = len(self._raw) if self.finish else len(self._raw) - self._held_back()
        piece = self._calls.feed(self._splitter.feed(self._raw[self._fed : ready]))
        self._fed = max(ready, self._fed)
        self._pieces.append(piece)
        return piece

    def _cut_at_stop(self) -> bool:
        """Ends the text before the first stop string, if one has come up."""
        found = [place for place in (self._raw.find(stop, self._fed) for stop in self._stop) if place >= 0]
        if found:
            self._raw, self.finish, self._cut = self._raw[: min(found)], "stop", True
        return self._cut

    def _held_back(self) -> int:
        """Length of the end of the text that a stop string could begin with."""
        longest = max((len(stop) - 1 for stop in self._stop), default=0)
        for length in range(min(longest, len(self._raw)), 0, -1):
            if any(stop.startswith(self._raw[-length:]) for stop in self._stop):
                return length
        return 0


class Likelihoods(LogitsProcessor):
    """Remembers how likely every token of the vocabulary is, and changes nothing."""

    def __init__(self) -> None:
        self._latest: torch.Tensor | None = None

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Takes the scores, [rows, vocabulary]: the model's own, before what its rules forbid."""
        del input_ids
        self._latest = torch.log_softmax(scores.float(), -1)
        return scores

    def of(self, tokens: torch.Tensor) -> list[float]:
        """Log probabilities of the tokens, [rows], that were chosen."""
        if self._latest is None:
            raise RuntimeError("tokens were chosen before any scores were seen")
        found: list[float] = self._latest.gather(1, tokens[:, None].to(self._latest.device))[:, 0].tolist()
        return found


class Watch(StoppingCriteria):
    """Follows a batch while the library generates: texts, how likely they are, stop strings, loops, cancellation.

    Args:
        outputs: One for each row.
        cancel: Stops everything when set.
        show: Gets the pieces of the first row's text.
        least: The log likelihood of a whole output below which it ends.
    """

    def __init__(
        self,
        outputs: Sequence[Output],
        cancel: threading.Event,
        show: Callable[[str], None] | None,
        *,
        least: float = -math.inf,
    ) -> None:
        self.likelihoods = Likelihoods()
        self.first_token: float | None = None  # time.perf_counter() of it
        self._outputs = outputs
        self._cancel = cancel
        self._show = show
        self._least = least
        self._sums = [0.0] * len(outputs)

    def __call__(self, input_ids: torch.Tensor, scores: Any, **_: Any) -> torch.Tensor:
        """Takes the tokens, [rows, tokens], of which the last were just chosen; says which rows are done."""
        del scores
        self.first_token = self.first_token or time.perf_counter()
        chosen = input_ids[:, -1]
        likely = self.likelihoods.of(chosen)
        for row, (output, token) in enumerate(zip(self._outputs, chosen.tolist(), strict=True)):
            if output.finish is None:
                self._sums[row] += likely[row]
                piece = output.push(token)
                if piece and self._show and row == 0:
                    self._show(piece)
                if output.finish is None and self._sums[row] < self._least:
                    output.finish = "unlikely"
        cancelled = self._cancel.is_set()
        done = [cancelled or output.finish is not None for output in self._outputs]
        return torch.tensor(done, device=input_ids.device)

    def close(self) -> None:
        """Ends the outputs that nothing else has ended."""
        for row, output in enumerate(self._outputs):
            piece = output.close("cancelled" if self._cancel.is_set() else "length")
            if piece and self._show and row == 0:
                self._show(piece)

    def logprob(self, row: int) -> float | None:
        """Mean log probability of a row's tokens."""
        tokens = len(self._outputs[row].tokens)
        return self._sums[row] / tokens if tokens else None
