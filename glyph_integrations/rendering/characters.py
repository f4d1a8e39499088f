"""What the renderer must know about characters: where lines may break, what needs shaping, what is invisible."""

from __future__ import annotations

import unicodedata
from bisect import bisect_right
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

CODE_POINTS = 0x110000

SPACE = 1  # hangs at the end of a line; a line may break after it
IDEOGRAPH = 2  # a line may break before and after it
CLOSING = 4  # never begins a line
OPENING = 8  # never ends a line
DASH = 16  # a line may break after it when a letter follows
MARK = 32  # belongs to the character before it
COMPLEX = 64  # needs shaping: joining, reordering or mark positioning
IGNORABLE = 128  # draws nothing by itself (joiners, variation selectors …)

NEVER, EMERGENCY, ALLOWED = 0, 1, 2
"""Whether a line may begin at a character: not, if a word is longer than the line, or in any case."""

INVISIBLE_NAMES = {
    0x00AD: "SHY",
    0x034F: "CGJ",
    0x061C: "ALM",
    0x180E: "MVS",
    0x200B: "ZWSP",
    0x200C: "ZWNJ",
    0x200D: "ZWJ",
    0x200E: "LRM",
    0x200F: "RLM",
    0x2028: "LSEP",
    0x2029: "PSEP",
    0x202A: "LRE",
    0x202B: "RLE",
    0x202C: "PDF",
    0x202D: "LRO",
    0x202E: "RLO",
    0x2060: "WJ",
    0x2066: "LRI",
    0x2067: "RLI",
    0x2068: "FSI",
    0x2069: "PDI",
    0xFEFF: "BOM",
}
"""Characters without ink that get a visible mark with their usual abbreviation."""

_PLAIN = {
    "\t": "    ",
    "\u00a0": " ",
    "\u00ad": "",
    "‐": "-",
    "‑": "-",
    "‒": "-",
    "–": "-",
    "—": "--",
    "―": "--",
    "−": "-",
    "‘": "'",
    "’": "'",
    "‚": "'",
    "′": "'",
    "“": '"',
    "”": '"',
    "„": '"',
    "″": '"',
    "«": '"',
    "»": '"',
    "‹": "'",
    "›": "'",
    "•": "*",
    "·": "*",
    "×": "x",
    "÷": "/",
    "⁄": "/",
    "€": "EUR",
    "£": "GBP",
    "æ": "ae",
    "Æ": "AE",
    "œ": "oe",
    "Œ": "OE",
    "ß": "ss",
    "ø": "o",
    "Ø": "O",
    "ł": "l",
    "Ł": "L",
}
"""What is written for characters outside ASCII, where Unicode's own decomposition does not say it."""

