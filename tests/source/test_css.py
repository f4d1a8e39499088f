"""Style sheets are read as a desktop's browser reads them, and cannot take long."""

from __future__ import annotations

import time

import pytest
import tinycss2

from glyph_integrations.source import Limits, load
from glyph_integrations.source.formats.html.css.colors import Paint, read_color, read_gradient
from glyph_integrations.source.formats.html.css.lengths import Length, parse_length
from glyph_integrations.source.formats.html.css.media import container_holds, media_holds, supports_holds

IN_PROCESS = Limits(isolated=False)


def tokens(css):
    """Component values."""
    return tinycss2.parse_component_value_list(css)


def read(html):
    """The page, loaded."""
    return load(html.encode(), media_type="text/html", limits=IN_PROCESS)


@pytest.mark.parametrize(
    "query",
    [
        "",
        "all",
        "screen and (min-width: 768px)",
        "only screen and (max-width: 1280px)",
        "not print",
        "print, screen",
        "(min-width: 40em) and (max-width: 100em)",
        "(400px <= width < 1281px)",
        "(width > 30rem)",
        "(orientation: landscape)",
        "(hover: hover) and (pointer: fine)",
        "(prefers-color-scheme: light)",
        "(not (prefers-color-scheme: dark))",
        "not (max-width: 500px)",
        "(max-width: 500px) or (min-width: 600px)",
        "(min-aspect-ratio: 1/1)",
        "(max-resolution: 1dppx)",
        "(color)",
    ],
)
def test_media_that_hold(query):
    """A screen of 1,280 px in light colors."""
    assert media_holds(tokens(query))


@pytest.mark.parametrize(
    "query",
    [
        "print",
        "speech",
        "screen and (max-width: 767.98px)",
        "not screen",
        "(width < 600px)",
        "(prefers-color-scheme: dark)",
        "(prefers-reduced-motion: reduce)",
        "(min-resolution: 2dppx)",
        "(orientation: portrait)",
        "(nonsense: 1)",
        "(monochrome)",
        "not all and (color)",
    ],
)
def test_media_that_do_not(query):
    """Paper, phones, dark schemes and what no browser knows."""
    assert not media_holds(tokens(query))


def test_conditions():
    """Other engines' properties are not supported; a container is as wide as the window."""
    assert supports_holds(tokens("(display: grid) and (not (-ms-ime-align: auto))"))
    assert not supports_holds(tokens("not (display: grid)"))
    assert container_holds(tokens("sidebar (min-width: 400px)"))
    assert not container_holds(tokens("(max-width: 300px)"))


@pytest.mark.parametrize(
    ("value", "px"),
    [
        ("12px", 12.0),
        ("1.5em", 30.0),
        ("2rem", 32.0),
        ("50%", 50.0),
        ("72pt", 96.0),
        ("10vw", 128.0),
        ("0", 0.0),
        ("calc(100% - 2 * 10px)", 80.0),
        ("calc(1em + 2px * 3)", 26.0),
        ("max(10px, 2em)", 40.0),
        ("min(10px, 2em)", 10.0),
        ("clamp(1px, 500px, 20px)", 20.0),
        ("calc((1px + 2px) / 2)", 1.5),
    ],
)
def test_lengths(value, px):
    """Units, sums and choices come out in px, for a font of 20 px and a whole of 100 px."""
    length = parse_length(tokens(value)[0])
    assert isinstance(length, Length)
    assert length.resolve(20.0, 100.0) == pytest.approx(px)


@pytest.mark.parametrize(
    "value", ["3", "auto", "calc(1px * 1px)", "calc(1px / 0)", "attr(x)", "calc(" * 90 + "1px" + ")" * 90]
)
def test_what_is_no_length(value):
    """Numbers without a unit, words and sums that make no sense."""
    assert parse_length(tokens(value)[0]) is None


