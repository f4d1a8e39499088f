"""Reads RTF by the parts of its specification (1.9.1) that carry text."""

from __future__ import annotations

import re
from collections import Counter
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.rtf.flow import Flow, Line
from glyph_integrations.source.formats.rtf.tables import Tables
from glyph_integrations.source.formats.rtf.words import ASIDE, CHARACTERS, STARRED, TABLES, TEXTLESS
from glyph_integrations.source.numerals import raised

if TYPE_CHECKING:
    from collections.abc import Iterable

_TOKEN = re.compile(
    r"\\([a-zA-Z]{1,32})(-?\d{1,10})? ?|\\'([0-9a-fA-F]{2})|\\([^a-zA-Z])|([{}])|[\r\n]+|([^\\{}\r\n]+)|\\$"
)


@dataclass(slots=True)
class _State:
    """What a group inherits and gives back."""

    skipped: bool = False
    table: str = ""  # the table at the head of the file that this group is part of
    aside: str = ""  # the kind of note or furniture that this group began
    skip_after: int = 1  # characters that stand in for a Unicode one
    font: int = -1
    hidden: bool = False
    deleted: bool = False
    half_points: int = 24
    white: bool = False
    on_colour: bool = False
    raised: int = 0

    def unseen(self) -> str:
        """Why text set so is left out, or an empty string."""
        reasons = (
            ("tracked deletion", self.deleted),
            ("hidden text", self.hidden),
            ("under 2 pt", self.half_points < 4),
            ("white on white", self.white and not self.on_colour),
        )
        return next((reason for reason, holds in reasons if holds), "")