_SPACES = (0x20, 0x1680, *range(0x2000, 0x2007), *range(0x2008, 0x200B), 0x205F, 0x3000)
_DASHES = (0x2D, 0x2F, 0x2010, 0x2012, 0x2013, 0x2014, 0x058A, 0x05BE)
_IDEOGRAPHS = (
    (0x2E80, 0x2FFF),
    (0x3001, 0x30FF),
    (0x3105, 0x312F),
    (0x3190, 0x4DBF),
    (0x4E00, 0x9FFF),
    (0xA000, 0xA4CF),
    (0xF900, 0xFAFF),
    (0xFE30, 0xFE4F),
    (0xFF01, 0xFF65),
    (0x1F300, 0x1FAFF),
    (0x20000, 0x3FFFF),
)
# East Asian line breaking prohibitions (kinsoku), JIS X 4051 and GB/T 15834.
_NO_LINE_START = "、。，．：；？！）］｝〕〉》」』】〗〙〛’”…‥ー々〻ぁぃぅぇぉっゃゅょゎァィゥェォッャュョヮヵヶ・％‰℃"
_NO_LINE_END = "（［｛〔〈《「『【〖〘〚‘“￥＄£"
# Scripts whose letters join, stack, reorder or run right to left.
_COMPLEX = (
    (0x0590, 0x08FF),
    (0x0900, 0x0DFF),
    (0x0E00, 0x0EFF),
    (0x0F00, 0x0FFF),
    (0x1000, 0x109F),
    (0x1100, 0x11FF),
    (0x135D, 0x135F),
    (0x1700, 0x18AF),
    (0x1900, 0x19DF),
    (0x1A00, 0x1CFF),
    (0xA800, 0xA8FF),
    (0xA900, 0xA9DF),
    (0xAA00, 0xAADF),
    (0xABC0, 0xABFF),
    (0xFB1D, 0xFDFF),
    (0xFE70, 0xFEFC),
    (0x10800, 0x10FFF),
    (0x11000, 0x11FFF),
    (0x1E800, 0x1EFFF),
)
# Scripts written without spaces, where a line may break between clusters.
_UNSPACED = ((0x0E00, 0x0EFF), (0x1000, 0x109F), (0x1780, 0x17FF), (0x1950, 0x19DF), (0x1A20, 0x1AAF))
_IGNORABLE = (*INVISIBLE_NAMES, *range(0x180B, 0x180E), *range(0xFE00, 0xFE10), *range(0xE0100, 0xE01F0))
_FLAGS: dict[int, int] = {}
for _code_points, _flag in (
    (_SPACES, SPACE),
    (_DASHES, DASH),
    (_IGNORABLE, IGNORABLE),
    (map(ord, _NO_LINE_START), CLOSING),
    (map(ord, _NO_LINE_END), OPENING),
):
    for _code_point in _code_points:
        _FLAGS[_code_point] = _FLAGS.get(_code_point, 0) | _flag


def code_points(text: str) -> NDArray[np.uint32]:
    """The characters of a text as numbers, lone surrogates included; shape [characters]."""
    return np.frombuffer(text.encode("utf-32-le", "surrogatepass"), np.uint32)


def kind(code_point: int) -> int:
    """The flags above that a code point has."""
    flags = _FLAGS.get(code_point, 0)
    if flags & IGNORABLE:
        return flags
    flags |= IDEOGRAPH if _within(code_point, _IDEOGRAPHS) or _within(code_point, _UNSPACED) else 0
    flags |= COMPLEX if _within(code_point, _COMPLEX) else 0
    if unicodedata.category(chr(code_point)) in {"Mn", "Mc", "Me"}:
        flags |= MARK | COMPLEX
    return flags


def _within(code_point: int, ranges: tuple[tuple[int, int], ...]) -> bool:
    after = bisect_right(ranges, (code_point, CODE_POINTS))
    return after > 0 and code_point <= ranges[after - 1][1]


def escape(code_point: int) -> str:
    """The visible stand-in for a character that has no ink or no glyph: ``⟦ZWSP⟧``, ``⟦U+10FFFF⟧``."""
    return f"⟦{INVISIBLE_NAMES.get(code_point) or f'U+{code_point:04X}'}⟧"


def is_inkless(code_point: int) -> bool:
    """Whether a person would see nothing: controls, formats, surrogates, private use, unassigned."""
    hidden = unicodedata.category(chr(code_point)) in {"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"}
    return hidden or bool(_FLAGS.get(code_point, 0) & IGNORABLE)


def columns(character: str) -> int:
    """How many columns of monospaced type a character takes: none for a mark over another, two for an ideograph."""
    if character.isascii():
        return 1
    if unicodedata.category(character) in {"Mn", "Me"}:
        return 0
    return 2 if unicodedata.east_asian_width(character) in {"W", "F"} else 1


def decomposed(character: str) -> list[str]:
    """What stands for a character in plainer writing: ``"—"`` is ``["--"]``, ``"é"`` is ``"e"`` and the accent."""
    if (plain := _PLAIN.get(character)) is not None:
        return [plain]
    return [_PLAIN.get(part, part) for part in unicodedata.normalize("NFKD", character)]


def in_ascii(character: str) -> str:
    """A character as printable ASCII: itself, or what stands for it without accents; empty if nothing does."""
    parts = [part for part in decomposed(character) if not unicodedata.combining(part[:1] or " ")]
    written = "".join(parts)
    return written if written.isascii() and written.isprintable() else ""
