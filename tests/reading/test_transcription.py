"""Pages back to text: rendered ones, or the source's own as they look."""

from __future__ import annotations

import pytest

from glyph_integrations import (
    NotFoundError,
    Progress,
    Reader,
    RenderStyle,
    RequestError,
    SourceText,
    UnsupportedError,
    load,
)
from glyph_integrations.models import GenerationSettings, images_of
from glyph_integrations.testing import ScriptedModel

SMALL = RenderStyle(page_width=280, page_height=280)


@pytest.fixture
def slides(tmp_path):
    """A PDF of three low pages, two of which would share a rendered page."""
    import pymupdf

    document = pymupdf.open()
    for number in range(3):
        page = document.new_page(width=720, height=300)
        page.insert_text((60, 80 + 60 * number), f"Slide {number + 1} of the deck", fontsize=30)
    path = tmp_path / "slides.pdf"
    document.save(path)
    return path


def test_rendered_pages_are_read_one_by_one(charter):
    """Each page is a conversation of its own: the page, then the model's prompt. The source text is what it shows."""
    model = ScriptedModel(lambda conversation: f"read {conversation[0].images[0].index}", spec="glm-ocr")
    reader = Reader(model, style=SMALL)
    found = list(reader.transcribe(charter))
    with reader.open(charter) as session:
        pages = list(session.rendering)
    assert [one.page for one in found] == list(range(len(pages)))
    assert [one.text for one in found] == [f"read {number}" for number in range(len(pages))]
    assert "".join(one.source_text for one in found) == charter.text
    for conversation, page in zip(model.conversations, pages, strict=True):
        ((image, prompt),) = (message.content for message in conversation)
        assert image.fingerprint == page.fingerprint
        assert prompt == "Text Recognition:"


def test_source_pages_are_pictures_of_them(charter):
    """The source's own pages are shown as they look, sharp enough to read, and the text of each is at hand."""
    import pymupdf

    from glyph_integrations.testing import sample_pdf

    model = ScriptedModel(lambda _: "read")
    found = list(Reader(model).transcribe(charter, pages="source"))
    assert [one.page for one in found] == [0, 1, 2]
    document = pymupdf.open(stream=sample_pdf())
    for conversation, transcript, page in zip(model.conversations, found, document, strict=True):
        (image,) = images_of(conversation)
        height, width = image.pixels.shape[:2]
        assert width / height == pytest.approx(420 / 595, rel=0.03)
        assert width > 1.9 * 420
        pixels = page.get_pixmap(matrix=pymupdf.Matrix(width / 420, height / 595), colorspace=pymupdf.csGRAY)
        drawn = memoryview(pixels.samples_mv).tolist()
        assert image.pixels.mean() == pytest.approx(sum(drawn) / len(drawn), abs=3)
        first = page.get_text("words")[0][4]
        assert transcript.source_text.startswith(first)
    assert found[1].source_text.startswith("4. Hire and payments")
    assert found[1].source_text.rstrip().endswith("within 10 days.")


def test_every_source_page_is_a_page_of_its_own(slides):
    """Low pages do not share an image, whatever the reader's style."""
    model = ScriptedModel(lambda _: "read")
    found = list(Reader(model, style=SMALL).transcribe(slides, pages="source"))
    assert [(one.page, one.source_text.strip()) for one in found] == [
        (number, f"Slide {number + 1} of the deck") for number in range(3)
    ]
    assert len({images_of(conversation)[0].fingerprint for conversation in model.conversations}) == 3
    for conversation in model.conversations:
        height, width = images_of(conversation)[0].pixels.shape[:2]
        assert width / height == pytest.approx(720 / 300, rel=0.06)


def test_scans_have_no_source_text(scan):
    """What only the picture knows is read from the picture, and compared with nothing."""
    model = ScriptedModel(lambda _: "Line 0 of the scan")
    rendered = list(Reader(model).transcribe(scan))
    own = list(Reader(model).transcribe(scan, pages="source"))
    assert [bool(one.source_text.strip()) for one in rendered] == [True, False]
    assert [bool(one.source_text) for one in own] == [True, False]


def test_how_a_page_ended_is_kept(charter):
    """A page that was cut is marked, with what it cost."""
    settings = GenerationSettings(max_tokens=3)
    (found,) = Reader(ScriptedModel(["Charter of the Sailing Barge"]), settings=settings).transcribe(charter)
    assert found.finish == "length"
    assert "Charter of the Sailing Barge".startswith(found.text)
    assert found.usage.output == 3
    assert found.usage.prompt > 300


def test_pages_come_as_they_are_read():
    """A long document is drawn and read in batches: the first transcripts are there before the last page is read."""
    text = SourceText.from_string("It was the best of times, it was the worst of times. " * 1000)
    model = ScriptedModel(lambda _: "read")
    events = []
    transcripts = Reader(model, style=SMALL).transcribe(text, progress=events.append)
    assert model.conversations == []
    next(transcripts)
    assert len(model.conversations) == 16
    rest = list(transcripts)
    total = len(rest) + 1
    assert total == len(model.conversations) > 32
    assert events[0] == Progress(stage="read", done=0, total=total)
    assert events[-1] == Progress(stage="read", done=total, total=total)
    assert [event.done for event in events] == sorted(event.done for event in events)


def test_a_real_model_transcribes(tiny_model, charter):
    """Pages of a real document through a real model: something is read on every page, and counted."""
    found = list(Reader(tiny_model, settings=GenerationSettings(max_tokens=4)).transcribe(charter, pages="source"))
    assert len(found) == 3
    assert all(one.usage.output for one in found)
    assert len({one.text for one in found}) > 1


def test_what_cannot_be_read_is_an_error(tmp_path):
    """A missing file fails at once, a misspelt choice too; plain text has no pages of its own to look at."""
    reader = Reader(ScriptedModel([]))
    with pytest.raises(NotFoundError):
        reader.transcribe(tmp_path / "missing.pdf")
    with pytest.raises(RequestError, match="'rendered' or 'source'"):
        reader.transcribe(tmp_path, pages="both")
    (tmp_path / "letter.txt").write_text("Dear Ida")
    for text in (load(tmp_path / "letter.txt"), SourceText.from_string("Dear Ida")):
        with pytest.raises(UnsupportedError, match="no pages that can be shown"):
            list(reader.transcribe(text, pages="source"))
