"""`glyph ask`: answers with what they rest on, and what goes wrong."""

import io
import json
import re
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from PIL import Image
from rich.console import Console

from glyph_integrations import Progress, model_spec
from glyph_integrations.cli import readers
from glyph_integrations.models import images_of

HIRE = "The hire is EUR 14,850.00 for the whole period."
REPLY = f'The hire is EUR 14,850.00; engine D6-77210-B.\nQuote: "{HIRE}"\nQuote: Nobody pays at all.'
ABSTAINED = "NOT IN DOCUMENT"


def test_an_answer_and_what_it_rests_on(glyph, charter, scripted):
    """Text, quotes with file and page, corrections, doubts and cost are on stdout, and nothing is on stderr."""
    scripted([REPLY])
    result = glyph("ask", charter, "What is the hire?", "--model", "any")
    assert (result.code, result.stderr) == (0, "")
    lines = result.stdout.split("\n")
    assert lines[:7] == [
        "The hire is EUR 14,850.00; engine D6-77120-B.",
        "",
        f"  “{HIRE}”",
        "    charter.pdf, page 2",
        "  not found in the source's text: “Nobody pays at all.”",
        "  corrected from the source: “D6-77210-B” is “D6-77120-B”",
        "",
    ]
    for words in (r"model +scripted, pages in style glyph\b", r"compression ratio +2\.57×", r"verified +no\b"):
        assert re.search(words, result.stdout)


def test_an_abstention_ends_in_3(glyph, charter, scripted):
    """Scripts can tell from the exit code that the document does not hold the answer."""
    scripted([ABSTAINED])
    result = glyph("ask", charter, "Who is the king?", "--model", "any")
    assert result.code == 3
    assert result.stdout.startswith("Not in the document.\n\n")
    assert re.search(r"verified +nothing to check", result.stdout)


def test_several_questions_of_one_reading(glyph, charter, scripted):
    """Each question stands over its answer; one that is answered makes the exit code 0."""
    model = scripted([REPLY, ABSTAINED])
    result = glyph("ask", charter, "-q", "What is the hire?", "--question", "Who is the king?", "--model", "any")
    assert result.code == 0
    assert re.search(r"^› What is the hire\?\nThe hire is .*\n\n› Who is the king\?\nNot in", result.stdout, re.DOTALL)
    first, second = model.conversations
    assert [image.fingerprint for image in images_of(first)] == [image.fingerprint for image in images_of(second)]
    scripted([ABSTAINED, ABSTAINED])
    assert glyph("ask", charter, "-q", "Who?", "-q", "Why?", "--model", "any").code == 3


def test_several_files_are_read_together(glyph, charter, novel, scripted):
    """All but the last argument are files, and citations name the one."""
    model = scripted([f"EUR 14,850.00\nQuote: {HIRE}"])
    result = glyph("ask", novel, charter, "What is the hire?", "--model", "any")
    assert "charter.pdf, page 2" in result.stdout
    assert "show novel.txt" in model.conversations[0][0].content[-1]


def test_json_is_complete(glyph, charter, scripted):
    """With --json stdout is JSON and nothing else, and holds all that the answers hold."""
    scripted([REPLY, ABSTAINED])
    result = glyph("ask", charter, "-q", "What?", "-q", "Who?", "--model", "any", "--json", "--show-pages")
    assert (result.code, result.stderr) == (0, "")
    first, second = result.json["answers"]
    assert first["text"] == "The hire is EUR 14,850.00; engine D6-77120-B."
    assert (first["citations"][0]["source"], first["citations"][0]["page"]) == ("charter.pdf", 2)
    assert first["usage"]["compression_ratio"] > 2
    assert (second["abstained"], second["question"]) == (True, "Who?")
    assert [Path(path).name for path in result.json["pages"]] == ["page-0001.png"]
    scripted([ABSTAINED])
    assert glyph("ask", charter, "Who?", "--model", "any", "--json").code == 3


