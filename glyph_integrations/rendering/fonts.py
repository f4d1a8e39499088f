"""Font files: the shipped families, and the chain of fallbacks for characters that a family lacks."""

from __future__ import annotations

from functools import cache
from importlib import resources
from pathlib import Path
from typing import TYPE_CHECKING, NamedTuple

import freetype

from glyph_integrations.errors import StyleError

if TYPE_CHECKING:
    from collections.abc import Iterator


class Family(NamedTuple):
    """A shipped font: its file, and its only size in px if it is a bitmap font."""

    file: str
    pixels: int | None = None


FAMILIES = {
    "sans": Family("DejaVuSans.ttf"),
    "serif": Family("DejaVuSerif.ttf"),
    "mono": Family("DejaVuSansMono.ttf"),
    "spleen-5x8": Family("spleen-5x8.pcf", pixels=8),
    "spleen-6x12": Family("spleen-6x12.pcf", pixels=12),
}

_CJK = "DroidSansFallback.ttf"
# MuPDF's numbers for the Noto fonts that it carries: math, symbols 1 and 2, music, emoji; then one per script, in the
# order of Unicode's script numbers (pymupdf.Font(script=…)).
_SYMBOL_SCRIPTS = (172, 173, 174, 171, 175)
_LAST_SCRIPT = 170


def family_of_file(path: str) -> str:
    """The font to use where a Glyph configuration names a file: the file if it is there, Verdana's stand-in if not.

    Raises:
        StyleError: The file is not there and has no stand-in.
    """
    if Path(path).is_file():
        return path
    if Path(path).stem.lower() == "verdana":
        return "sans"
    raise StyleError(
        f"the font file {Path(path).name} is not there; name one that is, or a family: {', '.join(FAMILIES)}"
    )


@cache
def font_data(font: str) -> bytes:
    """The file of a family or path."""
    return _shipped(FAMILIES[font].file) if font in FAMILIES else Path(font).read_bytes()


@cache
def _shipped(file: str) -> bytes:
    return (resources.files("glyph_integrations.rendering") / "fonts" / file).read_bytes()


@cache
def _mupdf_font_data(script: int) -> bytes:
    import pymupdf

    try:
        return bytes(pymupdf.Font(script=script).buffer)
    except AttributeError:  # how PyMuPDF says that MuPDF has no font for this script
        return b""


def open_face(data: bytes) -> freetype.Face:
    """A FreeType face over font data.

    Raises:
        StyleError: FreeType cannot read it.
    """
    try:
        import io

        return freetype.Face(io.BytesIO(data))
    except freetype.FT_Exception as error:
        raise StyleError("the font file cannot be read") from error


def fallback_fonts(font: str) -> Iterator[bytes]:
    """The data of the fonts to try in turn: the style's, DejaVu Sans, CJK, symbols, then one script after another.

    CJK comes before symbols because it is shipped here, and the rest takes loading PyMuPDF.
    """
    yield font_data(font)
    if font != "sans":
        yield font_data("sans")
    yield _shipped(_CJK)
    seen: set[bytes] = set()
    for script in (*_SYMBOL_SCRIPTS, *range(1, _LAST_SCRIPT)):
        data = _mupdf_font_data(script)
        if data and data not in seen:
            seen.add(data)
            yield data
