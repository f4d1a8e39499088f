"""What a model is shown and what it should say, as token ids.

An example is a trunk (the pages, and what stands between them) from which branches leave: questions, each with its
answer. Branches see the trunk and themselves, not each other, and their positions go on from the trunk: so a page is
read once for many questions, and each of them is computed as if it were the only one.
"""

from __future__ import annotations

import re
from copy import copy
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from glyph_integrations.errors import RequestError
from glyph_integrations.models import Message
from glyph_integrations.models.local.prompts import ChatFormat
from glyph_integrations.models.thinking import BOX
from glyph_integrations.reading.replies import ABSTENTION
from glyph_integrations.training.pages import CellGrid
from glyph_integrations.training.pointing import Pointer, insert_places
from glyph_integrations.training.tokenizer import END_OF_TURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from glyph_integrations.models import PageImage
    from glyph_integrations.models.local.patches import PatchLayout
    from glyph_integrations.training.pages import TypesetPage

_WORD: Final = re.compile(r"\w{3,}")
_COMMON: Final = frozenset(
    (
        "the", "and", "for", "that", "with", "this", "from", "are", "was", "has", "have", "does",
        "which", "what", "who", "how", "when", "where",
    )
)  # fmt: skip
_BEGINNING: Final = 3  # tokens of a reply: whether it thinks, its anchor, where its passage begins
_BEFORE: Final = 60  # characters before a passage in which the words that ask for it may stand

IGNORED: Final = -100
"""Label of what is not learned: prompts, pages and padding."""
NOWHERE: Final = 0
"""The first token of all, which words look at that no page shows."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question about pages and the reply that is learned.

    Attributes:
        prompt: What stands after the pages.
        reply: What the model should say.
        thinking: What it should think before it replies; empty for none.
        copied: Parts of thinking and reply that stand on the pages, in the order in which they are said.
        words: The part of the prompt whose words lead to the first of them; empty if none do.
    """

    prompt: str
    reply: str
    thinking: str = ""
    copied: tuple[Copied, ...] = ()
    words: str = ""


@dataclass(frozen=True, slots=True, kw_only=True)
class Copied:
    """A part of what is said that stands on a page.

    Attributes:
        text: The part.
        start: Where it begins in the page's text; it is as long there, and may go on beyond the page.
        page: Index of the page.
    """

    text: str
    start: int
    page: int = 0


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """One example, encoded; all arrays are of one length, the number of tokens N.

    Attributes:
        pages: The pages, in the order in which they are shown.
        ids: Token ids, [N]; placeholders stand for the visual tokens.
        labels: The ids that are learned, else ``IGNORED``, [N].
        branches: 0 for the trunk, then the number of the branch, [N].
        places: Index among the example's visual tokens of the one that shows the beginning of a piece of the pages'
            text, [P].
        pieces: Ids of these pieces of text, [P].
        piece_cells: The cell of the visual token that they begin in, [P].
        shown_at: Index in ``ids`` of the visual token that shows a token that is learned or a word of a prompt,
            ``NOWHERE`` for a word that no page shows, -1 for others, [N].
        shown_cells: The cell of that visual token, -1 for others, [N].
        shown_names: The token that names the place of a word of a prompt, -1 for others, [N].
        decisive: Whether a token decides what the others copy: the beginning of a reply, and an answer that no frame
            announces, [N].
        frames: The part of an answer's frame that might stand here: what opens it up to where it opens, then what
            closes it up to where it closes; -1 elsewhere and in replies that are cut, [N].
    """

    pages: tuple[TypesetPage, ...] = field(repr=False)
    ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    branches: NDArray[np.int64]
    places: NDArray[np.int64]
    pieces: NDArray[np.int64]
    piece_cells: NDArray[np.int64]
    shown_at: NDArray[np.int64]
    shown_cells: NDArray[np.int64]
    shown_names: NDArray[np.int64]
    decisive: NDArray[np.bool_]
    frames: NDArray[np.int64]


