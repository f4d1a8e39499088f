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


def decode(data: bytes, stated: str = "") -> tuple[str, str]:
    r"""Returns the text and the encoding it was read in.

    A byte order mark decides, then UTF-8 if it fits, then the stated encoding, then statistics. Bytes that the encoding
    does not have become ``\xNN``, visibly.
    """
    for mark, encoding in _BOMS:
        if data.startswith(mark):
            return data.decode(encoding, "backslashreplace"), encoding.removesuffix("-sig")
    wide = wide_encoding(data[:4096])
    if wide:
        return data.decode(wide, "backslashreplace"), wide
    if b"\x1b$B" in data and data.isascii():  # Japanese mail: ASCII to the eye of any decoder
        with contextlib.suppress(UnicodeDecodeError):
            return data.decode("iso2022_jp_2"), "iso2022_jp_2"
    try:
        return data.decode("utf-8"), "utf-8"
    except UnicodeDecodeError as error:
        failed_at = error.start
    for encoding in (stated, _guess(data, failed_at)):
        try:
            return data.decode(encoding), codecs.lookup(encoding).name
        except (LookupError, UnicodeError):
            continue
    return data.decode("utf-8", "backslashreplace"), "utf-8"


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
