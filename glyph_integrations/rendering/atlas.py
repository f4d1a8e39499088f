"""``GlyphAtlas``: every glyph of a rendering, drawn once, as columns that pages are put together from.

An *entry* is what one character draws: the columns of its cell (its advance wide, one line high), and, for the parts
of a letter that reach beyond the cell, a list of single pixels. Characters without a glyph in any font get an entry
that spells their code point, so nothing is drawn as an empty box.
"""

from __future__ import annotations

import ctypes
import unicodedata
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

import freetype
import numpy as np

from glyph_integrations.rendering.characters import CODE_POINTS, columns, escape, in_ascii, is_inkless, kind
from glyph_integrations.rendering.faces import FaceChain, Sized, monospaced_font
from glyph_integrations.rendering.fonts import FAMILIES

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from glyph_integrations.rendering.style import RenderStyle

EMPTY = 1
"""The entry of a character that another one's glyph stands for; it has neither ink nor width."""
SHAPED = -2
"""Marks a character that is drawn by shaping, not from the atlas."""
SQUEEZES = (1.0, 0.875, 0.75)
"""Widths of monospaced type: 108, 123 and 143 columns on a page of the style ``glyph``."""
CONTINUATION = "↪"
"""Stands before what is left of a line too wide for its column."""
TAB = 0x09
_UNKNOWN = 0  # tables begin as zeros, which cost nothing until they are written
_NOTHING = np.zeros((0, 0), np.uint8)
_NO_INK = 1  # a blank column
_BLANK = 2 * 8192  # the widest gap: from the end of one line to the beginning of the next, on the widest page

_LOAD_FLAGS = {
    "full": freetype.FT_LOAD_TARGET_NORMAL,
    "light": freetype.FT_LOAD_TARGET_LIGHT,
    "none": freetype.FT_LOAD_NO_HINTING,
    "mono": freetype.FT_LOAD_TARGET_MONO,
}
_IDENTITY = freetype.Matrix(0x10000, 0, 0, 0x10000)


class Bitmap(NamedTuple):
    """One drawn glyph: ``ink`` of shape [height, width] with 255 for full ink, placed relative to pen and baseline."""

    ink: NDArray[np.uint8]
    left: int
    top: int
    advance: int


class _Set:
    """The entries of one chain of faces; ``pitch`` is the width of a column in units, 0 for proportional type."""

    def __init__(self, chain: FaceChain, pitch: int = 0) -> None:
        self.chain = chain
        self.pitch = pitch
        self.entry_of = np.zeros(CODE_POINTS, np.int32)
        self.continued: dict[int, int] = {}


