"""Office containers opened part by part, so that a part that is damaged costs nothing but itself."""

from __future__ import annotations

from functools import cached_property
from typing import IO, TYPE_CHECKING

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.archives import declares_type, read_member, transitional
from glyph_integrations.source.relations import Relation, read_relations, relations_member
from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    import zipfile
    from collections.abc import Iterator

    from lxml import etree

_PROPERTIES = {
    "title": "title", "creator": "author", "subject": "subject", "keywords": "keywords", "description": "comments",
    "created": "created", "modified": "modified",
}  # fmt: skip

_HEAD = 1 << 16
"""Bytes of a member in which a document type declaration would stand."""


class Package:
    """An Office container.

    Args:
        archive: Opened with ``archives.open_archive``, which holds it within the limits.
        name: Of the source, for messages.
    """

    def __init__(self, archive: zipfile.ZipFile, name: str) -> None:
        self.name = name
        self._archive = archive
        self._members = {_normalize(info.filename): info for info in archive.infolist() if not info.is_dir()}

    @property
    def names(self) -> list[str]:
        """Of all members."""
        return [info.filename for info in self._members.values()]

    def holds(self, member: str) -> bool:
        """Whether there is a member of that name; upper and lower case are the same."""
        return _normalize(member) in self._members

    def read(self, member: str) -> bytes:
        """The bytes of a member.

        Raises:
            MalformedError: It is missing or damaged, or declares a document type.
        """
        info = self._members.get(_normalize(member))
        if info is None:
            raise MalformedError(f"{self.name} has no part {member}")
        data = read_member(self._archive, info, self.name)
        if declares_type(member, data):
            raise MalformedError(f"{self.name} declares a document type in {member}, which is not allowed")
        return transitional(data)

    def open(self, member: str) -> IO[bytes]:
        """A member as a file that is unpacked while it is read, for one that is too large to be held.

        Raises:
            MalformedError: It is missing or damaged, or declares a document type.
        """
        info = self._members.get(member.lower())
        if info is None:
            raise MalformedError(f"{self.name} has no part {member}")
        if declares_type(member, read_member(self._archive, info, self.name, _HEAD)):
            raise MalformedError(f"{self.name} declares a document type in {member}, which is not allowed")
        return self._archive.open(info)

    def main(self) -> Part:
        """The part that the container is about.

        Raises:
            MalformedError: There is none.
        """
        for relation in Part(self, "").relations.values():
            if relation.kind == "officeDocument" and not relation.external:
                return Part(self, relation.target)
        raise MalformedError(f"{self.name} has no main part")

    def properties(self) -> dict[str, str]:
        """Title, author, subject, keywords and dates."""
        found = Part(self, "").first("core-properties")
        try:
            tree = None if found is None else found.tree
        except MalformedError:
            tree = None
        elements = {} if tree is None else {str(each.tag).rpartition("}")[2]: each.text or "" for each in tree}
        return {key: text for name, key in _PROPERTIES.items() if (text := elements.get(name, "").strip())}


class Part:
    """One member of an Office container with the parts that it refers to."""

    def __init__(self, package: Package, name: str) -> None:
        self.package = package
        self.name = name

    @cached_property
    def relations(self) -> dict[str, Relation]:
        """By identifier; none where they are damaged."""
        member = relations_member(self.name)
        if not self.package.holds(member):
            return {}
        try:
            data = self.package.read(member)
        except MalformedError:
            return {}
        return {relation.identifier: relation for relation in read_relations(member, data)}

    @cached_property
    def data(self) -> bytes:
        """The bytes.

        Raises:
            MalformedError: It is missing or damaged.
        """
        return self.package.read(self.name)

    @cached_property
    def tree(self) -> etree._Element:
        """The XML.

        Raises:
            MalformedError: It is missing, damaged or not well-formed.
        """
        return parse_xml(self.data, self.package.name)

    def related(self, identifier: str | None) -> Part | None:
        """The part that an identifier refers to; None where there is none within the container."""
        relation = self.relations.get(identifier or "")
        if relation is None or relation.external or not self.package.holds(relation.target):
            return None
        return Part(self.package, relation.target)

    def first(self, kind: str) -> Part | None:
        """The first related part of a kind."""
        return next(self.all(kind), None)

    def all(self, kind: str) -> Iterator[Part]:
        """The related parts of a kind."""
        for identifier, relation in self.relations.items():
            if relation.kind == kind and (part := self.related(identifier)):
                yield part


def _normalize(member: str) -> str:
    """A member's name without its case, with the slashes that some programs write the wrong way turned."""
    return member.replace("\\", "/").lstrip("/").lower()
