"""``glyph evaluate``: how well a model reads."""

from __future__ import annotations

import os
import shlex
from contextlib import contextmanager
from dataclasses import replace
from datetime import UTC, datetime
from importlib.resources import as_file, files
from pathlib import Path
from typing import TYPE_CHECKING, Annotated

import typer
from rich.console import Console

from glyph_integrations.cli.output import Debug, Json, print_json, print_table, reported_errors
from glyph_integrations.cli.readers import BaseUrl, MaxTokens, ReadingStyle, make_reader

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from glyph_integrations.evaluation import Evaluation
    from glyph_integrations.training.corpus import TextSource

EvaluatedModel = Annotated[
    str,
    typer.Argument(
        metavar="MODEL",
        help="nano, a model's folder or Hugging Face id; with --base-url the name that the server knows.",
    ),
]
Texts = Annotated[
    list[Path] | None,
    typer.Option(
        "--texts",
        help="Prose that the model was not trained on (UTF-8, also .gz and .xz; it is brought into printable ASCII). "
        "By default a chapter of Jane Eyre, whose passages recur where pages are large.",
        show_default=False,
    ),
]
KeyValueFile = Annotated[
    Path | None,
    typer.Option("--kv", help="Key-value records of Lost in the Middle (.jsonl, .jsonl.gz).", show_default=False),
]
QuestionFile = Annotated[
    Path | None,
    typer.Option("--nq", help="Natural questions with their passages (.jsonl, .jsonl.gz).", show_default=False),
]
Output = Annotated[
    Path | None,
    typer.Option("--output", "-o", help="Writes or replaces the model's section in a Markdown file.", dir_okay=False),
]
Plot = Annotated[
    Path | None, typer.Option("--plot", help="Draws error against compression (.png, .svg, .pdf).", dir_okay=False)
]

_NOT_SHOWN = {"model", "output", "plot", "as_json", "debug"}


def evaluate(
    context: typer.Context,
    model: EvaluatedModel,
    *,
    base_url: BaseUrl = None,
    style: ReadingStyle = None,
    texts: Texts = None,
    kv: KeyValueFile = None,
    nq: QuestionFile = None,
    pages: Annotated[int | None, typer.Option(min=1, help="Transcribed pages of each kind; 8 by default.")] = None,
    questions: Annotated[int | None, typer.Option(min=1, help="Lookup questions; 100 by default.")] = None,
    kv_questions: Annotated[int | None, typer.Option(min=1, help="Looked-up values; 50 by default.")] = None,
    nq_questions: Annotated[int | None, typer.Option(min=1, help="Natural questions; 100 by default.")] = None,
    quick: Annotated[bool, typer.Option("--quick", help="A few of everything: to see that it works.")] = False,
    seed: Annotated[int, typer.Option(help="Decides all that is drawn.")] = 0,
    max_tokens: MaxTokens = None,
    output: Output = None,
    plot: Plot = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Measure how well a model reads: compression, transcription, questions, seconds; on texts new to it."""
    for path in filter(None, (output, plot)):
        if not path.absolute().parent.is_dir():
            raise typer.BadParameter(f"there is no folder for {path.name}")
    with reported_errors(debug=debug):
        from glyph_integrations import evaluation
        from glyph_integrations.evaluation import machine, report
        from glyph_integrations.evaluation import plot as plotting

        if plot is not None:
            plotting.require_matplotlib()
        wanted = {
            "pages": pages,
            "questions": questions,
            "key_values": kv_questions,
            "natural_questions": nq_questions,
            "transcript_tokens": max_tokens,
        }
        amount = evaluation.Workload.quick() if quick else evaluation.Workload()
        workload = replace(amount, seed=seed, **{name: value for name, value in wanted.items() if value is not None})
        source = _text_source(texts)
        reader = make_reader(model, base_url, style=style, overflow="windows", max_tokens=max_tokens)
        with _status() as tell:
            found = evaluation.evaluate(
                reader, workload, texts=source, key_values=kv, natural_questions=nq, notify=tell
            )
        curve = found.curve if isinstance(found.curve, evaluation.Curve) else None
        if plot is not None and curve is not None:
            plotting.draw(curve, plot, title=f"{found.model}, style {found.style}")
        circumstances = {
            "command": _command(context, found.model),
            "hardware": "a server" if base_url else machine.hardware(),
            "software": machine.software(),
        }
        today = datetime.now(UTC).date()
        if output is not None:
            picture = os.path.relpath(plot, output.parent) if plot is not None and curve is not None else ""
            written = report.section(found, day=today, plot=picture, **circumstances)
            before = output.read_text("utf-8") if output.exists() else ""
            output.write_text(report.put(before, found.model, written), "utf-8")
        if as_json:
            print_json({**found.to_dict(), "date": today.isoformat(), **circumstances})
        else:
            _print(found)


def _print(found: Evaluation) -> None:
    from glyph_integrations.evaluation import Curve, report

    print_table(report.COLUMNS, report.rows(found), title=f"{found.model}, style {found.style}")
    if isinstance(found.curve, Curve):
        typer.echo()
        print_table(*report.curve_table(found.curve))


def _text_source(paths: list[Path] | None) -> TextSource:
    """The texts given; else the chapter that is shipped, which stands in a novel that training leaves out."""
    from glyph_integrations.training.corpus import TextFiles

    if paths:
        return TextFiles(paths)
    with as_file(files("glyph_integrations") / "cli" / "samples" / "prose.txt") as shipped:
        return TextFiles([shipped])


@contextmanager
def _status() -> Iterator[Callable[[str], None] | None]:
    """Shows on stderr what is being measured; silent where that is no terminal."""
    errors = Console(stderr=True)
    if not errors.is_terminal:
        yield None
        return
    with errors.status("Measuring") as status:
        yield lambda what: status.update(f"Measuring {what}")


def _command(context: typer.Context, model: str) -> str:
    """The command as it was given, with names for paths and addresses, and without where its results went."""
    words = ["glyph", "evaluate", model]
    for parameter in context.command.params:
        name = parameter.name or ""
        given = context.get_parameter_source(name)
        if given is None or given.name != "COMMANDLINE" or name in _NOT_SHOWN:
            continue
        value, option = context.params[name], parameter.opts[0]
        if value is True:
            words.append(option)
            continue
        for one in value if isinstance(value, list | tuple) else [value]:
            shown = "URL" if name == "base_url" else one.name if isinstance(one, Path) else str(one)
            words += [option, shown]
    return shlex.join(words)
