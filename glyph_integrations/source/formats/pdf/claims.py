"""What a PDF's fonts claim, mended where the page contradicts it: sizes of almost nothing, codes without a meaning."""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

from glyph_integrations.source.symbols import name_symbol_font, symbol

THINNEST = 0.2
"""Of a letter's advance: a font whose height is less says nothing true about itself."""
HIGHEST = 2.5
"""Of the font size: a line that is higher has a font whose box is wrong."""
USUAL_ADVANCE = 0.55
"""Of the font size, for letters of Latin fonts."""
ASCENT = 0.75
TOUCHING = 0.12
"""Of the font size: pieces of a line closer than this are of one word."""

_PRIVATE = re.compile("[\uf000-\uf0ff]")


def mend_lines(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Mends the lines of one of MuPDF's blocks, each with its ``words`` beside its spans; may join some."""
    lines = [line for line in lines if line["spans"]]
    for line in lines:
        if any(not span["text"].isascii() and _PRIVATE.search(span["text"]) for span in line["spans"]):
            _name_symbols(line)
        if _is_bloated(line):
            _shrink(line)
    return _mend_sizes(lines)


def _name_symbols(line: dict[str, Any]) -> None:
    """Characters of the private use area, as symbol fonts have them, become what they show."""
    shown: dict[str, str] = {}
    for span in line["spans"]:
        for character in _PRIVATE.findall(span["text"]):
            shown[character] = symbol(name_symbol_font(span["font"]), character)
        span["text"] = "".join(shown.get(character, character) for character in span["text"])
    table = str.maketrans(shown)
    line["words"] = [(*word[:4], word[4].translate(table)) for word in line["words"]]


def _is_bloated(line: dict[str, Any]) -> bool:
    """Whether a level line is several times as high as its letters are large."""
    _, y0, _, y1 = line["bbox"]
    return bool(line["dir"][0] > 0.99 and y1 - y0 > HIGHEST * max(span["size"] for span in line["spans"]))


def _shrink(line: dict[str, Any]) -> None:
    """Gives a line's spans and words the height of its letters."""
    for span in line["spans"]:
        span["bbox"] = _raise(span["bbox"], span["origin"][1], span["size"])
    base, size = line["spans"][0]["origin"][1], line["spans"][0]["size"]
    line["bbox"] = _raise(line["bbox"], base, size)
    line["words"] = [(*_raise(word[:4], base, size), *word[4:]) for word in line["words"]]


def _mend_sizes(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Gives level lines whose font claims to be a hair high the height that their letters' width implies.

    MuPDF takes every advance in such a font for a gap, so that words come in pieces: those that touch become one line.
    """
    if not any(_is_squashed(line) for line in lines):
        return lines
    result: list[dict[str, Any]] = []
    for is_squashed, group in groupby(lines, key=_is_squashed):
        members = list(group)
        result += _unite(members) if is_squashed else members
    return result


def _is_squashed(line: dict[str, Any]) -> bool:
    x0, y0, x1, y1 = line["bbox"]
    if y1 - y0 > THINNEST * (x1 - x0):
        return False
    characters = sum(len(span["text"]) for span in line["spans"])
    return bool(line["dir"][0] > 0.99 and characters and y1 - y0 < THINNEST * (x1 - x0) / characters)


def _unite(lines: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Raises lines to the size that the whole of them implies, and joins those that touch on one baseline."""
    characters = sum(len(span["text"]) for line in lines for span in line["spans"])
    size = sum(line["bbox"][2] - line["bbox"][0] for line in lines) / characters / USUAL_ADVANCE
    result: list[dict[str, Any]] = []
    for line in lines:
        for span in line["spans"]:
            base = span["origin"][1]
            span["size"], span["bbox"] = size, _raise(span["bbox"], base, size)
        base = line["spans"][0]["origin"][1]
        line["bbox"], line["words"] = _raise(line["bbox"], base, size), []
        last = result[-1] if result else None
        if last is not None and abs(last["bbox"][3] - line["bbox"][3]) < 0.1 * size:
            gap = line["bbox"][0] - last["bbox"][2]
            if -size < gap < size:
                if gap > TOUCHING * size and not last["spans"][-1]["text"].endswith(" "):
                    last["spans"][-1]["text"] += " "
                last["spans"] += line["spans"]
                last["bbox"] = (*last["bbox"][:2], line["bbox"][2], last["bbox"][3])
                continue
        result.append(line)
    return result


def _raise(box: Any, base: float, size: float) -> tuple[float, float, float, float]:
    return (box[0], base - ASCENT * size, box[2], base + (1 - ASCENT) * size)
