"""Conversations to token ids, by the checkpoint's own chat template."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from glyph_integrations.errors import ModelLoadError, RequestError
from glyph_integrations.models.model import images_of

if TYPE_CHECKING:
    from collections.abc import Callable

    from numpy.typing import NDArray

    from glyph_integrations.models.model import Conversation, PageImage


@dataclass(frozen=True, slots=True, kw_only=True, eq=False)
class Prompt:
    """A conversation as the model takes it.

    Attributes:
        ids: Token ids, the placeholders of every image repeated for each of its visual tokens.
        images: The images, in order.
        ends: Index of the token after each image.
        opened: Whether the template has opened a thinking section that the model goes on with.
    """

    ids: NDArray[np.int64]
    images: tuple[PageImage, ...]
    ends: NDArray[np.int64]
    opened: bool

    @property
    def pages_end(self) -> int:
        """Tokens up to the end of the last image; 0 without images."""
        return int(self.ends[-1]) if len(self.ends) else 0


class ChatFormat:
    """Writes conversations as prompts.

    Args:
        tokenizer: The checkpoint's.
        image_token_id: The placeholder of a visual token.
        visual_tokens: How many an image has.
    """

    def __init__(self, tokenizer: Any, image_token_id: int, visual_tokens: Callable[[PageImage], int]) -> None:
        self._tokenizer = tokenizer
        self._image_id = image_token_id
        self._image_token: str = tokenizer.convert_ids_to_tokens(image_token_id)
        self._visual_tokens = visual_tokens
        special = {*tokenizer.all_special_tokens, *(str(token) for token in tokenizer.added_tokens_decoder.values())}
        self._special = sorted((token for token in special if len(token) > 1), key=len, reverse=True)

    def prompt(self, conversation: Conversation, *, thinking: bool | None = None) -> Prompt:
        """A conversation as token ids, up to where the assistant's answer begins.

        Special tokens within texts are broken up, so that nobody's text can end a turn or pose as an image.

        Raises:
            RequestError: The conversation has no message, or the template refuses it.
            ModelLoadError: The template shows images in a way that is not understood.
        """
        if not conversation:
            raise RequestError("a conversation needs a message")
        text = self._written(conversation, thinking)
        ids = np.asarray(self._tokenizer(text, add_special_tokens=False).input_ids, np.int64)
        images = images_of(conversation)
        counts = np.ones(len(ids), np.int64)
        places = np.flatnonzero(ids == self._image_id)
        if len(places) != len(images):
            raise ModelLoadError(f"the chat template shows {len(places)} of {len(images)} images")
        counts[places] = [self._visual_tokens(image) for image in images]
        ends = np.cumsum(counts)[places]
        return Prompt(ids=np.repeat(ids, counts), images=images, ends=ends, opened=text.rstrip().endswith("<think>"))

    def _written(self, conversation: Conversation, thinking: bool | None) -> str:
        if self._tokenizer.chat_template is None:  # base models and DeepSeek-OCR: the parts as they stand
            parts = (part for message in conversation for part in message.content)
            return "".join(self._plain(part) if isinstance(part, str) else self._image_token for part in parts)
        messages = [
            {"role": message.role, "content": [self._part(part) for part in message.content]}
            if message.images
            else {"role": message.role, "content": self._plain("".join(map(str, message.content)))}
            for message in conversation
        ]
        options = {} if thinking is None else {"enable_thinking": thinking}
        from jinja2 import TemplateError

        try:
            written = self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, **options
            )
        except TemplateError as error:
            raise RequestError(f"the model's chat template refuses this conversation: {error}") from error
        return str(written)

    def _part(self, part: str | PageImage) -> dict[str, str]:
        return {"type": "text", "text": self._plain(part)} if isinstance(part, str) else {"type": "image"}

    def _plain(self, text: str) -> str:
        for token in self._special:
            if token in text:
                text = text.replace(token, f"{token[0]} {token[1:]}")
        return text
