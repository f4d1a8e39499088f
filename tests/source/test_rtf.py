"""RTF files keep text, tables, list marks, notes, headers and footers; hidden text stays out."""

import pytest

from glyph_integrations.errors import EmptyError, MalformedError
from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
HEAD = r"{\rtf1\ansi\ansicpg1252\deff0{\fonttbl{\f0 Arial;}{\f1\fcharset204 Times;}}{\info{\title T}}"


def read(body):
    """A file with this body, loaded."""
    return load(f"{HEAD}{body}}}".encode("latin-1"), limits=IN_PROCESS)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"\pard one\par two {\b bold}\par", "one\ntwo bold\n"),
        (r"caf\'e9 {\f1 \'cf\'f0} \u8364?10 \uc0\u8364 20", "café Пр €10 €20\n"),
        (r"\u-10179?\u-8694?", "😊\n"),
        (r"a\line b\tab c\~d\_e \{x\}\emdash", "a\nb\tc\u00a0d\u2011e {x}—\n"),
        (r"x{\super 2} H{\sub 2}O", "x² H₂O\n"),
        (r"{\pntext 1.\tab}one\par", "1.\tone\n"),
        (r"{\field{\*\fldinst HYPERLINK x}{\fldrslt link}}", "link\n"),
        (r"{\pict\bin5 {{{{{}after", "[picture not shown: picture 1, it is a damaged image]\nafter\n"),
        (r"{\*\generator x}{\*\unknown y}seen", "seen\n"),
        (r"{\shp{\*\shpinst{\sp{\sn a}{\sv b}}{\shptxt boxed\par}}}after", "boxed\nafter\n"),
    ],
)
def test_text(body, text):
    """Characters of all kinds, list marks, fields and text boxes are text; control words and pictures are not."""
    assert read(body).text == text


def test_tables():
    """Rows become the rows of a table; a paragraph within a cell does not end it."""
    row = r"\trowd\cellx1\cellx2\intbl {}\cell {}\cell\row"
    text = read("before\\par " + row.format("A", r"B\par C") + row.format("1", "2") + r"\pard after")
    assert text.text == "before\nA | B C\n1 | 2\nafter\n"
    assert len(text.tables[0].rows) == 2


def test_furniture_and_notes():
    """Headers come first and footers last, the same one once; notes follow their paragraph."""
    text = read(
        r"{\header Head\par}{\headerf Head\par}{\footer Foot\par}a{\footnote\chftn  note}\par "
        r"b{\*\annotation why}\par"
    )
    assert text.text.splitlines() == ["Head", "a¹", "¹  note", "b[comment 1]", "[comment 1] why", "Foot"]


def test_headings():
    """Outline levels are headings."""
    text = read(r"\pard\outlinelevel1 Title\par\pard body\par")
    assert [(h.level, text.text[h.start : h.end]) for h in text.headings] == [(2, "Title")]


def test_hidden_and_deleted():
    """Hidden text is left out and counted, deleted text too but not as hidden."""
    text = read(r"seen{\v secret}{\deleted old} x\v y\v0 z")
    assert text.text == "seen xz\n"
    assert {(item.reason, item.characters, item.hidden) for item in text.dropped} == {
        ("not displayed", 7, True),
        ("tracked deletion", 3, False),
    }


@pytest.mark.parametrize(
    ("body", "reason"),
    [
        (r"{\cf1 secret}", "color of its background"),
        (r"{\fs2 secret}", "under 2 pt"),
        (r"{\v\cf1 secret}", "not displayed"),
    ],
)
def test_unseen(body, reason):
    """White and tiny text is left out and counted; white text on a color, its own or a cell's, stays."""
    colours = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;}"
    text = read(
        f"{colours}seen {body}{{\\cf1\\chcbpat2 too}}\\par\\trowd\\clcbpat2\\cellx9\\intbl\\cf1 head\\cell\\row"
    )
    assert text.text == "seen too\nhead\n"
    assert [(item.reason, item.characters) for item in text.dropped] == [(reason, 6)]


def test_styles_and_symbols():
    """Styles named as headings are headings; bullets in symbol fonts are bullets."""
    text = load(
        rb"{\rtf1{\fonttbl{\f0 Arial;}{\f3\fcharset2 Symbol;}}{\stylesheet{\s0 Normal;}{\s2\b Heading 2;}}"
        rb"\pard\s2 Title\par\pard\s0 {\listtext\f3 \'b7\tab}one\par{\listtext\f3\u61623 ?\tab}two\par}",
        limits=IN_PROCESS,
    )
    assert text.text == "Title\n•\tone\n•\ttwo\n"
    assert [heading.level for heading in text.headings] == [2]


def test_nested_tables():
    """A table within a cell stays legible in its cell."""
    inner = (
        r"\itap2 1\nestcell 2\nestcell{\*\nesttableprops\trowd\nestrow}3\nestcell 4\nestcell{\*\nesttableprops\nestrow}"
    )
    assert read(rf"\trowd\intbl A\cell {inner}\cell\row").text == "A | 1, 2; 3, 4;\n"


def test_damage():
    """A cut file is read as far as it goes; one without text is empty; one without the signature is none."""
    assert load(b"{\\rtf1 one\\par tw", limits=IN_PROCESS).text == "one\ntw\n"
    assert load(b"{\\rtf1 a}}}}} b", limits=IN_PROCESS).text.startswith("a")
    with pytest.raises(EmptyError):
        load(b"{\\rtf1 }", limits=IN_PROCESS)
    with pytest.raises(MalformedError):
        load(b"nothing", media_type="application/rtf", limits=IN_PROCESS)
