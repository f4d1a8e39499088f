"""Zip containers (Office, EPUB, OpenDocument) opened so that none can exhaust memory.

The central directory is bounded before it is read, the declared sizes are added up before anything is unpacked, and
every member is cut off at its declared size while it is unpacked, because the directory may lie.
"""

from __future__ import annotations

import io
import re
import struct
import zipfile
from typing import TYPE_CHECKING, BinaryIO

from glyph_integrations.errors import EncryptedError, MalformedError, TooLargeError

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.limits import Limits

_MEMBERS = 20_000
_DIRECTORY_BYTES = 16 << 20
_RATIO_FROM = 10 << 20  # small members may compress as well as they like: a blank sheet is 1000:1 and harmless
_STRICT = re.compile(rb"http://purl\.oclc\.org/ooxml/(?:(officeDocument/relationships)|(\w+)/(\w+))")
_DOCTYPE = re.compile(rb"<!\s*(?:DOCTYPE|ENTITY)", re.IGNORECASE)


def open_archive(blob: Blob, limits: Limits) -> zipfile.ZipFile:
    """Opens a zip container whose members stay within the limits.

    Raises:
        TooLargeError: It has too many members, or they unpack to more than ``Limits.unpacked_bytes``, or one to more
            than ``Limits.unpacked_ratio`` times its compressed size.
        MalformedError: It is no zip file.
        EncryptedError: A member is encrypted.
    """
    archive = list_archive(blob)
    _check(archive, blob.name, limits)
    return archive


def list_archive(blob: Blob) -> zipfile.ZipFile:
    """Opens a zip container for a look at its members' names; what is in them is not to be unpacked.

    Raises:
        TooLargeError: It has too many members.
        MalformedError: It is no zip file.
    """
    file = blob.open()
    if _directory_bytes(file) > _DIRECTORY_BYTES:
        raise TooLargeError(f"{blob.name} is a zip container with too many members")
    try:
        return zipfile.ZipFile(file)
    except (zipfile.BadZipFile, NotImplementedError, OverflowError, ValueError) as error:
        raise MalformedError(f"{blob.name} is a damaged zip container") from error


def declares_type(name: str, data: bytes) -> bool:
    """Whether an XML part of an Office file has a document type declaration."""
    markup = name.lower().endswith((".xml", ".rels", ".vml")) and _is_xml(data)
    return markup and _DOCTYPE.search(without_zeros(data)) is not None


def read_member(archive: zipfile.ZipFile, member: zipfile.ZipInfo | str, name: str, size: int | None = None) -> bytes:
    """Unpacks one member, or its first ``size`` bytes; never more than its declared size.

    Raises:
        MalformedError: It is missing, damaged or larger than declared; ``name`` is that of the container.
    """
    try:
        info = archive.getinfo(member) if isinstance(member, str) else member
        with archive.open(info) as file:
            data = file.read(info.file_size + 1 if size is None else size)
    except (zipfile.BadZipFile, KeyError, EOFError, OSError, NotImplementedError, RuntimeError, ValueError) as error:
        raise MalformedError(f"{name} has a missing or damaged member") from error
    except Exception as error:  # zlib, lzma and bz2 each have their own
        raise MalformedError(f"{name} has a damaged member") from error
    if len(data) > info.file_size:
        raise MalformedError(f"{name} has a member that is larger than it says")
    return data


def _check(archive: zipfile.ZipFile, name: str, limits: Limits) -> None:
    members = archive.infolist()
    if len(members) > _MEMBERS:
        raise TooLargeError(f"{name} is a zip container with more than {_MEMBERS:,} members")
    if sum(info.file_size for info in members) > limits.unpacked_bytes:
        raise TooLargeError(
            f"{name} unpacks to more than {limits.unpacked_bytes:,} bytes; raise Limits.unpacked_bytes to read it"
        )
    for info in members:
        if info.flag_bits & 1:
            raise EncryptedError(f"{name} is an encrypted zip container: decrypt it first")
        if info.file_size > _RATIO_FROM and info.file_size > limits.unpacked_ratio * max(info.compress_size, 1):
            raise TooLargeError(
                f"{name} has a member that unpacks to more than {limits.unpacked_ratio} times its size; "
                "raise Limits.unpacked_ratio to read it"
            )


def _directory_bytes(file: BinaryIO) -> int:
    """The size that the end record gives for the central directory; 0 where there is none."""
    size = file.seek(0, io.SEEK_END)
    file.seek(max(size - 65_557 - 76, 0))
    tail = file.read()
    file.seek(0)
    end = tail.rfind(b"PK\x05\x06")
    if end < 0 or end + 22 > len(tail):
        return 0
    declared: int = struct.unpack_from("<L", tail, end + 12)[0]
    end64 = tail.rfind(b"PK\x06\x06", 0, end)
    if declared == 0xFFFFFFFF and end64 >= 0 and end64 + 56 <= len(tail):
        declared = struct.unpack_from("<Q", tail, end64 + 40)[0]
    return min(declared, size)


def _is_xml(data: bytes) -> bool:
    return data.lstrip(b"\xef\xbb\xbf\xff\xfe\0 \t\r\n")[:1] == b"<"


def transitional(data: bytes) -> bytes:
    """Office's strict variant with the names of the common one, which is all that the libraries know."""
    if b"purl.oclc.org/ooxml" not in data or not _is_xml(data):
        return data

    def name(match: re.Match[bytes]) -> bytes:
        place = b"officeDocument/2006/relationships" if match[1] else match[2] + b"/2006/" + match[3]
        return b"http://schemas.openxmlformats.org/" + place

    return _STRICT.sub(name, data)


def without_zeros(data: bytes) -> bytes:
    """The bytes with UTF-16's and UTF-32's zeros taken out, so that a declaration cannot hide behind an encoding."""
    return data.replace(b"\0", b"") if b"\0" in data[:64] else data
