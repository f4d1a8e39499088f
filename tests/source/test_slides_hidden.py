"""What nobody can see on a slide stays out and is listed; what is seen, however it looks, is read."""

import io

import pytest
from lxml import etree
from office_samples import member, saved, with_members
from PIL import Image
from pptx import Presentation
from pptx.dml.color import RGBColor
from pptx.enum.dml import MSO_THEME_COLOR
from pptx.enum.shapes import MSO_SHAPE
from pptx.oxml.ns import qn
from pptx.util import Emu, Inches, Pt

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
WORD = "ZANZIBAR"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"
WHITE, BLACK, NAVY = RGBColor(255, 255, 255), RGBColor(0, 0, 0), RGBColor(0, 0, 96)


class Slide:
    """A slide with "seen" on it, and ways to put the word there."""

    def __init__(self):
        self.deck = Presentation()
        self.slide = self.deck.slides.add_slide(self.deck.slide_layouts[6])
        self.shapes = self.slide.shapes
        self.box("seen", left=0.2, top=6.5)

    def box(self, text=WORD, *, left=1, top=1, width=3, height=1):
        """A text box, places and sizes in inches; returns its shape."""
        shape = self.shapes.add_textbox(Inches(left), Inches(top), Inches(width), Inches(height))
        shape.text_frame.text = text
        return shape

    def panel(self, color, text="", **place):
        """A rectangle in a color; returns its shape."""
        left, top, width, height = (
            Inches(place.get(side, usual)) for side, usual in (("left", 0.5), ("top", 0.5), ("width", 5), ("height", 3))
        )
        shape = self.shapes.add_shape(place.get("shape", MSO_SHAPE.RECTANGLE), left, top, width, height)
        shape.fill.solid()
        shape.fill.fore_color.rgb = color
        if text:
            shape.text_frame.text = text
        return shape

    def picture(self, kind="JPEG", mode="RGB"):
        """A picture where a text box stands."""
        file = io.BytesIO()
        Image.new(mode, (60, 40)).save(file, kind)
        return self.shapes.add_picture(file, Inches(0.5), Inches(0.5), Inches(5), Inches(3))


def font(shape):
    """The font of a shape's first run."""
    return shape.text_frame.paragraphs[0].runs[0].font


def color(shape, value=WHITE):
    """Gives a shape's text a color."""
    font(shape).color.rgb = value
    return shape


def fill_run(shape, xml):
    """Gives a shape's text a fill of XML."""
    font(shape)._element.insert(0, etree.fromstring(f'<a:{xml} xmlns:a="{A}"/>' if "<" not in xml else xml))


def mark(xml):
    """XML with the namespace of DrawingML."""
    return xml.replace(">", f' xmlns:a="{A}">', 1)


def dress(slide, make):
    """Paints the slide's background."""
    fill = slide.slide.background.fill
    fill.solid()
    make(fill.fore_color)


def hide(shape):
    """Hide."""
    shape._element.xpath(".//p:cNvPr")[0].set("hidden", "1")


def white(slide):
    """White."""
    color(slide.box())


def theme_background(slide):
    """Theme background."""
    font(slide.box()).color.theme_color = MSO_THEME_COLOR.BACKGROUND_1


def nearly_white(slide):
    """Nearly white."""
    color(slide.box(), RGBColor(250, 250, 250))


def darkened_to_black(slide):
    """Darkened to black."""
    slide.panel(BLACK)
    fill_run(slide.box(), mark('<a:solidFill><a:srgbClr val="FFFFFF"><a:lumMod val="1000"/></a:srgbClr></a:solidFill>'))


def color_of_slide(slide):
    """Color of slide."""
    dress(slide, lambda paint: setattr(paint, "rgb", NAVY))
    color(slide.box(), NAVY)


def color_of_theme_slide(slide):
    """Color of theme slide."""
    dress(slide, lambda paint: setattr(paint, "theme_color", MSO_THEME_COLOR.ACCENT_1))
    font(slide.box()).color.theme_color = MSO_THEME_COLOR.ACCENT_1


def color_of_shape(slide):
    """Color of shape."""
    color(slide.panel(NAVY, WORD), NAVY)


def color_of_panel_below(slide):
    """Color of panel below."""
    slide.panel(NAVY)
    color(slide.box(), NAVY)


def transparent(slide):
    """Transparent."""
    fill_run(slide.box(), mark('<a:solidFill><a:srgbClr val="000000"><a:alpha val="0"/></a:srgbClr></a:solidFill>'))


def no_fill(slide):
    """No fill."""
    fill_run(slide.box(), "noFill")


def one_point(slide):
    """One point."""
    font(slide.box()).size = Pt(1)


def size_of_list_style(slide):
    """Size of list style."""
    body = slide.box().text_frame._txBody
    style = body.find(qn("a:lstStyle"))
    style = etree.SubElement(body, qn("a:lstStyle")) if style is None else style
    body.insert(1, style)
    level = etree.SubElement(style, qn("a:lvl1pPr"))
    etree.SubElement(level, qn("a:defRPr"), sz="100")


