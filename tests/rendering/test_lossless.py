"""Nothing is lost between the text and the pages."""

from __future__ import annotations

import unicodedata

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyph_integrations import render
from glyph_integrations.rendering import PRESETS, RenderStyle
from glyph_integrations.rendering.atlas import GlyphAtlas

any_text = st.text(st.characters(min_codepoint=0, max_codepoint=0x10FFFF, categories=None), max_size=400)
page_text = st.text(st.sampled_from("ab  \n\t.-你好。（「é́שלاम\u200b0"), max_size=3000)


@pytest.mark.parametrize("style", PRESETS)
@given(text=any_text)
@settings(max_examples=25, deadline=None)
def test_pages_tile_any_text(style, text):
    """Whatever the text, the ranges of its pages follow one another from its first to its last character."""
    pages = list(render(text, style))
    assert [page.char_range[0] for page in pages[1:]] == [page.char_range[1] for page in pages[:-1]]
    assert not text or (pages[0].char_range[0], pages[-1].char_range[1]) == (0, len(text))


@given(text=any_text)
@settings(max_examples=100, deadline=None)
def test_every_character_is_drawn_or_reported(text):
    """The report names each character without ink and counts it exactly; a character with neither is an error."""
    report = render(text).report
    inkless = [c for c in text if unicodedata.category(c) in {"Cc", "Cn", "Co", "Cs"} and c not in "\n\t\r"]
    assert set(inkless) <= set(report.escaped)
    for character, count in report.escaped.items():
        assert count <= text.count(character)
    assert all(report.escaped[c] == text.count(c) for c in set(inkless))


def test_all_of_unicode_has_ink_or_a_name():
    """Each of the 1,114,112 code points draws ink, is a space, or is spelled as its code point."""
    atlas = GlyphAtlas(RenderStyle())
    for start in range(0, 0x110000, 0x10000):
        # Unassigned, private and surrogate code points are spelled alike; a sample of them is enough.
        wanted = [
            cp
            for cp in range(start, start + 0x10000)
            if unicodedata.category(chr(cp)) not in {"Cn", "Co", "Cs"} or cp % 997 == 0
        ]
        if wanted:
            entries = atlas.entries(np.array(wanted, np.uint32))
            blank = [cp for cp, entry in zip(wanted, entries.tolist(), strict=True) if not atlas.inked[entry]]
            assert {unicodedata.category(chr(cp)) for cp in blank} <= {"Zs"}


def test_characters_without_a_glyph_are_spelled_on_the_page():
    """An unassigned code point appears as ⟦U+XXXX⟧, drawn exactly as that text would be."""
    style = RenderStyle(**_plain)
    spelled = render("a\U0010fffdb", style)[0]
    written = render("a⟦U+10FFFD⟧b", style)[0]
    assert np.array_equal(spelled.pixels, written.pixels)


_plain = {"hinting": "full", "subpixel": False}


@pytest.mark.parametrize(
    ("character", "mark"), [("\u200b", "⟦ZWSP⟧"), ("\u00ad", "⟦SHY⟧"), ("\x00", "⟦U+0000⟧"), ("\x0c", "⟦U+000C⟧")]
)
def test_invisible_characters_get_visible_marks(character, mark):
    """Zero-width and control characters are drawn as their names and counted in the report."""
    style = RenderStyle(**_plain)
    rendering = render(f"x{character}y", style)
    assert np.array_equal(rendering[0].pixels, render(f"x{mark}y", style)[0].pixels)
    assert rendering.report.escaped == {character: 1}


def test_tabs_and_line_breaks_are_marked():
    """A tab and, in running text, a line break each have ink of their own."""
    assert (render("a\tb")[0].pixels < 255).sum() > (render("a b")[0].pixels < 255).sum()
    assert (render("a\nb")[0].pixels < 255).sum() > (render("a b")[0].pixels < 255).sum()


@pytest.mark.parametrize("style", PRESETS)
def test_no_letter_is_clipped(style):
    """The ink of a page is at least that of its letters drawn one by one: overhangs survive cells and lines."""
    letters = "fjgÅŷ_JTV|(}Ŵ"
    whole = _ink(render("\n".join(letters), style))
    alone = sum(_ink(render(letter, style)) for letter in letters)
    mark = _ink(render("\n", style)) * (len(letters) - 1)
    assert whole >= 0.97 * (alone + mark)


def _ink(rendering):
    paper = int(rendering[0].pixels[0, -1])
    return sum(int(np.abs(page.pixels.astype(int) - paper).sum()) for page in rendering)


@given(text=page_text, style=st.sampled_from(sorted(PRESETS)))
@settings(max_examples=60, deadline=None)
def test_every_visible_character_has_a_box_on_its_page(text, style):
    """Each visible character lies in exactly one box, on the page whose range holds it, within the page."""
    for page in render(text, style):
        start, end = page.char_range
        for at in range(start, min(end, start + 200)):
            boxes = page.boxes(at, at + 1)
            if text[at] in "ab.-你好0":
                assert len(boxes) == 1
                x0, y0, x1, y1 = boxes[0]
                assert 0 <= x0 < x1 <= 1
                assert 0 <= y0 < y1 <= 1
        assert page.boxes(end, end + 5) == ()
