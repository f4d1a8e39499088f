"""Fonts whose letters are equally wide, in which documents set code."""

from __future__ import annotations

_NAMES = frozenset(
    {
        "courier", "courier new", "courier prime", "consolas", "menlo", "monaco", "sf mono", "lucida console",
        "lucida sans typewriter", "andale mono", "dejavu sans mono", "bitstream vera sans mono", "liberation mono",
        "nimbus mono", "nimbus mono l", "nimbus mono ps", "cousine", "freemono", "source code pro", "cascadia code",
        "cascadia mono", "fira code", "fira mono", "jetbrains mono", "roboto mono", "ubuntu mono", "noto sans mono",
        "ibm plex mono", "inconsolata", "hack", "ms gothic mono", "terminal", "fixedsys",
    }
)  # fmt: skip
LONGEST_LINE = 160
"""Characters of a paragraph that is a line of code; longer ones are prose."""
MOST = 0.6
"""Share of a text in such type beyond which it is typewritten prose rather than code."""


def is_monospaced(font: str) -> bool:
    """Whether a font of this name has letters of one width."""
    return font.strip().lower() in _NAMES
