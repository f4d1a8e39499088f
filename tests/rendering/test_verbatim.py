"""Text with a layout of its own stands on the page as it stands in the source."""

from __future__ import annotations

import itertools
from dataclasses import replace

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyph_integrations import RenderStyle, SourceText, render
from glyph_integrations.rendering import PRESETS, verbatim
from glyph_integrations.rendering import lines as line_module
from glyph_integrations.rendering.placement import place
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.limits import Limits
from glyph_integrations.source.text import concatenate

PROSE = "It was the best of times, it was the worst of times, and nobody knew.\n" * 3
TABLE = """\
+--------+-------+
| Name   |   Due |
+--------+-------+
| Müller | 4,250 |
| 日本   |    90 |
└────────┴───────┘
"""


def mark(*parts: str, verbatim: tuple[str, ...]) -> SourceText:
    """Return a text of these parts, some of them verbatim."""
    builder = TextBuilder(Limits())
    for part in parts:
        if part in verbatim:
            with builder.verbatim():
                builder.add(part)
        else:
            builder.add(part)
    return builder.finish(name="t", media_type="text/plain")


def lines(rendering):
    """Return the text of each line."""
    text, found = rendering.source_text.text, []
    for page in rendering:
        edges = page.layout.lines.tolist()
        found += [text[start:end] for start, end in itertools.pairwise(edges)]
    return found


def columns(rendering, line):
    """Return where each visible character of a line of the text begins, in px."""
    text = rendering.source_text.text
    start = text.index(line)
    boxes = [rendering[0].boxes(at, at + 1) for at in range(start, start + len(line))]
    return {at: box[0].x0 * rendering[0].width for at, box in enumerate(boxes) if box}


@pytest.mark.parametrize("style", PRESETS)
def test_lines_end_where_they_end_and_columns_line_up(style):
    """In every style a table of letters keeps its lines, and its edges stand one below the other."""
    rendering = render(mark(PROSE, TABLE, PROSE, verbatim=(TABLE,)), style)
    found = [line.rstrip("\n") for line in lines(rendering)]
    rows = TABLE.splitlines()
    assert [line for line in found if line in rows] == rows
    edges = [columns(rendering, row) for row in rows]
    for row, edge in zip(rows[:4], edges[:4], strict=True):
        assert [edge[at] for at in (0, 9, 17)] == [edges[0][at] for at in (0, 9, 17)], row
    assert edges[4][len(rows[4]) - 1] == edges[0][17]  # an ideograph takes two columns
    assert edges[5][17] == edges[0][17]


def test_the_text_around_runs_on():
    """Where line breaks are only marked, verbatim lines stand alone, and the prose around them runs on as before."""
    rendering = render(mark("one\ntwo\n", "a  b\n  c\n", "three\nfour", verbatim=("a  b\n  c\n",)), "glyph")
    assert lines(rendering) == ["one\ntwo\n", "a  b\n", "  c\n", "three\nfour"]


@pytest.mark.parametrize("style", ["glyph", "nano", "code"])
def test_text_without_verbatim_ranges_is_drawn_as_ever(style):
    """The pixels of prose do not know of monospaced type."""
    plain = render(PROSE, style)[0]
    marked = render(mark(PROSE, TABLE, verbatim=(TABLE,)), style)[0]
    end = plain.layout.y[-1]  # the last line has the mark of a line break that ends a line there
    assert end > 0
    assert (plain.pixels[:end] == marked.pixels[:end]).all()


def test_tabs_lead_to_the_next_eighth_column():
    """A tab is as wide as it leads, so that what stands behind tabs lines up."""
    rendering = render(mark("a\tb\nlonger\tb\nlongerer\tb\n", verbatim=("a\tb\nlonger\tb\nlongerer\tb\n",)), "glyph")
    pitch = columns(rendering, "longer")[1] - columns(rendering, "longer")[0]
    assert columns(rendering, "a\tb")[2] == columns(rendering, "longer\tb")[7]
    assert columns(rendering, "longerer\tb")[9] - columns(rendering, "a")[0] == pytest.approx(16 * pitch)


@pytest.mark.parametrize(("width", "squeeze"), [(105, 1.0), (120, 0.875), (140, 0.75)])
def test_a_range_too_wide_is_drawn_narrower(width, squeeze):
    """Up to 143 columns fit a page of the style ``glyph``, in letters as wide as the room allows."""
    text = f"{'x' * width}\n{'y' * (width - 30)}\n"
    rendering = render(mark(text, verbatim=(text,)), "glyph")
    assert lines(rendering) == text.splitlines(keepends=True)
    assert rendering[0].composer.verbatim.squeezes == (squeeze,)