def test_streams_print_the_same(glyph, charter, scripted):
    """With --stream the answer is printed while it comes, as the model writes it; the rest follows."""
    scripted([REPLY, REPLY])
    whole = glyph("ask", charter, "What?", "--model", "any").stdout
    streamed = glyph("ask", charter, "What?", "--model", "any", "--stream").stdout
    without_times = [re.sub(r"\d+\.\d\d", "", text) for text in (whole.replace("77120-B.", "77210-B."), streamed)]
    assert without_times[0] == without_times[1]
    scripted([ABSTAINED, "Yes."])
    several = glyph("ask", charter, "-q", "Who?", "-q", "Why?", "--model", "any", "--stream")
    assert several.code == 0
    assert re.search(r"^› Who\?\nNot in the document\.\n\n.*\n\n› Why\?\nYes\.\n\n", several.stdout, re.DOTALL)


def test_cited_pages_are_saved_with_frames(glyph, charter, scripted):
    """With --show-pages each cited page is a PNG on which the passage is framed in colour, and only that."""
    model = scripted([f"Yes\nQuote: {HIRE}"])
    result = glyph("ask", charter, "What?", "--model", "any", "--show-pages", "--json")
    (path,) = result.json["pages"]
    with Image.open(path) as image:
        framed = np.asarray(image.convert("RGB")).astype(int)
    page = images_of(model.conversations[0])[0].pixels
    assert framed.shape[:2] == page.shape
    (citation,) = result.json["answers"][0]["citations"]
    red = framed[..., 0] - framed[..., 1] > 100
    rows, columns = red.nonzero()
    boxes = np.array([place["box"] for place in citation["rendered"]])
    assert rows.min() / page.shape[0] == pytest.approx(boxes[:, 1].min(), abs=0.01)
    assert rows.max() / page.shape[0] == pytest.approx(boxes[:, 3].max(), abs=0.01)
    assert columns.max() / page.shape[1] == pytest.approx(boxes[:, 2].max(), abs=0.01)
    assert (framed[~red].reshape(-1, 3) == page[~red][:, None]).all()


def test_nothing_cited_saves_nothing(glyph, charter, scripted):
    """An answer without citations leaves no files."""
    scripted([ABSTAINED])
    assert glyph("ask", charter, "Who?", "--model", "any", "--show-pages", "--json").json["pages"] == []


def test_options_reach_the_reader(glyph, charter, novel, scripted):
    """Style, most tokens, windows and expansion do what they say."""
    model = scripted(["PAGES: 1", "one two three four five six seven eight nine ten"])
    arguments = ("--model", "any", "--style", "dense", "--max-tokens", "7", "--expand", "auto", "--json")
    (answer,) = glyph("ask", charter, "What?", *arguments).json["answers"]
    assert (answer["style"], answer["expanded"], answer["finish"]) == ("dense", [0], "length")
    assert {settings.max_tokens for settings in model.settings} == {7}
    scripted(lambda _: ABSTAINED, spec=replace(model_spec("glm4v"), images_per_request=1))
    arguments = ("--model", "any", "--style", "large", "--overflow", "windows", "--json")
    (answer,) = glyph("ask", novel, "What?", *arguments).json["answers"]
    assert len(answer["windows"]) > 1


def test_incomplete_answers_say_so(glyph, charter, scripted):
    """What was cut or looped is marked, with what to do."""
    scripted(["one two three four five", "Paid. " + "The hire is due again. " * 60])
    assert (
        "(incomplete: --max-tokens was reached)"
        in glyph("ask", charter, "What?", "--model", "any", "--max-tokens", "3").stdout
    )
    assert "(incomplete: the model fell into a loop)" in glyph("ask", charter, "What?", "--model", "any").stdout


@pytest.mark.parametrize("how", [[], ["--stream"]])
def test_terminals_are_not_controlled_by_documents(glyph, charter, scripted, how):
    """Escape sequences that a model copies from a document are not passed to the terminal."""
    scripted(["Yes\x1b[2J\x9b1m\x07.\nQuote: \x1b]0;x\x07nowhere at all"])
    result = glyph("ask", charter, "What?", "--model", "any", *how)
    assert not set(result.stdout) & {"\x1b", "\x9b", "\x07"}
    assert result.stdout.startswith("Yes[2J1m.\n")


