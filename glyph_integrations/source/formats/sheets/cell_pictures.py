"""Pictures that are placed in cells, which a workbook keeps as values of a kind of their own."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeVar

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.formats.drawings.pictures import describe, read_picture
from glyph_integrations.source.office import R

if TYPE_CHECKING:
    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder
    from glyph_integrations.source.packages import Part

T = TypeVar("T")

_RELATION, _TEXT = "_rvRel:LocalImageIdentifier", "Text"


@dataclass(frozen=True, slots=True)
class CellPicture:
    """A picture: the part that refers to it, by which identifier, and its description."""

    part: Part
    identifier: str
    description: str

    def write(self, builder: TextBuilder) -> None:
        """Writes the picture; one that is missing or damaged is named."""
        name, data = read_picture(self.part, self.identifier)
        if data is None:
            builder.unshown_picture(name, "it is missing or damaged", self.description)
        else:
            builder.embedded_picture(data, name=name, description=self.description)


def read_cell_pictures(main: Part) -> dict[str, CellPicture]:
    """The pictures in cells of a workbook, by the number (``vm``) that a cell has for its value."""
    try:
        return _read(main)
    except MalformedError:
        return {}


def _read(main: Part) -> dict[str, CellPicture]:
    metadata, values = main.first("sheetMetadata"), main.first("rdRichValue")
    structures, relations = main.first("rdRichValueStructure"), main.first("richValueRel")
    if metadata is None or values is None or structures is None or relations is None:
        return {}
    keys = [[key.get("n", "") for key in each.iterfind("{*}k")] for each in structures.tree.iterfind("{*}s")]
    pictures = [_read_value(value, keys, relations) for value in values.tree.iterfind("{*}rv")]
    blocks = [each.get("i", "") for each in metadata.tree.iter("{*}rvb")]
    found = {}
    for number, block in enumerate(metadata.tree.iterfind("{*}valueMetadata/{*}bk"), 1):
        record = block.find("{*}rc")
        value = _pick(blocks, "" if record is None else record.get("v", ""))
        picture = _pick(pictures, value or "")
        if picture is not None:
            found[str(number)] = picture
    return found


def _read_value(value: etree._Element, keys: list[list[str]], relations: Part) -> CellPicture | None:
    """The picture that a value is; None where it is something else."""
    names = _pick(keys, value.get("s", "")) or []
    fields = dict(zip(names, (each.text or "" for each in value.iterfind("{*}v")), strict=False))
    targets = [each.get(f"{R}id", "") for each in relations.tree.iterfind("{*}rel")]
    identifier = _pick(targets, fields.get(_RELATION, ""))
    return CellPicture(relations, identifier, describe(fields.get(_TEXT, ""))) if identifier else None


def _pick(values: list[T], number: str) -> T | None:
    return values[int(number)] if number.isdecimal() and int(number) < len(values) else None
