"""What kind of file a blob is: by its content, then by its name, then by whether it is text at all."""

from __future__ import annotations

import re
import struct
from typing import TYPE_CHECKING, BinaryIO

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.archives import list_archive, read_member
from glyph_integrations.source.media_types import BINARY, BY_SUFFIX, DOCX, EPUB, OPEN_DOCUMENT, PPTX, XLSB, XLSX

if TYPE_CHECKING:
    from collections.abc import Mapping

    from glyph_integrations.source.blob import Blob

_MAGIC = (
    (b"{\\rtf", "application/rtf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF87a", "image/gif"),
    (b"GIF89a", "image/gif"),
    (b"II*\0", "image/tiff"),
    (b"MM\0*", "image/tiff"),
    (b"II+\0", "image/tiff"),
    (b"MM\0+", "image/tiff"),
    (b"\x1f\x8b\x08", "application/gzip"),
    (b"7z\xbc\xaf\x27\x1c", "application/x-7z-compressed"),
    (b"Rar!\x1a\x07", "application/vnd.rar"),
    (b"BZh", "application/x-bzip2"),
    (b"\xfd7zXZ\0", "application/x-xz"),
    (b"\x28\xb5\x2f\xfd", "application/zstd"),
    (b"\x7fELF", "application/x-executable"),
    (b"ID3", "audio/mpeg"),
    (b"OggS", "audio/ogg"),
    (b"fLaC", "audio/flac"),
    (b"SQLite format 3\0", "application/vnd.sqlite3"),
    (b"PAR1", "application/vnd.apache.parquet"),
    (b"\0asm", "application/wasm"),
    (b"\x78\x9f\x3e\x22", "application/ms-tnef"),
)
_OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
_OLE_STREAMS = (
    ("EncryptedPackage", "application/x-encrypted-office"),
    ("WordDocument", "application/msword"),
    ("Workbook", "application/vnd.ms-excel"),
    ("PowerPoint Document", "application/vnd.ms-powerpoint"),
    ("__substg1.0_", "application/vnd.ms-outlook"),
)
_HTML_START = re.compile(rb"<(?:!doctype\s+html|html|head|body)[\s>]", re.IGNORECASE)
_MAIL = re.compile(
    rb"(?:^(?:from|to|cc|subject|date|received|return-path|mime-version|message-id|delivered-to|content-type|"
    rb"reply-to|dkim-signature|x-[\w-]+):[^\r\n]*\r?\n(?:[ \t][^\r\n]*\r?\n)*){3,}",
    re.IGNORECASE | re.MULTILINE,
)
_OFFICE = (
    ("word/", b"wordprocessingml", DOCX),
    ("ppt/", b"presentationml", PPTX),
    ("xl/", b"spreadsheetml", XLSX),
)
_STATEMENT = 1 << 16
_DIRECTORY_SECTORS = 64
_LAST_SECTOR = 0xFFFFFFFA
"""Sectors from this number on mark the end of a chain, or are damaged."""
_CONTROL = bytes({*range(32)} - {7, 8, 9, 10, 11, 12, 13, 26, 27})
_BOMS = (b"\xef\xbb\xbf", b"\xff\xfe", b"\xfe\xff", b"\0\0\xfe\xff")


def detect(blob: Blob) -> str:
    """The media type of a blob; ``application/octet-stream`` where nothing fits.

    Content decides before the name. Among kinds of text, which have no signature, the name decides: HTML in a ``.txt``
    is what its reader sees, text.

    Raises:
        TooLargeError: It is a zip container with too many members.
    """
    head = blob.head
    found = _by_signature(blob, head)
    if found:
        return found
    if not looks_like_text(head):
        return BINARY
    named = BY_SUFFIX.get(blob.suffix, "")
    if named and not is_binary(named):
        return named
    if begins_html(head):
        return "text/html"
    return _mail_type(head) or "text/plain"


def _mail_type(head: bytes) -> str:
    """The type of a message or a mailbox, told by its first fields; empty where it is neither."""
    head = head.lstrip(b"\r\n")
    if head.startswith(b"From "):
        return "application/mbox" if _MAIL.match(head, head.find(b"\n") + 1) else ""
    return "message/rfc822" if _MAIL.match(head) else ""


def mismatch(blob: Blob, media_type: str) -> str:
    """A note for the metadata where name and content disagree, or an empty string."""
    named = BY_SUFFIX.get(blob.suffix, "")
    if not named or named == media_type or not (is_binary(named) or is_binary(media_type)):
        return ""
    return f"named {blob.suffix} but its content is {media_type}; read as that"


def is_binary(media_type: str) -> bool:
    """Whether files of this type have a signature, so that the name is no evidence."""
    if media_type in ("image/svg+xml", "application/rtf"):
        return media_type == "application/rtf"
    kind = media_type.partition("/")[0]
    return kind in ("image", "audio", "video") or media_type in _SIGNED


def begins_html(head: bytes) -> bool:
    """Return whether a file begins with a tag of an HTML page, after an XML declaration and comments."""
    head = head.lstrip()
    while head.startswith((b"<?xml", b"<!--")):
        opening, closing = (b"<?", b">") if head.startswith(b"<?") else (b"<!--", b"-->")
        end = head.find(closing, len(opening))
        if end < 0:
            return False
        head = head[end + len(closing) :].lstrip()
    return _HTML_START.match(head) is not None


