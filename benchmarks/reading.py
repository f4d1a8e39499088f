"""Reading in this process: prefilled pages, batched questions, patches, the vision tower and memory.

The model is a tiny Glm4v with random weights, so seconds say nothing about Glyph; ratios do, and those that come from
not computing the same pages again grow with the model. Both sides of a ratio take turns in one process; libraries are
loaded, models warmed and pages rendered before the clock starts, which counts CPU seconds of the process. The library's
side is transformers alone: its image processor, its ``pixel_values``, its attention page by page.

    python benchmarks/reading.py [--rounds N] [--pages N] [--threads N]
"""

from __future__ import annotations

import argparse
import json
import platform
import resource
import statistics
import subprocess
import sys
import tempfile
import time
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from glyph_integrations.models.model import PageImage

ROOT = Path(__file__).parent.parent
SIZES = {"hidden": 128, "layers": 2, "vision_hidden": 64, "vision_depth": 2}
QUESTIONS = tuple(
    f"What does the document say about {subject}?"
    for subject in ("the notice period", "rivers", "its author", "Monday", "money", "trains", "birds", "the last page")
)
ANSWER = 8  # tokens
BATCHED_PAGES = 8
TOWER_PAGES = (1, 8, 50)
REPEATS = 20  # of cutting pages, which takes a millisecond or two
PASSES = {"in the model's own steps": False, "all pages in one pass": True}


