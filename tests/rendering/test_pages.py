"""Pages and renderings as users meet them."""

from __future__ import annotations

import io
import subprocess
import sys
import tracemalloc

import numpy as np
import pytest
from PIL import Image

from glyph_integrations import (
    MissingExtraError,
    RenderStyle,
    UnknownModelError,
    load,
    model_spec,
    model_specs,
    plan,
    render,
)
from glyph_integrations.errors import WindowOverflowError
from glyph_integrations.rendering import PRESETS, png

PROSE = "It was the best of times, it was the worst of times; 3.14159 and “quotes” — naïve café.\n" * 400


@pytest.fixture(scope="module")
def figures(tmp_path_factory):
    """A PDF with text, a small colour figure, more text, then a scanned page."""
    import pymupdf

    picture = Image.new("RGB", (300, 200), "#2060c0")
    picture.paste("#ffcc00", (50, 50, 150, 150))
    data = io.BytesIO()
    picture.save(data, "PNG")
    document = pymupdf.open()
    page = document.new_page()
    page.insert_textbox((72, 72, 520, 300), "Before the figure. " * 40)
    page.insert_image((150, 320, 450, 520), stream=data.getvalue())
    page.insert_textbox((72, 540, 520, 780), "After the figure. " * 40)
    document.new_page().insert_image((0, 0, 595, 842), stream=data.getvalue())
    path = tmp_path_factory.mktemp("figures") / "figures.pdf"
    document.save(path)
    return load(path)


@pytest.mark.parametrize("style", PRESETS)
def test_the_model_reads_the_pages_without_resizing_them(style):
    """Transformers' Glm4v image processor returns every page of every preset as it is, up to normalisation."""
    pytest.importorskip("transformers")
    from transformers.models.glm4v.image_processing_pil_glm4v import Glm4vImageProcessorPil

    page = render(PROSE, style)[0]
    done = Glm4vImageProcessorPil()(images=[page.image.convert("RGB")], return_tensors="np")
    grid = done["image_grid_thw"][0]
    assert (grid[1] * 14, grid[2] * 14) == (page.height, page.width)
    assert int(grid[1] * grid[2]) // 4 == page.visual_tokens
    mean, std = np.array([0.48145466, 0.4578275, 0.40821073]), np.array([0.26862954, 0.26130258, 0.27577711])
    high, wide = int(grid[1]), int(grid[2])
    patches = done["pixel_values"].reshape(high // 2, wide // 2, 2, 2, 3, 2, 14, 14)[..., 0, :, :]
    image = patches.transpose(4, 0, 2, 5, 1, 3, 6).reshape(3, page.height, page.width)
    restored = np.rint((image * std[:, None, None] + mean[:, None, None]) * 255).astype(int)
    assert (restored == page.pixels[None]).all()


def test_png_files_hold_exactly_the_pixels():
    """What Pillow decodes from a page's PNG equals its pixels, in gray and in RGB."""
    for style in ("glyph", RenderStyle(newline_mark="¶", newline_colour="#ff0000")):
        page = render(PROSE, style)[0]
        assert np.array_equal(np.asarray(Image.open(io.BytesIO(page.png()))), page.pixels)
    odd = np.random.default_rng(0).integers(0, 256, (3, 7), np.uint8)
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(png.encode(odd)))), odd)


def test_pages_are_the_same_to_the_byte_in_another_process():
    """Fingerprints and PNG bytes do not depend on the process, its hash seed or the order pages are drawn in."""
    code = (
        "import hashlib; from glyph_integrations import render; import sys;"
        f"r = render({PROSE!r} + 'שלום 你好 नमस्ते');"
        "print(*(r[i].fingerprint + hashlib.sha256(r[i].png()).hexdigest() for i in reversed(range(len(r)))))"
    )
    runs = {
        subprocess.run(
            [sys.executable, "-c", code], env={"PYTHONHASHSEED": seed}, capture_output=True, check=True
        ).stdout
        for seed in ("1", "2")
    }
    assert len(runs) == 1
    first = render(PROSE + "שלום 你好 नमस्ते")[0].fingerprint
    assert first in runs.pop().decode().split()[-1]


