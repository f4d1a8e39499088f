"""What the commands read."""

import sys
from typing import Annotated, Literal

import typer

from glyph_integrations.cli.output import reported_loading
from glyph_integrations.source import SourceText, concatenate, load

Files = Annotated[list[str], typer.Argument(metavar="FILE", help="Files, folders or patterns; - reads standard input.")]
Pages = Annotated[
    Literal["auto", "text", "raster"],
    typer.Option(help="Typeset pages (text), show their pictures (raster), or decide for each page (auto)."),
]


def load_files(files: list[str], *, pages: Literal["auto", "text", "raster"], password: str | None) -> SourceText:
    """Loads all files, in order, as one text.

    Raises:
        LoadError: One of them cannot be loaded.
    """
    texts = []
    with reported_loading() as progress:
        for file in files:
            source = sys.stdin.buffer.read() if file == "-" else file
            texts.append(load(source, pages=pages, password=password, progress=progress))
    return concatenate(texts)
