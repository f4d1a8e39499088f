"""Lines of a PDF that are written from right to left: whole where numbers tear them, apart where columns begin.

MuPDF ends a line at every number within it, and takes a number far to the left for the next letters of a label.
"""

from __future__ import annotations

import re
from itertools import groupby
from typing import Any

APART = 1.0
"""Of the font size: letters further apart than this are not of one line."""
TOUCHING = 0.3
"""Of the font size: pieces of a line are closer than this."""

SUPERSCRIPT = 1  # bit of a span's flags
_BACKWARDS = re.compile("[\u0590-\u08ff\ufb1d-\ufdff\ufe70-\ufefc]")
_MIRRORED = re.compile(r"\)(\d[\d.,]*)\(")


def runs_backwards(block: dict[str, Any]) -> bool:
    """Whether a block holds letters that are written from right to left."""
    text = "".join([span["text"] for line in block["lines"] for span in line["spans"]])
    return not text.isascii() and _BACKWARDS.search(text) is not None


def rebuild_lines(characters: dict[str, Any]) -> list[dict[str, Any]]:
    """The lines of a block of MuPDF's characters (``RAWDICT``) as a reader sees them, each with its ``words``."""
    pieces = [piece for line in characters["lines"] for piece in _tear(line)]
    result: list[dict[str, Any]] = []
    for piece in pieces:
        if result and _follows(result[-1], piece):
            last = result[-1]
            last["bbox"] = _around([last["bbox"], piece["bbox"]])
            last["spans"] += piece["spans"]
            last["words"] += piece["words"]
        else:
            result.append(piece)
    for line in result:
        _turn_brackets(line)
    return result


def _tear(line: dict[str, Any]) -> list[dict[str, Any]]:
    """A line at every wide gap between its characters."""
    groups: list[list[tuple[dict[str, Any], dict[str, Any]]]] = [[]]
    for span in line["spans"]:
        for character in span["chars"]:
            before = groups[-1][-1][1]["bbox"] if groups[-1] else character["bbox"]
            gap = max(character["bbox"][0] - before[2], before[0] - character["bbox"][2])
            if gap > APART * span["size"]:
                groups.append([])
            groups[-1].append((span, character))
    return [_build(line, group) for group in groups if group]


def _build(line: dict[str, Any], group: list[tuple[dict[str, Any], dict[str, Any]]]) -> dict[str, Any]:
    spans = []
    for _, pairs in groupby(group, key=lambda pair: id(pair[0])):
        own = list(pairs)
        span = {key: value for key, value in own[0][0].items() if key != "chars"}
        span["text"] = "".join(character["c"] for _, character in own)
        span["bbox"] = _around([character["bbox"] for _, character in own])
        span["origin"] = own[0][1]["origin"]
        spans.append(span)
    if all(span["flags"] & SUPERSCRIPT for span in spans):  # raised only beside what it was torn from
        for span in spans:
            span["flags"] &= ~SUPERSCRIPT
    words = []
    for is_space, members in groupby((character for _, character in group), key=lambda c: c["c"].isspace()):
        if not is_space:
            word = list(members)
            words.append((*_around([c["bbox"] for c in word]), "".join(c["c"] for c in word)))
    return line | {"spans": spans, "bbox": _around([span["bbox"] for span in spans]), "words": words}


def _follows(line: dict[str, Any], piece: dict[str, Any]) -> bool:
    """Whether a piece stands at the left end of a line, on its baseline."""
    size = line["spans"][-1]["size"]
    level = abs(line["spans"][-1]["origin"][1] - piece["spans"][0]["origin"][1]) < TOUCHING * size
    gap = line["bbox"][0] - piece["bbox"][2]
    return bool(level and abs(gap) < TOUCHING * size and piece["bbox"][0] < line["bbox"][0])


def _turn_brackets(line: dict[str, Any]) -> None:
    """Brackets around a number are mirrored where letters run backwards: ``)500(`` is (500)."""
    text = "".join(span["text"] for span in line["spans"])
    mended = _MIRRORED.sub(r"(\1)", text)
    if mended == text:
        return
    for span in line["spans"]:
        span["text"], mended = mended[: len(span["text"])], mended[len(span["text"]) :]
    line["words"] = [(*word[:4], _MIRRORED.sub(r"(\1)", word[4])) for word in line["words"]]


def _around(boxes: list[Any]) -> tuple[float, float, float, float]:
    x0, y0, x1, y1 = zip(*boxes, strict=True)
    return (min(x0), min(y0), max(x1), max(y1))
