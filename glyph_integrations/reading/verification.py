"""Holds what a model said against the source: its quotes, and every exact string of its answer."""

from __future__ import annotations

import re
from bisect import bisect_left, bisect_right
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import Levenshtein

from glyph_integrations.reading.alignment import find_places, joined, ranges_of
from glyph_integrations.reading.answer import Check
from glyph_integrations.reading.effort import Effort, EffortExceededError
from glyph_integrations.reading.exact_strings import ExactString, exact_strings, is_reference, normal
from glyph_integrations.reading.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glyph_integrations.reading.alignment import Passage, Range, SourceIndex

_FOR_QUOTES: Final = 2_500_000_000  # steps of effort
_FOR_STRINGS: Final = 800_000_000
_NEAREST_STEPS: Final = 150  # for a string that another is compared with
_PAIRS_PER_STEP: Final = 8  # of characters, where it is told which of them were changed
_AROUND: Final = 300  # characters before and after a passage that belong to its context
_UNCHECKED: Final = re.compile(
    r"^[ \t>]*+(?:[-*•][ \t]++)?\(?\d{1,3}[.)](?=\s)"  # the numbers of a list
    r"|\b(?:[Pp]ages?|[Pp]{1,2}\.)[ \u00a0]?\d++(?:[ \u00a0]?(?:[-–,&]|and|to)[ \u00a0]?\d++)*+",  # where it read
    re.MULTILINE,
)


@dataclass(frozen=True, slots=True, kw_only=True)
class Verification:
    """An answer after it was held against its source.

    Attributes:
        text: The answer, its misread exact strings corrected.
        passages: Where its quotes stand, in order; several for a quote with elisions, none for one that is absent.
        checks: One for each quote and each exact string, quotes first.
    """

    text: str
    passages: tuple[Passage, ...]
    checks: tuple[Check, ...]


def verify(
    answer: str,
    quotes: Sequence[str],
    index: SourceIndex,
    *,
    within: Range | Sequence[Range] | None = None,
    question: str = "",
) -> Verification:
    """Checks an answer, and corrects what the source settles.

    Nothing is added that the model did not say, and no word is changed: only exact strings are replaced, by others
    that stand in the source.

    Quotes: each is ``found`` (to the letter, in another spelling, or nearly) or ``absent``. The quote that is shown is
    always the source's own words. It is ``corrected`` if the model's words held a number or other exact string that
    the passage does not.

    Exact strings of the answer are

    1. ``found`` if they stand in the source as whole strings, in any spelling that certainly means the same: other
       separators of thousands, another way to write the day;
    2. else not checked at all, if the question holds them: the model repeats the user;
    3. else ``corrected``, if a quote holds them that was found, and every quote that does has one and the same exact
       string of the same kind in their place in the source;
    4. else ``corrected``, if they name something (identifiers, addresses, numbers of six digits without separators,
       telephone numbers) and the source holds exactly one string that they can be a misreading of
       (``Vocabulary.nearest``): around the passages quoted, else within the pages shown, else anywhere;
    5. else ``absent``. So amounts, counts and other numbers that the model may have worked out itself are never
       changed without a quote.

    The numbers of lists and references to pages are not checked, nor is what ``exact_strings`` calls small.

    All of it takes a second or two, however long and repetitive the source and the answer are: what would take longer
    is given up, and is ``unchecked``, which means that nobody knows.

    Args:
        answer: What the model said.
        quotes: Passages that it gave as its reasons.
        index: Of the source.
        within: Ranges of the source that the model was shown; they are searched first.
        question: What the model was asked.
    """
    shown = ranges_of(within) if within else None
    passages: list[Passage] = []
    checks: list[Check] = []
    readings: dict[str, set[str]] = {}
    asked = list(dict.fromkeys(quote for quote in quotes if quote.strip()))
    effort = Effort(_FOR_QUOTES)
    for number, quote in enumerate(asked):
        share = effort.share(len(asked) - number)
        near = passages[-1].start if passages else None
        try:
            found = index.align(quote, within=within, near=near, effort=share)
        except EffortExceededError:
            checks.append(Check(kind="quote", text=quote, status="unchecked"))
            continue
        checks.append(_quote_check(quote, found, index.text))
        passages += found
        for passage in found:
            for read, stands in _misread(passage.quote, index.text[passage.start : passage.end], effort):
                readings.setdefault(read, set()).add(stands)
    settled = _Settler(index, passages, shown, readings, question, Effort(_FOR_STRINGS))
    text, more = _corrected(answer, settled)
    return Verification(text=text, passages=tuple(passages), checks=tuple(dict.fromkeys([*checks, *more])))


def _quote_check(quote: str, found: Sequence[Passage], text: str) -> Check:
    if not found:
        return Check(kind="quote", text=quote, status="absent")
    words = " … ".join(text[passage.start : passage.end] for passage in found)
    if all(_agrees(passage.quote, text[passage.start : passage.end]) for passage in found):
        return Check(kind="quote", text=words, status="found")
    return Check(kind="quote", text=words, status="corrected", read_as=quote)


def _agrees(quote: str, passage: str) -> bool:
    """Whether a passage holds every number and exact string of the quote, however small."""
    held = Vocabulary(passage)
    with suppress(EffortExceededError):
        return all(held.holds(found) or stands_in(passage, found.text) for found in exact_strings(quote, small=True))
    return False


