"""Reads RTF by the parts of its specification (1.9.1) that carry text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import replace
from typing import TYPE_CHECKING

from lxml import etree

from glyph_integrations.source.formats.rtf.flow import Flow, Line
from glyph_integrations.source.formats.rtf.objects import Embedded, Field, Picture, Shape
from glyph_integrations.source.formats.rtf.state import State
from glyph_integrations.source.formats.rtf.tables import Tables
from glyph_integrations.source.formats.rtf.words import ASIDE, CHARACTERS, STARRED, TABLES, TEXTLESS
from glyph_integrations.source.formats.word.equations import linear
from glyph_integrations.source.formats.word.fields import find_address
from glyph_integrations.source.numerals import lift, raised
from glyph_integrations.source.office import M
from glyph_integrations.source.words import Cut

if TYPE_CHECKING:
    from collections.abc import Iterable

Block = Line | list[list[str]] | Picture | Embedded

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\$"
)
_FORMULA = re.compile(r"m[a-zA-Z]+")
_EDGES = frozenset({"shpleft", "shptop", "shpright", "shpbottom"})


class Reader:
    """One pass over a file.

    Attributes:
        left_out: Why text was left out, the text, and whether it was hidden.
        unknown: Names of what is not understood, with its text.
        metadata: What the file says about itself.
    """

    def __init__(self) -> None:
        self.left_out: list[tuple[str, str, bool]] = []
        self.unknown: dict[str, str] = {}
        self._state = State()
        self._stack: list[State] = []
        self._tables = Tables()
        self._flows = [Flow()]
        self._furniture: dict[str, list[Flow]] = {"header": [], "footer": []}
        self._pending: list[Flow] = []
        self._notes: Counter[str] = Counter()
        self._author = ""
        self._bytes = bytearray()
        self._ignored = 0
        self._starred = False
        self._default_font = -1

    @property
    def metadata(self) -> dict[str, str]:
        """What the file says about itself."""
        return self._tables.metadata

    def read(self, text: str) -> None:
        """Takes up the whole file, each byte a character."""
        position = 0
        while match := _TOKEN.match(text, position):
            position = match.end()
            word, number, byte, sign, brace, plain = match.groups()
            if self._bytes and byte is None:
                plain = self._end_bytes(plain)
            if brace == "{":
                self._stack.append(self._state)
                self._state = replace(self._state, began="")
            elif brace == "}":
                self._end_group()
            elif byte is not None:
                self._byte(int(byte, 16))
            elif word == "bin":
                size = max(int(number or 0), 0)
                self._take_binary(text[position : position + size])
                position += size
            elif word is not None:
                self._word(word, int(number) if number else None)
            else:
                self._sign(sign, plain)
        while self._stack:
            self._end_group()
        self._flows[0].end()
        self._flows[0].blocks += self._notes_so_far()

    def blocks(self) -> list[Block]:
        """Lines, tables and pictures in order: headers, body, footers, the same one once."""
        seen: list[object] = []
        furniture: dict[str, list[Line | list[str] | Picture | Embedded]] = {"header": [], "footer": []}
        for kind, flows in self._furniture.items():
            for flow in flows:
                if flow.blocks not in seen:
                    seen.append(flow.blocks)
                    furniture[kind] += flow.blocks
        return _join_rows((*furniture["header"], *self._flows[0].blocks, *furniture["footer"]))

    def _end_bytes(self, plain: str | None) -> str | None:
        """Takes up the bytes so far; a plain letter may complete the last of them."""
        if plain and self._tables.is_lead(bytes(self._bytes), self._state.font):
            self._bytes += plain[:1].encode("latin-1")
            plain = plain[1:]
        self._put(self._tables.decode(bytes(self._bytes), self._state.font))
        self._bytes.clear()
        return plain

    def _take_binary(self, data: str) -> None:
        if self._state.picture is not None:
            self._state.picture.data = data.encode("latin-1")

    def _sign(self, sign: str | None, plain: str | None) -> None:
        if sign == "*":
            self._starred = True
        elif sign in CHARACTERS:
            self._put(CHARACTERS[sign])
        elif plain:
            self._plain(plain)

    def _plain(self, text: str) -> None:
        used = min(self._ignored, len(text))
        self._ignored -= used
        text = text[used:]
        font = self._state.font
        if text and not self._state.table and (not text.isascii() or self._tables.is_symbols(font)):
            text = self._tables.decode(text.encode("latin-1"), font)
        self._put(text)

    def _word(self, word: str, number: int | None) -> None:
        self._ignored = 0
        starred, self._starred = self._starred, False
        state = self._state
        if word in TABLES and not state.skipped:
            state.table = word
        if word in TEXTLESS or word == "upr":
            state.skipped = True
        elif word == "ud":
            state.skipped = False
        elif starred and word not in STARRED and word not in TABLES and state.formula is None:
            state.skipped, state.unknown = True, word
            self.unknown.setdefault(word, "")
        if state.table:
            self._tables.word(state.table, word, number)
        elif word == "ansicpg":
            self._tables.code_page(number)
        elif word in ("f", "deff", "plain"):
            self._set_font(word, number)
        elif state.skipped:
            return
        elif word in CHARACTERS:
            self._put(CHARACTERS[word])
        elif word == "u" and number is not None:
            self._put(self._tables.character(number, state.font))
            self._ignored = state.skip_after
        elif not (state.take_look(word, number) or self._begin(word) or self._take_up(word, number)):
            self._end_block(word)

    def _set_font(self, word: str, number: int | None) -> None:
        """Takes up which font the text that follows is set in; ``plain`` is the usual one, in its usual look."""
        state = self._state
        if word == "deff":
            self._default_font = number or 0
        state.font = self._default_font if word == "plain" else number or 0
        state.take_look(word, number)

    def _begin(self, word: str) -> bool:
        """Begins a note, a picture, a field or the like."""
        state = self._state
        if word in ASIDE:
            self._begin_aside(ASIDE[word])
        elif word == "pict":
            state.picture, state.began = Picture(), "picture"
        elif word == "object":
            state.embedded, state.began = Embedded(), "embedded"
        elif word == "objdata":
            state.began = "data"
        elif word == "field":
            state.field, state.began = Field(), "field"
        elif word == "shp":
            state.shape, state.began = Shape(), "shape"
        elif word == "picprop":
            state.shape = Shape()
        elif word == "moMath":
            state.formula, state.began = etree.Element(f"{M}oMath"), "formula"
        elif state.formula is not None and _FORMULA.fullmatch(word):
            state.formula = etree.SubElement(state.formula, f"{M}{word[1:]}")
        else:
            return False
        return True

    def _take_up(self, word: str, number: int | None) -> bool:
        """Takes up a word about the picture, field, shape, cell or paragraph at hand."""
        state, flow = self._state, self._flows[-1]
        if state.picture is not None and state.picture.take(word, number):
            return True
        if word == "fldrslt":
            state.in_result = True
        elif state.field is not None and word in ("fftype", "ffres", "ffdefres"):
            state.field.form[word] = number or 0
        elif state.shape is not None and word in _EDGES:
            state.shape.edges[word] = number or 0
        elif word == "pard":
            flow.in_table, flow.level = bool(flow.row or flow.cell), 0
            state.reset_paragraph()
        elif word == "s":
            flow.level = self._tables.level(number or 0)
        elif word == "outlinelevel":
            flow.level = (number or 0) + 1 if 0 <= (number or 0) < 9 else 0
        elif word == "uc":
            state.skip_after = max(number or 0, 0)
        else:
            return flow.define_cell(word, number or 0)
        return True

    def _end_block(self, word: str) -> None:
        flow = self._flows[-1]
        if word in ("par", "sect", "page"):
            flow.end_paragraph()
            if not flow.in_table:
                flow.blocks += self._notes_so_far()
        elif word == "cell":
            flow.end_cell()
        elif word == "row":
            flow.end_row()
            flow.blocks += self._notes_so_far()
        elif word == "nestcell":  # of a table within a cell
            flow.put(", ")
        elif word == "nestrow" and flow.pieces:
            flow.pieces.pop()
            flow.put("; ")

    def _put(self, text: str) -> None:
        state = self._state
        if not text:
            return
        if state.unknown:
            self.unknown[state.unknown] = (self.unknown[state.unknown] + text)[:200]
        elif state.skipped:
            return
        elif state.table:
            self._tables.text(state.table, text)
        elif state.began == "picture" and state.picture is not None:
            state.picture.digits.append(text)
        elif state.began == "data" and state.embedded is not None:
            state.embedded.digits.append(text)
        elif state.formula is not None:
            _write_formula(state.formula, text)
        elif state.picture is None or len(self._flows) > 1:
            self._show(text)

    def _show(self, text: str) -> None:
        """Adds text to the paragraph at hand, or reports it where a person could not see it."""
        state, flow = self._state, self._flows[-1]
        if state.deleted:
            self.left_out.append(("tracked deletion", text, False))
            flow.pieces.append(Cut(text))
            return
        reason = state.find_hidden_reason(self._tables, flow.find_fill())
        if reason:
            self.left_out.append((reason, text, True))
            return
        if state.in_result and state.field is not None:
            state.field.shown = True
        shown = lift(text, up=state.rise > 0) if state.rise else text
        flow.put(shown, struck=state.struck, typed=self._tables.is_monospaced(state.font))

    def _byte(self, value: int) -> None:
        if self._ignored:
            self._ignored -= 1
        else:
            self._bytes.append(value)

    def _begin_aside(self, kind: str) -> None:
        """Sends a note's or header's text elsewhere until its group ends."""
        flow = Flow()
        if kind in ("footnote", "comment"):
            self._notes[kind] += 1
            number = self._notes[kind]
            mark = raised(str(number), up=True) if kind == "footnote" else f"[comment {number}]"
            self._flows[-1].put(mark)
            author = f", {self._author}" if self._author else ""
            flow.put(f"{mark} " if kind == "footnote" else f"[comment {number}{author}] ")
            self._state.rise = 0
        self._state.began = kind
        self._flows.append(flow)

    def _end_group(self) -> None:
        self._ignored, self._starred = 0, False
        state = self._state
        if self._stack:
            self._state = self._stack.pop()
        kind = state.began
        if kind in ASIDE.values():
            flow = self._flows.pop()
            flow.end()
            self._end_aside(kind, flow, state)
        elif kind == "picture" and state.picture is not None and not state.skipped:
            self._flows[-1].pieces.append(state.picture)
        elif kind == "embedded" and state.embedded is not None and state.embedded.digits:
            self._flows[-1].pieces.append(state.embedded)
        elif kind == "field" and state.field is not None:
            self._end_field(state.field)
        elif kind == "shape" and state.shape is not None:
            self._show(state.shape.properties.get("gtextUNICODE", ""))
        elif kind == "formula" and state.formula is not None:
            self._show(linear(state.formula))

    def _end_aside(self, kind: str, flow: Flow, state: State) -> None:
        text = " ".join(block.text for block in flow.blocks if isinstance(block, Line))
        if kind == "author":
            self._author = text
        elif kind == "class" and state.embedded is not None:
            state.embedded.kind = text
        elif kind == "instruction" and state.field is not None:
            state.field.instruction += text
        elif kind == "choice" and state.field is not None:
            state.field.choices.append(text)
        elif kind == "name" and state.shape is not None:
            state.shape.name = text
        elif kind == "value":
            self._end_value(text, flow, state)
        elif kind in ("footnote", "comment"):
            self._pending.append(flow)
        elif kind in self._furniture:
            self._furniture[kind].append(flow)

    def _end_value(self, text: str, flow: Flow, state: State) -> None:
        """Takes up the value of a shape's or picture's property; a picture may be one."""
        if state.shape is not None:
            state.shape.properties[state.shape.name] = text
            if state.shape.name == "wzDescription" and state.picture is not None:
                state.picture.description = text
        self._flows[-1].pieces += (block for block in flow.blocks if isinstance(block, Picture))

    def _end_field(self, field: Field) -> None:
        text, unknown = field.print()
        self._show(text) if text else None
        if unknown:
            self.unknown.setdefault(unknown, field.instruction)
        if address := find_address(field.instruction):
            self.left_out.append(("link address", address, False))

    def _notes_so_far(self) -> list[Line | list[str] | Picture | Embedded]:
        """The notes to the paragraph or row that just ended."""
        if len(self._flows) > 1:
            return []
        blocks = [block for flow in self._pending for block in flow.blocks]
        self._pending = []
        return blocks


def _write_formula(element: etree._Element, text: str) -> None:
    """Adds text to a formula: to a property as its value, elsewhere as letters."""
    parent = element.getparent()
    if parent is not None and str(parent.tag).endswith("Pr"):
        element.set(f"{M}val", element.get(f"{M}val", "") + text.strip())
        return
    if not str(element.tag).endswith("Pr"):
        etree.SubElement(element, f"{M}t").text = "".join(sign for sign in text if sign.isprintable())


def _join_rows(blocks: Iterable[Line | list[str] | Picture | Embedded]) -> list[Block]:
    """Rows that follow each other as one table."""
    result: list[Block] = []
    for block in blocks:
        if not isinstance(block, list):
            result.append(block)
        elif result and isinstance(result[-1], list):
            result[-1].append(block)
        else:
            result.append([block])
    return result
