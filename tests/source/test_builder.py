"""What ``TextBuilder`` does with pictures, attachments and what is left out."""

from __future__ import annotations

import io
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from glyph_integrations import Limits, load
from glyph_integrations.errors import TooLargeError
from glyph_integrations.source.blob import Blob
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.isolation import Origin
from glyph_integrations.source.text import SourceText, concatenate


def make_png(color: str = "navy", size: tuple[int, int] = (96, 48)) -> bytes:
    """Return a picture of one color."""
    file = io.BytesIO()
    Image.new("RGB", size, color).save(file, "PNG")
    return file.getvalue()


def finish(builder: TextBuilder) -> SourceText:
    """Return the text as it arrives from the sandbox."""
    text = builder.finish(name="report.docx", media_type="application/x-test")
    origin = Origin(format_name="word", blob=Blob(name="report.docx", data=b"-"), media_type="x", limits=Limits())
    return replace(SourceText.from_bytes(text.to_bytes()), origins=(origin,))


def test_embedded_picture_is_drawn_from_the_bytes_that_the_text_carries() -> None:
    """A picture within a file stands in its place, with its description, and is drawn in the sandbox."""
    builder = TextBuilder(Limits())
    builder.line("before")
    builder.embedded_picture(make_png(), name="image1.png", description="a blue field")
    builder.line("after")
    text = finish(builder)
    assert text.text == "before\n[picture: a blue field]\nafter\n"
    (picture,) = text.pictures
    assert text.text[picture.start :] == "after\n"
    assert text.extent(picture) == (72.0, 36.0)
    (pixels,) = text.rasters([(picture, 8, 4)], colour=True)
    assert np.array_equal(pixels, np.broadcast_to([0, 0, 128], (4, 8, 3)))


def test_embedded_pictures_keep_their_files_when_texts_are_joined() -> None:
    """Pictures of joined texts still find their own bytes."""
    texts = []
    for color in ("red", "blue"):
        builder = TextBuilder(Limits())
        builder.embedded_picture(make_png(color), name="image1.png")
        texts.append(finish(builder))
    joined = concatenate(texts)
    first, second = (next(joined.rasters([(picture, 1, 1)], colour=True)) for picture in joined.pictures)
    assert first.tolist() == [[[255, 0, 0]]]
    assert second.tolist() == [[[0, 0, 255]]]


@pytest.mark.parametrize(
    ("data", "why"),
    [
        (b"\x01\x00\x00\x00l", "an EMF drawing"),
        (b"\xd7\xcd\xc6\x9a", "a WMF drawing"),
        (b"junk", "a damaged image"),
        (b"", "a damaged image"),
    ],
)
def test_picture_that_cannot_be_drawn_is_named(data: bytes, why: str) -> None:
    """A picture that nothing here draws is named in the text with the reason, and listed."""
    builder = TextBuilder(Limits())
    builder.embedded_picture(data, name="image1.emf", description="sales")
    text = finish(builder)
    assert "image1.emf" in text.text
    assert "sales" in text.text
    assert why in text.text
    assert why in text.dropped[0].reason


def test_picture_with_too_many_pixels_is_named_and_the_rest_is_read() -> None:
    """One oversized picture does not refuse the document."""
    builder = TextBuilder(Limits(pixels=1000))
    builder.embedded_picture(make_png(), name="image1.png")
    assert "Limits.pixels" in finish(builder).text


def test_decorative_and_repeated_pictures_are_counted() -> None:
    """Spacers are left out, a logo that repeats is shown once, and the report says how many there were."""
    builder = TextBuilder(Limits())
    builder.embedded_picture(make_png(size=(1, 1)), name="spacer.png")
    for _ in range(3):
        builder.embedded_picture(make_png(), name="logo.png")
    text = finish(builder)
    assert len(text.pictures) == 1
    assert {item.reason: item.count for item in text.dropped} == {"decorative picture": 1, "repeated picture": 2}


def test_what_is_left_out_for_one_reason_on_one_page_is_one_entry_with_its_words() -> None:
    """Nothing is reported word by word."""
    builder = TextBuilder(Limits())
    for page in range(2):
        builder.page()
        builder.line("visible")
        for word in ("secret", "words", str(page)):
            builder.drop("under 2 pt", word)
    text = finish(builder)
    assert [(item.page, item.count, item.characters, item.text) for item in text.dropped] == [
        (0, 3, 12, "secret words 0"),
        (1, 3, 12, "secret words 1"),
    ]


