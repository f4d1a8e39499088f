"""Form fields as a person sees them: what is ticked, chosen and filled in."""

from __future__ import annotations

from itertools import groupby
from typing import TYPE_CHECKING

from lxml import etree

from glyph_integrations.source.visibility import HiddenReason

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from glyph_integrations.source.builder import TextBuilder

TICKED, UNTICKED = "☑", "☐"
_WITHOUT_TEXT = frozenset({"hidden", "image", "file", "range", "color"})


def read_input(element: etree._Element, builder: TextBuilder) -> str:
    """Return what an ``input`` shows; a password never shows, and one that is there is reported without it."""
    kind = element.get("type", "text").strip().lower()
    value = element.get("value", "")
    if kind in ("checkbox", "radio"):
        return f"{TICKED if element.get('checked') is not None else UNTICKED} "
    if kind == "password":
        if value:
            builder.drop("password", len(value), hidden=False)
        return ""
    if kind in ("submit", "reset"):
        return f" {value or kind.capitalize()} "
    if kind in _WITHOUT_TEXT:
        return f" {value} " if kind in ("range", "color") and value else ""
    return f" {value or element.get('placeholder', '')} "


def read_select(element: etree._Element, builder: TextBuilder) -> list[str]:
    """Return the lines that a ``select`` shows: the choice of a menu, or every option of a list box with its state.

    The options of a list box stand below the label of their group. The options of a menu that are not chosen are
    reported, with the label of their group.
    """
    for text in _list_outside(element):
        builder.drop(HiddenReason.NOT_DISPLAYED, text)
    options = []
    for option in element.iter("option"):
        group = _find_group(option)
        if option.get("hidden") is None and (group is None or group.get("hidden") is None):
            options.append(option)
        else:
            builder.drop(HiddenReason.NOT_DISPLAYED, _label(option))
    chosen = [option for option in options if option.get("selected") is not None][-1:]
    if _is_list_box(element):
        return list(_list_grouped(options))
    shown = chosen or [option for option in options if option.get("disabled") is None][:1] or options[:1]
    for option in options:
        if option is not shown[0]:
            label = _label_group(_find_group(option))
            words = f"{label}: {_label(option)}" if label else _label(option)
            builder.drop("option not chosen", words, hidden=False)
    return [_label(option) for option in shown]


def _list_grouped(options: Iterable[etree._Element]) -> Iterator[str]:
    """Yield options with their state, and before the first of each group the group's label."""
    for group, members in groupby(options, _find_group):
        if label := _label_group(group):
            yield label
        for option in members:
            yield f"{UNTICKED if option.get('selected') is None else TICKED} {_label(option)}"


def _find_group(option: etree._Element) -> etree._Element | None:
    parent = option.getparent()
    return parent if parent is not None and parent.tag == "optgroup" else None


def _label_group(group: etree._Element | None) -> str:
    return "" if group is None else " ".join(group.get("label", "").split())


def _list_outside(element: etree._Element) -> Iterator[str]:
    """Yield what stands between options, which no browser shows."""
    inside = 0
    for event, node in etree.iterwalk(element, events=("start", "end")):
        inside += (node.tag == "option") * (1 if event == "start" else -1)
        text = node.text if event == "start" else None if node is element else node.tail
        if not inside and text and text.strip():
            yield text


def _is_list_box(element: etree._Element) -> bool:
    size = element.get("size", "").strip()
    return element.get("multiple") is not None or (size.isdecimal() and len(size) < 5 and int(size) > 1)


def _label(option: etree._Element) -> str:
    return " ".join((option.get("label") or "".join(map(str, option.itertext()))).split())
