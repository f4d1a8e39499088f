"""Readers that name the place before they say what stands there."""

from __future__ import annotations

import numpy as np
import pytest

pytest.importorskip("transformers")

from glyph_integrations.models.places import places_of
from glyph_integrations.training.examples import IGNORED, Copied, Exchange
from glyph_integrations.training.pointing import COLUMNS, LINES, Pointer, insert_places, place_tokens
from glyph_integrations.training.tokenizer import train_tokenizer

TEXT = "It was the best of times; clause 7 says that 12 euro are due. Prices rise."


def said(bench, example, branch=1):
    """What is learned of a branch: places as (line, column), from 0, letters as text."""
    named = {token: place for place, token in places_of(bench.tokenizer).items()}
    learned = example.labels[(example.branches == branch) & (example.labels != IGNORED)].tolist()
    return [named.get(token) or bench.tokenizer.decode(token) for token in learned]


def test_larger_pages_have_more_places():
    """As many lines and columns as a tokenizer is made for."""
    named = places_of(train_tokenizer(["a page"], vocabulary=280, lines=60, columns=21))
    assert named.keys() == {(line, column) for line in range(60) for column in range(21)}


def test_every_place_has_a_token(bench):
    """Tokens of their own, special ones, a name for each line and column."""
    named = places_of(bench.tokenizer)
    assert set(named) == {(line, column) for line in range(LINES) for column in range(COLUMNS)}
    assert len(set(named.values())) == LINES * COLUMNS == len(place_tokens())
    assert set(named.values()) <= set(bench.tokenizer.all_special_ids)
    assert named[2, 6] == bench.tokenizer.convert_tokens_to_ids("<|3:7|>")


def test_a_transcription_names_each_place_once_and_in_order(bench):
    """Before the letters that lie in a visual token, line by line, stands the place, and nothing else is added."""
    page = bench.pages(TEXT, width=140, height=56)[0]
    example = bench.encoder.dialogue(
        [page], [Exchange(prompt="Transcribe.", reply=page.text, copied=(Copied(text=page.text, start=0),))]
    )
    spoken = said(bench, example)
    places = [item for item in spoken if isinstance(item, tuple)]
    assert places == sorted(set(places))
    assert {line for line, _ in places} == {0, 1, 2}
    assert "".join(item for item in spoken if isinstance(item, str)) == page.text + "<|user|>"
    token, middle = page.places
    where = None
    letters = iter(zip(page.text, token.tolist(), middle.tolist(), strict=True))
    for item in spoken[:-1]:
        if isinstance(item, tuple):
            where = item
        else:
            letter, at, (_, down) = next(letters)
            assert letter == item
            if at >= 0:
                assert where == (at // 5 * 2 + int(down * 2), at % 5)


def test_each_part_that_is_copied_begins_with_its_place(bench):
    """A second part that lies where the first ended is pointed at again; what is not copied has no place."""
    page = bench.pages(TEXT, width=336, height=28)[0]
    parts = (Copied(text="clause 7", start=TEXT.index("clause 7")), Copied(text="7", start=TEXT.index("7")))
    exchange = Exchange(prompt="Which clause?", reply="7", thinking="clause 7", copied=parts)
    spoken = said(bench, bench.encoder.dialogue([page], [exchange]))
    assert spoken[0] == "<think>"
    assert isinstance(spoken[1], tuple)
    end = spoken.index("</think>")
    last = [item for item in spoken[:end] if isinstance(item, tuple)][-1]
    assert spoken[end + 1 :] == [last, "7", "<|user|>"]


def test_places_point_at_the_visual_token_that_they_name(bench):
    """Guided attention is led by the place as it is by the letters after it."""
    page = bench.pages(TEXT, width=140, height=56)[0]
    copied = (Copied(text=page.text, start=0),)
    example = bench.encoder.dialogue([page], [Exchange(prompt="Transcribe.", reply=page.text, copied=copied)])
    named = {token: place for place, token in places_of(bench.tokenizer).items()}
    first = int(np.flatnonzero(example.ids == bench.tokenizer.convert_tokens_to_ids("<|image|>"))[0])
    for index in np.flatnonzero(np.isin(example.labels, list(named))):
        line, column = named[int(example.ids[index])]
        assert example.shown_at[index] == first + line // 2 * 5 + column
        assert example.shown_cells[index] == -1


def test_pages_larger_than_the_names_are_read_without_them():
    """Places beyond the last line or column have no name."""
    pointer = Pointer(_Bytes(), {(0, 0): 7, (LINES - 1, COLUMNS - 1): 9})
    lines, columns = np.array([0, LINES - 1, LINES, 0, -1]), np.array([0, COLUMNS - 1, 0, COLUMNS, 0])
    assert pointer.names(lines, columns).tolist() == [7, 9, -1, -1, -1]


def test_places_are_named_where_they_change():
    """At the beginning of each part and at each change; letters without a place change nothing."""
    places = np.array([-1, 5, 5, -1, 5, 6, 6, 6, -1])
    parts = np.array([0, 1, 1, 1, 1, 1, 2, 2, 2])
    before, named = insert_places(places, parts)
    assert (before.tolist(), named.tolist()) == ([1, 5, 6], [5, 6, 6])


@pytest.mark.parametrize("text", [TEXT, "你好, naïve – “so”", "<think>a</think>b", "  a\n\nb "])
def test_spelling_says_the_same(bench, text):
    """Letter by letter it is the same text, and each letter belongs to the character that it spells."""
    pointer = Pointer.of_tokenizer(bench.tokenizer)
    encoded = bench.tokenizer(text, add_special_tokens=False, return_offsets_mapping=True)
    ids, characters = pointer.spell(text, encoded.input_ids, encoded.offset_mapping)
    assert bench.tokenizer.decode(ids) == text
    assert len(ids) == len(characters)
    for token, character in zip(ids, characters, strict=True):
        shown = bench.tokenizer.decode(token)
        assert shown.startswith(text[character]) or not text[character].isascii()


class _Bytes:
    """A tokenizer that is asked for nothing but its added tokens."""

    added_tokens_decoder: dict[int, str] = {}  # noqa: RUF012 - never written to
