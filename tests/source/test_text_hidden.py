"""Word, OpenDocument and RTF texts: what nobody sees stays out, what somebody sees stays in."""

import docx
import pytest
from odt_samples import read_odt
from office_samples import saved, word_xml

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
WHITE = '<w:color w:val="FFFFFF"/>'
W14 = 'xmlns:w14="http://schemas.microsoft.com/office/word/2010/wordml"'
SEEN = "<w:p><w:r><w:t>seen</w:t></w:r></w:p>"


def read_docx(body, styles="", background="", settings=""):
    """A Word document with this body, loaded."""
    document = docx.Document()
    for element in word_xml(f"<w:body>{SEEN}{body}</w:body>")[::-1]:
        document.element.body.insert(0, element)
    for style in word_xml(f"<w:styles>{styles}</w:styles>"):
        document.styles.element.append(style)
    if background:
        document.element.insert(0, word_xml(background))
    for setting in word_xml(f"<w:settings>{settings}</w:settings>"):
        document.settings.element.append(setting)
    return load(saved(document), limits=IN_PROCESS)


def read_rtf(body):
    """An RTF file with this body, loaded; color 1 is white, 2 black, 3 nearly white, 4 dark blue."""
    colors = r"{\colortbl;\red255\green255\blue255;\red0\green0\blue0;\red250\green250\blue250;\red0\green0\blue90;}"
    return load(rf"{{\rtf1{colors}seen\par {body}}}".encode("latin-1"), limits=IN_PROCESS)


def run(properties, text="secret"):
    """A run of a text."""
    return f"<w:r><w:rPr>{properties}</w:rPr><w:t>{text}</w:t></w:r>"


def paragraph(properties, settings="", text="secret"):
    """A paragraph with one run."""
    return f"<w:p><w:pPr>{settings}</w:pPr>{run(properties, text)}</w:p>"


def field_mark(kind):
    """One mark of a field."""
    return f'<w:r><w:fldChar w:fldCharType="{kind}"/></w:r>'


def style(identifier, properties, kind="paragraph", base=""):
    """A style."""
    based = f'<w:basedOn w:val="{base}"/>' if base else ""
    return f'<w:style w:type="{kind}" w:styleId="{identifier}">{based}<w:rPr>{properties}</w:rPr></w:style>'


def anchor(content, attributes="", extent='cx="900000" cy="900000"', place="0", fill=""):
    """A text box."""
    box = f"<wps:txbx><w:txbxContent>{content}</w:txbxContent></wps:txbx>"
    return (
        f'<w:p><w:r><w:drawing><wp:anchor behindDoc="0"><wp:positionH relativeFrom="page"><wp:posOffset>{place}'
        f'</wp:posOffset></wp:positionH><wp:extent {extent}/><wp:docPr id="1" name="a" {attributes}/>'
        f'<a:graphic><a:graphicData uri="x"><wps:wsp><wps:spPr>{fill}</wps:spPr>{box}</wps:wsp></a:graphicData>'
        "</a:graphic></wp:anchor></w:drawing></w:r></w:p>"
    )


def table(cell, row="", content="", look=""):
    """A table of two cells."""
    return (
        f"<w:tbl><w:tblPr>{look}</w:tblPr><w:tblGrid/><w:tr><w:trPr>{row}</w:trPr><w:tc><w:tcPr>{cell}</w:tcPr>{content}"
        "</w:tc><w:tc><w:p/></w:tc></w:tr></w:tbl>"
    )


