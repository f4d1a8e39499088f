"""The tokenizer of a new reader."""

from __future__ import annotations

import pytest

pytest.importorskip("transformers")

from hypothesis import given, settings
from hypothesis import strategies as st

from glyph_integrations.errors import RequestError
from glyph_integrations.models.thinking import BOX
from glyph_integrations.training.pointing import place_tokens
from glyph_integrations.training.tokenizer import END_OF_TEXT, SPECIAL, THINKING, train_tokenizer

TEXTS = ["The hire is 14,850.00 euro, due on 2024-03-18.\nThe notice period is ninety days.\n"] * 20
TOKENIZER = train_tokenizer(TEXTS, vocabulary=330)


def pieces(text):
    """The ids of a text, special tokens within it spelled."""
    return TOKENIZER(text, add_special_tokens=False, split_special_tokens=True).input_ids


@given(st.text())
@settings(max_examples=60, deadline=None, derandomize=True)
def test_any_text_comes_back(text):
    """What is encoded is decoded to the same text, in any script, with any spaces and control characters."""
    assert TOKENIZER.decode(pieces(text)) == text


@pytest.mark.parametrize(
    "text", ["a  b\t\tc\r\n\n d ", "<|user|><|image|>", "<think>x</think>", "你好 😀 שלום\x00", "don 't"]
)
def test_spaces_and_special_words_come_back(text):
    """Nothing is cleaned up, and special tokens that a text spells are spelled, not used."""
    ids = pieces(text)
    assert TOKENIZER.decode(ids) == text
    assert not {TOKENIZER.convert_tokens_to_ids(token) for token in SPECIAL} & set(ids)


def test_digits_stand_one_by_one():
    """Every digit has a piece of its own, however often a number occurred, at most with the space before it."""
    for number in ("14,850.00", "2024-03-18", "hire is 14"):
        shown = [TOKENIZER.decode(piece) for piece in pieces(number)]
        assert all(sum(character.isdigit() for character in piece) <= 1 for piece in shown)
        assert all(len(piece.strip()) == 1 for piece in shown if any(map(str.isdigit, piece)))


def test_words_are_pieces_with_their_space():
    """Frequent words are one piece, the space before them included."""
    assert [TOKENIZER.decode(piece) for piece in pieces("The notice period")] == ["The", " notice", " period"]


def test_it_has_glm_s_tokens():
    """Special tokens end and pad a text as GLM's do, and thinking is marked by tokens that a reader sees."""
    assert TOKENIZER.eos_token == TOKENIZER.pad_token == END_OF_TEXT
    assert set(TOKENIZER.all_special_tokens) == {*SPECIAL, *place_tokens(), *BOX}
    assert TOKENIZER.decode(pieces("<think>"), skip_special_tokens=True) == "<think>"
    assert len(pieces("".join(THINKING))) == 2


def test_it_is_learned_the_same_again():
    """The same texts make the same tokenizer."""
    assert train_tokenizer(TEXTS, vocabulary=330).get_vocab() == TOKENIZER.get_vocab()


def test_a_vocabulary_has_the_size_that_is_asked_for():
    """Places aside it is as large as it may be, where the texts have that many pieces; with too few it is refused."""
    assert len(train_tokenizer(TEXTS, vocabulary=300)) == 300 + len(place_tokens()) + len(BOX)
    assert len(TOKENIZER) < 330 + len(place_tokens()) + len(BOX)
    with pytest.raises(RequestError, match="274 pieces or more"):
        train_tokenizer(TEXTS, vocabulary=200)
