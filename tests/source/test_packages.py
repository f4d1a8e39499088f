"""Office containers are recognised and opened whatever their programs wrote: names, spellings, places of parts."""

import io
import struct
import zipfile

import docx
import pytest
from office_samples import member, saved, with_members

from glyph_integrations.errors import EncryptedError
from glyph_integrations.source import Limits, load
from glyph_integrations.source.archives import repack
from glyph_integrations.source.blob import Blob

IN_PROCESS = Limits(isolated=False)


@pytest.fixture
def data():
    """A Word document."""
    document = docx.Document()
    document.add_paragraph("seen")
    return saved(document)


def rename(data, change):
    """A container whose members have other names."""
    file = io.BytesIO()
    with zipfile.ZipFile(io.BytesIO(data)) as old, zipfile.ZipFile(file, "w") as new:
        for name in old.namelist():
            new.writestr(change(name), old.read(name))
    return file.getvalue()


def test_names_of_members(data):
    """Members whose names differ in their case, or have backslashes, are found."""
    assert (
        load(rename(data, lambda name: name.replace("document.xml", "Document.xml")), limits=IN_PROCESS).text
        == "seen\n"
    )
    assert load(rename(data, lambda name: name.replace("/", "\\")), limits=IN_PROCESS).text == "seen\n"


def test_parts_in_other_folders(data):
    """A document whose parts lie in a folder of another name is a Word document still."""
    moved = rename(data, lambda name: name.replace("word/", "doc/"))
    members = {name: member(moved, name).replace("word/", "doc/") for name in ("[Content_Types].xml", "_rels/.rels")}
    assert load(with_members(moved, **members), limits=IN_PROCESS).text == "seen\n"


def test_repacking_reports_what_it_leaves_out(data):
    """Relations to nowhere and parts with a document type are taken out, each with its name; macros stay in peace."""
    kind = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    relations = member(data, "word/_rels/document.xml.rels").replace(
        "</Relationships>",
        f'<Relationship Id="n" Type="{kind}/image" Target="NULL"/><Relationship Id="h" Type="{kind}/aFChunk" '
        'Target="c.html"/><Relationship Id="l" Type="{kind}/hyperlink" Target="https://a.b" TargetMode="External"/>'
        "</Relationships>",
    )
    members = {
        "word/_rels/document.xml.rels": relations,
        "word/c.html": "<!DOCTYPE html><p>x</p>",
        "word/settings.xml": '<!DOCTYPE x [<!ENTITY a "b">]><x/>',
        "word/_rels/vbaProject.bin.rels": relations,
    }
    told = []
    blob = Blob(name="x", data=with_members(data, **members))
    copy = repack(blob, Limits(), skip="vbaProject", report=lambda reason, part: told.append((reason, part)))
    assert ("a part that declares a document type", "word/settings.xml") in told
    assert ("a relation to a part that is not there", "word/NULL") in told
    assert ("a relation to a part that is not there", "word/settings.xml") in told
    with zipfile.ZipFile(copy) as archive:
        kept = archive.read("word/_rels/document.xml.rels")
        assert b"c.html" in kept
        assert b"https://a.b" in kept
        assert b"NULL" not in kept


def make_compound(names, order):
    """A compound file whose directory's sectors, of four names each, lie in this order."""
    head = bytearray(512)
    head[:8] = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"
    struct.pack_into("<H", head, 30, 9)
    struct.pack_into("<L", head, 48, order[0])
    struct.pack_into("<109L", head, 76, 0, *[0xFFFFFFFF] * 108)
    count = max(order) + 1
    table = [0xFFFFFFFF] * 128
    for sector, following in zip(order, [*order[1:], 0xFFFFFFFE], strict=True):
        table[sector] = following
    sectors = [bytes(512) for _ in range(count)]
    sectors[0] = struct.pack("<128L", *table)
    for at, sector in enumerate(order):
        entries = names[at * 4 : at * 4 + 4]
        sectors[sector] = b"".join(name.encode("utf-16-le").ljust(128, b"\0") for name in entries).ljust(512, b"\0")
    return bytes(head) + b"".join(sectors)


@pytest.mark.parametrize("order", [(1, 2, 3), (40, 2, 20)])
def test_encrypted_office_files(order):
    """An encrypted Office file is said to be so, wherever in its directory that stands."""
    names = ["Root Entry", "\6DataSpaces", "Version", "DataSpaceMap", "DataSpaceInfo", "StrongEncryptionDataSpace"]
    with pytest.raises(EncryptedError):
        load(make_compound([*names, "Primary", "EncryptionInfo", "EncryptedPackage"], order), limits=IN_PROCESS)
