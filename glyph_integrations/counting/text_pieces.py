"""Cuts long texts where the tokens on both sides do not change."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Final

if TYPE_CHECKING:
    from collections.abc import Iterator

PIECE: Final = 1 << 18
"""Characters of a piece, at least: its tokens take a few MB while they are counted."""

# Tokenizers with GPT's way of splitting end every run of letters before these characters, and none of them continues
# a token that began with letters. An apostrophe would ('s, 'll), and so would marks, letters and, in some, digits.
BOUNDARY: Final = re.compile(r"(?<=[^\W\d_])[ \t\n\r.,;:!?()\[\]{}<>=/\"…。、,;:!?]")


def safe_pieces(text: str, *, size: int = PIECE) -> Iterator[str]:
    """Yields the text in pieces of about ``size`` characters whose tokens, counted apart, sum to those of the whole.

    A text without any such place stays whole, however long.
    """
    start = 0
    while len(text) - start > size:
        boundary = BOUNDARY.search(text, start + size)
        if boundary is None:
            break
        yield text[start : boundary.start()]
        start = boundary.start()
    if start < len(text):
        yield text[start:]
