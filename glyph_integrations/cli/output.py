"""What the commands print, and how they end."""

from __future__ import annotations

import json
import sys
import time
from contextlib import contextmanager
from typing import TYPE_CHECKING, Annotated, Any, TypeVar

import typer
from rich.console import Console
from rich.progress import Progress, track
from rich.table import Table

from glyph_integrations.errors import GlyphError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator, Sequence

Json = Annotated[bool, typer.Option("--json", help="Print JSON on stdout.")]
Debug = Annotated[bool, typer.Option("--debug", help="Show the traceback of an error.")]
Style = Annotated[str, typer.Option(help="A preset; see: glyph styles.")]
Spec = Annotated[str, typer.Option(help="The model to render for; see: glyph models.")]
Password = Annotated[str | None, typer.Option(help="Opens encrypted files.", show_default=False)]

T = TypeVar("T")

# Where output goes to a file or another program there is no width to keep to.
UNLIMITED_WIDTH = 1000
# A file that is read sooner needs no bar.
PATIENCE = 1.0  # s


@contextmanager
def reported_errors(*, debug: bool) -> Iterator[None]:
    """Turns errors into one line on stderr and exit code 1, interruption into exit code 130."""
    try:
        yield
    except (typer.Exit, BrokenPipeError):
        raise
    except KeyboardInterrupt:
        typer.echo("glyph: interrupted", err=True)
        raise typer.Exit(130) from None
    except Exception as error:  # the last line of defence: no traceback reaches a user who did not ask for it
        if debug:
            raise
        typer.echo(f"glyph: {_one_line(error)}", err=True)
        raise typer.Exit(1) from None


def _one_line(error: Exception) -> str:
    if isinstance(error, OSError) and not isinstance(error, GlyphError) and error.strerror:
        return f"{error.filename}: {error.strerror}" if error.filename else error.strerror
    message = " ".join(str(error).split())
    if isinstance(error, GlyphError):
        return message
    return f"unexpected {type(error).__name__}: {message} (--debug shows where)"


def print_json(value: Any) -> None:
    """Prints a value as JSON, and nothing else, on stdout."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2))


def print_table(columns: Sequence[str], rows: Iterable[Sequence[object]], *, title: str | None = None) -> None:
    """Prints a table on stdout, numbers to the right."""
    rows = [tuple(row) for row in rows]
    table = Table(title=title, title_justify="left", box=None, pad_edge=False, header_style="bold")
    for index, column in enumerate(columns):
        numeric = all(row[index] is None or isinstance(row[index], int | float) for row in rows)
        table.add_column(column, justify="right" if numeric else "left", overflow="fold")
    for row in rows:
        table.add_row(*(_cell(value) for value in row))
    console().print(table)


def print_fields(fields: Iterable[tuple[str, object]]) -> None:
    """Prints names and values on stdout, one pair to a line."""
    table = Table(box=None, show_header=False, pad_edge=False)
    table.add_column(style="bold", no_wrap=True)
    table.add_column(overflow="fold")
    for name, value in fields:
        table.add_row(name, _cell(value))
    console().print(table)


def console() -> Console:
    """Stdout, as wide as the terminal, or as the content where there is none."""
    terminal = sys.stdout.isatty()
    return Console(width=None if terminal else UNLIMITED_WIDTH, markup=False, highlight=False, soft_wrap=not terminal)


def progress(items: Iterable[T], *, total: int, description: str) -> Iterable[T]:
    """Shows on stderr how far a long iteration has come; silent where stderr is no terminal."""
    errors = Console(stderr=True)
    return track(
        items, description=description, total=total, console=errors, transient=True, disable=not errors.is_terminal
    )


@contextmanager
def reported_loading() -> Iterator[Callable[[int, int], None] | None]:
    """What to pass to ``load``: a bar on stderr for files that take a while; None where stderr is no terminal."""
    errors = Console(stderr=True)
    if not errors.is_terminal:
        yield None
        return
    begun = time.monotonic()
    bar = Progress(console=errors, transient=True)
    task = bar.add_task("Reading", total=None)

    def report(done: int, total: int) -> None:
        if time.monotonic() - begun > PATIENCE:
            bar.start()
            bar.update(task, completed=done, total=total)

    try:
        yield report
    finally:
        bar.stop()


def _cell(value: object) -> str:
    if isinstance(value, bool):
        return "yes" if value else "no"
    if isinstance(value, int):
        return f"{value:,}"
    if isinstance(value, float):
        return f"{value:,.2f}"
    return "" if value is None else str(value)
