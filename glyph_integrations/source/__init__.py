"""Files become ``SourceText``: linear text with the map back to source pages and boxes.

Importing this package imports no parser; each is imported when a file needs it.
"""

from glyph_integrations.source.blob import Blob
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.detect import detect
from glyph_integrations.source.formats import Format, LoadOptions
from glyph_integrations.source.limits import Limits
from glyph_integrations.source.loading import load
from glyph_integrations.source.text import (
    Box,
    Dropped,
    Heading,
    Location,
    Picture,
    Source,
    SourcePage,
    SourceText,
    Table,
    concatenate,
)

__all__ = [
    "Blob",
    "Box",
    "Dropped",
    "Format",
    "Heading",
    "Limits",
    "LoadOptions",
    "Location",
    "Picture",
    "Source",
    "SourcePage",
    "SourceText",
    "Table",
    "TextBuilder",
    "concatenate",
    "detect",
    "load",
]
