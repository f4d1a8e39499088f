"""RTF files keep pictures, objects, ruby and code as a person sees them."""

import pytest
from rtf_samples import PNG, make_object, read

RESULT = rf"{{\result{{\pict\pngblip\picwgoal2000\pichgoal1000 {PNG}}}}}"


def left_out(text):
    """Why things were left out."""
    return [item.reason for item in text.dropped]


def test_small_pictures_are_decorative():
    """A picture as small as a bullet is counted as decorative."""
    text = read(rf"x{{\pict\pngblip\picwgoal100\pichgoal100 {PNG}}}\par")
    assert text.text == "x\n"
    assert left_out(text) == ["decorative picture"]


@pytest.mark.parametrize(
    ("data", "reasons"),
    [
        (r"{\*\objclass MSGraph.Chart.8}{\*\objdata 01}", ["not understood: embedded object that cannot be read"]),
        (r"{\*\objclass Excel.Sheet.8}", []),
    ],
)
def test_objects_show_their_picture(data, reasons):
    """A chart and a linked sheet are shown as the picture that the file keeps of them."""
    text = read(rf"a\par{{\object\objemb{data}{RESULT}}}\par b\par")
    assert text.text == "a\n[picture]\nb\n"
    assert len(text.pictures) == 1
    assert left_out(text) == reasons


def test_objects_that_no_format_reads():
    """The data of a chart, which no format reads, are named with the reason beside its picture."""
    data = make_object("MSGraph.Chart.8", b"\xd0\xcf\x11\xe0" + bytes(600))
    text = read(rf"{{\object\objemb{{\*\objclass MSGraph.Chart.8}}{{\*\objdata {data}}}{RESULT}}}\par")
    assert len(text.pictures) == 1
    assert "[attachment: MSGraph.Chart.8, 604 bytes]" in text.text
    assert left_out(text)[0].startswith("not read: source/MSGraph.Chart.8")


def test_ruby():
    """How a word is read, which RTF sets with a field of equations, follows it in brackets."""
    instruction = r'EQ \\* jc2 \\* "Font:MS Gothic" \\* hps10 \\o\\ad(\\s\\up 9({\f2\'82\'c6}),{\f2\'93\'8c})'
    assert read(rf"{{\field{{\*\fldinst {{{instruction}}}}}{{\fldrslt }}}}x\par").text == "東(と)x\n"


MONOSPACED = r"{\fonttbl{\f4 Courier New;}}"
CODE = r"\f4 def count(ships):\par     return len(ships)\par"
PROSE = r"\f0 The program counts the ships that come into the harbor and says how many there are.\par"


@pytest.mark.parametrize("begin", [r"\pard ", r"\deff4\f0 a harbor of ships and of boats\par\plain "])
def test_code_is_typeset_as_it_stands(begin):
    """Paragraphs all of whose words are in monospaced type keep their lines and columns."""
    code = CODE.replace(r"\f4 ", "") if "deff" in begin else CODE
    text = read(MONOSPACED + PROSE + begin + code + PROSE)
    assert [text.text[start:end] for start, end in text.verbatim] == ["def count(ships):\n    return len(ships)"]


@pytest.mark.parametrize("line", [r"\f0 call {\f4 count(x)} to count\par", r"\f4 count(x) {\f0 counts}\par"])
def test_code_within_prose_is_prose(line):
    """A word in monospaced type does not make a paragraph code."""
    assert not read(MONOSPACED + PROSE + line + PROSE).verbatim


def test_drawings_are_named():
    """A drawing of Windows is named with the reason, a bitmap beside it is shown."""
    emf = (b"\1\0\0\0\x6c\0\0\0" + bytes(32) + b" EMF" + bytes(64)).hex()
    body = rf"{{\pict\emfblip\picwgoal2000\pichgoal1000 {emf}}}{{\pict\pngblip {PNG}}}\par"
    text = read(body)
    assert (
        text.text.splitlines()[0] == "[picture not shown: picture 1.emf, it is an EMF drawing, which is not drawn here]"
    )
    assert len(text.pictures) == 1