def test_an_indent_that_all_lines_share_goes_first():
    """A diagram that only its indent makes too wide is drawn without the indent, in full width."""
    text = f"{' ' * 20}{'x' * 100}\n{' ' * 24}y\n"
    rendering = render(mark(text, verbatim=(text,)), "glyph")
    assert rendering[0].composer.verbatim.squeezes == (1.0,)
    x, y = columns(rendering, text.splitlines()[0]), columns(rendering, text.splitlines()[1])
    assert min(x.values()) < 3
    assert y[24] == x[24]


@pytest.mark.parametrize("style", ["glyph", "nano", "dense"])
def test_a_line_too_wide_goes_on_behind_a_mark(style):
    """A line wider than any letters allow goes on in the next, behind a mark, within the page; nothing is lost."""
    text = f"{'word ' * 80}\n{'x' * 400}\nend\n"
    rendering = render(mark(text, verbatim=(text,)), style)
    found = lines(rendering)
    assert "".join(found) == text
    assert len(found) > 6
    page = rendering[0]
    placed = place(page.layout, page.composer)
    assert (placed.pen + placed.advances).max() <= page.layout.width * page.composer.atlas.units
    starts = [line.split()[0] for line in found if line.startswith("w")]
    assert set(starts) == {"word"}
    pitch = page.composer.atlas.pitch(1.0)
    second = int(page.layout.lines[1])
    assert placed.advances[second] == (1 + page.composer.atlas.continuation_columns) * pitch


def test_lines_stay_at_the_left_whatever_the_alignment():
    """Centered, justified or right-aligned prose does not move the lines of a table."""
    for alignment in ("justify", "center", "right"):
        style = RenderStyle(alignment=alignment)
        rendering = render(mark(PROSE, TABLE, verbatim=(TABLE,)), style)
        assert {round(columns(rendering, row)[0]) for row in TABLE.splitlines()} == {10}


characters = st.text(st.sampled_from("ab |\t\n日é\u0301\u200b\0"), max_size=300)


@given(before=characters, inside=characters, after=characters, style=st.sampled_from(sorted(PRESETS)))
@settings(max_examples=80, deadline=None)
def test_pages_tile_any_verbatim_text(before, inside, after, style):
    """Whatever stands in a range, its lines tile the text and none is lost or wider than the page."""
    text = before + inside + after
    source = replace(
        SourceText.from_string(text), verbatim=((len(before), len(before) + len(inside)),) if inside else ()
    )
    rendering = render(source, style)
    assert "".join(lines(rendering)) == text
    assert rendering.report.characters == len(text)
    for page in rendering:
        placed = place(page.layout, page.composer)
        assert placed.pen.min(initial=0) >= 0


@pytest.mark.parametrize("style", ["glyph", "code"])
def test_layout_does_not_depend_on_the_blocks_it_is_computed_in(style, monkeypatch):
    """The lines are the same whether the text is measured and composed at once or in small blocks."""
    inside = "".join(f"{'    ' * (n % 4)}line {n}\tof text{' |' * (n % 70)}\n" for n in range(300))
    source = mark(PROSE, inside, PROSE, verbatim=(inside,))
    whole = lines(render(source, style))
    monkeypatch.setattr(line_module, "BLOCK", 977)
    monkeypatch.setattr(verbatim, "BLOCK", 977)
    assert lines(render(source, style)) == whole


def test_ranges_travel_with_the_text():
    """Ranges survive the way out of the sandbox and keep their place when texts are joined."""
    source = mark(PROSE, TABLE, verbatim=(TABLE,))
    again = SourceText.from_bytes(source.to_bytes())
    assert again.verbatim == source.verbatim
    joined = concatenate([again, again])
    assert [joined.text[start:end] for start, end in joined.verbatim] == [TABLE, TABLE]


def test_a_long_log_is_laid_out_quickly():
    """A range of many lines is measured in arrays: 10 MB take about a second, and little memory for each line."""
    import time

    text = "2024-01-01 10:00:00,123 INFO  request handled in   12 ms\n" * 180_000
    source = mark(text, verbatim=(text,))
    started = time.perf_counter()
    page = render(source, "glyph")[0]
    assert time.perf_counter() - started < 5
    assert np.diff(page.layout.lines).tolist() == [57] * 83
