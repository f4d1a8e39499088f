"""What documents are made of, as read from ``data/``; ``data/README.txt`` says how those files are written."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from importlib import resources
from typing import TYPE_CHECKING, Final, NamedTuple, Self

from glyph_integrations.training.corpus.facts import FACT_KINDS, FactKind
from glyph_integrations.training.corpus.patterns import Pattern

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

_COMMON: Final = "common.txt"
_NAMES: Final = "names.txt"


class Part(NamedTuple):
    """A part of a template file: ``@keyword fields[0] = fields[1] …`` and the lines up to the next one."""

    keyword: str
    fields: tuple[str, ...]
    lines: tuple[str, ...]

    def marked(self, mark: str) -> tuple[str, ...]:
        """The lines that begin with a mark, without it."""
        return tuple(line[len(mark) + 1 :] for line in self.lines if line.startswith(f"{mark} "))

    def patterns(self, mark: str) -> tuple[Pattern, ...]:
        """Those lines as patterns."""
        return tuple(map(Pattern, self.marked(mark)))

    @property
    def titles(self) -> tuple[Pattern, ...]:
        """The alternatives in the last field."""
        return tuple(map(Pattern, self.fields[-1].split(" | ")))


@dataclass(frozen=True, slots=True, kw_only=True)
class Statement:
    """A fact in the making: its value, and how it is stated and asked for."""

    name: str
    kind: FactKind
    value: Pattern
    label: str
    passages: tuple[Pattern, ...]
    questions: tuple[str, ...]

    @classmethod
    def of(cls, part: Part) -> Self:
        """From ``@fact name kind = value = label``."""
        named, value, label = part.fields
        name, kind = named.split()
        return cls(
            name=name,
            kind=_kind(kind),
            value=Pattern(value),
            label=label,
            passages=part.patterns("-"),
            questions=part.marked("?"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Section:
    """Statements that stand together under one of the headings, each at most once in a document."""

    headings: tuple[Pattern, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Record:
    """Statements about one of many subjects of a kind; each subject has a section of its own."""

    name: str
    subject: Pattern
    headings: tuple[Pattern, ...]
    statements: tuple[Statement, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Column:
    """A column: its cells, how one is asked for by its row, and how its row by the cell."""

    header: str
    cell: Pattern
    kind: FactKind
    questions: tuple[str, ...] = ()
    reverse: tuple[str, ...] = ()

    @classmethod
    def of(cls, field: str, part: Part) -> Self:
        """From ``header = cell = kind`` and the questions that follow it."""
        header, cell, *kind = field.split(" = ")
        return cls(
            header=header,
            cell=Pattern(cell),
            kind=_kind(kind[0]) if kind else "cell",
            questions=part.marked("?"),
            reverse=part.marked("?<"),
        )


@dataclass(frozen=True, slots=True, kw_only=True)
class Table:
    """A table whose first column, ``key``, names its rows; as ``pairs`` it has one more column and no header."""

    name: str
    titles: tuple[Pattern, ...]
    key: Column
    columns: tuple[Column, ...]
    pairs: bool


@dataclass(frozen=True, slots=True, kw_only=True)
class Order:
    """Items in an order: what follows, and what goes before."""

    name: str
    titles: tuple[Pattern, ...]
    items: tuple[Pattern, ...]
    after: tuple[str, ...]
    before: tuple[str, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Glossary:
    """Terms and what they mean."""

    name: str
    titles: tuple[Pattern, ...]
    terms: tuple[tuple[str, str], ...]
    questions: tuple[str, ...]


Extra = Record | Table | Order | Glossary


@dataclass(frozen=True, slots=True, kw_only=True)
class DocumentTemplate:
    """A kind of document."""

    name: str
    titles: tuple[Pattern, ...]
    prose: tuple[Pattern, ...]
    headings: tuple[Pattern, ...]
    sections: tuple[Section, ...]
    extras: tuple[Extra, ...]


@dataclass(frozen=True, slots=True, kw_only=True)
class Split:
    """All that training, or evaluation, draws documents from.

    Attributes:
        words: Word lists by name.
        documents: The kinds of documents.
        numbers: How the number of a section is asked for by its title.
        titles: How the title of a section is asked for by its number.
        continuations: How the words are asked for that follow some words.
    """

    words: Mapping[str, tuple[str, ...]]
    documents: tuple[DocumentTemplate, ...]
    numbers: tuple[str, ...]
    titles: tuple[str, ...]
    continuations: tuple[str, ...]


@cache
def split(*, held_out: bool = False) -> Split:
    """What documents for training are drawn from, or what is kept for evaluation; no name or template is in both."""
    folder = resources.files("glyph_integrations.training.corpus") / "data"
    words = _words((folder / "words.txt").read_text("ascii"))
    folder /= "held_out" if held_out else "training"
    words |= _words((folder / _NAMES).read_text("ascii"))
    common = list(_parts((folder / _COMMON).read_text("ascii").splitlines()))
    prose = next(part.patterns("~") for part in common if part.keyword == "prose")
    asked = next(part for part in common if part.keyword == "sections")
    shared = {extra.name: extra for extra in _extras(common)}
    files = sorted(file.name for file in folder.iterdir() if file.name not in {_COMMON, _NAMES})
    return Split(
        words=words,
        documents=tuple(_document((folder / file).read_text("ascii"), prose, shared) for file in files),
        numbers=asked.marked("?"),
        titles=asked.marked("?<"),
        continuations=next(part.marked("?") for part in common if part.keyword == "continuations"),
    )


def _words(text: str) -> dict[str, tuple[str, ...]]:
    """Word lists: a line ``name:`` and the words, separated by commas, up to an empty line."""
    lists = {}
    for block in text.strip().split("\n\n"):
        name, _, words = block.partition(":")
        lists[name] = tuple(word.strip() for word in words.replace("\n", " ").split(",") if word.strip())
    return lists


def _parts(lines: Iterable[str]) -> Iterator[Part]:
    head, body = "", []
    for line in [*lines, "@"]:
        if not line.startswith("@"):
            body.append(line)
            continue
        if head:
            keyword, _, fields = head[1:].partition(" ")
            yield Part(keyword, tuple(fields.split(" = ")), tuple(body))
        head, body = line, []


def _document(text: str, prose: tuple[Pattern, ...], shared: Mapping[str, Extra]) -> DocumentTemplate:
    head, *parts = _parts(text.splitlines())
    sections = [
        Section(headings=part.titles if part.keyword == "section" else (), statements=statements)
        for part, statements in _with_statements(parts)
        if part.keyword in {"opening", "section"}
    ]
    return DocumentTemplate(
        name=head.fields[0],
        titles=head.patterns("="),
        prose=head.patterns("~") * 3 + prose,  # what suits the document best comes more often
        headings=head.patterns("^"),
        sections=tuple(sections),
        extras=(*_extras(parts), *(shared[name] for name in " ".join(head.marked("&")).split())),
    )


def _with_statements(parts: Iterable[Part]) -> Iterator[tuple[Part, tuple[Statement, ...]]]:
    """Every part that is no fact, with the facts that follow it."""
    owner: Part | None = None
    statements: list[Statement] = []
    for part in [*parts, None]:
        if part is not None and part.keyword == "fact":
            statements.append(Statement.of(part))
            continue
        if owner is not None:
            yield owner, tuple(statements)
        owner, statements = part, []


def _extras(parts: Iterable[Part]) -> Iterator[Extra]:
    for part, statements in _with_statements(parts):
        name = part.fields[0]
        if part.keyword == "record":
            yield Record(name=name, subject=Pattern(part.fields[1]), headings=part.titles, statements=statements)
        elif part.keyword in {"table", "pairs"}:
            key, *columns = _columns(part)
            pairs = part.keyword == "pairs"
            yield Table(name=name, titles=part.titles, key=key, columns=tuple(columns), pairs=pairs)
        elif part.keyword == "order":
            after, before = part.marked("?"), part.marked("?<")
            yield Order(name=name, titles=part.titles, items=part.patterns("*"), after=after, before=before)
        elif part.keyword == "terms":
            terms = tuple((term, meaning) for term, meaning in (line.split(" = ") for line in part.marked("*")))
            yield Glossary(name=name, titles=part.titles, terms=terms, questions=part.marked("?"))


def _columns(part: Part) -> Iterator[Column]:
    starts = [at for at, line in enumerate(part.lines) if line.startswith("+ ")]
    for start, end in zip(starts, [*starts[1:], len(part.lines)], strict=True):
        yield Column.of(part.lines[start][2:], part._replace(lines=part.lines[start + 1 : end]))


def _kind(name: str) -> FactKind:
    return FACT_KINDS[FACT_KINDS.index(name)]  # ValueError for any other