HIDDEN_IN_WORD = {
    "vanish": (paragraph("<w:vanish/>"), {}),
    "vanish by a style": (paragraph('<w:rStyle w:val="S"/>'), {"styles": style("S", "<w:vanish/>", "character")}),
    "vanish by a style's base": (
        paragraph("", '<w:pStyle w:val="S"/>'),
        {"styles": style("S", "", base="B") + style("B", "<w:vanish/>")},
    ),
    "one half-point": (paragraph('<w:sz w:val="2"/>'), {}),
    "one percent wide": (paragraph('<w:w w:val="1"/>'), {}),
    "a line one point high": (paragraph("", '<w:spacing w:line="20" w:lineRule="exact"/>'), {}),
    "white on the page": (paragraph(WHITE), {}),
    "nearly white on the page": (paragraph('<w:color w:val="FAFAFA"/>'), {}),
    "the theme's background color": (paragraph('<w:color w:val="000000" w:themeColor="background1"/>'), {}),
    "the color of its highlight": (paragraph('<w:color w:val="FFFF00"/><w:highlight w:val="yellow"/>'), {}),
    "the color of its shading": (paragraph('<w:color w:val="112233"/><w:shd w:val="clear" w:fill="112233"/>'), {}),
    "the color of its paragraph": (
        paragraph('<w:color w:val="112233"/>', '<w:shd w:val="clear" w:fill="112233"/>'),
        {},
    ),
    "the color of its cell": (
        table('<w:shd w:val="clear" w:fill="112233"/>', content=paragraph('<w:color w:val="112233"/>')),
        {},
    ),
    "white in a cell without a fill": (table("", content=paragraph(WHITE)), {}),
    "a hidden row": (table("", "<w:hidden/>", paragraph("")), {}),
    "a row one point high": (table("", '<w:trHeight w:val="20" w:hRule="exact"/>', paragraph("")), {}),
    "the rest of a merged cell": (table("<w:vMerge/>", content=paragraph("")), {}),
    "transparent letters": (
        paragraph(f'<w14:textFill {W14}><w14:noFill/></w14:textFill>'),
        {},
    ),
    "letters that are transparent to 100 %": (
        paragraph(
            f'<w14:textFill {W14}><w14:solidFill><w14:srgbClr w14:val="000000"><w14:alpha w14:val="100000"/>'
            "</w14:srgbClr></w14:solidFill></w14:textFill>"
        ),
        {},
    ),
    "white letters by their fill": (
        paragraph(
            f'<w14:textFill {W14}><w14:solidFill><w14:srgbClr w14:val="FFFFFF"/></w14:solidFill></w14:textFill>'
        ),
        {},
    ),
    "a frame off the page": (paragraph("", '<w:framePr w:x="-30000" w:y="0"/>'), {}),
    "an indent off the page": (paragraph("", '<w:ind w:left="-30000"/>'), {}),
    "a hidden text box": (anchor(paragraph(""), 'hidden="1"'), {}),
    "a text box off the page": (anchor(paragraph(""), place="-90000000"), {}),
    "a text box without height": (anchor(paragraph(""), extent='cx="900000" cy="0"'), {}),
    "white in a white text box": (
        anchor(paragraph(WHITE), fill='<a:solidFill><a:srgbClr val="FFFFFF"/></a:solidFill>'),
        {},
    ),
    "white before a background that is not displayed": (
        paragraph(WHITE),
        {"background": '<w:background w:color="000000"/>'},
    ),
    "the instruction of a field": (
        f"<w:p>{field_mark('begin')}{run('')}{field_mark('separate')}{field_mark('end')}</w:p>",
        {},
    ),
    "an element that Word passes over": (f'<w:p><x:y xmlns:x="urn:x">{run("")}</x:y></w:p>', {}),
}  # fmt: skip

