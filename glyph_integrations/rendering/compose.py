"""Characters to glyphs: which entry draws each character, how wide it is, and where a line may break."""

from __future__ import annotations

import unicodedata
from collections import Counter
from functools import cached_property
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from glyph_integrations.rendering import shaping
from glyph_integrations.rendering.atlas import EMPTY, SHAPED, GlyphAtlas
from glyph_integrations.rendering.characters import (
    ALLOWED,
    CLOSING,
    COMPLEX,
    DASH,
    EMERGENCY,
    IDEOGRAPH,
    MARK,
    NEVER,
    OPENING,
    SPACE,
    code_points,
)
from glyph_integrations.rendering.verbatim import Verbatim, between

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.rendering.style import RenderStyle

NEWLINE, RETURN, TAB, BLANK, ZWJ = 0x0A, 0x0D, 0x09, 0x20, 0x200D
ZERO, NINE = 0x30, 0x39
_SAMPLE = 50_000  # characters that decide the direction of a text
_CONTEXT = 256  # characters looked back and ahead for the shaping of a word cut by a line end


class Composition(NamedTuple):
    """Characters as glyphs; all arrays have the shape [characters].

    Attributes:
        entries: Atlas entry; ``SHAPED`` where shaping draws it.
        advances: Width in the atlas's units.
        breaks: Whether a line may begin here: ``NEVER``, ``EMERGENCY`` (a word longer than the line), ``ALLOWED``.
        hard: Whether a line ends after this character in any case.
        spaces: Whether the character may hang over the end of a line.
    """

    entries: NDArray[np.int32]
    advances: NDArray[np.int32]
    breaks: NDArray[np.uint8]
    hard: NDArray[np.bool_]
    spaces: NDArray[np.bool_]

    def part(self, part: slice) -> Composition:
        """The composition of some of the characters."""
        return Composition(
            self.entries[part], self.advances[part], self.breaks[part], self.hard[part], self.spaces[part]
        )


