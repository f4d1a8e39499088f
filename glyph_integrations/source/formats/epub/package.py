"""What a book's container says of it: its items in reading order, their names, what is encrypted."""

from __future__ import annotations

import posixpath
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any
from urllib.parse import unquote, urlsplit

import tinycss2

from glyph_integrations.errors import LoadError, MalformedError
from glyph_integrations.source.archives import read_member
from glyph_integrations.source.encoding import decode
from glyph_integrations.source.formats.html.css.media import media_holds
from glyph_integrations.source.media_types import BY_SUFFIX
from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator
    from zipfile import ZipFile

    from lxml import etree

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_PAGES = ("application/xhtml+xml", "text/html", "application/x-dtbook+xml", "application/xml", "text/xml")
_READABLE = (*_PAGES, "image/svg+xml", "image/png", "image/jpeg", "image/gif", "image/webp", "image/bmp", "image/tiff")
_FALLBACKS = 10
_IMPORTS = 5
# Fonts that are only disguised with a key that stands in the book itself.
_DISGUISES = ("http://www.idpf.org/2008/embedding", "http://ns.adobe.com/pdf/enc#RC")
_FONTS = (".otf", ".ttf", ".woff", ".woff2")


@dataclass(frozen=True, slots=True, kw_only=True)
class Item:
    """One item of the spine.

    Attributes:
        path: The member of the container that holds it.
        media_type: What the package says that it is.
        label: Its name in the table of contents.
        problem: Why it cannot be read; empty where it can.
        is_encrypted: Whether digital rights management is why.
    """

    path: str
    media_type: str = ""
    label: str = ""
    problem: str = ""
    is_encrypted: bool = False

    @property
    def name(self) -> str:
        """The last part of its path."""
        return posixpath.basename(self.path)


