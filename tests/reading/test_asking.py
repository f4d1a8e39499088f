"""What a model is asked next, given what it said before, and what becomes of its replies."""

from __future__ import annotations

import json
import re
from dataclasses import replace

import pytest

from glyph_integrations import (
    ModelError,
    Reader,
    RenderStyle,
    RequestError,
    ResponseError,
    SourceText,
    count_text_tokens,
    load,
    model_spec,
)
from glyph_integrations.models import images_of, settings_for
from glyph_integrations.testing import ScriptedModel

HIRE = "The hire is EUR 14,850.00 for the whole period."
ENGINE = "serial number D6-77120-B, last surveyed on 9 January 2031"
ABSTAINED = "NOT IN DOCUMENT"
SMALL = RenderStyle(name="small", page_width=196, page_height=196, crop_last_page=False)  # 49 tokens, 2 around them
FOUR_PAGES = replace(model_spec("glm4v"), images_per_request=4)  # the sample has 9


def said(model, number=-1):
    """The last text of a conversation that a model was shown."""
    return model.conversations[number][-1].content[-1]


def ask(charter, *answers, question="What is the hire?", schema=None, **options):
    """The answer of a model that says these things, and the model."""
    model = ScriptedModel(list(answers), spec=options.pop("spec", "glm4v"))
    return Reader(model, **options).ask(charter, question, schema=schema), model


