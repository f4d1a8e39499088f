"""Marked documents: whole documents that travel inside other text, and can be told from it again.

Frameworks flatten the documents of a chain into one string before a model sees them. A mark keeps each of them whole.
It holds a hash of the document, so that a document cannot end its own mark, whatever it says, and equal documents have
equal marks, which caches of prompts need.
"""

from __future__ import annotations

import json
import re
import warnings
from bisect import bisect_left
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from glyph_integrations.errors import CutDocumentWarning

_OPENING: Final = re.compile(r'<glyph-document ([0-9a-f]{32}) ("(?:[^"\\\n]|\\.)*+")>\n')
_CLOSING: Final = re.compile(r"\n</glyph-document ([0-9a-f]{32})>")
_ROUNDS: Final = 8  # how often a text may be hashed; genuine marks stand in each other once or twice


@dataclass(frozen=True, slots=True, kw_only=True)
class MarkedDocument:
    """A document that was marked.

    Attributes:
        text: Its text.
        name: What it is called.
    """

    text: str
    name: str


def mark_document(text: str, *, name: str = "document") -> str:
    """Marks a text as a document, of which models that understand the mark are shown the pages.

    Other models can read the marked text as it is.
    """
    digest = _digest(text, name)
    return f"<glyph-document {digest} {json.dumps(name)}>\n{text}\n{_closing(digest)}"


def split_marked(text: str) -> list[str | MarkedDocument]:
    """Takes a text apart: the documents marked in it, and the text around them; empty text is left out.

    What only looks like a mark, or was changed after it was marked, is text, and a ``CutDocumentWarning`` names it.
    """
    parts: list[str | MarkedDocument] = []
    taken = 0
    closings = _find_closings(text)
    openings = list(_OPENING.finditer(text)) if "<glyph-document " in text else []
    room = _ROUNDS * len(text)
    for opening in openings:
        digest, name, place = opening[1], str(json.loads(opening[2])), opening.end()
        if opening.start() < taken:
            continue
        ends = closings.get(digest, [])
        at = bisect_left(ends, place - 1)
        end = ends[at] if at < len(ends) else -1
        room -= max(end - place, 0)
        if end < 0 or room < 0 or _digest(text[place:end], name) != digest:
            _warn_of_cut(name)
            continue
        parts += [text[taken : opening.start()], MarkedDocument(text=text[place:end], name=name)]
        taken = end + len(_closing(digest)) + 1
    return [part for part in (*parts, text[taken:]) if part]


def _find_closings(text: str) -> dict[str, list[int]]:
    """Where the marks of each document end: the offsets of the line breaks before them."""
    ends: dict[str, list[int]] = {}
    for match in _CLOSING.finditer(text):
        ends.setdefault(match[1], []).append(match.start())
    return ends


def _warn_of_cut(name: str) -> None:
    warnings.warn(
        f"the document {name!r} was cut or changed after it was marked, as frameworks do with what outgrows the window "
        "that they know of: what is missing of it is not shown here",
        CutDocumentWarning,
        stacklevel=3,
    )


def _closing(digest: str) -> str:
    return f"</glyph-document {digest}>"


def _digest(text: str, name: str) -> str:
    return sha256(f"{len(name)} {name}{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
