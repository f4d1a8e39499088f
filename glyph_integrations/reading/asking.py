"""How questions are answered, as steps: what the model is asked next, given what it said before.

No step talks to a model. ``session`` drives them with a host's or server's ``generate``, its async form, or its stream.
"""

from __future__ import annotations

import math
from collections.abc import Generator
from dataclasses import dataclass, replace
from functools import reduce
from operator import add
from typing import TYPE_CHECKING, Any, Literal

from glyph_integrations.errors import RequestError
from glyph_integrations.models.schema import answer_schema
from glyph_integrations.reading.answer import Answer, Usage
from glyph_integrations.reading.expansion import Expansion, expand
from glyph_integrations.reading.factsheet import factsheet
from glyph_integrations.reading.prompts import conversation, legend, merge_text, question_text
from glyph_integrations.reading.replies import ABSTENTION, Reply, as_text, corrected
from glyph_integrations.reading.verification import verify
from glyph_integrations.rendering.characters import in_ascii
from glyph_integrations.rendering.plan import answer_room

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models import Conversation, Generation, GenerationSettings, PageImage
    from glyph_integrations.reading.alignment import Passage
    from glyph_integrations.reading.opening import OpenSource
    from glyph_integrations.reading.verification import Verification
    from glyph_integrations.reading.windows import Window


Expand = Literal["off", "auto"] | int
"""Pages to expand: none, those that the model asks for or whose quotes do not check out, or up to so many."""
Merge = Literal["model", "best"]
"""How differing answers of several windows become one: the model puts them together, or the best-supported wins."""

_AUTO_PAGES = 4
_EXPANSION_SHARE = 2  # of the room for question and answer, one part in so many


@dataclass(frozen=True, slots=True, kw_only=True)
class Options:
    """How a reader asks.

    Attributes:
        settings: How the model generates.
        model: Its name, for answers.
        expand: Which pages are expanded.
        merge: How answers of windows are put together.
        factsheet: Most tokens of exact strings that go with the pages; 0 for none.
    """

    settings: GenerationSettings
    model: str
    expand: Expand = "off"
    merge: Merge = "model"
    factsheet: int = 512

    def __post_init__(self) -> None:
        if self.expand not in {"off", "auto"} and not (isinstance(self.expand, int) and self.expand > 0):
            raise RequestError(f"expand is 'off', 'auto' or a number of pages from 1, not {self.expand!r}")
        if self.merge not in {"model", "best"}:
            raise RequestError(f"merge is 'model' or 'best', not {self.merge!r}")
        if self.factsheet < 0:
            raise RequestError("factsheet is a number of tokens, 0 for none")

    @property
    def offered(self) -> int:
        """How many pages the model may have expanded."""
        if self.expand == "off":
            return 0
        return _AUTO_PAGES if self.expand == "auto" else self.expand


@dataclass(frozen=True, slots=True, kw_only=True)
class Question:
    """A question, the turns before it, and the schema of its answer."""

    text: str
    history: tuple[tuple[str, str], ...] = ()
    schema: Mapping[str, Any] | None = None


@dataclass(frozen=True, slots=True, kw_only=True)
class Ask:
    """A step: conversations for the model to answer.

    Attributes:
        conversations: What it is shown.
        settings: How it generates.
        windows: Indices of the windows that they begin with; empty where they hold no pages.
        shown: Whether the (only) reply is the answer, and may be shown while it comes.
    """

    conversations: tuple[Conversation, ...]
    settings: GenerationSettings
    windows: range = range(0)
    shown: bool = False


Steps = Generator[Ask, "list[Generation]", list[Answer]]


@dataclass(frozen=True, slots=True, kw_only=True)
class _Reading:
    """What one window said to one question, in one or two passes."""

    reply: Reply
    passes: tuple[Generation, ...]
    factsheet_tokens: int
    expansion: Expansion | None = None


def ask_steps(opened: OpenSource, questions: Sequence[Question], options: Options) -> Steps:
    """Reads every window, all questions at a time, and puts the answers together.

    Returns:
        One answer for each question, in order.
    """
    spec = opened.rendering.spec
    for question in questions:
        if not question.text.strip():
            raise RequestError("the question is empty")
        if spec.reads_ascii_only and not all(c.isascii() or in_ascii(c) for c in question.text):
            raise RequestError(f"{spec.name} reads English: ask it in English, or take another model")
    by_window: list[list[Answer]] = []
    for batch in opened.batches:
        readings = yield from _read_windows(opened, batch, questions, options)
        for number in batch:
            found = [readings[number, index] for index in range(len(questions))]
            by_window.append([_answer(opened, number, q, r, options) for q, r in zip(questions, found, strict=True)])
    answers = []
    for question, parts in zip(questions, zip(*by_window, strict=True), strict=True):
        answers.append((yield from _merged(opened, question, parts, options)))
    spent = opened.take_seconds()
    answers[0] = replace(answers[0], usage=answers[0].usage + Usage(seconds=spent))
    return answers


