"""One line of a page in the making: pieces of text, with what is struck out, raised or kept as it is spaced."""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from itertools import groupby
from typing import NamedTuple

from glyph_integrations.source.numerals import raised

_SPACES = re.compile(r"[ \t\n\r\f]+")
_LONGEST_SCRIPT = 12
# What stands high without changing the number before it.
_ORDINALS = frozenset(
    [
        "st",
        "nd",
        "rd",
        "th",
        "e",
        "er",
        "re",
        "ère",
        "ème",
        "eme",
        "o",
        "a",
        "º",
        "ª",
        "os",
        "as",
        "tm",
        "sm",
        "®",
        "™",
        "℠",
        "©",
        "*",
        "†",
        "‡",
        "§",
        "¶",
    ]
)


class _Piece(NamedTuple):
    text: str
    is_struck: bool
    preserves: str


class Words(NamedTuple):
    """A line that is done.

    Attributes:
        text: Its words; what is struck out stands between ``~~``.
        is_verbatim: Whether its spaces and line ends are a layout of its own.
    """

    text: str
    is_verbatim: bool


@dataclass(slots=True)
class Line:
    """Pieces of text in order."""

    _pieces: list[_Piece] = field(default_factory=list)
    _rise: int = 0

    def add(self, text: str, *, is_struck: bool = False, preserves: str = "", rise: int = 0) -> None:
        """Append text.

        Args:
            text: The text as it stands in the page.
            is_struck: Whether a line goes through it.
            preserves: Which white space stays: "" none, "lines", "all".
            rise: 1 for superscripts, -1 for subscripts.
        """
        if not text:
            return
        if preserves == "lines":
            text = "\n".join(_SPACES.sub(" ", line) for line in text.split("\n"))
        elif not preserves:
            text = _SPACES.sub(" ", text)
            if text[0] == " " and self._pieces and self._pieces[-1].text.endswith(" "):
                text = text[1:]
        if rise and text.strip():
            text = self._write_script(text, rise)
        if text.strip():
            self._rise = rise
        self._pieces.append(_Piece(text, is_struck, preserves))

    def space(self) -> None:
        """Keep what comes next apart from what was there."""
        if self._pieces and not self._pieces[-1].text.endswith((" ", "\n")):
            self._pieces.append(_Piece(" ", is_struck=False, preserves=""))

    @property
    def is_empty(self) -> bool:
        """Whether there is nothing but white space."""
        return not any(piece.text.strip(" \n\t\r\f") for piece in self._pieces)

    def take(self) -> Words:
        """Return the line and begin anew."""
        kept = {piece.preserves for piece in self._pieces if piece.text.strip()}
        parts: list[str] = []
        for is_struck, pieces in groupby(self._pieces, key=lambda piece: piece.is_struck):
            text = "".join(piece.text for piece in pieces)
            if not is_struck or not text.strip():
                if parts and parts[-1].endswith("~~") and text[:1].isalnum():
                    parts.append(" ")
                parts.append(text)
                continue
            core = text.strip(" \n\t\r\f")
            start = text.index(core)
            if parts and parts[-1][-1:].isalnum() and not start:
                parts.append(" ")
            parts += text[:start], f"~~{core}~~", text[start + len(core) :]
            parts = [part for part in parts if part]
        self._pieces.clear()
        self._rise = 0
        whole = "".join(parts)
        if not kept & {"all", "lines"}:
            return Words(_SPACES.sub(" ", whole).strip(" "), is_verbatim=False)
        whole = whole.strip("\n").rstrip()
        return Words(whole, is_verbatim="all" in kept and ("\n" in whole or "  " in whole))

    def _write_script(self, text: str, rise: int) -> str:
        """Return a superscript or subscript so that it does not run into the number or word before it."""
        before = self._pieces[-1].text[-1:] if self._pieces else ""
        script = text.strip()
        follows = before.isalnum() or before in (")", "]", "}", "%") or self._rise == rise
        if len(script) > _LONGEST_SCRIPT or not (follows or script.replace(",", "").isdigit()):
            return text
        written = raised(script, up=rise > 0) or ",".join(raised(part, up=rise > 0) for part in script.split(","))
        if written.strip(",") and written.count(",") < len(written) and all(written.split(",")):
            return text.replace(script, written)
        runs_in = before.isalnum() and script[0].isalnum() and self._rise != rise and " " not in script
        if not runs_in or (rise > 0 and script.lower().rstrip(".") in _ORDINALS):
            return text
        return text.replace(script, f"{'^' if rise > 0 else '_'}{script if script.isalnum() else f'({script})'}")