def looks_like_text(head: bytes) -> bool:
    """Whether the first bytes of a file could be text in some encoding."""
    if head.startswith(_BOMS) or wide_encoding(head):
        return True
    return b"\0" not in head and len(head) - len(head.translate(None, _CONTROL)) <= len(head) // 100


def wide_encoding(head: bytes) -> str:
    """UTF-16 or UTF-32 without a byte order mark, told by where the zeros lie, or an empty string."""
    size = len(head) // 4 * 4
    if size < 4 or b"\0" not in head:
        return ""
    zeros = [head[lane:size:4].count(0) * 4 / size for lane in range(4)]
    for encoding, lanes in (("utf-32-le", "..00"), ("utf-32-be", "00.."), ("utf-16-le", ".0.0"), ("utf-16-be", "0.0.")):
        full = [share for share, lane in zip(zeros, lanes, strict=True) if lane == "0"]
        rest = [share for share, lane in zip(zeros, lanes, strict=True) if lane == "."]
        if min(full) > (0.9 if "32" in encoding else 0.5) and min(rest) < 0.05:
            return encoding
    return ""


def _by_signature(blob: Blob, head: bytes) -> str:
    if head.startswith(b"PK\x03\x04"):
        return _zip_type(blob)
    if head.startswith(_OLE):
        return _ole_type(blob, head)
    for magic, media_type in _MAGIC:
        if head.startswith(magic):
            return media_type
    inner = (
        ("image/webp", head[:4] == b"RIFF" and head[8:12] == b"WEBP"),
        ("image/bmp", head[:2] == b"BM" and head[6:10] == b"\0\0\0\0"),
        ("image/avif", head[4:8] == b"ftyp" and head[8:12] in (b"avif", b"heic", b"mif1")),
        ("video/mp4", head[4:8] == b"ftyp"),
        ("application/pdf", b"%PDF-" in head[:1024] and not begins_html(head)),
    )
    return next((media_type for media_type, fits in inner if fits), "")


def _zip_type(blob: Blob) -> str:
    try:
        with list_archive(blob) as archive:
            members = {name.replace("\\", "/"): name for name in archive.namelist()}
            read: dict[str, bytes] = {
                name: read_member(archive, members[name], blob.name, _STATEMENT)
                for name in ("mimetype", "[Content_Types].xml", "META-INF/manifest.xml")
                if name in members
            }
    except MalformedError:
        # The format that its name promises says how it is damaged.
        return BY_SUFFIX.get(blob.suffix, "application/zip")
    return _zip_type_of(set(members), read)


def _zip_type_of(names: set[str], read: Mapping[str, bytes]) -> str:
    """The type of a container by its members' names, and by what it says about itself."""
    stated = read.get("mimetype", b"")[:100].decode("ascii", "replace").strip()
    if stated in (EPUB, *OPEN_DOCUMENT):
        return stated
    if stated.removesuffix("-template") in OPEN_DOCUMENT:
        return stated.removesuffix("-template")
    if "xl/workbook.bin" in names:
        return XLSB
    for folder, kind, media_type in _OFFICE if "[Content_Types].xml" in names else ():
        if any(name.startswith(folder) for name in names) or kind in read["[Content_Types].xml"]:
            return media_type
    if "META-INF/container.xml" in names:
        return EPUB
    manifest = read.get("META-INF/manifest.xml", b"")
    return next((media_type for media_type in OPEN_DOCUMENT if media_type.encode() in manifest), "application/zip")


def _ole_type(blob: Blob, head: bytes) -> str:
    with blob.open() as file:
        directory = _read_directory(file, head)
    for stream, media_type in _OLE_STREAMS:
        if stream.encode("utf-16-le") in directory:
            return media_type
    return "application/x-ole-storage"


def _read_directory(file: BinaryIO, head: bytes) -> bytes:
    """The names of a compound file's streams ([MS-CFB] 2.6): its directory's sectors, which need not be neighbors."""
    shift, sector = struct.unpack_from("<H", head, 30)[0], struct.unpack_from("<L", head, 48)[0]
    if not 7 <= shift <= 16:
        return b""
    tables = struct.unpack_from("<109L", head.ljust(512, b"\0"), 76)
    parts = []
    for _ in range(_DIRECTORY_SECTORS):
        if sector >= _LAST_SECTOR:
            break
        file.seek((sector + 1) << shift)
        parts.append(file.read(1 << shift))
        table, entry = divmod(sector, 1 << shift - 2)
        if table >= len(tables) or tables[table] >= _LAST_SECTOR:
            break
        file.seek(((tables[table] + 1) << shift) + 4 * entry)
        following = file.read(4)
        sector = struct.unpack("<L", following)[0] if len(following) == 4 else _LAST_SECTOR
    return b"".join(parts)


_SIGNED = frozenset(
    {"application/pdf", "application/rtf", "application/zip", BINARY, DOCX, PPTX, XLSX, XLSB, EPUB, *OPEN_DOCUMENT}
    | {media_type for _, media_type in (*_MAGIC, *_OLE_STREAMS)}
)
