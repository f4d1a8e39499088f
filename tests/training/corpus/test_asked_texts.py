"""Texts of one's own with questions: put together to documents in which every answer stands where it is said to."""

from __future__ import annotations

import json
from random import Random

import pytest

from glyph_integrations.errors import EmptyError, MalformedError, NotFoundError
from glyph_integrations.training.corpus import AskedTexts

LINES = (
    {
        "text": "The ferry leaves at noon. It costs 4 euros.",
        "question": "What does the ferry cost?",
        "answer": "4 euros",
    },
    {"text": "The ferry leaves at noon. It costs 4 euros.", "question": "Who is its captain?", "answer": None},
    {"text": "Lions sleep by day. Lions eat meat at night.", "question": "what do lions eat", "answer": "meat"},
    {"text": "Brass is made of copper and zinc.", "question": "what is brass made of", "answer": "copper and zinc"},
)


def written(folder, *lines):
    """A file of JSON lines."""
    path = folder / "questions.jsonl"
    path.write_text("".join(json.dumps(line) + "\n" for line in lines), "utf-8")
    return path


def draw(path, length, seed=0):
    """A document of the texts of a file."""
    return AskedTexts([path]).document(Random(seed), length=length)  # noqa: S311


def test_evidence_is_the_sentence_of_the_answer_where_it_stands(tmp_path):
    """Wherever a text comes in a document, its facts' ranges are their passages, and these hold the answers."""
    path = written(tmp_path, *LINES)
    for seed in range(20):
        document = draw(path, 1000, seed)
        assert {fact.answer for fact in document.facts} == {"4 euros", "meat", "copper and zinc"}
        for fact in document.facts:
            assert document.text[fact.start : fact.end] == fact.evidence
            assert fact.answer in fact.evidence
        assert {fact.evidence for fact in document.facts} == {
            "It costs 4 euros.",
            "Lions eat meat at night.",
            "Brass is made of copper and zinc.",
        }


def test_left_open_is_what_a_text_or_only_another_text_answers(tmp_path):
    """A null answer and questions of texts that were not drawn have no answer in a document."""
    path = written(tmp_path, *LINES)
    for seed in range(20):
        document = draw(path, 10, seed)
        stated = {fact.questions[0] for fact in document.facts}
        left = {one.questions[0] for one in document.unanswerable}
        assert not stated & left
        assert left
        assert ("Who is its captain?" in left) or ("ferry" not in document.text)


def test_an_answer_that_others_hold_too_is_not_left_open(tmp_path):
    """A question whose answer stands in a document by chance is not said to be unanswerable."""
    lines = [
        {"text": f"{name} was born in Rome.", "question": f"where was {name} born", "answer": "Rome"} for name in "AB"
    ]
    assert not draw(written(tmp_path, *lines), 10).unanswerable


def test_long_sentences_are_cut_to_words_about_the_answer(tmp_path):
    """What is to be thought of has 300 characters or fewer, from word to word, and holds the answer."""
    words = " ".join(f"word{number}" for number in range(200))
    for answer in ("word0", "word100", "word199", "word90 word91"):
        path = written(tmp_path, {"text": words, "question": "which", "answer": answer})
        (fact,) = draw(path, 10).facts
        assert answer in fact.evidence
        assert len(fact.evidence) <= 300
        assert f" {fact.evidence} " in f" {words} "


def test_an_answer_through_two_sentences_is_its_own_evidence(tmp_path):
    """No single sentence holds it."""
    path = written(tmp_path, {"text": "He met Dr. Hu there.", "question": "whom", "answer": "Dr. Hu"})
    assert draw(path, 10).facts[0].evidence == "Dr. Hu"


@pytest.mark.parametrize(
    ("line", "says"),
    [
        ("no JSON", "line 2: write a JSON object"),
        ('{"text": "a", "question": "b"}', "line 2: write a JSON object"),
        ('{"text": 1, "question": "b", "answer": "c"}', "line 2: text and question are strings"),
        ('{"text": "a", "question": " ", "answer": "a"}', "line 2: its text or its question is empty"),
        ('{"text": "a", "question": "b", "answer": "c"}', "line 2: its answer does not stand in its text"),
    ],
)
def test_lines_that_cannot_be_learned_from_are_named(tmp_path, line, says):
    """A line that is no question about its text is an error with its number."""
    path = written(tmp_path, LINES[0])
    path.write_text(path.read_text() + line)
    with pytest.raises(MalformedError, match=says):
        AskedTexts([path])


def test_separators_within_a_text_do_not_end_its_line(tmp_path):
    """JSON may hold a line separator of Unicode unescaped; lines end at line breaks alone."""
    path = tmp_path / "questions.jsonl"
    path.write_text('{"text": "Owls\u2028hunt at night.", "question": "who hunts", "answer": "Owls"}\n', "utf-8")
    assert [fact.answer for fact in draw(path, 10).facts] == ["Owls"]


def test_files_without_questions_are_refused(tmp_path):
    """No file and an empty one are errors."""
    with pytest.raises(NotFoundError):
        AskedTexts([tmp_path / "nowhere.jsonl"])
    with pytest.raises(EmptyError):
        AskedTexts([written(tmp_path)])
