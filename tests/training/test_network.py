"""``ReadingNetwork``: its losses, against the library's own model."""

from __future__ import annotations

import math
from dataclasses import replace

import numpy as np
import pytest

pytest.importorskip("transformers")

import torch
from transformers import Glm4vForConditionalGeneration

from glyph_integrations.errors import ModelLoadError
from glyph_integrations.models.local.checkpoint import Checkpoint
from glyph_integrations.training.examples import IGNORED, NOWHERE, Copied, Exchange
from glyph_integrations.training.network import ReadingNetwork, branch_mask, frame_loss
from glyph_integrations.training.pages import CellGrid

NOTHING = np.zeros(0, np.int64)
TEXT = "It was the best of times; clause 7 says that 12 euro are due, and the worst of times too."


def scores_of(network, batch):
    """The scores of the tokens that are learned, [tokens, W]."""
    found = []
    handle = network.lm_head.register_forward_hook(lambda *call: found.append(call[-1]))
    with torch.no_grad():
        network(**batch)
    handle.remove()
    (scores,) = found
    return scores


def test_branches_are_computed_as_if_each_were_alone(bench):
    """The scores of each of several questions about pages are those of the same question asked by itself."""
    pages = bench.pages(TEXT)[:2]
    exchanges = [Exchange(prompt=f"Find: {n}", reply=f"{n} euro {n * n}", thinking="best" * (n % 2)) for n in range(4)]
    other = bench.encoder.dialogue(pages[:1], [Exchange(prompt="Transcribe.", reply="a much longer reply " * 12)])
    network = bench.network()
    together = scores_of(network, bench.batch([bench.encoder.dialogue(pages, exchanges), other]))
    alone = [scores_of(network, bench.batch([bench.encoder.dialogue(pages, [one])])) for one in exchanges]
    alone.append(scores_of(network, bench.batch([other])))
    torch.testing.assert_close(together, torch.cat(alone), rtol=1e-4, atol=1e-4)


def test_positions_go_on_from_the_trunk(bench):
    """Every branch begins at the position after its trunk's last, whatever stands before it in the row."""
    pages = bench.pages(TEXT)[:2]
    exchanges = [Exchange(prompt="Find: a", reply="b"), Exchange(prompt="Find: a", reply="b")]
    examples = [bench.encoder.dialogue(pages, exchanges), bench.encoder.dialogue(pages[1:], exchanges)]
    batch = bench.batch(examples)
    positions = bench.network().positions(batch["input_ids"], batch["branches"], batch["image_grid_thw"])
    for row in range(2):
        first, second = (positions[:, row, batch["branches"][row] == branch] for branch in (1, 2))
        trunk = positions[:, row, batch["branches"][row] == 0]
        assert torch.equal(first, second)
        assert (first[:, 0] == trunk.max() + 1).all()


def test_the_loss_is_the_library_s(bench):
    """On pages and replies of unlike lengths the replies' loss is that of the plain model, fed by transformers."""
    from transformers.models.glm4v.image_processing_pil_glm4v import Glm4vImageProcessorPil

    first, second, *_ = bench.pages(TEXT)
    wide = bench.pages(TEXT, width=168, height=56)[0]
    examples = [
        bench.encoder.dialogue([first, wide], [Exchange(prompt="Transcribe.", reply="best of times")]),
        bench.encoder.dialogue([second], [Exchange(prompt="Find: a", reply="b", thinking="worst")]),
    ]
    batch = bench.batch(examples)
    plain = Glm4vForConditionalGeneration.from_pretrained(bench.folder, dtype=torch.float32)
    processor = Glm4vImageProcessorPil.from_pretrained(bench.folder)
    images = [page.page.image.convert("RGB") for example in examples for page in example.pages]
    done = processor(images=images, return_tensors="pt")
    assert torch.equal(done["image_grid_thw"], batch["image_grid_thw"])
    with torch.no_grad():
        expected = plain(
            input_ids=batch["input_ids"],
            attention_mask=(batch["branches"] >= 0).long(),
            labels=batch["labels"],
            mm_token_type_ids=(batch["input_ids"] == plain.config.image_token_id).int(),
            **done,
        ).loss
        losses = bench.network()(**batch)
    assert float(losses["reply_loss"]) == pytest.approx(float(expected), rel=1e-4)
    assert float(losses["loss"]) == pytest.approx(
        float(
            expected
            + 0.5
            * (
                losses["characters_loss"]
                + 0.5 * (losses["pieces_loss"] + losses["match_loss"] + losses["position_loss"])
            )
        ),
        rel=1e-4,
    )


