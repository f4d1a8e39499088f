"""What a reader is asked about: anything that can be loaded, alone or together, each with an id."""

from __future__ import annotations

import io

import pytest

from glyph_integrations import EmptyError, NotFoundError, Reader, RequestError, SourceText, load
from glyph_integrations.reading.sources import gather
from glyph_integrations.testing import ScriptedModel, sample_pdf

HIRE = "The hire is EUR 14,850.00 for the whole period."


@pytest.fixture
def charter(tmp_path):
    """The sample, as a file."""
    path = tmp_path / "charter.pdf"
    path.write_bytes(sample_pdf())
    return path


def names(text):
    """Ids of the sources of a text."""
    return [source.name for source in text.sources]


def test_every_kind_of_source_gives_the_same_text(charter):
    """A path, as text or not, bytes, an open file and a loaded text are one source."""
    text = load(charter)
    with charter.open("rb") as opened:
        gathered = [gather(source) for source in (str(charter), charter, charter.read_bytes(), opened, text, [text])]
    assert {one.text for one in gathered} == {text.text}
    assert [names(one) for one in gathered[:2]] == [["charter.pdf"]] * 2
    assert len(gather(io.BytesIO(sample_pdf())).pages) == 3


def test_a_list_is_read_in_order(charter):
    """Several sources become one text, each with its name, its characters and its pages."""
    text = gather([charter, SourceText.from_string("Addendum: the dog may come.", name="addendum")])
    assert names(text) == ["charter.pdf", "addendum"]
    assert text.text.endswith("\nAddendum: the dog may come.")
    assert [(one.first_page, one.last_page) for one in text.sources] == [(0, 3), (3, 4)]


def test_the_second_of_a_name_gets_a_number():
    """Ids are distinct, depend on nothing but the list, and leave alone names that have such a number already."""
    texts = [SourceText.from_string(str(n), name=name) for n, name in enumerate(["a", "a", "a#2", "b", "a"])]
    assert names(gather(texts)) == ["a", "a#2", "a#2#2", "b", "a#3"]


def test_a_mapping_names_its_sources(charter):
    """Keys are the ids, whatever the files are called."""
    text = gather({"signed": charter, "draft": SourceText.from_string("No dogs.")})
    assert names(text) == ["signed", "draft"]


def test_files_of_a_folder_keep_their_names(tmp_path):
    """A folder is all of its files; under an id of the caller's they are named below it."""
    for name in ("b.txt", "a.txt"):
        (tmp_path / name).write_text(f"This is {name}.")
    assert names(gather(tmp_path)) == ["a.txt", "b.txt"]
    assert names(gather({"letters": tmp_path})) == ["letters/a.txt", "letters/b.txt"]


def test_citations_name_the_id(charter):
    """An answer from the second of two sources cites that one, and the page within it."""
    model = ScriptedModel([f'EUR 14,850.00\nQuote: "{HIRE}"'])
    answer = Reader(model).ask({"draft": SourceText.from_string("Nothing yet."), "signed": charter}, "The hire?")
    (citation,) = answer.citations
    assert (citation.source, citation.page, citation.quote) == ("signed", 2, HIRE)
    assert (citation.places[0].index, citation.places[0].width) == (2, 420)


def test_pictures_of_a_renamed_source_are_still_drawn(scan):
    """Ids are only names: scans of two equal files are drawn from each."""
    model = ScriptedModel(["yes"])
    with Reader(model).open([scan, scan]) as session:
        assert names(session.text) == ["scan.pdf", "scan.pdf#2"]
        drawn = [page.pixels for page in session.rendering if page.pictures]
    assert len(drawn) == 2
    assert (drawn[0] == drawn[1]).all()
    assert drawn[0].std() > 10


def test_nothing_to_read_is_an_error_with_a_type(tmp_path):
    """No sources, empty bytes, a text of white space and a missing file are refused, each by its own error."""
    reader = Reader(ScriptedModel([]))
    with pytest.raises(RequestError, match="no source"):
        reader.ask([], "What?")
    with pytest.raises(EmptyError):
        reader.ask(b"", "What?")
    for blank in ("", " \n\t\n"):
        with pytest.raises(EmptyError, match="nothing to read"):
            reader.ask(SourceText.from_string(blank), "What?")
    with pytest.raises(NotFoundError):
        reader.ask(tmp_path / "missing.pdf", "What?")
