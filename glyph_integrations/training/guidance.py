"""Guided attention: two heads of a model that learns to read are shown where to look.

We typeset the pages, so we know which visual token shows which piece of text. The first head of one layer is taught to
look at the visual token that shows the current piece, the first head of the layer after it at the one that shows the
next; a linear reading of what that layer puts out names the cell of the visual token. Without this a model has to
find its way over the page before it can learn anything else. Guided attention is known from speech synthesis
(Tachibana et al., arXiv 1710.08969), where the order of sounds is the guide.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy


class Guide:
    """Collects how far a head of attention looks elsewhere.

    Args:
        ahead: 0 where it should look at the visual token of the current piece, 1 at that of the next.
    """

    def __init__(self, ahead: int) -> None:
        self._ahead = ahead
        self._places: torch.Tensor | None = None
        self._losses: list[torch.Tensor] = []

    def begin(self, shown_at: torch.Tensor) -> None:
        """Takes the places of a batch: index of the visual token that shows a token, or -1, shape [B, N]."""
        nowhere = shown_at.new_full((len(shown_at), self._ahead), -1)
        self._places = torch.cat([shown_at[:, self._ahead :], nowhere], 1)
        self._losses = []

    def see(self, scores: torch.Tensor, start: int) -> None:
        """Takes the head's scores of the queries from ``start``, before the softmax, shape [B, queries, keys]."""
        if self._places is not None:
            places = self._places[:, start : start + scores.shape[1]]
            known = places >= 0
            if known.any():
                self._losses.append(cross_entropy(scores[known].float(), places[known], reduction="none"))

    def end(self) -> torch.Tensor:
        """The mean loss over what the pages show; 0 where they show nothing."""
        places, self._places = self._places, None
        if self._losses:
            return torch.cat(self._losses).mean()
        return torch.zeros((), device=None if places is None else places.device)


class Guidance:
    """The guides of a model, and what comes out of the layer that looks ahead.

    Args:
        layers: Of the text model; the two in the middle are guided.
    """

    def __init__(self, layers: nn.ModuleList) -> None:
        middle = len(layers) // 2
        self.states: torch.Tensor | None = None
        """What the second guided layer put out in the last pass, [B, N, H]."""
        self._guides = {}
        for name, layer, ahead in (("here", layers[middle - 1], 0), ("ahead", layers[middle], 1)):
            attention: Any = layer.self_attn
            attention.guide = self._guides[name] = Guide(ahead)
        layers[middle].register_forward_hook(self._keep)

    def begin(self, shown_at: torch.Tensor) -> None:
        """Takes the places of a batch, [B, N]."""
        for guide in self._guides.values():
            guide.begin(shown_at)

    def end(self) -> dict[str, torch.Tensor]:
        """The losses of the batch."""
        return {f"{name}_loss": guide.end() for name, guide in self._guides.items()}

    def _keep(self, _module: nn.Module, _inputs: Any, output: Any) -> None:
        self.states = output[0] if isinstance(output, tuple) else output
