"""`glyph read`: pages as text."""

import pytest

from glyph_integrations import load, render
from glyph_integrations.models import images_of


def test_pages_are_printed(glyph, novel, scripted):
    """The transcripts of all rendered pages are on stdout, in order, and nothing is on stderr."""
    pages = len(render(load(novel)))
    model = scripted(lambda conversation: f"page {images_of(conversation)[0].index}")
    result = glyph("read", novel, "--model", "any")
    assert (result.code, result.stderr) == (0, "")
    assert result.stdout == "".join(f"page {number}\n" for number in range(pages))
    assert len(model.conversations) == pages > 1


def test_json_has_both_texts(glyph, charter, scripted):
    """With --json every page has what was read, what stands there, and how it ended."""
    scripted(["Charter\x07"])
    (page,) = glyph("read", charter, "--model", "any", "--json").json
    assert page == {"page": 1, "text": "Charter\x07", "source_text": load(charter).text, "finish": "stop"}


def test_the_sources_own_pages(glyph, letter, scripted):
    """With --source the pages of the file are read as they look, scans too."""
    model = scripted(lambda _: "read")
    pages = glyph("read", letter, "--model", "any", "--source", "--json").json
    assert [(page["page"], bool(page["source_text"])) for page in pages] == [(1, True), (2, False)]
    assert all(images_of(conversation)[0].pixels.shape[0] > 1500 for conversation in model.conversations)


def test_an_incomplete_page_is_told(glyph, charter, scripted):
    """A page that was cut is on stdout as far as it came, and named on stderr."""
    scripted(["one two three four"])
    result = glyph("read", charter, "--model", "any", "--max-tokens", "2")
    assert result.code == 0
    assert result.stderr == "glyph: page 1 is incomplete (length)\n"
    assert result.stdout.strip()


def test_terminals_are_not_controlled_by_pages(glyph, charter, scripted):
    """Control characters of a transcript are not printed, but lines and tabs are."""
    scripted(["a\x1b[2Jb\tc\nd"])
    assert glyph("read", charter, "--model", "any").stdout == "a[2Jb\tc\nd\n"


def test_sources_without_pages_cannot_be_looked_at(glyph, novel, scripted):
    """A text file has no pages of its own: one line says so."""
    scripted([])
    result = glyph("read", novel, "--model", "any", "--source")
    assert (result.code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "novel.txt" in result.stderr


@pytest.mark.parametrize("command", ["ask", "chat", "read"])
def test_help_explains_every_option(glyph, command):
    """Help is there for all commands that ask a model."""
    result = glyph(command, "--help")
    assert result.code == 0
    for option in ("--model", "--base-url", "--style", "--max-tokens", "--pages", "--password"):
        assert option in result.stdout
