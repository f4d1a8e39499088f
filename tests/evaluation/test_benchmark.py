"""Readers that know everything, nothing, or the wrong thing get what they deserve."""

from __future__ import annotations

import json
from dataclasses import replace

import pytest
from page_reader import PageReader, pages_of, reading

from glyph_integrations import Reader, model_spec
from glyph_integrations.errors import RequestError
from glyph_integrations.evaluation import Curve, Unmeasured, Workload, evaluate
from glyph_integrations.evaluation.curve import measure_curve, variations
from glyph_integrations.evaluation.latency import measure_latency
from glyph_integrations.evaluation.lookup import measure_lookup, papers
from glyph_integrations.evaluation.material import drawn_by, full_pages, records
from glyph_integrations.evaluation.metrics import Outcomes
from glyph_integrations.evaluation.natural_questions import _passage as passage_of
from glyph_integrations.evaluation.natural_questions import document, measure_natural_questions
from glyph_integrations.evaluation.retrieval import measure_key_values
from glyph_integrations.evaluation.transcription import kinds_of, measure_compression, measure_errors
from glyph_integrations.testing import ScriptedModel
from glyph_integrations.training.corpus import FACT_KINDS

NANO = model_spec("nano")
SIZES = {"documents": 2, "pages": 2, "questions": 24, "seed": 3}


def transcripts(source, kind, *, pages, style="nano", change=str):
    """What a model should write for each page that ``measure_errors`` will show it."""
    text = full_pages(source, drawn_by(3, kind), pages=pages, style=style, spec=NANO)
    return {(page.fingerprint, ""): change(text[slice(*page.char_range)].strip()) for page in pages_of(text, style)}


def answers():
    """The answers to all lookup questions, by page and question."""
    known = {}
    for paper in papers(NANO, style="nano", **SIZES):
        for page in pages_of(paper.text):
            known |= {(page.fingerprint, query.question): query.answer for query in paper.queries if query.answer}
    return known


@pytest.mark.parametrize("kind", ["prose", "shuffled words", "random strings"])
def test_a_perfect_transcript_has_no_errors(prose, kind):
    """Who writes what stands on the pages has no errors, however lines are broken and line breaks are marked."""
    source = kinds_of(prose)[kind]
    for change in (str, lambda text: text.replace("\n", "↵"), lambda text: text.replace(" ", "\n")):
        model = PageReader(transcripts(source, kind, pages=2, change=change))
        found = measure_errors(model, kind, source, style="nano", pages=2, seed=3)
        assert (found.pages, found.errors, found.incomplete) == (2, 0, 0)
        assert found.characters > 2000


def test_each_misread_character_is_an_error(prose):
    """One letter wrong on each page is one error a page; nothing read is an error for each character."""
    model = PageReader(transcripts(prose, "prose", pages=3, change=lambda text: "#" + text[1:]))
    assert measure_errors(model, "prose", prose, style="nano", pages=3, seed=3).errors == 3
    silent = PageReader({}, otherwise="")
    assert measure_errors(silent, "prose", prose, style="nano", pages=3, seed=3).rate == 1.0


def test_transcripts_may_be_as_long_as_the_page(prose):
    """A model may write a place and a letter for each byte of a page; an own limit is kept, and cut pages counted."""
    model = PageReader({}, otherwise="word " * 12)
    measure_errors(model, "prose", prose, style="nano", pages=1, seed=3)
    assert 2400 < model.settings[-1].max_tokens < 4000
    found = measure_errors(model, "prose", prose, style="nano", pages=1, seed=3, max_tokens=4)
    assert model.settings[-1].max_tokens == 4
    assert found.incomplete == 1


def test_compression_counts_full_pages(prose):
    """The ratio is text tokens over the visual tokens of full pages."""
    found = measure_compression(prose, NANO, style="nano", pages=3, seed=3)
    assert found.visual_tokens == 3 * NANO.visual_tokens(336, 336)
    assert found.ratio == found.text_tokens / found.visual_tokens
    assert 1.5 < found.ratio < 8


def test_who_knows_answers_everything():
    """A reader that answers from the source, and only from it, has all questions right and abstains where it should."""
    found = measure_lookup(reading(PageReader(answers())), **SIZES)
    assert found.answerable == Outcomes(correct=24)
    assert found.unanswerable == Outcomes(abstained=12)
    assert found.pages == sum(len(pages_of(paper.text)) for paper in papers(NANO, style="nano", **SIZES))


