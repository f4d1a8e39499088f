"""``glyph chat``: a conversation about whole documents."""

import sys

import typer

from glyph_integrations.cli.output import Debug, Password, reported_errors
from glyph_integrations.cli.readers import (
    BaseUrl,
    Expand,
    MaxTokens,
    Model,
    Overflow,
    ProgressBar,
    ReadingStyle,
    make_reader,
    print_answer,
    print_usage,
)
from glyph_integrations.cli.sources import Files, Pages, load_files
from glyph_integrations.errors import GlyphError

_HELP = "Ask away. /usage shows what the last answer cost, /forget begins anew, an empty line or Ctrl-D ends."


def chat(
    files: Files,
    *,
    model: Model,
    base_url: BaseUrl = None,
    style: ReadingStyle = None,
    overflow: Overflow = "error",
    expand: Expand = "off",
    max_tokens: MaxTokens = None,
    pages: Pages = "auto",
    password: Password = None,
    debug: Debug = False,
) -> None:
    """Talk with a model about FILES: read once, then question by question, earlier turns in mind."""
    with reported_errors(debug=debug):
        with ProgressBar() as progress:
            reader = make_reader(model, base_url, style=style, overflow=overflow, expand=expand, max_tokens=max_tokens)
            session = reader.open(load_files(files, pages=pages, password=password), progress=progress)
            session.prefill()
        typer.echo(_HELP, err=True)
        history: list[tuple[str, str]] = []
        answer = None
        while question := _line():
            if question == "/forget":
                history.clear()
            elif question == "/usage":
                if answer is not None:
                    print_usage(answer)
            else:
                try:
                    stream = session.stream(question, history=history)
                    for piece in stream:
                        typer.echo(piece, nl=False)
                except GlyphError as error:  # the next question may go better
                    typer.echo(f"glyph: {' '.join(str(error).split())}", err=True)
                    continue
                answer = stream.answer
                typer.echo()
                print_answer(answer, text=False)
                history.append((question, answer.text or "That is not in the document."))


def _line() -> str:
    """The next line of the user's, empty at the end."""
    if sys.stdin.isatty():
        typer.echo("› ", nl=False, err=True)
    return sys.stdin.readline().strip()
