"""What was measured: counts, from which every rate can be made again."""

from __future__ import annotations

from dataclasses import asdict, dataclass, field
from statistics import mean, median
from typing import TYPE_CHECKING, Any

from glyph_integrations.evaluation.metrics import Outcome, Outcomes, f1

if TYPE_CHECKING:
    from collections.abc import Mapping


@dataclass(frozen=True, slots=True, kw_only=True)
class Unmeasured:
    """What could not be measured.

    Attributes:
        reason: Why, and what to do about it.
    """

    reason: str

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"unmeasured": self.reason}


@dataclass(frozen=True, slots=True, kw_only=True)
class Compression:
    """What full pages of a text save.

    Attributes:
        pages: How many.
        characters: On them.
        text_tokens: What these would cost as text.
        tokenizer: Whose text tokens those are.
        visual_tokens: What the pages cost.
    """

    pages: int
    characters: int
    text_tokens: int
    tokenizer: str
    visual_tokens: int

    @property
    def ratio(self) -> float:
        """Text tokens for each visual token."""
        return self.text_tokens / self.visual_tokens

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "ratio": round(self.ratio, 4)}


@dataclass(frozen=True, slots=True, kw_only=True)
class CharacterErrors:
    """How well pages were transcribed.

    Attributes:
        pages: How many.
        incomplete: Of them, those whose transcript did not end by itself but in a loop or at the limit.
        characters: Of all their texts; see ``metrics.character_errors`` for what counts.
        errors: Edits that lead from what was read to what stands there.
    """

    pages: int
    incomplete: int
    characters: int
    errors: int

    @property
    def rate(self) -> float:
        """The character error rate: errors for each character of the truth."""
        return self.errors / self.characters

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {**asdict(self), "rate": round(self.rate, 5)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Asked:
    """A question that was asked.

    Attributes:
        question: The question.
        references: Right answers; none where the document does not say.
        answer: What the reader said.
        outcome: What became of it.
        kind: Of the question.
        corrected: Whether the source corrected what the model had written.
    """

    question: str
    references: tuple[str, ...]
    answer: str
    outcome: Outcome
    kind: str = ""
    corrected: bool = False


@dataclass(frozen=True, slots=True, kw_only=True)
class Lookup:
    """Questions about synthetic documents.

    Attributes:
        documents: How many.
        pages: Of all of them.
        asked: All questions.
    """

    documents: int
    pages: int
    asked: tuple[Asked, ...] = field(repr=False)

    @property
    def answerable(self) -> Outcomes:
        """Of questions that the documents answer."""
        return Outcomes.of(one.outcome for one in self.asked if one.references)

    @property
    def unanswerable(self) -> Outcomes:
        """Of questions that they do not answer: to abstain is right."""
        return Outcomes.of(one.outcome for one in self.asked if not one.references)

    @property
    def by_kind(self) -> dict[str, Outcomes]:
        """``answerable``, kind by kind."""
        kinds = sorted({one.kind for one in self.asked if one.references})
        return {
            kind: Outcomes.of(one.outcome for one in self.asked if one.references and one.kind == kind)
            for kind in kinds
        }

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "documents": self.documents,
            "pages": self.pages,
            "answerable": asdict(self.answerable),
            "unanswerable": asdict(self.unanswerable),
            "by_kind": {kind: asdict(outcomes) for kind, outcomes in self.by_kind.items()},
            "asked": [asdict(one) for one in self.asked],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class KeyValues:
    """Values looked up by their keys, exactly.

    Attributes:
        pages: Of all documents, one for each question.
        asked: All questions.
    """

    pages: int
    asked: tuple[Asked, ...] = field(repr=False)

    @property
    def outcomes(self) -> Outcomes:
        """Of all questions."""
        return Outcomes.of(one.outcome for one in self.asked)

    @property
    def corrected(self) -> int:
        """Of the correct ones, those that are so because the source corrected them."""
        return sum(one.corrected for one in self.asked if one.outcome == "correct")

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "pages": self.pages,
            "outcomes": asdict(self.outcomes),
            "corrected": self.corrected,
            "asked": [asdict(one) for one in self.asked],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class NaturalQuestions:
    """Questions that people asked a search engine, about the passage that answers them among others.

    Attributes:
        pages: Of all documents, one for each question.
        asked: All questions; correct is an exact match.
    """

    pages: int
    asked: tuple[Asked, ...] = field(repr=False)

    @property
    def outcomes(self) -> Outcomes:
        """Of all questions."""
        return Outcomes.of(one.outcome for one in self.asked)

    @property
    def f1(self) -> float:
        """The mean over all questions; abstentions count as 0."""
        return mean(0.0 if one.outcome == "abstained" else f1(one.answer, one.references) for one in self.asked)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "pages": self.pages,
            "outcomes": asdict(self.outcomes),
            "f1": round(self.f1, 4),
            "asked": [asdict(one) for one in self.asked],
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Latency:
    """Seconds from a text to the answer to one question about it, rendering included.

    Attributes:
        pages: Of each document.
        seconds: One for each document; no document twice, so that nothing is prefilled.
        cores: That the process may use.
    """

    pages: tuple[int, ...]
    seconds: tuple[float, ...]
    cores: int

    @property
    def median(self) -> float:
        """Seconds of the middle one."""
        return median(self.seconds)

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "pages": list(self.pages),
            "seconds": [round(value, 4) for value in self.seconds],
            "median": round(self.median, 4),
            "cores": self.cores,
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class CurvePoint:
    """One variation of a style.

    Attributes:
        setting: What was varied, and to what: ``"line height 10"``.
        compression: Of the prose that was read.
        errors: By the kind of text.
    """

    setting: str
    compression: Compression
    errors: Mapping[str, CharacterErrors]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "setting": self.setting,
            "compression": self.compression.to_dict(),
            "errors": {kind: errors.to_dict() for kind, errors in self.errors.items()},
        }


@dataclass(frozen=True, slots=True, kw_only=True)
class Curve:
    """Error against compression.

    Attributes:
        points: From the most spacious variation to the densest.
        left_out: Variations that could not be measured, and why.
    """

    points: tuple[CurvePoint, ...]
    left_out: Mapping[str, str]

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {"points": [point.to_dict() for point in self.points], "left_out": dict(self.left_out)}


@dataclass(frozen=True, slots=True, kw_only=True)
class Evaluation:
    """All that was measured of a reader.

    Attributes:
        model: Its name.
        style: Name of the style that its pages are rendered in.
        seed: What the texts and questions were drawn by.
        compression: On prose.
        errors: By the kind of text.
        lookup: Questions about synthetic documents.
        key_values: Values looked up by their keys.
        natural_questions: Questions of people.
        latency: Seconds.
        curve: Error against compression.
    """

    model: str
    style: str
    seed: int
    compression: Compression | Unmeasured
    errors: Mapping[str, CharacterErrors | Unmeasured]
    lookup: Lookup | Unmeasured
    key_values: KeyValues | Unmeasured
    natural_questions: NaturalQuestions | Unmeasured
    latency: Latency | Unmeasured
    curve: Curve | Unmeasured

    def to_dict(self) -> dict[str, Any]:
        """Plain data for JSON."""
        return {
            "model": self.model,
            "style": self.style,
            "seed": self.seed,
            "compression": self.compression.to_dict(),
            "errors": {kind: errors.to_dict() for kind, errors in self.errors.items()},
            "lookup": self.lookup.to_dict(),
            "key_values": self.key_values.to_dict(),
            "natural_questions": self.natural_questions.to_dict(),
            "latency": self.latency.to_dict(),
            "curve": self.curve.to_dict(),
        }
