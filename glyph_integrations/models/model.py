"""``VisionModel``: what reading asks of a model, wherever it runs."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, Protocol, runtime_checkable

from glyph_integrations.errors import RequestError

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    import numpy as np
    from numpy.typing import NDArray

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models.generation import Generation, GenerationSettings
    from glyph_integrations.models.tools import ToolCall


@runtime_checkable
class PageImage(Protocol):
    """An image for a model to look at; ``rendering.Page`` is one."""

    @property
    def pixels(self) -> NDArray[np.uint8]:
        """Gray values of shape [height, width], or RGB of shape [height, width, 3]."""

    @property
    def fingerprint(self) -> str:
        """A hash of size and pixels: the same pixels have the same one, on every machine."""

    def png(self) -> bytes:
        """The image as a PNG file, always the same bytes."""


@dataclass(frozen=True, slots=True)
class Message:
    """One message of a conversation.

    Attributes:
        role: Who says it.
        content: Text and images, in the order in which they are shown.
        tool_calls: What the assistant called; the results follow as messages by ``"tool"``, in this order.
    """

    role: Literal["system", "user", "assistant", "tool"]
    content: tuple[str | PageImage, ...]
    tool_calls: tuple[ToolCall, ...] = ()

    def __post_init__(self) -> None:
        if self.role not in {"system", "user", "assistant", "tool"}:
            raise RequestError(f"a message is by system, user, assistant or tool, not {self.role!r}")
        if isinstance(self.content, str):
            object.__setattr__(self, "content", (self.content,))
        object.__setattr__(self, "content", tuple(self.content))
        if self.role != "user" and self.images:
            raise RequestError("images go in user messages: chat templates take them nowhere else")

    @property
    def images(self) -> tuple[PageImage, ...]:
        """The images, in order."""
        return tuple(part for part in self.content if not isinstance(part, str))


Conversation = tuple[Message, ...]
"""What a model is shown, the latest message last."""


def images_of(conversation: Conversation) -> tuple[PageImage, ...]:
    """All images of a conversation, in order."""
    return tuple(image for message in conversation for image in message.images)


class Prefix(Protocol):
    """Pages that a host has prefilled: the beginning that several conversations share."""

    @property
    def tokens(self) -> int:
        """Tokens that it holds."""


@dataclass(frozen=True, slots=True, eq=False)
class Prefixes:
    """Several prefixes: each conversation goes on from the one that it begins with."""

    parts: tuple[Prefix, ...]

    @property
    def tokens(self) -> int:
        """Tokens that all of them hold."""
        return sum(part.tokens for part in self.parts)


@runtime_checkable
class VisionModel(Protocol):
    """A vision-language model, in process or on a server.

    Conversations go in whole. A ``prefix``, or several as ``Prefixes``, only saves time: results are the same without
    it, and a conversation that does not begin with a prefix's pages is computed from its start.
    """

    @property
    def name(self) -> str:
        """What it is called in reports: a checkpoint's or a served model's name."""

    @property
    def spec(self) -> ModelSpec:
        """Its window and what its images cost."""

    @property
    def takes_tools(self) -> bool:
        """Whether it can be given tools; where not, settings with tools are refused."""

    def generate(
        self, conversations: Sequence[Conversation], settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> list[Generation]:
        """Answers several conversations, batched or at the same time where the host can; one result for each, in order.

        Raises:
            ModelError: One of them could not be answered.
        """

    def stream(
        self, conversation: Conversation, settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> Iterator[str | Generation]:
        """Answers one conversation piece by piece.

        Yields:
            Pieces of ``Generation.text`` as they come, thinking left out, and last the whole ``Generation``. Closing
            the iterator cancels the generation.

        Raises:
            ModelError: It could not be answered.
        """

    async def agenerate(
        self, conversations: Sequence[Conversation], settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> list[Generation]:
        """``generate`` without blocking the event loop; cancelling the task cancels the generation."""

    def astream(
        self, conversation: Conversation, settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> AsyncIterator[str | Generation]:
        """``stream`` without blocking the event loop."""

    def prefill(self, pages: Sequence[PageImage]) -> Prefix | None:
        """Computes pages once for all conversations whose first user message begins with them.

        Returns:
            What to pass as ``prefix``; None where the host keeps such a cache by itself (servers do).

        Raises:
            ModelMemoryError: It would not fit.
        """
