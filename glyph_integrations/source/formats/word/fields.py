"""Fields of a Word document: which text is an instruction, and what the fields without a result show."""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING

from glyph_integrations.source.office import W, is_on
from glyph_integrations.source.symbols import symbol

if TYPE_CHECKING:
    from lxml import etree

_CHAR = f"{W}fldChar"
_SILENT = frozenset({
    "ADVANCE", "ASK", "BIBLIOGRAPHY", "HYPERLINK", "INDEX", "NEXT", "NUMPAGES", "PAGE", "PRINT", "PRIVATE", "RD",
    "SET", "SHAPE", "SKIPIF", "TA", "TC", "TOC", "XE",
})  # fmt: skip
"""Fields that show nothing themselves, or whose result is empty for good reason."""
_BUTTONS = frozenset({"MACROBUTTON", "GOTOBUTTON"})
_RUBY = re.compile(r"\\s\\up ?\d{1,4}\(([^()]{1,200})\),([^()]{1,200})\)", re.IGNORECASE)
_QUOTED = re.compile(r'"([^"]{0,2000})"|(\S{1,2000})')


@dataclass(slots=True)
class Field:
    """A field that has begun: its first mark, its instruction so far, and whether that goes on."""

    begin: etree._Element
    instruction: str = ""
    in_instruction: bool = True
    shown: bool = False


class Fields:
    """Follows the fields through one story (the body, a header, a note), across paragraphs.

    A mark that has no partner is passed over, so that a damaged field swallows nothing.
    """

    def __init__(self, story: etree._Element) -> None:
        self._paired = set(_pair(story))
        self._open: list[Field] = []

    @property
    def in_instruction(self) -> bool:
        """Whether text at hand is part of an instruction, which nobody sees."""
        return any(field.in_instruction for field in self._open)

    def instruct(self, text: str) -> None:
        """Take up a piece of an instruction."""
        if self._open:
            self._open[-1].instruction += text

    def show(self) -> None:
        """Note that the fields at hand have a result."""
        for field in self._open:
            field.shown = True

    def pass_mark(self, mark: etree._Element) -> Field | None:
        """Take up a ``w:fldChar``; return the field that it ends."""
        if mark not in self._paired:
            return None
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            self._open.append(Field(mark))
        elif kind == "separate" and self._open:
            self._open[-1].in_instruction = False
        elif kind == "end" and self._open:
            return self._open.pop()
        return None


def find_address(instruction: str) -> str:
    """Return the address of a HYPERLINK field; empty where it is a place within the document."""
    words = [quoted or plain for quoted, plain in _QUOTED.findall(instruction)]
    return words[1] if len(words) > 1 and words[0].upper() == "HYPERLINK" and not words[1].startswith("\\") else ""


def print_field(field: Field) -> tuple[str, str]:
    """Return what a field without a result shows, and the name of a kind that is not understood."""
    data = field.begin.find(f"{W}ffData")
    if data is not None and (control := _print_control(data)):
        return control, ""
    return ("", "") if field.shown else print_instruction(field.instruction)


def print_instruction(instruction: str) -> tuple[str, str]:
    """Return what a field shows by its instruction alone, and the name of a kind that is not understood."""
    words = instruction.split()
    kind = words[0].upper() if words else ""
    if kind in _SILENT or not kind:
        return "", ""
    if kind in _BUTTONS and len(words) > 2:
        return " ".join(words[2:]), ""
    if kind == "EQ":
        ruby = _RUBY.search(instruction)
        return (f"{ruby[2]}({ruby[1]})" if ruby else " ".join(words[1:])), ""
    if kind == "SYMBOL" and len(words) > 1:
        return _print_symbol(words[1], instruction), ""
    return "", f"field {kind}"


def _print_control(data: etree._Element) -> str:
    box, choice = data.find(f"{W}checkBox"), data.find(f"{W}ddList")
    if box is not None:
        checked = box.find(f"{W}checked")
        return "☒" if is_on(checked if checked is not None else box.find(f"{W}default")) else "☐"
    if choice is None:
        return ""
    entries = [entry.get(f"{W}val", "") for entry in choice.iterfind(f"{W}listEntry")]
    chosen = choice.find(f"{W}result")
    chosen = chosen if chosen is not None else choice.find(f"{W}default")
    at = "0" if chosen is None else chosen.get(f"{W}val", "0")
    return entries[int(at)] if at.isdecimal() and int(at[:5]) < len(entries) else ""


def _print_symbol(code: str, instruction: str) -> str:
    base = 16 if code.lower().startswith("0x") else 10
    digits = code[2:] if base == 16 else code
    if not digits.isalnum() or len(digits) > 6:
        return ""
    try:
        number = int(digits, base)
    except ValueError:
        return ""
    font = instruction.partition("\\f")[2].strip().strip('"').partition('"')[0]
    return symbol(font, chr(number)) if number < 0x110000 else ""


def _pair(story: etree._Element) -> list[etree._Element]:
    """The marks of complete fields."""
    paired: list[etree._Element] = []
    waiting: list[list[etree._Element]] = []
    for mark in story.iter(_CHAR):
        kind = mark.get(f"{W}fldCharType")
        if kind == "begin":
            waiting.append([mark])
        elif waiting and kind in ("separate", "end"):
            waiting[-1].append(mark)
            if kind == "end":
                paired += waiting.pop()
    return paired