class GlyphAtlas:
    """Glyphs of one style, drawn when they are first needed.

    Text with a layout of its own is drawn in monospaced type, in one of several widths. There every character takes
    whole columns, whatever font it comes from.

    Attributes:
        units: Advance units per px: 1, or 4 with subpixel placement.
        line_height: Rows of a cell, in px.
        baseline: Row of the baseline within a cell.
        kinds: Flags of ``characters.kind`` for the code points met so far, shape [0x110000].
        advance: Advance of each entry in units, shape [entries].
        escaped: Whether an entry spells a code point instead of drawing it, shape [entries].
        inked: Whether an entry draws anything, shape [entries].
    """

    def __init__(self, style: RenderStyle) -> None:
        self._style = style
        self._flags = _LOAD_FLAGS[style.hinting] | freetype.FT_LOAD_RENDER
        self._proportional = _Set(FaceChain(style, style.font))
        self._monospaced: dict[float, _Set] = {}
        self.kinds = np.zeros(CODE_POINTS, np.uint8)
        self._marks: dict[str, int] = {}
        self.units = 4 if style.subpixel else 1
        self.line_height = style.px(style.line_height)
        self._count = EMPTY + 1
        self.advance = np.zeros(256, np.int32)
        self.escaped = np.zeros(256, bool)
        self.inked = np.zeros(256, bool)
        self._recipes: list[list[tuple[Sized, int]]] = [[], []]
        self._steps: list[tuple[int, ...]] = [(), ()]  # from glyph to glyph, in units, where they take whole columns
        # The tables of variants: variant = entry · units + subpixel phase.
        self._cell = np.zeros(256 * self.units, np.int64)  # first column of the cell
        self._cell_width = np.zeros(256 * self.units, np.int64)
        # Columns of ink, each a run of bytes that is copied as one item; the first _BLANK stay blank.
        self._ink = np.zeros((2 * _BLANK, -(-self.line_height // 8) * 8), np.uint8)
        self._columns = _BLANK
        self._outside_start = np.zeros(256 * self.units, np.int64)
        self._outside_count = np.zeros(256 * self.units, np.int64)
        self._outside = np.zeros((3, 0), np.int32)  # dx, dy (from the cell's top left), ink
        self._outside_new: list[NDArray[np.int32]] = []  # not yet joined to the above
        self._outside_size = 0
        self.baseline = self._find_baseline()

    def entries(self, code_points: NDArray[np.uint32], squeeze: float | None = None) -> NDArray[np.int32]:
        """The entry of each code point, drawn now if it is new; shape of the input.

        Args:
            code_points: The characters.
            squeeze: One of ``squeezes`` for monospaced type of that width; None for the style's own type.
        """
        letters = self._proportional if squeeze is None else self._set(squeeze)
        found = letters.entry_of[code_points]
        if (found == _UNKNOWN).any():
            for code_point in _distinct(code_points[found == _UNKNOWN]):
                letters.entry_of[code_point] = self._add_character(code_point, letters)
                self.kinds[code_point] = kind(code_point)
            found = letters.entry_of[code_points]
        return found

    @cached_property
    def squeezes(self) -> tuple[float, ...]:
        """The widths that monospaced type comes in, relative to its own, from wide to narrow."""
        font = monospaced_font(self._style.font)
        return SQUEEZES[:1] if font in FAMILIES and FAMILIES[font].pixels else SQUEEZES

    def pitch(self, squeeze: float) -> int:
        """Width of a column of monospaced type, in units."""
        return self._set(squeeze).pitch

    @cached_property
    def continuation_columns(self) -> int:
        """How many columns ``CONTINUATION`` takes, which a narrow font lacks."""
        letters = self._set(SQUEEZES[0])
        face, _ = letters.chain.with_faces(CONTINUATION)[0]
        return round(self.bitmap(face, face.face.get_char_index(CONTINUATION)).advance / letters.pitch + 0.4)

    def mark_continuation(self, code_point: int, squeeze: float) -> int:
        """The entry of a monospaced character at which a line goes on: the character after ``CONTINUATION``."""
        letters = self._set(squeeze)
        if code_point not in letters.continued:
            plain = int(self.entries(np.array([code_point], np.uint32), squeeze)[0])
            marked = self._add(letters.chain.with_faces(CONTINUATION), pitch=letters.pitch)
            self._recipes[marked] += self._recipes[plain]
            self._steps[marked] = (letters.pitch * self.continuation_columns, *self._steps[plain])
            self.escaped[marked] = self.escaped[plain]
            self._draw(marked, 0)
            letters.continued[code_point] = marked
        return letters.continued[code_point]

    def assign(self, code_point: int, entry: int) -> None:
        """Draws a code point as an entry that is there already."""
        self._proportional.entry_of[code_point] = entry

    def mark(self, text: str) -> int:
        """The entry of a mark of the style, such as that for a line break; the same each time."""
        if text not in self._marks:
            self._marks[text] = self._add(self._proportional.chain.with_faces(text))
        return self._marks[text]

    def face_for(self, characters: str) -> Sized | None:
        """The first face of the style's own type that has all of these characters, or None."""
        return self._proportional.chain.face_for(characters)

    def bitmap(self, face: Sized, glyph: int, phase: int = 0) -> Bitmap:
        """Draws one glyph of a face by its index, ``phase`` units to the right of a whole pixel."""
        if self.units > 1:
            face.face.set_transform(_IDENTITY, freetype.Vector(phase * 64 // self.units, 0))
        face.face.load_glyph(glyph, self._flags)
        slot = face.face.glyph
        exact = slot.linearHoriAdvance / 65536 if self.units > 1 else slot.advance.x / 64
        return Bitmap(_ink(slot.bitmap), slot.bitmap_left, slot.bitmap_top, max(int(exact * self.units + 0.5), 0))

    def variants(self, entries: NDArray[np.int32], pens: NDArray[np.int64]) -> NDArray[np.int64]:
        """What stands for an entry at a pen: the entry as drawn at the pen's subpixel phase, drawn now if it is new."""
        variants = entries.astype(np.int64) if self.units == 1 else entries * self.units + (pens & (self.units - 1))
        missing = self._cell.take(variants) == _UNKNOWN
        if missing.any():
            for variant in _distinct(variants[missing]):
                self._draw(*divmod(variant, self.units))
        return variants

    def cells(self, variants: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
        """First column and width of the variants' cells; a blank column for one without ink."""
        return self._cell.take(variants), self._cell_width.take(variants)

    def ink(self, columns: NDArray[np.int64]) -> NDArray[np.uint8]:
        """The ink of columns, shape [columns, line_height]."""
        runs = self._ink.view(f"V{self._ink.shape[1]}").reshape(-1)
        return runs.take(columns).view(np.uint8).reshape(len(columns), -1)[:, : self.line_height]

    def outside(self, variants: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int32]]:
        """The pixels that reach beyond the cells.

        Returns:
            For each pixel the position in ``variants`` it belongs to, and rows of dx, dy (from the cell's top left)
            and ink, shape [3, pixels].
        """
        if self._outside_new:
            self._outside = np.concatenate([self._outside, *self._outside_new], axis=1)
            self._outside_new.clear()
        reaching = np.flatnonzero(self._outside_count.take(variants))
        variants = variants[reaching]
        count = self._outside_count.take(variants)
        pixels = np.repeat(self._outside_start.take(variants) - np.cumsum(count) + count, count)
        pixels += np.arange(len(pixels))
        return np.repeat(reaching, count), self._outside.take(pixels, axis=1)

    def _find_baseline(self) -> int:
        """Centres the ink of ordinary letters in the cell."""
        face = self._proportional.chain.first
        drawn = [self.bitmap(face, face.face.get_char_index(c)) for c in "bdfhklATjgpqy()|"]
        above: int = max(bitmap.top for bitmap in drawn)
        below: int = max(bitmap.ink.shape[0] - bitmap.top for bitmap in drawn)
        return above + max(self.line_height - above - below, 0) // 2

    def _set(self, squeeze: float) -> _Set:
        if squeeze not in self._monospaced:
            chain = FaceChain(self._style, monospaced_font(self._style.font), squeeze)
            pitch = self.bitmap(chain.first, chain.first.face.get_char_index("0")).advance
            self._monospaced[squeeze] = _Set(chain, pitch)
        return self._monospaced[squeeze]

    def _add_character(self, code_point: int, letters: _Set) -> int:
        chain, pitch = letters.chain, letters.pitch
        text = chr(code_point)
        if code_point == TAB:
            text = " " if pitch else "⇥"  # laid out as it stands, a tab is as wide as it leads
        if self._style.plain_ascii and not text.isascii() and (plain := in_ascii(text)):
            return self._add(chain.with_faces(plain), pitch=pitch)
        face = None if is_inkless(ord(text)) else chain.face_for(text)
        if face is not None:
            entry = self._add([(face, text)], pitch=pitch)
            if self.inked[entry] or unicodedata.category(text) == "Zs":
                return entry
        return self._add(chain.with_faces(escape(code_point)), pitch=pitch, escaped=True)

    def _add(self, characters: list[tuple[Sized, str]], *, pitch: int = 0, escaped: bool = False) -> int:
        """Adds an entry that draws characters of faces, one beside the other."""
        number, self._count = self._count, self._count + 1
        if number == len(self.advance):
            self._grow_tables()
        self._recipes.append([(face, face.face.get_char_index(character)) for face, character in characters])
        self._steps.append(tuple(pitch * columns(character) for _, character in characters) if pitch else ())
        self.escaped[number] = escaped
        self._draw(number, 0)
        return number

    def _draw(self, number: int, phase: int) -> None:
        glyphs = [self.bitmap(face, glyph, phase) for face, glyph in self._recipes[number]]
        steps = self._steps[number] or tuple(glyph.advance for glyph in glyphs)
        self.advance[number] = sum(steps)
        self.inked[number] = any(glyph.ink.size for glyph in glyphs)
        variant, width = number * self.units + phase, (phase + int(self.advance[number])) // self.units
        self._outside_start[variant] = self._outside_size
        self._reserve(width)
        cell = self._ink[self._columns : self._columns + width, : self.line_height].T
        pen = phase
        for glyph, step in zip(glyphs, steps, strict=True):
            self._place(glyph, cell, pen // self.units + glyph.left, self.baseline - glyph.top)
            pen += step
        self._cell[variant] = _NO_INK
        if width and self.inked[number]:
            self._cell[variant], self._cell_width[variant] = self._columns, width
            self._columns += width
        self._outside_count[variant] = self._outside_size - self._outside_start[variant]

    def _place(self, glyph: Bitmap, cell: NDArray[np.uint8], left: int, top: int) -> None:
        """Draws a glyph into its cell, and keeps the pixels that lie beyond it."""
        rows, width = cell.shape
        height, wide = glyph.ink.shape
        overlay(cell, glyph.ink, left, top)
        if min(left, top) < 0 or left + wide > width or top + height > rows:
            self._keep_outside(glyph.ink, left, top, width)

    def _keep_outside(self, ink: NDArray[np.uint8], left: int, top: int, width: int) -> None:
        y, x = np.nonzero(ink)
        dx, dy = x + left, y + top
        beyond = (dx < 0) | (dx >= width) | (dy < 0) | (dy >= self.line_height)
        pixels = np.stack([dx[beyond], dy[beyond], ink[y[beyond], x[beyond]]]).astype(np.int32)
        self._outside_new.append(pixels)
        self._outside_size += pixels.shape[1]

    def _grow_tables(self) -> None:
        for name in ("advance", "escaped", "inked", "_cell", "_cell_width", "_outside_start", "_outside_count"):
            table: NDArray[Any] = getattr(self, name)
            setattr(self, name, np.concatenate([table, np.zeros_like(table)]))

    def _reserve(self, width: int) -> None:
        missing = self._columns + width - len(self._ink)
        if missing > 0:
            more = np.zeros((max(missing, len(self._ink)), self._ink.shape[1]), np.uint8)
            self._ink = np.concatenate([self._ink, more])


def overlay(ink: NDArray[np.uint8], glyph: NDArray[np.uint8], left: int, top: int) -> None:
    """Draws a glyph over what is there, in place; what lies beyond the edges is left out."""
    height, width = glyph.shape
    x0, x1 = max(left, 0), min(left + width, ink.shape[1])
    y0, y1 = max(top, 0), min(top + height, ink.shape[0])
    if x0 < x1 and y0 < y1:
        part = ink[y0:y1, x0:x1]
        np.maximum(part, glyph[y0 - top : y1 - top, x0 - left : x1 - left], out=part)


def _distinct(numbers: NDArray[Any]) -> list[int]:
    # np.unique would import numpy.ma, which takes longer than drawing a page.
    return np.flatnonzero(np.bincount(numbers)).tolist()


def _ink(bitmap: freetype.Bitmap) -> NDArray[np.uint8]:
    """FreeType's bitmap as an array of shape [height, width]; of no size where nothing is drawn."""
    raw = bitmap._FT_Bitmap  # noqa: SLF001 - freetype-py's own `buffer` copies byte by byte through a list
    rows, width, pitch = raw.rows, raw.width, abs(raw.pitch)
    data = ctypes.string_at(raw.buffer, rows * pitch) if rows else b""
    if not any(data):
        return _NOTHING
    ink = np.frombuffer(data, np.uint8).reshape(rows, pitch)
    if raw.pixel_mode == freetype.FT_PIXEL_MODE_MONO:
        ink = np.unpackbits(ink, axis=1) * np.uint8(255)
    return ink[:, :width]
