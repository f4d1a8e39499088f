"""The tasks of continual pretraining and fine-tuning: from pages and documents to examples.

Continual pretraining (arXiv 2510.17800, section 3.1): OCR, interleaved language modelling, and generation of missing
pages. ``locate``, ``find_passages`` and ``go_on`` are ours: they teach a small model to find words on a page before it
is asked questions. Every task draws from the ``random.Random`` that it is given, and from nothing else.
"""

from __future__ import annotations

import json
import re
from dataclasses import replace
from typing import TYPE_CHECKING, Final

from glyph_integrations.reading.prompts import question_text
from glyph_integrations.reading.replies import ABSTENTION
from glyph_integrations.training.corpus import by_kind, drawn
from glyph_integrations.training.examples import Copied, Encoder, Example, Exchange

if TYPE_CHECKING:
    from collections.abc import Sequence
    from random import Random

    from glyph_integrations.training.corpus import Fact, SyntheticDocument, Unanswerable
    from glyph_integrations.training.pages import TypesetPage

GO_ON: Final = "Go on after: {words}"
FIND: Final = "Find: {words}"
LOCATE: Final = "Where is each?"
_ABSENT: Final = 0.15  # of the words to locate
_SMALL: Final = 0.3  # of them are in small letters
_JSON: Final = 0.06  # of the questions are asked for JSON
_HASTY: Final = 0.15  # of them are written in haste
_SENTENCE = re.compile(r"[^\n]+?(?:[.!?;:](?=\s)|(?=\n)|$)")
_WORD = re.compile(r"[A-Za-z0-9][\w'-]*")


def transcribe(page: TypesetPage, encoder: Encoder, prompt: str) -> Example:
    """OCR: the text of a page, exactly."""
    reply = page.text.strip()
    copied = Copied(text=reply, start=page.text.index(reply))
    return encoder.dialogue([page], [Exchange(prompt=prompt, reply=reply, copied=(copied,))])


def go_on(page: TypesetPage, rng: Random, encoder: Encoder, *, questions: int, characters: int) -> Example:
    """Words from somewhere on a page; the reply goes on from there for about so many characters."""
    text = page.text
    words = [match.span() for match in re.finditer(r"\S+", text)]
    exchanges = []
    for _ in range(questions):
        count = rng.randint(2, 4)
        first = rng.randrange(max(len(words) - count - 1, 1))
        last = min(first + count, len(words)) - 1
        start = words[first][0]
        while last < len(words) - 1 and text.count(text[start : words[last][1]]) > 1:  # until they stand in one place
            last += 1
        begin = words[last][1]
        end = next((stop for _, stop in words if stop >= begin + characters), words[-1][1])
        given, reply = text[start:begin], text[begin:end].strip()
        copied = (Copied(text=reply, start=text.index(reply, begin)),) if reply else ()
        prompt = GO_ON.format(words=given)
        exchanges.append(Exchange(prompt=prompt, reply=reply or ABSTENTION, copied=copied, words=given))
    return encoder.dialogue([page], exchanges)


def find_passages(page: TypesetPage, other: str, rng: Random, encoder: Encoder, *, questions: int) -> Example:
    """Words of a sentence in any order, some of them left out; the reply is the sentence, or that it is not there.

    Args:
        page: The page.
        other: A text whose sentences are asked for in vain.
        rng: Decides what is asked.
        encoder: Encodes.
        questions: How many at most; words that do not tell whether and where they stand are not asked for.
    """
    here, absent = passages(page.text), passages(other)
    exchanges = []
    for _ in range(questions):
        missing = not here or (bool(absent) and rng.random() < 0.25)
        passage = rng.choice(absent if missing else here) if (absent or here) else ""
        known = _WORD.findall(passage)
        picked = rng.sample(range(len(known)), k=min(len(known), rng.randint(2, 4)))
        if rng.random() < 0.7:
            picked.sort()
        asked = [known[place] for place in picked]
        fitting = {other for other in here if all(word in other for word in asked)}
        if asked and fitting == (set() if missing else {passage}):
            words = " ".join(asked)
            prompt, reply = FIND.format(words=words), ABSTENTION if missing else passage
            copied = () if missing else (Copied(text=passage, start=page.text.index(passage)),)
            exchanges.append(Exchange(prompt=prompt, reply=reply, copied=copied, words=words))
    return encoder.dialogue([page], exchanges or [Exchange(prompt=FIND.format(words="~"), reply=ABSTENTION)])


def locate(page: TypesetPage, other: str, rng: Random, encoder: Encoder, *, questions: int) -> Example:
    """Where words stand on a page: one to three of it that stand there once, or some that do not.

    Args:
        page: The page.
        other: A text whose words are asked for in vain.
        rng: Decides what is asked, and whether in small letters.
        encoder: Encodes.
        questions: How many.
    """
    text, other = (re.sub(r"\s", " ", source) for source in (page.text, other))
    here, absent = ([match.span() for match in _WORD.finditer(source)] for source in (text, other))
    known = text.lower()
    entries = []
    for _ in range(questions):
        missing = rng.random() < _ABSENT
        source, spans = (other, absent) if missing else (text, here)
        if not spans:
            continue
        first = rng.randrange(len(spans))
        last = min(first + rng.choice((0, 0, 1, 2)), len(spans) - 1)
        start, words = spans[first][0], source[spans[first][0] : spans[last][1]]
        small = words.lower()
        if known.count(small) == (0 if missing else 1):
            lowered = len(small) == len(words) and rng.random() < _SMALL
            entries.append((small if lowered else words, -1 if missing else start))
    return encoder.located(page, LOCATE, entries)


