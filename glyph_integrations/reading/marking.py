"""Marked documents: whole documents that travel inside other text, and can be told from it again.

Frameworks flatten the documents of a chain into one string before a model sees them. A mark keeps each of them whole.
It holds a hash of the document, so that a document cannot end its own mark, whatever it says, and equal documents have
equal marks, which caches of prompts need.
"""

from __future__ import annotations

import json
import re
import warnings
from dataclasses import dataclass
from hashlib import sha256
from typing import Final

from glyph_integrations.errors import CutDocumentWarning

_OPENING: Final = re.compile(r'<glyph-document ([0-9a-f]{32}) ("(?:[^"\\\n]|\\.)*")>\n')


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
    place = 0
    while opening := _OPENING.search(text, place):
        digest, name = opening[1], str(json.loads(opening[2]))
        place = opening.end()
        end = text.find(f"\n{_closing(digest)}", place)
        if end < 0 or _digest(text[place:end], name) != digest:
            warnings.warn(
                f"the document {name!r} was cut or changed after it was marked, as frameworks do with what outgrows "
                "the window that they know of: what is missing of it is not shown here",
                CutDocumentWarning,
                stacklevel=2,
            )
            continue
        parts += [text[taken : opening.start()], MarkedDocument(text=text[place:end], name=name)]
        taken = place = end + len(_closing(digest)) + 1
    return [part for part in (*parts, text[taken:]) if part]


def _closing(digest: str) -> str:
    return f"</glyph-document {digest}>"


def _digest(text: str, name: str) -> str:
    return sha256(f"{len(name)} {name}{text}".encode("utf-8", "surrogatepass")).hexdigest()[:32]
