"""Office containers are recognised and opened whatever their programs wrote: names, spellings, places of parts."""

import io
import struct
import zipfile

import docx
import pytest
from office_samples import member, saved, with_members

from glyph_integrations.errors import EncryptedError
from glyph_integrations.source import Limits, load

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