def test_who_abstains_answers_nothing():
    """A reader that always abstains is never wrong, and right about what the documents leave open."""
    found = measure_lookup(reading(PageReader({})), **SIZES)
    assert found.answerable == Outcomes(abstained=24)
    assert found.unanswerable == Outcomes(abstained=12)


def test_who_guesses_is_silently_wrong():
    """A reader that always says the same is wrong, above all where there is no answer."""
    found = measure_lookup(reading(PageReader({}, otherwise="a green umbrella")), **SIZES)
    assert found.answerable == Outcomes(wrong=24)
    assert found.unanswerable == Outcomes(wrong=12)


def test_kinds_take_turns():
    """No kind of question is asked much more often than another, and their outcomes add up."""
    found = measure_lookup(reading(PageReader({})), **SIZES)
    counts = [outcomes.total for outcomes in found.by_kind.values()]
    assert set(found.by_kind) <= set(FACT_KINDS)
    assert len(counts) >= 5
    assert sum(counts) == 24
    assert max(counts) <= 8


def test_questions_are_divided_among_documents():
    """All questions are asked when their number is no multiple of the documents."""
    drawn = list(papers(NANO, style="nano", documents=3, pages=1, questions=7, seed=0))
    stated = [sum(query.answer is not None for query in paper.queries) for paper in drawn]
    assert sorted(stated) == [2, 2, 3]
    assert drawn == list(papers(NANO, style="nano", documents=3, pages=1, questions=7, seed=0))


def test_values_are_compared_to_the_letter(key_values):
    """Who knows the values has them exactly; capitals are another string."""
    path, values = key_values

    def known(change):
        questions = {f"What is the value of {key}?": change(value) for key, value in values.items()}
        return reading(ScriptedModel(lambda conversation: _about(conversation, questions), spec="nano"))

    assert measure_key_values(known(str), path, questions=9, seed=0).outcomes == Outcomes(correct=4)
    said = measure_key_values(known("It is {}.".format), path, questions=3, seed=0)
    assert said.outcomes == Outcomes(correct=3)
    assert said.corrected == 0


def test_values_that_the_source_corrects_are_counted(key_values):
    """A value misread by one digit is right if the reader corrects it from the source, and counted as that."""
    path, values = key_values
    wrong = {
        f"What is the value of {key}?": value[:5] + ("1" if value[5] != "1" else "2") + value[6:]
        for key, value in values.items()
    }
    model = ScriptedModel(lambda conversation: _about(conversation, wrong), spec=replace(NANO, images_per_request=None))
    found = measure_key_values(Reader(model), path, questions=4, seed=0)
    assert found.outcomes.correct == found.corrected
    assert found.corrected > 0


def test_passages_lie_among_others_without_the_answer(natural_questions):
    """A document holds the passage once, somewhere, others without its answers, and about the wanted pages."""
    passages = [passage_of(record) for record in records(natural_questions[0])]
    reader = reading(PageReader({}))
    places = set()
    for passage in passages[:6]:
        text = document(passage, passages, drawn_by(0, passage.question), reader, pages=2)
        assert text.count(passage.text) == 1
        assert sum(text.count(answer) for answer in passage.answers) == 2  # one answer is part of the other
        assert len(pages_of(text)) in {2, 3}
        places.add(text.split("\n\n").index(passage.text))
    assert len(places) > 1


def test_natural_questions_are_matched_as_squad_does(natural_questions):
    """The right answers match in any case and with articles; half of the words gives a part of F1."""
    path, known = natural_questions
    right = ScriptedModel(lambda conversation: "the " + _about(conversation, known).upper(), spec="nano")
    found = measure_natural_questions(reading(right), path, questions=4, pages=2, seed=0)
    assert (found.outcomes, found.f1) == (Outcomes(correct=4), 1.0)
    half = ScriptedModel(lambda conversation: _about(conversation, known).split()[0], spec="nano")
    found = measure_natural_questions(reading(half), path, questions=4, pages=2, seed=0)
    assert found.outcomes == Outcomes(wrong=4)
    assert found.f1 == pytest.approx(2 / 3)
    silent = measure_natural_questions(reading(PageReader({})), path, questions=4, pages=2, seed=0)
    assert (silent.outcomes, silent.f1) == (Outcomes(abstained=4), 0.0)


