"""Where the lines and pictures of a part of a page go."""

from __future__ import annotations

from typing import TYPE_CHECKING, Protocol

if TYPE_CHECKING:
    from collections.abc import Callable

    from glyph_integrations.source.builder import TextBuilder


class Output(Protocol):
    """Takes up lines and pictures."""

    def line(self, text: str, level: int, *, is_verbatim: bool) -> None:
        """Take up a line; ``level`` is that of a heading, or 0."""

    def picture(self, show: Callable[[], None]) -> None:
        """Take up a picture, which ``show`` appends."""


class Page:
    """Lines and pictures as they come."""

    def __init__(self, builder: TextBuilder) -> None:
        self._builder = builder

    def line(self, text: str, level: int, *, is_verbatim: bool) -> None:
        """Append a line."""
        if level:
            self._builder.heading(level, text)
        elif is_verbatim:
            with self._builder.verbatim():
                self._builder.line(text)
        else:
            self._builder.line(text)

    def picture(self, show: Callable[[], None]) -> None:
        """Append a picture."""
        show()


class Cell:
    """The lines of a table's cell; its pictures follow the table."""

    def __init__(self) -> None:
        self.lines: list[str] = []
        self.pictures: list[Callable[[], None]] = []

    def line(self, text: str, level: int, *, is_verbatim: bool) -> None:  # noqa: ARG002 - a cell is one line
        """Keep a line."""
        self.lines.append(" ".join(text.split()))

    def picture(self, show: Callable[[], None]) -> None:
        """Keep a picture."""
        self.pictures.append(show)
