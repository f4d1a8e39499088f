"""Fuzzes the package's own parsers, guided by coverage: ``python benchmarks/fuzz_guided.py --seconds 600``.

atheris watches which branches an input takes and mutates what leads to new ones. Each target runs in a process of its
own. An input must end in a result or in one of the package's typed errors, within seconds; one that does not is
written to the directory given with ``--keep``, and the exit status is 1.
"""

from __future__ import annotations

import argparse
import asyncio
import contextlib
import importlib
import subprocess
import sys
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING

import atheris

with atheris.instrument_imports(include=["glyph_integrations"], enable_loader_override=False):
    from fuzz import builtin_seeds

    from glyph_integrations.errors import GlyphError
    from glyph_integrations.models.generation import GenerationSettings
    from glyph_integrations.models.server.chunks import EventError
    from glyph_integrations.models.server.events import read_events
    from glyph_integrations.models.server.reply import Reply as ServerReply
    from glyph_integrations.models.thinking import split_thinking
    from glyph_integrations.models.tools import ToolSplitter
    from glyph_integrations.reading.alignment import SourceIndex
    from glyph_integrations.reading.exact_strings import exact_strings
    from glyph_integrations.reading.replies import AnswerFilter, Reply
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.detect import detect
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.limits import Limits
    from glyph_integrations.source.registry import format_named

    for format_name in ("email", "html", "delimited", "rtf", "markdown", "plain", "pdf"):
        for module in getattr(format_named(format_name), "parses_with", ()):
            importlib.import_module(module)  # here, or what is imported at first use is not watched

if TYPE_CHECKING:
    from collections.abc import AsyncIterator, Callable

SECONDS_PER_INPUT = 5
LONGEST_INPUT = 20_000
OPTIONS = LoadOptions(limits=Limits(isolated=False, characters=1_000_000, pages=1_000, pixels=1_000_000))
EVENTS = (
    b'data: {"choices":[{"index":0,"delta":{"role":"assistant","content":"Ninety"},'
    b'"logprobs":{"content":[{"logprob":-0.1}]}}]}\n\n'
    b'data: {"choices":[{"index":0,"delta":{"content":" days."},"finish_reason":"stop"}],'
    b'"usage":{"prompt_tokens":9,"completion_tokens":3,"prompt_tokens_details":{"cached_tokens":4}}}\n\n'
    b"data: [DONE]\n\n"
)
"""An answer as vLLM streams it."""
FORMATS = {
    "email": ("message/rfc822", (".eml",)),
    "html": ("text/html", (".html",)),
    "delimited": ("text/csv", (".csv",)),
    "rtf": ("application/rtf", (".rtf",)),
    "markdown": ("text/markdown", (".md",)),
    "text": ("text/plain", (".txt",)),
    "pdf": ("application/pdf", (".pdf",)),
}


def fuzz_detection(data: bytes) -> None:
    """Detection by content alone."""
    detect(Blob(name="file", data=data))


def fuzz_format(name: str) -> Callable[[bytes], None]:
    """Return a target that loads its input with one format, in this process."""
    media_type, _ = FORMATS[name]
    reader = format_named("plain" if name == "text" else name)

    def target(data: bytes) -> None:
        if data:
            reader.load(Blob(name=f"file{FORMATS[name][1][0]}", data=data), media_type, OPTIONS)

    return target


def fuzz_replies(data: bytes) -> None:
    """What a model wrote, whole and piece by piece."""
    text = data.decode("utf-8", "replace")
    Reply.parse(text)
    split_thinking(text)
    exact_strings(text)
    answer, tools = AnswerFilter(), ToolSplitter([{"type": "function", "function": {"name": "f", "parameters": {}}}])
    for start in range(0, len(text), 7):
        answer.feed(text[start : start + 7])
        tools.feed(text[start : start + 7])
    answer.finish()
    tools.finish()


def fuzz_server(data: bytes) -> None:
    """A stream of events as a server may send it, cut in the middle."""

    async def send() -> AsyncIterator[bytes]:
        yield data[: len(data) // 2]
        yield data[len(data) // 2 :]

    async def receive() -> None:
        reply = ServerReply(GenerationSettings(), 0.0)
        with contextlib.suppress(EventError):
            async for event in read_events(send(), 1 << 20):
                reply.feed(event)
        reply.close()
        reply.result()

    asyncio.run(receive())


def fuzz_quotes(data: bytes) -> None:
    """A quote and a source, both from the input."""
    quote, _, source = data.decode("utf-8", "replace").partition("\0")
    SourceIndex(source).align(quote)


TARGETS: dict[str, Callable[[], Callable[[bytes], None]]] = {
    "detection": lambda: fuzz_detection,
    "replies": lambda: fuzz_replies,
    "quotes": lambda: fuzz_quotes,
    "server": lambda: fuzz_server,
    **{name: (lambda name=name: fuzz_format(name)) for name in FORMATS},
}


def main() -> int:
    """Run all targets one after another, or one target in this process."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0] if __doc__ else None)
    parser.add_argument("--seconds", type=int, default=600, help="for all targets together")
    parser.add_argument("--target", choices=sorted(TARGETS))
    parser.add_argument("--keep", type=Path, default=Path("out/fuzz"), help="where inputs that break a promise go")
    options = parser.parse_args()
    options.keep.mkdir(parents=True, exist_ok=True)
    if options.target:
        run_target(options.target, options.seconds, options.keep)  # atheris ends the process
    share = max(options.seconds // len(TARGETS), 1)
    failed = []
    for name in TARGETS:
        command = [sys.executable, __file__, "--target", name, "--seconds", str(share), "--keep", str(options.keep)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        last = next((line for line in reversed(done.stderr.splitlines()) if "cov:" in line), "no input was run")
        print(f"{name:10} {'ok' if done.returncode == 0 else 'FAILED'}  {last.strip()}")
        if done.returncode:
            failed.append(name)
            print(done.stderr[-2_000:])
    return int(bool(failed))


def run_target(name: str, seconds: int, keep: Path) -> None:
    """Fuzz one target from the seeds of its kind until its time is up."""
    target = TARGETS[name]()

    def check(data: bytes) -> None:
        with contextlib.suppress(GlyphError):
            target(data)

    with tempfile.TemporaryDirectory() as corpus:
        if name == "server":
            (Path(corpus) / "events").write_bytes(EVENTS)
        endings = FORMATS[name][1] if name in FORMATS else ("",)
        for file, data in builtin_seeds():
            if file.endswith(endings) and len(data) <= LONGEST_INPUT:
                (Path(corpus) / file).write_bytes(data)
        arguments = [
            sys.argv[0],
            f"-max_total_time={seconds}",
            f"-timeout={SECONDS_PER_INPUT}",
            f"-max_len={LONGEST_INPUT}",
            f"-artifact_prefix={keep}/{name}-",
            "-rss_limit_mb=4096",
            corpus,
        ]
        atheris.Setup(arguments, check)
        atheris.Fuzz()


if __name__ == "__main__":
    sys.exit(main())
