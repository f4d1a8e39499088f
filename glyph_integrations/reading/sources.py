"""What a reader is asked about: one source or several, each with an id that citations name."""

from __future__ import annotations

import os
from collections.abc import Mapping
from dataclasses import replace
from typing import BinaryIO

from glyph_integrations.errors import RequestError
from glyph_integrations.source import SourceText, concatenate, load

SourceLike = SourceText | str | os.PathLike[str] | bytes | BinaryIO
"""A loaded text, or whatever ``load`` takes: a path, bytes, an open file. A string is a path."""
Sources = SourceLike | list[SourceLike] | tuple[SourceLike, ...] | Mapping[str, SourceLike]
"""One source, several, or several with ids of the caller's choice."""


def gather(sources: Sources) -> SourceText:
    """Loads all sources as one text.

    Ids are the keys of a mapping, else the names of the files; of several with the same name the second is called
    ``name#2`` and so on, so that the ids of a list do not depend on anything but the list.

    Raises:
        LoadError: One of them cannot be loaded.
        RequestError: There is none.
    """
    if isinstance(sources, Mapping):
        texts = [_named(_loaded(source), name) for name, source in sources.items()]
    elif isinstance(sources, list | tuple):
        texts = [_loaded(source) for source in sources]
    else:
        texts = [_loaded(sources)]
    if not texts:
        raise RequestError("there is no source to read")
    return _distinct(concatenate(texts))


def _loaded(source: SourceLike) -> SourceText:
    return source if isinstance(source, SourceText) else load(source)


def _named(text: SourceText, name: str) -> SourceText:
    """A text under another id; the files of a folder keep their names below it."""
    if len(text.sources) == 1:
        return replace(text, sources=(replace(text.sources[0], name=name),))
    return replace(text, sources=tuple(replace(source, name=f"{name}/{source.name}") for source in text.sources))


def _distinct(text: SourceText) -> SourceText:
    taken: set[str] = set()
    sources = []
    for source in text.sources:
        name, number = source.name, 1
        while name in taken:
            number += 1
            name = f"{source.name}#{number}"
        taken.add(name)
        sources.append(source if name == source.name else replace(source, name=name))
    return replace(text, sources=tuple(sources))
