"""`glyph chat`: question after question about what was read once."""

import re

from glyph_integrations.models import images_of

HIRE = "The hire is EUR 14,850.00 for the whole period."


def texts(conversation):
    """What was said by whom, without pages."""
    return [(message.role, message.content[-1]) for message in conversation]


def test_earlier_turns_are_in_mind(glyph, charter, scripted):
    """Every question goes with the pages and all earlier turns; an abstention is remembered as what it was."""
    model = scripted([f"EUR 14,850.00\nQuote: {HIRE}", "NOT IN DOCUMENT", "Fuel."])
    result = glyph("chat", charter, "--model", "any", stdin="The hire?\nWho is king?\nWithout what?\n")
    assert result.code == 0
    second, third = map(texts, model.conversations[1:])
    assert [role for role, _ in third] == ["user", "assistant", "user", "assistant", "user"]
    assert second[:2] == third[:2] == [("user", "The hire?"), ("assistant", "EUR 14,850.00")]
    assert third[2:4] == [("user", "Who is king?"), ("assistant", "NOT IN DOCUMENT")]
    assert "Question: Without what?" in third[4][1]
    assert len({tuple(image.fingerprint for image in images_of(one)) for one in model.conversations}) == 1


def test_answers_are_shown_with_what_they_rest_on(glyph, charter, scripted):
    """Answers are on stdout, one after another; how to use the command is on stderr."""
    scripted([f"EUR 14,850.00\nQuote: {HIRE}", "NOT IN DOCUMENT"])
    result = glyph("chat", charter, "--model", "any", stdin="The hire?\nWho is king?\n")
    assert result.stdout == (f"EUR 14,850.00\n\n  “{HIRE}”\n    charter.pdf, page 2\n\nNot in the document.\n\n")
    assert "/forget" in result.stderr


def test_forgetting(glyph, charter, scripted):
    """After /forget the conversation begins anew, with the pages read before."""
    model = scripted(["One.", "Two."])
    glyph("chat", charter, "--model", "any", stdin="First?\n/forget\nSecond?\n")
    assert [len(conversation) for conversation in model.conversations] == [1, 1]
    assert images_of(model.conversations[1])


def test_usage_is_that_of_the_last_answer(glyph, charter, scripted):
    """/usage prints what the last answer cost, and nothing before there is one; neither is asked of the model."""
    model = scripted(["One.", "Two."])
    result = glyph("chat", charter, "--model", "any", stdin="/usage\nFirst?\n/usage\n/forget\n/usage\n")
    assert result.code == 0
    assert result.stdout.startswith("One.\n\nmodel ")
    assert len(re.findall(r"compression ratio", result.stdout)) == 2
    assert len(model.conversations) == 1


def test_an_error_does_not_end_it(glyph, charter, scripted):
    """What goes wrong in one turn is one line on stderr; the next question is asked, without the failed one."""
    answers = iter(["One.", ValueError, "Three."])

    def answer(_):
        from glyph_integrations import ModelError

        found = next(answers)
        if found is ValueError:
            raise ModelError("the server\nis on holiday")
        return found

    model = scripted(answer)
    result = glyph("chat", charter, "--model", "any", stdin="First?\nSecond?\nThird?\n")
    assert result.code == 0
    assert "glyph: the server is on holiday\n" in result.stderr
    assert result.stdout == "One.\n\nThree.\n\n"
    assert [text for _, text in texts(model.conversations[-1])][:2] == ["First?", "One."]
    assert "Second?" not in str(texts(model.conversations[-1]))


def test_it_ends_with_the_input(glyph, charter, scripted):
    """An empty line ends the conversation, and so does the end of the input."""
    model = scripted(["One.", "Two."])
    assert glyph("chat", charter, "--model", "any", stdin="First?\n\nSecond?\n").code == 0
    assert len(model.conversations) == 1
    assert glyph("chat", charter, "--model", "any", stdin="").code == 0


def test_an_answer_that_was_cut_before_it_began_is_not_remembered(glyph, charter, scripted):
    """Thinking that used up all tokens is no turn of the conversation."""
    model = scripted(["<think>One. Two. Three. Four.</think>Five.", "Yes."])
    result = glyph("chat", charter, "--model", "any", "--max-tokens", "5", stdin="First?\nSecond?\n")
    assert "incomplete" in result.stdout
    assert len(model.conversations[1]) == 1


def test_what_cannot_be_read_ends_it(glyph, scripted):
    """A missing file is an error before anything is asked."""
    scripted([])
    result = glyph("chat", "missing.pdf", "--model", "any", stdin="First?\n")
    assert (result.code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
