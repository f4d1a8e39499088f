"""The tree of a message's parts, also where the line between them is not the one that was announced."""

from __future__ import annotations

import re
from email import message_from_string
from email.message import Message
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.email.bodies import read_bytes

if TYPE_CHECKING:
    from collections.abc import Iterator

_LINE_BETWEEN = re.compile(r"^--([^\s\"][^\n\"]{0,198})\r?\n(?=Content-)", re.MULTILINE | re.IGNORECASE)


def find_parts(part: Message) -> Message:
    """Return a part, after cutting a multipart in which its announced boundary never comes at the one that does."""
    if part.is_multipart() or part.get_content_maintype() != "multipart":
        return part
    payload = read_bytes(part).decode("ascii", "surrogateescape")
    line = _LINE_BETWEEN.search(payload)
    if line is None:
        return part
    boundary = line[1].strip()
    head = f'Content-Type: multipart/{part.get_content_subtype()}; boundary="{boundary}"\n\n'
    cut = message_from_string(head + payload, policy=part.policy)
    part.set_payload(cut.get_payload())
    return part


def list_children(part: Message) -> list[Message]:
    """Return the parts directly within a part."""
    payload = part.get_payload()
    return [child for child in payload if isinstance(child, Message)] if isinstance(payload, list) else []


def list_leaves(part: Message) -> Iterator[Message]:
    """Yield the parts that hold something; an attached message is one."""
    part = find_parts(part)
    if part.is_multipart() and part.get_content_maintype() == "multipart":
        for child in list_children(part):
            yield from list_leaves(child)
    else:
        yield part
