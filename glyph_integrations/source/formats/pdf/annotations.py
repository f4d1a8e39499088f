"""What reviewers put on a PDF page: comments, struck-out passages, text boxes, stamps, pinned files."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, NamedTuple

import pymupdf

from glyph_integrations.source.formats.pdf.objects import NOTHING, Object, find_page

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.formats.pdf.lines import Rect

MOST_ANNOTATIONS = 5_000
HIDDEN, NO_VIEW = 1 << 1, 1 << 5
"""Bits of an annotation's flags."""
MARKUP = frozenset({"Highlight", "Underline", "Squiggly", "StrikeOut"})
PLACED = frozenset({"Text", "Square", "Circle", "Line", "Polygon", "PolyLine", "Ink", "Caret", "Redact", "Projection"})
DRAWN = frozenset({"FreeText", "Stamp"})
"""Their words are drawn on the page, if they have an appearance."""
SILENT = frozenset({"Popup", "Link", "Widget", "PrinterMark", "TrapNet", "Watermark"})
"""They repeat another's words, lead elsewhere, belong to the form, or are drawn like the page itself."""


@dataclass(frozen=True, slots=True, kw_only=True)
class Annotation:
    """One annotation that has something to say.

    Attributes:
        kind: PDF's name for it: ``"Text"``, ``"Highlight"``, …
        words: What it says.
        author: Who says it.
        box: Where it stands on the displayed page, in pt.
        marked: The boxes of the passages that it marks.
        hidden: Whether no person sees it.
        number: Its object in the file.
        answers: The object of the annotation that it replies to; 0 for none.
        pinned: The description of a file that is pinned here.
    """

    kind: str
    words: str
    author: str
    box: Rect
    marked: tuple[Rect, ...] = ()
    hidden: bool = False
    number: int = 0
    answers: int = 0
    pinned: Object = field(default=NOTHING, repr=False)


class Annotations(NamedTuple):
    """What a page's annotations say, and the kinds of those that could not be read."""

    read: list[Annotation]
    damaged: list[str]


def read_annotations(page: Any) -> Annotations:
    """Read the annotations of a page in their order; one that is damaged does not hinder the others."""
    read: list[Annotation] = []
    damaged: list[str] = []
    turn = page.transformation_matrix * page.rotation_matrix
    for number, raw in enumerate(find_page(page).get("Annots").items()):
        if number == MOST_ANNOTATIONS:
            damaged.append(f"annotations after the first {MOST_ANNOTATIONS:,}")
            break
        try:
            kind = raw.get("Subtype").name
            if kind and kind not in SILENT:
                read.append(_read_annotation(kind, raw, turn))
        except Exception:  # noqa: BLE001 - MuPDF's own classes of errors
            damaged.append("damaged annotation")
    return Annotations(read, damaged)


def is_unknown(annotation: Annotation) -> bool:
    """Whether an annotation is of a kind that no text shows: sound, film, models."""
    return annotation.kind not in MARKUP | PLACED | DRAWN | {"FileAttachment"}


def _read_annotation(kind: str, raw: Object, turn: Any) -> Annotation:
    words = raw.get("Contents").text or _strip_markup(raw.get("RC").text)
    if kind == "Stamp" and not words.strip():
        words = _name_stamp(raw.get("Name").name)
    pinned = raw.get("FS") if kind == "FileAttachment" else NOTHING
    if words in {pinned.get("UF").text, pinned.get("F").text}:
        words = ""  # the file is named anyway
    return Annotation(
        kind=kind,
        words=" ".join(words.split()),
        author=" ".join(raw.get("T").text.split()),
        box=_turn(raw.get("Rect").box, turn),
        marked=tuple(_find_marked(raw, turn)) if kind in MARKUP else (),
        hidden=bool(raw.get("F").integer & (HIDDEN | NO_VIEW)),
        number=raw.reference,
        answers=raw.get("IRT").reference if raw.get("RT").name != "Group" else 0,
        pinned=pinned,
    )


def _find_marked(raw: Object, turn: Any) -> Iterator[Rect]:
    """The boxes of the passages that a highlight, an underline or a strike lies on."""
    numbers = raw.get("QuadPoints").numbers
    quads = [numbers[i : i + 8] for i in range(0, len(numbers) - 7, 8)]
    if not quads:
        yield _turn(raw.get("Rect").box, turn)
    for quad in quads:
        yield _turn((min(quad[::2]), min(quad[1::2]), max(quad[::2]), max(quad[1::2])), turn)


def _turn(box: Rect, turn: Any) -> Rect:
    x0, y0, x1, y1 = pymupdf.Rect(box) * turn
    return (x0, y0, x1, y1)


def _strip_markup(rich: str) -> str:
    """The words of rich text; comments are seldom only in it."""
    if not rich:
        return ""
    from lxml import etree

    from glyph_integrations.errors import MalformedError
    from glyph_integrations.source.xml import parse_xml

    try:
        tree = parse_xml(rich.encode(), "a comment")
    except MalformedError:
        return ""
    return " ".join(etree.tostring(tree, method="text", encoding="unicode").split())


def _name_stamp(name: str) -> str:
    """What a standard stamp says: "Not For Public Release" for ``NotForPublicRelease``."""
    name = name.removeprefix("#").removeprefix("SB").removeprefix("SH")
    return "".join(
        f" {c}" if c.isupper() and before.islower() else c for before, c in zip(f" {name}", name, strict=False)
    )