def test_iteration_holds_one_page_at_a_time():
    """Going through a long rendering needs memory for a few pages only, however many there are."""
    rendering = render(PROSE * 12)
    pages = iter(rendering)
    next(pages)
    tracemalloc.start()
    count = sum(1 for _ in pages)
    peak = tracemalloc.get_traced_memory()[1]
    tracemalloc.stop()
    assert count > 30
    assert peak < 40e6


def test_indexing_is_like_a_list():
    """Negative indices, slices and errors behave as for any sequence; pages are equal to those of iteration."""
    rendering = render(PROSE)
    pages = list(rendering)
    assert len(rendering) == len(pages) > 2
    assert rendering[-1].fingerprint == pages[-1].fingerprint
    assert [page.index for page in rendering[1:3]] == [1, 2]
    with pytest.raises(IndexError, match=f"the rendering has {len(pages)}"):
        rendering[len(pages)]


def test_boxes_frame_the_ink_of_their_characters():
    """The ink of a word alone on a page lies within the box that is reported for it."""
    text = " " * 300 + "Word" + " " * 50
    page = render(text, RenderStyle(break_anywhere=True))[0]
    ((x0, y0, x1, y1),) = page.boxes(300, 304)
    rows, columns = np.nonzero(page.pixels < 255)
    assert x0 * page.width - 1 <= columns.min()
    assert columns.max() <= x1 * page.width + 1
    assert y0 * page.height <= rows.min()
    assert rows.max() <= y1 * page.height
    assert page.boxes(0, 3) != page.boxes(300, 304)


def test_centres_are_the_middles_of_boxes(figures):
    """Each character's centre is the middle of its box, above or below pictures; what is not drawn has none."""
    page = render("ab\ncd " + PROSE)[0]
    centres = page.centres()
    start, end = page.char_range
    assert centres.shape == (end - start, 2)
    for index in range(0, 400, 3):
        ((x0, y0, x1, y1),) = page.boxes(index, index + 1)
        middle = (x0 + x1) / 2 * page.width, (y0 + y1) / 2 * page.height
        assert np.abs(centres[index] - middle).max() < 0.01
    unmarked = render("ab\ncd", RenderStyle(newline="break"))[0]
    assert np.isnan(unmarked.centres()).all(1).tolist() == [False, False, True, False, False]
    page = render(figures)[0]
    down = page.centres()[:, 1]
    (placed,) = page.layout.pictures
    above, below = down < placed.y, down > placed.y + placed.height
    assert above.any()
    assert below.any()
    assert (above | below | np.isnan(down)).all()


def test_pages_of_a_range_are_found():
    """The pages that show a range are those whose own ranges meet it."""
    rendering = render(PROSE)
    start, end = rendering[1].char_range
    assert list(rendering.pages_of(start, end)) == [1]
    assert list(rendering.pages_of(start - 1, start + 1)) == [0, 1]