def interleave(pages: Sequence[TypesetPage], rng: Random, encoder: Encoder) -> Example:
    """Interleaved language modelling: some of two or more pages stay text, others do not; the text is learned."""
    places = range(len(pages))
    shown = set(rng.sample(places, k=rng.randint(1, len(pages) - 1)))
    return encoder.stream([pages[place] if place in shown else pages[place].text for place in places])


def complete(pages: Sequence[TypesetPage], rng: Random, encoder: Encoder) -> Example:
    """Generation: one of two or more pages is missing; its text is learned."""
    missing = rng.randrange(len(pages))
    shown = [page for place, page in enumerate(pages) if place != missing]
    where = "before the first page" if missing == 0 else f"after page {missing}"
    prompt = f"Write the text of the page that is missing {where}."
    return encoder.dialogue(shown, [Exchange(prompt=prompt, reply=pages[missing].text.strip())])


def passages(text: str) -> list[str]:
    """Sentences and lines of a text that lie whole within it, of 12 to 240 characters."""
    found = [match[0].strip() for match in _SENTENCE.finditer(text)]
    inner = found[1:-1]  # the first and the last may go on beyond the page
    return [passage for passage in inner if 12 <= len(passage) <= 240 and len(_WORD.findall(passage)) > 1]


def ask_facts(
    document: SyntheticDocument,
    pages: Sequence[TypesetPage],
    shown: range,
    rng: Random,
    encoder: Encoder,
    *,
    questions: int,
    unanswerable: float = 0.35,
) -> Example:
    """Questions about some pages of a document, with the passage as thinking; or that they do not say.

    Args:
        document: The document.
        pages: All its pages.
        shown: Indices of the pages that the model sees.
        rng: Decides what is asked.
        encoder: Encodes.
        questions: How many.
        unanswerable: Share of questions that the shown pages do not answer.
    """
    bounds = [page.page.char_range for page in pages]
    start, stop = bounds[shown.start][0], bounds[shown.stop - 1][1]
    here = by_kind([fact for fact in document.facts if start <= fact.start and fact.end <= stop])
    elsewhere = [fact for fact in document.facts if fact.end <= start or fact.start >= stop]
    left_open: list[Fact | Unanswerable] = [*elsewhere, *document.unanswerable]
    not_here = by_kind(left_open)
    exchanges = []
    for _ in range(questions):
        if not_here and (not here or rng.random() < unanswerable):
            question = worded(drawn(not_here, rng).questions, rng)
            exchanges.append(abstaining(question, as_json=rng.random() < _JSON))
        elif here:
            fact = drawn(here, rng)
            page = next(index for index in shown if bounds[index][0] <= fact.start < bounds[index][1])
            stands = Copied(
                text=" ".join(fact.evidence.split()), start=fact.start - bounds[page][0], page=page - shown.start
            )
            exchanges.append(answered(fact, worded(fact.questions, rng), stands, as_json=rng.random() < _JSON))
    return encoder.dialogue(
        [pages[index] for index in shown],
        exchanges or [Exchange(prompt=asked("What is not here?"), reply=ABSTENTION)],
    )


def worded(wordings: Sequence[str], rng: Random) -> str:
    """One of the wordings; now and then as people type: without a capital at its beginning or a mark at its end."""
    question = rng.choice(wordings)
    if rng.random() < _HASTY:
        question = question[:1].lower() + question[1:].rstrip("?.")
    return question


def asked(question: str, *, as_json: bool = False) -> str:
    """A question as a reader asks a model that knows the form of the reply."""
    return question_text(question, as_json=as_json, instructed=False)


def abstaining(question: str, *, as_json: bool = False) -> Exchange:
    """A question that the pages do not answer."""
    reply = json.dumps({"answer": None, "quotes": []}) if as_json else ABSTENTION
    return Exchange(prompt=asked(question, as_json=as_json), reply=reply, words=question)


def answered(fact: Fact, question: str, evidence: Copied, *, as_json: bool = False) -> Exchange:
    """A question with the reply that the reader expects; JSON comes without thinking, as a grammar has it.

    Args:
        fact: What is asked for.
        question: Its wording.
        evidence: The fact's passage, its spaces folded, and where it stands.
        as_json: Whether JSON is asked for.
    """
    inside = evidence.text.find(fact.answer)
    answer = (replace(evidence, text=fact.answer, start=evidence.start + inside),) if inside >= 0 else ()
    if as_json:
        reply = json.dumps({"answer": fact.answer, "quotes": [evidence.text]})
        copied = (*answer, evidence) if json.dumps(evidence.text)[1:-1] == evidence.text else ()
        return Exchange(prompt=asked(question, as_json=True), reply=reply, copied=copied, words=question)
    return Exchange(
        prompt=asked(question),
        reply=fact.answer,
        thinking=evidence.text,
        copied=(evidence, *answer),
        words=question,
    )
