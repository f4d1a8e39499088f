"""``glyph train``: tokenizers, and readers by pretraining, fine-tuning and reinforcement."""

import json
import sys
from collections.abc import Iterator, Mapping
from dataclasses import replace
from pathlib import Path
from random import Random
from typing import Annotated, Any, Literal

import typer

from glyph_integrations.cli.output import Debug, Json, print_fields, print_json, reported_errors
from glyph_integrations.errors import RequestError

_PASSAGE = 2000  # characters that a tokenizer learns from at a time

Config = Annotated[Path, typer.Argument(metavar="CONFIG.json", help="What to train; see: glyph train config.")]
Output = Annotated[Path, typer.Option("--output", "-o", help="Folder of the result; a run in it goes on.")]
Steps = Annotated[
    int | None, typer.Option(min=1, help="Stop after so many steps; the next call goes on.", show_default=False)
]

train = typer.Typer(help="Train readers, and the tokenizers that they begin with.", no_args_is_help=True)


@train.command()
def tokenizer(
    files: Annotated[list[Path], typer.Argument(help="Text files (UTF-8, also .gz and .xz).")],
    *,
    output: Annotated[Path, typer.Option("--output", "-o", help="Folder of the tokenizer.")],
    vocabulary: Annotated[int, typer.Option(help="Size, special tokens included.")] = 1024,
    characters: Annotated[int, typer.Option(min=1, help="How much text it learns from.")] = 5_000_000,
    lines: Annotated[int, typer.Option(min=1, help="Lines of type of the pages to come; each place has a token.")] = 24,
    columns: Annotated[int, typer.Option(min=1, help="Visual tokens in such a line.")] = 12,
    seed: Annotated[int, typer.Option(help="Decides which.")] = 0,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Learn the pieces of words that a new reader writes with, from FILES and made-up documents."""
    with reported_errors(debug=debug):
        from glyph_integrations.training import Corpus, text_source, train_tokenizer

        corpus = Corpus(files=tuple(map(str, files)), prose=0.7, shuffled=0.0, random=0.1, documents=0.2)
        source, rng = text_source(corpus), Random(seed)  # noqa: S311 - training, not cryptography

        def passages() -> Iterator[str]:
            for _ in range(-(-characters // _PASSAGE)):
                yield source.sample(rng, min(_PASSAGE, characters))

        learned = train_tokenizer(passages(), vocabulary=vocabulary, lines=lines, columns=columns)
        learned.save_pretrained(output)
        _print({"tokenizer": str(output), "vocabulary": len(learned)}, as_json=as_json)


@train.command()
def pretrain(
    config: Config, *, output: Output, steps: Steps = None, as_json: Json = False, debug: Debug = False
) -> None:
    """Teach a model to read pages: continual pretraining, from random weights or from a checkpoint."""
    with reported_errors(debug=debug):
        _train(config, output, steps, as_json=as_json)


@train.command()
def sft(
    config: Config,
    *,
    output: Output,
    steps: Steps = None,
    model: Annotated[
        str, typer.Option(help="Folder or Hugging Face id to begin with, instead of the configuration's.")
    ] = "",
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Teach a model that reads to answer questions about pages: supervised fine-tuning."""
    with reported_errors(debug=debug):
        _train(config, output, steps, begin_with=model, tuned=True, as_json=as_json)


@train.command()
def rl(config: Config, *, output: Output, steps: Steps = None, as_json: Json = False, debug: Debug = False) -> None:
    """Reward a model for right answers and faithful transcription: reinforcement learning (GRPO)."""
    with reported_errors(debug=debug):
        from glyph_integrations.training import read_config
        from glyph_integrations.training.reinforcement import ReinforcementConfig, reinforce

        wanted = read_config(ReinforcementConfig, config)
        _quieten()
        model = reinforce(wanted, output, steps=steps, progress=lambda line: _report(line, wanted.steps))
        _print({"model": str(model), **_results(output)}, as_json=as_json)


@train.command("config")
def configuration(
    kind: Annotated[Literal["pretrain", "sft", "rl"], typer.Argument(help="Of which command.")],
    *,
    debug: Debug = False,
) -> None:
    """Print a configuration to start from, as JSON."""
    with reported_errors(debug=debug):
        from glyph_integrations.training import config_json, fine_tuning, pretraining

        if kind == "rl":
            from glyph_integrations.training.reinforcement import ReinforcementConfig

            typer.echo(config_json(ReinforcementConfig(model="model")), nl=False)
        else:
            typer.echo(config_json(pretraining() if kind == "pretrain" else fine_tuning()), nl=False)


def _train(
    config: Path, output: Path, steps: int | None, *, begin_with: str = "", tuned: bool = False, as_json: bool
) -> None:
    from glyph_integrations.training import TrainingConfig, read_config

    wanted = read_config(TrainingConfig, config)
    if begin_with:
        wanted = replace(wanted, model=begin_with)
    if tuned and not wanted.model:
        raise RequestError('name the model to fine-tune: --model, or "model" in the configuration')
    from glyph_integrations.training import train as run

    _quieten()
    model = run(wanted, output, steps=steps, progress=lambda line: _report(line, wanted.steps))
    _print({"model": str(model), **_results(output)}, as_json=as_json)


def _quieten() -> None:
    """Keeps the library's bars and notes off stderr: what matters there is how the losses fall."""
    if not sys.stderr.isatty():
        from transformers.utils.logging import disable_progress_bar

        disable_progress_bar()  # type: ignore[no-untyped-call]
    from transformers.utils.logging import set_verbosity_error

    set_verbosity_error()  # type: ignore[no-untyped-call]


def _report(line: Mapping[str, float], steps: int) -> None:
    shown = "  ".join(f"{name} {value:.3f}" for name, value in line.items() if name.endswith(("loss", "right")))
    typer.echo(f"step {line['step']:,} of {steps:,}  {shown}", err=True)


def _results(output: Path) -> dict[str, Any]:
    """The last line of a run's metrics, and their plot."""
    from glyph_integrations.training import plot_metrics

    metrics = output / "metrics.jsonl"
    lines = metrics.read_text("utf-8").splitlines() if metrics.is_file() else []
    if not lines:  # fewer steps than there are between two lines
        return {}
    last = json.loads(lines[-1])
    shown = {name: value for name, value in last.items() if name == "step" or name.endswith(("loss", "right"))}
    return {"metrics": shown, "plot": str(plot_metrics(metrics))}


def _print(results: Mapping[str, Any], *, as_json: bool) -> None:
    if as_json:
        print_json(results)
        return
    metrics = results.get("metrics", {})
    fields = {**results, **{name.replace("_", " "): value for name, value in metrics.items()}}
    print_fields((name, value) for name, value in fields.items() if name != "metrics")
