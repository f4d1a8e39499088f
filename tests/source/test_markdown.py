"""Markdown keeps its text; its headings, tables, code and pictures are found."""

from __future__ import annotations

import base64
import importlib.metadata
import io
import itertools
import time

import pytest
from PIL import Image

from glyph_integrations import render
from glyph_integrations.source import Limits, load

TRUSTED = Limits(isolated=False)
MARKDOWN = """---
title: x
---
# One

Two
---

```
# no heading
| a | b |
|---|---|
```

| A | B |
|---|:-:|
| 1 | 2 |
| 3 | 4 |

### Three ###
- item
---
"""


def read(text: str):
    """Return a Markdown text as it is loaded."""
    return load(text.encode(), media_type="text/markdown", limits=TRUSTED)


def cut(text: str):
    """Return the parts that are typeset as they stand."""
    source = read(text)
    return [source.text[start:end] for start, end in source.verbatim]


def make_png() -> bytes:
    """Return a picture."""
    file = io.BytesIO()
    Image.new("RGB", (96, 48), "navy").save(file, "PNG")
    return file.getvalue()


PNG = base64.b64encode(make_png()).decode()


def test_structure():
    """Headings of both styles and pipe tables are found outside fences and front matter; the text is verbatim."""
    text = load(MARKDOWN.encode(), media_type="text/markdown")
    assert text.text == MARKDOWN
    assert [(heading.level, text.text[heading.start : heading.end]) for heading in text.headings] == [
        (1, "# One"),
        (2, "Two"),
        (3, "### Three ###"),
    ]
    assert [[text.text[start:end] for start, end in table.rows] for table in text.tables] == [
        ["| A | B |", "|---|:-:|", "| 1 | 2 |", "| 3 | 4 |"]
    ]
    assert [text.text[start:end] for start, end in text.verbatim] == ["# no heading\n| a | b |\n|---|---|"]


@pytest.mark.parametrize(
    ("markdown", "code"),
    [
        ("a\n\n    x = 1\n      y\n\nb\n", "    x = 1\n      y"),
        ("~~~~ python\nx\n```\ny\n~~~~\nb\n", "x\n```\ny"),
        ("- item\n\n  ```\n  x\n  ```\n\n  1. inner\n     ~~~\n     y\n     ~~~\n", "  x"),
        ("> ```\n> x\n> ```\n", "> x"),
        ("```\nnever closed\n", "never closed"),
        ("<pre>\n  a  b\n</pre>\n", "<pre>\n  a  b\n</pre>"),
    ],
)
def test_code_is_typeset_as_it_stands(markdown, code):
    """Fenced and indented code, within lists and quotations too, and preformatted HTML are verbatim; fences are not."""
    assert cut(markdown)[0] == code


@pytest.mark.parametrize(
    "markdown",
    ["a\nb\n", "- a\n    - c\n", "1. a\n\n   b\n", "[a]: http://x\n\n[^1]: note\n", "```\n```\n", "<div>\na\n</div>\n"],
)  # fmt: skip
def test_prose_is_prose(markdown):
    """Paragraphs, nested lists, links by reference, footnotes and other HTML run on."""
    assert cut(f"{markdown}\nwords\n") == []


def test_a_drawing_in_a_fence_lines_up_on_the_page():
    """Code stands on lines of its own in every style, between prose that runs on."""
    page = render(read("one\ntwo\n\n```\n+--+\n|  |\n+--+\n```\nthree\nfour\n"), "glyph")[0]
    text = page.composer.text
    edges = page.layout.lines.tolist()
    found = [text[start:end] for start, end in itertools.pairwise(edges)]
    assert found == ["one\ntwo\n\n```\n", "+--+\n", "|  |\n", "+--+\n", "```\nthree\nfour\n"]


