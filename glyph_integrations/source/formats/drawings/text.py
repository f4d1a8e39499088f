"""The text of a shape, paragraph by paragraph, with its list marks and without what nobody can see."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.drawings.colors import OFFICE_THEME, Paint, Palette, read_paint
from glyph_integrations.source.formats.word.equations import linear
from glyph_integrations.source.monospaced import is_monospaced
from glyph_integrations.source.numerals import lift, list_mark
from glyph_integrations.source.office import MC, A, M
from glyph_integrations.source.symbols import is_symbol_font, symbol
from glyph_integrations.source.visibility import Look, find_hidden_reason
from glyph_integrations.source.words import Words, join_words

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from lxml import etree

    from glyph_integrations.source.text import Box
    from glyph_integrations.source.visibility import Color

_AUTOMATIC = re.compile(r"(arabic|alphaLc|alphaUc|romanLc|romanUc)[A-Za-z]*?(Period|ParenR|ParenBoth|Plain)")
_STYLES = {
    "alphaLc": "lowerLetter",
    "alphaUc": "upperLetter",
    "romanLc": "lowerRoman",
    "romanUc": "upperRoman",
    "arabic": "decimal",
}
_BRACKETS = {"Period": "{}.", "ParenR": "{})", "ParenBoth": "({})", "Plain": "{}"}
_MARKS = ("buNone", "buAutoNum", "buChar", "buBlip")
_SILENT = frozenset(f"{A}{name}" for name in ("pPr", "endParaRPr"))


@dataclass(frozen=True, slots=True, kw_only=True)
class TextSetting:
    """What a text body is set in.

    Attributes:
        palette: The colors of its theme.
        styles: List styles (``a:lstStyle`` and its likes) that it inherits from, the nearest first.
        color: The color that its shape gives to text; None where it gives none.
        background: What lies behind the letters; None where that is not known or not one color.
        scale: What the letters' size is multiplied by.
        box: Where it lies on the page; None where it flows.
        clip: The part of the page that it is cut off at.
        covered: Whether something opaque lies over it.
        displayed: False where the file says that it is not shown.
        drop: Takes a reason and the words that nobody can see.
        report: Takes the name of an element that is not understood, and its words.
    """

    palette: Palette = field(default_factory=lambda: Palette(OFFICE_THEME, {}))
    styles: Sequence[etree._Element] = ()
    color: Paint | None = None
    background: Color | None = None
    scale: float = 1.0
    box: Box | None = None
    clip: Box | None = None
    covered: bool = False
    displayed: bool = True
    drop: Callable[[str, str], None]
    report: Callable[[str, str], None]


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph with its list mark; ``typed`` says that all of it is in monospaced type, without a list mark."""

    text: str
    typed: bool = False


def list_texts(body: etree._Element, setting: TextSetting) -> list[str]:
    """The texts of the paragraphs of a text body (``txBody``), each with its list mark; empty ones are left out."""
    return [paragraph.text for paragraph in read_paragraphs(body, setting)]


def read_paragraphs(body: etree._Element, setting: TextSetting) -> list[Paragraph]:
    """The paragraphs of a text body (``txBody``); empty ones are left out."""
    own = body.find(f"{A}lstStyle")
    styles = [*(() if own is None else (own,)), *setting.styles]
    paragraphs: list[Paragraph] = []
    counters: dict[int, int] = {}
    for paragraph in body.iterfind(f"{A}p"):
        properties = paragraph.find(f"{A}pPr")
        level = _read_level(properties)
        chain = [each for style in styles if (each := _find_level(style, level)) is not None]
        text = join_words(_read_runs(paragraph, chain, setting))
        if text.strip():
            mark = _find_mark([*(() if properties is None else (properties,)), *chain], level, counters)
            typed = not mark and _is_typed(paragraph, chain)
            shown = text.strip("\n").rstrip() if typed else text.strip()
            paragraphs.append(Paragraph(f"{'  ' * level}{mark}{shown}", typed))
    return paragraphs


def _is_typed(paragraph: etree._Element, chain: Sequence[etree._Element]) -> bool:
    """Whether all words of a paragraph are in monospaced type."""
    defaults = list(_list_defaults(chain))
    runs = [run for run in paragraph.iterfind(f"{A}r") if (run.findtext(f"{A}t") or "").strip()]
    own = ([*run.iterchildren(f"{A}rPr"), *defaults] for run in runs)
    return bool(runs) and all(is_monospaced(_find_first_font(steps)) for steps in own)


def _read_level(properties: etree._Element | None) -> int:
    level = "0" if properties is None else properties.get("lvl", "0")
    return min(int(level), 8) if level.isdecimal() else 0


def _find_level(style: etree._Element, level: int) -> etree._Element | None:
    found = style.find(f"{A}lvl{level + 1}pPr")
    return style.find(f"{A}defPPr") if found is None else found


