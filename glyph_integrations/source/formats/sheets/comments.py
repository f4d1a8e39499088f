"""Comments on cells: notes, and the threads that came after them."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from glyph_integrations.source.formats.sheets.ranges import read_areas
from glyph_integrations.source.formats.sheets.strings import read_string

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

_THREAD = "{http://schemas.microsoft.com/office/spreadsheetml/2018/threadedcomments}"


class Comment(NamedTuple):
    """A comment: the cell's name, its row and column from 1, and the line that shows it."""

    cell: str
    row: int
    column: int
    line: str


def read_persons(tree: etree._Element) -> dict[str, str]:
    """The names of those who comment, by identifier."""
    return {each.get("id", ""): each.get("displayName", "") for each in tree.iter(f"{_THREAD}person")}


def read_notes(tree: etree._Element) -> Iterator[Comment]:
    """The comments of the older kind; Excel writes one beside each thread too."""
    authors = [each.text or "" for each in tree.iterfind("{*}authors/{*}author")]
    for element in tree.iterfind("{*}commentList/{*}comment"):
        number, text = element.get("authorId", ""), element.find("{*}text")
        author = authors[int(number)] if number.isdecimal() and int(number) < len(authors) else ""
        words = "" if text is None else str(read_string(text))
        yield _build(element.get("ref", ""), author, words)


def read_threads(tree: etree._Element, persons: Mapping[str, str]) -> Iterator[Comment]:
    """The comments of threads, each after the one that it answers."""
    comments = tree.findall(f"{_THREAD}threadedComment")
    firsts = [each for each in comments if not each.get("parentId")]
    known = {each.get("id") for each in firsts}
    for first in firsts:
        yield _read_threaded(first, persons)
        for answer in comments:
            if answer.get("parentId") == first.get("id"):
                yield _read_threaded(answer, persons)
    for orphan in comments:
        if orphan.get("parentId") and orphan.get("parentId") not in known:
            yield _read_threaded(orphan, persons)


def _read_threaded(element: etree._Element, persons: Mapping[str, str]) -> Comment:
    author = persons.get(element.get("personId", ""), "")
    words = element.findtext(f"{_THREAD}text") or ""
    return _build(element.get("ref", ""), author, words, resolved=element.get("done") in ("1", "true"))


def _build(cell: str, author: str, words: str, *, resolved: bool = False) -> Comment:
    area = next(read_areas(cell), None)
    row, column = (1, 1) if area is None else (area.top, area.left)
    about = ", ".join(filter(None, (cell, author.strip(), "resolved" if resolved else "")))
    return Comment(cell, row, column, f"[comment {about}] {words.strip()}")
