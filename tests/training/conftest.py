"""A tiny reader to train: its tokenizer, its first checkpoint, and what encodes examples for it."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cached_property
from typing import Any

import numpy as np
import pytest

BOOK = "".join(
    f"{number}. It was the best of times; clause {number * 7919 % 991} says that {number * 37} euro are due.\n"
    for number in range(300)
)


@dataclass(frozen=True)
class Bench:
    """What examples are made with."""

    folder: Any
    tokenizer: Any
    spec: Any
    layout: Any

    def pages(self, text, *, width=84, height=28, **changes):
        """A text in the nano style, on pages of this size in px."""
        from glyph_integrations.rendering import render_style
        from glyph_integrations.training.pages import typeset

        style = render_style("nano").replace(page_width=width, page_height=height, **changes)
        return list(typeset(text, style, self.spec))

    def read(self, ids):
        """Tokens as text, without those that name places."""
        from glyph_integrations.models.places import places_of

        named = set(places_of(self.tokenizer).values())
        return self.tokenizer.decode([int(token) for token in ids if int(token) not in named])

    def letters(self, example):
        """How many tokens of an example are learned and name no place."""
        from glyph_integrations.models.places import places_of

        named = list(places_of(self.tokenizer).values())
        return int(((example.labels >= 0) & ~np.isin(example.labels, named)).sum())

    def new_encoder(self):
        """One more encoder for the tokenizer."""
        from glyph_integrations.training.examples import Encoder
        from glyph_integrations.training.tokenizer import END_OF_TURN

        return Encoder(
            self.tokenizer,
            image_token_id=self.tokenizer.convert_tokens_to_ids("<|image|>"),
            layout=self.layout,
            end_token_id=self.tokenizer.convert_tokens_to_ids(END_OF_TURN),
        )

    @cached_property
    def encoder(self):
        """The encoder for the tokenizer."""
        return self.new_encoder()

    def network(self, *, guided=False):
        """The checkpoint, as it is trained on a CPU."""
        from glyph_integrations.models.local.checkpoint import Checkpoint
        from glyph_integrations.training import attention
        from glyph_integrations.training.network import ReadingNetwork
        from glyph_integrations.training.pages import CellGrid

        network = ReadingNetwork.of_checkpoint(Checkpoint.find(self.folder), cells=CellGrid())
        attention.install(network, vision=True)
        if guided:
            network.guide()
        return network

    def batch(self, examples):
        """Examples as the network takes them."""
        from glyph_integrations.training.batches import batch_of
        from glyph_integrations.training.pages import CellGrid

        return batch_of(examples, self.layout, pad_token_id=self.encoder.pad_token_id, cells=CellGrid())


@pytest.fixture(scope="session")
def book(tmp_path_factory):
    """A text file of numbered sentences."""
    path = tmp_path_factory.mktemp("texts") / "book.txt"
    path.write_text(BOOK, "utf-8")
    return path


@pytest.fixture(scope="session")
def words(tmp_path_factory):
    """The folder of a small tokenizer."""
    pytest.importorskip("transformers")
    from glyph_integrations.training import train_tokenizer

    folder = tmp_path_factory.mktemp("tokenizer") / "words"
    train_tokenizer([BOOK], vocabulary=320).save_pretrained(folder)
    return folder


@pytest.fixture(scope="session")
def tiny():
    """The smallest architecture that shows everything: several layers, heads that share keys, two vision heads."""
    from glyph_integrations.training import Architecture

    return Architecture(
        hidden=128,
        layers=4,
        heads=4,
        key_heads=2,
        intermediate=96,
        vision_hidden=128,
        vision_layers=2,
        vision_intermediate=128,
        image_side=84,
        window=1024,
    )


@pytest.fixture(scope="session")
def bench(words, tiny, tmp_path_factory):
    """What examples are made with."""
    from transformers import AutoTokenizer

    from glyph_integrations.models.local.checkpoint import Checkpoint
    from glyph_integrations.models.local.patches import PatchLayout

    tokenizer = AutoTokenizer.from_pretrained(words)
    folder = tiny.create(tmp_path_factory.mktemp("start") / "start", tokenizer, seed=1)
    checkpoint = Checkpoint.find(folder)
    layout = PatchLayout.of_checkpoint(checkpoint.config, checkpoint.preprocessor)
    return Bench(folder, tokenizer, checkpoint.spec, layout)
