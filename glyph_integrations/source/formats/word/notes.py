"""Footnotes, endnotes and comments, by their references in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from glyph_integrations.source.numerals import list_mark, raised
from glyph_integrations.source.office import W

if TYPE_CHECKING:
    from collections.abc import Callable

    from lxml import etree


class Note(NamedTuple):
    """A note's mark and its content."""

    mark: str
    content: etree._Element


class Notes:
    """Numbers notes in the order in which the text refers to them, as Word does."""

    def __init__(self, tree: Callable[[str], etree._Element | None]) -> None:
        self._trees = {kind: _by_identifier(tree(f"{kind}s")) for kind in ("footnote", "endnote", "comment")}
        self._counts = {"footnote": 0, "endnote": 0, "comment": 0}
        self._endnotes: list[Note] = []

    def refer(self, reference: etree._Element, following: str) -> tuple[str, Note | None]:
        """The mark that a reference shows, and the note to print nearby.

        Args:
            reference: The element in the run.
            following: The run's own text, which is the mark where the author chose one.
        """
        kind = str(reference.tag).removeprefix(W).removesuffix("Reference")
        note = self._trees[kind].get(reference.get(f"{W}id", ""))
        if note is None:
            return "", None
        if reference.get(f"{W}customMarkFollows", "0") in ("1", "true"):
            return "", self._place(kind, Note(following, note))
        self._counts[kind] += 1
        number = self._counts[kind]
        if kind == "comment":
            author = note.get(f"{W}author", "")
            return f"[comment {number}]", Note(f"[comment {number}{f', {author}' if author else ''}]", note)
        mark = raised(str(number), up=True) if kind == "footnote" else f"[{list_mark(number, 'lowerRoman')}]"
        return mark, self._place(kind, Note(mark, note))

    def endnotes(self) -> list[Note]:
        """The endnotes that were referred to, in order."""
        return self._endnotes

    def _place(self, kind: str, note: Note) -> Note | None:
        if kind == "endnote":
            self._endnotes.append(note)
            return None
        return note


def _by_identifier(tree: etree._Element | None) -> dict[str, etree._Element]:
    return {} if tree is None else {child.get(f"{W}id", ""): child for child in tree}
