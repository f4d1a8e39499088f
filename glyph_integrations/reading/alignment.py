"""Finds in the source what a model quoted from its pages, however it was copied."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from functools import cached_property
from itertools import islice
from typing import TYPE_CHECKING, Final, cast

import numpy as np
from rapidfuzz.distance import Levenshtein

from glyph_integrations.reading.folding import DASHES, LETTER, Skeletons, plain, spelled_out
from glyph_integrations.reading.vocabulary import Vocabulary

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

    from numpy.typing import NDArray

Range = tuple[int, int]
"""Characters ``[start, end)`` of a text."""

_BLOCK: Final = 1 << 20  # characters folded at once
_STRIDE: Final = 1 << 12  # characters between two entries of the offset map
_SHORT: Final = 8  # letters and digits: a shorter quote, or one of a single word, must be right altogether
_SEEDS: Final = (16, 10, 5)  # letters and digits, the most telling length first
_SEEDS_TRIED: Final = 64  # of one length
_HITS: Final = 20_000  # of seeds of one length, looked at for one quote
_COMMON: Final = 4_000  # hits of one seed: more tell nothing
_EDGE: Final = 64  # letters and digits that tell where a quote begins and ends
_MOST_SLACK: Final = 200  # letters and digits around either end in which it is looked for
_EQUAL: Final = 1_000  # places with the same letters, looked at for one quote
_NEIGHBOURHOODS: Final = 12  # compared letter by letter
_ELISION: Final = re.compile(r"\s*(?:\[\s*(?:\.{3}|…)\s*\]|\(\s*(?:\.{3}|…)\s*\)|\.{3,}|…)\s*")
_REACH: Final = 4_000  # characters that an elision may leave out
_LETTER: Final = re.compile(LETTER)
_BROKEN: Final = re.compile(r"(?<=[^\W\d_])[-‐\u00ad]\s+(?=[^\W\d_])")
_HYPHEN: Final = re.compile(r"(?<=\w)-(?=\w)")


@dataclass(frozen=True, slots=True, kw_only=True)
class Passage:
    """A passage of the source that a model quoted.

    Attributes:
        start: First character in the source text.
        end: Character after the last.
        similarity: 1.0 if only white space, hyphenation and the forms of quotation marks, dashes and ligatures differ;
            else 1 less the share of characters that do, those that differ in case counting a tenth.
        occurrences: How often these words stand in the source.
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
        """The exact strings of the text, or of ranges of it; made once and kept."""
        key = tuple(ranges)
        if key not in self._vocabularies:
            self._vocabularies[key] = Vocabulary(self.text, key or None)
        return self._vocabularies[key]

    def align(
        self, quote: str, *, within: Range | Sequence[Range] | None = None, near: int | None = None
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

        Returns:
            The passages; none if the quote is not in the source.
        """
        whole = self.find(quote, within=within, near=near)
        if whole is not None:
            return (whole,)
        parts = [part for part in _ELISION.split(quote) if plain(part)]
        if len(parts) < 2 and (not parts or parts[0] == quote):
            return ()
        anchor = max(range(len(parts)), key=lambda index: len(parts[index]))
        first = self.find(parts[anchor], within=within, near=near)
        if first is None:
            return ()
        found = [first]
        for part in parts[anchor + 1 :]:
            begin = found[-1].end
            following = self._best(part, [(begin, min(begin + _REACH, len(self.text)))], begin)
            if following is None:
                return ()
            found.append(following)
        for part in reversed(parts[:anchor]):
            end = found[0].start
            previous = self._best(part, [(max(end - _REACH, 0), end)], end)
            if previous is None:
                return ()
            found.insert(0, previous)
        return tuple(found)

    def find(
        self, quote: str, *, within: Range | Sequence[Range] | None = None, near: int | None = None
    ) -> Passage | None:
        """Finds a quote as one passage: exact, else equal but for its spelling, else similar.

        At least 80 % of its characters must be right, and more of a short quote: of 20 letters 90 %, so that chance
        does not find one. A quote of fewer than 8 letters, or of one word, must be right altogether, and stand there
        as whole words. A passage begins and ends with a whole word.

        Args:
            quote: What the model wrote.
            within: As for ``align``.
            near: As for ``align``.
        """
        shown = self._best(quote, ranges_of(within), near) if within else None
        return shown or self._best(quote, [(0, len(self.text))], near)

    def _best(self, quote: str, ranges: Sequence[Range], near: int | None) -> Passage | None:
        exact = _nearest(self._exact(quote.strip(), ranges), near)
        if exact is not None:
            return self._passage(quote, exact, 1.0)
        letters, _ = self._skeletons.fold(spelled_out(quote))
        if not letters:
            return None
        threshold = _threshold(quote, letters)
        best: tuple[float, int, Range] = (0.0, 0, (0, 0))
        for places in self._candidates(quote, letters, ranges, near):
            for span in places:
                similarity = similarity_of(quote, self.text[slice(*span)])
                best = max(best, (similarity, -abs(span[0] - (near or 0)), span))
            if best[0] >= threshold:
                return self._passage(quote, best[2], best[0])
        return None

    def _passage(self, quote: str, span: Range, similarity: float) -> Passage:
        start, end = span
        occurrences = sum(1 for _ in self._exact(self.text[start:end], [(0, len(self.text))]))
        return Passage(start=start, end=end, similarity=similarity, occurrences=max(occurrences, 1), quote=quote)

    def _exact(self, quote: str, ranges: Iterable[Range]) -> Iterator[Range]:
        """Where a quote stands to the letter, as whole words."""
        for span in ranges:
            for at in _places(self.text, quote, span):
                if not joined(self.text, at) and not joined(self.text, at + len(quote)):
                    yield at, at + len(quote)

    def _candidates(
        self, quote: str, letters: str, ranges: Iterable[Range], near: int | None
    ) -> Iterator[Iterable[Range]]:
        """Places that may be the quote, the likeliest first: with the same letters, then with parts of them."""
        spans = [(self._skeleton_offset(start), self._skeleton_offset(end)) for start, end in ranges]
        equal = [at for span in spans for at in _places(self._skeleton, letters, span)]
        if near is not None:
            middle = self._skeleton_offset(near)
            equal.sort(key=lambda at: abs(at - middle))
        yield (self._whole(quote, at, at + len(letters)) for at in equal[:_EQUAL])
        if len(letters) < _SHORT:
            return
        for length in _SEEDS:
            if len(letters) >= 2 * length:
                found = _clusters(self._hits(letters, length, spans), len(letters))
                yield [self._whole(quote, *self._edges(letters, *span)) for span in found]

    def _hits(self, letters: str, length: int, spans: Sequence[Range]) -> NDArray[np.int64]:
        """Where the rarest pieces of a quote stand in the skeleton, and where in the quote; shape [hits, 2]."""
        step = max(len(letters) // _SEEDS_TRIED, length // 2 if length > _SEEDS[-1] else 1)
        places = []
        for offset in range(0, len(letters) - length + 1, step):
            seed = letters[offset : offset + length]
            found = list(islice((at for span in spans for at in _places(self._skeleton, seed, span)), _COMMON))
            places.append((len(found), offset, found))
        hits: list[tuple[int, int]] = []
        for count, offset, found in sorted(places):
            if hits and len(hits) + count > _HITS:
                break
            hits += ((at, offset) for at in found)
        return np.array(hits, np.int64).reshape(-1, 2)

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

    def _whole(self, quote: str, begin: int, stop: int) -> Range:
        """A stretch of the skeleton in the text: whole words, and the marks around them that the quote has too."""
        text = self.text
        start, end = self._offset(begin), self._offset(stop - 1) + 1
        while joined(text, start):
            start -= 1
        while joined(text, end):
            end += 1
        quote = plain(quote)
        before = re.match(r"[\W_]*", quote)
        after = re.search(r"[\W_]*\Z", quote)
        for mark in reversed(before[0].replace(" ", "") if before else ""):
            at = len(text[max(start - 3, 0) : start].rstrip()) + max(start - 3, 0) - 1
            if at < 0 or plain(text[at]) != mark:
                break
            start = at
        for mark in after[0].replace(" ", "") if after else "":
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


def similarity_of(quote: str, passage: str) -> float:
    """How near a quote's characters come to a passage's, 0–1; 1.0 if they differ only in what ``plain`` unifies."""
    one, other = plain(quote), plain(passage)
    if one != other and (_BROKEN.search(quote) or _BROKEN.search(passage)):
        # A hyphen at a line's end may belong to the word or to the line: nobody can tell.
        one, other = _HYPHEN.sub("", one), _HYPHEN.sub("", other)
    if one == other:
        return 1.0
    folded = Levenshtein.normalized_similarity(one.casefold(), other.casefold())
    return 0.9 * folded + 0.1 * Levenshtein.normalized_similarity(one, other)


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


def _places(text: str, part: str, span: Range) -> Iterator[int]:
    """Where a part begins, overlapping places too."""
    at = text.find(part, *span) if part else -1
    while at >= 0:
        yield at
        at = text.find(part, at + 1, span[1])


def _nearest(spans: Iterable[Range], near: int | None) -> Range | None:
    if near is None:
        return next(iter(spans), None)
    return min(spans, key=lambda span: abs(span[0] - near), default=None)


def _clusters(hits: NDArray[np.int64], length: int) -> list[Range]:
    """Stretches where many hits stand as they do in the quote, the fullest first.

    Hits of one stretch have nearly the same distance between their places in the text and in the quote; letters that
    were left out or added shift it a little.
    """
    if not len(hits):
        return []
    shift = hits[:, 0] - hits[:, 1]
    order = np.argsort(shift, kind="stable")
    hits, shift = hits[order], shift[order]
    width = max(8, length // 5)
    counts = np.searchsorted(shift, shift + width, "right") - np.arange(len(shift))
    taken: list[int] = []
    found = []
    for first in np.argsort(-counts, kind="stable").tolist():
        if all(abs(int(shift[first]) - other) > width for other in taken):
            taken.append(int(shift[first]))
            members = np.arange(first, first + int(counts[first]))
            members = members[np.argsort(hits[members, 1], kind="stable")]
            third = max(len(members) // 3, 1)
            begin, end = np.median(shift[members[:third]]), np.median(shift[members[-third:]])
            found.append((int(begin), int(end) + length))
            if len(found) == _NEIGHBOURHOODS:
                break
    return found


def ranges_of(within: Range | Sequence[Range]) -> list[Range]:
    """One range or several as a list."""
    return [cast("Range", within)] if isinstance(within[0], int) else list(cast("Sequence[Range]", within))