class Composer:
    """Composes ranges of one text; the result for a character does not depend on the range asked for.

    Args:
        text: The whole text.
        style: How it is typeset.
        atlas: Where its glyphs come from.
        rows: Ranges of table rows, in order, shape [rows, 2]: each begins on a new line.
        verbatim: How text with a layout of its own is laid out.
    """

    def __init__(
        self, text: str, style: RenderStyle, atlas: GlyphAtlas, rows: NDArray[np.int64], verbatim: Verbatim
    ) -> None:
        self.text = text
        self.style = style
        self.atlas = atlas
        self.rows = rows
        self.verbatim = verbatim
        self.shaper = shaping.Shaper(atlas)
        atlas.assign(NEWLINE, atlas.mark(style.newline_mark) if style.newline_mark else EMPTY)
        self._line_ends = np.sort(np.concatenate([rows[:, 0] - 1, rows[:, 1], verbatim.ends]))
        self._block = 0, 0, self._compose(0, 0)

    def code_points(self, start: int, stop: int) -> NDArray[np.uint32]:
        """The characters of a range as numbers."""
        return code_points(self.text[start:stop])

    def compose(self, start: int, stop: int) -> Composition:
        """Composes characters ``[start, stop)``, or takes them from the last block."""
        first, last, block = self._block
        if first <= start <= stop <= last:
            return block.part(slice(start - first, stop - first))
        return self._compose(start, stop)

    def compose_block(self, start: int, stop: int) -> Composition:
        """Composes a long range and keeps it for the pages that will be drawn from it next."""
        composition = self._compose(start, stop)
        self._block = start, stop, composition
        return composition

    def _compose(self, start: int, stop: int) -> Composition:
        begin, end = self.context(start, stop)
        code_points = self.code_points(begin, end)
        entries = self.atlas.entries(code_points)
        kinds = self.atlas.kinds[code_points]
        hard = self._hard(code_points, begin)
        self._replace(code_points, kinds, entries, hard, begin)
        self._set_verbatim(code_points, entries, begin)
        advances = self.atlas.advance[entries]
        tabs = between(self.verbatim.tabs, begin, end)
        advances[self.verbatim.tabs[tabs] - begin] *= self.verbatim.stops[tabs].astype(np.int32)
        spaces = ((kinds & SPACE) != 0) & ~self.atlas.inked[np.maximum(entries, EMPTY)]
        breaks = self._breaks(code_points, kinds, entries, spaces)
        if (kinds & COMPLEX).any():
            self.shaper.measure(self.text[begin:end], kinds, entries, advances, breaks)
        composition = Composition(entries, advances, breaks, hard, spaces)
        return composition.part(slice(start - begin, stop - begin))

    def escaped(self, start: int, stop: int) -> Counter[int]:
        """Code points of a range that are spelled instead of drawn, with their counts.

        Raises:
            RuntimeError: A character is neither drawn nor spelled, which is a defect of this package.
        """
        code_points = self.code_points(start, stop)
        composition = self.compose(start, stop)
        entries = np.maximum(composition.entries, EMPTY)
        spelled = self.atlas.escaped[entries]
        stood_for = (composition.entries == SHAPED) | (composition.entries == EMPTY)
        lost = ~(spelled | stood_for | self.atlas.inked[entries])
        for code_point in np.unique(code_points[lost]).tolist():
            if unicodedata.category(chr(code_point)) != "Zs" and code_point != TAB:
                raise RuntimeError(f"U+{code_point:04X} would be lost")
        return Counter(code_points[spelled].tolist())

    def direction(self, position: int) -> str:
        """``"R"`` where the line at this character begins at the right, else ``"L"``.

        A line has the direction of its paragraph; where paragraphs run on in a line, that of most of the text.
        """
        if self.style.newline == "mark":
            return self._main_direction
        paragraph = self.text.rfind("\n", 0, position) + 1
        return shaping.base_direction(self.text[paragraph : paragraph + 1000])

    @cached_property
    def _main_direction(self) -> str:
        sample = self.text[:_SAMPLE]
        letters = sum(map(str.isalpha, sample))
        return "R" if 2 * int(shaping.is_rtl(sample).sum()) > letters else "L"

    def context(self, start: int, stop: int) -> tuple[int, int]:
        """Widens a range so that indents and shaped words at its ends are seen whole."""
        text = self.text
        begin, low = start, max(start - _CONTEXT, 0)
        while begin > low and text[begin - 1] in " \t":
            begin -= 1
        if begin == start and start and ord(text[start - 1]) > 0x2FF:
            while begin > low and not text[begin - 1].isspace():
                begin -= 1
        end, high = stop, min(stop + _CONTEXT, len(text))
        if end < len(text) and ord(text[end]) > 0x2FF:
            while end < high and not text[end].isspace():
                end += 1
        return begin, min(end + 1, len(text))

    def _replace(
        self,
        code_points: NDArray[np.uint32],
        kinds: NDArray[np.uint8],
        entries: NDArray[np.int32],
        hard: NDArray[np.bool_],
        begin: int,
    ) -> None:
        """Lets marks and neighbours stand for characters that have no glyph of their own here."""
        newline = code_points == NEWLINE
        if self.style.newline == "mark":
            entries[hard & newline] = EMPTY
        entries[:-1][(code_points[:-1] == RETURN) & newline[1:]] = EMPTY
        self._join_emoji(code_points, kinds, entries)
        if self.style.indent_mark:
            at_line_start = begin == 0 or self.text[begin - 1] == "\n"
            self._fold_indents(code_points, entries, at_line_start=at_line_start)

    def _set_verbatim(self, code_points: NDArray[np.uint32], entries: NDArray[np.int32], begin: int) -> None:
        """Draws text with a layout of its own in monospaced type, whatever stands for its characters elsewhere."""
        verbatim, end = self.verbatim, begin + len(code_points)
        for start, stop, squeeze in verbatim.within(begin, end):
            part = slice(start - begin, stop - begin)
            drawn = self.atlas.entries(code_points[part], squeeze)
            line_end = (code_points[part] == NEWLINE) | (code_points[part] == RETURN)
            entries[part] = np.where(line_end, entries[part], drawn)
            for position in verbatim.continued[between(verbatim.continued, start, stop)].tolist():
                entries[position - begin] = self.atlas.mark_continuation(int(code_points[position - begin]), squeeze)
        entries[verbatim.folded[between(verbatim.folded, begin, end)] - begin] = EMPTY

    def _join_emoji(
        self, code_points: NDArray[np.uint32], kinds: NDArray[np.uint8], entries: NDArray[np.int32]
    ) -> None:
        """Variation selectors and joiners after a symbol choose among its pictures; the one we have stands for all."""
        selector = ((code_points & ~np.uint32(0xF)) == 0xFE00) | ((code_points & ~np.uint32(0xFF)) == 0xE0100)
        selector |= code_points == ZWJ
        if selector.any():
            symbol = (kinds & IDEOGRAPH) != 0
            symbol |= (code_points >= 0x2190) & (code_points < 0x2C00)
            symbol |= (code_points == 0x23) | (code_points == 0x2A) | ((code_points >= 0x30) & (code_points <= 0x39))
            for _ in range(2):  # a selector may be followed by a joiner
                entries[1:][selector[1:] & symbol[:-1]] = EMPTY
                symbol[1:] |= selector[1:] & symbol[:-1]

    def _fold_indents(
        self, code_points: NDArray[np.uint32], entries: NDArray[np.int32], *, at_line_start: bool
    ) -> None:
        """Lets one mark stand for each ``indent_width`` spaces, or one tab, at the start of a line."""
        size = len(code_points)
        index = np.arange(size, dtype=np.int32)
        blank, tab = code_points == BLANK, code_points == TAB
        last_ink = np.maximum.accumulate(np.where(blank | tab, np.int32(-1), index))
        leading = np.where(last_ink < 0, at_line_start, code_points[last_ink] == NEWLINE)
        mark = self.atlas.mark(self.style.indent_mark)
        entries[leading & tab] = mark
        run_start = np.maximum.accumulate(np.where(blank, np.int32(-1), index)) + 1
        run_end = np.minimum.accumulate(np.where(blank, np.int32(size), index)[::-1])[::-1]
        width = self.style.indent_width
        place = index - run_start
        folded = leading & blank & (place < (run_end - run_start) // width * width)
        entries[folded] = np.where(place[folded] % width, EMPTY, mark)

    def _hard(self, code_points: NDArray[np.uint32], begin: int) -> NDArray[np.bool_]:
        hard: NDArray[np.bool_] = code_points == NEWLINE
        end = begin + len(code_points)
        if self.style.newline == "mark":
            newline, hard = hard, np.zeros(len(code_points), bool)
            ends = self._line_ends[between(self._line_ends, begin, end)] - begin
            hard[ends] = newline[ends]
        continued = self.verbatim.continued
        hard[continued[between(continued, begin + 1, end + 1)] - begin - 1] = True
        return hard

    def _breaks(
        self,
        code_points: NDArray[np.uint32],
        kinds: NDArray[np.uint8],
        entries: NDArray[np.int32],
        spaces: NDArray[np.bool_],
    ) -> NDArray[np.uint8]:
        before = np.zeros_like(kinds)
        before[1:] = kinds[:-1]
        glued = spaces | ((kinds & MARK) != 0)
        newline = code_points == NEWLINE
        glued |= (entries == EMPTY) & ~newline
        if self.style.break_anywhere:
            allowed = ~glued
        else:
            ideograph = ((kinds | before) & IDEOGRAPH) != 0
            ideograph &= ((kinds & CLOSING) | (before & OPENING)) == 0
            dash = ((before & DASH) != 0) & ((kinds & (DASH | CLOSING)) == 0)
            dash[2:] &= (kinds[:-2] & SPACE) == 0
            dash &= (code_points < ZERO) | (code_points > NINE)  # dates and identifiers stay whole
            allowed = ((before & SPACE) != 0) | ideograph | dash
            allowed[1:] |= newline[:-1]
            allowed &= ~glued & ~newline
        return np.where(allowed, np.uint8(ALLOWED), np.where(glued, np.uint8(NEVER), np.uint8(EMERGENCY)))
