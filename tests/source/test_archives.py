"""Containers and XML that would exhaust memory are refused at once."""

import contextlib
import io
import os
import random
import zipfile

import docx
import openpyxl
import pptx
import pytest
from office_samples import member, saved, with_members

from glyph_integrations.errors import EncryptedError, LoadError, MalformedError, TooLargeError
from glyph_integrations.source import Blob, Limits, load
from glyph_integrations.source.archives import open_archive, read_member
from glyph_integrations.source.xml import parse_xml

IN_PROCESS = Limits(isolated=False)
LAUGHS = (
    """<?xml version="1.0"?><!DOCTYPE x [<!ENTITY a "ha">
"""
    + "".join(f'<!ENTITY {chr(98 + n)} "{f"&{chr(97 + n)};" * 10}">' for n in range(12))
    + "]><x>&m;</x>"
)
MAIN_PARTS = {
    "word": (docx.Document, "word/document.xml"),
    "slides": (pptx.Presentation, "ppt/presentation.xml"),
    "sheets": (openpyxl.Workbook, "xl/workbook.xml"),
}


@pytest.fixture
def quick():
    """Fails a test that takes two seconds of processor time, its children's included."""
    started = sum(os.times()[:4])
    yield
    assert sum(os.times()[:4]) - started < 2


def zipped(*members, compression=zipfile.ZIP_DEFLATED):
    """A zip container's bytes."""
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w", compression) as archive:
        for name, data in members:
            archive.writestr(name, data)
    return file.getvalue()


@pytest.mark.parametrize("kind", MAIN_PARTS)
def test_inflating_member(quick, kind):
    """A member that unpacks to three hundred times its size is refused before it is unpacked."""
    make, part = MAIN_PARTS[kind]
    with pytest.raises(TooLargeError, match=r"Limits\.unpacked_ratio"):
        load(with_members(saved(make()), **{part: b" " * (40 << 20)}), limits=IN_PROCESS)


def test_inflating_container(quick):
    """Members that unpack to more than the limit together are refused."""
    even = bytes(range(256)) * 256
    data = with_members(saved(docx.Document()), **{f"word/{number}.xml": even * 16 for number in range(20)})
    with pytest.raises(TooLargeError, match=r"Limits\.unpacked_bytes"):
        load(data, limits=Limits(isolated=False, unpacked_bytes=10 << 20))


def test_member_count(quick):
    """A container with too many members is refused."""
    data = zipped(*((f"word/{number}", b"") for number in range(20_001)), ("[Content_Types].xml", b""))
    with pytest.raises(TooLargeError, match="members"):
        load(data, media_type="application/epub+zip", limits=IN_PROCESS)


def test_directory_that_lies_about_its_size(quick):
    """A member larger than it says is cut off and refused."""
    data = bytearray(zipped(("a", b"x" * 1000), compression=zipfile.ZIP_STORED))
    directory = data.rindex(b"PK\x01\x02")
    data[directory + 24 : directory + 28] = (10).to_bytes(4, "little")
    with open_archive(Blob(name="x", data=bytes(data)), Limits()) as archive, pytest.raises(MalformedError):
        read_member(archive, "a", "x")


def test_encrypted_member():
    """An encrypted container is said to be so."""
    data = bytearray(zipped(("META-INF/container.xml", b"x" * 10)))
    for header, offset in ((b"PK\x01\x02", 8), (b"PK\x03\x04", 6)):
        data[data.index(header) + offset] |= 1
    with pytest.raises(EncryptedError):
        load(bytes(data), media_type="application/epub+zip", limits=IN_PROCESS)


@pytest.mark.parametrize("kind", MAIN_PARTS)
@pytest.mark.parametrize("encoding", ["utf-8", "utf-16"])
@pytest.mark.parametrize("isolated", [True, False])
def test_entities_in_office_files(quick, kind, encoding, isolated):
    """An Office file that declares entities is refused, however it is encoded."""
    make, part = MAIN_PARTS[kind]
    data = with_members(saved(make()), **{part: LAUGHS.replace("?>", f' encoding="{encoding}"?>').encode(encoding)})
    with pytest.raises(MalformedError):
        load(data, limits=Limits(isolated=isolated))


def test_external_entities(tmp_path):
    """A file from elsewhere never finds its way into the text."""
    secret = tmp_path / "secret.txt"
    secret.write_text("the secret")
    document = docx.Document()
    document.add_paragraph("x")
    data = saved(document)
    xml = member(data, "word/document.xml").split("?>", 1)[1].replace(">x<", ">&e;<")
    declared = f'<?xml version="1.0"?><!DOCTYPE w [<!ENTITY e SYSTEM "{secret.as_uri()}">]>{xml}'
    with pytest.raises(MalformedError):
        load(with_members(data, **{"word/document.xml": declared}), limits=IN_PROCESS)
    html = f'<!DOCTYPE html [<!ENTITY e SYSTEM "{secret.as_uri()}">]><html xmlns="http://www.w3.org/1999/xhtml"><p>a&e;'
    assert "the secret" not in load(html.encode(), media_type="text/html", limits=IN_PROCESS).text


@pytest.mark.parametrize("data", [LAUGHS.encode(), LAUGHS.encode("utf-16"), b"<a>", b"", b"\0" * 99])
def test_xml(quick, data):
    """XML with entities, or that is none, is malformed."""
    with pytest.raises(MalformedError):
        parse_xml(data, "x")


def test_zip_within_zip(quick):
    """Containers within containers are not opened."""
    data = zipped(("inner.zip", zipped(("inner.zip", b"0" * (1 << 20)))))
    with pytest.raises(LoadError):
        load(data)


@pytest.mark.parametrize("kind", MAIN_PARTS)
def test_damaged_files_end_in_typed_errors(kind):
    """Whatever is changed in an Office file, it is read or refused with one of our errors."""
    make, part = MAIN_PARTS[kind]
    whole = saved(make())
    chance = random.Random(7)  # noqa: S311 - no secret
    for _ in range(40):
        data = bytearray(whole)
        for _ in range(chance.randint(1, 8)):
            data[chance.randrange(len(data))] = chance.randrange(256)
        text = member(whole, part)
        at = chance.randrange(len(text))
        broken = with_members(
            whole, **{part: text[:at] + chance.choice(["<", "&", "", "\0", "9" * 30]) + text[at + 9 :]}
        )
        for each in (bytes(data[: chance.choice([len(data), len(data) // 2])]), broken):
            with contextlib.suppress(LoadError):
                load(each, limits=IN_PROCESS)
