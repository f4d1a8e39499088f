"""Pointing: a reader says where it looks before it says what stands there.

What it copies from a page it spells, letter by letter, and before the letters that lie in a visual token comes a token
that names the place: the line of type, and the visual token in it. So it finds its way by its own words instead of
counting them, a wrong letter does not make it lose its place, and an answer says where it was read. Asked for
something, it first names its anchor: where the rarest word of the question stands on the page; and in the passage that
it thinks of, it frames the answer. These tokens are special ones: no reader of the text sees them. Naming places by
tokens is known from Pix2Seq (arXiv 2109.10852) and Kosmos-2 (arXiv 2306.14824).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final, Self

import numpy as np

from glyph_integrations.models.places import places_of

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from numpy.typing import NDArray

LINES: Final = 24
"""Lines of type on pages of the small nano: 336 px, two lines to a visual token."""
COLUMNS: Final = 12
"""Visual tokens in such a line."""


def place_tokens(lines: int = LINES, columns: int = COLUMNS) -> tuple[str, ...]:
    """Names of all places, line by line: ``<|1:1|>``, ``<|1:2|>`` and so on."""
    return tuple(f"<|{line}:{column}|>" for line in range(1, lines + 1) for column in range(1, columns + 1))


class Pointer:
    """Writes what is learned as a reader says it that points.

    Args:
        tokenizer: A byte-level one.
        named: Ids of the places by their line and column, both from 0.
    """

    def __init__(self, tokenizer: Any, named: Mapping[tuple[int, int], int]) -> None:
        self._tokenizer = tokenizer
        self._added = frozenset(tokenizer.added_tokens_decoder)
        self._named = np.full(extent(named), -1, np.int64)
        self._letters: dict[int, list[int]] = {}  # of the pieces that were spelled
        for place, token in named.items():
            self._named[place] = token

    @classmethod
    def of_tokenizer(cls, tokenizer: Any) -> Self | None:
        """The pointer of a tokenizer that has tokens for places; others have none."""
        named = places_of(tokenizer)
        return cls(tokenizer, named) if named else None

    def names(self, lines: NDArray[np.int64], columns: NDArray[np.int64]) -> NDArray[np.int64]:
        """The tokens of places; -1 for those without a name, of larger pages. All arrays are of one shape."""
        most_lines, most_columns = self._named.shape
        inside = (lines >= 0) & (lines < most_lines) & (columns >= 0) & (columns < most_columns)
        return np.where(inside, self._named[np.where(inside, lines, 0), np.where(inside, columns, 0)], -1)

    def spell(self, text: str, ids: Sequence[int], spans: Sequence[tuple[int, int]]) -> tuple[list[int], list[int]]:
        """Pieces of a text as their letters.

        Args:
            text: The text.
            ids: Its tokens.
            spans: The characters of each.

        Returns:
            Tokens, one for each byte but for added tokens, which stay whole; and the character that each belongs to.
        """
        spelled: list[int] = []
        characters: list[int] = []
        for token, (start, stop) in zip(ids, spans, strict=True):
            letters = self._spelled(token)
            owners = [start + index for index, letter in enumerate(text[start:stop]) for _ in letter.encode()]
            spelled += letters
            characters += owners if len(owners) == len(letters) else [start] * len(letters)
        return spelled, characters

    def _spelled(self, token: int) -> list[int]:
        if token in self._added:
            return [token]
        if token not in self._letters:
            letters = list(self._tokenizer.convert_ids_to_tokens(token))
            self._letters[token] = self._tokenizer.convert_tokens_to_ids(letters)
        return self._letters[token]


def extent(named: Mapping[tuple[int, int], int]) -> tuple[int, int]:
    """How many lines and columns have named places."""
    lines, columns = zip(*named, strict=True)
    return max(lines) + 1, max(columns) + 1


def insert_places(places: NDArray[np.int64], parts: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Where places are named among letters: at the beginning of a part, and where the place changes.

    Args:
        places: The token of each letter's place, -1 for those without one, [N].
        parts: The number of the part that a letter belongs to, [N].

    Returns:
        The letters before which a place is named, and the tokens that name it; both of one length.
    """
    (known,) = np.nonzero(places >= 0)
    changed = np.ones(len(known), dtype=bool)
    changed[1:] = (np.diff(places[known]) != 0) | (np.diff(parts[known]) != 0)
    return known[changed], places[known[changed]]