def test_figures_flow_with_the_text_and_scans_have_pages(figures):
    """A figure stands between the text before and after it, in colour; a scan has a page for itself."""
    rendering = render(figures)
    first, last = rendering[0], rendering[-1]
    assert len(rendering) == 2
    assert [picture.page for picture in first.pictures] == [0]
    assert [p.page for p in last.pictures] == [1]
    assert first.pixels.ndim == 3
    assert last.height == 840
    placed = first.layout.pictures[0]
    assert 0 < placed.line < len(first.layout.y) - 1
    centre = first.pixels[placed.y + placed.height // 2, placed.x + placed.width * 3 // 4]
    assert abs(centre.astype(int) - (0x20, 0x60, 0xC0)).max() < 8
    assert (first.source_pages, last.source_pages) == ((0,), (1,))
    assert first.char_range[1] == last.char_range[0]
    assert last.char_range[1] == len(figures.text)
    assert [raster.source_page for raster in rendering.report.raster_pages] == [0, 1]


def test_figures_stay_within_their_column(figures):
    """In a style with two columns a figure is no wider than a column."""
    first = render(figures, RenderStyle(columns=2))[0]
    placed = first.layout.pictures[0]
    assert placed.width <= 284
    assert placed.x in {10, 303}


def test_dark_pages_are_light_on_dark():
    """The dark preset is the glyph preset with ink and paper exchanged."""
    dark, light = render(PROSE, "dark")[0].pixels, render(PROSE, "glyph")[0].pixels
    assert np.abs(255 - dark.astype(int) - light).max() <= 1


def test_each_model_gets_pages_that_it_does_not_resize():
    """For every model the page sizes are ones that its own rules leave as they are."""
    for name in ("glm4v", "qwen3-vl", "deepseek-ocr-base", "claude-sonnet-4-5", "gpt-4o"):
        spec = model_spec(name)
        for page in render(PROSE, "glyph", name):
            assert spec.fit(page.width, page.height) == (page.width, page.height)
            assert page.visual_tokens == spec.visual_tokens(page.width, page.height)


def test_the_report_adds_up():
    """Visual tokens are the sum over the pages, the ratio is text tokens per visual token, and JSON takes it all."""
    import json

    rendering = render(PROSE + "\x00")
    report = rendering.report
    assert report.visual_tokens == sum(page.visual_tokens for page in rendering)
    assert report.compression_ratio == report.text_tokens.count / report.visual_tokens
    assert json.loads(json.dumps(report.to_dict()))["escaped"] == {"U+0000": 1}
    assert "compression ratio" in str(report)


def test_notebooks_show_pages_and_report():
    """A rendering shows its report and first pages as HTML, a page shows itself as PNG."""
    rendering = render("<b>text</b>")
    assert "compression ratio" in rendering._repr_html_()
    assert "data:image/png;base64," in rendering._repr_html_()
    assert rendering[0]._repr_png_().startswith(b"\x89PNG")


def test_unknown_models_are_named():
    """A model nobody knows is an error that lists the known ones."""
    with pytest.raises(UnknownModelError, match="glm4v"):
        render("text", spec="gpt-1")


class TestPlan:
    """What ``plan`` recommends."""

    def test_a_document_that_fits_is_rendered_in_the_models_own_style(self):
        """A text that fits one window takes the default style, and the numbers are those of its rendering."""
        found = plan(PROSE * 4, "glm4v")
        assert found.fits
        assert found.renders
        assert found.chosen.style == "glyph"
        assert found.chosen.visual_tokens == render(PROSE * 4).report.visual_tokens
        found.require_fit()

    def test_a_longer_one_takes_a_denser_style(self):
        """When the default style overflows the budget, the next denser one that fits is chosen."""
        sharp = plan(PROSE * 4, "glm4v").chosen
        found = plan(PROSE * 4, "glm4v", budget=sharp.page_tokens - 1)
        assert (found.fits, found.chosen.style) == (True, "dense")

    def test_overflow_says_what_it_needs_and_has(self):
        """Where no style fits, the plan counts windows of whole pages, and require_fit raises with both numbers."""
        found = plan(PROSE * 4, "glm4v", budget=2000)
        assert found.chosen.windows > 2
        with pytest.raises(WindowOverflowError, match=rf"needs {found.chosen.page_tokens:,} visual tokens.* has 2,000"):
            found.require_fit()
        with pytest.raises(ValueError, match="holds no page"):
            plan(PROSE, "glm4v", budget=100)

    def test_every_model_has_a_plan(self):
        """A plan can be made for every model, however small its window."""
        for spec in model_specs():
            found = plan(PROSE, spec)
            assert 0 < found.budget < spec.window
            assert found.chosen.windows >= 1

    def test_short_texts_and_identifiers_stay_text(self):
        """What would not gain, or would be misread, is better sent as text, and the reason says so."""
        assert not plan("A short note.").renders
        keys = " ".join(f"{n * 7919:08x}-{n * 104729:012x}" for n in range(3000))
        found = plan(keys)
        assert not found.renders
        assert "identifiers" in found.reason

    def test_pictures_are_always_rendered(self, figures):
        """A source with pages that are pictures cannot be sent as text."""
        assert plan(figures).renders


def test_missing_extra_is_an_import_error():
    """The error for a missing extra can be caught as ImportError."""
    assert issubclass(MissingExtraError, ImportError)
