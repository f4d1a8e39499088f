"""Characters that mean the same on a page: what two spellings of one text have in common."""

from __future__ import annotations

import re
import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Final

import numpy as np

from glyph_integrations.models.special_tokens import MENDED
from glyph_integrations.rendering.characters import INVISIBLE_NAMES

if TYPE_CHECKING:
    from numpy.typing import NDArray

UNSPACED: Final = (
    "\u0e00-\u0eff\u1000-\u109f\u1100-\u11ff\u1780-\u17ff\u1950-\u19df\u1a20-\u1aaf\u2e80-\u9fff\ua000-\ua4cf"
    "\ua960-\ua97f\uac00-\ud7ff\uf900-\ufaff\U00020000-\U0003ffff"
)
"""Scripts without spaces between words, and Hangul, whose particles follow a word directly: for character classes."""

LETTER: Final = rf"[^\W_{UNSPACED}]"
"""A letter or digit of a script that puts spaces between words, as a regular expression."""

DASHES: Final = "-‐‑‒–−"
"""Hyphens, and what nobody tells from one on a page; the em dash is wider and separates words."""

_SPELLED: Final = re.compile(rf"⟦(?:U\+([0-9A-F]{{4,6}})|({'|'.join(INVISIBLE_NAMES.values())}))⟧")
_NAMED: Final = {name: chr(code_point) for code_point, name in INVISIBLE_NAMES.items()}
_QUOTES: Final = {**dict.fromkeys("‘’‚‛′`´ʼ＇", "'"), **dict.fromkeys("“”„‟«»″＂", '"')}
_SAME: Final = str.maketrans({**_QUOTES, **dict.fromkeys("‐‑‒–—―−﹣－", "-"), **MENDED, "↵": "\n"})
# Compatibility forms that look like what they stand for: ligatures, wide and narrow forms, Arabic letter shapes.
# Superscripts and fractions do not: x² is not x2.
_LOOKALIKES: Final = frozenset(
    {"<compat>", "<wide>", "<narrow>", "<noBreak>", "<isolated>", "<initial>", "<medial>", "<final>"}
)
_HYPHENATED: Final = re.compile(r"(?<=[^\W\d_])-\s++(?=[^\W\d_])")
_BROKEN: Final = re.compile(r"(?<=[^\W_]-)\s++(?=[^\W_])")  # beside a digit the hyphen is part of an identifier
_POINT: Final = re.compile("[\u0591-\u05bd\u05bf-\u05c2\u064b-\u0652\u0670]")
_IDEOGRAPHIC_GAP: Final = re.compile(rf"(?<=[{UNSPACED}])\s++(?=[{UNSPACED}])")


def spelled_out(text: str) -> str:
    """Puts the characters themselves where pages spell them: ``⟦U+200B⟧``, ``⟦ZWSP⟧``."""
    if "⟦" not in text:
        return text

    def character(match: re.Match[str]) -> str:
        code_point = int(match[1], 16) if match[1] else ord(_NAMED[match[2]])
        return chr(code_point) if code_point <= 0x10FFFF else match[0]

    return _SPELLED.sub(character, text)


def plain(text: str) -> str:
    """A text without what differs between a source and a faithful copy of it; letters keep their case.

    Unified: white space and line breaks (drawn ``↵``), words hyphenated at a line's end, quotation marks and dashes,
    ligatures, wide and narrow forms, composed and decomposed letters, broken special tokens. Left out: characters
    without ink, and the vowel points of Arabic and Hebrew, which are optional.
    """
    text = spelled_out(text).translate(_SAME)
    if not text.isascii():
        text = unicodedata.normalize("NFC", "".join(map(_lookalike, text)).translate(_SAME))
    text = _BROKEN.sub("", _HYPHENATED.sub("", text))
    return " ".join(_IDEOGRAPHIC_GAP.sub("", text).split())


@lru_cache(maxsize=65536)
def _lookalike(character: str) -> str:
    if character < "\x80":
        return character
    if unicodedata.category(character) == "Cf" or _POINT.match(character):
        return ""
    form = unicodedata.decomposition(character).partition(" ")[0]
    return unicodedata.normalize("NFKC", character) if form in _LOOKALIKES else character


@lru_cache(maxsize=65536)
def skeleton(character: str) -> str:
    """The letters and digits in a character, without case and accents; empty for anything else."""
    form = character if "\uac00" <= character <= "\ud7a3" else unicodedata.normalize("NFKD", character)
    return "".join(c for c in form.casefold() if c.isalnum())


class Skeletons:
    """Folds long texts to skeletons, array-wise; a table of the characters met so far makes it quick."""

    def __init__(self) -> None:
        self._known = np.zeros(0x110000, np.bool_)
        self._first = np.zeros(0x110000, np.uint32)
        self._counts = np.zeros(0x110000, np.uint8)
        self._longer: dict[int, str] = {}

    def fold(self, text: str) -> tuple[str, NDArray[np.uint8]]:
        """The skeleton of a text, and how many of its characters each character of the text gave."""
        codes = np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)
        self._learn(codes)
        counts = self._counts[codes]
        folded = np.repeat(self._first[codes], counts)
        longer = np.flatnonzero(counts > 1)
        if longer.size:
            starts = np.cumsum(counts, dtype=np.int64)[longer] - counts[longer]
            for code in np.unique(codes[longer]).tolist():
                here = starts[codes[longer] == code]
                for offset, character in enumerate(self._longer[code]):
                    folded[here + offset] = ord(character)
        return folded.tobytes().decode("utf-32-le", "surrogatepass"), counts

    def _learn(self, codes: NDArray[np.uint32]) -> None:
        for code in np.unique(codes[~self._known[codes]]).tolist():
            folded = skeleton(chr(code))
            self._counts[code] = len(folded)
            self._first[code] = ord(folded[0]) if folded else 0
            if len(folded) > 1:
                self._longer[code] = folded
            self._known[code] = True  # last: another thread may be folding