def found(bench):
    """A page, a word of it that is asked for, and the words that stand there."""
    page = bench.pages(TEXT)[0]
    copied = (Copied(text=page.text, start=0),)
    return bench.encoder.dialogue(
        [page], [Exchange(prompt="Find: best times", reply=page.text, copied=copied, words="best times")]
    )


def test_decisive_tokens_weigh_more(bench):
    """The replies' loss is a mean in which decisive tokens count as often as their weight says."""
    batch = bench.batch(
        [bench.encoder.dialogue([bench.pages(TEXT)[0]], [Exchange(prompt="Find: a", reply="best of times")])]
    )
    network = bench.network()

    def loss(weight, decisive):
        network.decisive_weight = weight
        with torch.no_grad():
            return float(network(**{**batch, "decisive": decisive})["reply_loss"])

    learned = batch["labels"] != IGNORED
    count, several = int(learned.sum()), int((learned & batch["decisive"]).sum())
    assert 0 < several < count
    plain, heavy = loss(1.0, batch["decisive"]), loss(5.0, batch["decisive"])
    only = (heavy * (count + 4 * several) - plain * count) / 4
    rest = loss(5.0, learned & ~batch["decisive"]) * (count + 4 * (count - several)) - plain * count
    assert only + rest / 4 == pytest.approx(plain * count, rel=1e-4)
    assert loss(5.0, learned) == pytest.approx(plain, rel=1e-5)


def test_frames_are_told_before_every_token():
    """The loss is what the odds of a frame cost: that of the token where it stands, that of no such token elsewhere."""
    likely = torch.tensor([[0.7, 0.2, 0.1], [0.1, 0.6, 0.3], [0.2, 0.3, 0.5], [0.1, 0.1, 0.8]])
    loss = frame_loss(likely.log(), torch.tensor([0, 1, 0, 2]), torch.tensor([1, 1, 2, -1]))
    assert float(loss) == pytest.approx(-math.log((1 - 0.2) * 0.6 * (1 - 0.5)))


def test_without_a_frame_nothing_is_told_of_it():
    """Replies without frames cost nothing."""
    assert float(frame_loss(torch.zeros(2, 3), torch.tensor([0, 1]), torch.tensor([-1, -1]))) == 0


def test_gradients_reach_every_weight(bench):
    """One guided batch moves every weight; without replies the text model rests."""
    batch = bench.batch([found(bench)])
    network = bench.network(guided=True)
    losses = network(**batch)
    losses["loss"].backward()
    still = [name for name, weight in network.named_parameters() if weight.grad is None or not weight.grad.any()]
    assert still == []
    assert all(
        float(losses[f"{name}_loss"].detach()) > 0
        for name in ("asked_first", "asked", "before", "found", "here", "ahead", "cell")
    )
    network = bench.network(guided=True)
    losses = network(**batch, replies=False)
    losses["loss"].backward()
    moved = {name for name, weight in network.named_parameters() if weight.grad is not None}
    assert not {"reply_loss", "here_loss", "cell_loss"} & set(losses)
    assert any("visual" in name for name in moved)
    assert not any("language_model.layers" in name for name in moved)


