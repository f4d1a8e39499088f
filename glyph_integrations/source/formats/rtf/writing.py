"""What was read of an RTF file, as lines, tables, pictures and attachments."""

from __future__ import annotations

from typing import TYPE_CHECKING

from glyph_integrations.source.formats.rtf.flow import Line
from glyph_integrations.source.formats.rtf.objects import Picture

if TYPE_CHECKING:
    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.formats.rtf.objects import Embedded
    from glyph_integrations.source.formats.rtf.reader import Reader


def write_blocks(builder: TextBuilder, reader: Reader) -> None:
    """Write the blocks in order, then report what was left out."""
    numbers: dict[bytes, int] = {}
    for block in reader.blocks():
        if isinstance(block, list):
            builder.table(block)
        elif isinstance(block, Line):
            _write_line(builder, block)
        elif isinstance(block, Picture):
            _write_picture(builder, block, numbers)
        else:
            _attach(builder, block)
    for reason, text, hidden in reader.left_out:
        builder.drop(reason, text, hidden=hidden)
    for name, text in reader.unknown.items():
        builder.report_unknown(name if " " in name else f"group {name}", text)


def _write_line(builder: TextBuilder, line: Line) -> None:
    if line.level:
        builder.heading(line.level, line.text.strip())
        return
    span = builder.line(line.text)
    if line.typed:
        builder.mark_code(*span)


def _write_picture(builder: TextBuilder, picture: Picture, numbers: dict[bytes, int]) -> None:
    """Write a picture under a number of its own, which is the same wherever it is repeated."""
    data = picture.read()
    name = picture.name(numbers.setdefault(data, len(numbers) + 1))
    if not data:
        builder.unshown_picture(name, "its data are damaged", picture.description)
        return
    width, height, crop = picture.measure()
    builder.embedded_picture(
        data,
        name=name,
        media_type=picture.media_type,
        width=width,
        height=height,
        crop=crop,
        description=picture.description,
    )


def _attach(builder: TextBuilder, embedded: Embedded) -> None:
    name, data = embedded.read()
    if data:
        builder.attach(name, data)
    else:
        builder.report_unknown("embedded object that cannot be read", name)
