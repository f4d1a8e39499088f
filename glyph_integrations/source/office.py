"""What Word, PowerPoint and Excel files share: names, charts, diagrams and properties."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping
    from typing import Any

    from lxml import etree

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"

_FILE_NAME = re.compile(r"[^?!]*\.(?:png|jpe?g|gif|bmp|tiff?|emf|wmf|svg|webp)", re.IGNORECASE)
_UNDERSTOOD = (
    "Shape", "Group", "Canvas", "Drawing", "/wordml", "/symex", "/chartex", "/chart", "/picture", "/main", "/math",
)  # fmt: skip
"""How the namespaces of Office's extensions end that the readers understand."""
MEDIA = r"/(?:media|embeddings|fonts|activeX)/|(?:^|/)(?:vbaProject|thumbnail)\b"
"""Members of an Office file that hold no text, for ``archives.repack`` to leave out."""


def properties(core: Any) -> dict[str, str]:
    """Title, author, subject, keywords and dates of a file, from its library's core properties."""
    found: dict[str, str] = {}
    for name in ("title", "author", "creator", "subject", "keywords", "comments", "created", "modified"):
        try:
            value = getattr(core, name, None)
        except ValueError:  # a date that is none
            continue
        if value:
            found["author" if name == "creator" else name] = (
                value.isoformat() if hasattr(value, "isoformat") else str(value)
            )
    return found


def alternative(text: str) -> str:
    """A picture's alternative text, marked as such; nothing where a program put a file name there."""
    text = " ".join(text.split())
    return f"[image: {text}]" if text and not _FILE_NAME.fullmatch(text) else ""


def chart_lines(data: bytes, name: str) -> tuple[str, list[list[str]]]:
    """The title of a chart part, and its categories and series as a table with a head row."""
    space = parse_xml(data, name)
    title = _text(space.find(f"{C}chart/{C}title"))
    table: dict[str, list[str]] = {}
    series = list(space.iter(f"{C}ser"))
    for column, element in enumerate(series):
        categories = _points(_first(element, f"{C}cat", f"{C}xVal"))
        values = _points(_first(element, f"{C}val", f"{C}yVal"))
        for index, value in values.items():
            row = table.setdefault(categories.get(index, str(index + 1)), [""] * len(series))
            row[column] = value
    heads = ["", *(_text(element.find(f"{C}tx")) for element in series)]
    return title, [heads, *([category, *row] for category, row in table.items())] if table else []


def diagram_texts(tree: etree._Element) -> list[str]:
    """Return the texts of a SmartArt diagram's data, in order."""
    texts = ("".join(t.text or "" for t in point.iter(f"{A}t")).strip() for point in tree.iter(f"{DGM}pt"))
    return [text for text in texts if text]


def diagram_lines(data: bytes, name: str) -> list[str]:
    """The texts of a SmartArt diagram, in order."""
    return diagram_texts(parse_xml(data, name))


def choose_alternative(element: etree._Element) -> Iterator[etree._Element]:
    """Return the children of the first alternative of an ``mc:AlternateContent`` that is understood.

    What an alternative requires is known here by its namespace, as Office knows it.
    """
    alternatives = element.findall(f"{MC}Choice")
    fallback = element.find(f"{MC}Fallback")
    for choice in alternatives:
        required = (choice.nsmap.get(prefix, "") for prefix in choice.get("Requires", "").split())
        if all(space.endswith(_UNDERSTOOD) for space in required):
            return iter(choice)
    if fallback is None:
        return iter(alternatives[0] if alternatives else ())
    return iter(fallback)


def chosen(element: etree._Element) -> Iterator[etree._Element]:
    """The children to read of an ``mc:AlternateContent``: those of one of its alternatives."""
    choice = element.find(f"{MC}Choice")
    if choice is None:
        choice = element.find(f"{MC}Fallback")
    return iter(()) if choice is None else iter(choice)


def is_on(element: etree._Element | None, namespace: str = W) -> bool:
    """Whether a toggle property such as ``w:vanish`` is set."""
    return element is not None and element.get(f"{namespace}val", "1").lower() not in ("0", "false", "off")


def related(part: Any, identifier: str | None) -> bytes:
    """The bytes of a related part, or nothing where the relation is missing or external."""
    relations: Mapping[str, Any] = part.rels
    relation = relations.get(identifier) if identifier else None
    return b"" if relation is None or relation.is_external else bytes(relation.target_part.blob)


def _points(element: etree._Element | None) -> dict[int, str]:
    if element is None:
        return {}
    return {int(point.get("idx", 0)): point.findtext(f"{C}v") or "" for point in element.iter(f"{C}pt")}


def _first(element: etree._Element, *names: str) -> etree._Element | None:
    return next((found for found in map(element.find, names) if found is not None), None)


def _text(element: etree._Element | None) -> str:
    if element is None:
        return ""
    rich = "".join(text.text or "" for text in element.iter(f"{A}t"))
    return rich or " ".join(value.text or "" for value in element.iter(f"{C}v"))
