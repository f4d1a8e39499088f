"""What a reply is worth."""

from __future__ import annotations

import pytest

from glyph_integrations.training.rewards import (
    Completion,
    RewardConfig,
    abstention_reward,
    answer_reward,
    form_reward,
    reward_functions,
    transcription_reward,
)

DOUBT = "<think>no clause names it</think>NOT IN DOCUMENT"
RIGHT = "<think>The notice period is ninety days.</think>ninety days\nQuote: The notice period is ninety days."


def wrote(text, *, ended=True):
    """A completion."""
    return Completion(text=text, ended=ended)


@pytest.mark.parametrize(
    ("said", "reference"),
    [
        ("ninety days", "ninety days"),
        ("Ninety  days.", "ninety days"),
        ("“ninety days”", '"ninety days"'),
        ("2024–2026", "2024-2026"),
        ("ninety days\nQuote: ninety days’ notice", "ninety days"),
        ("<think>sixty days? no</think>ninety days", "ninety days"),
        ("<think>…</think><answer>ninety days</answer>", "ninety days"),
    ],
)
def test_the_right_answer_is_worth_1(said, reference):
    """An answer is right whatever its capitals, quotation marks and dashes, and whatever was thought before it."""
    assert answer_reward(wrote(said), reference) == 1


@pytest.mark.parametrize(
    ("said", "reference"),
    [("-5", "5"), ("5 %", "5"), ("12,450.00", "12,540.00"), ("GB-7719-k", "GB-7719-K"), ("€5", "$5"), ("", "5")],
)
def test_what_only_resembles_the_answer_is_worth_at_most_half(said, reference):
    """Another sign, digit or letter of an identifier makes another answer."""
    assert answer_reward(wrote(said), reference) <= 0.5


def test_words_of_the_answer_are_worth_half_their_f1():
    """Two of three words said, two of three wanted: two thirds, halved; none in common: nothing."""
    assert answer_reward(wrote("about ninety days"), "ninety working days") == pytest.approx(1 / 3)
    assert answer_reward(wrote("a month"), "ninety working days") == 0


def test_the_answer_is_not_looked_for_in_thinking_and_quotes():
    """Having thought or quoted the answer is not having answered."""
    assert answer_reward(wrote("<think>ninety days"), "ninety days") == 0
    assert answer_reward(wrote("a month\nQuote: ninety days"), "ninety days") == 0


def test_needless_abstention_is_worth_what_was_agreed_on():
    """Abstaining where the pages hold the answer lies between wrong and right, where the configuration puts it."""
    doubt = wrote("NOT IN DOCUMENT")
    assert answer_reward(doubt, "ninety days") == 0
    assert answer_reward(doubt, "ninety days", needless=0.3) == 0.3


def test_abstaining_is_right_where_the_pages_do_not_say():
    """Only the agreed words, at the beginning of the reply, count."""
    assert abstention_reward(wrote("NOT IN DOCUMENT")) == 1
    assert abstention_reward(wrote(DOUBT)) == 1
    assert abstention_reward(wrote("ninety days")) == 0
    assert abstention_reward(wrote("The document does not say, NOT IN DOCUMENT")) == 0


def test_a_transcription_is_worth_its_likeness():
    """One wrong character of ten costs a tenth; nothing written is worth nothing."""
    assert transcription_reward(wrote("0123456789"), "0123456789") == 1
    assert transcription_reward(wrote("012345678x"), "0123456789") == pytest.approx(0.9)
    assert transcription_reward(wrote(""), "0123456789") == 0


def test_line_breaks_of_a_page_are_no_part_of_its_text():
    """White space counts once, whatever it is; going on after the end costs."""
    assert transcription_reward(wrote("one two\n three"), "one\ntwo three") == 1
    assert transcription_reward(wrote("one two three and so on"), "one two three") < 0.6


@pytest.mark.parametrize(
    "text", [RIGHT, RIGHT.partition("\n")[0], "ninety days\nQuote: ninety days", "NOT IN DOCUMENT", DOUBT]
)
def test_replies_of_the_agreed_form_are_worth_1(text):
    """An answer that was thought of or is quoted, or an abstention alone."""
    assert form_reward(wrote(text)) == 1


@pytest.mark.parametrize(
    ("text", "ended", "worth"),
    [
        (RIGHT, False, 0.75),
        ("ninety days", True, 0.75),
        ("Quote: ninety days", True, 0.75),
        ("NOT IN DOCUMENT\nbut perhaps ninety days", True, 0.75),
        ("NOT IN DOCUMENT\nQuote: ninety days", True, 0.75),
        ("<think>so</think><think>so</think>ninety days\nQuote: ninety days", True, 0.75),
        ("<think>and so on", False, 0),
        ("", True, 0.25),
    ],
)
def test_each_breach_of_form_costs_a_quarter(text, ended, worth):
    """Cut off, without a quote, without an answer, something beside an abstention, a second thinking."""
    assert form_reward(wrote(text, ended=ended)) == worth


def test_rewards_reach_the_trainer_where_they_apply():
    """TRL gets one list for each reward, None where it does not apply, and the weights in the same order."""
    texts = {1: RIGHT, 2: "NOT IN DOCUMENT", 3: "a page", 4: "NOT IN DOCUMENT"}
    config = RewardConfig(answer=1, abstention=2, transcription=3, form=4, needless=0.2)
    functions, weights = reward_functions(config, lambda ids: wrote(texts[ids[0]]))
    columns = {"kind": ["answer", "abstain", "transcribe", "answer"], "reference": ["ninety days", "", "a page", "x"]}
    rewards = {
        function.__name__: function(
            prompts=[], completions=[], completion_ids=[[1], [2], [3], [4]], trainer_state=None, **columns
        )
        for function in functions
    }
    assert rewards == {
        "answer": [1, None, None, 0.2],
        "abstention": [None, 1, None, None],
        "transcription": [None, None, 1, None],
        "form": [1, 1, None, 1],
    }
    assert weights == [1, 2, 3, 4]
