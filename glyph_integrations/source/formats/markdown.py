"""The headings and tables of Markdown, found in the text as it stands."""

from __future__ import annotations

import re
from dataclasses import replace

from glyph_integrations.source.text import Heading, SourceText, Table

_LINE = re.compile(r"[^\n]+")
_FENCE = re.compile(r" {0,3}(`{3,}|~{3,})")
_HEADING = re.compile(r" {0,3}(#{1,6})[ \t]+\S")
_UNDERLINE = re.compile(r" {0,3}(=+|-{2,})[ \t]*")
_DELIMITER = re.compile(r"[ \t]*\|?[ \t]*:?-+:?[ \t]*(?:\|[ \t]*:?-+:?[ \t]*)*\|?[ \t]*")
_NO_PARAGRAPH = re.compile(r"\s*(?:[-*+>|]|\d+[.)]|#{1,6}\s|$)")
_FRONT_MATTER = re.compile(r"---[ \t]*\n.*?\n---[ \t]*(?:\n|\Z)", re.DOTALL)


def mark_structure(source: SourceText) -> SourceText:
    """Adds the headings (both styles) and the pipe tables outside fenced code; the text stays as it is."""
    text = source.text
    front = _FRONT_MATTER.match(text)
    headings: list[Heading] = []
    tables: list[Table] = []
    rows: list[tuple[int, int]] = []
    fence, before, before_end = "", "", -1
    for match in _LINE.finditer(text, front.end() if front else 0):
        start, end = match.span()
        line = match[0]
        adjacent = start == before_end + 1
        if rows and not (adjacent and "|" in line):
            tables.append(Table(start=rows[0][0], end=rows[-1][1], rows=tuple(rows)))
            rows = []
        mark = _FENCE.match(line)
        if fence:
            if mark and mark[1].startswith(fence) and not line.strip(" `~"):
                fence = ""
        elif mark:
            fence = mark[1]
        elif rows:
            rows.append((start, end))
        elif found := _HEADING.match(line):
            headings.append(Heading(start=start, end=end, level=len(found[1])))
        elif adjacent and "|" in line and "|" in before and _DELIMITER.fullmatch(line):
            rows = [(before_end - len(before), before_end), (start, end)]
        elif adjacent and (found := _UNDERLINE.fullmatch(line)) and not _NO_PARAGRAPH.match(before):
            headings.append(Heading(start=before_end - len(before), end=before_end, level=1 if "=" in line else 2))
        before, before_end = ("", end) if fence or mark else (line, end)
    if rows:
        tables.append(Table(start=rows[0][0], end=rows[-1][1], rows=tuple(rows)))
    return replace(source, headings=tuple(headings), tables=tuple(tables))
