"""Guided attention: heads of a model that learns to read are shown where to look.

We typeset the pages, so we know which visual token shows which piece of text. Heads of four layers are taught with it.
In the first two, where visual tokens still are what the tower made them: to look from a word of a question at the
visual token that shows it in the passage that answers, one head for each line of type in a visual token. Where its line
does not show the word, a head looks at the first token of all: at nothing. One more looks at the piece before, so that
pieces become words; and what the second layer puts out for a word has to name its place. In two layers in the middle:
from a letter that is copied at the visual token that shows it, and, in the layer after, from what has been said at the
one that shows what comes next; a linear reading of what that layer puts out names the cell of the visual token. Without
this a model has to find its way over the page before it can learn anything else. Guided attention is known from speech
synthesis (Tachibana et al., arXiv 1710.08969), where the order of sounds is the guide.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Final

import torch
from torch import nn
from torch.nn.functional import cross_entropy

from glyph_integrations.errors import RequestError
from glyph_integrations.training.examples import IGNORED, NOWHERE

if TYPE_CHECKING:
    from glyph_integrations.training.pages import CellGrid

_LAYERS: Final = 4


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
        layers: Of the text model; four or more.
        cells: How visual tokens are divided.

    Raises:
        RequestError: The layers are fewer.
    """

    def __init__(self, layers: nn.ModuleList, cells: CellGrid) -> None:
        if len(layers) < _LAYERS:
            raise RequestError(f"attention is guided in {_LAYERS} layers, and the model has {len(layers)}")
        middle = len(layers) // 2
        self.states: torch.Tensor | None = None
        """What the layer that looks ahead put out in the last pass, [B, N, H]."""
        self.found: torch.Tensor | None = None
        """What the second layer did, [B, N, H]."""
        self._columns = cells.columns
        self._asked = [[Guide(head) for head in range(cells.rows)] for _ in range(2)]
        self._here, self._ahead, self._before = Guide(0), Guide(0), Guide(cells.rows)
        first, second = self._asked
        guided = {0: [*first, self._before], 1: second, middle: [self._here], middle + 1: [self._ahead]}
        for layer, guides in guided.items():
            attention: Any = layers[layer].self_attn
            attention.guides = guides
        layers[1].register_forward_hook(self._keep_found)
        layers[middle + 1].register_forward_hook(self._keep_states)

    def begin(self, shown_at: torch.Tensor, shown_cells: torch.Tensor, labels: torch.Tensor) -> None:
        """Takes the places of a batch, and what is learned of it; all [B, N]."""
        said = labels != IGNORED
        copied = torch.where(said, shown_at, -1)
        self._here.begin(copied)
        self._ahead.begin(torch.cat([copied[:, 1:], torch.full_like(copied[:, :1], -1)], 1))
        asked = ~said & (shown_at >= 0)
        before = torch.arange(asked.shape[1], device=asked.device) - 1
        self._before.begin(torch.where(asked & asked.roll(1, 1), before, -1))
        lines = shown_cells.div(self._columns, rounding_mode="floor")
        for guides in self._asked:
            for line, guide in enumerate(guides):
                guide.begin(torch.where(asked, torch.where(lines == line, shown_at, NOWHERE), -1))

    def end(self) -> dict[str, torch.Tensor]:
        """The losses of the batch."""
        first, second = (torch.stack([guide.end() for guide in guides]).mean() for guides in self._asked)
        return {
            "asked_first_loss": first,
            "asked_loss": second,
            "before_loss": self._before.end(),
            "here_loss": self._here.end(),
            "ahead_loss": self._ahead.end(),
        }

    def _keep_found(self, _module: nn.Module, _inputs: Any, output: Any) -> None:
        self.found = output[0] if isinstance(output, tuple) else output

    def _keep_states(self, _module: nn.Module, _inputs: Any, output: Any) -> None:
        self.states = output[0] if isinstance(output, tuple) else output
