"""RTF files from their control words, and what they carry."""

import io
import struct

from PIL import Image

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
FONTS = r"{\fonttbl{\f0 Arial;}{\f1\fcharset2 Wingdings;}{\f2\fcharset128 MS Gothic;}{\f3\fcharset204 Times;}}"


def read(body):
    """A file with this body, loaded."""
    return load(rf"{{\rtf1\ansi\ansicpg1252{FONTS}{body}}}".encode("latin-1"), limits=IN_PROCESS)


def picture(kind="PNG"):
    """A picture file of 40 × 20 px."""
    file = io.BytesIO()
    Image.new("RGB", (40, 20), "red").save(file, kind)
    return file.getvalue()


PNG = picture().hex()


def make_object(name, data):
    """The digits of an embedded object."""
    text = struct.pack("<L", len(name) + 1) + name.encode() + b"\0"
    empty = struct.pack("<L", 1) + b"\0"
    return (struct.pack("<LL", 0x501, 2) + text + empty * 2 + struct.pack("<L", len(data)) + data).hex()
