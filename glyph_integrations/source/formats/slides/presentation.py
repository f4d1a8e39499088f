"""A presentation's slides as source pages."""

from __future__ import annotations

import posixpath
from typing import TYPE_CHECKING

from glyph_integrations.errors import EncryptedError, MalformedError
from glyph_integrations.source.archives import open_archive
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.slides.comments import read_authors
from glyph_integrations.source.formats.slides.deck import Deck
from glyph_integrations.source.formats.slides.slide import Slide
from glyph_integrations.source.office import P, R
from glyph_integrations.source.packages import Package

if TYPE_CHECKING:
    from glyph_integrations.source.blob import Blob
    from glyph_integrations.source.formats import LoadOptions
    from glyph_integrations.source.packages import Part
    from glyph_integrations.source.text import SourceText

_WIDTH, _HEIGHT = 9_144_000, 6_858_000
"""Of a slide where the file does not say."""
_KNOWN = frozenset((
    "slideMaster", "slide", "notesMaster", "handoutMaster", "presProps", "viewProps", "theme", "tableStyles",
    "commentAuthors", "authors", "printerSettings", "tags", "customXml", "font", "changesInfo", "revisionInfo",
    "smartTags", "commentsDateTimeProperties",
))  # fmt: skip
"""Kinds of parts of a presentation that are read, or that hold no words of their own."""


def load_presentation(blob: Blob, media_type: str, options: LoadOptions) -> SourceText:
    """Reads a presentation; see ``SlidesFormat.load``."""
    builder = TextBuilder(options.limits)
    with open_archive(blob, options.limits) as archive:
        package = Package(archive, blob.name)
        if package.holds("EncryptedPackage"):
            raise EncryptedError(f"{blob.name} is an encrypted Office file: remove its password in Office first")
        main = package.main()
        deck = _open_deck(builder, main, keep_furniture=options.furniture == "keep")
        for number, element in enumerate(main.tree.iterfind(f"{P}sldIdLst/{P}sldId"), 1):
            part = main.related(element.get(f"{R}id"))
            if part is None or not _is_sound(part):
                _report_slide(builder, number)
            else:
                Slide(builder, deck, part).write()
        _report_parts(builder, main)
        metadata = package.properties()
    return builder.finish(name=blob.name, media_type=media_type, metadata=metadata)


def _open_deck(builder: TextBuilder, main: Part, *, keep_furniture: bool) -> Deck:
    size = main.tree.find(f"{P}sldSz")
    width, height = (0, 0) if size is None else (_read_length(size.get("cx")), _read_length(size.get("cy")))
    authors: dict[str, str] = {}
    for part in (*main.all("commentAuthors"), *main.all("authors")):
        try:
            authors |= read_authors(part.tree)
        except MalformedError:
            builder.drop(f"damaged part {posixpath.basename(part.name)}", 0, hidden=False)
    return Deck(
        width=width or _WIDTH,
        height=height or _HEIGHT,
        defaults=main.tree.find(f"{P}defaultTextStyle"),
        authors=authors,
        keep_furniture=keep_furniture,
    )


def _is_sound(part: Part) -> bool:
    """Whether a part can be read as XML."""
    try:
        return part.tree is not None
    except MalformedError:
        return False


def _report_slide(builder: TextBuilder, number: int) -> None:
    """Names a slide that cannot be read, in its place."""
    builder.page()
    builder.line(f"[slide {number} cannot be read: it is missing or damaged]")
    builder.drop("missing or damaged slide", f"slide {number}", hidden=False)


def _read_length(text: str | None) -> int:
    return int(text) if text and text.isdecimal() and len(text) < 12 else 0


def _report_parts(builder: TextBuilder, main: Part) -> None:
    """Reports the parts of a presentation that nothing here reads."""
    for relation in main.relations.values():
        name = posixpath.basename(relation.target)
        if relation.kind == "vbaProject":
            builder.report_unknown("macros", name)
        elif relation.kind not in _KNOWN:
            builder.report_unknown(f"part of the presentation: {relation.kind}", name)