class Book:
    """A book's container.

    Args:
        archive: The container, checked against the limits.
        name: The book's, for messages.

    Raises:
        MalformedError: It has no package.
    """

    def __init__(self, archive: ZipFile, name: str) -> None:
        self._archive = archive
        self._name = name
        self._members = set(archive.namelist())
        self._sheets: dict[str, bytes] = {}
        self._place = self._find_package()
        self._package = self._parse(self._place)
        self._items = {item.get("id", ""): item for item in self._package.iterfind(".//{*}manifest/{*}item")}
        self._encrypted = self._list_encrypted()

    def list_items(self) -> list[Item]:
        """Return the items of the spine in order, also those that cannot be read."""
        labels = self._read_labels()
        return [self._find_item(reference.get("idref", ""), labels) for reference in self._iterate_spine()]

    def read(self, path: str) -> bytes:
        """Return a member.

        Raises:
            MalformedError: It is missing or damaged.
        """
        return read_member(self._archive, path, self._name)

    def make_resolver(self, chapter: str) -> Callable[[str], tuple[bytes, str] | None]:
        """Return a function that gives what an address in a chapter stands for, from the container alone."""

        def resolve(address: str) -> tuple[bytes, str] | None:
            path = _join(chapter, address)
            if path not in self._members or path in self._encrypted or _is_remote(address):
                return None
            media_type = BY_SUFFIX.get(posixpath.splitext(path)[1].lower(), "")
            try:
                data = self._read_sheet(path, 0) if media_type == "text/css" else self.read(path)
            except LoadError:
                return None
            return data, media_type

        return resolve

    def read_metadata(self) -> dict[str, str]:
        """Return title, author and so on, as the book states them."""
        found: dict[str, str] = {}
        for field, key in (("title", "title"), ("creator", "author"), ("language", "language"), ("date", "created")):
            texts = [
                element.text.strip()
                for element in self._package.iterfind(f".//{{*}}metadata//{{*}}{field}")
                if element.text and element.text.strip()
            ]
            if texts:
                found[key] = ", ".join(texts)
        return found

    def _find_package(self) -> str:
        """Return the member that describes the book; a container that does not say which has only one."""
        if _CONTAINER in self._members:
            container = self._parse(_CONTAINER)
            place = next((root.get("full-path", "") for root in container.iterfind(".//{*}rootfile")), "")
            if place in self._members:
                return place
        packages = sorted(member for member in self._members if member.endswith(".opf"))
        if not packages:
            raise MalformedError(f"{self._name} lacks a part that every EPUB has")
        return packages[0]

    def _iterate_spine(self) -> Iterator[etree._Element]:
        yield from self._package.iterfind(".//{*}spine/{*}itemref")

    def _find_item(self, name: str, labels: dict[str, str]) -> Item:
        """Return an item, or the first of its fallbacks that can be read."""
        first: Item | None = None
        for _ in range(_FALLBACKS):
            entry = self._items.get(name)
            if entry is None:
                break
            item = self._describe(entry, labels)
            if not item.problem:
                return item
            first = first or item
            name = entry.get("fallback", "")
        return first or Item(path=name, problem="not in the book's list of files")

    def _describe(self, entry: etree._Element, labels: dict[str, str]) -> Item:
        path = _join(self._place, entry.get("href", ""))
        media_type = entry.get("media-type", "").strip().lower()
        is_encrypted = path in self._encrypted
        problem = ""
        if media_type not in _READABLE:
            problem = f"a kind that is not read here ({media_type[:60] or 'unknown'})"
        elif path not in self._members:
            problem = "missing from the book"
        elif is_encrypted:
            problem = "digital rights management"
        return Item(
            path=path, media_type=media_type, label=labels.get(path, ""), problem=problem, is_encrypted=is_encrypted
        )

    def _read_labels(self) -> dict[str, str]:
        """Return names of chapters from the navigation document, or from the older NCX."""
        labels: dict[str, str] = {}
        for item in self._items.values():
            path = _join(self._place, item.get("href", ""))
            is_navigation = "nav" in item.get("properties", "").split()
            if path not in self._members or path in self._encrypted:
                continue
            if not is_navigation and item.get("media-type") != "application/x-dtbncx+xml":
                continue
            try:
                root = self._parse(path)
            except MalformedError:
                continue
            for target, text in _list_links(root) if is_navigation else _list_points(root):
                labels.setdefault(_join(path, target), " ".join(text.split()))
        return labels

    def _list_encrypted(self) -> set[str]:
        """Return the members that are encrypted; disguised fonts are none of a reader's concern."""
        if _ENCRYPTION not in self._members:
            return set()
        encrypted = set()
        for entry in self._parse(_ENCRYPTION).iterfind(".//{*}EncryptedData"):
            method = next((found.get("Algorithm", "") for found in entry.iterfind("{*}EncryptionMethod")), "")
            for reference in entry.iterfind(".//{*}CipherReference"):
                path = posixpath.normpath(unquote(reference.get("URI", "")))
                if not (method in _DISGUISES or path.lower().endswith(_FONTS)):
                    encrypted.add(path)
        return encrypted

    def _read_sheet(self, path: str, depth: int) -> bytes:
        """Return a style sheet with those that it imports in their place."""
        if path in self._sheets or depth > _IMPORTS:
            return self._sheets.get(path, b"")
        text = decode(self.read(path))[0]
        self._sheets[path] = b""  # what imports itself finds nothing new
        parts: list[bytes] = []
        if "@import" in text.lower():
            rules = tinycss2.parse_stylesheet(text)
            imported = {id(rule): found for rule in rules if (found := self._find_import(path, rule))}
            parts = [self._read_sheet(found, depth + 1) for found in imported.values()]
            text = tinycss2.serialize([rule for rule in rules if id(rule) not in imported])
        self._sheets[path] = b"\n".join((*parts, text.encode()))
        return self._sheets[path]

    def _find_import(self, path: str, rule: Any) -> str:
        """Return the member that a rule of a sheet imports; empty where it imports none."""
        if rule.type != "at-rule" or rule.lower_at_keyword != "import":
            return ""
        prelude = [token for token in rule.prelude if token.type != "whitespace"]
        if not prelude or prelude[0].type not in ("string", "url") or not media_holds(prelude[1:]):
            return ""
        found = _join(path, str(prelude[0].value))
        return found if found in self._members else ""

    def _parse(self, path: str) -> etree._Element:
        if path not in self._members:
            raise MalformedError(f"{self._name} lacks a part that every EPUB has")
        return parse_xml(read_member(self._archive, path, self._name), self._name)


def _join(base: str, address: str) -> str:
    """Return the member that an address in another member stands for."""
    try:
        path = urlsplit(address.strip()).path
    except ValueError:
        path = address
    return posixpath.normpath(posixpath.join(posixpath.dirname(base), unquote(path))).lstrip("/")


def _is_remote(address: str) -> bool:
    return "://" in address[:20] or address.startswith("//")


def _list_links(root: etree._Element) -> Iterator[tuple[str, str]]:
    for link in root.iterfind(".//{*}a"):
        yield link.get("href", ""), "".join(map(str, link.itertext()))


def _list_points(root: etree._Element) -> Iterator[tuple[str, str]]:
    for point in root.iterfind(".//{*}navPoint"):
        content = point.find("{*}content")
        yield "" if content is None else content.get("src", ""), point.findtext("{*}navLabel/{*}text") or ""
