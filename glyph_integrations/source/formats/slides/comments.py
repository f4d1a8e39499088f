"""Comments on slides: those of all PowerPoints before 2021, and the threads since."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.office import A, P

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from lxml import etree

_THREAD = "{http://schemas.microsoft.com/office/powerpoint/2018/8/main}"


def read_authors(tree: etree._Element) -> dict[str, str]:
    """The names of those who comment, by identifier, of either kind of author list."""
    return {each.get("id", ""): each.get("name", "") for each in tree.iter(f"{P}cmAuthor", f"{_THREAD}author")}


def read_comments(tree: etree._Element, authors: Mapping[str, str]) -> Iterator[str]:
    """The comments of a slide, one line each, answers after what they answer."""
    for comment in tree.iter(f"{P}cm"):
        yield _write(authors.get(comment.get("authorId", ""), ""), comment.findtext(f"{P}text") or "")
    for comment in tree.iter(f"{_THREAD}cm"):
        resolved = comment.get("status") in ("resolved", "closed")
        yield _write(authors.get(comment.get("authorId", ""), ""), _read_body(comment), resolved=resolved)
        for answer in comment.iter(f"{_THREAD}reply"):
            yield _write(authors.get(answer.get("authorId", ""), ""), _read_body(answer))


def _read_body(comment: etree._Element) -> str:
    body = comment.find(f"{_THREAD}txBody")
    lines = () if body is None else body.iterfind(f"{A}p")
    return "\n".join("".join(text.text or "" for text in line.iter(f"{A}t")) for line in lines)


def _write(author: str, words: str, *, resolved: bool = False) -> str:
    about = ", ".join(filter(None, (author.strip(), "resolved" if resolved else "")))
    return f"[comment{f', {about}' if about else ''}] {words.strip()}"
