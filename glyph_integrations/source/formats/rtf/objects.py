"""Pictures, embedded files and form fields of an RTF file, put together from their control words."""

from __future__ import annotations

import struct
from dataclasses import dataclass, field

from glyph_integrations.source.formats.word.fields import print_instruction
from glyph_integrations.source.text import WHOLE_PAGE, Box

_TWIPS = 20.0
_KINDS = {
    "pngblip": "image/png",
    "jpegblip": "image/jpeg",
    "emfblip": "image/x-emf",
    "wmetafile": "image/x-wmf",
    "pmmetafile": "image/x-wmf",
    "macpict": "image/x-pict",
    "dibitmap": "image/bmp",
    "wbitmap": "image/bmp",
}
_SUFFIXES = {"image/png": ".png", "image/jpeg": ".jpeg", "image/x-emf": ".emf", "image/x-wmf": ".wmf"}


@dataclass(slots=True)
class Picture:
    r"""A ``\pict`` group: its data so far, and what its control words say."""

    media_type: str = ""
    digits: list[str] = field(default_factory=list)
    data: bytes = b""
    numbers: dict[str, int] = field(default_factory=dict)
    description: str = ""

    def take(self, word: str, number: int | None) -> bool:
        """Take up a control word; say whether it is one about pictures."""
        if word in _KINDS:
            self.media_type = _KINDS[word]
        elif word.startswith("pic"):
            self.numbers[word] = number or 0
        return word in _KINDS or word.startswith("pic")

    def name(self, number: int) -> str:
        """Return a name for the report."""
        return f"picture {number}{_SUFFIXES.get(self.media_type, '')}"

    def read(self) -> bytes:
        """Return the picture as a file; empty where its digits are none."""
        data = self.data or _unhex("".join(self.digits))
        return _head_bitmap(data) if self.media_type == "image/bmp" else data

    def measure(self) -> tuple[float, float, Box]:
        """Return the width and height in pt of the whole picture, and the part of it that is shown."""
        width, height = (self.numbers.get(name, 0) / _TWIPS for name in ("picwgoal", "pichgoal"))
        across, down = (self.numbers.get(name, 100) / 100 for name in ("picscalex", "picscaley"))
        if width <= 0 or height <= 0:
            return 0.0, 0.0, WHOLE_PAGE
        sides = [self.numbers.get(f"piccrop{side}", 0) / _TWIPS for side in "ltrb"]
        left, top, right, bottom = (
            min(max(side / whole, 0.0), 1.0) for side, whole in zip(sides, (width, height) * 2, strict=True)
        )
        crop = Box(left, top, 1 - right, 1 - bottom)
        shown = crop if crop.x1 - crop.x0 > 0.01 and crop.y1 - crop.y0 > 0.01 else WHOLE_PAGE
        return width * across, height * down, shown


@dataclass(slots=True)
class Embedded:
    r"""An ``\object`` group: the kind of its file, and the file."""

    kind: str = ""
    digits: list[str] = field(default_factory=list)

    def read(self) -> tuple[str, bytes]:
        """Return a name and the bytes of the file; empty bytes where there is none."""
        data = _unhex("".join(self.digits))
        try:
            name, native = _read_object(data)
        except (struct.error, IndexError):
            return self.kind or "object", b""
        if name == "Package":
            try:
                return _read_package(native)
            except (struct.error, IndexError, ValueError):
                return "package", native
        return (self.kind or name or "object"), native


@dataclass(slots=True)
class Shape:
    """A drawn shape: its properties by name, and the edges of its box in twips."""

    properties: dict[str, str] = field(default_factory=dict)
    edges: dict[str, int] = field(default_factory=dict)
    name: str = ""

    def is_hidden(self) -> bool:
        """Whether it is not shown, or lies off every page."""
        far = any(abs(edge) > 31_680 for edge in self.edges.values())
        return far or self.properties.get("fHidden", "0") == "1"


@dataclass(slots=True)
class Field:
    r"""A ``\field`` group: its instruction, and the form field that it may be."""

    instruction: str = ""
    shown: bool = False
    form: dict[str, int] = field(default_factory=dict)
    choices: list[str] = field(default_factory=list)

    def print(self) -> tuple[str, str]:
        """Return what it shows without a result, and the name of a kind that is not understood."""
        kind = self.form.get("fftype")
        result = self.form.get("ffres", 25)
        chosen = self.form.get("ffdefres", 0) if result == 25 else result  # 25: as it was to begin with
        if kind == 1:
            return ("☒" if chosen else "☐"), ""
        if kind == 2:
            return (self.choices[chosen] if 0 <= chosen < len(self.choices) else ""), ""
        return ("", "") if self.shown or kind is not None else print_instruction(self.instruction)


def _unhex(digits: str) -> bytes:
    kept = "".join(digits.split())
    try:
        return bytes.fromhex(kept[: len(kept) // 2 * 2])
    except ValueError:
        return b""


def _head_bitmap(data: bytes) -> bytes:
    """A device-independent bitmap with the head of a BMP file."""
    if len(data) < 40 or data[:2] == b"BM":
        return data
    size, bits, used = (
        struct.unpack_from("<L", data)[0],
        struct.unpack_from("<H", data, 14)[0],
        struct.unpack_from("<L", data, 32)[0],
    )
    colors = (used or (1 << bits if bits <= 8 else 0)) * 4
    return struct.pack("<2sLHHL", b"BM", 14 + len(data), 0, 0, min(14 + size + colors, 0xFFFFFFFF)) + data


def _read_object(data: bytes) -> tuple[str, bytes]:
    """The class and the data of an OLE 1.0 object ([MS-OLEDS] 2.2)."""
    position, names = 8, []
    for _ in range(3):
        length = struct.unpack_from("<L", data, position)[0]
        names.append(data[position + 4 : position + 4 + length].rstrip(b"\0").decode("latin-1"))
        position += 4 + length
    size = struct.unpack_from("<L", data, position)[0]
    return names[0], data[position + 4 : position + 4 + size]


def _read_package(data: bytes) -> tuple[str, bytes]:
    """The name and the bytes of a file in a package object."""
    label_end = data.index(b"\0", 2)
    path_end = data.index(b"\0", label_end + 1)
    length = struct.unpack_from("<L", data, path_end + 5)[0]
    position = path_end + 9 + length
    size = struct.unpack_from("<L", data, position)[0]
    name = data[2:label_end].decode("latin-1").replace("\\", "/").rpartition("/")[2]
    return name or "package", data[position + 4 : position + 4 + size]
