"""Parses untrusted files in a killable subprocess with limits on time and memory.

The host and the child exchange JSON and plain bytes. A child that crashes, hangs or grows too large costs a typed
error, never the host. Idle children wait for the next source, so that a directory of small files is quick to load.
"""

from __future__ import annotations

import atexit
import contextlib
import os
import signal
import subprocess
import sys
import threading
from dataclasses import asdict, dataclass, replace
from typing import TYPE_CHECKING, Any, BinaryIO, Self

import numpy as np

from glyph_integrations.errors import (
    LoadError,
    MalformedError,
    MissingExtraError,
    TimedOutError,
    TooLargeError,
    UnsupportedError,
)
from glyph_integrations.source.blob import Blob
from glyph_integrations.source.frames import read_exactly, read_head, write_frame
from glyph_integrations.source.text import Box, EmbeddedFile, RasterRequest, SourceText
from glyph_integrations.source.worker import CAN_FORK, OUT_OF_MEMORY, OUT_OF_TIME

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator

    from numpy.typing import NDArray

    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.limits import Limits

IDLE_WORKERS = 2
KEPT_VARIABLES = (
    "PATH", "LANG", "LC_ALL", "LC_CTYPE", "TMPDIR", "TEMP", "TMP", "SYSTEMROOT", "LD_LIBRARY_PATH",
    "DYLD_LIBRARY_PATH", "PYTHONHOME",
)  # fmt: skip


@dataclass(frozen=True, slots=True, kw_only=True)
class Origin:
    """How the pages' pictures of a loaded source are reached again.

    Attributes:
        format_name: The registered format that loaded it.
        blob: The source.
        media_type: What it is.
        limits: Bounds, for one page at a time.
    """

    format_name: str
    blob: Blob
    media_type: str
    limits: Limits

    def for_embedded(self, file: EmbeddedFile) -> Origin:
        """Return how the pictures of a file within this source are reached.

        Raises:
            UnsupportedError: No format reads it.
        """
        from glyph_integrations.source.detect import detect
        from glyph_integrations.source.registry import format_for

        blob = Blob(name=f"{self.blob.name}/{file.name}", data=file.data)
        media_type = detect(blob)
        name = format_for(blob, media_type).name
        return Origin(format_name=name, blob=blob, media_type=media_type, limits=self.limits)

    def raster(self, *, page: int, box: Box, width: int, height: int, colour: bool) -> NDArray[np.uint8]:
        """Draws one picture; see ``rasters``."""
        return next(self.rasters([RasterRequest(page, box, width, height, colour)]))

    def rasters(self, requests: Iterable[RasterRequest]) -> Iterator[NDArray[np.uint8]]:
        """Draws one picture after another, each when it is asked for, with one child for all of them.

        Yields:
            Arrays of shape [height, width], or [height, width, 3] in colour.

        Raises:
            LoadError: The source can no longer be read or drawn.
        """
        file_format = _format_named(self.format_name)
        if not hasattr(file_format, "raster"):
            raise UnsupportedError(f"{self.blob.name} has no pages to draw: its format is text ({self.media_type})")
        if not (file_format.isolated and self.limits.isolated):
            for request in requests:
                self._check(request)
                page, box, width, height, colour = request
                yield file_format.raster(self.blob, page, box, width, height, colour=colour)
            return
        with contextlib.ExitStack() as stack:
            session = None
            for request in requests:
                self._check(request)
                if session is None:
                    session = stack.enter_context(Session(self))
                data = session.ask({"do": "raster", **request._asdict()})
                if len(data) != int(np.prod(request.shape)):
                    raise MalformedError(f"{self.blob.name}: page {request.page + 1} cannot be drawn")
                yield np.frombuffer(data, np.uint8).reshape(request.shape)

    def _check(self, request: RasterRequest) -> None:
        if not 0 < request.width * request.height <= self.limits.pixels:
            size = f"{request.width} × {request.height} px"
            raise TooLargeError(f"a picture of {size} is over Limits.pixels: raise it, or draw it smaller")


