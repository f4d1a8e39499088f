"""Which files a path, a directory or a pattern stands for; none outside the directory that was named."""

from __future__ import annotations

import glob
import os
import re
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Iterable

_NUMBER = re.compile(r"(\d+)")


class Files(NamedTuple):
    """The files of a directory or a pattern.

    Attributes:
        found: Names below the directory, and paths, in natural order.
        outside: Names of links that lead out of the directory: these are not followed.
    """

    found: list[tuple[str, Path]]
    outside: list[str]


def list_files(source: str) -> Files | None:
    """Return the files of a directory or a pattern; None where ``source`` is one file, or nothing that exists.

    Hidden files are left out, and so is whatever a symbolic link brings in from outside the directory (of a pattern:
    outside its part before the first wildcard). Links to directories are not followed.
    """
    path = Path(source)
    try:
        if path.is_dir():
            return _keep_inside(path, _walk(path))
        if path.exists() or not glob.has_magic(source):
            return None
        root, pattern = _split_pattern(path)
        files = _keep_inside(root, (match for match in root.glob(pattern) if _is_wanted(match, root, pattern)))
    except (OSError, ValueError):  # too long for a path, or with a NUL: the text itself
        return None
    return files if files.found or files.outside else None


def _walk(directory: Path) -> list[Path]:
    paths: list[Path] = []
    for folder, folders, names in os.walk(directory):
        folders[:] = [name for name in folders if not name.startswith(".")]
        links = (name for name in folders if Path(folder, name).is_symlink())
        paths += (Path(folder, name) for name in (*names, *links) if not name.startswith("."))
    return paths


def _split_pattern(path: Path) -> tuple[Path, str]:
    """Split a pattern into the directory before its first wildcard and the rest."""
    parts = path.parts
    depth = next(i for i, part in enumerate(parts) if glob.has_magic(part))
    rest = [part if part == "**" else part.replace("**", "*") for part in parts[depth:]]
    if rest[-1] == "**":  # which means directories alone to pathlib
        rest.append("*")
    return Path(*parts[:depth]), str(PurePath(*rest))


def _is_wanted(match: Path, root: Path, pattern: str) -> bool:
    """Return whether a match is a file or a link and is not hidden, unless the pattern asks for hidden ones."""
    hidden = any(part.startswith(".") for part in match.relative_to(root).parts)
    return (match.is_file() or match.is_symlink()) and (
        not hidden or any(part.startswith(".") for part in PurePath(pattern).parts)
    )


def _keep_inside(root: Path, paths: Iterable[Path]) -> Files:
    inside = root.resolve()
    found: list[tuple[str, Path]] = []
    outside: list[str] = []
    for path in sorted(paths, key=_sort_naturally):
        name = path.relative_to(root).as_posix()
        if not path.resolve().is_relative_to(inside):
            outside.append(name)
        elif path.is_file():
            found.append((name, path))
    return Files(found, outside)


def _sort_naturally(path: Path) -> list[tuple[int, int, str]]:
    """Return a key that puts "page 2" before "page 10"."""
    pieces = _NUMBER.split(path.as_posix().casefold())
    return [(0, int(piece), "") if piece.isdecimal() else (1, 0, piece) for piece in pieces if piece]
