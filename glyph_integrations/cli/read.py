"""``glyph read``: pages back to text."""

from typing import Annotated

import typer

from glyph_integrations.cli.output import Debug, Json, Password, print_json, reported_errors
from glyph_integrations.cli.readers import BaseUrl, MaxTokens, Model, ProgressBar, ReadingStyle, echo, make_reader
from glyph_integrations.cli.sources import Files, Pages, load_files


def read(
    files: Files,
    *,
    model: Model,
    base_url: BaseUrl = None,
    style: ReadingStyle = None,
    max_tokens: MaxTokens = None,
    source: Annotated[
        bool, typer.Option("--source", help="Read the files' own pages as they look, instead of rendered ones.")
    ] = False,
    pages: Pages = "auto",
    password: Password = None,
    as_json: Json = False,
    debug: Debug = False,
) -> None:
    """Let a model transcribe the pages of files."""
    with reported_errors(debug=debug), ProgressBar() as progress:
        text = load_files(files, pages=pages, password=password)
        reader = make_reader(model, base_url, style=style, max_tokens=max_tokens)
        found = []
        for transcript in reader.transcribe(text, pages="source" if source else "rendered", progress=progress):
            if as_json:
                found.append(
                    {
                        "page": transcript.page + 1,
                        "text": transcript.text,
                        "source_text": transcript.source_text,
                        "finish": transcript.finish,
                    }
                )
                continue
            progress.stop()
            echo(transcript.text)
            if transcript.finish != "stop":
                typer.echo(f"glyph: page {transcript.page + 1} is incomplete ({transcript.finish})", err=True)
        if as_json:
            progress.stop()
            print_json(found)
