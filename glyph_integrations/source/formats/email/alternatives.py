"""Which of several forms of the same text is read: the plain one, unless the other says more."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.email.bodies import read_bytes, read_text
from glyph_integrations.source.formats.email.headers import read_charset, read_filename
from glyph_integrations.source.formats.email.parts import list_leaves

if TYPE_CHECKING:
    from collections.abc import Sequence
    from email.message import Message

    from glyph_integrations.source.limits import Limits

LEAST_SHARE = 0.5
"""A plain form with fewer of the words of the other one, or whose own words are not in it, only stands in for it."""
_WORD = re.compile(r"\w+")
_URL = re.compile(r"https?://\S+")
_NOT_SHOWN = frozenset({"text/x-amp-html", "text/watch-html", "text/calendar"})


def choose_form(parts: Sequence[Message], limits: Limits) -> Message | None:
    """Return the part of a multipart/alternative that is read; None where none is text.

    The plain form is, unless the rich one carries files or pictures, or the plain one lacks half of its words or has
    others: then it is blank, a remark that there is HTML, an excerpt, or not what a person is shown.
    """
    readable = [part for part in parts if is_readable(part)]
    plain = next((part for part in readable if part.get_content_type() == "text/plain"), None)
    rich = next((part for part in reversed(readable) if part.get_content_type() != "text/plain"), None)
    if plain is None or rich is None:
        return rich or plain
    leaves = list(list_leaves(rich))
    if any(_carries_more(leaf) for leaf in leaves):
        return rich
    rich_words, plain_words = _list_words(_read_rich(leaves, limits)), _list_words(read_text(plain))
    if not rich_words:
        return plain
    if len(rich_words) < LEAST_SHARE * len(plain_words) and any(b"<img" in read_bytes(leaf).lower() for leaf in leaves):
        return plain  # the rich form says it in pictures
    known = set(rich_words)
    shared = sum(word in known for word in plain_words)
    stands_alone = len(plain_words) >= LEAST_SHARE * len(rich_words) and shared >= LEAST_SHARE * len(plain_words)
    return plain if plain_words and stands_alone else rich


def _carries_more(leaf: Message) -> bool:
    """Whether a part of the rich form is a file, or a page with pictures that the message carries."""
    return leaf.get_content_maintype() != "text" or bool(read_filename(leaf)) or b"cid:" in read_bytes(leaf).lower()


def is_readable(part: Message) -> bool:
    """Whether a part is text, or holds some."""
    return any(
        leaf.get_content_maintype() == "text" and leaf.get_content_type() not in _NOT_SHOWN
        for leaf in list_leaves(part)
    )


def _list_words(text: str) -> list[str]:
    return _WORD.findall(_URL.sub(" ", text).lower())


def _read_rich(leaves: Sequence[Message], limits: Limits) -> str:
    """Return what a person sees of the parts of a form that is not plain."""
    from glyph_integrations.source.formats.html.parsing import parse
    from glyph_integrations.source.formats.html.writing import write

    texts = []
    for leaf in leaves:
        if leaf.get_content_type() == "text/html":
            builder = TextBuilder(limits)
            try:
                write(builder, parse(read_bytes(leaf), "HTML", read_charset(leaf)))
                lines = builder.finish(name="", media_type="").text.split("\n")
                texts += [line for line in lines if not line.startswith("[picture")]
            except Exception:  # noqa: BLE001, S112 - a page that cannot be read says nothing
                continue
        else:
            texts.append(read_text(leaf))
    return "\n".join(texts)
