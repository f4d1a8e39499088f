"""Bytes of unknown encoding to text, without losing a byte."""

from __future__ import annotations

import codecs
import contextlib

from charset_normalizer import from_bytes

from glyph_integrations.source.detect import wide_encoding

_BOMS = (
    (codecs.BOM_UTF8, "utf-8-sig"),
    (codecs.BOM_UTF32_LE, "utf-32"),
    (codecs.BOM_UTF32_BE, "utf-32"),
    (codecs.BOM_UTF16_LE, "utf-16"),
    (codecs.BOM_UTF16_BE, "utf-16"),
)
_SAMPLE = 1 << 16
# Supersets that no file of today is written in, and that claim other encodings' texts.
_UNLIKELY = ["shift_jis_2004", "shift_jisx0213", "euc_jis_2004", "euc_jisx0213", "johab", "cp1125"]
# What programs write under a narrower name (WHATWG's Encoding Standard); names as ``codecs`` has them.
_WIDER = {
    "iso8859-1": "cp1252",
    "iso8859-9": "cp1254",
    "iso8859-11": "cp874",
    "tis-620": "cp874",
    "gb2312": "gb18030",
    "gbk": "gb18030",
    "euc_kr": "cp949",
    "shift_jis": "cp932",
    "big5": "big5hkscs",
}
_SEVEN_BIT = frozenset({"utf-7", "hz", "iso2022_kr", "iso2022_jp", "iso2022_jp_1", "iso2022_jp_2", "iso2022_jp_ext"})
"""Encodings whose bytes are ASCII to the eye of any decoder."""


def decode(data: bytes, stated: str = "") -> tuple[str, str]:
    r"""Returns the text and the encoding it was read in.

    A byte order mark decides, then UTF-8 if it fits, then the stated encoding, then statistics. Bytes that the encoding
    does not have become ``\xNN``, visibly.
    """
    stated = _find_codec(stated)
    marked = _find_marked(data, stated)
    if marked:
        errors = "strict" if marked in _SEVEN_BIT else "backslashreplace"
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode(marked, errors), marked.removesuffix("-sig")
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        failed_at = error.start
    for encoding in (_WIDER.get(stated, ""), stated, _guess(data, failed_at)):
        with contextlib.suppress(LookupError, UnicodeError):
            return data.decode(encoding), codecs.lookup(encoding).name
    return data.decode("utf-8", "backslashreplace"), "utf-8"


def _find_marked(data: bytes, stated: str) -> str:
    """The encoding that bytes betray by a mark, by zeros or by escapes; empty for those that only fit or do not."""
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return encoding
    if wide := wide_encoding(data[:4096]):
        return wide
    if b"\x1b$B" in data and data.isascii():  # Japanese mail
        return "iso2022_jp_2"
    return stated if stated in _SEVEN_BIT and data.isascii() else ""


def _find_codec(name: str) -> str:
    """The codec's own name of an encoding of text; empty where there is none."""
    with contextlib.suppress(LookupError, ValueError):
        codec = codecs.lookup(name)
        return codec.name if codec._is_text_encoding else ""  # noqa: SLF001 - as open() asks
    return ""


def _guess(data: bytes, failed_at: int) -> str:
    """The likeliest encoding of bytes that are not UTF-8; empty for UTF-8 with a few broken bytes."""
    start = max(failed_at - _SAMPLE // 2, 0)
    sample = data[start : start + _SAMPLE]
    text = sample.decode("utf-8", "replace")
    broken = text.count("\ufffd")
    foreign = sum(character > "\x7f" for character in text) - broken
    if foreign > 4 * broken:
        return ""
    if not text[failed_at - start :].isascii() and len(sample) < 64 and broken == foreign + broken <= 4:
        return "cp1252"  # too short for statistics: "café"
    best = from_bytes(sample, cp_exclusion=_UNLIKELY, preemptive_behaviour=False).best()
    return best.encoding if best else "cp1252"
