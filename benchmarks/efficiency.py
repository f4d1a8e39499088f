"""The efficiency experiment of the Glyph paper: one text as text tokens and as pages, through one language model.

Both ways run the same weights: as text the model is fed as many token ids as the text has cl100k tokens, as pages it
reads the text in style ``glyph``. Weights are random, and speed does not depend on them: ``--scale full`` is Glyph's
architecture (GLM-4.1V-9B) in bfloat16 on one GPU of 80 GB, ``--scale tiny`` proves the experiment on a CPU. Rendering
is counted where the table says so; tokenising the text is not.

A measurement is a cell: a length, a way to read, and what is measured. Each is appended to ``efficiency.jsonl`` when it
is done, and cells that stand there, or in a file given by ``--resume``, are not measured again: a run may be cut into
slices. The table, ``efficiency.md``, is made of all cells.

    python benchmarks/efficiency.py [--scale tiny|full] [--lengths 4,8] [--seconds 540] [--resume FILE] [--output FILE]
"""

from __future__ import annotations

import argparse
import importlib.util
import json
import os
import platform
import time
from pathlib import Path
from typing import TYPE_CHECKING, Any

from experiment import OUT_OF_MEMORY, SCALES, Cell, Experiment, random_model

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence

LENGTHS = (4, 8, 16, 32, 64, 128)  # thousands (1,024) of text tokens
PAPER = {  # speed-ups of prefill and of decoding at the largest batch, arXiv 2510.17800
    4: (1.8, 2.3),
    8: (2.0, 2.3),
    16: (2.2, 2.5),
    32: (2.5, 2.7),
    64: (3.3, 3.2),
    128: (4.8, 4.4),
}
BATCHES = ("1", "8", "32", "most")
GROWTH = 3  # times the seconds of the slowest cell like it that a cell is given: lengths double, attention is quadratic
FIRST = 20  # seconds that a cell of a new kind is given

RATE = "tokens_per_second"
ALIKE = ("mode", "what")

Record = dict[str, Any]


def kernels_of(device: str) -> tuple[str, ...]:
    """The attention kernels that the vision tower is measured on."""
    if device == "cpu":
        return ("sdpa", "batched")
    installed = importlib.util.find_spec("flash_attn") is not None
    return ("sdpa", "batched", "varlen", *(["flash_attention_2"] if installed else []))


def cells_of(length: int, kernels: Sequence[str], batches: Sequence[str]) -> list[Cell]:
    """Everything that is measured for one length."""
    names = [("text", "prefill"), ("pages", "render"), ("pages", "prefill"), ("pages", "language")]
    names += [("pages", f"vision/{kernel}") for kernel in kernels]
    names += [("pages", "questions")]
    names += [(mode, f"decode/{batch}") for batch in batches for mode in ("text", "pages")]
    return [Cell(length=length, mode=mode, what=what) for mode, what in names]


class Records:
    """The cells measured so far: a file of JSON lines, and what an earlier file held.

    Args:
        output: The file; it is appended to.
        resume: Files of earlier slices, copied into it.
        run: What every cell of this run has in common: scale, device, versions.
    """

    def __init__(self, output: Path, resume: Iterable[Path], run: Record) -> None:
        self._output = output
        self._run = run
        output.parent.mkdir(parents=True, exist_ok=True)
        earlier = [record for path in resume for record in self._read(path)]
        own = self._read(output)
        self._found = {self._key(record): record for record in (*earlier, *own)}
        known = {self._key(record) for record in own}
        for key, record in self._found.items():
            if key not in known:
                self._append(record)

    def get(self, cell: Cell) -> Record:
        """The figures of a cell; empty if it was not measured on this device at this scale."""
        return self._found.get(self._key({**self._run, **vars(cell)}), {})

    def has(self, cell: Cell) -> bool:
        """Whether a cell need not be measured. One that failed for another reason than memory is tried again."""
        figures = self.get(cell)
        return bool(figures) and figures.get("error", OUT_OF_MEMORY) == OUT_OF_MEMORY

    def expected(self, cell: Cell) -> float:
        """Seconds that a cell could take, by those of other lengths."""
        alike = (record["took"] for record in self._found.values() if all(record[x] == vars(cell)[x] for x in ALIKE))
        return GROWTH * max(alike, default=FIRST / GROWTH)

    def add(self, cell: Cell, figures: Record) -> None:
        """Writes a cell down."""
        record = {**self._run, **vars(cell), **figures}
        self._found[self._key(record)] = record
        self._append(record)

    @staticmethod
    def _read(path: Path) -> list[Record]:
        return [json.loads(line) for line in path.read_text("utf-8").splitlines()] if path.exists() else []

    def _append(self, record: Record) -> None:
        with self._output.open("a", encoding="utf-8") as file:
            file.write(json.dumps(record) + "\n")

    @staticmethod
    def _key(record: Record) -> tuple[Any, ...]:
        return tuple(record[name] for name in ("scale", "device", "length", "mode", "what"))


