"""Pieces of a paragraph joined so that struck-out and deleted text never glues its neighbours together."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import groupby
from typing import TYPE_CHECKING

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
