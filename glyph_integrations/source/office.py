"""What Word, PowerPoint and Excel files share: names, switches, and which of several alternatives is read."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
C = "{http://schemas.openxmlformats.org/drawingml/2006/chart}"
M = "{http://schemas.openxmlformats.org/officeDocument/2006/math}"
MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"
P = "{http://schemas.openxmlformats.org/presentationml/2006/main}"
R = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}"
W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
DGM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"

_UNDERSTOOD = (
    "Shape", "Group", "Canvas", "Drawing", "/wordml", "/symex", "/chartex", "/chart", "/picture", "/main", "/math",
)  # fmt: skip
"""How the namespaces of Office's extensions end that the readers understand."""


def choose_alternative(element: etree._Element) -> Iterator[etree._Element]:
    """Return the children of the first alternative of an ``mc:AlternateContent`` that is understood.

    What an alternative requires is known here by its namespace, as Office knows it.
    """
    alternatives = element.findall(f"{MC}Choice")
    fallback = element.find(f"{MC}Fallback")
    for choice in alternatives:
        required = (choice.nsmap.get(prefix, "") for prefix in choice.get("Requires", "").split())
        if all(space.endswith(_UNDERSTOOD) for space in required):
            return iter(choice)
    if fallback is None:
        return iter(alternatives[0] if alternatives else ())
    return iter(fallback)


def is_on(element: etree._Element | None, namespace: str = W) -> bool:
    """Whether a toggle property such as ``w:vanish`` is set."""
    return element is not None and element.get(f"{namespace}val", "1").lower() not in ("0", "false", "off")