def shrunk(slide):
    """Shrunk."""
    shape = slide.box()
    font(shape).size = Pt(10)
    body = shape.text_frame._txBody.find(qn("a:bodyPr"))
    body.clear()
    etree.SubElement(body, qn("a:normAutofit"), fontScale="10000")


def off_slide(slide):
    """Off slide."""
    slide.box(left=20)


def above_slide(slide):
    """Above slide."""
    slide.box(top=-3)


def hidden_shape(slide):
    """Hidden shape."""
    hide(slide.box())


def hidden_group(slide):
    """Hidden group."""
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(1), Inches(1), Inches(2), Inches(1)).text_frame.text = WORD
    hide(group)


def covered_by_shape(slide):
    """Covered by shape."""
    slide.box()
    slide.panel(NAVY)


def covered_by_photo(slide):
    """Covered by photo."""
    slide.box()
    slide.picture()


def no_extent(slide):
    """No extent."""
    shape = slide.box()
    shape.width = shape.height = Emu(0)
    shape.text_frame._txBody.find(qn("a:bodyPr")).clear()


def white_cell(slide):
    """White cell."""
    table = slide.shapes.add_table(1, 1, Inches(1), Inches(1), Inches(3), Inches(1)).table
    table._tbl.tblPr.find(qn("a:tableStyleId")).text = "{2D5ABB26-0587-4C30-8999-92F81FD0307C}"
    table.cell(0, 0).text = WORD
    color(table.cell(0, 0))


def color_of_cell(slide):
    """Color of cell."""
    table = slide.shapes.add_table(1, 1, Inches(1), Inches(1), Inches(3), Inches(1)).table
    table.cell(0, 0).text = WORD
    table.cell(0, 0).fill.solid()
    table.cell(0, 0).fill.fore_color.rgb = NAVY
    color(table.cell(0, 0), NAVY)


def under_merged_cell(slide):
    """Under merged cell."""
    table = slide.shapes.add_table(1, 2, Inches(1), Inches(1), Inches(3), Inches(1)).table
    table.cell(0, 0).merge(table.cell(0, 1))
    table.cell(0, 1).text = WORD


def hidden_slide(slide):
    """Hidden slide."""
    slide.box()
    slide.slide._element.set("show", "0")
    other = slide.deck.slides.add_slide(slide.deck.slide_layouts[6])
    other.shapes.add_textbox(0, 0, Inches(1), Inches(1)).text_frame.text = "seen"


def highlighted_alike(slide):
    """Highlighted alike."""
    shape = color(slide.box(), NAVY)
    font(shape)._element.append(etree.fromstring(mark('<a:highlight><a:srgbClr val="000060"/></a:highlight>')))


def white_on_dark_shape(slide):
    """White on dark shape."""
    color(slide.panel(NAVY, WORD))


def white_by_style(slide):
    """White by style."""
    slide.shapes.add_shape(MSO_SHAPE.RECTANGLE, 0, 0, Inches(2), Inches(1)).text_frame.text = WORD


def white_on_dark_slide(slide):
    """White on dark slide."""
    dress(slide, lambda paint: setattr(paint, "rgb", NAVY))
    color(slide.box())


def white_on_gradient_slide(slide):
    """White on gradient slide."""
    slide.slide.background.fill.gradient()
    color(slide.box())


def white_on_gradient_shape(slide):
    """White on gradient shape."""
    shape = color(slide.panel(NAVY, WORD))
    shape.fill.gradient()


def white_over_photo(slide):
    """White over photo."""
    slide.picture()
    color(slide.box())


def white_over_transparent_picture(slide):
    """White over transparent picture."""
    slide.picture("PNG", "RGBA")
    color(slide.box())


def white_over_dark_panel(slide):
    """White over dark panel."""
    slide.panel(NAVY)
    color(slide.box())


def white_half_over_panel(slide):
    """White half over panel."""
    slide.panel(NAVY, width=1.5)
    color(slide.box())


def default_color(slide):
    """Default color."""
    slide.box()


def theme_text(slide):
    """Theme text."""
    font(slide.box()).color.theme_color = MSO_THEME_COLOR.TEXT_1


def half_transparent(slide):
    """Half transparent."""
    fill_run(slide.box(), mark('<a:solidFill><a:srgbClr val="000000"><a:alpha val="50000"/></a:srgbClr></a:solidFill>'))


def head_of_table(slide):
    """Head of table."""
    table = slide.shapes.add_table(2, 1, Inches(1), Inches(1), Inches(3), Inches(1)).table
    table.cell(0, 0).text = WORD
    color(table.cell(0, 0))


def white_on_dark_cell(slide):
    """White on dark cell."""
    table = slide.shapes.add_table(1, 1, Inches(1), Inches(1), Inches(3), Inches(1)).table
    table.cell(0, 0).text = WORD
    table.cell(0, 0).fill.solid()
    table.cell(0, 0).fill.fore_color.rgb = NAVY
    color(table.cell(0, 0))


