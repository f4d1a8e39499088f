"""What people see of an evaluation."""

from __future__ import annotations

import re
from datetime import date
from importlib.util import find_spec

import pytest
from page_reader import PageReader, reading

from glyph_integrations.errors import MalformedError, MissingExtraError
from glyph_integrations.evaluation import Workload, evaluate, plot
from glyph_integrations.evaluation.machine import cores, hardware, software
from glyph_integrations.evaluation.report import COLUMNS, curve_table, put, rows, section
from glyph_integrations.evaluation.results import (
    Asked,
    CharacterErrors,
    Compression,
    Curve,
    CurvePoint,
    Evaluation,
    KeyValues,
    Latency,
    Lookup,
    NaturalQuestions,
    Unmeasured,
)

DAY = date(2026, 11, 26)


def asked(outcome, *, references=("x",), **more):
    """A question that ended so."""
    return Asked(question="?", references=references, answer="x", outcome=outcome, **more)


@pytest.fixture
def evaluation():
    """One with every kind of result, and a gap."""
    compression = Compression(pages=8, characters=9000, text_tokens=3000, tokenizer="cl100k_base", visual_tokens=1000)
    errors = CharacterErrors(pages=8, incomplete=1, characters=9000, errors=90)
    lookup = [asked("correct", kind="cell")] * 8 + [asked("wrong", kind="date")] * 2
    return Evaluation(
        model="nano",
        style="nano",
        seed=0,
        compression=compression,
        errors={"prose": errors, "shuffled words": Unmeasured(reason="no | text")},
        lookup=Lookup(documents=2, pages=20, asked=(*lookup, asked("abstained", references=()))),
        key_values=KeyValues(pages=4, asked=(asked("correct", corrected=True), asked("wrong", corrected=True))),
        natural_questions=NaturalQuestions(pages=5, asked=(asked("correct"),)),
        latency=Latency(pages=(10, 9), seconds=(2.0, 4.0), cores=2),
        curve=Curve(
            points=(CurvePoint(setting="72 dpi", compression=compression, errors={"prose": errors}),),
            left_out={"60 dpi": "too small"},
        ),
    )


def test_rows_show_counts(evaluation):
    """Every rate stands beside the counts that it was made of, and every share beside its interval."""
    table = {measure: (result, counted) for measure, result, counted in rows(evaluation)}
    assert table["compression, prose"][0] == "3.00×"
    assert table["character error, prose"] == (
        "1.00 %",
        "90 of 9,000 characters, 8 pages, 1 of them cut off or looping",
    )
    assert table["character error, shuffled words"] == ("not measured", "no | text")
    assert table["lookup: correct"] == ("8 of 10", "49–94 %; 2 documents, 20 pages")
    assert table["lookup: silently wrong"][0] == "2 of 10"
    assert table["lookup, date: correct"] == ("0 of 2", "0 abstained, 2 silently wrong")
    assert table["lookup, unanswerable: abstained"][0] == "1 of 1"
    assert table["key-value retrieval: exact"][0] == "1 of 2"
    assert "1 of them corrected" in table["key-value retrieval: exact"][1]
    assert table["natural questions: F1"][0] == "1.000"
    assert table["seconds for a question, rendering and reading included"] == (
        "3.00",
        "median of 2 documents (2.00–4.00), 9–10 pages each, 2 cores",
    )


def test_every_measure_that_failed_has_a_row():
    """An evaluation of which nothing could be measured says so for every measure."""
    gap = Unmeasured(reason="no")
    empty = Evaluation(
        model="m", style="s", seed=0, compression=gap, errors={"prose": gap}, lookup=gap, key_values=gap,
        natural_questions=gap, latency=gap, curve=gap,
    )  # fmt: skip
    assert [row[1:] for row in rows(empty)] == [("not measured", "no")] * 6
    assert "not measured: no" in section(empty, command="c", day=DAY, hardware="h", software="s")
    assert empty.to_dict()["curve"] == {"unmeasured": "no"}


def test_a_section_says_how_it_was_made(evaluation):
    """The section has a heading, the command, the day, the machine, and tables whose cells are as many as columns."""
    text = section(evaluation, command="glyph evaluate nano", day=DAY, hardware="2 cores", software="x 1", plot="n.png")
    assert "\n## nano\n" in text
    assert "`glyph evaluate nano`, 2026-11-26, 2 cores; x 1." in text
    assert "](n.png)" in text
    lines = [line for line in text.splitlines() if line.startswith("|")]
    widths = [len(re.findall(r"(?<!\\)\|", line)) - 1 for line in lines]
    assert set(widths) == {3}  # both tables have three columns here
    assert len(lines) == 2 + len(rows(evaluation)) + 2 + 2


def test_a_section_is_replaced_and_nothing_else(evaluation):
    """To put a section twice is to put it once; another model's section, and all around it, stays."""
    first = section(evaluation, command="c", day=DAY, hardware="h", software="s")
    document = "# Measurements\n\nBy hand.\n"
    once = put(document, "nano", first)
    assert once == f"# Measurements\n\nBy hand.\n\n{first}\n"
    assert put(once, "nano", first) == once
    other = put(once + "\n## Below\n", "other", first.replace("evaluate nano -->", "evaluate other -->"))
    changed = put(other, "nano", first.replace("3.00×", "9.99×"))
    assert changed == other.replace("3.00×", "9.99×", 2)  # in both of its tables
    assert put("", "nano", first) == f"{first}\n"


def test_half_a_section_is_refused(evaluation):
    """Where one marker is missing nothing is replaced, so that nothing written by hand is lost."""
    text = put("", "nano", section(evaluation, command="c", day=DAY, hardware="h", software="s"))
    for broken in (text.replace("<!-- end of", "<!-- gone"), text.replace("<!-- glyph", "<!-- gone")):
        with pytest.raises(MalformedError, match="remove it"):
            put(broken, "nano", "new")


def test_the_curves_table_names_what_is_left_out(evaluation):
    """Every row has the setting, the ratio and the errors, or the reason why not."""
    columns, lines = curve_table(evaluation.curve)
    assert columns == ("setting", "compression", "character error, prose")
    assert lines == [("72 dpi", "3.00×", "1.00 % of 9,000"), ("60 dpi", "not measured: too small", "")]
    assert len(COLUMNS) == 3


def test_the_machine_is_described():
    """Cores, processor and versions are those of this process."""
    assert cores() >= 1
    assert f"{cores()} core" in hardware()
    assert software().startswith("glyph-integrations ")


@pytest.mark.skipif(find_spec("matplotlib") is None, reason="needs matplotlib")
def test_the_curve_is_drawn(tmp_path, prose):
    """The picture is a PNG file, and shows other errors otherwise."""
    from PIL import Image

    found = evaluate(reading(PageReader({})), Workload.quick(), texts=prose)
    worse = evaluate(reading(PageReader({}, otherwise="nothing " * 3)), Workload.quick(), texts=prose)
    plot.draw(found.curve, tmp_path / "one.png", title="nano")
    plot.draw(worse.curve, tmp_path / "two.png", title="nano")
    with Image.open(tmp_path / "one.png") as image:
        assert image.format == "PNG"
    assert (tmp_path / "one.png").read_bytes() != (tmp_path / "two.png").read_bytes()


def test_without_matplotlib_the_extra_is_named(monkeypatch, tmp_path, evaluation):
    """Where matplotlib is missing the error says what to install."""
    monkeypatch.setattr(plot, "find_spec", lambda _: None)
    with pytest.raises(MissingExtraError, match=r"glyph-integrations\[train\]"):
        plot.draw(evaluation.curve, tmp_path / "no.png", title="nano")
