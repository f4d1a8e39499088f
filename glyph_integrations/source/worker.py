"""The child that parses untrusted files: ``python -m glyph_integrations.source.worker``, started by ``isolation``.

It reads frames from stdin and writes frames to stdout; nothing else ever reaches stdout. Each session (one source:
opened, loaded or drawn from, closed) runs in a fork of this process where the system can fork, so that a session
starts within milliseconds and leaves nothing behind; elsewhere the process serves one session and ends.
"""

from __future__ import annotations

import contextlib
import gc
import importlib
import os
import signal
import sys
import threading
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any, BinaryIO

from glyph_integrations.errors import LoadError, MissingExtraError
from glyph_integrations.source.blob import Blob
from glyph_integrations.source.formats import LoadOptions
from glyph_integrations.source.frames import read_exactly, read_head, write_frame
from glyph_integrations.source.limits import Limits
from glyph_integrations.source.progress import throttle
from glyph_integrations.source.text import Box

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.formats import Format

CAN_FORK = hasattr(os, "fork")
OUT_OF_MEMORY = 77
"""Exit status after a crash at high memory: C libraries abort where Python would raise ``MemoryError``."""
OUT_OF_TIME = 78
"""Exit status after ``Limits.seconds`` of processor time."""
RSS_UNIT = 1 if sys.platform == "darwin" else 1024


def main() -> None:
    """Serves sessions until stdin ends."""
    requests, responses = _take_standard_streams()
    # PyMuPDF imports its layout models and their runtime if they are installed: 0.3 s and 200 MB, none of it used.
    sys.modules["pymupdf.layout"] = sys.modules["pymupdf4llm"] = None  # type: ignore[assignment]
    while (frame := read_head(requests)) is not None:
        opening, payload_length = frame
        prepared = _prepare(str(opening["format"]))
        gc.freeze()  # what was imported is not looked through again, and stays shared with the forks
        if not CAN_FORK:
            _serve((requests, responses), prepared, opening, payload_length)
            return
        child = os.fork()
        if child == 0:
            _serve((requests, responses), prepared, opening, payload_length)
            os._exit(0)
        _, status, usage = os.wait4(child, 0)
        if status:  # the stream may have stopped within a frame
            if os.WIFSIGNALED(status) and os.WTERMSIG(status) == signal.SIGPROF:
                sys.exit(OUT_OF_TIME)
            sys.exit(OUT_OF_MEMORY if usage.ru_maxrss * RSS_UNIT > opening["limits"]["memory"] / 2 else 1)


def _take_standard_streams() -> tuple[BinaryIO, BinaryIO]:
    """Stdin and stdout for the frames alone; C libraries and print get the null device."""
    streams = os.fdopen(os.dup(0), "rb", buffering=0), os.fdopen(os.dup(1), "wb", buffering=0)
    null = os.open(os.devnull, os.O_RDWR)
    for descriptor in (0, 1, 2):
        os.dup2(null, descriptor)
    return streams


def _prepare(name: str) -> Format | Exception:
    """Imports the format and what it parses with, before the fork, so that it is done once."""
    from glyph_integrations.source.registry import format_named

    try:
        file_format = format_named(name)
        for module in getattr(file_format, "parses_with", ()):
            importlib.import_module(module)
    except Exception as error:  # noqa: BLE001 - reported to the host by the session
        return error
    return file_format


def _serve(
    streams: tuple[BinaryIO, BinaryIO],
    prepared: Format | Exception,
    opening: dict[str, Any],
    payload_length: int,
) -> None:
    """One session: a blob, then any number of requests about it."""
    requests, responses = streams
    gc.set_threshold(50_000)  # millions of small values, hardly a cycle
    limits = Limits(**opening["limits"])
    _limit_resources(limits)
    data = read_exactly(requests, payload_length) if opening["path"] is None else None
    path = Path(opening["path"]) if data is None else None
    blob = Blob(name=opening["name"], path=path, data=data, password=opening["password"])
    while (frame := read_head(requests)) is not None and frame[0]["do"] != "close":
        try:
            with _limit_time(limits.seconds):
                answer = _answer(prepared, blob, opening["media_type"], limits, frame[0], responses)
        except Exception as error:  # noqa: BLE001 -
            write_frame(responses, _describe(error, blob.name))
        else:
            write_frame(responses, *answer)


def _answer(  # noqa: PLR0917 - the parts of one request
    file_format: Format | Exception,
    blob: Blob,
    media_type: str,
    limits: Limits,
    request: dict[str, Any],
    responses: BinaryIO,
) -> tuple[dict[str, Any], bytes]:
    if isinstance(file_format, Exception):
        raise file_format
    if request["do"] == "load":
        progress = throttle(lambda done, total: write_frame(responses, {"progress": (done, total)}))
        options = LoadOptions(
            pages=request["pages"],
            furniture=request["furniture"],
            limits=limits,
            progress=progress if request["progress"] else None,
        )
        return {}, file_format.load(blob, media_type, options).to_bytes()
    pixels = file_format.raster(  # type: ignore[attr-defined]
        blob, request["page"], Box(*request["box"]), request["width"], request["height"], colour=request["colour"]
    )
    return {}, pixels.tobytes()


def _describe(error: Exception, name: str) -> dict[str, Any]:
    """What crosses of an error: its code, and a message if it is one of ours."""
    if isinstance(error, LoadError):
        return {"error": error.code, "message": str(error)}
    if isinstance(error, MissingExtraError):
        return {"error": "missing_extra", "message": str(error), "package": error.name}
    if isinstance(error, MemoryError):
        message = f"{name} needs more memory than Limits.memory allows: raise it to read it"
        return {"error": "too_large", "message": message}
    return {"error": "malformed", "message": f"{name} cannot be read ({type(error).__name__})"}


@contextlib.contextmanager
def _limit_time(seconds: float) -> Iterator[None]:
    """Ends this process after so many seconds of its processor time within the block."""
    if hasattr(signal, "setitimer"):
        signal.setitimer(signal.ITIMER_PROF, seconds)  # SIGPROF ends it, whatever library it is in
        try:
            yield
        finally:
            signal.setitimer(signal.ITIMER_PROF, 0)
        return
    finished = threading.Event()
    threading.Thread(target=_exit_when_spent, args=(finished, seconds), daemon=True).start()
    try:
        yield
    finally:
        finished.set()


def _exit_when_spent(finished: threading.Event, seconds: float) -> None:
    end = time.process_time() + seconds
    while not finished.wait(0.1):
        if time.process_time() > end:
            os._exit(OUT_OF_TIME)


def _limit_resources(limits: Limits) -> None:
    with contextlib.suppress(ImportError, ValueError, OSError):  # Windows has no such limits; the clock remains
        import resource

        resource.setrlimit(resource.RLIMIT_CORE, (0, 0))
        resource.setrlimit(resource.RLIMIT_AS, (limits.memory, limits.memory))
    if hasattr(signal, "SIGINT"):
        signal.signal(signal.SIGINT, signal.SIG_IGN)  # Ctrl-C is the host's to handle


if __name__ == "__main__":
    main()
