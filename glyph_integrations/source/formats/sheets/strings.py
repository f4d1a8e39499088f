"""The texts of cells: plain, or in runs that each have a look of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, NamedTuple

from glyph_integrations.source.formats.sheets.styles import Font
from glyph_integrations.source.numerals import lift
from glyph_integrations.source.symbols import is_symbol_font, symbol
from glyph_integrations.source.visibility import Look, find_hidden_reason
from glyph_integrations.source.words import Words, join_words

if TYPE_CHECKING:
    from collections import Counter
    from collections.abc import Iterable, Iterator

    from lxml import etree

    from glyph_integrations.source.formats.sheets.styles import Styles
    from glyph_integrations.source.visibility import Color


class Run(NamedTuple):
    """A piece of a cell's text and its properties (``rPr``); None where it looks as its cell does."""

    text: str
    properties: etree._Element | None = None


@dataclass(frozen=True, slots=True)
class RichText:
    """A cell's text in runs, and how it is read (furigana), which stands above it."""

    runs: tuple[Run, ...]
    reading: str = ""

    def __str__(self) -> str:
        return "".join(run.text for run in self.runs)


def read_string(element: etree._Element) -> str | RichText:
    """The text of a ``si`` or ``is`` element."""
    runs: list[Run] = []
    readings: list[str] = []
    for child in element:
        name = str(child.tag).rpartition("}")[2]
        if name == "t":
            runs.append(Run(unescape(child.text or "")))
        elif name == "r":
            text = "".join(each.text or "" for each in child.iterfind("{*}t"))
            runs.append(Run(unescape(text), child.find("{*}rPr")))
        elif name == "rPh":
            readings += (each.text or "" for each in child.iterfind("{*}t"))
    if not readings and all(run.properties is None for run in runs):
        return "".join(run.text for run in runs)
    return RichText(tuple(runs), "".join(readings))


def unescape(text: str) -> str:
    """Text with its control characters, which Excel writes as ``_x000D_``."""
    if "_x" not in text:
        return text
    parts = text.split("_x")
    written = [parts[0]]
    for part in parts[1:]:
        code = part[:4]
        escaped = len(code) == 4 and part[4:5] == "_" and all(digit in "0123456789abcdefABCDEF" for digit in code)
        written.append(_write_control(int(code, 16)) + part[5:] if escaped else f"_x{part}")
    return "".join(written)


def _write_control(code: int) -> str:
    if code in (9, 10, 13):
        return " " if code == 13 else chr(code)
    return "" if code < 32 or 0xD800 <= code <= 0xDFFF else chr(code)


def write_text(text: str, font: Font) -> str:
    """Text as its font shows it: letters of symbol fonts as what they draw, raised digits raised, struck-out marked."""
    if font.struck or font.rise or is_symbol_font(font.name):
        return join_words([_shape(text, font)])
    return text


def write_rich_text(
    text: RichText, font: Font, styles: Styles, background: Color | None, hidden: Counter[tuple[str, str]]
) -> str:
    """The runs of a cell as they look over the cell's font; what cannot be seen goes to ``hidden`` with its reason."""
    words = join_words(_shape_runs(text.runs, font, styles, background, hidden))
    return f"{words}({text.reading})" if text.reading and words else words


def _shape_runs(
    runs: Iterable[Run], font: Font, styles: Styles, background: Color | None, hidden: Counter[tuple[str, str]]
) -> Iterator[Words]:
    for run in runs:
        own = font
        if run.properties is not None:  # a run states all that is not automatic
            own = styles.read_font(run.properties, Font(name=font.name, size=font.size))
        look = Look(color=own.color, background=background, size=own.size)
        reason = find_hidden_reason(look) if run.text.strip() else None
        if reason:
            hidden[reason.value, run.text] += 1
        else:
            yield _shape(run.text, own)


def _shape(text: str, font: Font) -> Words:
    if is_symbol_font(font.name):
        text = symbol(font.name, text)
    if font.rise:
        text = lift(text, up=font.rise > 0)
    return Words(text, font.struck)