class Reader:
    """One pass over a file."""

    def __init__(self) -> None:
        self.dropped: Counter[tuple[str, bool]] = Counter()
        self._state = _State()
        self._stack: list[_State] = []
        self._tables = Tables()
        self._flows = [Flow()]
        self._furniture: dict[str, list[Flow]] = {"header": [], "footer": []}
        self._pending: list[Flow] = []
        self._notes: Counter[str] = Counter()
        self._author = ""
        self._bytes = bytearray()
        self._ignored = 0
        self._starred = False

    def read(self, text: str) -> None:
        """Takes up the whole file, each byte a character."""
        position = 0
        while match := _TOKEN.match(text, position):
            position = match.end()
            word, number, byte, sign, brace, plain = match.groups()
            if byte is None and self._bytes:
                self._put(self._tables.decode(bytes(self._bytes), self._state.font))
                self._bytes.clear()
            if brace == "{":
                self._stack.append(self._state)
                self._state = replace(self._state, aside="")
            elif brace == "}":
                self._end_group()
            elif byte is not None:
                self._byte(int(byte, 16))
            elif word == "bin":
                position += max(int(number or 0), 0)
            elif word is not None:
                self._word(word, int(number) if number else None)
            elif sign == "*":
                self._starred = True
            elif sign in CHARACTERS:
                self._put(CHARACTERS[sign])
            elif plain is not None:
                used = min(self._ignored, len(plain))
                self._ignored -= used
                self._put(plain[used:])
        self._flows[0].end()
        self._flows[0].blocks += self._notes_so_far()

    def blocks(self) -> list[Line | list[list[str]]]:
        """Lines and tables in order: headers, body, footers, the same one once."""
        seen: list[list[Line | list[str]]] = []
        furniture: dict[str, list[Line | list[str]]] = {"header": [], "footer": []}
        for kind, flows in self._furniture.items():
            for flow in flows:
                if flow.blocks not in seen:
                    seen.append(flow.blocks)
                    furniture[kind] += flow.blocks
        return _tables((*furniture["header"], *self._flows[0].blocks, *furniture["footer"]))

    def _word(self, word: str, number: int | None) -> None:
        self._ignored = 0
        starred, self._starred = self._starred, False
        state = self._state
        if word in TABLES:
            state.table = word
        if word in TEXTLESS or (starred and word not in STARRED) or (word[0] == "m" and word.endswith("Pr")):
            state.skipped = True
        if state.table:
            self._tables.word(state.table, word, number)
        elif word == "ansicpg":
            self._tables.code_page(number)
        elif word == "f":
            state.font = number or 0
        elif state.skipped:
            return
        elif word in ASIDE:
            self._begin_aside(ASIDE[word])
        elif word in CHARACTERS:
            self._put(CHARACTERS[word])
        elif word == "u" and number is not None:
            self._put(self._tables.character(number, state.font))
            self._ignored = state.skip_after
        elif not self._look(word, number):
            self._structure(word, number or 0)

    def _look(self, word: str, number: int | None) -> bool:
        """Takes up how the text that follows looks; says whether the word is about that."""
        state, on = self._state, number != 0
        if word == "v":
            state.hidden = on
        elif word == "deleted":
            state.deleted = on
        elif word == "fs":
            state.half_points = 24 if number is None else number
        elif word == "cf":
            state.white = self._tables.is_white(number or 0)
        elif word in ("chcbpat", "cb", "highlight", "cbpat", "chshdng", "shading", "shptxt"):
            state.on_colour = state.on_colour or word == "shptxt" or bool(number)
        elif word in ("super", "up", "sub", "dn", "nosupersub"):
            state.raised = 0 if not on or word == "nosupersub" else 1 if word in ("super", "up") else -1
        elif word == "plain":
            state.hidden = state.deleted = state.white = state.on_colour = False
            state.half_points, state.raised = 24, 0
        else:
            return False
        return True

    def _structure(self, word: str, number: int) -> None:
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
            flow.paragraph.append(", ")
        elif word == "nestrow" and flow.paragraph:
            flow.paragraph[-1] = "; "
        elif word == "pard":
            flow.in_table, flow.level = bool(flow.row), 0
        elif word == "intbl":
            flow.in_table = True
        elif word == "s":
            flow.level = self._tables.level(number)
        elif word == "outlinelevel":
            flow.level = number + 1 if number < 9 else 0
        elif word == "uc":
            self._state.skip_after = number

    def _put(self, text: str) -> None:
        state = self._state
        if state.table:
            self._tables.text(state.table, text)
        elif text and not state.skipped:
            flow = self._flows[-1]
            reason = state.unseen()
            if reason and not (reason == "white on white" and flow.in_table):  # whose cells may be filled
                self.dropped[reason, reason != "tracked deletion"] += len(text)
            else:
                flow.paragraph.append((raised(text, up=state.raised > 0) if state.raised else "") or text)

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
            self._put(mark)
            author = f", {self._author}" if self._author else ""
            flow.paragraph.append(f"{mark} " if kind == "footnote" else f"[comment {number}{author}] ")
        self._state.aside = kind
        self._flows.append(flow)

    def _end_group(self) -> None:
        self._ignored, self._starred = 0, False
        kind = self._state.aside
        if kind:
            flow = self._flows.pop()
            flow.end()
            if kind == "author":
                self._author = " ".join(block.text for block in flow.blocks if isinstance(block, Line))
            else:
                self._furniture.get(kind, self._pending).append(flow)
        if self._stack:
            self._state = self._stack.pop()

    def _notes_so_far(self) -> list[Line | list[str]]:
        """The notes to the paragraph or row that just ended."""
        if len(self._flows) > 1:
            return []
        blocks = [block for flow in self._pending for block in flow.blocks]
        self._pending = []
        return blocks


def _tables(blocks: Iterable[Line | list[str]]) -> list[Line | list[list[str]]]:
    """Rows that follow each other as one table."""
    result: list[Line | list[list[str]]] = []
    for block in blocks:
        if isinstance(block, Line):
            result.append(block)
        elif result and isinstance(result[-1], list):
            result[-1].append(block)
        else:
            result.append([block])
    return result
