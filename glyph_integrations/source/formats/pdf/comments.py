"""Puts what reviewers wrote where a reader meets it: a mark after the passage, and the words after the paragraph."""

from __future__ import annotations

from typing import TYPE_CHECKING, NamedTuple

from glyph_integrations.source.formats.pdf.annotations import DRAWN, MARKUP, Annotation
from glyph_integrations.source.formats.pdf.attachments import CarriedFile
from glyph_integrations.source.formats.pdf.graphics import inside
from glyph_integrations.source.formats.pdf.lines import Line
from glyph_integrations.source.formats.pdf.striking import insert

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Sequence

    from glyph_integrations.source.formats.pdf.lines import Rect
    from glyph_integrations.source.formats.pdf.order import Item

_LABELS = {"FreeText": "text box", "Stamp": "stamp"}


class Note(NamedTuple):
    """Words on a line of their own, and where they stand on the page."""

    text: str
    box: Rect


Floating = tuple["Line | None", Note | CarriedFile]
"""What stands on a page beside its text, and the line after which it is read; None for the end of the page."""


def place_comments(
    lines: list[Line], annotations: list[Annotation], numbers: Iterator[int]
) -> tuple[list[Line], list[Floating]]:
    """Number the comments of a page in reading order.

    Args:
        lines: Of the page, in reading order.
        annotations: Of the page.
        numbers: Where the document's numbering goes on.

    Returns:
        The lines with marks after the passages that comments are about, and the comments.
    """
    comments = [item for item in annotations if item.words and not item.hidden and item.kind not in DRAWN]
    anchors = {id(item): _find_anchor(item, lines) for item in comments}
    by_number = {item.number: item for item in comments if item.number}
    comments.sort(key=lambda item: (anchors[id(_find_root(item, by_number))], item.answers != 0))
    given: dict[int, int] = {}
    marks: dict[int, dict[int, str]] = {}
    notes: list[tuple[int, Note]] = []
    for item in comments:
        number = next(numbers)
        given[item.number] = number
        anchor = anchors[id(_find_root(item, by_number))]
        answer = given.get(item.answers) if item.answers else None
        about = ", ".join(filter(None, [item.author, f"on comment {answer}" if answer else ""]))
        notes.append((anchor, Note(f"[comment {number}{f', {about}' if about else ''}] {item.words}", item.box)))
        if item.kind in MARKUP and not answer and 0 <= anchor < len(lines):
            end = _find_end(item, lines[anchor])
            line_marks = marks.setdefault(anchor, {})
            line_marks[end] = f"{line_marks.get(end, '')} [comment {number}]"
    marked = [insert(line, marks[at]) if at in marks else line for at, line in enumerate(lines)]
    notes += _place_undrawn(lines, annotations)
    return marked, [(marked[anchor] if anchor >= 0 else None, note) for anchor, note in notes]


def insert_floating(items: Sequence[Item], floating: Iterable[Floating]) -> list[Item | Note | CarriedFile]:
    """Put comments and files after the line, table or figure that they belong to."""
    following: dict[int, list[Note | CarriedFile]] = {}
    for line, item in floating:
        following.setdefault(_find_item(items, line), []).append(item)
    placed: list[Item | Note | CarriedFile] = []
    for at, held in enumerate(items):
        placed += [held, *following.pop(at, [])]
    return [*placed, *(item for rest in following.values() for item in rest)]


def _find_item(items: Sequence[Item], line: Line | None) -> int:
    """The item that a line is, or that it is a part of; after the last where there is none."""
    if line is None:
        return len(items)
    for at, item in enumerate(items):
        if item is line or (not isinstance(item, Line) and inside(line.box, item.box, 2.0)):
            return at
    pieces = [at for at, item in enumerate(items) if inside(item.box, line.box, 2.0)]
    return pieces[-1] if pieces else len(items)


def _place_undrawn(lines: list[Line], annotations: list[Annotation]) -> list[tuple[int, Note]]:
    """Text boxes and stamps whose words are not among the lines: they are drawn as shapes, or not at all."""
    placed = []
    for item in annotations:
        if item.kind in DRAWN and item.words and not item.hidden:
            drawn = "".join(line.text for line in lines if inside(line.box, item.box, 2.0))
            if not drawn or (item.kind == "Stamp" and not _is_among(item.words, drawn)):
                label = ", ".join(filter(None, [_LABELS[item.kind], item.author]))
                placed.append((_find_anchor(item, lines), Note(f"[{label}] {item.words}", item.box)))
    return placed


def _is_among(words: str, drawn: str) -> bool:
    return "".join(words.split()).casefold() in "".join(drawn.split()).casefold()


def _find_root(item: Annotation, by_number: dict[int, Annotation]) -> Annotation:
    """The annotation that a conversation begins with."""
    for _ in range(len(by_number)):
        parent = by_number.get(item.answers)
        if parent is None:
            break
        item = parent
    return item


def _find_anchor(item: Annotation, lines: list[Line]) -> int:
    """The line that an annotation is about: the last one that it marks, or the nearest one; -1 where there is none."""
    for at in range(len(lines) - 1, -1, -1):
        if any(
            inside(lines[at].box, (lines[at].x0, y0, lines[at].x1, y1)) and _meets(lines[at], x0, x1)
            for x0, y0, x1, y1 in item.marked
        ):
            return at
    distances = [(*_measure_distance(line, item.box), at) for at, line in enumerate(lines)]
    return min(distances)[2] if distances else -1


def _meets(line: Line, x0: float, x1: float) -> bool:
    return line.x0 < x1 and line.x1 > x0


def _measure_distance(line: Line, box: Rect) -> tuple[float, float]:
    """How far a line is from the upper edge of a box, down and across."""
    y = box[1] + min(box[3] - box[1], 12.0) / 2
    down = max(line.y0 - y, y - line.y1, 0.0)
    return down, max(line.x0 - box[2], box[0] - line.x1, 0.0)


def _find_end(item: Annotation, line: Line) -> int:
    """Where the last word of a line that is marked ends."""
    ends = [*line.starts[1:], len(line.text)]
    last = 0
    for start, end, (x0, y0, x1, y1) in zip(line.starts, ends, line.boxes.tolist(), strict=True):
        middle = (x0 + x1) / 2
        if any(left <= middle <= right and top <= (y0 + y1) / 2 <= bottom for left, top, right, bottom in item.marked):
            last = start + len(line.text[start:end].rstrip())
    return last or len(line.text.rstrip())
