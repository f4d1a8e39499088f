"""Answers and citations as values: JSON, notebooks, what counts as verified."""

from __future__ import annotations

import io
import json
from dataclasses import replace

import numpy as np
import pytest
from PIL import Image

from glyph_integrations import Answer, Citation, Reader, Usage
from glyph_integrations.reading import Check, Place
from glyph_integrations.source.text import Box
from glyph_integrations.testing import ScriptedModel

HIRE = "The hire is EUR 14,850.00 for the whole period."
TABLE = "Deposit | 1 May 2031 | EUR 3,712.50 | WIL-0417-1"


@pytest.fixture(scope="module")
def answer(charter):
    """An answer with two citations, a correction, and a quote that is nowhere."""
    reply = (
        f'<think>Hm.</think>EUR 14,850.00 for D6-77210-B\nQuote: "{HIRE}"\nQuote: {TABLE}\nQuote: Nobody pays at all.'
    )
    return Reader(ScriptedModel([reply])).ask(charter, "The <b>hire</b> & the deposit?")


def checked(*statuses):
    """An answer whose checks ended so."""
    return Answer(question="", text="", checks=tuple(Check(kind="exact", text="x", status=one) for one in statuses))


def test_verified_means_checked_and_nothing_absent():
    """Found and corrected strings verify an answer; one that is absent does not, nor does nothing to check."""
    assert checked("found").verified
    assert checked("found", "corrected").verified
    assert not checked("found", "absent").verified
    assert not checked().verified


def test_an_answer_is_its_text(answer):
    """Printed, an answer is what the model said, corrected."""
    assert str(answer) == answer.text == "EUR 14,850.00 for D6-77120-B"
    assert str(replace(answer, text="", abstained=True)) == "Not in the document."


def test_json_holds_everything(answer):
    """Through JSON and back, every field but the crops is there, as plain data."""
    values = json.loads(json.dumps(answer.to_dict()))
    assert set(values) == {*answer.__dataclass_fields__, "verified"}
    assert (values["text"], values["verified"], values["thinking"]) == (answer.text, False, "Hm.")
    assert values["checks"][-1] == {
        "kind": "exact", "text": "D6-77120-B", "status": "corrected", "read_as": "D6-77210-B",
    }  # fmt: skip
    for written, citation in zip(values["citations"], answer.citations, strict=True):
        assert set(written) == {"quote", "source", "page", "label", "characters", "places", "rendered", "similarity"}
        assert written["characters"] == [citation.start, citation.end]
        assert written["places"][0]["box"] == pytest.approx(list(citation.box), abs=1e-5)
        assert (written["places"][0]["width"], written["places"][0]["height"]) == (420, 595)
        assert written["rendered"]
    assert values["usage"]["compression_ratio"] == pytest.approx(answer.usage.compression_ratio, abs=1e-3)
    assert set(values["usage"]["seconds"]) == {"load", "render", "prefill", "decode"}


def test_windows_are_in_the_json():
    """Answers of windows are written within the answer that they became."""
    part = Answer(question="Who?", text="Ida", usage=Usage(text_tokens=7, visual_tokens=2))
    written = json.loads(json.dumps(Answer(question="Who?", text="Ida", windows=(part,), expanded=(3,)).to_dict()))
    assert written["windows"] == [json.loads(json.dumps(part.to_dict()))]
    assert (written["windows"][0]["usage"]["compression_ratio"], written["expanded"]) == (3.5, [3])


def test_citations_say_where(answer, charter):
    """Page, label and box are those of the source, characters those of its text, and the crop shows the words."""
    hire, deposit = answer.citations
    assert (hire.quote, hire.page, hire.label, hire.similarity) == (HIRE, 2, "2", 1.0)
    assert charter.text[deposit.start : deposit.end] == deposit.quote == TABLE
    assert hire.box == hire.places[0].box
    assert deposit.box.y0 > hire.box.y0
    assert len({place.box.y0 for place in deposit.places}) == 1  # a row of a table
    assert all(0 <= side <= 1 for citation in answer.citations for place in citation.places for side in place.box)


def test_crops_are_images(answer):
    """A citation is a picture in notebooks: the part of the rendered page that shows it."""
    for citation in answer.citations:
        with Image.open(io.BytesIO(citation._repr_png_())) as image:
            assert image.format == "PNG"
            assert image.size == citation.image.size == (citation.rendered[0].width, citation.crop.shape[0])
        assert citation.crop.shape[0] < citation.rendered[0].height / 4
        assert citation.crop.min() < 100
        assert (np.asarray(citation.image) == citation.crop).all()


def test_a_citation_without_a_crop_has_no_picture():
    """There is none to show, and that is no error."""
    place = Place(index=0, box=Box(0, 0, 1, 1), width=0, height=0)
    citation = Citation(
        quote="x", source="a", page=1, label="", start=0, end=1, places=(place,), rendered=(), similarity=1.0
    )
    assert (citation.image, citation._repr_png_()) == (None, None)
    assert "<img" not in Answer(question="", text="x", citations=(citation,))._repr_html_()


def test_notebooks_show_answer_and_crops(answer):
    """Question, answer, state, ratio, quotes with source and page, and a crop for each."""
    html = answer._repr_html_()
    assert "not verified" in html
    assert f"{answer.usage.compression_ratio:.2f}×" in html
    assert html.count('<img src="data:image/png;base64,iVBOR') == len(answer.citations) == 2
    assert "source, page 2" in html
    assert "not in the document" in Answer(question="", text="", abstained=True)._repr_html_()
    assert "<small>verified" in checked("found")._repr_html_()


def test_notebooks_escape_what_models_and_documents_say():
    """Nothing of question, answer, quotes, names or model becomes markup."""
    evil = '<script>alert("x")</script>'
    place = Place(index=0, box=Box(0, 0, 1, 1), width=0, height=0)
    citation = Citation(
        quote=evil, source=evil, page=1, label=evil, start=0, end=1, places=(place,), rendered=(), similarity=1.0
    )
    html = Answer(question=evil, text=evil, citations=(citation,), model=evil)._repr_html_()
    assert "<script" not in html
    assert html.count("&lt;script&gt;") == 6


def test_usage_of_nothing_has_a_ratio():
    """Without any token that stands for the document the ratio is that of one."""
    assert Usage(text_tokens=5).compression_ratio == 5
    assert Usage(text_tokens=6, visual_tokens=2, expansion_tokens=1).compression_ratio == 2
