"""Scripts whose letters join, stack, reorder or run from right to left: HarfBuzz shapes them, UAX #9 orders them.

Text is shaped in *units*, the longest runs of characters that need it. HarfBuzz and the bidi algorithm are loaded when
the first such run is met.
"""

from __future__ import annotations

import unicodedata
from functools import lru_cache
from typing import TYPE_CHECKING, Any, NamedTuple

import numpy as np

from glyph_integrations.errors import MissingExtraError
from glyph_integrations.rendering.atlas import SHAPED, GlyphAtlas
from glyph_integrations.rendering.characters import (
    ALLOWED,
    COMPLEX,
    EMERGENCY,
    IDEOGRAPH,
    IGNORABLE,
    MARK,
    NEVER,
    SPACE,
    code_points,
)

if TYPE_CHECKING:
    from collections.abc import Iterator

    from numpy.typing import NDArray

    from glyph_integrations.rendering.faces import Sized


_RTL = ((0x0590, 0x08FF), (0xFB1D, 0xFDFF), (0xFE70, 0xFEFC), (0x10800, 0x10FFF), (0x1E800, 0x1EFFF))


class Glyph(NamedTuple):
    """A shaped glyph: its number in the face and its offset from the cluster's pen, in px."""

    number: int
    x: float
    y: float


class Cluster(NamedTuple):
    """What a few characters of a unit draw together; ``start`` counts from the unit's first character."""

    start: int
    advance: int
    glyphs: tuple[Glyph, ...]


class Unit(NamedTuple):
    """A shaped run of characters, in one face."""

    face: Sized
    clusters: tuple[Cluster, ...]


class Shaper:
    """Shapes the units of a text; results are cached, because words repeat.

    Attributes:
        has_rtl: Whether any text from right to left was met so far.
    """

    def __init__(self, atlas: GlyphAtlas) -> None:
        self._atlas = atlas
        self._fonts: dict[int, Any] = {}
        self.has_rtl = False
        self._shape = lru_cache(maxsize=50_000)(self._shape_uncached)

    def measure(
        self,
        text: str,
        kinds: NDArray[np.uint8],
        entries: NDArray[np.int32],
        advances: NDArray[np.int32],
        breaks: NDArray[np.uint8],
    ) -> None:
        """Replaces entries, advances and breaks of the characters that need shaping, in place.

        Raises:
            MissingExtraError: HarfBuzz is not installed.
        """
        for start, end in units(kinds):
            unit = self._shape(text[start:end])
            if unit is None:
                continue  # no font has all of it: each character is drawn, or spelled, by itself
            if not self.has_rtl and is_rtl(text[start:end]).any():
                self.has_rtl = True
            part = slice(start, end)
            first_break, ideograph = breaks[start], (kinds[part] & IDEOGRAPH) != 0
            entries[part], advances[part] = SHAPED, 0
            within = np.full(end - start, NEVER, np.uint8)
            for cluster in unit.clusters:
                advances[start + cluster.start] = cluster.advance
                within[cluster.start] = ALLOWED if ideograph[cluster.start] else EMERGENCY
            within[0] = first_break
            breaks[part] = within

    def clusters(self, text: str) -> Iterator[tuple[int, Sized, Cluster]]:
        """The clusters of all units of a text that begins and ends outside any unit.

        Yields:
            For each cluster the position of its first character, the face and what is drawn.
        """
        for start, end in units(self._atlas.kinds[code_points(text)]):
            unit = self._shape(text[start:end])
            if unit is not None:
                for cluster in unit.clusters:
                    yield start + cluster.start, unit.face, cluster

    def _shape_uncached(self, text: str) -> Unit | None:
        hb = _harfbuzz(text)
        ignorable = {0x200C, 0x200D, *range(0xFE00, 0xFE10)}
        face = self._atlas.face_for("".join(c for c in text if ord(c) not in ignorable))
        if face is None:
            return None
        font = self._fonts.get(id(face))
        if font is None:
            font = self._fonts[id(face)] = hb.Font(hb.Face(face.data))
            font.scale = (face.face.size.x_ppem * 64, face.face.size.y_ppem * 64)
        buffer = hb.Buffer()
        buffer.add_str(text)
        buffer.guess_segment_properties()
        hb.shape(font, buffer)
        grouped: dict[int, list[tuple[int, Any]]] = {}
        for info, position in zip(buffer.glyph_infos, buffer.glyph_positions, strict=True):
            grouped.setdefault(info.cluster, []).append((info.codepoint, position))
        return Unit(face, tuple(self._cluster(start, grouped[start]) for start in sorted(grouped)))

    def _cluster(self, start: int, shaped: list[tuple[int, Any]]) -> Cluster:
        pen = 0.0
        glyphs = []
        for index, position in shaped:
            glyphs.append(Glyph(index, (pen + position.x_offset) / 64, position.y_offset / 64))
            pen += position.x_advance
        # A cluster takes whole units, so that neighbours never overlap.
        return Cluster(start, int(pen / 64 * self._atlas.units + 0.5), tuple(glyphs))


