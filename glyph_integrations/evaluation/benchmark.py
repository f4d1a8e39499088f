"""``evaluate``: all measures of a reader."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from functools import partial
from typing import TYPE_CHECKING, Self, TypeVar

from glyph_integrations.errors import GlyphError, RequestError
from glyph_integrations.evaluation.curve import measure_curve
from glyph_integrations.evaluation.latency import measure_latency
from glyph_integrations.evaluation.lookup import measure_lookup
from glyph_integrations.evaluation.natural_questions import measure_natural_questions
from glyph_integrations.evaluation.results import Evaluation, Unmeasured
from glyph_integrations.evaluation.retrieval import measure_key_values
from glyph_integrations.evaluation.transcription import (
    PROSE,
    RANDOM,
    SHUFFLED,
    kinds_of,
    measure_compression,
    measure_errors,
)
from glyph_integrations.rendering import render_style

if TYPE_CHECKING:
    from collections.abc import Callable
    from pathlib import Path

    from glyph_integrations.evaluation.results import CharacterErrors, KeyValues, NaturalQuestions
    from glyph_integrations.reading import Reader
    from glyph_integrations.training.corpus import TextSource

_Result = TypeVar("_Result")
_Material = TypeVar("_Material")
_TEXTS = "no text was given: name one that the reader was not trained on (--texts)"
_KEY_VALUES = "no file of key-value pairs was given (--kv)"
_QUESTIONS = "no file of natural questions was given (--nq)"


@dataclass(frozen=True, slots=True, kw_only=True)
class Workload:
    """How much is measured. All of it is drawn by the seed, so that two readers of a style get the same.

    Attributes:
        pages: Transcribed pages of each kind of text.
        curve_pages: The same, for each variation of the style.
        documents: Synthetic documents that are asked about.
        document_pages: Pages of each, and of those that are timed.
        questions: About all of them; half as many again are unanswerable.
        key_values: Values that are looked up.
        natural_questions: Questions of people.
        natural_pages: Pages of the documents that these are about.
        timed: Documents that are timed.
        transcript_tokens: Most tokens of a transcript; None for as many as the page could need.
        seed: Decides what is drawn.
    """

    pages: int = 8
    curve_pages: int = 4
    documents: int = 10
    document_pages: int = 10
    questions: int = 100
    key_values: int = 50
    natural_questions: int = 100
    natural_pages: int = 5
    timed: int = 3
    transcript_tokens: int | None = None
    seed: int = 0

    def __post_init__(self) -> None:
        for name, value in asdict(self).items():
            if name != "seed" and value is not None and value < 1:
                raise RequestError(f"Workload: {name} must be at least 1")

    @classmethod
    def quick(cls, *, seed: int = 0) -> Self:
        """Enough to see that a reader works; too little to compare two."""
        return cls(
            pages=1,
            curve_pages=1,
            documents=2,
            document_pages=2,
            questions=8,
            key_values=2,
            natural_questions=2,
            natural_pages=2,
            timed=1,
            seed=seed,
        )


def evaluate(
    reader: Reader,
    workload: Workload | None = None,
    *,
    texts: TextSource | None = None,
    key_values: Path | None = None,
    natural_questions: Path | None = None,
    notify: Callable[[str], None] | None = None,
) -> Evaluation:
    """Measures a reader. What cannot be measured is reported with the reason, and the rest goes on.

    Args:
        reader: Any; one whose window is small should read in windows (``overflow="windows"``).
        workload: How much is measured.
        texts: Prose that the reader was not trained on.
        key_values: A file for ``measure_key_values``.
        natural_questions: A file for ``measure_natural_questions``.
        notify: Told what is measured next.
    """
    work, model, style = workload or Workload(), reader.model, render_style(reader.style)
    seed, most = work.seed, work.transcript_tokens
    tell = notify or (lambda _: None)

    def measured(name: str, measure: Callable[[], _Result]) -> _Result | Unmeasured:
        tell(name)
        try:
            return measure()
        except GlyphError as error:
            return Unmeasured(reason=str(error))

    def errors(kind: str) -> CharacterErrors:
        source = _given(kinds_of(texts).get(kind), _TEXTS)
        return measure_errors(model, kind, source, style=style, pages=work.pages, seed=seed, max_tokens=most)

    def retrieval() -> KeyValues:
        path = _given(key_values, _KEY_VALUES)
        return measure_key_values(reader, path, questions=work.key_values, seed=seed)

    def people() -> NaturalQuestions:
        path = _given(natural_questions, _QUESTIONS)
        return measure_natural_questions(
            reader, path, questions=work.natural_questions, pages=work.natural_pages, seed=seed
        )

    return Evaluation(
        model=model.name,
        style=style.name,
        seed=seed,
        compression=measured(
            "compression",
            lambda: measure_compression(_given(texts, _TEXTS), model.spec, style=style, pages=work.pages, seed=seed),
        ),
        errors={kind: measured(kind, partial(errors, kind)) for kind in (PROSE, SHUFFLED, RANDOM)},
        lookup=measured(
            "lookup questions",
            lambda: measure_lookup(
                reader, documents=work.documents, pages=work.document_pages, questions=work.questions, seed=seed
            ),
        ),
        key_values=measured("key-value retrieval", retrieval),
        natural_questions=measured("natural questions", people),
        latency=measured(
            "seconds",
            lambda: measure_latency(reader, documents=work.timed, pages=work.document_pages, seed=seed),
        ),
        curve=measured(
            "error against compression",
            lambda: measure_curve(
                model, _given(texts, _TEXTS), style=style, pages=work.curve_pages, seed=seed, max_tokens=most
            ),
        ),
    )


def _given(material: _Material | None, wanted: str) -> _Material:
    if material is None:
        raise RequestError(wanted)
    return material
