"""Presentations keep code as it stands, and name the controls whose state is not read."""

import pytest
from office_samples import OFFICE, member, saved, with_members
from pptx import Presentation
from pptx.util import Inches

from glyph_integrations.source import Limits, load

SLIDE = "ppt/slides/slide1.xml"
CODE = "def count(ships):\n    return len(ships)"
PROSE = "The program counts the ships that come into the harbor and says how many there are."


@pytest.fixture
def slide():
    """An empty slide."""
    deck = Presentation()
    return deck.slides.add_slide(deck.slide_layouts[6])


def save(slide):
    """The bytes of a slide's presentation."""
    return saved(slide.part.package.presentation_part.presentation)


def read(data):
    """A presentation, loaded."""
    return load(data, limits=Limits(isolated=False))


def add_lines(slide, text, font="", *, top=1):
    """A text box whose paragraphs are set in a font."""
    shape = slide.shapes.add_textbox(Inches(1), Inches(top), Inches(6), Inches(1))
    shape.text_frame.text = text
    for paragraph in shape.text_frame.paragraphs if font else ():
        paragraph.runs[0].font.name = font
    return shape


def test_code_is_typeset_as_it_stands(slide):
    """Paragraphs all of whose words are in monospaced type keep their lines and columns."""
    add_lines(slide, PROSE)
    add_lines(slide, CODE, "Courier New", top=3)
    text = read(save(slide))
    assert [text.text[start:end] for start, end in text.verbatim] == [CODE]


def test_code_within_prose_is_prose(slide):
    """A word in monospaced type does not make a paragraph code."""
    add_lines(slide, PROSE)
    shape = add_lines(slide, "count", "Consolas", top=3)
    shape.text_frame.paragraphs[0].add_run().text = " counts the ships"
    assert not read(save(slide)).verbatim


def test_controls_are_named_once(slide):
    """A control, which a slide holds in two forms, is named once, and its state is reported as not read."""
    add_lines(slide, "x")
    data = save(slide)
    control = f'<p:control xmlns:r="{OFFICE}" r:id="rId70" name="CheckBox1"/>'
    both = (
        '<p:controls><mc:AlternateContent xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006">'
        f'<mc:Choice Requires="v">{control}</mc:Choice><mc:Fallback>{control}</mc:Fallback></mc:AlternateContent>'
        "</p:controls></p:cSld>"
    )
    text = read(with_members(data, **{SLIDE: member(data, SLIDE).replace("</p:cSld>", both)}))
    assert text.text == "x\n[control: CheckBox1]\n"
    assert [(item.reason, item.text) for item in text.dropped] == [("state of a control", "CheckBox1")]