def test_progress_does_not_draw_over_answers(monkeypatch):
    """On a terminal the bar is there while something is under way, and the end of it brings nothing back."""
    drawn = io.StringIO()
    monkeypatch.setattr(readers, "Console", lambda **_: Console(file=drawn, force_terminal=True, width=80))
    with readers.ProgressBar() as bar:
        bar(Progress(stage="read", done=0, total=1))
        bar.stop()
        assert "Reading" in drawn.getvalue()
        before = drawn.getvalue()
        bar(Progress(stage="read", done=1, total=1))
        bar.stop()
        assert drawn.getvalue() == before


def test_errors_are_one_line(glyph, charter, scripted):
    """A missing file, a misspelt style, a document too long and a model that fails: exit code 1 and one line each."""
    scripted([], spec=replace(model_spec("glm4v"), window=400))
    for arguments, words in (
        (["missing.pdf"], "missing.pdf"),
        ([charter, "--style", "tiny"], "there is no style 'tiny'"),
        ([charter], "page 1 alone needs 338 tokens"),
    ):
        result = glyph("ask", *arguments[:1], "What?", "--model", "any", *arguments[1:])
        assert (result.code, result.stdout) == (1, "")
        assert result.stderr.startswith("glyph: ")
        assert words in result.stderr
        assert result.stderr.count("\n") == 1
    scripted([])
    result = glyph("ask", charter, "What?", "--model", "any")
    assert (result.code, result.stderr.count("\n")) == (1, 1)
    result = glyph("ask", charter, " ", "--model", "any")
    assert (result.code, result.stderr) == (1, "glyph: the question is empty\n")


def test_files_and_styles_are_looked_at_before_a_model_is_loaded(glyph, charter, monkeypatch):
    """Nobody waits for a model to learn that a file is missing."""

    def never(*_):
        raise AssertionError("a model was loaded")

    monkeypatch.setattr("glyph_integrations.cli.readers._vision_model", never)
    assert "missing.pdf" in glyph("ask", "missing.pdf", "What?", "--model", "any").stderr
    assert "no style" in glyph("ask", charter, "What?", "--model", "any", "--style", "tiny").stderr


def test_wrong_usage_ends_in_2(glyph, charter, scripted):
    """No model, no question, a file where the question should be, and values that are none of the choices."""
    scripted([])
    assert glyph("ask", charter, "What?").code == 2
    missing = glyph("ask", charter, "--model", "any")
    assert missing.code == 2
    assert "the question comes last" in missing.stderr
    assert glyph("ask", "What?", "--model", "any").code == 2
    assert glyph("ask", charter, "What?", "--model", "any", "--overflow", "cut").code == 2
    for value in ("some", "0", "-1", ""):
        result = glyph("ask", charter, "What?", "--model", "any", f"--expand={value}")
        assert (result.code, "off, auto" in result.stderr) == (2, True)
    assert glyph("ask", charter, "What?", "--model", "any", "--max-tokens", "0").code == 2


def test_a_real_process_asks_a_real_model(glyph_process, charter, tiny_glm4v):
    """As a user would: a folder with a checkpoint answers, and stdout is the JSON alone."""
    result = glyph_process("ask", charter, "Who signed?", "--model", tiny_glm4v, "--max-tokens", "8", "--json")
    assert (result.code, result.stderr) == (0, "")
    (answer,) = json.loads(result.stdout)["answers"]
    assert (answer["model"], answer["finish"]) == ("tiny-glm4v", "length")
    assert answer["usage"]["output_tokens"] == 8
    assert answer["usage"]["cached_tokens"] > 0


def test_a_model_that_is_not_there(glyph, charter, tmp_path):
    """A folder without a checkpoint is an error in one line, without its absolute path."""
    (tmp_path / "empty").mkdir()
    result = glyph("ask", charter, "Who?", "--model", tmp_path / "empty")
    assert (result.code, result.stdout, result.stderr.count("\n")) == (1, "", 1)
    assert "empty" in result.stderr
    assert str(tmp_path) not in result.stderr