def load_isolated(format_name: str, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
    """Reads a blob with the named format, in a subprocess unless the format or ``Limits.isolated`` says otherwise.

    Raises:
        LoadError: Whatever is wrong with the blob.
        MissingExtraError: A format that another package registered lacks its library.
    """
    limits = options.limits
    if blob.size > limits.file_bytes:
        raise TooLargeError(
            f"{blob.name} has more than {limits.file_bytes:,} bytes; raise Limits.file_bytes to read it"
        )
    origin = Origin(format_name=format_name, blob=blob, media_type=media_type, limits=limits)
    file_format = _format_named(format_name)
    if not (file_format.isolated and limits.isolated):
        text: SourceText = file_format.load(blob, media_type, options)
    else:
        with Session(origin) as session:
            request = {"do": "load", "pages": options.pages, "furniture": options.furniture}
            data = session.ask(request, options.progress)
        try:
            text = SourceText.from_bytes(data)
        except ValueError as error:
            raise MalformedError(f"{blob.name} cannot be read") from error
    return replace(text, origins=(origin,) * len(text.sources))


class Session:
    """One source in one child, from ``with`` to its end; a child that fails in any way is not used again."""

    def __init__(self, origin: Origin) -> None:
        self._origin = origin
        self._worker = _WORKERS.take()
        self._sound = False
        blob = origin.blob
        opening = {
            "format": origin.format_name,
            "name": blob.name,
            "path": None if blob.path is None or blob.data is not None else str(blob.path.absolute()),
            "password": blob.password,
            "media_type": origin.media_type,
            "limits": asdict(origin.limits),
        }
        with self._worker.killed_after(origin.limits.patience), contextlib.suppress(OSError):
            write_frame(self._worker.requests, opening, blob.data or b"")  # a broken pipe shows when the answer is read

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *_: object) -> None:
        if self._sound:
            try:
                write_frame(self._worker.requests, {"do": "close"})
            except OSError:
                self._sound = False
        _WORKERS.give_back(self._worker, sound=self._sound)

    def ask(self, request: dict[str, Any], progress: Callable[[int, int], None] | None = None) -> bytes:
        """The bytes that answer a request; ``progress`` is called with how far the child has come, and of how much.

        Raises:
            LoadError: What the format raised, or how the child ended.
        """
        self._sound = False
        with self._worker.killed_after(self._origin.limits.patience):
            answer = self._exchange({**request, "progress": progress is not None})
            while answer is not None and "progress" in answer[0]:
                if progress is not None:
                    progress(*answer[0]["progress"])
                answer = self._exchange(None)
        if answer is None:
            raise self._explain_end()
        self._sound = True
        head, data = answer
        if "error" in head:
            raise _error(head)
        return data

    def _exchange(self, request: dict[str, Any] | None) -> tuple[dict[str, Any], bytes] | None:
        """Sends a request, if there is one, and returns the next frame; None where the child ended."""
        try:
            if request is not None:
                write_frame(self._worker.requests, request)
            frame = read_head(self._worker.responses)
            return None if frame is None else (frame[0], read_exactly(self._worker.responses, frame[1]))
        except (OSError, EOFError, ValueError):
            return None

    def _explain_end(self) -> LoadError:
        """Why the child gave no answer."""
        name, limits = self._origin.blob.name, self._origin.limits
        if self._worker.timed_out:
            return TimedOutError(f"{name} took longer than {limits.patience:g} s; raise Limits.wall_seconds to wait")
        status = self._worker.exit_status()
        if status == OUT_OF_TIME:
            return TimedOutError(f"{name} took more than {limits.seconds:g} s of processor time; raise Limits.seconds")
        if status == OUT_OF_MEMORY:
            return TooLargeError(f"{name} needs more memory than Limits.memory allows: raise it to read it")
        return MalformedError(f"{name} cannot be read: its parser ended unexpectedly")