_Place = tuple[int, int]
"""A window and a question, by their indices."""


def _read_windows(
    opened: OpenSource, batch: range, questions: Sequence[Question], options: Options
) -> Generator[Ask, list[Generation], dict[_Place, _Reading]]:
    """Asks the windows of a batch all questions."""
    windows, spec = opened.windows, opened.rendering.spec
    only = len(questions) == len(windows) == 1 and not spec.least_likelihood  # what was shown cannot be withheld
    places = [(number, index) for number in batch for index in range(len(questions))]
    sheets = {place: _factsheet(opened, windows[place[0]], questions[place[1]], options) for place in places}
    legends = {
        number: legend(opened.spans(windows[number]), windows[number].numbers if len(windows) > 1 else None)
        for number in batch
    }
    # A pass in which the model may ask for pages cannot be held to a schema, so there it does nothing else.
    choose = options.expand not in {"off", "auto"} or bool(options.offered and questions[0].schema)

    def asked(
        place: _Place, *more: str, choosing: bool, offered: int, images: Sequence[PageImage] = ()
    ) -> Conversation:
        window, question = windows[place[0]], questions[place[1]]
        text = question_text(
            question.text,
            notes=(legends[place[0]], sheets[place][0], *more),
            offered=offered,
            choose=choosing,
            as_json=question.schema is not None,
            instructed=spec.instructed,
        )
        history = question.history if spec.instructed else ()
        return conversation((*window.pages, *images), text, history)

    settings = _settings(questions[0], options)
    if spec.least_likelihood:
        settings = settings.replace(logprobs=True, least_likelihood=spec.least_likelihood)
    generations = yield Ask(
        conversations=tuple(asked(place, choosing=choose, offered=options.offered) for place in places),
        settings=settings.replace(schema=None) if choose else settings,
        windows=batch,
        shown=only and not options.offered,
    )
    readings = {
        place: _Reading(
            reply=Reply.parse(generation.text) if choose else _reply(generation, questions[place[1]], spec),
            passes=(generation,),
            factsheet_tokens=sheets[place][1],
        )
        for place, generation in zip(places, generations, strict=True)
    }
    if not options.offered:
        return readings
    conversations: dict[_Place, Conversation] = {}
    for place, reading in readings.items():
        expansion = _expansion(opened, windows[place[0]], questions[place[1]], reading, options)
        # A reply that is no answer has to be asked for again, even if nothing can be expanded.
        if not (expansion.pages or choose or reading.reply.pages):
            continue
        readings[place] = replace(reading, expansion=expansion)
        conversations[place] = asked(place, expansion.text, choosing=False, offered=0, images=expansion.images)
    if not conversations:
        return readings
    second = yield Ask(conversations=tuple(conversations.values()), settings=settings, windows=batch, shown=only)
    for place, generation in zip(conversations, second, strict=True):
        readings[place] = replace(
            readings[place],
            reply=_reply(generation, questions[place[1]], spec),
            passes=(*readings[place].passes, generation),
        )
    return readings


def _settings(question: Question, options: Options) -> GenerationSettings:
    schema = None if question.schema is None else answer_schema(question.schema)
    return options.settings.replace(schema=schema)


def _reply(generation: Generation, question: Question, spec: ModelSpec) -> Reply:
    """Takes a reply apart; one to a schema that was cut off is kept as it stands.

    Models that were trained on the form think in the words of the document: that is their quote.
    """
    if question.schema is not None and generation.finish == "stop":
        return Reply.of_data(generation.data)
    reply = Reply.parse(generation.text)
    if spec.instructed or not generation.thinking or reply.abstained or reply.quotes:
        return reply
    return replace(reply, quotes=(generation.thinking,))


def _factsheet(opened: OpenSource, window: Window, question: Question, options: Options) -> tuple[str, int]:
    """Exact strings of the window's pages as text, and its tokens."""
    if not options.factsheet or not opened.rendering.spec.misreads_exact_strings:
        return "", 0
    ranges = [page.char_range for page in window.pages]
    sheet = factsheet(
        opened.text.text, ranges, budget=options.factsheet, question=question.text, first_page=window.first + 1
    )
    return sheet.text, sheet.tokens