def units(kinds: NDArray[np.uint8]) -> list[tuple[int, int]]:
    """The runs of characters to shape together, with the letter that a leading combining mark belongs to."""
    wanted = (kinds & COMPLEX) != 0
    joined = wanted | ((kinds & IGNORABLE) != 0)
    edges = np.flatnonzero(np.diff(joined.astype(np.int8), prepend=0, append=0))
    found = []
    for start, end in edges.reshape(-1, 2).tolist():
        if not wanted[start:end].any():
            continue
        leads = start > 0 and kinds[start] & (MARK | IGNORABLE) and not kinds[start - 1] & SPACE
        found.append((start - 1 if leads else start, end))
    return found


def is_rtl(text: str) -> NDArray[np.bool_]:
    """Whether each character belongs to a script written from right to left."""
    numbers = code_points(text)
    rtl = np.zeros(len(numbers), bool)
    for first, last in _RTL:
        rtl |= (numbers >= first) & (numbers <= last)
    return rtl


def visual_order(text: str, *, base: str) -> tuple[list[int], list[str]]:
    """The order in which a line's characters stand from left to right (UAX #9), and the characters mirrored.

    Line breaks, embedding and override characters are taken as neutral: they are drawn as visible marks, and order
    nothing.

    Args:
        text: One line.
        base: Where it begins, ``"L"`` or ``"R"``.

    Returns:
        Positions in ``text`` from left to right, and the character drawn at each of them.
    """
    try:
        from bidi import algorithm
    except ImportError as error:
        raise MissingExtraError("text from right to left", package="python-bidi", extra="shaping") from error
    storage = algorithm.get_empty_storage()
    storage["base_level"], storage["base_dir"] = int(base == "R"), base
    algorithm.get_embedding_levels("".join("\ufffc" if _is_neutral(c) else c for c in text), storage)
    for position, character in enumerate(storage["chars"]):
        character["position"] = position
    algorithm.explicit_embed_and_overrides(storage, debug=False)
    algorithm.resolve_weak_types(storage, debug=False)
    algorithm.resolve_neutral_types(storage, debug=False)
    algorithm.resolve_implicit_levels(storage, debug=False)
    algorithm.reorder_resolved_levels(storage, debug=False)
    algorithm.apply_mirroring(storage, debug=False)
    return [c["position"] for c in storage["chars"]], [c["ch"] for c in storage["chars"]]


def base_direction(paragraph: str) -> str:
    """``"R"`` if the first strong character of a paragraph is written from right to left, else ``"L"``."""
    for character in paragraph:
        kind = unicodedata.bidirectional(character)
        if kind in {"L", "R", "AL"}:
            return "L" if kind == "L" else "R"
    return "L"


def _is_neutral(character: str) -> bool:
    return unicodedata.bidirectional(character) in {
        "B",
        "LRE",
        "RLE",
        "LRO",
        "RLO",
        "PDF",
        "LRI",
        "RLI",
        "FSI",
        "PDI",
        "BN",
        "",
    }


def _harfbuzz(text: str) -> Any:
    try:
        import uharfbuzz
    except ImportError as error:
        sample = text[:12]
        raise MissingExtraError(f"drawing {sample!r}", package="uharfbuzz", extra="shaping") from error
    return uharfbuzz
