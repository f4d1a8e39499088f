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
    print_usage,
    stream_answer,
)
from glyph_integrations.cli.sources import Files, Pages, load_files
from glyph_integrations.errors import GlyphError
from glyph_integrations.reading import ReadingSession
from glyph_integrations.reading.replies import ABSTENTION

_HELP = "Ask away. /usage shows what the last answer cost, /forget begins anew, an empty line or Ctrl-D ends."


def chat(
    files: Files,
    *,
    model: Model,
    base_url: BaseUrl = None,
    style: ReadingStyle = None,
    overflow: Overflow = None,
    expand: Expand = "off",
    max_tokens: MaxTokens = None,
    pages: Pages = "auto",
    password: Password = None,
    debug: Debug = False,
) -> None:
    """Talk with a model about files: read once, then question by question, earlier turns in mind."""
    with reported_errors(debug=debug), ProgressBar() as progress:
        text = load_files(files, pages=pages, password=password)
        reader = make_reader(model, base_url, style=style, overflow=overflow, expand=expand, max_tokens=max_tokens)
        with reader.open(text, progress=progress) as session:
            session.prefill()
            progress.stop()
            typer.echo(_HELP, err=True)
            _converse(session, progress)


def _converse(session: ReadingSession, progress: ProgressBar) -> None:
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
                answer = stream_answer(session.stream(question, history=history), progress)
            except GlyphError as error:  # the next question may go better
                progress.stop()
                typer.echo(f"glyph: {' '.join(str(error).split())}", err=True)
                continue
            if answer.abstained or answer.text:
                history.append((question, answer.text or ABSTENTION))


def _line() -> str:
    """The next line of the user's, empty at the end."""
    if sys.stdin.isatty():
        typer.echo("› ", nl=False, err=True)
    return sys.stdin.readline().strip()
