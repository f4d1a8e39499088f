"""Replies are taken apart, whole or piece by piece."""

import pytest
from growth import grows_linearly
from hypothesis import given
from hypothesis import strategies as st

from glyph_integrations.reading.replies import AnswerFilter, Reply

PIECES = [
    "NOT IN DOCUMENT", "PAGES: 3, 7-9", "Quote: ", '"ninety days"', "- **Quote 2:** ", "Quo", "\n", " ", "\n\n",
    "Ninety days.", "N", "NOT", ".", "**",
]  # fmt: skip


def test_an_answer_with_quotes():
    """Answer first, then quotes: marks around them are dropped, lines of one quote stay together."""
    reply = Reply.parse(
        'Ninety days,\nas agreed.\n\nQuote: "on ninety days\' notice"\n- **Quote 2:** “first line\nsecond line”\n'
    )
    assert reply.text == "Ninety days,\nas agreed."
    assert reply.quotes == ("on ninety days' notice", "first line\nsecond line")
    assert not reply.abstained


@pytest.mark.parametrize("text", ["NOT IN DOCUMENT", " NOT IN DOCUMENT.\n", "**NOT IN DOCUMENT**", '"NOT IN DOCUMENT"'])
def test_the_agreed_line_abstains(text):
    """The line that the prompt asks for is an abstention, whatever marks stand around it."""
    assert Reply.parse(text) == Reply(text="", abstained=True)


@pytest.mark.parametrize(
    "text",
    [
        "The clause is not in the document.",
        "No. It was not agreed.",
        "It says: NOT IN DOCUMENT is printed on page 4.",
        "Not in document",
        "",
    ],
)
def test_words_that_mean_as_much_do_not_abstain(text):
    """Abstention is a state of its own, never read into other words."""
    assert Reply.parse(text) == Reply(text=text)


def test_what_is_said_beside_an_abstention_is_kept():
    """An explanation after the agreed line is not lost."""
    reply = Reply.parse("NOT IN DOCUMENT\nThe contract names no price.")
    assert (reply.abstained, reply.text) == (True, "The contract names no price.")


def test_pages_asked_for():
    """Numbers and ranges, each once, in order; absurd ranges stay small."""
    assert Reply.parse("PAGES: 3, 7-9, 3").pages == (3, 7, 8, 9)
    assert Reply.parse("**PAGES: 12**").pages == (12,)
    assert len(Reply.parse("PAGES: 1-999999999").pages) <= 1001
    assert Reply.parse("On PAGES: 3").pages == ()


def test_replies_to_schemas():
    """The answer of a JSON reply is data and text; null is an abstention."""
    reply = Reply.of_data({"answer": {"days": 90}, "quotes": ['"ninety days"', ""]})
    assert (reply.text, reply.data, reply.quotes) == ('{"days": 90}', {"days": 90}, ("ninety days",))
    assert Reply.of_data({"answer": None, "quotes": []}).abstained
    assert Reply.of_data({"answer": "ninety", "quotes": []}).text == "ninety"


@given(st.lists(st.one_of(st.sampled_from(PIECES), st.text(max_size=4)), max_size=12), st.data())
def test_shown_pieces_join_to_the_answer(parts, data):
    """However a reply is cut, what is shown of it is the answer, to the character."""
    whole = "".join(parts)
    cuts = sorted(data.draw(st.lists(st.integers(0, len(whole)), max_size=10)))
    pieces = [whole[a:b] for a, b in zip([0, *cuts], [*cuts, len(whole)], strict=True)]
    shown = AnswerFilter()
    assert "".join([*map(shown.feed, pieces), shown.finish()]) == Reply.parse(whole).text


def test_answers_are_shown_at_once():
    """What cannot be part of a quote or an agreed line is shown when it comes."""
    shown = AnswerFilter()
    assert shown.feed("The notice ") == "The notice"
    assert shown.feed("period\n") == " period"
    assert shown.feed("Quo") == ""
    assert shown.feed("rum is three.\nQuote: x") == "\nQuorum is three."
    assert shown.feed("yz") == ""


def test_signs_before_a_request_for_pages_are_not_shown():
    """Whatever stands before it, a first line that asks for pages is no answer, in pieces as in whole."""
    shown = AnswerFilter()
    assert shown.feed(":") + shown.feed("PAGES: 3, 7-9") + shown.finish() == Reply.parse(":PAGES: 3, 7-9").text == ""


@pytest.mark.parametrize("piece", ["*", " ", "\n", ">", "Q", "1 ", "1-9 ", "Quote ", "1,"])
@pytest.mark.parametrize("frame", ["{}", "{}x", "PAGES: {}", "PAGES: {}x", "Quote: {}"])
def test_replies_are_taken_apart_in_linear_time(frame, piece):
    """Whatever a reply repeats, twice as much of it takes twice as long."""
    assert grows_linearly(lambda size: Reply.parse(frame.format(piece * size)), 500)


def test_ranges_of_pages_are_bounded():
    """Ranges without end ask for so many pages and no more."""
    asked = Reply.parse("PAGES: " + ", ".join(f"{number}000-999999999" for number in range(1, 5000)))
    assert 1000 < len(asked.pages) < 12_000
