"""Pictures of Office drawings, handed to the builder as they are cropped and described."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.office import A, R
from glyph_integrations.source.text import WHOLE_PAGE, Box

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.packages import Part

_WHOLE = 100_000
_FILE_NAMES = (".png", ".jpg", ".jpeg", ".gif", ".bmp", ".tif", ".tiff", ".emf", ".wmf", ".svg", ".webp")


def write_picture(
    builder: TextBuilder,
    part: Part,
    fill: etree._Element,
    *,
    width: float = 0.0,
    height: float = 0.0,
    description: str = "",
    decorative: bool = False,
) -> None:
    """Writes the picture of a ``blipFill`` of a part; one that is not at hand is named.

    ``width`` and ``height`` are those of what is shown of it, in pt; 0 where they are not known.
    """
    blip = fill.find(f"{A}blip")
    description = describe(description)
    embedded, linked = ("", "") if blip is None else (blip.get(f"{R}embed", ""), blip.get(f"{R}link", ""))
    name, data = read_picture(part, embedded)
    if decorative:
        builder.skip_picture("decorative picture", description)
    elif data is not None:
        crop = _read_crop(fill)
        across, down = crop.x1 - crop.x0, crop.y1 - crop.y0
        builder.embedded_picture(
            data, name=name, width=width / across, height=height / down, crop=crop, description=description
        )
    elif linked in part.relations:
        builder.unshown_picture(_name_target(part.relations[linked].target), "it is linked, not stored", description)
    else:
        builder.unshown_picture(name, "it is missing or damaged", description)


def read_picture(part: Part, identifier: str) -> tuple[str, bytes | None]:
    """The name and bytes of a picture that a part refers to; None where it is missing or damaged."""
    picture = part.related(identifier)
    if picture is None:
        relation = part.relations.get(identifier)
        return ("" if relation is None else _name_target(relation.target)), None
    try:
        return posixpath.basename(picture.name), picture.data
    except MalformedError:
        return posixpath.basename(picture.name), None


def describe(text: str) -> str:
    """An alternative text; nothing where a program put a file name there."""
    text = " ".join(text.split())
    named = text.lower().endswith(_FILE_NAMES) and not set("?!") & set(text)
    return "" if named else text


def is_opaque(data: bytes | None) -> bool:
    """Whether nothing shows through a picture; only JPEG files are sure to be so without being decoded."""
    return data is not None and data.startswith(b"\xff\xd8")


def _name_target(target: str) -> str:
    """The last piece of an address or path."""
    return posixpath.basename(target.replace("\\", "/").partition("?")[0])[:100]


def _read_crop(fill: etree._Element) -> Box:
    """The part of a picture that is shown."""
    cut = fill.find(f"{A}srcRect")
    if cut is None:
        return WHOLE_PAGE
    left, top, right, bottom = (_read_share(cut.get(side)) for side in "ltrb")
    crop = Box(left, top, 1 - right, 1 - bottom)
    return crop if crop.x0 < crop.x1 and crop.y0 < crop.y1 else WHOLE_PAGE


def _read_share(text: str | None) -> float:
    try:
        share = float(text[:-1]) / 100 if text and text.endswith("%") else float(text or 0) / _WHOLE
    except ValueError:
        return 0.0
    return min(max(share, 0.0), 1.0)