def test_guidance_looks_at_its_heads(bench):
    """The losses of guidance are those of the attention that the library computes in its guided layers."""
    batch = bench.batch([found(bench)])
    network = bench.network(guided=True)
    with torch.no_grad():
        losses = network(**batch)
        plain = Glm4vForConditionalGeneration.from_pretrained(bench.folder, attn_implementation="eager")
        inner = plain.model
        network.set_attn_implementation("sdpa")
        features = torch.cat(
            network.model.get_image_features(batch["pixel_values"].float(), batch["image_grid_thw"]).pooler_output
        )
        embedded = inner.get_input_embeddings()(batch["input_ids"])
        embedded[batch["input_ids"] == plain.config.image_token_id] = features
        attended = inner.language_model(
            inputs_embeds=embedded,
            position_ids=network.positions(batch["input_ids"], batch["branches"], batch["image_grid_thw"]),
            output_attentions=True,
        ).attentions
    places, lines = batch["shown_at"][0], batch["shown_cells"][0] // CellGrid().columns
    said = batch["labels"][0] >= 0
    tokens = torch.arange(len(places))

    def looked(layer, head, known, at):
        assert len(known) > 0
        return float(-attended[layer][0, head, known, at].log().mean())

    asked = tokens[(places >= 0) & ~said]
    follows = asked[1:][asked.diff() == 1]
    copied = tokens[(places >= 0) & said]
    for name, layer in (("asked_first", 0), ("asked", 1)):
        sought = [torch.where(lines[asked] == line, places[asked], NOWHERE) for line in range(2)]
        expected = sum(looked(layer, line, asked, at) for line, at in enumerate(sought)) / 2
        assert float(losses[f"{name}_loss"]) == pytest.approx(expected, rel=1e-4)
    assert float(losses["before_loss"]) == pytest.approx(looked(0, 2, follows, follows - 1), rel=1e-4)
    assert float(losses["here_loss"]) == pytest.approx(looked(2, 0, copied, places[copied]), rel=1e-4)
    assert float(losses["ahead_loss"]) == pytest.approx(looked(3, 0, copied - 1, places[copied]), rel=1e-4)


def test_nothing_to_read_is_no_error(bench):
    """A page without ink and without pieces of text has finite losses."""
    page = bench.pages("a b")[0]
    example = bench.encoder.dialogue([page], [Exchange(prompt="Transcribe.", reply="")])
    batch = bench.batch([replace(example, places=NOTHING, pieces=NOTHING, piece_cells=NOTHING)])
    batch["cells"] = torch.zeros_like(batch["cells"])
    with torch.no_grad():
        losses = bench.network(guided=True)(**batch)
    assert all(torch.isfinite(value) for value in losses.values())
    assert float(losses["pieces_loss"]) == 0


def test_text_alone_is_learned(bench):
    """A batch without pages has the loss of its text."""
    losses = bench.network()(**bench.batch([bench.encoder.stream(["best of times"])]))
    assert set(losses) == {"loss", "reply_loss", "tokens_right"}


def test_a_mask_is_made_only_where_it_says_more_than_the_order():
    """With one branch to an example there is no mask; with two, neither sees the other."""
    assert branch_mask(torch.tensor([[0, 0, 1, -1], [0, 1, 1, 1]])) is None
    mask = branch_mask(torch.tensor([[0, 1, 2, 2]]))[0, 0]
    assert mask.int().tolist() == [[1, 0, 0, 0], [1, 1, 0, 0], [1, 0, 1, 0], [1, 0, 1, 1]]


def test_saving_says_which_class_reads_it(bench, tmp_path):
    """A saved network is named a Glm4v with its alignment beside it; a saved reader is a Glm4v and nothing else."""
    network = bench.network()
    network.save_pretrained(tmp_path / "run")
    network.save_reader(tmp_path / "reader")
    settings = {name: stored_config(tmp_path / name) for name in ("run", "reader")}
    assert {config["architectures"][0] for config in settings.values()} == {"Glm4vForConditionalGeneration"}
    assert [("alignment_cells" in settings[name]) for name in ("run", "reader")] == [True, False]
    names = [sorted(weights(tmp_path / name)) for name in ("reader", "run")]
    original = weights(bench.folder)
    assert names[0] == sorted(original)
    biased = ("characters", "codes", "position", "slot", "words")
    assert [name for name in names[1] if name not in original] == sorted(
        ["alignment.asked.weight", "alignment.shown.weight"]
        + [f"alignment.{part}.{kind}" for part in biased for kind in ("bias", "weight")]
    )
    saved = weights(tmp_path / "reader")
    assert all(torch.equal(saved[name], original[name]) for name in original)


def test_other_families_are_refused(bench):
    """A checkpoint that is no Glm4v is not trained, and the error names its type."""
    checkpoint = Checkpoint.find(bench.folder)
    checkpoint.config.model_type = "qwen3_vl"
    with pytest.raises(ModelLoadError, match="start is of type 'qwen3_vl'"):
        ReadingNetwork.of_checkpoint(checkpoint, cells=None)


def stored_config(folder):
    """The configuration as it is stored."""
    import json

    return json.loads((folder / "config.json").read_text())


def weights(folder):
    """The weights as they are stored."""
    from safetensors.torch import load_file

    return load_file(folder / "model.safetensors")
