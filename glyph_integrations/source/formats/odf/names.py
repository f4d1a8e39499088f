"""Namespaces of OpenDocument."""

from __future__ import annotations

_OASIS = "{urn:oasis:names:tc:opendocument:xmlns:"
DRAW = f"{_OASIS}drawing:1.0}}"
FIELD = "{urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0}"
FO = f"{_OASIS}xsl-fo-compatible:1.0}}"
FORM = f"{_OASIS}form:1.0}}"
LOEXT = "{urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0}"
OFFICE = f"{_OASIS}office:1.0}}"
PRESENTATION = f"{_OASIS}presentation:1.0}}"
STYLE = f"{_OASIS}style:1.0}}"
SVG = f"{_OASIS}svg-compatible:1.0}}"
TABLE = f"{_OASIS}table:1.0}}"
TEXT = f"{_OASIS}text:1.0}}"
DC = "{http://purl.org/dc/elements/1.1/}"
XLINK = "{http://www.w3.org/1999/xlink}"
XML = "{http://www.w3.org/XML/1998/namespace}"

KNOWN = ("{urn:oasis:names:tc:opendocument:", FIELD, LOEXT, DC)
"""How the names of elements begin whose text OpenDocument programs show."""
