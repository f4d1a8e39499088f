"""Text is read verbatim in any encoding."""

import subprocess
import sys

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations.errors import UnsupportedError
from glyph_integrations.source import load
from glyph_integrations.source.invisible import drop_invisible

RUSSIAN = "Привет, мир! Погода сегодня хорошая, и мы идём гулять в парк. "


@pytest.mark.parametrize(
    ("text", "encoding"),
    [
        ("plain", "ascii"),
        ("größer — “quoted”", "utf-8"),
        ("größer", "utf-8-sig"),
        ("größer", "utf-16"),
        ("größer", "utf-16-be"),
        ("größer", "utf-32"),
        ("größer", "utf-32-le"),
        ("日本語の文章です", "utf-16-be"),
        ("café", "latin-1"),
        ("Grüße aus München, schöne Straßen für alle Bürger. " * 3, "cp1252"),
        (RUSSIAN * 2, "cp1251"),
        (RUSSIAN * 2, "koi8-r"),
        (RUSSIAN * 2, "cp866"),
        ("これは日本語の文章です。漢字も含まれています。" * 2, "shift_jis"),
        ("これは日本語の文章です。漢字も含まれています。" * 2, "euc-jp"),
        ("这是一个中文文档,包含一些汉字。" * 3, "gb18030"),
        ("這是一個中文文檔,包含一些漢字。" * 3, "big5"),
        ("한국어 문서입니다. 이것은 시험입니다." * 3, "euc-kr"),
        ("Ελληνικά κείμενα εδώ και εκεί. " * 4, "iso8859-7"),
    ],
)
def test_encodings(text, encoding):
    """Text comes out as it was written, with or without a byte order mark."""
    assert load(text.encode(encoding)).text == text


@given(st.text(min_size=1).filter(lambda text: text.strip()))
def test_utf8_is_kept(text):
    """Every text in UTF-8 stays as it is, but for line ends, page breaks and what no person sees."""
    if "\0" in text or text.startswith("\ufeff") or not drop_invisible(text)[0].strip():
        return
    loaded = load(text.encode("utf-8"), media_type="text/x-python").text if _is_text(text) else ""
    expected = drop_invisible(text.replace("\r\n", "\n").replace("\r", "\n"))[0].replace("\f", "\n")
    assert loaded == (expected if _is_text(text) else "")


def _is_text(text):
    return not any(character < " " and character not in "\t\n\r\f" for character in text) and "\f" not in text


def test_broken_bytes_stay_visible():
    """Bytes that are no UTF-8 within a text that is become escapes; the rest is not misread for their sake."""
    text = load(("日本語の文章です。" * 9).encode() + b"\xff" + "日本".encode()).text
    assert text.endswith("です。\\xff日本")


def test_line_ends_and_page_breaks():
    """All line ends become LF; form feeds end source pages."""
    text = load(b"a\r\nb\rc\fd\n")
    assert text.text == "a\nb\nc\nd\n"
    assert [page.label for page in text.pages] == ["1", "2"]
    assert text.locate(6, 7)[0].page == 1


def test_code_is_verbatim():
    """Source code keeps its indentation and tabs."""
    code = "def f():\n\treturn {\n        1: 2,\n    }\n\n\nx = '<html>'\n"
    text = load(code.encode(), media_type="text/x-python")
    assert text.text == code
    assert text.sources[0].media_type == "text/x-python"


def test_binary_is_refused():
    """Binary data stated to be text is refused."""
    with pytest.raises(UnsupportedError):
        load(b"\x00\x01\x02\xff" * 100, media_type="text/plain")


MEASURE = """
import resource, time
from glyph_integrations.source import load
before = resource.getrusage(resource.RUSAGE_SELF).ru_maxrss
text = load({path!r})
print(len(text.text), resource.getrusage(resource.RUSAGE_SELF).ru_maxrss - before)
"""


@pytest.mark.skipif(sys.platform != "linux", reason="ru_maxrss is in KiB on Linux")
def test_large_text(tmp_path):
    """A text of 50 MB loads in a few seconds and in less than five times its size."""
    path = tmp_path / "big.log"
    path.write_bytes("2024-01-01 INFO request naïve handled in 12 ms\n".encode() * 1_060_000)
    result = subprocess.run(
        [sys.executable, "-c", MEASURE.format(path=str(path))], capture_output=True, check=True, timeout=30
    )
    characters, kibibytes = map(int, result.stdout.split())
    assert characters > 49_000_000
    assert kibibytes < 250 * 1024