@dataclass(frozen=True, kw_only=True)
class Bench:
    """One checkpoint, loaded by this package and by transformers alone, and the pages that both read.

    Attributes:
        model: This package's ``TransformersModel``.
        inner: The model of transformers within it.
        images: What it makes of images.
        step: Tokens that one of its passes computes.
        reference: The checkpoint as a user of transformers runs it.
        pages: Of one document, all of one size.
    """

    model: Any
    inner: Any
    images: Any
    step: int
    reference: Any
    pages: Sequence[PageImage]

    def question(self, text: str, pages: int) -> Any:
        """A conversation that shows the first pages and asks."""
        from glyph_integrations.models import Message

        return (Message("user", (*self.pages[:pages], text)),)

    def ask(self, conversations: Sequence[Any], *, prefix: Any = None) -> list[str]:
        """The answers to some conversations, in one call."""
        from glyph_integrations.models import GenerationSettings

        settings = GenerationSettings(max_tokens=ANSWER)
        return [answer.text for answer in self.model.generate(conversations, settings, prefix=prefix)]

    def groups(self, pages: int) -> list[Sequence[PageImage]]:
        """The first pages, as many at a time as one pass of the model takes."""
        size = max(1, self.step // self.images.tokens(self.pages[0]))
        return [self.pages[start : min(start + size, pages)] for start in range(0, pages, size)]


def make(pages: int) -> Bench:
    """Builds the checkpoint, loads it twice, renders the pages and computes a little of everything."""
    sys.path += [str(ROOT / "tests"), str(ROOT / "tests" / "models")]
    import tiny
    import torch
    from reference import Reference
    from transformers.utils import logging

    from glyph_integrations import render
    from glyph_integrations.models.local import TransformersModel

    logging.disable_progress_bar()
    with tempfile.TemporaryDirectory() as folder:
        checkpoint = tiny.build(Path(folder, "tiny-glm4v"), **SIZES)
        model, reference = TransformersModel.load(checkpoint, device="cpu"), Reference(checkpoint)
    prose = (ROOT / "glyph_integrations/cli/samples/prose.txt").read_text("utf-8")
    rendering = render(prose * pages, "glyph", model.spec)
    bench = Bench(
        model=model,
        inner=model._model,  # noqa: SLF001 - the parts are what is measured
        images=model._images,  # noqa: SLF001
        step=model._step,  # noqa: SLF001
        reference=reference,
        pages=tuple(rendering[:pages]),
    )
    bench.ask([bench.question("?", 2)], prefix=model.prefill(bench.pages[:2]))
    reference.features(bench.pages[:2])
    with torch.inference_mode():
        features(bench, bench.pages[:2])
    return bench


def features(bench: Bench, pages: Sequence[PageImage]) -> Any:
    """Image features by this package's path: bytes cut, folded embedding, pages batched."""
    import torch

    with torch.inference_mode():
        return torch.cat(bench.inner.model.get_image_features(**bench.images.tensors(pages)).pooler_output)


def turns(sides: Mapping[str, Callable[[], Any]], rounds: int) -> tuple[dict[str, list[float]], dict[str, Any]]:
    """Runs every side once in each round; returns the CPU seconds of each, and what it returned last."""
    seconds: dict[str, list[float]] = {side: [] for side in sides}
    results = {}
    for _ in range(rounds):
        for side, work in sides.items():
            began = time.process_time()
            results[side] = work()
            seconds[side].append(time.process_time() - began)
    return seconds, results


def ratio(slow: Iterable[float], fast: Iterable[float]) -> str:
    """The median over rounds of how many times faster the second is."""
    return f"{statistics.median(a / b for a, b in zip(slow, fast, strict=True)):.3g}"


def table(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> None:
    """Prints a table in Markdown."""
    print(f"\n{title}\n\n| {' | '.join(header)} |\n|{'---|' * len(header)}")
    for row in rows:
        print(f"| {' | '.join(row)} |")
    sys.stdout.flush()


def require(same: bool, what: str) -> None:  # noqa: FBT001 - a condition
    """Ends the run where two sides did not compute the same: their times would mean nothing."""
    if not same:
        sys.exit(f"the sides do not agree: {what}")


def second_question(bench: Bench, rounds: int) -> None:
    """A question about prefilled pages, against computing the pages again."""
    count = len(bench.pages)
    asked = [bench.question(QUESTIONS[0], count)]
    prefix = bench.model.prefill(bench.pages)
    bench.ask(asked, prefix=prefix)
    sides = {"from the start": lambda: bench.ask(asked), "prefilled": lambda: bench.ask(asked, prefix=prefix)}
    seconds, answers = turns(sides, rounds)
    require(answers["from the start"] == answers["prefilled"], "answers with and without prefilled pages")
    table(
        f"A question about {count} pages ({prefix.tokens:,} tokens), {ANSWER} tokens answered",
        ("pages", "CPU s", "× faster"),
        [
            (side, f"{statistics.median(values):.3f}", ratio(seconds["from the start"], values))
            for side, values in seconds.items()
        ],
    )


def batched_questions(bench: Bench, rounds: int) -> None:
    """Several questions about one document: at once, one after another, and each from the start."""
    asked = [bench.question(question, BATCHED_PAGES) for question in QUESTIONS]
    prefix = bench.model.prefill(bench.pages[:BATCHED_PAGES])
    bench.ask(asked, prefix=prefix)

    def in_turn(shared: Any) -> list[str]:
        return [answer for one in asked for answer in bench.ask([one], prefix=shared)]

    sides = {
        "each from the start": lambda: in_turn(None),
        "one after another, prefilled": lambda: in_turn(prefix),
        "in one call, prefilled": lambda: bench.ask(asked, prefix=prefix),
    }
    seconds, answers = turns(sides, rounds)
    require(len({tuple(found) for found in answers.values()}) == 1, "answers alone and in a batch")
    base, single = seconds["each from the start"], seconds["one after another, prefilled"]
    table(
        f"{len(asked)} questions about {BATCHED_PAGES} pages, {ANSWER} tokens answered to each",
        ("questions", "CPU s", "× from the start", "× one after another"),
        [
            (side, f"{statistics.median(values):.3f}", ratio(base, values), ratio(single, values))
            for side, values in seconds.items()
        ],
    )


def vision(bench: Bench, rounds: int) -> None:
    """Pages to image features: this package's path and the library's, the processor's time apart."""
    import torch

    rows = []
    for count in [count for count in TOWER_PAGES if count <= len(bench.pages)]:
        shown = bench.pages[:count]
        made = bench.reference.patches(shown)

        def theirs(inputs: Mapping[str, Any] = made) -> Any:
            with torch.inference_mode():
                return torch.cat(bench.reference.model.model.get_image_features(**inputs).pooler_output)

        sides = {
            "processor": lambda shown=shown: bench.reference.patches(shown),
            "tower": theirs,
            "ours": lambda count=count: torch.cat([features(bench, group) for group in bench.groups(count)]),
        }
        seconds, results = turns(sides, rounds)
        apart = float((results["ours"] - results["tower"]).norm() / results["tower"].norm())
        require(apart < 1e-4, f"image features, {apart:.1e} apart")
        whole = [sum(both) for both in zip(seconds["processor"], seconds["tower"], strict=True)]
        per_page = [
            f"{1000 * statistics.median(values) / count:.1f}"
            for values in (*list(seconds.values())[:2], seconds["ours"])
        ]
        rows.append((str(count), *per_page, ratio(whole, seconds["ours"]), ratio(seconds["tower"], seconds["ours"])))
    header = ("pages", "its processor, CPU ms/page", "its tower", "ours, both", "its both / ours", "its tower / ours")
    table("Pages to image features", header, rows)


def patches(bench: Bench, rounds: int) -> None:
    """Pages to what ``forward`` takes: cutting bytes, against the library's image processor for Pillow."""
    from PIL import Image

    rows = []
    for count in (1, BATCHED_PAGES):
        shown = bench.pages[:count]
        pictures = [Image.fromarray(page.pixels).convert("RGB") for page in shown]

        def theirs(pictures: Sequence[Any] = pictures) -> Any:
            return bench.reference.processor(images=pictures, return_tensors="pt")

        def ours(shown: Sequence[PageImage] = shown) -> Any:
            return [bench.images.tensors(shown) for _ in range(REPEATS)][-1]

        theirs()
        seconds, made = turns({"theirs": theirs, "ours": ours}, max(rounds, 9))
        seconds["ours"] = [value / REPEATS for value in seconds["ours"]]
        each = [f"{1000 * statistics.median(seconds[side]) / count:.2f}" for side in ("theirs", "ours")]
        size = [f"{made[side]['pixel_values'].nbytes // count:,}" for side in ("theirs", "ours")]
        rows.append((str(count), *each, ratio(seconds["theirs"], seconds["ours"]), *size))
    header = ("pages", "its processor, CPU ms/page", "ours", "× faster", "its bytes/page", "ours")
    table("Gray pages of 588×840 px to the model's input, against the library's processor for Pillow", header, rows)


def memory(bench: Bench, peaks: Mapping[str, Mapping[str, float]]) -> None:
    """What a page takes: as pixels, as input, as keys and values; and the peak of prefilling."""
    from glyph_integrations.models.local.memory import MemoryNeeds

    prefix = bench.model.prefill(bench.pages[:BATCHED_PAGES])
    count = len(bench.pages[:BATCHED_PAGES])
    held = sum(layer.keys.nbytes + layer.values.nbytes for layer in prefix.cache.layers)
    formula = MemoryNeeds.of_model(bench.inner.config, bench.inner.dtype).per_token
    page = bench.pages[0]
    rows = [
        ("pixels, uint8 gray", page.pixels.nbytes),
        ("input of `forward`", bench.images.tensors([page])["pixel_values"].nbytes),
        ("the library's `pixel_values`", bench.reference.patches([page])["pixel_values"].nbytes),
        (f"keys and values, measured over {count} pages", held // count),
        ("keys and values by `MemoryNeeds`", formula * prefix.tokens // count),
    ]
    table("Memory of a page", ("what", "bytes"), [(what, f"{size:,}") for what, size in rows])
    table(
        f"Prefilling {len(bench.pages)} pages in a process of its own",
        ("computed", "peak MiB before", "peak MiB", "more"),
        [
            (name, f"{peak['before']:,.0f}", f"{peak['peak']:,.0f}", f"{peak['peak'] - peak['before']:,.0f}")
            for name, peak in peaks.items()
        ],
    )


def peak_of(pages: int, threads: int, *, at_once: bool) -> None:
    """The process of one peak: prefills the pages and prints MiB as JSON."""
    import torch

    torch.set_num_threads(threads)
    bench = make(pages)
    if at_once:  # begin and end of an image are tokens too
        bench.model._step = pages * (bench.images.tokens(bench.pages[0]) + 8)  # noqa: SLF001 - no option of users
    before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    bench.model.prefill(bench.pages)
    peak = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
    print(json.dumps({"before": before / 1024, "peak": peak / 1024}))


def measured_peaks(pages: int, threads: int) -> dict[str, dict[str, float]]:
    """The peaks of both ways to prefill."""
    peaks = {}
    for name, at_once in PASSES.items():
        sizes = ("--pages", str(pages), "--threads", str(threads))
        command = [sys.executable, __file__, *sizes, "--job", json.dumps(at_once)]
        done = subprocess.run(command, capture_output=True, text=True, check=False)
        if done.returncode:
            sys.exit(done.stderr)
        peaks[name] = json.loads(done.stdout.splitlines()[-1])
    return peaks


def main() -> None:
    """Parses the command line and prints the tables."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--pages", type=int, default=50, help="length of the document")
    parser.add_argument("--threads", type=int, default=1, help="of torch")
    parser.add_argument("--job", help=argparse.SUPPRESS)
    options = parser.parse_args()
    if options.job:
        peak_of(options.pages, options.threads, at_once=json.loads(options.job))
        return
    # First: a process begins with the peak of the one that starts it, which is small now.
    peaks = measured_peaks(options.pages, options.threads)
    import torch
    import transformers

    torch.set_num_threads(options.threads)
    bench = make(options.pages)
    size = sum(weights.numel() for weights in bench.inner.parameters())
    chosen = f"--rounds {options.rounds} --pages {options.pages} --threads {options.threads}"
    print(
        f"`python benchmarks/reading.py {chosen}`: "
        f"{platform.machine()}, CPython {platform.python_version()}, torch {torch.__version__}, transformers "
        f"{transformers.__version__}; Glm4v of {size / 1e6:.1f} M random weights in float32 "
        f"({', '.join(f'{name} {value}' for name, value in SIZES.items())}), {bench.model.attention['vision']}; "
        f"medians of {options.rounds} interleaved rounds."
    )
    patches(bench, options.rounds)
    vision(bench, options.rounds)
    batched_questions(bench, options.rounds)
    second_question(bench, options.rounds)
    memory(bench, peaks)


if __name__ == "__main__":
    main()
