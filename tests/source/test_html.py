"""HTML is read as a browser shows it, one line a block."""

import time

import pytest

from glyph_integrations.errors import EmptyError, TooLargeError
from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)


def read(html):
    """The page, loaded."""
    data = html if isinstance(html, bytes) else html.encode()
    return load(data, media_type="text/html", limits=IN_PROCESS)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<p>a  b\n c</p><p>d<br>e</p>", "a b c\nd\ne\n"),
        ("x<b>y</b><i> z</i>", "xy z\n"),
        ("caf&eacute;&nbsp;&#8364;&lt;", "café\xa0€<\n"),
        ("<ol start=3><li>a<li value=7>b<li><p>c</p></ol>", "3. a\n7. b\n8. c\n"),
        ("<ol type=i><li>a<ul><li>b</ul><li>c</ol>", "i. a\n  • b\nii. c\n"),
        ("<ol reversed><li>a<li>b</ol>", "2. a\n1. b\n"),
        ("<dl><dt>t<dd>d</dl>", "t\nd\n"),
        ("<pre>\ndef f():\n    return  1\n</pre>", "def f():\n    return  1\n"),
        ("<img src=x.png alt='a fox'>", "[picture not shown: x.png, a file of its own: a fox]\n"),
        ("x<sup>2</sup> H<sub>2</sub>O <sup>note</sup>", "x² H₂O note\n"),
        ("<ruby>漢<rt>かん</rt></ruby>", "漢(かん)\n"),
        ("<q>said</q>", "“said”\n"),
        ("<math alttext='\\frac{a}{b}'><mi>a</mi></math>", "\\frac{a}{b}\n"),
        ("<a href='http://x'>link</a>", "link\n"),
        ("<input type=checkbox checked>yes<input type=hidden value=no>", "☑ yes\n"),
        ("a<!-- comment -->b", "ab\n"),
        ("<title>t</title><body>x", "x\n"),
    ],
)
def test_text(html, text):
    """Blocks, lists, entities, code, images and small print come out as text."""
    assert read(html).text == text


def test_headings_and_title():
    """Headings have levels; the title is metadata."""
    text = read("<title>The  page</title><h1>One</h1><p>x</p><h3>Two <em>b</em></h3>")
    assert [(h.level, text.text[h.start : h.end]) for h in text.headings] == [(1, "One"), (3, "Two b")]
    assert text.sources[0].metadata["title"] == "The page"


def test_tables():
    """Data tables keep rows and columns; spanned places stay blank."""
    text = read(
        "<table><caption>Cap</caption><tr><th>A<th colspan=2>B</tr>"
        "<tr><td rowspan=2>1<td>2<br>b<td>3</tr><tr><td>4<td>5</tr></table>"
    )
    assert text.text == "Cap\nA | B | \n1 | 2 b | 3\n | 4 | 5\n"
    assert len(text.tables[0].rows) == 3


def test_layout_tables_are_no_tables():
    """A table that lays out the page is read block by block; the table within it stays one."""
    text = read("<table><tr><td><p>side<td><p>main<table><tr><td>1<td>2</table></table>")
    assert text.text == "side\nmain\n1 | 2\n"
    assert len(text.tables) == 1


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<p hidden>secret</p>", "not displayed"),
        ("<p style='display: none'>secret</p>", "not displayed"),
        ("<div style='visibility:hidden'><p>secret</p></div>", "not displayed"),
        ("<span style='font-size:0px'>secret</span>", "under 2 pt"),
        ("<span style='opacity:0.0'>secret</span>", "transparent"),
        ("<p style='color:#FFF'>secret</p>", "color of its background"),
        ("<div style='background:black'><p style='color:black'>secret</p></div>", "color of its background"),
        ("<p style='position:absolute;left:-9999px'>secret</p>", "off the page"),
        ("<style>.x{display:none}</style><p class='y x'>secret</p>", "not displayed"),
        ("<style>#a , p.b {font-size : 0 !important}</style><p class=b>secret</p>", "under 2 pt"),
        ("<table><tr><td>a<td hidden>secret</table>", "not displayed"),
    ],
)
def test_hidden(html, reason):
    """What a person cannot see is left out, and counted with the reason."""
    text = read(f"<p>seen</p>{html}<p>too")
    assert "secret" not in text.text
    assert text.text.startswith("seen")
    assert text.text.endswith("too\n")
    assert [(item.reason, item.characters) for item in text.dropped if item.hidden] == [(reason, 6)]


@pytest.mark.parametrize(
    "html",
    [
        "<p aria-hidden=true>seen</p>",
        "<style>@media print{.x{display:none}}</style><p class=x>seen</p>",
        "<div style='background:#000'><p style='color:white'>seen</p></div>",
        "<style>body{background:#000}</style><p style='color:white'>seen</p>",
        "<p style='opacity:0.5;font-size:10px'>seen</p>",
        "<details><summary>x</summary>seen</details>",
    ],
)
def test_visible(html):
    """What a person can see stays."""
    text = read(html)
    assert "seen" in text.text
    assert not any(item.hidden for item in text.dropped)


def test_scripts_are_no_text():
    """Scripts and style sheets are left out, and are not called hidden."""
    text = read("<script>var a = 1;</script><p>x</p><style>p{}</style><template><p>t</template>")
    assert text.text == "x\n"
    assert {(item.reason, item.hidden) for item in text.dropped} == {("script or style", False)}


@pytest.mark.parametrize(
    ("data", "text"),
    [
        ("<meta charset=windows-1251><p>Привет, мир".encode("cp1251"), "Привет, мир\n"),
        ("<meta http-equiv=Content-Type content='text/html; charset=shift_jis'><p>日本".encode("shift_jis"), "日本\n"),
        ("\ufeff<p>größe".encode("utf-16-le"), "größe\n"),
        ("<meta charset=latin-1><p>größe".encode(), "größe\n"),
        ("<p>日本".encode("iso-2022-jp"), "日本\n"),
    ],
)
def test_encodings(data, text):
    """The byte order mark, what fits, and what the page says decide the encoding."""
    assert read(data).text == text


def test_xhtml():
    """XHTML is read strictly: an empty element ends at once, named entities are known."""
    html = (
        '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html PUBLIC "-//W3C//DTD XHTML 1.1//EN" "x.dtd">'
        '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head><body><a id="x"/><p>a&nbsp;b</p></body></html>'
    )
    assert read(html).text == "a\xa0b\n"


def test_depth():
    """A page nested two thousand deep is read; one nested without end is refused at once."""
    started = time.perf_counter()
    assert read("<div>" * 2000 + "deep").text == "deep\n"
    with pytest.raises(TooLargeError):
        read("<div>" * 100_000 + "deep")
    assert time.perf_counter() - started < 2


def test_empty():
    """A page without visible text is empty."""
    with pytest.raises(EmptyError):
        read("<html><body><p hidden>x</p></body></html>")


@pytest.mark.parametrize("tag", ["IMG\x01src=a", "P\x0bB", "X\x1f"])
def test_tags_with_control_characters_do_not_refuse_a_page(tag):
    """A tag whose name no parser would write is an unknown element, and its words are kept."""
    assert "words" in load(f"<html><body><{tag}>words</body></html>".encode(), media_type="text/html").text
