"""Muon beside AdamW, and the schedule."""

from __future__ import annotations

import pytest

pytest.importorskip("torch")

import torch
from torch import nn

from glyph_integrations.training.optimizers import MuonWithAdamW, warm_stable_decay


def model():
    """A matrix, a bias, an embedding and an output layer, always the same."""
    torch.manual_seed(0)
    return nn.ModuleDict({"embed": nn.Embedding(8, 6), "body": nn.Linear(6, 4), "lm_head": nn.Linear(4, 8)})


def step(trained, optimizer, seed):
    """One step on made-up data."""
    ids = torch.randint(8, (5,), generator=torch.Generator().manual_seed(seed))
    loss = trained["lm_head"](trained["body"](trained["embed"](ids))).logsumexp(-1).sum()
    optimizer.zero_grad()
    loss.backward()
    optimizer.step()


def test_matrices_are_turned_and_the_rest_is_scaled():
    """The update of a matrix has singular values near its rate; embeddings, output and biases move by AdamW's rate."""
    trained = model()
    before = {name: weight.detach().clone() for name, weight in trained.named_parameters()}
    step(trained, MuonWithAdamW(trained.named_parameters(), matrix_rate=0.1, rate=1e-3), 1)
    moved = {name: weight.detach() - before[name] for name, weight in trained.named_parameters()}
    turned = torch.linalg.svdvals(moved["body.weight"])
    assert 0.05 < float(turned.max()) < 0.15
    for name in ("embed.weight", "lm_head.weight", "body.bias"):
        assert float(moved[name].abs().max()) == pytest.approx(1e-3, rel=0.01)


def test_its_state_survives(tmp_path):
    """Saved and loaded, as checkpoints are, it takes the same next steps, at the rate of the schedule."""
    first, second = model(), model()
    one = MuonWithAdamW(first.named_parameters())
    schedule = warm_stable_decay(one, steps=20, warm_up=5, decay=0.5, final=0.1)
    for seed in range(3):
        step(first, one, seed)
        schedule.step()
    torch.save(one.state_dict(), tmp_path / "optimizer.pt")
    second.load_state_dict(first.state_dict())
    other = MuonWithAdamW(second.named_parameters())
    later = warm_stable_decay(other, steps=20, warm_up=5, decay=0.5, final=0.1)
    other.load_state_dict(torch.load(tmp_path / "optimizer.pt", weights_only=True))
    later.load_state_dict(schedule.state_dict())
    for seed in range(3, 6):
        for trained, optimizer, rates in ((first, one, schedule), (second, other, later)):
            step(trained, optimizer, seed)
            rates.step()
    assert [group["lr"] for group in one.param_groups] == [group["lr"] for group in other.param_groups]
    assert all(torch.equal(mine, theirs) for mine, theirs in zip(first.parameters(), second.parameters(), strict=True))


def test_the_vision_tower_may_learn_more_slowly():
    """A share of both rates is that of the tower's weights alone, and the schedule drives all of them."""
    named = [
        ("model.visual.a.weight", nn.Parameter(torch.ones(2, 2))),
        ("model.visual.a.bias", nn.Parameter(torch.ones(2))),
    ]
    named += [(name.replace("visual", "text"), nn.Parameter(weight.detach().clone())) for name, weight in named]
    optimizer = MuonWithAdamW(named, matrix_rate=0.1, rate=0.01, vision_share=0.5)
    warm_stable_decay(optimizer, steps=20, warm_up=2, decay=0.5, final=0.2)
    rates = {id(weight): group["lr"] for group in optimizer.param_groups for weight in group["params"]}
    assert [rates[id(weight)] for _, weight in named] == [0.025, 0.0025, 0.05, 0.005]


def test_a_closure_is_computed_with_gradients():
    """A step that is given a closure calls it once, with gradients on, and returns its loss."""
    trained = model()
    optimizer = MuonWithAdamW(trained.named_parameters())

    def closure():
        loss = trained["lm_head"](trained["body"](trained["embed"](torch.tensor([1])))).sum()
        loss.backward()
        return float(loss.detach())

    assert isinstance(optimizer.step(closure), float)


def test_rates_rise_stay_and_fall():
    """Both rates rise over the warm-up, stay, and fall in a line to what is left at the end, and no further."""
    optimizer = MuonWithAdamW(model().named_parameters(), matrix_rate=0.1, rate=0.01)
    schedule = warm_stable_decay(optimizer, steps=20, warm_up=4, decay=0.5, final=0.2)
    (factor, _) = schedule.lr_lambdas
    assert [round(factor(at), 3) for at in (0, 1, 3, 4, 10)] == [0.25, 0.5, 1, 1, 1]
    assert [round(factor(at), 3) for at in (15, 20, 25)] == [0.6, 0.2, 0.2]
    assert schedule.get_last_lr() == [0.025, 0.0025]
    assert [group["lr"] for group in optimizer.param_groups] == [0.025, 0.0025]