def measure(experiment: Experiment, cells: Iterable[Cell], records: Records, ends: float) -> None:
    """Measures the cells, the shortest lengths first, until one could take longer than there is time."""
    for cell in cells:
        began = time.monotonic()
        if began + records.expected(cell) > ends:
            print("out of time: go on with --resume")
            return
        figures = experiment.measure(cell)
        took = time.monotonic() - began
        records.add(cell, {**figures, "took": took})
        floats = (f"{name} {value:.4g}" for name, value in figures.items() if isinstance(value, float))
        said = figures.get("error") or ", ".join(floats)
        print(f"{cell.length:>4}K {cell.mode:<6}{cell.what:<26}{took:>7.1f} s  {said}", flush=True)


class Tables:
    """The cells as Markdown, beside the paper's figures."""

    def __init__(
        self, records: Records, lengths: Sequence[int], kernels: Sequence[str], batches: Sequence[str]
    ) -> None:
        self._records = records
        self._lengths = lengths
        self._kernels = kernels
        self._batches = batches

    def __str__(self) -> str:
        return f"{self._prefill()}\n\n{self._decoding()}\n\n{self._vision()}\n\n{self._memory()}"

    def _figures(self, length: int, mode: str, what: str) -> Record:
        return self._records.get(Cell(length=length, mode=mode, what=what))

    def _prefill(self) -> str:
        title = (
            "Prefill, seconds: as text in one pass; as pages by `TransformersModel.prefill`, from uint8 pages on. Its "
            "parts, the vision tower and the language model, are measured apart too. In brackets × faster than text."
        )
        header = ("text tokens", "counted by", "pages", "visual tokens", "ratio", "text", "vision", "language")
        header += ("pages, both", "rendering", "pages, rendering included", "paper")
        rows = []
        for length in self._lengths:
            drawn = self._figures(length, "pages", "render")
            pages, text = (self._figures(length, mode, "prefill") for mode in ("pages", "text"))
            towers = (self._figures(length, "pages", f"vision/{kernel}") for kernel in self._kernels)
            tower = next((figures for figures in towers if figures.get("default")), {})
            whole = {**pages}
            if "seconds" in pages and "seconds" in drawn:
                whole["seconds"] = pages["seconds"] + drawn["seconds"]
            row = [shown(drawn, "text_tokens", "{:,}") if drawn else f"{length}K", shown(drawn, "tokenizer", "{}")]
            row += [shown(drawn, name, "{:,}") for name in ("pages", "visual_tokens")]
            row += [times(drawn.get("text_tokens"), drawn.get("visual_tokens"))]
            row += [shown(figures) for figures in (text, tower, self._figures(length, "pages", "language"))]
            row += [f"{shown(pages)} ({times(text.get('seconds'), pages.get('seconds'))})", shown(drawn)]
            row += [f"{shown(whole)} ({times(text.get('seconds'), whole.get('seconds'))})", paper(length, 0)]
            rows.append(row)
        return markdown(title, header, rows)

    def _decoding(self) -> str:
        title = (
            "Decoding, tokens/s of the whole batch: as text → as pages (× faster); rows are the conversations in the "
            "largest batch that fits."
        )
        rows = []
        for length in self._lengths:
            row = [f"{length}K"]
            for batch in self._batches:
                text, pages = (self._figures(length, mode, f"decode/{batch}") for mode in ("text", "pages"))
                rates = [shown(figures, RATE, "{:,.0f}") for figures in (text, pages)]
                row.append(f"{' → '.join(rates)} ({times(pages.get(RATE), text.get(RATE))})")
                if batch == "most":
                    row.append(" → ".join(shown(figures, "rows", "{:,}") for figures in (text, pages)))
            rows.append([*row, paper(length, 1)])
        header = [name for batch in self._batches for name in (f"batch {batch}", *(["rows"] * (batch == "most")))]
        return markdown(title, ("text tokens", *header, "paper, largest batch"), rows)

    def _vision(self) -> str:
        title = (
            "The vision tower by attention kernel, seconds; in brackets how far its features are from those on the "
            "library's SDPA, page by page."
        )
        rows = []
        for length in self._lengths:
            row = [f"{length}K", shown(self._figures(length, "pages", "render"), "pages", "{:,}")]
            for kernel in self._kernels:
                figures = self._figures(length, "pages", f"vision/{kernel}")
                row.append(f"{shown(figures)} ({shown(figures, 'distance', '{:.0e}')})")
            rows.append(row)
        return markdown(title, ("text tokens", "pages", *self._kernels), rows)

    def _memory(self) -> str:
        title = (
            "Questions about pages: seconds to the first token of an answer, from the start and prefilled; keys and "
            "values of the pages, MiB; peak of prefilling, weights included, GiB."
        )
        header = (
            "text tokens",
            "from the start",
            "prefilled",
            "×",
            "keys and values",
            "by formula",
            "peak, text",
            "pages",
        )
        rows = []
        for length in self._lengths:
            asked = self._figures(length, "pages", "questions")
            row = [f"{length}K", shown(asked, "first"), shown(asked, "second", "{:.4f}")]
            row += [times(asked.get("first"), asked.get("second"))]
            row += [size(asked, name, 2**20) for name in ("cache_bytes", "cache_bytes_by_formula")]
            row += [size(self._figures(length, mode, "prefill"), "peak_bytes", 2**30) for mode in ("text", "pages")]
            rows.append(row)
        return markdown(title, header, rows)


