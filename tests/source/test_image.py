"""Images are pages without text, drawn when they are asked for."""

import io
import struct
import time
import zlib

import numpy as np
import pytest
from PIL import Image

from glyph_integrations.errors import MalformedError, TooLargeError
from glyph_integrations.source import Box, Limits, load

IN_PROCESS = Limits(isolated=False)


def saved(image, kind="PNG", **options):
    """The bytes of an image file."""
    file = io.BytesIO()
    image.save(file, kind, **options)
    return file.getvalue()


def drawn(text, number=0, size=(30, 20), **options):
    """A picture of the text, drawn."""
    return next(text.rasters([(text.pictures[number], *size)], **options))


@pytest.mark.parametrize(
    ("mode", "kind"),
    [
        ("1", "PNG"), ("L", "PNG"), ("LA", "PNG"), ("P", "PNG"), ("RGB", "PNG"), ("RGBA", "PNG"), ("I;16", "PNG"),
        ("RGB", "JPEG"), ("CMYK", "JPEG"), ("RGB", "WEBP"), ("P", "GIF"), ("RGB", "BMP"), ("1", "TIFF"),
        ("CMYK", "TIFF"), ("I;16", "TIFF"), ("I", "TIFF"), ("F", "TIFF"),
    ],
)  # fmt: skip
def test_modes(mode, kind):
    """Every mode of every format is drawn, in gray and in colour."""
    text = load(saved(Image.new(mode, (60, 40)), kind), limits=IN_PROCESS)
    assert text.text == ""
    assert text.pages[0].shown_as == "raster"
    assert drawn(text).shape == (20, 30)
    colour = drawn(text, colour=True)
    assert (colour.shape, colour.dtype) == ((20, 30, 3), np.uint8)


def test_subprocess():
    """An image is read and drawn in the subprocess by default, with the same result."""
    image = Image.linear_gradient("L")
    data = saved(image)
    assert np.array_equal(drawn(load(data)), drawn(load(data, limits=IN_PROCESS)))


def test_what_is_drawn():
    """The box of the page is drawn; transparency is white; 16-bit gray keeps its tones."""
    image = Image.new("RGBA", (40, 40), (0, 0, 0, 0))
    image.paste((0, 0, 0, 255), (20, 0, 40, 40))
    text = load(saved(image), limits=IN_PROCESS)
    pixels = drawn(text, size=(40, 40))
    assert (pixels[:, :18] == 255).all()
    assert (pixels[:, 22:] == 0).all()
    half = text.origins[0].raster(page=0, box=Box(0.5, 0, 1, 1), width=10, height=10, colour=False)
    assert half.max() < 32
    deep = Image.fromarray(np.full((8, 8), 0x8000, np.uint16))
    assert abs(int(drawn(load(saved(deep), limits=IN_PROCESS)).mean()) - 128) <= 1


def test_frames():
    """Each frame of a TIFF is a page; of an animation the first is shown, and the metadata says so."""
    frames = [Image.new("L", (10, 10 + number), 50 * number) for number in range(3)]
    text = load(saved(frames[0], "TIFF", save_all=True, append_images=frames[1:]), limits=IN_PROCESS)
    assert len(text.pages) == len(text.pictures) == 3
    assert [int(drawn(text, number).mean()) for number in range(3)] == [0, 50, 100]
    text = load(saved(frames[0], "GIF", save_all=True, append_images=frames[1:]), limits=IN_PROCESS)
    assert len(text.pages) == 1
    assert "3 frames" in text.sources[0].metadata["note"]


def test_orientation_and_size():
    """A photograph is shown the way up that it was taken; its size follows its resolution."""
    image = Image.new("RGB", (60, 40), "white")
    image.paste((0, 0, 0), (0, 0, 60, 10))
    exif = image.getexif()
    exif[0x0112] = 6
    text = load(saved(image, "JPEG", exif=exif, dpi=(144, 144), quality=95), limits=IN_PROCESS)
    assert (text.pages[0].width, text.pages[0].height) == (20, 30)
    pixels = drawn(text, size=(40, 60))
    assert pixels[:, 32:].mean() < 10
    assert pixels[:, :28].mean() > 245


def png_header(width, height):
    """A PNG file that says how large it is, and little else."""

    def chunk(kind, data):
        return struct.pack(">I", len(data)) + kind + data + struct.pack(">I", zlib.crc32(kind + data))

    header = struct.pack(">IIBBBBB", width, height, 8, 0, 0, 0, 0)
    return b"\x89PNG\r\n\x1a\n" + chunk(b"IHDR", header) + chunk(b"IDAT", zlib.compress(b"\0")) + chunk(b"IEND", b"")


def test_bomb():
    """An image of a billion pixels is refused by its header, at once."""
    started = time.perf_counter()
    with pytest.raises(TooLargeError, match=r"Limits\.pixels"):
        load(png_header(60_000, 60_000))
    assert time.perf_counter() - started < 2


def test_damaged():
    """A file that begins like an image and is none is damaged; a cut one is found out when it is drawn."""
    with pytest.raises(MalformedError):
        load(b"\x89PNG\r\n\x1a\n" + b"junk" * 9, limits=IN_PROCESS)
    with pytest.raises(MalformedError):
        drawn(load(png_header(50, 50)))


@pytest.mark.parametrize("kind", ["PNG", "JPEG", "WEBP", "TIFF", "BMP"])
def test_cut_files_are_damaged_images(kind):
    """A file that ends within its header is called what it is, whatever the decoder raises."""
    file = io.BytesIO()
    Image.new("RGB", (60, 40), "navy").save(file, kind)
    for length in (26, 30, 40):
        with pytest.raises(MalformedError, match="damaged image"):
            load(file.getvalue()[:length], media_type=f"image/{kind.lower()}", limits=Limits(isolated=False))
