"""Puts the commands together."""

from typing import Annotated

import typer

import glyph_integrations
from glyph_integrations.cli.ask import ask
from glyph_integrations.cli.chat import chat
from glyph_integrations.cli.evaluate import evaluate
from glyph_integrations.cli.info import info
from glyph_integrations.cli.models import models
from glyph_integrations.cli.read import read
from glyph_integrations.cli.render import render
from glyph_integrations.cli.styles import styles
from glyph_integrations.cli.train import train

app = typer.Typer(
    help="Whole documents as compact page images for vision-language models.",
    no_args_is_help=True,
    add_completion=False,
    pretty_exceptions_enable=False,
)
for command in (ask, chat, read, render, info, styles, models, evaluate):
    app.command()(command)
app.add_typer(train, name="train")


def _print_version(value: bool) -> None:  # noqa: FBT001  (the signature that typer calls)
    if value:
        typer.echo(f"glyph {glyph_integrations.__version__}")
        raise typer.Exit


@app.callback()
def glyph(
    *,
    version: Annotated[
        bool, typer.Option("--version", help="Print the version.", callback=_print_version, is_eager=True)
    ] = False,
) -> None:
    """Whole documents as compact page images for vision-language models."""
    del version  # its callback has dealt with it