def _expansion(
    opened: OpenSource, window: Window, question: Question, reading: _Reading, options: Options
) -> Expansion:
    """The pages that the model asked for; those that it quoted, if the source does not bear out what it said."""
    reply = reading.reply
    numbers = [number - 1 - window.first for number in reply.pages]
    if not numbers and not reply.abstained:
        checked = verify(reply.words, reply.quotes, opened.index, within=window.char_range, question=question.text)
        if any(check.status == "absent" for check in checked.checks):
            quoted = (opened.rendering.pages_of(passage.start, passage.end) for passage in checked.passages)
            numbers = list(dict.fromkeys(index - window.first for pages in quoted for index in pages))
    wanted = [window.pages[number] for number in numbers if 0 <= number < len(window.pages)][: options.offered]
    spec = opened.rendering.spec
    images = None if spec.images_per_request is None else spec.images_per_request - len(window.pages)
    return expand(opened.rendering, wanted, answer_room(spec) // _EXPANSION_SHARE, images=images)


def _answer(opened: OpenSource, number: int, question: Question, reading: _Reading, options: Options) -> Answer:
    """Holds a reply against the source."""
    window, last, reply = opened.windows[number], reading.passes[-1], reading.reply
    finish, withheld = last.finish, ""
    if not reply.abstained and _is_unlikely(last, opened.rendering.spec):
        finish, withheld = "unlikely", "" if ABSTENTION.startswith(reply.text) else reply.text
        reply = Reply(text="", abstained=True)
    checked = verify(reply.words, reply.quotes, opened.index, within=window.char_range, question=question.text)
    tokens, expansion = opened.window_tokens[number], reading.expansion
    usage = Usage(
        text_tokens=tokens.count,
        tokenizer=tokens.tokenizer,
        visual_tokens=sum(page.visual_tokens for page in window.pages),
        expansion_tokens=reading.factsheet_tokens + (expansion.tokens if expansion else 0),
    )
    data = corrected(reply.data, checked.checks)
    return Answer(
        question=question.text,
        text=checked.text if data is None else as_text(data),
        abstained=reply.abstained,
        withheld=withheld,
        citations=opened.cite(_passages(opened, window, reply, checked)),
        checks=checked.checks,
        finish=finish,
        thinking=last.thinking,
        data=data,
        usage=_with_passes(usage, reading.passes),
        logprob=last.logprob,
        model=options.model,
        style=opened.rendering.style.name,
        expanded=expansion.pages if expansion else (),
    )


def _is_unlikely(generation: Generation, spec: ModelSpec) -> bool:
    """Whether all tokens together are less likely than the model's replies have to be."""
    if generation.finish == "unlikely":
        return True
    whole = 0.0 if generation.logprob is None else generation.logprob * generation.usage.output
    return spec.least_likelihood > 0 and whole < math.log(spec.least_likelihood)


def _passages(opened: OpenSource, window: Window, reply: Reply, checked: Verification) -> tuple[Passage, ...]:
    """What an answer cites: its quotes; without any its own words, where they stand in the source just once."""
    if reply.quotes or reply.abstained:
        return checked.passages
    found = opened.index.find(checked.text.rstrip("."), within=window.char_range)
    return (found,) if found and found.similarity == 1.0 and found.occurrences == 1 else ()


def _merged(
    opened: OpenSource, question: Question, parts: tuple[Answer, ...], options: Options
) -> Generator[Ask, list[Generation], Answer]:
    """One answer from those of the windows: abstentions fall away, and what differs is put together."""
    if len(parts) == 1:
        return parts[0]
    usage = reduce(add, (part.usage for part in parts))
    expanded = tuple(index for part in parts for index in part.expanded)
    said = [part for part in parts if part.text and not part.abstained]
    if len({" ".join(part.text.split()).casefold() for part in said}) <= 1:
        cut = [part for part in parts if not part.abstained]
        answer = (said or cut or sorted(parts, key=lambda part: part.finish != "unlikely"))[0]
        citations = tuple(citation for part in said for citation in part.citations)
        checks = tuple(dict.fromkeys(check for part in said for check in part.checks))
        return replace(answer, citations=citations, checks=checks, usage=usage, windows=parts, expanded=expanded)
    if options.merge == "best" or question.schema is not None:
        best = max(said, key=lambda part: (part.verified, part.logprob if part.logprob is not None else -1e9))
        return replace(best, usage=usage, windows=parts, expanded=expanded)
    labelled = [
        (_label(window), part.text, [citation.quote for citation in part.citations])
        for window, part in zip(opened.windows, parts, strict=True)
        if part.text and not part.abstained
    ]
    text = merge_text(question.text, labelled)
    (generation,) = yield Ask(
        conversations=(conversation((), text, question.history),), settings=options.settings, shown=True
    )
    reply = Reply.parse(generation.text)
    checked = verify(reply.text, reply.quotes, opened.index, question=question.text)
    return Answer(
        question=question.text,
        text=checked.text,
        abstained=reply.abstained,
        citations=opened.cite(checked.passages),
        checks=checked.checks,
        finish=generation.finish,
        thinking=generation.thinking,
        usage=_with_passes(usage, (generation,)),
        logprob=generation.logprob,
        model=options.model,
        style=opened.rendering.style.name,
        windows=parts,
        expanded=expanded,
    )


def _label(window: Window) -> str:
    first, last = window.numbers
    return f"Page {first}" if first == last else f"Pages {first} to {last}"


def _with_passes(usage: Usage, passes: Sequence[Generation]) -> Usage:
    """Adds what generations cost."""
    for generation in passes:
        spent = generation.usage
        usage += Usage(
            prompt_tokens=spent.prompt,
            output_tokens=spent.output,
            cached_tokens=spent.cached,
            seconds=generation.seconds,
        )
    return usage
