"""OpenDocument texts lose none of what a person sees: pictures, forms, ruby, strikes, fields, objects, notes."""

import io

import pytest
from odt_samples import SPACES, make_odt, read_odt
from PIL import Image

from glyph_integrations.errors import EncryptedError
from glyph_integrations.source import Limits, load


def picture(kind="PNG"):
    """A picture file of 200 × 100 px."""
    file = io.BytesIO()
    Image.new("RGB", (200, 100), "navy").save(file, kind)
    return file.getvalue()


def set_text(properties):
    """A style S of text."""
    return f'<style:style style:name="S" style:family="text"><style:text-properties {properties}/></style:style>'


def span(text):
    """A span in the style S."""
    return f'<text:span text:style-name="S">{text}</text:span>'


RUBY = "<text:ruby><text:ruby-base>東</text:ruby-base><text:ruby-text>とう</text:ruby-text></text:ruby>"
CHOICE = (
    '<text:drop-down><text:label text:value="red"/><text:label text:value="blue" text:current-selected="true"/>'
    "</text:drop-down>"
)
BOX = (
    '<field:fieldmark field:type="vnd.oasis.opendocument.field.FORMCHECKBOX"><field:param '
    'field:name="Checkbox_Checked" field:value="true"/></field:fieldmark>'
)
STRUCK = set_text('style:text-line-through-style="solid" style:text-line-through-type="single"')


@pytest.mark.parametrize(
    ("body", "styles", "text"),
    [
        (RUBY, "", "東(とう)"),
        (f"The {span('500')}750", STRUCK, "The ~~500~~750"),
        (f"The {span('500')}750", set_text('style:text-line-through-style="none"'), "The 500750"),
        (f"10{span('6')}", set_text('style:text-position="super 58%"'), "10⁶"),
        (f"10{span('6,5')}", set_text('style:text-position="33% 58%"'), "10^(6,5)"),
        (span("\uf0fc"), set_text('style:font-name="Wingdings"'), "✓"),
        ("a  b\n  c", "", "a b c"),
        ('a<text:s text:c="2"/>b<text:tab/>c<text:line-break/>d', "", "a  b\tc\nd"),
        ("one<text:soft-page-break/> two", "", "one two"),
        (CHOICE, "", "blue"),
        ("<text:date>1 May</text:date> <text:page-number>7</text:page-number>", "", "1 May 7"),
        ('<text:a xlink:href="#top">up</text:a>', "", "up"),
        ('<loext:content-control loext:checkbox="true" loext:checked="true"></loext:content-control>', "", "☒"),
        (BOX + " yes", "", "☒ yes"),
    ],
)
def test_inline(body, styles, text):
    """Whatever a paragraph holds, its words are kept as they are meant."""
    assert read_odt(f"<text:p>{body}</text:p>", styles).text == f"{text}\n"


def test_tracked_changes():
    """Deleted text is left out, reported, and never glues what stood on both sides of it."""
    text = read_odt(
        '<text:tracked-changes><text:changed-region text:id="c1"><text:deletion><text:p> and </text:p></text:deletion>'
        "</text:changed-region></text:tracked-changes>"
        '<text:p>500<text:change text:change-id="c1"/>750</text:p>'
    )
    assert text.text == "500 750\n"
    assert [(item.reason, item.text, item.hidden) for item in text.dropped] == [("tracked deletion", "and", False)]


def test_links_are_kept_and_their_addresses_reported():
    """A link's words are text; where it leads to is reported."""
    text = read_odt('<text:p><text:a xlink:href="https://a.b/c">here</text:a></text:p>')
    assert text.text == "here\n"
    assert [(item.reason, item.text) for item in text.dropped] == [("link address", "https://a.b/c")]


def test_form_controls():
    """Boxes, choices and entries of a form show their state in their place."""
    form = (
        '<office:forms><form:form><form:checkbox form:id="a" form:label="Yes" form:current-state="checked"/>'
        '<form:checkbox form:id="b" form:label="No"/><form:text form:id="c" form:current-value="Ann"/>'
        '<form:listbox form:id="d"><form:option form:label="red"/>'
        '<form:option form:label="blue" form:current-selected="true"/></form:listbox></form:form></office:forms>'
    )
    controls = "".join(f'<text:p><draw:control draw:control="{name}"/></text:p>' for name in "abcd")
    assert read_odt(form + controls).text.splitlines() == ["☒ Yes", "☐ No", "Ann", "blue"]


