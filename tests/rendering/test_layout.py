"""Lines and pages: where text breaks, what stays together."""

from __future__ import annotations

import itertools

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyph_integrations import RenderStyle, SourceText, render
from glyph_integrations.rendering import PRESETS
from glyph_integrations.rendering import lines as line_module
from glyph_integrations.rendering.atlas import EMPTY
from glyph_integrations.rendering.placement import place
from glyph_integrations.source import load

BREAKING = RenderStyle(page_width=168, page_height=168)


def lines(rendering):
    """The text of each line."""
    text, found = rendering.source_text.text, []
    for page in rendering:
        edges = page.layout.lines.tolist()
        found += [text[start:end] for start, end in itertools.pairwise(edges)]
    return found


words = st.lists(st.text("abcdefg.-", min_size=1, max_size=30), max_size=80).map(" ".join)


@given(text=words, alignment=st.sampled_from(["left", "justify", "center", "right"]))
@settings(max_examples=60, deadline=None)
def test_no_line_is_wider_than_its_column(text, alignment):
    """Whatever the words and the alignment, all ink stays between the margins."""
    for page in render(text, BREAKING.replace(alignment=alignment)):
        placed = place(page.layout, page.composer)
        inked = page.composer.compose(*page.char_range).spaces == False  # noqa: E712 - elementwise
        right = (placed.pen + placed.advances)[inked]
        assert placed.pen[inked].min(initial=10) >= 10
        assert right.max(initial=0) <= page.layout.width - 10


@given(text=words)
@settings(max_examples=60, deadline=None)
def test_words_break_only_when_longer_than_a_line(text):
    """A line begins in the middle of a word only if that word would not fit a whole line."""
    found = lines(render(text, BREAKING))
    for line, following in itertools.pairwise(found):
        if not line.endswith((" ", "-")):
            word = line.rsplit(" ", 1)[-1] + following.split(" ", 1)[0]
            assert len(word) > 12


def test_dates_and_identifiers_stay_on_one_line():
    """A line may end after a hyphen or slash before a letter, but not before a digit."""
    starts = "".join(line[0] for line in lines(render("14/03/2025 AB-2025/0017 well-known and/or " * 40, BREAKING)))
    assert not set(starts) & set("023")
    assert "k" in starts


def test_dense_fills_lines_to_the_last_character():
    """With break_anywhere a line ends only where the next character would not fit."""
    rendering = render("word " * 3000, PRESETS["dense"])
    page = rendering[0]
    placed = place(page.layout, page.composer)
    ends = page.layout.lines[1:-1] - page.layout.start - 1
    right = (placed.pen + placed.advances)[ends] / page.composer.atlas.units
    assert (right >= page.width - page.layout.x[0] - 9).all()


def test_chinese_breaks_between_characters_but_not_before_punctuation():
    """Chinese text fills its lines; no line begins with a closing mark or ends with an opening one."""
    found = lines(render("天地玄黄，宇宙洪荒。「日月盈昃」（辰宿列张）、寒来暑往；" * 40, PRESETS["cjk"]))
    assert len(found) > 5
    assert not [line for line in found if line[0] in "，。」）、；" or line[-1] in "「（"]
    assert min(map(len, found[:-1])) > 60


def test_code_keeps_its_structure():
    """Each line of code keeps a mark for its end and one glyph for each level of indent; columns of text survive."""
    code = "def f(x):\n    if x:\n\t\treturn 1\n      y = 2\n"
    rendering = render(code, "code")
    page = rendering[0]
    entries = page.composer.compose(0, len(code)).entries
    indent, newline = page.composer.atlas.mark("→"), page.composer.atlas.mark("↵")
    assert [at for at in range(len(code)) if entries[at] == indent] == [10, 20, 21, 31]
    assert [at for at in range(len(code)) if entries[at] == newline] == [i for i, c in enumerate(code) if c == "\n"]
    assert (entries[11:14] == EMPTY).all()
    assert (entries[35:37] > EMPTY).all()


def test_marks_of_indents_never_hang_over_the_edge():
    """The glyphs that stand for indents are drawn within the page, however the lines break."""
    for length in range(90, 112):
        page = render("a" * length + "\n" + " " * 36 + "b\n", "code")[0]
        placed = place(page.layout, page.composer)
        assert (placed.pen + placed.advances).max() <= page.layout.width - 2


def test_table_rows_begin_on_their_own_lines_even_in_running_text(tmp_path):
    """Where line breaks are only marked, rows of a table still begin on a line each; the text around runs on."""
    (tmp_path / "t.csv").write_text("name,amount\nalpha,1\nbeta,2\n")
    table = load(tmp_path / "t.csv")
    assert lines(render(table, "glyph"))[:3] == ["name | amount\n", "alpha | 1\n", "beta | 2\n"]
    assert lines(render("one\ntwo", "glyph")) == ["one\ntwo"]


def test_a_long_table_row_stays_on_one_page(tmp_path):
    """A row of several lines moves to the next page whole when it does not fit the rest of this one."""
    row = "cell " * 60
    (tmp_path / "t.csv").write_text("\n".join([f"{n},{row}" for n in range(60)]))
    rendering = render(load(tmp_path / "t.csv"), BREAKING.replace(page_height=280))
    starts = {a for table in rendering.source_text.tables for a, _ in table.rows}
    assert len(rendering) > 10
    assert all(page.char_range[0] in starts for page in rendering)


@pytest.mark.parametrize("style", ["glyph", "dense", "code"])
def test_layout_does_not_depend_on_the_blocks_it_is_computed_in(style, monkeypatch):
    """The lines are the same whether the text is composed at once or in small blocks."""
    text = "".join(f"{'    ' * (n % 4)}line {n} of שלום text, “quoted”\n" for n in range(400))
    whole = lines(render(text, style))
    monkeypatch.setattr(line_module, "BLOCK", 977)
    assert lines(render(text, style)) == whole


def test_columns_and_spacing_follow_the_style():
    """Text flows down the first column, then the second; paragraphs are indented and spaced as asked."""
    style = RenderStyle(columns=2, first_line_indent=12, space_after=5, alignment="justify")
    page = render("word " * 100 + "\n" + "word " * 800, style)[0]
    x, y = page.layout.x, page.layout.y
    assert set(np.diff(y)) == {10, 15, y[0] - y.max()}
    assert x[0] - x[1] == 12
    assert len(set(x)) == 3


def test_the_last_page_is_cropped_to_its_lines_in_steps_of_the_factor():
    """A short text takes a short page, a multiple of 28 px high; without cropping, a full one."""
    assert render("short")[0].pixels.shape == (28, 588)
    assert render("short", PRESETS["glyph"].replace(crop_last_page=False))[0].pixels.shape == (840, 588)
    assert render("short", PRESETS["glyph"].replace(crop_width=True))[0].pixels.shape[1] < 100


def test_an_empty_text_has_no_pages():
    """Nothing to show is no page at all, not an empty one."""
    assert list(render("")) == []
    assert len(render(SourceText.from_string(""))) == 0
