"""Pieces of a paragraph joined so that struck-out and deleted text never glues its neighbours together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

STRIKE = "~~"
"""Stands on both sides of struck-out text."""


@dataclass(frozen=True, slots=True)
class Words:
    """Text of one look."""

    text: str
    struck: bool = False


@dataclass(frozen=True, slots=True)
class Cut:
    """A place where text was deleted."""

    text: str


def join_words(pieces: Iterable[Words | Cut]) -> str:
    """The text of a paragraph: what is struck out between ``~~``, what was deleted left out.

    A space stands in for deleted text that was all that kept two words or numbers apart.
    """
    return "".join(
        _mark(text) if struck else text
        for struck, group in groupby(_part(pieces), key=lambda piece: piece.struck)
        if (text := "".join(piece.text for piece in group))
    )


def split_lines(pieces: Iterable[Any]) -> list[Any]:
    """Return the lines of a paragraph and what is shown between them; what stands within a line follows it."""
    result: list[Any] = []
    line: list[Words | Cut] = []
    waiting: list[Any] = []

    def end_line() -> None:
        text = join_words(line)
        result.extend([text] if text.strip() else [])
        result.extend(waiting)
        line.clear()
        waiting.clear()

    for piece in pieces:
        if isinstance(piece, Words):
            *ended, last = piece.text.split("\n")
            for text in ended:
                line.append(Words(text, piece.struck))
                end_line()
            line.append(Words(last, piece.struck))
        elif isinstance(piece, Cut):
            line.append(piece)
        elif join_words(line).strip():
            waiting.append(piece)
        else:
            result.append(piece)
    end_line()
    return result


def _part(pieces: Iterable[Words | Cut]) -> Iterator[Words]:
    last, deleted = "", ""
    for piece in pieces:
        if isinstance(piece, Cut):
            deleted += piece.text
        elif piece.text:
            if deleted and last.isalnum() and piece.text[0].isalnum() and _separates(deleted, last + piece.text[0]):
                yield Words(" ")
            yield piece
            last, deleted = piece.text[-1], ""


def _separates(deleted: str, beside: str) -> bool:
    if deleted[0].isspace() or deleted[-1].isspace():
        return True
    return beside.isdigit() and any(character.isspace() or character.isalpha() for character in deleted)


def _mark(text: str) -> str:
    core = text.strip()
    if not core:
        return text
    start = text.index(core)
    return f"{text[:start]}{STRIKE}{core}{STRIKE}{text[start + len(core) :]}"
