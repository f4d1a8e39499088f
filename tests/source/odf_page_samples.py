"""Sheets and slides of OpenDocument from their XML."""

import io

from odfdo import Document
from office_samples import with_members
from PIL import Image

from glyph_integrations.source import Limits, load
from glyph_integrations.source.media_types import ODP, ODS

IN_PROCESS = Limits(isolated=False)
OASIS = "urn:oasis:names:tc:opendocument:xmlns"
SPACES = {
    "office": f"{OASIS}:office:1.0", "style": f"{OASIS}:style:1.0", "text": f"{OASIS}:text:1.0",
    "table": f"{OASIS}:table:1.0", "draw": f"{OASIS}:drawing:1.0", "presentation": f"{OASIS}:presentation:1.0",
    "svg": f"{OASIS}:svg-compatible:1.0", "fo": f"{OASIS}:xsl-fo-compatible:1.0", "number": f"{OASIS}:datastyle:1.0",
    "xlink": "http://www.w3.org/1999/xlink", "dc": "http://purl.org/dc/elements/1.1/",
    "smil": f"{OASIS}:smil-compatible:1.0", "anim": f"{OASIS}:animation:1.0",
}  # fmt: skip
NAMESPACES = " ".join(f'xmlns:{prefix}="{name}"' for prefix, name in SPACES.items())


def saved(document):
    """The bytes of a document."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


TEMPLATES = {kind: saved(Document(kind)) for kind in ("spreadsheet", "presentation")}


def read(kind, body, styles="", master="", **members):
    """A document from its XML, loaded."""
    content = (
        f"<office:document-content {NAMESPACES}><office:automatic-styles>{styles}</office:automatic-styles>"
        f"<office:body><office:{kind}>{body}</office:{kind}></office:body></office:document-content>"
    )
    pages = (
        f"<office:document-styles {NAMESPACES}><office:automatic-styles><style:page-layout style:name='L'>"
        '<style:page-layout-properties fo:page-width="28cm" fo:page-height="21cm"/></style:page-layout>'
        f'</office:automatic-styles><office:master-styles><style:master-page style:name="M" style:page-layout-name="L">'
        f"{master}</style:master-page></office:master-styles></office:document-styles>"
    )
    data = with_members(TEMPLATES[kind], **{"content.xml": content, "styles.xml": pages}, **members)
    return load(data, media_type=ODS if kind == "spreadsheet" else ODP, limits=IN_PROCESS)


def sheet(rows, styles="", **members):
    """A spreadsheet of one sheet."""
    return read("spreadsheet", f'<table:table table:name="S">{rows}</table:table>', styles, **members)


def row(*cells, **attributes):
    """A row of cells."""
    stated = " ".join(f'table:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    return f"<table:table-row {stated}>{''.join(cells)}</table:table-row>"


def cell(text="", style="", extra="", **attributes):
    """A cell with a text; attributes are those of ``office``."""
    stated = " ".join(f'office:{name.replace("_", "-")}="{value}"' for name, value in attributes.items())
    styled = f'table:style-name="{style}"' if style else ""
    inner = f"<text:p>{text}</text:p>" if text else ""
    return f"<table:table-cell {styled} {stated} {extra}>{inner}</table:table-cell>"


def cell_style(text="", cells="", data="", name="C"):
    """A style of cells."""
    number = f'style:data-style-name="{data}"' if data else ""
    return (
        f'<style:style style:name="{name}" style:family="table-cell" {number}><style:table-cell-properties {cells}/>'
        f"<style:text-properties {text}/></style:style>"
    )


def lines(text):
    """The lines of a sheet after its name."""
    return text.text.splitlines()[1:]


def reasons(text):
    """What was left out, by reason."""
    return {item.reason: item.text for item in text.dropped}


def picture():
    """A picture file."""
    file = io.BytesIO()
    Image.new("RGB", (90, 60), "red").save(file, "PNG")
    return file.getvalue()


FRAME = (
    '<draw:frame svg:width="3cm" svg:height="2cm" svg:x="{}cm" svg:y="1cm"><draw:image xlink:href="Pictures/a.png"/>'
    "<svg:desc>a fox</svg:desc></draw:frame>"
)


def box(text, style="", *, x=1, y=1, width=8, height=3, extra="", kind="rect"):
    """A shape on a slide, in cm."""
    styled = f'draw:style-name="{style}"' if style else ""
    place = f'svg:x="{x}cm" svg:y="{y}cm" svg:width="{width}cm" svg:height="{height}cm"'
    inner = f"<text:p>{text}</text:p>" if text else ""
    if kind == "frame":
        inner = f"<draw:text-box>{inner}</draw:text-box>"
    return f"<draw:{kind} {styled} {place} {extra}>{inner}</draw:{kind}>"


def slides(*pages, styles="", master="", before="", **members):
    """A presentation of pages, each its shapes or a whole ``draw:page``."""
    whole = (
        page if page.startswith("<draw:page") else f'<draw:page draw:master-page-name="M">{page}</draw:page>'
        for page in pages
    )
    return read("presentation", before + "".join(whole), styles, master, **members)


def shape_style(name, graphic, text=""):
    """A style of shapes."""
    return (
        f'<style:style style:name="{name}" style:family="graphic"><style:graphic-properties {graphic}/>'
        f"<style:text-properties {text}/></style:style>"
    )


def page_style(fill):
    """A style of slides."""
    return (
        f'<style:style style:name="D" style:family="drawing-page"><style:drawing-page-properties {fill}/></style:style>'
    )