def test_latency_times_documents_that_nobody_saw():
    """Each timed document is another one, of about the wanted pages, and the warm-up does not count."""
    model = PageReader({})
    found = measure_latency(reading(model), documents=2, pages=2, seed=0)
    assert len(found.seconds) == len(found.pages) == 2
    assert all(seconds > 0 for seconds in found.seconds)
    assert all(1 <= pages <= 3 for pages in found.pages)
    seen = [conversation[0].images[0].fingerprint for conversation in model.conversations]
    assert len(seen) == len(set(seen)) > sum(found.pages)


def test_styles_vary_in_what_their_font_allows():
    """Bitmap fonts vary in line height, others in resolution; the style itself is among the variations."""
    bitmap = variations("nano")
    assert [style.line_height for style in bitmap.values()] == [28, 21, 17, 14, 12, 10, 8]
    scalable = variations("glyph")
    assert [style.dpi for style in scalable.values()] == [120, 108, 96, 84, 72, 66, 60]
    assert list(variations("glyph-96")) == list(scalable)


def test_the_curve_goes_from_spacious_to_dense(prose):
    """Every variation has its compression and its errors, and denser ones compress more."""
    model = PageReader({})
    curve = measure_curve(model, prose, style="nano", pages=1, seed=0)
    ratios = [point.compression.ratio for point in curve.points]
    assert ratios == sorted(ratios)
    assert len(ratios) == 7
    assert all(set(point.errors) == {"prose", "shuffled words", "random strings"} for point in curve.points)
    assert curve.left_out == {}


def test_what_a_model_cannot_read_is_left_out_with_the_reason(prose):
    """A variation that the model refuses is named with the reason, and the others are measured."""

    class Strict(PageReader):
        def generate(self, conversations, settings, *, prefix=None):
            if settings.max_tokens > 3400:
                raise RequestError("too much text for this model")
            return super().generate(conversations, settings, prefix=prefix)

    curve = measure_curve(Strict({}), prose, style="nano", pages=1, seed=0)
    assert [point.setting for point in curve.points] == [f"line height {height}" for height in (28, 21, 17, 14)]
    assert curve.left_out == dict.fromkeys(
        (f"line height {height}" for height in (12, 10, 8)), "too much text for this model"
    )


def test_what_is_missing_is_said_and_the_rest_goes_on(prose, key_values):
    """Without files, or with damaged ones, the measures that need them carry the reason, and nothing is invented."""
    told = []
    bare = evaluate(reading(PageReader({})), Workload.quick(), notify=told.append)
    for found in (bare.compression, bare.errors["prose"], bare.curve, bare.key_values, bare.natural_questions):
        assert isinstance(found, Unmeasured)
        assert "was given" in found.reason
    assert bare.errors["random strings"].pages == 1
    assert bare.lookup.answerable.total == 8
    assert told[0] == "compression"
    assert len(told) == len(set(told)) == 9
    other = evaluate(reading(PageReader({})), Workload.quick(), texts=prose, natural_questions=key_values[0])
    assert other.natural_questions == Unmeasured(reason="a record of natural questions has question, answers and ctxs")
    assert isinstance(other.curve, Curve)


def test_a_model_that_fails_is_no_result():
    """An error of the model becomes the reason why a measure is missing."""
    found = evaluate(Reader(ScriptedModel([])), Workload.quick())
    assert "used up" in found.lookup.reason
    assert "used up" in found.latency.reason


def test_the_same_seed_gives_the_same_evaluation(prose, key_values, natural_questions):
    """Everything but the seconds depends on the seed alone, and is plain data."""

    def run(seed):
        found = evaluate(
            reading(PageReader(answers(), otherwise="seven")),
            Workload.quick(seed=seed),
            texts=prose,
            key_values=key_values[0],
            natural_questions=natural_questions[0],
        ).to_dict()
        del found["latency"]["seconds"], found["latency"]["median"]
        return json.dumps(found)

    assert run(3) == run(3) != run(4)


@pytest.mark.parametrize("name", ["pages", "questions", "timed", "transcript_tokens"])
def test_a_workload_measures_something(name):
    """Nothing of a workload may be nothing."""
    with pytest.raises(RequestError, match=name):
        Workload(**{name: 0})


def _about(conversation, known):
    """What is known about the question of a conversation."""
    asked = conversation[-1].content[-1].partition("Question: ")[2].split("\n")[0]
    return known[asked]