FRAME = '<draw:frame svg:width="100pt" svg:height="50pt" {}>{}</draw:frame>'
IMAGE = '<draw:image xlink:href="Pictures/a.png"/>'


def test_pictures_stand_in_their_place():
    """A picture stands between the paragraphs around it, in its size, with its description."""
    body = f"<text:p>before</text:p><text:p>{FRAME.format('', IMAGE + '<svg:desc>A fox</svg:desc>')}</text:p>"
    text = read_odt(f"{body}<text:p>after</text:p>", members={"Pictures/a.png": picture()})
    assert text.text == "before\n[picture: A fox]\nafter\n"
    assert (text.pictures[0].width, text.pictures[0].height) == (100, 50)


def test_pictures_of_all_places():
    """Pictures in groups, tables and headers, and those in the text itself, are shown; a drawing of one is not."""
    colors = ("red", "green", "blue", "gold", "black")
    members = {}
    for color in colors:
        file = io.BytesIO()
        Image.new("RGB", (200, 100), color).save(file, "PNG")
        members[f"Pictures/{color}.png"] = file.getvalue()
    red, green, blue, gold, black = (
        FRAME.format("", f'<draw:image xlink:href="Pictures/{color}.png"/><svg:desc>{color}</svg:desc>')
        for color in colors
    )
    vector = gold.replace("<draw:image", '<draw:image xlink:href="Pictures/gold.svg"/><draw:image')
    row = f"<table:table-row><table:table-cell><text:p>a{blue}</text:p></table:table-cell><table:table-cell/>"
    text = read_odt(
        f"<text:p><draw:g>{red}{green}</draw:g></text:p><table:table>{row}</table:table-row></table:table>"
        f"<text:p>{vector}</text:p>",
        members={**members, "Pictures/gold.svg": "<svg/>"},
        master=f'<office:master-styles><style:master-page style:name="Standard"><style:header><text:p>{black}</text:p>'
        "</style:header></style:master-page></office:master-styles>",
    )
    assert text.text.splitlines() == [
        "[picture: black]", "[picture: red]", "[picture: green]", "a | ", "[picture: blue]", "[picture: gold]"
    ]  # fmt: skip
    assert len(text.pictures) == 5


def test_cropped_pictures():
    """Of a cropped picture only what is left is shown."""
    style = (
        '<style:style style:name="F" style:family="graphic"><style:graphic-properties '
        'fo:clip="rect(0pt, 75pt, 0pt, 0pt)"/></style:style>'
    )
    body = f"<text:p>{FRAME.format('draw:style-name=' + chr(34) + 'F' + chr(34), IMAGE)}</text:p>"
    shown = read_odt(body, style, members={"Pictures/a.png": picture()}).pictures[0]
    assert tuple(shown.box) == (0, 0, 0.5, 1)
    assert shown.width == 200


def test_pictures_elsewhere_are_named():
    """A picture that lies elsewhere is named with the reason."""
    image = '<draw:image xlink:href="https://a.b/logo.png"/>'
    text = read_odt(f"<text:p>{FRAME.format('', image)}</text:p>")
    assert text.text == "[picture not shown: logo.png, it lies outside of the file and is not fetched]\n"


def make_object(body):
    """The content of an embedded object."""
    spaces = SPACES + ' xmlns:chart="urn:oasis:names:tc:opendocument:xmlns:chart:1.0"'
    return f"<office:document-content {spaces}>{body}</office:document-content>"


OBJECT = FRAME.format("", '<draw:object xlink:href="./Object 1"/><draw:image xlink:href="Pictures/a.png"/>')
CELL = "<table:table-cell><text:p>{}</text:p></table:table-cell>".format


@pytest.mark.parametrize(
    ("content", "lines"),
    [
        (
            make_object(
                "<office:body><office:chart><chart:chart><chart:title><text:p>Sales</text:p></chart:title><table:table>"
                f"<table:table-row>{CELL('')}{CELL('Cars')}</table:table-row><table:table-row>{CELL('Q1')}{CELL('10')}"
                "</table:table-row></table:table></chart:chart></office:chart></office:body>"
            ),
            ["Sales", " | Cars", "Q1 | 10"],
        ),
        (
            make_object(
                f"<office:body><office:spreadsheet><table:table><table:table-row>{CELL('a')}{CELL('b')}"
                "</table:table-row></table:table></office:spreadsheet></office:body>"
            ),
            ["a | b"],
        ),
        (
            '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mn>2</mn></mfrac></math>',
            ["1/2"],
        ),
    ],
)
def test_objects(content, lines):
    """Charts are their data, sheets their rows and formulas one line; their pictures are not shown besides."""
    members = {"Object 1/content.xml": content, "Pictures/a.png": picture()}
    text = read_odt(f"<text:p>{OBJECT}</text:p>", members=members)
    assert text.text.splitlines() == lines
    assert not text.pictures