def markdown(title: str, header: Sequence[str], rows: Iterable[Sequence[str]]) -> str:
    """A table."""
    lines = [title, "", f"| {' | '.join(header)} |", "|" + "---|" * len(header)]
    return "\n".join((*lines, *(f"| {' | '.join(row)} |" for row in rows)))


def shown(figures: Record, name: str = "seconds", form: str = "{:.3f}") -> str:
    """One figure of a cell, or why there is none."""
    return form.format(figures[name]) if name in figures else figures.get("error", "–").partition(":")[0]


def size(figures: Record, name: str, unit: int) -> str:
    """Bytes of a cell in another unit."""
    return f"{figures[name] / unit:,.1f}" if name in figures else "–"


def times(slow: float | None, fast: float | None) -> str:
    """How many times more the first is; a dash where one is missing."""
    return f"{slow / fast:.2f}" if slow and fast else "–"


def paper(length: int, column: int) -> str:
    """The paper's speed-up at a length."""
    return str(PAPER[length][column]) if length in PAPER else "–"


def numbers(text: str) -> list[int]:
    """``"4,8"`` as a list."""
    return [int(part) for part in text.split(",")]


def options_of(arguments: Sequence[str] | None = None) -> argparse.Namespace:
    """Parses the command line."""
    parser = argparse.ArgumentParser(description=__doc__.splitlines()[0])
    parser.add_argument("--scale", choices=SCALES, help="full on a GPU, else tiny")
    parser.add_argument("--lengths", type=numbers, default=list(LENGTHS), help="in thousands of text tokens: 4,8")
    parser.add_argument("--seconds", type=float, default=float("inf"), help="stop before a cell that could end later")
    parser.add_argument("--output", type=Path, default=Path(os.environ.get("OUT", "out"), "efficiency.jsonl"))
    parser.add_argument("--resume", type=Path, action="append", default=[], help="cells of an earlier slice")
    parser.add_argument("--rounds", type=int, default=3)
    parser.add_argument("--answer", type=int, help="tokens decoded; by default 256 at full scale, 16 at tiny")
    parser.add_argument("--batches", type=lambda text: text.split(","), default=list(BATCHES), help="1,8,most")
    return parser.parse_args(arguments)


def main() -> None:
    """Measures what is missing and writes the table."""
    began = time.monotonic()
    options = options_of()
    # Caches that grow token by token fragment memory otherwise. Read when torch is imported.
    os.environ.setdefault("PYTORCH_ALLOC_CONF", "expandable_segments:True")
    import torch
    import transformers

    kind = "cuda" if torch.cuda.is_available() else "cpu"
    if kind == "cpu":
        torch.set_num_threads(1)  # several wait for each other wherever a neighbour takes a core
    scale = options.scale or ("full" if kind == "cuda" else "tiny")
    answer = options.answer or SCALES[scale].answer
    device = torch.cuda.get_device_name() if kind == "cuda" else f"{platform.machine()} CPU, one thread"
    run = {"scale": scale, "device": device, "torch": torch.__version__, "transformers": transformers.__version__}
    records, kernels = Records(options.output, options.resume, run), kernels_of(kind)
    cells = [cell for length in options.lengths for cell in cells_of(length, kernels, options.batches)]
    missing = [cell for cell in cells if not records.has(cell)]
    if missing:
        model = random_model(scale, kind)
        print(f"{model!r}, vision {model.attention['vision']}", flush=True)
        experiment = Experiment(SCALES[scale], model, answer=answer, rounds=options.rounds)
        experiment.warm_up()
        measure(experiment, missing, records, began + options.seconds)
    done = sum(records.has(cell) for cell in cells)
    title = (
        f"`python benchmarks/efficiency.py`, {', '.join(f'{name} {value}' for name, value in run.items())}; "
        f"{answer} tokens decoded; {done} of {len(cells)} cells."
    )
    tables = Tables(records, options.lengths, kernels, options.batches)
    options.output.with_suffix(".md").write_text(f"{title}\n\n{tables}\n", encoding="utf-8")
    print(f"{done - len(cells) + len(missing)} cells measured, {done} of {len(cells)} done")


if __name__ == "__main__":
    main()
