"""OpenDocument texts from their XML."""

import zipfile
from io import BytesIO

from glyph_integrations.source import Limits, load
from glyph_integrations.source.media_types import ODT

_SPACES = {
    "office": "office", "style": "style", "text": "text", "table": "table", "draw": "drawing", "form": "form",
    "svg": "svg-compatible", "fo": "xsl-fo-compatible",
}  # fmt: skip
SPACES = " ".join(
    (
        *(f'xmlns:{prefix}="urn:oasis:names:tc:opendocument:xmlns:{name}:1.0"' for prefix, name in _SPACES.items()),
        'xmlns:dc="http://purl.org/dc/elements/1.1/"',
        'xmlns:xlink="http://www.w3.org/1999/xlink"',
        'xmlns:loext="urn:org:documentfoundation:names:experimental:office:xmlns:loext:1.0"',
        'xmlns:field="urn:openoffice:names:experimental:ooo-ms-interop:xmlns:field:1.0"',
    )
)


def make_odt(body, styles="", members=(), master=""):
    """The bytes of a text with this body, these automatic styles and members."""
    content = (
        f"<office:document-content {SPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:text>{body}</office:text></office:body></office:document-content>"
    )
    file = BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", ODT)
        archive.writestr("content.xml", content)
        if master:
            archive.writestr("styles.xml", f"<office:document-styles {SPACES}>{master}</office:document-styles>")
        for name, data in dict(members).items():
            archive.writestr(name, data)
    return file.getvalue()


def read_odt(body, styles="", members=(), master=""):
    """The text, loaded."""
    return load(make_odt(body, styles, members, master), limits=Limits(isolated=False))
