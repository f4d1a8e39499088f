"""Opens PDFs and says what they say about themselves; MuPDF's errors end here as ours."""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

import pymupdf

from glyph_integrations.errors import EncryptedError, LoadError, MalformedError, TooLargeError

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.limits import Limits

_METADATA = ("title", "author", "subject", "keywords", "creator", "producer")
_DATES = {"creationDate": "created", "modDate": "modified"}


@contextmanager
def opened(blob: Blob) -> Iterator[Any]:
    """The blob as a ``pymupdf.Document``, unlocked; errors of MuPDF within the block become ours.

    Raises:
        EncryptedError: It needs a password, or the one given is wrong.
        MalformedError: It is no PDF, or damaged.
        TooLargeError: Memory ran out.
    """
    pymupdf.TOOLS.mupdf_display_errors(on=False)
    pymupdf.TOOLS.mupdf_display_warnings(on=False)
    document = None
    try:
        with translated_errors(blob):
            if blob.path is not None and blob.data is None:
                document = pymupdf.open(str(blob.path), filetype="pdf")
            else:
                document = pymupdf.open(stream=blob.data, filetype="pdf")
            _unlock(document, blob)
            yield document
    finally:
        if document is not None:
            document.close()


@contextmanager
def translated_errors(blob: Blob) -> Iterator[None]:
    """Turns MuPDF's errors within the block into ours.

    Raises:
        MalformedError: The blob is damaged.
        TooLargeError: Memory ran out.
    """
    try:
        yield
    except (LoadError, GeneratorExit):
        raise
    except MemoryError as error:
        raise TooLargeError(_memory(blob)) from error
    except Exception as error:
        # PyMuPDF raises a dozen unrelated types, and plain RuntimeError; their messages may hold paths.
        if _is_memory(error):
            raise TooLargeError(_memory(blob)) from error
        raise MalformedError(f"{blob.name} is damaged: MuPDF cannot read it") from error


def _is_memory(error: BaseException | None) -> bool:
    """Whether memory ran out somewhere beneath: as Python's error, MuPDF's or C++'s."""
    while error is not None:
        if isinstance(error, MemoryError) or "alloc" in str(error):
            return True
        error = error.__cause__ or error.__context__
    return False


def _memory(blob: Blob) -> str:
    return f"{blob.name} needs more memory than Limits.memory allows: raise it to read it"


def _unlock(document: Any, blob: Blob) -> None:
    if not document.is_pdf:
        raise MalformedError(f"{blob.name} is no PDF")
    if document.needs_pass:
        if blob.password is None:
            raise EncryptedError(f"{blob.name} is encrypted: give its password")
        if not document.authenticate(blob.password):
            raise EncryptedError(f"the password for {blob.name} is wrong")


def page_size(page: Any, limits: Limits) -> tuple[float, float]:
    """Width and height as displayed, in pt.

    Raises:
        TooLargeError: A side exceeds ``Limits.page_side``.
        MalformedError: The page has no area.
    """
    width, height = page.rect.width, page.rect.height
    if max(width, height) > limits.page_side:
        raise TooLargeError(
            f"page {page.number + 1} is {width:.0f} × {height:.0f} pt, more than {limits.page_side:.0f} pt; "
            "raise Limits.page_side to read it"
        )
    if not (width > 0 and height > 0):
        raise MalformedError(f"page {page.number + 1} has no area")
    return width, height


def metadata(document: Any) -> dict[str, str]:
    """Title, author, dates (ISO 8601) … as far as they are filled in and whole."""
    try:
        values = {key: value for key, value in (document.metadata or {}).items() if isinstance(value, str)}
    except Exception:  # noqa: BLE001 - what the document says about itself is not what it says
        return {}
    found = {key: values[key].strip() for key in _METADATA if (values.get(key) or "").strip()}
    for key, name in _DATES.items():
        date = _iso_date(values.get(key) or "")
        if date:
            found[name] = date
    return found


def _iso_date(value: str) -> str:
    digits = value.removeprefix("D:")
    if len(digits) < 8 or not digits[:8].isdigit():
        return ""
    date = f"{digits[:4]}-{digits[4:6]}-{digits[6:8]}"
    if len(digits) >= 14 and digits[8:14].isdigit():
        date += f"T{digits[8:10]}:{digits[10:12]}:{digits[12:14]}"
        zone = digits[14:].replace("'", "")
        if zone.startswith(("+", "-")) and len(zone) >= 5:
            date += f"{zone[:3]}:{zone[3:5]}"
        elif zone.startswith("Z"):
            date += "Z"
    return date


def outline(document: Any) -> list[tuple[int, str, int]]:
    """Level, title and page index of the outline's entries that lead to a page; none if the outline is damaged."""
    try:
        entries = document.get_toc(simple=True)
    except Exception:  # noqa: BLE001 - headings are also found by their look
        return []
    return [(level, title, page - 1) for level, title, page in entries if page > 0]
