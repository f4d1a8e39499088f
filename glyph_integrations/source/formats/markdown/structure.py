"""The headings, tables and code of Markdown, found in the text as it stands."""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from markdown_it import MarkdownIt

from glyph_integrations.source.text import Heading, SourceText, Spans, Table

if TYPE_CHECKING:
    from collections.abc import Sequence

    from markdown_it.token import Token

_BLOCKS = MarkdownIt("commonmark").enable("table")
_BLOCKS.core.ruler.enableOnly(["normalize", "block"])  # what stands within a paragraph stays as it is


def mark_structure(source: SourceText) -> SourceText:
    """Return the text with its headings, pipe tables and blocks of code marked; no character changes."""
    text = source.text
    begin = _find_end_of_front_matter(text)
    starts = _list_line_starts(text, begin)
    headings: list[Heading] = []
    tables: list[Table] = []
    verbatim: list[tuple[int, int]] = []
    # A text may have no NUL after markdown-it, which puts U+FFFD in its place: as long, so lines stay where they are.
    for token in _BLOCKS.parse(text[begin:]):
        if token.map is None:
            continue
        first, last = _trim(text, starts, *token.map)
        if first >= last:
            continue
        if token.type == "heading_open":
            last -= token.markup in ("=", "-")  # the line under it
            headings.append(Heading(start=starts[first], end=starts[last] - 1, level=int(token.tag[1])))
        elif token.type == "table_open":
            rows = Spans((starts[line], starts[line + 1] - 1) for line in range(first, last))
            tables.append(Table(start=rows[0][0], end=rows[-1][1], rows=rows))
        elif (inner := _find_code(token, first, last)) and inner[0] < inner[1]:
            verbatim.append((starts[inner[0]], starts[inner[1]] - 1))
    return replace(source, headings=tuple(headings), tables=tuple(tables), verbatim=tuple(verbatim))


def _find_code(token: Token, first: int, last: int) -> tuple[int, int] | None:
    """Return the lines of a token that are typeset as they stand; None where it is no code."""
    if token.type == "fence":
        closed = token.map is not None and token.content.count("\n") < token.map[1] - token.map[0] - 1
        return first + 1, last - closed
    if token.type == "code_block" or (token.type == "html_block" and token.content.lstrip().lower().startswith("<pre")):
        return first, last
    return None


def _list_line_starts(text: str, begin: int) -> list[int]:
    """Return where each line begins, and where one would begin after the last."""
    starts = [begin]
    while (end := text.find("\n", starts[-1])) >= 0:
        starts.append(end + 1)
    return [*starts, len(text) + 1]


def _trim(text: str, starts: Sequence[int], first: int, last: int) -> tuple[int, int]:
    """Return the lines of a block without blank ones at its end."""
    last = min(last, len(starts) - 1)
    while last > first and not text[starts[last - 1] : starts[last]].strip():
        last -= 1
    return first, last


def _find_end_of_front_matter(text: str) -> int:
    """Return where the text begins after a block of YAML between two lines of dashes."""
    if not text.startswith("---\n"):
        return 0
    end = text.find("\n---\n", 3)
    if end >= 0:
        return end + len("\n---\n")
    return len(text) if text.endswith("\n---") else 0