def test_formulas_stand_within_their_line():
    """A formula within a line stands there, and spaces that begin a line stay."""
    frame = FRAME.format("", '<draw:object xlink:href="F"/>')
    content = '<math xmlns="http://www.w3.org/1998/Math/MathML"><mfrac><mn>1</mn><mn>2</mn></mfrac></math>'
    text = read_odt(
        f'<text:p>  take {frame} of it</text:p><text:p> <text:s text:c="2"/>return</text:p>',
        members={"F/content.xml": content},
    )
    assert text.text == "take 1/2 of it\n  return\n"


def test_objects_that_cannot_be_read_show_their_picture():
    """Of an object that cannot be read the picture is shown, and the object is reported."""
    text = read_odt(f"<text:p>{OBJECT}</text:p>", members={"Object 1/content.xml": "<x", "Pictures/a.png": picture()})
    assert len(text.pictures) == 1
    assert "embedded object that cannot be read" in text.dropped[0].reason


def test_embedded_files_are_read():
    """A file in a text is named in its place and read after it."""
    frame = FRAME.format("", '<draw:object-ole xlink:href="./inner.odt"/>')
    text = read_odt(f"<text:p>outer{frame}</text:p>", members={"inner.odt": make_odt("<text:p>inner words</text:p>")})
    assert text.text.startswith("outer\n[attachment: inner.odt,")
    assert "inner words" in text.text


def test_replies_to_comments_say_what_they_answer():
    """Comments have their authors, and a reply names the comment that it answers."""
    comment = (
        '<office:annotation office:name="{}" {}><dc:creator>{}</dc:creator><text:p>{}</text:p></office:annotation>'
    )
    first = comment.format("c1", "", "Ann", "why?")
    second = comment.format("c2", 'loext:parent-name="c1"', "Bob", "so")
    lines = read_odt(f"<text:p>claim{first}{second}</text:p>").text.splitlines()
    assert lines == ["claim[comment 1][comment 2]", "[comment 1, Ann] why?", "[comment 2, Bob, answers 1] so"]


def test_headers_of_pages_that_are_not_used():
    """Headers come from the page styles that the text uses, and only where they are shown."""
    page = '<style:master-page style:name="{}"><style:header {}><text:p>{}</text:p></style:header></style:master-page>'
    master = (
        page.format("Standard", "", "head")
        + page.format("Envelope", "", "unused")
        + page.format("Named", "", "second head")
        + page.format("Off", 'style:display="false"', "not shown")
    )
    used = "".join(
        f'<style:style style:name="P{name}" style:family="paragraph" style:master-page-name="{name}"/>'
        for name in ("Named", "Off")
    )
    text = read_odt("<text:p>x</text:p>", used, master=f"<office:master-styles>{master}</office:master-styles>")
    assert text.text.splitlines() == ["head", "second head", "x"]


@pytest.mark.parametrize("prefix", ["", "manifest:"])
def test_encrypted(prefix):
    """A text with a password is said to be encrypted, however its manifest is spelled."""
    manifest = f'<{prefix}manifest xmlns:manifest="urn:m"><{prefix}encryption-data/></{prefix}manifest>'
    data = make_odt("<text:p>x</text:p>", members={"META-INF/manifest.xml": manifest})
    with pytest.raises(EncryptedError):
        load(data, limits=Limits(isolated=False))


def test_code_is_typeset_as_it_stands():
    """Paragraphs in a style of monospaced type keep their lines and columns."""
    styles = (
        '<style:style style:name="Preformatted_20_Text" style:family="paragraph">'
        '<style:text-properties style:font-name="Liberation Mono1"/></style:style>'
    )
    code = "".join(
        f'<text:p text:style-name="Preformatted_20_Text">{line}</text:p>'
        for line in ("def count(ships):", '<text:s text:c="4"/>return len(ships)')
    )
    prose = f"<text:p>{'The program counts ships. ' * 9}</text:p>"
    text = load(make_odt(prose + code + prose, styles))
    assert [text.text[start:end] for start, end in text.verbatim] == ["def count(ships):\n    return len(ships)"]
