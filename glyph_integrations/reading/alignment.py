"""Finds in the source what a model quoted from its pages, however it was copied."""

from __future__ import annotations

import re
import unicodedata
from contextlib import suppress
from dataclasses import dataclass
from functools import cached_property, lru_cache
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from rapidfuzz.distance import Levenshtein

from glyph_integrations.reading.effort import Effort, EffortExceededError
from glyph_integrations.reading.folding import DASHES, LETTER, Skeletons, plain, spelled_out
from glyph_integrations.reading.seeds import find_clusters, find_seeds
from glyph_integrations.reading.vocabulary import Vocabulary, unite_ranges

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

Range = tuple[int, int]
"""Characters ``[start, end)`` of a text."""

_BLOCK: Final = 1 << 20  # characters folded at once
_STRIDE: Final = 1 << 12  # characters between two entries of the offset map
_SHORT: Final = 8  # letters and digits: a shorter quote, or one of a single word, must be right altogether
_SEEDS: Final = (16, 10, 5)  # letters and digits, the most telling length first
_LONG: Final = 640  # letters and digits: enough seeds to expect several in the right place
_EDGE: Final = 64  # letters and digits that tell where a quote begins and ends
_MOST_SLACK: Final = 200  # letters and digits around either end in which it is looked for
_EQUAL: Final = 1_000  # places with the same letters, looked at for one quote
_EQUAL_CHARACTERS: Final = 4_000_000  # of all these places together
_LONGEST_WORD: Final = 200  # characters by which a passage may grow to end with a whole word
# Steps of effort, measured: for a character gone through by ``str.find`` at worst, for a place that is found, for each
# character there, for one in ``plain``, for moving both ends; and pairs of characters compared in one step.
_SEARCH_STEPS: Final = 8
_FIND_STEPS: Final = 8_000
_PLACE_STEPS: Final = 6
_PLAIN_STEPS: Final = 60
_EDGE_STEPS: Final = 2_000_000
_PAIRS_PER_STEP: Final = 16
_ELISION: Final = re.compile(r"\[\s*+(?:\.{3}|…)\s*+\]|\(\s*+(?:\.{3}|…)\s*+\)|\.{3,}+|…")
_REACH: Final = 4_000  # characters that an elision may leave out
_LETTER: Final = re.compile(LETTER)
_BROKEN: Final = re.compile(r"(?<=[^\W\d_])[-‐\u00ad]\s++(?=[^\W\d_])")
_HYPHEN: Final = re.compile(r"(?<=\w)-(?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage of the source that a model quoted.

    Attributes:
        start: First character in the source text.
        end: Character after the last.
        similarity: 1.0 if only white space, hyphenation and the forms of quotation marks, dashes and ligatures differ;
            else 1 less the share of characters that do, those that differ in case counting a tenth.
        occurrences: How often these words stand in the source, as far as that was counted: up to 1,000 times, and of
            long passages in long sources less.
        quote: What the model had written: the whole quote, or the part of it between two elisions.
    """

    start: int
    end: int
    similarity: float
    occurrences: int
    quote: str


class SourceIndex:
    """A text in which quotes are looked for.

    What is expensive is made when the first inexact quote asks for it, and kept: a copy of the text that holds only
    letters and digits, without case and accents, and a sparse map of its offsets. It takes at most the memory of the
    text, and searches go through it at the speed of ``str.find``.

    Attributes:
        text: The text.
    """

    def __init__(self, text: str) -> None:
        self.text = text
        self._skeletons = Skeletons()
        self._vocabularies: dict[tuple[Range, ...], Vocabulary] = {}
        self._latest: tuple[int, NDArray[np.int64]] = -1, np.zeros(0, np.int64)

    def vocabulary(self, ranges: Sequence[Range] = ()) -> Vocabulary:
        """The exact strings of the text, or of ranges of it, as many as a ``Vocabulary`` holds; made once and kept."""
        key = tuple(ranges)
        if key not in self._vocabularies:
            self._vocabularies[key] = Vocabulary(self.text, key or None)
        return self._vocabularies[key]

    def align(
        self,
        quote: str,
        *,
        within: Range | Sequence[Range] | None = None,
        near: int | None = None,
        effort: Effort | None = None,
    ) -> tuple[Passage, ...]:
        """Finds a quote, also one with elisions ("…", "[...]"): one passage for each of its parts, in order.

        A quote is first looked for as a whole, since sources hold dots too. Its parts must all be found, each at most
        4,000 characters from the next.

        Args:
            quote: What the model wrote.
            within: Ranges of the source that are searched first (the pages shown); the rest is only searched if
                they do not hold the quote.
            near: Of several places that are equally similar, the one nearest to this offset is taken; without it the
                first.
            effort: What the search may take; without it enough for a second, and a quote that is not found then
                counts as absent.

        Returns:
            The passages; none if the quote is not in the source.

        Raises:
            EffortExceededError: ``effort`` is spent, and nobody knows.
        """
        if effort is None:
            with suppress(EffortExceededError):
                return self.align(quote, within=within, near=near, effort=Effort())
            return ()
        whole = self.find(quote, within=within, near=near, effort=effort)
        if whole is not None:
            return (whole,)
        parts = [part.strip() for part in _ELISION.split(quote) if plain(part)]
        if len(parts) < 2 and (not parts or parts[0] == quote.strip()):
            return ()
        return self._align_parts(parts, within, near, effort)

    def find(
        self,
        quote: str,
        *,
        within: Range | Sequence[Range] | None = None,
        near: int | None = None,
        effort: Effort | None = None,
    ) -> Passage | None:
        """Finds a quote as one passage: exact, else equal but for its spelling, else similar.

        At least 80 % of its characters must be right, and more of a short quote: of 20 letters 90 %, so that chance
        does not find one. A quote of fewer than 8 letters, or of one word, must be right altogether, and stand there
        as whole words. A passage begins and ends with a whole word.

        Args:
            quote: What the model wrote.
            within: As for ``align``.
            near: As for ``align``.
            effort: As for ``align``.

        Raises:
            EffortExceededError: As ``align`` does.
        """
        if effort is None:
            with suppress(EffortExceededError):
                return self.find(quote, within=within, near=near, effort=Effort())
            return None
        whole = [(0, len(self.text))]
        shown = unite_ranges(ranges_of(within)) if within else whole
        found = self._best(quote, shown, near, effort)
        return found if found is not None or shown == whole else self._best(quote, whole, near, effort)

    def _align_parts(
        self, parts: Sequence[str], within: Range | Sequence[Range] | None, near: int | None, effort: Effort
    ) -> tuple[Passage, ...]:
        """Finds the longest part of a quote, then the others beside it, in order; none if one is missing."""
        anchor = max(range(len(parts)), key=lambda index: len(parts[index]))
        first = self.find(parts[anchor], within=within, near=near, effort=effort)
        if first is None:
            return ()
        after = [first]
        for part in parts[anchor + 1 :]:
            begin = after[-1].end
            following = self._best(part, [(begin, min(begin + _REACH, len(self.text)))], begin, effort)
            if following is None:
                return ()
            after.append(following)
        before = [first]
        for part in reversed(parts[:anchor]):
            end = before[-1].start
            previous = self._best(part, [(max(end - _REACH, 0), end)], end, effort)
            if previous is None:
                return ()
            before.append(previous)
        return (*reversed(before[1:]), *after)

    def _best(self, quote: str, ranges: Sequence[Range], near: int | None, effort: Effort) -> Passage | None:
        exact = self._nearest_exact(quote.strip(), ranges, near, effort)
        if exact is not None:
            return self._passage(quote, exact, 1.0, effort)
        letters, _ = self._skeletons.fold(spelled_out(quote))
        if not letters:
            return None
        threshold = _threshold(quote, letters)
        best: tuple[float, int, Range] = (0.0, 0, (0, 0))
        try:
            for places in self._candidates(quote, letters, ranges, near, effort):
                for span in places:
                    length = span[1] - span[0]
                    effort.spend(len(quote) * length // _PAIRS_PER_STEP + _PLAIN_STEPS * (len(quote) + length))
                    similarity = similarity_of(quote, self.text[slice(*span)], least=threshold)
                    best = max(best, (similarity, -abs(span[0] - (near or 0)), span))
                    if similarity == 1.0:  # those that follow are no nearer
                        break
                if best[0] >= threshold:
                    break
        except EffortExceededError:
            if best[0] < threshold:
                raise
        return self._passage(quote, best[2], best[0], effort) if best[0] >= threshold else None

    def _passage(self, quote: str, span: Range, similarity: float, effort: Effort) -> Passage:
        start, end = span
        occurrences = 0
        with suppress(EffortExceededError):
            for _ in self._exact(self.text[start:end], [(0, len(self.text))], effort.share(4)):
                occurrences += 1
        return Passage(start=start, end=end, similarity=similarity, occurrences=max(occurrences, 1), quote=quote)

    def _nearest_exact(self, quote: str, ranges: Sequence[Range], near: int | None, effort: Effort) -> Range | None:
        """Where a quote stands to the letter: first, or nearest to an offset."""
        if near is None:
            return next(self._exact(quote, ranges, effort), None)
        found = list(self._exact(quote, ranges, effort))
        if len(found) >= _most_places(quote):  # and perhaps more of them: the next one may be nearer
            behind = [(max(start, near), end) for start, end in ranges if near < end]
            found += islice(self._exact(quote, behind, effort), 1)
        return min(found, key=lambda span: abs(span[0] - near), default=None)

    def _exact(self, quote: str, ranges: Iterable[Range], effort: Effort) -> Iterator[Range]:
        """Where a quote stands to the letter, as whole words; only so many places are looked at."""
        places = (at for span in ranges for at in find_places(self.text, quote, span, effort))
        for at in islice(places, _most_places(quote)):
            if not joined(self.text, at) and not joined(self.text, at + len(quote)):
                yield at, at + len(quote)

    def _candidates(
        self, quote: str, letters: str, ranges: Iterable[Range], near: int | None, effort: Effort
    ) -> Iterator[Iterable[Range]]:
        """Places that may be the quote, the likeliest first: with the same letters, then with parts of them.

        Raises:
            EffortExceededError: There are more places with the same letters than are looked at.
        """
        spans = [(self._skeleton_offset(start), self._skeleton_offset(end)) for start, end in ranges]
        most = _most_places(letters)
        equal = list(
            islice((at for span in spans for at in find_places(self._skeleton, letters, span, effort)), most + 1)
        )
        if near is not None:
            middle = self._skeleton_offset(near)
            equal.sort(key=lambda at: abs(at - middle))
        marks = _marks_around(_plain_quote(quote))
        yield (self._whole(marks, at, at + len(letters)) for at in equal[:most])
        for length in _SEEDS if len(letters) >= _SHORT else ():
            if len(letters) >= 2 * length:
                hits = find_seeds(letters, length, self._skeleton, spans, effort, dense=length == _SEEDS[-1])
                found = find_clusters(hits, len(letters), least=_least_hits(len(letters), length))
                effort.spend(len(found) * _EDGE_STEPS)
                yield [self._whole(marks, *self._edges(letters, *span)) for span in found]
        if len(equal) > most:
            raise EffortExceededError

    def _edges(self, letters: str, begin: int, stop: int) -> Range:
        """Moves the ends of a stretch of the skeleton to where the quote's first and last letters fit best.

        That an end lies between two words counts as much as one letter.
        """
        slack = max(8, min(len(letters) // 10, _MOST_SLACK))
        part = min(len(letters), _EDGE)
        size, skeleton = len(self._skeleton), self._skeleton
        head, tail = letters[:part], letters[-part:]

        def best(places: range, near: int, distance: Callable[[int], int], offset: Callable[[int], int]) -> int:
            distances = [distance(at) for at in places]
            least = min(distances)
            close = [(at, found) for at, found in zip(places, distances, strict=True) if found <= least + 1]
            return min(close, key=lambda pair: (pair[1] + joined(self.text, offset(pair[0])), abs(pair[0] - near)))[0]

        first = max(begin - slack, 0)
        start = best(
            range(first, max(min(begin + slack, size - 1), first + 1)),
            begin,
            lambda at: Levenshtein.distance(head, skeleton[at : at + part]),
            self._offset,
        )
        last = min(max(stop + slack, start + 1), size)
        end = best(
            range(min(max(stop - slack, start + 1), last), last + 1),
            stop,
            lambda at: Levenshtein.distance(tail, skeleton[max(at - part, 0) : at]),
            lambda at: self._offset(at - 1) + 1,
        )
        return start, end

    def _whole(self, marks: tuple[str, str], begin: int, stop: int) -> Range:
        """A stretch of the skeleton in the text: whole words, and the marks around them that the quote has too."""
        text = self.text
        start, end = self._offset(begin), self._offset(stop - 1) + 1
        start -= _count_joined(text, start, -1)
        end += _count_joined(text, end, 1)
        before, after = marks
        for mark in reversed(before):
            at = len(text[max(start - 3, 0) : start].rstrip()) + max(start - 3, 0) - 1
            if at < 0 or plain(text[at]) != mark:
                break
            start = at
        for mark in after:
            at = end + 3 - len(text[end : end + 3].lstrip()) if end + 3 <= len(text) else end
            if plain(text[at : at + 1]) != mark:
                break
            end = at + 1
        return start, end

    @cached_property
    def _folded(self) -> tuple[str, NDArray[np.int64]]:
        """The skeleton of the text, and how much of it stands before every ``_STRIDE``-th character of the text."""
        parts, sums = [], [np.zeros(1, np.int64)]
        for start in range(0, len(self.text), _BLOCK):
            folded, counts = self._skeletons.fold(self.text[start : start + _BLOCK])
            parts.append(folded)
            sums.append(np.add.reduceat(counts, np.arange(0, len(counts), _STRIDE), dtype=np.int64))
        return "".join(parts), np.cumsum(np.concatenate(sums))

    @property
    def _skeleton(self) -> str:
        return self._folded[0]

    def _skeleton_offset(self, offset: int) -> int:
        """How much of the skeleton stands before a character of the text."""
        piece = min(offset, len(self.text)) // _STRIDE
        _, counts = self._skeletons.fold(self.text[piece * _STRIDE : offset])
        return int(self._folded[1][piece]) + int(counts.sum(dtype=np.int64))

    def _offset(self, skeleton_offset: int) -> int:
        """The character of the text that gave this one of the skeleton."""
        piece = int(np.searchsorted(self._folded[1], skeleton_offset, "right")) - 1
        inside = np.searchsorted(self._reach(piece), skeleton_offset - int(self._folded[1][piece]), "right")
        return piece * _STRIDE + int(inside)

    def _reach(self, piece: int) -> NDArray[np.int64]:
        """How much of the skeleton the characters of a piece of the text give, up to and including each."""
        latest = self._latest
        if latest[0] != piece:
            _, counts = self._skeletons.fold(self.text[piece * _STRIDE : (piece + 1) * _STRIDE])
            latest = self._latest = piece, np.cumsum(counts, dtype=np.int64)
        return latest[1]


def similarity_of(quote: str, passage: str, *, least: float = 0.0) -> float:
    """How near a quote's characters come to a passage's, 0–1; 1.0 if they differ only in what ``plain`` unifies.

    What is below ``least`` may be told as 0, which is quicker.
    """
    one, other = _plain_quote(quote), plain(passage)
    if one != other and (_BROKEN.search(quote) or _BROKEN.search(passage)):
        # A hyphen at a line's end may belong to the word or to the line: nobody can tell.
        one, other = _HYPHEN.sub("", one), _HYPHEN.sub("", other)
    if one == other:
        return 1.0
    # Case counts a tenth, and can only make it less.
    folded = Levenshtein.normalized_similarity(one.casefold(), other.casefold(), score_cutoff=least, score_hint=0.95)
    if folded < least:
        return 0.0
    return 0.9 * folded + 0.1 * Levenshtein.normalized_similarity(one, other, score_hint=folded)


@lru_cache(maxsize=8)
def _plain_quote(quote: str) -> str:
    """A quote that is compared with many passages."""
    return plain(quote)


def joined(text: str, at: int) -> bool:
    """Whether the characters before and at an offset belong to one word or one number.

    Marks join digits (``12,450``, ``10:30``), and dashes and slashes join what holds a digit (``GB-7719-K``).
    """
    if not 0 < at < len(text):
        return False
    before, after = text[at - 1], text[at]
    if _LETTER.match(after):
        return bool(_LETTER.match(before)) or (at > 1 and _joins(text[at - 2], before, after))
    if unicodedata.combining(after):
        return True
    return at + 1 < len(text) and _joins(before, after, text[at + 1])


def _joins(before: str, mark: str, after: str) -> bool:
    if mark in ".,:'’":
        return before.isdecimal() and after.isdecimal()
    if mark in DASHES or mark in "/_":
        return bool((before.isdecimal() or after.isdecimal()) and _LETTER.match(before) and _LETTER.match(after))
    return False


def _threshold(quote: str, letters: str) -> float:
    words = plain(quote).split()
    if len(letters) < _SHORT or (len(words) < 2 and _LETTER.search(quote)):
        return 1.0
    # Chance finds a place for 20 letters, a fifth of them wrong, in any long text.
    return 1 - min(0.2, len(letters) / 200)


def _marks_around(quote: str) -> tuple[str, str]:
    """What stands before the first letter or digit of a quote, and behind the last."""
    first = next((at for at, character in enumerate(quote) if character.isalnum()), len(quote))
    last = next((at for at in range(len(quote), first, -1) if quote[at - 1].isalnum()), first)
    return quote[:first].replace(" ", ""), quote[last:].replace(" ", "")


def _count_joined(text: str, at: int, step: int) -> int:
    """How many characters lie between an offset and the end of the word that it cuts; 0 if that is far away."""
    count = 0
    while count < _LONGEST_WORD and joined(text, at + step * count):
        count += 1
    return count if count < _LONGEST_WORD else 0


def _least_hits(letters: int, length: int) -> int:
    """How many seeds of a length must stand together: of a long quote with a fifth of it wrong many short ones do."""
    return 4 if length < _SEEDS[0] and letters >= _LONG else 1


def _most_places(part: str) -> int:
    """How many places that hold a part are looked at."""
    return min(_EQUAL, _EQUAL_CHARACTERS // max(len(part), 1) + 1)


def find_places(text: str, part: str, span: Range, effort: Effort) -> Iterator[int]:
    """Yields where a part begins, overlapping places too.

    Raises:
        EffortExceededError: The effort is spent.
    """
    start, end = span
    while part and start < end:
        effort.spend(_FIND_STEPS + _PLACE_STEPS * len(part))
        at = text.find(part, start, end)
        effort.spend(_SEARCH_STEPS * ((at if at >= 0 else end) - start))
        if at < 0:
            return
        yield at
        start = at + 1


def ranges_of(within: Range | Sequence[Range]) -> list[Range]:
    """One range or several as a list."""
    return [cast("Range", within)] if isinstance(within[0], int) else list(cast("Sequence[Range]", within))
