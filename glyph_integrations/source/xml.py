"""XML parsed so that it can neither reach out nor blow up."""

from __future__ import annotations

import re

from lxml import etree

from glyph_integrations.errors import MalformedError
from glyph_integrations.source.archives import without_zeros

_ENTITY = re.compile(rb"<!\s*ENTITY", re.IGNORECASE)


def parse_xml(data: bytes, name: str) -> etree._Element:
    """Parses XML without entities, network or huge trees; comments are left out.

    Raises:
        MalformedError: It is not well-formed, or declares entities; ``name`` is that of the source.
    """
    if _ENTITY.search(without_zeros(data)):
        raise MalformedError(f"{name} declares XML entities, which are not allowed")
    parser = etree.XMLParser(
        resolve_entities=False, no_network=True, huge_tree=False, load_dtd=False, remove_comments=True, remove_pis=True
    )
    try:
        return etree.fromstring(data, parser)
    except etree.XMLSyntaxError as error:
        raise MalformedError(f"{name} is not well-formed XML") from error
