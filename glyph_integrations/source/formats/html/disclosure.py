"""What a page shows by a click: the panels of tabs, accordions and dialogs that a control on the page names.

A person can read such a panel, so that it is kept although it is not displayed at first. The rule: a control that can
be seen itself and has words or a label names the panel by its id (``aria-controls``, ``data-bs-target``,
``popovertarget`` and their kin, or the address of a tab's link), or the panel (``role=tabpanel``) names its tab, or a
style sheet shows it while a box is checked (``:checked``) and the page has a label or a box that can be clicked.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

import tinycss2

from glyph_integrations.source.formats.html.css.sheets import Rule

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lxml import etree

_NAMING = ("aria-controls", "data-bs-target", "data-target", "popovertarget", "commandfor", "data-tab-target")
_TOGGLES = ("data-toggle", "data-bs-toggle", "aria-expanded", "aria-selected")
_CONTROLS = frozenset({"a", "button", "summary", "label", "input", "area"})
_ROLES = frozenset({"tab", "button", "menuitem", "link", "switch", "checkbox"})


def find_disclosed(
    tree: etree._Element, is_visible: Callable[[etree._Element], bool], toggled: set[etree._Element]
) -> set[etree._Element]:
    """Return the elements that a click on a visible control shows.

    Args:
        tree: The page.
        is_visible: Whether a person sees an element at first.
        toggled: What a style sheet shows while some box is checked.
    """
    by_id: dict[str, etree._Element] = {}
    for element in tree.iter("*"):
        if name := element.get("id"):
            by_id.setdefault(name, element)
    disclosed: set[etree._Element] = set()
    if toggled and any(_is_toggle(element, is_visible) for element in tree.iter("label", "input")):
        disclosed |= toggled
    for element in tree.iter("*"):
        if not element.attrib:
            continue
        if element.get("role") == "tabpanel":
            tab = by_id.get(element.get("aria-labelledby", ""))
            if tab is not None and tab.get("role") == "tab" and _is_control(tab, is_visible):
                disclosed.add(element)
        targets = [by_id[name] for name in _list_targets(element) if name in by_id]
        if targets and _is_control(element, is_visible):
            disclosed.update(targets)
    return disclosed


def list_toggling_rules(rules: Sequence[Rule]) -> list[Rule]:
    """Return the rules that show something while a box is checked, as if all boxes were."""
    toggling = []
    for rule in rules:
        selectors = tinycss2.serialize(rule.prelude)
        if ":checked" in selectors and any(
            _shows(name, value) for part in rule.declarations for name, value in part.pairs
        ):
            prelude = tinycss2.parse_component_value_list(selectors.replace(":checked", ":is(input, option)"))
            toggling.append(Rule(prelude, rule.declarations, rule.layer))
    return toggling


def _shows(name: str, value: object) -> bool:
    hiding = {"display": "none", "visibility": "hidden", "opacity": 0.0}
    if name in ("max-height", "height"):
        return not isinstance(value, tuple) or any(value)
    return name in hiding and value != hiding[name]


def _list_targets(element: etree._Element) -> Iterator[str]:
    """Yield the ids that an element's attributes name."""
    for attribute in _NAMING:
        for name in element.get(attribute, "").split():
            yield name.removeprefix("#")
    address = element.get("href", "")
    is_toggle = element.get("role") == "tab" or any(element.get(name) is not None for name in _TOGGLES)
    if is_toggle and address.startswith("#"):
        yield address[1:]


def _is_toggle(element: etree._Element, is_visible: Callable[[etree._Element], bool]) -> bool:
    """Return whether a click on an element checks a box."""
    if element.tag == "input":
        return element.get("type", "").lower() in ("checkbox", "radio") and is_visible(element)
    return any(str(text).strip() for text in element.itertext()) and is_visible(element)


def _is_control(element: etree._Element, is_visible: Callable[[etree._Element], bool]) -> bool:
    can_be_clicked = element.tag in _CONTROLS or element.get("role") in _ROLES or element.get("tabindex") is not None
    if not can_be_clicked or not is_visible(element):
        return False
    return bool(element.get("aria-label") or element.get("value") or element.get("title")) or any(
        str(text).strip() for text in element.itertext()
    )
