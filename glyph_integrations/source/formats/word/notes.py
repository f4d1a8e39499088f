"""Footnotes, endnotes and comments, by their references in the text."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.formats.word.inline import Note
from glyph_integrations.source.numerals import list_mark, raised
from glyph_integrations.source.office import W

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from lxml import etree

    from glyph_integrations.source.packages import Part

_W14 = "{http://schemas.microsoft.com/office/word/2010/wordml}"
_W15 = "{http://schemas.microsoft.com/office/word/2012/wordml}"
_KINDS = ("footnote", "endnote", "comment")
_FORMATS = {"footnote": "decimal", "endnote": "lowerRoman"}
_SEPARATORS = ("separator", "continuationSeparator", "continuationNotice")


class Notes:
    """Numbers notes in the order in which the text refers to them, as Word does.

    Args:
        find_part: Finds a part that the document refers to by its kind; None where there is none, or it is damaged.
        settings: The document's, which may set how notes are numbered.
    """

    def __init__(self, find_part: Callable[[str], Part | None], settings: etree._Element | None) -> None:
        self._parts = {kind: part for kind in _KINDS if (part := find_part(f"{kind}s"))}
        self._contents = {
            kind: {each.get(f"{W}id", ""): each for each in part.tree} for kind, part in self._parts.items()
        }
        self._formats = {kind: _read_format(settings, kind) for kind in _FORMATS}
        self._counts = dict.fromkeys(_KINDS, 0)
        self._numbers: dict[str, int] = {}
        self._answered = _read_answers(find_part("commentsExtended"))
        self._endnotes: list[Note] = []
        self._seen: set[tuple[str, str]] = set()

    def refer(self, reference: etree._Element, following: str) -> tuple[str, Note | None]:
        """Return the mark that a reference shows, and the note to print nearby.

        Args:
            reference: The element in the run.
            following: The run's own text, which is the mark where the author chose one.
        """
        kind = str(reference.tag).removeprefix(W).removesuffix("Reference")
        identifier = reference.get(f"{W}id", "")
        content = self._contents.get(kind, {}).get(identifier)
        if content is None:
            return "", None
        self._seen.add((kind, identifier))
        part = self._parts[kind]
        if reference.get(f"{W}customMarkFollows", "0") in ("1", "true", "on"):
            return "", self._place(kind, Note(following, content, part))
        self._counts[kind] += 1
        number = self._counts[kind]
        if kind == "comment":
            return f"[comment {number}]", Note(self._introduce(content, number), content, part)
        mark = list_mark(number, self._formats[kind])
        mark = (raised(mark, up=True) if kind == "footnote" else "") or f"[{mark}]"
        return mark, self._place(kind, Note(mark, content, part))

    def endnotes(self) -> list[Note]:
        """Return the endnotes that were referred to, in order."""
        return self._endnotes

    def list_unreferred(self) -> Iterator[tuple[str, str]]:
        """Yield the kind and the text of the notes that nothing in the text refers to, which Word does not show."""
        for kind, contents in self._contents.items():
            for identifier, content in contents.items():
                text = "".join(each.text or "" for each in content.iter(f"{W}t")).strip()
                if text and (kind, identifier) not in self._seen and content.get(f"{W}type") not in _SEPARATORS:
                    yield kind, text

    def _introduce(self, comment: etree._Element, number: int) -> str:
        """A comment's mark with its author and the comment that it answers."""
        paragraphs = [each.get(f"{_W14}paraId", "") for each in comment.iter(f"{W}p")]
        self._numbers.update(dict.fromkeys(filter(None, paragraphs), number))
        author = comment.get(f"{W}author", "").strip()
        answered = next((self._answered[each] for each in reversed(paragraphs) if self._answered.get(each)), "")
        parent = self._numbers.get(answered)
        return f"[comment {number}{f', {author}' if author else ''}{f', answers {parent}' if parent else ''}]"

    def _place(self, kind: str, note: Note) -> Note | None:
        if kind == "endnote":
            self._endnotes.append(note)
            return None
        return note


def _read_format(settings: etree._Element | None, kind: str) -> str:
    found = None if settings is None else settings.find(f"{W}{kind}Pr/{W}numFmt")
    return _FORMATS[kind] if found is None else found.get(f"{W}val", _FORMATS[kind])


def _read_answers(part: Part | None) -> dict[str, str]:
    """Which comment another answers, by the last paragraph of each."""
    if part is None:
        return {}
    return {each.get(f"{_W15}paraId", ""): each.get(f"{_W15}paraIdParent", "") for each in part.tree}
