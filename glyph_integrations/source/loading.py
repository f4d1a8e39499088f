"""``load``: one or many files become a ``SourceText``."""

from __future__ import annotations

import glob
import os
import time
from dataclasses import replace
from pathlib import Path, PurePath
from typing import TYPE_CHECKING, BinaryIO, Literal

from glyph_integrations.errors import (
    EmptyError,
    GlyphError,
    LoadError,
    MalformedError,
    NotFoundError,
    TooLargeError,
    UnsupportedError,
)
from glyph_integrations.source.attachments import read_attachments
from glyph_integrations.source.blob import Blob
from glyph_integrations.source.detect import detect, mismatch
from glyph_integrations.source.files import list_files
from glyph_integrations.source.formats import LoadOptions
from glyph_integrations.source.isolation import Origin, load_isolated
from glyph_integrations.source.limits import Limits
from glyph_integrations.source.progress import raised_by_callback, throttle
from glyph_integrations.source.registry import format_for
from glyph_integrations.source.text import Dropped, SourceText, concatenate

if TYPE_CHECKING:
    from collections.abc import Callable

    from glyph_integrations.source.files import Files


def load(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO,
    *,
    media_type: str | None = None,
    password: str | None = None,
    pages: Literal["auto", "text", "raster"] = "auto",
    furniture: Literal["once", "keep"] = "once",
    limits: Limits | None = None,
    progress: Callable[[int, int], None] | None = None,
) -> SourceText:
    """Reads a source whole.

    Args:
        source: A file's path, a directory (read recursively in natural order, hidden files left out), a glob pattern,
            a file's bytes, or an open binary file. A string is never the text itself: see ``SourceText.from_string``.
        media_type: What it is, where detection by content and name should not decide.
        password: For encrypted sources.
        pages: Decide for each PDF page whether it is typeset anew or shown as a picture, or force one.
        furniture: Keep running heads and feet of PDF pages once and leave out page numbers, or keep every one.
        limits: What each source may cost; ``Limits()`` by default.
        progress: Called while a long source is read, with the pages read and its number of pages; what it raises ends
            the loading.

    Returns:
        The text of all sources. Files of a directory or glob that could not be read are listed in ``dropped``.

    Raises:
        NotFoundError: There is no such file and no file matches the pattern.
        UnsupportedError: No format reads it, or nothing in the directory.
        EncryptedError: It needs a password, or the one given is wrong.
        MalformedError: It is damaged.
        TooLargeError: It exceeds one of the limits.
        EmptyError: It holds nothing to read.
        TimedOutError: It took more processor time than ``Limits.seconds``, or hung.
        MissingExtraError: A format that another package registered lacks its library.
    """
    started = time.perf_counter()
    options = LoadOptions(
        pages=pages,
        furniture=furniture,
        limits=limits or Limits(),
        progress=None if progress is None else throttle(progress),
    )
    with raised_by_callback():
        text = _load_source(source, media_type, password, options)
    return replace(text, seconds=time.perf_counter() - started)


def _load_source(
    source: str | os.PathLike[str] | bytes | bytearray | memoryview | BinaryIO,
    media_type: str | None,
    password: str | None,
    options: LoadOptions,
) -> SourceText:
    if isinstance(source, (str, os.PathLike)):
        files = list_files(os.fspath(source)) if os.fspath(source) else None
        if files is not None:
            return _load_each(files, PurePath(os.fspath(source)).name, media_type, password, options)
        blob = _blob_of_path(os.fspath(source), password, options.limits)
    elif isinstance(source, (bytes, bytearray, memoryview)):
        blob = Blob(name="source", data=bytes(source), password=password)
    elif hasattr(source, "read"):
        blob = _blob_of_stream(source, password, options.limits)
    else:
        raise TypeError(f"load takes a path, bytes or a binary file, not {type(source).__name__}")
    return load_blob(blob, options, media_type)


