"""``glyph read``: pages back to text."""

from typing import Annotated

import typer

from glyph_integrations.cli.output import Debug, Json, Password, print_json, progress, reported_errors
from glyph_integrations.cli.readers import BaseUrl, MaxTokens, Model, ReadingStyle, make_reader
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
    """Let a model transcribe the pages of FILES."""
    with reported_errors(debug=debug):
        reader = make_reader(model, base_url, style=style, max_tokens=max_tokens)
        text = load_files(files, pages=pages, password=password)
        transcripts = reader.transcribe(text, pages="source" if source else "rendered")
        found = []
        for transcript in progress(transcripts, total=len(text.pages), description="Reading"):
            if as_json:
                found.append(
                    {
                        "page": transcript.page + 1,
                        "text": transcript.text,
                        "source_text": transcript.source_text,
                        "finish": transcript.finish,
                    }
                )
            else:
                typer.echo(transcript.text)
                if transcript.finish != "stop":
                    typer.echo(f"glyph: page {transcript.page + 1} is incomplete ({transcript.finish})", err=True)
        if as_json:
            print_json(found)
