"""Pieces that the libraries for writing Office files have no call for."""

import io
import zipfile

from docx.opc.packuri import PackURI
from docx.opc.part import Part
from docx.oxml import parse_xml
from docx.oxml.ns import nsdecls

OFFICE = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
WORD = "application/vnd.openxmlformats-officedocument.wordprocessingml"


def word_xml(text):
    """An element of a Word document from its XML, the namespaces added."""
    head, _, rest = text.partition(" ") if " " in text.partition(">")[0] else text.partition(">")
    joint = " " if " " in text.partition(">")[0] else ">"
    others = (
        'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006" '
        'xmlns:wps="http://schemas.microsoft.com/office/word/2010/wordprocessingShape" '
        'xmlns:v="urn:schemas-microsoft-com:vml" '
        'xmlns:m="http://schemas.openxmlformats.org/officeDocument/2006/math"'
    )
    spaces = nsdecls("w", "r", "wp", "a", "pic")
    return parse_xml(f"{head} {spaces} {others}{joint}{rest}")


def add_notes(document, kind, texts):
    """Gives a document footnotes or endnotes, numbered from 1 in the file."""
    notes = "".join(
        f'<w:{kind} w:id="{number}"><w:p><w:r><w:{kind}Ref/></w:r><w:r><w:t>{text}</w:t></w:r></w:p></w:{kind}>'
        for number, text in enumerate(texts, 1)
    )
    separator = f'<w:{kind} w:id="-1" w:type="separator"><w:p/></w:{kind}>'
    xml = f"<w:{kind}s {nsdecls('w')}>{separator}{notes}</w:{kind}s>"
    part = Part(PackURI(f"/word/{kind}s.xml"), f"{WORD}.{kind}s+xml", xml.encode(), document.part.package)
    document.part.relate_to(part, f"{OFFICE}/{kind}s")


def saved(document):
    """The bytes of a document, presentation or workbook."""
    file = io.BytesIO()
    document.save(file)
    return file.getvalue()


def with_members(data, **members):
    """A container with some members replaced or added; None takes one away."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w", zipfile.ZIP_DEFLATED) as new:
        for name in old.namelist():
            if name not in members:
                new.writestr(name, old.read(name))
        for name, content in members.items():
            if content is not None:
                new.writestr(name, content)
    return file.getvalue()


def member(data, name):
    """The text of one member of a container."""
    with zipfile.ZipFile(io.BytesIO(data)) as archive:
        return archive.read(name).decode()
