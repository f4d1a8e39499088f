"""``Blob``: the bytes of one source, in memory or on disk."""

from __future__ import annotations

import io
import os
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import BinaryIO


@dataclass(frozen=True, eq=False)
class Blob:
    """One source's bytes.

    Attributes:
        name: How it is called in results and messages; never an absolute path.
        path: The file, where there is one: it is opened when needed, so that a large file is not held in memory.
        data: The bytes, where there is no file.
        password: For encrypted sources.
    """

    name: str
    path: Path | None = field(default=None, repr=False)
    data: bytes | None = field(default=None, repr=False)
    password: str | None = field(default=None, repr=False)

    @cached_property
    def size(self) -> int:
        """Bytes."""
        return len(self.data) if self.data is not None else os.stat(self._file).st_size  # noqa: PTH116 - one call

    @cached_property
    def head(self) -> bytes:
        """The first 4,096 bytes, for detection."""
        with self.open() as file:
            return file.read(4096)

    @property
    def suffix(self) -> str:
        """The name's extension in lower case, with its dot, or an empty string."""
        return Path(self.name).suffix.lower()

    def open(self) -> BinaryIO:
        """A seekable binary file; the caller closes it."""
        return io.BytesIO(self.data) if self.data is not None else self._file.open("rb")

    def read(self) -> bytes:
        """All bytes."""
        return self.data if self.data is not None else self._file.read_bytes()

    @property
    def _file(self) -> Path:
        if self.path is None:
            raise ValueError("a Blob has either a path or data")
        return self.path
