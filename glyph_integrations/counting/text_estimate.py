"""Estimates text tokens from kinds of characters, where no tokenizer is at hand.

Fitted to cl100k by least squares of relative errors over windows of 4,000 characters. Error on such windows, mean and
95th percentile: English books 2.5 and 6 %, Python Enhancement Proposals 4 and 10 %, Python source 3.5 and 9 %,
classical Chinese 2 and 4.5 %, columns of numbers 3.5 and 4.5 %. On whole texts: Jane Eyre −1.1 %, hard-wrapped
−5.7 %, all PEPs −0.3 %, 250,000 characters of Chinese −0.3 %. Other scripts rest on a few sentences each: French,
German, Spanish and Vietnamese were within 17 % there, Polish 32 % low. Other vocabularies than cl100k differ by more.
"""

from __future__ import annotations

from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

# Kinds of characters: code point ranges (end exclusive), and tokens for each character.
KINDS: Final[tuple[tuple[str, float, tuple[tuple[int, int], ...]], ...]] = (
    ("mark", 0.180, ((0, 0x80),)),  # what the next five leave of ASCII
    ("lower", 0.074, ((0x61, 0x7B),)),
    ("upper", 0.297, ((0x41, 0x5B),)),
    ("digit", 0.188, ((0x30, 0x3A),)),
    ("space", 0.073, ((0x20, 0x21), (0x09, 0x0A))),
    ("newline", 0.0, ((0x0A, 0x0B), (0x0D, 0x0E))),
    ("symbol", 1.10, ((0x80, 0xC0), (0x250, 0x370), (0x2000, 0x3040), (0x3100, 0x3400), (0xE000, 0x10000))),
    ("latin", 0.890, ((0xC0, 0x250), (0x1E00, 0x1F00))),
    ("greek", 0.981, ((0x370, 0x400), (0x1F00, 0x2000))),
    ("cyrillic", 0.488, ((0x400, 0x530),)),
    ("arabic", 0.797, ((0x600, 0x700),)),
    ("hangul", 1.181, ((0x1100, 0x1200), (0xAC00, 0xD7B0))),
    ("kana", 0.954, ((0x3040, 0x3100), (0xFF61, 0xFFA0))),
    ("han", 1.387, ((0x3400, 0xA000), (0xF900, 0xFB00))),
    ("script", 1.093, ((0x530, 0x600), (0x700, 0x1100), (0x1200, 0x1E00), (0xA000, 0xAC00), (0xD7B0, 0xE000))),
    ("astral", 2.551, ((0x10000, 0x110000),)),
)
# Tokens for each run of characters of a kind, in addition.
RUNS: Final = {"digit": 1.267, "mark": 0.301, "newline": 0.532, "space": 0.278}
WORD: Final = 0.492  # a run of lower and upper case
HUMP: Final = 0.669  # upper case after lower case
PIECE: Final = 1 << 20


@lru_cache(maxsize=1)
def _kind_of_code_point() -> NDArray[np.uint8]:
    table = np.zeros(0x110000, np.uint8)
    for kind, (_, _, ranges) in enumerate(KINDS):
        for start, end in ranges:
            table[start:end] = kind
    return table


def estimate_tokens(text: str) -> int:
    """Estimates the cl100k tokens of a text: about 100 MB/s, memory bounded, the same everywhere."""
    tokens = 0.0
    for start in range(0, len(text), PIECE):
        tokens += _tokens_of(text[start : start + PIECE])
    return max(round(tokens), 1) if text else 0


def _tokens_of(piece: str) -> float:
    kinds = _kind_of_code_point()[np.frombuffer(piece.encode("utf-32-le", "surrogatepass"), np.uint32)]
    number = {name: kind for kind, (name, _, _) in enumerate(KINDS)}
    weights = np.array([weight for _, weight, _ in KINDS])
    tokens = float(np.bincount(kinds, minlength=len(KINDS)) @ weights)
    for name, weight in RUNS.items():
        tokens += weight * _runs(kinds == number[name])
    upper, lower = kinds == number["upper"], kinds == number["lower"]
    tokens += WORD * _runs(upper | lower)
    return tokens + HUMP * int(np.count_nonzero(upper[1:] & lower[:-1]))


def _runs(members: NDArray[np.bool_]) -> int:
    return int(members[0]) + int(np.count_nonzero(members[1:] & ~members[:-1]))
