"""Pictures as a model takes them."""

import io

import numpy as np
import pytest
from PIL import Image

from glyph_integrations import UnknownModelError, load, model_spec, pictures, render


def png(width, height, **options):
    """A picture whose left half is red and whose right half is blue."""
    image = Image.new("RGB", (width, height), "red")
    image.paste((0, 0, 255), (width // 2, 0, width, height))
    written = io.BytesIO()
    image.save(written, "PNG", **options)
    return written.getvalue()


@pytest.mark.parametrize("spec", ["glm4v", "qwen3-vl", "claude-sonnet-4-5"])
def test_a_picture_keeps_its_colours_in_a_size_that_is_not_resized(spec):
    """Red stays red, and the model takes the picture as it is."""
    (picture,) = pictures(load(png(600, 300)), spec)
    height, width, _ = picture.pixels.shape
    assert model_spec(spec).fit(width, height) == (width, height)
    assert picture.pixels[20, 20].tolist() == [255, 0, 0]
    assert picture.pixels[20, int(width * 0.7)].tolist() == [0, 0, 255]
    assert np.array_equal(np.asarray(Image.open(io.BytesIO(picture.png()))), picture.pixels)


@pytest.mark.parametrize("spec", ["glm4v", "nano"])
def test_a_rendered_page_comes_back_as_it_was(spec):
    """Pages that travelled as image files cost no more than before, and prefilled ones are found again."""
    style = model_spec(spec).default_style
    for page in render("The hire is EUR 14,850.00 for the whole period. " * 60, style, spec):
        (picture,) = pictures(load(page.png()), spec)
        assert picture.fingerprint == page.fingerprint


@pytest.mark.parametrize("dpi", [None, (72, 72), (300, 300)])
def test_an_image_keeps_its_pixels(dpi):
    """However large it says that it would be on paper."""
    options = {} if dpi is None else {"dpi": dpi}
    (picture,) = pictures(load(png(560, 280, **options)), "glm4v")
    assert picture.pixels.shape == (280, 560, 3)


def test_a_large_picture_is_made_as_small_as_the_model_takes():
    """No more pixels than its spec allows."""
    spec = model_spec("glm4v")
    (picture,) = pictures(load(png(6000, 4000)), spec)
    assert picture.pixels.shape[0] * picture.pixels.shape[1] <= spec.max_pixels


def test_the_same_picture_has_the_same_fingerprint():
    """Caches find it again."""
    first, again = (pictures(load(png(300, 300)), "glm4v")[0].fingerprint for _ in range(2))
    assert first == again != pictures(load(png(300, 299)), "glm4v")[0].fingerprint


def test_an_unknown_model_is_refused():
    """There is no size for it."""
    with pytest.raises(UnknownModelError):
        pictures(load(png(30, 30)), "no-such-model")
