"""Sources of text, and the alphabets they are brought into."""

from __future__ import annotations

import gzip
import importlib.util
import lzma
from random import Random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from glyph_integrations.errors import EmptyError, MalformedError, MissingExtraError, NotFoundError
from glyph_integrations.training.corpus import (
    ASCII,
    LATIN_1,
    DatasetTexts,
    Mixture,
    RandomStrings,
    ShuffledWords,
    TextFiles,
    TextSource,
)

PROSE = "It was a bright cold day in April.\nThe clocks were striking, and nobody cared very much.\n" * 200


def rng(seed):
    """A generator with this seed; not for cryptography."""
    return Random(seed)  # noqa: S311


@pytest.fixture
def prose(tmp_path):
    """A file of prose as a source."""
    path = tmp_path / "prose.txt"
    path.write_text(PROSE, encoding="utf-8")
    return TextFiles([path])


@pytest.fixture
def sources(prose):
    """One source of every kind."""
    return [
        prose,
        DatasetTexts([{"text": line} for line in PROSE.splitlines()]),
        ShuffledWords(prose),
        RandomStrings(),
        Mixture([(1, prose), (2, RandomStrings())]),
    ]


def test_samples_are_as_long_as_wanted_and_repeatable(sources):
    """Every source gives nearly as many characters as asked, never more, the same for the same seed."""
    for source in sources:
        assert isinstance(source, TextSource)
        for seed in range(40):
            for wanted in (1, 20, 500, 3000):
                text = source.sample(rng(seed), wanted)
                assert text == source.sample(rng(seed), wanted)
                assert wanted - 45 <= len(text) <= wanted
                assert text


def test_files_are_read_compressed_or_not(tmp_path):
    """Plain, gzip and xz files of the same text give the same samples."""
    data = "Caf\u00e9 \u2013 \u201cquoted\u201d text.\n".encode() * 50
    (tmp_path / "a.txt").write_bytes(data)
    (tmp_path / "a.txt.gz").write_bytes(gzip.compress(data))
    (tmp_path / "a.txt.xz").write_bytes(lzma.compress(data))
    samples = {TextFiles([path]).sample(rng(3), 300) for path in tmp_path.iterdir()}
    assert len(samples) == 1
    assert 'Cafe - "quoted" text.' in samples.pop()


def test_passages_keep_to_words(prose):
    """A passage of a file begins and ends with whole words of it."""
    words = set(PROSE.split())
    for seed in range(200):
        assert set(prose.sample(rng(seed), 120).split()) <= words


def test_longer_files_are_drawn_from_more_often(tmp_path):
    """Every character of the files is about as likely, whichever file it is in."""
    (tmp_path / "short").write_text("short " * 100)
    (tmp_path / "long").write_text("long " * 1080)
    files = TextFiles([tmp_path / "short", tmp_path / "long"])
    draws = rng(0)
    assert 0.85 < sum("long" in files.sample(draws, 50) for _ in range(2000)) / 2000 < 0.95


def test_bad_files_say_which(tmp_path):
    """Missing, binary, damaged and empty files are errors that name the file and not its folder."""
    (tmp_path / "binary.txt").write_bytes(b"\xff\xfe\xfa")
    (tmp_path / "broken.gz").write_bytes(gzip.compress(PROSE.encode())[:-20])
    (tmp_path / "broken.xz").write_bytes(b"no xz file at all")
    (tmp_path / "empty.txt").write_text(" \n")
    for name, error in (
        ("missing.txt", NotFoundError),
        ("binary.txt", MalformedError),
        ("broken.gz", MalformedError),
        ("broken.xz", MalformedError),
    ):
        with pytest.raises(error, match=name) as caught:
            TextFiles([tmp_path / name])
        assert str(tmp_path) not in str(caught.value)
    with pytest.raises(EmptyError):
        TextFiles([tmp_path / "empty.txt"])


def test_datasets_go_on_through_their_rows():
    """A sample longer than a row holds the rows after it too, the first one again after the last."""
    source = DatasetTexts([{"line": f"row {number}"} for number in range(10)], column="line")
    text = source.sample(rng(1), 69)
    assert sorted(text.split("\n")) == [f"row {number}" for number in range(10)]
    with pytest.raises(EmptyError, match="'text'"):
        DatasetTexts([{"line": "x"}])


@pytest.mark.skipif(importlib.util.find_spec("datasets") is not None, reason="datasets is installed")
def test_datasets_name_their_extra():
    """Without the library, loading a dataset says what to install."""
    with pytest.raises(MissingExtraError, match=r"glyph-integrations\[train\]"):
        DatasetTexts.load("some/dataset")


def test_shuffled_words_are_those_of_the_source(prose):
    """The words are the same, in another order, as many on each line."""
    shuffled, plain = ShuffledWords(prose).sample(rng(5), 800), prose.sample(rng(5), 800)
    assert sorted(shuffled.split()) == sorted(plain.split())
    assert shuffled.split() != plain.split()
    assert [len(line.split()) for line in shuffled.split("\n")] == [len(line.split()) for line in plain.split("\n")]


def test_random_strings_show_every_character():
    """All of printable ASCII occurs, capitals and digits often."""
    text = RandomStrings().sample(rng(0), 50_000)
    assert set(text) == ASCII.characters | {"\n"}
    assert sum(character.isupper() for character in text) > 0.08 * len(text)
    assert sum(character.isdigit() for character in text) > 0.15 * len(text)
    assert "é" in RandomStrings(alphabet=LATIN_1).sample(rng(0), 50_000)


def test_mixtures_follow_their_weights(prose):
    """Sources are drawn in proportion to their weights, and nonsensical weights are refused."""
    mixture = Mixture([(3, prose), (1, RandomStrings()), (0, DatasetTexts([{"text": "never"}]))])
    draws = rng(0)
    samples = [mixture.sample(draws, 60) for _ in range(2000)]
    from_prose = sum(set(sample.split()) <= set(PROSE.split()) for sample in samples)
    assert 0.7 < from_prose / 2000 < 0.8
    assert "never" not in samples
    for sources in ([], [(0, prose)], [(-1, prose), (2, prose)]):
        with pytest.raises(ValueError, match="weight is above 0"):
            Mixture(sources)


@given(st.text())
@settings(max_examples=300)
def test_alphabets_hold_what_they_let_through(text):
    """Normalised text consists of the alphabet, and normalising it again changes nothing."""
    for alphabet in (ASCII, LATIN_1):
        done = alphabet.normalise(text)
        assert set(done) <= alphabet.characters | {"\n"}
        assert alphabet.normalise(done) == done


def test_what_other_characters_become():
    """Quotes, dashes, tabs, accents, ligatures and line ends have plain forms; the rest is left out."""
    assert ASCII.normalise(
        "\u201cna\u00efve\u201d \u2014 it\u2019s\u2026 \ufb01ne\r\n\u4f60\tSe\u00f1or \u00df 5\u00a0\u20ac"
    ) == ('"naive" -- it\'s... fine\n    Senor ss 5 EUR')
    assert LATIN_1.normalise("na\u00efve \u00df \u0151 \u00bd e\u0301") == "na\u00efve \u00df o \u00bd \u00e9"
