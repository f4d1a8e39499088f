"""What is put before a reader: texts and documents that fill a number of pages, and files of questions."""

from __future__ import annotations

import gzip
import json
from pathlib import Path
from random import Random
from typing import TYPE_CHECKING, Any, Final

from glyph_integrations.errors import MalformedError, NotFoundError
from glyph_integrations.rendering import render, render_style
from glyph_integrations.training.corpus import synthetic_document

if TYPE_CHECKING:
    import os
    from collections.abc import Iterator

    from glyph_integrations.counting import ModelSpec
    from glyph_integrations.rendering import RenderStyle
    from glyph_integrations.training.corpus import SyntheticDocument, TextSource

_LEAST: Final = 200  # characters of a synthetic document


def drawn_by(seed: int, purpose: str) -> Random:
    """The generator for one purpose: what one measure draws does not change another."""
    return Random(f"{seed}/{purpose}")  # noqa: S311 - samples, not cryptography


def characters_per_page(style: str | RenderStyle, spec: ModelSpec) -> int:
    """Characters that a page has room for, roughly: they are taken to be half as wide as high."""
    style = render_style(style)
    width, height = spec.fit(style.px(style.page_width), style.px(style.page_height))
    return max(int(width * height / (style.px(style.font_size) / 2 * style.px(style.line_height))), _LEAST)


def full_pages(source: TextSource, rng: Random, *, pages: int, style: str | RenderStyle, spec: ModelSpec) -> str:
    """A text that fills so many pages to the last line.

    It is a single passage where the source has one that long, else several, a line break between two; passages of a
    short source overlap.
    """
    room = characters_per_page(style, spec)
    wanted = (pages + 1) * room
    text = source.sample(rng, wanted)
    while True:
        while len(text) < wanted:
            text += "\n" + source.sample(rng, wanted - len(text))
        rendering = render(text, style, spec)
        if len(rendering) > pages:
            return text[: rendering[pages - 1].char_range[1]]
        wanted += room


def held_out_document(seed: str, *, pages: int, style: str | RenderStyle, spec: ModelSpec) -> SyntheticDocument:
    """A synthetic document of about so many pages, of names and questions that nothing was trained on."""
    length = max(pages * characters_per_page(style, spec), _LEAST)
    draft = synthetic_document(Random(seed), length=length, held_out=True)  # noqa: S311
    filled = len(render(draft.text, style, spec)) - 0.5  # the last page is half full, on average
    length = max(int(len(draft.text) * (pages - 0.5) / filled), _LEAST)
    return synthetic_document(Random(seed), length=length, held_out=True)  # noqa: S311


def records(path: str | os.PathLike[str]) -> list[dict[str, Any]]:
    """The objects of a file that has a JSON object on each line (``.jsonl``, ``.jsonl.gz``).

    Raises:
        NotFoundError: There is no such file.
        MalformedError: It holds something else, or nothing.
    """
    name = Path(path).name
    try:
        found = list(_objects(Path(path)))
    except OSError as error:
        raise NotFoundError(f"there is no file {name} that can be read") from error
    except (ValueError, EOFError) as error:
        raise MalformedError(f"{name} is no file of JSON objects, one on each line") from error
    if not found or not all(isinstance(item, dict) for item in found):
        raise MalformedError(f"{name} is no file of JSON objects, one on each line")
    return found


def _objects(path: Path) -> Iterator[Any]:
    opener: Any = gzip.open if path.suffix == ".gz" else open
    with opener(path, "rt", encoding="utf-8") as file:
        for line in file:
            if line.strip():
                yield json.loads(line)
