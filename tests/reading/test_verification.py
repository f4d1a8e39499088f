"""What the source settles is corrected, what it does not hold is said to be absent, and nothing else is touched."""

from __future__ import annotations

import pytest

from glyph_integrations.reading.alignment import SourceIndex
from glyph_integrations.reading.verification import verify

SOURCE = (
    "The spare gearbox is kept under the asset tag GB-7719-K, next to the pump with tag QX-2041-M.\n"
    "It was bought on 18 March 2024 for £312,750 and is insured for £1,284,500. The term is 6 months.\n"
    "Account 004819235 at Losta Bank, IBAN GB29 NWBK 6016 1331 9268 19, holds 12,450.00 euros and 81 notes.\n"
    "Hash 9f86d081884c7d659a2feaa0c55ad015, key 550e8400-e29b-41d4-a716-446655440000.\n"
    "Write to investors@skerrow-ferries.example or see https://skerrow-ferries.example/agm2026.\n"
    "Call +44 1632 960 417.\n"
    "Sections 4.2 and 7.1 apply from 05/06/2023. Growth was 8.1 per cent.\n"
)
INDEX = SourceIndex(SOURCE)


def exact(answer: str, quotes=(), **options):
    """The text, and for each exact string what was read, its status and what it is now."""
    done = verify(answer, quotes, INDEX, **options)
    return done.text, [(c.read_as or c.text, c.status, c.text) for c in done.checks if c.kind == "exact"]


@pytest.mark.parametrize(
    "said",
    [
        "GB-7719-K",
        "GB–7719–K",
        "£312,750",
        "312750",
        "312,750.00",
        "12,450",
        "12.450,00",
        "18 March 2024",
        "2024-03-18",
        "March 18, 2024",
        "18 March",
        "March 2024",
        "2024",
        "8.1 %",
        "8.1",
        "05/06/2023",
        "GB29NWBK60161331926819",
        "+44-1632-960-417",
        "Investors@Skerrow-Ferries.example",
        "skerrow-ferries.example/agm2026",
        "004819235",
    ],
)
def test_what_stands_in_the_source_is_found(said):
    """A string of the source is found in every spelling that certainly means the same, and the answer is unchanged."""
    assert exact(f"It is {said}.") == (f"It is {said}.", [(said, "found", said)])


@pytest.mark.parametrize(
    ("read", "stands"),
    [
        ("GB-7719-H", "GB-7719-K"),
        ("G8-77l9-K", "GB-7719-K"),
        ("QX-2O41-M", "QX-2041-M"),
        ("004819285", "004819235"),
        ("OO4819235", "004819235"),
        ("9f86d081884c7d659a2feaa0c55adO15", "9f86d081884c7d659a2feaa0c55ad015"),
        ("9f86d08188467d659a2feaa0c55ad15", "9f86d081884c7d659a2feaa0c55ad015"),
        ("550e8400-e29b-41d4-a7l6-44665544000", "550e8400-e29b-41d4-a716-446655440000"),
        ("GB29 NWBK 6016 1381 9268 19", "GB29 NWBK 6016 1331 9268 19"),
        ("investors@skenow-ferries.example", "investors@skerrow-ferries.example"),
        ("https://skerrow-ferries.example/agrn2026", "https://skerrow-ferries.example/agm2026"),
        ("+44 1632 960 471", "+44 1632 960 417"),
    ],
)
def test_misread_names_are_corrected(read, stands):
    """What names something, and resembles exactly one string of the source, is written as the source writes it."""
    assert exact(f"It is {read}, I think.") == (f"It is {stands}, I think.", [(read, "corrected", stands)])


@pytest.mark.parametrize(
    "said",
    [
        "£312,760",
        "312,751",
        "1,597,250",
        "1,284,501",
        "82",
        "18 March 2025",
        "06/05/2023",
        "2023-06-05",
        "4.3",
        "$312,750",
        "XK-9930-Z",
        "GB-77",
        "me@elsewhere.example",
    ],
)
def test_what_could_be_the_models_own_is_only_absent(said):
    """Amounts, counts and dates that the source does not hold, and names that resemble none, are never changed."""
    assert exact(f"It is {said}.") == (f"It is {said}.", [(said, "absent", said)])


