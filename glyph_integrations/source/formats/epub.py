"""EPUB books: one source page for each item of the spine."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING
from urllib.parse import unquote, urlsplit

from glyph_integrations.errors import EncryptedError, MalformedError
from glyph_integrations.source.archives import open_archive, read_member
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.encoding import decode
from glyph_integrations.source.media_types import READ_AS

if TYPE_CHECKING:
    from zipfile import ZipFile

    from lxml import etree

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_READABLE = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml")


class EpubFormat:
    """Reads the chapters in the order of the spine; their names in the table of contents label the pages."""

    name = "epub"
    isolated = True
    parses_with = ("glyph_integrations.source.formats.html.writing",)
    """Modules that a worker imports once, ahead of its sessions."""

    def accepts(self, blob: Blob, media_type: str) -> bool:  # noqa: ARG002 - the protocol's
        """EPUB 2 and 3."""
        return media_type in READ_AS[self.name]

    def load(self, blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
        """Reads the book.

        Raises:
            EncryptedError: A chapter is under digital rights management.
            MalformedError: It is damaged.
            TooLargeError: It exceeds the limits.
            EmptyError: It holds no text.
        """
        from glyph_integrations.source.formats.html.parsing import parse
        from glyph_integrations.source.formats.html.writing import write

        builder = TextBuilder(options.limits)
        with open_archive(blob, options.limits) as archive:
            book = _Book(archive, blob.name)
            for path, label in book.chapters():
                builder.page(label=label)
                tree = parse(read_member(archive, path, blob.name), blob.name)
                write(builder, tree, [book.sheet(path, link.get("href", "")) for link in tree.iter("link")])
        return builder.finish(name=blob.name, media_type=media_type, metadata=book.metadata())


class _Book:
    def __init__(self, archive: ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._members = set(archive.namelist())
        self._sheets: dict[str, str] = {}
        container = self._parse("META-INF/container.xml")
        self._place = next((root.get("full-path", "") for root in container.iterfind(".//{*}rootfile")), "")
        self._package = self._parse(self._place)
        self._items = {item.get("id", ""): item for item in self._package.iterfind(".//{*}manifest/{*}item")}

    def chapters(self) -> list[tuple[str, str]]:
        """Members of the spine with their labels."""
        labels = self._labels()
        encrypted = self._encrypted()
        chapters = []
        for reference in self._package.iterfind(".//{*}spine/{*}itemref"):
            item = self._items.get(reference.get("idref", ""))
            if item is None or item.get("media-type") not in _READABLE:
                continue
            path = self._member(self._place, item.get("href", ""))
            if path in encrypted:
                raise EncryptedError(f"{self._name} is protected by digital rights management")
            if path in self._members:
                chapters.append((path, labels.get(path, "")))
        return chapters

    def metadata(self) -> dict[str, str]:
        """Title, author and so on, as the book states them."""
        found: dict[str, str] = {}
        for field, key in (("title", "title"), ("creator", "author"), ("language", "language"), ("date", "created")):
            texts = [
                element.text.strip()
                for element in self._package.iterfind(f".//{{*}}metadata/{{*}}{field}")
                if element.text
            ]
            if texts:
                found[key] = ", ".join(texts)
        return found

    def sheet(self, chapter: str, reference: str) -> str:
        """A style sheet that a chapter links to, or nothing where there is none."""
        path = self._member(chapter, reference)
        if path not in self._sheets:
            data = read_member(self._archive, path, self._name) if path in self._members else b""
            self._sheets[path] = decode(data)[0]
        return self._sheets[path]

    def _labels(self) -> dict[str, str]:
        """Names of chapters from the navigation document, or from the older NCX."""
        labels: dict[str, str] = {}
        for item in self._items.values():
            path = self._member(self._place, item.get("href", ""))
            if path not in self._members:
                continue
            if "nav" in item.get("properties", "").split():
                links = (
                    (link.get("href", ""), "".join(map(str, link.itertext())))
                    for link in self._parse(path).iterfind(".//{*}a")
                )
            elif item.get("media-type") == "application/x-dtbncx+xml":
                points = self._parse(path).iterfind(".//{*}navPoint")
                links = ((_attribute(point, "content", "src"), _label(point)) for point in points)
            else:
                continue
            for target, text in links:
                labels.setdefault(self._member(path, target), " ".join(text.split()))
        return labels

    def _encrypted(self) -> set[str]:
        if "META-INF/encryption.xml" not in self._members:
            return set()
        references = self._parse("META-INF/encryption.xml").iterfind(".//{*}CipherReference")
        return {unquote(reference.get("URI", "")) for reference in references}

    def _member(self, base: str, reference: str) -> str:
        return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(urlsplit(reference).path)))

    def _parse(self, path: str) -> etree._Element:
        from glyph_integrations.source.xml import parse_xml

        if path not in self._members:
            raise MalformedError(f"{self._name} lacks a part that every EPUB has")
        return parse_xml(read_member(self._archive, path, self._name), self._name)


def _attribute(element: etree._Element, child: str, name: str) -> str:
    found = element.find(f"{{*}}{child}")
    return "" if found is None else found.get(name, "")


def _label(point: etree._Element) -> str:
    return point.findtext("{*}navLabel/{*}text") or ""
