"""Forms in XFA, an XML of their own: in a dynamic one the pages are a placeholder and the XML is the document."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from lxml import etree

from glyph_integrations.errors import MalformedError, UnsupportedError
from glyph_integrations.source.formats.pdf.objects import find_catalog
from glyph_integrations.source.xml import parse_xml

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml.etree import _Element

    from glyph_integrations.source.formats.pdf.objects import Object

TICKED, UNTICKED = "\N{BALLOT BOX WITH CHECK}", "\N{BALLOT BOX}"
HIDDEN = frozenset({"hidden", "invisible", "inactive"})
_CONTAINERS = frozenset({"subform", "subformSet", "area", "pageSet", "pageArea"})


def is_dynamic(document: Any) -> bool:
    """Whether a document holds an XFA form that its pages do not show: it has to be drawn first, or has no fields."""
    form = find_catalog(document).get("AcroForm")
    no_fields = next(form.get("Fields").items(), None) is None
    return bool(form.get("XFA")) and (no_fields or needs_rendering(document))


def needs_rendering(document: Any) -> bool:
    """Whether the pages of a document say nothing but that its form has to be drawn."""
    return find_catalog(document).get("NeedsRendering").truth


def read_xfa(document: Any, name: str) -> list[str]:
    """What a dynamic form says, line by line: its text, and its fields as "caption: value".

    Raises:
        UnsupportedError: Its XML is damaged or empty; there is nothing else to read.
    """
    packets = {}
    try:
        for data in _list_packets(find_catalog(document).get("AcroForm").get("XFA")):
            for element in _unwrap(parse_xml(data, name)):
                packets[_name(element)] = element
        lines = list(Form(packets.get("template"), _find_data(packets.get("datasets"))).list_lines())
    except MalformedError as error:
        raise UnsupportedError(_explain(name)) from error
    if not lines:
        raise UnsupportedError(_explain(name))
    return lines


def _explain(name: str) -> str:
    return f"{name} is a dynamic XFA form that cannot be read: open it in Adobe Reader and print it to a PDF"


def _list_packets(xfa: Object) -> Iterator[bytes]:
    """The XML documents that a form consists of: one, or the parts of one, each well-formed but for the outermost."""
    if xfa.is_stream:
        yield xfa.read_data()
        return
    parts = [(label.text, part) for label, part in _pair(list(xfa.items()))]
    for label, part in parts:
        if label not in {"preamble", "postamble", "xdp:xdp", "</xdp:xdp>"} and part.is_stream:
            yield part.read_data()


def _pair(items: list[Object]) -> Iterator[tuple[Object, Object]]:
    return zip(items[::2], items[1::2], strict=False)


def _unwrap(root: _Element) -> list[_Element]:
    return list(root) if _name(root) == "xdp" else [root]


def _find_data(datasets: _Element | None) -> _Element | None:
    return next((child for child in datasets if _name(child) == "data"), None) if datasets is not None else None


class Form:
    """A form's template and the data that fill it, matched by name as XFA does."""

    def __init__(self, template: _Element | None, data: _Element | None) -> None:
        self._template = template
        self._data = data
        self._used: set[_Element] = set()

    def list_lines(self) -> Iterator[str]:
        """The lines of the template with their values, then the values that it has no field for."""
        if self._template is not None:
            for child in self._template:
                yield from self._fill(child, self._data)
        if self._data is not None:
            for leaf in self._data.iter(etree.Element):
                words = _read_words(leaf)
                if not len(leaf) and leaf not in self._used and words:
                    yield f"{_name(leaf)}: {words}"

    def _fill(self, element: _Element, data: _Element | None) -> Iterator[str]:
        kind = _name(element)
        if kind == "field":
            yield from self._fill_field(element, data)
        elif kind == "draw" and element.get("presence") not in HIDDEN:
            yield from _read_paragraphs(_child(element, "value"))
        elif kind == "exclGroup" and element.get("presence") not in HIDDEN:
            yield from self._fill_choice(element, data)
        elif kind in _CONTAINERS and element.get("presence") not in HIDDEN:
            title = _read_words(_child(element, "caption"))
            if title:
                yield title
            matches: list[_Element | None] = [] if data is None else [*self._find_matches(element, data)]
            for context in matches or [data]:
                for child in element:
                    yield from self._fill(child, context)

    def _find_matches(self, element: _Element, data: _Element) -> list[_Element]:
        """The groups of data that a part of the template stands for: one for each repetition."""
        name = element.get("name")
        return [child for child in data if name and _name(child) == name and len(child)]

    def _fill_field(self, field: _Element, data: _Element | None) -> Iterator[str]:
        name = field.get("name", "")
        found = self._find_value(field, name, data)
        if found is not None:
            self._used.add(found)
        value = _read_words(found) if found is not None else _read_words(_child(field, "value"))
        caption = _read_words(_child(field, "caption")) or (name if value else "")
        if field.get("presence") in HIDDEN or not (caption or value):
            return
        controls = _child(field, "ui")
        interface = next(iter(controls), None) if controls is not None else None
        if interface is not None and _name(interface) == "checkButton":
            yield f"{TICKED if value and value == _list_items(field)[0] else UNTICKED} {caption}"
        elif interface is None or _name(interface) != "button":
            yield f"{caption}: {_find_shown(field, value)}".rstrip()

    def _fill_choice(self, group: _Element, data: _Element | None) -> Iterator[str]:
        """The fields of which one can be chosen: the group has the value, not they."""
        found = self._find_value(group, group.get("name", ""), data)
        if found is not None:
            self._used.add(found)
        value = _read_words(found)
        title = _read_words(_child(group, "caption"))
        if title:
            yield title
        for field in group:
            if _name(field) == "field":
                chosen = bool(value) and value == _list_items(field)[0]
                yield f"{TICKED if chosen else UNTICKED} {_read_words(_child(field, 'caption'))}".rstrip()

    def _find_value(self, field: _Element, name: str, data: _Element | None) -> _Element | None:
        bind = _child(field, "bind")
        reference = bind.get("ref", "") if bind is not None else ""
        if bind is not None and bind.get("match") == "none":
            return None
        if reference:
            name = reference.rsplit(".", 1)[-1].partition("[")[0]
        context = data
        while context is not None:  # the nearest group that has it
            for child in context:
                if _name(child) == name and not len(child) and child not in self._used:
                    return child
            context = context.getparent() if context is not self._data else None
        if reference and self._data is not None:
            return next(
                (leaf for leaf in self._data.iter(etree.Element) if _name(leaf) == name and not len(leaf)), None
            )
        return None


