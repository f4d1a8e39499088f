"""How the parts of an Office container refer to each other (ECMA-376 part 2, 9.3)."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING
from urllib.parse import unquote

from lxml import etree

if TYPE_CHECKING:
    from collections.abc import Iterator

_RELATIONSHIP = "{http://schemas.openxmlformats.org/package/2006/relationships}Relationship"


@dataclass(frozen=True, slots=True)
class Relation:
    """A reference of one part to another, or to something outside of the file.

    Attributes:
        identifier: How the part's XML names it.
        kind: The last step of its type: ``"image"``, ``"styles"``.
        target: The name of the member, or the address.
        external: Whether it lies outside of the file.
    """

    identifier: str
    kind: str
    target: str
    external: bool


def relations_member(part: str) -> str:
    """The member that holds the relations of a part; ``""`` is the container itself."""
    folder, _, name = part.rpartition("/")
    return posixpath.join(folder, "_rels", f"{name}.rels")


def read_relations(member: str, data: bytes) -> Iterator[Relation]:
    """The relations in a member; none where it is damaged."""
    for element in _elements(_parse(data)):
        yield _relation(member, element)


def _relation(member: str, element: etree._Element) -> Relation:
    folder = posixpath.dirname(posixpath.dirname(member))
    target = element.get("Target", "")
    external = element.get("TargetMode") == "External"
    if not external:
        target = posixpath.normpath(posixpath.join("/", folder, unquote(target.replace("\\", "/")))).lstrip("/")
    return Relation(element.get("Id", ""), element.get("Type", "").rpartition("/")[2], target, external)


def _elements(root: etree._Element) -> list[etree._Element]:
    return list(root.iterchildren(_RELATIONSHIP))


def _parse(data: bytes) -> etree._Element:
    parser = etree.XMLParser(resolve_entities=False, no_network=True, load_dtd=False, recover=True)
    root = etree.fromstring(data, parser) if data.strip() else None
    return etree.Element("Relationships") if root is None else root
