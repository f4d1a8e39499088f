"""Exact strings: what counts as one, and which of them are the same."""

from __future__ import annotations

import time

import pytest
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations.reading.exact_strings import exact_strings, is_reference, normal


def found(text: str, **options) -> list[tuple[str, str]]:
    """Kinds and texts."""
    return [(string.kind, string.text) for string in exact_strings(text, **options)]


@pytest.mark.parametrize(
    ("kind", "string"),
    [
        ("identifier", "GB-7719-K"),
        ("identifier", "GB–7719–K"),
        ("identifier", "3f2a9c1d0b77"),
        ("identifier", "550e8400-e29b-41d4-a716-446655440000"),
        ("identifier", "v2.13.0"),
        ("identifier", "192.168.0.12"),
        ("identifier", "00:1A:2b:3c:4d:5e"),
        ("identifier", "978-3-16-148410-0"),
        ("identifier", "INV/2024/A0071"),
        ("identifier", "2024-0071"),
        ("identifier", "DE89370400440532013000"),
        ("identifier", "GB29 NWBK 6016 1331 9268 19"),
        ("identifier", "ТУ-154М"),
        ("number", "12,450.00"),
        ("number", "12.450,00"),
        ("number", "12 450,00"),
        ("number", "1,130,000"),
        ("number", "3.5 %"),
        ("number", "98.1%"),
        ("number", "€1.2m"),
        ("number", "£312,750"),
        ("number", "12 €"),
        ("number", "10:30"),
        ("number", "+44 1632 960 417"),
        ("number", "(555) 123-4567"),
        ("number", "4111 1111 1111 1111"),
        ("date", "2024-03-18"),
        ("date", "18 March 2024"),
        ("date", "18th of March 2024"),
        ("date", "03/18/2024"),
        ("date", "March 18, 2024"),
        ("date", "14 May"),
        ("date", "May 2025"),
        ("email", "first.last+tag@sub.example.org"),
        ("url", "https://example.com/a(b)?q=1&r=%20#top"),
        ("url", "www.example.org/path"),
        ("url", "skerrow-ferries.example"),
        ("path", "/usr/lib/libc.so.6"),
        ("path", r"C:\Users\me\report.txt"),
        ("path", "src/app/main.py"),
    ],
)
@pytest.mark.parametrize("frame", ["{}", "See {}.", "({}), then", "“{}”;", "Ref\n{}\nend", "编号为{}的设备"])
def test_each_kind_is_found_whole_and_without_punctuation(kind, string, frame):
    """A string of each kind is found whole, whatever stands around it, and its offsets are right."""
    text = frame.format(string)
    (only,) = exact_strings(text)
    assert (only.kind, only.text) == (kind, string)
    assert text[only.start : only.end] == string


def test_words_are_not_exact_strings():
    """Prose, also with hyphens, slashes, abbreviations and modal verbs that are months, holds none."""
    assert (
        found("He may march on, e.g. and/or km/h; well-known. End.Start re-sign U.S. Mr. O'Neil—yes: (a) b… I/O") == []
    )


def test_ranges_and_words_with_numbers_are_numbers():
    """Both ends of a range, the number in a word, and the number before a unit are numbers of their own."""
    text = "10-15 days, 2019–2024, 16-year-old, mid-2024, 12kg, 30th, 1990s"
    numbers = [text for _, text in found(text)]
    assert numbers == ["10", "15", "2019", "2024", "16", "2024", "12", "30", "1990"]


def test_small_strings_are_not_worth_checking():
    """Single digits and labels of a few characters are only found when asked for; a sign makes them worth it."""
    text = "1. In Q3 the 3 parties to B2B paid €5, or 5 %, on A4."
    assert found(text) == [("number", "€5"), ("number", "5 %")]
    assert [string for _, string in found(text, small=True)] == ["1", "Q3", "3", "B2B", "€5", "5 %", "A4"]


@pytest.mark.parametrize(
    "spellings",
    [
        ("12,450.00", "12.450,00", "12 450,00", "12\u202f450", "12'450", "12450"),
        ("1,130,000", "1.130.000", "1130000"),
        ("3,712.50", "3712.5", "3.712,50"),
        ("4,7", "4.7"),
        ("€1.2m", "€1.2M", "€ 1.2mn"),
        ("12,34,567", "1234567"),
        ("2024-03-18", "18 March 2024", "March 18th, 2024", "03/18/2024", "18.03.2024", "2024/3/18"),
        ("GB-7719-K", "GB‑7719–K", "GB−7719-K"),
        ("GB29 NWBK 6016 1331 9268 19", "GB29NWBK60161331926819"),
        ("+44 1632 960 417", "+44-1632-960417"),
        ("Me@Example.org", "me@example.org"),
        ("https://a.example/b/", "a.example/b"),
        ("٣٤٥٦٧", "34567"),
    ],
)
def test_spellings_of_one_thing_are_equal(spellings):
    """Spellings that certainly mean the same have one normal form."""
    assert len({normal(spelling) for spelling in spellings}) == 1


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("12.450", "12,450"),
        ("0,450", "450"),
        ("1.10", "1.1"),
        ("gb-7719-k", "GB-7719-K"),
        ("03/04/2024", "2024-04-03"),
        ("03/04/2024", "2024-03-04"),
        ("18.03.24", "2024-03-18"),
        ("14 May", "14 May 2025"),
        ("€5", "$5"),
        ("€1.2m", "€1.2bn"),
    ],
)
def test_what_may_differ_is_not_equal(one, other):
    """Strings that differ, or that can be read in two ways, have forms of their own."""
    assert normal(one) != normal(other)


def test_only_names_are_references():
    """Identifiers, addresses and long plain numbers name something; amounts can be the result of arithmetic."""
    text = "GB-7719-K 00481923 +44 1632 960 417 me@example.org / 12,450.00 £312,750 1234.5 98765 2024-03-18"
    names = [string.text for string in exact_strings(text) if is_reference(string)]
    assert names == ["GB-7719-K", "00481923", "+44 1632 960 417", "me@example.org"]


@given(st.text(alphabet="aB1 29-–./:@€%,()\n£+é中", max_size=80))
def test_strings_are_in_order_and_apart(text):
    """On any text, strings stand where they say, in order, without overlap, and hold no space at their ends."""
    end = 0
    for string in exact_strings(text, small=True):
        assert end <= string.start < string.end
        assert text[string.start : string.end] == string.text == string.text.strip()
        end = string.end


AWKWARD = (
    *(
        "a",
        "1",
        "(",
        "\\",
        "a.",
        "a-",
        "/a",
        "1,",
        "1 ",
        "a@",
        "0:",
        "é1-",
        "中1",
        "1.1",
        "../",
        "C:\\",
        "123 ",
        "1,234,",
    ),
    *("a.a@", "http://", "www.", "+1 22 ", "May ", "1 May ", "(1) ", "a://)", "(a).", "GB29 AAAA ", "a" * 40 + "."),
)


@pytest.mark.parametrize("unit", AWKWARD)
def test_time_is_linear_in_the_text(unit):
    """Four times as much of the most awkward text takes about four times as long, not sixteen."""

    def seconds(length: int) -> float:
        text = unit * (length // len(unit))
        times = []
        for _ in range(3):
            began = time.process_time()
            exact_strings(text)
            times.append(time.process_time() - began)
        return min(times)

    assert seconds(80_000) < 10 * seconds(20_000) + 0.05
