"""What the slides of a presentation share."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Mapping

    from lxml import etree


@dataclass(frozen=True, slots=True, kw_only=True)
class Deck:
    """What the slides of a presentation share.

    Attributes:
        width: Of a slide, in English metric units.
        height: Likewise.
        defaults: Its ``p:defaultTextStyle``; None where it has none.
        authors: Of comments, by identifier.
        keep_furniture: Whether footers and slide numbers are written on every slide.
        furniture: The footers, and the words of layouts and masters, that were written already.
    """

    width: int
    height: int
    defaults: etree._Element | None
    authors: Mapping[str, str]
    keep_furniture: bool
    furniture: set[str] = field(default_factory=set)