@pytest.fixture(scope="module")
def by_page(charter):
    """Asks about the sample in windows of four small pages, answered by a function of the first page's number."""

    def asked(answers, *, merged=None, question="What is the hire?", **options):
        def answer(conversation):
            text = conversation[-1].content[-1]
            if "was read in parts" in text:
                return merged
            return answers[(int(re.search(r"Above (?:is|are) pages? (\d+)", text)[1]) - 1) // 4]

        model = ScriptedModel(answer, spec=FOUR_PAGES)
        reader = Reader(model, style=SMALL, overflow="windows", **{"factsheet": 0, **options})
        return reader.ask(charter, question), model

    return asked


def test_a_question_without_words_is_refused(charter):
    """Nothing is asked of the model, and the message says why."""
    model = ScriptedModel([])
    for question in ("", " \n"):
        with pytest.raises(RequestError, match="question is empty"):
            Reader(model).ask(charter, question)
    assert model.conversations == []


@pytest.mark.parametrize("option", [{"expand": 0}, {"expand": "all"}, {"merge": "vote"}, {"factsheet": -1}])
def test_options_are_checked_at_once(option):
    """A reader with an option that has no such value is never made."""
    with pytest.raises(RequestError, match=next(iter(option))):
        Reader(ScriptedModel([]), **option)


def test_quotes_become_citations(charter):
    """An answer cites its quotes as they stand in the source, and all it says is verified."""
    answer, model = ask(charter, f'EUR 14,850.00, fuel excluded.\nQuote: "{HIRE.replace("hire is", "hire  was")}"')
    assert answer.text == "EUR 14,850.00, fuel excluded."
    (citation,) = answer.citations
    assert (citation.quote, citation.page) == (HIRE, 2)
    assert 0.9 < citation.similarity < 1
    assert charter.text[citation.start : citation.end] == HIRE
    assert [(check.kind, check.status) for check in answer.checks] == [("quote", "found"), ("exact", "found")]
    assert answer.verified
    assert (answer.question, answer.model, answer.style) == ("What is the hire?", "scripted", "glyph")
    assert len(model.conversations) == 1


def test_an_identifier_misread_is_corrected(charter):
    """What the model read is replaced by what stands in the source, and the check says both."""
    answer, _ = ask(charter, f'The serial number is D6-77210-B.\nQuote: "{ENGINE}"', question="Which engine?")
    assert answer.text == "The serial number is D6-77120-B."
    (corrected,) = (check for check in answer.checks if check.status == "corrected")
    assert (corrected.read_as, corrected.text) == ("D6-77210-B", "D6-77120-B")
    assert answer.verified


def test_what_is_absent_is_flagged(charter):
    """An amount and a quote that stand nowhere are left as they are, and the answer is not verified."""
    answer, _ = ask(charter, 'EUR 99,999.00\nQuote: "Nobody pays anything at all, now or ever."')
    assert answer.text == "EUR 99,999.00"
    assert {(check.kind, check.status) for check in answer.checks} == {("quote", "absent"), ("exact", "absent")}
    assert not answer.verified
    assert answer.citations == ()


def test_an_answer_without_quotes_cites_its_own_words(charter):
    """Words that stand in the source just once are their own citation; those found often, or nowhere, are not."""
    answer, _ = ask(charter, "Josef\nQuillan for the Charterer.", question="Who signed?")
    assert answer.citations == ()
    answer, _ = ask(charter, "Two rehearsals are allowed in the hold.", question="Rehearsals?")
    assert [citation.quote for citation in answer.citations] == ["Two rehearsals are allowed in the hold"]
    answer, _ = ask(charter, "the Owner", question="Who delivers?")
    assert answer.citations == ()


def test_only_the_agreed_line_abstains(charter):
    """The line abstains, and is no text; words that mean as much are an answer."""
    answer, _ = ask(charter, ABSTAINED)
    assert (answer.abstained, answer.text, answer.citations, answer.verified) == (True, "", (), False)
    answer, _ = ask(charter, "The document does not say.")
    assert (answer.abstained, answer.text) == (False, "The document does not say.")


def test_empty_replies_are_empty_answers(charter):
    """A model that says nothing has not abstained."""
    answer, _ = ask(charter, "")
    assert (answer.text, answer.abstained, answer.citations, answer.checks) == ("", False, (), ())


def test_thinking_is_kept_apart(charter):
    """What is thought is neither answer nor quote."""
    answer, _ = ask(charter, f"<think>Quote: {HIRE}</think>EUR 14,850.00")
    assert answer.thinking == f"Quote: {HIRE}"
    assert answer.text == "EUR 14,850.00"


def test_incomplete_answers_say_so(charter):
    """A reply that was cut or looped has the reason, and keeps what was said until then."""
    settings = settings_for(model_spec("glm4v")).replace(max_tokens=12)
    answer, _ = ask(charter, "The hire is due on the first of May. " * 3 + "And then.", settings=settings)
    assert answer.finish == "length"
    assert answer.text.startswith("The hire is due")
    answer, _ = ask(charter, "Paid. " + "The hire is due again. " * 60)
    assert (answer.finish, answer.text[:5]) == ("repetition", "Paid.")


def test_usage_counts_everything_that_stands_for_the_document(charter):
    """Text tokens are those of the source, and the ratio counts pages and factsheet, but not prompt and question."""
    answer, model = ask(charter, "yes")
    plain, _ = ask(charter, "yes", factsheet=0)
    usage = answer.usage
    sheet = said(model).partition("\n\nQuestion:")[0]
    assert usage.text_tokens == count_text_tokens(charter.text).count
    assert usage.tokenizer == count_text_tokens(charter.text).tokenizer
    assert usage.expansion_tokens == count_text_tokens(sheet, "estimate").count > 100
    assert usage.compression_ratio == usage.text_tokens / (usage.visual_tokens + usage.expansion_tokens)
    assert plain.usage.expansion_tokens == 0
    assert plain.usage.compression_ratio == usage.text_tokens / usage.visual_tokens
    assert usage.prompt_tokens > usage.visual_tokens + usage.expansion_tokens
    other = Reader(ScriptedModel(["yes"]), tokenizer="estimate").ask(charter, "What?").usage
    assert (other.tokenizer, other.text_tokens) == ("estimate", count_text_tokens(charter.text, "estimate").count)


def test_models_that_read_exact_strings_get_no_factsheet(charter):
    """The factsheet is for models that misread, and costs nothing elsewhere."""
    answer, model = ask(charter, "yes", spec=replace(model_spec("glm4v"), misreads_exact_strings=False))
    assert said(model).startswith("Question: ")
    assert answer.usage.expansion_tokens == 0


def test_several_questions_are_asked_as_each_alone(charter):
    """Answers, prompts and usage are those of single questions, in order; nothing of one is in another."""
    replies = {"hire": f"EUR 14,850.00\nQuote: {HIRE}", "dog": "Bramble", "price": ABSTAINED}

    def answer(conversation):
        return next(reply for word, reply in replies.items() if f"about {word}?" in conversation[-1].content[-1])

    questions = [f"What about {word}?" for word in replies]
    model, alone = ScriptedModel(answer), ScriptedModel(answer)
    together = Reader(model).ask_all(charter, questions)
    singles = [Reader(alone).ask(charter, question) for question in questions]

    def without_seconds(one):
        return {**one.to_dict(), "usage": replace(one.usage, seconds={}).to_dict()}

    assert list(map(without_seconds, together)) == list(map(without_seconds, singles))
    assert [said(model, n) for n in range(3)] == [said(alone, n) for n in range(3)]
    assert [one.abstained for one in together] == [False, False, True]


# Schemas


DAYS = {"type": "object", "properties": {"days": {"type": "integer"}, "code": {"type": "string"}}}


def as_json(answer, *quotes):
    """A reply by the schema that answers are asked for by."""
    return json.dumps({"answer": answer, "quotes": quotes})


def test_answers_to_schemas_are_data(charter):
    """The answer is the JSON that was asked for, its quotes are citations, and the model was held to a schema."""
    answer, model = ask(charter, as_json({"days": 14}, HIRE), schema=DAYS)
    assert answer.data == {"days": 14}
    assert answer.text == '{"days": 14}'
    assert [citation.quote for citation in answer.citations] == [HIRE]
    assert set(model.settings[0].schema["properties"]) == {"answer", "quotes"}
    assert "as a JSON object" in said(model)


def test_null_abstains(charter):
    """A document that does not hold the answer has no data, whatever the schema wants."""
    answer, _ = ask(charter, as_json(None), schema=DAYS)
    assert (answer.abstained, answer.data, answer.text) == (True, None, "")


def test_strings_are_text(charter):
    """An answer that is a string is its own text."""
    answer, _ = ask(charter, as_json("Ida Fennimore"), schema={"type": "string"})
    assert (answer.data, answer.text) == ("Ida Fennimore", "Ida Fennimore")


@pytest.mark.parametrize(
    ("read", "stands"),
    [
        ("D6-77210-B", "D6-77120-B"),
        ({"serial": ["D6-77210-B"], "D6-77210-B": True}, {"serial": ["D6-77120-B"], "D6-77210-B": True}),
        ({"note": 'line\nD6-77210-B "diesel"\\'}, {"note": 'line\nD6-77120-B "diesel"\\'}),
        ({"number": 129704}, {"number": 129764}),
    ],
)
def test_corrections_reach_the_data(charter, read, stands):
    """Values are corrected wherever they stand, names are not, and text and data stay the same thing."""
    answer, _ = ask(charter, as_json(read), schema={}, question="Which?")
    assert answer.data == stands
    assert answer.text == (stands if isinstance(stands, str) else json.dumps(stands))
    assert [check.status for check in answer.checks] == ["corrected"]


def test_only_values_are_checked(charter):
    """Escapes and names of JSON are no strings of the source: what stands behind a line break is found."""
    data = {"q1_2031": "see\nD6-77120-B\tand\nMQZL7", "amount": 14850.0, "days": 14, "dog": True, "cat": None}
    answer, _ = ask(charter, as_json(data), schema={})
    assert answer.data == data
    assert {check.status for check in answer.checks} == {"found"}
    assert {"D6-77120-B", "MQZL7", "14850"} <= {check.text for check in answer.checks}


def test_a_reply_that_breaks_the_schema_is_an_error(charter):
    """It cannot be used, and says so instead of being passed on."""
    with pytest.raises(ResponseError):
        ask(charter, as_json({"days": "fourteen"}), schema=DAYS)
    with pytest.raises(RequestError):
        ask(charter, "unused", schema={"type": "days"})


# Expansion


def test_nothing_is_expanded_unless_asked(charter):
    """With expansion off the model is offered nothing, and asked once, whatever it says."""
    answer, model = ask(charter, "EUR 99,999.00\nQuote: Nobody pays.")
    assert "PAGES" not in said(model)
    assert (len(model.conversations), answer.expanded) == (1, ())


def test_pages_asked_for_come_as_their_source_text(charter):
    """The second prompt holds the exact text of the pages named, the same pages first, and no further offer."""
    answer, model = ask(charter, "PAGES: 2, 99", f"EUR 14,850.00\nQuote: {HIRE}", style=SMALL, expand="auto")
    with Reader(ScriptedModel([]), style=SMALL).open(charter) as session:
        start, end = session.rendering[1].char_range
    assert "at most 4" in said(model, 0)
    assert f"Page 2 as text:\n{charter.text[start:end]}\n\nQuestion: What is the hire?" in said(model, 1)
    assert "PAGES" not in said(model, 1)
    first, second = model.conversations
    assert [image.fingerprint for image in images_of(first)] == [image.fingerprint for image in images_of(second)]
    assert answer.expanded == (1,)
    assert (answer.text, answer.verified) == ("EUR 14,850.00", True)


def test_both_passes_are_paid(charter):
    """Usage holds the tokens of both, the second's pages cached, and expansion lowers the ratio."""
    answer, model = ask(charter, "PAGES: 1", "EUR 14,850.00", expand="auto")
    once, _ = ask(charter, "EUR 14,850.00")
    expanded = re.search(r"Page 1 as text:\n.*?(?=\n\nQuestion:)", said(model), re.DOTALL)[0]
    tokens = count_text_tokens(expanded).count
    assert answer.usage.expansion_tokens == once.usage.expansion_tokens + tokens
    assert answer.usage.prompt_tokens > 2 * once.usage.prompt_tokens
    assert answer.usage.cached_tokens == 2 * once.usage.cached_tokens
    assert answer.usage.output_tokens > once.usage.output_tokens
    assert answer.usage.compression_ratio < 1 < once.usage.compression_ratio


def test_an_answer_that_does_not_check_out_expands_what_it_quotes(charter):
    """The pages of the quotes that were found come as text, and the second answer counts."""
    wrong = f"EUR 99,999.00\nQuote: {HIRE}"
    answer, model = ask(charter, wrong, f"EUR 14,850.00\nQuote: {HIRE}", style=SMALL, expand="auto")
    assert len(model.conversations) == 2
    assert HIRE in said(model, 1)
    assert answer.text == "EUR 14,850.00"
    assert len(answer.expanded) in {1, 2}
    assert answer.verified


@pytest.mark.parametrize(
    "reply", [f"EUR 14,850.00\nQuote: {HIRE}", ABSTAINED, "EUR 99,999.00", "Yes.\nQuote: Nobody pays."]
)
def test_there_is_no_second_pass_without_something_to_show(charter, reply):
    """Verified answers, abstentions, and wrong ones that quote no page are not asked for again."""
    answer, model = ask(charter, reply, expand="auto")
    assert (len(model.conversations), answer.expanded) == (1, ())


def test_pages_that_do_not_exist_are_not_expanded(charter):
    """A reply that only names them is no answer: the question is asked again, without an offer."""
    answer, model = ask(charter, "PAGES: 77", "EUR 14,850.00", expand="auto")
    assert (answer.text, answer.expanded) == ("EUR 14,850.00", ())
    assert "as text:" not in said(model)
    assert "PAGES" not in said(model)


def test_no_more_pages_than_offered(charter):
    """A model that names more gets the first ones."""
    answer, _ = ask(charter, "PAGES: 5, 1-3", "yes", style=SMALL, expand=2)
    assert answer.expanded == (4, 0)
    answer, _ = ask(charter, "PAGES: 1-9", "yes", style=SMALL, expand="auto")
    assert answer.expanded == (0, 1, 2, 3)


def test_a_number_lets_the_model_choose_first(charter):
    """With a number the first pass asks for pages only, and the answer is always that of the second."""
    answer, model = ask(charter, "EUR 1.00", "EUR 14,850.00", style=SMALL, expand=3)
    assert "Do not answer yet." in said(model, 0)
    assert "at most 3" in said(model, 0)
    assert answer.text == "EUR 14,850.00"
    assert len(model.conversations) == 2


@pytest.mark.parametrize("expand", ["auto", 2])
def test_schemas_bind_the_second_pass_only(charter, expand):
    """A pass that may name pages is free; the one that answers is held to the schema."""
    answer, model = ask(charter, "PAGES: 1", as_json({"days": 14}), schema=DAYS, expand=expand, style=SMALL)
    assert answer.data == {"days": 14}
    assert answer.expanded == (0,)
    assert [settings.schema is None for settings in model.settings] == [True, False]


def test_scans_are_shown_sharper(scan):
    """A page that is a picture has no text: the second prompt shows it once more, larger, after all pages."""
    model = ScriptedModel(["PAGES: 2", "Nobody can copy this."])
    answer = Reader(model, expand="auto").ask(scan, "What does it say?")
    first, second = (images_of(conversation) for conversation in model.conversations)
    assert len(second) == len(first) + 1
    assert [image.fingerprint for image in second[: len(first)]] == [image.fingerprint for image in first]
    assert second[-1].pixels.size > 2 * first[1].pixels.size
    height, width = second[-1].pixels.shape[:2]
    assert answer.usage.expansion_tokens == model.spec.page_tokens(width, height)
    assert (answer.expanded, answer.citations) == ((1,), ())


def test_sharper_pictures_do_not_exceed_the_images_of_a_request(scan):
    """Where all images of a request are pages, a scan cannot be shown again."""
    spec = replace(model_spec("glm4v"), images_per_request=2)
    model = ScriptedModel(["PAGES: 2", "yes"], spec=spec)
    answer = Reader(model, expand="auto").ask(scan, "What does it say?")
    assert [len(images_of(conversation)) for conversation in model.conversations] == [2, 2]
    assert answer.expanded == ()


def test_expansion_keeps_its_budget():
    """At most half of what the window leaves for question and answer is filled with pages."""
    text = SourceText.from_string("\n".join(f"{n}: nobody counts up to {n * 7919}." for n in range(900)))
    answer, model = ask(text, "PAGES: 1-4", "yes", expand="auto", factsheet=0)
    assert 0 < len(answer.expanded) < 4
    assert 1500 < answer.usage.expansion_tokens <= 4096
    assert said(model).count(" as text:\n") == len(answer.expanded)


def test_only_answers_in_doubt_are_asked_for_again(charter):
    """Of several questions those that need it have a second pass, together, and each answer stays with its question."""

    def answer(conversation):
        text = conversation[-1].content[-1]
        if "as text:" in text:
            return "EUR 14,850.00" if "hire?" in text else "Bramble"
        return "Ida Fennimore" if "owner?" in text else "PAGES: 1"

    model = ScriptedModel(answer)
    answers = Reader(model, expand="auto").ask_all(charter, ["The hire?", "The owner?", "The dog?"])
    assert [one.text for one in answers] == ["EUR 14,850.00", "Ida Fennimore", "Bramble"]
    assert [one.expanded for one in answers] == [(0,), (), (0,)]
    assert len(model.conversations) == 5


# Windows


def test_windows_that_abstain_fall_away(by_page):
    """One window knows: its answer is the answer, without another question; all windows' answers are kept."""
    answer, model = by_page([f"EUR 14,850.00\nQuote: {HIRE}", ABSTAINED, ABSTAINED])
    assert (answer.text, answer.abstained, answer.verified) == ("EUR 14,850.00", False, True)
    assert [window.abstained for window in answer.windows] == [False, True, True]
    assert len(model.conversations) == 3


def test_all_abstain(by_page):
    """Where no window knows, nobody does."""
    answer, _ = by_page([ABSTAINED] * 3)
    assert (answer.abstained, answer.text, len(answer.windows)) == (True, "", 3)


def test_equal_answers_are_one(by_page):
    """The same words are one answer, with the citations and checks of all."""
    first, second = f"eur 14,850.00\nQuote: {HIRE}", "EUR 14,850.00 \nQuote: Harmonium, serial no. 30418"
    answer, model = by_page([first, ABSTAINED, second])
    assert answer.text == "eur 14,850.00"
    assert [citation.quote for citation in answer.citations] == [HIRE, "Harmonium, serial no. 30418"]
    assert len([check for check in answer.checks if check.kind == "quote"]) == 2
    assert len(model.conversations) == 3


def test_different_answers_are_put_together_by_the_model(by_page, charter):
    """The model is shown the answers and quotes, no pages; its quotes are looked for in the whole source."""
    merged = f"Josef and Ida.\nQuote: {HIRE}\nQuote: Josef Quillan, for the Charterer."
    parts = [f"Ida.\nQuote: {HIRE}", ABSTAINED, "Josef.\nQuote: Josef Quillan, for the Charterer."]
    answer, model = by_page(parts, merged=merged, question="Who signed?")
    assert answer.text == "Josef and Ida."
    assert [citation.quote for citation in answer.citations] == [HIRE, "Josef Quillan, for the Charterer."]
    assert [window.text for window in answer.windows] == ["Ida.", "", "Josef."]
    assert images_of(model.conversations[-1]) == ()
    assert f'Pages 1 to 4: Ida.\nQuote: "{HIRE}"' in said(model)
    assert "Pages 5 to 8" not in said(model)
    assert "Who signed?" in said(model)


def test_the_best_answer_is_verified_then_likely(by_page):
    """With merge="best" the model is not asked again: what checks out wins over what does not."""
    parts = ["EUR 99,999.00", f"EUR 14,850.00\nQuote: {HIRE}", "EUR 88,888.00"]
    answer, model = by_page(parts, merge="best")
    assert (answer.text, answer.verified) == ("EUR 14,850.00", True)
    assert len(model.conversations) == 3


def test_the_likelier_of_two_wins(charter):
    """Among answers that are as well supported, the model's own likelihood decides."""
    likelihoods = iter([-0.9, -0.1, -0.5])

    class Likely(ScriptedModel):
        def generate(self, conversations, settings, *, prefix=None):
            found = super().generate(conversations, settings, prefix=prefix)
            return [replace(one, logprob=next(likelihoods)) for one in found]

    model = Likely(["Ida.", "Josef.", "Anneke."], spec=FOUR_PAGES)
    answer = Reader(model, style=SMALL, overflow="windows", merge="best", factsheet=0).ask(charter, "Who?")
    assert (answer.text, answer.logprob) == ("Josef.", -0.1)


def test_objects_are_never_put_together(charter):
    """Different answers to a schema: one of them is the answer, whole."""
    replies = iter([as_json({"days": 3}), as_json(None), as_json({"days": 14, "code": "D6-77120-B"}, ENGINE)])
    model = ScriptedModel(lambda _: next(replies), spec=FOUR_PAGES)
    answer = Reader(model, style=SMALL, overflow="windows", factsheet=0).ask(charter, "Who?", schema=DAYS)
    assert answer.data == {"days": 14, "code": "D6-77120-B"}
    assert len(model.conversations) == 3


def test_windows_add_up(by_page, charter):
    """Usage is the sum over all windows and the question that put them together; text and pages count once."""
    answer, model = by_page(["Ida.", "Josef.", "Anneke."], merged="All three.")
    parts, usage = [window.usage for window in answer.windows], answer.usage
    whole = count_text_tokens(charter.text).count
    assert usage.visual_tokens == sum(part.visual_tokens for part in parts) == 49 * len(images_of_all(model))
    assert usage.text_tokens == sum(part.text_tokens for part in parts) == pytest.approx(whole, abs=4)
    last = model.conversations[-1]
    assert usage.prompt_tokens > sum(part.prompt_tokens for part in parts)
    assert usage.output_tokens > sum(part.output_tokens for part in parts)
    assert len(last) == 1


def images_of_all(model):
    """Every image that a model was shown."""
    return [image for conversation in model.conversations for image in images_of(conversation)]


def test_a_cut_window_is_not_an_abstention(by_page):
    """If the only window that did not abstain was cut before it said anything, the answer is incomplete, not absent."""
    settings = settings_for(model_spec("glm4v")).replace(max_tokens=9)
    cut = "<think>One. Two. Three. Four. Five. Six. Seven.</think>EUR 14,850.00"
    answer, _ = by_page([ABSTAINED, cut, ABSTAINED], settings=settings)
    assert (answer.abstained, answer.text, answer.finish) == (False, "", "length")


def test_pages_of_windows_have_their_numbers_in_the_document(by_page, charter):
    """What a later window asks for, and what it expands, are pages of that window."""

    def numbers(second):
        return by_page([ABSTAINED, second, ABSTAINED], expand="auto")

    answer, model = numbers("PAGES: 6")
    assert answer.expanded == (5,)
    assert sum("Page 6 as text:" in said(model, n) for n in range(len(model.conversations))) == 1
    answer, model = numbers("PAGES: 1")
    assert answer.expanded == ()


def test_legends_name_what_a_window_shows(charter):
    """Of several sources each window is told those that it shows, by the numbers of its pages."""
    model = ScriptedModel(lambda _: ABSTAINED, spec=FOUR_PAGES)
    note = SourceText.from_string("The dog may come.", name="note")
    reader = Reader(model, style=SMALL, overflow="windows", factsheet=0)
    reader.ask({"charter": charter, "note": note}, "Who?")
    told = [said(model, n).partition("\n\n")[0] for n in range(len(model.conversations))]
    assert told[0] == "Above are pages 1 to 4 of a longer document: pages 1 to 4 show charter."
    assert told[-1].endswith(" shows note.")
    assert "note" not in "".join(told[:-1])


def test_what_goes_wrong_is_not_hidden(charter):
    """A model that fails in the second window fails the question."""
    model = ScriptedModel(["Ida."], spec=FOUR_PAGES)
    with pytest.raises(ModelError, match="used up"):
        Reader(model, style=SMALL, overflow="windows", factsheet=0).ask(charter, "Who?")


def test_a_scan_cannot_be_checked(scan):
    """What stands only in a picture is not in the text: such an answer has no citation and is not verified."""
    answer = Reader(ScriptedModel(["Line 39\nQuote: Line 39 of the scan"])).ask(load(scan), "Last?")
    assert (answer.text, answer.citations, answer.verified) == ("Line 39", (), False)
