"""The pictures of Markdown: those whose bytes are in the text, and those that it only names."""

from __future__ import annotations

import binascii
import re
from typing import TYPE_CHECKING, NamedTuple
from urllib.parse import unquote_to_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

LONGEST_ALT = 1000
_DATA = "data:image/"
_NAMED = re.compile(r"!\[([^\]\n]{0,300})\]\(\s{0,9}<?([^)\s>]{1,500})")
_DEFINITION = re.compile(r"^ {0,3}\[([^\]\n]{1,200})\]:[ \t]*<?(?=data:image/)", re.MULTILINE)
_SOURCE = re.compile(r"""\bsrc\s{0,9}=\s{0,9}["']?(?=data:image/)""", re.IGNORECASE)
_ELSEWHERE = re.compile(r"^ {0,3}\[([^\]\n]{1,200})\]:[ \t]{0,9}<?([^\s<>]{1,500})", re.MULTILINE)
_REFERENCE = re.compile(r"!\[([^\]\n]{0,300})\](?:\[([^\]\n]{0,200})\])?")
_ADDRESS = re.compile(r"""\bsrc\s{0,9}=\s{0,9}["']?([^\s"'>]{1,500})""", re.IGNORECASE)
_ALT = re.compile(r"""\balt\s{0,9}=\s{0,9}["']([^"'>]{0,300})""", re.IGNORECASE)


class InlinePicture(NamedTuple):
    """A picture whose bytes are in the text: characters ``[start, end)``, its alternative text, its bytes and type."""

    start: int
    end: int
    alt: str
    data: bytes
    media_type: str


class Definition(NamedTuple):
    """A picture that is defined once and shown elsewhere by its label: characters ``[start, end)``."""

    start: int
    end: int
    data: bytes
    media_type: str


def find_pictures(text: str) -> tuple[list[InlinePicture], list[tuple[int, int]]]:
    """Return the pictures whose bytes are in the text, in order, and where those are defined that are."""
    if _DATA not in text:
        return [], []
    definitions = dict(_list_definitions(text))
    shown = [*_list_direct(text), *_list_tags(text), *_list_references(text, definitions)]
    pictures: list[InlinePicture] = []
    for picture in sorted(shown):
        if not pictures or picture.start >= pictures[-1].end:
            pictures.append(picture)
    used = {picture.data for picture in pictures}
    return pictures, sorted((found.start, found.end) for found in definitions.values() if found.data in used)


def list_named(text: str) -> list[tuple[int, str]]:
    """Return where pictures stand that are files elsewhere, and how they are called."""
    named = [(match.start(), match[2]) for match in _NAMED.finditer(text)]
    named += [(start, found[1]) for start, tag in _find_tags(text) if (found := _ADDRESS.search(tag))]
    addresses: dict[str, str] = {}
    for match in _ELSEWHERE.finditer(text):
        addresses.setdefault(match[1].casefold(), match[2])
    for match in _REFERENCE.finditer(text) if addresses else ():
        if match[2] is not None or text[match.end() : match.end() + 1] != "(":
            named.append((match.start(), addresses.get((match[2] or match[1]).casefold(), _DATA)))
    return sorted((start, address) for start, address in named if not address.lower().startswith("data:"))


def _find_tags(text: str) -> Iterator[tuple[int, str]]:
    """Yield where an ``<img …>`` begins, and all of it."""
    start = 0
    while (start := text.find("<img", start)) >= 0:
        end = text.find(">", start)
        if end < 0:
            return
        yield start, text[start : end + 1]
        start = end


def _read_address(text: str, start: int, closing: str) -> tuple[int, bytes, str] | None:
    """Return the end, the bytes and the type of a ``data:`` address that ends before one of some characters."""
    ends = [at for sign in closing if (at := text.find(sign, start)) >= 0]
    if not ends:
        return None
    end = min(ends)
    head, comma, body = text[start:end].partition(",")
    kind, *parameters = head[len("data:") :].split(";")
    if not comma:
        return None
    try:
        data = binascii.a2b_base64(body) if "base64" in parameters else unquote_to_bytes(body)
    except ValueError:
        data = b""
    return end, data, kind


def _list_direct(text: str) -> Iterator[InlinePicture]:
    """Yield ``![alt](data:…)``."""
    at = 0
    while (at := text.find(f"]({_DATA}", at)) >= 0:
        start = text.rfind("![", max(at - LONGEST_ALT, 0), at)
        address = _read_address(text, at + 2, ")\n")
        if start >= 0 and address is not None:
            end, data, kind = address
            yield InlinePicture(start, end + 1, text[start + 2 : at], data, kind)
            at = end
        at += 1


def _list_tags(text: str) -> Iterator[InlinePicture]:
    """Yield ``<img src="data:…">``."""
    for start, tag in _find_tags(text):
        if source := _SOURCE.search(tag):
            address = _read_address(tag, source.end(), "\"' >")
            if address is not None:
                alt = _ALT.search(tag)
                yield InlinePicture(start, start + len(tag), alt[1] if alt else "", address[1], address[2])


def _list_definitions(text: str) -> Iterator[tuple[str, Definition]]:
    """Yield ``[label]: <data:…>``, by label."""
    for match in _DEFINITION.finditer(text):
        line_end = text.find("\n", match.end())
        line_end = len(text) if line_end < 0 else line_end
        address = _read_address(f"{text[match.end() : line_end]}\n", 0, "> \n")
        if address is not None:
            yield match[1].casefold(), Definition(match.start(), line_end, address[1], address[2])


def _list_references(text: str, definitions: dict[str, Definition]) -> Iterator[InlinePicture]:
    """Yield ``![alt][label]`` and ``![label]``."""
    if not definitions:
        return
    for match in _REFERENCE.finditer(text):
        found = definitions.get((match[2] or match[1]).casefold())
        if found is not None:
            yield InlinePicture(match.start(), match.end(), match[1], found.data, found.media_type)
