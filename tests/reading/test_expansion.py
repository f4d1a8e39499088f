"""Pages once more: as source text, or sharper where they are pictures."""

from __future__ import annotations

from dataclasses import replace

import pytest

from glyph_integrations import count_text_tokens, load, model_spec, render
from glyph_integrations.reading.expansion import expand
from glyph_integrations.reading.pictures import Raster

PLENTY = 100_000


@pytest.fixture(scope="module")
def novel():
    """A rendering of several pages of text."""
    return render("\n".join(f"{n}. It was the best of times, it was the worst of times." for n in range(400)))


@pytest.fixture(scope="module")
def scanned(scan):
    """A rendering of a page of text and a scan."""
    return render(load(scan))


def test_text_is_the_sources_own(novel):
    """An expanded page is the text that it shows, to the character, under its number."""
    start, end = novel[1].char_range
    expansion = expand(novel, [novel[1]], PLENTY)
    assert expansion.text == f"Page 2 as text:\n{novel.source_text.text[start:end]}"
    assert (expansion.pages, expansion.images) == ((1,), ())
    assert expansion.tokens == count_text_tokens(expansion.text).count


def test_pages_come_in_the_order_given(novel):
    """Most wanted first, whatever their numbers."""
    expansion = expand(novel, [novel[2], novel[0]], PLENTY)
    assert expansion.pages == (2, 0)
    assert expansion.text.index("Page 3 as text:") < expansion.text.index("Page 1 as text:")


def test_the_budget_is_kept(novel):
    """What does not fit is left out, and what comes after it may still fit."""
    tokens = [expand(novel, [page], PLENTY).tokens for page in novel]
    last = len(novel) - 1
    assert tokens[last] < tokens[0]
    assert expand(novel, [novel[0]], tokens[0]).pages == (0,)
    assert expand(novel, [novel[0]], tokens[0] - 1).pages == ()
    some = expand(novel, [novel[0], novel[1], novel[last]], tokens[0] + tokens[last])
    assert some.pages == (0, last)
    assert some.tokens == tokens[0] + tokens[last]


def test_pictures_are_drawn_sharper(scanned):
    """A scan has no text to give: it is shown once more, larger, and costs what the model counts for it."""
    page = next(page for page in scanned if page.pictures)
    expansion = expand(scanned, [page], PLENTY)
    (image,) = expansion.images
    height, width = image.pixels.shape[:2]
    assert expansion.text == ""
    assert height * width > 2 * page.height * page.width
    assert expansion.tokens == scanned.spec.page_tokens(width, height)
    assert scanned.spec.fit(width, height) == (width, height)


def test_pictures_are_no_larger_than_the_model_takes(scan):
    """Sharper ends where the model would reduce the picture again."""
    rule = replace(model_spec("glm4v").image_rule, max_pixels=300_000)
    rendering = render(load(scan), "glyph", replace(model_spec("glm4v"), image_rule=rule))
    page = next(page for page in rendering if page.pictures)
    (image,) = expand(rendering, [page], PLENTY).images
    assert image.pixels.shape[0] * image.pixels.shape[1] <= 300_000


def test_pictures_keep_their_proportions(scan):
    """A model that takes only squares is shown the scan within one, not stretched to it."""
    rendering = render(load(scan), "glyph", "deepseek-ocr-base")
    page = next(page for page in rendering if page.pictures)
    (image,) = expand(rendering, [page], PLENTY).images
    assert image.pixels.shape[:2] == (1024, 1024)
    dark = (image.pixels < 128).nonzero()
    ink = [(side.max() - side.min()) for side in dark[:2]]
    whole = load_scan_ink(scan)
    assert ink[0] / ink[1] == pytest.approx(whole, rel=0.05)


def load_scan_ink(scan):
    """Height by width of what is printed on the scan."""
    import pymupdf

    pixels = pymupdf.open(scan)[1].get_pixmap(dpi=72, colorspace=pymupdf.csGRAY)
    rows = [y for y in range(pixels.height) if any(pixels.pixel(x, y)[0] < 128 for x in range(pixels.width))]
    columns = [x for x in range(pixels.width) if any(pixels.pixel(x, y)[0] < 128 for y in range(pixels.height))]
    return (rows[-1] - rows[0]) / (columns[-1] - columns[0])


def test_pictures_are_no_more_than_a_request_holds(scanned):
    """Where the pages leave no room for another image, a scan is not expanded; text still is."""
    text, picture = (page for page in scanned)
    assert expand(scanned, [picture, text], PLENTY, images=0).pages == (text.index,)
    assert expand(scanned, [picture, text], PLENTY, images=1).pages == (picture.index, text.index)


def test_a_raster_is_an_image_like_a_page(novel):
    """Its fingerprint and PNG are those of a page with the same pixels."""
    page = novel[0]
    raster = Raster(page.pixels)
    assert (raster.fingerprint, raster.png()) == (page.fingerprint, page.png())