def _find_shown(field: _Element, value: str) -> str:
    """What a list shows for a value that it saves."""
    lists = [child for child in field if _name(child) == "items"]
    saved = next((items for items in lists if items.get("save") == "1"), None)
    shown = next((items for items in lists if items is not saved), None)
    if saved is None or shown is None:
        return value
    pairs = dict(zip((_read_words(item) for item in saved), (_read_words(item) for item in shown), strict=False))
    return pairs.get(value, value)


def _list_items(field: _Element) -> list[str]:
    """The values that a button to tick takes; the first is that of the ticked one."""
    items = _child(field, "items")
    return [_read_words(item) for item in items] if items is not None and len(items) else ["1"]


def _read_paragraphs(element: _Element | None) -> Iterator[str]:
    """The paragraphs of a text that may be rich."""
    if element is None:
        return
    paragraphs = [found for found in element.iter(etree.Element) if _name(found) in {"p", "li"}] or [element]
    for paragraph in paragraphs:
        words = _read_words(paragraph)
        if words:
            yield words


def _read_words(element: _Element | None) -> str:
    if element is None:
        return ""
    return " ".join("".join(str(piece) for piece in element.itertext()).split())


def _child(element: _Element, name: str) -> _Element | None:
    return next((child for child in element if _name(child) == name), None)


def _name(element: _Element) -> str:
    """Without its namespace; empty for what is no element."""
    return element.tag.rpartition("}")[2] if isinstance(element.tag, str) else ""