def test_two_candidates_settle_nothing():
    """A string between two of the source is absent, unless the quotes, or the pages shown, decide."""
    source = "Unit GB-7719-K is red. " + "Words of no use. " * 40 + "Unit GB-7718-K is blue and quiet."
    index = SourceIndex(source)
    (check,) = verify("GB-7710-K", (), index).checks
    assert check.status == "absent"
    assert verify("GB-7710-K", ["is blue and quiet"], index).text == "GB-7718-K"
    assert verify("GB-7710-K", ["is red."], index).text == "GB-7719-K"
    assert verify("GB-7710-K", (), index, within=(0, 40)).text == "GB-7719-K"


def test_a_quote_settles_even_amounts():
    """An amount is corrected where a quote with the same amount shows what stands in its place in the source."""
    quote = "insured for £1,284,600. The term is 6 months"
    text, checks = exact("The insurance is £1,284,600.", [quote])
    assert text == "The insurance is £1,284,500."
    assert checks == [("£1,284,600", "corrected", "£1,284,500")]
    assert exact("The insurance is £1,284,700.", [quote])[1] == [("£1,284,700", "absent", "£1,284,700")]


def test_quotes_that_contradict_each_other_settle_nothing():
    """If two quotes put different strings in one place, the answer's string is absent."""
    index = SourceIndex(
        "The first boat was sold for 4,100 euros then.\nThe second boat was sold for 4,200 euros then.\n"
    )
    quotes = ["The first boat was sold for 4,000 euros then", "The second boat was sold for 4,000 euros then"]
    done = verify("Sold for 4,000.", quotes, index)
    assert done.text == "Sold for 4,000."
    assert [check.status for check in done.checks] == ["corrected", "corrected", "absent"]


def test_quotes_are_shown_in_the_sources_words():
    """A quote is found, corrected (with what the model had read) or absent, and always the source's own words."""
    quotes = (
        "the asset tag GB-7719-K, next to the purnp",
        "bought on 13 March 2024 for £312,750",
        "The term is 8 months.\nAccount 004819235",
        "The spare gearbox … insured for £1,284,500",
        "The seller shall indemnify the buyer",
        "",
    )
    done = verify("Yes.", quotes, INDEX)
    assert [(c.status, c.text, c.read_as) for c in done.checks] == [
        ("found", "the asset tag GB-7719-K, next to the pump", ""),
        ("corrected", "bought on 18 March 2024 for £312,750", quotes[1]),
        ("corrected", "The term is 6 months.\nAccount 004819235", quotes[2]),
        ("found", "The spare gearbox … insured for £1,284,500", ""),
        ("absent", quotes[4], ""),
    ]
    assert [SOURCE[p.start : p.end] for p in done.passages][-2:] == ["The spare gearbox", "insured for £1,284,500"]
    assert done.text == "Yes."


def test_the_users_own_strings_are_not_checked():
    """A string of the question that the source does not hold is no statement of the model's; one it holds is found."""
    asked = {"question": "Is XK-9930-Z from 2019, like GB-7719-K?"}
    assert exact("XK-9930-Z (2019) is not listed, GB-7719-K is.", **asked)[1] == [("GB-7719-K", "found", "GB-7719-K")]


def test_lists_and_pages_are_not_checked():
    """Numbers of lists and of the pages that the model read are not of the source."""
    answer = "10. First, see page 33.\n11) Second (pp. 45-47)\n - 12. Third, pages 50 and 51, but 77 stays."
    assert exact(answer) == (answer, [("77", "absent", "77")])


def test_words_stay_as_they_are():
    """Around a corrected string, every character of the answer is kept."""
    answer = "**Täg:** `GB-77l9-K`\n\n| a | 9f86d081884c7d659a2feaa0c55adOl5 |\nGB-77l9-K!"
    text = verify(answer, (), INDEX).text
    assert text == "**Täg:** `GB-7719-K`\n\n| a | 9f86d081884c7d659a2feaa0c55ad015 |\nGB-7719-K!"


def test_nothing_said_is_nothing_checked():
    """An answer without exact strings and quotes has no checks."""
    done = verify("Yes, it is.", (), INDEX)
    assert (done.text, done.passages, done.checks) == ("Yes, it is.", (), ())


def test_strings_within_longer_ones_do_not_count():
    """A number that only stands within an identifier, another number or a word is absent."""
    for said in ("7719", "284,500", "4819235", "12,45", "60161331"):
        (check,) = verify(f"It is {said}.", (), INDEX).checks
        assert check.status != "found"