@pytest.mark.parametrize(
    ("value", "channels"),
    [
        ("red", (255, 0, 0)),
        ("#0f08", (0, 255, 0)),
        ("rgb(10% 20% 30%)", (26, 51, 76)),
        ("hsl(120, 100%, 50%)", (0, 255, 0)),
        ("hwb(0 100% 0%)", (255, 255, 255)),
        ("lab(100% 0 0)", (255, 255, 255)),
        ("oklch(0 0 0)", (0, 0, 0)),
        ("color(srgb 1 0 0)", (255, 0, 0)),
        ("CanvasText", (0, 0, 0)),
    ],
)
def test_colors(value, channels):
    """Every notation comes out as sRGB."""
    paint = read_color(tokens(value)[0])
    assert isinstance(paint, Paint)
    assert tuple(round(channel) for channel in paint[:3]) == pytest.approx(channels, abs=2)


def test_colors_that_cannot_be_worked_out():
    """They are unknown rather than wrong; what is no color is none."""
    assert read_color(tokens("color-mix(in srgb, red, var(--x))")[0]) == "unknown"
    assert read_color(tokens("color()")[0]) == "unknown"
    assert read_color(tokens("none")[0]) is None
    assert read_gradient(tokens("linear-gradient(to right, red 10%, #00f)")[0]) == (Paint(255, 0, 0), Paint(0, 0, 255))
    assert read_gradient(tokens("url(x.png)")[0]) is None


@pytest.mark.parametrize(
    "html",
    [
        "<style>" + "div " * 12 + "b{display:none}</style>" + "<div>" * 1900 + "<b>x</b>" * 500,
        "<style>p.a~p.b~p.c~p{color:red}</style>" + "<p class=a>x<p class=b>y" * 3000,
        "<style>div:has(.x,.y .z){color:red}</style>" + "<div>" * 500 + "<p>x" * 3000,
        "<style>"
        + "".join(f":root{{--v{n}:var(--v{n - 1}) var(--v{n - 1})}}" for n in range(1, 40))
        + "p{color:var(--v39)}"
        "</style><p>x",
        "<style>:root{--a:var(--b);--b:var(--a)}p{color:var(--a)}</style><p>x",
        "<style>" + "a{b,c,d,e{" * 200 + "</style><p>x",
        "<style>" + "{" * 50_000 + "</style><p>x",
        "<style>" + ":not(" * 300 + "a" + ")" * 300 + "{color:red}</style><p>x",
        "<p style='width:" + "calc(" * 5000 + "'>x",
        "<style>body{position:absolute;top:-100px}</style>" + "<p>x <b>y</b>" * 5000,
        "<!---->" * 50_000 + "x",
    ],
    ids=["ancestors", "siblings", "has", "doubling", "circle", "nesting", "braces", "not", "calc", "above", "comments"],
)
def test_hostile_sheets_end_soon(html):
    """Whatever a sheet does, the page is read or refused within seconds."""
    started = time.process_time()
    try:
        read(html + "<p style='color:green'>end")
    except Exception as error:  # noqa: BLE001 - refusing is an answer too
        assert type(error).__module__ == "glyph_integrations.errors"  # noqa: PT017
    assert time.process_time() - started < 5


def test_a_large_page_is_fast():
    """A megabyte with 2,000 rules takes seconds."""
    rules = "".join(f".c{n} .d{n % 50}>a.x{n},div.f{n}:nth-child(2n){{color:#333;display:block}}" for n in range(2000))
    words = "<p>Words of paragraph {0} and <a class=x{0} href=#>a link</a>.</p>"
    block = f"<div class='c{{0}} e{{0}}'><div class='d{{1}}'>{words}</div></div>"
    page = "".join(block.format(n % 2000, n % 50) for n in range(3000))
    started = time.process_time()
    text = read(f"<style>{rules}</style>{page}{'<p>words</p>' * 1000}")
    assert text.text.count("Words of paragraph") == 3000
    assert time.process_time() - started < 8
    assert not any("style" in item.reason for item in text.dropped if item.reason != "script or style")


def test_rules_that_cannot_be_applied_are_reported():
    """A selector that no browser knows, and sheets that are not at hand."""
    text = read("<link rel=stylesheet href=site.css><style>@import 'x.css';p:nonsense{color:red}</style><p>x")
    entries = {item.reason: item.text for item in text.dropped if not item.hidden}
    assert entries["style sheet that is not at hand"] == "x.css site.css"
    assert entries["style rule that could not be applied"] == "p:nonsense"
