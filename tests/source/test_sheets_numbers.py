"""Numbers, dates and texts of cells show as their number formats say; never off by a factor."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations.source.formats.sheets.numbers import display

NEW_YEAR = 45292
"""1 January 2024 as a serial number."""


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234.5678, "General", "1234.5678"),
        (1e20, "General", "1E+20"),
        (0.1 + 0.2, "General", "0.3"),
        (-12, 'General" units"', "-12 units"),
        (1234.5678, "#,##0.00", "1,234.57"),
        (1.005, "0.00", "1.01"),
        (2.5, "0", "3"),
        (-3.5, "0.0", "-3.5"),
        (-0.001, "0.00", "0.00"),
        (123, "00000", "00123"),
        (1.5, "0.###", "1.5"),
        (0.5, ".00", ".50"),
        (0, "#", ""),
        (7, '0 "kg"', "7 kg"),
        (0.6, '"a"0.0"b"0', "a0.6b0"),
        (1234567, "# ##0", "1234 567"),
    ],
)
def test_digits(value, code, shown):
    """Digits are rounded as Excel rounds them, and stand where the code puts them."""
    assert display(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1500000, '0.0,,"M"', "1.5M"),
        (1234567, '#,##0.0,"K"', "1,234.6K"),
        (2750000000, '#,##0.0,,,"bn"', "2.8bn"),
        (1500000, "#,##0,,", "2"),
        (1234567, "0,.00", "1234.57"),
        (1234567, '$#,##0.00,,"M";($#,##0.00,,"M")', "$1.23M"),
        (-1234567, '$#,##0.00,,"M";($#,##0.00,,"M")', "($1.23M)"),
        (0.1234, "0.0%", "12.3%"),
        (0.5, "0%", "50%"),
    ],
)
def test_scaling(value, code, shown):
    """A comma after the last digit divides by a thousand, a percent sign multiplies by a hundred."""
    assert display(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (5551234567, "(000) 000-0000", "(555) 123-4567"),
        (5551234, "[<=9999999]###-####;(###) ###-####", "555-1234"),
        (5551234567, "[<=9999999]###-####;(###) ###-####", "(555) 123-4567"),
        (123456789, "000-00-0000", "123-45-6789"),
        (902101234, "00000-0000", "90210-1234"),
        (501, "00000", "00501"),
        (12345678, "00-00-00", "1234-56-78"),
    ],
)
def test_masks(value, code, shown):
    """Telephone, social security and ZIP codes keep the characters between their digits."""
    assert display(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.75, "# ?/?", "3/4"),
        (5, "# ?/?", "5"),
        (5.5, "# ?/?", "5 1/2"),
        (1.3333, "# ??/??", "1 1/3"),
        (0.3, "# ?/8", "2/8"),
        (2.125, "?/?", "17/8"),
        (0, "# ?/?", "0"),
        (-1.25, "# ?/4", "-1 1/4"),
        (1.999, "# ?/?", "2"),
    ],
)
def test_fractions(value, code, shown):
    """Fractions are the nearest that the code has room for."""
    assert display(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (0.000123, "0.00E+00", "1.23E-04"),
        (12345, "##0.0E+0", "12.3E+3"),
        (0, "0.00E+00", "0.00E+00"),
        (9.999e9, "0.0E+0", "1.0E+10"),
    ],
)
def test_exponents(value, code, shown):
    """Scientific numbers carry into their exponent, which engineers count in steps."""
    assert display(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (-5, '"$"#,##0.00;[Red]("$"#,##0.00)', "($5.00)"),
        (-500, "#,##0.00;[Red](#,##0.00)", "(500.00)"),
        (0, '0.00;-0.00;"-"', "-"),
        (1, '"Yes";"No"', "Yes"),
        (5, "[>100]0;0.0", "5.0"),
        (500, "[>100]0;0.0", "500"),
        (-5, "[<=100]0;0.0", "-5"),
        (-5, '[<0]"neg" 0;0', "neg 5"),
        (2, '[=1]"one";[=2]"two";0', "two"),
        (-3, '[=1]"one";[=2]"two";0', "-3"),
        (5, "[Blue]+0;[Red]-0;0", "+5"),
        (5, ";;;", ""),
        ("text", ";;;", ""),
        (12, "@", "12"),
        ("text", "0.00", "text"),
        ("text", '0;-0;0;"<"@">"', "<text>"),
        (True, "General", "TRUE"),
    ],
)
def test_sections(value, code, shown):
    """The section for the number's sign, condition or kind decides."""
    assert display(value, code) == shown