def test_pictures_and_attachments_count_against_the_limit_on_unpacked_bytes() -> None:
    """A source cannot carry more than the limit, whatever it is made of."""
    builder = TextBuilder(Limits(unpacked_bytes=1000))
    builder.attach("a.txt", bytes(900))
    with pytest.raises(TooLargeError, match="unpacked_bytes"):
        builder.attach("b.txt", bytes(200))


class CarrierFormat:
    """Reads files that consist of attachments: ``name=content`` lines."""

    name = "carrier"
    isolated = False

    def accepts(self, blob, media_type):
        return blob.suffix == ".carrier"

    def load(self, blob, media_type, options):
        builder = TextBuilder(options.limits)
        for line in blob.read().decode().splitlines():
            name, _, content = line.partition("=")
            builder.attach(name, content.encode())
        return builder.finish(name=blob.name, media_type=media_type)


@pytest.fixture
def carrier(monkeypatch):
    """Register a format that carries files."""
    from glyph_integrations.source import registry

    monkeypatch.setattr(registry, "_installed", lambda: {"carrier": CarrierFormat()})


@pytest.mark.usefixtures("carrier")
def test_attachments_are_read_as_sources_of_their_own(tmp_path) -> None:
    """A file within a file follows it under both names; one that cannot be read is named with the reason."""
    path = tmp_path / "mail.carrier"
    path.write_text("note.txt=hello\nempty.pdf=%PDF-1.7 nothing\nagain.carrier=inner.txt=deep")
    text = load(path)
    assert [source.name for source in text.sources] == [
        "mail.carrier",
        "mail.carrier/note.txt",
        "mail.carrier/empty.pdf",
        "mail.carrier/again.carrier",
        "mail.carrier/again.carrier/inner.txt",
    ]
    assert "hello" in text.text
    assert "deep" in text.text
    assert "[attachment not read: mail.carrier/empty.pdf" in text.text
    assert any(item.reason.startswith("not read: mail.carrier/empty.pdf") for item in text.dropped)


@pytest.mark.usefixtures("carrier")
def test_attachments_end_at_the_limit_on_nesting(tmp_path) -> None:
    """What is nested too deeply is named, and the limit with it."""
    path = tmp_path / "mail.carrier"
    path.write_text("a.txt=hello")
    text = load(path, limits=Limits(nesting=1))
    assert "Limits.nesting" in text.text
    assert "hello" not in text.text


def test_code_is_verbatim_unless_most_of_the_text_is_typed() -> None:
    """Lines of code are one range; long ones are prose, and so is a typewritten text."""

    def mark(*lines: tuple[str, bool]) -> list[str]:
        builder = TextBuilder(Limits())
        for line, typed in lines:
            span = builder.line(line)
            if typed:
                builder.mark_code(*span)
        text = finish(builder)
        return [text.text[start:end] for start, end in text.verbatim]

    assert mark(("prose " * 9, False), ("a = 1", True), ("b = 2", True), ("word " * 40, False)) == ["a = 1\nb = 2"]
    assert mark(("prose " * 99, False), ("word " * 40, True)) == []
    assert mark(("typed", True), ("typed too", True), ("not", False)) == []


@pytest.mark.usefixtures("carrier")
@pytest.mark.parametrize(
    ("limits", "read"),
    [
        (Limits(attachments=2), 2),
        (Limits(pages=3), 2),
        (Limits(characters=128), 2),
        (Limits(wall_seconds=1e-9), 0),
    ],
)
def test_a_source_and_its_attachments_share_one_budget(tmp_path, limits, read) -> None:
    """What is used up by those before is not there for those after, which are named with the limit to raise."""
    path = tmp_path / "mail.carrier"
    path.write_text("\n".join(f"{number}.txt=word {number}" for number in range(4)))
    text = load(path, limits=limits)
    assert sum(f"word {number}" in text.text for number in range(4)) == read
    assert len(text.sources) == 5
    assert text.text.count("raise") == 4 - read
