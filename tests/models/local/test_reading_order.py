"""A reader that names places goes on in reading order, and its outputs end."""

import pytest
import torch

pytest.importorskip("transformers")

from glyph_integrations.models.local.reading_order import ReadingOrder
from glyph_integrations.models.places import places_of
from glyph_integrations.training.tokenizer import train_tokenizer

TOKENIZER = train_tokenizer(["a page of words"], vocabulary=300, lines=3, columns=4)
PLACES = places_of(TOKENIZER)
(END,) = TOKENIZER.convert_tokens_to_ids(["<|user|>"])
LETTER, OPENING, CLOSING, IMAGE = TOKENIZER.convert_tokens_to_ids(["a", "<think>", "</think>", "<|image|>"])
BEGIN, FINISH = TOKENIZER.convert_tokens_to_ids(["<|begin_of_box|>", "<|end_of_box|>"])


def allowed(*rows):
    """The tokens that may follow each of several outputs, fed one token at a time."""
    order = ReadingOrder.of_tokenizer(TOKENIZER, [END], image=IMAGE)
    scores = torch.zeros(len(rows), len(TOKENIZER))
    ids = torch.tensor([[IMAGE, END]]).repeat(len(rows), 1)
    found = order(ids, scores)
    for tokens in zip(*rows, strict=True):
        ids = torch.cat([ids, torch.tensor(tokens)[:, None]], dim=1)
        found = order(ids, scores)
    return [set(torch.nonzero(row > -torch.inf).flatten().tolist()) for row in found]


def places_in(tokens):
    """The places among tokens."""
    return {place for place, token in PLACES.items() if token in tokens}


def test_a_transcript_goes_forward():
    """The first place is free; after it only itself and later ones, and everything that is no place."""
    (at_first,) = allowed(())
    assert places_in(at_first) == PLACES.keys()
    (after,) = allowed((PLACES[1, 2], LETTER))
    assert places_in(after) == {(1, 2), (1, 3), (2, 0), (2, 1), (2, 2), (2, 3)}
    assert {LETTER, END, OPENING} <= after
    (last,) = allowed((PLACES[0, 0], PLACES[2, 3], LETTER))
    assert places_in(last) == {(2, 3)}
    assert END in last


def test_every_batch_begins_anew():
    """What one batch has read does not hold the next one back."""
    rule = ReadingOrder.of_tokenizer(TOKENIZER, [END], image=IMAGE)
    for _ in range(2):
        order, scores = rule.for_batch(), torch.zeros(1, len(TOKENIZER))
        order(torch.tensor([[END]]), scores)
        after = order(torch.tensor([[END, PLACES[2, 3]]]), scores)[0]
        assert after[PLACES[0, 0]] == -torch.inf
        assert order.for_batch()(torch.tensor([[END]]), scores)[0, PLACES[0, 0]] == 0


def test_thinking_begins_anywhere_after_its_anchor():
    """So may the answer after it; within each the order holds."""
    (anchored,) = allowed((OPENING, PLACES[2, 0]))
    assert places_in(anchored) == PLACES.keys()
    (begun,) = allowed((OPENING, PLACES[2, 0], PLACES[0, 1], LETTER))
    assert min(places_in(begun)) == (0, 1)
    (answering,) = allowed((OPENING, PLACES[2, 0], PLACES[0, 1], LETTER, CLOSING))
    assert places_in(answering) == PLACES.keys()


def test_a_passage_frames_its_answer_once():
    """The frame begins, finishes, and only then may thinking end; elsewhere frames are free."""
    bounds, written = {BEGIN, FINISH, CLOSING}, [OPENING, PLACES[2, 0], PLACES[0, 1], LETTER]
    for due in (BEGIN, FINISH, CLOSING):
        (after,) = allowed(written)
        assert after & bounds == {due}
        written += [due, LETTER]
    (answering,) = allowed(written)
    (transcribing,) = allowed((PLACES[0, 0], LETTER))
    assert bounds <= answering & transcribing


def test_a_place_holds_only_so_much():
    """Where more was written than fits, a later place or an end must follow; each row of a batch by itself."""
    again = (PLACES[0, 0], *[LETTER] * 8, PLACES[0, 0], *[LETTER] * 7)  # the same place, named once more
    full, short = allowed(again, (PLACES[0, 0], *[LETTER] * 15, PLACES[0, 1]))
    assert LETTER not in full
    assert {END, CLOSING, PLACES[0, 1]} <= full
    assert LETTER in short
    (unplaced,) = allowed((LETTER,) * 40)
    assert LETTER in unplaced  # what is not copied is free


def test_without_a_page_nothing_is_thought_of():
    """What a reader thinks of is a passage: of two conversations, only the one with an image may have one."""
    order = ReadingOrder.of_tokenizer(TOKENIZER, [END], image=IMAGE)
    for ids in ([[LETTER, END], [IMAGE, END]], [[LETTER, END, LETTER], [IMAGE, END, LETTER]]):
        without, shown = order(torch.tensor(ids), torch.zeros(2, len(TOKENIZER)))
        assert without[OPENING] == -torch.inf
        assert shown[OPENING] == without[LETTER] == 0


def test_other_readers_have_no_rule():
    """Tokenizers without places, such as Glyph's."""

    class Plain:
        def get_added_vocab(self):
            return {"<think>": 1}

    assert ReadingOrder.of_tokenizer(Plain(), [END], image=IMAGE) is None
