"""RenderStyle: what it accepts, what it refuses and why, how it is identified."""

from __future__ import annotations

import json

import numpy as np
import pytest

from glyph_integrations import RenderStyle, StyleError, render
from glyph_integrations.rendering import PRESETS, render_style

GLYPH_CONFIG = {
    "page-size": "595,842",
    "dpi": 72,
    "margin-x": 10,
    "margin-y": 10,
    "font-path": "../config/Verdana.ttf",
    "font-size": 9,
    "line-height": 10,
    "font-color": "#000000",
    "alignment": "LEFT",
    "horizontal-scale": 1.0,
    "first-line-indent": 0,
    "left-indent": 0,
    "right-indent": 0,
    "space-before": 0,
    "space-after": 0,
    "border-width": 0,
    "border-padding": 0,
    "page-bg-color": "#FFFFFF",
    "para-bg-color": "#FFFFFF",
    "auto-crop-width": True,
    "auto-crop-last-page": True,
    "newline-markup": '<font color="#FF0000"> \\n </font>',
}


@pytest.mark.parametrize(
    ("fields", "reason"),
    [
        ({"line_height": 8.0}, "line_height must not be below font_size"),
        ({"dpi": 0}, "dpi must be above 0"),
        ({"dpi": 20}, "cannot be read"),
        ({"margin_x": -1}, "must not be negative"),
        ({"text_colour": "#FFFFFF"}, "nothing could be read"),
        ({"text_colour": "red"}, "must look like #rrggbb"),
        ({"newline": "mark"}, "needs a newline_mark"),
        ({"newline": "mark", "newline_mark": "↵", "space_after": 3}, "no paragraphs"),
        ({"newline": "mark", "newline_mark": "↵", "alignment": "center"}, "left or justified"),
        ({"break_anywhere": True, "alignment": "justify"}, "nothing to justify"),
        ({"subpixel": True}, "needs hinting 'light' or 'none'"),
        ({"font": "spleen-5x8"}, "exists only at 8 px"),
        ({"font": "Comic Sans"}, "no family or file"),
        ({"first_line_indent": -5}, "leave the column"),
        ({"page_width": 10_000}, "8,192 px"),
        ({"alignment": "middle"}, "unknown alignment"),
    ],
)
def test_impossible_combinations_are_refused_with_the_reason(fields, reason):
    """A style that contradicts itself cannot be made, and the error says what is wrong."""
    with pytest.raises(StyleError, match=reason):
        RenderStyle(**fields)


def test_a_page_without_room_for_text_is_refused():
    """Margins or columns that leave no room are an error when the page size is known."""
    with pytest.raises(StyleError, match="no room"):
        render("text", RenderStyle(margin_x=290))
    with pytest.raises(StyleError, match="no room"):
        render("text", RenderStyle(margin_y=415))


def test_the_fingerprint_is_of_the_looks_and_not_of_the_name():
    """Equal looks have equal fingerprints under any name; any other field changes it."""
    style = PRESETS["glyph"]
    assert style.fingerprint == style.replace(name="mine").fingerprint
    assert len({preset.fingerprint for preset in PRESETS.values()}) == len(PRESETS)
    assert hash(style) == hash(PRESETS["glyph"].replace(name="glyph"))


def test_a_font_file_counts_with_its_content(tmp_path):
    """The fingerprint of a style with a font file follows the file's content."""
    from importlib import resources

    data = (resources.files("glyph_integrations.rendering") / "fonts" / "DejaVuSerif.ttf").read_bytes()
    font = tmp_path / "font.ttf"
    font.write_bytes(data)
    first = RenderStyle(font=str(font)).fingerprint
    font.write_bytes(data + b"\0")
    assert RenderStyle(font=str(font)).fingerprint != first
    assert (
        render("text", RenderStyle(font=str(font)))[0].pixels == render("text", RenderStyle(font="serif"))[0].pixels
    ).all()


def test_a_published_glyph_configuration_is_read_whole(tmp_path):
    """Every key of Glyph's configuration file has its field; Verdana becomes the family that replaces it."""
    path = tmp_path / "config_en.json"
    path.write_text(json.dumps(GLYPH_CONFIG))
    style = RenderStyle.from_glyph_config(path)
    assert (style.name, style.font, style.font_size, style.line_height, style.dpi) == ("config_en", "sans", 9, 10, 72)
    assert (style.margin_x, style.newline, style.newline_colour) == (10, "mark", "#ff0000")
    assert style.crop_width
    assert style.crop_last_page
    assert RenderStyle.from_glyph_config(GLYPH_CONFIG).fingerprint == style.fingerprint
    page = render("one\ntwo", style)[0]
    assert page.pixels.ndim == 3
    assert (page.pixels[:, :, 0] > page.pixels[:, :, 1]).any()


@pytest.mark.parametrize(
    ("change", "reason"),
    [({"font-wait": 3}, "not keys"), ({"dpi": "many"}, "dpi cannot be"), ({"font-path": "no.ttf"}, "not there")],
)
def test_a_broken_glyph_configuration_is_refused(change, reason):
    """Unknown keys, wrong values and missing font files are named."""
    with pytest.raises(StyleError, match=reason):
        RenderStyle.from_glyph_config(GLYPH_CONFIG | change)


@pytest.mark.parametrize(("font", "size"), [("spleen-5x8", 8.0), ("spleen-6x12", 12.0)])
def test_bitmap_fonts_draw_in_black_and_white(font, size):
    """A bitmap font has no gray levels and one width for all its letters; others fill in for what it lacks."""
    page = render("The quick brown fox.", RenderStyle(font=font, font_size=size, line_height=size))[0]
    assert set(np.unique(page.pixels)) == {0, 255}
    widths = {round((box.x1 - box.x0) * page.width) for at in range(20) for box in page.boxes(at, at + 1)}
    assert widths == {int(font[7])}
    assert render("中文", RenderStyle(font=font, font_size=size, line_height=size)).report.escaped == {}


def test_unknown_presets_and_fields_are_named():
    """A misspelt preset lists the known ones; a misspelt field is named."""
    with pytest.raises(StyleError, match="Presets: glyph, glyph-96"):
        render_style("glif")
    with pytest.raises(StyleError, match="no field colour"):
        PRESETS["glyph"].replace(colour="#000000")


def test_plain_ascii_draws_look_alikes_and_keeps_the_text():
    """Typographic signs and accents are drawn as ASCII, other scripts as they are; offsets stay those of the text."""
    style = render_style("nano")
    fancy, plain = "“Café” — it’s €5 … ½", '"Cafe" -- it\'s EUR5 ... 1/2'
    drawn = render(fancy, style)
    assert (drawn[0].pixels == render(plain, style)[0].pixels).all()
    assert drawn.source_text.text == fancy
    assert drawn[0].char_range == (0, len(fancy))
    assert (render("李", style)[0].pixels < 128).any()
    assert not (render("é", style)[0].pixels == render("é", style.replace(plain_ascii=False))[0].pixels).all()
