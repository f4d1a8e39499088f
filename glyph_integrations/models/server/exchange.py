"""``Exchange``: asks one server, several conversations at a time, again where that may help."""

from __future__ import annotations

import asyncio
import time
from contextlib import aclosing
from functools import partial
from typing import TYPE_CHECKING, Any, Final

import openai

from glyph_integrations.errors import ServerError, ServerTimeoutError
from glyph_integrations.models.model import images_of
from glyph_integrations.models.server.chunks import EventError
from glyph_integrations.models.server.events import read_events, read_json
from glyph_integrations.models.server.failures import Failure, broken_off, empty, find_failure
from glyph_integrations.models.server.images import ImageParts
from glyph_integrations.models.server.reply import Reply, most_bytes
from glyph_integrations.models.server.requests import Server, chat_request, fitted
from glyph_integrations.models.server.transport import http_errors, is_compressed

if TYPE_CHECKING:
    from collections.abc import AsyncGenerator, Callable, Sequence

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.models.generation import Generation, GenerationSettings
    from glyph_integrations.models.model import Conversation

_SECONDS_TO_SAY_WHO: Final = 10.0
_MOST_TO_SAY_WHO: Final = 1 << 22  # bytes: OpenRouter lists hundreds of models in half a megabyte


class Exchange:
    """Everything that happens on the event loop; used from one only.

    Args:
        client: The SDK's; its own retries are off.
        http_client: Which it speaks HTTP with.
        model: The model's name on the server.
        spec: Its window and what its images cost.
        server: Whose extensions it takes; None to ask.
        concurrency: Most requests at a time.
        retries: How often a request is sent again.
        deadline: Most seconds for one answer, all tries together.
    """

    def __init__(
        self,
        client: openai.AsyncOpenAI,
        http_client: Any,
        model: str,
        spec: ModelSpec,
        *,
        server: Server | None,
        concurrency: int,
        retries: int,
        deadline: float,
    ) -> None:
        self._client = client
        self._model = model
        self._spec = spec
        self._server = server
        self._asking = asyncio.Lock()
        self._slots = asyncio.Semaphore(concurrency)
        self._retries = retries
        self._deadline = deadline
        self._broken: tuple[type[Exception], ...] = (
            openai.OpenAIError,
            EventError,
            ServerError,
            *http_errors(http_client),
        )
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
            try:
                async with asyncio.timeout(self._deadline) as limit:
                    return await self._try(conversation, settings, show or (lambda _: None))
            except TimeoutError as error:
                if isinstance(error, ServerTimeoutError) or not limit.expired():
                    raise
                raise ServerTimeoutError(
                    f"the answer was not there after {self._deadline:g} s: raise deadline=, or ask for fewer tokens"
                ) from None

    async def _try(
        self, conversation: Conversation, settings: GenerationSettings, show: Callable[[str], object]
    ) -> Generation:
        server = await self._who()
        images, settings = images_of(conversation), fitted(settings, conversation, self._spec)
        attempt, whole = 0, False
        ends = time.monotonic() + self._deadline
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
            delay = failed.delay(attempt)
            if not failed.again or attempt == self._retries or time.monotonic() + delay > ends:
                raise failed.error
            await asyncio.sleep(delay)
            attempt += 1

    async def _send(self, request: dict[str, Any], reply: Reply, show: Callable[[str], object]) -> Failure | None:
        """Sends a request once; leaving it closes the connection, and the server stops."""
        try:
            async with aclosing(self._events(request)) as events:
                async for event in events:
                    if piece := reply.feed(event):
                        show(piece)
                    if reply.is_cut:
                        break
        except self._broken as error:
            if reply.finish is None:  # else the answer is whole, whatever became of the connection
                return find_failure(error, begun=reply.begun, key=self._client.api_key)
        if reply.finish is None:
            return broken_off() if reply.begun else empty()
        if piece := reply.close():
            show(piece)
        return None

    async def _events(self, request: dict[str, Any]) -> AsyncGenerator[Any]:
        asked = self._client.chat.completions.with_streaming_response.create(**request)
        async with asked as response:
            _require_plain(response.headers)
            limit = most_bytes(request["max_completion_tokens"])
            async with aclosing(read_events(response.iter_bytes(), limit)) as events:
                async for event in events:
                    yield event

    async def _who(self) -> Server:
        async with self._asking:
            if self._server is None:
                self._server = await self._ask_who()
        return self._server or "other"

    async def _ask_who(self) -> Server | None:
        """What the server calls itself; None if it should be asked another time."""
        try:
            async with asyncio.timeout(_SECONDS_TO_SAY_WHO):
                models = await self._list_models()
        except openai.APIStatusError as error:
            return None if error.status_code >= 500 or error.status_code == 429 else "other"
        except ServerError:
            return "other"
        except self._broken:
            return None
        except TimeoutError:
            return None
        cards = models.get("data") if isinstance(models, dict) else None
        for card in cards if isinstance(cards, list) else ():
            if isinstance(card, dict) and card.get("id") == self._model and card.get("owned_by") in ("vllm", "sglang"):
                owner: Server = card["owned_by"]
                return owner
        return "other"

    async def _list_models(self) -> Any:
        async with self._client.models.with_streaming_response.list(timeout=_SECONDS_TO_SAY_WHO) as response:
            _require_plain(response.headers)
            return await read_json(response.iter_bytes(), _MOST_TO_SAY_WHO)


def _require_plain(headers: Any) -> None:
    if is_compressed(headers):
        raise ServerError("the server compresses its answers although it was asked not to: turn that off there")
