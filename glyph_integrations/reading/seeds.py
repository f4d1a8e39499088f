"""Seeds: pieces of a quote that stand unchanged in the source, all of them found in one pass over it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from glyph_integrations.reading.effort import Effort

_TRIED: Final = 64  # of one length
_HITS: Final = 20_000  # of seeds of one length, looked at for one quote
_COMMON: Final = 4_000  # hits of one seed: more tell nothing
_NEIGHBOURHOODS: Final = 12  # compared letter by letter
_BLOCK: Final = 1 << 20  # characters hashed at once
_STEPS: Final = 10  # of effort for a character of the source
_FACTOR: Final = 0x9E3779B1  # odd, so that no bit is lost
_TABLE_BITS: Final = 16


def find_seeds(
    letters: str, length: int, text: str, spans: Sequence[tuple[int, int]], effort: Effort, *, dense: bool
) -> NDArray[np.int64]:
    """Finds where the rarest pieces of a quote stand in a text, and where in the quote; shape [hits, 2].

    Pieces are told by hashes of 32 bits; a hit by chance, one in a hundred million characters, tells as little as one
    by accident does.

    Args:
        letters: The quote.
        length: Characters of a piece.
        text: Where it is looked for.
        spans: Ranges of it, in order.
        effort: What the pass takes it from.
        dense: Pieces overlap as much as they can, for short quotes.

    Raises:
        EffortExceededError: The pass would take more.
    """
    step = max(len(letters) // _TRIED, 1 if dense else length // 2)
    offsets = np.arange(0, len(letters) - length + 1, step)
    wanted, which = np.unique(_hash(letters, length)[offsets], return_inverse=True)
    places = _find_hashes(wanted, length, text, spans, effort)
    hits: list[NDArray[np.int64]] = []
    count = 0
    for at in np.argsort([len(places[seed]) for seed in which], kind="stable").tolist():
        found = places[which[at]]
        if count and count + len(found) > _HITS:
            break
        count += len(found)
        hits.append(np.stack([found, np.full_like(found, offsets[at])], axis=1))
    return np.concatenate(hits) if hits else np.zeros((0, 2), np.int64)


def find_clusters(hits: NDArray[np.int64], length: int, *, least: int = 1) -> list[tuple[int, int]]:
    """Finds stretches where many hits, at least so many, stand as they do in the quote, the fullest first.

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
        if counts[first] < least:
            break
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


def _find_hashes(
    wanted: NDArray[np.uint32], length: int, text: str, spans: Sequence[tuple[int, int]], effort: Effort
) -> list[NDArray[np.int64]]:
    """Where the pieces with each of some hashes begin, in order, up to ``_COMMON`` of each."""
    found: list[list[NDArray[np.int64]]] = [[] for _ in wanted]
    counts = np.zeros(len(wanted), np.int64)
    for start, end in spans:
        for begin in range(start, end - length + 1, _BLOCK):
            if counts.min() >= _COMMON:
                break
            block = text[begin : min(begin + _BLOCK + length - 1, end)]
            effort.spend(_STEPS * len(block))
            hashes = _hash(block, length)
            table = np.zeros(1 << _TABLE_BITS, np.bool_)
            table[wanted[counts < _COMMON] >> (32 - _TABLE_BITS)] = True
            likely = np.flatnonzero(table[hashes >> (32 - _TABLE_BITS)])
            seeds = np.minimum(np.searchsorted(wanted, hashes[likely]), len(wanted) - 1)
            equal = wanted[seeds] == hashes[likely]
            likely, seeds = likely[equal], seeds[equal]
            for seed in np.flatnonzero(counts < _COMMON).tolist() if len(likely) else ():
                here = likely[seeds == seed][: _COMMON - int(counts[seed])]
                counts[seed] += len(here)
                found[seed].append(here + begin)
    return [np.concatenate(parts) if parts else np.zeros(0, np.int64) for parts in found]


def _hash(text: str, length: int) -> NDArray[np.uint32]:
    """A hash of each piece of a length, by its beginning: polynomials, doubled until they are long enough."""
    codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
    powers = {1: codes * np.uint32(_FACTOR)}
    size = 1
    while 2 * size <= length:
        powers[2 * size] = _join(powers[size], powers[size], size)
        size *= 2
    hashes, covered = powers[size], size
    while covered < length:
        size = max(part for part in powers if covered + part <= length)
        hashes, covered = _join(hashes, powers[size], covered), covered + size
    hashes = hashes[: len(codes) - length + 1]
    return (hashes ^ (hashes >> np.uint32(15))) * np.uint32(0x85EBCA6B)


def _join(left: NDArray[np.uint32], right: NDArray[np.uint32], length: int) -> NDArray[np.uint32]:
    """Hashes of pieces, ``right`` behind ``left`` of a length."""
    power = np.uint32(pow(0x01000193, length, 1 << 32))
    return left[: len(right) - length] * power + right[length : length + len(left)]
