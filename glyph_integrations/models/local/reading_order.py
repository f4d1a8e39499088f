"""Reading order: a reader that names the places it copies from goes on from line to line, and never back.

What it copies without a break, a transcript or a passage, stands on the page line after line. Without this rule a small
reader that has missed the end of a page begins the page again, and one that has lost its line skips half of a page. And
one that let the answer's frame begin nowhere, each place being less likely than not, would yet let it end somewhere.
"""

from __future__ import annotations

from copy import copy
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Final, Self

import torch
from transformers import LogitsProcessor

from glyph_integrations.models.places import places_of
from glyph_integrations.models.thinking import BOX, CLOSING, OPENING

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

_LETTERS: Final = 16  # that can lie in a visual token, line breaks included, with room to spare
_LINES: Final = 3  # to the next one with text on it: texts have no wider gaps


@dataclass(slots=True)
class _Row:
    """How far one output has come: the rank of its last place, and what was written since."""

    shown: bool  # whether there is a page
    rank: int = -1
    free: int = 1  # so many of the next places may be anywhere
    letters: int = 0
    due: int | None = None  # of the passage that is thought of: which of its bounds comes next


class ReadingOrder(LogitsProcessor):
    """Forbids places before the last one, places more than a few lines after it, and more letters than one can hold.

    The last one may be named again: a frame in a passage parts the letters of a place. The first place of a transcript
    and of an answer is free; of thinking the first two are, for a reader first names its anchor and then where the
    passage begins. Without a page there is no passage to think of, and thinking may not begin. In a passage the
    answer's frame begins once and ends once, and thinking ends after it.

    Args:
        ranks: The tokens of places, and their order on a page.
        columns: How many of them make a line.
        opening: The token that begins thinking.
        closing: The token that ends it.
        frame: The tokens that begin and end an answer's frame.
        image: The token of an image.
        ends: The tokens that end a reply.
    """

    def __init__(
        self,
        ranks: Mapping[int, int],
        columns: int,
        *,
        opening: int,
        closing: int,
        frame: tuple[int, int],
        image: int,
        ends: Sequence[int],
    ) -> None:
        self._ranks = ranks
        self._columns = columns
        self._opening = opening
        self._closing = closing
        self._bounds = (*frame, closing)  # of the answer in its passage, and of the passage, in this order
        self._image = image
        self._in_order = torch.tensor(sorted(ranks, key=ranks.__getitem__))
        self._others = torch.tensor([*self._bounds, *ends])  # may follow when a place is full
        self._rows: list[_Row] = []

    @classmethod
    def of_tokenizer(cls, tokenizer: Any, ends: Sequence[int], *, image: int) -> Self | None:
        """The rule for a tokenizer that has tokens for places; others need none.

        Args:
            tokenizer: The tokenizer.
            ends: The tokens that end a reply.
            image: The token that stands where an image is shown.
        """
        named = places_of(tokenizer)
        if not named:
            return None
        ranks = {named[place]: rank for rank, place in enumerate(sorted(named))}
        opening, closing, *frame = tokenizer.convert_tokens_to_ids([OPENING, CLOSING, *BOX])
        columns = 1 + max(column for _, column in named)
        return cls(ranks, columns, opening=opening, closing=closing, frame=tuple(frame), image=image, ends=ends)

    def for_batch(self) -> Self:
        """The rule for another batch, at its beginning."""
        begun = copy(self)
        begun._rows = []  # noqa: SLF001 - it is our own
        return begun

    def __call__(self, input_ids: torch.Tensor, scores: torch.Tensor) -> torch.Tensor:
        """Takes the tokens, [rows, tokens], and the scores of the next, [rows, vocabulary]."""
        if self._rows:
            for row, token in zip(self._rows, input_ids[:, -1].tolist(), strict=True):
                self._take(row, token)
        else:
            self._rows = [_Row(shown) for shown in (input_ids == self._image).any(1).tolist()]
        scores = scores.clone()
        for index, row in enumerate(self._rows):
            if row.letters >= _LETTERS:
                kept = torch.cat([self._in_order, self._others]).to(scores.device)
                full = torch.full_like(scores[index], -torch.inf)
                full[kept] = scores[index, kept]
                scores[index] = full
            if not row.shown:
                scores[index, self._opening] = -torch.inf
            if row.due is not None:
                scores[index, [token for token in self._bounds if token != row.due]] = -torch.inf
            if not row.free:
                beyond = (row.rank // self._columns + _LINES + 1) * self._columns
                forbidden = torch.cat([self._in_order[: row.rank], self._in_order[beyond:]])
                scores[index, forbidden.to(scores.device)] = -torch.inf
        return scores

    def _take(self, row: _Row, token: int) -> None:
        if token in self._ranks:
            rank = self._ranks[token]
            row.letters = row.letters + 1 if rank == row.rank else 0
            row.rank, row.free = rank, max(row.free - 1, 0)
        elif token in {self._opening, self._closing}:
            row.rank, row.free, row.letters = -1, 2 if token == self._opening else 1, 0
            row.due = self._bounds[0] if token == self._opening else None
        elif token == row.due:
            row.due = self._bounds[self._bounds.index(token) + 1]
        elif row.rank >= 0:
            row.letters += 1
