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


def is_monospaced(font: str) -> bool:
    """Whether a font of this name has letters of one width; programs number fonts of one name ("Liberation Mono1")."""
    return font.lower().rstrip("0123456789 ").strip() in _NAMES
