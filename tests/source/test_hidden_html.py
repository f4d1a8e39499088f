"""What a person sees of a page is read, and what no person sees is not, whichever way the page does it."""

from __future__ import annotations

import io
import zipfile

import pytest
from html_looks import HIDDEN, SHOWN

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
BOOK = {
    "META-INF/container.xml": '<container><rootfiles><rootfile full-path="b.opf"/></rootfiles></container>',
    "b.opf": '<package><manifest><item id="a" href="a.html" media-type="application/xhtml+xml"/></manifest>'
    '<spine><itemref idref="a"/></spine></package>',
}


def read(html):
    """The page, loaded; there is always a word to see."""
    page = f"<!doctype html>{html}<em style='color:#0a0'>other words</em>"
    return load(page.encode(), media_type="text/html", limits=IN_PROCESS)


@pytest.mark.parametrize("html", HIDDEN.values(), ids=HIDDEN)
def test_what_nobody_sees_is_left_out(html):
    """The word is not in the text."""
    assert "SECRET" not in read(html).text


@pytest.mark.parametrize("html", SHOWN.values(), ids=SHOWN)
def test_what_people_see_stays(html):
    """The word is in the text, and not among what was hidden."""
    text = read(html)
    assert "SECRET" in text.text
    assert not any("SECRET" in item.text for item in text.dropped if item.hidden)


def test_books_follow_the_same_rules():
    """A book's chapter is judged as a page is."""
    ways = ("descendant selector", "white on white", "clip-path inset", "off canvas", "variable")
    chapter = "".join(HIDDEN[way] for way in ways).replace("SECRET", "HIDDEN") + SHOWN["bootstrap, from medium on"]
    file = io.BytesIO()
    with zipfile.ZipFile(file, "w") as archive:
        archive.writestr("mimetype", "application/epub+zip")
        for name, data in {**BOOK, "a.html": chapter}.items():
            archive.writestr(name, data)
    text = load(file.getvalue(), limits=IN_PROCESS)
    assert "SECRET" in text.text
    assert "HIDDEN" not in text.text


def test_hidden_words_are_reported_with_their_reason():
    """Each reason has one entry for the page, with its words and how many pieces they were."""
    text = read("<p hidden>one</p><p style='display:none'>two</p><p style='color:#fff'>three</p>")
    entries = {item.reason: (item.text, item.count) for item in text.dropped if item.hidden}
    assert entries == {"not displayed": ("one two", 2), "color of its background": ("three", 1)}


def test_parts_of_an_element_are_judged_by_their_own_look():
    """Words around a hidden one stay where they are."""
    assert read("<p>a <b style='color:#fff'>b</b> c <i>d</i></p>").text.startswith("a c d\n")
