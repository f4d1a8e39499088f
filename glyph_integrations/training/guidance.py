"""Guided attention: heads of a model that learns to read are shown where to look.

We typeset the pages, so we know which visual token shows which piece of text. Two layers in the middle are taught by
three of their heads: to look from a letter that is copied at the visual token that shows it, from a word of a question
at the one that shows it in the passage that answers, and, in the layer after, from what has been said at the visual
token that shows what comes next; a linear reading of what that layer puts out names the cell of the visual token.
Without this a model has to find its way over the page before it can learn anything else. Guided attention is known
from speech synthesis (Tachibana et al., arXiv 1710.08969), where the order of sounds is the guide.
"""

from __future__ import annotations

from typing import Any

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from glyph_integrations.training.examples import IGNORED


class Guide:
    """Collects how far a head of attention looks elsewhere.

    Args:
        head: Its number.
    """

    def __init__(self, head: int) -> None:
        self._head = head
        self._places: torch.Tensor | None = None
        self._losses: list[torch.Tensor] = []

    def begin(self, places: torch.Tensor) -> None:
        """Takes the places of a batch: index of the visual token that a token should look at, or -1, shape [B, N]."""
        self._places = places
        self._losses = []

    def see(self, scores: torch.Tensor, start: int) -> None:
        """Takes the scores of the queries from ``start``, before the softmax, shape [B, heads, queries, keys]."""
        if self._places is not None:
            places = self._places[:, start : start + scores.shape[2]]
            known = places >= 0
            if known.any():
                found = scores[:, self._head][known].float()
                self._losses.append(cross_entropy(found, places[known], reduction="none"))

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
        self._here, self._asked, self._ahead = Guide(0), Guide(1), Guide(0)
        for layer, guides in ((layers[middle - 1], (self._here, self._asked)), (layers[middle], (self._ahead,))):
            attention: Any = layer.self_attn
            attention.guides = guides
        layers[middle].register_forward_hook(self._keep)

    def begin(self, shown_at: torch.Tensor, labels: torch.Tensor) -> None:
        """Takes the places of a batch, and what is learned of it; both [B, N]."""
        said = labels != IGNORED
        copied = torch.where(said, shown_at, -1)
        self._here.begin(copied)
        self._asked.begin(torch.where(said, -1, shown_at))
        self._ahead.begin(torch.cat([copied[:, 1:], torch.full_like(copied[:, :1], -1)], 1))

    def end(self) -> dict[str, torch.Tensor]:
        """The losses of the batch."""
        return {"here_loss": self._here.end(), "asked_loss": self._asked.end(), "ahead_loss": self._ahead.end()}

    def _keep(self, _module: nn.Module, _inputs: Any, output: Any) -> None:
        self.states = output[0] if isinstance(output, tuple) else output