@pytest.mark.parametrize(
    "markdown",
    [
        f"before ![a navy field](data:image/png;base64,{PNG}) after",
        f"before ![a navy field][image1] after\n\n[image1]: <data:image/png;base64,{PNG}>\n",
        f"before ![a navy field] after\n\n[A navy field]: data:image/png;base64,{PNG}",
        f'before <img alt="a navy field" src="data:image/png;base64,{PNG}"> after',
    ],
)
def test_pictures_in_the_text_are_shown(markdown):
    """A picture whose bytes stand in the text is shown in its place, and its bytes are no text."""
    text = load(markdown.encode(), media_type="text/markdown")
    (picture,) = text.pictures
    assert text.text.rstrip() == "before \n[picture: a navy field]\n after"
    assert text.text[: picture.start].endswith("field]\n")
    assert next(text.rasters([(picture, 4, 2)], colour=True)).tolist() == [[[0, 0, 128]] * 4] * 2


def test_damaged_and_unused_pictures_are_named():
    """Bytes that are no picture are named; a definition that nothing shows stays as it is."""
    text = read("![logo](data:image/png;base64,AAAA)\n\n[unused]: data:image/png;base64,BBBB\n")
    assert "[picture not shown: picture, it is a damaged image: logo]" in text.text
    assert "[unused]: data:image/png;base64,BBBB" in text.text


def test_pictures_elsewhere_are_named():
    """No file beside the text is opened and nothing is fetched; the names stay in the text and are listed."""
    text = read("![chart](img/chart.png) and ![](https://example.org/b.png) `code`\n")
    assert text.text == "![chart](img/chart.png) and ![](https://example.org/b.png) `code`\n"
    assert [(item.reason, item.text) for item in text.dropped] == [
        ("picture not shown: a file beside the text", "img/chart.png"),
        ("picture not shown: not fetched", "https://example.org/b.png"),
    ]


@pytest.mark.parametrize(
    "markdown",
    [
        "[![build][badge]][ci]\n\n[badge]: https://a.b/c.svg 'Build'\n[ci]: https://a.b\n",
        "![Badge][]\n\n[badge]: <https://a.b/c.svg>\n",
        "![badge] is green\n\n[badge]: https://a.b/c.svg\n[other]: https://a.b/d.svg\n",
        '<p align="center"><img width="60" src="https://a.b/c.svg" alt="build"></p>\n',
        "![build](https://a.b/c.svg)\n\n[build]: https://a.b\n",
    ],
)
def test_pictures_elsewhere_by_reference_and_tag(markdown):
    """A badge by reference or as a tag of HTML keeps its name in the text and is listed."""
    text = read(markdown)
    assert text.text == markdown
    assert [(item.reason, item.text) for item in text.dropped] == [
        ("picture not shown: not fetched", "https://a.b/c.svg")
    ]


HOSTILE = [
    f"| a | b |\n{'-' * 40_000} x\n",
    f"|a|\n|{'-|' * 20_000}\n",
    "> " * 20_000,
    "".join(f"{'  ' * depth}- a\n" for depth in range(300)),
    "```\n" * 30_000,
    "![" * 30_000,
    "](data:image/" * 5_000,
    "<img " * 20_000,
    f"{'<img ' * 20_000}>",
    "[a]: b\n![a][" * 10_000,
    "[a]: data:image/\n" * 5_000,
    f"---\n{'-' * 50_000}",
]


@pytest.mark.parametrize("text", HOSTILE)
def test_hostile_text_ends_quickly(text):
    """No pattern takes more than time in proportion to the text."""
    started = time.process_time()
    read(f"{text}\nend\n")
    assert time.process_time() - started < 2


def test_descriptions_of_packages_are_read():
    """The README files of packages on this machine keep every character but line ends."""
    read_some = 0
    for distribution in importlib.metadata.distributions():
        description = distribution.metadata.get_payload()
        if "markdown" in (distribution.metadata["Description-Content-Type"] or "") and len(description) > 2000:
            text = read(description)
            assert text.text == description.replace("\r\n", "\n").replace("\f", "\n") or text.pictures or text.dropped
            read_some += 1
        if read_some == 12:
            return
