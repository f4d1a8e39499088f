"""What a reply is worth: the rewards of reinforcement learning, and the form in which TRL takes them.

Pure functions of what a model wrote, from 0 to 1. They need no judge: synthetic documents know what is asked of them.
"""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from functools import partial
from typing import TYPE_CHECKING, Any, Final, Literal

from rapidfuzz.distance import Levenshtein

from glyph_integrations.models.thinking import split_thinking
from glyph_integrations.reading.folding import plain
from glyph_integrations.reading.replies import Reply

if TYPE_CHECKING:
    from collections.abc import Callable, Container, Sequence

PromptKind = Literal["answer", "abstain", "transcribe"]
"""What is right: the answer, to say that the pages do not hold it, or the text of the page."""

_STRICT: Final = {"extra": "forbid"}
_NEAR: Final = 0.5  # most that a reply can earn that has words of the answer, but is not it
_AROUND: Final = ".,;:!?\"'()[]"  # and no signs that change a number
_TAGS: Final = ("<think>", "</think>", "<answer>", "</answer>")


@dataclass(frozen=True, slots=True, kw_only=True)
class Completion:
    """What a model wrote.

    Attributes:
        text: All of it, with the tags around thinking and without special tokens.
        ended: It ended by itself, rather than at the most tokens it was given.
    """

    text: str
    ended: bool = True

    @property
    def reply(self) -> Reply:
        """What follows the thinking, taken apart."""
        return Reply.parse(split_thinking(self.text)[1])


@dataclass(frozen=True, slots=True, kw_only=True)
class RewardConfig:
    """What counts how much in the sum of the rewards; one that does not apply to a prompt counts nothing there.

    Attributes:
        answer: Weight of ``answer_reward``, where the pages hold the answer.
        abstention: Weight of ``abstention_reward``, where they do not.
        transcription: Weight of ``transcription_reward``, where a page is to be transcribed.
        form: Weight of ``form_reward``, where something is asked.
        needless: What abstaining is worth where the pages hold the answer, as a share of ``answer``.
    """

    __pydantic_config__ = _STRICT

    answer: float = 1.0
    abstention: float = 1.0
    transcription: float = 1.0
    form: float = 0.2
    needless: float = 0.1


def answer_reward(completion: Completion, reference: str, *, needless: float = 0.0) -> float:
    """How right an answer is: 1 for the reference, whatever its quotation marks, dashes and capital letters.

    Else half the F1 of its words: enough to draw a model towards the answer, never near to having it.

    Args:
        completion: What the model wrote.
        reference: The answer that the pages hold.
        needless: What abstaining is worth here. A wrong answer being worth 0 and the right one 1, a model earns most
            if it abstains where it would be right with less than this probability; at 0, if it always guesses.
    """
    reply = completion.reply
    if reply.abstained:
        return needless
    said, wanted = _words(reply.text), _words(reference)
    return 1.0 if said == wanted else _NEAR * _f1(said, wanted)


def abstention_reward(completion: Completion) -> float:
    """1 for saying that the pages do not hold the answer, 0 for any answer."""
    return float(completion.reply.abstained)


def transcription_reward(completion: Completion, reference: str) -> float:
    """1 less the Levenshtein distance to the page's text, as a share of the longer of the two.

    White space counts as one space each: where a page breaks its lines is nothing that its text says.
    """
    _, written = split_thinking(completion.text)
    return float(Levenshtein.normalized_similarity(" ".join(written.split()), " ".join(reference.split())))


def form_reward(completion: Completion) -> float:
    """The share of what was agreed on for replies that this one keeps to.

    Thinking is closed, and no tag stands elsewhere; there is an answer, or an abstention and nothing beside it; an
    answer rests on something, thought before or quoted after it, and after an abstention stands no quote; it ends by
    itself.
    """
    thinking, written = split_thinking(completion.text)
    reply = Reply.parse(written)
    kept = (
        bool(written) and not any(tag in written for tag in _TAGS),
        bool(reply.text) != reply.abstained,
        not reply.quotes if reply.abstained else bool(reply.quotes or (reply.text and thinking)),
        completion.ended,
    )
    return sum(kept) / len(kept)


class RewardFunction:
    """A reward as TRL takes it: for a batch of completions at once, None where it does not apply.

    Args:
        name: What TRL's metrics call it.
        kinds: The prompts that it applies to.
        measure: The reward of a completion, with the reference of its prompt.
        read: Token ids of a completion to what they say.
    """

    def __init__(
        self,
        name: str,
        kinds: Container[PromptKind],
        measure: Callable[[Completion, str], float],
        read: Callable[[Sequence[int]], Completion],
    ) -> None:
        self.__name__ = name
        self._kinds = kinds
        self._measure = measure
        self._read = read

    def __call__(
        self, *, completion_ids: Sequence[Sequence[int]], kind: Sequence[PromptKind], reference: Sequence[str], **_: Any
    ) -> list[float | None]:
        """The rewards of completions; ``kind`` and ``reference`` are columns of the dataset.

        TRL's own text of the completions is left aside: it does not tell how they ended.
        """
        rows = zip(completion_ids, kind, reference, strict=True)
        return [self._measure(self._read(ids), right) if asked in self._kinds else None for ids, asked, right in rows]


def reward_functions(
    config: RewardConfig, read: Callable[[Sequence[int]], Completion]
) -> tuple[list[RewardFunction], list[float]]:
    """All rewards as TRL takes them, and their weights in the sum that it makes of them.

    Args:
        config: What counts how much.
        read: Token ids of a completion to what they say.
    """
    answer = partial(answer_reward, needless=config.needless)
    return [
        RewardFunction("answer", ("answer",), answer, read),
        RewardFunction("abstention", ("abstain",), lambda completion, _: abstention_reward(completion), read),
        RewardFunction("transcription", ("transcribe",), transcription_reward, read),
        RewardFunction("form", ("answer", "abstain"), lambda completion, _: form_reward(completion), read),
    ], [config.answer, config.abstention, config.transcription, config.form]


def _words(text: str) -> list[str]:
    """Words without the punctuation around them; without case where they hold no digit: identifiers have theirs."""
    bare = (word.strip(_AROUND) for word in plain(text).split())
    return [word if any(map(str.isdigit, word)) else word.casefold() for word in bare if word]


def _f1(said: Sequence[str], wanted: Sequence[str]) -> float:
    common = (Counter(said) & Counter(wanted)).total()
    return 2 * common / (len(said) + len(wanted)) if common else 0.0