ACCOUNTING = '_($* #,##0.00_);_($* (#,##0.00);_($* "-"??_);_(@_)'


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (1234.5, "_-* #,##0.00\\ [$€-407]_-", "1,234.50 €"),
        (12, "[$$-409]#,##0", "$12"),
        (1234.5, "#,##0.00 [$USD]", "1,234.50 USD"),
        (1234.5, ACCOUNTING, "$1,234.50"),
        (-1234.5, ACCOUNTING, "$(1,234.50)"),
        (0, ACCOUNTING, "$-"),
        ("abc", ACCOUNTING, "abc"),
    ],
)
def test_currencies(value, code, shown):
    """Pads and fills take no room, currency signs stay with their number."""
    assert display(value, code) == shown


@pytest.mark.parametrize(
    ("value", "code", "shown"),
    [
        (NEW_YEAR, "yyyy-mm-dd", "2024-01-01"),
        (NEW_YEAR, "mm-dd-yy", "2024-01-01"),
        (NEW_YEAR, "dd/mm/yyyy", "2024-01-01"),
        (NEW_YEAR + 0.5, "d-mmm-yy h:mm AM/PM", "1-Jan-24 12:00 PM"),
        (NEW_YEAR, "mmm-yy", "Jan-24"),
        (NEW_YEAR, "dddd, mmmm d, yyyy", "Monday, January 1, 2024"),
        (NEW_YEAR, "[$-407]mmmm yyyy", "2024-01-01"),
        (NEW_YEAR + 0.25, "m/d/yy h:mm", "2024-01-01 06:00:00"),
        (NEW_YEAR, 'yyyy"年"m"月"d"日"', "2024年1月1日"),
        (0.5, "h:mm", "12:00"),
        (0.123456, "mm:ss.0", "57:46.6"),
        (1.5, "[h]:mm", "36:00"),
        (26 / 24, "[hh]:mm:ss", "26:00:00"),
        (-0.5, "[h]:mm", "-12:00"),
        (NEW_YEAR + 0.9999999, "h:mm:ss", "0:00:00"),
        (-5, "yyyy", "-5"),
        (1e9, "yyyy-mm-dd", "1000000000"),
        (61, "yyyy-mm-dd", "1900-03-01"),
        (1, "yyyy-mm-dd", "1900-01-01"),
    ],
)
def test_dates(value, code, shown):
    """Dates show as their code says, those that each country orders its own way in ISO form."""
    assert display(value, code) == shown


def test_dates_from_1904():
    """A workbook from an old Mac counts its days from 1904."""
    assert display(0, "yyyy-mm-dd", from_1904=True) == "1904-01-01"


@pytest.mark.parametrize("code", ["0.0 bn", "[DBNum1]0 zz", "0 kg", "x" * 2000])
def test_what_is_not_understood(code):
    """A code that is not understood shows the plain number without the code's letters."""
    assert display(1234.5, code) == "1234.5"


@given(st.floats(allow_nan=False, allow_infinity=False) | st.integers(-(10**14), 10**14), st.text(max_size=30))
def test_any_code(value, code):
    """No number and no code make it fail."""
    assert isinstance(display(value, code), str)


@given(
    st.floats(allow_nan=False, allow_infinity=False),
    st.text(st.sampled_from('0#?.,%E+-/;[]<=>"\\_* @ydmhs():$€ab'), max_size=24),
)
def test_any_likely_code(value, code):
    """Nor do codes made of what codes are made of."""
    assert isinstance(display(value, code), str)
