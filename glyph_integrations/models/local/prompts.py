"""Conversations to token ids, by the checkpoint's own chat template."""

from __future__ import annotations

import re
from dataclasses import dataclass
from itertools import groupby, pairwise
from typing import TYPE_CHECKING, Any, Final

import numpy as np

from glyph_integrations.errors import ModelLoadError, RequestError
from glyph_integrations.models.model import images_of

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Mapping, Sequence

    from numpy.typing import NDArray

    from glyph_integrations.models.model import Conversation, PageImage

_TOOLS: Final = re.compile(r"\btools\b")


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

    def longest_step(self, done: int) -> int:
        """The most tokens that one pass has to compute after ``done`` of them: an image, or the text after the last."""
        bounds = [done, *(int(end) for end in self.ends if end > done), len(self.ids)]
        return max(after - before for before, after in pairwise(bounds))

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

    @property
    def takes_tools(self) -> bool:
        """Whether the template tells the model of tools."""
        return self._tokenizer.chat_template is not None and bool(
            _TOOLS.search(str(self._tokenizer.get_chat_template(tools=[])))
        )

    def prompt(
        self,
        conversation: Conversation,
        *,
        thinking: bool | None = None,
        tools: Sequence[Mapping[str, Any]] = (),
    ) -> Prompt:
        """A conversation as token ids, up to where the assistant's answer begins.

        Special tokens within texts are broken up, so that nobody's text can end a turn or pose as an image.

        Raises:
            RequestError: The conversation has no message, or the template refuses it or takes no tools.
            ModelLoadError: The template shows images in a way that is not understood.
        """
        if not conversation:
            raise RequestError("a conversation needs a message")
        if tools and not self.takes_tools:
            raise RequestError("the model's chat template takes no tools")
        text = self._written(conversation, thinking, tools)
        # Templates write the token that begins every text themselves; without one the tokenizer adds it.
        bare = self._tokenizer.chat_template is None
        ids = np.asarray(self._tokenizer(text, add_special_tokens=bare).input_ids, np.int64)
        images = images_of(conversation)
        counts = np.ones(len(ids), np.int64)
        places = np.flatnonzero(ids == self._image_id)
        if len(places) != len(images):
            raise ModelLoadError(f"the chat template shows {len(places)} of {len(images)} images")
        counts[places] = [self._visual_tokens(image) for image in images]
        ends = np.cumsum(counts)[places]
        opened = not bare and text.rstrip().endswith("<think>")
        return Prompt(ids=np.repeat(ids, counts), images=images, ends=ends, opened=opened)

    def _written(
        self,
        conversation: Conversation,
        thinking: bool | None,  # noqa: FBT001 - it is a setting
        tools: Sequence[Mapping[str, Any]],
    ) -> str:
        if self._tokenizer.chat_template is None:  # base models and DeepSeek-OCR: the parts as they stand
            parts = self._parts(part for message in conversation for part in message.content)
            return "".join(part.get("text", self._image_token) for part in parts)
        messages: list[dict[str, Any]] = []
        for message in conversation:
            content = list(self._parts(message.content))
            plain = "".join(part["text"] for part in content) if not message.images else content
            calls = [
                {"type": "function", "function": {"name": call.name, "arguments": self._bare(dict(call.arguments))}}
                for call in message.tool_calls
            ]
            said = {"tool_calls": calls} if calls else {}
            messages.append({"role": message.role, "content": plain, **said})
        options: dict[str, Any] = {} if thinking is None else {"enable_thinking": thinking}
        if tools:
            options["tools"] = self._bare(list(tools))
        from jinja2 import TemplateError

        try:
            written = self._tokenizer.apply_chat_template(
                messages, tokenize=False, add_generation_prompt=True, **options
            )
        except (TemplateError, TypeError) as error:
            raise RequestError(f"the model's chat template refuses this conversation: {error}") from error
        return str(written)

    def _parts(self, content: Iterable[str | PageImage]) -> Iterator[dict[str, str]]:
        """Parts as templates take them; texts that follow each other are one, lest they make a special token."""
        for textual, run in groupby(content, lambda part: isinstance(part, str)):
            if textual:
                yield {"type": "text", "text": self._plain("".join(map(str, run)))}
            else:
                yield from ({"type": "image"} for _ in run)

    def _bare(self, value: Any) -> Any:
        """JSON whose texts are plain."""
        if isinstance(value, str):
            return self._plain(value)
        if isinstance(value, list):
            return [self._bare(part) for part in value]
        return {key: self._bare(part) for key, part in value.items()} if isinstance(value, dict) else value

    def _plain(self, text: str) -> str:
        for token in self._special:
            if token in text:
                text = text.replace(token, f"{token[0]} {token[1:]}")
        return text
