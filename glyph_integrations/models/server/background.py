"""An event loop on a thread of its own: one asynchronous path serves threads and event loops alike."""

from __future__ import annotations

import asyncio
import threading
import weakref
from concurrent.futures import Future
from typing import TYPE_CHECKING, Any, Final, TypeVar

from glyph_integrations.errors import ModelError

if TYPE_CHECKING:
    from collections.abc import Awaitable, Callable, Coroutine

T = TypeVar("T")
_CLOSED: Final = "this model is closed: make another ServerModel"


class BackgroundLoop:
    """Runs coroutines for any thread; the thread begins with the first of them.

    Args:
        at_end: Awaited on the loop, after everything that still ran was cancelled.
    """

    def __init__(self, at_end: Callable[[], Awaitable[None]]) -> None:
        self._at_end = at_end
        self._lock = threading.Lock()
        self._loop: asyncio.AbstractEventLoop | None = None
        self._stop: Callable[[], Any] | None = None
        self._closed = False

    def submit(self, function: Callable[..., Coroutine[Any, Any, T]], *arguments: Any) -> Future[T]:
        """Runs a coroutine function on the loop; cancelling the future cancels it there.

        Raises:
            ModelError: The loop is closed.
        """
        with self._lock:
            if self._closed:
                raise ModelError(_CLOSED)
            if self._loop is None:
                self._loop = self._start()
            return asyncio.run_coroutine_threadsafe(self._run(function(*arguments)), self._loop)

    def close(self) -> None:
        """Cancels what still runs and ends the thread. May be called more than once."""
        with self._lock:
            self._closed = True
        if self._stop is not None:
            self._stop()

    async def _run(self, coroutine: Coroutine[Any, Any, T]) -> T:
        try:
            return await coroutine
        except asyncio.CancelledError:
            if self._closed:
                raise ModelError(_CLOSED) from None
            raise

    def _start(self) -> asyncio.AbstractEventLoop:
        started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]] = Future()
        thread = threading.Thread(target=_serve, args=(started, self._at_end), name="glyph-server-model", daemon=True)
        thread.start()
        loop, stop = started.result()
        # The thread does not know this object, so that the loop ends when nobody needs it any more.
        self._stop = weakref.finalize(self, _end, loop, stop, thread)
        return loop


def _serve(
    started: Future[tuple[asyncio.AbstractEventLoop, asyncio.Event]], at_end: Callable[[], Awaitable[None]]
) -> None:
    async def main() -> None:
        stop = asyncio.Event()
        started.set_result((asyncio.get_running_loop(), stop))
        await stop.wait()
        running = asyncio.all_tasks() - {asyncio.current_task()}
        for task in running:
            task.cancel()
        await asyncio.gather(*running, return_exceptions=True)
        await at_end()

    asyncio.run(main())


def _end(loop: asyncio.AbstractEventLoop, stop: asyncio.Event, thread: threading.Thread) -> None:
    loop.call_soon_threadsafe(stop.set)
    if thread is not threading.current_thread():  # which the garbage collector may run on
        thread.join()
