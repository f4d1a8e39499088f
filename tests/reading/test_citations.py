"""Citations point at the right place in the source and on the rendered pages."""

from __future__ import annotations

from pathlib import Path

import pymupdf
import pytest

from glyph_integrations import SourceText, load, render
from glyph_integrations.reading.alignment import Passage, SourceIndex
from glyph_integrations.reading.citations import citations
from glyph_integrations.rendering import Rendering
from glyph_integrations.source.text import WHOLE_PAGE

DEMO = Path(__file__).parents[2] / "samples" / "documents" / "demo.pdf"


@pytest.fixture(scope="module")
def demo():
    """The demo document, its index and its rendering."""
    text = load(DEMO)
    return text, SourceIndex(text.text), render(text)


def cut_out(place) -> str:
    """What the PDF shows in a place."""
    with pymupdf.open(DEMO) as document:
        page = document[place.index]
        wide, high = page.rect.width, page.rect.height
        assert (place.width, place.height) == pytest.approx((wide, high), abs=0.1)
        x0, y0, x1, y1 = place.box
        return " ".join(page.get_textbox((x0 * wide, y0 * high, x1 * wide, y1 * high)).split())


def test_the_box_holds_the_quote(demo):
    """Cut out of the source page, the box of a quote on one line shows it, and page and label are those of the PDF."""
    text, index, rendering = demo
    (citation,) = citations(index.align("insured for its replacement cost of £1,284,500"), text, rendering)
    shown = " ".join(cut_out(place) for place in citation.places)
    assert "replacement cost of £1,284,500" in shown
    assert (citation.source, citation.page, citation.label) == ("demo.pdf", 11, "9")
    assert citation.quote == text.text[citation.start : citation.end]
    assert citation.similarity == 1.0


def test_every_line_has_a_box_of_its_own(demo):
    """A quote over several lines has one box for each, from top to bottom, and together they show all its words."""
    text, index, rendering = demo
    quote = "Captain Ishbel Drummond brought her in on one engine, in a westerly gale, without so much as a broken cup."
    (citation,) = citations(index.align(quote), text, rendering)
    tops = [place.box.y0 for place in citation.places]
    assert tops == sorted(set(tops))
    assert len(tops) >= 3
    shown = "".join(cut_out(place) for place in citation.places)
    for word in ("Ishbel", "Drummond", "westerly", "broken"):
        assert word in shown


def test_the_crop_shows_the_lines_of_the_quote(demo):
    """The crop holds the rendered boxes over the full width, is not blank, and does not keep the page alive."""
    text, index, rendering = demo
    (citation,) = citations(index.align("insured for its replacement cost of £1,284,500"), text, rendering)
    first = citation.rendered[0]
    page = rendering[first.index]
    assert (first.width, first.height) == (page.width, page.height)
    assert citation.crop.shape[1] == page.width
    high = (citation.rendered[-1].box.y1 - first.box.y0) * page.height
    assert high < citation.crop.shape[0] < high + 3 * (first.box.y1 - first.box.y0) * page.height
    assert citation.crop.min() < 100 < citation.crop.max()
    assert citation.crop.base is None
    assert citation._repr_png_().startswith(b"\x89PNG")
    rows = [row.tobytes() for row in page.pixels]
    top = next(
        at for at in range(len(rows)) if rows[at : at + len(citation.crop)] == [r.tobytes() for r in citation.crop]
    )
    assert top <= first.box.y0 * page.height
    assert top + len(citation.crop) >= citation.rendered[-1].box.y1 * page.height


def test_a_quote_may_span_pages(tmp_path):
    """A passage that begins on one page and ends on the next has places on both, in the source and the rendering."""
    document = pymupdf.open()
    for words in ("The charter begins at noon and", "ends when the last lamp is out."):
        document.new_page(width=420, height=595).insert_text((72, 100), words, fontsize=11)
    document.save(tmp_path / "two.pdf")
    text = load(tmp_path / "two.pdf")
    found = SourceIndex(text.text).align("begins at noon and ends when the last lamp")
    (citation,) = citations(found, text, render(text))
    assert [place.index for place in citation.places] == [0, 1]
    assert citation.page == 1

    long = SourceText.from_string("Word after word goes by here. " * 2_000)
    rendering = render(long)
    edge = rendering[0].char_range[1]
    passage = Passage(start=edge - 60, end=edge + 60, similarity=1.0, occurrences=1, quote="")
    (citation,) = citations([passage], long, rendering)
    assert {place.index for place in citation.rendered} == {0, 1}
    assert [(place.width, place.box) for place in citation.places] == [(0, WHOLE_PAGE)]


def test_overlapping_passages_are_one_citation(demo):
    """Quotes of the same words, or of words that overlap, are cited once, in the place of the first."""
    text, index, rendering = demo
    quotes = (
        "in shed 4 at Ardlane under the asset tag",
        "The owners of a creel boat",
        "at Ardlane under the asset tag GB-7719-K",
        "The owners of a creel boat",
    )
    passages = [passage for quote in quotes for passage in index.align(quote)]
    cited = citations(passages, text, rendering)
    assert [citation.quote for citation in cited] == [
        "in shed 4 at Ardlane under the asset tag GB-7719-K",
        "The owners of a creel boat",
    ]


def test_every_page_is_drawn_once(demo, monkeypatch):
    """However many passages a page shows, it is drawn once, and pages without any are not drawn."""
    text, index, _ = demo
    drawn = []

    class Counting(Rendering):
        def __getitem__(self, position):
            drawn.append(position)
            return super().__getitem__(position)

    monkeypatch.setattr("glyph_integrations.rendering.rendering.Rendering", Counting)
    rendering = render(text)
    quotes = ("kept in shed 4 at Ardlane", "The owners of a creel boat", "Delivery is to take place at Ardlane")
    cited = citations([passage for quote in quotes for passage in index.align(quote)], text, rendering)
    pages = {place.index for citation in cited for place in citation.rendered}
    assert len(cited) == 3
    assert sorted(drawn) == sorted(pages)


def test_nothing_is_cited_for_nothing(demo):
    """Without passages there are no citations."""
    text, _, rendering = demo
    assert citations((), text, rendering) == ()
