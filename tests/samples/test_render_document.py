"""The sample for the Python API does what it says."""

from __future__ import annotations

import runpy
from pathlib import Path

import pytest
from PIL import Image

SAMPLE = Path(__file__).parents[2] / "samples" / "render_document.py"


@pytest.fixture(scope="module")
def sample():
    """The sample's names."""
    return runpy.run_path(str(SAMPLE))


def test_it_finds_the_phrase_in_pages_and_source(sample, tmp_path, capsys):
    """On the demo document it saves every page, and says where the phrase lies in both."""
    sample["main"](output=tmp_path)
    printed = capsys.readouterr().out
    files = sorted(tmp_path.iterdir())
    assert f"pages                 {len(files)}" in printed
    with Image.open(files[0]) as page:
        assert page.size == (588, 840)
    assert "'GB-7719-K' is on rendered page 3, at (" in printed
    assert "'GB-7719-K' is on page 9 of demo.pdf, at (" in printed


def test_it_says_when_the_phrase_is_missing(sample, tmp_path, capsys):
    """A phrase that is not in the document is reported, not searched for in vain."""
    sample["main"](phrase="hovercraft", output=tmp_path)
    assert "'hovercraft' is not in demo.pdf" in capsys.readouterr().out


def test_the_box_holds_the_phrase(sample, tmp_path, capsys):
    """Cut out of the source page, the box that it prints shows the phrase."""
    import pymupdf

    sample["main"](output=tmp_path)
    line = capsys.readouterr().out.splitlines()[-1]
    x0, y0, x1, y1 = (float(side) for side in line.partition("at (")[2].partition(")")[0].split(", "))
    with pymupdf.open(sample["DEMO"]) as document:
        page = next(page for page in document if page.get_label() == "9")
        wide, high = page.rect.width, page.rect.height
        assert page.get_textbox((x0 * wide, y0 * high, x1 * wide, y1 * high)).strip() == "GB-7719-K"
