"""Pictures of a page are shown in their place; those that are not at hand are named, and decoration is counted."""

from __future__ import annotations

import base64
import io

import pytest
from PIL import Image

from glyph_integrations.source import Limits, load
from glyph_integrations.source.builder import TextBuilder
from glyph_integrations.source.formats.html.addresses import decode_data
from glyph_integrations.source.formats.html.parsing import parse
from glyph_integrations.source.formats.html.pictures import list_candidates
from glyph_integrations.source.formats.html.writing import write

IN_PROCESS = Limits(isolated=False)


def draw(width=60, height=40):
    """A PNG file."""
    file = io.BytesIO()
    Image.linear_gradient("L").resize((width, height)).save(file, "PNG")
    return file.getvalue()


def link(data, media_type="image/png"):
    """The address that holds the bytes itself."""
    return f"data:{media_type};base64,{base64.b64encode(data).decode()}"


def read(html):
    """The page, loaded."""
    return load(html.encode(), media_type="text/html", limits=IN_PROCESS)


def reasons(text):
    """Why things were left out, and how many."""
    return {item.reason: item.count for item in text.dropped}


def test_a_picture_stands_after_its_line():
    """It has the size that the page gives it, its description, and one place among the text."""
    text = read(f"<p>before <img src='{link(draw())}' width=200 height=100 alt='a fox'> after</p><p>end")
    assert text.text == "before after\n[picture: a fox]\nend\n"
    (picture,) = text.pictures
    assert (picture.width, picture.height) == (150.0, 75.0)
    assert text.text[: picture.start] == "before after\n[picture: a fox]\n"
    assert text.embedded[0].data == draw()


def test_pictures_within_tables_follow_them():
    """A table's rows stay whole."""
    text = read(f"<table><tr><td>a<td>b<img src='{link(draw())}'></tr><tr><td>c<td>d</tr></table>")
    assert text.text.startswith("a | b\nc | d\n")
    assert len(text.pictures) == 1


@pytest.mark.parametrize(
    ("html", "name"),
    [
        ("<img src=https://example.org/a/logo.png?x=1>", "[picture not shown: logo.png, a remote address]"),
        ("<img src=charts/q3.png alt='Sales'>", "[picture not shown: q3.png, a file of its own: Sales]"),
        ("<img src='file:///etc/passwd'>", "[picture not shown: passwd, a file of its own]"),
        ("<img src=data:nonsense>", "[picture not shown: inline picture, damaged data]"),
        ("<img data-src=lazy.jpg src=data:image/gif;base64,R0lGODlhAQABAAAAACw=>", "lazy.jpg"),
        ("<picture><source srcset='a.webp 1x, b.webp 2x' type=image/webp><img src=c.png></picture>", "b.webp"),
        ("<picture><source srcset=small.png media='(max-width:500px)'><img src=c.png></picture>", "c.png"),
    ],
)
def test_pictures_that_are_not_at_hand_are_named(html, name):
    """Nothing is fetched and no other file is read."""
    text = read(f"<p>x</p>{html}")
    assert name in text.text
    assert not text.pictures
    assert any(item.reason.startswith("picture not shown") for item in text.dropped)


@pytest.mark.parametrize(
    "html",
    [
        "<img src=https://t.example/p.gif width=1 height=1>",
        "<img src=spacer.gif style='width:100px;height:2px'>",
        "<img src=x.png role=presentation>",
        "<img src=dot.png alt='' width=16 height=16>",
        "<svg width=16 height=16><path d='M0 0h9v9z'/></svg>",
    ],
)
def test_decoration_is_counted(html):
    """Spacers, tracking pixels and icons without words leave nothing but a number."""
    text = read(f"<p>x</p>{html}")
    assert text.text == "x\n"
    assert reasons(text) == {"decorative picture": 1}


def test_hidden_and_repeated_pictures():
    """What is not displayed is reported as hidden, and a picture that is named twice is named once."""
    text = read("<p>x</p><img src=a.png hidden alt=secret><img src=b.png><img src=b.png>")
    assert "secret" not in text.text
    assert text.text.count("b.png") == 1
    assert reasons(text)["picture that is not displayed"] == 1


def test_drawings_are_shown_with_their_words():
    """An inline drawing becomes a picture; its words are text."""
    shapes = "<rect width=150 height=60 fill=red /><text y=20>Sales</text>"
    drawing = f"<svg width=200 height=80 viewBox='0 0 200 80'>{shapes}</svg>"
    text = read(f"<p>x</p>{drawing}")
    assert text.text == "x\nSales\n[picture]\n"
    assert (text.pictures[0].width, text.pictures[0].height) == (150.0, 60.0)


def test_drawings_in_files_are_drawn():
    """An SVG file is drawn as one within the page is; scripts and other files in it are left out."""
    file = b"<svg xmlns='http://www.w3.org/2000/svg' width='90' height='90'><script>x</script><circle r='80'/></svg>"
    text = read(f"<p>x</p><img src='{link(file, 'image/svg+xml')}'>")
    assert text.embedded[0].media_type == "image/png"


@pytest.mark.parametrize(
    ("html", "reason"),
    [
        ("<video src=film.mp4></video>", "not shown: a video"),
        ("<audio src=talk.mp3></audio>", "not shown: a recording"),
        ("<iframe src=https://example.org/map></iframe>", "not shown: a frame of another page"),
        ("<object data=plan.pdf type=application/pdf></object>", "not shown: an object"),
        ("<embed src=x.swf>", "not shown: an object"),
        ("<canvas></canvas>", "not understood: <canvas>, which a script draws"),
    ],
)
def test_other_files_are_reported(html, reason):
    """What a page shows from elsewhere is named in the report."""
    assert reason in reasons(read(f"<p>x</p>{html}"))


def test_resolver_gives_what_is_at_hand():
    """A message's or a book's parts are found through the function that its reader hands over."""
    parts = {"cid:1": (draw(), "image/png"), "s.css": (b".x{display:none}", "text/css")}
    builder = TextBuilder(IN_PROCESS)
    page = parse(b"<link rel=stylesheet href=s.css><p>a</p><p class=x>b</p><img src=cid:1>", "page")
    write(builder, page, resolve=parts.get)
    text = builder.finish(name="m", media_type="text/html")
    assert text.text == "a\n[picture]\n"
    assert len(text.pictures) == 1


def test_candidates():
    """The largest picture of a set comes first; commas within addresses are theirs."""
    assert list_candidates("a.png, b.png 2x, c.png 1.5x") == ["b.png", "c.png", "a.png"]
    assert list_candidates("x.jpg?a=1,2 300w, y.jpg 600w") == ["y.jpg", "x.jpg?a=1,2"]
    assert list_candidates(" , ,") == []


def test_data_addresses():
    """Base64 with and without padding, percent signs, and what is damaged."""
    assert decode_data("data:text/plain,a%20b") == (b"a b", "text/plain")
    assert decode_data("data:image/png;base64,QUI") == (b"AB", "image/png")
    assert decode_data("data:nonsense") is None
