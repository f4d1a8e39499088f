"""The factsheet lists what models misread, and keeps to its budget."""

from __future__ import annotations

import random
import time

import pytest

from glyph_integrations.counting import count_text_tokens
from glyph_integrations.reading.factsheet import factsheet

FIRST = "Tag GB-7719-K was sold on 2024-03-18 for £312,750, and GB-7719-K again on 4 May 2024 by 3 of 12,450 people. "
SECOND = "Write to me@example.org, or call +44 1632 960 417 about account 00481 or £1,284,500. "
PAGES = [(0, len(FIRST)), (len(FIRST), len(FIRST + SECOND))]


def test_hard_strings_are_listed_page_by_page():
    """Identifiers, digits in long runs, addresses and dates in digits are listed in order, each once for a page."""
    sheet = factsheet(FIRST + SECOND + "GB-7719-K", [*PAGES, (PAGES[1][1], PAGES[1][1] + 9)], budget=500)
    assert sheet.text == (
        "Exact strings on the pages, in reading order.\n"
        "Page 1: GB-7719-K; 2024-03-18\n"
        "Page 2: me@example.org; +44 1632 960 417; 00481; £1,284,500\n"
        "Page 3: GB-7719-K"
    )
    assert (sheet.listed, sheet.left_out) == (7, 0)
    assert sheet.tokens == count_text_tokens(sheet.text, "estimate").count


def test_pages_have_the_numbers_of_their_rendering():
    """The pages of a later window count on from the first page given."""
    assert "\nPage 8: me@" in factsheet(FIRST + SECOND, PAGES, budget=500, first_page=7).text


@pytest.mark.parametrize(
    ("text", "budget"), [("Only words here, and 3 of them.", 500), (FIRST, 3), (FIRST, 0), ("", 9)]
)
def test_nothing_to_list_is_no_text(text, budget):
    """Without hard strings, or without room for one, there is no text."""
    sheet = factsheet(text, [(0, len(text))], budget=budget)
    assert (sheet.text, sheet.listed, sheet.tokens) == ("", 0, 0)
    assert sheet.left_out == (2 if text == FIRST else 0)


@pytest.mark.parametrize("budget", [30, 60, 120, 1000, 100_000])
def test_the_budget_is_kept_and_used(budget):
    """As many strings as fit are listed, the rest is counted, and one more would not have fitted."""
    text = " ".join(f"AB-{number:05}-X" for number in range(500))
    sheet = factsheet(text, [(0, len(text))], budget=budget)
    assert sheet.tokens <= budget
    assert sheet.listed + sheet.left_out == 500
    assert sheet.text.count("AB-") == sheet.listed
    if sheet.left_out:
        assert f"(and {sheet.left_out:,} more not listed)" in sheet.text
        assert sheet.tokens > budget - 15
    else:
        assert "not listed" not in sheet.text


def test_strings_near_the_questions_words_go_first():
    """When not all fit, those beside rare words of the question are kept, in reading order."""
    parts = [f"The ship carried cargo number CN-{number:05}-Q over the sea. " + "Words. " * 80 for number in range(60)]
    parts[40] = "The gearbox of the ship has tag GB-7719-K and spare QX-2041-M. " + "Words. " * 80
    text = "".join(parts)
    sheet = factsheet(text, [(0, len(text))], budget=60, question="Which tag do the ship's gearboxes have?")
    assert "GB-7719-K; QX-2041-M" in sheet.text
    assert sheet.text.index("CN-00000-Q") < sheet.text.index("GB-7719-K")
    assert sheet.left_out > 40


def test_no_words_of_the_source_are_listed():
    """Beside its own few words, the factsheet holds only exact strings."""
    body = factsheet(FIRST + SECOND, PAGES, budget=500).text.partition("\n")[2]
    assert not {"Tag", "sold", "account", "people", "Write"} & set(body.replace(";", "").split())


def test_a_million_characters_take_about_a_second():
    """A long source of identifiers and prose is listed quickly, with a question too."""
    rng = random.Random(0)  # noqa: S311
    line = "The vessel left the harbour at dawn, and nobody knew when she would come back to the island again"
    text = "".join(f"{line} {rng.randrange(16**10):010x}. " for _ in range(9_000))
    pages = [(start, min(start + 5_000, len(text))) for start in range(0, len(text), 5_000)]
    began = time.process_time()
    sheet = factsheet(text, pages, budget=512, question="When did the vessel leave the harbour of the island?")
    assert time.process_time() - began < 3
    assert sheet.listed > 20
