"""Natural Questions: what people asked a search engine, about the passage that answers it among others."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import accumulate
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import MalformedError
from glyph_integrations.evaluation.material import characters_per_page, drawn_by, records
from glyph_integrations.evaluation.metrics import exact_match, says_any
from glyph_integrations.evaluation.results import Asked, NaturalQuestions
from glyph_integrations.rendering import render
from glyph_integrations.source import SourceText

if TYPE_CHECKING:
    import os
    from collections.abc import Sequence
    from random import Random

    from glyph_integrations.evaluation.metrics import Outcome
    from glyph_integrations.reading import Answer, Reader

_GAP: Final = "\n\n"


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A question, its answers, and the passage that holds one of them."""

    question: str
    answers: tuple[str, ...]
    text: str


def measure_natural_questions(
    reader: Reader, path: str | os.PathLike[str], *, questions: int, pages: int, seed: int
) -> NaturalQuestions:
    """Asks so many questions, each about a document of its own.

    Args:
        reader: Who is asked.
        path: A file of records with ``question``, ``answers`` and ``ctxs``, whose first passage holds an answer.
        questions: How many; all where the file has fewer.
        pages: Of each document, about; fewer where the file has not enough other passages.
        seed: Decides which questions, which other passages, and where among them the right one stands.

    Raises:
        NotFoundError: There is no such file.
        MalformedError: It is damaged, or has no such records.
        GlyphError: A document does not fit the model, or the model could not answer.
    """
    found = [_passage(record) for record in records(path)]
    rng = drawn_by(seed, "natural questions")
    asked, read = [], 0
    for passage in rng.sample(found, min(questions, len(found))):
        text = document(passage, found, rng, reader, pages=pages)
        with reader.open(SourceText.from_string(text)) as session:
            read += len(session.rendering)
            answer = session.ask(passage.question)
        asked.append(
            Asked(
                question=passage.question,
                references=passage.answers,
                answer=answer.text,
                outcome=_outcome(answer, passage.answers),
                corrected=any(check.status == "corrected" for check in answer.checks),
            )
        )
    return NaturalQuestions(pages=read, asked=tuple(asked))


def document(passage: Passage, passages: Sequence[Passage], rng: Random, reader: Reader, *, pages: int) -> str:
    """A passage somewhere among others that hold none of its answers, on about so many pages."""
    style, spec = reader.style, reader.model.spec
    most = pages * characters_per_page(style, spec)
    chosen, length = [passage.text], len(passage.text)
    for other in rng.sample(passages, len(passages)):
        if length > most:
            break
        if other.text not in chosen and not says_any(other.text, passage.answers):
            chosen.append(other.text)
            length += len(_GAP) + len(other.text)
    rendering = render(_GAP.join(chosen), style, spec)
    if len(rendering) > pages:  # the room of a page was an estimate
        end = rendering[pages - 1].char_range[1]
        ends = accumulate(len(text) + len(_GAP) for text in chosen)
        chosen = chosen[: max(sum(stop <= end for stop in ends), 1)]
    others = chosen[1:]
    others.insert(rng.randrange(len(chosen)), passage.text)
    return _GAP.join(others)


def _passage(record: dict[str, Any]) -> Passage:
    try:
        first = record["ctxs"][0]
        answers = tuple(map(str, record["answers"]))
        passage = Passage(question=str(record["question"]), answers=answers, text=f"{first['title']}\n{first['text']}")
    except (KeyError, TypeError, IndexError) as error:
        raise MalformedError("a record of natural questions has question, answers and ctxs") from error
    if not passage.answers or not passage.question.strip():
        raise MalformedError("a record of natural questions has a question and an answer")
    return passage


def _outcome(answer: Answer, references: Sequence[str]) -> Outcome:
    if answer.abstained or not answer.text.strip():
        return "abstained"
    return "correct" if exact_match(answer.text, references) else "wrong"