class Encoder:
    """Encodes examples with a checkpoint's tokenizer and chat template.

    Where the tokenizer has tokens for places, replies are spelled and point (see ``pointing``).

    Args:
        tokenizer: The checkpoint's; a fast one.
        image_token_id: The placeholder of a visual token.
        layout: How pages are cut into visual tokens.
        end_token_id: What ends a reply.
        cells: How visual tokens are divided.
    """

    def __init__(
        self,
        tokenizer: Any,
        *,
        image_token_id: int,
        layout: PatchLayout,
        end_token_id: int,
        cells: CellGrid = CellGrid(),  # noqa: B008 - it is frozen
    ) -> None:
        self._tokenizer = tokenizer
        self._most: int | None = None
        self._room: int | None = None
        self._image = image_token_id
        self._end = end_token_id
        self._layout = layout
        self._cells = cells
        self._chat = ChatFormat(tokenizer, image_token_id, self._visual_tokens)
        self._pointer = Pointer.of_tokenizer(tokenizer)
        known = tokenizer.get_added_vocab()
        self._frames = [known[token] for token in BOX if token in known]

    @property
    def pad_token_id(self) -> int:
        """What fills the rows of a batch."""
        return self._end if self._tokenizer.pad_token_id is None else int(self._tokenizer.pad_token_id)

    def limited(self, *, most: int | None = None, room: int | None = None) -> Encoder:
        """An encoder like this one, with limits.

        Args:
            most: Most tokens of a reply; the rest is left out. None for all.
            room: Tokens of an example; questions that would go beyond are left out, but for the first. None for any.
        """
        limited = copy(self)
        limited._most, limited._room = most, room  # noqa: SLF001 - it is our own
        return limited

    def dialogue(self, pages: Sequence[TypesetPage], exchanges: Sequence[Exchange]) -> Example:
        """One or more pages and what is asked about them; replies are learned, with the token that ends a turn."""
        shown = tuple(page.page for page in pages)
        asked: list[list[_Part]] = []
        for number, exchange in enumerate(exchanges, 1):
            prompt = self._chat.prompt((Message("user", (*shown, exchange.prompt)),))
            trunk, question = prompt.ids[: prompt.pages_end], prompt.ids[prompt.pages_end :]
            if number == 1:
                begin = [_Part.unlearned(trunk, branch=0)]
                placeholders = np.flatnonzero(trunk == self._image)
                places = self._places(pages, placeholders)
            prompted, anchor = self._prompted(question, exchange, pages, places, number)
            asked.append([prompted, self._said(exchange, places, anchor, number)])
        return self._example(pages, self._within(begin, asked))

    def located(self, page: TypesetPage, prompt: str, entries: Sequence[tuple[str, int]]) -> Example:
        """A page and words, one after another; after each its place is learned, or the beginning of an abstention.

        Args:
            page: The page.
            prompt: Asks for it.
            entries: Words, and where they begin in the page's text; -1 if they are not on it.

        Raises:
            RequestError: The tokenizer has no tokens for places.
        """
        if self._pointer is None:
            raise RequestError("places have no names in this tokenizer: make one with glyph train tokenizer")
        written = self._chat.prompt((Message("user", (page.page, prompt)),))
        trunk, question = written.ids[: written.pages_end], written.ids[written.pages_end :]
        (shown,) = self._places([page], np.flatnonzero(trunk == self._image))
        absent = self._pointer.spell(ABSTENTION, *self._pieces_of(ABSTENTION))[0][:1]
        begin = [_Part.unlearned(trunk, branch=0), _Part.unlearned(question, branch=1)]
        asked: list[list[_Part]] = []
        for words, start in entries:
            ids, spans = self._pieces_of(f" {words}")
            letters = _first_letters(f" {words}", spans)
            if start < 0:
                at = _missing(f" {words}", [page])[letters]
                cells = names = np.full(len(letters), -1)
                place, name = np.array([-1]), np.asarray(absent, np.int64)
            else:
                at, cells, names = shown[:, start + letters - 1]
                place, _, name = shown[:, start : start + 1]
            if name[0] >= 0:
                part = replace(_Part.unlearned(np.asarray(ids, np.int64), branch=1), at=at, cells=cells, names=names)
                asked.append([part, _Part.learned(name, branch=1, at=place)])
        return self._example([page], self._within(begin, asked))

    def stream(self, parts: Sequence[TypesetPage | str]) -> Example:
        """A document of which some parts are shown as pages and others stay text; the text is learned."""
        pages = [part for part in parts if not isinstance(part, str)]
        begin, before, after = self._frame()
        encoded = [_Part.unlearned(begin, branch=0)]
        for part in parts:
            if isinstance(part, str):
                encoded.append(_Part.learned(self.text_ids(part), branch=0))
            else:
                image = np.concatenate([before, np.full(part.visual_tokens, self._image), after])
                encoded.append(_Part.unlearned(image, branch=0))
        return self._example(pages, encoded)

    def text_ids(self, text: str) -> NDArray[np.int64]:
        """The tokens of a text; special tokens that it spells are spelled, not used."""
        return np.asarray(self._encoded(text).input_ids, np.int64)

    def _pieces_of(self, text: str) -> tuple[list[int], list[tuple[int, int]]]:
        encoded = self._encoded(text)
        return encoded.input_ids, encoded.offset_mapping

    def _encoded(self, text: str) -> Any:
        return self._tokenizer(
            text, add_special_tokens=False, split_special_tokens=True, return_offsets_mapping=True, verbose=False
        )

    def _visual_tokens(self, image: PageImage) -> int:
        height, width = image.pixels.shape[:2]
        return self._layout.tokens(height, width)

    def _frame(self) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """The tokens that every text begins with, and those before and after an image, as GLM's template has them."""
        content = [{"type": "image"}]
        written = self._tokenizer.apply_chat_template([{"role": "user", "content": content}], tokenize=False)
        ids = np.asarray(self._tokenizer(written, add_special_tokens=False).input_ids, np.int64)
        (turn,) = np.flatnonzero(ids == self._tokenizer.convert_tokens_to_ids(END_OF_TURN))
        (image,) = np.flatnonzero(ids == self._image)
        return ids[:turn], ids[image - 1 : image], ids[image + 1 : image + 2]

    def _places(self, pages: Sequence[TypesetPage], placeholders: NDArray[np.int64]) -> list[NDArray[np.int64]]:
        """Where the characters of each page lie, [3, C]: in which placeholder, in which cell, and how that is named.

        The name is a token; -1 stands where a character is not drawn, or the place has no name.
        """
        found, before = [], 0
        for page in pages:
            token, middle = page.places
            drawn = token >= 0
            cell = np.where(drawn, self._cells.cell_at(middle), -1)
            name = np.full(len(token), -1)
            if self._pointer is not None:
                row, column = np.divmod(token, page.page.width // page.factor)
                lines = np.where(drawn, row * self._cells.rows + cell // self._cells.columns, -1)
                name = self._pointer.names(lines, column)
            place = np.where(drawn, placeholders[before + np.where(drawn, token, 0)], -1)
            found.append(np.stack([place, cell, name]))
            before += page.visual_tokens
        return found

    def _prompted(
        self,
        ids: NDArray[np.int64],
        exchange: Exchange,
        pages: Sequence[TypesetPage],
        places: Sequence[NDArray[np.int64]],
        branch: int,
    ) -> tuple[_Part, int]:
        """The prompt of an exchange: its words that stand where the reply is copied from are shown there.

        Also the anchor: where the rarest of them begins in the page's text, -1 if none stands there.
        """
        part = _Part.unlearned(ids, branch=branch)
        prompt, words = exchange.prompt, exchange.words
        encoded = self._encoded(prompt)
        begin = _index_of(ids, np.asarray(encoded.input_ids, np.int64))
        if not words or begin is None:
            return part, -1
        first = prompt.index(words)
        shown = np.full((3, len(prompt)), -1, np.int64)
        shown[0, first : first + len(words)] = _missing(words, pages)
        anchors = []
        for source in exchange.copied[:1]:
            text, start = pages[source.page].text, max(source.start - _BEFORE, 0)
            passage = text[start : source.start + len(source.text)]
            for word in _asking(words):
                found = list(_written_as(word[0]).finditer(passage))
                if found:
                    stands = start + found[-1].start(), start + found[-1].end()
                    known = places[source.page][:, slice(*stands)]
                    shown[:, first + word.start() : first + word.start() + known.shape[1]] = known
                    anchors.append((len(_written_as(word[0]).findall(text)), -len(word[0]), stands[0]))
        asked = np.full((3, len(ids)), -1, np.int64)
        asked[:, begin : begin + len(encoded.input_ids)] = shown[:, _first_letters(prompt, encoded.offset_mapping)]
        at, cells, names = asked
        return replace(part, at=at, cells=cells, names=names), min(anchors)[-1] if anchors else -1

    def _said(self, exchange: Exchange, places: Sequence[NDArray[np.int64]], anchor: int, branch: int) -> _Part:
        """What is learned of an exchange, and where on the pages it stands; the place of the anchor is said first."""
        written = _written(exchange)
        shown = np.full((3, len(written)), -1, np.int64)
        parts = np.zeros(len(written), np.int64)
        after = 0
        for part in exchange.copied:
            begin = written.index(part.text, after)
            after = begin + len(part.text)
            known = places[part.page][:, part.start : part.start + len(part.text)]
            shown[:, begin : begin + known.shape[1]] = known
            parts[begin:] += 1
        framed = _answer_in_passage(exchange)
        for bound in framed:
            parts[bound:] += 1
        frames = None
        encoded = self._encoded(written)
        ids, spans = encoded.input_ids, encoded.offset_mapping
        if self._pointer is None:
            owners = _first_letters(written, spans)
            at, cells, _ = shown[:, owners]
        else:
            ids, letters = self._pointer.spell(written, ids, spans)
            owners = np.asarray(letters, np.int64)
            at, cells, names = shown[:, owners]
            before, named = insert_places(names, parts[owners])
            shows = at[before]
            if anchor >= 0 and len(before):
                place, _, name = places[exchange.copied[0].page][:, anchor]
                before, named, shows = (
                    np.insert(before, 0, before[0]),
                    np.insert(named, 0, name),
                    np.insert(shows, 0, place),
                )
            ids, at, cells = np.insert(ids, before, named), np.insert(at, before, shows), np.insert(cells, before, -1)
            owners = np.insert(owners, before, owners[before])
            if framed and self._frames:
                before = np.searchsorted(owners, framed)
                at = np.insert(at, before, [at[before[0]], -1])
                ids, cells = np.insert(ids, before, self._frames), np.insert(cells, before, -1)
                owners = np.insert(owners, before, framed)
                frames = _framing(len(ids), before, self._frames)
        decisive = np.arange(len(ids) + 1) < _BEGINNING
        if exchange.thinking and frames is None:
            decisive |= np.append(owners >= len(written) - len(exchange.reply), True)
        return _Part.learned(
            np.append(np.asarray(ids, np.int64), self._end)[: self._most],
            branch=branch,
            at=np.append(at, -1)[: self._most],
            cells=np.append(cells, -1)[: self._most],
            decisive=decisive[: self._most],
            frames=None if self._most else frames,
        )

    def _within(self, begin: Sequence[_Part], asked: Sequence[Sequence[_Part]]) -> list[_Part]:
        """What an example begins with, and those of its questions that there is room for; the first always is."""
        within = list(begin)
        length = sum(len(part.ids) for part in begin)
        for number, parts in enumerate(asked):
            longer = length + sum(len(part.ids) for part in parts)
            if not number or self._room is None or longer <= self._room:
                within += parts
                length = longer
        return within

    def _example(self, pages: Sequence[TypesetPage], parts: Sequence[_Part]) -> Example:
        pieces = [self._pieces(page) for page in pages] or [(np.zeros(0, np.int64),) * 3]
        before = np.cumsum([0, *(page.visual_tokens for page in pages)])
        return Example(
            pages=tuple(pages),
            ids=np.concatenate([part.ids for part in parts]),
            labels=np.concatenate([part.labels for part in parts]),
            branches=np.concatenate([np.full(len(part.ids), part.branch, np.int64) for part in parts]),
            places=np.concatenate([place + first for (place, _, _), first in zip(pieces, before, strict=False)]),
            pieces=np.concatenate([piece for _, piece, _ in pieces]),
            piece_cells=np.concatenate([cell for _, _, cell in pieces]),
            shown_at=np.concatenate([part.at for part in parts]),
            shown_cells=np.concatenate([part.cells for part in parts]),
            shown_names=np.concatenate([part.names for part in parts]),
            decisive=np.concatenate([part.decisive for part in parts]),
            frames=np.concatenate([part.frames for part in parts]),
        )

    def _pieces(self, page: TypesetPage) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
        """Which visual token shows the first letter of which piece of the page's text, and in which cell."""
        encoded = self._encoded(page.text)
        ids = np.asarray(encoded.input_ids, np.int64)
        token, middle = page.places
        first = _first_letters(page.text, encoded.offset_mapping)
        seen = token[first] >= 0
        return token[first][seen], ids[seen], self._cells.cell_at(middle[first])[seen]


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class _Part:
    """Tokens that follow each other; see ``Example``."""

    ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    branch: int
    at: NDArray[np.int64]
    cells: NDArray[np.int64]
    names: NDArray[np.int64]
    decisive: NDArray[np.bool_]
    frames: NDArray[np.int64]

    @classmethod
    def unlearned(cls, ids: NDArray[np.int64], *, branch: int) -> _Part:
        nowhere = np.full(len(ids), -1, np.int64)
        return cls(
            ids=ids,
            labels=np.full(len(ids), IGNORED),
            branch=branch,
            at=nowhere,
            cells=nowhere,
            names=nowhere,
            decisive=np.zeros(len(ids), dtype=bool),
            frames=nowhere,
        )

    @classmethod
    def learned(
        cls,
        ids: NDArray[np.int64],
        *,
        branch: int,
        at: NDArray[np.int64] | None = None,
        cells: NDArray[np.int64] | None = None,
        decisive: NDArray[np.bool_] | None = None,
        frames: NDArray[np.int64] | None = None,
    ) -> _Part:
        nowhere = np.full(len(ids), -1, np.int64)
        return cls(
            ids=ids,
            labels=ids,
            branch=branch,
            at=nowhere if at is None else at,
            cells=nowhere if cells is None else cells,
            names=nowhere,
            decisive=np.zeros(len(ids), dtype=bool) if decisive is None else decisive,
            frames=nowhere if frames is None else frames,
        )


def _answer_in_passage(exchange: Exchange) -> tuple[int, ...]:
    """Where the answer begins and ends in the passage that is thought of, in what is written; empty if it does not."""
    if not exchange.thinking or len(exchange.copied) != 2:
        return ()
    passage, answer = exchange.copied
    begin = _written(exchange).index(exchange.thinking) + answer.start - passage.start
    return begin, begin + len(answer.text)


def _framing(length: int, bounds: NDArray[np.int64], frame: Sequence[int]) -> NDArray[np.int64]:
    """See ``Example.frames``: of a reply whose frame was put in before the tokens at ``bounds``, and of its end."""
    opening, closing = bounds + np.arange(2)
    frames = np.full(length + 1, -1, np.int64)
    frames[1 : opening + 1] = frame[0]  # the first token begins to think
    frames[opening + 1 : closing + 1] = frame[1]
    return frames


def _asking(words: str) -> list[re.Match[str]]:
    """The words that tell what is asked for."""
    return [word for word in _WORD.finditer(words) if word[0].lower() not in _COMMON]


def _written_as(word: str) -> re.Pattern[str]:
    return re.compile(rf"\b{re.escape(word)}\b", re.IGNORECASE)


def _missing(words: str, pages: Sequence[TypesetPage]) -> NDArray[np.int64]:
    """``NOWHERE`` for the characters of words that no page shows, -1 for others, [characters]."""
    at = np.full(len(words), -1, np.int64)
    for word in _asking(words):
        if not any(_written_as(word[0]).search(page.text) for page in pages):
            at[word.start() : word.end()] = NOWHERE
    return at


def _index_of(whole: NDArray[np.int64], part: NDArray[np.int64]) -> int | None:
    """Where a sequence stands in another; None if it does not."""
    for begin in range(len(whole) - len(part) + 1):
        if np.array_equal(whole[begin : begin + len(part)], part):
            return begin
    return None


def _first_letters(text: str, spans: Sequence[tuple[int, int]]) -> NDArray[np.int64]:
    """Where pieces of a text have their first letter: after the space that many of them begin with."""
    return np.asarray([start + (stop - start > 1 and text[start] == " ") for start, stop in spans], np.int64)


def _written(exchange: Exchange) -> str:
    return f"<think>{exchange.thinking}</think>{exchange.reply}" if exchange.thinking else exchange.reply
