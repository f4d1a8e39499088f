"""What a model is shown and what it should say, as token ids.

An example is a trunk (the pages, and what stands between them) from which branches leave: questions, each with its
answer. Branches see the trunk and themselves, not each other, and their positions go on from the trunk: so a page is
read once for many questions, and each of them is computed as if it were the only one.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from glyph_integrations.models import Message
from glyph_integrations.models.local.prompts import ChatFormat
from glyph_integrations.training.tokenizer import END_OF_TURN

if TYPE_CHECKING:
    from collections.abc import Sequence

    from numpy.typing import NDArray

    from glyph_integrations.models import PageImage
    from glyph_integrations.models.local.patches import PatchLayout
    from glyph_integrations.training.pages import TypesetPage

IGNORED: Final = -100
"""Label of what is not learned: prompts, pages and padding."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Exchange:
    """A question about pages and the reply that is learned.

    Attributes:
        prompt: What stands after the pages.
        reply: What the model should say.
        thinking: What it should think before it replies; empty for none.
    """

    prompt: str
    reply: str
    thinking: str = ""


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Example:
    """One example, encoded; all arrays are of one length, the number of tokens N.

    Attributes:
        pages: The pages, in the order in which they are shown.
        ids: Token ids, [N]; placeholders stand for the visual tokens.
        labels: The ids that are learned, else ``IGNORED``, [N].
        branches: 0 for the trunk, then the number of the branch, [N].
        places: Index among the example's visual tokens of the one that shows a piece of the pages' text, [P].
        pieces: Ids of these pieces of text, [P].
    """

    pages: tuple[TypesetPage, ...] = field(repr=False)
    ids: NDArray[np.int64]
    labels: NDArray[np.int64]
    branches: NDArray[np.int64]
    places: NDArray[np.int64]
    pieces: NDArray[np.int64]


class Encoder:
    """Encodes examples with a checkpoint's tokenizer and chat template.

    Args:
        tokenizer: The checkpoint's; a fast one.
        image_token_id: The placeholder of a visual token.
        layout: How pages are cut into visual tokens.
        end_token_id: What ends a reply.
    """

    def __init__(self, tokenizer: Any, *, image_token_id: int, layout: PatchLayout, end_token_id: int) -> None:
        self._tokenizer = tokenizer
        self._image = image_token_id
        self._end = end_token_id
        self._layout = layout
        self._chat = ChatFormat(tokenizer, image_token_id, self._visual_tokens)

    @property
    def pad_token_id(self) -> int:
        """What fills the rows of a batch."""
        return self._end if self._tokenizer.pad_token_id is None else int(self._tokenizer.pad_token_id)

    def dialogue(self, pages: Sequence[TypesetPage], exchanges: Sequence[Exchange]) -> Example:
        """One or more pages and what is asked about them; replies are learned, with the token that ends a turn."""
        shown = tuple(page.page for page in pages)
        ids, labels, branches = [], [], []
        for number, exchange in enumerate(exchanges, 1):
            prompt = self._chat.prompt((Message("user", (*shown, exchange.prompt)),))
            trunk, question = prompt.ids[: prompt.pages_end], prompt.ids[prompt.pages_end :]
            if number == 1:
                ids.append(trunk)
                labels.append(np.full(len(trunk), IGNORED))
                branches.append(np.zeros(len(trunk), np.int64))
            reply = np.append(self.text_ids(_written(exchange)), self._end)
            ids += [question, reply]
            labels += [np.full(len(question), IGNORED), reply]
            branches.append(np.full(len(question) + len(reply), number))
        return self._example(pages, ids, labels, branches)

    def stream(self, parts: Sequence[TypesetPage | str]) -> Example:
        """A document of which some parts are shown as pages and others stay text; the text is learned."""
        pages = [part for part in parts if not isinstance(part, str)]
        begin, before, after = self._frame()
        ids, labels = [begin], [np.full(len(begin), IGNORED)]
        for part in parts:
            if isinstance(part, str):
                text = self.text_ids(part)
                ids.append(text)
                labels.append(text)
            else:
                image = np.concatenate([before, np.full(part.visual_tokens, self._image), after])
                ids.append(image)
                labels.append(np.full(len(image), IGNORED))
        branches = [np.zeros(sum(map(len, ids)), np.int64)]
        return self._example(pages, ids, labels, branches)

    def text_ids(self, text: str) -> NDArray[np.int64]:
        """The tokens of a text; special tokens that it spells are spelled, not used."""
        return np.asarray(self._encoded(text).input_ids, np.int64)

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

    def _example(
        self,
        pages: Sequence[TypesetPage],
        ids: list[NDArray[np.int64]],
        labels: list[NDArray[np.int64]],
        branches: list[NDArray[np.int64]],
    ) -> Example:
        places, pieces = [], []
        before = 0
        for page in pages:
            place, piece = self._pieces(page)
            places.append(place + before)
            pieces.append(piece)
            before += page.visual_tokens
        nothing = [np.zeros(0, np.int64)]
        return Example(
            pages=tuple(pages),
            ids=np.concatenate(ids),
            labels=np.concatenate(labels),
            branches=np.concatenate(branches),
            places=np.concatenate(places or nothing),
            pieces=np.concatenate(pieces or nothing),
        )

    def _pieces(self, page: TypesetPage) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """Which visual token shows the middle of which piece of the page's text."""
        encoded = self._encoded(page.text)
        ids = np.asarray(encoded.input_ids, np.int64)
        spans = np.asarray(encoded.offset_mapping, np.int64).reshape(-1, 2)
        token, _ = page.places()
        middle = np.minimum((spans[:, 0] + spans[:, 1]) // 2, max(len(token) - 1, 0))
        place = token[middle] if len(token) else np.zeros(0, np.int64)
        seen = place >= 0
        return place[seen], ids[seen]


def _written(exchange: Exchange) -> str:
    return f"<think>{exchange.thinking}</think>{exchange.reply}" if exchange.thinking else exchange.reply
