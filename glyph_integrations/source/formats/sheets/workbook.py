"""A workbook's sheets as source pages of tables."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from lxml import etree

from glyph_integrations.errors import EncryptedError, MalformedError
from glyph_integrations.source.archives import open_archive
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.drawings.colors import Palette, read_theme
from glyph_integrations.source.formats.drawings.surfaces import read_theme_fills
from glyph_integrations.source.formats.sheets.cell_pictures import read_cell_pictures
from glyph_integrations.source.formats.sheets.comments import read_persons
from glyph_integrations.source.formats.sheets.sheet import Book, SheetEntry, write_sheet
from glyph_integrations.source.formats.sheets.strings import RichText, read_string
from glyph_integrations.source.formats.sheets.styles import Styles
from glyph_integrations.source.office import R
from glyph_integrations.source.packages import Package, Part

if TYPE_CHECKING:
    from collections.abc import Iterator

    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.text import SourceText

_KNOWN = frozenset((
    "worksheet", "chartsheet", "dialogsheet", "xlMacrosheet", "xlIntlMacrosheet", "theme", "styles", "sharedStrings",
    "calcChain", "sheetMetadata", "person", "customXml", "pivotCacheDefinition", "connections", "xmlMaps",
    "FeaturePropertyBag", "rdRichValue", "rdRichValueStructure", "rdRichValueTypes", "rdRichValueWebImage",
    "richValueRel", "rdArray", "rdSupportingPropertyBag", "rdSupportingPropertyBagStructure", "richStyles",
    "volatileDependencies", "printerSettings", "ctrlProp", "metadata", "attachedToolbars",
))  # fmt: skip
"""Kinds of parts of a workbook that hold no words of their own, or that are read."""


def load_workbook(blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
    """Reads a workbook; see ``SheetsFormat.load``."""
    builder = TextBuilder(options.limits)
    with open_archive(blob, options.limits) as archive:
        package = Package(archive, blob.name)
        if package.holds("EncryptedPackage"):
            raise EncryptedError(f"{blob.name} is an encrypted Office file: remove its password in Office first")
        main = package.main()
        book = _open_book(builder, main, keep_furniture=options.furniture == "keep")
        for entry in _list_sheets(builder, main):
            write_sheet(builder, book, entry)
        _report_parts(builder, main)
        metadata = package.properties()
    return builder.finish(name=blob.name, media_type=media_type, metadata=metadata)


def _open_book(builder: TextBuilder, main: Part, *, keep_furniture: bool) -> Book:
    theme = _parse(builder, main, "theme")
    settings = main.tree.find("{*}workbookPr")
    colors = read_theme(theme)
    persons: dict[str, str] = {}
    for part in main.all("person"):
        try:
            persons |= read_persons(part.tree)
        except MalformedError:
            _report_damage(builder, part)
    return Book(
        strings=_read_strings(builder, main),
        styles=Styles(_parse(builder, main, "styles"), colors),
        palette=Palette(colors, {}),
        theme=read_theme_fills(theme),
        persons=persons,
        pictures=read_cell_pictures(main),
        from_1904=settings is not None and settings.get("date1904") in ("1", "true"),
        keep_furniture=keep_furniture,
    )


def _parse(builder: TextBuilder, main: Part, kind: str) -> etree._Element | None:
    """The XML of the workbook's part of a kind; None where it is missing or damaged, which is reported."""
    part = main.first(kind)
    try:
        return None if part is None else part.tree
    except MalformedError:
        _report_damage(builder, part)
        return None


def _report_damage(builder: TextBuilder, part: Part | None) -> None:
    builder.drop(f"damaged part {'' if part is None else posixpath.basename(part.name)}", 0, hidden=False)


def _read_strings(builder: TextBuilder, main: Part) -> list[str | RichText]:
    """The texts that cells share, one by one: a large workbook has millions."""
    part = main.first("sharedStrings")
    strings: list[str | RichText] = []
    if part is None:
        return strings
    try:
        with main.package.open(part.name) as file:
            for _, element in etree.iterparse(
                file,
                tag="{*}si",
                resolve_entities=False,
                no_network=True,
                load_dtd=False,
                huge_tree=False,
                remove_comments=True,
                remove_pis=True,
            ):
                text = read_string(element)
                strings.append(text)
                if isinstance(text, str):  # the runs of rich texts keep their elements
                    element.clear()
                    while element.getprevious() is not None:
                        del element.getparent()[0]
    except Exception:  # noqa: BLE001 - zlib, lzma, zipfile and lxml each have their own
        _report_damage(builder, part)
    return strings


def _list_sheets(builder: TextBuilder, main: Part) -> Iterator[SheetEntry]:
    for element in main.tree.iterfind("{*}sheets/{*}sheet"):
        identifier, name = element.get(f"{R}id") or _find_identifier(element), element.get("name", "")
        part, relation = main.related(identifier), main.relations.get(identifier)
        if part is None or relation is None:
            builder.drop(f"missing sheet {name!r}", 0, hidden=False)
            continue
        yield SheetEntry(name, relation.kind, part, element.get("state", "visible"))


def _find_identifier(element: etree._Element) -> str:
    """The relation's identifier under whatever namespace a program has written it."""
    return next((str(value) for key, value in element.attrib.items() if str(key).endswith("}id")), "")


def _report_parts(builder: TextBuilder, main: Part) -> None:
    """Reports the parts of a workbook that nothing here reads."""
    for relation in main.relations.values():
        if relation.kind == "vbaProject":
            builder.report_unknown("macros", posixpath.basename(relation.target))
        elif relation.kind == "externalLink":
            builder.drop("link to another workbook", posixpath.basename(relation.target), hidden=False)
        elif relation.kind not in _KNOWN:
            builder.report_unknown(f"part of the workbook: {relation.kind}", posixpath.basename(relation.target))
