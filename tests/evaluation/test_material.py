"""What is put before readers."""

from __future__ import annotations

import json

import pytest

from glyph_integrations import model_spec, render
from glyph_integrations.errors import MalformedError, NotFoundError
from glyph_integrations.evaluation.material import (
    characters_per_page,
    drawn_by,
    full_pages,
    held_out_document,
    records,
)
from glyph_integrations.training.corpus import RandomStrings, TextFiles

NANO = model_spec("nano")


@pytest.mark.parametrize(("style", "spec"), [("nano", "nano"), ("glyph", "glm4v")])
def test_texts_fill_pages_to_the_last_line(prose, style, spec):
    """A text for so many pages renders to that many, all as high as the model's page, and repeatably."""
    spec = model_spec(spec)
    for source in (prose, RandomStrings()):
        text = full_pages(source, drawn_by(1, "x"), pages=2, style=style, spec=spec)
        sizes = render(text, style, spec).page_sizes
        assert len(sizes) == 2
        assert len(set(sizes)) == 1
        assert text == full_pages(source, drawn_by(1, "x"), pages=2, style=style, spec=spec)
        assert text != full_pages(source, drawn_by(2, "x"), pages=2, style=style, spec=spec)


def test_a_short_source_is_drawn_from_again(tmp_path):
    """A text shorter than the pages is repeated rather than leaving them empty."""
    path = tmp_path / "short.txt"
    path.write_text("Far out in the bay a bell is heard.")
    text = full_pages(TextFiles([path]), drawn_by(0, "x"), pages=2, style="nano", spec=NANO)
    assert len(render(text, "nano", NANO)) == 2
    assert text.count("bell") > 50


def test_pages_have_about_the_estimated_room(prose):
    """The estimate of a page's room is within a half of what fits."""
    for style, spec in (("nano", NANO), ("glyph", model_spec("glm4v")), ("large", model_spec("glm4v"))):
        fits = len(full_pages(prose, drawn_by(0, "x"), pages=1, style=style, spec=spec))
        assert 0.66 < fits / characters_per_page(style, spec) < 1.5


@pytest.mark.parametrize("pages", [1, 3, 10])
def test_documents_have_about_the_wanted_pages(pages):
    """A synthetic document has the wanted number of pages, or one more or fewer, and is repeatable."""
    for number in range(4):
        document = held_out_document(f"s/{number}", pages=pages, style="nano", spec=NANO)
        assert abs(len(render(document.text, "nano", NANO)) - pages) <= 1
    assert document == held_out_document("s/3", pages=pages, style="nano", spec=NANO)


def test_records_come_compressed_or_plain(key_values, tmp_path):
    """The objects of a file are read in order, empty lines aside."""
    assert len(records(key_values[0])) == 4
    plain = tmp_path / "plain.jsonl"
    plain.write_text('{"a": 1}\n\n{"a": 2}\n')
    assert records(plain) == [{"a": 1}, {"a": 2}]


@pytest.mark.parametrize("content", [b"", b"[1]\n", b"{", b"\xff\xfe", json.dumps([{}]).encode()])
def test_other_files_are_refused(tmp_path, content):
    """A file that has no objects is refused by its name; so is one that is cut off, or not there."""
    for name in ("bad.jsonl", "bad.jsonl.gz"):
        (tmp_path / name).write_bytes(content)
    with pytest.raises(MalformedError, match=r"^bad\.jsonl is no file of JSON objects"):
        records(tmp_path / "bad.jsonl")
    with pytest.raises((MalformedError, NotFoundError), match=r"bad\.jsonl\.gz"):
        records(tmp_path / "bad.jsonl.gz")
    with pytest.raises(NotFoundError, match=r"none\.jsonl"):
        records(tmp_path / "none.jsonl")
