"""Characters that a person cannot see, taken out of the text before a model reads it.

Left out: zero-width spaces and operators, tag characters outside flag emoji, variation selectors that select nothing,
joiners where nothing joins, and bidi controls in text without a right-to-left character. Everything that changes what
is seen stays: joiners inside Arabic or Indic words and emoji, one variation selector after a character that can vary,
bidi controls around right-to-left text, soft hyphens.
"""

from __future__ import annotations

import re
from collections import Counter

from glyph_integrations.source.visibility import HiddenReason

ZERO_WIDTH = HiddenReason.ZERO_WIDTH
TAG = HiddenReason.TAG
SELECTOR = HiddenReason.SELECTOR
BIDI = HiddenReason.BIDI

_JOINERS = "\u200c\u200d"
_BIDI = "\u061c\u200e\u200f\u202a-\u202e\u2066-\u2069"
_MONGOLIAN = "\u180b-\u180f"
_SELECTORS = "\ufe00-\ufe0f\U000e0100-\U000e01ef"
_TAGS = "\U000e0000-\U000e007f"

_RIGHT_TO_LEFT = re.compile(
    "[\u0590-\u061b\u061d-\u08ff\ufb1d-\ufdff\ufe70-\ufefc\U00010800-\U00010fff\U0001e800-\U0001efff]"
)
# Blocks of scripts whose letters change shape beside a joiner: Arabic and its relatives, Indic, Mongolian, Khmer …
_JOINING_LETTERS = (
    "[\u0600-\u061b\u061d-\u07ff\u0840-\u08ff\u0900-\u0dff\u0f00-\u109f\u1700-\u180a\u1810-\u18af\u1900-\u1cff"
    "\ua800-\ua8ff\ua930-\uabff\ufb50-\ufdff\ufe70-\ufefc\U00010a00-\U00010eff\U00010f30-\U00010fff"
    "\U00011000-\U00011fff\U0001e900-\U0001e95f]"
)
_JOINING = re.compile(_JOINING_LETTERS)
_CANDIDATE = f"[{_JOINERS}{_BIDI}{_MONGOLIAN}{_SELECTORS}{_TAGS}\u200b\u2060-\u2065\u206a-\u206f\ufeff]"
# The lookbehind passes over a joiner between two joining letters, which stays: Persian has one in every few words.
# It follows the first candidate because a pattern that begins with a set is searched for three times as fast.
_RUN = re.compile(f"{_CANDIDATE}(?<!{_JOINING_LETTERS}[{_JOINERS}](?={_JOINING_LETTERS})){_CANDIDATE}*")
_EMOJI = re.compile(
    "[#*0-9\u00a9\u00ae\u203c\u2049\u2100-\u27bf\u2900-\u2bff\u3030\u303d\u3297\u3299\U0001f000-\U0001faff]"
)
# FE00–FE0D vary zero, symbols and letters from Myanmar upwards (StandardizedVariants.txt); the rest would be smuggling.
_VARYING = re.compile(
    "[0\u1000-\u167f\u1681-\u180a\u1810-\u1fff\u2190-\u2fff\u3001-\ud7ff\uf900-\ufaff\uff01-\uffee\U00010ac0-\U0003ffff]"
)
_IDEOGRAPH = re.compile("[\u3400-\u9fff\uf900-\ufaff\U00020000-\U0003ffff]")
_MONGOLIAN_LETTER = re.compile("[\u1820-\u18af]")
_SUBDIVISION = re.compile("[\U000e0061-\U000e007a]{2}[\U000e0030-\U000e0039\U000e0061-\U000e007a]{1,3}\U000e007f")
_BLACK_FLAG = "\U0001f3f4"


def drop_invisible(text: str) -> tuple[str, dict[str, int]]:
    """Returns the text without the characters that a person cannot see, and how many there were of each kind."""
    if text.isascii() or not _RUN.search(text):
        return text, {}
    counts: Counter[str] = Counter()
    parts: list[str] = []
    position = 0
    right_to_left: bool | None = None
    for match in _RUN.finditer(text):
        start, end = match.span()
        if right_to_left is None and any(_kind(character) == BIDI for character in match[0]):
            right_to_left = _RIGHT_TO_LEFT.search(text) is not None
        before, after = text[start - 1 : start], text[end : end + 1]
        parts += text[position:start], _visible(before, match[0], after, counts, keep_bidi=bool(right_to_left))
        position = end
    if not counts:
        return text, {}
    return "".join((*parts, text[position:])), dict(counts)


def _visible(before: str, run: str, after: str, counts: Counter[str], *, keep_bidi: bool) -> str:
    """The part of a run of candidates that changes what is seen between two characters."""
    kept: list[str] = []
    last, position = before, 0
    while position < len(run):
        flag = _SUBDIVISION.match(run, position) if last == _BLACK_FLAG else None
        piece = flag[0] if flag else run[position]
        kind = _kind(piece[0])
        if flag or (keep_bidi if kind == BIDI else _acts(last, piece, after)):
            kept.append(piece)
            last = piece[-1]
        else:
            counts[kind] += 1
        position += len(piece)
    return "".join(kept)


def _acts(last: str, character: str, after: str) -> bool:
    """Whether a joiner or selector changes the characters beside it."""
    if character in _JOINERS:
        if _JOINING.match(last) or (_JOINING.match(after) and (not last or last not in _JOINERS)):
            return True
        return bool(character == "\u200d" and (last == "\ufe0f" or _EMOJI.match(last)) and _EMOJI.match(after))
    if "\u180b" <= character <= "\u180f":
        return _MONGOLIAN_LETTER.match(last) is not None
    if character in "\ufe0e\ufe0f":
        return _EMOJI.match(last) is not None
    if "\ufe00" <= character <= "\ufe0d":
        return _VARYING.match(last) is not None
    return "\U000e0100" <= character <= "\U000e01ef" and _IDEOGRAPH.match(last) is not None


def _kind(character: str) -> str:
    if character in "\u061c\u200e\u200f" or "\u202a" <= character <= "\u202e" or "\u2066" <= character <= "\u2069":
        return BIDI
    if "\ufe00" <= character <= "\ufe0f" or character >= "\U000e0100" or "\u180b" <= character <= "\u180d":
        return SELECTOR
    return TAG if character >= "\U000e0000" else ZERO_WIDTH
