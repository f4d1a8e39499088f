"""``Draft``: a document while it is being written."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Final, NamedTuple

from glyph_integrations.training.corpus.facts import Fact, FactKind, Unanswerable
from glyph_integrations.training.corpus.patterns import IT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from glyph_integrations.training.corpus.patterns import Pattern
    from glyph_integrations.training.corpus.templates import Split
    from glyph_integrations.training.corpus.values import Values

_NOT_AGAIN: Final = 8  # sentences before one of the same pattern may come


class Query(NamedTuple):
    """What may be asked: wordings that speak of ``it``, what their answer is, and the name of their template."""

    questions: Sequence[str]
    kind: FactKind
    name: str
    it: str = ""

    @property
    def wordings(self) -> tuple[str, ...]:
        """The questions, as they are asked."""
        it = self.it
        return tuple([question.replace(IT, it) for question in self.questions])


class Look(NamedTuple):
    """How a document writes its headings and lists.

    Attributes:
        heading: Makes a heading of a number and a title.
        numbered: Whether that shows the number.
        label: Between a label and its value.
        bullet: Makes the beginning of a list's line of its number.
    """

    heading: Callable[[int, str], str]
    numbered: bool
    label: str
    bullet: Callable[[int], str]


class _Heading(NamedTuple):
    write: Callable[[int, str], str]
    numbered: bool


_HEADINGS: Final = (
    _Heading(lambda number, title: f"{number}. {title}", numbered=True),
    _Heading(lambda number, title: f"{number} {title}", numbered=True),
    _Heading(lambda number, title: f"Section {number}: {title}", numbered=True),
    _Heading(lambda number, title: f"Article {number} - {title}", numbered=True),
    _Heading(lambda number, title: f"({number}) {title}", numbered=True),
    _Heading(lambda _number, title: title, numbered=False),
    _Heading(lambda _number, title: f"{title}:", numbered=False),
    _Heading(lambda _number, title: f"## {title}", numbered=False),
    _Heading(lambda _number, title: f"*** {title} ***", numbered=False),
)
_LABELS: Final = (": ", ": ", ": ", " - ", " = ", " | ")
_BULLETS: Final[tuple[Callable[[int], str], ...]] = (
    lambda number: f"{number}. ",
    lambda number: f"{number}) ",
    lambda number: f"({chr(96 + number)}) " if number <= 26 else f"({number}) ",
    lambda number: f"Step {number}: ",
    lambda _number: "- ",
    lambda _number: "* ",
)


class Draft:
    """The text so far, what it states, and what it leaves open.

    Attributes:
        values: What it draws from.
        kind: Of the document.
        look: Of the document.
        facts: Stated so far, in any order.
        unanswerable: Questions left open.
        sentences: Where each sentence without a fact begins, and the sentence.
        titles: Of the sections so far: where the line begins, number, title, line.
    """

    def __init__(self, values: Values, kind: str, wanted: int) -> None:
        self.values = values
        self.kind = kind
        heading = values.pick(_HEADINGS)
        self.look = Look(heading.write, heading.numbered, values.pick(_LABELS), values.pick(_BULLETS))
        self.facts: list[Fact] = []
        self.unanswerable: list[Unanswerable] = []
        self.sentences: list[tuple[int, str]] = []
        self.titles: list[tuple[int, int, str, str]] = []
        self._recent: deque[Pattern] = deque(maxlen=_NOT_AGAIN)
        self._wanted = wanted
        self._parts: list[str] = []
        self._length = 0

    @property
    def left(self) -> int:
        """Characters still wanted."""
        return self._wanted - self._length

    @property
    def text(self) -> str:
        """All of it."""
        return "".join(self._parts).rstrip("\n")

    def write(self, text: str, after: str = "\n") -> int:
        """Appends a text and what follows it; returns where the text begins."""
        start = self._length
        self._parts.append(text)
        self._parts.append(after)
        self._length = start + len(text) + len(after)
        return start

    def say(self, prose: Sequence[Pattern], after: str) -> None:
        """Appends a sentence that states nothing asked for, unlike the last few."""
        while (pattern := self.values.pick(prose)) in self._recent:
            pass
        self._recent.append(pattern)
        sentence = pattern.fill(self.values)
        self.sentences.append((self.write(sentence, after), sentence))

    def end_line(self) -> None:
        """Turns the space after a sentence into the end of its line."""
        if self._parts[-1] == " ":
            self._parts[-1] = "\n"

    def head(self, titles: Sequence[Pattern], it: str = "") -> None:
        """Begins a section, under a title that no other one has."""
        if self._length:
            self.write("", "\n")
        title = self.values.pick(titles).fill(self.values, it)
        number = len(self.titles) + 1
        if not self.values.claim(f"title {title}"):
            title = f"{title} ({number})"
        line = self.look.heading(number, title)
        self.titles.append((self.write(line), number, title, line))

    def state(self, start: int, evidence: str, query: Query, answer: str) -> None:
        """Notes that a passage answers a query."""
        self.facts.append(
            Fact(
                questions=query.wordings,
                answer=answer,
                evidence=evidence,
                start=start,
                end=start + len(evidence),
                kind=query.kind,
                template=f"{self.kind}/{query.name}",
            )
        )

    def leave_open(self, query: Query) -> None:
        """Notes that nothing answers a query."""
        template = f"{self.kind}/{query.name}"
        questions = query.wordings
        self.unanswerable.append(Unanswerable(questions=questions, kind=query.kind, template=template))

    def ask_for_sections(self, split: Split) -> None:
        """Makes facts of the numbers and titles of the sections, if those are numbered and there are some."""
        if not self.look.numbered or len(self.titles) < 3:
            return
        for start, number, title, line in self.titles:
            shown = str(number)
            self.state(start, line, Query(split.numbers, "clause", "section-number", title), shown)
            self.state(start, line, Query(split.titles, "clause", "section-title", shown), title)
        self.leave_open(Query(split.titles, "clause", "section-title", str(len(self.titles) + 2)))

    def ask_for_words(self, split: Split, text: str) -> None:
        """Makes facts of the words that follow other words, for some of the sentences."""
        rng = self.values.rng
        for start, sentence in rng.sample(self.sentences, min(len(self.sentences), 1 + len(text) // 3000)):
            words = sentence.split(" ")
            if len(words) < 9:
                continue
            at = self.values.between(0, len(words) - 9)
            shown, hidden = " ".join(words[at : at + 5]), " ".join(words[at + 5 : at + 9]).rstrip(".,;:")
            if text.count(shown) == 1 and '"' not in shown:
                self.state(start, sentence, Query(split.continuations, "next", "words", shown), hidden)
