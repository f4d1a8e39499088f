"""Characters that no person sees leave the text; everything that is seen, or changes what is seen, stays."""

import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations.source import SourceText, load
from glyph_integrations.source.invisible import BIDI, SELECTOR, TAG, ZERO_WIDTH, drop_invisible

ENGLAND = "🏴\U000e0067\U000e0062\U000e0065\U000e006e\U000e0067\U000e007f"
CANDIDATES = "\u200b\u200c\u200d\u200e\u200f\u202e\u2060\ufeff\ufe00\ufe0f\U000e0041\U000e0101\u180b\u180e🏴😀aאمक葛ᠠ0 "


@pytest.mark.parametrize(
    ("text", "visible", "counts"),
    [
        ("a\u200bb\u2060c\ufeffd", "abcd", {ZERO_WIDTH: 3}),
        ("hi" + "".join(chr(0xE0000 + ord(c)) for c in "ignore"), "hi", {TAG: 6}),
        ("😀" + "".join(chr(0xE0100 + n) for n in range(20)), "😀", {SELECTOR: 20}),
        ("h\ufe00e\ufe01l", "hel", {SELECTOR: 2}),
        ("a\u202eb\u202cc", "abc", {BIDI: 2}),
        ("a\u200db\u200cc", "abc", {ZERO_WIDTH: 2}),
    ],
)
def test_dropped(text, visible, counts):
    """Characters that carry data past the eye are taken out and counted by kind."""
    assert drop_invisible(text) == (visible, counts)


@pytest.mark.parametrize(
    "text",
    [
        "می\u200cخواهم",
        "क\u094d\u200dष",
        "ه\u200d ",
        "👨\u200d👩\u200d👧",
        "❤\ufe0f\u200d🔥",
        "1\ufe0f\u20e3",
        ENGLAND,
        "葛\U000e0100",
        "ᠠ\u180bᠨ\u180eᠠ",
        "abc \u2067שלום\u2069 \u200e(1)",
        "co\u00adoperate",
        "plain",
    ],
)
def test_kept(text):
    """Joiners, selectors, flags and bidi controls that change what is seen stay."""
    assert drop_invisible(text) == (text, {})


@given(st.text())
def test_visible_letters_are_never_lost(text):
    """Whatever the text, all that goes is a format character, a selector or a tag, and all of it is counted."""
    visible, counts = drop_invisible(text)
    remaining = iter(visible)
    kept = next(remaining, None)
    gone = []
    for character in text:
        if character == kept:
            kept = next(remaining, None)
        else:
            gone.append(character)
    assert kept is None
    assert len(gone) == sum(counts.values())
    assert all(unicodedata.category(character) in ("Cf", "Mn", "Cn") for character in gone)


@given(st.text(alphabet=CANDIDATES, max_size=30))
def test_nothing_is_left_to_drop(text):
    """Taking out what cannot be seen twice is the same as once."""
    visible, _ = drop_invisible(text)
    assert drop_invisible(visible) == (visible, {})


def test_load_reports_what_was_dropped():
    """A loaded text says how many invisible characters it came without, and of which kind."""
    text = load("x\u200by\u200b".encode())
    assert text.text == "xy"
    assert [(item.reason, item.characters, item.page, item.hidden) for item in text.dropped] == [
        (ZERO_WIDTH, 2, 0, True)
    ]
    assert isinstance(text, SourceText)
