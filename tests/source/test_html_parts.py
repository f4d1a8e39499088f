"""The parts of a page keep their sense in the text: what is struck out, raised, ticked, chosen, numbered, lined up."""

from __future__ import annotations

import pytest

from glyph_integrations.source import Limits, load

IN_PROCESS = Limits(isolated=False)
STATEMENT = (
    "<tr><th>Year<th colspan=3>2023<th colspan=3>2022<tr><td>Revenue<td>$<td>1,234<td>&nbsp;<td>$<td>1,111<td>"
    "<tr><td>Loss<td><td>(55<td>)<td><td>(12<td>)"
)


def read(html):
    """The page, loaded."""
    data = html if isinstance(html, bytes) else html.encode()
    return load(data, media_type="text/html", limits=IN_PROCESS)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("The fee is <s>500</s>750 euros.", "The fee is ~~500~~ 750 euros."),
        ("<del>a</del><ins>b</ins>", "~~a~~ b"),
        ("<strike> old </strike>new", "~~old~~ new"),
        ("x<span style='text-decoration:line-through'>y</span>", "x ~~y~~"),
        ("<style>.o{text-decoration-line:line-through}</style><b class=o>1<i>2</i></b>3", "~~12~~ 3"),
        ("<s>a<span style='display:inline-block'>b</span></s>", "~~a~~ b"),
        ("<s>one</s><p>two</p>", "~~one~~\ntwo"),
    ],
)
def test_what_is_struck_out_is_marked(html, text):
    """It is never glued to what replaced it."""
    assert read(html).text == f"{text}\n"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("10<sup>6</sup>", "10⁶"),
        ("10<sup>&minus;<i>n</i></sup>", "10⁻ⁿ"),
        ("10<sup><b>6</b></sup>", "10⁶"),
        ("10<span style='vertical-align:super;font-size:70%'>9</span>", "10⁹"),
        ("2<sup>x</sup>", "2^x"),
        ("2<sup>x/2</sup>", "2^(x/2)"),
        ("E<sub>kin</sub> H<sub>2</sub>O", "Eₖᵢₙ H₂O"),
        ("log<sub>base</sub>", "log_base"),
        ("1<sup>st</sup> 2<sup>nd</sup> M<sup>me</sup>", "1st 2nd M^me"),
        ("fact<sup>1,2</sup>", "fact¹,²"),
        ("word<sup><a href='#n1'>[1]</a></sup>", "word[1]"),
        ("<sub>small print in a line of its own</sub>", "small print in a line of its own"),
    ],
)
def test_scripts_do_not_change_numbers(html, text):
    """What is raised or lowered is written so, and footnote marks stay apart."""
    assert read(html).text == f"{text}\n"


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<input type=checkbox checked> yes <input type=checkbox> no", "☑ yes ☐ no"),
        ("<label><input type=radio name=a checked>A</label>", "☑ A"),
        ("<select><option>a<option selected>b</select>", "b"),
        ("<select><option disabled>choose<option>b</select>", "b"),
        ("<select multiple><option>a<option selected>b</select>", "☐ a\n☑ b"),
        ("Name <input value=Ann> <input placeholder=Town>", "Name Ann Town"),
        ("x<textarea>1\n2</textarea>y", "x\n1\n2\ny"),
        ("<input type=submit><button>Stop</button>", "Submit Stop"),
        ("<input type=password value=pass>a", "a"),
        ("<input type=file>a", "a"),
    ],
)
def test_fields_show_their_state(html, text):
    """Boxes, choices and values are read as they are shown."""
    assert read(html).text == f"{text}\n"


def test_groups_of_options():
    """Options of a list box stand below the label of their group; those of a menu are reported with it."""
    groups = (
        "<optgroup label=Fruit><option>a<option selected>b</optgroup><optgroup><option>c</optgroup>"
        "<optgroup label=Gone hidden><option>d</optgroup></select>"
    )
    assert read(f"<select multiple>{groups}").text == "Fruit\n☐ a\n☑ b\n☐ c\n"
    text = read(f"<select>{groups}")
    assert text.text == "b\n"
    assert [(item.reason, item.text) for item in text.dropped] == [
        ("not displayed", "d"),
        ("option not chosen", "Fruit: a c"),
    ]


