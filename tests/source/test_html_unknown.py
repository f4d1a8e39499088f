"""Nothing of a page is lost: every word is in the text or in the report, whatever the elements around it."""

from __future__ import annotations

import re

from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from glyph_integrations.errors import EmptyError
from glyph_integrations.source import Limits, load

TAGS = st.sampled_from(
    [
        "p",
        "div",
        "span",
        "b",
        "table",
        "tr",
        "td",
        "th",
        "thead",
        "tbody",
        "tfoot",
        "caption",
        "ul",
        "ol",
        "li",
        "dl",
        "dd",
        "select",
        "option",
        "optgroup",
        "textarea",
        "button",
        "label",
        "fieldset",
        "legend",
        "details",
        "summary",
        "figure",
        "figcaption",
        "a",
        "q",
        "pre",
        "code",
        "blockquote",
        "h1",
        "h3",
        "svg",
        "text",
        "g",
        "foreignobject",
        "math",
        "mi",
        "mfrac",
        "mrow",
        "canvas",
        "video",
        "object",
        "iframe",
        "ruby",
        "rt",
        "rp",
        "s",
        "sup",
        "sub",
        "center",
        "font",
        "main",
        "nav",
        "form",
        "picture",
        "noscript",
        "template",
        "dialog",
        "my-element",
        "x-y",
        "unknown",
        "blink",
        "frame",
        "applet",
        "marquee",
        "slot",
        "title",
        "head",
        "body",
        "html",
        "style-less",
        "o:p",
    ]
)


@st.composite
def trees(draw):
    """A page of nested elements with a word in each and one after it."""
    words: list[str] = []

    def word():
        words.append(f"w{len(words)}w")
        return words[-1]

    def element(depth):
        tag = draw(TAGS)
        inner = "".join(element(depth + 1) for _ in range(draw(st.integers(0, 2)))) if depth < 3 else ""
        hidden = draw(st.sampled_from(["", "", "", " hidden", " style='color:white'", " style='font-size:0'"]))
        return f"<{tag}{hidden}>{word()} {inner}</{tag}> {word()} "

    html = "".join(element(0) for _ in range(draw(st.integers(1, 3))))
    return html, words


@settings(max_examples=120, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.too_slow])
@given(trees())
def test_every_word_is_read_or_reported(page):
    """In the text, or among the words of what was left out."""
    html, words = page
    try:
        text = load(f"{html}<p>end</p>".encode(), media_type="text/html", limits=Limits(isolated=False))
    except EmptyError:
        return
    told = f"{text.text} {' '.join(item.text for item in text.dropped)} {text.sources[0].metadata}"
    cut = any(len(item.text) > 100 for item in text.dropped)
    missing = [word for word in words if not re.search(rf"{word}\b|{word}", told)]
    assert cut or not missing, (html, missing, text.text, text.dropped)


@settings(max_examples=40, deadline=None, derandomize=True)
@given(st.from_regex(r"[a-z]{3,12}(-[a-z]{1,6})?", fullmatch=True).filter(lambda tag: not tag.startswith("xml")))
def test_unknown_elements_are_reported(tag):
    """An element without words is counted by its name; the words of one that has some are kept."""
    from glyph_integrations.source.formats.html.elements import KNOWN

    if tag in KNOWN:
        return
    text = load(f"<p>x</p><{tag}></{tag}><p>y".encode(), media_type="text/html", limits=Limits(isolated=False))
    assert f"not understood: <{tag}>" in [item.reason for item in text.dropped]
    text = load(f"<p>x</p><{tag}>word</{tag}>".encode(), media_type="text/html", limits=Limits(isolated=False))
    assert "word" in text.text
