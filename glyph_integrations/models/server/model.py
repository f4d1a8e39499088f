"""``ServerModel``: a vision-language model on a server that speaks the OpenAI API."""

from __future__ import annotations

import asyncio
import os
from contextlib import suppress
from queue import SimpleQueue
from typing import TYPE_CHECKING, Any, Final, Self

from glyph_integrations.counting import ModelSpec, model_spec
from glyph_integrations.errors import MissingExtraError, RequestError, UnknownModelError
from glyph_integrations.models.server.background import BackgroundLoop

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Iterator, Sequence

    from glyph_integrations.models.generation import Generation, GenerationSettings
    from glyph_integrations.models.model import Conversation, PageImage, Prefix
    from glyph_integrations.models.server.requests import Server

_SECONDS_TO_CONNECT: Final = 10.0
_NO_KEY: Final = "none"  # local servers want none, the SDK wants one


class ServerModel:
    """A model on a server: vLLM, SGLang, transformers serve, OpenAI, and what else speaks the OpenAI API.

    Answers are always streamed from the server, so ``generate`` and ``stream`` give the same. It may be used from
    several threads and several event loops at once. On vLLM, pages are named by their content, and pages that the
    server still has are not sent again.

    Args:
        base_url: Address of the API, usually ending in ``/v1``.
        model: The model's name on the server.
        api_key: Else the environment's ``OPENAI_API_KEY``; local servers need none.
        spec: What the model is, as a spec, or the name of one; needed if ``model`` does not tell.
        concurrency: Most requests at a time; more wait.
        timeout: Most seconds without a byte from the server, the prefill of a long document included.
        deadline: Most seconds for an answer, from the first byte sent to the last received, all tries included.
        retries: How often a request that found the server busy, failing or out of reach is sent again, with longer
            and longer pauses. Never after an answer has begun, nor after a time-out, nor past the deadline.
        server: Whose extensions of the API it takes; by default the server is asked once.
        client_options: For ``openai.AsyncOpenAI``: ``default_headers``, ``http_client`` (which from then on refuses
            redirects of this server to others), …

    Raises:
        MissingExtraError: openai is not installed.
        UnknownModelError: The name of the model does not tell what it is, and ``spec`` is not given.
        RequestError: One of the numbers, or the address, makes no sense.
    """

    def __init__(
        self,
        base_url: str,
        model: str,
        *,
        api_key: str | None = None,
        spec: str | ModelSpec | None = None,
        concurrency: int = 8,
        timeout: float = 600.0,
        deadline: float = 3600.0,
        retries: int = 4,
        server: Server | None = None,
        **client_options: Any,
    ) -> None:
        _validate(base_url, concurrency, timeout, deadline, retries)
        self._name = model
        self._spec = _spec(model, spec)
        try:
            import openai
        except ImportError as error:
            raise MissingExtraError("A model on a server", package="openai", extra="server") from error
        from glyph_integrations.models.server.exchange import Exchange
        from glyph_integrations.models.server.transport import guard_client

        http_client = client_options.pop("http_client", None) or openai.DefaultAsyncHttpxClient()
        guard_client(http_client, base_url)
        client = openai.AsyncOpenAI(
            base_url=base_url,
            api_key=api_key or os.environ.get("OPENAI_API_KEY") or _NO_KEY,
            timeout=openai.Timeout(timeout, connect=min(timeout, _SECONDS_TO_CONNECT)),
            max_retries=0,
            http_client=http_client,
            default_headers={"Accept-Encoding": "identity", **client_options.pop("default_headers", {})},
            **client_options,
        )
        self._exchange = Exchange(
            client,
            http_client,
            model,
            self._spec,
            server=server,
            concurrency=concurrency,
            retries=retries,
            deadline=deadline,
        )
        self._loop = BackgroundLoop(client.close)

    @property
    def name(self) -> str:
        """The model's name on the server."""
        return self._name

    @property
    def spec(self) -> ModelSpec:
        """Its window and what its images cost."""
        return self._spec

    @property
    def takes_tools(self) -> bool:
        """No: an application has its own client for a server, and the tools of that."""
        return False

    def generate(
        self, conversations: Sequence[Conversation], settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> list[Generation]:
        """Answers several conversations at the same time; one result for each, in order.

        Args:
            conversations: Each on its own.
            settings: For all of them.
            prefix: Not used; see ``prefill``.

        Raises:
            ServerError: The server failed, refused, was too busy or too slow, or broke off an answer. The first
                failure cancels the other conversations.
            RequestError: It takes no such request, or the schema is none.
            WindowOverflowError: Pages and question do not fit its window.
            ResponseError: The answer breaks the schema, or was withheld.
        """
        del prefix
        future = self._loop.submit(self._exchange.answer_all, tuple(conversations), settings)
        try:
            return future.result()
        finally:
            future.cancel()  # if the caller was interrupted

    def stream(
        self, conversation: Conversation, settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> Iterator[str | Generation]:
        """Answers one conversation piece by piece; the request is sent when the first piece is asked for.

        Yields:
            Pieces of the text, and last the whole ``Generation``; of an answer that ended in a loop it holds less than
            was yielded. Closing the iterator closes the connection.

        Raises:
            GlyphError: As ``generate`` does, also after some pieces.
        """
        del prefix
        pieces: SimpleQueue[str | None] = SimpleQueue()
        future = self._loop.submit(self._exchange.answer, conversation, settings, pieces.put)
        future.add_done_callback(lambda _: pieces.put(None))
        try:
            while (piece := pieces.get()) is not None:
                yield piece
            yield future.result()
        finally:
            future.cancel()

    async def agenerate(
        self, conversations: Sequence[Conversation], settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> list[Generation]:
        """``generate`` without blocking the event loop; cancelling the task closes the connections."""
        del prefix
        future = self._loop.submit(self._exchange.answer_all, tuple(conversations), settings)
        return await asyncio.wrap_future(future)

    async def astream(
        self, conversation: Conversation, settings: GenerationSettings, *, prefix: Prefix | None = None
    ) -> AsyncIterator[str | Generation]:
        """``stream`` without blocking the event loop."""
        del prefix
        pieces: asyncio.Queue[str | None] = asyncio.Queue()
        loop = asyncio.get_running_loop()

        def put(piece: str | None) -> None:
            with suppress(RuntimeError):  # the caller's event loop is closed: nobody listens
                loop.call_soon_threadsafe(pieces.put_nowait, piece)

        future = self._loop.submit(self._exchange.answer, conversation, settings, put)
        future.add_done_callback(lambda _: put(None))
        try:
            while (piece := await pieces.get()) is not None:
                yield piece
            yield future.result()
        finally:
            future.cancel()

    def prefill(self, pages: Sequence[PageImage]) -> None:
        """Does nothing: servers keep what they have prefilled in a prefix cache of their own."""

    def close(self) -> None:
        """Cancels what still runs and closes the connections; otherwise that happens with the last reference."""
        self._loop.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        self.close()

    def __repr__(self) -> str:
        # Without the address, which may hold a password.
        return f"ServerModel({self._name!r}, spec={self._spec.name!r})"


def _validate(base_url: str, concurrency: int, timeout: float, deadline: float, retries: int) -> None:
    rules = (
        (not base_url.startswith(("http://", "https://")), "base_url must begin with http:// or https://"),
        (concurrency < 1, "concurrency must be at least 1"),
        (not timeout > 0, "timeout must be above 0"),
        (not deadline > 0, "deadline must be above 0"),
        (retries < 0, "retries must not be negative"),
    )
    for broken, problem in rules:
        if broken:
            raise RequestError(f"ServerModel: {problem}")


def _spec(model: str, spec: str | ModelSpec | None) -> ModelSpec:
    if spec is not None:
        return model_spec(spec)
    try:
        return model_spec(model)
    except UnknownModelError as error:
        raise UnknownModelError(f"the name of a served model must tell what it is, or pass spec=: {error}") from error