def test_options_that_are_not_chosen_are_reported():
    """A menu shows its choice; the others are in the report, and are not hidden."""
    (entry,) = read("<select><option>a<option selected>b<option>c</select>").dropped
    assert (entry.reason, entry.text, entry.count, entry.hidden) == ("option not chosen", "a c", 2, False)


@pytest.mark.parametrize(
    ("html", "text"),
    [
        ("<div>a<div>b</div>c</div>", "a\nb\nc"),
        ("a<span style='display:block'>b</span>c", "a\nb\nc"),
        ("<div style='display:flex'><span>a</span><span>b</span></div>", "a b"),
        ("<div style='display:inline'>a</div><div style='display:inline'>b</div>", "a b"),
        ("<ul><li style='display:inline'>a<li style='display:inline-block'>b</ul>", "a b"),
        ("<span style='float:left'>O</span>nce", "Once"),
        ("<p style='white-space:pre-line'>a\n  b</p>", "a\n b"),
        ("<p>in&shy;deed<wbr>so</p>", "in\xaddeedso"),
        ("<span style='font-family:Wingdings'>\uf0fc</span> <font face=Symbol>a</font>", "✓ α"),
        ("<ul style='list-style-type:square'><li>a</ul>", "▪ a"),
        ("<ol style='list-style-type:upper-roman' start=4><li>a<li hidden>x<li>b</ol>", "IV. a\nV. b"),
        ("<ul style='list-style-type:\"- \"'><li>a</ul>", "- a"),
        ("<ul style='list-style:none'><li>a</ul>", "a"),
        ("<style>p::before{content:'§ ' attr(id)}p::after{content:'.'}</style><p id=7> x</p>", "§ 7 x."),
        ("<q>a</q>", "“a”"),
        ("<p>a<p>b</html><div>c</div>", "a\nb\nc"),
        ("<style>p{}</style><button>a</button><p>b", "a\nb"),
    ],
)
def test_blocks_are_kept_apart(html, text):
    """Blocks, items and boxes end the line or leave a space; marks are those that are shown."""
    assert read(html).text == f"{text}\n"


def test_preformatted_text_keeps_its_layout():
    """It is marked to be typeset as it stands."""
    text = read("<p>a</p><pre>x  y\n  z</pre><p>b</p>")
    assert text.text == "a\nx  y\n  z\nb\n"
    assert [text.text[start:end] for start, end in text.verbatim] == ["x  y\n  z\n"]


@pytest.mark.parametrize(
    ("html", "text"),
    [
        (
            STATEMENT,
            "Year | 2023 | 2022\nRevenue | $1,234 | $1,111\nLoss | (55) | (12)",
        ),
        ("<tfoot><tr><td>sum<td>3</tfoot><tr><td>a<td>1</tr><tr><td>b<td>2</tr>", "a | 1\nb | 2\nsum | 3"),
        ("<tr><td>a<td><s>1</s>2</tr>", "a | ~~1~~ 2"),
        ("<tr><td>a<td>1</tr>stray<td>b<td>2", "stray\na | 1\nb | 2"),
        ("<tr><td>a<td>1<p>x</tr><tr><form><td>b<td>2</form></tr>", None),
        ("<tr><td>a<td style='display:none'>x<td>1</tr>", "a | 1"),
        ("<tr><td>a<td rowspan=2>1</tr><tr><td>b</tr>", "a | 1\nb | "),
    ],
)
def test_tables_keep_rows_and_columns(html, text):
    """Numbers stay with their labels and their signs; nothing in a table is lost."""
    found = read(f"<table>{html}</table>").text
    if text is None:
        assert all(word in found for word in ("a", "1", "x", "b", "2"))
    else:
        assert found == f"{text}\n"


def test_text_in_utf_8_with_a_few_other_bytes():
    """A page that says UTF-8 is read as that, also where a tool wrote some bytes of Latin-1 into it."""
    page = "<meta charset=utf-8><p>größer, schöner, weiter über".encode() + b" naturgr\xfcn"
    assert read(page).text == "größer, schöner, weiter über naturgr\\xfcn\n"


def test_generated_numbers_are_reported():
    """Counters of style sheets are not worked out, which the report says."""
    text = read("<style>h2::before{content:counter(x) '. '}</style><h2>a</h2>")
    assert "not understood: content: counter()" in [item.reason for item in text.dropped]