class Worker:
    """A child process and the pipes to it."""

    def __init__(self) -> None:
        environment = {name: os.environ[name] for name in KEPT_VARIABLES if name in os.environ}
        # -P: the working directory, which may hold anything, is no place to import from.
        self._process = subprocess.Popen(
            [sys.executable, "-P", "-m", "glyph_integrations.source.worker"],
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.DEVNULL,
            bufsize=0,
            env={
                **environment,
                "PYTHONPATH": os.pathsep.join(path for path in sys.path if path),
                "PYTHONDONTWRITEBYTECODE": "1" if sys.dont_write_bytecode else "",
                "OPENBLAS_NUM_THREADS": "1",
                "OMP_NUM_THREADS": "1",
            },
            start_new_session=True,
        )
        self.timed_out = False

    @property
    def requests(self) -> BinaryIO:
        """What the child reads."""
        return self._process.stdin  # type: ignore[return-value]

    @property
    def responses(self) -> BinaryIO:
        """What the child writes."""
        return self._process.stdout  # type: ignore[return-value]

    @contextlib.contextmanager
    def killed_after(self, seconds: float) -> Iterator[None]:
        """Kills the child if the block takes longer."""
        timer = threading.Timer(seconds, self._time_out)
        timer.daemon = True
        timer.start()
        try:
            yield
        finally:
            timer.cancel()

    def _time_out(self) -> None:
        self.timed_out = True
        self.kill()

    def kill(self) -> None:
        """Ends the child and the session that it serves."""
        if self._process.poll() is None:
            with contextlib.suppress(OSError):
                if hasattr(os, "killpg"):
                    os.killpg(self._process.pid, signal.SIGKILL)
                else:
                    self._process.kill()

    @property
    def alive(self) -> bool:
        """Whether it can take a session."""
        return self._process.poll() is None

    def exit_status(self) -> int | None:
        """How the child ended, once its stdout has."""
        with contextlib.suppress(subprocess.TimeoutExpired):
            return self._process.wait(1)
        return None

    def dispose(self) -> None:
        """Ends the child and lets go of its pipes."""
        self.kill()
        self._process.wait()
        self._close()

    def forget(self) -> None:
        """Lets go of a child that another process started and will end."""
        self._process.returncode = 0
        self._close()

    def _close(self) -> None:
        for stream in (self.requests, self.responses):
            with contextlib.suppress(OSError):
                stream.close()


class Workers:
    """Children that wait for the next source."""

    def __init__(self) -> None:
        self._idle: list[Worker] = []
        self._lock = threading.Lock()

    def take(self) -> Worker:
        """An idle child, or a new one."""
        with self._lock:
            while self._idle:
                worker = self._idle.pop()
                if worker.alive:
                    return worker
                worker.dispose()
        return Worker()

    def give_back(self, worker: Worker, *, sound: bool) -> None:
        """Keeps the child if it may be used again."""
        with self._lock:
            keep = sound and CAN_FORK and len(self._idle) < IDLE_WORKERS
            if keep:
                self._idle.append(worker)
        if not keep:
            worker.dispose()

    def dispose(self) -> None:
        """Ends all idle children."""
        with self._lock:
            idle, self._idle = self._idle, []
        for worker in idle:
            worker.dispose()

    def forget(self) -> None:
        """Lets go of children that belong to the process this one was forked from."""
        self._lock = threading.Lock()
        idle, self._idle = self._idle, []
        for worker in idle:
            worker.forget()


_WORKERS = Workers()
atexit.register(_WORKERS.dispose)
if CAN_FORK:
    os.register_at_fork(after_in_child=_WORKERS.forget)


def end_idle_children() -> None:
    """Ends the children that wait for the next source, for a host that wants its memory back."""
    _WORKERS.dispose()


def _format_named(name: str) -> Any:
    from glyph_integrations.source.registry import format_named  # the registry knows the formats, which know this

    return format_named(name)


def _error(head: dict[str, Any]) -> Exception:
    if head["error"] == "missing_extra":
        error = MissingExtraError.__new__(MissingExtraError)
        ImportError.__init__(error, head["message"], name=head["package"])
        return error
    kinds = {kind.code: kind for kind in LoadError.__subclasses__()}
    return kinds.get(head["error"], MalformedError)(head["message"])
