"""What a synthetic document states, and what may be asked of it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, ClassVar, Final, Literal, TypeVar, get_args

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence
    from random import Random

_Item = TypeVar("_Item", bound="Fact | Unanswerable")

FactKind = Literal[
    "attribute", "lookup", "cell", "next", "date", "amount", "name", "clause", "definition", "quantity", "contact"
]
"""What an answer is: a property, the value of a key (or the key of a value), a table's cell, a neighbour in an order, a
date, money, a person, firm or place, a section, the meaning of a term, a number with its unit, a way to
reach someone."""

FACT_KINDS: Final[tuple[FactKind, ...]] = get_args(FactKind)
"""All kinds."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Fact:
    """A fact that a document states once.

    Attributes:
        questions: Wordings of one question; only this fact answers it.
        answer: What should be said, as it stands in the evidence.
        evidence: The passage that states it: a sentence, or a line of a list or table.
        start: First character of the evidence in the document's text.
        end: Character after its last.
        kind: What the answer is.
        template: Where the question comes from, for statistics: ``"lease/rent"``.
    """

    questions: tuple[str, ...]
    answer: str
    evidence: str
    start: int
    end: int
    kind: FactKind
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class Unanswerable:
    """A question that suits a document and that it does not answer.

    Attributes:
        questions: Wordings of it.
        kind: What the answer would be.
        template: Where the question comes from.
    """

    answer: ClassVar[None] = None
    questions: tuple[str, ...]
    kind: FactKind
    template: str


@dataclass(frozen=True, slots=True, kw_only=True)
class SyntheticDocument:
    """A made-up document, or texts of one's own put together.

    Attributes:
        text: Printable ASCII and line breaks; the cells of a table's row are separated by ``" | "``.
        facts: What it states, in the order of its text.
        unanswerable: What it leaves open.
        kind: Of the document: ``"lease"``.
    """

    text: str
    facts: tuple[Fact, ...]
    unanswerable: tuple[Unanswerable, ...]
    kind: str


def drawn(kinds: Mapping[str, Sequence[_Item]], rng: Random) -> _Item:
    """One of a kind, all kinds being as likely: else the cells of tables would crowd out the others."""
    return rng.choice(kinds[rng.choice(list(kinds))])


def by_kind(items: Iterable[_Item]) -> dict[str, list[_Item]]:
    """Facts and questions by their kind, in the order in which kinds first occur."""
    kinds: dict[str, list[_Item]] = {}
    for item in items:
        kinds.setdefault(item.kind, []).append(item)
    return kinds
