"""The data of an Office chart as tables, from the values that the chart itself keeps."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from glyph_integrations.source.formats.sheets.numbers import display, display_plain
from glyph_integrations.source.office import A, C

if TYPE_CHECKING:
    from collections.abc import Iterator

    from lxml import etree

    from glyph_integrations.source.builder import TextBuilder

CX = "{http://schemas.microsoft.com/office/drawing/2014/chartex}"
_MOST_POINTS = 100_000

Rows = list[list[str]]


@dataclass(frozen=True, slots=True, kw_only=True)
class Chart:
    """What a chart shows.

    Attributes:
        title: Empty where it has none.
        notes: Titles of axes, and labels written by hand.
        tables: One for each set of categories: a head row of series, then a row for each category.
    """

    title: str = ""
    notes: tuple[str, ...] = ()
    tables: tuple[Rows, ...] = ()


@dataclass(slots=True)
class _Series:
    """One series: its name, and by point its category and its values, one for each head."""

    name: str
    categories: dict[int, str]
    columns: dict[str, dict[int, str]] = field(default_factory=dict)


def read_chart(tree: etree._Element) -> Chart:
    """What a chart part shows, of the kinds before 2016 and those since."""
    if tree.tag == f"{CX}chartSpace":
        return _read_extended(tree)
    chart = tree.find(f"{C}chart")
    if chart is None:
        return Chart()
    series = [each for plot in chart.iterfind(f"{C}plotArea/*") for each in _read_plot(plot, _secondary_axes(chart))]
    title = _read_text(chart.find(f"{C}title"))
    deleted = chart.find(f"{C}autoTitleDeleted")
    if not title and chart.find(f"{C}title") is not None and len(series) == 1 and not _is_set(deleted):
        title = series[0].name
    axes = (axis.find(f"{C}title") for axis in chart.iterfind(f"{C}plotArea/*") if axis.tag.endswith("Ax"))
    notes = [f"axis: {text}" for text in map(_read_text, axes) if text]
    notes += [f"label: {text}" for text in map(_read_text, chart.iter(f"{C}dLbl")) if text]
    return Chart(title=title, notes=tuple(notes), tables=tuple(_build_tables(series)))


def write_chart(builder: TextBuilder, chart: Chart) -> None:
    """Writes a chart as its title and its tables."""
    builder.line(f"[chart: {chart.title}]" if chart.title else "[chart]")
    for note in chart.notes:
        builder.line(f"[{note}]")
    for table in chart.tables:
        builder.table(table)


def _read_plot(plot: etree._Element, secondary: frozenset[str]) -> Iterator[_Series]:
    """The series of one plot (bars, lines …) of a chart."""
    beside = any(axis.get("val") in secondary for axis in plot.iterfind(f"{C}axId"))
    for element in plot.iterfind(f"{C}ser"):
        name = _read_text(element.find(f"{C}tx")) + (" (secondary axis)" if beside else "")
        series = _Series(name, _read_points(_first(element, "cat", "xVal")))
        series.columns[name] = _read_points(_first(element, "val", "yVal"))
        if sizes := _read_points(_first(element, "bubbleSize")):
            series.columns[f"{name} (size)".strip()] = sizes
        yield series


def _secondary_axes(chart: etree._Element) -> frozenset[str]:
    """The identifiers of value axes that cross at the far side, as a second one does."""
    axes = chart.findall(f"{C}plotArea/{C}valAx")
    if len(axes) < 2 or chart.find(f"{C}plotArea/{C}scatterChart") is not None:
        return frozenset()
    far = [axis for axis in axes if _value(axis.find(f"{C}crosses")) == "max"]
    return frozenset(_value(axis.find(f"{C}axId")) for axis in far)


def _build_tables(series: list[_Series]) -> Iterator[Rows]:
    """Series over the same categories side by side in one table."""
    while series:
        first = series[0]
        beside = [each for each in series if each.categories == first.categories]
        series = [each for each in series if each.categories != first.categories]
        columns = [(name, values) for each in beside for name, values in each.columns.items()]
        points = sorted(set(first.categories).union(*(values for _, values in columns)))
        if points:
            rows = [
                [first.categories.get(point, "" if first.categories else str(point + 1))]
                + [values.get(point, "") for _, values in columns]
                for point in points
            ]
            yield [["", *(name for name, _ in columns)], *rows]


def _read_points(element: etree._Element | None) -> dict[int, str]:
    """Texts or numbers by point; the levels of a grouped category joined, the outer one first."""
    if element is None:
        return {}
    levels = element.findall(f".//{C}lvl")
    if levels:
        return _join_levels([_read_level(level, "") for level in levels])
    code = element.findtext(f".//{C}formatCode") or "General"
    caches = (cache for name in ("numCache", "strCache", "numLit", "strLit") for cache in element.iter(f"{C}{name}"))
    cache = next(caches, None)
    return {} if cache is None else _read_level(cache, code if cache.tag.startswith(f"{C}num") else "")


def _join_levels(levels: list[dict[int, str]]) -> dict[int, str]:
    """Labels of grouped categories; the first level is the innermost, and an outer label holds until the next."""
    joined = dict(levels[0])
    for level in levels[1:]:
        current = ""
        for point in range(max(joined, default=-1) + 1):
            current = level.get(point, current)
            if current and point in joined:
                joined[point] = f"{current} / {joined[point]}"
    return joined


def _read_level(level: etree._Element, code: str) -> dict[int, str]:
    points = {}
    for point in level.iterfind(f"{C}pt"):
        index = point.get("idx", "")
        if index.isdecimal() and int(index) < _MOST_POINTS:
            text = point.findtext(f"{C}v") or ""
            points[int(index)] = _display(text, point.get("formatCode") or code)
    return points


def _display(text: str, code: str) -> str:
    if not code:
        return " ".join(text.split())
    try:
        number = float(text)
    except ValueError:
        return text
    return display(number, code) or display_plain(number)


def _read_extended(tree: etree._Element) -> Chart:
    """A chart of a kind that came in 2016, such as a waterfall or a treemap."""
    data = {element.get("id", ""): element for element in tree.iterfind(f"{CX}chartData/{CX}data")}
    series = []
    for element in tree.iter(f"{CX}series"):
        place = element.find(f"{CX}dataId")
        source = data.get("" if place is None else place.get("val", ""))
        name = _read_text(element.find(f"{CX}tx"))
        words = () if source is None else source.iterfind(f"{CX}strDim/{CX}lvl")
        levels = [_read_extended_level(level, "") for level in words]
        found = _Series(name, _join_levels(levels) if levels else {})
        for dimension in () if source is None else source.iterfind(f"{CX}numDim"):
            level = dimension.find(f"{CX}lvl")
            if level is not None:
                head = name if not found.columns else f"{name} ({dimension.get('type', '')})".strip()
                found.columns[head] = _read_extended_level(level, level.get("formatCode") or "General")
        series.append(found)
    title = _read_text(tree.find(f"{CX}chart/{CX}title"))
    return Chart(title=title, tables=tuple(_build_tables(series)))


def _read_extended_level(level: etree._Element, code: str) -> dict[int, str]:
    points = ((point.get("idx", ""), point.text or "") for point in level.iterfind(f"{CX}pt"))
    return {int(i): _display(text, code) for i, text in points if i.isdecimal() and int(i) < _MOST_POINTS}


def _read_text(element: etree._Element | None) -> str:
    """The words of a title, name or label: written into it, or kept from the cells that it refers to."""
    if element is None:
        return ""
    lines = ("".join(run.text or "" for run in line.iter(f"{A}t")) for line in element.iter(f"{A}p"))
    rich = " ".join(filter(None, lines))
    if not rich and element.tag != f"{C}dLbl":
        rich = " ".join(value.text or "" for value in element.iter(f"{C}v", f"{CX}v"))
    return " ".join(rich.split())


def _first(element: etree._Element, *names: str) -> etree._Element | None:
    return next((child for name in names if (child := element.find(f"{C}{name}")) is not None), None)


def _value(element: etree._Element | None) -> str:
    return "" if element is None else element.get("val", "")


def _is_set(element: etree._Element | None) -> bool:
    return element is not None and element.get("val", "1") in ("1", "true")
