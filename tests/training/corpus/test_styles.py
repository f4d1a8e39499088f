"""StyleSampler: what it draws can be rendered and read, and covers the space."""

from __future__ import annotations

from collections import Counter
from random import Random

import pytest

from glyph_integrations import RenderStyle, StyleError, render
from glyph_integrations.training.corpus import THEMES, StyleSampler
from glyph_integrations.training.corpus.styles import contrast, luminance

TEXT = "Naming the parts of speech, one after another.\n    indented = 1\n" * 30


def rng(seed):
    """A generator with this seed; not for cryptography."""
    return Random(seed)  # noqa: S311


@pytest.fixture(scope="module")
def styles():
    """Ten thousand styles."""
    draws = rng(0)
    sampler = StyleSampler()
    return [sampler.sample(draws) for _ in range(10_000)]


def test_every_style_can_be_read(styles):
    """Ten thousand styles are valid, with type of 6 px and more, lines apart, and ink that stands out."""
    for style in styles:
        assert isinstance(style, RenderStyle)
        assert style.px(style.font_size) >= 6
        assert style.line_height >= style.font_size
        assert contrast(style.text_colour, style.page_colour) >= 4.5
        assert style.px(style.page_width) * style.px(style.page_height) <= 30_000_000


def test_all_themes_occur_as_often_as_their_weights_say(styles):
    """Every theme occurs, the document theme most."""
    counts = Counter(style.name for style in styles)
    assert set(counts) == set(THEMES)
    for name, weight in StyleSampler().themes.items():
        assert counts[name] / len(styles) == pytest.approx(weight, abs=0.02)


def test_dark_styles_are_light_on_dark(styles):
    """In the dark theme the ink is lighter than the page, in the document and web themes darker."""
    for style in styles:
        if style.name == "dark_mode":
            assert luminance(style.text_colour) > luminance(style.page_colour)
        elif style.name in {"document", "web"}:
            assert luminance(style.text_colour) < luminance(style.page_colour)


def test_the_space_is_covered(styles):
    """Nearly all styles differ; fonts, pages, resolutions and paragraphs vary as the paper says."""

    def share(holds):
        return sum(map(holds, styles)) / len(styles)

    assert len({style.fingerprint for style in styles}) > 9900
    assert {style.font for style in styles} == {"sans", "serif", "mono", "spleen-5x8", "spleen-6x12"}
    assert {int(style.line_height - style.font_size + 0.5) for style in styles} == {0, 1, 2, 3}
    assert share(lambda style: style.alignment in {"left", "justify"}) > 0.95
    assert 0.1 < share(lambda style: style.dpi < 72) < 0.3
    assert 0.005 < share(lambda style: style.dpi > 300) < 0.05
    assert 0.03 < share(lambda style: style.newline == "mark") < 0.2
    assert share(lambda style: style.first_line_indent < 0) > 0.01
    assert share(lambda style: style.first_line_indent > 0) > 0.01
    assert share(lambda style: style.crop_width) > 0.1
    assert {style.page_width for style in styles} > {595.0, 612.0, 420.0, 499.0}


def test_styles_render():
    """Sampled styles of every theme typeset a text to the last character."""
    draws = rng(1)
    sampler = StyleSampler(most_pixels=1_500_000)
    seen = set()
    for _ in range(40):
        style = sampler.sample(draws)
        seen.add(style.name)
        pages = render(TEXT, style)
        assert pages[-1].char_range[1] == len(TEXT)
    assert len(seen) >= 4


def test_the_same_seed_gives_the_same_styles():
    """Styles depend on the generator alone."""
    one, other = rng(7), rng(7)
    assert [StyleSampler().sample(one) for _ in range(50)] == [StyleSampler().sample(other) for _ in range(50)]


def test_limits_are_kept_or_named():
    """A sampler keeps to its own pages, resolutions and type; impossible limits are an error that says what to do."""
    sampler = StyleSampler(themes={"code": 1}, page_sizes=((336, 448),), dpi_sets=((1, (72,)),), least_type=9)
    draws = rng(0)
    for _ in range(100):
        style = sampler.sample(draws)
        assert (style.page_width, style.page_height, style.dpi, style.name) == (336, 448, 72, "code")
        assert style.px(style.font_size) >= 9
    with pytest.raises(StyleError, match="allow smaller type"):
        StyleSampler(least_type=10_000).sample(draws)
    for themes in ({"baroque": 1}, {}):
        with pytest.raises(StyleError, match="document, web"):
            StyleSampler(themes=themes)


def test_contrast_is_that_of_the_standard():
    """Black on white is 21, a colour on itself 1, the order does not matter, and #777777 on white just fails 4.5."""
    assert contrast("#000000", "#ffffff") == pytest.approx(21)
    assert contrast("#123456", "#123456") == 1
    assert contrast("#ffffff", "#777777") == contrast("#777777", "#ffffff") == pytest.approx(4.48, abs=0.01)
