"""Charts of Office files give all that they show: titles, axes, labels, and the values that they keep."""

import pytest
from lxml import etree

from glyph_integrations.source.formats.drawings.charts import read_chart

C = "http://schemas.openxmlformats.org/drawingml/2006/chart"
CX = "http://schemas.microsoft.com/office/drawing/2014/chartex"
A = "http://schemas.openxmlformats.org/drawingml/2006/main"


def read(plots, title=""):
    """A chart of plots."""
    xml = (
        f'<c:chartSpace xmlns:c="{C}" xmlns:a="{A}"><c:chart>{title}<c:plotArea>{plots}</c:plotArea></c:chart>'
        "</c:chartSpace>"
    )
    return read_chart(etree.fromstring(xml))


def cache(kind, *values, code="General", first=0):
    """The values that a chart keeps."""
    points = "".join(f'<c:pt idx="{number}"><c:v>{value}</c:v></c:pt>' for number, value in enumerate(values, first))
    stated = f"<c:formatCode>{code}</c:formatCode>" if kind == "num" else ""
    return f"<c:{kind}Ref><c:{kind}Cache>{stated}{points}</c:{kind}Cache></c:{kind}Ref>"


def series(name, values, categories=""):
    """One series."""
    return f"<c:ser><c:tx>{cache('str', name)}</c:tx>{categories}<c:val>{values}</c:val></c:ser>"


def title(text):
    """A title."""
    return f"<c:title><c:tx><c:rich><a:p><a:r><a:t>{text}</a:t></a:r></a:p></c:rich></c:tx></c:title>"


def test_formats():
    """Values and dates show in the number formats that the chart keeps with them."""
    categories = f"<c:cat>{cache('num', 45292, 45323, code='mmm-yy')}</c:cat>"
    chart = read(f"<c:lineChart>{series('Sales', cache('num', 1500000, 0.5, code='#,##0'), categories)}</c:lineChart>")
    assert chart.tables == ([["", "Sales"], ["Jan-24", "1,500,000"], ["Feb-24", "1"]],)


def test_missing_points():
    """A point without a value is a blank cell, in its place."""
    categories = f"<c:cat>{cache('str', 'a', 'b', 'c')}</c:cat>"
    plots = series("p", cache("num", 2, first=1), categories) + series("q", cache("num", 1, 2, 3), categories)
    assert read(f"<c:barChart>{plots}</c:barChart>").tables[0][1:] == [["a", "", "1"], ["b", "2", "2"], ["c", "", "3"]]


def test_kinds_side_by_side():
    """Bars and lines over the same categories are columns of one table."""
    categories = f"<c:cat>{cache('str', 'a')}</c:cat>"
    bars = f"<c:barChart>{series('bars', cache('num', 1), categories)}</c:barChart>"
    line = f"<c:lineChart>{series('line', cache('num', 2), categories)}</c:lineChart>"
    assert read(bars + line).tables == ([["", "bars", "line"], ["a", "1", "2"]],)


def test_titles_and_labels():
    """The chart's title, its axes' and labels written by hand are kept."""
    label = f"<c:ser><c:dLbls><c:dLbl><c:idx val='0'/>{title('peak')[9:-10]}</c:dLbl></c:dLbls></c:ser>"
    axis = f"<c:valAx>{title('USD million')}</c:valAx>"
    chart = read(f"<c:barChart>{label}</c:barChart>{axis}", title("Growth"))
    assert (chart.title, chart.notes) == ("Growth", ("axis: USD million", "label: peak"))


def test_grouped_categories():
    """The levels of a grouped category are joined, the outer one first."""
    level = "<c:lvl>{}</c:lvl>".format
    point = '<c:pt idx="{}"><c:v>{}</c:v></c:pt>'.format
    inner, outer = level(point(0, "Q1") + point(1, "Q2")), level(point(0, "2024"))
    cats = (
        f"<c:cat><c:multiLvlStrRef><c:multiLvlStrCache>{inner}{outer}</c:multiLvlStrCache></c:multiLvlStrRef></c:cat>"
    )
    chart = read(f"<c:barChart>{series('s', cache('num', 1, 2), cats)}</c:barChart>")
    assert [row[0] for row in chart.tables[0]] == ["", "2024 / Q1", "2024 / Q2"]


def test_extended_charts():
    """Charts of the kinds that came in 2016 give their title and data."""
    xml = (
        f'<cx:chartSpace xmlns:cx="{CX}" xmlns:a="{A}"><cx:chartData><cx:data id="0"><cx:strDim type="cat"><cx:lvl>'
        '<cx:pt idx="0">Start</cx:pt><cx:pt idx="1">End</cx:pt></cx:lvl></cx:strDim><cx:numDim type="val">'
        '<cx:lvl formatCode="0.0"><cx:pt idx="0">1</cx:pt><cx:pt idx="1">2.25</cx:pt></cx:lvl></cx:numDim></cx:data>'
        "</cx:chartData><cx:chart><cx:title><cx:tx><cx:rich><a:p><a:r><a:t>Bridge</a:t></a:r></a:p></cx:rich></cx:tx>"
        '</cx:title><cx:plotArea><cx:plotAreaRegion><cx:series layoutId="waterfall"><cx:tx><cx:txData><cx:v>Cash</cx:v>'
        '</cx:txData></cx:tx><cx:dataId val="0"/></cx:series></cx:plotAreaRegion></cx:plotArea></cx:chart>'
        "</cx:chartSpace>"
    )
    chart = read_chart(etree.fromstring(xml))
    assert chart.title == "Bridge"
    assert chart.tables == ([["", "Cash"], ["Start", "1.0"], ["End", "2.3"]],)


@pytest.mark.parametrize("index", ["-1", "x", "", "99999999999", "²"])
def test_damaged_points(index):
    """A point at no place, or too far out, does not cost the others."""
    points = (
        f'<c:numRef><c:numCache><c:pt idx="{index}"><c:v>9</c:v></c:pt><c:pt idx="0"><c:v>1</c:v></c:pt></c:numCache>'
    )
    chart = read(f"<c:barChart>{series('s', points + '</c:numRef>')}</c:barChart>")
    assert chart.tables[0][1:] == [["1", "1"]]
