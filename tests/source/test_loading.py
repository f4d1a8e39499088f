"""``load`` takes files, directories, patterns, bytes and file objects, and refuses the rest clearly."""

import io
import subprocess
import sys
from importlib.metadata import EntryPoint

import pytest

from glyph_integrations.errors import (
    EmptyError,
    LoadError,
    MalformedError,
    NotFoundError,
    TooLargeError,
    UnsupportedError,
)
from glyph_integrations.source import Limits, load, registry


def test_importing_needs_no_parser():
    """Importing the package, and reading plain text, imports no parsing library."""
    code = (
        "import sys; from glyph_integrations.source import load; load(b'text');"
        "assert not {'pymupdf', 'lxml', 'docx', 'pptx', 'openpyxl', 'PIL'} & set(sys.modules)"
    )
    subprocess.run([sys.executable, "-c", code], check=True, timeout=60)


@pytest.mark.parametrize("kind", [bytes, bytearray, memoryview, io.BytesIO])
def test_bytes_and_files(kind):
    """Bytes of any kind and binary files are sources."""
    text = load(kind(b"hello"))
    assert text.text == "hello"
    assert text.sources[0].name == "source"
    assert text.seconds > 0
    assert len(text.origins) == 1


def test_path(tmp_path):
    """A path loads as text, under its file name."""
    path = tmp_path / "a.txt"
    path.write_text("hello")
    for source in (path, str(path)):
        assert load(source).sources[0].name == "a.txt"


def test_directory(tmp_path):
    """A directory loads recursively in natural order, names relative to it, hidden files left out."""
    for name in ("page 10.txt", "page 2.txt", "sub/x.md", ".hidden", "sub/.git/config"):
        path = tmp_path / name
        path.parent.mkdir(exist_ok=True, parents=True)
        path.write_text(name)
    text = load(tmp_path)
    assert [source.name for source in text.sources] == ["page 2.txt", "page 10.txt", "sub/x.md"]
    assert text.text == "page 2.txt\npage 10.txt\nsub/x.md"
    assert len(text.origins) == 3


def test_unreadable_files_of_a_directory_are_listed(tmp_path):
    """What a directory holds beyond what can be read is listed, not passed over."""
    (tmp_path / "a.txt").write_text("a")
    (tmp_path / "b.bin").write_bytes(b"\x00\x01\x02" * 99)
    (tmp_path / "c.txt").write_bytes(b"")
    dropped = load(tmp_path).dropped
    assert [item.reason.split(":")[0] for item in dropped] == ["not read", "not read"]
    assert "b.bin" in dropped[0].reason
    assert not any(item.hidden for item in dropped)


def test_directory_without_anything_readable(tmp_path):
    """A directory of nothing readable ends in an error."""
    with pytest.raises(UnsupportedError, match="nothing in"):
        load(tmp_path)


def test_pattern(tmp_path):
    """A pattern loads the files that match, in natural order, names relative to its fixed part."""
    for name in ("b10.txt", "b9.txt", "c.md", "sub/b1.txt"):
        (tmp_path / name).parent.mkdir(exist_ok=True)
        (tmp_path / name).write_text(name)
    assert [source.name for source in load(str(tmp_path / "b*.txt")).sources] == ["b9.txt", "b10.txt"]
    names = [source.name for source in load(str(tmp_path / "**" / "*.txt")).sources]
    assert names == ["b9.txt", "b10.txt", "sub/b1.txt"]


def test_brackets_in_a_name_are_no_pattern(tmp_path):
    """A file whose name looks like a pattern is still found."""
    (tmp_path / "a[1].txt").write_text("x")
    assert load(str(tmp_path / "a[1].txt")).text == "x"


@pytest.mark.parametrize(
    ("source", "message"),
    [
        ("/no/such/file.txt", "there is no file 'file.txt' there"),
        ("/no/such/*.txt", "no file matches the pattern"),
        ("https://example.org/x.pdf", "URLs are not fetched"),
        ("This is the text itself. " * 30, "SourceText.from_string"),
        ("line one\nline two", "SourceText.from_string"),
        ("a\0b", "there is no file"),
    ],
)
def test_not_found(source, message):
    """What is no file is said not to be one, with a hint, and without the path."""
    with pytest.raises(NotFoundError, match=message) as caught:
        load(source)
    assert isinstance(caught.value, FileNotFoundError)
    assert "/no/such" not in str(caught.value)


def test_text_files_and_other_objects_are_refused():
    """Something else than a path, bytes or a binary file is a TypeError."""
    with pytest.raises(TypeError, match="binary mode"):
        load(io.StringIO("x"))
    with pytest.raises(TypeError, match="not int"):
        load(3)


def test_empty():
    """A source without a byte, and one of blanks, hold nothing to read."""
    for data in (b"", b" \n\n "):
        with pytest.raises(EmptyError):
            load(data)


def test_limits_on_bytes(tmp_path):
    """A source beyond the limit on bytes is refused before it is read, whatever it is."""
    path = tmp_path / "x.txt"
    path.write_bytes(b"x" * 100)
    for source in (path, b"x" * 100, io.BytesIO(b"x" * 100)):
        with pytest.raises(TooLargeError, match=r"Limits\.file_bytes"):
            load(source, limits=Limits(file_bytes=99))


def test_limits_on_pages_and_characters():
    """The limits on pages and characters hold for every format."""
    with pytest.raises(TooLargeError, match=r"Limits\.pages"):
        load(b"a\fb\fc", limits=Limits(pages=2))
    with pytest.raises(TooLargeError, match=r"Limits\.characters"):
        load(b"abc", limits=Limits(characters=2))


class ShoutFormat:
    """A format that a package would register."""

    name = "shout"
    isolated = False

    def accepts(self, blob, media_type):
        """By its name."""
        return blob.suffix == ".shout"

    def load(self, blob, media_type, options):
        """Its text in capitals."""
        if blob.read() == b"boom":
            raise KeyError("/secret/path")
        return load(blob.read().upper())


@pytest.fixture
def shout(monkeypatch):
    """Installs ``ShoutFormat``."""
    entry = EntryPoint("shout", f"{__name__}:ShoutFormat", registry.GROUP)
    monkeypatch.setattr(registry, "entry_points", lambda **_: [entry])
    monkeypatch.setattr(EntryPoint, "load", lambda _: ShoutFormat)
    registry._installed.cache_clear()
    yield
    registry._installed.cache_clear()


def test_registered_formats_are_asked_first(shout, tmp_path):
    """An installed format gets its files before the built-in ones."""
    (tmp_path / "x.shout").write_text("hello")
    assert load(tmp_path / "x.shout").text == "HELLO"


def test_other_errors_become_typed(shout, tmp_path):
    """Whatever a format raises becomes one of our errors, chained, without its message."""
    (tmp_path / "x.shout").write_text("boom")
    with pytest.raises(MalformedError, match=r"x\.shout cannot be read \(KeyError\)") as caught:
        load(tmp_path / "x.shout")
    assert isinstance(caught.value.__cause__, KeyError)


def test_errors_know_their_kind():
    """Each error of loading has a code of its own, by which it crosses from the subprocess."""
    codes = [kind.code for kind in LoadError.__subclasses__()]
    assert len(codes) == len(set(codes))