def stands_in(text: str, string: str, effort: Effort | None = None) -> bool:
    """Whether a string stands in a text to the letter, as whole words.

    Raises:
        EffortExceededError: The effort is spent, and nobody knows; without one it is that of a search.
    """
    places = find_places(text, string, (0, len(text)), effort or Effort())
    return any(not joined(text, at) and not joined(text, at + len(string)) for at in places)


def _misread(quote: str, passage: str, effort: Effort) -> Iterable[tuple[str, str]]:
    """Exact strings of a quote (their normal forms) with those that stand in their places in the passage."""
    if quote == passage:
        return
    try:
        effort.spend(len(quote) * len(passage) // _PAIRS_PER_STEP)
    except EffortExceededError:  # then nothing is corrected by this quote
        return
    stand = exact_strings(passage, small=True)
    ends, starts = [other.end for other in stand], [other.start for other in stand]
    blocks = list(Levenshtein.opcodes(quote, passage))
    block_starts, block_ends = [block.src_start for block in blocks], [block.src_end for block in blocks]
    for read in exact_strings(quote, small=True):
        reach = blocks[bisect_right(block_ends, read.start) : bisect_left(block_starts, read.end)]
        reach = [block for block in reach if block.src_start < read.end and read.start < block.src_end]
        if not reach:
            continue
        begin = _across(reach[0].src_start, reach[0].dest_start, reach[0].dest_end, read.start)
        last = reach[-1]
        end = max(_across(last.src_start, last.dest_start, last.dest_end, read.end), begin + 1)
        there = stand[bisect_right(ends, begin) : bisect_left(starts, end)]
        if len(there) == 1 and _same_kind(read, there[0]):
            yield normal(read.text), " ".join(there[0].text.split())


def _across(source: int, start: int, end: int, offset: int) -> int:
    return min(start + max(offset - source, 0), end)


def _same_kind(read: ExactString, stands: ExactString) -> bool:
    """O481923 is an identifier, and 0481923 a number: what names something may turn from one into the other."""
    either = {read.kind, stands.kind} == {"identifier", "number"}
    return read.kind == stands.kind or (either and is_reference(stands))


@dataclass(frozen=True)
class _Settler:
    """Decides about the exact strings of an answer."""

    index: SourceIndex
    passages: Sequence[Passage]
    shown: list[Range] | None
    readings: dict[str, set[str]]
    question: str
    effort: Effort

    def is_found(self, string: ExactString) -> bool:
        """Whether it stands in the source; False too where that is not known (see ``is_known``)."""
        if self.shown is not None and self.index.vocabulary(self.shown).holds(string):
            return True
        return self._stands_in_text(string.text) or self.index.vocabulary().holds(string)

    def is_asked(self, string: ExactString) -> bool:
        return self._asked.holds(string)

    def is_known(self) -> bool:
        """Whether all of the source was looked through for everything so far."""
        return self.effort.left >= 0 and self.index.vocabulary().is_complete

    def correction(self, string: ExactString) -> str:
        """What the string is a misreading of; empty if the source does not settle it."""
        stands = self.readings.get(normal(string.text), set())
        if stands:
            return next(iter(stands)) if len(stands) == 1 else ""
        for vocabulary in self._vocabularies():
            try:
                self.effort.spend(_NEAREST_STEPS * vocabulary.size)
            except EffortExceededError:
                return ""
            nearest, is_near = vocabulary.nearest(string)
            if is_near:
                return nearest
        return ""

    @cached_property
    def _asked(self) -> Vocabulary:
        return Vocabulary(self.question)

    @cached_property
    def _quoted(self) -> Vocabulary:
        length = len(self.index.text)
        around = [(max(p.start - _AROUND, 0), min(p.end + _AROUND, length)) for p in self.passages]
        return Vocabulary(self.index.text, around)

    def _vocabularies(self) -> Iterable[Vocabulary]:
        if self.passages:
            yield self._quoted
        if self.shown is not None:
            yield self.index.vocabulary(self.shown)
        if self.index.vocabulary().is_complete:  # else there may be another that is as near
            yield self.index.vocabulary()

    def _stands_in_text(self, string: str) -> bool:
        with suppress(EffortExceededError):
            return stands_in(self.index.text, string, self.effort)
        return False


def _corrected(answer: str, settled: _Settler) -> tuple[str, list[Check]]:
    parts: list[str] = []
    checks: list[Check] = []
    unchecked = [match.span() for match in _UNCHECKED.finditer(answer)]
    starts = [start for start, _ in unchecked]
    position = 0
    for string in exact_strings(answer):
        before = bisect_right(starts, string.start) - 1
        if before >= 0 and string.end <= unchecked[before][1]:
            continue
        if settled.is_found(string):
            checks.append(Check(kind="exact", text=string.text, status="found"))
        elif settled.is_asked(string):
            continue
        elif stands := settled.correction(string):
            parts += answer[position : string.start], stands
            position = string.end
            checks.append(Check(kind="exact", text=stands, status="corrected", read_as=string.text))
        else:
            checks.append(Check(kind="exact", text=string.text, status="absent" if settled.is_known() else "unchecked"))
    return "".join([*parts, answer[position:]]), checks
