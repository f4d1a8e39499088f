"""``Exchange``: asks one server, several conversations at a time, again where that may help."""

from __future__ import annotations

import asyncio
import json
import time
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import openai

from glyph_integrations.models.model import images_of
from glyph_integrations.models.server.failures import Failure, broken_off, empty, failure, transport_errors
from glyph_integrations.models.server.images import ImageParts
from glyph_integrations.models.server.reply import Reply
from glyph_integrations.models.server.requests import Server, chat_request, fitted

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models.generation import Generation, GenerationSettings
    from glyph_integrations.models.model import Conversation

_SECONDS_TO_SAY_WHO: Final = 10.0
_BROKEN: Final[tuple[type[Exception], ...]] = (
    openai.OpenAIError,
    *transport_errors(),
    json.JSONDecodeError,
    UnicodeDecodeError,
)


class Exchange:
    """Everything that happens on the event loop; used from one only.

    Args:
        client: Speaks HTTP; its own retries are off.
        model: The model's name on the server.
        spec: Its window and what its images cost.
        server: Whose extensions it takes; None to ask.
        concurrency: Most requests at a time.
        retries: How often a request is sent again.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        model: str,
        spec: ModelSpec,
        *,
        server: Server | None,
        concurrency: int,
        retries: int,
    ) -> None:
        self._client = client
        self._model = model
        self._spec = spec
        self._server = server
        self._asking = asyncio.Lock()
        self._slots = asyncio.Semaphore(concurrency)
        self._retries = retries
        self._images = ImageParts()

    async def answer_all(self, conversations: Sequence[Conversation], settings: GenerationSettings) -> list[Generation]:
        """Answers in the order of the conversations; the first failure cancels the others."""
        tasks = [asyncio.ensure_future(self.answer(conversation, settings)) for conversation in conversations]
        try:
            return await asyncio.gather(*tasks)
        finally:
            for task in tasks:
                task.cancel()
            await asyncio.gather(*tasks, return_exceptions=True)

    async def answer(
        self, conversation: Conversation, settings: GenerationSettings, show: Callable[[str], object] | None = None
    ) -> Generation:
        """Answers one conversation; ``show`` gets the pieces of the answer as they come."""
        async with self._slots:
            return await self._try(conversation, settings, show or (lambda _: None))

    async def _try(
        self, conversation: Conversation, settings: GenerationSettings, show: Callable[[str], object]
    ) -> Generation:
        server = await self._who()
        images, settings = images_of(conversation), fitted(settings, conversation, self._spec)
        attempt, whole = 0, False
        while True:
            part = partial(self._images.part, named=server == "vllm", whole=whole)
            # Encoding pages takes a while, in which other answers go on.
            request = await asyncio.to_thread(
                chat_request, self._model, conversation, settings, server=server, part=part
            )
            reply = Reply(settings, time.perf_counter())
            failed = await self._send(request, reply, show)
            self._images.hold(images, held=failed is None)
            if failed is None:
                return reply.result()
            if failed.evicted and not whole:
                whole = True
                continue
            if not failed.again or attempt == self._retries:
                raise failed.error
            await asyncio.sleep(failed.delay(attempt))
            attempt += 1

    async def _send(self, request: dict[str, Any], reply: Reply, show: Callable[[str], object]) -> Failure | None:
        """Sends a request once; leaving it closes the connection, and the server stops."""
        try:
            async with await self._client.chat.completions.create(**request) as events:
                async for event in events:
                    if piece := reply.feed(event):
                        show(piece)
                    if reply.finish == "repetition":
                        break
        except _BROKEN as error:
            if reply.finish is None:  # else the answer is whole, whatever became of the connection
                return failure(error, begun=reply.begun, key=self._client.api_key)
        if reply.finish is None:
            return broken_off() if reply.begun else empty()
        if piece := reply.close():
            show(piece)
        return None

    async def _who(self) -> Server:
        async with self._asking:
            if self._server is None:
                self._server = await self._ask_who()
        return self._server or "other"

    async def _ask_who(self) -> Server | None:
        """What the server calls itself; None if it should be asked another time."""
        try:
            page = await self._client.models.list(timeout=_SECONDS_TO_SAY_WHO)
        except openai.APIStatusError as error:
            return None if error.status_code >= 500 or error.status_code == 429 else "other"
        except (openai.OpenAIError, ValueError):
            return None
        for card in getattr(page, "data", None) or ():
            if card.id == self._model and card.owned_by in {"vllm", "sglang"}:
                owner: Server = card.owned_by
                return owner
        return "other"
