"""Scripts that join, stack or run from right to left."""

from __future__ import annotations

import sys

import numpy as np
import pytest

from glyph_integrations import MissingExtraError, RenderStyle, render

WIDE = RenderStyle(font_size=16, line_height=24)


def left_ends(text, style=WIDE):
    """Where each character's box begins on the first page."""
    page = render(text, style)[0]
    return [boxes[0].x0 if (boxes := page.boxes(at, at + 1)) else None for at in range(len(text))]


def test_hebrew_runs_from_right_to_left():
    """In a Hebrew paragraph each letter stands to the left of the one before, and the line ends at the right margin."""
    ends = left_ends("שלום")
    assert ends == sorted(ends, reverse=True)
    assert ends[0] > 0.9


def test_numbers_and_latin_inside_arabic_keep_their_direction():
    """Within text from right to left, digits and Latin words read from left to right (UAX #9)."""
    text = "عدد 123 abc نص"
    ends = left_ends(text)
    digits, latin = text.index("123"), text.index("abc")
    assert ends[digits] < ends[digits + 1] < ends[digits + 2]
    assert ends[latin] < ends[latin + 1]
    assert ends[0] > ends[digits] > ends[latin] > ends[-1]


def test_arabic_letters_join():
    """The letters of a word take their joined forms: the word differs from its letters drawn apart."""
    joined, apart = render("بببب", WIDE)[0].pixels, render("ب ب ب ب", WIDE)[0].pixels
    assert (joined < 128).any(axis=0).sum() < (apart < 128).any(axis=0).sum()
    ink = np.flatnonzero((joined < 200).any(axis=0))
    assert (np.diff(ink) <= 1).all()


def test_brackets_are_mirrored():
    """An opening bracket in text from right to left opens towards its text."""
    mirrored, plain = render("א(ב", WIDE)[0], render("a(b", WIDE)[0]
    box, other = mirrored.boxes(1, 2)[0], plain.boxes(1, 2)[0]
    cut = mirrored.pixels[:, round(box.x0 * 588) : round(box.x1 * 588)]
    assert np.array_equal(cut[:, : cut.shape[1]], plain_bracket(")"))
    assert not np.array_equal(cut, plain.pixels[:, round(other.x0 * 588) : round(other.x1 * 588)])


def plain_bracket(character):
    """The pixels of a bracket between Latin letters."""
    page = render(f"a{character}b", WIDE)[0]
    box = page.boxes(1, 2)[0]
    return page.pixels[:, round(box.x0 * 588) : round(box.x1 * 588)]


def test_a_combining_accent_gives_the_composed_letter():
    """A letter followed by a combining accent looks like the composed letter, and takes no more room."""
    decomposed, composed = render("cafe\u0301 x", WIDE)[0], render("café x", WIDE)[0]
    ink = lambda page: int((255 - page.pixels.astype(int)).sum())  # noqa: E731
    assert abs(ink(decomposed) - ink(composed)) < 0.03 * ink(composed)


def test_devanagari_reorders_its_vowels():
    """The vowel sign i, written after its consonant, is drawn before it: one cluster, one box."""
    text = "कि"
    page = render(text, WIDE)[0]
    assert len(page.boxes(0, 2)) == 1
    assert page.boxes(1, 2) == ()


@pytest.mark.parametrize("text", ["नमस्ते दुनिया", "สวัสดีชาวโลก", "မင်္ဂလာပါ", "សួស្តី", "བཀྲ་ཤིས", "வணக்கம்", "ܫܠܡܐ", "ߒߞߏ"])
def test_scripts_of_the_world_are_drawn(text):
    """Each script has a font that draws it; nothing is spelled as a code point."""
    rendering = render(text, WIDE)
    assert rendering.report.escaped == {}
    assert (rendering[0].pixels < 128).sum() > 50


def test_thai_breaks_between_clusters():
    """Thai, written without spaces, fills its lines and never separates a vowel sign from its consonant."""
    rendering = render("ภาษาไทยที่ไม่มีช่องว่าง" * 60, RenderStyle())
    starts = [int(at) for page in rendering for at in page.layout.lines[:-1]]
    assert len(starts) > 5
    text = rendering.source_text.text
    assert not [at for at in starts if text[at] in "ัิีึืุู็่้๊๋์"]


def test_overrides_are_shown_and_order_nothing():
    """A right-to-left override is drawn as a mark and does not turn the text around."""
    ends = left_ends("ab\u202ecd")
    assert ends[0] < ends[1] < ends[2] < ends[3] < ends[4]


def test_without_harfbuzz_the_error_names_the_extra(monkeypatch):
    """Text that needs shaping is refused with the command that installs it; other text needs nothing."""
    monkeypatch.setitem(sys.modules, "uharfbuzz", None)
    assert len(render("plain text, émigré")) == 1
    with pytest.raises(MissingExtraError, match=r"glyph-integrations\[shaping\]"):
        list(render("مرحبا"))


@pytest.mark.parametrize("alignment", ["left", "justify", "center", "right"])
def test_mixed_directions_stay_within_the_margins(alignment):
    """Lines with both directions keep to the column under every alignment, and all their characters have a place."""
    text = "Latin, then عربي: مرحبا (123) كيف الحال؟ end.\nשלום עולם (abc) 12 ועוד מילים רבות בשורה הזאת.\n" * 5
    style = RenderStyle(page_width=252, alignment=alignment)
    for page in render(text, style):
        ink = np.flatnonzero((page.pixels < 200).any(axis=0))
        assert ink.min() >= 9
        assert ink.max() <= page.width - 9
        for at in range(*page.char_range):
            assert text[at] == "\n" or len(page.boxes(at, at + 1)) <= 1


def test_paragraphs_that_run_on_follow_the_direction_of_the_text():
    """Where line breaks are only marked, an Arabic text flows from the right, an English one with Arabic does not."""
    arabic = left_ends("عنوان\nنص عربي", "glyph")
    assert arabic[0] > arabic[-1]
    english = left_ends("A long English sentence, then\nعنوان\nend", "glyph")
    assert english[0] < english[-1]
    page = render("عنوان " * 200 + "1234567 " * 101, "glyph")[0]
    last = page.char_range[1] - 8
    assert page.boxes(last, last + 7)[0].x1 > 0.5
