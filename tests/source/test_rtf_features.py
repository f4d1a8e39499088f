"""RTF files lose none of what a person sees: pictures, embedded files, fields, forms, formulas, strikes, symbols."""

import struct

import docx
import pytest
from office_samples import saved
from rtf_samples import PNG, make_object, picture, read

FORMULA = (
    r"{\mmath{\*\moMath{\mf{\mfPr{\mctrlPr}}{\mnum{\mr a+b}}{\mden{\mr 2}}}{\mr =}"
    r"{\msSup{\me{\mr x}}{\msup{\mr 2}}}}}"
)


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (r"The {\strike 500}750 {\striked1 a}b", "The ~~500~~750 ~~a~~b"),
        (r"500{\deleted  and }750", "500 750"),
        (r"{\upr{plain}{\*\ud{unicode}}}", "unicode"),
        (r"one\page two\column three", "one\ntwo\nthree"),
        (r"10{\super 6} 10{\super 6,5} 5{\super th}", "10⁶ 10^(6,5) 5th"),
        (r"{\f1 \'fc} {\f1 \'fe} {\f1\u61692 ?} \f1 \'a8", "✓ ☑ ✓ ☐"),
        (r"{\f2 \'93\'fa\'83A}", "日ア"),
        ("{\\f3 " + "Привет".encode("cp1251").decode("latin-1") + "}", "Привет"),
        (FORMULA, "(a+b)/2=x²"),
        (
            r"{\mmath{\*\moMath{\mnary{\mnaryPr{\mchr \u8721 ?}}{\msub{\mr i=1}}{\msup{\mr n}}{\me{\mr i}}}}}",
            "∑_(i=1)^(n) i",
        ),
        (r"{\*\do\dobxpage{\dptxbx{\dptxbxtext old box\par}}}x", "old box\nx"),
        (r"{\shp{\*\shpinst{\sp{\sn gtextUNICODE}{\sv DRAFT}}}} x", "DRAFT x"),
        (r"{\listtext 1.\tab}one", "1.\tone"),
    ],
)
def test_text(body, text):
    """Whatever text is set in, its words are kept as they are meant."""
    assert read(rf"{body}\par").text == f"{text}\n"


FORM = r"{{\field{{\*\fldinst {} {{\*\formfield{}}}}}{{\fldrslt {}}}}}\par"


@pytest.mark.parametrize(
    ("body", "text"),
    [
        (FORM.format("FORMCHECKBOX", r"{\fftype1\ffres1{\*\ffname a}}", ""), "☒"),
        (FORM.format("FORMCHECKBOX", r"{\fftype1\ffres25\ffdefres0}", ""), "☐"),
        (FORM.format("FORMDROPDOWN", r"{\fftype2\ffres1{\*\ffl red}{\*\ffl blue}}", ""), "blue"),
        (FORM.format("FORMTEXT", r"{\fftype0{\*\ffdeftext no}}", "Ann"), "Ann"),
        (r"{\field{\*\fldinst PAGE}{\fldrslt 7}}\par", "7"),
        (r'{\field{\*\fldinst SYMBOL 252 \\f "Wingdings" \\s 10}{\fldrslt}}\par', "✓"),
    ],
)
def test_fields_and_forms(body, text):
    """A field shows its result, a form's field its state."""
    assert read(body).text == f"{text}\n"


def test_addresses_and_unknown_fields_are_reported():
    """Where a link leads to is reported, and so is a field without a result that is not understood."""
    text = read(
        r'{\field{\*\fldinst HYPERLINK "https://a.b"}{\fldrslt link}}{\field{\*\fldinst AUTONUM}{\fldrslt}}\par'
    )
    assert text.text == "link\n"
    assert [(item.reason, item.text) for item in text.dropped] == [
        ("link address", "https://a.b"),
        ("not understood: field AUTONUM", "AUTONUM"),
    ]


def test_pictures():
    """A picture stands in its place, described, sized and cropped, and not a second time as its fallback."""
    described = r"{\*\picprop{\sp{\sn wzDescription}{\sv A fox}}}"
    text = read(
        rf"a\par {{\*\shppict{{\pict{described}\pngblip\picwgoal2000\pichgoal1000\picscalex50\piccropl500 {PNG}}}}}"
        r"{\nonshppict{\pict\wmetafile8 00}}b\par"
    )
    assert text.text == "a\n[picture: A fox]\nb\n"
    shown = text.pictures[0]
    assert (shown.width, shown.height, shown.box.x0) == (50, 50, 0.25)


@pytest.mark.parametrize(
    "body",
    [
        r"{\pict\jpegblip\picwgoal2000\pichgoal1000 " + picture("JPEG").hex() + "}",
        r"{\pict\dibitmap0\picwgoal2000\pichgoal1000 " + picture("BMP")[14:].hex() + "}",
        rf"{{\pict\pngblip\bin{len(PNG) // 2} " + bytes.fromhex(PNG).decode("latin-1") + "}",
        r"{\shp{\*\shpinst{\sp{\sn pib}{\sv {\pict\pngblip " + PNG + "}}}}}",
        r"{\header{\pict\pngblip " + PNG + r"}\par}",
        r"\trowd\cellx9\cellx19\intbl a\cell{\pict\pngblip " + PNG + r"}b\cell\row",
    ],
)
def test_pictures_of_all_kinds_and_places(body):
    """Pictures are shown whatever their kind and encoding, and in shapes, headers and tables too."""
    text = read(rf"{body} x\par")
    assert len(text.pictures) == 1
    assert not text.dropped


def test_pictures_that_cannot_be_drawn_are_named():
    """A picture of a kind that is not drawn is named, and listed."""
    text = read(r"{\pict\wmetafile8\picwgoal2000\pichgoal1000 010009000003}x\par")
    assert (
        text.text.splitlines()[0] == "[picture not shown: picture 1.wmf, it is a WMF drawing, which is not drawn here]"
    )
    assert len(text.dropped) == 1


def test_embedded_files_are_read():
    """An embedded document and an embedded file are named in their place and read after the text."""
    inner = docx.Document()
    inner.add_paragraph("inner words")
    package = struct.pack("<H", 2) + b"note.txt\0C:\\note.txt\0" + struct.pack("<HHL", 0, 3, 4) + b"a\\b\0"
    package += struct.pack("<L", 5) + b"hello"
    text = read(
        r"x{\object\objemb{\*\objclass Word.Document.12}{\*\objdata "
        + make_object("Word.Document.12", saved(inner))
        + r"}{\result shown}}\par{\object\objemb{\*\objdata "
        + make_object("Package", package)
        + r"}}\par"
    )
    assert text.text.startswith("xshown\n[attachment: Word.Document.12,")
    assert "inner words" in text.text
    assert [source.name for source in text.sources] == ["source", "source/Word.Document.12", "source/note.txt"]


def test_metadata():
    """What the file says about itself is in the metadata, and no other property with it."""
    text = read(r"{\info{\title T\'e9}{\author Ann}{\creatim\yr2020}{\*\company C}}x\par")
    assert text.sources[0].metadata == {"title": "Té", "author": "Ann"}
    assert text.text == "x\n"


def test_comments_have_their_authors():
    """A comment follows its paragraph with its author."""
    text = read(r"a{\*\atnid A}{\*\atnauthor Ann}\chatn{\*\annotation{\*\atnparent -1}why}\par")
    assert text.text.splitlines() == ["a[comment 1]", "[comment 1, Ann] why"]
