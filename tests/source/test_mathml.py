"""Formulas keep their structure on one line."""

from __future__ import annotations

import pytest

from glyph_integrations.source import Limits, load
from glyph_integrations.source.equations import group, write_fraction, write_root, write_scripts


def read(formula):
    """The formula, read from a page."""
    html = f"<p><math>{formula}</math></p>"
    return load(html.encode(), media_type="text/html", limits=Limits(isolated=False)).text.strip()


@pytest.mark.parametrize(
    ("formula", "text"),
    [
        ("<mfrac><mn>1</mn><mn>2</mn></mfrac>", "1/2"),
        ("<msup><mn>10</mn><mn>6</mn></msup>", "10⁶"),
        ("<msqrt><mn>2</mn></msqrt>", "√2"),
        ("<mroot><mi>x</mi><mn>3</mn></mroot>", "³√x"),
        ("<msubsup><mi>x</mi><mi>i</mi><mn>2</mn></msubsup>", "xᵢ²"),
        ("<msup><mi>e</mi><mrow><mo>-</mo><mi>t</mi></mrow></msup>", "e^(-t)"),
        ("<mn>1</mn><mfrac><mn>1</mn><mn>2</mn></mfrac>", "1 1/2"),
        ("<mfrac><mrow><mi>a</mi><mo>+</mo><mi>b</mi></mrow><mrow><mn>2</mn><mi>c</mi></mrow></mfrac>", "(a + b)/(2c)"),
        ("<mn>2</mn><mo>&#x2062;</mo><mn>3</mn>", "2·3"),
        ("<mi>sin</mi><mo>&#x2061;</mo><mi>x</mi>", "sin x"),
        (
            "<munderover><mo>∑</mo><mrow><mi>i</mi><mo>=</mo><mn>1</mn></mrow><mi>n</mi></munderover><mi>i</mi>",
            "∑_(i = 1)^(n) i",
        ),
        ("<mfenced open='[' close=')'><mi>a</mi><mi>b</mi></mfenced>", "[a, b)"),
        ("<mtable><mtr><mtd><mn>1</mn></mtd><mtd><mn>2</mn></mtd></mtr></mtable>", "[1, 2]"),
        ("<mover><mi>x</mi><mo>¯</mo></mover>", "x\u0304"),
        ("<munder><mi>lim</mi><mrow><mi>x</mi><mo>→</mo><mn>0</mn></mrow></munder>", "lim_(x → 0)"),
        ("<mmultiscripts><mi>C</mi><mn>6</mn><none/><mprescripts/><none/><mn>14</mn></mmultiscripts>", "¹⁴C₆"),
        ("<menclose notation='updiagonalstrike'><mn>5</mn></menclose>", "~~5~~"),
        ("<semantics><mn>1</mn><annotation encoding='application/x-tex'>\\frac12</annotation></semantics>", "\\frac12"),
    ],
)
def test_formulas(formula, text):
    """Fractions, powers, roots, scripts, sums, brackets and matrices are told apart."""
    assert read(formula) == text


def test_parts_are_bracketed_where_they_must_be():
    """One number, one word and what is in brackets already stand as they are."""
    assert [group(part) for part in ("x", "1,234.5", "(a + b)", "(a)(b)", "a + b")] == [
        "x",
        "1,234.5",
        "(a + b)",
        "((a)(b))",
        "(a + b)",
    ]
    assert write_fraction("a", "bc") == "a/(bc)"
    assert write_root("x + 1", "3") == "³√(x + 1)"
    assert write_scripts("x", sub="max") == "xₘₐₓ"
