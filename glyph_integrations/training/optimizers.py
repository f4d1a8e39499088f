"""Muon for matrices beside AdamW for the rest, as one optimizer, and the schedule that both follow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import torch
from torch.optim import AdamW, Muon, Optimizer
from torch.optim.lr_scheduler import LambdaLR

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from torch import nn


class MuonWithAdamW(Optimizer):
    """Two optimizers that step together.

    Muon (Jordan et al. 2024) makes the update of a matrix orthogonal; it is not meant for embeddings, output layers,
    and what is no matrix.

    Args:
        named_parameters: All that is trained.
        matrix_rate: Muon's learning rate, for an update whose singular values are 1.
        rate: AdamW's learning rate.
        vision_share: Of both rates, for the vision tower.
    """

    def __init__(
        self,
        named_parameters: Iterable[tuple[str, nn.Parameter]],
        *,
        matrix_rate: float = 0.02,
        rate: float = 2e-3,
        vision_share: float = 1.0,
    ) -> None:
        named = list(named_parameters)
        matrices = [(name, parameter) for name, parameter in named if _is_matrix(name, parameter)]
        others = [(name, parameter) for name, parameter in named if not _is_matrix(name, parameter)]
        muon = Muon(by_rate(matrices, matrix_rate, vision_share), momentum=0.95, weight_decay=0.0)
        adamw = AdamW(by_rate(others, rate, vision_share), betas=(0.9, 0.95), weight_decay=0.0)
        self._parts: tuple[Optimizer, ...] = (muon, adamw)
        super().__init__([parameter for _, parameter in named], {})
        self.param_groups = [group for part in self._parts for group in part.param_groups]

    @torch.no_grad()
    def step(self, closure: Callable[[], float] | None = None) -> float | None:  # type: ignore[override]
        """Steps both."""
        with torch.enable_grad():
            loss = None if closure is None else closure()
        for part in self._parts:
            part.step()
        return loss

    def zero_grad(self, set_to_none: bool = True) -> None:  # noqa: FBT001, FBT002 - torch's signature
        """Clears the gradients of both."""
        for part in self._parts:
            part.zero_grad(set_to_none)

    def state_dict(self) -> dict[str, Any]:
        """The state of both."""
        return {"parts": [part.state_dict() for part in self._parts]}

    def load_state_dict(self, state_dict: dict[str, Any]) -> None:
        """Takes up the state of both; schedules go on from the groups' rates."""
        for part, state in zip(self._parts, state_dict["parts"], strict=True):
            part.load_state_dict(state)
        self.param_groups = [group for part in self._parts for group in part.param_groups]


def warm_stable_decay(optimizer: Optimizer, *, steps: int, warm_up: int, decay: float, final: float) -> LambdaLR:
    """A schedule that rises, stays, and falls at the end.

    Args:
        optimizer: What it drives.
        steps: Of the whole training.
        warm_up: Steps until the full rate.
        decay: Share of the steps in which the rate falls, at the end.
        final: What is left of the rate at the end.
    """
    begin = steps - int(steps * decay)

    def factor(step: int) -> float:
        rising = min(1.0, (step + 1) / max(warm_up, 1))
        fallen = min(max(step - begin, 0) / max(steps - begin, 1), 1.0)
        return rising * (1 - (1 - final) * fallen)

    return LambdaLR(optimizer, factor)


def by_rate(
    named_parameters: Iterable[tuple[str, nn.Parameter]], rate: float, vision_share: float
) -> list[dict[str, Any]]:
    """Parameter groups: the vision tower's, with its share of the rate, and the others; none of them is empty."""
    groups: dict[float, list[nn.Parameter]] = {}
    for name, parameter in named_parameters:
        groups.setdefault(rate * vision_share if ".visual." in name else rate, []).append(parameter)
    return [{"params": parameters, "lr": share} for share, parameters in groups.items()]


def _is_matrix(name: str, parameter: nn.Parameter) -> bool:
    return parameter.ndim == 2 and not any(part in name for part in ("embed", "lm_head", "alignment"))
