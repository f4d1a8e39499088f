"""What a source may cost before it is refused."""

from __future__ import annotations

from dataclasses import dataclass, fields


@dataclass(frozen=True, slots=True, kw_only=True)
class Limits:
    """Bounds on one source and all that it carries; beyond them loading ends in ``TooLargeError`` or ``TimedOutError``.

    Attributes:
        seconds: Processor time of the subprocess for one source, or one picture of it. A busy machine does not use
            it up.
        wall_seconds: Time on the clock for the same, against a child that waits for ever; ten times ``seconds``
            unless given.
        memory: Memory of the parsing subprocess, in bytes (enforced where the system offers ``RLIMIT_AS``).
        file_bytes: Size of one source.
        unpacked_bytes: Size of a compressed source once unpacked (zip members, PDF streams).
        unpacked_ratio: How many times larger than its compressed form one zip member may be.
        pages: Pages of one source.
        characters: Characters of one source.
        page_side: Longest side of a source page, in pt (PDF's own limit is 14,400).
        pixels: Pixels of one decoded image.
        attachments: Files that one source carries (an e-mail, a PDF, a Word file) and that are read with it.
        nesting: Depth of containers within containers (an e-mail attached to an e-mail).
        isolated: Parse in a killable subprocess. Turn it off only for trusted files.
    """

    seconds: float = 30.0
    wall_seconds: float | None = None
    memory: int = 1 << 30
    file_bytes: int = 512 << 20
    unpacked_bytes: int = 1 << 30
    unpacked_ratio: int = 300
    pages: int = 10_000
    characters: int = 200_000_000
    page_side: float = 14_400.0
    pixels: int = 100_000_000
    attachments: int = 200
    nesting: int = 3
    isolated: bool = True

    def __post_init__(self) -> None:
        for field in fields(self):
            value = getattr(self, field.name)
            if field.name != "isolated" and value is not None and not value > 0:
                raise ValueError(f"Limits.{field.name} must be positive, not {value!r}")

    @property
    def patience(self) -> float:
        """Seconds on the clock after which a child is ended."""
        return 10 * self.seconds if self.wall_seconds is None else self.wall_seconds