def load_blob(blob: Blob, options: LoadOptions, media_type: str | None = None) -> SourceText:
    """Reads one blob: detection, the format, the subprocess, and typed errors for whatever goes wrong.

    Raises:
        LoadError: See ``load``.
        MissingExtraError: A format that another package registered lacks its library.
    """
    limits = options.limits
    if blob.size > limits.file_bytes:
        raise _too_large(blob.name, limits)
    if blob.size == 0:
        raise EmptyError(f"{blob.name} is empty")
    try:
        stated = media_type or detect(blob)
        reader = format_for(blob, stated)
        if reader.isolated:
            text = load_isolated(reader.name, blob, stated, options)
        else:
            text = reader.load(blob, stated, options)
    except GlyphError:
        raise
    except MemoryError as error:
        raise TooLargeError(f"{blob.name} needs more memory than there is") from error
    except Exception as error:  # the one boundary between third-party errors and ours
        raise MalformedError(f"{blob.name} cannot be read ({type(error).__name__})") from error
    if not text.origins:
        origin = Origin(format_name=reader.name, blob=blob, media_type=stated, limits=limits)
        text = replace(text, origins=(origin,) * len(text.sources))
    text = _with_note(text, mismatch(blob, stated) if media_type is None else "")
    return read_attachments(text, blob, options, load_blob) if text.attachments else text


def _load_each(
    files: Files, name: str, media_type: str | None, password: str | None, options: LoadOptions
) -> SourceText:
    """Joins all that can be read; what cannot is listed in ``dropped``."""
    texts: list[SourceText] = []
    failures: list[LoadError] = [
        NotFoundError(f"{link} is a link that leads out of the directory: load its target by its own path")
        for link in files.outside
    ]
    for file_name, path in files.found:
        try:
            texts.append(load_blob(Blob(name=file_name, path=path, password=password), options, media_type))
        except LoadError as error:
            failures.append(error)
    if not texts:
        if len(failures) == 1:
            raise failures[0]
        shown = "; ".join(map(str, failures[:5])) + ("; …" if len(failures) > 5 else "")
        raise UnsupportedError(f"nothing in {name or 'the directory'} can be read{': ' if shown else ''}{shown}")
    text = concatenate(texts)
    unread = tuple(Dropped(reason=f"not read: {error}", characters=0, hidden=False) for error in failures)
    return replace(text, dropped=text.dropped + unread)


def _with_note(text: SourceText, note: str) -> SourceText:
    if not note:
        return text
    first = text.sources[0]
    noted = replace(first, metadata={**first.metadata, "note": note})
    return replace(text, sources=(noted, *text.sources[1:]))


def _blob_of_path(source: str, password: str | None, limits: Limits) -> Blob:
    path = Path(source)
    try:
        if path.is_file():
            return Blob(name=path.name, path=path, password=password)
        if path.exists():  # a pipe
            with path.open("rb") as file:
                return _blob_of_stream(file, password, limits)
    except PermissionError as error:
        raise NotFoundError(f"{path.name} may not be opened: permission denied") from error
    except (OSError, ValueError):
        pass
    raise NotFoundError(_not_found(source))


def _not_found(source: str) -> str:
    if not source:
        return "load needs the path of a file or a directory, and was given an empty one"
    if "://" in source[:12]:
        return "URLs are not fetched: download the file and pass its path or bytes"
    if glob.has_magic(source) and len(source) < 256:
        return f"no file matches the pattern {PurePath(source).name!r}"
    if len(source) > 255 or "\n" in source or source.count(" ") > 10:
        return "there is no such file; if this is the text itself, wrap it with SourceText.from_string"
    return f"there is no file {PurePath(source).name!r} there"


def _blob_of_stream(file: BinaryIO, password: str | None, limits: Limits) -> Blob:
    data = file.read(limits.file_bytes + 1)
    if not isinstance(data, bytes):
        raise TypeError("load takes a file opened in binary mode")
    given = getattr(file, "name", None)
    name = PurePath(given).name if isinstance(given, str) else "source"
    if len(data) > limits.file_bytes:
        raise _too_large(name, limits)
    return Blob(name=name, data=data, password=password)


def _too_large(name: str, limits: Limits) -> TooLargeError:
    return TooLargeError(f"{name} has more than {limits.file_bytes:,} bytes; raise Limits.file_bytes to read it")
