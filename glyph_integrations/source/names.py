"""Names of sources, as text may hold them: files and their senders choose them, and nothing keeps them to one line."""

from __future__ import annotations

from typing import Final

_LONGEST: Final = 120  # characters
_END: Final = 24  # of which the last, where extensions stand


def print_name(name: str) -> str:
    """Returns a name as one line of at most 120 characters, without anything that cannot be seen.

    Line breaks, control characters and marks of direction become spaces; of a long name the middle is left out.
    """
    line = " ".join("".join(c if c.isprintable() else " " for c in name).split())
    if len(line) > _LONGEST:
        line = f"{line[: _LONGEST - _END - 1]}…{line[-_END:]}"
    return line or "document"
