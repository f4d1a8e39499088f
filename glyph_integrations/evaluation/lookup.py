"""Lookup questions about synthetic documents: correct, abstained or silently wrong."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from glyph_integrations.evaluation.material import drawn_by, held_out_document
from glyph_integrations.evaluation.metrics import classify
from glyph_integrations.evaluation.results import Asked, Lookup
from glyph_integrations.source import SourceText
from glyph_integrations.training.corpus import by_kind

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator
    from random import Random

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.reading import Reader
    from glyph_integrations.rendering import RenderStyle
    from glyph_integrations.training.corpus import Fact, SyntheticDocument, Unanswerable

_Item = TypeVar("_Item", "Fact", "Unanswerable")


@dataclass(frozen=True, slots=True, kw_only=True)
class Query:
    """A question, and the answer that the document gives; None where it gives none."""

    question: str
    answer: str | None
    kind: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Paper:
    """A document and what is asked about it."""

    text: str
    queries: tuple[Query, ...]


def papers(
    spec: ModelSpec, *, style: str | RenderStyle, documents: int, pages: int, questions: int, seed: int
) -> Iterator[Paper]:
    """Documents of about so many pages, and questions about them.

    Kinds of questions take turns, so that the cells of long tables do not crowd out the rest. To every two questions
    that a document answers comes one that it does not.

    Args:
        spec: The model that will read.
        style: How pages are rendered.
        documents: How many.
        pages: Of each.
        questions: Answerable ones of all documents together.
        seed: Decides everything.
    """
    for number in range(documents):
        document = held_out_document(f"{seed}/lookup/{number}", pages=pages, style=style, spec=spec)
        share = questions * (number + 1) // documents - questions * number // documents
        yield Paper(text=document.text, queries=_queries(document, drawn_by(seed, f"questions/{number}"), share))


def measure_lookup(reader: Reader, *, documents: int, pages: int, questions: int, seed: int) -> Lookup:
    """Asks a reader about held-out documents.

    Raises:
        GlyphError: A document does not fit the model, or the model could not answer.
    """
    asked: list[Asked] = []
    read = 0
    drawn = papers(
        reader.model.spec, style=reader.style, documents=documents, pages=pages, questions=questions, seed=seed
    )
    for paper in drawn:
        with reader.open(SourceText.from_string(paper.text)) as session:
            read += len(session.rendering)
            answers = session.ask_all([query.question for query in paper.queries])
        for query, answer in zip(paper.queries, answers, strict=True):
            asked.append(
                Asked(
                    question=query.question,
                    references=() if query.answer is None else (query.answer,),
                    answer=answer.text,
                    outcome=classify(answer.text, query.answer, abstained=answer.abstained),
                    kind=query.kind,
                    corrected=any(check.status == "corrected" for check in answer.checks),
                )
            )
    return Lookup(documents=documents, pages=read, asked=tuple(asked))


def _queries(document: SyntheticDocument, rng: Random, count: int) -> tuple[Query, ...]:
    stated = [
        Query(question=rng.choice(fact.questions), answer=fact.answer, kind=fact.kind)
        for fact in _by_turns(document.facts, rng, count)
    ]
    left_open = [
        Query(question=rng.choice(gap.questions), answer=None, kind=gap.kind)
        for gap in _by_turns(document.unanswerable, rng, (count + 1) // 2)
    ]
    return (*stated, *left_open)


def _by_turns(items: Iterable[_Item], rng: Random, count: int) -> list[_Item]:
    """Draws so many items, one of each kind in turn."""
    kinds = by_kind(items)
    drawn: list[_Item] = []
    while len(drawn) < count and kinds:
        for kind in rng.sample(sorted(kinds), len(kinds)):
            drawn.append(kinds[kind].pop(rng.randrange(len(kinds[kind]))))
            if not kinds[kind]:
                del kinds[kind]
    return drawn[:count]