def _find_mark(chain: Sequence[etree._Element], level: int, counters: dict[int, int]) -> str:
    """The list mark of a paragraph; ``counters`` hold how far each level has counted."""
    for deeper in [each for each in counters if each > level]:
        del counters[deeper]
    marks = (mark for each in chain for name in _MARKS if (mark := each.find(f"{A}{name}")) is not None)
    mark = next(marks, None)
    kind = "buNone" if mark is None else str(mark.tag).removeprefix(A)
    if mark is not None and kind == "buAutoNum":
        rule = _AUTOMATIC.match(mark.get("type", ""))
        start = mark.get("startAt", "1")
        before = counters.get(level, (int(start) if start.isdecimal() else 1) - 1)
        counters[level] = before + 1
        style, brackets = (_STYLES[rule[1]], _BRACKETS[rule[2]]) if rule else ("decimal", "{}.")
        return brackets.format(list_mark(counters[level], style)) + " "
    counters.pop(level, None)
    if mark is None or kind == "buNone":
        return ""
    font = next((each for step in chain if (each := step.find(f"{A}buFont")) is not None), None)
    return symbol("" if font is None else font.get("typeface", ""), mark.get("char", "•")) + " "


def _read_runs(paragraph: etree._Element, chain: Sequence[etree._Element], setting: TextSetting) -> Iterator[Words]:
    defaults = list(_list_defaults(chain))
    for piece in paragraph:
        tag = str(piece.tag)
        if tag == f"{A}br":
            yield Words("\n")
        elif tag in (f"{A}r", f"{A}fld"):
            own = piece.find(f"{A}rPr")
            text = piece.findtext(f"{A}t") or ""
            if words := _shape_run(text, [*(() if own is None else (own,)), *defaults], setting):
                yield words
        elif next(piece.iter(f"{M}oMath"), None) is not None:
            choice = piece.find(f"{MC}Choice") if tag == f"{MC}AlternateContent" else piece
            for equation in piece.iter(f"{M}oMath") if choice is None else choice.iter(f"{M}oMath"):
                yield Words(linear(equation))
        elif tag not in _SILENT:
            text = " ".join("".join(map(str, piece.itertext())).split())
            setting.report(tag.rpartition("}")[2], text)
            yield Words(text)


def _shape_run(text: str, chain: Sequence[etree._Element], setting: TextSetting) -> Words | None:
    """A run as it is shown; None where nobody can see it."""
    reason = find_hidden_reason(_find_look(chain, setting)) if text.strip() else None
    if reason is not None:
        setting.drop(reason.value, text)
        return None
    font = _find_first_font(chain)
    if is_symbol_font(font):
        text = symbol(font, text)
    baseline = _find_attribute(chain, "baseline", "0").rstrip("%")
    if baseline not in ("0", ""):
        text = lift(text, up=not baseline.startswith("-"))
    return Words(text, _find_attribute(chain, "strike", "noStrike") != "noStrike")


def _find_look(chain: Sequence[etree._Element], setting: TextSetting) -> Look:
    size = _find_attribute(chain, "sz", "")
    highlight = next((each for step in chain if (each := step.find(f"{A}highlight")) is not None), None)
    background = setting.background
    if highlight is not None:
        marked = read_paint(highlight, setting.palette)
        background = marked.color if marked else None
    paint = _find_paint(chain, setting)
    return Look(
        displayed=setting.displayed,
        color=paint.color,
        background=background,
        size=int(size) / 100 * setting.scale if size.isdecimal() else None,
        opacity=paint.opacity,
        box=setting.box,
        clip=setting.clip,
        covered=setting.covered,
    )


def _find_paint(chain: Sequence[etree._Element], setting: TextSetting) -> Paint:
    """What the letters are painted with; an unknown color where an outline, an effect or a link changes it."""
    unknown = Paint(None)
    for step in chain:
        outline = step.find(f"{A}ln")
        if outline is not None and outline.find(f"{A}noFill") is None and len(outline):
            return unknown
        effects = step.find(f"{A}effectLst")
        if (effects is not None and len(effects)) or step.find(f"{A}hlinkClick") is not None:
            return unknown
        if step.find(f"{A}noFill") is not None:
            return Paint(None, 0.0)
        if (solid := step.find(f"{A}solidFill")) is not None:
            return read_paint(solid, setting.palette) or unknown
        if any(step.find(f"{A}{kind}") is not None for kind in ("gradFill", "blipFill", "pattFill", "grpFill")):
            return unknown
    return setting.color or unknown


def _list_defaults(chain: Sequence[etree._Element]) -> Iterator[etree._Element]:
    return (each for step in chain if (each := step.find(f"{A}defRPr")) is not None)


def _find_first_font(chain: Sequence[etree._Element]) -> str:
    return next((each for step in chain if (each := _find_font(step))), "")


def _find_font(step: etree._Element) -> str:
    for name in ("sym", "latin"):
        font = step.find(f"{A}{name}")
        if font is not None and font.get("typeface"):
            return str(font.get("typeface"))
    return ""


def _find_attribute(chain: Sequence[etree._Element], name: str, otherwise: str) -> str:
    return next((value for step in chain if (value := step.get(name)) is not None), otherwise)
