"""SmartArt: its texts in their order, indented as they hang together, and its pictures."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.office import DGM, A

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

_DEEPEST = 20


def read_diagram(data: etree._Element) -> list[str]:
    """The texts of a diagram's data part, one line each."""
    texts = {point.get("modelId", ""): _read_point(point) for point in data.iter(f"{DGM}pt")}
    children: dict[str, list[tuple[int, str]]] = {}
    below: set[str] = set()
    for connection in data.iter(f"{DGM}cxn"):
        if connection.get("type", "parOf") == "parOf":
            order = connection.get("srcOrd", "0")
            source, target = connection.get("srcId", ""), connection.get("destId", "")
            children.setdefault(source, []).append((int(order) if order.isdecimal() else 0, target))
            below.add(target)
    lines: list[str] = []
    written: set[str] = set()

    def write(identifier: str, level: int) -> None:
        if identifier in written or level > _DEEPEST:
            return
        written.add(identifier)
        text = texts.get(identifier, "")
        if text:
            lines.append(f"{'  ' * level}{text}")
        for _, child in sorted(children.get(identifier, ())):
            write(child, level + bool(text))

    for identifier in texts:
        if identifier not in below:
            write(identifier, 0)
    for identifier in texts:
        write(identifier, 0)
    return lines


def list_diagram_pictures(data: etree._Element) -> Iterator[etree._Element]:
    """The fills of a diagram's points that are pictures."""
    return data.iter(f"{A}blipFill")


def _read_point(point: etree._Element) -> str:
    lines = ("".join(text.text or "" for text in line.iter(f"{A}t")) for line in point.iter(f"{A}p"))
    return " ".join(" ".join(filter(None, lines)).split())