SHOWN_IN_WORD = {
    "automatic color": (paragraph('<w:color w:val="auto"/>'), {}),
    "white on a dark shading": (paragraph(WHITE + '<w:shd w:val="clear" w:fill="112233"/>'), {}),
    "white on a highlight": (paragraph(WHITE + '<w:highlight w:val="darkBlue"/>'), {}),
    "white in a dark paragraph": (paragraph(WHITE, '<w:shd w:val="clear" w:fill="112233"/>'), {}),
    "white in a paragraph that its style makes dark": (
        paragraph(WHITE, '<w:pStyle w:val="S"/>'),
        {
            "styles": '<w:style w:type="paragraph" w:styleId="S"><w:pPr><w:shd w:val="clear" w:fill="112233"/></w:pPr>'
            "</w:style>"
        },
    ),
    "white in a dark cell": (table('<w:shd w:val="clear" w:fill="1F3864"/>', content=paragraph(WHITE)), {}),
    "white in a cell with a pattern": (
        table('<w:shd w:val="pct75" w:color="000000" w:fill="FFFFFF"/>', content=paragraph(WHITE)),
        {},
    ),
    "white in the first row of a styled table": (
        table(
            "",
            content=paragraph(WHITE),
            look='<w:tblStyle w:val="T"/><w:tblLook w:val="0420"/>',
        ),
        {
            "styles": '<w:style w:type="table" w:styleId="T"><w:tblStylePr w:type="firstRow"><w:tcPr>'
            '<w:shd w:val="clear" w:fill="4472C4"/></w:tcPr></w:tblStylePr></w:style>'
        },
    ),
    "white in a dark table": (
        table("", content=paragraph(WHITE), look='<w:shd w:val="clear" w:fill="112233"/>'),
        {},
    ),
    "white in a dark text box": (
        anchor(paragraph(WHITE), fill='<a:solidFill><a:schemeClr val="accent1"/></a:solidFill>'),
        {},
    ),
    "white in a text box on a picture": (anchor(paragraph(WHITE), fill="<a:blipFill/>"), {}),
    "white on a dark page": (
        paragraph(WHITE),
        {"background": '<w:background w:color="202020"/>', "settings": "<w:displayBackgroundShape/>"},
    ),
    "the theme's text color": (paragraph('<w:color w:val="FFFFFF" w:themeColor="text1"/>'), {}),
    "the theme's background color, much darker": (
        paragraph('<w:color w:val="FFFFFF" w:themeColor="background1" w:themeShade="80"/>'),
        {},
    ),
    "vanish turned off": (paragraph('<w:vanish w:val="0"/>'), {}),
    "vanish of a style turned off by a style": (
        paragraph('<w:rStyle w:val="S"/>', '<w:pStyle w:val="P"/>'),
        {"styles": style("S", "<w:vanish/>", "character") + style("P", "<w:vanish/>")},
    ),
    "vanish of the change before": (
        paragraph('<w:rPrChange w:id="1"><w:rPr><w:vanish/></w:rPr></w:rPrChange>'),
        {},
    ),
    "small print of four points": (paragraph('<w:sz w:val="8"/>'), {}),
    "a style without a name of its own that would hide": (
        paragraph(""),
        {"styles": '<w:style w:type="paragraph" w:default="1"><w:rPr><w:sz w:val="2"/><w:vanish/></w:rPr></w:style>'},
    ),
    "hidden on the web alone": (paragraph("<w:webHidden/>"), {}),
}  # fmt: skip


@pytest.mark.parametrize("case", HIDDEN_IN_WORD)
def test_hidden_in_word(case):
    """What nobody sees in Word is left out, and reported with its words."""
    body, options = HIDDEN_IN_WORD[case]
    text = read_docx(body, **options)
    assert text.text.split() == ["seen"]
    assert any("secret" in item.text for item in text.dropped)


@pytest.mark.parametrize("case", SHOWN_IN_WORD)
def test_shown_in_word(case):
    """What somebody sees in Word is text."""
    body, options = SHOWN_IN_WORD[case]
    assert "secret" in read_docx(body, **options).text


HIDDEN_IN_RTF = {
    "hidden": r"{\v secret}",
    "one half-point": r"{\fs1 secret}",
    "one percent wide": r"{\charscalex1 secret}",
    "white": r"{\cf1 secret}",
    "nearly white": r"{\cf3 secret}",
    "the color of what is behind it": r"{\cf4\chcbpat4 secret}",
    "the color of its highlight": r"{\cf4\highlight4 secret}",
    "the color of its paragraph": r"\pard\cbpat4 {\cf4 secret}\par",
    "white in a cell without a fill": r"\trowd\cellx9\pard\intbl{\cf1 secret}\cell\row",
    "the color of its cell": r"\trowd\clcbpat4\cellx9\pard\intbl{\cf4 secret}\cell\row",
    "the rest of a merged cell": r"\trowd\clvmrg\cellx9\pard\intbl secret\cell\row",
    "a row one point high": r"\trowd\trrh-20\cellx9\pard\intbl secret\cell\row",
    "a line one point high": r"\pard\sl-20 secret\par",
    "an indent off the page": r"\pard\li-30000 secret\par",
    "a frame off the page": r"\pard\posx-30000 secret\par",
    "a hidden shape": r"{\shp{\*\shpinst{\sp{\sn fHidden}{\sv 1}}{\shptxt secret\par}}}",
    "a shape off the page": r"{\shp{\*\shpinst\shpleft-90000\shptop0{\shptxt secret\par}}}",
    "white in a white shape": r"{\shp{\*\shpinst{\sp{\sn fillColor}{\sv 16777215}}{\shptxt\cf1 secret\par}}}",
    "a group that no reader knows": r"{\*\nobodyknows secret}",
    "the instruction of a field": r"{\field{\*\fldinst PAGE secret}{\fldrslt 1}}",
}
SHOWN_IN_RTF = {
    "hidden turned off": r"{\v\v0 secret}",
    "white on a dark color": r"{\cf1\chcbpat4 secret}",
    "white on a highlight": r"{\cf1\highlight4 secret}",
    "white in a dark paragraph": r"\pard\cbpat4 {\cf1 secret}\par",
    "white in a dark cell": r"\trowd\clcbpat4\cellx9\pard\plain\intbl{\cf1 secret}\cell\row",
    "white in a second cell, a dark one": r"\trowd\cellx9\clcbpat4\cellx19\pard\intbl a\cell{\cf1 secret}\cell\row",
    "white in a cell with a pattern": r"\trowd\clshdng9000\cellx9\pard\intbl{\cf1 secret}\cell\row",
    "white on a shaded paragraph": r"\pard\shading9000 {\cf1 secret}\par",
    "white in a dark shape": r"{\shp{\*\shpinst{\sp{\sn fillColor}{\sv 0}}{\shptxt\cf1 secret\par}}}",
    "white in a shape with a picture": r"{\shp{\*\shpinst{\sp{\sn fillType}{\sv 3}}{\shptxt\cf1 secret\par}}}",
    "a line of twelve points": r"\pard\sl-240 secret\par\pard\sl20\slmult1 more\par",
    "a row of at least one point": r"\trowd\trrh20\cellx9\pard\intbl secret\cell\row",
    "a paragraph after one off the page": r"\pard\li-30000 x\par\pard secret\par",
    "automatic color": r"{\cf0 secret}",
    "plain again": r"{\v\plain secret}",
    "small print": r"{\fs8 secret}",
    "inserted": r"{\revised secret}",
}