def outlined(slide):
    """Outlined."""
    shape = color(slide.box())
    line = '<a:ln><a:solidFill><a:srgbClr val="000000"/></a:solidFill></a:ln>'
    font(shape)._element.insert(0, etree.fromstring(mark(line)))


def shadowed(slide):
    """Shadowed."""
    shape = color(slide.box())
    effect = '<a:effectLst><a:outerShdw blurRad="50800"><a:srgbClr val="000000"/></a:outerShdw></a:effectLst>'
    font(shape)._element.append(etree.fromstring(mark(effect)))


def highlighted(slide):
    """Highlighted."""
    shape = color(slide.box())
    font(shape)._element.append(etree.fromstring(mark('<a:highlight><a:srgbClr val="000000"/></a:highlight>')))


def partly_off_slide(slide):
    """Partly off slide."""
    slide.box(left=9)


def under_transparent_shape(slide):
    """Under transparent shape."""
    slide.box()
    slide.panel(NAVY).fill.background()


def under_transparent_picture(slide):
    """Under transparent picture."""
    slide.box()
    slide.picture("PNG", "RGBA")


def partly_covered(slide):
    """Partly covered."""
    slide.box()
    slide.panel(NAVY, width=1.2)


def under_round_shape(slide):
    """Under round shape."""
    slide.box()
    slide.panel(NAVY, shape=MSO_SHAPE.OVAL)


def covered_until_it_moves(slide):
    """Covered until it moves."""
    slide.box()
    cover = slide.panel(NAVY)
    slide.slide._element.append(
        etree.fromstring(
            '<p:timing xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main"><p:tnLst><p:par><p:cTn>'
            f'<p:childTnLst><p:set><p:cBhvr><p:tgtEl><p:spTgt spid="{cover.shape_id}"/></p:tgtEl></p:cBhvr></p:set>'
            "</p:childTnLst></p:cTn></p:par></p:tnLst></p:timing>"
        )
    )


def flows_out_of_no_extent(slide):
    """Flows out of no extent."""
    shape = slide.box()
    shape.width = shape.height = Emu(0)
    shape.text_frame.word_wrap = False


def six_points(slide):
    """Six points."""
    font(slide.box()).size = Pt(6)


def in_a_scaled_group(slide):
    """In a scaled group."""
    group = slide.shapes.add_group_shape()
    group.shapes.add_textbox(Inches(100), Inches(100), Inches(20), Inches(10)).text_frame.text = WORD
    group.left, group.top, group.width, group.height = Inches(1), Inches(1), Inches(2), Inches(1)


HIDDEN = [
    white, theme_background, nearly_white, darkened_to_black, color_of_slide, color_of_theme_slide, color_of_shape,
    color_of_panel_below, transparent, no_fill, one_point, size_of_list_style, shrunk, off_slide, above_slide,
    hidden_shape, hidden_group, covered_by_shape, covered_by_photo, no_extent, white_cell, color_of_cell,
    under_merged_cell, hidden_slide, highlighted_alike,
]  # fmt: skip
SHOWN = [
    white_on_dark_shape, white_by_style, white_on_dark_slide, white_on_gradient_slide, white_on_gradient_shape,
    white_over_photo, white_over_transparent_picture, white_over_dark_panel, white_half_over_panel, default_color,
    theme_text, half_transparent, head_of_table, white_on_dark_cell, outlined, shadowed, highlighted, partly_off_slide,
    under_transparent_shape, under_transparent_picture, partly_covered, under_round_shape, covered_until_it_moves,
    flows_out_of_no_extent, six_points, in_a_scaled_group,
]  # fmt: skip


@pytest.mark.parametrize("way", HIDDEN)
def test_hidden(way):
    """What nobody can see is left out, and listed as hidden with its words."""
    slide = Slide()
    way(slide)
    text = load(saved(slide.deck), limits=IN_PROCESS)
    assert WORD not in text.text
    assert "seen" in text.text
    assert any(item.hidden and WORD in item.text for item in text.dropped)


@pytest.mark.parametrize("way", SHOWN)
def test_shown(way):
    """What is seen is read, and not listed as hidden."""
    slide = Slide()
    way(slide)
    text = load(saved(slide.deck), limits=IN_PROCESS)
    assert WORD in text.text
    assert not any(WORD in item.text for item in text.dropped)


def test_dark_theme():
    """Text in the theme's text color is seen where the master's colors are light on dark."""
    slide = Slide()
    font(slide.box()).color.theme_color = MSO_THEME_COLOR.TEXT_1
    data = saved(slide.deck)
    master = member(data, "ppt/slideMasters/slideMaster1.xml")
    dark = master.replace('bg1="lt1"', 'bg1="dk1"').replace('tx1="dk1"', 'tx1="lt1"')
    assert dark != master
    text = load(with_members(data, **{"ppt/slideMasters/slideMaster1.xml": dark}), limits=IN_PROCESS)
    assert WORD in text.text
