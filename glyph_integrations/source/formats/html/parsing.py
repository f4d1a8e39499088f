"""Bytes to an element tree whose tags are plain lower-case names, for HTML and XHTML alike."""

from __future__ import annotations

import re
from contextlib import suppress
from html.entities import html5

from lxml import etree

from glyph_integrations.errors import MalformedError, TooLargeError
from glyph_integrations.source.encoding import decode
from glyph_integrations.source.xml import parse_xml

_CHARSET = re.compile(rb"""<meta[^>]{0,200}?charset\s*=\s*["']?\s*([\w-]+)""", re.IGNORECASE)
_XML_ENCODING = re.compile(r"""^\s*<\?xml[^>]*\?>""")
_XHTML = re.compile(r"<html[^>]+http://www\.w3\.org/1999/xhtml", re.IGNORECASE)
_ENTITY = re.compile(r"&(\w+);")
# What follows these belongs to the body all the same; libxml2 would leave it out of the tree.
_ENDS = re.compile(r"</(?:body|html)\s*>", re.IGNORECASE)
# Empty elements that libxml2 does not know to be that: it would put what follows into them.
_EMPTY = re.compile(r"<(source|track|wbr)(\s[^<>]*)?>", re.IGNORECASE)
_OF_HEADS = frozenset(
    {"title", "meta", "link", "style", "script", "base", "basefont", "bgsound", "noscript", "template", "noframes"}
)
_XML_ENTITIES = frozenset({"amp", "lt", "gt", "quot", "apos"})
# Tags that an HTML parser takes as opened for good when XHTML closes them at once.
_SELF_CLOSED = re.compile(r"<(title|script|style|textarea|iframe|a|div|span|p|td|i|b)(\s[^<>]*)?/>", re.IGNORECASE)


def parse(data: bytes, name: str, charset: str = "") -> etree._Element:
    """Parses HTML leniently; ``charset`` is what a header said.

    Raises:
        MalformedError: It cannot be parsed.
        TooLargeError: It is nested more than 2,048 deep.
    """
    stated = _CHARSET.search(data[:4096])
    charset = charset or (stated[1].decode("ascii") if stated else "")
    text = _decode_utf_8(data) if charset.lower() in ("utf-8", "utf8") else ""
    text = text or decode(data, charset)[0]
    text = _XML_ENCODING.sub("", text, count=1).replace("\0", "\ufffd")
    tree = _parse_xhtml(text, name) if _XHTML.search(text[:4096]) else None
    if tree is None:
        tree = _parse_html(text, name)
    for element in tree.iter(etree.Element):
        tag = element.tag.rpartition("}")[2].lower()
        if tag != element.tag:
            with suppress(ValueError):  # what the parser made of `<IMG°src=…>` may not be set, but may stay
                element.tag = tag
    return tree


def _decode_utf_8(data: bytes) -> str:
    """Return text that is said to be UTF-8 and is, but for a few bytes; empty where more of it is something else."""
    text = data.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    if not broken or sum(character > "\x7f" for character in text) < 2 * broken:
        return ""
    return data.decode("utf-8", "backslashreplace")


def _parse_xhtml(text: str, name: str) -> etree._Element | None:
    """Strictly, as XML; None where it is none, as so often."""
    text = _ENTITY.sub(
        lambda match: match[0] if match[1] in _XML_ENTITIES else html5.get(f"{match[1]};", match[0]), text
    )
    try:
        return parse_xml(text.encode("utf-8", "replace"), name)
    except MalformedError:
        return None


def _parse_html(text: str, name: str) -> etree._Element:
    text = _EMPTY.sub(r"<\1\2></\1>", _ENDS.sub("", text))
    # Without huge_tree libxml2 silently ends at a depth of 256, with it at 2,048. HTML has no entities to blow up.
    parser = etree.HTMLParser(encoding="utf-8", no_network=True, remove_comments=True, remove_pis=True, huge_tree=True)
    tree = etree.fromstring(_SELF_CLOSED.sub(r"<\1\2></\1>", text).encode("utf-8", "replace"), parser)
    if any(entry.type_name == "ERR_NAME_TOO_LONG" or "depth" in (entry.message or "") for entry in parser.error_log):
        raise TooLargeError(f"{name} is nested too deeply")
    if tree is None:
        raise MalformedError(f"{name} is no HTML")
    _end_head(tree)
    return tree


def _end_head(tree: etree._Element) -> None:
    """Put what no head can hold, and all that follows it, into the body, as browsers do."""
    head = tree.find("head")
    misplaced: list[etree._Element] = []
    for child in head if head is not None else ():
        if misplaced or child.tag not in _OF_HEADS:
            misplaced.append(child)
    if not misplaced:
        return
    body = tree.find("body")
    if body is None:
        body = etree.SubElement(tree, "body")
    before, body.text = body.text, None
    misplaced[-1].tail = f"{misplaced[-1].tail or ''}{before or ''}"
    for child in reversed(misplaced):
        body.insert(0, child)
