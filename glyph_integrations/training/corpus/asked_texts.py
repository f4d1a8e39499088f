"""Texts of one's own with questions about them, put together to documents, and drawn beside made-up ones."""

from __future__ import annotations

import json
import re
from pathlib import Path
from typing import TYPE_CHECKING, Any, Final, NamedTuple

from glyph_integrations.errors import EmptyError, MalformedError
from glyph_integrations.training.corpus.alphabets import ASCII, Alphabet
from glyph_integrations.training.corpus.documents import synthetic_document
from glyph_integrations.training.corpus.facts import Fact, SyntheticDocument, Unanswerable
from glyph_integrations.training.corpus.texts import read_text

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence
    from random import Random

_GAP: Final = "\n\n"
_EVIDENCE: Final = 300  # characters of a passage that is to be thought of
_SENTENCE: Final = re.compile(r"\S[^\n]*?(?:[.!?](?=\s)|(?=\n)|$)")
_WORD: Final = re.compile(r"\w+")
_SPACED: Final = re.compile(r"\S+")
_KIND: Final = "attribute"


class _Asked(NamedTuple):
    question: str
    answer: str | None


class AskedTexts:
    """Texts with questions, from files of JSON lines: ``{"text": …, "question": …, "answer": …}``.

    Lines of the same text belong together. An answer stands in its text as it is written, or is null: then the text
    does not answer the question, and no other one in the files is taken to. Documents are made of texts in random
    order, with a blank line between two.
    """

    def __init__(self, paths: Iterable[str | Path], *, alphabet: Alphabet = ASCII) -> None:
        """Reads the files and brings texts, questions and answers into the alphabet.

        Raises:
            NotFoundError: One of them is not there.
            MalformedError: A line is no such object, or its answer is not in its text.
            EmptyError: There are no lines in them.
        """
        asked: dict[str, list[_Asked]] = {}
        for path in map(Path, paths):
            for number, line in enumerate(read_text(path).split("\n"), start=1):  # strings may hold other separators
                if line.strip():
                    text, one = _read(line, alphabet, f"{path.name}, line {number}")
                    asked.setdefault(text, []).append(one)
        if not asked:
            raise EmptyError("there are no questions in the files: write a JSON object on each line")
        self._texts = list(asked.items())

    def document(self, rng: Random, *, length: int) -> SyntheticDocument:
        """Texts, drawn until there are ``length`` characters or no more of them; the last is not cut.

        What else is asked of it are questions of other texts, drawn until there are more than of its own; those whose
        answers it holds by chance are left out.
        """
        parts: list[str] = []
        facts: list[Fact] = []
        left_open: list[str] = []
        elsewhere: list[_Asked] = []
        start = 0
        for text, questions in self._shuffled(rng):
            if start >= length:
                if len(elsewhere) > len(facts):
                    break
                elsewhere += questions
                continue
            for question, answer in questions:
                if answer is None:
                    left_open.append(question)
                else:
                    facts.append(_fact(text, question, answer, start))
            parts.append(text)
            start += len(text) + len(_GAP)
        whole = _GAP.join(parts)
        left_open += [one.question for one in elsewhere if one.answer is None or one.answer not in whole]
        return SyntheticDocument(
            text=whole,
            facts=tuple(facts),
            unanswerable=tuple(
                [Unanswerable(questions=(question,), kind=_KIND, template=_KIND) for question in left_open]
            ),
            kind="texts",
        )

    def _shuffled(self, rng: Random) -> Iterator[tuple[str, list[_Asked]]]:
        """All texts, each once; a draw for a document costs what it takes, and not what there is."""
        seen: set[int] = set()
        while len(seen) < len(self._texts):
            at = rng.randrange(len(self._texts))
            if at not in seen:
                seen.add(at)
                yield self._texts[at]


class AskedDocuments:
    """Documents to ask about: made-up ones, and ones of texts of one's own.

    Args:
        questions: Files of such texts (see ``AskedTexts``).
        share: Of the documents, where there are such files: how many are made of them.

    Raises:
        LoadError: One of the files cannot be read, or learned from.
    """

    def __init__(self, questions: Sequence[str], share: float) -> None:
        self._texts = AskedTexts(questions) if questions else None
        self._share = share

    def draw(self, rng: Random, *, length: int) -> SyntheticDocument:
        """A document of about so many characters."""
        if self._texts is not None and rng.random() < self._share:
            return self._texts.document(rng, length=length)
        return synthetic_document(rng, length=length)


def _read(line: str, alphabet: Alphabet, where: str) -> tuple[str, _Asked]:
    try:
        found: Any = json.loads(line)
        text, question, answer = found["text"], found["question"], found["answer"]
    except (ValueError, KeyError, TypeError) as error:
        raise MalformedError(f"{where}: write a JSON object with text, question and answer") from error
    if not all(isinstance(value, str) for value in (text, question, "" if answer is None else answer)):
        raise MalformedError(f"{where}: text and question are strings, and the answer is one or null")
    text, question = (alphabet.normalise(value).strip() for value in (text, question))
    if not text or not question:
        raise MalformedError(f"{where}: its text or its question is empty in the alphabet {alphabet.name}")
    if answer is not None:
        answer = alphabet.normalise(answer).strip()
        if not answer or answer not in text:
            raise MalformedError(
                f"{where}: its answer does not stand in its text; write it as it stands there, or null"
            )
    return text, _Asked(question, answer)


def _fact(text: str, question: str, answer: str, offset: int) -> Fact:
    start, end = _evidence(text, question, answer)
    return Fact(
        questions=(question,),
        answer=answer,
        evidence=text[start:end],
        start=offset + start,
        end=offset + end,
        kind=_KIND,
        template=_KIND,
    )


def _evidence(text: str, question: str, answer: str) -> tuple[int, int]:
    """The sentence with the answer that has most words of the question; whole words about the answer if it is long."""
    asked = _words(question)
    holding = [match.span() for match in _SENTENCE.finditer(text) if answer in match[0]]
    first = text.index(answer)  # which may go on from one sentence to the next
    start, end = max(
        holding, key=lambda span: len(asked & _words(text[slice(*span)])), default=(first, first + len(answer))
    )
    first = text.index(answer, start)
    last = first + len(answer)
    low = max(start, first - max(_EVIDENCE - len(answer), 0) // 2) if end - start > _EVIDENCE else start
    high = max(min(end, low + _EVIDENCE), last)
    whole = [
        match.span()
        for match in _SPACED.finditer(text, start, end)
        if (low <= match.start() and match.end() <= high) or (match.start() < last and match.end() > first)
    ]
    return whole[0][0], whole[-1][1]


def _words(text: str) -> set[str]:
    return set(_WORD.findall(text.lower()))
