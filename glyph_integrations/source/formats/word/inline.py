"""What a paragraph of a Word document holds: words, and things that have no place within a line."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.words import Cut, Words, join_words

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.formats.word.drawings import Shown
    from glyph_integrations.source.packages import Part


@dataclass(frozen=True, slots=True)
class Note:
    """A footnote, an endnote or a comment: its mark, its content, and the part that it stands in."""

    mark: str
    content: etree._Element
    part: Part


@dataclass(frozen=True, slots=True)
class LeftOut:
    """Text that is left out: why, and whether a person could not have seen it."""

    reason: str
    text: str
    hidden: bool


@dataclass(slots=True)
class Inline:
    """One paragraph.

    Attributes:
        pieces: Words, deletions and what is shown between them, in order.
        notes: Footnotes and comments that it refers to.
        left_out: What is left out.
        unknown: Names of what is not understood, with the text in it.
    """

    pieces: list[Words | Cut | Shown] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    left_out: list[LeftOut] = field(default_factory=list)
    unknown: list[tuple[str, str]] = field(default_factory=list)

    @property
    def text(self) -> str:
        """The words alone, with tabs and line ends."""
        return join_words(piece for piece in self.pieces if isinstance(piece, (Words, Cut)))

    @property
    def shown(self) -> list[Shown]:
        """What stands between the words."""
        return [piece for piece in self.pieces if not isinstance(piece, (Words, Cut))]
