"""Equations of Word files stay legible on one line, and none is glued to another number."""

import docx
import pytest
from office_samples import saved, word_xml

from glyph_integrations.source import Limits, load
from glyph_integrations.source.formats.word.equations import linear


def part(name, text):
    """A part of an equation that holds a text."""
    return f"<m:{name}><m:r><m:t>{text}</m:t></m:r></m:{name}>"


def setting(kind, name, value):
    """One property of a structure."""
    return f'<m:{kind}Pr><m:{name} m:val="{value}"/></m:{kind}Pr>'


@pytest.mark.parametrize(
    ("xml", "text"),
    [
        (f"<m:f>{part('num', '1')}{part('den', '2')}</m:f>", "1/2"),
        (f"<m:r><m:t>1</m:t></m:r><m:f>{part('num', '1')}{part('den', '2')}</m:f>", "1 1/2"),
        (f"<m:f>{part('num', 'a+b')}{part('den', 'c')}</m:f>", "(a+b)/c"),
        (f"<m:sSup>{part('e', '10')}{part('sup', '6')}</m:sSup>", "10⁶"),
        (f"<m:sSubSup>{part('e', 'x')}{part('sub', 'i')}{part('sup', '2')}</m:sSubSup>", "xᵢ²"),
        (f"<m:sPre>{part('sub', '6')}{part('sup', '14')}{part('e', 'C')}</m:sPre>", "₆¹⁴C"),
        (f"<m:rad>{part('deg', '')}{part('e', '2')}</m:rad>", "√2"),
        (f"<m:rad>{part('deg', '3')}{part('e', 'x')}</m:rad>", "³√x"),
        (f"<m:nary>{setting('nary', 'chr', '∑')}{part('sub', 'i=1')}{part('sup', 'n')}{part('e', 'i')}</m:nary>",
         "∑_(i=1)^(n) i"),
        (f"<m:d>{setting('d', 'begChr', '[')}{part('e', 'a')}{part('e', 'b')}</m:d>", "[a|b)"),
        (f"<m:m><m:mr>{part('e', 'a')}{part('e', 'b')}</m:mr><m:mr>{part('e', 'c')}{part('e', 'd')}</m:mr></m:m>",
         "[a, b; c, d]"),
        (f"<m:eqArr>{part('e', 'x=1')}{part('e', 'y=2')}</m:eqArr>", "x=1; y=2"),
        (f"<m:func>{part('fName', 'sin')}{part('e', 'x')}</m:func>", "sin x"),
        (f"<m:limLow>{part('e', 'lim')}{part('lim', 'n→∞')}</m:limLow>", "lim_(n→∞)"),
        (f"<m:acc>{part('e', 'x')}</m:acc>", "x\u0302"),
        (f"<m:bar>{part('e', 'x')}</m:bar>", "x\u0305"),
        (f"<m:groupChr>{part('e', 'a+b')}</m:groupChr>", "a+b_(⏟)"),
        (f"<m:box>{part('e', 'a')}</m:box><m:phant>{part('e', 'b')}</m:phant>", "ab"),
    ],
)  # fmt: skip
def test_structures(xml, text):
    """Every structure of an equation keeps its sense."""
    assert linear(word_xml(f"<m:oMath>{xml}</m:oMath>")) == text


@pytest.mark.parametrize(
    "hidden",
    [
        "<m:r><w:rPr><w:vanish/></w:rPr><m:t>secret</m:t></m:r>",
        '<m:r><w:rPr><w:color w:val="FFFFFF"/></w:rPr><m:t>secret</m:t></m:r>',
        f"<m:phant>{setting('phant', 'show', '0')}{part('e', 'secret')}</m:phant>",
    ],
)
def test_hidden_parts(hidden):
    """What nobody sees of an equation is left out, and reported."""
    document = docx.Document()
    document.add_paragraph("x")._p.append(word_xml(f"<m:oMath><m:r><m:t>=1</m:t></m:r>{hidden}</m:oMath>"))
    text = load(saved(document), limits=Limits(isolated=False))
    assert text.text == "x=1\n"
    assert [item.text for item in text.dropped] == ["secret"]