@pytest.mark.parametrize("case", HIDDEN_IN_RTF)
def test_hidden_in_rtf(case):
    """What nobody sees in an RTF file is left out, and reported with its words or its group's name."""
    text = read_rtf(HIDDEN_IN_RTF[case])
    assert "secret" not in text.text
    assert text.dropped or "instruction" in case


@pytest.mark.parametrize("case", SHOWN_IN_RTF)
def test_shown_in_rtf(case):
    """What somebody sees in an RTF file is text."""
    assert "secret" in read_rtf(SHOWN_IN_RTF[case]).text


SPAN = '<text:p><text:span text:style-name="S">secret</text:span></text:p>'
CELL = (
    '<table:table><table:table-row><table:table-cell table:style-name="C">'
    f"{SPAN}</table:table-cell><table:table-cell/></table:table-row></table:table>"
)
FRAME = "<text:p>a<draw:frame {}><draw:text-box>" + SPAN + "</draw:text-box></draw:frame></text:p>"


def set_text(properties, name="S", family="text", kind="text"):
    """A style of OpenDocument."""
    inner = f"<style:{kind}-properties {properties}/>"
    return f'<style:style style:name="{name}" style:family="{family}">{inner}</style:style>'


WHITE_SPAN = set_text('fo:color="#ffffff"')
HIDDEN_IN_ODT = {
    "display none": (SPAN, set_text('text:display="none"')),
    "one point": (SPAN, set_text('fo:font-size="1pt"')),
    "a tenth of ten points": (
        SPAN.replace("<text:p>", '<text:p text:style-name="P">'),
        set_text('fo:font-size="10%"') + set_text('fo:font-size="10pt"', "P", "paragraph"),
    ),
    "one percent wide": (SPAN, set_text('fo:font-size="12pt" style:text-scale="1%"')),
    "white": (SPAN, WHITE_SPAN),
    "nearly white": (SPAN, set_text('fo:color="#fafafa"')),
    "the color of what is behind it": (SPAN, set_text('fo:color="#112233" fo:background-color="#112233"')),
    "the color of its paragraph": (
        SPAN.replace("<text:p>", '<text:p text:style-name="P">'),
        set_text('fo:color="#112233"') + set_text('fo:background-color="#112233"', "P", "paragraph", "paragraph"),
    ),
    "a line one point high": (
        SPAN.replace("<text:p>", '<text:p text:style-name="P">'),
        set_text('fo:line-height="1pt"', "P", "paragraph", "paragraph"),
    ),
    "an indent off the page": (
        SPAN.replace("<text:p>", '<text:p text:style-name="P">'),
        set_text('fo:margin-left="-60cm"', "P", "paragraph", "paragraph"),
    ),
    "white in a cell without a fill": (CELL, WHITE_SPAN),
    "the color of its cell": (
        CELL,
        set_text('fo:color="#112233"') + set_text('fo:background-color="#112233"', "C", "table-cell", "table-cell"),
    ),
    "transparent": (SPAN, set_text('fo:color="#000000" loext:opacity="0%"')),
    "a hidden section": ('<text:section text:display="none"><text:p>secret</text:p></text:section>', ""),
    "a hidden section in a cell": (
        CELL.replace(SPAN, f'<text:section text:display="none">{SPAN}</text:section>'),
        "",
    ),
    "a section hidden by its condition": (
        '<text:section text:display="condition" text:is-hidden="true"><text:p>secret</text:p></text:section>',
        "",
    ),
    "a hidden paragraph": ('<text:p><text:hidden-paragraph text:is-hidden="true"/>secret</text:p>', ""),
    "hidden text": ('<text:p><text:hidden-text text:is-hidden="true" text:string-value="secret"/></text:p>', ""),
    "a hidden row": (
        CELL.replace("<table:table-row>", '<table:table-row table:visibility="collapse">'),
        "",
    ),
    "a frame off the page": (FRAME.format('svg:x="-90cm" svg:y="0cm"'), ""),
    "a frame without height": (FRAME.format('svg:width="3cm" svg:height="0cm"'), ""),
    "an element that no program knows": ('<text:p>a<x:y xmlns:x="urn:x">secret</x:y></text:p>', ""),
}
SHOWN_IN_ODT = {
    "automatic color": (SPAN, set_text('style:use-window-font-color="true" loext:opacity="0%"')),
    "a color over an automatic one": (
        SPAN.replace("<text:p>", '<text:p text:style-name="P">'),
        set_text('fo:color="#112233"')
        + set_text('style:use-window-font-color="true" loext:opacity="0%"', "P", "paragraph"),
    ),
    "white on a dark color": (SPAN, set_text('fo:color="#ffffff" fo:background-color="#112233"')),
    "white in a dark paragraph": (
        SPAN.replace("<text:p>", '<text:p text:style-name="P">'),
        WHITE_SPAN + set_text('fo:background-color="#112233"', "P", "paragraph", "paragraph"),
    ),
    "white in a dark cell": (
        CELL,
        WHITE_SPAN + set_text('fo:background-color="#112233"', "C", "table-cell", "table-cell"),
    ),
    "white in a dark section": (
        f'<text:section text:style-name="Q">{SPAN}</text:section>',
        WHITE_SPAN + set_text('fo:background-color="#112233"', "Q", "section", "section"),
    ),
    "white in a dark frame": (
        FRAME.format('draw:style-name="F"'),
        WHITE_SPAN + set_text('draw:fill="solid" draw:fill-color="#112233"', "F", "graphic", "graphic"),
    ),
    "white in a frame with a gradient": (
        FRAME.format('draw:style-name="F"'),
        WHITE_SPAN + set_text('draw:fill="gradient"', "F", "graphic", "graphic"),
    ),
    "black within white": (
        '<text:p><text:span text:style-name="S"><text:span text:style-name="B">secret</text:span></text:span></text:p>',
        WHITE_SPAN + set_text('fo:color="#000000"', "B"),
    ),
    "small print": (SPAN, set_text('fo:font-size="4pt"')),
    "half of ten points": (SPAN, set_text('fo:font-size="50%"')),
    "a section that is shown": (
        '<text:section text:display="condition" text:is-hidden="false"><text:p>secret</text:p></text:section>',
        "",
    ),
    "a paragraph whose condition does not hold": (
        '<text:p><text:hidden-paragraph text:is-hidden="false"/>secret</text:p>',
        "",
    ),
    "a frame that grows": (
        FRAME.replace("<draw:text-box>", '<draw:text-box fo:min-height="0.5cm">').format('svg:width="3cm"'),
        "",
    ),
}


@pytest.mark.parametrize("case", HIDDEN_IN_ODT)
def test_hidden_in_odt(case):
    """What nobody sees in an OpenDocument text is left out, and reported with its words."""
    body, styles = HIDDEN_IN_ODT[case]
    text = read_odt(f"<text:p>seen</text:p>{body}", styles)
    assert "secret" not in text.text
    assert any("secret" in item.text for item in text.dropped)


@pytest.mark.parametrize("case", SHOWN_IN_ODT)
def test_shown_in_odt(case):
    """What somebody sees in an OpenDocument text is text."""
    body, styles = SHOWN_IN_ODT[case]
    assert "secret" in read_odt(body, styles).text
