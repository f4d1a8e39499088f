"""Holds what a model said against the source: its quotes, and every exact string of its answer."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Final

from rapidfuzz.distance import Levenshtein

from glyph_integrations.reading.alignment import joined, ranges_of
from glyph_integrations.reading.answer import Check
from glyph_integrations.reading.exact_strings import ExactString, exact_strings, is_reference, normal
from glyph_integrations.reading.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

    from glyph_integrations.reading.alignment import Passage, Range, SourceIndex

_AROUND: Final = 300  # characters before and after a passage that belong to its context
_UNCHECKED: Final = re.compile(
    r"^[ \t>]*(?:[-*•][ \t]+)?\(?\d{1,3}[.)](?=\s)"  # the numbers of a list
    r"|\b(?:[Pp]ages?|[Pp]{1,2}\.)[ \u00a0]?\d+(?:[ \u00a0]?(?:[-–,&]|and|to)[ \u00a0]?\d+)*",  # where the model read
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
    for quote in dict.fromkeys(quote for quote in quotes if quote.strip()):
        found = index.align(quote, within=within, near=passages[-1].start if passages else None)
        checks.append(_quote_check(quote, found, index.text))
        passages += found
        for passage in found:
            for read, stands in _misread(passage.quote, index.text[passage.start : passage.end]):
                readings.setdefault(read, set()).add(stands)
    settled = _Settler(index, passages, shown, readings, question)
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
    return all(held.holds(found) or stands_in(passage, found.text) for found in exact_strings(quote, small=True))


def stands_in(text: str, string: str) -> bool:
    """Whether a string stands in a text to the letter, as whole words."""
    at = text.find(string)
    while at >= 0 and (joined(text, at) or joined(text, at + len(string))):
        at = text.find(string, at + 1)
    return at >= 0


def _misread(quote: str, passage: str) -> Iterable[tuple[str, str]]:
    """Exact strings of a quote (their normal forms) with those that stand in their places in the passage."""
    stand = exact_strings(passage, small=True)
    blocks = Levenshtein.opcodes(quote, passage)
    for read in exact_strings(quote, small=True):
        reach = [block for block in blocks if block.src_start < read.end and read.start < block.src_end]
        if not reach:
            continue
        begin = _across(reach[0].src_start, reach[0].dest_start, reach[0].dest_end, read.start)
        last = reach[-1]
        end = max(_across(last.src_start, last.dest_start, last.dest_end, read.end), begin + 1)
        there = [other for other in stand if other.start < end and begin < other.end]
        if len(there) == 1 and _same_kind(read, there[0]):
            yield normal(read.text), " ".join(there[0].text.split())


def _across(source: int, start: int, end: int, offset: int) -> int:
    return min(start + max(offset - source, 0), end)


def _same_kind(read: ExactString, stands: ExactString) -> bool:
    """O481923 is an identifier, and 0481923 a number: what names something may turn from one into the other."""
    either = {read.kind, stands.kind} == {"identifier", "number"}
    return read.kind == stands.kind or (either and is_reference(stands))


@dataclass(frozen=True, slots=True)
class _Settler:
    """Decides about one exact string of an answer."""

    index: SourceIndex
    passages: Sequence[Passage]
    shown: list[Range] | None
    readings: dict[str, set[str]]
    question: str

    def is_found(self, string: ExactString) -> bool:
        if self.shown is not None and self.index.vocabulary(self.shown).holds(string):
            return True
        return stands_in(self.index.text, string.text) or self.index.vocabulary().holds(string)

    def is_asked(self, string: ExactString) -> bool:
        return Vocabulary(self.question).holds(string)

    def correction(self, string: ExactString) -> str:
        """What the string is a misreading of; empty if the source does not settle it."""
        stands = self.readings.get(normal(string.text), set())
        if stands:
            return next(iter(stands)) if len(stands) == 1 else ""
        length = len(self.index.text)
        around = [(max(p.start - _AROUND, 0), min(p.end + _AROUND, length)) for p in self.passages]
        for vocabulary in self._vocabularies(around):
            nearest, is_near = vocabulary.nearest(string)
            if is_near:
                return nearest
        return ""

    def _vocabularies(self, around: list[Range]) -> Iterable[Vocabulary]:
        if around:
            yield Vocabulary(self.index.text, around)
        if self.shown is not None:
            yield self.index.vocabulary(self.shown)
        yield self.index.vocabulary()


def _corrected(answer: str, settled: _Settler) -> tuple[str, list[Check]]:
    parts: list[str] = []
    checks: list[Check] = []
    unchecked = [match.span() for match in _UNCHECKED.finditer(answer)]
    position = 0
    for string in exact_strings(answer):
        if any(start <= string.start and string.end <= end for start, end in unchecked):
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
            checks.append(Check(kind="exact", text=string.text, status="absent"))
    return "".join([*parts, answer[position:]]), checks
