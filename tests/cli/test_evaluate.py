"""`glyph evaluate`: how well a model reads."""

from importlib.util import find_spec

import pytest

BEFORE = "# Measurements\n\nWritten by hand.\n"


@pytest.fixture
def silent(scripted):
    """A model that reads page by page and always abstains."""
    return scripted(lambda _: "NOT IN DOCUMENT", spec="nano", name="silent")


def test_a_table_of_everything(glyph, silent):
    """All measures have a row, those that need a file say so, and nothing is on stderr."""
    result = glyph("evaluate", "silent", "--quick", "--questions", "4")
    assert (result.code, result.stderr) == (0, "")
    assert "lookup: abstained" in result.stdout
    assert "4 of 4" in result.stdout
    assert "no file of key-value pairs was given (--kv)" in result.stdout
    assert "no file of natural questions was given (--nq)" in result.stdout
    assert "line height 28" in result.stdout
    assert all(conversation[0].images for conversation in silent.conversations)


def test_json_has_counts_and_circumstances(glyph, silent, novel):
    """With --json the counts are on stdout, with the command that made them, without folders."""
    found = glyph("evaluate", "silent", "--quick", "--texts", novel, "--seed", "7", "--json", "--max-tokens", "50").json
    assert found["command"] == "glyph evaluate silent --texts novel.txt --quick --seed 7 --max-tokens 50"
    assert found["lookup"]["answerable"] == {"correct": 0, "abstained": 8, "wrong": 0}
    assert found["errors"]["prose"]["pages"] == 1
    assert 0.9 < found["errors"]["prose"]["rate"] <= 1.0
    assert found["key_values"] == {"unmeasured": "no file of key-value pairs was given (--kv)"}
    assert len(found["date"]) == 10
    assert "core" in found["hardware"]
    assert {settings.max_tokens for settings in silent.settings} == {50}


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")
def test_a_section_is_written_with_its_picture(glyph, silent, tmp_path):
    """The Markdown file gains the section, and links to the picture from where it lies."""
    output, plot = tmp_path / "docs.md", tmp_path / "pictures" / "silent.png"
    plot.parent.mkdir()
    output.write_text(BEFORE)
    assert glyph("evaluate", "silent", "--quick", "--output", output, "--plot", plot).code == 0
    text = output.read_text("utf-8")
    assert text.startswith(BEFORE)
    assert "](pictures/silent.png)" in text
    assert plot.read_bytes().startswith(b"\x89PNG")
    assert str(tmp_path) not in text


def test_a_real_model_is_evaluated_twice(glyph, tiny_glm4v, tmp_path):
    """A tiny model with random weights is measured to the end; measured again, its section is replaced."""
    output = tmp_path / "docs.md"
    output.write_text(BEFORE)
    command = ("evaluate", tiny_glm4v, "--style", "nano", "--quick", "--max-tokens", 2, "--output", output, "--json")
    first = glyph(*command)
    assert (first.code, first.stderr) == (0, "")
    output.write_text(output.read_text("utf-8") + "\nBelow.\n", "utf-8")
    second = glyph(*command, "--seed", 1)
    text = output.read_text("utf-8")
    assert text.startswith(BEFORE)
    assert text.endswith("\nBelow.\n")
    assert text.count("## tiny-glm4v\n") == text.count("<!-- glyph evaluate tiny-glm4v -->") == 1
    assert "seed 1" in text
    assert first.json["lookup"]["answerable"].keys() == {"correct", "abstained", "wrong"}
    assert first.json["errors"]["prose"]["incomplete"] == 1
    assert first.json["latency"]["median"] > 0
    assert second.json["errors"]["prose"] != first.json["errors"]["prose"]


def test_a_missing_folder_is_told_before_anything_is_measured(glyph, silent, tmp_path):
    """Where results could not be written nothing is asked."""
    result = glyph("evaluate", "silent", "--output", tmp_path / "no" / "docs.md")
    assert result.code == 2
    assert "no folder for docs.md" in result.stderr
    assert silent.conversations == []


def test_a_missing_text_is_told_in_one_line(glyph, silent, tmp_path):
    """A text that is not there is an error, and no path leaves the machine."""
    result = glyph("evaluate", "silent", "--texts", tmp_path / "none.txt")
    assert (result.code, result.stderr) == (1, "glyph: there is no text file none.txt that can be read\n")
